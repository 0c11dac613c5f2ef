/**
 * The KPIs that somebody may set a target on: those with an interval, or whose counts give one.
 *
 * Shapes  `better` says which way is good; a target on the other side of its baseline says so itself. `of` says what it
 *         tells of: what is offered, and who waited in vain, belong to a campaign, conversations to a campaign and to an
 *         agent, hours to agents, and visitors with their orders to the site alone.
 *         `inHours` marks what may be counted inside business hours only.
 * Units   `rate` is a fraction, `money` in the site's currency, `seconds`, `score` as the question's scale has it,
 *         `count` over the span that is read, `per_hour` of agents' time.
 */
import type { KpiName } from "../kpi/figures.ts";

export type KpiUnit = "rate" | "money" | "seconds" | "score" | "count" | "per_hour";
export type KpiSubject = "visitors" | "offers" | "queue" | "conversations" | "agents";
export type KpiTrait = { unit: KpiUnit; better: "higher" | "lower"; of: KpiSubject; inHours?: true };

export const MEASURED_KPIS = {
  conversion_rate: { unit: "rate", better: "higher", of: "visitors" },
  conversion_after_chat: { unit: "rate", better: "higher", of: "conversations" },
  conversion_after_chat_among_covered: { unit: "rate", better: "higher", of: "visitors" },
  proactive_conversion: { unit: "rate", better: "higher", of: "conversations" },
  lead_rate: { unit: "rate", better: "higher", of: "visitors" },
  coverage_rate: { unit: "rate", better: "higher", of: "visitors" },
  display_rate: { unit: "rate", better: "higher", of: "offers" },
  display_rate_treated: { unit: "rate", better: "higher", of: "offers" },
  acceptance_rate: { unit: "rate", better: "higher", of: "offers" },
  share_of_visitors_engaged: { unit: "rate", better: "higher", of: "visitors" },
  share_of_orders_assisted: { unit: "rate", better: "higher", of: "visitors" },
  repeat_purchase_rate: { unit: "rate", better: "higher", of: "visitors" },
  return_rate: { unit: "rate", better: "lower", of: "visitors" },
  aov: { unit: "money", better: "higher", of: "visitors" },
  aov_assisted: { unit: "money", better: "higher", of: "conversations" },
  revenue_per_chat: { unit: "money", better: "higher", of: "conversations" },
  revenue_per_agent_hour: { unit: "money", better: "higher", of: "agents" },
  sales_per_agent_hour: { unit: "per_hour", better: "higher", of: "agents" },
  chats_per_agent_hour: { unit: "per_hour", better: "higher", of: "agents" },
  csat: { unit: "rate", better: "higher", of: "conversations" },
  csat_mean: { unit: "score", better: "higher", of: "conversations" },
  csat_response_rate: { unit: "rate", better: "higher", of: "conversations" },
  nps: { unit: "score", better: "higher", of: "conversations" },
  ces_mean: { unit: "score", better: "higher", of: "conversations" },
  fcr: { unit: "rate", better: "higher", of: "conversations" },
  abandonment_rate: { unit: "rate", better: "lower", of: "queue" },
  first_reply_median: { unit: "seconds", better: "lower", of: "conversations", inHours: true },
  first_reply_p90: { unit: "seconds", better: "lower", of: "conversations", inHours: true },
  waiting_median: { unit: "seconds", better: "lower", of: "conversations", inHours: true },
  waiting_p90: { unit: "seconds", better: "lower", of: "conversations", inHours: true },
  handle_time_median: { unit: "seconds", better: "lower", of: "conversations" },
  resolution_time_median: { unit: "seconds", better: "lower", of: "conversations", inHours: true },
  orders: { unit: "count", better: "higher", of: "visitors" },
  assisted_orders: { unit: "count", better: "higher", of: "conversations" },
  leads: { unit: "count", better: "higher", of: "visitors" },
  chats_handled: { unit: "count", better: "higher", of: "conversations" },
} as const satisfies Partial<Record<KpiName, KpiTrait>>;

export type MeasuredKpi = keyof typeof MEASURED_KPIS;

const NAMES = Object.keys(MEASURED_KPIS) as MeasuredKpi[];
const [FIRST_NAME = "conversion_rate", ...OTHER_NAMES] = NAMES;
/** Never empty, as an enumeration of a schema must be. */
export const MEASURED_KPI_NAMES: [MeasuredKpi, ...MeasuredKpi[]] = [FIRST_NAME, ...OTHER_NAMES];

export function traitOf(kpi: MeasuredKpi): KpiTrait {
  return MEASURED_KPIS[kpi];
}
