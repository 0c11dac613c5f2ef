/**
 * What `domain/kpi` needs of D1 to count a span of time as it would from all of history: what lies in the span, and what
 * reaches into it from before and after.
 *
 * Every query names the site and is bounded by an index on it and a moment. Rows come back as arrays and are read by
 * position: at tens of thousands of rows, the names would be most of the bytes.
 */
import * as z from "zod";
import { HandoverRecord, SentCannedRecord } from "../../domain/history/records.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type {
  AgentStateRow,
  ChatRow,
  ExemptRow,
  ExposureRow,
  KpiHistory,
  LeadRow,
  OrderRow,
  RefundRow,
  SurveyRow,
  VisitRow,
} from "../../domain/kpi/history.ts";

const DAY_MS = 86_400_000;
/**
 * A visit or a conversation that lasts longer is taken to be over then, a shift likewise: what is counted of a day must
 * not depend on how far back somebody looked.
 */
export const LONG_CHAT_MS = 2 * DAY_MS;
/** From when a conversation is made to its first message, at most. */
const SILENT_CHAT_MS = DAY_MS;
export const RECONTACT_MS = 7 * DAY_MS;
const LONGEST_SHIFT_MS = 31 * DAY_MS;

/** Whole local days. */
export type HistorySpan = {
  site: SiteKey;
  from: EpochMs;
  to: EpochMs;
  now: EpochMs;
  attributionMs: number;
  leadAttributionMs: number;
};

type Cell = string | number | null;
type Cells = Cell[];

/** Everything that the KPIs of `span` are counted from. What is written meanwhile has marked the span once more. */
export async function readHistory(env: Env, span: HistorySpan): Promise<KpiHistory> {
  const { site, from, to, now, attributionMs, leadAttributionMs } = span;
  const longest = Math.max(attributionMs, leadAttributionMs);
  const chatsFrom = from - longest - LONG_CHAT_MS - SILENT_CHAT_MS;
  const chatsTo = to + RECONTACT_MS + LONG_CHAT_MS;
  const ordersTo = to + attributionMs + LONG_CHAT_MS;
  const leadsTo = to + leadAttributionMs + LONG_CHAT_MS;
  const read = (sql: string, ...values: Cell[]) => rowsOf(env, sql, [site, ...values]);
  const [visits, lastVisits, exposures, chats, orders, refunds, leads, surveys, states, exempt, persons] =
    await Promise.all([
      read(
        `${VISITS} FROM sessions s WHERE s.site = ?1 AND s.started_at >= ?2 AND s.started_at < ?3`,
        from,
        to,
      ),
      read(LAST_VISITS, from, to, chatsFrom),
      read(`${EXPOSURES} WHERE site = ?1 AND eligible_at >= ?2 AND eligible_at < ?3`, from, to),
      read(
        `${CHATS} WHERE c.site = ?1 AND c.created_at >= ?2 AND c.created_at < ?3
         AND c.first_visitor_message_at IS NOT NULL`,
        chatsFrom,
        chatsTo,
      ),
      read(`${ORDERS} WHERE site = ?1 AND at >= ?2 AND at < ?3`, from, ordersTo),
      read(`${REFUNDS} WHERE o.site = ?1 AND o.at >= ?2 AND o.at < ?3`, from, ordersTo),
      read(`${LEADS} WHERE site = ?1 AND at >= ?2 AND at < ?3`, from, leadsTo),
      read(
        `${SURVEYS} WHERE c.site = ?1 AND c.created_at >= ?2 AND c.created_at < ?3`,
        from - SILENT_CHAT_MS,
        to,
      ),
      read(
        `${STATES} WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3
         AND (ended_at IS NULL OR ended_at > ?4)`,
        from - LONGEST_SHIFT_MS,
        to,
        from,
        now,
      ),
      read(`${EXEMPT} WHERE site = ?1 AND hour >= ?2 AND hour < ?3`, from, to),
      read(PERSONS, from, to, chatsFrom, chatsTo, Math.max(ordersTo, leadsTo)),
    ]);
  return {
    visits: [...visits, ...lastVisits].map(visitOf),
    exposures: exposures.map(exposureOf),
    chats: chats.map(chatOf),
    orders: orders.map(orderOf),
    refunds: refunds.map(refundOf),
    leads: leads.map(leadOf),
    surveys: surveys.map(surveyOf),
    agentStates: states.map(stateOf),
    exempt: exempt.map(exemptOf),
    persons: new Map(persons.map((cells) => [text(cells, 0), `user:${text(cells, 1)}`])),
  };
}

