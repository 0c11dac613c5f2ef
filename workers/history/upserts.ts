/**
 * One statement a record: an upsert that only a higher revision wins, so that a message may come twice, late or in
 * any order and D1 ends the same.
 */
import { getTableColumns, type InferInsertModel, sql, type SQL } from "drizzle-orm";
import type { drizzle } from "drizzle-orm/d1";
import {
  type SQLiteColumn,
  type SQLiteInsertValue,
  type SQLiteTable,
  sqliteTable,
  text,
} from "drizzle-orm/sqlite-core";
import type { HistoryRecord, RecordOf } from "../../domain/history/records.ts";
import type { SiteKey } from "../../domain/ids.ts";
import * as tables from "../../migrations/schema.ts";

/** The searchable text beside a conversation; its full-text index follows by triggers of its own migration. */
const conversationTexts = sqliteTable("conversation_texts", {
  site: text("site").notNull(),
  conversationId: text("conversation_id").notNull(),
  body: text("body").notNull(),
});

type Db = ReturnType<typeof drizzle>;
/** A built statement: its SQL and what is bound to it. */
export type Built = { toSQL(): { sql: string; params: unknown[] } };
type RevisedTable = SQLiteTable & { revision: SQLiteColumn };

/** The statements that write `record` of `site`. */
export function upsertsOf(db: Db, site: SiteKey, record: HistoryRecord): Built[] {
  switch (record.table) {
    case "sessions":
      return [upsert(db, tables.sessions, sessionRow(site, record), ["site", "id"], OF_SESSION)];
    case "exposures":
      return [upsert(db, tables.exposures, exposureRow(site, record), ["site", "id"], OF_EXPOSURE)];
    case "orders":
      return [upsertOrder(db, site, record)];
    case "refunds": {
      const { id, revision, order_id: orderId, visitor_id: visitorId, at, amount, status } = record;
      return [
        upsert(db, tables.refunds, { site, id, revision, orderId, visitorId, at, amount, status }, [
          "site",
          "id",
        ]),
      ];
    }
    case "leads": {
      const { id, revision, visitor_id: visitorId, session_id: sessionId, at, value, currency } = record;
      const goals = jsonOf(record.goals ?? undefined);
      const row = { site, id, revision, visitorId, sessionId, at, value, currency, goals };
      return [upsert(db, tables.leads, row, ["site", "id"])];
    }
    case "contacts": {
      const { id, revision, visitor_id: visitorId, at, channel } = record;
      const row = { site, id, revision, visitorId, at, channel };
      return [upsert(db, tables.contacts, row, ["site", "id"])];
    }
    case "identities": {
      const { id: userId, revision, visitor_id: visitorId, at } = record;
      const row = { site, userId, visitorId, revision, at };
      return [upsert(db, tables.identities, row, ["site", "userId", "visitorId"])];
    }
    case "conversations":
      return conversationUpserts(db, site, record);
    case "conversation_logs": {
      const { revision, conversation_id: conversationId, chunk, from_seq: fromSeq, to_seq: toSeq } = record;
      const row = { site, conversationId, chunk, revision, fromSeq, toSeq, body: bytesOf(record.body) };
      return [upsert(db, tables.conversationLogs, row, ["site", "conversationId", "chunk"])];
    }
    case "surveys": {
      const { table: _table, id: conversationId, visitor_id: visitorId, ...answers } = record;
      return [
        upsert(db, tables.surveys, { site, conversationId, visitorId, ...answers }, [
          "site",
          "conversationId",
        ]),
      ];
    }
    case "left_messages": {
      const { table: _table, visitor_id: visitorId, ...message } = record;
      return [upsert(db, tables.leftMessages, { site, visitorId, ...message }, ["site", "id"])];
    }
    case "agent_states": {
      const {
        id,
        revision,
        agent_id: agentId,
        state,
        capacity,
        started_at: startedAt,
        ended_at: endedAt,
      } = record;
      const row = { site, id, revision, agentId, state, capacity, startedAt, endedAt };
      return [upsert(db, tables.agentStates, row, ["site", "id"])];
    }
    case "exempt_counts": {
      const { id, revision, hour, page_views: pageViews } = record;
      return [upsert(db, tables.exemptCounts, { site, id, revision, hour, pageViews }, ["site", "id"])];
    }
    default:
      return record satisfies never;
  }
}

