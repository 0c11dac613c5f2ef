/**
 * What was counted in one hour of one group, as plain JSON that adds up: hours to days, days to any span.
 *
 * Everything that a figure needs for its value and for its interval lies in it, so that a figure of a span is the
 * figure of its added hours: sums of squares by visitor, and durations as exact counts by whole second.
 *
 * Shapes  `COUNTS` are numbers, `SPREADS` are counts by answer or by whole second; `encodeTally` leaves out what is 0.
 *         A spread that ends in `_shift` is what business hours change of its namesake: counts that may be below 0.
 * Units   `_cents` are hundredths of the currency, `_ms` milliseconds; visitors are visitor-days.
 * Errors  `decodeTally` reads what `encodeTally` wrote; what it does not know, it leaves.
 */
import type { EpochMs } from "../ids.ts";

/** Raised when a definition changes, so that a figure kept somewhere says which definition it has. */
export const KPI_VERSION = 2;

/** Numbers that add up, by what they count. */
export const COUNTS = [
  "visitors",
  "visits",
  "eligible_visitors",
  "covered_visitors",
  "covered_visitors_buying_after_chat",
  "covered_visitors_buying_proactive",
  "engaged_visitors",
  "buying_visitors",
  "rebuying_visitors",
  "lead_visitors",
  "converting_visitors",
  "exempt_page_views",
  // Eligible moments, in both arms, and what became of them; `invites` lead to a conversation.
  "triggered",
  "held_out",
  "suppressed_visits",
  "displayed",
  "opened",
  "declined",
  "ignored",
  "invites_displayed",
  "invites_opened",
  "invites_accepted",
  "invited_visitors",
  "invited_visitors_accepting",
  // Visitor-days of each arm, from their first eligible moment: a description, never an effect.
  "treated_units",
  "treated_buyers",
  "treated_rebuyers",
  "treated_orders_placed",
  "treated_returns",
  "treated_leads",
  "holdout_units",
  "holdout_buyers",
  "holdout_rebuyers",
  "holdout_orders_placed",
  "holdout_returns",
  "holdout_leads",
  // Conversations with a visitor's message.
  "conversations",
  "abandoned",
  "abandoned_short",
  "chats_handled",
  "chats_closed",
  "contacts_mature",
  "contacts_resolved_no_recontact",
  "contacts_no_recontact",
  "surveys_sent",
  "surveys_answered",
  "told_resolved",
  "told_unresolved",
  "chatters",
  "chatters_buying_after_chat",
  "chatters_leading",
  "chatters_converting",
  "proactive_chatters",
  "proactive_chatters_buying",
  "proactive_chatters_converting",
  // What chats are credited with, in the row of the chat; squares and products by chatter.
  "assisted_orders",
  "assisted_revenue_cents",
  "assisted_buyers",
  "assisted_orders_sq",
  "assisted_revenue_sq",
  "assisted_revenue_x_orders",
  "chatters_chats_sq",
  "chatters_revenue_x_chats",
  // Orders of the row itself; squares and products by buyer.
  "total_orders",
  "total_revenue_cents",
  "gross_revenue_cents",
  "refunded_cents",
  "orders_returned",
  "orders_refunded_whole",
  "orders_covered",
  "orders_in_other_currency",
  "row_assisted_orders",
  "row_assisted_revenue_cents",
  "buyers",
  "orders_sq",
  "revenue_sq",
  "revenue_x_orders",
  "unassisted_buyers",
  "unassisted_orders_sq",
  "unassisted_revenue_sq",
  "unassisted_revenue_x_orders",
  "leads",
  "lead_value_cents",
  // Of agents: time online, places they offered and filled, and conversations whether online or not.
  "agent_online_ms",
  "slot_available_ms",
  "slot_busy_ms",
  "agent_busy_ms",
  "chat_ms",
] as const;

/** How often each answer was given, and how often something took so many whole seconds. */
export const SPREADS = [
  "csat",
  "nps",
  "ces",
  "first_reply",
  "first_reply_shift",
  "waiting",
  "waiting_shift",
  "waiting_abandoned",
  "handle_time",
  "resolution",
  "resolution_shift",
  "time_to_purchase",
  "treated_time_to_purchase",
  "holdout_time_to_purchase",
] as const;

export type CountName = (typeof COUNTS)[number];
export type SpreadName = (typeof SPREADS)[number];
/** How often each key occurred: an answer, or a number of whole seconds. */
export type Spread = Record<string, number>;

export type Tally = Record<CountName, number> &
  Record<SpreadName, Spread> & {
    /** When time alone will first have changed this, without any new record; null: never. */
    stale_at: EpochMs | null;
  };

/** What leaves and enters storage: the same fields, without those that are 0, empty or null. */
export type EncodedTally = Partial<Tally>;

export function emptyTally(): Tally {
  const counts = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<CountName, number>;
  const spreads = Object.fromEntries(SPREADS.map((name) => [name, {}])) as Record<SpreadName, Spread>;
  return { ...counts, ...spreads, stale_at: null };
}

/** Add `from` into `into`, and give `into` back. */
export function addTally(into: Tally, from: Tally): Tally {
  for (const name of COUNTS) into[name] += from[name];
  for (const name of SPREADS) addSpread(into[name], from[name]);
  noteStale(into, from.stale_at);
  return into;
}

function addSpread(into: Spread, from: Spread): void {
  for (const [key, times] of Object.entries(from)) countKey(into, key, times);
}

/** Count `key` so many `times`; a key that comes to 0 is gone. */
export function countKey(spread: Spread, key: string | number, times = 1): void {
  const sum = (spread[key] ?? 0) + times;
  if (sum === 0) delete spread[key];
  else spread[key] = sum;
}

/** `tally` changes with time alone from `at` on. */
export function noteStale(tally: Tally, at: EpochMs | null): void {
  if (at !== null) tally.stale_at = Math.min(tally.stale_at ?? at, at);
}

/** `tally` without what is 0, empty or null: plain JSON. */
export function encodeTally(tally: Tally): EncodedTally {
  const encoded: EncodedTally = {};
  for (const name of COUNTS) if (tally[name] !== 0) encoded[name] = tally[name];
  for (const name of SPREADS) if (Object.keys(tally[name]).length > 0) encoded[name] = { ...tally[name] };
  if (tally.stale_at !== null) encoded.stale_at = tally.stale_at;
  return encoded;
}

/** What `encodeTally` wrote, after JSON: fields that it does not know are left, missing ones are 0. */
export function decodeTally(json: unknown): Tally {
  const tally = emptyTally();
  const fields: Record<string, unknown> = isObject(json) ? json : {};
  for (const name of COUNTS) tally[name] = numberOf(fields[name]);
  for (const name of SPREADS) {
    const spread = fields[name];
    if (!isObject(spread)) continue;
    for (const [key, times] of Object.entries(spread)) countKey(tally[name], key, numberOf(times));
  }
  noteStale(tally, typeof fields.stale_at === "number" ? fields.stale_at : null);
  return tally;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
