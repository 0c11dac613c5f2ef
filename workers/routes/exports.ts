/**
 * /api/sites/{site}/exports/{table}.csv, .parquet and .json — history and key figures, streamed by key pages or read page
 * by page.
 */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { requireAdmin } from "../auth/authenticate.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { type Column, type Kind, typedColumnsOf } from "../exports/columns.ts";
import { csvOf, writtenCell } from "../exports/csv.ts";
import { KPI_COLUMNS, kpiPage, kpiPages, KPIS } from "../exports/kpi-rows.ts";
import { ndjsonOf } from "../exports/ndjson.ts";
import { pagesOf, readPage } from "../exports/pages.ts";
import { parquetOf } from "../exports/parquet.ts";
import { streamOf } from "../exports/stream.ts";
import { type Cell, EXPORTS, TABLES } from "../exports/tables.ts";
import { readSettings } from "../kpis/site-settings.ts";
import { assertSpan, readMoment } from "./asked-span.ts";
import { KpiQuery, readFigures } from "./kpis.ts";
import { cursorOf, jsonContent, readCursor, REFUSALS, renderError, SitePath } from "./openapi.ts";

const DAY_MS = 24 * 3_600_000;
const DEFAULT_DAYS = 31;
const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 200;

type Format = "csv" | "parquet" | "json" | "ndjson";

const CONTENT_TYPES = {
  csv: "text/csv; charset=utf-8; header=present",
  parquet: "application/vnd.apache.parquet",
  ndjson: "application/x-ndjson; charset=utf-8",
};

const description =
  "The last 31 days by arrival, unless `from` (inside) and `to` (not) say otherwise; a date begins that day of the site's time zone. Moments are told in UTC.";
const spanQuery = z.object({ from: z.string().optional(), to: z.string().optional() });
const page = z.object({ cursor: z.string().optional(), limit: z.string().optional() });
const ROWS = Object.keys(TABLES);
const figures =
  "Key figures, a row a group and figure, equal to `/kpis`: `group_by`, `kpis` and `business_hours` as there; without a span, the last 30 days.";

type Described = { format: Format; summary: string; names: readonly string[]; content: string };
const described = ({ format, summary, names, content }: Described) => ({
  method: "get" as const,
  path: `/sites/{site}/exports/{table}.${format}`,
  summary,
  description,
  tags: ["Figures"],
  request: { params: z.object({ site: z.string(), table: z.enum(names) }), query: spanQuery },
  responses: {
    200: { description: "The rows", content: { [content]: { schema: z.string() } } },
    ...REFUSALS,
  },
});
const describedFigures = (format: Exclude<Format, "ndjson">, content: string) => ({
  ...described({ format, summary: "Key figures, taken out", names: [KPIS], content }),
  path: `/sites/{site}/exports/${KPIS}.${format}`,
  description: figures,
  request: { params: SitePath, query: format === "json" ? KpiQuery.extend(page.shape) : KpiQuery },
});
const PAGE_OF_ROWS = {
  200: jsonContent(
    z.object({ items: z.array(z.record(z.string(), z.unknown())), next_cursor: z.string().nullable() }),
    "A page of rows, oldest first",
  ),
  ...REFUSALS,
};

/** The routes as the API describes them; they answer with streams, so they are written without schemas of their own. */
export const describedExports = [
  described({ format: "csv", summary: "History as CSV", names: EXPORTS, content: "text/csv" }),
  described({
    format: "parquet",
    summary: "History as Parquet",
    names: EXPORTS,
    content: CONTENT_TYPES.parquet,
  }),
  described({
    format: "ndjson",
    summary: "Everything that happened in conversations, a line each",
    names: ["messages"],
    content: "application/x-ndjson",
  }),
  {
    ...described({ format: "json", summary: "History page by page", names: ROWS, content: "" }),
    request: {
      params: z.object({ site: z.string(), table: z.enum(ROWS) }),
      query: spanQuery.extend(page.shape),
    },
    responses: PAGE_OF_ROWS,
  },
  describedFigures("csv", "text/csv"),
  describedFigures("parquet", CONTENT_TYPES.parquet),
  { ...describedFigures("json", ""), responses: PAGE_OF_ROWS },
];

