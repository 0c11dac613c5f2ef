/**
 * How much of an hour, a day or a week a row is: one may not be over yet, and a period may begin or end inside a week.
 *
 * Shapes  `Dates` are local dates, both inside. A row that is whole has no `Part`.
 */
import { type Grouping, isTime } from "../../../domain/kpi/grouping.ts";
import { localDate } from "../overview/periods.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const WEEK_DAYS = 7;

export type Dates = { from: string; to: string };
/** `running`: not over, so that what it counts is no fall; `cut`: over, but only so many days of it are in the period. */
export type Part = { state: "running" | "cut"; days: number };
type Moments = { from: number; to: number };

/** `day` so many days later: dates are counted in UTC, where every day is as long as another. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, day.length);
}

/** The days that `span` holds whole; it begins with one. */
export function datesOf({ from, to }: Moments, zone: string): Dates {
  return { from: localDate(from, zone), to: dayAfter(localDate(to, zone), -1) };
}

/** The days of the week that begins on `monday` which are in the period. */
export function daysOfWeek(monday: string, { from, to }: Dates): Dates {
  const sunday = dayAfter(monday, WEEK_DAYS - 1);
  return { from: monday < from ? from : monday, to: sunday > to ? to : sunday };
}

/** Those of `groups` that are not whole, as of `now`; `today` is the site's date. */
export function partsOf(
  groups: readonly string[],
  by: Grouping,
  dates: Dates,
  { now, today }: { now: number; today: string },
): ReadonlyMap<string, Part> {
  if (!isTime(by)) return new Map();
  return new Map(
    groups.flatMap((group): [string, Part][] => {
      if (by === "hour") {
        return Date.parse(group) + HOUR_MS > now ? [[group, { state: "running", days: 0 }]] : [];
      }
      if (by === "day") return group >= today ? [[group, { state: "running", days: 1 }]] : [];
      const { from, to } = daysOfWeek(group, dates);
      const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
      if (to >= today) return [[group, { state: "running", days }]];
      return days < WEEK_DAYS ? [[group, { state: "cut", days }]] : [];
    }),
  );
}
