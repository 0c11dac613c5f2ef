/**
 * The one figure: revenue that would not have come without inviting, over the campaigns' phases of a span.
 *
 * Each phase has a hold-out of its own, drawn independently: their effects add up and so do their variances. Phases are
 * never pooled: each is compared with its own hold-out first. A phase whose result is hidden contributes nothing and is
 * named. Who was first eligible inside the span counts, whatever day it then bought, also after the planned end of a
 * phase that goes on. A phase that is after leads sells
 * nothing: its effect is told, and what a lead is said to be worth is no revenue.
 *
 * Shapes  `revenue` is null where no phase could be read. `bought` compares the invited with what the hold-outs say that
 *         the same mixture of visitors would have done. The last point of `course` is `revenue`.
 * Units   money in major units; days are local dates `YYYY-MM-DD`, `from` inside and `to` not.
 * Errors  none; what cannot be read is a state.
 */
import { fewest } from "../experiments/small-counts.ts";
import type { Pair } from "../experiments/effect.ts";
import { type Basis, readPair } from "../experiments/hybrid.ts";
import { checkSplit, enoughToCheck } from "../experiments/srm.ts";
import { marginPair } from "../results/margin.ts";
import { countedDays, pairOf, type PhaseFacts, rulePlan, totalsOf } from "../results/phase.ts";
import { compareWithHoldout, type Comparison, type Span, type State } from "../results/reading.ts";
import { addSums, type ArmSums, emptySums } from "../results/sums.ts";
import { type DaySums, type PhaseSums, variantOf } from "../results/units.ts";

export type Days = { from: string; to: string };
/** Who ran, and what was counted of it; null while nothing has been counted yet. */
export type PhaseOfCampaign = { campaign: string; name: string; phase: number; facts: PhaseFacts | null };
/** `counting` while its sums are being made; `nobody` where nobody was eligible in the span. */
export type HiddenState = State | "counting" | "nobody";
export type Arms = { treated: ArmSums; control: ArmSums };

export type PhaseRead = Omit<PhaseOfCampaign, "facts"> & {
  state: HiddenState;
  goal: PhaseFacts["goal"];
  /** Of the whole phase; null while it is counted. */
  comparison: Comparison | null;
  visitors: number;
  heldOut: number;
  /** Of the span. */
  arms: Arms;
  revenue: Span | null;
  /** What of it is left of margin, discounts taken off; null where nobody entered one. */
  margin: Span | null;
  /** What `revenue` is read by. */
  readBy: Basis | null;
  /** Somebody of the span was, or may have been, served whose effect on revenue is not in the figure. */
  isMissing: boolean;
};

export type CoursePoint = Span & { day: string };
/** `leads` where what can be read is after leads alone; `nobody` where nobody was eligible in the span. */
export type EarningsState =
  | "measured"
  | "nobody"
  | "collecting"
  | "not_measurable"
  | "unusable_split"
  | "too_few"
  | "leads";
export type Earnings = {
  state: EarningsState;
  revenue: Span | null;
  margin: Span | null;
  /** In the phases that contribute. */
  visitors: { invited: number; heldOut: number };
  bought: { invited: number; heldOut: number } | null;
  phases: PhaseRead[];
  course: CoursePoint[];
  /** Whether nobody was invited in the span whose effect on revenue is not in it. */
  isWhole: boolean;
};

export function earningsOf(all: readonly PhaseOfCampaign[], days: Days): Earnings {
  const phases = all.map((one): PhaseRead => {
    const read = readPhase(one, days);
    return { ...read, isMissing: read.revenue === null && !isEmpty(read) };
  });
  const counted = phases.filter(({ revenue }) => revenue !== null);
  const margins = counted.flatMap(({ margin }) => margin ?? []);
  const arms = counted.map((phase) => phase.arms);
  return {
    state: counted.length > 0 ? "measured" : stateOf(phases),
    revenue: counted.length === 0 ? null : sumOf(counted.flatMap(({ revenue }) => revenue ?? [])),
    // A part of the margin is none.
    margin: counted.length > 0 && margins.length === counted.length ? sumOf(margins) : null,
    visitors: {
      invited: total(arms.map(({ treated }) => treated.n)),
      heldOut: total(arms.map(({ control }) => control.n)),
    },
    bought: counted.length === 0 ? null : boughtOf(arms),
    phases,
    course: courseOf(all, phases, days),
    isWhole: phases.every(({ isMissing }) => !isMissing),
  };
}

function readPhase({ facts, ...phase }: PhaseOfCampaign, days: Days): Omit<PhaseRead, "isMissing"> {
  if (facts === null) {
    const arms = { treated: emptySums(), control: emptySums() };
    return {
      ...phase,
      state: "counting",
      goal: "sale",
      comparison: null,
      visitors: 0,
      heldOut: 0,
      arms,
      revenue: null,
      margin: null,
      readBy: null,
    };
  }
  const totals = totalsOf(facts);
  const settled = totalsOf(facts, "read");
  const whole = { control: settled.control, treatment: settled.treated };
  const comparison = compareWithHoldout(facts, "all", whole, 1);
  const arms = armsWithin(facts, days);
  const read: Omit<PhaseRead, "isMissing"> = {
    ...phase,
    state: comparison.state,
    goal: facts.goal,
    comparison,
    visitors: totals.control.n + totals.treated.n,
    heldOut: totals.control.n,
    arms,
    revenue: null,
    margin: null,
    readBy: null,
  };
  if (arms.treated.n + arms.control.n === 0 && comparison.basis !== null) return { ...read, state: "nobody" };
  if (comparison.basis === null || facts.goal === "lead") return read;
  if (isUneven(facts, arms)) return { ...read, state: "unusable_split" };
  if (fewest(countsOf(arms)) !== null) return { ...read, state: "too_few" };
  const readBy = comparison.basis === "final" && isWhole(facts, days) ? "final" : "sequential";
  const revenue = revenueOf(facts, readBy, arms);
  if (revenue === null) return { ...read, state: "too_few" };
  return { ...read, revenue, margin: marginOf(facts, readBy, arms), readBy };
}

