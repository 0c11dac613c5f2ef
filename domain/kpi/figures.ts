/**
 * Every figure that a tally gives, by its public name: those of the reference vectors, then the further ones of `kpis.md`.
 *
 * The formulas are those of `ratios.ts`; here they get the size of their sample and their interval.
 *
 * Units   rates are fractions, money is in major units, durations in seconds, agents' time in hours.
 */
import type { Interval } from "../experiments/effect.ts";
import { wilson } from "../experiments/small-counts.ts";
import { armMedian, armShare } from "./arms.ts";
import { areHoursKnown, type CostOfRow } from "./costs.ts";
import { durationsOf } from "./durations.ts";
import {
  answered,
  type Figure,
  perUnit,
  plain,
  quantile,
  rateOf,
  share,
  sum,
  sumRateOf,
  UNKNOWN,
} from "./figure.ts";
import { type Dimension, NO_GROUP } from "./grouping.ts";
import {
  compoundInterval,
  costInterval,
  promoterInterval,
  scaleInterval,
  type Squares,
  upliftInterval,
} from "./intervals.ts";
import { isKnownBy } from "./known.ts";
import { answersWhere, KPI_FORMULAS, type KpiTotals, type Ratio, ratio } from "./ratios.ts";
import type { ScaleName, SpreadName, Tally } from "./tally.ts";

export type FigureOptions = {
  /** First reply, waiting and resolution inside business hours only. */
  businessHours?: boolean;
  /** What the row cost; null: nobody has entered it. */
  costs?: CostOfRow | null;
  /** By what the row is one of several; absent, it is the whole or a stretch of time. */
  dimension?: Dimension;
};

/** What a figure is made from. */
type Source = { t: Tally; totals: KpiTotals; hours: number; costs: CostOfRow | null; businessHours: boolean };

const HOUR_MS = 3_600_000;

function sourceOf(t: Tally, { businessHours = false, costs = null }: FigureOptions): Source {
  const hours = t.agent_online_ms / HOUR_MS;
  const totals: KpiTotals = {
    eligible_visitors: t.eligible_visitors,
    covered_visitors: t.covered_visitors,
    invites_displayed: t.invites_displayed,
    invites_accepted: t.invites_accepted,
    chatters: t.chatters,
    covered_visitors_buying_after_chat: t.covered_visitors_buying_after_chat,
    chatters_buying_after_chat: t.chatters_buying_after_chat,
    proactive_chatters: t.proactive_chatters,
    proactive_chatters_buying: t.proactive_chatters_buying,
    assisted_orders: t.assisted_orders,
    total_orders: t.total_orders,
    chats_handled: t.chats_handled,
    contacts_resolved_no_recontact: t.contacts_resolved_no_recontact,
    contacts_mature: t.contacts_mature,
    csat: t.csat,
    surveys_sent: askedFor(t, "csat"),
    nps: t.nps,
    ces: t.ces,
    assisted_revenue: t.assisted_revenue_cents / 100,
    total_revenue: t.total_revenue_cents / 100,
    agent_hours_logged: hours,
    agent_cost: hours * (costs?.agentHour ?? 0),
    platform_cost: costs?.platform ?? 0,
    margin: costs?.margin ?? null,
  };
  return { t, totals, hours, costs, businessHours };
}

/** How many surveys asked it. */
const askedFor = (t: Tally, question: ScaleName): number => t.surveys_sent - t[`surveys_without_${question}`];

const all = (answers: Readonly<Record<string, number>>) => answersWhere(answers);

function answerShare(answers: Readonly<Record<string, number>>, of: Ratio): Figure {
  const n = all(answers);
  return answered(of, n, wilson({ n, x: of.numerator ?? 0 }));
}

function answerMean(answers: Record<string, number>, of: Ratio, scale: Interval): Figure {
  return answered(of, all(answers), scaleInterval(answers, scale));
}

