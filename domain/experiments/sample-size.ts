/**
 * How many visitors, and so how many days, it takes to see a difference between an invited arm and its hold-out.
 *
 * The two-sample size for arms of unequal size, at a two-sided 5 % and a power of 80 %, each arm with its own variance: as
 * results are read (`effect.ts`) and plans are made (`mde.ts`, for other levels and powers). No distribution is loaded for
 * it, since it is asked beside a slider in the browser.
 *
 * Shapes  a `Plan` is what is looked for; answers are null where no number of visitors would do.
 * Units   shares and rates from 0 to 1; `lift` in the same (0.01 is one point); days are whole.
 * Errors  none; a plan that makes no sense is answered by null.
 */

/** Standard normal quantiles of a two-sided 5 % level and of 80 % power. */
const Z_LEVEL = 1.959963984540054;
const Z_POWER = 0.8416212335729143;

export type Plan = {
  /** The share of the eligible visitors who see nothing. */
  holdout: number;
  /** How many of them buy. */
  baseRate: number;
  /** How much more of the invited would. */
  lift: number;
};

/** The variance of one visitor's outcome in each arm. */
export type Variances = { control: number; treatment: number };

/**
 * The visitors of both arms, not yet rounded, after whom `difference` is as many standard errors as it takes.
 *
 * @param standardErrors the quantiles of level and power, summed
 */
export function visitorsFor(
  difference: number,
  { control, treatment }: Variances,
  { controlShare, standardErrors }: { controlShare: number; standardErrors: number },
): number {
  const perVisitor = control / controlShare + treatment / (1 - controlShare);
  return perVisitor * (standardErrors / difference) ** 2;
}

/** The eligible visitors, both arms together, after whom `lift` is seen four times in five; null where never. */
export function visitorsToSee({ holdout, baseRate, lift }: Plan): number | null {
  const rate = baseRate + lift;
  const sensible = [holdout, baseRate, rate].every((share) => share >= 0 && share <= 1);
  if (!sensible || holdout === 0 || holdout === 1 || lift === 0) return null;
  const variances = { control: baseRate * (1 - baseRate), treatment: rate * (1 - rate) };
  const design = { controlShare: holdout, standardErrors: Z_LEVEL + Z_POWER };
  return Math.ceil(visitorsFor(lift, variances, design));
}

/** The days until then, at so many newly eligible visitors a day; null where it never comes. */
export function daysToSee(plan: Plan, eligiblePerDay: number): number | null {
  const visitors = visitorsToSee(plan);
  return visitors === null || !(eligiblePerDay > 0) ? null : Math.ceil(visitors / eligiblePerDay);
}
