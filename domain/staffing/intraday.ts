/**
 * One day of a site's desk, quarter hour by quarter hour: who was foretold and who came, who was there and who was
 * needed, what was reached and what will be.
 *
 * Agents are those logged in while the time is over, and those who usually are, on days of the same kind, while it
 * is to come. Needed is reckoned from the forecast; without one, from who came. Nobody is needed while it is closed.
 *
 * Shapes  `Interval` is a quarter hour; a gap is agents less needed, so that below zero somebody is missing.
 * Units   moments are `EpochMs`; forecasts are conversations per quarter hour.
 * Errors  what cannot be reckoned is null: no history, no forecast; no handle time, no need.
 */
import type { EpochMs } from "../ids.ts";
import type { ChatRow } from "../kpi/history.ts";
import { type Actual, type Actuals, actualsOf, type DayFigures } from "./actual.ts";
import { forecastDay, type Forecast, type PastDay, type TooShort } from "./forecast.ts";
import { byPlace, type LocalDay, type Quarter, QUARTER_MS } from "./local-day.ts";
import { type Desk, type Expected, expectedOf, type Needed, neededFor } from "./model.ts";
import { agentsIn, type Online } from "./online.ts";

const HOUR_MS = 3_600_000;
const AN_HOUR = HOUR_MS / QUARTER_MS;
/** So few a quarter hour weigh nothing in a day. */
const NOBODY = 1e-6;

export type Interval = {
  from: EpochMs;
  to: EpochMs;
  place: number;
  open: boolean;
  over: boolean;
  forecast: { ahead: number; expected: number; low: number; high: number } | null;
  /** Who came; null while it has not begun. */
  arrivals: number | null;
  /** What was reached; null while it has not begun, and where nobody asked for it. */
  actual: Actual | null;
  agents: number | null;
  agentsFrom: "logged_in" | "usual" | null;
  needed: Needed | null;
  gap: number | null;
  /** What the model expects of those agents and the forecast. */
  outlook: Expected | null;
};

export type DayInput = {
  day: LocalDay;
  kind: string;
  /** The complete days before it, oldest first, counted by what the wall clock shows. */
  past: readonly PastDay[];
  /** Who came in a quarter hour that has begun. */
  arrivals: (quarter: Quarter) => number;
  now: EpochMs;
  /** The day's conversations, and those that reach into it; null where only arrivals and agents are asked for. */
  chats: readonly ChatRow[] | null;
  online: readonly Online[];
  withinSeconds: number;
  /** Agents usually there at a place of the wall clock; null where nobody ever logged in. */
  usual: (place: number) => number | null;
  openIn: (from: EpochMs, to: EpochMs) => boolean;
  desk: Desk | null;
};

export type DayPlan = {
  forecast: Forecast | TooShort;
  intervals: Interval[];
  /** What was reached in all of it so far; null as in its intervals. */
  reached: Actual | null;
  figures: DayFigures | null;
};

export function planDay(input: DayInput): DayPlan {
  const { day, now, chats, online } = input;
  const counts = byPlace(day, input.arrivals);
  const running = day.quarters.find(({ to }) => to > now);
  const soFar = running === undefined ? counts : counts.slice(0, running.place);
  const forecast = forecastDay(input.past, input.kind, now <= day.from ? [] : soFar);
  const reached =
    chats === null || now <= day.from ? null : actualsOf({ chats, online, now }, day, input.withinSeconds);
  const intervals = day.quarters.map((quarter) => intervalOf(input, quarter, { forecast, reached }));
  return { forecast, intervals, reached: reached?.whole ?? null, figures: reached?.figures ?? null };
}

function intervalOf(
  input: DayInput,
  quarter: Quarter,
  { forecast, reached }: { forecast: Forecast | TooShort; reached: Actuals | null },
): Interval {
  const { from, to, place } = quarter;
  const { now, online, desk } = input;
  const begun = from < now;
  const foretold = forecast.ok
    ? {
        ahead: forecast.ahead[place] ?? 0,
        expected: forecast.expected[place] ?? 0,
        low: forecast.low[place] ?? 0,
        high: forecast.high[place] ?? 0,
      }
    : null;
  const open = input.openIn(from, to);
  const agents = begun ? agentsIn(online, { from, to: Math.min(to, now) }) : input.usual(place);
  const arrivals = begun ? input.arrivals(quarter) : null;
  const expected = foretold?.expected ?? (begun ? hourMean(input, from) : null);
  const needed = neededIn(desk, expected, open);
  const there = agents === null ? null : Math.round(agents);
  return {
    from,
    to,
    place,
    open,
    over: to <= now,
    forecast: foretold,
    arrivals,
    actual: begun && reached !== null ? reached.of(from) : null,
    agents,
    agentsFrom: agents === null ? null : begun ? "logged_in" : "usual",
    needed,
    gap: gapOf(there, needed),
    outlook:
      desk === null || expected === null || there === null
        ? null
        : expectedOf(desk, expected * AN_HOUR, there),
  };
}

