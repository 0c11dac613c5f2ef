/**
 * The figures of what orders bring, of what conversations cost, and of what agents do by the hour.
 *
 * Units   money is in major units, agents' time in hours; shares are fractions.
 */
import type { Interval } from "../experiments/effect.ts";
import { areHoursKnown } from "./costs.ts";
import { type Figure, perUnit, plain, rateOf, share, sum, sumRateOf, UNKNOWN } from "./figure.ts";
import type { Source } from "./figure-source.ts";
import { compoundInterval, costInterval, type Squares, upliftInterval } from "./intervals.ts";
import { KPI_FORMULAS, type KpiTotals, type Ratio, ratio } from "./ratios.ts";
import type { Tally } from "./tally.ts";

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

/** Orders whose amount is known: those in another currency are in no mean of money. */
export const ownOrders = (t: Tally): number => t.total_orders - t.orders_in_other_currency;

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

export const OF_MONEY = {
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

export const OF_AGENTS = {
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
