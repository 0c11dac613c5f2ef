/**
 * The quarter hours of a site's day, which has 92 or 100 of them where the clocks change.
 *
 * Shapes  a date is `YYYY-MM-DD`; `place` is what the wall clock shows, 0 for 00:00 to 95 for 23:45, so that a place
 *         may be missing or stand twice on a day on which the clocks change.
 * Units   moments are `EpochMs`, `to` is not inside.
 * Errors  an unknown zone throws a `RangeError`: settings are validated before.
 */
import { Temporal } from "temporal-polyfill";
import type { EpochMs } from "../ids.ts";
import { dateOf, dayOf, type holidayCalendar } from "../site/holidays.ts";
import { HOLIDAY } from "./forecast.ts";

export const QUARTER_MS = 15 * 60_000;
export const QUARTERS = 96;
const DAY_MS = QUARTERS * QUARTER_MS;
const HOUR_QUARTERS = 4;

export type Quarter = { from: EpochMs; to: EpochMs; place: number };
export type LocalDay = { date: string; from: EpochMs; to: EpochMs; quarters: Quarter[] };

export function localDay(date: string, zone: string): LocalDay {
  const [day] = localDays(date, 1, zone);
  if (day === undefined) throw new RangeError(`no day ${date}`);
  return day;
}

function readDay(date: string, zone: string): LocalDay {
  const day = Temporal.PlainDate.from(date);
  const from = day.toZonedDateTime(zone).epochMilliseconds;
  const to = day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  return dayBetween(date, from, to, zone);
}

/** So many stretches of days are remembered: every plan of a day asks for the same, and some are long. */
const REMEMBERED = 48;
const known = new Map<string, readonly LocalDay[]>();

/** `count` days from `date` on. */
export function localDays(date: string, count: number, zone: string): readonly LocalDay[] {
  const key = `${zone} ${date} ${count}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = readDays(date, count, zone);
  if (known.size >= REMEMBERED) known.clear();
  known.set(key, made);
  return made;
}

/** Only where the clocks change is the calendar asked anew, which is slow. */
function readDays(date: string, count: number, zone: string): LocalDay[] {
  let from = 0;
  // From midnight on with the same clock, so that a day is a day; the first is always read from the calendar.
  let steady = false;
  let change = Number.NEGATIVE_INFINITY;
  return Array.from({ length: count }, (_, index) => {
    const here = daysFrom(date, index);
    if (steady && from + DAY_MS < change) {
      const day = dayBetween(here, from, from + DAY_MS, zone);
      from = day.to;
      return day;
    }
    const day = readDay(here, zone);
    const next = Temporal.Instant.fromEpochMilliseconds(day.to).toZonedDateTimeISO(zone);
    change = next.getTimeZoneTransition("next")?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
    steady = next.hour === 0 && next.minute === 0;
    from = day.to;
    return day;
  });
}

function dayBetween(date: string, from: EpochMs, to: EpochMs, zone: string): LocalDay {
  const count = Math.ceil((to - from) / QUARTER_MS);
  const quarters = Array.from({ length: count }, (_, index) => {
    const start = from + index * QUARTER_MS;
    const place = count === QUARTERS ? index : placeOf(start, zone);
    return { from: start, to: Math.min(to, start + QUARTER_MS), place };
  });
  return { date, from, to, quarters };
}

function placeOf(at: EpochMs, zone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return local.hour * HOUR_QUARTERS + Math.floor((local.minute * HOUR_QUARTERS) / 60);
}

/** The date in `zone` at `at`. */
export function dateAt(at: EpochMs, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** `date` so many days later, or earlier. */
export function daysFrom(date: string, days: number): string {
  return dateOf(dayOf(date) + days);
}

/** Monday to Sunday of the week in which `date` lies. */
export function weekAround(date: string): string[] {
  const monday = daysFrom(date, 1 - weekdayOf(date));
  return Array.from({ length: 7 }, (_, index) => daysFrom(monday, index));
}

/** ISO's: 1 is Monday. The day before 1970-01-01, day −1, was a Wednesday. */
function weekdayOf(date: string): number {
  return ((((dayOf(date) + 3) % 7) + 7) % 7) + 1;
}

/** The kind of day for the forecast: a public holiday, or its ISO weekday. */
export function kindOf(date: string, isHoliday: ReturnType<typeof holidayCalendar>): string {
  return isHoliday(dayOf(date)) ? HOLIDAY : String(weekdayOf(date));
}

/**
 * What was counted in each quarter of `day`, by what its wall clock shows: the mean where a place stands twice,
 * nothing where it is missing.
 */
export function byPlace(day: LocalDay, countIn: (quarter: Quarter) => number): number[] {
  const totals: number[] = Array.from(NO_COUNTS);
  if (day.quarters.length === QUARTERS) {
    for (const quarter of day.quarters) totals[quarter.place] = countIn(quarter);
    return totals;
  }
  const times = Array.from(NO_COUNTS);
  for (const quarter of day.quarters) {
    totals[quarter.place] = (totals[quarter.place] ?? 0) + countIn(quarter);
    times[quarter.place] = (times[quarter.place] ?? 0) + 1;
  }
  return totals.map((total, place) => total / Math.max(1, times[place] ?? 0));
}

const NO_COUNTS: readonly number[] = Array.from({ length: QUARTERS }, () => 0);