/** What no revision changes of a visit, an exposure, a conversation: to set it again would write their indexes again. */
const OF_SESSION = ["visitorId", "startedAt"] as const;
const OF_EXPOSURE = ["visitorId", "campaignId", "phase", "eligibleAt"] as const;
const OF_CONVERSATION = ["visitorId", "decisionId", "createdAt"] as const;

/**
 * Insert `row`, or replace the row of the same `keys` where `row`'s revision is higher; of what is `fixed` the first
 * word stands.
 */
function upsert<T extends RevisedTable>(
  db: Db,
  table: T,
  row: SQLiteInsertValue<T>,
  keys: (keyof T["_"]["columns"] & string)[],
  fixed: readonly (keyof T["_"]["columns"] & string)[] = [],
): Built {
  const columns = getTableColumns(table) as Record<string, SQLiteColumn>;
  const target = keys.map((key) => columns[key] as SQLiteColumn);
  const set: Record<string, SQL> = {};
  for (const [key, column] of Object.entries(columns)) {
    if (![...keys, ...fixed].some((name) => name === key))
      set[key] = sql`excluded.${sql.identifier(column.name)}`;
  }
  return db
    .insert(table)
    .values(row)
    .onConflictDoUpdate({ target, set: set as never, setWhere: sql`excluded.revision > ${table.revision}` });
}

/**
 * One row an order id, whoever reports it. The visitor who brought it first keeps it; a confirmed amount replaces a
 * claimed one, and a later confirmation of the same visitor an earlier one.
 */
function upsertOrder(db: Db, site: SiteKey, record: RecordOf<"orders">) {
  const { orders } = tables;
  const { id: orderId, revision, at, total, currency, status, items, covered } = record;
  const row = {
    site,
    orderId,
    revision,
    visitorId: record.visitor_id,
    userId: record.user_id,
    sessionId: record.session_id,
    at,
    receivedAt: record.received_at,
    total,
    discount: record.discount ?? null,
    currency,
    status,
    items,
    covered,
  };
  const earlier = sql`(excluded.received_at, excluded.visitor_id) < (${orders.receivedAt}, ${orders.visitorId})`;
  const amountWins = sql`(
    (excluded.status = 'confirmed' and ${orders.status} = 'claimed')
    or (excluded.status = ${orders.status} and (excluded.status = 'confirmed' or ${earlier})
      and (excluded.revision > ${orders.revision} or (excluded.revision = ${orders.revision} and ${earlier}))))`;
  const pick = (wins: SQL, column: SQLiteColumn) =>
    sql`case when ${wins} then excluded.${sql.identifier(column.name)} else ${column} end`;
  return db
    .insert(orders)
    .values(row)
    .onConflictDoUpdate({
      target: [orders.site, orders.orderId],
      set: {
        total: pick(amountWins, orders.total),
        discount: pick(amountWins, orders.discount),
        currency: pick(amountWins, orders.currency),
        items: pick(amountWins, orders.items),
        revision: pick(amountWins, orders.revision),
        status: pick(amountWins, orders.status),
        userId: sql`coalesce(${orders.userId}, excluded.user_id)`,
        visitorId: pick(earlier, orders.visitorId),
        sessionId: pick(earlier, orders.sessionId),
        at: pick(earlier, orders.at),
        receivedAt: pick(earlier, orders.receivedAt),
        covered: pick(earlier, orders.covered),
      },
    });
}

