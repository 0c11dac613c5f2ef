/** The events of a month that an agreement's goals are counted from. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { MeasuredKpi } from "../../domain/objectives/measured-kpis.ts";
import type { Agreement } from "../../domain/roi/agreement.ts";
import type { EvidenceLine } from "../../domain/roi/evidence.ts";
import {
  type GoalChat,
  type GoalHistory,
  goalUnits,
  isListed,
  type ListedKpi,
  MOST_GOAL_UNITS,
} from "../../domain/roi/goal-units.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { handoversOf, questionsOf } from "../kpis/history-rows.ts";
import { reportKpis } from "../kpis/report.ts";

const DAY_MS = 86_400_000;
/** A conversation lasts at most so long, and is made at most so long before its first message. */
const LONG_CHAT_MS = 2 * DAY_MS;
const SILENT_CHAT_MS = DAY_MS;
const RECONTACT_MS = 7 * DAY_MS;

type Cells = (string | number | null)[];
type MonthSpan = { from: EpochMs; to: EpochMs };
export type GoalEvidence = { lines: EvidenceLine[]; maturesAt: EpochMs };

export async function goalEvidence(
  env: Env,
  settings: SiteSettings,
  { goals }: Agreement,
  { from, to }: MonthSpan,
  now: EpochMs,
): Promise<GoalEvidence> {
  const kpis = [...new Set(goals.map(({ kpi }) => kpi))];
  // Whether somebody came back is known a week after the end of the last conversation.
  const maturesAt = kpis.includes("fcr") ? to + LONG_CHAT_MS + RECONTACT_MS : to;
  if (kpis.length === 0 || from > now) return { lines: [], maturesAt };
  const listed = kpis.filter(isListed);
  const units = goalUnits(listed, await readGoalHistory(env, settings.key, listed, { from, to }), {
    from,
    to,
    now,
    orders: settings.orders,
    currency: settings.currency,
    attributionMs: 0,
  });
  const count = [...units.values()].reduce((sum, own) => sum + own.length, 0);
  const told = count <= MOST_GOAL_UNITS ? units : new Map<ListedKpi, never>();
  const rest = kpis.filter((kpi) => !isListed(kpi) || !told.has(kpi));
  const lines = [...told].flatMap(([kpi, own]) =>
    own.map(([event, part]): EvidenceLine => ["goal_unit", kpi, event, part]),
  );
  return { lines: [...lines, ...(await wholeLines(env, settings.key, rest, { from, to }, now))], maturesAt };
}

/** Goals that cannot be told event by event, as the figures have them. */
async function wholeLines(
  env: Env,
  site: SiteKey,
  kpis: readonly MeasuredKpi[],
  { from, to }: MonthSpan,
  now: EpochMs,
): Promise<EvidenceLine[]> {
  if (kpis.length === 0) return [];
  const [row] = await reportKpis(env, site, { from, to: Math.min(to, now + 1), groupBy: null, now });
  return kpis.flatMap((kpi): EvidenceLine[] => {
    const figure = row?.[kpi];
    if (figure === undefined) return [];
    return [["goal", kpi, figure.value, figure.numerator, figure.denominator, figure.n]];
  });
}

/** Those of the month, and those that began so soon after that they may be about the same. */
const CHATS = `SELECT id, visitor_id, first_visitor_message_at, queued_at, assigned_at, first_agent_message_at,
    last_message_at, min(closed_at, first_visitor_message_at + ${LONG_CHAT_MS}), close_reason, survey_asked,
    agent_id, left_at, handovers, survey_questions
  FROM conversations WHERE site = ?1 AND created_at >= ?2 AND created_at < ?3 AND first_visitor_message_at IS NOT NULL`;
const SURVEYS = `SELECT a.conversation_id, a.at, a.csat, a.nps, a.ces, a.resolved,
    coalesce(a.welcome, a.wait, a.answer, nullif(a.comment, '')) IS NOT NULL
  FROM conversations c JOIN surveys a ON a.site = c.site AND a.conversation_id = c.id
  WHERE c.site = ?1 AND c.created_at >= ?2 AND c.created_at < ?3`;
