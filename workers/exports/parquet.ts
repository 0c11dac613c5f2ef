/**
 * Rows as Parquet, streamed in row groups of bounded size: what is in memory is one group and the file's footer.
 *
 * Shapes  moments are timestamps in milliseconds, flags booleans, counts and amounts numbers, all else text; every
 *         column may be null.
 */
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import type { SchemaElement } from "hyparquet-writer";
import type { Column, Kind } from "./columns.ts";
import type { Cell } from "./tables.ts";

const ROWS_A_GROUP = 5_000;

type Value = Date | boolean | number | string | null;

/** Rows in `columns`, page by page, as the bytes of one file. */
export async function* parquetOf(
  columns: readonly Column[],
  pages: AsyncIterable<Cell[][]> | Iterable<Cell[][]>,
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: "root", num_children: columns.length }, ...columns.map(elementOf)],
    createdBy: "aparte",
  });
  let group: Cell[][] = [];
  for await (const rows of pages) {
    group.push(...rows);
    if (group.length < ROWS_A_GROUP) continue;
    await write(writer, columns, group);
    group = [];
    yield taken(bytes);
  }
  if (group.length > 0) await write(writer, columns, group);
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
  columns: readonly Column[],
  rows: readonly Cell[][],
): Promise<void> {
  const columnData = columns.map(({ name, kind }, index) => ({
    name,
    data: rows.map((row) => valueOf(kind, row[index] ?? null)),
  }));
  await writer.write({ columnData, rowGroupSize: ROWS_A_GROUP * 2 });
}

function valueOf(kind: Kind, cell: Cell): Value {
  if (cell === null) return null;
  switch (kind) {
    case "moment":
      return new Date(typeof cell === "number" ? cell : Date.parse(cell));
    case "flag":
      return cell === 1 || cell === "true";
    case "count":
    case "amount":
      return Number(cell);
    case "text":
      return String(cell);
    default:
      return kind satisfies never;
  }
}

function elementOf({ name, kind }: Column): SchemaElement {
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
