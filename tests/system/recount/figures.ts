/** The figures of `kpis.md` from recounted sums: what stands above the line, and what below. */
import type { Arms } from "./arms.ts";

export type Sums = Record<string, number>;
export type Counted = {
  value: number | null;
  numerator: number | null;
  denominator: number | null;
  /** Of a duration, how many there were. */
  n?: number;
};

type Money = { agentHour: number; platform: number; margin: number } | null;

const HOUR_MS = 3_600_000;
export const UNKNOWN: Counted = { value: null, numerator: null, denominator: null };

const OFFERS = [
  "triggered held_out displayed opened accepted declined ignored treated_visitors holdout_visitors",
  "display_rate display_rate_treated display_rate_among_covered opened_rate click_rate acceptance_rate acceptance_rate_by_visitor",
  "treated_return_rate holdout_return_rate treated_repeat_rate holdout_repeat_rate",
  "treated_time_to_purchase_median holdout_time_to_purchase_median",
].flatMap((line) => line.split(" "));
const HOURS =
  "agent_hours sales_per_agent_hour revenue_per_agent_hour chats_per_agent_hour occupancy concurrency".split(
    " ",
  );
const TIMES = [null, "hour", "day", "week"];

/** What rows of `group` cannot know: told as unknown, and not as 0. */
export function unknownBy(group: string | null): string[] {
  if (TIMES.includes(group)) return [];
  const ofOffers = ["campaign", "variant", "channel", "device"].includes(group ?? "");
  const ofVisits = ["channel", "device"].includes(group ?? "");
  return [
    "exempt_page_views",
    ...(ofVisits ? [] : ["capacity_suppressed"]),
    ...(ofOffers ? [] : OFFERS),
    ...(group === "agent" ? [] : HOURS),
  ];
}

