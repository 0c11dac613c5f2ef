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
  #written = new Map<Moment, string>();

  write(state: VisitorState): string {
    const { visit, ...others } = state;
    if (visit === null) return JSON.stringify(state);
    const { recent, ...bare } = visit;
    const lines = recent.map((moment) => this.#written.get(moment) ?? JSON.stringify(moment));
    this.#written = new Map(recent.map((moment, index) => [moment, lines[index] ?? ""]));
    return `${open(others)},"visit":${open(bare)},"recent":[${lines.join(",")}]}}`;
  }
}

export function readRow(row: string): VisitorState {
  return upgraded(JSON.parse(row) as StoredState);
}

/** The JSON of `object`, which has at least one key, without its end. */
function open(object: object): string {
  return JSON.stringify(object).slice(0, -1);
}
