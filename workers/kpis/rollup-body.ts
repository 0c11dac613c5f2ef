/**
 * The kept form of tallies: one JSON a dimension and stretch of time, group by group, without what is 0.
 *
 * When time alone will change a figure is no part of it: that stands in the day's mark, and would write rows anew that
 * count the same.
 */
import type { EpochMs } from "../../domain/ids.ts";
import type { HourTally } from "../../domain/kpi/measure.ts";
import {
  addTally,
  countKey,
  COUNTS,
  type EncodedTally,
  emptyTally,
  encodeTally,
  SPREADS,
  type Tally,
} from "../../domain/kpi/tally.ts";
import type { LocalDay } from "./counted-site.ts";
import type { Level, RollupRow } from "./rollup-store.ts";

/** The rows that keep `hours` of `day`: each hour and the day itself. */
export function rowsToKeep(day: LocalDay, hours: readonly HourTally[]): RollupRow[] {
  const days = new Map<string, Map<string, Tally>>();
  for (const { dimension, group, tally } of hours) {
    const groups = days.get(dimension) ?? new Map<string, Tally>();
    days.set(dimension, groups);
    groups.set(group, addTally(groups.get(group) ?? emptyTally(), tally));
  }
  const byHour = Map.groupBy(hours, ({ dimension, hour }) => `${dimension} ${hour}`);
  return [
    ...[...byHour.values()].flatMap((of) => {
      const [first] = of;
      if (first === undefined) return [];
      return [
        rowOf(
          first.dimension,
          "hour",
          first.hour,
          of.map(({ group, tally }) => [group, tally]),
        ),
      ];
    }),
    ...[...days].map(([dimension, groups]) => rowOf(dimension, "day", day.from, [...groups])),
  ];
}

function rowOf(dimension: string, level: Level, start: EpochMs, groups: [string, Tally][]): RollupRow {
  const encoded = groups.map(([group, tally]) => [group, encodeTally({ ...tally, stale_at: null })] as const);
  return { dimension, level, start, body: JSON.stringify(Object.fromEntries(encoded)) };
}

/** Whether anything stands in `tally` besides when it changes. */
export function hasCounted(tally: Tally): boolean {
  return (
    COUNTS.some((name) => tally[name] !== 0) || SPREADS.some((name) => Object.keys(tally[name]).length > 0)
  );
}

/** When time alone will first change one of `hours`. */
export function changesAt(hours: readonly HourTally[]): EpochMs | null {
  const moments = hours.flatMap(({ tally }) => (tally.stale_at === null ? [] : [tally.stale_at]));
  return moments.length === 0 ? null : Math.min(...moments);
}

/** Sums of kept bodies: the groups of all. */
export function sumOfBodies(bodies: readonly string[]): Groups {
  const sums = new Map<string, Tally>();
  for (const body of bodies) {
    for (const [group, tally] of readBody(body)) {
      const sum = sums.get(group) ?? emptyTally();
      sums.set(group, sum);
      addKept(sum, tally);
    }
  }
  return Object.fromEntries([...sums].map(([group, tally]) => [group, encodeTally(tally)]));
}

/** The groups of a kept body with what was counted of each. */
export function readBody(body: string): [group: string, tally: EncodedTally][] {
  return Object.entries(JSON.parse(body) as Groups);
}

type Groups = Record<string, EncodedTally>;

/** A week's body names the state of its days that it was summed from: it stands as long as that is theirs. */
export function weekBody(state: string, dayBodies: readonly string[]): string {
  return JSON.stringify({ state, groups: sumOfBodies(dayBodies) });
}

/** The groups of a week's body, or null where its days have another state by now. */
export function readWeek(state: string, body: string): [group: string, tally: EncodedTally][] | null {
  // The state stands first, so that a week that is out of date is not read whole.
  if (!body.startsWith(`{"state":${JSON.stringify(state)},`)) return null;
  return Object.entries((JSON.parse(body) as { groups: Groups }).groups);
}

/** Add what was kept into `into`: only what is there is looked at. */
export function addKept(into: Tally, kept: EncodedTally): void {
  for (const name of COUNTS) {
    const count = kept[name];
    if (count !== undefined) into[name] += count;
  }
  for (const name of SPREADS) {
    const spread = kept[name];
    if (spread === undefined) continue;
    for (const key in spread) countKey(into[name], key, spread[key]);
  }
}
