/**
 * The tails and quantiles that every test of this room reads.
 *
 * A p-value is always a tail, computed as a tail: one minus a probability near 1 keeps nothing of a small p.
 *
 * Shapes  `…Survival(x)` is the probability of more than x; `…Quantile(p)` is where a probability p lies below.
 * Units   x is in standard units; degrees of freedom may be any number above 0.
 * Errors  none; where a distribution does not exist the answer is NaN, and callers do not ask.
 */
import betainc from "@stdlib/math-base-special-betainc";
import erfc from "@stdlib/math-base-special-erfc";
import gammainc from "@stdlib/math-base-special-gammainc";
import standardQuantile from "@stdlib/stats-base-dists-normal-quantile";
import studentQuantile from "@stdlib/stats-base-dists-t-quantile";

export function normalSurvival(z: number): number {
  return erfc(z / Math.SQRT2) / 2;
}

export function normalDensity(z: number): number {
  return Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
}

export function normalQuantile(p: number): number {
  return standardQuantile(p, 0, 1);
}

/** The critical value of a two-sided test or interval at `alpha`. */
export function normalCritical(alpha: number): number {
  return normalQuantile(1 - alpha / 2);
}

/** By whichever share of t² + df is the smaller: the other is almost 1 and has lost the digits that count. */
export function tSurvival(t: number, df: number): number {
  const square = t * t;
  const beyond =
    square > df
      ? betainc(df / (df + square), df / 2, 0.5) / 2
      : betainc(square / (df + square), 0.5, df / 2, true, true) / 2;
  return t < 0 ? 1 - beyond : beyond;
}

/** The probability of a t at least as far from 0 on either side. */
export function tTwoSided(t: number, df: number): number {
  return Math.min(1, 2 * tSurvival(Math.abs(t), df));
}

/**
 * By its expansion in 1/df (G. W. Hill, Algorithm 396, Communications of the ACM 13, 1970, four terms) wherever that is
 * right to eight digits, as the reference's search takes it there, so that all digits which the reference sets state are
 * told; elsewhere the library's.
 */
export function tQuantile(p: number, df: number): number {
  const exact = studentQuantile(p, df);
  const expanded = tExpansion(normalQuantile(p), df);
  return Math.abs(expanded - exact) <= EXPANSION_PASSES * Math.abs(exact) ? expanded : exact;
}

/** As a part of the quantile: how far off the expansion may be. */
const EXPANSION_PASSES = 4e-9;

/** The quantile of t where the normal one is `x`. */
function tExpansion(x: number, df: number): number {
  const y = x * x;
  const terms = [
    (y + 1) / 4,
    ((5 * y + 16) * y + 3) / 96,
    (((3 * y + 19) * y + 17) * y - 15) / 384,
    ((((79 * y + 776) * y + 1_482) * y - 1_920) * y - 945) / 92_160,
  ];
  return x * terms.reduce((sum, term, at) => sum + term / df ** (at + 1), 1);
}

export function tCritical(alpha: number, df: number): number {
  return tQuantile(1 - alpha / 2, df);
}

export function chiSquareSurvival(x: number, df: number): number {
  return gammainc(x / 2, df / 2, true, true);
}
