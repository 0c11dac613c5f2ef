/**
 * What a visitor leaves of margin, for the comparison of two arms.
 *
 * A margin is that of the goods at their price, and a discount comes out of it whole: of an order that paid R after a
 * discount of D it leaves m·(R + D) − D, which is m·R − (1 − m)·D. Everybody who redeemed counts, would-be buyers too.
 *
 * Units   `margin` a share; sums in major units.
 */
import type { Pair } from "../experiments/effect.ts";
import type { PlacedOrder } from "../kpi/orders.ts";
import type { ArmSums } from "./sums.ts";

const CENTS = 100;

/** Two arms by the margin that each of their visitors left. */
export function marginPair(margin: number, control: ArmSums, treatment: ArmSums): Pair {
  return { kind: "mean", control: left(margin, control), treatment: left(margin, treatment) };
}

function left(margin: number, sums: ArmSums) {
  const { n, revenue_cents, revenue_sq, discount_cents, discount_sq, revenue_x_discount } = sums;
  const off = 1 - margin;
  return {
    n,
    sum: (margin * revenue_cents - off * discount_cents) / CENTS,
    sumsq:
      (margin ** 2 * revenue_sq - 2 * margin * off * revenue_x_discount + off ** 2 * discount_sq) /
      CENTS ** 2,
  };
}

/** Of an order that is given back in part, the same part of its discount is; one in another currency has none. */
export function discountLeft(
  { currency, grossCents, netCents }: PlacedOrder,
  told: number,
  own: string,
): number {
  if (currency !== own) return 0;
  return grossCents === 0 ? told : Math.round((told * netCents) / grossCents);
}
