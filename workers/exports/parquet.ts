/**
 * History as Parquet, streamed in row groups of bounded size: what is in memory is one group and the file's footer.
 *
 * Shapes  moments are timestamps in milliseconds, flags booleans, counts and amounts numbers, all else text; every
 *         column may be null.
 */
import { getTableColumns } from "drizzle-orm";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import type { SchemaElement } from "hyparquet-writer";
import { conversations, exposures, orders, sessions, surveys } from "../../migrations/schema.ts";
import { pagesOf, type Span } from "./pages.ts";
import { type Cell, columnsOf, isMoment } from "./tables.ts";

const ROWS_A_GROUP = 5_000;

type Kind = "moment" | "flag" | "count" | "amount" | "text";
type Value = Date | boolean | number | string | null;

const STORED = { conversations, exposures, orders, sessions, surveys };

/** The export `name` in `span`, as the bytes of one file. */
export async function* parquetOf(env: Env, name: string, span: Span): AsyncGenerator<Uint8Array> {
  const columns = columnsOf(name);
  const kinds = columns.map((column) => kindOf(name, column));
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: "root", num_children: columns.length },
      ...columns.map((column, index) => elementOf(column, kinds[index] ?? "text")),
    ],
    createdBy: "aparte",
  });
  let group: Cell[][] = [];
  for await (const rows of pagesOf(env, name, span)) {
    group.push(...rows);
    if (group.length < ROWS_A_GROUP) continue;
    await write(writer, columns, kinds, group);
    group = [];
    yield taken(bytes);
  }
  if (group.length > 0) await write(writer, columns, kinds, group);
  await writer.finish();
  yield taken(bytes);
}

/** What was written since the last time; the writer goes on counting from the file's beginning. */
function taken(bytes: ByteWriter): Uint8Array {
  const part = bytes.getBytes().slice();
  bytes.index = 0;
  return part;
}

async function write(
  writer: ParquetWriter,
  columns: readonly string[],
  kinds: readonly Kind[],
  rows: readonly Cell[][],
): Promise<void> {
  const columnData = columns.map((name, index) => {
    const kind = kinds[index] ?? "text";
    return { name, data: rows.map((row) => valueOf(kind, row[index] ?? null)) };
  });
  await writer.write({ columnData, rowGroupSize: ROWS_A_GROUP * 2 });
}

function valueOf(kind: Kind, cell: Cell): Value {
  if (cell === null) return null;
  switch (kind) {
    case "moment":
      return new Date(typeof cell === "number" ? cell : Date.parse(cell));
    case "flag":
      return cell === 1;
    case "count":
    case "amount":
      return Number(cell);
    case "text":
      return String(cell);
    default:
      return kind satisfies never;
  }
}

function elementOf(name: string, kind: Kind): SchemaElement {
  const base = { name, repetition_type: "OPTIONAL" as const };
  switch (kind) {
    case "moment":
      return { ...base, type: "INT64", converted_type: "TIMESTAMP_MILLIS" };
    case "flag":
      return { ...base, type: "BOOLEAN" };
    case "count":
      return { ...base, type: "INT32" };
    case "amount":
      return { ...base, type: "DOUBLE" };
    case "text":
      return { ...base, type: "BYTE_ARRAY", converted_type: "UTF8" };
    default:
      return kind satisfies never;
  }
}

/** What D1 keeps in `column` of the export `name`. */
function kindOf(name: string, column: string): Kind {
  if (isMoment(column)) return "moment";
  const table = Object.entries(STORED).find(([known]) => known === name)?.[1];
  if (table === undefined) return column === "seq" ? "count" : "text";
  const stored = Object.values(getTableColumns(table)).find((one) => one.name === column);
  if (stored?.dataType === "boolean") return "flag";
  if (stored?.columnType === "SQLiteReal") return "amount";
  return stored?.dataType === "number" ? "count" : "text";
}
