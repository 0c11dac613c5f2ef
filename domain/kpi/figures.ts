/**
 * Every figure that a tally gives, by its public name: those of the reference vectors, then the further ones of `kpis.md`.
 *
 * The formulas are those of `ratios.ts`; here they get the size of their sample and their interval.
 *
 * Units   rates are fractions, money is in major units, durations in seconds, agents' time in hours.
 */
import type { Interval } from "../experiments/effect.ts";
import { wilson } from "../experiments/small-counts.ts";
import { armShare } from "./arms.ts";
import { durationsOf } from "./durations.ts";
import { answered, type Figure, plain, quantile, rateOf, share, sum, UNKNOWN } from "./figure.ts";
import { askedFor, type FigureOptions, type Source, sourceOf } from "./figure-source.ts";
import { NO_GROUP } from "./grouping.ts";
import { promoterInterval, scaleInterval } from "./intervals.ts";
import { isKnownBy } from "./known.ts";
import { OF_AGENTS, OF_MONEY, ownOrders } from "./money-figures.ts";
import { answersWhere, KPI_FORMULAS, type Ratio, ratio } from "./ratios.ts";
import type { Tally } from "./tally.ts";

const all = (answers: Readonly<Record<string, number>>) => answersWhere(answers);

function answerShare(answers: Readonly<Record<string, number>>, of: Ratio): Figure {
  const n = all(answers);
  return answered(of, n, wilson({ n, x: of.numerator ?? 0 }));
}

function answerMean(answers: Record<string, number>, of: Ratio, scale: Interval): Figure {
  return answered(of, all(answers), scaleInterval(answers, scale));
}

const COUNTED = {
  visitors: ({ t }) => sum(t.visitors),
  visits: ({ t }) => sum(t.visits),
  eligible_visitors: ({ t }) => sum(t.eligible_visitors),
  covered_visitors: ({ t }) => sum(t.covered_visitors),
  engaged_visitors: ({ t }) => sum(t.engaged_visitors),
  exempt_page_views: ({ t }) => sum(t.exempt_page_views),
  triggered: ({ t }) => sum(t.triggered),
  held_out: ({ t }) => sum(t.held_out),
  capacity_suppressed: ({ t }) => sum(t.suppressed_visits),
  displayed: ({ t }) => sum(t.displayed),
  opened: ({ t }) => sum(t.opened),
  accepted: ({ t }) => sum(t.invites_accepted),
  declined: ({ t }) => sum(t.declined),
  ignored: ({ t }) => sum(t.ignored),
  treated_visitors: ({ t }) => sum(t.treated_units),
  holdout_visitors: ({ t }) => sum(t.holdout_units),
  conversations: ({ t }) => sum(t.conversations),
  chats_handled: ({ t }) => sum(t.chats_handled),
  chats_closed: ({ t }) => sum(t.chats_closed),
  chats_without_reply: ({ t }) => sum(t.conversations - t.chats_handled),
  abandoned: ({ t }) => sum(t.abandoned),
  abandoned_short: ({ t }) => sum(t.abandoned_short),
  chatters: ({ t }) => sum(t.chatters),
  proactive_chatters: ({ t }) => sum(t.proactive_chatters),
  orders: ({ t }) => sum(t.total_orders),
  revenue: ({ t }) => sum(t.total_revenue_cents / 100, ownOrders(t)),
  refunded: ({ t }) => sum(t.refunded_cents / 100, t.orders_returned),
  orders_in_other_currency: ({ t }) => sum(t.orders_in_other_currency),
  assisted_orders: ({ t }) => sum(t.assisted_orders),
  leads: ({ t }) => sum(t.leads),
  lead_value: ({ t }) => sum(t.lead_value_cents / 100, t.leads),
  agent_hours: ({ hours }) => sum(hours, 0),
  chats_taken: ({ t }) => sum(t.chats_taken),
  transfers: ({ t }) => sum(t.transfers),
  transfers_to_skill: ({ t }) => sum(t.transfers_to_skill),
  transfers_taken_over: ({ t }) => sum(t.transfers_taken_over),
  transfers_received: ({ t }) => sum(t.transfers_received),
  transfers_taken_back: ({ t }) => sum(t.transfers_taken_back),
  canned_uses: ({ t }) => sum(t.canned_uses),
} satisfies Record<string, (source: Source) => Figure>;

