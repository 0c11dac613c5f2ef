/**
 * How many points a conversation has in the queue, each worth a minute of waiting: those of the visitor's segments,
 * of the campaign that invited them, and of what the visitor is worth, by three plain rules of the site. They add up.
 *
 * Units   money in the site's currency, major units.
 */
import * as z from "zod";

const MOST_POINTS = 1_000;
const points = z.int().min(0).max(100);
const From = z.object({ from: z.number().min(0).max(1e9), points });

/** Points for whom: who is signed in, whose cart is worth as much, who has bought for as much before. */
export const QueuePoints = z.object({
  identified: points.default(0),
  cart: From.nullable().default(null),
  customer: From.nullable().default(null),
});
export type QueuePoints = z.infer<typeof QueuePoints>;

/** What this visit knows of the visitor's worth. */
export type VisitorWorth = { identified: boolean; cart: number; lifetime: number };

export const NO_WORTH: VisitorWorth = { identified: false, cart: 0, lifetime: 0 };

export function queuePoints(rule: QueuePoints, worth: VisitorWorth, others: readonly number[]): number {
  const own = [
    worth.identified ? rule.identified : 0,
    rule.cart !== null && worth.cart >= rule.cart.from ? rule.cart.points : 0,
    rule.customer !== null && worth.lifetime >= rule.customer.from ? rule.customer.points : 0,
  ];
  const sum = [...own, ...others].reduce((total, each) => total + each, 0);
  return Math.min(MOST_POINTS, Math.max(-MOST_POINTS, sum));
}
