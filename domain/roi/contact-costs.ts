/**
 * What a contact costs by chat, beside what the site says that one by phone or e-mail does.
 *
 * A chat costs its part of the agents' hours online and of the platform; what the chats of a span cost together is known,
 * how many they might have been is not, and that gives the interval.
 *
 * Units   money in the site's currency.
 * Errors  null where nobody entered what it is made of, there was no chat, or nobody was online while some were answered.
 */
import type { Interval } from "../experiments/effect.ts";
import { poissonInterval } from "../kpi/intervals.ts";
import type { Economics } from "../site/settings.ts";
import type { EpochMs } from "../ids.ts";
import type { Ranged } from "../objectives/ledger.ts";

export type ServedSpan = { from: EpochMs; to: EpochMs; agentHours: number; chats: number };

export type ContactCosts = {
  chats: number;
  agentHours: number;
  agents: number | null;
  platform: number | null;
  total: number | null;
  perChat: Ranged | null;
  phone: number | null;
  email: number | null;
};

/** A twelfth of the mean Gregorian year. */
const MONTH_MS = (365.2425 / 12) * 86_400_000;

export function contactCosts(
  economics: Economics,
  { from, to, agentHours, chats }: ServedSpan,
): ContactCosts {
  const { agent_hour = null, platform_month = null, contact_phone = null, contact_email = null } = economics;
  // Somebody answered: hours that nobody logged are not known, and not nothing.
  const unknown = agent_hour === null || (chats > 0 && agentHours === 0);
  const agents = unknown ? null : cents(agentHours * agent_hour);
  const platform = platform_month === null ? null : cents((platform_month * (to - from)) / MONTH_MS);
  const total = agents === null ? null : cents(agents + (platform ?? 0));
  return {
    chats,
    agentHours,
    agents,
    platform,
    total,
    perChat: total === null ? null : perChat(total, chats),
    phone: contact_phone,
    email: contact_email,
  };
}

function perChat(total: number, chats: number): Ranged | null {
  if (chats === 0) return null;
  const [fewest, most]: Interval = poissonInterval(chats);
  return { value: total / chats, low: total / most, high: total / fewest };
}

const cents = (money: number) => Math.round(money * 100) / 100;
