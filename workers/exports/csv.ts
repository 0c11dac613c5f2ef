/** Rows as CSV: cells that a spreadsheet would take for a formula are escaped, moments are ISO 8601 UTC. */
import Papa from "papaparse";
import { BEGINS_FORMULA } from "../../domain/history/csv-formula.ts";
import type { Column } from "./columns.ts";
import type { Cell } from "./tables.ts";

/** Rows in `columns`, page by page, their head first. */
export async function* csvOf(
  columns: readonly Column[],
  pages: AsyncIterable<Cell[][]> | Iterable<Cell[][]>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(lines([], [columns.map(({ name }) => name)]));
  for await (const rows of pages) yield encoder.encode(lines(columns, rows));
}

/** A cell as text formats have it: moments are written out. */
export function writtenCell(kind: Column["kind"] | undefined, cell: Cell): Cell {
  return kind === "moment" && typeof cell === "number" ? new Date(cell).toISOString() : cell;
}

function lines(columns: readonly Column[], rows: readonly Cell[][]): string {
  if (rows.length === 0) return "";
  const cells = rows.map((row) => row.map((cell, index) => writtenCell(columns[index]?.kind, cell)));
  return `${Papa.unparse(cells, { escapeFormulae: BEGINS_FORMULA, newline: "\r\n" })}\r\n`;
}