const PERSONS = `SELECT i.visitor_id, i.user_id FROM (
    SELECT DISTINCT visitor_id FROM conversations WHERE site = ?1 AND created_at >= ?2 AND created_at < ?3) v
  CROSS JOIN identities i INDEXED BY identities_visitor ON i.site = ?1 AND i.visitor_id = v.visitor_id
  ORDER BY i.at, i.user_id`;
const ORDERS = `SELECT order_id, visitor_id, at, total, currency, status FROM orders
  WHERE site = ?1 AND at >= ?2 AND at < ?3`;
const REFUNDS = `SELECT r.id, r.order_id, r.amount, r.status FROM orders o
  JOIN refunds r ON r.site = o.site AND r.order_id = o.order_id WHERE o.site = ?1 AND o.at >= ?2 AND o.at < ?3`;

async function readGoalHistory(
  env: Env,
  site: SiteKey,
  kpis: readonly ListedKpi[],
  { from, to }: MonthSpan,
): Promise<GoalHistory> {
  const read = (sql: string, since: EpochMs, until: EpochMs) =>
    env.DB.prepare(sql).bind(site, since, until).raw<Cells>();
  const isOfOrders = (kpi: ListedKpi) => kpi === "orders" || kpi === "aov";
  const ofChats = kpis.some((kpi) => !isOfOrders(kpi));
  const ofOrders = kpis.some(isOfOrders);
  const since = from - SILENT_CHAT_MS;
  const until = to + LONG_CHAT_MS + RECONTACT_MS;
  const [chats, surveys, persons, orders, refunds] = await Promise.all([
    ofChats ? read(CHATS, since, until) : [],
    ofChats ? read(SURVEYS, since, to) : [],
    ofChats ? read(PERSONS, since, until) : [],
    ofOrders ? read(ORDERS, from, to) : [],
    ofOrders ? read(REFUNDS, from, to) : [],
  ]);
  return {
    chats: chats.map(chatOf),
    surveys: surveys.map(([conversation, at, csat, nps, ces, resolved, otherwise]) => ({
      conversation: String(conversation),
      at: Number(at),
      csat: numberOf(csat),
      nps: numberOf(nps),
      ces: numberOf(ces),
      resolved: flagOf(resolved),
      otherwise: flagOf(otherwise) === true,
    })),
    persons: new Map(persons.map(([visitor, user]) => [String(visitor), `user:${String(user)}`])),
    orders: orders.map(([id, visitor, at, total, currency, status]) => ({
      id: String(id),
      visitor: String(visitor),
      session: null,
      at: Number(at),
      total: Number(total),
      currency: String(currency),
      status: statusOf(status),
      covered: false,
    })),
    refunds: refunds.map(([id, order, amount, status]) => ({
      id: String(id),
      order: String(order),
      amount: numberOf(amount),
      status: statusOf(status),
    })),
  };
}

function chatOf([
  id,
  visitor,
  startedAt,
  queuedAt,
  assignedAt,
  answeredAt,
  lastAt,
  closedAt,
  reason,
  asked,
  agent,
  leftAt,
  handovers,
  questions,
]: Cells): GoalChat {
  return {
    id: String(id),
    visitor: String(visitor),
    startedAt: Number(startedAt),
    queuedAt: numberOf(queuedAt),
    assignedAt: numberOf(assignedAt),
    answeredAt: numberOf(answeredAt),
    lastMessageAt: numberOf(lastAt),
    closedAt: numberOf(closedAt),
    closeReason: textOf(reason),
    surveyAsked: flagOf(asked),
    agent: textOf(agent),
    leftAt: numberOf(leftAt),
    handovers: handoversOf(handovers),
    surveyQuestions: questionsOf(questions),
  };
}

function numberOf(cell: string | number | null | undefined): number | null {
  return cell === null || cell === undefined ? null : Number(cell);
}

function textOf(cell: string | number | null | undefined): string | null {
  return cell === null || cell === undefined ? null : String(cell);
}

function flagOf(cell: string | number | null | undefined): boolean | null {
  const number = numberOf(cell);
  return number === null ? null : number === 1;
}

function statusOf(cell: string | number | null | undefined): "claimed" | "confirmed" {
  return cell === "confirmed" ? "confirmed" : "claimed";
}
