/**
 * What is due for a month by an agreement, from the events of that month and from nothing else.
 *
 * Who could be invited is compared with who was held out, phase by phase: phases are never pooled, what each added is
 * summed. Nothing is due for what cannot be measured, for a split that is not the planned one, for too few, for what is
 * below the agreed minimum, or where an agreed goal was missed; and never less than nothing.
 *
 * Shapes  `Statement` says what is due and why; the same lines and terms give the same cent.
 * Units   quantities as agreed (sales in visitors who bought, revenue and dues in the site's currency, contacts); `due`
 *         is rounded to hundredths, once, at the end.
 * Errors  none; what cannot be measured is a state.
 */
import { compare } from "../experiments/effect.ts";
import { fewest, wilson } from "../experiments/small-counts.ts";
import { checkSplit, enoughToCheck } from "../experiments/srm.ts";
import type { Arm, Arms } from "../incrementality/arm.ts";
import { intentionToTreat } from "../incrementality/intention-to-treat.ts";
import type { Ranged } from "../objectives/ledger.ts";
import type { Criterion } from "../objectives/objective.ts";
import { FEWEST } from "../objectives/verdict.ts";
import { type Agreement, satisfactionFault } from "./agreement.ts";
import type { EvidenceLine } from "./evidence.ts";
import { goalReading, isListed } from "./goal-units.ts";

export type StatementLine = {
  campaign: string;
  phase: number;
  treated: number;
  holdout: number;
  /** Buyers and revenue, or contacts, of either arm: what the difference is made of. */
  counted: { treated: number; holdout: number };
  state: "counted" | "not_measurable" | "unusable_split" | "too_few";
  quantity: Ranged | null;
};
export type StatementGoal = Criterion & {
  reading: number | null;
  n: number;
  /** Whether each event that it is counted from is in the evidence. */
  listed: boolean;
  state: "met" | "missed" | "too_few";
};
export type StatementReason =
  | "due"
  | "no_goal"
  | "goal_missed"
  | "below_minimum"
  | "nothing_added"
  | "not_proven"
  | "not_measured";
export type Statement = {
  lines: StatementLine[];
  quantity: Ranged | null;
  goals: StatementGoal[];
  reason: StatementReason;
  due: number;
};

const CENTS = 100;

type Unit = {
  campaign: string;
  phase: number;
  arm: "treated" | "holdout";
  cents: number;
  orders: number;
  contacts: number;
};

export function statementOf(terms: Agreement, evidence: readonly EvidenceLine[]): Statement {
  const lines = terms.kpi === "satisfaction" ? [] : linesOf(terms, evidence);
  const quantity = terms.kpi === "satisfaction" ? satisfaction(evidence) : sumOf(lines);
  const goals = goalsOf(terms, evidence);
  const { reason, due } = dueFor(terms, quantity, goals);
  return { lines, quantity, goals, reason, due };
}

function dueFor(
  terms: Agreement,
  quantity: Ranged | null,
  goals: readonly StatementGoal[],
): Pick<Statement, "reason" | "due"> {
  const { kpi, basis, minimum, rate, cap } = terms;
  // Refused where it is written; one that was written before that asks for nothing, and is paid nothing.
  if (satisfactionFault(terms) !== null) return { reason: "no_goal", due: 0 };
  if (quantity === null) return { reason: "not_measured", due: 0 };
  if (goals.some(({ state }) => state !== "met")) return { reason: "goal_missed", due: 0 };
  const counted = basis === "low" ? quantity.low : quantity.value;
  if (quantity.value <= 0) return { reason: "nothing_added", due: 0 };
  // A month that chance alone explains is not paid for: else every good one would be, and no bad one given back.
  if (quantity.low <= 0) return { reason: "not_proven", due: 0 };
  if (minimum != null && counted < minimum) return { reason: "below_minimum", due: 0 };
  const amount = kpi === "satisfaction" ? rate : counted * rate;
  return { reason: "due", due: Math.round(Math.min(amount, cap ?? Infinity) * CENTS) / CENTS };
}

function linesOf({ kpi }: Agreement, evidence: readonly EvidenceLine[]): StatementLine[] {
  const units = unitsOf(evidence);
  const byPhase = Map.groupBy(units.values(), ({ campaign, phase }) => JSON.stringify([campaign, phase]));
  return evidence.flatMap((line): StatementLine[] => {
    if (line[0] !== "phase") return [];
    const [, campaign, phase, share] = line;
    return [lineOf(kpi, { campaign, phase, share }, byPhase.get(JSON.stringify([campaign, phase])) ?? [])];
  });
}

function unitsOf(evidence: readonly EvidenceLine[]): Map<string, Unit> {
  const units = new Map<string, Unit>();
  for (const line of evidence) {
    if (line[0] !== "unit") continue;
    const [, campaign, phase, id, arm] = line;
    units.set(id, { campaign, phase, arm, cents: 0, orders: 0, contacts: 0 });
  }
  for (const line of evidence) {
    const unit = line[0] === "order" || line[0] === "contact" ? units.get(line[1]) : undefined;
    if (unit === undefined) continue;
    if (line[0] === "order") {
      unit.cents += line[3];
      unit.orders += 1;
    } else {
      unit.contacts += 1;
    }
  }
  return units;
}