const OF_VISITORS = {
  coverage_rate: ({ t }) => share(t.covered_visitors, t.eligible_visitors),
  coverage_at_order_rate: ({ t }) => share(t.orders_covered, t.total_orders),
  conversion_rate: ({ t }) => share(t.buying_visitors, t.visitors),
  lead_rate: ({ t }) => share(t.lead_visitors, t.visitors),
  conversion_rate_with_leads: ({ t }) => share(t.converting_visitors, t.visitors),
  share_of_visitors_engaged: ({ t }) => share(t.engaged_visitors, t.visitors),
  share_of_orders_assisted: ({ t }) => share(t.row_assisted_orders, t.total_orders),
  repeat_purchase_rate: ({ t }) => share(t.rebuying_visitors, t.buying_visitors),
  return_rate: ({ t }) => share(t.orders_returned, t.total_orders + t.orders_refunded_whole),
  // No interval: money given back varies by buyer with what they bought, and no tally holds the squares of either. What
  // is kept of a buyer (`revenue_sq`) is what was left, of the orders of which something was.
  returned_revenue_rate: ({ t }) =>
    plain(ratio(t.refunded_cents / 100, t.gross_revenue_cents / 100), t.orders_returned),
  time_to_purchase_median: ({ t }) => quantile(t.time_to_purchase, 0.5),
  time_to_purchase_p90: ({ t }) => quantile(t.time_to_purchase, 0.9),
} satisfies Record<string, (source: Source) => Figure>;

const OF_OFFERS = {
  display_rate: ({ t }) => share(t.displayed, t.triggered),
  // Of those that chance let be invited: how often an invitation that was to be shown was.
  display_rate_treated: ({ t }) => share(t.displayed, t.triggered - t.held_out),
  // What the reference vectors call the display rate: they know covered visitors, but no moments. A rate and no share: one
  // visitor may be shown several invitations, and who was never covered one. So its interval is that of a count.
  display_rate_among_covered: ({ t }) => ({
    ...rateOf(t.invites_displayed, t.covered_visitors),
    n: t.covered_visitors,
  }),
  opened_rate: ({ t }) => share(t.opened, t.displayed),
  click_rate: ({ t }) => share(t.invites_opened, t.invites_displayed),
  acceptance_rate: ({ t }) => share(t.invites_accepted, t.invites_displayed),
  acceptance_rate_by_visitor: ({ t }) => share(t.invited_visitors_accepting, t.invited_visitors),
  treated_return_rate: ({ t }) => armShare(t, "treated", "returns", "orders_placed"),
  holdout_return_rate: ({ t }) => armShare(t, "holdout", "returns", "orders_placed"),
  treated_repeat_rate: ({ t }) => armShare(t, "treated", "rebuyers", "buyers"),
  holdout_repeat_rate: ({ t }) => armShare(t, "holdout", "rebuyers", "buyers"),
  treated_time_to_purchase_median: ({ medians }) => medians().treated,
  holdout_time_to_purchase_median: ({ medians }) => medians().holdout,
} satisfies Record<string, (source: Source) => Figure>;

