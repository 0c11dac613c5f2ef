/** Who is usually there: the staffing of days to come, as far as the days before tell it. */
import type { PastDay } from "./forecast.ts";
import type { LocalDay } from "./local-day.ts";
import { agentsIn, type Online } from "./online.ts";

/** How many of the last days of a kind are read. */
const DAYS_OF_KIND = 4;

/**
 * Agents usually there at a place of the wall clock on days of `kind`: the median of the last days of that kind, of
 * each the time that agents were online in that quarter hour. Null where nobody was ever logged in on those days.
 */
export function usualAgents(
  past: readonly (PastDay & { day: LocalDay })[],
  online: readonly Online[],
): (kind: string) => (place: number) => number | null {
  return (kind) => {
    const days = past.filter((one) => one.kind === kind).slice(-DAYS_OF_KIND);
    const known = days.filter(({ day }) => online.some(({ from, to }) => from < day.to && to > day.from));
    const byDay = known.map(({ day }) => agentsByPlace(day, online));
    return (place) => (byDay.length === 0 ? null : median(byDay.map((agents) => agents.get(place) ?? 0)));
  };
}

function agentsByPlace(day: LocalDay, online: readonly Online[]): Map<number, number> {
  const there = online.filter(({ from, to }) => from < day.to && to > day.from);
  return new Map(day.quarters.map((quarter) => [quarter.place, agentsIn(there, quarter)]));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
