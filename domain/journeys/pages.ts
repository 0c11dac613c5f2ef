/** Where visits end without an order, and which pages they did not find: the sums of days, told. */
import { share } from "../kpi/figure.ts";
import type { Counts, PagesBody } from "./day.ts";
import type { AbandonedNow, MissingNow } from "./wire.ts";

const MAX_ABANDONED = 50;
const MAX_MISSING = 100;

/** The pages at which most visits ended without an order. */
export function abandonedPages({ pages }: PagesBody): AbandonedNow[] {
  const all = Object.values(pages).reduce((sum, { lost }) => sum + lost, 0);
  return Object.entries(pages)
    .filter(([, { lost }]) => lost > 0)
    .toSorted(([a, x], [b, y]) => y.lost - x.lost || (a < b ? -1 : 1))
    .slice(0, MAX_ABANDONED)
    .map(([page, { seen, ended, lost }]) => ({
      page,
      seen,
      ended,
      lost,
      rate: share(lost, seen),
      share: share(lost, all),
    }));
}

/** The pages that most visits did not find, each with what led there. */
export function missingPages({ missing }: PagesBody): MissingNow[] {
  return Object.entries(missing)
    .toSorted(([a, x], [b, y]) => y.visits - x.visits || (a < b ? -1 : 1))
    .slice(0, MAX_MISSING)
    .map(([page, { visits, from }]) => ({ page, visits, from: sourcesOf(from) }));
}

function sourcesOf(from: Counts): MissingNow["from"] {
  return Object.entries(from)
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([source, visits]) => ({ from: source === "" ? null : source, visits }));
}
