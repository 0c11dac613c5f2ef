/**
 * How long something took, as counts by duration, by the clock and inside business hours.
 *
 * The count by the clock is kept whole; beside it stands only what business hours change of it, so that a site that is
 * always open, and a chat inside hours, cost nothing. What lies wholly outside hours has no duration inside them.
 *
 * A duration is counted to the second below two minutes, and rounded down to a step of at most 5 % of it beyond: what
 * is kept of a stretch of time grows with how differently things took, not with how many there were.
 *
 * Units   moments are `EpochMs`; seconds are whole, rounded down, never below 0.
 */
import type { EpochMs } from "../ids.ts";
import type { OpenDays } from "../site/open-days.ts";
import { addSpread, count, type Spread, type Tally } from "./tally.ts";

/** What is known by the clock and inside business hours. */
export type Timed = "first_reply" | "waiting" | "resolution";

/** Whole seconds from one moment to another. */
export function secondsBetween(from: EpochMs, to: EpochMs): number {
  return Math.max(0, Math.floor((to - from) / 1_000));
}

/** Each at most 5 % of what it begins at, and a length that people count in. */
const STEPS = [
  { from: 864_000, seconds: 43_200 },
  { from: 345_600, seconds: 14_400 },
  { from: 172_800, seconds: 7_200 },
  { from: 86_400, seconds: 3_600 },
  { from: 43_200, seconds: 1_800 },
  { from: 14_400, seconds: 600 },
  { from: 7_200, seconds: 300 },
  { from: 3_600, seconds: 120 },
  { from: 1_800, seconds: 60 },
  { from: 900, seconds: 30 },
  { from: 300, seconds: 15 },
  { from: 120, seconds: 5 },
];

/** How much longer may have taken what was counted as so many `seconds`. */
export function stepAt(seconds: number): number {
  return STEPS.find(({ from }) => seconds >= from)?.seconds ?? 1;
}

/** Count one that took so many `seconds`, or as often as `times` says. */
export function countSeconds(spread: Spread, seconds: number, times = 1): void {
  count(spread, seconds - (seconds % stepAt(seconds)), times);
}

/** How much of a stretch lies inside business hours; null where nothing of it does. */
export function openSeconds(open: OpenDays, from: EpochMs, to: EpochMs): number | null {
  const end = Math.max(to, from + 1);
  let openMs = 0;
  let at = from;
  for (let next = open.next(at, end); next !== null; next = open.next(at, end)) {
    const until = Math.min(next.to, end);
    openMs += until - Math.max(next.from, at);
    at = until;
    if (at >= end) break;
  }
  if (openMs === 0) return null;
  return to > from ? Math.floor(openMs / 1_000) : 0;
}

/** Count a stretch of time, both ways. */
export function countDuration(
  tally: Tally,
  name: Timed,
  { from, to, open }: { from: EpochMs; to: EpochMs; open: OpenDays | undefined },
): void {
  const seconds = secondsBetween(from, to);
  countSeconds(tally[name], seconds);
  if (open === undefined) return;
  const inside = openSeconds(open, from, to);
  if (inside === seconds) return;
  const shift = tally[`${name}_shift`];
  countSeconds(shift, seconds, -1);
  if (inside !== null) countSeconds(shift, inside);
}

/** The counts of `name`, by the clock or inside business hours. */
export function durationsOf(tally: Tally, name: Timed, insideHours: boolean): Spread {
  if (!insideHours) return tally[name];
  const inside = new Map(tally[name]);
  addSpread(inside, tally[`${name}_shift`]);
  return inside;
}
