/**
 * What was counted in one hour of one group, as plain JSON that adds up: hours to days, days to any span.
 *
 * Everything that a figure needs for its value and for its interval lies in it, so that a figure of a span is the
 * figure of its added hours: sums of squares by visitor, and durations as exact counts by whole second.
 *
 * Shapes  `COUNTS` are numbers, `SPREADS` are counts by answer, by whole second or by name; `packed-tally.ts` keeps them.
 *         A spread that ends in `_shift` is what business hours change of its namesake: counts that may be below 0.
 * Units   `_cents` are hundredths of the currency, `_ms` milliseconds; visitors are visitor-days.
 */
import type { EpochMs } from "../ids.ts";

/** Raised when a definition changes, so that a figure kept somewhere says which definition it has. */
export const KPI_VERSION = 9;

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
  // Of surveys that were sent, those that did not ask it: a day that was final before this was told has none, as all of
  // its surveys count as having asked everything.
  surveys_without_csat: 0,
  surveys_without_nps: 0,
  surveys_without_ces: 0,
};

export type CountName = keyof typeof NO_COUNTS;
export const COUNTS = Object.keys(NO_COUNTS) as readonly CountName[];

/** How often each answer of a scale was given. */
export const SCALES = ["csat", "nps", "ces"] as const;
/** How often something took so many seconds (`durations.ts`). */
export const DURATIONS = [
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
/** Counts by a name, and under it by a whole number (`arms.ts`). */
export const NAMED = ["arms", "arm_times"] as const;
/** All of them, by the places at which they are kept: a new one comes last, whatever it is. */
export const SPREADS = [...SCALES, ...DURATIONS, ...NAMED] as const;

export type ScaleName = (typeof SCALES)[number];
export type DurationName = (typeof DURATIONS)[number];
export type NamedName = (typeof NAMED)[number];
export type SpreadName = (typeof SPREADS)[number];

/** How often each answer was given, by the answer as text. */
export type Answers = Record<string, number>;
/** How often each number occurred; a map, because an object with so many keys is slow to add to and to go through. */
export type Spread = Map<number, number>;
export type NamedSpread = Map<string, Spread>;

export function isScale(name: SpreadName): name is ScaleName {
  return (SCALES as readonly SpreadName[]).includes(name);
}

export function isNamed(name: SpreadName): name is NamedName {
  return (NAMED as readonly SpreadName[]).includes(name);
}

export type Tally = Record<CountName, number> &
  Record<ScaleName, Answers> &
  Record<DurationName, Spread> &
  Record<NamedName, NamedSpread> & {
    /** When time alone will first have changed this, without any new record; null: never. */
    stale_at: EpochMs | null;
  };

/** A copy of one object: thousands of these are made for a report, and building one name by name is most of its time. */
export function emptyTally(): Tally {
  return {
    ...NO_COUNTS,
    csat: {},
    nps: {},
    ces: {},
    first_reply: new Map(),
    first_reply_shift: new Map(),
    waiting: new Map(),
    waiting_shift: new Map(),
    waiting_abandoned: new Map(),
    handle_time: new Map(),
    resolution: new Map(),
    resolution_shift: new Map(),
    time_to_purchase: new Map(),
    treated_time_to_purchase: new Map(),
    holdout_time_to_purchase: new Map(),
    arms: new Map(),
    arm_times: new Map(),
    stale_at: null,
  };
}

/** Add `from` into `into`, and give `into` back. */
export function addTally(into: Tally, from: Tally): Tally {
  for (const name of COUNTS) into[name] += from[name];
  addSpreads(into, from, 1);
  noteStale(into, from.stale_at);
  return into;
}

/** Take from `from` what is `taken`; counts may be below 0 then. When time alone changes it stays. */
export function takeTally(from: Tally, taken: Tally): void {
  for (const name of COUNTS) from[name] -= taken[name];
  addSpreads(from, taken, -1);
}

function addSpreads(into: Tally, from: Tally, sign: 1 | -1): void {
  for (const name of SCALES) {
    for (const key in from[name]) countKey(into[name], key, sign * (from[name][key] ?? 0));
  }
  for (const name of DURATIONS) addSpread(into[name], from[name], sign);
  for (const name of NAMED) {
    for (const [key, own] of from[name])
      changeNamed(into[name], key, (spread) => addSpread(spread, own, sign));
  }
}

/** Add `from` into `into`, or take it away. */
export function addSpread(into: Spread, from: ReadonlyMap<number, number>, sign: 1 | -1 = 1): void {
  for (const [key, times] of from) count(into, key, sign * times);
}

/** Count `key` so many `times`; a key that comes to 0 is gone. */
export function count(spread: Spread, key: number, times = 1): void {
  const sum = (spread.get(key) ?? 0) + times;
  if (sum === 0) spread.delete(key);
  else spread.set(key, sum);
}

/** Have `change` count under `name`; a name under which nothing is left is gone. */
export function changeNamed(named: NamedSpread, name: string, change: (spread: Spread) => void): void {
  const spread = named.get(name) ?? new Map<number, number>();
  change(spread);
  if (spread.size === 0) named.delete(name);
  else named.set(name, spread);
}

/** Counts by text as a spread: their keys are whole numbers. */
export function spreadOf(counts: Readonly<Record<string, number>>): Spread {
  return new Map(Object.entries(counts).map(([key, times]) => [Number(key), times]));
}

/** The same as `count`, of counts by text. */
export function countKey(counts: Record<string, number>, key: string | number, times = 1): void {
  const sum = (counts[key] ?? 0) + times;
  if (sum === 0) delete counts[key];
  else counts[key] = sum;
}

/** `tally` changes with time alone from `at` on. */
export function noteStale(tally: Tally, at: EpochMs | null): void {
  if (at !== null) tally.stale_at = Math.min(tally.stale_at ?? at, at);
}
