/**
 * The list of live visitors as the screen shows it: who is still here, filtered, and in an order that does not jump.
 *
 * Pure. Units: EpochMs of the server's clock.
 */
import type { LiveVisitor } from "../../../domain/desk/wire.ts";

export const FILTERS = ["all", "cart", "free", "known"] as const;
export type Filter = (typeof FILTERS)[number];
export const ORDERS = ["since", "pages", "cart", "visits"] as const;
export type Order = (typeof ORDERS)[number];
export type Sorting = { by: Order; falling: boolean };
export type Wanted = { filter: Filter; words: string; sorting: Sorting };

/** Who was not heard of for so long has left, though the desk said nothing: it tells only when it hears of others. */
export const GONE_AFTER_MS = 35_000;

/** Those of `present` who are still here at `now`. */
export function stillHere(present: Iterable<LiveVisitor>, now: number): LiveVisitor[] {
  return [...present].filter(({ seen_at }) => now - Date.parse(seen_at) < GONE_AFTER_MS);
}

/** What is `wanted` of `rows`; among equals who came last goes first. */
export function viewOf(rows: readonly LiveVisitor[], { filter, words, sorting }: Wanted): LiveVisitor[] {
  const asked = plain(words).split(/\s+/).filter(Boolean);
  const rank = RANKS[sorting.by];
  const sign = sorting.falling ? -1 : 1;
  return rows
    .filter((row) => KEEPS[filter](row) && asked.every((word) => textOf(row).includes(word)))
    .toSorted(
      (a, b) =>
        sign * (rank(a) - rank(b)) ||
        Date.parse(b.since) - Date.parse(a.since) ||
        (a.visitor < b.visitor ? -1 : 1),
    );
}

const KEEPS: Record<Filter, (row: LiveVisitor) => boolean> = {
  all: () => true,
  cart: ({ cart_value }) => cart_value !== null,
  free: ({ not_now }) => not_now === null,
  known: ({ visits }) => visits > 1,
};
const RANKS: Record<Order, (row: LiveVisitor) => number> = {
  // The longer on the site, the higher.
  since: ({ since }) => -Date.parse(since),
  pages: ({ pages }) => pages,
  cart: ({ cart_value }) => cart_value ?? -1,
  visits: ({ visits }) => visits,
};

function textOf({ name, page, title, city, country, channel }: LiveVisitor): string {
  return plain([name, page, title, city, country, channel].filter((part) => part !== null).join(" "));
}

/** Without case and accents. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
