/**
 * A tally as numbers alone, for rows that are read by the hundred: the names of its fields would be most of the bytes.
 *
 * Shapes  `[[field, count, field, count, …], [spread, [step, times, step, times, …]], …]`: fields and spreads by their
 *         place in `COUNTS` and `SPREADS`; the keys of a spread rise, each told by its step from the one before.
 *         The names themselves stand in `FIELDS`, which is part of every kept definition.
 */
import {
  countKey,
  COUNTS,
  type CountName,
  type Spread,
  SPREADS,
  type SpreadName,
  type Tally,
} from "../../domain/kpi/tally.ts";

export type PackedTally = [counts: number[], ...spreads: [spread: number, steps: number[]][]];

/** What places in a packed tally mean. */
export const FIELDS = [...COUNTS, ...SPREADS].join(" ");

/** `tally` without what is 0, and without when time alone will change it. */
export function packTally(tally: Tally): PackedTally {
  const counts = COUNTS.flatMap((name, place) => (tally[name] === 0 ? [] : [place, tally[name]]));
  const spreads = SPREADS.flatMap((name, place): [number, number[]][] => {
    const steps = packSpread(tally[name]);
    return steps.length === 0 ? [] : [[place, steps]];
  });
  return [counts, ...spreads];
}

function packSpread(spread: Spread): number[] {
  let before = 0;
  // An object's whole-number keys stand in rising order.
  return Object.entries(spread).flatMap(([key, times]) => {
    const step = Number(key) - before;
    before = Number(key);
    return [step, times];
  });
}

/** Add what was packed into `into`: only what is there is looked at, and of the spreads only `wanted`. */
export function addPacked(
  into: Tally,
  [counts, ...spreads]: PackedTally,
  wanted?: ReadonlySet<SpreadName>,
): void {
  for (let at = 0; at + 1 < counts.length; at += 2) {
    into[nameAt<CountName>(COUNTS, counts[at])] += counts[at + 1] ?? 0;
  }
  for (const [place, steps] of spreads) {
    const name = nameAt<SpreadName>(SPREADS, place);
    if (wanted !== undefined && !wanted.has(name)) continue;
    const spread = into[name];
    let key = 0;
    for (let at = 0; at + 1 < steps.length; at += 2) {
      key += steps[at] ?? 0;
      countKey(spread, key, steps[at + 1]);
    }
  }
}

function nameAt<T>(names: readonly T[], place: number | undefined): T {
  const name = names[place ?? -1];
  if (name === undefined) throw new Error(`no field ${place} in a packed tally`);
  return name;
}

/** Whether anything was packed. */
export function isEmptyPacked([counts, ...spreads]: PackedTally): boolean {
  return counts.length === 0 && spreads.length === 0;
}