function rowsOf(env: Env, sql: string, values: Cell[]): Promise<Cells[]> {
  return env.DB.prepare(sql)
    .bind(...values)
    .raw<Cells>();
}

const VISITS = `SELECT s.id, s.visitor_id, s.started_at, min(coalesce(s.ended_at, s.last_at), s.started_at + ${LONG_CHAT_MS}), s.covered, s.eligible,
  instr(s.outcomes, '"capacity"') > 0, s.channel, s.device_type`;
/** Where whoever did something in the span came from, if that visit began before it; chats since ?4 besides. */
const LAST_VISITS = `WITH things(visitor, at) AS (
    SELECT visitor_id, first_visitor_message_at FROM conversations
      WHERE site = ?1 AND created_at >= ?4 AND created_at < ?3 AND first_visitor_message_at IS NOT NULL
        AND (first_agent_message_at IS NOT NULL OR first_visitor_message_at >= ?2)
    UNION SELECT visitor_id, eligible_at FROM exposures WHERE site = ?1 AND eligible_at >= ?2 AND eligible_at < ?3
    UNION SELECT visitor_id, at FROM orders WHERE site = ?1 AND at >= ?2 AND at < ?3
    UNION SELECT visitor_id, at FROM leads WHERE site = ?1 AND at >= ?2 AND at < ?3),
  last(id) AS (SELECT DISTINCT (SELECT v.id FROM sessions v INDEXED BY sessions_visitor
    WHERE v.site = ?1 AND v.visitor_id = things.visitor AND v.started_at <= things.at
    ORDER BY v.started_at DESC, v.id DESC LIMIT 1) FROM things)
  ${VISITS} FROM last CROSS JOIN sessions s ON s.site = ?1 AND s.id = last.id WHERE s.started_at < ?2`;
const EXPOSURES = `SELECT id, visitor_id, session_id, campaign_id, phase, variant, kind, arm, eligible_at,
  shown_at IS NOT NULL OR clicked_at IS NOT NULL, opened_at IS NOT NULL, declined_at IS NOT NULL,
  ignored_at IS NOT NULL FROM exposures`;
const CHATS = `SELECT c.id, c.visitor_id, c.decision_id, e.campaign_id, e.variant, c.skill, c.agent_id,
  c.first_visitor_message_at, c.queued_at, c.assigned_at, c.first_agent_message_at, c.last_message_at,
  min(c.closed_at, c.first_visitor_message_at + ${LONG_CHAT_MS}), c.close_reason, c.handovers, c.canned FROM conversations c LEFT JOIN exposures e ON e.site = c.site AND e.id = c.decision_id`;
const ORDERS = `SELECT order_id, visitor_id, session_id, at, total, currency, status, covered FROM orders`;
const REFUNDS = `SELECT r.id, r.order_id, r.amount, r.status
  FROM orders o JOIN refunds r ON r.site = o.site AND r.order_id = o.order_id`;
const LEADS = `SELECT id, visitor_id, at, value, currency FROM leads`;
const SURVEYS = `SELECT s.conversation_id, s.at, s.csat, s.nps, s.ces, s.resolved
  FROM conversations c JOIN surveys s ON s.site = c.site AND s.conversation_id = c.id`;
const STATES = `SELECT agent_id, state, capacity, started_at,
  CASE WHEN coalesce(ended_at, min(?3, ?5)) > started_at + ${LONGEST_SHIFT_MS}
    THEN started_at + ${LONGEST_SHIFT_MS} ELSE ended_at END FROM agent_states`;
const EXEMPT = `SELECT hour, page_views FROM exempt_counts`;
/** The last user of each visitor comes last. */
const PERSONS = `SELECT i.visitor_id, i.user_id FROM (
    SELECT visitor_id FROM sessions WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3
    UNION SELECT visitor_id FROM exposures WHERE site = ?1 AND eligible_at >= ?2 AND eligible_at < ?3
    UNION SELECT visitor_id FROM conversations WHERE site = ?1 AND created_at >= ?4 AND created_at < ?5
    UNION SELECT visitor_id FROM orders WHERE site = ?1 AND at >= ?2 AND at < ?6
    UNION SELECT visitor_id FROM leads WHERE site = ?1 AND at >= ?2 AND at < ?6) v
  CROSS JOIN identities i INDEXED BY identities_visitor ON i.site = ?1 AND i.visitor_id = v.visitor_id
  ORDER BY i.at, i.user_id`;

