/**
 * /api/sites/{site}/exports/{table}.csv — history as CSV, streamed by key pages: however many rows, a page in memory.
 *
 * Cells that a spreadsheet would take for a formula are escaped; moments are ISO 8601 UTC.
 */
import { Hono } from "hono";
import Papa from "papaparse";
import * as z from "zod";
import { BEGINS_FORMULA } from "../../domain/history/csv-formula.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { requireAdmin } from "../auth/authenticate.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { readLog } from "./conversation-logs.ts";
import { readMoment } from "./kpis.ts";
import { REFUSALS, renderError } from "./openapi.ts";

const PAGE_ROWS = 1_000;
const CHATS_A_PAGE = 20;
const DAY_MS = 24 * 3_600_000;
const DEFAULT_DAYS = 31;

type Cell = string | number | null;
type Table = {
  /** Columns that are read as something else than themselves. */
  read?: Record<string, string>;
  /** What the rows are taken and sorted by; an index on (site, moment) exists. */
  moment: string;
  key: string;
  columns: readonly string[];
  /** When the row arrived, where that is not `moment`; it may be up to a day later. */
  arrival?: string;
};

/** An order that a server told for a user alone belongs to the visitor who is linked to that user, latest first. */
const LINKED_VISITOR = `CASE WHEN visitor_id LIKE 'u:%' THEN coalesce(
  (SELECT i.visitor_id FROM identities i WHERE i.site = orders.site AND i.user_id = substr(orders.visitor_id, 3)
     AND i.visitor_id <> orders.visitor_id ORDER BY i.at DESC, i.visitor_id LIMIT 1), visitor_id) ELSE visitor_id END`;

const TABLES: Record<string, Table> = {
  sessions: {
    moment: "started_at",
    key: "id",
    columns: [
      "id",
      "visitor_id",
      "user_id",
      "started_at",
      "last_at",
      "ended_at",
      "pages",
      "events",
      "seconds",
      "entry_path",
      "referrer",
      "channel",
      "utm",
      "device_type",
      "browser",
      "os",
      "language",
      "country",
      "region",
      "city",
      "cart_value",
      "cart_items",
      "global_holdout",
      "covered",
      "eligible",
    ],
  },
  exposures: {
    moment: "eligible_at",
    key: "id",
    columns: [
      "id",
      "visitor_id",
      "session_id",
      "campaign_id",
      "phase",
      "variant",
      "kind",
      "arm",
      "probability",
      "eligible_at",
      "shown_at",
      "opened_at",
      "declined_at",
      "ignored_at",
      "clicked_at",
    ],
  },
  orders: {
    moment: "at",
    key: "order_id",
    arrival: "received_at",
    read: { visitor_id: LINKED_VISITOR },
    columns: [
      "order_id",
      "visitor_id",
      "user_id",
      "session_id",
      "at",
      "received_at",
      "total",
      "currency",
      "status",
      "items",
      "covered",
    ],
  },
  conversations: {
    moment: "created_at",
    key: "id",
    columns: [
      "id",
      "visitor_id",
      "user_id",
      "decision_id",
      "skill",
      "locale",
      "page",
      "status",
      "agent_id",
      "created_at",
      "queued_at",
      "assigned_at",
      "first_visitor_message_at",
      "first_agent_message_at",
      "last_message_at",
      "closed_at",
      "close_reason",
      "outcome",
      "visitor_messages",
      "agent_messages",
    ],
  },
  surveys: {
    moment: "at",
    key: "conversation_id",
    columns: [
      "conversation_id",
      "visitor_id",
      "at",
      "welcome",
      "wait",
      "answer",
      "csat",
      "nps",
      "ces",
      "resolved",
      "comment",
    ],
  },
};
const MESSAGE_COLUMNS = ["conversation_id", "seq", "at", "role", "from_id", "from_name", "kind", "body"];

type Span = { site: SiteKey; from: EpochMs; to: EpochMs };