const OF_CHATS = {
  conversion_after_chat_among_covered: ({ t }) =>
    share(t.covered_visitors_buying_after_chat, t.covered_visitors),
  conversion_after_chat: ({ t }) => share(t.chatters_buying_after_chat, t.chatters),
  conversion_after_chat_with_leads: ({ t }) => share(t.chatters_converting, t.chatters),
  orders_per_closed_conversation: ({ t }) => rateOf(t.assisted_orders, t.chats_closed),
  proactive_conversion: ({ t }) => share(t.proactive_chatters_buying, t.proactive_chatters),
  proactive_conversion_with_leads: ({ t }) => share(t.proactive_chatters_converting, t.proactive_chatters),
  proactive_conversion_among_covered: ({ t }) =>
    share(t.covered_visitors_buying_proactive, t.covered_visitors),
  abandonment_rate: ({ t }) => share(t.abandoned, t.conversations - t.abandoned_short),
  fcr: ({ t }) => share(t.contacts_resolved_no_recontact, t.contacts_mature),
  fcr_observed: ({ t }) => share(t.contacts_no_recontact, t.contacts_mature),
  fcr_asked: ({ t }) => {
    const n = t.told_resolved + t.told_unresolved;
    return answered(ratio(t.told_resolved, n), n, wilson({ n, x: t.told_resolved }));
  },
  csat: ({ t, totals }) => answerShare(t.csat, KPI_FORMULAS.csat(totals)),
  csat_mean: ({ t, totals }) => answerMean(t.csat, KPI_FORMULAS.csat_mean(totals), [1, 5]),
  csat_response_rate: ({ t }) => share(all(t.csat), askedFor(t, "csat")),
  nps: ({ t, totals }) => answered(KPI_FORMULAS.nps(totals), all(t.nps), promoterInterval(t.nps)),
  nps_response_rate: ({ t }) => share(all(t.nps), askedFor(t, "nps")),
  ces_mean: ({ t, totals }) => answerMean(t.ces, KPI_FORMULAS.ces_mean(totals), [1, 7]),
  ces_agree: ({ t, totals }) => answerShare(t.ces, KPI_FORMULAS.ces_agree(totals)),
  ces_response_rate: ({ t }) => share(all(t.ces), askedFor(t, "ces")),
  survey_response_rate: ({ t }) => share(t.surveys_answered, t.surveys_sent),
  first_reply_median: (s) => quantile(durationsOf(s.t, "first_reply", s.businessHours), 0.5),
  first_reply_p90: (s) => quantile(durationsOf(s.t, "first_reply", s.businessHours), 0.9),
  waiting_median: (s) => quantile(durationsOf(s.t, "waiting", s.businessHours), 0.5),
  waiting_p90: (s) => quantile(durationsOf(s.t, "waiting", s.businessHours), 0.9),
  abandoned_after_median: ({ t }) => quantile(t.waiting_abandoned, 0.5),
  handle_time_median: ({ t }) => quantile(t.handle_time, 0.5),
  handle_time_p90: ({ t }) => quantile(t.handle_time, 0.9),
  resolution_time_median: (s) => quantile(durationsOf(s.t, "resolution", s.businessHours), 0.5),
  resolution_time_p90: (s) => quantile(durationsOf(s.t, "resolution", s.businessHours), 0.9),
} satisfies Record<string, (source: Source) => Figure>;

const FIGURES = { ...COUNTED, ...OF_VISITORS, ...OF_OFFERS, ...OF_CHATS, ...OF_MONEY, ...OF_AGENTS };

export type KpiName = keyof typeof FIGURES;
export const KPI_NAMES = Object.keys(FIGURES) as KpiName[];
export type KpiFigures = Record<KpiName, Figure>;

/** Every KPI of `tally`. */
export function figuresOf(tally: Tally, options: FigureOptions = {}): KpiFigures {
  const source = sourceOf(tally, options);
  const figures = { ...NO_FIGURES };
  const { dimension = NO_GROUP } = options;
  for (const name of KPI_NAMES) if (isKnownBy(name, dimension)) figures[name] = FIGURES[name](source);
  return figures;
}

/** The KPIs of `names` alone. */
export function figuresAmong<Name extends KpiName>(
  names: readonly Name[],
  tally: Tally,
  options: FigureOptions = {},
): Pick<KpiFigures, Name> {
  if (names.length === KPI_NAMES.length) return figuresOf(tally, options);
  const source = sourceOf(tally, options);
  const figures: Partial<KpiFigures> = {};
  const { dimension = NO_GROUP } = options;
  for (const name of names) figures[name] = isKnownBy(name, dimension) ? FIGURES[name](source) : UNKNOWN;
  return figures as Pick<KpiFigures, Name>;
}

const NO_FIGURES = Object.fromEntries(KPI_NAMES.map((name) => [name, UNKNOWN])) as KpiFigures;
