/**
 * A day beside the same weekday a week before: in whole where it is over, and up to the same time of day while it goes on.
 *
 * Shapes  a day that has not begun has nothing to be compared; one whose other day is no longer kept says which it is.
 * Units   moments are `EpochMs`; the time of day is what the zone's clock shows, also where it was changed between them.
 * Errors  an unknown zone throws a `RangeError`: settings are validated before.
 */
import { Temporal } from "temporal-polyfill";
import type { EpochMs } from "../ids.ts";
import { type Difference, differencesOf, type Pair } from "../overview/difference.ts";
import { type Actual, type Actuals, actualsOf, type DayFigures, type Told } from "./actual.ts";
import { daysFrom, type LocalDay, localDay } from "./local-day.ts";

const WEEK_DAYS = 7;

export type Differences = Record<keyof DayFigures, Difference | null>;
export type WeekBefore = {
  date: string;
  /** Up to when it is told; null where it is told in whole. */
  until: EpochMs | null;
  /** Null where what it was made of is no longer kept. */
  told: { reached: Actual; differences: Differences } | null;
};
export type SpanBefore = { date: string; from: EpochMs; to: EpochMs; until: EpochMs | null };

/** What of the same weekday a week before stands beside `day` at `now`; null where the day has not begun. */
export function weekBefore({ date, from, to }: LocalDay, now: EpochMs, zone: string): SpanBefore | null {
  if (now <= from) return null;
  const other = localDay(daysFrom(date, -WEEK_DAYS), zone);
  const until = now < to ? Math.min(other.to, sameTimeOn(other.date, now, zone)) : null;
  return { date: other.date, from: other.from, to: until ?? other.to, until };
}

function sameTimeOn(date: string, now: EpochMs, timeZone: string): EpochMs {
  const plainTime = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainTime();
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
}

/** The day's `figures` beside those of `span`, of which `told` tells all. */
export function besideWeekBefore(
  figures: DayFigures,
  span: SpanBefore,
  told: Told,
  withinSeconds: number,
): WeekBefore {
  const { date, until } = span;
  const then = actualsOf(told, span, withinSeconds);
  return { date, until, told: { reached: then.whole, differences: differencesBetween(figures, then) } };
}

/** Those of which one way is better are judged, together; more conversations or fuller places are neither. */
const JUDGED: readonly (keyof DayFigures)[] = ["service_level", "waiting", "abandonment"];

function differencesBetween(now: DayFigures, { figures: before }: Pick<Actuals, "figures">): Differences {
  const pair = (name: keyof DayFigures): [keyof DayFigures, Pair] => [
    name,
    { now: now[name], before: before[name], isJudged: JUDGED.includes(name) },
  ];
  const found = differencesOf(
    new Map([
      pair("arrivals"),
      pair("service_level"),
      pair("waiting"),
      pair("abandonment"),
      pair("occupancy"),
    ]),
  );
  const of = (name: keyof DayFigures) => found.get(name) ?? null;
  return {
    arrivals: of("arrivals"),
    service_level: of("service_level"),
    waiting: of("waiting"),
    abandonment: of("abandonment"),
    occupancy: of("occupancy"),
  };
}
