/**
 * The kept form of tallies: one JSON a dimension and stretch of time, group by group.
 *
 * When time alone will change a figure is no part of it: that stands in the day's mark, and would write rows anew that
 * count the same.
 */
import type { EpochMs } from "../../domain/ids.ts";
import type { HourTally } from "../../domain/kpi/measure.ts";
import { compare } from "../../domain/kpi/orders.ts";
import { addTally, emptyTally, type Tally } from "../../domain/kpi/tally.ts";
import type { LocalDay } from "./counted-site.ts";
import { isEmptyPacked, PackedSum, type PackedTally, packTally } from "../../domain/kpi/packed-tally.ts";
import type { Level, RollupRow } from "./rollup-store.ts";

type Groups = Record<string, PackedTally>;
export type KeptGroup = [group: string, tally: PackedTally];

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
      const groups = of.map(({ group, tally }): [string, Tally] => [group, tally]);
      return [rowOf(first.dimension, "hour", first.hour, groups)];
    }),
    ...[...days].map(([dimension, groups]) => rowOf(dimension, "day", day.from, [...groups])),
  ];
}

function rowOf(
  dimension: string,
  level: Level,
  start: EpochMs,
  groups: readonly [string, Tally][],
): RollupRow {
  return { dimension, level, start, body: JSON.stringify(packed(groups)) };
}

function packed(groups: readonly [string, Tally][]): Groups {
  const sorted = groups.toSorted(([a], [b]) => compare(a, b));
  return Object.fromEntries(sorted.map(([group, tally]) => [group, packTally(tally)]));
}

/** The kept form of groups, which are in order. */
export function bodyOf(groups: readonly KeptGroup[]): string {
  return JSON.stringify(Object.fromEntries(groups));
}
/** The body of which nothing is left. */
export const NOTHING = "{}";

/** Whether anything stands in `tally` besides when it changes. */
export function hasCounted(tally: Tally): boolean {
  return !isEmptyPacked(packTally(tally));
}

/** When time alone will first change one of `hours`. */
export function changesAt(hours: readonly HourTally[]): EpochMs | null {
  const moments = hours.flatMap(({ tally }) => (tally.stale_at === null ? [] : [tally.stale_at]));
  return moments.length === 0 ? null : Math.min(...moments);
}

/** The groups of a kept body with what was counted of each. */
export function readBody(body: string): KeptGroup[] {
  return Object.entries(JSON.parse(body) as Groups);
}

/** The body of a week or month names the state of its days that it was summed from: it stands as long as that is theirs. */
export function sumBody(state: string, dayBodies: readonly string[]): string {
  const sums = new Map<string, PackedSum>();
  for (const body of dayBodies) {
    for (const [group, tally] of readBody(body)) {
      const sum = sums.get(group) ?? new PackedSum();
      sums.set(group, sum);
      sum.add(tally);
    }
  }
  const groups = [...sums].map(([group, sum]): [string, Tally] => [group, sum.total()]);
  return JSON.stringify({ state, groups: packed(groups) });
}

/** The groups of such a body, or null where its days have another state by now. */
export function readSum(state: string, body: string): KeptGroup[] | null {
  // The state stands first, so that a sum that is out of date is not read whole.
  if (!body.startsWith(`{"state":${JSON.stringify(state)},`)) return null;
  return Object.entries((JSON.parse(body) as { groups: Groups }).groups);
}
