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
import { dayOf, type holidayCalendar } from "../site/holidays.ts";
import { HOLIDAY } from "./forecast.ts";

export const QUARTER_MS = 15 * 60_000;
export const QUARTERS = 96;
const HOUR_QUARTERS = 4;

export type Quarter = { from: EpochMs; to: EpochMs; place: number };
export type LocalDay = { date: string; from: EpochMs; to: EpochMs; quarters: Quarter[] };

export function localDay(date: string, zone: string): LocalDay {
  const day = Temporal.PlainDate.from(date);
  const from = day.toZonedDateTime(zone).epochMilliseconds;
  const to = day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
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
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Monday to Sunday of the week in which `date` lies. */
export function weekAround(date: string): string[] {
  const monday = daysFrom(date, 1 - Temporal.PlainDate.from(date).dayOfWeek);
  return Array.from({ length: 7 }, (_, index) => daysFrom(monday, index));
}

/** The kind of day for the forecast: a public holiday, or its ISO weekday. */
export function kindOf(date: string, isHoliday: ReturnType<typeof holidayCalendar>): string {
  return isHoliday(dayOf(date)) ? HOLIDAY : String(Temporal.PlainDate.from(date).dayOfWeek);
}

/**
 * What was counted in each quarter of `day`, by what its wall clock shows: the mean where a place stands twice,
 * nothing where it is missing.
 */
export function byPlace(day: LocalDay, countIn: (quarter: Quarter) => number): number[] {
  const sums = Array.from({ length: QUARTERS }, () => ({ total: 0, times: 0 }));
  for (const quarter of day.quarters) {
    const sum = sums[quarter.place];
    if (sum === undefined) continue;
    sum.total += countIn(quarter);
    sum.times += 1;
  }
  return sums.map(({ total, times }) => (times === 0 ? 0 : total / times));
}
