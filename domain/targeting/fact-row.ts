/**
 * The facts of one moment as a row of values, a slot for each fact that a site's conditions ask about.
 *
 * Each value is read once, when something first asks for it, however many conditions do. What moves (time, the event
 * of a later moment, the desk, the segments that hang on them) is written into the slots, so that another moment is
 * the same row with other values and no facts are copied.
 */
import { readerOf } from "./fact-values.ts";
import { MAYBE, NO, type Three, type ValueTest, YES } from "./plan.ts";

/** What stands in a slot that nothing has asked for yet. */
export const UNREAD = Symbol("unread");
/** What stands in a slot whose value is left open. */
export const OPEN = Symbol("open");

export type FactRow = { facts: object; values: unknown[] };
type ReadRow = (row: FactRow) => unknown;
/** A test that reads its fact from a row. */
export type RowTest = (row: FactRow) => boolean;
export type RowThree = (row: FactRow) => Three;

export class FactSlots {
  readonly #slots = new Map<string, number>();
  readonly #reads: ReadRow[] = [];
  readonly #unread: unknown[] = [];

  /** Each fact that has a slot. */
  get all(): ReadonlyMap<string, number> {
    return this.#slots;
  }

  /** The slot of `path`; the first who asks for it makes it, with `read`. */
  of(path: string, read: ReadRow = ofFacts(path)): number {
    const known = this.#slots.get(path);
    if (known !== undefined) return known;
    const slot = this.#reads.length;
    this.#slots.set(path, slot);
    this.#reads.push(read);
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
    return { facts, values: this.#unread.slice() };
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

function threeFor(answer: boolean): Three {
  return answer ? YES : NO;
}

function ofFacts(path: string): ReadRow {
  const read = readerOf(path);
  return ({ facts }) => read(facts);
}