function lineOf(
  kpi: Agreement["kpi"],
  { campaign, phase, share }: { campaign: string; phase: number; share: number },
  units: readonly Unit[],
): StatementLine {
  const treated = units.filter(({ arm }) => arm === "treated");
  const holdout = units.filter(({ arm }) => arm === "holdout");
  const count = countedBy(kpi);
  const line = {
    campaign,
    phase,
    treated: treated.length,
    holdout: holdout.length,
    counted: { treated: total(treated, count), holdout: total(holdout, count) },
    quantity: null,
  };
  if (holdout.length === 0 || treated.length === 0 || share <= 0 || share >= 1) {
    return { ...line, state: "not_measurable" };
  }
  const [users, weights] = [
    [holdout.length, treated.length],
    [share, 1 - share],
  ];
  if (enoughToCheck(users, weights) && checkSplit(users, weights).flag) {
    return { ...line, state: "unusable_split" };
  }
  const did = kpi === "deflected_contacts" ? ({ contacts }: Unit) => contacts > 0 : bought;
  const counts = {
    control: { n: holdout.length, x: holdout.filter(did).length },
    treatment: { n: treated.length, x: treated.filter(did).length },
  };
  const quantity = fewest(counts) === null ? quantityOf(kpi, treated, holdout) : null;
  return { ...line, state: quantity === null ? "too_few" : "counted", quantity };
}

const bought = ({ orders }: Unit) => orders > 0;

function countedBy(kpi: Agreement["kpi"]): (unit: Unit) => number {
  switch (kpi) {
    case "deflected_contacts":
      return ({ contacts }) => contacts;
    case "incremental_revenue":
      return ({ cents }) => cents / CENTS;
    default:
      return (unit) => (bought(unit) ? 1 : 0);
  }
}

function total(units: readonly Unit[], count: (unit: Unit) => number): number {
  return Math.round(units.reduce((sum, unit) => sum + count(unit), 0) * CENTS) / CENTS;
}

function quantityOf(
  kpi: Agreement["kpi"],
  treated: readonly Unit[],
  holdout: readonly Unit[],
): Ranged | null {
  if (kpi === "deflected_contacts") return sparedOf(treated, holdout);
  const arms: Arms = { treatment: armOf(treated), control: armOf(holdout) };
  const { diff, ci } = intentionToTreat(arms, kpi === "incremental_revenue" ? "revenue" : "conversion");
  if (diff === null || ci === null) return null;
  const all = treated.length;
  return { value: diff * all, low: ci[0] * all, high: ci[1] * all };
}

function sparedOf(treated: readonly Unit[], holdout: readonly Unit[]): Ranged | null {
  const read = (units: readonly Unit[]) => ({
    n: units.length,
    sum: units.reduce((sum, unit) => sum + unit.contacts, 0),
    sumsq: units.reduce((sum, unit) => sum + unit.contacts ** 2, 0),
  });
  const found = compare({ kind: "mean", control: read(holdout), treatment: read(treated) }, "absolute");
  if (!found.ok) return null;
  const all = treated.length;
  return { value: -found.effect * all, low: -found.ci[1] * all, high: -found.ci[0] * all };
}

function armOf(units: readonly Unit[]): Arm {
  const cents = units.reduce((sum, unit) => sum + unit.cents, 0);
  const squares = units.reduce((sum, unit) => sum + unit.cents ** 2, 0);
  return {
    n: units.length,
    conversions: units.filter(bought).length,
    revenue: cents / CENTS,
    revenueSquares: squares / CENTS ** 2,
    accepted: 0,
    acceptedConversions: 0,
    acceptedRevenue: 0,
  };
}

/** Phases apart, their intervals by the sum of squares: their visitors are others. */
function sumOf(lines: readonly StatementLine[]): Ranged | null {
  const known = lines.flatMap(({ quantity }) => (quantity === null ? [] : [quantity]));
  if (known.length === 0) return null;
  const value = known.reduce((sum, each) => sum + each.value, 0);
  const below = Math.hypot(...known.map((each) => each.value - each.low));
  const above = Math.hypot(...known.map((each) => each.high - each.value));
  return { value, low: value - below, high: value + above };
}

/** The share of answers of 4 and 5. */
function satisfaction(evidence: readonly EvidenceLine[]): Ranged | null {
  const answers = evidence.flatMap((line) => (line[0] === "answer" ? [line[2]] : []));
  if (answers.length < FEWEST) return null;
  const x = answers.filter((answer) => answer >= 4).length;
  const interval = wilson({ n: answers.length, x });
  return interval && { value: x / answers.length, low: interval[0], high: interval[1] };
}

function goalsOf({ goals }: Agreement, evidence: readonly EvidenceLine[]): StatementGoal[] {
  const parts = partsOf(evidence);
  return goals.map((goal) => {
    const { reading, n, listed } = readGoal(goal.kpi, parts.get(goal.kpi) ?? [], evidence);
    const told = { ...goal, reading, n, listed };
    if (reading === null || n < FEWEST) return { ...told, state: "too_few" };
    const met = goal.bound === "at_least" ? reading >= goal.value : reading <= goal.value;
    return { ...told, state: met ? "met" : "missed" };
  });
}

/** What the events of each KPI give to it. */
function partsOf(evidence: readonly EvidenceLine[]): Map<string, number[]> {
  const parts = new Map<string, number[]>();
  for (const line of evidence) {
    if (line[0] !== "goal_unit") continue;
    const own = parts.get(line[1]) ?? [];
    own.push(line[3]);
    parts.set(line[1], own);
  }
  return parts;
}

function readGoal(
  kpi: Criterion["kpi"],
  parts: readonly number[],
  evidence: readonly EvidenceLine[],
): Pick<StatementGoal, "reading" | "n" | "listed"> {
  const line = evidence.find((each) => each[0] === "goal" && each[1] === kpi);
  if (line?.[0] === "goal") return { reading: line[2], n: line[5], listed: false };
  return { reading: isListed(kpi) ? goalReading(kpi, parts) : null, n: parts.length, listed: true };
}
