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

/** When time alone will first change one of `hours`. */
export function changesAt(hours: readonly HourTally[]): EpochMs | null {
  const moments = hours.flatMap(({ tally }) => (tally.stale_at === null ? [] : [tally.stale_at]));
  return moments.length === 0 ? null : Math.min(...moments);
}

/** The groups of a kept body with what was counted of each. */
export function readBody(body: string): [group: string, tally: EncodedTally][] {
  return Object.entries(JSON.parse(body) as Record<string, EncodedTally>);
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
