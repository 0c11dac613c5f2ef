/**
 * Planning: how many visitors show a given effect, and what the smallest effect is that a given number shows.
 *
 * The two-sample normal approximation with each arm's own variance, as results are read (`effect.ts`). For the editor's
 * quick answer at 5 % and 80 % see `sample-size.ts`, which carries no distributions.
 *
 * Shapes  a `Design` is what an experiment is planned with; sizes are of both arms together and of each, rounded up.
 * Units   shares, levels and powers from 0 to 1; lifts are relative to the baseline (0.1 is +10 %).
 * Errors  null where no number of visitors, or no effect, would do.
 */
import { normalQuantile } from "./distributions.ts";
import { type Variances, visitorsFor } from "./sample-size.ts";

export type Design = {
  /** Two-sided. */
  alpha: number;
  power: number;
  /** The part of the visitors who see nothing. */
  controlShare: number;
};
export type Size = { total: number; control: number; treatment: number };

const DAYS_A_WEEK = 7;

/** What shows a lift of `lift` over a conversion rate of `baseline`. */
export function sizeForProportion(baseline: number, lift: number, design: Design): Size | null {
  const raised = baseline * (1 + lift);
  if (![baseline, raised].every((rate) => rate >= 0 && rate <= 1)) return null;
  const variances = { control: baseline * (1 - baseline), treatment: raised * (1 - raised) };
  return sizeFor(raised - baseline, variances, design);
}

/** What shows a lift of `lift` over a mean, its deviation the same in both arms. */
export function sizeForMean(
  { mean, sd }: { mean: number; sd: number },
  lift: number,
  design: Design,
): Size | null {
  return sizeFor(mean * lift, { control: sd ** 2, treatment: sd ** 2 }, design);
}

/**
 * The smallest absolute difference, as a size, that `visitors` show: of a proportion, in either direction, since its
 * variance moves with it; null where not even the largest possible one would be seen.
 */
export function detectableDifference(
  baseline: number,
  visitors: number,
  design: Design,
  direction: "more" | "less" = "more",
): number | null {
  const { controlShare } = design;
  const treatmentShare = 1 - controlShare;
  if (!(visitors > 0 && controlShare > 0 && treatmentShare > 0 && baseline > 0 && baseline < 1)) return null;
  // visitors · d² = spread · (v(p)/s + v(p ± d)/(1 − s)) is quadratic in d; it has one root above 0.
  const spread = standardErrorsOf(design) ** 2;
  const sign = direction === "more" ? 1 : -1;
  const square = visitors + spread / treatmentShare;
  const linear = (-sign * spread * (1 - 2 * baseline)) / treatmentShare;
  const constant = -spread * baseline * (1 - baseline) * (1 / controlShare + 1 / treatmentShare);
  const difference = (-linear + Math.sqrt(linear ** 2 - 4 * square * constant)) / (2 * square);
  const room = direction === "more" ? 1 - baseline : baseline;
  return difference <= room ? difference : null;
}

/** The smallest rise of a proportion that `visitors` show, relative to `baseline`. */
export function detectableLift(baseline: number, visitors: number, design: Design): number | null {
  const difference = detectableDifference(baseline, visitors, design);
  return difference === null ? null : difference / baseline;
}

/** The smallest lift of a mean that `visitors` show. */
export function detectableMeanLift(
  { mean, sd }: { mean: number; sd: number },
  visitors: number,
  design: Design,
): number | null {
  const { controlShare } = design;
  const variance = sd ** 2 / controlShare + sd ** 2 / (1 - controlShare);
  const lift = (standardErrorsOf(design) * Math.sqrt(variance / visitors)) / Math.abs(mean);
  return Number.isFinite(lift) ? lift : null;
}

/** The days that `total` visitors take, and the whole weeks: weekdays differ, so each must be in as often. */
export function daysFor(total: number, visitorsPerDay: number): { days: number; wholeWeeks: number } | null {
  if (!(visitorsPerDay > 0)) return null;
  const days = Math.ceil(total / visitorsPerDay);
  return { days, wholeWeeks: Math.ceil(days / DAYS_A_WEEK) * DAYS_A_WEEK };
}

function sizeFor(difference: number, variances: Variances, design: Design): Size | null {
  const { controlShare } = design;
  const total = visitorsFor(difference, variances, {
    controlShare,
    standardErrors: standardErrorsOf(design),
  });
  if (!Number.isFinite(total) || !(controlShare > 0 && controlShare < 1)) return null;
  return {
    total,
    control: Math.ceil(total * controlShare),
    treatment: Math.ceil(total * (1 - controlShare)),
  };
}

/** How many standard errors the effect must be, to be seen with this power. */
function standardErrorsOf({ alpha, power }: Design): number {
  return normalQuantile(1 - alpha / 2) + normalQuantile(power);
}
