/**
 * Which figures a row can know: what it cannot is told as unknown, never as 0.
 *
 * An agent, a skill and an answer know conversations and whom they were had with, and nothing of offers; only agents and
 * stretches of time have hours; page views without consent are nobody's, and an offer that was held back is the visit's.
 *
 * Types of the figures alone are used here, so that what counts them can use this.
 */
import type { KpiName } from "./figures.ts";
import { type Dimension, NO_GROUP } from "./grouping.ts";

const EVERYWHERE: readonly Dimension[] = [NO_GROUP];
const OF_VISITS: readonly Dimension[] = [NO_GROUP, "channel", "device"];
const OF_OFFERS: readonly Dimension[] = [NO_GROUP, "channel", "device", "campaign", "variant"];
const OF_HOURS: readonly Dimension[] = [NO_GROUP, "agent"];

/** In which dimensions a figure is known; one that is not named here is known in all. */
const KNOWN_IN: { readonly [name in KpiName]?: readonly Dimension[] } = {
  exempt_page_views: EVERYWHERE,
  capacity_suppressed: OF_VISITS,
  triggered: OF_OFFERS,
  held_out: OF_OFFERS,
  displayed: OF_OFFERS,
  opened: OF_OFFERS,
  accepted: OF_OFFERS,
  declined: OF_OFFERS,
  ignored: OF_OFFERS,
  display_rate: OF_OFFERS,
  display_rate_treated: OF_OFFERS,
  display_rate_among_covered: OF_OFFERS,
  opened_rate: OF_OFFERS,
  click_rate: OF_OFFERS,
  acceptance_rate: OF_OFFERS,
  acceptance_rate_by_visitor: OF_OFFERS,
  treated_visitors: OF_OFFERS,
  holdout_visitors: OF_OFFERS,
  treated_return_rate: OF_OFFERS,
  holdout_return_rate: OF_OFFERS,
  treated_repeat_rate: OF_OFFERS,
  holdout_repeat_rate: OF_OFFERS,
  treated_time_to_purchase_median: OF_OFFERS,
  holdout_time_to_purchase_median: OF_OFFERS,
  agent_hours: OF_HOURS,
  sales_per_agent_hour: OF_HOURS,
  revenue_per_agent_hour: OF_HOURS,
  chats_per_agent_hour: OF_HOURS,
  occupancy: OF_HOURS,
  concurrency: OF_HOURS,
};

/** Whether rows by `dimension` can know `name`. */
export function isKnownBy(name: KpiName, dimension: Dimension): boolean {
  return KNOWN_IN[name]?.includes(dimension) ?? true;
}
