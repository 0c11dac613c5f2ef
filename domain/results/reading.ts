/**
 * What may be told of one comparison with the hold-out, after the decision rule has spoken.
 *
 * The rule's verdict decides what is shown at all: nothing from arms whose sizes contradict the plan, nothing before
 * the minimum runtime, no relative lift of a few. What it hides is null here, so that no screen, export or caller of
 * the API can show it by mistake.
 *
 * Shapes  a `Comparison` has everything null that the verdict hides. `level` is that of all looks together.
 * Units   differences in shares (0.01 is one point), money per visitor in major units.
 */
import { chanceToWin, expectedLosses, posteriorOf } from "../experiments/bayes.ts";
import { compare, estimate, type Pair } from "../experiments/effect.ts";
import {
  type Basis,
  ranLongEnough,
  readPair,
  type Reading,
  type Verdict,
  verdictOf,
} from "../experiments/hybrid.ts";
import { fewest } from "../experiments/small-counts.ts";
import type { EpochMs } from "../ids.ts";
import { marginPair } from "./margin.ts";
import { looksOf } from "./looks.ts";
import {
  countedDays,
  dayOver,
  hasVisitors,
  type Metric,
  pairOf,
  type PhaseFacts,
  rulePlan,
} from "./phase.ts";
import type { ArmSums } from "./sums.ts";

export type State = Verdict["kind"];
export type Span = { value: number; low: number; high: number };
export type Difference = Span & { method: "sequential" | "final" | "newcombe"; level: number };
export type Comparison = {
  state: State;
  verdict: Verdict;
  basis: Basis | null;
  /** Of conversion, treated minus held out. */
  difference: Difference | null;
  relative: { value: number; low: number | null; high: number | null } | null;
  /** Of what a visitor spends: as it is, counted up to the plan's cap, and adjusted by what was spent before. */
  revenue: Span | null;
  cappedRevenue: Span | null;
  adjustedRevenue: Span | null;
  /** Of what a visitor leaves of margin, discounts taken off; null where nobody entered one. */
  margin: Span | null;
  /** Both rules' intervals alone, whatever the other says; for who checks the figures. */
  sequential: { low: number; high: number } | null;
  fixed: { low: number; high: number; p: number } | null;
  probability: Probability | null;
  /** The effect has left what earlier intervals had in common. */
  drifted: boolean;
};

/** What is believed with a sceptical prior; shown for the long run, never as a reason to stop. */
export type Probability = {
  better: number;
  prior_sd: number;
  /** Conversion's difference, drawn towards none. */
  shrunk: number;
  loss_if_shipped: number;
  loss_if_kept: number;
};

/** Most true relative effects are smaller than this. */
const PRIOR_SD = 0.3;
const LEVEL = 0.95;

/** `which` arm against the hold-out: all variants together, or one of `comparisons`. `arms` are of the days that are read. */
export function compareWithHoldout(
  facts: PhaseFacts,
  which: "all" | string,
  arms: { control: ArmSums; treatment: ArmSums },
  comparisons: number,
): Comparison {
  const plan = rulePlan(facts, comparisons);
  const daysOver = countedDays(facts)
    .filter(hasVisitors)
    .map(([day]) => dayOver(facts, day));
  const verdict = verdictOf(looksOf(facts, which), { ...plan, daysOver });
  const reading = "reading" in verdict ? verdict.reading : null;
  const hidden: Comparison = {
    state: verdict.kind,
    verdict,
    basis: reading?.basis ?? null,
    difference: fewOf(verdict),
    relative: null,
    revenue: null,
    cappedRevenue: null,
    adjustedRevenue: null,
    margin: null,
    sequential: null,
    fixed: null,
    probability: null,
    drifted: reading?.drifted ?? false,
  };
  if (reading === null) return hidden;
  const pair = pairOf("conversion", arms.control, arms.treatment);
  const compared = (of: Pair) => {
    const read = readPair(of, reading.basis, plan);
    return read === null ? null : spanOf(read);
  };
  const money = (metric: Metric) => compared(pairOf(metric, arms.control, arms.treatment));
  const margin = facts.economics.margin ?? null;
  const fixed = compare(pair, "absolute");
  const sequential = readPair(pair, "sequential", plan);
  return {
    ...hidden,
    difference: { ...spanOf(reading), method: reading.basis, level: LEVEL },
    relative: relativeOf(reading),
    revenue: money("revenue"),
    cappedRevenue: money("capped_revenue"),
    adjustedRevenue: money("adjusted_revenue"),
    margin: margin === null ? null : compared(marginPair(margin, arms.control, arms.treatment)),
    sequential: sequential && { low: sequential.interval[0], high: sequential.interval[1] },
    fixed: fixed.ok ? { low: fixed.ci[0], high: fixed.ci[1], p: fixed.p } : null,
    probability: probabilityOf(arms),
  };
}

function spanOf({ difference, interval }: Reading): Span {
  return { value: difference, low: interval[0], high: interval[1] };
}

/** Of few, the exact interval alone. */
function fewOf(verdict: Verdict): Difference | null {
  if (verdict.kind !== "too_few" || verdict.difference === null || verdict.interval === null) return null;
  const [low, high] = verdict.interval;
  return { value: verdict.difference, low, high, method: "newcombe", level: LEVEL };
}

function relativeOf({ relative }: Reading): Comparison["relative"] {
  if (relative === null) return null;
  const { lift, interval } = relative;
  return { value: lift, low: interval?.[0] ?? null, high: interval?.[1] ?? null };
}

function probabilityOf({ control, treatment }: { control: ArmSums; treatment: ArmSums }): Probability | null {
  const found = estimate(pairOf("conversion", control, treatment), "absolute");
  if (!found.ok || control.conversions === 0) return null;
  const posterior = posteriorOf(found, { sd: PRIOR_SD }, control.conversions / control.n);
  const losses = expectedLosses(posterior);
  return {
    better: chanceToWin(posterior),
    prior_sd: PRIOR_SD,
    shrunk: posterior.mean,
    loss_if_shipped: losses.ship,
    loss_if_kept: losses.keep,
  };
}

/** Two variants with one another, by the same basis; `comparisons` such pairs share the error. */
export function compareVariants(
  facts: PhaseFacts,
  basis: Basis,
  [a, b]: readonly [ArmSums, ArmSums],
  comparisons: number,
): Span | null {
  const read = readPair(pairOf("conversion", b, a), basis, rulePlan(facts, comparisons));
  return read === null ? null : spanOf(read);
}

export type CoursePoint = { at: EpochMs; visitors: number; difference: Span };

/** How the difference came about: the sequence after each day that could be read, at that day's own look. */
export function courseOf(facts: PhaseFacts): CoursePoint[] {
  const plan = rulePlan(facts, 1);
  const readable = looksOf(facts, "all").filter((look) => ranLongEnough(look, plan) && fewest(look) === null);
  return readable.flatMap(({ at, control, treatment }, index) => {
    // A later look at the same visitors is no further point.
    const before = readable[index - 1];
    if (before?.control.n === control.n && before.treatment.n === treatment.n) return [];
    const read = readPair({ kind: "proportion", control, treatment }, "sequential", plan);
    return read === null ? [] : [{ at, visitors: control.n + treatment.n, difference: spanOf(read) }];
  });
}