/** Who came in the quarter hours of the same hour that have begun, on average: one alone says too little. */
function hourMean({ day, arrivals, now }: DayInput, at: EpochMs): number {
  const hour = Math.floor((at - day.from) / HOUR_MS);
  const begun = day.quarters.filter(
    ({ from }) => Math.floor((from - day.from) / HOUR_MS) === hour && from < now,
  );
  return mean(begun.map(arrivals));
}

function neededIn(desk: Desk | null, expected: number | null, open: boolean): Needed | null {
  if (desk === null || expected === null || !open) return null;
  return neededFor(desk, expected * AN_HOUR);
}

/** The model that counts: with those who leave where their patience is known. */
export function countingNeed(needed: Needed | null): number | null {
  return needed === null ? null : (needed.erlangA ?? needed.erlangC);
}

function gapOf(agents: number | null, needed: Needed | null): number | null {
  const need = countingNeed(needed);
  return agents === null || need === null ? null : agents - need;
}

/** Agents over or short in one hour of the wall clock. */
export type HourGap = {
  hour: number;
  open: boolean;
  agents: number | null;
  needed: number | null;
  gap: number | null;
};

/** The same by hours of the wall clock, for the week's picture; hours that the day lacks are left out. */
export function hourGaps(intervals: readonly Interval[], desk: Desk | null): HourGap[] {
  const byHour = Map.groupBy(intervals, ({ place }) => Math.floor(place / AN_HOUR));
  return [...byHour].map(([hour, quarters]) => {
    const open = quarters.filter((quarter) => quarter.open);
    const expected = open.flatMap(({ forecast, arrivals }) => forecast?.expected ?? arrivals ?? []);
    const there = open.flatMap(({ agents }) => (agents === null ? [] : [agents]));
    const need = desk === null || expected.length === 0 ? null : neededFor(desk, mean(expected) * AN_HOUR);
    const agents = there.length === 0 ? null : Math.round(mean(there));
    return { hour, open: open.length > 0, agents, needed: countingNeed(need), gap: gapOf(agents, need) };
  });
}

export type DayLevel = { expected: number; low: number; high: number };

/**
 * The share of the whole day's arrivals answered in time: those of so far as they were, the rest as the model expects;
 * low and high where as many come as the band's upper and lower end says. Null where any of it is unknown.
 */
export function dayLevel(intervals: readonly Interval[], desk: Desk | null): DayLevel | null {
  const expected = expectedLevel(intervals, desk);
  if (expected === null) return null;
  const low = levelAt(intervals, desk, "high") ?? expected;
  const high = levelAt(intervals, desk, "low") ?? expected;
  return { expected, low, high };
}

/** The same without its bounds: of what is to come, the outlook of each quarter hour is known already. */
export function expectedLevel(intervals: readonly Interval[], desk: Desk | null): number | null {
  return levelAt(intervals, desk, "expected");
}

function levelAt(intervals: readonly Interval[], desk: Desk | null, bound: Bound): number | null {
  let soon = 0;
  let all = 0;
  for (const interval of intervals) {
    const part = partOf(interval, desk, bound);
    if (part === null) return null;
    soon += part.soon;
    all += part.all;
  }
  return all > 0 ? soon / all : null;
}

type Bound = "expected" | "low" | "high";
type Part = { soon: number; all: number };

function partOf(
  { over, actual, forecast, agents, outlook }: Interval,
  desk: Desk | null,
  bound: Bound,
): Part | null {
  if (over && actual !== null) {
    const { numerator, denominator } = actual.level.ofAll;
    return { soon: numerator, all: denominator };
  }
  if (forecast === null || desk === null || agents === null) return null;
  const arrivals = forecast[bound];
  if (arrivals < NOBODY) return { soon: 0, all: 0 };
  const known = bound === "expected" ? outlook : null;
  const level = known === null ? levelWith(desk, arrivals, Math.round(agents)) : (known.level ?? 0);
  return { soon: arrivals * level, all: arrivals };
}

/** The level that so many agents reach for `arrivals` a quarter hour; 0 where the queue would grow without end. */
export function levelWith(desk: Desk, arrivals: number, agents: number): number {
  return expectedOf(desk, arrivals * AN_HOUR, agents).level ?? 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
