/**
 * When a campaign may run: between two dates, and in opening hours of the site's zone.
 *
 * Shapes  hours are schema.org's. A `closes` before its `opens` lies on the next day; equal ones are closed all day;
 *         `23:59` closes at midnight, because that is how a whole day is written. No hours at all: always open.
 * Units   moments are `EpochMs`; openings are inclusive, closings exclusive.
 *         Where the clock jumps over a time, the interval moves by the jump; where it shows one twice, the first counts.
 */
import { Temporal } from "temporal-polyfill";
import type { EpochMs } from "../ids.ts";
import type { Schedule } from "./campaign.ts";
import { DAY_MS } from "./zone.ts";

export type OpenTimes = {
  /** Whether the schedule restricts anything. */
  restricts: boolean;
  isOpen: (at: EpochMs) => boolean;
  /** The earliest open moment at or after `at`; null when there will be none. */
  openFrom: (at: EpochMs) => EpochMs | null;
};

type Interval = { from: EpochMs; to: EpochMs };
type Hours = NonNullable<Schedule["hours"]>[number];

const DAY_MINUTES = 24 * 60;
const LAST_MINUTE = DAY_MINUTES - 1;
/** An interval that began up to so many days ago may still be open, wherever the site is. */
const DAYS_BACK = 4;
/** Hours repeat every week, so a day further than this adds nothing. */
const DAYS_AHEAD = 10;
const REMEMBERED_DAYS = 64;

/** Reads `schedule` once; the answers are cheap to ask often. */
export function readSchedule(schedule: Schedule, timezone: string): OpenTimes {
  const from = schedule.from ? Date.parse(schedule.from) : Number.NEGATIVE_INFINITY;
  const to = schedule.to ? Date.parse(schedule.to) : Number.POSITIVE_INFINITY;
  const around = (schedule.hours ?? []).length === 0 ? null : weeklyHours(schedule.hours ?? [], timezone);

  const openFrom = (at: EpochMs): EpochMs | null => {
    const start = Math.max(at, from);
    const found = around === null ? start : firstWithin(around(start), start);
    return found !== null && found < to ? found : null;
  };
  const restricts = around !== null || Number.isFinite(from) || Number.isFinite(to);
  return { restricts, openFrom, isOpen: (at) => openFrom(at) === at };
}

/** The earliest moment at or after `start` inside one of `intervals`. */
function firstWithin(intervals: readonly Interval[], start: EpochMs): EpochMs | null {
  const moments = intervals.filter(({ to }) => to > start).map(({ from }) => Math.max(from, start));
  return moments.length === 0 ? null : Math.min(...moments);
}

/** The intervals around a moment: those that may be open then, and the following week's. Computed once a UTC day. */
function weeklyHours(hours: readonly Hours[], timezone: string): (at: EpochMs) => Interval[] {
  const known = new Map<number, Interval[]>();
  return (at) => {
    const key = Math.floor(at / DAY_MS);
    const remembered = known.get(key);
    if (remembered) return remembered;
    const today = Temporal.Instant.fromEpochMilliseconds(key * DAY_MS)
      .toZonedDateTimeISO("UTC")
      .toPlainDate();
    const days = Array.from({ length: DAYS_BACK + DAYS_AHEAD + 1 }, (_, index) =>
      today.add({ days: index - DAYS_BACK }),
    );
    const intervals = days.flatMap((day) => intervalsOn(day, hours, timezone));
    if (known.size >= REMEMBERED_DAYS) known.clear();
    known.set(key, intervals);
    return intervals;
  };
}

const DAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

function intervalsOn(day: Temporal.PlainDate, hours: readonly Hours[], timezone: string): Interval[] {
  const name = DAY_NAMES[day.dayOfWeek - 1];
  return hours.flatMap(({ dayOfWeek, opens, closes }) => {
    const start = minutesOf(opens);
    const end = closingMinutes(start, minutesOf(closes));
    if (name === undefined || !dayOfWeek.includes(name) || end <= start) return [];
    return [{ from: momentAt(day, start, timezone), to: momentAt(day, end, timezone) }];
  });
}

function closingMinutes(start: number, end: number): number {
  if (end === LAST_MINUTE && start !== LAST_MINUTE) return DAY_MINUTES;
  return end < start ? end + DAY_MINUTES : end;
}

function minutesOf(clock: string): number {
  const [hour = "0", minute = "0"] = clock.split(":");
  return Number(hour) * 60 + Number(minute);
}

/** The moment when the zone's clock shows `minutes` after midnight of `day`. */
function momentAt(day: Temporal.PlainDate, minutes: number, timezone: string): EpochMs {
  const date = day.add({ days: Math.floor(minutes / DAY_MINUTES) });
  const inDay = minutes % DAY_MINUTES;
  const time = new Temporal.PlainTime(Math.floor(inDay / 60), inDay % 60);
  return date.toZonedDateTime({ timeZone: timezone, plainTime: time }).epochMilliseconds;
}
