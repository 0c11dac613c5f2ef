/**
 * A tally as numbers alone, for rows that are read by the hundred: the names of its fields would be most of the bytes.
 *
 * Shapes  `[[field, count, field, count, …], [spread, [step, times, step, times, …]], …]`: fields and spreads by their
 *         place in `COUNTS` and `SPREADS`; the keys of a spread rise, each told by its step from the one before.
 *         A spread whose keys have names is told name by name: `[spread, [name, [number, times, …], name, …]]`.
 *         The names of fields and spreads stand in `FIELDS`, which is part of every kept definition.
 */
import { compare } from "./orders.ts";
import {
  changeNamed,
  count,
  countKey,
  COUNTS,
  emptyTally,
  isNamed,
  isScale,
  type NamedSpread,
  type Spread,
  SPREADS,
  type SpreadName,
  type Tally,
} from "./tally.ts";

type Packed = number[] | (string | number[])[];
export type PackedTally = [counts: number[], ...spreads: [spread: number, steps: Packed][]];

/** What places in a packed tally mean. */
export const FIELDS = [...COUNTS, ...SPREADS].join(" ");

/** `tally` without what is 0, and without when time alone will change it. */
export function packTally(tally: Tally): PackedTally {
  const counts = COUNTS.flatMap((name, place) => (tally[name] === 0 ? [] : [place, tally[name]]));
  const spreads = SPREADS.flatMap((name, place): [number, Packed][] => {
    const steps = packSpread(tally, name);
    return steps.length === 0 ? [] : [[place, steps]];
  });
  return [counts, ...spreads];
}

function packSpread(tally: Tally, name: SpreadName): Packed {
  if (isNamed(name)) return packNamed(tally[name]);
  if (!isScale(name)) return packSteps([...tally[name]]);
  return packSteps(Object.entries(tally[name]).map(([answer, times]) => [Number(answer), times]));
}

function packSteps(counts: [key: number, times: number][]): number[] {
  let before = 0;
  return counts
    .sort(([a], [b]) => a - b)
    .flatMap(([key, times]) => {
      const step = key - before;
      before = key;
      return [step, times];
    });
}

/** Names in their order, and under each its numbers in theirs, so that what counts the same is the same text. */
function packNamed(named: NamedSpread): (string | number[])[] {
  return [...named]
    .toSorted(([a], [b]) => compare(a, b))
    .flatMap(([name, own]) => [name, [...own].sort(([a], [b]) => a - b).flat()]);
}

function addNamed(named: NamedSpread, packed: Packed): void {
  let name = "";
  for (const one of packed) {
    if (typeof one === "string") name = one;
    if (Array.isArray(one)) changeNamed(named, name, (spread) => addPairs(spread, one));
  }
}

function addPairs(spread: Spread, pairs: readonly number[]): void {
  for (let at = 0; at + 1 < pairs.length; at += 2) count(spread, pairs[at] ?? 0, pairs[at + 1]);
}

/**
 * Packed tallies added up: counts by their places as long as more come, because finding a field by its name takes most of
 * the time where thousands are added.
 */
export class PackedSum {
  readonly #counts = new Float64Array(COUNTS.length);
  readonly #tally = emptyTally();

  /** Add what was packed: only what is there is looked at, and of the spreads only those `wanted`. */
  add([counts, ...spreads]: PackedTally, wanted?: ReadonlySet<SpreadName>): this {
    for (let at = 0; at + 1 < counts.length; at += 2) {
      const place = counts[at] ?? -1;
      if (!(place >= 0 && place < COUNTS.length)) throw new Error(`no field ${place} in a packed tally`);
      this.#counts[place] = (this.#counts[place] ?? 0) + (counts[at + 1] ?? 0);
    }
    for (const [place, steps] of spreads) {
      const name = SPREADS[place];
      if (name === undefined) throw new Error(`no spread ${place} in a packed tally`);
      if (wanted === undefined || wanted.has(name)) addSpreadTo(this.#tally, name, steps);
    }
    return this;
  }

  /** All of it, as a tally that this goes on with. */
  total(): Tally {
    for (const [place, name] of COUNTS.entries()) this.#tally[name] += this.#counts[place] ?? 0;
    this.#counts.fill(0);
    return this.#tally;
  }
}

function addSpreadTo(tally: Tally, name: SpreadName, steps: Packed): void {
  if (isNamed(name)) addNamed(tally[name], steps);
  else if (isScale(name)) eachStep(steps, (answer, times) => countKey(tally[name], answer, times));
  else eachStep(steps, (key, times) => count(tally[name], key, times));
}

function eachStep(steps: Packed, add: (key: number, times: number) => void): void {
  let key = 0;
  for (let at = 0; at + 1 < steps.length; at += 2) {
    const [step, times] = [steps[at], steps[at + 1]];
    if (typeof step !== "number" || typeof times !== "number") throw new Error("no steps in a packed tally");
    key += step;
    add(key, times);
  }
}

/** Whether anything was packed. */
export function isEmptyPacked([counts, ...spreads]: PackedTally): boolean {
  return counts.length === 0 && spreads.length === 0;
}
