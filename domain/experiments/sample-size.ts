/**
 * How many visitors, and so how many days, it takes to see a difference between an invited arm and its hold-out.
 *
 * The two-proportion sample size for arms of unequal size: the two-sided test at 5 % uses the pooled share, its power
 * of 80 % the two shares apart (Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions", 3rd ed.,
 * chapter 4; without the continuity correction, as the results are read without one).
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

/** The eligible visitors, both arms together, after whom `lift` is seen four times in five; null where never. */
export function visitorsToSee({ holdout, baseRate, lift }: Plan): number | null {
  const invited = 1 - holdout;
  const rate = baseRate + lift;
  const sensible = [holdout, baseRate, rate].every((share) => share >= 0 && share <= 1);
  if (!sensible || holdout === 0 || invited === 0 || lift === 0) return null;
  const pooled = invited * rate + holdout * baseRate;
  const level = Z_LEVEL * Math.sqrt(pooled * (1 - pooled) * (1 / invited + 1 / holdout));
  const power = Z_POWER * Math.sqrt((rate * (1 - rate)) / invited + (baseRate * (1 - baseRate)) / holdout);
  return Math.ceil(((level + power) / lift) ** 2);
}

/** The days until then, at so many newly eligible visitors a day; null where it never comes. */
export function daysToSee(plan: Plan, eligiblePerDay: number): number | null {
  const visitors = visitorsToSee(plan);
  return visitors === null || !(eligiblePerDay > 0) ? null : Math.ceil(visitors / eligiblePerDay);
}
