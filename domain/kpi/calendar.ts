/**
 * The hours, days and weeks of one time zone.
 *
 * Shapes  a day is its local date `YYYY-MM-DD`, a week the date of its Monday, an hour the ISO instant at which it begins.
 * Errors  an unknown zone throws a `RangeError`: settings are validated before.
 */
import { Temporal } from "temporal-polyfill";
import type { EpochMs } from "../ids.ts";

/** Every offset from UTC in use is a multiple of this, so that one lookup serves all moments of a quarter. */
const QUARTER_MS = 15 * 60_000;
const HOUR_MS = 4 * QUARTER_MS;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 3;

export type Calendar = {
  hourOf(at: EpochMs): string;
  dayOf(at: EpochMs): string;
  weekOf(at: EpochMs): string;
  /** When the local hour of `at` begins. */
  startOfHour(at: EpochMs): EpochMs;
  /** When the next local hour begins. */
  endOfHour(at: EpochMs): EpochMs;
  /** When the local day of `at` begins. */
  startOfDay(at: EpochMs): EpochMs;
};

type Quarter = { hour: string; day: string; week: string; startOfHour: EpochMs; startOfDay: EpochMs };

/** So many quarters of a zone are remembered: a year's, and some. */
const REMEMBERED_QUARTERS = 40_000;
const REMEMBERED_ZONES = 50;
const calendars = new Map<string, Calendar>();

/** The calendar of `zone`, which remembers what it has looked up. */
export function calendarOf(zone: string): Calendar {
  const before = calendars.get(zone);
  if (before !== undefined) return before;
  const made = makeCalendar(zone);
  if (calendars.size >= REMEMBERED_ZONES) calendars.clear();
  calendars.set(zone, made);
  return made;
}

function makeCalendar(zone: string): Calendar {
  const known = new Map<number, Quarter>();
  const offsetAt = offsetsOf(zone);
  function quarterOf(at: EpochMs): Quarter {
    const index = Math.floor(at / QUARTER_MS);
    const before = known.get(index);
    if (before !== undefined) return before;
    const quarter = readQuarter(index * QUARTER_MS, zone, offsetAt);
    if (known.size >= REMEMBERED_QUARTERS) known.clear();
    known.set(index, quarter);
    return quarter;
  }
  const startOfHour = (at: EpochMs) => quarterOf(at).startOfHour;
  return {
    hourOf: (at) => quarterOf(at).hour,
    dayOf: (at) => quarterOf(at).day,
    weekOf: (at) => quarterOf(at).week,
    startOfHour,
    endOfHour(at) {
      const start = startOfHour(at);
      let next = (Math.floor(at / QUARTER_MS) + 1) * QUARTER_MS;
      while (startOfHour(next) === start) next += QUARTER_MS;
      return next;
    },
    startOfDay: (at) => quarterOf(at).startOfDay,
  };
}

/** What the zone's clock is ahead of UTC by, in milliseconds; asked of the zone only twice a day, unless it changes. */
function offsetsOf(zone: string): (at: EpochMs) => number {
  const known = new Map<number, number>();
  function ask(at: EpochMs): number {
    const before = known.get(at);
    if (before !== undefined) return before;
    const instant = Temporal.Instant.fromEpochMilliseconds(at);
    const offset = instant.toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
    if (known.size >= REMEMBERED_QUARTERS) known.clear();
    known.set(at, offset);
    return offset;
  }
  ask(0);
  return (at) => {
    const start = Math.floor(at / DAY_MS) * DAY_MS;
    const offset = ask(start);
    return offset === ask(start + DAY_MS) ? offset : ask(Math.floor(at / QUARTER_MS) * QUARTER_MS);
  };
}

function readQuarter(at: EpochMs, zone: string, offsetAt: (at: EpochMs) => number): Quarter {
  const offset = offsetAt(at);
  const local = at + offset;
  const date = Math.floor(local / DAY_MS);
  const startOfHour = Math.floor(local / HOUR_MS) * HOUR_MS - offset;
  const weekday = (((date + EPOCH_WEEKDAY) % 7) + 7) % 7;
  return {
    hour: new Date(startOfHour).toISOString(),
    startOfHour,
    day: dateOf(date),
    week: dateOf(date - weekday),
    startOfDay: startOfDay(at, { offset, midnight: date * DAY_MS - offset, zone, offsetAt }),
  };
}

/** Where the clock was changed since midnight or just before it, the zone itself says when the day began. */
function startOfDay(
  at: EpochMs,
  {
    offset,
    midnight,
    zone,
    offsetAt,
  }: { offset: number; midnight: EpochMs; zone: string; offsetAt: (at: EpochMs) => number },
): EpochMs {
  const steady = offsetAt(midnight) === offset && offsetAt(midnight - 2 * HOUR_MS) === offset;
  if (steady) return midnight;
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).startOfDay().epochMilliseconds;
}

function dateOf(days: number): string {
  return new Date(days * DAY_MS).toISOString().slice(0, 10);
}

/** Every bucket of `[from, to)` in order, so that a day without visitors is a row of zeros and not a gap. */
export function bucketsBetween(from: EpochMs, to: EpochMs, bucketOf: (at: EpochMs) => string): string[] {
  const buckets = new Set<string>();
  for (let at = from; at < to; at += HOUR_MS) buckets.add(bucketOf(at));
  if (to > from) buckets.add(bucketOf(to - 1));
  return [...buckets];
}
