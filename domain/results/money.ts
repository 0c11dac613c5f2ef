/**
 * From a phase's effect to money: what was sold that would not have been, its margin, what it cost, what is left.
 *
 * An order is told after its discount, in both arms. What an offer gave away is in the difference of revenue already, that
 * to would-be buyers included, so no discounts are subtracted from it (docs/decisions/2026-11-22-discounts-and-revenue.md).
 *
 * Shapes  every figure has the interval of the reading that it comes from, or is null where that is hidden or where the
 *         site has not entered what it needs.
 * Units   orders in visitors who bought; money in major units; `margin` a share.
 */
import { type Cannibalisation, cannibalisation, incrementalOf } from "../incrementality/incremental.ts";
import type { Figure } from "../incrementality/figure.ts";
import { netValue } from "../incrementality/net-value.ts";
import type { Economics } from "../site/settings.ts";
import type { Comparison, Span } from "./reading.ts";
import type { ArmSums } from "./sums.ts";

export type Money = {
  incrementalSales: Span | null;
  incrementalRevenue: Span | null;
  margin: { share: number; amount: Span | null } | null;
  /** What the agents who answered these visitors cost; null where an hour's price is not entered. */
  agents: { hours: number; cost: number | null };
  net: Span | null;
  roi: Span | null;
  costPerSale: Span | { value: number; low: null; high: null } | null;
  /** What answered chats are credited with, beside what is incremental of it. */
  attributed: { orders: number; revenue: number };
  cannibalised: { orders: Span | null; revenue: Span | null };
};

const HOUR_MS = 3_600_000;

export function moneyOf(
  { difference, revenue }: Pick<Comparison, "difference" | "revenue">,
  treated: ArmSums,
  economics: Economics,
): Money {
  const orders = incrementalOf(figureOf(difference), treated);
  const income = incrementalOf(figureOf(revenue), treated);
  const hours = treated.handle_ms / HOUR_MS;
  const price = economics.agent_hour ?? null;
  const cost = hours === 0 ? 0 : price === null ? null : hours * price;
  const margin = economics.margin ?? null;
  const value = netValue({ orders, revenue: income }, { margin, cost });
  const attributed = { orders: treated.attributed_orders, revenue: treated.attributed_cents / 100 };
  return {
    incrementalSales: spanOf(orders),
    incrementalRevenue: spanOf(income),
    margin: margin === null ? null : { share: margin, amount: spanOf(value.incrementalMargin) },
    agents: { hours, cost },
    net: spanOf(value.net),
    roi: spanOf(value.roi),
    costPerSale: costOf(value.costPerIncrementalSale),
    attributed,
    cannibalised: {
      orders: rateOf(cannibalisation(attributed.orders, orders)),
      revenue: rateOf(cannibalisation(attributed.revenue, income)),
    },
  };
}

function figureOf(span: Span | null): Figure {
  return span === null ? { point: null, ci: null } : { point: span.value, ci: [span.low, span.high] };
}

function spanOf({ point, ci }: Figure): Span | null {
  return point === null || ci === null ? null : { value: point, low: ci[0], high: ci[1] };
}

function costOf({ point, ci }: Figure): Money["costPerSale"] {
  if (point === null) return null;
  return ci === null ? { value: point, low: null, high: null } : { value: point, low: ci[0], high: ci[1] };
}

const rateOf = ({ rate }: Cannibalisation) => spanOf(rate);
