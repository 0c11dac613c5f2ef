/**
 * A visitor's state as the one text that is stored: JSON.
 *
 * Shapes  `RowWriter.write` and `readRow` are each other's inverse, but for rows of older releases, which are upgraded.
 */
import type { Moment, VisitorState } from "./state.ts";
import { type StoredState, upgraded } from "./upgrade.ts";

/**
 * Writes one visitor's rows. A moment never changes once it is kept, so what was written of the last row's moments is
 * taken from there: a beacon writes out what it brought and not again everything before it.
 */
export class RowWriter {
  /** The moments of the last row, their JSON one after another with commas between, and how long each is. */
  #moments: readonly Moment[] = [];
  #text = "";
  #lengths: number[] = [];

  write(state: VisitorState): string {
    const { visit, ...others } = state;
    if (visit === null) return JSON.stringify(state);
    const { recent, ...bare } = visit;
    this.#keepOf(recent);
    for (const moment of recent.slice(this.#moments.length)) this.#append(JSON.stringify(moment));
    this.#moments = recent;
    return `${open(others)},"visit":${open(bare)},"recent":[${this.#text}]}}`;
  }

  /** Drops what was written before the first of `recent`; all of it where they are not its continuation. */
  #keepOf(recent: readonly Moment[]): void {
    const [oldest] = recent;
    const from = oldest === undefined ? -1 : this.#moments.indexOf(oldest);
    const known = from < 0 ? [] : this.#moments.slice(from);
    const goesOn = known.length > 0 && known.every((moment, at) => moment === recent[at]);
    const dropped = this.#lengths.splice(0, goesOn ? from : this.#lengths.length);
    const cut = dropped.reduce((sum, length) => sum + length + ",".length, 0);
    this.#text = this.#text.slice(cut);
    this.#moments = goesOn ? known : [];
  }

  #append(line: string): void {
    this.#text += this.#lengths.length === 0 ? line : `,${line}`;
    this.#lengths.push(line.length);
  }
}

export function readRow(row: string): VisitorState {
  return upgraded(JSON.parse(row) as StoredState);
}

/** The JSON of `object`, which has at least one key, without its end. */
function open(object: object): string {
  return JSON.stringify(object).slice(0, -1);
}
