/**
 * What is counted of one randomised arm, and the means that come of it.
 *
 * Everybody who was eligible counts, in the arm that chance gave them: who accepted, who declined, who looked away and
 * who found no agent. What they bought counts from that moment on, so that both arms are asked the same question.
 *
 * Shapes  an `Arm` is additive: arms of several periods may be summed, where their shares of traffic were the same.
 * Units   counts are of visitors; `revenue` in the money of the caller, net of returns and before discounts that are
 *         told apart (see net-value.ts), `revenueSquares` in its square.
 * Errors  none; a mean of nobody is null.
 */
import { finite } from "./figure.ts";

export type Arm = {
  n: number;
  /** How many of them bought. */
  conversions: number;
  revenue: number;
  /** The sum over visitors of the square of what each spent. */
  revenueSquares: number;
  /** How many had a conversation. */
  accepted: number;
  /** How many bought, and what they spent, of those who had one. */
  acceptedConversions: number;
  acceptedRevenue: number;
};

/** Both arms of one comparison: invited, and held out. */
export type Arms = { treatment: Arm; control: Arm };

/** A mean, and the variance of it as an estimate; null where one visitor is all there is. */
export type Estimate = { mean: number; variance: number | null };

/** The share of `count` among `n`. */
export function proportionOf(count: number, n: number): Estimate | null {
  if (!(n > 0)) return null;
  const mean = count / n;
  return { mean, variance: Math.max(0, (mean * (1 - mean)) / n) };
}

/** The mean of `n` amounts of which the sum and the sum of squares are known. */
export function meanOf(sum: number, squares: number, n: number): Estimate | null {
  if (!(n > 0)) return null;
  const mean = sum / n;
  const spread = n > 1 ? finite((squares - sum * mean) / (n - 1) / n) : null;
  // The difference of two large sums may fall a hair below nothing.
  return { mean, variance: spread === null ? null : Math.max(0, spread) };
}

/** What an arm is compared by: whether people bought, or how much they spent. */
export type Outcome = "conversion" | "revenue";

export function outcomeOf(arm: Arm, outcome: Outcome): Estimate | null {
  return outcome === "conversion"
    ? proportionOf(arm.conversions, arm.n)
    : meanOf(arm.revenue, arm.revenueSquares, arm.n);
}

export const acceptanceOf = (arm: Arm): Estimate | null => proportionOf(arm.accepted, arm.n);

/** The covariance of the mean outcome and the share of conversations, as estimates from the same visitors. */
export function covarianceOf(arm: Arm, outcome: Outcome): number | null {
  const { n, accepted } = arm;
  // Shares count with n and amounts with n − 1, each as its own variance does.
  const degrees = outcome === "conversion" ? n : n - 1;
  if (!(degrees > 0)) return null;
  const [total, together] =
    outcome === "conversion"
      ? [arm.conversions, arm.acceptedConversions]
      : [arm.revenue, arm.acceptedRevenue];
  return finite((together / n - (total / n) * (accepted / n)) / degrees);
}
