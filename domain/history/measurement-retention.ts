/**
 * How long single measurements are kept: the rows that say what one visitor did. Then they are forgotten, and what was
 * counted of them stays.
 *
 * A day is sealed `FINAL_AHEAD_MS` before its rows are due: what is counted after it still finds everything that reaches
 * over from before, and is not short of what was forgotten.
 *
 * Units   `EpochMs`; months are those of `transcript-retention.ts`.
 */
import type { EpochMs } from "../ids.ts";
import { keptSince } from "./transcript-retention.ts";

const DAY_MS = 86_400_000;

/** Visitors are forgotten by their visits, 395 days after the last: no visit may be gone before that. */
export const MIN_MEASUREMENT_MONTHS = 14;
/** The longest that audience measurement may keep what it collects (CNIL). */
export const MAX_MEASUREMENT_MONTHS = 25;
export const DEFAULT_MEASUREMENT_MONTHS = 25;

/**
 * The furthest that what is counted looks back: an order's chat 33 days, a shift's beginning 31, what a unit of a
 * campaign spent before 28; a day more where a zone's days begin elsewhere. The rest is room for a run that was late.
 */
export const FINAL_AHEAD_MS = 60 * DAY_MS;

/** What happened before this moment is due to be forgotten at `now`. */
export function measuredSince(now: EpochMs, months: number): EpochMs {
  return keptSince(now, months);
}

/** What was counted of days before this moment is to be final at `now`. */
export function finalBefore(now: EpochMs, months: number): EpochMs {
  return measuredSince(now, months) + FINAL_AHEAD_MS;
}