function conversationUpserts(db: Db, site: SiteKey, record: RecordOf<"conversations">) {
  const row = {
    site,
    id: record.id,
    revision: record.revision,
    visitorId: record.visitor_id,
    userId: record.user_id,
    decisionId: record.decision_id,
    skill: record.skill,
    locale: record.locale,
    page: record.page,
    status: record.status,
    agentId: record.agent_id,
    createdAt: record.created_at,
    queuedAt: record.queued_at,
    assignedAt: record.assigned_at,
    firstVisitorMessageAt: record.first_visitor_message_at,
    firstAgentMessageAt: record.first_agent_message_at,
    lastMessageAt: record.last_message_at,
    closedAt: record.closed_at,
    closeReason: record.close_reason,
    outcome: record.outcome,
    visitorMessages: record.visitor_messages,
    agentMessages: record.agent_messages,
    codes: record.codes === undefined || record.codes.length === 0 ? null : JSON.stringify(record.codes),
    wrapUpNote: record.wrap_up_note ?? null,
    transfers: record.transfers ?? null,
    surveyAsked: record.survey_asked ?? null,
    surveyQuestions: jsonOf(record.survey_questions),
    leftAt: record.left_at ?? null,
    answeredBy: record.answered_by ?? null,
    handovers: record.handovers === undefined ? null : JSON.stringify(record.handovers),
    canned: record.canned?.length ? knownCanned(site, record.id, record.canned) : null,
  };
  const statement = upsert(db, tables.conversations, row, ["site", "id"], OF_CONVERSATION);
  if (record.text === null) return [statement];
  // A built query, since a raw one with parameters cannot be part of a batch.
  const searchable = db
    .insert(conversationTexts)
    .values({ site, conversationId: record.id, body: record.text })
    .onConflictDoUpdate({
      target: [conversationTexts.site, conversationTexts.conversationId],
      set: { body: sql`excluded.body` },
    });
  return [statement, searchable];
}

/**
 * Of the canned answers that `sent` names, those that are the site's own, and those that were when the conversation was
 * written before: an answer that was deleted since was used all the same.
 */
function knownCanned(site: SiteKey, conversation: string, sent: readonly object[]): SQL<string | null> {
  return sql`(SELECT nullif(json_group_array(json(u.value)), '[]') FROM json_each(${JSON.stringify(sent)}) u WHERE
    EXISTS (SELECT 1 FROM ${tables.resources} r
      WHERE r.id = u.value ->> 'canned' AND r.site = ${site} AND r.noun = 'canned')
    OR EXISTS (SELECT 1 FROM ${tables.conversations} c, json_each(c.canned) k
      WHERE c.site = ${site} AND c.id = ${conversation} AND k.value ->> 'canned' = u.value ->> 'canned'))`;
}

function sessionRow(site: SiteKey, record: RecordOf<"sessions">): InferInsertModel<typeof tables.sessions> {
  const {
    id,
    revision,
    pages,
    events,
    seconds,
    referrer,
    channel,
    browser,
    os,
    language,
    country,
    region,
    city,
  } = record;
  return {
    site,
    id,
    revision,
    pages,
    events,
    seconds,
    referrer,
    channel,
    browser,
    os,
    language,
    country,
    region,
    city,
    segments: JSON.stringify(record.segments),
    outcomes: JSON.stringify(record.outcomes),
    replay: record.replay === null ? null : bytesOf(record.replay),
    funnels: jsonOf(record.funnels),
    path: jsonOf(record.path),
    notFound: jsonOf(record.not_found),
    visitorId: record.visitor_id,
    userId: record.user_id,
    startedAt: record.started_at,
    lastAt: record.last_at,
    endedAt: record.ended_at,
    entryPath: record.entry_path,
    utm: JSON.stringify(record.utm),
    deviceType: record.device_type,
    cartValue: record.cart_value,
    cartItems: record.cart_items,
    globalHoldout: record.global_holdout,
    covered: record.covered,
    eligible: record.eligible,
  };
}

function exposureRow(
  site: SiteKey,
  record: RecordOf<"exposures">,
): InferInsertModel<typeof tables.exposures> {
  const { id, revision, phase, variant, kind, arm, probability } = record;
  return {
    site,
    id,
    revision,
    phase,
    variant,
    kind,
    arm,
    probability,
    visitorId: record.visitor_id,
    sessionId: record.session_id,
    campaignId: record.campaign_id,
    eligibleAt: record.eligible_at,
    shownAt: record.shown_at,
    openedAt: record.opened_at,
    declinedAt: record.declined_at,
    ignoredAt: record.ignored_at,
    clickedAt: record.clicked_at,
  };
}

function jsonOf(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function bytesOf(base64: string): Buffer {
  return Buffer.from(base64, "base64");
}
