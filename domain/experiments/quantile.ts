/**
 * The difference of a quantile between two arms: a median waiting time, a ninetieth percentile.
 *
 * Deng, Knoblich and Lu, "Applying the Delta Method in Metric Analytics" (2018): two order statistics around a sample's
 * quantile are a distribution-free 95 % interval, and its width gives the standard error.
 *
 * Shapes  `lower` and `upper` are the order statistics of a 95 % interval; `boundsN` is the sample size for which they were
 *         looked up, where that is not all of `n`.
 * Units   those of the metric; `level` from 0 to 1.
 * Errors  too few to have such order statistics, or all alike: `ZERO_NEGATIVE_VARIANCE`.
 */
import { normalCritical, tCritical, tTwoSided } from "./distributions.ts";
import { around, type Effect, type NoEffect } from "./effect.ts";

export type QuantileArm = {
  n: number;
  boundsN: number;
  level: number;
  value: number;
  lower: number;
  upper: number;
};

const BOUNDS_ALPHA = 0.05;

/** The ranks, from 0, of the order statistics that bound quantile `level` of `n` values; null where some are missing. */
export function boundRanks(n: number, level: number): { lower: number; upper: number } | null {
  const spread = normalCritical(BOUNDS_ALPHA) * Math.sqrt((level * (1 - level)) / n);
  const [lower, upper] = [Math.floor(n * (level - spread)) - 1, Math.ceil(n * (level + spread)) - 1];
  return lower >= 0 && upper < n ? { lower, upper } : null;
}

/** Treatment minus control, with an interval of 1 − `alpha`. */
export function compareQuantiles(
  control: QuantileArm,
  treatment: QuantileArm,
  alpha: number = 0.05,
): Effect | NoEffect {
  const [c, t] = [varianceOf(control), varianceOf(treatment)];
  if (!(c > 0 && t > 0)) return { ok: false, code: "ZERO_NEGATIVE_VARIANCE" };
  const effect = treatment.value - control.value;
  const se = Math.sqrt(c + t);
  const df = (c + t) ** 2 / (c ** 2 / (control.n - 1) + t ** 2 / (treatment.n - 1));
  return {
    ok: true,
    effect,
    se,
    df,
    n: control.n + treatment.n,
    ci: around(effect, tCritical(alpha, df) * se),
    p: tTwoSided(effect / se, df),
  };
}

/** Of the sample quantile; 0 where its bounds would lie outside of the sample. */
function varianceOf({ n, boundsN, level, lower, upper }: QuantileArm): number {
  const z2 = normalCritical(BOUNDS_ALPHA) ** 2;
  const odds = level / (1 - level);
  if (!(n > 1) || n <= z2 * Math.max(odds, 1 / odds)) return 0;
  const se = (upper - lower) / (2 * normalCritical(BOUNDS_ALPHA));
  return ((boundsN / n) * (n - 1) * se ** 2) / n;
}
