/**
 * A phase as its result is read: what was fixed when it began, and what its sums say of each arm.
 *
 * Shapes  `PhaseFacts` is everything that a result is made from; `armOf` and `pairOf` turn sums into what
 *         `domain/experiments` and `domain/incrementality` compare. Days are counted, or of them read: those of which
 *         everybody's window has passed.
 * Units   rates from 0 to 1; money in major units; moments are `EpochMs`.
 */
import type { Plan } from "../experiments/hybrid.ts";
import { sizeForProportion } from "../experiments/mde.ts";
import type { Pair } from "../experiments/effect.ts";
import type { EpochMs } from "../ids.ts";
import type { Arm } from "../incrementality/arm.ts";
import type { Economics } from "../site/settings.ts";
import type { CampaignPlan } from "../targeting/campaign.ts";
import { restedAt, type Rest } from "./rests.ts";
import { addSums, type ArmSums, emptySums, totalOf } from "./sums.ts";
import { type DaySums, type PhaseSums, variantOf } from "./units.ts";

export type PhaseFacts = {
  sums: PhaseSums;
  startedAt: EpochMs;
  /** When it stopped deciding: another phase began, or the campaign ended; null while it runs. */
  stoppedAt: EpochMs | null;
  /** When it let nobody in meanwhile; absent, never. */
  rests?: readonly Rest[];
  now: EpochMs;
  countedAt: EpochMs;
  windowMs: number;
  holdout: number;
  variants: readonly { key: string; weight: number }[];
  /** A bandit moves the variants' shares, so only the hold-out's has a plan to be checked against. */
  fixedShares: boolean;
  plan: CampaignPlan | null;
  plannedEnd: EpochMs | null;
  goal: "sale" | "lead";
  economics: Economics;
  /** How many conversations an agent who had any had at once, in the phase's time; absent, one. */
  concurrency?: number;
  startOfDay(day: string): EpochMs;
};

/** Without a plan, the number of visitors at which the sequence is narrowest. */
const UNPLANNED_VISITORS = 5_000;
/** The error of both rules together, for which a plan is sized. */
const ALPHA = 0.05;
const DAY_MS = 86_400_000;

export type Totals = { control: ArmSums; treated: ArmSums; variants: Map<string, ArmSums> };

/**
 * The end at which the one final reading is due. None where no end was planned or the planned one had passed before the
 * phase began; nor where the phase was stopped ahead of it, or rested when it came, also where it goes on since: whoever
 * stops has seen how it stands, so that only the sequence still holds.
 */
export function finalEnd({
  plannedEnd,
  startedAt,
  stoppedAt,
  rests = [],
}: Pick<PhaseFacts, "plannedEnd" | "startedAt" | "stoppedAt" | "rests">): EpochMs | null {
  if (plannedEnd === null || plannedEnd <= startedAt || restedAt(rests, plannedEnd)) return null;
  return stoppedAt !== null && stoppedAt < plannedEnd ? null : plannedEnd;
}

export type Day = [day: string, arms: DaySums];