/** Whether it is known that nobody was eligible in the span. */
const isEmpty = ({ state, arms }: Pick<PhaseRead, "state" | "arms">): boolean =>
  state !== "counting" && arms.treated.n + arms.control.n === 0;

/** Whether the span holds the days of the one final reading and no others: any other may be looked at any day. */
function isWhole(facts: PhaseFacts, { from, to }: Days): boolean {
  const counted = new Set(countedDays(facts).map(([day]) => day));
  const isWithin = (day: string) => day >= from && day < to;
  const { days, later } = facts.sums;
  return (
    Object.keys(days).every((day) => isWithin(day) === counted.has(day)) &&
    !Object.keys(later?.days ?? {}).some(isWithin)
  );
}

/** The verdict has judged the split of those who came before the planned end; of who came later nobody has. */
function isUneven({ sums, holdout }: PhaseFacts, { control, treated }: Arms): boolean {
  if (sums.later === undefined) return false;
  const [users, weights] = [
    [control.n, treated.n],
    [holdout, 1 - holdout],
  ];
  return enoughToCheck(users, weights) && checkSplit(users, weights).flag;
}

const countsOf = ({ control, treated }: Arms) => ({
  control: { n: control.n, x: control.conversions },
  treatment: { n: treated.n, x: treated.conversions },
});

/** What inviting added over the invited of `arms`. */
function revenueOf(facts: PhaseFacts, basis: Basis, arms: Arms): Span | null {
  return addedOf(facts, basis, pairOf("revenue", arms.control, arms.treated), arms);
}

/** And what of it is left of margin. */
function marginOf(facts: PhaseFacts, basis: Basis, arms: Arms): Span | null {
  const margin = facts.economics.margin ?? null;
  if (margin === null) return null;
  return addedOf(facts, basis, marginPair(margin, arms.control, arms.treated), arms);
}

function addedOf(facts: PhaseFacts, basis: Basis, pair: Pair, { treated }: Arms): Span | null {
  const read = readPair(pair, basis, rulePlan(facts, 1));
  if (read === null) return null;
  const { difference, interval } = read;
  return { value: difference * treated.n, low: interval[0] * treated.n, high: interval[1] * treated.n };
}

function armsWithin({ sums }: PhaseFacts, { from, to }: Days): Arms {
  const arms = { treated: emptySums(), control: emptySums() };
  for (const { days } of [sums, sums.later ?? NO_DAYS])
    for (const [day, own] of Object.entries(days)) if (day >= from && day < to) addDay(arms, own);
  return arms;
}

const NO_DAYS: Pick<PhaseSums, "days"> = { days: {} };

function addDay(arms: Arms, day: DaySums): void {
  for (const [key, sums] of Object.entries(day)) {
    addSums(variantOf(key) === null ? arms.control : arms.treated, sums);
  }
}

/** Independent spans together: values add up, and half the widths as the variances that they stand for. */
function sumOf(spans: readonly Span[]): Span {
  const value = total(spans.map((span) => span.value));
  const half = Math.hypot(...spans.map(({ low, high }) => (high - low) / 2));
  return { value, low: value - half, high: value + half };
}

/** The hold-outs' shares are weighted as the invited are, so that both sides are the same mixture of campaigns. */
function boughtOf(arms: readonly Arms[]): { invited: number; heldOut: number } {
  const invited = total(arms.map(({ treated }) => treated.n));
  const without = arms.map(({ treated, control }) => (control.conversions / control.n) * treated.n);
  return {
    invited: total(arms.map(({ treated }) => treated.conversions)) / invited,
    heldOut: total(without) / invited,
  };
}

/** Why there is no figure: of the phases that served somebody in the span. */
function stateOf(all: readonly PhaseRead[]): EarningsState {
  const phases = all.filter((phase) => !isEmpty(phase));
  if (phases.length === 0) return "nobody";
  const has = (...states: HiddenState[]) => phases.some(({ state }) => states.includes(state));
  if (has("collecting", "counting")) return "collecting";
  if (phases.some(({ goal, comparison }) => goal === "lead" && comparison?.basis != null)) return "leads";
  if (has("too_few")) return "too_few";
  return has("unusable_split") ? "unusable_split" : "not_measurable";
}

/** What the figure would have been after each day, of the phases that it is made of. */
function courseOf(
  all: readonly PhaseOfCampaign[],
  phases: readonly PhaseRead[],
  { from, to }: Days,
): CoursePoint[] {
  const own = phases.flatMap(({ revenue, readBy }, index) => {
    const facts = all[index]?.facts ?? null;
    if (revenue === null || facts === null || readBy === null) return [];
    return [{ facts, basis: readBy, arms: { treated: emptySums(), control: emptySums() } }];
  });
  const days = new Set(
    own.flatMap(({ facts: { sums } }) => [
      ...Object.keys(sums.days),
      ...Object.keys((sums.later ?? NO_DAYS).days),
    ]),
  );
  return [...days]
    .filter((day) => day >= from && day < to)
    .toSorted()
    .flatMap((day) => {
      const spans = own.flatMap(({ facts, basis, arms }) => {
        addDay(arms, facts.sums.days[day] ?? {});
        addDay(arms, (facts.sums.later ?? NO_DAYS).days[day] ?? {});
        return revenueOf(facts, basis, arms) ?? [];
      });
      return spans.length === 0 ? [] : [{ day, ...sumOf(spans) }];
    });
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
