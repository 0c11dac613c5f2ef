/**
 * What inviting was worth: incremental margin, less discounts, less what it cost.
 *
 * A discount is subtracted for everybody who redeemed it, those who would have bought without one included; so the
 * revenue that comes in must be what they would have paid without it, or it would be subtracted twice.
 *
 * Shapes  the margin has no default: null until a site enters it, and so is everything that rests on it.
 *         ROI is null where it cost nothing, the cost of an incremental sale where there was none (or less than none).
 * Units   money in the caller's; `margin` and ROI are fractions (0.4; 1 earns the cost twice over).
 * Errors  none.
 */
import { type Figure, finite, intervalOf, NO_FIGURE, scaled } from "./figure.ts";

export type Money = {
  margin: number | null;
  cost: number | null;
  /** Given to the treated arm by the offers of the campaign. */
  discounts?: number;
};

export type NetValue = {
  incrementalMargin: Figure;
  cost: number | null;
  discounts: number;
  net: Figure;
  roi: Figure;
  costPerIncrementalSale: Figure;
};

export function netValue(
  incremental: { orders: Figure; revenue: Figure },
  { margin, cost, discounts = 0 }: Money,
): NetValue {
  const incrementalMargin = margin === null ? NO_FIGURE : scaled(incremental.revenue, margin, -discounts);
  const net = cost === null ? NO_FIGURE : scaled(incrementalMargin, 1, -cost);
  return {
    incrementalMargin,
    cost,
    discounts,
    net,
    roi: cost === null || cost <= 0 ? NO_FIGURE : over(net, cost),
    costPerIncrementalSale: cost === null ? NO_FIGURE : costOfEach(cost, incremental.orders),
  };
}

const over = ({ point, ci }: Figure, cost: number): Figure => ({
  point: point === null ? null : finite(point / cost),
  ci: ci === null ? null : intervalOf(ci[0] / cost, ci[1] / cost),
});

/** Its interval ends nowhere where there may have been no incremental sale, and is null then. */
function costOfEach(cost: number, { point, ci }: Figure): Figure {
  if (point === null || point <= 0) return NO_FIGURE;
  return {
    point: finite(cost / point),
    ci: ci === null || ci[0] <= 0 ? null : intervalOf(cost / ci[1], cost / ci[0]),
  };
}