/** What `file` names, or a 404 that says what there is. */
function readFile(file: string): { name: string; format: Format } {
  const [, name = "", wanted] = /^([a-z_]+)\.(csv|parquet|json|ndjson)$/.exec(file) ?? [];
  const format = (["csv", "parquet", "json", "ndjson"] as const).find((known) => known === wanted);
  const all = [...EXPORTS, KPIS];
  const names = format === "json" ? [...ROWS, KPIS] : format === "ndjson" ? ["messages"] : all;
  if (format === undefined || !names.includes(name)) {
    throw new ApiError(
      "not_found",
      `the exports are ${all.join(", ")}, as .csv or .parquet (rows also as .json, messages as .ndjson)`,
    );
  }
  return { name, format };
}

const Limit = z.coerce.number().int().min(1).max(MAX_PAGE);

/** Which page is asked for, by a cursor of this shape. */
function readPlace<T>(cursorShape: z.ZodType<T>, { cursor, limit }: z.infer<typeof page>) {
  const size = Limit.safeParse(limit ?? DEFAULT_PAGE);
  if (!size.success) throw new ApiError("invalid", `ask for 1 to ${MAX_PAGE} rows`, { path: "limit" });
  return { size: size.data, place: cursor === undefined ? null : readCursor(cursorShape, cursor) };
}

const toldCell = (kind: Kind, cell: Cell) =>
  kind === "flag" && cell === "true" ? true : writtenCell(kind, cell);

/** A page as JSON: moments in ISO 8601, and the cursor of the page after it. */
function pageOf(
  columns: readonly Column[],
  rows: readonly Cell[][],
  next: readonly (string | number)[] | null,
) {
  return {
    items: rows.map((row) =>
      Object.fromEntries(columns.map(({ name, kind }, index) => [name, toldCell(kind, row[index] ?? null)])),
    ),
    next_cursor: next === null ? null : cursorOf(next),
  };
}

const Place = z.tuple([z.number(), z.string()]);
const KpiPlace = z.tuple([z.string(), z.string()]);

export const exports = new Hono<AppEnv>().use(requireAdmin).get("/:file", async (c) => {
  const { name, format } = readFile(c.req.param("file"));
  c.header("cache-control", "private, no-store");
  return name === KPIS ? takeFigures(c, format) : takeHistory(c, name, format);
});

async function takeHistory(c: Context<AppEnv>, name: string, format: Format): Promise<Response> {
  const site = c.req.param("site") ?? "";
  const { timezone: zone } = await readSettings(c.env, site);
  const to = readMoment(c.req.query("to"), "to", { zone, fallback: c.get("now") + 1 });
  const from = readMoment(c.req.query("from"), "from", { zone, fallback: to - DEFAULT_DAYS * DAY_MS });
  const span = { site, ...assertSpan({ from, to }, Infinity) };
  const columns = typedColumnsOf(name);
  if (format === "ndjson") return fileOf(c, name, format, ndjsonOf(c.env, span));
  if (format !== "json") return fileOf(c, name, format, WRITERS[format](columns, pagesOf(c.env, name, span)));
  const table = TABLES[name];
  if (table === undefined) throw new ApiError("not_found", `there is no export ${name}`);
  const { size, place } = readPlace(Place, c.req.query());
  const { rows, next } = await readPage(c.env, name, table, span, place, size);
  return c.json(pageOf(columns, rows, next));
}

async function takeFigures(c: Context<AppEnv>, format: Format): Promise<Response> {
  const query = KpiQuery.safeParse(c.req.query());
  if (!query.success) {
    const path = String(query.error.issues[0]?.path[0] ?? "query");
    throw new ApiError("invalid", "ask for figures as `/kpis` does", { path });
  }
  const told = await readFigures(c.env, c.req.param("site") ?? "", query.data, c.get("now"), (work) =>
    c.executionCtx.waitUntil(work),
  );
  if (format === "csv" || format === "parquet") {
    return fileOf(c, KPIS, format, WRITERS[format](KPI_COLUMNS, kpiPages(told)));
  }
  const { size, place } = readPlace(KpiPlace, c.req.query());
  const { rows, next } = kpiPage(told, place, size);
  return c.json(pageOf(KPI_COLUMNS, rows, next));
}

const WRITERS = { csv: csvOf, parquet: parquetOf };

function fileOf(
  c: Context<AppEnv>,
  name: string,
  format: keyof typeof CONTENT_TYPES,
  parts: AsyncGenerator<Uint8Array>,
): Response {
  return new Response(streamOf(parts), {
    headers: {
      "content-type": CONTENT_TYPES[format],
      "content-disposition": `attachment; filename="${c.req.param("site")}-${name}.${format}"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

exports.onError(renderError);
