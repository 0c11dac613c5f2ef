/**
 * How long what was said is kept: whole months of the calendar from the moment a conversation began.
 *
 * Units   `EpochMs`; months are those of UTC. From the 31st, a month that is shorter ends on its last day.
 */
import type { EpochMs } from "../ids.ts";

export const MIN_TRANSCRIPT_MONTHS = 1;
export const MAX_TRANSCRIPT_MONTHS = 36;
export const DEFAULT_TRANSCRIPT_MONTHS = 12;

/** A conversation that began before this moment is due to be forgotten at `now`. */
export function keptSince(now: EpochMs, months: number): EpochMs {
  const at = new Date(now);
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() - months);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(day, last));
  return at.getTime();
}
