/**
 * Opening hours read day by day: which intervals open on a day, through exceptions, holidays and changes of clocks.
 *
 * Shapes  schema.org's hours. An interval belongs to the day on which it opens, also where it closes on the next.
 *         A day takes its hours from the first of these that names it: a dated entry for public holidays, a dated
 *         entry for its weekday, a weekly entry for public holidays, a weekly entry for its weekday. Where no weekly
 *         entry names any weekday, ordinary days are open from midnight to midnight.
 * Units   moments are `EpochMs`; openings are inclusive, closings exclusive.
 *         Where the clock jumps over a time, that time moves by the jump; where it shows one twice, the first counts.
 */
import { Temporal } from "temporal-polyfill";
import type { EpochMs } from "../ids.ts";
import { PUBLIC_HOLIDAYS, WEEKDAYS } from "./days.ts";
import { type Day, dayOf, holidayCalendar } from "./holidays.ts";
import type { OpeningHours } from "./opening-hours.ts";
import type { SiteSettings } from "./settings.ts";

export type Interval = { from: EpochMs; to: EpochMs };

export type OpenDays = {
  /** The first interval that ends after `at` and opens before `before`. */
  next: (at: EpochMs, before: EpochMs) => Interval | null;
  /** The days on which other rules begin to hold, in no order. */
  boundaries: Day[];
  /** Whether public holidays change anything. */
  followsHolidays: boolean;
};

type Entry = {
  days: ReadonlySet<string>;
  /** Minutes after midnight; `end` may lie on the next day, and is not above `start` where it is closed. */
  start: number;
  end: number;
  first: Day;
  last: Day;
  dated: boolean;
};

const DAY_MS = 86_400_000;
const DAY_MINUTES = 24 * 60;
const LAST_MINUTE = DAY_MINUTES - 1;
/** An interval that opened up to so many days ago may still be open, wherever the site is. */
const DAYS_BACK = 3;
/** On the other side of the date line it is tomorrow already. */
const DAYS_BEYOND = 2;
const REMEMBERED_DAYS = 64;

/** Reads `hours` once; the answers are cheap to ask often. */
export function readOpenDays(
  hours: readonly OpeningHours[],
  { timezone, holidays }: Pick<SiteSettings, "timezone" | "holidays">,
): OpenDays {
  const entries = hours.map(entryOf);
  const isHoliday = holidayCalendar(holidays);
  const known = new Map<Day, Interval[]>();
  const intervalsOf = (day: Day): Interval[] => {
    const remembered = known.get(day);
    if (remembered) return remembered;
    const intervals = intervalsOn(day, entriesOn(day, entries, isHoliday(day)), timezone);
    if (known.size >= REMEMBERED_DAYS) known.clear();
    known.set(day, intervals);
    return intervals;
  };
  const comingOn = (day: Day, at: EpochMs) => intervalsOf(day).filter(({ to }) => to > at);
  const next = (at: EpochMs, before: EpochMs): Interval | null => {
    const last = Math.floor(before / DAY_MS) + DAYS_BEYOND;
    for (let day = Math.floor(at / DAY_MS) - DAYS_BACK; day <= last; day += 1) {
      const coming = comingOn(day, at);
      // The next day's first opening may be this day's last, and begin sooner where the clocks change at midnight.
      if (coming.length > 0) return earliest([...coming, ...comingOn(day + 1, at)], before);
    }
    return null;
  };
  const followsHolidays = entries.some(({ days }) => days.has(PUBLIC_HOLIDAYS));
  return { next, followsHolidays, boundaries: boundariesOf(entries, followsHolidays ? holidays.dates : []) };
}

function earliest(intervals: readonly Interval[], before: EpochMs): Interval | null {
  const first = intervals.reduce((a, b) => (b.from < a.from ? b : a));
  return first.from < before ? first : null;
}

function boundariesOf(entries: readonly Entry[], dates: readonly string[]): Day[] {
  const validity = entries.flatMap(({ first, last }) => [first, last + 1]).filter(Number.isFinite);
  return [...validity, ...dates.map(dayOf).flatMap((day) => [day, day + 1])];
}

function entryOf({ dayOfWeek, opens, closes, validFrom, validThrough }: OpeningHours): Entry {
  const start = minutesOf(opens);
  return {
    days: new Set(dayOfWeek),
    start,
    end: closingMinutes(start, minutesOf(closes)),
    first: validFrom ? dayOf(validFrom) : Number.NEGATIVE_INFINITY,
    last: validThrough ? dayOf(validThrough) : Number.POSITIVE_INFINITY,
    dated: Boolean(validFrom ?? validThrough),
  };
}

function closingMinutes(start: number, end: number): number {
  if (end === LAST_MINUTE && start !== LAST_MINUTE) return DAY_MINUTES;
  return end < start ? end + DAY_MINUTES : end;
}

function minutesOf(clock: string): number {
  const [hour = "0", minute = "0"] = clock.split(":");
  return Number(hour) * 60 + Number(minute);
}

/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 3;

function weekdayOf(day: Day): string {
  return WEEKDAYS[(((day + EPOCH_WEEKDAY) % 7) + 7) % 7] ?? "";
}

const WHOLE_DAY: Pick<Entry, "start" | "end"> = { start: 0, end: DAY_MINUTES };

/** The entries that say when `day` is open. */
function entriesOn(
  day: Day,
  entries: readonly Entry[],
  isHoliday: boolean,
): readonly Pick<Entry, "start" | "end">[] {
  const names = isHoliday ? [PUBLIC_HOLIDAYS, weekdayOf(day)] : [weekdayOf(day)];
  for (const dated of [true, false]) {
    for (const name of names) {
      const naming = entries.filter(
        (entry) => entry.dated === dated && entry.first <= day && day <= entry.last && entry.days.has(name),
      );
      if (naming.length > 0) return naming;
    }
  }
  const weekly = entries.some((entry) => !entry.dated && WEEKDAYS.some((name) => entry.days.has(name)));
  return weekly ? [] : [WHOLE_DAY];
}

function intervalsOn(
  day: Day,
  entries: readonly Pick<Entry, "start" | "end">[],
  timezone: string,
): Interval[] {
  return entries.flatMap(({ start, end }) => {
    if (end <= start) return [];
    const interval = { from: momentAt(day, start, timezone), to: momentAt(day, end, timezone) };
    // What lies wholly in an hour that the clock jumps over is not open that day.
    return interval.from < interval.to ? [interval] : [];
  });
}

/** The moment when the zone's clock shows `minutes` after midnight of `day`. */
function momentAt(day: Day, minutes: number, timezone: string): EpochMs {
  const date = new Temporal.PlainDate(1970, 1, 1).add({ days: day + Math.floor(minutes / DAY_MINUTES) });
  const inDay = minutes % DAY_MINUTES;
  const time = new Temporal.PlainTime(Math.floor(inDay / 60), inDay % 60);
  return date.toZonedDateTime({ timeZone: timezone, plainTime: time }).epochMilliseconds;
}
