/**
 * /api/sites/{site}/conversations — what was said, from history: a list, a search, one with its log.
 *
 * The room owns a conversation while it lasts; what stands here follows within seconds, its log within minutes.
 */
import { createRoute } from "@hono/zod-openapi";
import { and, desc, eq, gte, lt, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { TranscriptLine, transcriptOf } from "../../domain/chat/content-transcript.ts";
import { AskedQuestions } from "../../domain/history/records.ts";
import { isoOf, type SiteKey } from "../../domain/ids.ts";
import { conversations as table, surveys } from "../../migrations/schema.ts";
import { ApiError } from "../errors.ts";
import { readSettings } from "../kpis/site-settings.ts";
import { loadSite } from "../site/site-config.ts";
import { LogEvent, readWholeLog } from "./conversation-logs.ts";
import { matchQuery } from "./full-text.ts";
import { readMoment } from "./asked-span.ts";
import {
  ItemPath,
  Page,
  REFUSALS,
  SitePath,
  jsonContent,
  listOf,
  nounRouter,
  pageOf,
  readCursor,
} from "./openapi.ts";

const when = z.string().nullable();
const Conversation = z.object({
  id: z.string(),
  visitor_id: z.string(),
  decision_id: z.string().nullable(),
  skill: z.string().nullable(),
  locale: z.string().nullable(),
  page: z.string().nullable(),
  status: z.string(),
  agent_id: z.string().nullable(),
  outcome: z.string().nullable(),
  close_reason: z.string().nullable(),
  visitor_messages: z.int(),
  agent_messages: z.int(),
  /** How often it went from one agent to another; null while that is not known. */
  transfers: z.int().nullable(),
  /** The wrap-up codes that its agent chose, and what was written beside them. */
  codes: z.array(z.string()),
  wrap_up_note: z.string().nullable(),
  /** Whether its visitor was asked what they thought; null while it goes on, and where that was not told. */
  survey_asked: z.boolean().nullable(),
  /** What it asked, in the order in which it was asked; nothing of nobody, null as well where that was not told. */
  survey_questions: AskedQuestions.nullable(),
  created_at: z.string(),
  first_visitor_message_at: when,
  first_agent_message_at: when,
  last_message_at: when,
  closed_at: when,
});
/** Where it was searched for: what was found stands between U+0002 and U+0003. */
const Found = Conversation.extend({ snippet: z.string().nullable() });
const Survey = z.object({
  welcome: z.int().nullable(),
  wait: z.int().nullable(),
  answer: z.int().nullable(),
  csat: z.int().nullable(),
  nps: z.int().nullable(),
  ces: z.int().nullable(),
  resolved: z.boolean().nullable(),
  comment: z.string().nullable(),
});
const Whole = Conversation.extend({
  /** Proven by the site's signature or an API key. */
  user_id: z.string().nullable(),
  survey: Survey.nullable(),
  log: z.array(LogEvent),
});

type Row = typeof table.$inferSelect;

function maybeIso(at: number | null): string | null {
  return at === null ? null : isoOf(at);
}

export function conversationOf(row: Row): z.infer<typeof Conversation> {
  return {
    id: row.id,
    visitor_id: row.visitorId,
    decision_id: row.decisionId,
    skill: row.skill,
    locale: row.locale,
    page: row.page,
    status: row.status,
    agent_id: row.agentId,
    outcome: row.outcome,
    close_reason: row.closeReason,
    visitor_messages: row.visitorMessages,
    agent_messages: row.agentMessages,
    transfers: row.transfers,
    codes: row.codes === null ? [] : z.array(z.string()).parse(JSON.parse(row.codes)),
    wrap_up_note: row.wrapUpNote,
    survey_asked: row.surveyAsked,
    survey_questions:
      row.surveyQuestions === null ? null : AskedQuestions.parse(JSON.parse(row.surveyQuestions)),
    created_at: isoOf(row.createdAt),
    first_visitor_message_at: maybeIso(row.firstVisitorMessageAt),
    first_agent_message_at: maybeIso(row.firstAgentMessageAt),
    last_message_at: maybeIso(row.lastMessageAt),
    closed_at: maybeIso(row.closedAt),
  };
}

const tags = ["Conversations"];
const list = createRoute({
  method: "get",
  path: "/",
  summary: "Conversations, newest first; `q` searches closed ones by word",
  description:
    "`q` finds words by their beginning, whatever accents and capitals they have. What was found stands in `snippet` between U+0002 and U+0003.",
  tags,
  request: {
    params: SitePath,
    query: Page.extend({
      q: z.string().max(200).optional(),
      status: z.enum(["new", "queued", "open", "closed"]).optional(),
      agent: z.string().max(100).optional(),
      visitor: z.string().max(300).optional(),
      skill: z.string().max(60).optional(),
      /** A wrap-up code that its agent chose. */
      code: z.string().max(64).optional(),
      /** What its visitor answered to how satisfied they are. */
      csat: z.coerce.number().int().min(1).max(5).optional(),
      from: z.string().optional(),
      to: z.string().optional(),
    }),
  },
  responses: { 200: jsonContent(listOf(Found), "Conversations"), ...REFUSALS },
});
const read = createRoute({
  method: "get",
  path: "/{id}",
  summary: "One conversation with its log and survey",
  tags,
  request: { params: ItemPath },
  responses: { 200: jsonContent(Whole, "The conversation"), ...REFUSALS },
});

const transcript = createRoute({
  method: "get",
  path: "/{id}/transcript.txt",
  summary: "What was said, as a text to keep; notes only with `notes=1`",
  tags,
  request: { params: ItemPath, query: z.object({ notes: z.enum(["0", "1"]).default("0") }) },
  responses: {
    200: { description: "The text", content: { "text/plain": { schema: z.string() } } },
    ...REFUSALS,
  },
});

export const conversationHistory = nounRouter();

conversationHistory.openapi(list, async (c) => {
  const { site } = c.req.valid("param");
  const { cursor, limit, q, status, agent, visitor, skill, code, csat, from, to } = c.req.valid("query");
  const after = cursor === undefined ? null : readCursor(z.tuple([z.number(), z.string()]), cursor);
  const { timezone: zone } = await readSettings(c.env, site);
  const match = q === undefined ? undefined : matchQuery(q);
  if (match === null) return c.json({ items: [], next_cursor: null }, 200);
  const found =
    match === undefined
      ? undefined
      : sql`${table.id} IN (SELECT t.conversation_id FROM conversation_search
          JOIN conversation_texts t ON t.rowid = conversation_search.rowid
          WHERE conversation_search MATCH ${match} AND t.site = ${site})`;
  const rows = await drizzle(c.env.DB)
    .select()
    .from(table)
    .where(
      and(
        eq(table.site, site),
        found,
        status === undefined ? undefined : eq(table.status, status),
        agent === undefined ? undefined : eq(table.agentId, agent),
        visitor === undefined ? undefined : eq(table.visitorId, visitor),
        skill === undefined ? undefined : eq(table.skill, skill),
        code === undefined
          ? undefined
          : sql`EXISTS (SELECT 1 FROM json_each(${table.codes}) WHERE value = ${code})`,
        csat === undefined
          ? undefined
          : sql`EXISTS (SELECT 1 FROM surveys s
              WHERE s.site = ${site} AND s.conversation_id = ${table.id} AND s.csat = ${csat})`,
        from === undefined
          ? undefined
          : gte(table.createdAt, readMoment(from, "from", { zone, fallback: 0 })),
        to === undefined ? undefined : lt(table.createdAt, readMoment(to, "to", { zone, fallback: 0 })),
        after === null
          ? undefined
          : or(lt(table.createdAt, after[0]), and(eq(table.createdAt, after[0]), lt(table.id, after[1]))),
      ),
    )
    .orderBy(desc(table.createdAt), desc(table.id))
    .limit(limit + 1);
  const ids = rows.slice(0, limit).map(({ id }) => id);
  const snippets = match === undefined ? null : await snippetsOf(c.env, site, match, ids);
  const foundOf = (row: Row) => ({ ...conversationOf(row), snippet: snippets?.get(row.id) ?? null });
  return c.json(
    pageOf(rows, limit, ({ createdAt, id }) => [createdAt, id], foundOf),
    200,
  );
});

const SNIPPET_WORDS = 24;

/** Where `match` was found in each of `ids`: marked, never markup. */
async function snippetsOf(
  env: Env,
  site: SiteKey,
  match: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { results } = await env.DB.prepare(
    `select t.conversation_id as id, snippet(conversation_search, 0, char(2), char(3), '…', ${SNIPPET_WORDS}) as said
     from conversation_search join conversation_texts t on t.rowid = conversation_search.rowid
     where conversation_search match ?1 and t.site = ?2
       and t.conversation_id in (select value from json_each(?3))`,
  )
    .bind(match, site, JSON.stringify(ids))
    .all<{ id: string; said: string }>();
  return new Map(results.map(({ id, said }) => [id, said]));
}

conversationHistory.openapi(read, async (c) => {
  const { site, id } = c.req.valid("param");
  const db = drizzle(c.env.DB);
  const row = await db
    .select()
    .from(table)
    .where(and(eq(table.site, site), eq(table.id, id)))
    .get();
  if (row === undefined) throw new ApiError("not_found", "there is no such conversation at this site");
  const [log, survey] = await Promise.all([
    readWholeLog(c.env, site, row),
    db
      .select()
      .from(surveys)
      .where(and(eq(surveys.site, site), eq(surveys.conversationId, id)))
      .get(),
  ]);
  const answers = survey === undefined ? null : Survey.parse(survey);
  return c.json({ ...conversationOf(row), user_id: row.userId, survey: answers, log }, 200);
});

conversationHistory.openapi(transcript, async (c) => {
  const { site, id } = c.req.valid("param");
  const known = await drizzle(c.env.DB)
    .select({ id: table.id, closedAt: table.closedAt })
    .from(table)
    .where(and(eq(table.site, site), eq(table.id, id)))
    .get();
  const live = await loadSite(c.env, c.executionCtx, site, c.var.now);
  if (known === undefined || live === null)
    throw new ApiError("not_found", "there is no such conversation at this site");
  const { locale, timezone, name } = live.config.settings;
  const log = z.array(TranscriptLine).parse(await readWholeLog(c.env, site, known));
  const notes = c.req.valid("query").notes === "1";
  const text = transcriptOf(log, { locale, timezone, site: name, conversation: id, notes });
  return c.text(text, 200, {
    "content-type": "text/plain; charset=utf-8",
    "content-disposition": `attachment; filename="${id}.txt"`,
  });
});
