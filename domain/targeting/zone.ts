/**
 * Time of day in a site's zone: what the clock on its wall shows, and when the shown hour changes.
 *
 * Units   moments are `EpochMs`; `hour` is 0–23; `weekday` is ISO 8601's, 1 = Monday … 7 = Sunday.
 * Errors  `timezone` must be an IANA zone, as `SiteSettings` has checked; another one throws a RangeError.
 */
import { Temporal } from "temporal-polyfill";
import type { EpochMs } from "../ids.ts";

export const SECOND_MS = 1_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export type LocalTime = { hour: number; weekday: number };

/** What the clock of `timezone` shows at `at`. */
export function localTime(at: EpochMs, timezone: string): LocalTime {
  return shownAt(at + offsetAt(at, timezone));
}

/** The clock of one zone over a span of time, cheap to ask often. */
export type ZoneClock = {
  local: (at: EpochMs) => LocalTime;
  /** The moments after the span's start, in order, at which the shown hour may change. */
  hourStarts: () => EpochMs[];
};

/** The clock of `timezone` from `from` to `to`, which may lie some weeks apart. */
export function zoneClock(timezone: string, from: EpochMs, to: EpochMs): ZoneClock {
  const segments = segmentsBetween(timezone, from, to);
  const offset = (at: EpochMs) => segments.findLast((segment) => segment.from <= at)?.offset ?? 0;
  return {
    local: (at) => shownAt(at + offset(at)),
    hourStarts: () => segments.flatMap((segment, index) => hoursOf(segment, segments[index + 1]?.from ?? to)),
  };
}

type Segment = { from: EpochMs; offset: number };

/** Stretches of constant offset. A zone is taken to shift at most once in the span. */
function segmentsBetween(timezone: string, from: EpochMs, to: EpochMs): Segment[] {
  const before = offsetAt(from, timezone);
  const after = offsetAt(to, timezone);
  if (before === after) return [{ from, offset: before }];
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, timezone) === before) low = middle;
    else high = middle;
  }
  return [
    { from, offset: before },
    { from: high, offset: after },
  ];
}

/** The segment's start and every full hour on its clock before `end`. */
function hoursOf({ from, offset }: Segment, end: EpochMs): EpochMs[] {
  const first = Math.floor((from + offset) / HOUR_MS + 1) * HOUR_MS - offset;
  const count = Math.max(0, Math.ceil((end - first) / HOUR_MS));
  return [from, ...Array.from({ length: count }, (_, index) => first + index * HOUR_MS)];
}

function offsetAt(at: EpochMs, timezone: string): number {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
  return zoned.offsetNanoseconds / 1e6;
}

/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4;
const DAYS = 7;

function shownAt(wall: number): LocalTime {
  const day = Math.floor(wall / DAY_MS);
  const weekday = ((((day + EPOCH_WEEKDAY - 1) % DAYS) + DAYS) % DAYS) + 1;
  return { hour: Math.floor((wall - day * DAY_MS) / HOUR_MS), weekday };
}
