/** Which KPIs the overview shows. */
import type { KpiName } from "../kpi/figures.ts";

/** What is shown of a span, by the names of `kpis.md`. */
export const SHOWN_KPIS = [
  "visitors",
  "eligible_visitors",
  "displayed",
  "accepted",
  "conversations",
  "orders",
  "revenue",
  "coverage_rate",
  "acceptance_rate",
  "conversion_after_chat",
  "aov_assisted",
  "aov_unassisted",
  "csat",
  "csat_response_rate",
  "first_reply_median",
  "first_reply_p90",
  "attributed_revenue",
  "assisted_orders",
] as const satisfies readonly KpiName[];
export type ShownKpi = (typeof SHOWN_KPIS)[number];

/** Better is more, unless it is here. */
export const LESS_IS_BETTER: readonly ShownKpi[] = ["first_reply_median", "first_reply_p90"];
