/**
 * The result of one phase, whole: the state and its reading first, then each arm, money, whether it can be trusted, the
 * plan, and how it came about (`kpis.md`, result panel).
 *
 * Whatever the state hides is null everywhere in it. What stands beside a difference is of the same visitors as it: those of the
 * days that are read. Where none is told, arms and money count everybody so far. Accepted against declined is told once, as a description beside
 * the size of its error, and never as an effect.
 *
 * Shapes  `ResultPanel` is what the API answers in these names and the screens word; see `reading.ts` for what is hidden.
 * Units   differences in shares; money in major units of the site's currency; moments are `EpochMs`.
 */
import { detectableDifference } from "../experiments/mde.ts";
import { fewest } from "../experiments/small-counts.ts";
import { criticalOf, finalReadingAt } from "../experiments/hybrid.ts";
import type { EpochMs } from "../ids.ts";
import { conversationEffect, type ConversationEffect } from "../incrementality/conversation-effect.ts";
import { selectionBias, type SelectionBias } from "../incrementality/selection-bias.ts";
import { ratio, type Ratio } from "../kpi/ratios.ts";
import { type Guards, guardsOf } from "./guards.ts";
import { moneyOf, type Money } from "./money.ts";
import {
  armOf,
  comparedVariants,
  daysWithVisitors,
  type PhaseFacts,
  rulePlan,
  plannedVisitors,
  totalsOf,
  type Totals,
} from "./phase.ts";
import {
  compareVariants,
  compareWithHoldout,
  type Comparison,
  courseOf,
  type CoursePoint,
  type Span,
} from "./reading.ts";
import { type ArmSums, emptySums } from "./sums.ts";

export type ArmFigures = {
  visitors: number;
  moments: number;
  displayed: number;
  accepted: number;
  reached: number;
  conversions: number;
  orders: number;
  revenue: number;
  conversion: Ratio;
  revenuePerVisitor: Ratio;
};
export type PlanFigures = {
  baseline: number | null;
  effect: number | null;
  power: number | null;
  alpha: number;
  holdout: number;
  visitors: number;
  plannedVisitors: number | null;
  plannedEnd: EpochMs | null;
  /** When those who came before it are read: their windows have passed. Null where no final reading is due. */
  readingAt: EpochMs | null;
  /** Until the planned end; without one, until the planned visitors are there at the pace so far. None once stopped. */
  daysLeft: number | null;
  /** The smallest difference that the visitors who can be read today show with this power. */
  detectable: number | null;
};
export type ResultPanel = {
  overall: Comparison;
  arms: { treated: ArmFigures; holdout: ArmFigures };
  /**
   * Compared only where their shares are fixed: a bandit's variants meet other visitors at other times, and what changes
   * with time would be told of them.
   */
  variants: { key: string; figures: ArmFigures; comparison: Comparison | null }[];
  /** Each pair of variants, where both may be read. */
  between: { a: string; b: string; difference: Span }[];
  money: Money;
  guards: Guards;
  plan: PlanFigures;
  course: CoursePoint[];
  perConversation: ConversationEffect | null;
  /** A description, never an effect; null where the effect it is wrong by is hidden. */
  selection: SelectionBias | null;
};

const NOTHING_READ = { difference: null, revenue: null, margin: null };
const ALPHA = 0.05;
const USUAL_POWER = 0.8;
const DAY_MS = 86_400_000;

export function resultPanel(facts: PhaseFacts): ResultPanel {
  const [counted, read] = [totalsOf(facts, "counted"), totalsOf(facts, "read")];
  const overall = compareWithHoldout(facts, "all", { control: read.control, treatment: read.treated }, 1);
  const totals = overall.difference === null ? counted : read;
  const { control, treated, variants } = totals;
  const compared = comparedVariants(facts);
  const readable = overall.basis !== null;
  const arms = { treatment: armOf(treated), control: armOf(control) };
  return {
    overall,
    arms: { treated: figuresOf(treated), holdout: figuresOf(control) },
    variants: [...variants].map(([key, sums]) => ({
      key,
      figures: figuresOf(sums),
      comparison:
        variants.size < 2 || !compared.has(key)
          ? null
          : compareWithHoldout(facts, key, readArms(read, key), compared.size),
    })),
    between: overall.basis === null ? [] : pairsOf(facts, overall.basis, onlyOf(variants, compared)),
    // Of few sales the exact difference is told and nothing is made of it.
    money: moneyOf(readable ? overall : NOTHING_READ, totals, facts),
    guards: guardsOf(facts, counted, read),
    plan: planOf(facts, counted, read),
    course: readable ? courseOf(facts) : [],
    perConversation:
      overall.basis === null
        ? null
        : conversationEffect(arms, criticalOf(overall.basis, control.n + treated.n, rulePlan(facts, 1))),
    selection: readable ? selectionBias(arms) : null,
  };
}

