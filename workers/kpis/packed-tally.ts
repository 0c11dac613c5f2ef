/**
 * A tally as numbers alone, for rows that are read by the hundred: the names of its fields would be most of the bytes.
 *
 * Shapes  `[[field, count, field, count, …], [spread, [step, times, step, times, …]], …]`: fields and spreads by their
 *         place in `COUNTS` and `SPREADS`; the keys of a spread rise, each told by its step from the one before.
 *         A spread whose keys have names is told name by name: `[spread, [name, [number, times, …], name, …]]`.
 *         The names of fields and spreads stand in `FIELDS`, which is part of every kept definition.
 */
import { compare } from "../../domain/kpi/orders.ts";
import {
  countKey,
  COUNTS,
  type CountName,
  NAMED_SPREADS,
  type Spread,
  SPREADS,
  type SpreadName,
  type Tally,
} from "../../domain/kpi/tally.ts";

type Packed = number[] | (string | number[])[];
export type PackedTally = [counts: number[], ...spreads: [spread: number, steps: Packed][]];

/** What places in a packed tally mean. */
export const FIELDS = [...COUNTS, ...SPREADS].join(" ");

/** `tally` without what is 0, and without when time alone will change it. */
export function packTally(tally: Tally): PackedTally {
  const counts = COUNTS.flatMap((name, place) => (tally[name] === 0 ? [] : [place, tally[name]]));
  const spreads = SPREADS.flatMap((name, place): [number, Packed][] => {
    const steps = NAMED_SPREADS.has(name) ? packNamed(tally[name]) : packSpread(tally[name]);
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

/** Names in their order, and under each its numbers in theirs, so that what counts the same is the same text. */
function packNamed(spread: Spread): (string | number[])[] {
  const names = new Map<string, [number: number, times: number][]>();
  for (const [key, times] of Object.entries(spread)) {
    const end = key.lastIndexOf(" ");
    const name = key.slice(0, end);
    const own = names.get(name) ?? [];
    names.set(name, own);
    own.push([Number(key.slice(end + 1)), times]);
  }
  return [...names]
    .toSorted(([a], [b]) => compare(a, b))
    .flatMap(([name, own]) => [name, own.toSorted(([a], [b]) => a - b).flat()]);
}

function addNamed(spread: Spread, packed: Packed): void {
  let name = "";
  for (const one of packed) {
    if (typeof one === "string") name = one;
    if (!Array.isArray(one)) continue;
    for (let at = 0; at + 1 < one.length; at += 2) countKey(spread, `${name} ${one[at] ?? 0}`, one[at + 1]);
  }
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
    if (NAMED_SPREADS.has(name)) addNamed(into[name], steps);
    else addSteps(into[name], steps);
  }
}

function addSteps(spread: Spread, steps: Packed): void {
  let key = 0;
  for (let at = 0; at + 1 < steps.length; at += 2) {
    const [step, times] = [steps[at], steps[at + 1]];
    if (typeof step !== "number" || typeof times !== "number") throw new Error("no steps in a packed tally");
    key += step;
    countKey(spread, key, times);
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
