/**
 * The KPIs that somebody may set a target on: those with an interval, or whose counts give one.
 *
 * Shapes  `better` says which way is good; a target on the other side of its baseline says so itself.
 * Units   `rate` is a fraction, `money` in the site's currency, `seconds`, `score` as the question's scale has it,
 *         `count` over the span that is read, `per_hour` of agents' time.
 */
import type { KpiName } from "../kpi/figures.ts";

export type KpiUnit = "rate" | "money" | "seconds" | "score" | "count" | "per_hour";
export type KpiTrait = { unit: KpiUnit; better: "higher" | "lower" };

export const MEASURED_KPIS = {
  conversion_rate: { unit: "rate", better: "higher" },
  conversion_after_chat: { unit: "rate", better: "higher" },
  conversion_after_chat_among_covered: { unit: "rate", better: "higher" },
  proactive_conversion: { unit: "rate", better: "higher" },
  lead_rate: { unit: "rate", better: "higher" },
  coverage_rate: { unit: "rate", better: "higher" },
  display_rate: { unit: "rate", better: "higher" },
  acceptance_rate: { unit: "rate", better: "higher" },
  share_of_visitors_engaged: { unit: "rate", better: "higher" },
  share_of_orders_assisted: { unit: "rate", better: "higher" },
  repeat_purchase_rate: { unit: "rate", better: "higher" },
  return_rate: { unit: "rate", better: "lower" },
  aov: { unit: "money", better: "higher" },
  aov_assisted: { unit: "money", better: "higher" },
  revenue_per_chat: { unit: "money", better: "higher" },
  revenue_per_agent_hour: { unit: "money", better: "higher" },
  sales_per_agent_hour: { unit: "per_hour", better: "higher" },
  chats_per_agent_hour: { unit: "per_hour", better: "higher" },
  csat: { unit: "rate", better: "higher" },
  csat_mean: { unit: "score", better: "higher" },
  csat_response_rate: { unit: "rate", better: "higher" },
  nps: { unit: "score", better: "higher" },
  ces_mean: { unit: "score", better: "higher" },
  fcr: { unit: "rate", better: "higher" },
  abandonment_rate: { unit: "rate", better: "lower" },
  first_reply_median: { unit: "seconds", better: "lower" },
  first_reply_p90: { unit: "seconds", better: "lower" },
  waiting_median: { unit: "seconds", better: "lower" },
  waiting_p90: { unit: "seconds", better: "lower" },
  handle_time_median: { unit: "seconds", better: "lower" },
  resolution_time_median: { unit: "seconds", better: "lower" },
  orders: { unit: "count", better: "higher" },
  assisted_orders: { unit: "count", better: "higher" },
  leads: { unit: "count", better: "higher" },
  chats_handled: { unit: "count", better: "higher" },
} as const satisfies Partial<Record<KpiName, KpiTrait>>;

export type MeasuredKpi = keyof typeof MEASURED_KPIS;

const NAMES = Object.keys(MEASURED_KPIS) as MeasuredKpi[];
const [FIRST_NAME = "conversion_rate", ...OTHER_NAMES] = NAMES;
/** Never empty, as an enumeration of a schema must be. */
export const MEASURED_KPI_NAMES: [MeasuredKpi, ...MeasuredKpi[]] = [FIRST_NAME, ...OTHER_NAMES];

export function traitOf(kpi: MeasuredKpi): KpiTrait {
  return MEASURED_KPIS[kpi];
}
