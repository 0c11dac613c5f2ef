/**
 * A time zone as SQL can use it: from which moment on which shift from UTC holds.
 *
 * D1 knows no zones, and the days that a write touches must be named inside its own transaction.
 */
import { Temporal } from "temporal-polyfill";
import type { EpochMs } from "../../domain/ids.ts";

/** Before the first change that is listed, the shift before it holds: history is never as old. */
const YEARS_BACK = 12;
const YEARS_AHEAD = 2;

/** The moment from which a shift holds, and the shift in milliseconds; oldest first. */
export type ZoneShift = [since: EpochMs, shiftMs: number];

const known = new Map<string, ZoneShift[]>();

/** The shifts of `zone` around `now`. */
export function zoneShifts(zone: string, now: EpochMs): ZoneShift[] {
  const year = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO("UTC").year;
  const key = `${zone} ${year}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const shifts = readShifts(zone, year);
  known.set(key, shifts);
  return shifts;
}

function readShifts(zone: string, year: number): ZoneShift[] {
  const start = Temporal.PlainDate.from({ year: year - YEARS_BACK, month: 1, day: 1 }).toZonedDateTime(zone);
  const end = start.add({ years: YEARS_BACK + YEARS_AHEAD });
  const shifts: ZoneShift[] = [[0, start.offsetNanoseconds / 1e6]];
  let at = start.getTimeZoneTransition("next");
  while (at !== null && at.epochMilliseconds < end.epochMilliseconds) {
    shifts.push([at.epochMilliseconds, at.offsetNanoseconds / 1e6]);
    at = at.getTimeZoneTransition("next");
  }
  return shifts;
}

/** SQL for the local date of the moment `at`, over `zone(since, shift)`. */
export function localDate(at: string): string {
  return `date((${at} + (SELECT shift FROM zone WHERE since <= ${at} ORDER BY since DESC LIMIT 1)) / 1000, 'unixepoch')`;
}
/** The CTE `zone(since, shift)` over the JSON of shifts in `parameter`. */
export function zoneTable(parameter: string): string {
  return `zone(since, shift) AS MATERIALIZED (SELECT value ->> 0, value ->> 1 FROM json_each(${parameter}))`;
}
