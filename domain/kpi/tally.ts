/**
 * What one row of KPIs has counted, and the KPIs that follow from it.
 *
 * Shapes  `Tally` is `KpiTotals` and the counts that the API shows beside them; `KpiFigures` has one `Ratio` a key.
 */
import { KPI_FORMULAS, amount, ratio, type KpiTotals, type Ratio } from "./ratios.ts";

/** Raised when a definition changes, so that a figure kept somewhere says which definition it has. */
export const KPI_VERSION = 1;

export type Tally = Omit<KpiTotals, "csat" | "nps" | "ces"> & {
  csat: Record<string, number>;
  nps: Record<string, number>;
  ces: Record<string, number>;
  visitors: number;
  visits: number;
  /** Eligible moments, in both arms. */
  triggered: number;
  held_out: number;
  /** Of any kind; `invites_displayed` are those that lead to a conversation. */
  displayed: number;
  opened: number;
  declined: number;
  ignored: number;
  /** With a visitor's message, answered or not. */
  conversations: number;
  abandoned: number;
  /** Of the orders of the row itself, those that some chat is credited with. */
  row_assisted_orders: number;
  row_assisted_revenue: number;
  orders_covered: number;
};

export function emptyTally(): Tally {
  return {
    eligible_visitors: 0,
    covered_visitors: 0,
    invites_displayed: 0,
    invites_accepted: 0,
    chatters: 0,
    covered_visitors_buying_after_chat: 0,
    chatters_buying_after_chat: 0,
    proactive_chatters: 0,
    proactive_chatters_buying: 0,
    assisted_orders: 0,
    assisted_revenue: 0,
    total_orders: 0,
    total_revenue: 0,
    chats_handled: 0,
    agent_cost: 0,
    platform_cost: 0,
    agent_hours_logged: 0,
    contacts_resolved_no_recontact: 0,
    contacts_mature: 0,
    csat: {},
    surveys_sent: 0,
    nps: {},
    ces: {},
    margin: null,
    visitors: 0,
    visits: 0,
    triggered: 0,
    held_out: 0,
    displayed: 0,
    opened: 0,
    declined: 0,
    ignored: 0,
    conversations: 0,
    abandoned: 0,
    row_assisted_orders: 0,
    row_assisted_revenue: 0,
    orders_covered: 0,
  };
}

const UNKNOWN: Ratio = { value: null, numerator: null, denominator: null };
const money = (sum: number) => Math.round(sum * 100) / 100;

const FORMULAS = {
  visitors: (t) => amount(t.visitors),
  visits: (t) => amount(t.visits),
  eligible_visitors: (t) => amount(t.eligible_visitors),
  covered_visitors: (t) => amount(t.covered_visitors),
  triggered: (t) => amount(t.triggered),
  held_out: (t) => amount(t.held_out),
  displayed: (t) => amount(t.displayed),
  opened: (t) => amount(t.opened),
  accepted: (t) => amount(t.invites_accepted),
  declined: (t) => amount(t.declined),
  ignored: (t) => amount(t.ignored),
  conversations: (t) => amount(t.conversations),
  chats_handled: (t) => amount(t.chats_handled),
  chatters: (t) => amount(t.chatters),
  proactive_chatters: (t) => amount(t.proactive_chatters),
  orders: (t) => amount(t.total_orders),
  revenue: (t) => amount(money(t.total_revenue)),
  assisted_orders: (t) => amount(t.assisted_orders),
  agent_hours: (t) => amount(t.agent_hours_logged),
  conversion_rate: (t) => ratio(t.total_orders, t.visitors),
  opened_rate: (t) => ratio(t.opened, t.displayed),
  abandonment_rate: (t) => ratio(t.abandoned, t.conversations),
  coverage_at_order_rate: (t) => ratio(t.orders_covered, t.total_orders),
  share_of_orders_assisted: (t) => ratio(t.row_assisted_orders, t.total_orders),
  display_rate_among_covered: KPI_FORMULAS.display_rate,
  ...KPI_FORMULAS,
  // The definition's denominator is the moments at which a rule fired; the vectors know only covered visitors.
  display_rate: (t) => ratio(t.displayed, t.triggered),
  aov_unassisted: (t) =>
    ratio(money(t.total_revenue - t.row_assisted_revenue), t.total_orders - t.row_assisted_orders),
  aov_uplift_vs_unassisted: (t) => aovUplift(t),
  attributed_revenue: (t) => amount(money(t.assisted_revenue)),
  // Nobody has entered what an hour costs: no figure is better than a flattering one.
  cost_total: () => UNKNOWN,
  cost_per_contact: () => UNKNOWN,
  gross_roi_attributed: () => UNKNOWN,
} satisfies Record<string, (tally: Tally) => Ratio>;

export type KpiName = keyof typeof FORMULAS;
export const KPI_NAMES = Object.keys(FORMULAS) as KpiName[];
export type KpiFigures = Record<KpiName, Ratio>;

function aovUplift(t: Tally): Ratio {
  const assisted = FORMULAS.aov_assisted(t).value;
  const unassisted = FORMULAS.aov_unassisted(t).value;
  return assisted === null || unassisted === null ? UNKNOWN : ratio(assisted - unassisted, unassisted);
}

/** Every KPI of `tally`, each with its numerator and denominator. */
export function figuresOf(tally: Tally): KpiFigures {
  const entries = KPI_NAMES.map((name) => [name, FORMULAS[name](tally)] as const);
  return Object.fromEntries(entries) as KpiFigures;
}
