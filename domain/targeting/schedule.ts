/**
 * When a campaign may run: between two dates, in opening hours of its own, and in those of the site where it asks so.
 *
 * Shapes  hours are read day by day in `domain/site/open-days.ts`. No hours at all: always open.
 * Units   moments are `EpochMs`; openings are inclusive, closings exclusive.
 */
import type { EpochMs } from "../ids.ts";
import { type Interval, type OpenDays, readOpenDays } from "../site/open-days.ts";
import type { OpeningHours } from "../site/opening-hours.ts";
import type { SiteSettings } from "../site/settings.ts";
import type { Schedule } from "./campaign.ts";
import { DAY_MS } from "./zone.ts";

export type OpenTimes = {
  /** Whether the schedule restricts anything. */
  restricts: boolean;
  isOpen: (at: EpochMs) => boolean;
  /** The earliest open moment at or after `at`; null when there will be none. */
  openFrom: (at: EpochMs) => EpochMs | null;
};

/** No schedule at all. */
export const ALWAYS_OPEN: OpenTimes = { restricts: false, isOpen: () => true, openFrom: (at) => at };

/** What of a site its opening hours need. */
export type SiteHours = Pick<SiteSettings, "timezone" | "business_hours" | "holidays">;

/** Reads `schedule` once; the answers are cheap to ask often. */
export function readSchedule(schedule: Schedule, site: SiteHours): OpenTimes {
  const from = schedule.from ? Date.parse(schedule.from) : Number.NEGATIVE_INFINITY;
  const to = schedule.to ? Date.parse(schedule.to) : Number.POSITIVE_INFINITY;
  const own = schedule.hours ?? [];
  return openTimes([own, schedule.business_hours === true ? site.business_hours : []], site, { from, to });
}

/** When the site itself is open. */
export function readBusinessHours(site: SiteHours): OpenTimes {
  return openTimes([site.business_hours], site, {
    from: Number.NEGATIVE_INFINITY,
    to: Number.POSITIVE_INFINITY,
  });
}

/** Open while all of `hours` are, between the bounds. */
function openTimes(hours: readonly OpeningHours[][], site: SiteHours, { from, to }: Interval): OpenTimes {
  const all = hours.filter((each) => each.length > 0).map((each) => readOpenDays(each, site));
  const common = remembered(all);
  const openFrom = (at: EpochMs): EpochMs | null => {
    const start = Math.max(at, from);
    const found = start < to ? common(start) : null;
    return found !== null && found < to ? found : null;
  };
  const restricts = all.length > 0 || Number.isFinite(from) || Number.isFinite(to);
  return { restricts, openFrom, isOpen: (at) => openFrom(at) === at };
}

/** Questions follow each other in time, so the last answer nearly always holds for the next one too. */
function remembered(all: readonly OpenDays[]): (at: EpochMs) => EpochMs | null {
  if (all.length === 0) return (at) => at;
  const windows = windowsOf(all);
  let asked = Number.POSITIVE_INFINITY;
  let answer: Interval | null = null;
  return (at) => {
    if (at < asked || (answer !== null && at >= answer.to)) {
      answer = nextCommon(all, windows(at));
      asked = at;
    }
    return answer === null ? null : Math.max(at, answer.from);
  };
}

/** While no rule begins or ends, what has not opened for so long never will: weeks repeat, changes of clocks yearly. */
const STILL_DAYS = 400;
/** A holiday meets a given weekday only every few years. */
const HOLIDAY_STILL_DAYS = 7 * 366;
/** An interval from before a boundary may reach over it. */
const OVERLAP_DAYS = 3;

/** The spans in which a next opening has to be looked for: the days after a moment, and those after each boundary. */
function windowsOf(all: readonly OpenDays[]): (at: EpochMs) => Interval[] {
  const boundaries = [...new Set(all.flatMap((each) => each.boundaries))].sort((a, b) => a - b);
  const still = (all.some((each) => each.followsHolidays) ? HOLIDAY_STILL_DAYS : STILL_DAYS) * DAY_MS;
  return (at) => {
    const ahead = boundaries.map((day) => (day - OVERLAP_DAYS) * DAY_MS).filter((start) => start > at);
    return [at, ...ahead].map((from) => ({ from, to: from + still }));
  };
}

/** The first interval in which all are open, in the first of `windows` that holds one. */
function nextCommon(all: readonly OpenDays[], windows: readonly Interval[]): Interval | null {
  let searched = Number.NEGATIVE_INFINITY;
  for (const { from, to } of windows) {
    if (to <= searched) continue;
    const found = commonIn(all, Math.max(from, searched), to);
    if (found !== null) return found;
    searched = to;
  }
  return null;
}

function commonIn(all: readonly OpenDays[], start: EpochMs, end: EpochMs): Interval | null {
  let at = start;
  while (at < end) {
    const opens: Interval[] = [];
    for (const each of all) {
      const interval = each.next(at, end);
      if (interval === null) return null;
      opens.push(interval);
    }
    const latest = Math.max(...opens.map(({ from }) => from));
    const both = { from: Math.max(at, latest), to: Math.min(...opens.map(({ to }) => to)) };
    if (both.from < both.to) return both;
    at = latest;
  }
  return null;
}
