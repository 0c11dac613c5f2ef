/**
 * Intervals that hold at every look at once: the asymptotic confidence sequence.
 *
 * Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence
 * sequences": however often one looks, all intervals together hold the effect with probability 1 − alpha.
 *
 * Shapes  `tightest` (N*) is the number of visitors at which the sequence is narrowest: the planned total, fixed before the
 *         start. A sequence is only valid for the N* it was started with.
 * Units   those of the effect; n counts the visitors of both arms.
 * Errors  none; an effect that could not be computed has no sequence.
 */
import { around, type Estimate, type Interval } from "./effect.ts";

export type Tuning = { alpha: number; tightest: number };

/** The mixing parameter that makes the sequence narrowest at N*. */
export function rhoOf({ alpha, tightest }: Tuning): number {
  const level = -2 * Math.log(alpha);
  return Math.sqrt((level + Math.log(level + 1)) / tightest);
}

/** How many standard errors wide either side is after `n` visitors; always more than at a single look. */
export function sequentialCritical(n: number, tuning: Tuning): number {
  const spent = n * rhoOf(tuning) ** 2;
  return Math.sqrt(((2 * (spent + 1)) / spent) * Math.log(Math.sqrt(spent + 1) / tuning.alpha));
}

export function sequentialInterval({ effect, se, n }: Estimate, tuning: Tuning): Interval {
  return around(effect, se * sequentialCritical(n, tuning));
}

/** The least alpha at which this look's interval leaves 0 out, with the mixing parameter as it is. */
export function sequentialP({ effect, se, n }: Estimate, tuning: Tuning): number {
  const spent = n * rhoOf(tuning) ** 2;
  const exponent = (spent / (2 * (spent + 1))) * (effect / se) ** 2;
  return Math.min(1, Math.sqrt(spent + 1) * Math.exp(-exponent));
}

/** What the effect is at least, at every look at once: all of alpha on one side. */
export function sequentialLower({ effect, se, n }: Estimate, { alpha, tightest }: Tuning): number {
  const spent = n * rhoOf({ alpha: 2 * alpha, tightest }) ** 2;
  const width = ((2 * (spent + 1)) / spent) * Math.log(1 + Math.sqrt(spent + 1) / (2 * alpha));
  return effect - se * Math.sqrt(width);
}

/** What every interval up to each look has in common; low above high once they contradict one another. */
export function runningIntersection(intervals: readonly Interval[]): Interval[] {
  let common: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return intervals.map(([low, high]) => {
    common = [Math.max(common[0], low), Math.min(common[1], high)];
    return common;
  });
}

/** The least p so far; 1 before anything could be said. */
export function runningMinimum(ps: readonly number[]): number[] {
  let least = 1;
  return ps.map((p) => (least = Math.min(least, p)));
}