function text(cells: Cells, index: number): string {
  return String(cells[index]);
}
function maybeText(cells: Cells, index: number): string | null {
  const cell = cells[index] ?? null;
  return cell === null ? null : String(cell);
}
function number(cells: Cells, index: number): number {
  return Number(cells[index]);
}
function maybeNumber(cells: Cells, index: number): number | null {
  const cell = cells[index] ?? null;
  return cell === null ? null : Number(cell);
}
function flag(cells: Cells, index: number): boolean {
  return cells[index] === 1;
}
function told(cells: Cells, index: number): "claimed" | "confirmed" {
  return cells[index] === "confirmed" ? "confirmed" : "claimed";
}

const Handovers = z.array(HandoverRecord);
const Canned = z.array(SentCannedRecord);

/** A list that is kept as JSON, and mostly empty; null where nothing is kept. */
function listed<T>(list: z.ZodType<T[]>, cells: Cells, index: number): readonly T[] | null {
  const cell = cells[index];
  if (typeof cell !== "string") return null;
  return cell === "[]" ? [] : list.parse(JSON.parse(cell));
}

function visitOf(cells: Cells): VisitRow {
  return {
    id: text(cells, 0),
    visitor: text(cells, 1),
    startedAt: number(cells, 2),
    endedAt: number(cells, 3),
    covered: flag(cells, 4),
    eligible: flag(cells, 5),
    suppressed: flag(cells, 6),
    channel: maybeText(cells, 7),
    device: maybeText(cells, 8),
  };
}

function exposureOf(cells: Cells): ExposureRow {
  return {
    id: text(cells, 0),
    visitor: text(cells, 1),
    session: text(cells, 2),
    campaign: text(cells, 3),
    phase: number(cells, 4),
    variant: text(cells, 5),
    kind: text(cells, 6),
    arm: cells[7] === "holdout" ? "holdout" : "treated",
    eligibleAt: number(cells, 8),
    shown: flag(cells, 9),
    opened: flag(cells, 10),
    declined: flag(cells, 11),
    ignored: flag(cells, 12),
  };
}

function chatOf(cells: Cells): ChatRow {
  return {
    id: text(cells, 0),
    visitor: text(cells, 1),
    decision: maybeText(cells, 2),
    campaign: maybeText(cells, 3),
    variant: maybeText(cells, 4),
    skill: maybeText(cells, 5),
    agent: maybeText(cells, 6),
    startedAt: number(cells, 7),
    queuedAt: maybeNumber(cells, 8),
    assignedAt: maybeNumber(cells, 9),
    answeredAt: maybeNumber(cells, 10),
    lastMessageAt: maybeNumber(cells, 11),
    closedAt: maybeNumber(cells, 12),
    closeReason: maybeText(cells, 13),
    handovers: listed(Handovers, cells, 14),
    canned: listed(Canned, cells, 15) ?? [],
  };
}

function orderOf(cells: Cells): OrderRow {
  return {
    id: text(cells, 0),
    visitor: text(cells, 1),
    session: maybeText(cells, 2),
    at: number(cells, 3),
    total: number(cells, 4),
    currency: text(cells, 5),
    status: told(cells, 6),
    covered: flag(cells, 7),
  };
}

function refundOf(cells: Cells): RefundRow {
  return {
    id: text(cells, 0),
    order: text(cells, 1),
    amount: maybeNumber(cells, 2),
    status: told(cells, 3),
  };
}

function surveyOf(cells: Cells): SurveyRow {
  const resolved = maybeNumber(cells, 5);
  return {
    conversation: text(cells, 0),
    at: number(cells, 1),
    csat: maybeNumber(cells, 2),
    nps: maybeNumber(cells, 3),
    ces: maybeNumber(cells, 4),
    resolved: resolved === null ? null : resolved === 1,
  };
}

function stateOf(cells: Cells): AgentStateRow {
  const state = cells[1];
  return {
    agent: text(cells, 0),
    state: state === "online" || state === "away" ? state : "offline",
    capacity: number(cells, 2),
    startedAt: number(cells, 3),
    endedAt: maybeNumber(cells, 4),
  };
}

function exemptOf(cells: Cells): ExemptRow {
  return { hour: number(cells, 0), pageViews: number(cells, 1) };
}

function leadOf(cells: Cells): LeadRow {
  return {
    id: text(cells, 0),
    visitor: text(cells, 1),
    at: number(cells, 2),
    value: maybeNumber(cells, 3),
    currency: maybeText(cells, 4),
  };
}
