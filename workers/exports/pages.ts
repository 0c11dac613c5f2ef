/** The rows of an export, by key pages: however many rows, a page in memory. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { readLog } from "../routes/conversation-logs.ts";
import { type Cell, type Table, TABLES } from "./tables.ts";

export const PAGE_ROWS = 1_000;
const CHATS_A_PAGE = 20;
const DAY_MS = 24 * 3_600_000;
/** What lasts longer is taken to be over. */
const LONGEST_MS = 31 * DAY_MS;

export type Span = { site: SiteKey; from: EpochMs; to: EpochMs };
/** After which row a page begins: its moment and its key. */
export type Place = [at: EpochMs, key: string];
export type Page = { rows: Cell[][]; next: Place | null };

/** The page of `table` after `place`, or the first; `next` is null where nothing follows. */
export async function readPage(
  env: Env,
  name: string,
  table: Table,
  span: Span,
  place: Place | null,
  size: number,
): Promise<Page> {
  const { moment, key, columns, read = {} } = table;
  const cells = columns.map((column) => read[column] ?? column).join(", ");
  const { site, from, to } = span;
  const { back, condition } = reachOf(table);
  const [at, after] = place ?? [from - back, ""];
  const rows = await env.DB.prepare(
    `SELECT ${cells}, ${moment}, ${key} FROM ${name}
     WHERE site = ?1 AND ${moment} >= ?2 AND ${moment} < ?3 AND (${moment} > ?4 OR ${key} > ?5) ${condition}
     ORDER BY ${moment}, ${key} LIMIT ${size}`,
  )
    .bind(site, at, to, at, after, ...(condition === "" ? [] : [from]))
    .raw<Cell[]>();
  const end = rows.at(-1);
  return {
    rows: rows.map((row) => row.slice(0, columns.length)),
    next: end === undefined || rows.length < size ? null : [Number(end.at(-2)), String(end.at(-1))],
  };
}

/** How long before the span a row of it may have begun, and what tells it from others of that time. */
function reachOf({ arrival, until }: Table): { back: number; condition: string } {
  if (arrival !== undefined) {
    return { back: DAY_MS, condition: `AND ${arrival} >= ?6 AND ${arrival} < ?3` };
  }
  if (until !== undefined) return { back: LONGEST_MS, condition: `AND (${until} IS NULL OR ${until} > ?6)` };
  return { back: 0, condition: "" };
}

/** The rows of the export `name`, a page at a time. */
export async function* pagesOf(env: Env, name: string, span: Span): AsyncGenerator<Cell[][]> {
  const table = TABLES[name];
  if (table !== undefined) {
    yield* tablePages(env, name, table, span, PAGE_ROWS);
    return;
  }
  for await (const id of chatsOf(env, span)) yield await messagesOf(env, span.site, id);
}

/** Everything that happened in the conversations of `span`, a conversation at a time: messages, transfers, ends. */
export async function* eventsOf(env: Env, span: Span): AsyncGenerator<Record<string, unknown>[]> {
  for await (const conversation_id of chatsOf(env, span)) {
    const events = await readLog(env, span.site, conversation_id);
    yield events.map((event) => ({ conversation_id, ...event }));
  }
}

async function* chatsOf(env: Env, span: Span): AsyncGenerator<string> {
  const chats: Table = { moment: "created_at", key: "id", columns: ["id"] };
  for await (const rows of tablePages(env, "conversations", chats, span, CHATS_A_PAGE)) {
    for (const [id] of rows) yield String(id);
  }
}

async function* tablePages(
  env: Env,
  name: string,
  table: Table,
  span: Span,
  size: number,
): AsyncGenerator<Cell[][]> {
  let place: Place | null = null;
  do {
    const page: Page = await readPage(env, name, table, span, place, size);
    if (page.rows.length > 0) yield page.rows;
    place = page.next;
  } while (place !== null);
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
