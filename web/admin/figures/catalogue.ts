/**
 * Every figure of the API as the screen shows it: in which group, in which unit, and whether it is still growing.
 *
 * Shapes  a figure that is in no group does not compile; the order is that of the choice.
 * Units   rates are fractions, durations seconds, `change` a fraction above or below nothing.
 */
import type { KpiName } from "../../../domain/kpi/figures.ts";

export type Unit =
  | "count"
  | "money"
  | "share"
  | "change"
  | "seconds"
  | "hours"
  | "perHour"
  | "factor"
  | "mean"
  | "points";
/** What chats and offers are credited with until the window of their orders has passed, or that of their leads too. */
export type Window = "orders" | "leads";
type Shown = { group: Group; unit: Unit; windowed?: Window };

export const GROUPS = [
  "reach",
  "offers",
  "sales",
  "chat_sales",
  "arms",
  "chats",
  "speed",
  "satisfaction",
  "agents",
  "costs",
] as const;
export type Group = (typeof GROUPS)[number];

export const FIGURES: Readonly<Record<KpiName, Shown>> = {
  visitors: { group: "reach", unit: "count" },
  visits: { group: "reach", unit: "count" },
  eligible_visitors: { group: "reach", unit: "count" },
  covered_visitors: { group: "reach", unit: "count" },
  coverage_rate: { group: "reach", unit: "share" },
  engaged_visitors: { group: "reach", unit: "count" },
  share_of_visitors_engaged: { group: "reach", unit: "share" },
  exempt_page_views: { group: "reach", unit: "count" },
  triggered: { group: "offers", unit: "count" },
  held_out: { group: "offers", unit: "count" },
  capacity_suppressed: { group: "offers", unit: "count" },
  displayed: { group: "offers", unit: "count" },
  display_rate: { group: "offers", unit: "share" },
  display_rate_treated: { group: "offers", unit: "share" },
  display_rate_among_covered: { group: "offers", unit: "share" },
  opened: { group: "offers", unit: "count" },
  opened_rate: { group: "offers", unit: "share" },
  click_rate: { group: "offers", unit: "share" },
  accepted: { group: "offers", unit: "count" },
  acceptance_rate: { group: "offers", unit: "share" },
  acceptance_rate_by_visitor: { group: "offers", unit: "share" },
  declined: { group: "offers", unit: "count" },
  ignored: { group: "offers", unit: "count" },
  orders: { group: "sales", unit: "count" },
  revenue: { group: "sales", unit: "money" },
  aov: { group: "sales", unit: "money" },
  conversion_rate: { group: "sales", unit: "share" },
  refunded: { group: "sales", unit: "money" },
  return_rate: { group: "sales", unit: "share" },
  returned_revenue_rate: { group: "sales", unit: "share" },
  orders_in_other_currency: { group: "sales", unit: "count" },
  repeat_purchase_rate: { group: "sales", unit: "share", windowed: "orders" },
  time_to_purchase_median: { group: "sales", unit: "seconds" },
  time_to_purchase_p90: { group: "sales", unit: "seconds" },
  coverage_at_order_rate: { group: "sales", unit: "share" },
  leads: { group: "sales", unit: "count" },
  lead_value: { group: "sales", unit: "money" },
  lead_rate: { group: "sales", unit: "share" },
  conversion_rate_with_leads: { group: "sales", unit: "share" },
  attributed_revenue: { group: "chat_sales", unit: "money", windowed: "orders" },
  assisted_orders: { group: "chat_sales", unit: "count", windowed: "orders" },
  share_of_orders_assisted: { group: "chat_sales", unit: "share" },
  conversion_after_chat: { group: "chat_sales", unit: "share", windowed: "orders" },
  conversion_after_chat_with_leads: { group: "chat_sales", unit: "share", windowed: "leads" },
  conversion_after_chat_among_covered: { group: "chat_sales", unit: "share", windowed: "orders" },
  orders_per_closed_conversation: { group: "chat_sales", unit: "factor", windowed: "orders" },
  proactive_conversion: { group: "chat_sales", unit: "share", windowed: "orders" },
  proactive_conversion_with_leads: { group: "chat_sales", unit: "share", windowed: "leads" },
  proactive_conversion_among_covered: { group: "chat_sales", unit: "share", windowed: "orders" },
  aov_assisted: { group: "chat_sales", unit: "money", windowed: "orders" },
  aov_unassisted: { group: "chat_sales", unit: "money" },
  aov_uplift_vs_unassisted: { group: "chat_sales", unit: "change" },
  revenue_per_chat: { group: "chat_sales", unit: "money", windowed: "orders" },
  treated_visitors: { group: "arms", unit: "count" },
  holdout_visitors: { group: "arms", unit: "count" },
  treated_return_rate: { group: "arms", unit: "share", windowed: "orders" },
  holdout_return_rate: { group: "arms", unit: "share", windowed: "orders" },
  treated_repeat_rate: { group: "arms", unit: "share", windowed: "orders" },
  holdout_repeat_rate: { group: "arms", unit: "share", windowed: "orders" },
  treated_time_to_purchase_median: { group: "arms", unit: "seconds", windowed: "orders" },
  holdout_time_to_purchase_median: { group: "arms", unit: "seconds", windowed: "orders" },
  conversations: { group: "chats", unit: "count" },
  chats_handled: { group: "chats", unit: "count" },
  chats_closed: { group: "chats", unit: "count" },
  chats_without_reply: { group: "chats", unit: "count" },
  abandoned: { group: "chats", unit: "count" },
  abandonment_rate: { group: "chats", unit: "share" },
  abandoned_short: { group: "chats", unit: "count" },
  abandoned_after_median: { group: "chats", unit: "seconds" },
  chatters: { group: "chats", unit: "count" },
  proactive_chatters: { group: "chats", unit: "count" },
  first_reply_median: { group: "speed", unit: "seconds" },
  first_reply_p90: { group: "speed", unit: "seconds" },
  waiting_median: { group: "speed", unit: "seconds" },
  waiting_p90: { group: "speed", unit: "seconds" },
  handle_time_median: { group: "speed", unit: "seconds" },
  handle_time_p90: { group: "speed", unit: "seconds" },
  resolution_time_median: { group: "speed", unit: "seconds" },
  resolution_time_p90: { group: "speed", unit: "seconds" },
  fcr: { group: "speed", unit: "share" },
  fcr_observed: { group: "speed", unit: "share" },
  fcr_asked: { group: "speed", unit: "share" },
  csat: { group: "satisfaction", unit: "share" },
  csat_mean: { group: "satisfaction", unit: "mean" },
  csat_response_rate: { group: "satisfaction", unit: "share" },
  nps: { group: "satisfaction", unit: "points" },
  nps_response_rate: { group: "satisfaction", unit: "share" },
  ces_mean: { group: "satisfaction", unit: "mean" },
  ces_agree: { group: "satisfaction", unit: "share" },
  ces_response_rate: { group: "satisfaction", unit: "share" },
  survey_response_rate: { group: "satisfaction", unit: "share" },
  agent_hours: { group: "agents", unit: "hours" },
  sales_per_agent_hour: { group: "agents", unit: "perHour", windowed: "orders" },
  revenue_per_agent_hour: { group: "agents", unit: "money", windowed: "orders" },
  chats_per_agent_hour: { group: "agents", unit: "perHour" },
  occupancy: { group: "agents", unit: "share" },
  concurrency: { group: "agents", unit: "factor" },
  chats_taken: { group: "agents", unit: "count" },
  transfer_rate: { group: "agents", unit: "share" },
  transfers: { group: "agents", unit: "count" },
  transfers_to_skill: { group: "agents", unit: "count" },
  transfers_taken_over: { group: "agents", unit: "count" },
  transfers_received: { group: "agents", unit: "count" },
  transfers_taken_back: { group: "agents", unit: "count" },
  canned_uses: { group: "agents", unit: "count" },
  canned_rate: { group: "agents", unit: "share" },
  canned_edited_rate: { group: "agents", unit: "share" },
  cost_total: { group: "costs", unit: "money" },
  cost_per_contact: { group: "costs", unit: "money" },
  gross_roi_attributed: { group: "costs", unit: "change" },
};

export const NAMES = Object.keys(FIGURES) as readonly KpiName[];
/** What a reader sees who has chosen nothing. */
export const USUAL: readonly KpiName[] = [
  "visitors",
  "acceptance_rate",
  "attributed_revenue",
  "conversion_after_chat",
];
export const MOST_CHOSEN = 8;
