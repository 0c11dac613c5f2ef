/**
 * What a figure with its interval says of a bound, and of a line that leads to a target.
 *
 * A figure is known as well as its interval is narrow. It is held to have reached a bound only where all of the interval
 * has, and to have missed it only where none of it has; between, nobody can tell yet, and that is said. An interval
 * without width is none: thirty baskets that cost the same say nothing sure of the thirty-first.
 *
 * Shapes  a `Reading` is a KPI as it was read; `Standing` its words.
 * Units   those of the KPI; moments are `EpochMs`.
 * Errors  none; what cannot be judged is a standing.
 */
import type { EpochMs } from "../ids.ts";
import type { Interval } from "../experiments/effect.ts";
import { stepAt } from "../kpi/durations.ts";
import { poissonInterval } from "../kpi/intervals.ts";
import type { Figure } from "../kpi/figure.ts";
import { type KpiUnit, type MeasuredKpi, traitOf } from "./measured-kpis.ts";
import type { Criterion } from "./objective.ts";

/** Fewer visitors, chats or answers than this behind a figure, and it decides nothing. */
export const FEWEST = 30;

export type Reading = {
  value: number | null;
  numerator: number | null;
  denominator: number | null;
  n: number;
  interval: Interval | null;
};

/** `figure` with an interval also for counts, which `kpis.md` shows as what happened: as a rate they could be others. */
export function readingOf(kpi: MeasuredKpi, figure: Figure | undefined): Reading {
  if (figure === undefined) return { value: null, numerator: null, denominator: null, n: 0, interval: null };
  const { value, numerator, denominator, n } = figure;
  const { unit } = traitOf(kpi);
  const interval = unit === "count" && value !== null ? poissonInterval(value) : figure.interval;
  return { value, numerator, denominator, n, interval: withWidth(interval, unit) };
}

/** Whole seconds that many shared are a second wide, or a step as they are counted; of anything else no width is no interval. */
function withWidth(interval: Interval | null, unit: KpiUnit): Interval | null {
  if (interval === null || interval[1] > interval[0]) return interval;
  return unit === "seconds" ? [interval[0], interval[0] + stepAt(interval[0])] : null;
}

export type Side = "beyond" | "short" | "around";

/** Where all of the interval lies; null where there is too little to say. */
export function sideOf(reading: Reading, bound: number, higher: boolean): Side | null {
  const { value, interval, n } = reading;
  if (value === null || interval === null || n < FEWEST) return null;
  const [low, high] = interval;
  if (!(high > low)) return null;
  if (higher ? low >= bound : high <= bound) return "beyond";
  if (higher ? high < bound : low > bound) return "short";
  return "around";
}

export type CriterionState = "met" | "not_met" | "undecided" | "too_few";

export function judgeCriterion({ bound, value }: Criterion, reading: Reading): CriterionState {
  switch (sideOf(reading, value, bound === "at_least")) {
    case "beyond":
      return "met";
    case "short":
      return "not_met";
    case "around":
      return "undecided";
    case null:
      return "too_few";
  }
}

export type PilotVerdict = "planned" | "running" | "advance" | "stop" | "extend" | "unreadable";

/**
 * On to the next stage once every criterion is met; stopped at the end where one is not. At the end with something
 * still open the pilot is to be extended: too little is known to go on and too little to give up.
 */
export function judgePilot(
  states: readonly CriterionState[],
  { startsAt, endsAt, now }: { startsAt: EpochMs; endsAt: EpochMs; now: EpochMs },
): PilotVerdict {
  if (now < startsAt) return "planned";
  if (now < endsAt) return "running";
  if (states.every((state) => state === "met")) return "advance";
  return states.some((state) => state === "not_met") ? "stop" : "extend";
}
