/**
 * What a contact costs by chat, beside what the site says that one by phone or e-mail does.
 *
 * A chat costs its part of the agents' hours online and of the platform, as the KPIs have it; what the chats of a span
 * cost together is known, how many they might have been is not, and that gives the interval.
 *
 * Units   money in the site's currency, not rounded.
 * Errors  null where nobody entered what it is made of, there was no chat, or nobody was online while some were answered.
 */
import { type CostOfServed, costOfServed } from "../kpi/costs.ts";
import { costInterval } from "../kpi/intervals.ts";
import type { Economics } from "../site/settings.ts";
import type { EpochMs } from "../ids.ts";
import type { Ranged } from "../objectives/ledger.ts";

export type ServedSpan = { from: EpochMs; to: EpochMs; now: EpochMs; agentHours: number; chats: number };

export type ContactCosts = CostOfServed & {
  chats: number;
  agentHours: number;
  perChat: Ranged | null;
  phone: number | null;
  email: number | null;
};

export function contactCosts(economics: Economics, span: ServedSpan): ContactCosts {
  const { contact_phone: phone = null, contact_email: email = null } = economics;
  const { agentHours, chats } = span;
  const cost = costOfServed(economics, span);
  const each = cost.total === null ? null : perChat(cost.total, chats);
  return { chats, agentHours, ...cost, perChat: each, phone, email };
}

function perChat(total: number, chats: number): Ranged | null {
  const interval = costInterval(total, chats);
  return interval && { value: total / chats, low: interval[0], high: interval[1] };
}
