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

export function calendarOf(zone: string): Calendar {
  const known = new Map<number, Quarter>();
  function quarterOf(at: EpochMs): Quarter {
    const index = Math.floor(at / QUARTER_MS);
    const before = known.get(index);
    if (before !== undefined) return before;
    const quarter = readQuarter(index * QUARTER_MS, zone);
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

function readQuarter(at: EpochMs, zone: string): Quarter {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const date = local.toPlainDate();
  const startOfHour = at - local.minute * 60_000;
  return {
    hour: new Date(startOfHour).toISOString(),
    startOfHour,
    day: date.toString(),
    week: date.subtract({ days: date.dayOfWeek - 1 }).toString(),
    startOfDay: local.startOfDay().epochMilliseconds,
  };
}

/** Every bucket of `[from, to)` in order, so that a day without visitors is a row of zeros and not a gap. */
export function bucketsBetween(from: EpochMs, to: EpochMs, bucketOf: (at: EpochMs) => string): string[] {
  const buckets = new Set<string>();
  const hourMs = 4 * QUARTER_MS;
  for (let at = from; at < to; at += hourMs) buckets.add(bucketOf(at));
  if (to > from) buckets.add(bucketOf(to - 1));
  return [...buckets];
}
