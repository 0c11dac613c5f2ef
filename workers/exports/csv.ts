/** History as CSV: cells that a spreadsheet would take for a formula are escaped, moments are ISO 8601 UTC. */
import Papa from "papaparse";
import { BEGINS_FORMULA } from "../../domain/history/csv-formula.ts";
import { pagesOf, type Span } from "./pages.ts";
import { type Cell, columnsOf, isMoment } from "./tables.ts";

/** The export `name` in `span`, its head first. */
export async function* csvOf(env: Env, name: string, span: Span): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const columns = columnsOf(name);
  yield encoder.encode(lines([], [[...columns]]));
  for await (const rows of pagesOf(env, name, span)) yield encoder.encode(lines(columns, rows));
}

function lines(columns: readonly string[], rows: readonly Cell[][]): string {
  const cells = rows.map((row) =>
    row.map((cell, index) => {
      const moment = typeof cell === "number" && isMoment(columns[index] ?? "");
      return moment ? new Date(cell).toISOString() : cell;
    }),
  );
  return cells.length === 0
    ? ""
    : `${Papa.unparse(cells, { escapeFormulae: BEGINS_FORMULA, newline: "\r\n" })}\r\n`;
}
