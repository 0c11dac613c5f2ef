/**
 * The one query layer of the KPIs: what `domain/kpi` needs of D1 for a span of time, for the screen, the API and exports.
 *
 * Every query names the site and is bounded by an index on it and a moment. Rows come back as arrays and are read by
 * position: at tens of thousands of rows, the names would be most of the bytes.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type {
  AgentStateRow,
  ChatRow,
  ExposureRow,
  KpiHistory,
  OrderRow,
  RefundRow,
  SurveyRow,
  VisitRow,
} from "../../domain/kpi/history.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A visit that began before the day may still run in it. */
const VISIT_MS = 6 * HOUR_MS;
/** A conversation may be made this long before its first message, and end this long after it. */
const CONVERSATION_MS = DAY_MS;
const RECONTACT_MS = 7 * DAY_MS;
const LONGEST_SHIFT_MS = 31 * DAY_MS;

export type HistorySpan = {
  site: SiteKey;
  from: EpochMs;
  to: EpochMs;
  /** The start of the local day of `from`. */
  dayStart: EpochMs;
  attributionMs: number;
};

type Cell = string | number | null;
type Cells = Cell[];

/** Everything that the KPIs of `span` are counted from. */
export async function readHistory(env: Env, span: HistorySpan): Promise<KpiHistory> {
  const { site, from, to, dayStart, attributionMs } = span;
  const visitsFrom = dayStart - VISIT_MS;
  const chatsFrom = dayStart - attributionMs - CONVERSATION_MS;
  const chatsTo = to + RECONTACT_MS;
  const ordersTo = to + attributionMs + CONVERSATION_MS;
  const all = (sql: string, ...values: Cell[]) =>
    env.DB.prepare(sql)
      .bind(site, ...values)
      .raw<Cells>();
  const [visits, earlierVisits, exposures, chats, orders, refunds, surveys, states, persons] =
    await Promise.all([
      all(`${VISITS} WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3`, visitsFrom, to),
      all(
        `${VISITS} WHERE site = ?1 AND visitor_id IN
         (SELECT visitor_id FROM conversations WHERE site = ?1 AND created_at >= ?2 AND created_at < ?3)
         AND started_at >= ?2 AND started_at < ?3`,
        chatsFrom,
        visitsFrom,
      ),
      all(`${EXPOSURES} WHERE site = ?1 AND eligible_at >= ?2 AND eligible_at < ?3`, from, to),
      all(
        `${CHATS} WHERE c.site = ?1 AND c.created_at >= ?2 AND c.created_at < ?3
         AND c.first_visitor_message_at IS NOT NULL`,
        chatsFrom,
        chatsTo,
      ),
      all(`${ORDERS} WHERE site = ?1 AND at >= ?2 AND at < ?3`, dayStart, ordersTo),
      all(`${REFUNDS} WHERE o.site = ?1 AND o.at >= ?2 AND o.at < ?3`, dayStart, ordersTo),
      all(`${SURVEYS} WHERE c.site = ?1 AND c.created_at >= ?2 AND c.created_at < ?3`, chatsFrom, chatsTo),
      all(
        `${STATES} WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3
         AND (ended_at IS NULL OR ended_at > ?4)`,
        from - LONGEST_SHIFT_MS,
        to,
        from,
      ),
      all(
        `${PERSONS} WHERE i.site = ?1 AND i.visitor_id IN
         (SELECT visitor_id FROM sessions WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3
          UNION SELECT visitor_id FROM conversations WHERE site = ?1 AND created_at >= ?4 AND created_at < ?3
          UNION SELECT visitor_id FROM orders WHERE site = ?1 AND at >= ?2 AND at < ?5)
         ORDER BY i.at, i.user_id`,
        visitsFrom,
        chatsTo,
        chatsFrom,
        ordersTo,
      ),
    ]);
  return {
    visits: [...visits, ...earlierVisits].map(visitOf),
    exposures: exposures.map(exposureOf),
    chats: chats.map(chatOf),
    orders: orders.map(orderOf),
    refunds: refunds.map(refundOf),
    surveys: surveys.map(surveyOf),
    agentStates: states.map(stateOf),
    persons: new Map(persons.map((cells) => [text(cells, 0), `user:${text(cells, 1)}`])),
  };
}

const VISITS = `SELECT id, visitor_id, started_at, coalesce(ended_at, last_at), covered, eligible, channel, device_type
  FROM sessions`;
const EXPOSURES = `SELECT id, visitor_id, session_id, campaign_id, phase, variant, kind, arm, eligible_at,
  shown_at IS NOT NULL OR clicked_at IS NOT NULL, opened_at IS NOT NULL, declined_at IS NOT NULL,
  ignored_at IS NOT NULL FROM exposures`;
const CHATS = `SELECT c.id, c.visitor_id, c.decision_id, e.campaign_id, e.variant, c.skill, c.agent_id,
  c.first_visitor_message_at, c.first_agent_message_at, c.closed_at
  FROM conversations c LEFT JOIN exposures e ON e.site = c.site AND e.id = c.decision_id`;
const ORDERS = `SELECT order_id, visitor_id, session_id, at, total, currency, status, covered FROM orders`;
const REFUNDS = `SELECT r.id, r.order_id, r.amount, r.status
  FROM orders o JOIN refunds r ON r.site = o.site AND r.order_id = o.order_id`;
const SURVEYS = `SELECT s.conversation_id, s.at, s.csat, s.nps, s.ces, s.resolved
  FROM conversations c JOIN surveys s ON s.site = c.site AND s.conversation_id = c.id`;
const STATES = `SELECT agent_id, state, started_at, ended_at FROM agent_states`;
const PERSONS = `SELECT i.visitor_id, i.user_id FROM identities i`;

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

function visitOf(cells: Cells): VisitRow {
  return {
    id: text(cells, 0),
    visitor: text(cells, 1),
    startedAt: number(cells, 2),
    endedAt: number(cells, 3),
    covered: flag(cells, 4),
    eligible: flag(cells, 5),
    channel: maybeText(cells, 6),
    device: maybeText(cells, 7),
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
    answeredAt: maybeNumber(cells, 8),
    closedAt: maybeNumber(cells, 9),
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
    startedAt: number(cells, 2),
    endedAt: maybeNumber(cells, 3),
  };
}
