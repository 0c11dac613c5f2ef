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
const DAYS_BACK = 3;
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
    const found = around === null ? start : around(start);
    return found !== null && found < to ? found : null;
  };
  const restricts = around !== null || Number.isFinite(from) || Number.isFinite(to);
  return { restricts, openFrom, isOpen: (at) => openFrom(at) === at };
}

/** The earliest moment at or after a given one inside opening hours; null where no hours ever open. */
function weeklyHours(hours: readonly Hours[], timezone: string): (at: EpochMs) => EpochMs | null {
  const known = new Map<number, Interval[]>();
  const intervalsOf = (day: number): Interval[] => {
    const remembered = known.get(day);
    if (remembered) return remembered;
    const date = new Temporal.PlainDate(1970, 1, 1).add({ days: day });
    const intervals = intervalsOn(date, hours, timezone);
    if (known.size >= REMEMBERED_DAYS) known.clear();
    known.set(day, intervals);
    return intervals;
  };
  return (at) => {
    const today = Math.floor(at / DAY_MS);
    let earliest: EpochMs | null = null;
    for (let ahead = -DAYS_BACK; ahead <= DAYS_AHEAD; ahead += 1) {
      if (earliest !== null && ahead > DAYS_BACK && (earliest - at) / DAY_MS < ahead - DAYS_BACK) break;
      for (const { from, to } of intervalsOf(today + ahead)) {
        if (to > at) earliest = Math.min(earliest ?? Number.POSITIVE_INFINITY, Math.max(from, at));
      }
    }
    return earliest;
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
