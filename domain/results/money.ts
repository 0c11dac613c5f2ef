/**
 * From a phase's effect to money: what was sold that would not have been, its margin, what it cost, what is left.
 *
 * An order is told after its discount, in both arms. What an offer gave away is in the difference of revenue already, that
 * to would-be buyers included; of the margin it takes more, which `margin.ts` takes off
 * (docs/decisions/2026-11-23-discounts-and-margin.md).
 *
 * Shapes  every figure has the interval of the reading that it comes from, or is null where that is hidden or where the
 *         site has not entered what it needs.
 * Units   orders in visitors who bought; money in major units; `margin` a share.
 */
import { type Cannibalisation, cannibalisation, incrementalOf } from "../incrementality/incremental.ts";
import type { Figure } from "../incrementality/figure.ts";
import { netValue } from "../incrementality/net-value.ts";
import type { PhaseFacts } from "./phase.ts";
import type { Comparison, Span } from "./reading.ts";
import type { ArmSums } from "./sums.ts";

export type Money = {
  incrementalSales: Span | null;
  incrementalRevenue: Span | null;
  margin: { share: number; amount: Span | null } | null;
  /** What prices were lowered by, as far as orders told it. */
  discounts: { treated: number; holdout: number };
  /** Orders (or leads) in another currency than the site's: sales, without their money. */
  foreign: { treated: number; holdout: number };
  /** The agents' time that these visitors' conversations took, and its cost. */
  agents: AgentTime;
  net: Span | null;
  roi: Span | null;
  costPerSale: Span | { value: number; low: null; high: null } | null;
  /** What answered chats are credited with, beside what is incremental of it. */
  attributed: { orders: number; revenue: number };
  cannibalised: { orders: Span | null; revenue: Span | null };
};

export type AgentTime = {
  /** On conversations of the visits for whose sales the effect answers. */
  hours: number;
  /** On those of later visits of the same visitors: no effect of this phase answers for them, so no net bears them. */
  laterHours: number;
  /** How many conversations share an agent's hour. */
  concurrency: number;
  /** Null where an hour's price is not entered; nothing where nobody talked. */
  cost: number | null;
};

const HOUR_MS = 3_600_000;

/**
 * The one cost of a campaign: the hours that agents were busy with its conversations. Where an agent has several at once
 * the hour is theirs together, in equal parts, so that the costs of all campaigns and of what came unasked add up to the
 * time that agents were busy. The platform's price and the hours that nobody asked anything are the site's, of no campaign.
 */
export function agentTimeOf(
  { handle_ms, later_handle_ms }: Pick<ArmSums, "handle_ms" | "later_handle_ms">,
  { economics, concurrency = 1 }: Pick<PhaseFacts, "economics" | "concurrency">,
): AgentTime {
  const hours = handle_ms / HOUR_MS / concurrency;
  const laterHours = later_handle_ms / HOUR_MS / concurrency;
  const price = economics.agent_hour ?? null;
  return { hours, laterHours, concurrency, cost: hours === 0 ? 0 : price === null ? null : hours * price };
}

export function moneyOf(
  { difference, revenue, margin: left }: Pick<Comparison, "difference" | "revenue" | "margin">,
  { treated, control }: { treated: ArmSums; control: ArmSums },
  facts: Pick<PhaseFacts, "economics" | "concurrency">,
): Money {
  const { economics } = facts;
  const orders = incrementalOf(figureOf(difference), treated);
  const income = incrementalOf(figureOf(revenue), treated);
  const agents = agentTimeOf(treated, facts);
  const { cost } = agents;
  const margin = economics.margin ?? null;
  // What is left of margin has the discounts off already, so all of it is margin here.
  const kept = incrementalOf(figureOf(left), treated);
  const value = netValue({ orders, revenue: kept }, { margin: margin === null ? null : 1, cost });
  const attributed = { orders: treated.attributed_orders, revenue: treated.attributed_cents / 100 };
  return {
    incrementalSales: spanOf(orders),
    incrementalRevenue: spanOf(income),
    margin: margin === null ? null : { share: margin, amount: spanOf(value.incrementalMargin) },
    discounts: { treated: treated.discount_cents / 100, holdout: control.discount_cents / 100 },
    foreign: { treated: treated.foreign_orders, holdout: control.foreign_orders },
    agents,
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
