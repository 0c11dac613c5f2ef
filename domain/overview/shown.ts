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
  "share_of_visitors_engaged",
  "share_of_orders_assisted",
] as const satisfies readonly KpiName[];
export type ShownKpi = (typeof SHOWN_KPIS)[number];

/** Better is more, unless it is here. */
export const LESS_IS_BETTER: readonly ShownKpi[] = ["first_reply_median", "first_reply_p90"];

/** Those of them whose change is judged, together: so many looks at chance are one family. */
export const JUDGED_KPIS: readonly ShownKpi[] = [
  "coverage_rate",
  "acceptance_rate",
  "conversion_after_chat",
  "aov_assisted",
  "csat",
  "first_reply_median",
];

/** What chats are credited with until the window of their orders has passed: what is young says too little. */
export const WINDOWED_KPIS: readonly ShownKpi[] = [
  "conversion_after_chat",
  "aov_assisted",
  "attributed_revenue",
  "assisted_orders",
];
