/**
 * The facts of one moment as a row of values, a slot for each fact that a site's conditions ask about.
 *
 * Each value is read once, when something first asks for it, however many conditions do. What moves (time, the event
 * of a later moment, the desk, the segments that hang on them) is written into the slots, so that another moment is
 * the same row with other values and no facts are copied.
 */
import { readerOf, step } from "./fact-values.ts";
import { MAYBE, NO, type Three, type ValueTest, YES } from "./plan.ts";

/** What stands in a slot that nothing has asked for yet. */
export const UNREAD = Symbol("unread");
/** What stands in a slot whose value is left open. */
export const OPEN = Symbol("open");

export type FactRow = {
  facts: object;
  values: unknown[];
  /** The groups of facts that were read. */
  groups: unknown[];
};
type ReadRow = (row: FactRow) => unknown;
/** A test that reads its fact from a row. */
export type RowTest = (row: FactRow) => boolean;
export type RowThree = (row: FactRow) => Three;

export class FactSlots {
  readonly #slots = new Map<string, number>();
  readonly #reads: ReadRow[] = [];
  readonly #unread: unknown[] = [];
  readonly #groups: string[] = [];

  /** Each fact that has a slot. */
  get all(): ReadonlyMap<string, number> {
    return this.#slots;
  }

  /** The slot of `path`; the first who asks for it makes it, read by `read` or from the facts. */
  of(path: string, read?: ReadRow): number {
    const known = this.#slots.get(path);
    if (known !== undefined) return known;
    const slot = this.#reads.length;
    this.#slots.set(path, slot);
    this.#reads.push(read ?? this.#ofFacts(path));
    this.#unread.push(UNREAD);
    return slot;
  }

  /** The value in `slot`, read now where nothing has asked for it before. */
  value(row: FactRow, slot: number): unknown {
    const value = row.values[slot];
    if (value !== UNREAD) return value;
    const read = this.#reads[slot]?.(row);
    row.values[slot] = read;
    return read;
  }

  /** A row of `facts` in which nothing has been read. */
  rowOf(facts: object): FactRow {
    return { facts, values: this.#unread.slice(), groups: this.#groups.map(() => UNREAD) };
  }

  #ofFacts(path: string): ReadRow {
    const dot = path.indexOf(".");
    if (dot < 0) return ({ facts }) => step(facts, path);
    const name = path.slice(0, dot);
    const known = this.#groups.indexOf(name);
    const group = known < 0 ? this.#groups.push(name) - 1 : known;
    const read = readerOf(path.slice(dot + 1));
    return (row) => {
      const found = row.groups[group];
      if (found !== UNREAD) return read(found);
      const fresh = step(row.facts, name);
      row.groups[group] = fresh;
      return read(fresh);
    };
  }

  testOf(path: string, test: ValueTest): RowTest {
    const slot = this.of(path);
    return (row) => {
      const value = row.values[slot];
      return test(value === UNREAD ? this.value(row, slot) : value);
    };
  }

  /** As `testOf`, open where the value is and what it can be, one of `possible`, decides. */
  threeOf(path: string, test: ValueTest, possible: readonly unknown[] | null): RowThree {
    const slot = this.of(path);
    const answers = new Set(possible?.map(test));
    const open = answers.size === 1 ? threeFor(answers.has(true)) : MAYBE;
    return (row) => {
      const value = this.value(row, slot);
      return value === OPEN ? open : threeFor(test(value));
    };
  }
}

/** The same facts; what is written into the copy is not written into `row`. */
export function copyOf({ facts, values, groups }: FactRow): FactRow {
  return { facts, values: values.slice(), groups: groups.slice() };
}

function threeFor(answer: boolean): Three {
  return answer ? YES : NO;
}