function readArms({ control, variants }: Totals, key: string) {
  return { control, treatment: variants.get(key) ?? emptySums() };
}

function figuresOf(sums: ArmSums): ArmFigures {
  const revenue = sums.revenue_cents / 100;
  return {
    visitors: sums.n,
    moments: sums.moments,
    displayed: sums.displayed,
    accepted: sums.accepted,
    reached: sums.reached,
    conversions: sums.conversions,
    orders: sums.orders,
    revenue,
    conversion: ratio(sums.conversions, sums.n),
    revenuePerVisitor: ratio(revenue, sums.n),
  };
}

function onlyOf(
  variants: ReadonlyMap<string, ArmSums>,
  keys: ReadonlySet<string>,
): ReadonlyMap<string, ArmSums> {
  return new Map([...variants].filter(([key]) => keys.has(key)));
}

function pairsOf(
  facts: PhaseFacts,
  basis: NonNullable<Comparison["basis"]>,
  variants: ReadonlyMap<string, ArmSums>,
): ResultPanel["between"] {
  const all = [...variants];
  const pairs = all.flatMap(([a, own], index) =>
    all.slice(index + 1).map(([b, other]) => ({ a, b, sums: [own, other] as const })),
  );
  return pairs.flatMap(({ a, b, sums }) => {
    const [own, other] = sums;
    const few = fewest({
      control: { n: other.n, x: other.conversions },
      treatment: { n: own.n, x: own.conversions },
    });
    const difference = few === null ? compareVariants(facts, basis, sums, pairs.length) : null;
    return difference === null ? [] : [{ a, b, difference }];
  });
}

function planOf(facts: PhaseFacts, { control, treated }: Totals, read: Totals): PlanFigures {
  const { plan, holdout, now, startedAt, stoppedAt } = facts;
  const isAhead = facts.plannedEnd !== null && facts.plannedEnd > startedAt;
  const plannedEnd = isAhead || stoppedAt !== null ? facts.plannedEnd : null;
  const visitors = control.n + treated.n;
  const planned = plannedVisitors(facts);
  const known = read.control.n + read.treated.n;
  const kept = read.control.n > 0 ? read.control.conversions / read.control.n : null;
  const baseline = plan?.baseline ?? kept;
  const readingAt = finalReadingAt(rulePlan(facts, 1));
  const power = plan?.power ?? USUAL_POWER;
  const pace = visitors / Math.max(1, Math.min((now - startedAt) / DAY_MS, daysWithVisitors(facts)));
  const missing = planned === null ? null : planned - visitors;
  return {
    baseline: plan?.baseline ?? null,
    effect: plan?.effect ?? null,
    power: plan?.power ?? null,
    alpha: ALPHA,
    holdout,
    visitors,
    plannedVisitors: planned,
    plannedEnd,
    readingAt: Number.isFinite(readingAt) ? readingAt : null,
    daysLeft:
      stoppedAt !== null
        ? null
        : plannedEnd === null
          ? daysFor(missing, pace)
          : daysFor(plannedEnd - now, DAY_MS),
    detectable:
      baseline === null || known === 0
        ? null
        : detectableDifference(baseline, known, { alpha: ALPHA, power, controlShare: holdout }),
  };
}

/** Whole days until nothing is `missing`; null where nothing is, or none will ever. */
function daysFor(missing: number | null, pace: number): number | null {
  return missing === null || missing <= 0 || pace === 0 ? null : Math.ceil(missing / pace);
}