/** A ratio of amounts in hundredths, in major units; no mean of amounts is below 0. */
function money(figure: Figure): Figure {
  const part = (value: number | null) => (value === null ? null : value / 100);
  const interval: Interval | null = figure.interval && [
    Math.max(0, figure.interval[0] / 100),
    figure.interval[1] / 100,
  ];
  const numerator = part(figure.numerator);
  const value = figure.denominator === 0 || numerator === null ? null : numerator / (figure.denominator ?? 1);
  return { ...figure, value, numerator, interval };
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
  treated_time_to_purchase_median: ({ t }) => armMedian(t, "treated"),
  holdout_time_to_purchase_median: ({ t }) => armMedian(t, "holdout"),
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

/** Orders whose amount is known: those in another currency are in no mean of money. */
const ownOrders = (t: Tally): number => t.total_orders - t.orders_in_other_currency;

/** The baskets of those who bought after a chat, and of those without one: attributed, no effect. */
const assistedBaskets = (t: Tally): Squares => ({
  x: t.assisted_revenue_cents,
  n: t.assisted_orders - t.assisted_in_other_currency,
  units: t.assisted_buyers,
  xx: t.assisted_revenue_sq,
  xn: t.assisted_revenue_x_orders,
  nn: t.assisted_orders_sq,
});
const unassistedBaskets = (t: Tally): Squares => ({
  x: t.total_revenue_cents - t.row_assisted_revenue_cents,
  n: ownOrders(t) - (t.row_assisted_orders - t.row_assisted_in_other_currency),
  units: t.unassisted_buyers,
  xx: t.unassisted_revenue_sq,
  xn: t.unassisted_revenue_x_orders,
  nn: t.unassisted_orders_sq,
});

/** Two samples of buyers; who bought both ways is in both, as two who do not know each other. */
function aovUplift({ t }: Source): Figure {
  const [of, beside] = [assistedBaskets(t), unassistedBaskets(t)];
  const [assisted, unassisted] = [money(perUnit(of)), money(perUnit(beside))];
  if (assisted.value === null || unassisted.value === null) return UNKNOWN;
  return {
    ...ratio(assisted.value - unassisted.value, unassisted.value),
    n: assisted.n + unassisted.n,
    interval: upliftInterval(of, beside),
  };
}

/** A figure of costs: unknown until they are entered, and where somebody answered without logging an hour. */
const costed =
  (
    of: (totals: KpiTotals) => Ratio,
    n: (t: Tally) => number,
    intervalOf: (cost: number, source: Source) => Interval | null = () => null,
  ) =>
  (source: Source): Figure => {
    const { t, totals, hours, costs } = source;
    const known = costs !== null && areHoursKnown({ chats: t.chats_handled, agentHours: hours });
    if (!known) return UNKNOWN;
    const cost = totals.agent_cost + totals.platform_cost;
    // What cost nothing says nothing of what the next one costs.
    return { ...of(totals), n: n(t), interval: cost > 0 ? intervalOf(cost, source) : null };
  };

/** What was sold after chats might have been another sum; what they cost is known. */
function roiInterval(cost: number, { t, totals }: Source): Interval | null {
  const { margin } = totals;
  const revenue = compoundInterval(t.assisted_revenue_cents / 100, t.assisted_revenue_sq / 100 ** 2);
  if (margin === null || margin === 0 || revenue === null) return null;
  return [(revenue[0] * margin - cost) / cost, (revenue[1] * margin - cost) / cost];
}

const OF_MONEY = {
  aov: ({ t }) =>
    money(
      perUnit({
        x: t.total_revenue_cents,
        n: ownOrders(t),
        units: t.buyers,
        xx: t.revenue_sq,
        xn: t.revenue_x_orders,
        nn: t.orders_sq,
      }),
    ),
  aov_assisted: ({ t }) => money(perUnit(assistedBaskets(t))),
  aov_unassisted: ({ t }) => money(perUnit(unassistedBaskets(t))),
  aov_uplift_vs_unassisted: aovUplift,
  attributed_revenue: ({ t }) =>
    sum(t.assisted_revenue_cents / 100, t.assisted_orders - t.assisted_in_other_currency),
  revenue_per_chat: ({ t }) =>
    money(
      perUnit({
        x: t.assisted_revenue_cents,
        n: t.chats_handled,
        units: t.chatters,
        xx: t.assisted_revenue_sq,
        xn: t.chatters_revenue_x_chats,
        nn: t.chatters_chats_sq,
      }),
    ),
  cost_total: costed(KPI_FORMULAS.cost_total, (t) => t.chats_handled),
  cost_per_contact: costed(
    KPI_FORMULAS.cost_per_contact,
    (t) => t.chats_handled,
    (cost, { t }) => costInterval(cost, t.chats_handled),
  ),
  gross_roi_attributed: costed(KPI_FORMULAS.gross_roi_attributed, (t) => t.assisted_orders, roiInterval),
} satisfies Record<string, (source: Source) => Figure>;

const OF_AGENTS = {
  sales_per_agent_hour: ({ t, hours }) => rateOf(t.assisted_orders, hours),
  revenue_per_agent_hour: ({ t, hours }) =>
    money(
      sumRateOf(t.assisted_revenue_cents, { squares: t.assisted_revenue_sq, n: t.assisted_buyers }, hours),
    ),
  chats_per_agent_hour: ({ t, hours }) => rateOf(t.chats_handled, hours),
  transfer_rate: ({ t }) => share(t.chats_transferred, t.chats_taken),
  canned_rate: ({ t }) => share(t.chats_with_canned, t.chats_taken),
  canned_edited_rate: ({ t }) => share(t.canned_edited, t.canned_uses),
  occupancy: ({ t }) => plain(ratio(t.slot_busy_ms / 1_000, t.slot_available_ms / 1_000), t.chats_handled),
  concurrency: ({ t }) => plain(ratio(t.chat_ms / 1_000, t.agent_busy_ms / 1_000), t.chats_handled),
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

/** The spreads that the figures of `names` look into: only these have to be added up for them. */
export function spreadsOf(names: readonly KpiName[]): ReadonlySet<SpreadName> {
  return new Set(names.flatMap((name) => READ_SPREADS[name] ?? []));
}

const NO_FIGURES = Object.fromEntries(KPI_NAMES.map((name) => [name, UNKNOWN])) as KpiFigures;
