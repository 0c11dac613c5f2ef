/** A table as a CSV file that spreadsheets open in any language and in which no cell can be a formula. */
import papaparse from "papaparse";
import { BEGINS_FORMULA } from "../../../domain/history/csv-formula.ts";

export type CsvCell = string | number | null;

/** RFC 4180 text with a byte order mark. */
export function writeCsv(rows: readonly (readonly CsvCell[])[]): string {
  const copied = rows.map((row) => [...row]);
  return `\uFEFF${papaparse.unparse(copied, { escapeFormulae: BEGINS_FORMULA, newline: "\r\n" })}\r\n`;
}

/** Hand `text` to the reader as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
