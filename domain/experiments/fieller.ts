/**
 * Fieller's set for a relative lift: every lift that the two arms do not contradict.
 *
 * With few in the control the delta method's interval reaches below −100 %, which cannot be; this one does not, and says so
 * where nothing is known. A lift of 0 is outside exactly where the absolute interval of the same critical value leaves 0
 * out, so that what is shown never disagrees with what was decided.
 *
 * Shapes  null: the set is unbounded, since a control of 0 is not contradicted either.
 * Units   fractions of the size of the control's mean.
 * Errors  none.
 */
import type { Arm, Interval } from "./effect.ts";

type Mean = { mean: number; variance: number };

/** An arm's mean with the variance of that mean. */
export function meanOf({ n, mean, variance }: Arm): Mean {
  return { mean, variance: variance / n };
}

/** @param critical standard errors either side, of a fixed or of a sequential interval */
export function fiellerLift(control: Mean, treatment: Mean, critical: number): Interval | null {
  const known = control.mean ** 2 - critical ** 2 * control.variance;
  if (!(known > 0)) return null;
  const cross = control.mean * treatment.mean;
  const root = critical * Math.sqrt(treatment.mean ** 2 * control.variance + treatment.variance * known);
  const [low, high] = [(cross - root) / known - 1, (cross + root) / known - 1];
  // Below 0 a larger quotient is a larger loss.
  return control.mean > 0 ? [low, high] : [-high, -low];
}
