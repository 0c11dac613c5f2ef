/** What the screen says and draws of a day, decided from the API's answer. */
import type { WireInterval, WireIntraday } from "../../../domain/staffing/intraday-wire.ts";
import type { CsvCell } from "../overview/csv.ts";

/** A quarter hour in which so little is foretold is not drawn at the day's ends. */
const LEAST_FORETOLD = 0.05;

/** The quarter hours from the first to the last in which anything is expected, came, or somebody was there. */
export function shownIntervals(intervals: readonly WireInterval[]): WireInterval[] {
  const matters = ({ open, arrivals, agents, forecast }: WireInterval) =>
    (arrivals ?? 0) > 0 || (agents ?? 0) > 0 || (open && (forecast ?? 0) >= LEAST_FORETOLD);
  const first = intervals.findIndex(matters);
  const last = intervals.findLastIndex(matters);
  const shown = first < 0 ? intervals.filter(({ open }) => open) : intervals.slice(first, last + 1);
  return shown.length === 0 ? [...intervals] : shown;
}

export type DayState = "past" | "today" | "future";

export function stateOf({ date, today }: WireIntraday): DayState {
  if (date === today) return "today";
  return date < today ? "past" : "future";
}

/** How many came against what was foretold for the time that is over, as a share; null where neither can be said. */
export function againstForecast({ forecast, intervals }: WireIntraday): number | null {
  const over = intervals.filter((one) => one.over);
  const came = over.reduce((sum, one) => sum + (one.arrivals ?? 0), 0);
  return forecast === null || forecast.ahead_so_far < 1 ? null : came / forecast.ahead_so_far - 1;
}

/** The need that counts: with those who leave, where their patience is known. */
export function needOf({ needed }: WireInterval): number | null {
  return needed === null ? null : (needed.erlang_a ?? needed.erlang_c);
}

/** The hours of the week's picture: those in which anybody is needed or there on any of its days. */
export function weekHours({ week }: WireIntraday): number[] {
  const matters = new Set(
    week.flatMap(({ hours }) =>
      hours
        .filter(({ needed, agents, gap }) => gap !== null && (needed !== 0 || agents !== 0))
        .map(({ hour }) => hour),
    ),
  );
  if (matters.size === 0) return [];
  const [first, last] = [Math.min(...matters), Math.max(...matters)];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

export type WeekHour = WireIntraday["week"][number]["hours"][number] & { date: string };

/** Every hour of the week, day by day, or those alone that the picture shows. */
export function hoursOfWeek({ week }: WireIntraday, shown?: readonly number[]): WeekHour[] {
  return week.flatMap(({ date, hours }) =>
    hours.filter(({ hour }) => shown === undefined || shown.includes(hour)).map((one) => ({ ...one, date })),
  );
}

export const COLUMNS = [
  "from",
  "forecast",
  "low",
  "high",
  "arrivals",
  "agents",
  "needA",
  "needC",
  "gap",
  "level",
  "occupancy",
  "left",
  "waitMedian",
  "waitP90",
  "handleMedian",
  "handleP90",
  "wait",
] as const;
export type Column = (typeof COLUMNS)[number];
const IN_SECONDS: ReadonlySet<Column> = new Set([
  "waitMedian",
  "waitP90",
  "handleMedian",
  "handleP90",
  "wait",
]);

export function isInSeconds(column: Column): boolean {
  return IN_SECONDS.has(column);
}

/** One quarter hour as the table and the file show it; what is over as it was, what is to come as it is expected. */
export function rowOf(interval: WireInterval): Record<Column, CsvCell> {
  const { reached, expected, needed } = interval;
  const told = interval.over ? null : expected;
  return {
    from: interval.from,
    forecast: interval.forecast,
    low: interval.forecast_low,
    high: interval.forecast_high,
    arrivals: interval.arrivals,
    agents: interval.agents,
    needA: needed?.erlang_a ?? null,
    needC: needed?.erlang_c ?? null,
    gap: interval.gap,
    level: told === null ? (reached?.service_level.value ?? null) : told.service_level,
    occupancy: told === null ? (reached?.occupancy.value ?? null) : told.occupancy,
    left: told === null ? (reached?.abandonment.value ?? null) : told.abandonment,
    waitMedian: reached?.waiting.median_seconds ?? null,
    waitP90: reached?.waiting.p90_seconds ?? null,
    handleMedian: reached?.handle_time.median_seconds ?? null,
    handleP90: reached?.handle_time.p90_seconds ?? null,
    // A mean of those who leave as well, which nothing that was measured is.
    wait: told?.average_wait_seconds ?? null,
  };
}
