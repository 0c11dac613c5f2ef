/**
 * The periods of the overview, as whole days of the site's own zone.
 *
 * Shapes  `PeriodRange` has `from` inclusive and `to` exclusive, and one bucket for each point of the chart. Presets of
 *         days end with today; presets of weeks are whole ones, from Monday to Sunday, and end before this week.
 * Units   moments are ISO 8601 UTC; a bucket is an hour (today) or a day of the zone, so a day may have 23 or 25 hours.
 * Errors  an unknown period in a URL is the default one; nothing throws for a valid zone.
 */
import { Temporal } from "temporal-polyfill";

export const PERIODS = ["today", "7d", "30d"] as const;
export const WEEKS = ["1w", "4w", "12w"] as const;
export const PRESETS = [...PERIODS, ...WEEKS] as const;
export type Period = (typeof PERIODS)[number];
export type Preset = (typeof PRESETS)[number];
/** A preset, or the days of somebody's own: local dates, both inside. */
export type AskedPeriod = Preset | { from: string; to: string };
export type Grain = "hour" | "day";
export type PeriodRange = { from: string; to: string; grain: Grain; buckets: string[] };

export const DEFAULT_PERIOD: Period = "30d";
export const MOST_DAYS = 366;
const DAYS: Record<Period, number> = { today: 1, "7d": 7, "30d": 30 };
const LENGTH: Record<(typeof WEEKS)[number], number> = { "1w": 1, "4w": 4, "12w": 12 };

/** What `period` is for a zone at the moment `now` (epoch milliseconds). */
export function rangeOf(period: AskedPeriod, zone: string, now: number): PeriodRange {
  if (typeof period !== "string") {
    const startOf = (day: string) => Temporal.PlainDate.from(day).toZonedDateTime(zone).startOfDay();
    return rangeBetween(startOf(period.from), startOf(period.to).add({ days: 1 }), "day");
  }
  const days = PERIODS.find((name) => name === period);
  if (days !== undefined) return periodRange(days, zone, now);
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).startOfDay();
  const monday = today.subtract({ days: today.dayOfWeek - 1 });
  const weeks = WEEKS.find((name) => name === period) ?? "4w";
  return rangeBetween(monday.subtract({ weeks: LENGTH[weeks] }), monday, "day");
}

/** Whole days of `zone` that end with the day of `now` (epoch milliseconds), and the chart's buckets in them. */
export function periodRange(period: Period, zone: string, now: number): PeriodRange {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).startOfDay();
  return rangeBetween(
    today.subtract({ days: DAYS[period] - 1 }),
    today.add({ days: 1 }),
    period === "today" ? "hour" : "day",
  );
}

function rangeBetween(first: Temporal.ZonedDateTime, end: Temporal.ZonedDateTime, grain: Grain): PeriodRange {
  // Midnight does not exist on some days of some zones; then the day starts later.
  const from = first.startOfDay();
  const to = end.startOfDay();
  const buckets: string[] = [];
  let at = from;
  while (Temporal.ZonedDateTime.compare(at, to) < 0) {
    buckets.push(isoInstant(at));
    at = grain === "hour" ? at.add({ hours: 1 }) : at.add({ days: 1 }).startOfDay();
  }
  return { from: isoInstant(from), to: isoInstant(to), grain, buckets };
}

/** The date that the zone's calendar shows at a moment (epoch milliseconds). */
export function localDate(at: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** Whether a KPI row's `group` (an instant, or a date of the zone) is the bucket that starts at `bucket`. */
export function inBucket(group: string, bucket: string, zone: string): boolean {
  if (/^\d{4}-\d{2}-\d{2}$/.test(group)) {
    return Temporal.Instant.from(bucket).toZonedDateTimeISO(zone).toPlainDate().toString() === group;
  }
  return Date.parse(group) === Date.parse(bucket);
}

function isoInstant(moment: Temporal.ZonedDateTime): string {
  return new Date(moment.epochMilliseconds).toISOString();
}
