/**
 * The facts a condition may ask about (`contract.md` §3), as one nested object read by dotted paths.
 *
 * Shapes  `Facts` is what is known; a key that is absent is unknown, and `$exists` can tell.
 * Units   `seconds` are whole seconds; money is in major units of `cart.currency`.
 */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What the beacon may signal about how a page is read; `facts.signals` counts each. */
export const SIGNALS: readonly string[] = [
  "rage_click",
  "dead_click",
  "exit_intent",
  "u_turn",
  "script_error",
  "hesitation",
  "scroll_thrash",
  "copy_phone",
];

export type Facts = {
  page: {
    url?: string;
    path?: string;
    title?: string;
    referrer?: string;
    status?: number;
    seconds: number;
    scroll?: number;
  };
  session: {
    pages: number;
    seconds: number;
    entry_path?: string;
    channel?: string;
    search_terms?: string;
    affiliate?: string;
    utm: Record<string, string>;
  };
  cart: { value: number; items: number; views: number; views_since_add: number; currency?: string };
  funnel: { name?: string; step?: string; steps?: number };
  form: { id?: string; field?: string; seconds?: number; refilled?: number; abandoned?: boolean };
  signals: Record<string, number>;
  visitor: {
    visits: number;
    orders: number;
    lifetime_value: number;
    identified: boolean;
    last_call_outcome?: string;
    traits: Record<string, Json>;
  };
  device: { type?: string; browser?: string; os?: string; language?: string };
  geo: { country?: string; region?: string; city?: string };
  time: { hour: number; weekday: number };
  desk: { covered: boolean; free_slots: number; wait_seconds?: number; skills: Record<string, number> };
  engagement: {
    shown: number;
    accepted: number;
    declined: number;
    last_kind?: string;
    seconds_since_last?: number;
  };
  score: { purchase?: number; abandon?: number; uplift?: number };
  event: { name: string; properties: Record<string, Json> };
  /** Whether each of the site's segments holds; filled by the judgement, never by a visitor. */
  segment?: Record<string, boolean>;
};