/** The days that count, in order: who comes after the final end changes nothing. */
export function countedDays(facts: PhaseFacts): Day[] {
  const end = finalEnd(facts);
  return Object.entries(facts.sums.days)
    .filter(([day]) => end === null || facts.startOfDay(day) < end)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** When nobody more comes on `day` who counts. */
export function dayOver(facts: PhaseFacts, day: string): EpochMs {
  const begins = facts.startOfDay(day);
  return Math.max(
    begins,
    Math.min(begins + DAY_MS, finalEnd(facts) ?? Infinity, facts.stoppedAt ?? Infinity),
  );
}

/**
 * Those of them that are read: the days up to the first that goes on, or of which somebody's window is open. Until then a
 * purchase that was only moved forward would be taken for one that was made.
 */
export function readDays(facts: PhaseFacts): Day[] {
  const days = countedDays(facts);
  const open = days.findIndex(
    ([day, arms]) =>
      dayOver(facts, day) > facts.now || Object.values(arms).some(({ maturing }) => maturing > 0),
  );
  return open < 0 ? days : days.slice(0, open);
}

export const hasVisitors = ([, arms]: Day) => Object.values(arms).some(({ n }) => n > 0);

/** The days of them on which somebody came: those of a pause are none of a phase's runtime. */
export function daysWithVisitors(facts: PhaseFacts): number {
  return countedDays(facts).filter(hasVisitors).length;
}

/** The sums of the days that count, or that are read, by arm; every variant of the phase is there, with nobody in it if so. */
export function totalsOf(facts: PhaseFacts, which: "counted" | "read" = "counted"): Totals {
  const days = which === "read" ? readDays(facts) : countedDays(facts);
  const byVariant = new Map(facts.variants.map(({ key }) => [key, emptySums()]));
  const control = emptySums();
  for (const [key, day] of days.flatMap(([, arms]) => Object.entries(arms))) {
    const variant = variantOf(key);
    if (variant === null) addSums(control, day);
    else byVariant.set(variant, addSums(byVariant.get(variant) ?? emptySums(), day));
  }
  return { control, treated: totalOf(byVariant.values()), variants: byVariant };
}

/** The visitors that the plan needs, in both arms together; null without a plan or without anybody held out. */
export function plannedVisitors({ plan, holdout }: Pick<PhaseFacts, "plan" | "holdout">): number | null {
  if (plan === null || holdout <= 0 || holdout >= 1) return null;
  const design = { alpha: ALPHA, power: plan.power, controlShare: holdout };
  const size = sizeForProportion(plan.baseline, plan.effect / plan.baseline, design);
  return size === null ? null : size.control + size.treatment;
}

/**
 * The variants that are each compared with the hold-out, and share the error for it: those that chance can give. A bandit
 * moves their shares, and they are compared with nobody.
 */
export function comparedVariants({
  variants,
  fixedShares,
}: Pick<PhaseFacts, "variants" | "fixedShares">): ReadonlySet<string> {
  return new Set(fixedShares ? variants.flatMap(({ key, weight }) => (weight > 0 ? [key] : [])) : []);
}

/** The decision rule's plan for one comparison with the hold-out, out of `comparisons`. */
export function rulePlan(facts: PhaseFacts, comparisons: number): Plan {
  const { startedAt, stoppedAt, windowMs, plan, holdout, variants, fixedShares, sums } = facts;
  const shares = variants.reduce((sum, { weight }) => sum + weight, 0);
  const each = variants.map(({ weight }) => (shares > 0 ? ((1 - holdout) * weight) / shares : 0));
  return {
    startedAt,
    stoppedAt,
    plannedEnd: finalEnd(facts) ?? Infinity,
    plannedVisitors: plannedVisitors(facts) ?? UNPLANNED_VISITORS,
    weights: fixedShares ? [holdout, ...each] : [holdout, 1 - holdout],
    mde: plan?.effect ?? null,
    maturityMs: windowMs,
    maturesAt: sums.maturesAt ?? null,
    comparisons,
  };
}

const CENTS = 100;

/** An arm as incrementality compares it. `reached` is with whom an agent spoke: what an invitation acts through, in either arm. */
export function armOf(sums: ArmSums): Arm {
  return {
    n: sums.n,
    conversions: sums.conversions,
    revenue: sums.revenue_cents / CENTS,
    revenueSquares: sums.revenue_sq / CENTS ** 2,
    accepted: sums.reached,
    acceptedConversions: sums.reached_conversions,
    acceptedRevenue: sums.reached_revenue_cents / CENTS,
  };
}

export type Metric = "conversion" | "revenue" | "capped_revenue" | "adjusted_revenue";

/** Two arms by one metric of a visitor; adjusted is by what the visitor spent in the weeks before (CUPED). */
export function pairOf(metric: Metric, control: ArmSums, treatment: ArmSums): Pair {
  switch (metric) {
    case "conversion":
      return {
        kind: "proportion",
        control: { n: control.n, x: control.conversions },
        treatment: { n: treatment.n, x: treatment.conversions },
      };
    case "revenue":
    case "capped_revenue": {
      const read = ({ n, ...sums }: ArmSums) =>
        metric === "revenue"
          ? { n, sum: sums.revenue_cents / CENTS, sumsq: sums.revenue_sq / CENTS ** 2 }
          : { n, sum: sums.capped_cents / CENTS, sumsq: sums.capped_sq / CENTS ** 2 };
      return { kind: "mean", control: read(control), treatment: read(treatment) };
    }
    case "adjusted_revenue": {
      const read = (sums: ArmSums) => ({
        n: sums.n,
        sum: sums.revenue_cents / CENTS,
        sumsq: sums.revenue_sq / CENTS ** 2,
        preSum: sums.before_cents / CENTS,
        preSumsq: sums.before_sq / CENTS ** 2,
        product: sums.before_x_revenue / CENTS ** 2,
      });
      return { kind: "cuped", control: read(control), treatment: read(treatment) };
    }
    default:
      return metric satisfies never;
  }
}