function isMoment(column: string): boolean {
  return column === "at" || column.endsWith("_at");
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

/** The rows of `table` in `span`, a page at a time, each page after the last key of the one before. */
async function* pagesOf(
  env: Env,
  name: string,
  table: Table,
  span: Span,
  size: number,
): AsyncGenerator<Cell[][]> {
  const { moment, key, columns, arrival, read = {} } = table;
  const cells = columns.map((column) => read[column] ?? column).join(", ");
  const arrived = arrival === undefined ? "" : `AND ${arrival} >= ?6 AND ${arrival} < ?3`;
  const statement = env.DB.prepare(
    `SELECT ${cells}, ${moment}, ${key} FROM ${name}
     WHERE site = ?1 AND ${moment} >= ?2 AND ${moment} < ?3 AND (${moment} > ?4 OR ${key} > ?5) ${arrived}
     ORDER BY ${moment}, ${key} LIMIT ${size}`,
  );
  const { site, from, to } = span;
  let last: [EpochMs, string] = [arrival === undefined ? from : from - DAY_MS, ""];
  for (;;) {
    const values = [site, last[0], to, last[0], last[1]];
    const rows = await statement.bind(...values, ...(arrival === undefined ? [] : [from])).raw<Cell[]>();
    const end = rows.at(-1);
    if (end === undefined) return;
    last = [Number(end.at(-2)), String(end.at(-1))];
    yield rows.map((row) => row.slice(0, columns.length));
    if (rows.length < size) return;
  }
}

async function* csvOf(env: Env, name: string, span: Span): AsyncGenerator<string> {
  const table = TABLES[name];
  if (table !== undefined) {
    yield lines([], [[...table.columns]]);
    for await (const rows of pagesOf(env, name, table, span, PAGE_ROWS)) yield lines(table.columns, rows);
    return;
  }
  yield lines([], [MESSAGE_COLUMNS]);
  const chats: Table = { moment: "created_at", key: "id", columns: ["id"] };
  for await (const rows of pagesOf(env, "conversations", chats, span, CHATS_A_PAGE)) {
    for (const [id] of rows) yield lines(MESSAGE_COLUMNS, await messagesOf(env, span.site, String(id)));
  }
}

async function messagesOf(env: Env, site: SiteKey, conversation: string): Promise<Cell[][]> {
  const events = await readLog(env, site, conversation);
  return events
    .filter(({ type }) => type === "message")
    .map((event) => {
      const from = (event["from"] ?? {}) as { role?: string; id?: string; name?: string | null };
      const { seq, at } = event;
      const [kind, body] = [String(event["kind"] ?? ""), String(event["body"] ?? "")];
      return [conversation, seq, at, from.role ?? null, from.id ?? null, from.name ?? null, kind, body];
    });
}

function streamOf(parts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
}

/** The route as the API describes it; it answers with text, so it is written without a schema of its own. */
export const describedExport = {
  method: "get" as const,
  path: "/sites/{site}/exports/{table}.csv",
  summary: "History as CSV",
  description: "The last 31 days by arrival, unless `from` (inside) and `to` (not) say otherwise.",
  tags: ["Figures"],
  request: {
    params: z.object({ site: z.string(), table: z.enum([...Object.keys(TABLES), "messages"]) }),
    query: z.object({ from: z.string().optional(), to: z.string().optional() }),
  },
  responses: {
    200: { description: "The rows", content: { "text/csv": { schema: z.string() } } },
    ...REFUSALS,
  },
};

export const exports = new Hono<AppEnv>().use(requireAdmin).get("/:file", (c) => {
  const name = /^([a-z]+)\.csv$/.exec(c.req.param("file"))?.[1] ?? "";
  if (!Object.hasOwn(TABLES, name) && name !== "messages") {
    const known = [...Object.keys(TABLES), "messages"].map((table) => `${table}.csv`).join(", ");
    throw new ApiError("not_found", `the exports are ${known}`);
  }
  const site = c.req.param("site") ?? "";
  const now = c.get("now");
  const to = readMoment(c.req.query("to"), "to", now + 1);
  const from = readMoment(c.req.query("from"), "from", to - DEFAULT_DAYS * DAY_MS);
  if (from >= to) throw new ApiError("invalid", "`from` must be before `to`", { path: "from" });
  return new Response(streamOf(csvOf(c.env, name, { site, from, to })), {
    headers: {
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": `attachment; filename="${site}-${name}.csv"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
});

exports.onError(renderError);