/** Every figure by its public name. `of` gives a sum, 0 where nothing was counted; `seconds` a quantile or null. */
export function figuresFrom(
  of: (name: string) => number,
  seconds: (name: string, quantile: "median" | "p90" | "n") => number | null,
  money: Money,
  arms: Arms,
): Record<string, Counted> {
  const sum = (value: number): Counted => ({ value, numerator: value, denominator: null });
  const over = (numerator: number, denominator: number): Counted => ({
    value: denominator === 0 ? null : numerator / denominator,
    numerator,
    denominator,
  });
  const share = (above: string, below: string) => over(of(above), of(below));
  const time = (name: string, quantile: "median" | "p90"): Counted => {
    const value = seconds(name, quantile);
    return { value, numerator: value, denominator: null, n: seconds(name, "n") ?? 0 };
  };
  const hours = of("online_ms") / HOUR_MS;
  // Somebody answered and nobody was online: what that cost is not known.
  const isUnknown = money === null || (of("handled") > 0 && hours === 0);
  const cost = isUnknown ? null : hours * money.agentHour + money.platform;
  const aovAssisted = over(of("assisted_cents") / 100, of("assisted_own"));
  const alone = of("revenue_cents") - of("row_assisted_cents");
  const aovAlone = over(alone / 100, of("own") - of("row_assisted_own"));
  return {
    visitors: sum(of("visitors")),
    visits: sum(of("visits")),
    eligible_visitors: sum(of("eligible")),
    covered_visitors: sum(of("covered")),
    engaged_visitors: sum(of("engaged")),
    exempt_page_views: sum(of("exempt")),
    triggered: sum(of("triggered")),
    held_out: sum(of("held_out")),
    capacity_suppressed: sum(of("suppressed")),
    displayed: sum(of("displayed")),
    opened: sum(of("opened")),
    accepted: sum(of("accepted")),
    declined: sum(of("declined")),
    ignored: sum(of("ignored")),
    treated_visitors: sum(of("treated")),
    holdout_visitors: sum(of("holdout")),
    conversations: sum(of("conversations")),
    chats_handled: sum(of("handled")),
    chats_closed: sum(of("closed")),
    chats_without_reply: sum(of("conversations") - of("handled")),
    abandoned: sum(of("abandoned")),
    abandoned_short: sum(of("abandoned_short")),
    chatters: sum(of("chatters")),
    proactive_chatters: sum(of("proactive")),
    orders: sum(of("orders")),
    revenue: sum(of("revenue_cents") / 100),
    refunded: sum(of("refunded_cents") / 100),
    orders_in_other_currency: sum(of("other_currency")),
    assisted_orders: sum(of("assisted")),
    leads: sum(of("leads")),
    lead_value: sum(of("lead_cents") / 100),
    agent_hours: sum(hours),
    chats_taken: sum(of("taken")),
    transfers: sum(of("transfers")),
    transfers_to_skill: sum(of("to_skill")),
    transfers_taken_over: sum(of("taken_over")),
    transfers_received: sum(of("received")),
    transfers_taken_back: sum(of("taken_back")),
    canned_uses: sum(of("canned")),
    coverage_rate: share("covered", "eligible"),
    coverage_at_order_rate: share("orders_covered", "orders"),
    conversion_rate: share("buying", "visitors"),
    lead_rate: share("lead_visitors", "visitors"),
    conversion_rate_with_leads: share("converting", "visitors"),
    share_of_visitors_engaged: share("engaged", "visitors"),
    share_of_orders_assisted: share("row_assisted", "orders"),
    repeat_purchase_rate: share("buying_again", "buying"),
    return_rate: over(of("returned"), of("orders") + of("refunded_whole")),
    returned_revenue_rate: over(of("refunded_cents") / 100, of("gross_cents") / 100),
    time_to_purchase_median: time("time_to_purchase", "median"),
    time_to_purchase_p90: time("time_to_purchase", "p90"),
    display_rate: share("displayed", "triggered"),
    display_rate_treated: over(of("displayed"), of("triggered") - of("held_out")),
    display_rate_among_covered: share("invited", "covered"),
    opened_rate: share("opened", "displayed"),
    click_rate: share("invited_opened", "invited"),
    acceptance_rate: share("accepted", "invited"),
    acceptance_rate_by_visitor: share("accepting_visitors", "invited_visitors"),
    treated_return_rate: arms.share("treated", "returned", "placed"),
    holdout_return_rate: arms.share("holdout", "returned", "placed"),
    treated_repeat_rate: arms.share("treated", "again", "bought"),
    holdout_repeat_rate: arms.share("holdout", "again", "bought"),
    treated_time_to_purchase_median: arms.median("treated"),
    holdout_time_to_purchase_median: arms.median("holdout"),
    conversion_after_chat_among_covered: share("covered_after_chat", "covered"),
    conversion_after_chat: share("chatters_buying", "chatters"),
    conversion_after_chat_with_leads: share("chatters_converting", "chatters"),
    orders_per_closed_conversation: share("assisted", "closed"),
    proactive_conversion: share("proactive_buying", "proactive"),
    proactive_conversion_with_leads: share("proactive_converting", "proactive"),
    proactive_conversion_among_covered: share("covered_after_proactive", "covered"),
    abandonment_rate: over(of("abandoned"), of("conversations") - of("abandoned_short")),
    fcr: share("mature_resolved", "mature"),
    fcr_observed: share("mature_alone", "mature"),
    fcr_asked: share("told_resolved", "told"),
    csat: share("csat_good", "csat_n"),
    csat_mean: share("csat_sum", "csat_n"),
    csat_response_rate: share("csat_n", "asked_csat"),
    nps: over(100 * of("nps_net"), of("nps_n")),
    nps_response_rate: share("nps_n", "asked_nps"),
    ces_mean: share("ces_sum", "ces_n"),
    ces_agree: share("ces_good", "ces_n"),
    ces_response_rate: share("ces_n", "asked_ces"),
    survey_response_rate: share("replied", "asked"),
    first_reply_median: time("first_reply", "median"),
    first_reply_p90: time("first_reply", "p90"),
    waiting_median: time("waiting", "median"),
    waiting_p90: time("waiting", "p90"),
    abandoned_after_median: time("abandoned_after", "median"),
    handle_time_median: time("handle_time", "median"),
    handle_time_p90: time("handle_time", "p90"),
    resolution_time_median: time("resolution_time", "median"),
    resolution_time_p90: time("resolution_time", "p90"),
    aov: over(of("revenue_cents") / 100, of("own")),
    aov_assisted: aovAssisted,
    aov_unassisted: aovAlone,
    aov_uplift_vs_unassisted:
      aovAssisted.value === null || aovAlone.value === null
        ? UNKNOWN
        : over(aovAssisted.value - aovAlone.value, aovAlone.value),
    attributed_revenue: sum(of("assisted_cents") / 100),
    revenue_per_chat: over(of("assisted_cents") / 100, of("handled")),
    cost_total: cost === null ? UNKNOWN : sum(cost),
    cost_per_contact: cost === null ? UNKNOWN : over(cost, of("handled")),
    gross_roi_attributed:
      cost === null || money === null
        ? UNKNOWN
        : over((of("assisted_cents") / 100) * money.margin - cost, cost),
    sales_per_agent_hour: over(of("assisted"), hours),
    revenue_per_agent_hour: over(of("assisted_cents") / 100, hours),
    chats_per_agent_hour: over(of("handled"), hours),
    transfer_rate: share("handed_on", "taken"),
    canned_rate: share("with_canned", "taken"),
    canned_edited_rate: share("canned_edited", "canned"),
    occupancy: over(of("filled_ms") / 1_000, of("places_ms") / 1_000),
    concurrency: over(of("chat_ms") / 1_000, of("busy_ms") / 1_000),
  };
}
