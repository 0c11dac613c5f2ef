/**
 * What the ratio of two estimates from the same visitors may truly be: the Anderson–Rubin set of an instrument.
 *
 * It asks of every value whether numerator − value × denominator could be nothing, and so stays right where the
 * denominator is uncertain, where the usual ± says things that cannot be.
 *
 * Shapes  null where the set has no ends, because the denominator may be nothing: nothing is known of the ratio.
 * Units   those of numerator / denominator; `critical` in standard errors, 95 % by default.
 * Errors  none.
 */
import type { Interval } from "../experiments/effect.ts";
import { intervalOf, Z_95 } from "./figure.ts";

export type CorrelatedRatio = {
  numerator: number;
  denominator: number;
  /** Variances of the two as estimates, and their covariance. */
  numeratorVariance: number;
  denominatorVariance: number;
  covariance: number;
};

export function andersonRubin(of: CorrelatedRatio, critical: number = Z_95): Interval | null {
  const z2 = critical ** 2;
  const square = of.denominator ** 2 - z2 * of.denominatorVariance;
  const cross = of.numerator * of.denominator - z2 * of.covariance;
  const rest = of.numerator ** 2 - z2 * of.numeratorVariance;
  if (!(square > 0)) return null;
  const root = Math.sqrt(Math.max(0, cross ** 2 - square * rest));
  return root === 0 ? null : intervalOf((cross - root) / square, (cross + root) / square);
}
