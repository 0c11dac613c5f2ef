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
export const KPI_VERSION = 8;

/**
 * Numbers that add up, by what they count. Written out, because an object that is made by name is slow to copy. What is
 * kept of final days is told by their place here: a new one comes last.
 */
const NO_COUNTS = {
  visitors: 0,
  visits: 0,
  eligible_visitors: 0,
  covered_visitors: 0,
  covered_visitors_buying_after_chat: 0,
  covered_visitors_buying_proactive: 0,
  engaged_visitors: 0,
  buying_visitors: 0,
  rebuying_visitors: 0,
  lead_visitors: 0,
  converting_visitors: 0,
  exempt_page_views: 0,
  // Eligible moments, in both arms, and what became of them; `invites` lead to a conversation.
  triggered: 0,
  held_out: 0,
  suppressed_visits: 0,
  displayed: 0,
  opened: 0,
  declined: 0,
  ignored: 0,
  invites_displayed: 0,
  invites_opened: 0,
  invites_accepted: 0,
  invited_visitors: 0,
  invited_visitors_accepting: 0,
  // Visitor-days of each arm, from their first eligible moment: a description, never an effect.
  treated_units: 0,
  treated_buyers: 0,
  treated_rebuyers: 0,
  treated_orders_placed: 0,
  treated_returns: 0,
  treated_leads: 0,
  holdout_units: 0,
  holdout_buyers: 0,
  holdout_rebuyers: 0,
  holdout_orders_placed: 0,
  holdout_returns: 0,
  holdout_leads: 0,
  // Conversations with a visitor's message.
  conversations: 0,
  abandoned: 0,
  abandoned_short: 0,
  chats_handled: 0,
  chats_closed: 0,
  contacts_mature: 0,
  contacts_resolved_no_recontact: 0,
  contacts_no_recontact: 0,
  surveys_sent: 0,
  surveys_answered: 0,
  told_resolved: 0,
  told_unresolved: 0,
  chatters: 0,
  chatters_buying_after_chat: 0,
  chatters_leading: 0,
  chatters_converting: 0,
  proactive_chatters: 0,
  proactive_chatters_buying: 0,
  proactive_chatters_converting: 0,
  // What chats are credited with, in the row of the chat; squares and products by chatter, of orders in the own currency.
  assisted_orders: 0,
  assisted_revenue_cents: 0,
  assisted_buyers: 0,
  assisted_orders_sq: 0,
  assisted_revenue_sq: 0,
  assisted_revenue_x_orders: 0,
  chatters_chats_sq: 0,
  chatters_revenue_x_chats: 0,
  // Orders of the row itself; buyers, squares and products of orders in the own currency.
  total_orders: 0,
  total_revenue_cents: 0,
  gross_revenue_cents: 0,
  refunded_cents: 0,
  orders_returned: 0,
  orders_refunded_whole: 0,
  orders_covered: 0,
  orders_in_other_currency: 0,
  row_assisted_orders: 0,
  row_assisted_revenue_cents: 0,
  buyers: 0,
  orders_sq: 0,
  revenue_sq: 0,
  revenue_x_orders: 0,
  unassisted_buyers: 0,
  unassisted_orders_sq: 0,
  unassisted_revenue_sq: 0,
  unassisted_revenue_x_orders: 0,
  leads: 0,
  lead_value_cents: 0,
  // Of agents: time online, places they offered and filled, and conversations whether online or not.
  agent_online_ms: 0,
  slot_available_ms: 0,
  slot_busy_ms: 0,
  agent_busy_ms: 0,
  chat_ms: 0,
  // Of conversations that an agent had: how they changed hands, and the canned answers that were sent in them.
  chats_taken: 0,
  chats_transferred: 0,
  transfers: 0,
  transfers_to_skill: 0,
  transfers_taken_over: 0,
  transfers_received: 0,
  transfers_taken_back: 0,
  chats_with_canned: 0,
  canned_uses: 0,
  canned_edited: 0,
  // Of assisted orders, those whose money is in no sum: in the row of the chat, and in their own.
  assisted_in_other_currency: 0,
  row_assisted_in_other_currency: 0,
};

export type CountName = keyof typeof NO_COUNTS;
export const COUNTS = Object.keys(NO_COUNTS) as readonly CountName[];

/** How often each answer was given, and how often something took so many seconds (`durations.ts`). */
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
  "arms",
  "arm_times",
] as const;

export type SpreadName = (typeof SPREADS)[number];
/** Those whose keys are a name, a blank and a whole number (`arms.ts`); of all others, keys are whole numbers. */
export const NAMED_SPREADS: ReadonlySet<SpreadName> = new Set<SpreadName>(["arms", "arm_times"]);
/** How often each key occurred: an answer, a number of seconds, or one of these under a name. */
export type Spread = Record<string, number>;

export type Tally = Record<CountName, number> &
  Record<SpreadName, Spread> & {
    /** When time alone will first have changed this, without any new record; null: never. */
    stale_at: EpochMs | null;
  };

/** What leaves and enters storage: the same fields, without those that are 0, empty or null. */
export type EncodedTally = Partial<Tally>;

/** A copy of one object: thousands of these are made for a report, and building one name by name is most of its time. */
export function emptyTally(): Tally {
  return {
    ...NO_COUNTS,
    csat: {},
    nps: {},
    ces: {},
    first_reply: {},
    first_reply_shift: {},
    waiting: {},
    waiting_shift: {},
    waiting_abandoned: {},
    handle_time: {},
    resolution: {},
    resolution_shift: {},
    time_to_purchase: {},
    treated_time_to_purchase: {},
    holdout_time_to_purchase: {},
    arms: {},
    arm_times: {},
    stale_at: null,
  };
}

/** Add `from` into `into`, and give `into` back. */
export function addTally(into: Tally, from: Tally): Tally {
  for (const name of COUNTS) into[name] += from[name];
  for (const name of SPREADS) addSpread(into[name], from[name]);
  noteStale(into, from.stale_at);
  return into;
}

function addSpread(into: Spread, from: Spread): void {
  for (const key in from) countKey(into, key, from[key]);
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
