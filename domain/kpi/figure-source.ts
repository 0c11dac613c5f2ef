/**
 * What the figures of one row are made from: its tally, the totals of the formulas, and what agents and the platform cost.
 *
 * Units   hours of agents, money in major units, but for what a tally tells in hundredths.
 */
import { armMedians } from "./arms.ts";
import type { CostOfRow } from "./costs.ts";
import type { Dimension } from "./grouping.ts";
import type { KpiTotals } from "./ratios.ts";
import type { ScaleName, Tally } from "./tally.ts";

export type FigureOptions = {
  /** First reply, waiting and resolution inside business hours only. */
  businessHours?: boolean;
  /** What the row cost; null: nobody has entered it. */
  costs?: CostOfRow | null;
  /** By what the row is one of several; absent, it is the whole or a stretch of time. */
  dimension?: Dimension;
};

/** What a figure is made from. */
export type Source = {
  t: Tally;
  totals: KpiTotals;
  hours: number;
  costs: CostOfRow | null;
  businessHours: boolean;
  /** Worked out once for both arms. */
  medians: () => ReturnType<typeof armMedians>;
};

const HOUR_MS = 3_600_000;

export function sourceOf(t: Tally, { businessHours = false, costs = null }: FigureOptions): Source {
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
  let medians: ReturnType<typeof armMedians> | null = null;
  return { t, totals, hours, costs, businessHours, medians: () => (medians ??= armMedians(t)) };
}

/** How many surveys asked it. */
export const askedFor = (t: Tally, question: ScaleName): number =>
  t.surveys_sent - t[`surveys_without_${question}`];
