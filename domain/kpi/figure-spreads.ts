/** Which answers and durations each figure looks into: only these have to be added up for it. */
import type { KpiName } from "./figures.ts";
import type { SpreadName } from "./tally.ts";

const TIMES_BY_ARM = ["arm_times", "treated_time_to_purchase", "holdout_time_to_purchase"] as const;

/** What each figure that looks into a spread looks into; all others are made of counts alone. */
const READ_SPREADS: { readonly [name in KpiName]?: readonly SpreadName[] } = {
  time_to_purchase_median: ["time_to_purchase"],
  time_to_purchase_p90: ["time_to_purchase"],
  treated_return_rate: ["arms"],
  holdout_return_rate: ["arms"],
  treated_repeat_rate: ["arms"],
  holdout_repeat_rate: ["arms"],
  treated_time_to_purchase_median: TIMES_BY_ARM,
  holdout_time_to_purchase_median: TIMES_BY_ARM,
  csat: ["csat"],
  csat_mean: ["csat"],
  csat_response_rate: ["csat"],
  nps: ["nps"],
  nps_response_rate: ["nps"],
  ces_mean: ["ces"],
  ces_agree: ["ces"],
  ces_response_rate: ["ces"],
  first_reply_median: ["first_reply", "first_reply_shift"],
  first_reply_p90: ["first_reply", "first_reply_shift"],
  waiting_median: ["waiting", "waiting_shift"],
  waiting_p90: ["waiting", "waiting_shift"],
  abandoned_after_median: ["waiting_abandoned"],
  handle_time_median: ["handle_time"],
  handle_time_p90: ["handle_time"],
  resolution_time_median: ["resolution", "resolution_shift"],
  resolution_time_p90: ["resolution", "resolution_shift"],
};

/** The spreads that the figures of `names` look into. */
export function spreadsOf(names: readonly KpiName[]): ReadonlySet<SpreadName> {
  return new Set(names.flatMap((name) => READ_SPREADS[name] ?? []));
}
