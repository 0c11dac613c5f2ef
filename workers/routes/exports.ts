/**
 * /api/sites/{site}/exports/{table}.csv, .parquet and .json — history, streamed by key pages or read page by page.
 */
import { Hono } from "hono";
import * as z from "zod";
import { requireAdmin } from "../auth/authenticate.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { csvOf } from "../exports/csv.ts";
import { ndjsonOf } from "../exports/ndjson.ts";
import { readPage, type Span } from "../exports/pages.ts";
import { readSettings } from "../kpis/site-settings.ts";
import { parquetOf } from "../exports/parquet.ts";
import { columnsOf, EXPORTS, isMoment, TABLES } from "../exports/tables.ts";
import { assertSpan, readMoment } from "./asked-span.ts";
import { cursorOf, jsonContent, readCursor, REFUSALS, renderError } from "./openapi.ts";

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

function streamOf(parts: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
}

const description =
  "The last 31 days by arrival, unless `from` (inside) and `to` (not) say otherwise; a date begins that day of the site's time zone. Moments are told in UTC.";
const query = z.object({ from: z.string().optional(), to: z.string().optional() });
const described = (format: Format, summary: string, names: readonly string[]) => ({
  method: "get" as const,
  path: `/sites/{site}/exports/{table}.${format}`,
  summary,
  description,
  tags: ["Figures"],
  request: { params: z.object({ site: z.string(), table: z.enum(names) }), query },
});

/** The routes as the API describes them; they answer with streams, so they are written without schemas of their own. */
export const describedExports = [
  {
    ...described("csv", "History as CSV", EXPORTS),
    responses: {
      200: { description: "The rows", content: { "text/csv": { schema: z.string() } } },
      ...REFUSALS,
    },
  },
  {
    ...described("parquet", "History as Parquet", EXPORTS),
    responses: {
      200: { description: "The rows", content: { [CONTENT_TYPES.parquet]: { schema: z.string() } } },
      ...REFUSALS,
    },
  },
  {
    ...described("ndjson", "Everything that happened in conversations, a line each", ["messages"]),
    responses: {
      200: { description: "The lines", content: { "application/x-ndjson": { schema: z.string() } } },
      ...REFUSALS,
    },
  },
  {
    ...described("json", "History page by page", Object.keys(TABLES)),
    request: {
      params: z.object({ site: z.string(), table: z.enum(Object.keys(TABLES)) }),
      query: query.extend({ cursor: z.string().optional(), limit: z.string().optional() }),
    },
    responses: {
      200: jsonContent(
        z.object({ items: z.array(z.record(z.string(), z.unknown())), next_cursor: z.string().nullable() }),
        "A page of rows, oldest first",
      ),
      ...REFUSALS,
    },
  },
];

/** What `file` names, or a 404 that says what there is. */
function readFile(file: string): { name: string; format: Format } {
  const [, name = "", wanted] = /^([a-z]+)\.(csv|parquet|json|ndjson)$/.exec(file) ?? [];
  const format = (["csv", "parquet", "json", "ndjson"] as const).find((known) => known === wanted);
  const names = format === "json" ? Object.keys(TABLES) : format === "ndjson" ? ["messages"] : EXPORTS;
  if (format === undefined || !names.includes(name)) {
    throw new ApiError(
      "not_found",
      `the exports are ${EXPORTS.join(", ")}, as .csv or .parquet (rows also as .json, messages as .ndjson)`,
    );
  }
  return { name, format };
}

const Limit = z.coerce.number().int().min(1).max(MAX_PAGE);

/** One page of `name` as JSON: moments in ISO 8601, and the cursor of the page after it. */
async function pageOf(
  env: Env,
  name: string,
  span: Span,
  { cursor, limit }: { cursor: string | undefined; limit: string | undefined },
): Promise<{ items: Record<string, unknown>[]; next_cursor: string | null }> {
  const table = TABLES[name];
  if (table === undefined) throw new ApiError("not_found", `there is no export ${name}`);
  const size = Limit.safeParse(limit ?? DEFAULT_PAGE);
  if (!size.success) throw new ApiError("invalid", `ask for 1 to ${MAX_PAGE} rows`, { path: "limit" });
  const place = cursor === undefined ? null : readCursor(z.tuple([z.number(), z.string()]), cursor);
  const { rows, next } = await readPage(env, name, table, span, place, size.data);
  const columns = columnsOf(name);
  return {
    items: rows.map((row) =>
      Object.fromEntries(
        columns.map((column, index) => {
          const cell = row[index] ?? null;
          const moment = typeof cell === "number" && isMoment(column);
          return [column, moment ? new Date(cell).toISOString() : cell];
        }),
      ),
    ),
    next_cursor: next === null ? null : cursorOf(next),
  };
}

export const exports = new Hono<AppEnv>().use(requireAdmin).get("/:file", async (c) => {
  const { name, format } = readFile(c.req.param("file"));
  const site = c.req.param("site") ?? "";
  const now = c.get("now");
  const { timezone: zone } = await readSettings(c.env, site);
  const to = readMoment(c.req.query("to"), "to", { zone, fallback: now + 1 });
  const from = readMoment(c.req.query("from"), "from", { zone, fallback: to - DEFAULT_DAYS * DAY_MS });
  const span = { site, ...assertSpan({ from, to }, Infinity) };
  if (format === "json") {
    c.header("cache-control", "private, no-store");
    const [cursor, limit] = [c.req.query("cursor"), c.req.query("limit")];
    return c.json(await pageOf(c.env, name, span, { cursor, limit }));
  }
  const parts = partsOf(c.env, name, format, span);
  return new Response(streamOf(parts), {
    headers: {
      "content-type": CONTENT_TYPES[format],
      "content-disposition": `attachment; filename="${site}-${name}.${format}"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
});

function partsOf(env: Env, name: string, format: keyof typeof CONTENT_TYPES, span: Span) {
  if (format === "ndjson") return ndjsonOf(env, span);
  return format === "csv" ? csvOf(env, name, span) : parquetOf(env, name, span);
}

exports.onError(renderError);
