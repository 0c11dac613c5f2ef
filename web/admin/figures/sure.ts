/**
 * Of the changes that are read together, those in which chance is ruled out for all of them at once (Holm at 5 %).
 *
 * By critical values instead of tails: what the screen compares is few, and no distribution has to come with it.
 *
 * Shapes  the answer holds the names of those that went somewhere.
 */
import type { Change } from "../../../domain/overview/change.ts";

/** By how many are judged still: the two-sided point of the normal distribution at 5 % over so many. */
const CRITICAL = [
  1.959963984540054, 2.241402727604945, 2.3939797998185095, 2.497705474412345, 2.5758293035489004,
  2.6382572734767, 2.690110055073226, 2.734368787331765,
] as const;
/** What an interval of 95 % reaches to either side. */
const Z_95 = CRITICAL[0];

export function sureOf<Name>(changes: ReadonlyMap<Name, Change>): ReadonlySet<Name> {
  const sure = new Set<Name>();
  const sizes = [...changes]
    .map(([name, change]) => ({ name, size: sizeOf(change) }))
    .toSorted((a, b) => b.size - a.size);
  for (const [place, { name, size }] of sizes.entries()) {
    const critical = CRITICAL[sizes.length - place - 1] ?? CRITICAL[CRITICAL.length - 1];
    if (critical === undefined || size < critical) break;
    sure.add(name);
  }
  return sure;
}

/** How many standard errors the change is from 0, on the side of 0. */
function sizeOf({ value, low, high }: Change): number {
  const half = value > 0 ? value - low : high - value;
  return half > 0 ? (Z_95 * Math.abs(value)) / half : 0;
}
