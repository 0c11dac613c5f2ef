/**
 * The three periods of the overview, as whole days of the site's own zone.
 *
 * Shapes  `PeriodRange` has `from` inclusive and `to` exclusive, and one bucket for each point of the chart.
 * Units   moments are ISO 8601 UTC; a bucket is an hour (today) or a day of the zone, so a day may have 23 or 25 hours.
 * Errors  an unknown period in a URL is the default one; nothing throws for a valid zone.
 */
import { Temporal } from "temporal-polyfill";

export const PERIODS = ["today", "7d", "30d"] as const;
export type Period = (typeof PERIODS)[number];
export type Grain = "hour" | "day";
export type PeriodRange = { from: string; to: string; grain: Grain; buckets: string[] };

const DAYS: Record<Period, number> = { today: 1, "7d": 7, "30d": 30 };

/** The period that a URL names, or 7 days. */
export function readPeriod(text: string | undefined): Period {
  return PERIODS.find((period) => period === text) ?? "7d";
}

/** Whole days of `zone` that end with the day of `now` (epoch milliseconds), and the chart's buckets in them. */
export function periodRange(period: Period, zone: string, now: number): PeriodRange {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).startOfDay();
  const from = startOf(today.subtract({ days: DAYS[period] - 1 }));
  const to = startOf(today.add({ days: 1 }));
  const grain = period === "today" ? "hour" : "day";
  const buckets: string[] = [];
  let at = from;
  while (Temporal.ZonedDateTime.compare(at, to) < 0) {
    buckets.push(isoInstant(at));
    at = grain === "hour" ? at.add({ hours: 1 }) : startOf(at.add({ days: 1 }));
  }
  return { from: isoInstant(from), to: isoInstant(to), grain, buckets };
}

/** Whether a KPI row's `group` (an instant, or a date of the zone) is the bucket that starts at `bucket`. */
export function inBucket(group: string, bucket: string, zone: string): boolean {
  if (/^\d{4}-\d{2}-\d{2}$/.test(group)) {
    return Temporal.Instant.from(bucket).toZonedDateTimeISO(zone).toPlainDate().toString() === group;
  }
  return Date.parse(group) === Date.parse(bucket);
}

// Midnight does not exist on some days of some zones; then the day starts later.
function startOf(moment: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  return moment.startOfDay();
}

function isoInstant(moment: Temporal.ZonedDateTime): string {
  return new Date(moment.epochMilliseconds).toISOString();
}
