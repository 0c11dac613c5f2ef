/** The set `kpis`: every ratio of `domain/kpi/ratios.ts` over given totals, and the interval of the NPS. */
import * as z from "zod";
import { KPI_FORMULAS, npsInterval } from "../../domain/kpi/ratios.ts";
import type { VectorSet } from "./vector-set.ts";

const count = z.number().default(0);
const answers = z.record(z.string(), z.number()).default({});

const Totals = z.object({
  eligible_visitors: count,
  covered_visitors: count,
  invites_displayed: count,
  invites_accepted: count,
  chatters: count,
  covered_visitors_buying_after_chat: count,
  chatters_buying_after_chat: count,
  proactive_chatters: count,
  proactive_chatters_buying: count,
  assisted_orders: count,
  assisted_revenue: count,
  total_orders: count,
  total_revenue: count,
  chats_handled: count,
  agent_cost: count,
  platform_cost: count,
  agent_hours_logged: count,
  contacts_resolved_no_recontact: count,
  contacts_mature: count,
  csat: answers,
  surveys_sent: count,
  nps: answers,
  ces: answers,
  margin: z.number().nullable().default(null),
});

export const kpis: VectorSet = ({ input }) => {
  const totals = Totals.parse(input);
  const figures = Object.entries(KPI_FORMULAS).map(([key, formula]) => [key, formula(totals).value]);
  return { ...Object.fromEntries(figures), nps_ci95: npsInterval(totals.nps) };
};
