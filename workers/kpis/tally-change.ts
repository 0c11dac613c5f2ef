/**
 * What tallies have changed by, and kept tallies brought up to it.
 *
 * Everything in a tally adds up, so that what it changes by is a tally as well, whose counts may be below 0. When time
 * alone will change something adds up with nothing: it is no part of a change.
 */
import type { EpochMs } from "../../domain/ids.ts";
import type { HourTally } from "../../domain/kpi/measure.ts";
import { compare } from "../../domain/kpi/orders.ts";
import { addTally, emptyTally, takeTally, type Tally } from "../../domain/kpi/tally.ts";
import { isEmptyPacked, PackedSum, packTally } from "../../domain/kpi/packed-tally.ts";
import type { KeptGroup } from "./rollup-body.ts";

/** What `now` has beyond `before`, hour by hour; hours and groups in which nothing differs are left out. */
export function changeBetween(before: readonly HourTally[], now: readonly HourTally[]): HourTally[] {
  const changes = new Map<string, HourTally>();
  const changeOf = ({ hour, dimension, group }: HourTally): Tally => {
    const key = `${hour} ${dimension} ${group}`;
    const known = changes.get(key) ?? { hour, dimension, group, tally: emptyTally() };
    changes.set(key, known);
    return known.tally;
  };
  for (const one of now) addTally(changeOf(one), one.tally);
  for (const one of before) takeTally(changeOf(one), one.tally);
  return [...changes.values()].filter(({ tally }) => !isEmptyPacked(packTally(tally)));
}

/** `groups` of one row with what they have `changed` by; one of which nothing is left is gone. */
export function changedGroups(
  groups: readonly KeptGroup[],
  changed: ReadonlyMap<string, Tally>,
): KeptGroup[] {
  const kept = new Map(groups);
  for (const [group, change] of changed) {
    const before = kept.get(group);
    const sum = new PackedSum();
    if (before !== undefined) sum.add(before);
    const packed = packTally(addTally(sum.total(), change));
    if (isEmptyPacked(packed)) kept.delete(group);
    else kept.set(group, packed);
  }
  return [...kept].toSorted(([a], [b]) => compare(a, b));
}

/** The changes of one dimension by the row in which they stand, `startOf` an hour's row, and group. */
export function changesByRow(
  changes: readonly HourTally[],
  startOf: (hour: EpochMs) => EpochMs,
): Map<EpochMs, Map<string, Tally>> {
  const rows = new Map<EpochMs, Map<string, Tally>>();
  for (const { hour, group, tally } of changes) {
    const groups = rows.get(startOf(hour)) ?? new Map<string, Tally>();
    rows.set(startOf(hour), groups);
    groups.set(group, addTally(groups.get(group) ?? emptyTally(), tally));
  }
  return rows;
}
