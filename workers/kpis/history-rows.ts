/**
 * The rows of history as they are counted: which cells of each table, and how they are read.
 *
 * Shapes  a row is an array of cells, read by position: at tens of thousands of rows, names would be most of the bytes.
 *         The first cell is the row's id; of what belongs to a visitor, the second says to whom.
 */
import * as z from "zod";
import { fnv1a32 } from "../../domain/hash/fnv.ts";
import { AskedQuestions, HandoverRecord, SentCannedRecord } from "../../domain/history/records.ts";
import type { EpochMs } from "../../domain/ids.ts";
import type {
  AgentStateRow,
  ChatRow,
  ExemptRow,
  ExposureRow,
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
export const LONGEST_SHIFT_MS = 31 * DAY_MS;

export type Cell = string | number | null;
export type Cells = Cell[];

/** What is selected of each table, by its alias; a conversation has the campaign of the exposure `e` that it came of. */
export const CELLS = {
  sessions: `s.id, s.visitor_id, s.started_at, min(coalesce(s.ended_at, s.last_at), s.started_at + ${LONG_CHAT_MS}),
    s.covered, s.eligible, instr(s.outcomes, '"capacity"') > 0, s.channel, s.device_type`,
  exposures: `x.id, x.visitor_id, x.session_id, x.campaign_id, x.phase, x.variant, x.kind, x.arm, x.eligible_at,
    x.shown_at IS NOT NULL OR x.clicked_at IS NOT NULL, x.opened_at IS NOT NULL, x.declined_at IS NOT NULL,
    x.ignored_at IS NOT NULL`,
  conversations: `c.id, c.visitor_id, c.decision_id, e.campaign_id, e.variant, c.skill, c.agent_id,
    c.first_visitor_message_at, c.queued_at, c.assigned_at, c.first_agent_message_at, c.last_message_at,
    min(c.closed_at, c.first_visitor_message_at + ${LONG_CHAT_MS}), c.close_reason, c.handovers, c.canned,
    c.survey_asked, c.left_at, c.answered_by, c.survey_questions`,
  orders: `o.order_id, o.visitor_id, o.session_id, o.at, o.total, o.currency, o.status, o.covered`,
  refunds: `r.id, r.order_id, r.amount, r.status`,
  leads: `l.id, l.visitor_id, l.at, l.value, l.currency`,
  surveys: `a.conversation_id, a.at, a.csat, a.nps, a.ces, a.resolved,
    coalesce(a.welcome, a.wait, a.answer, nullif(a.comment, '')) IS NOT NULL`,
  agent_states: `t.id, t.agent_id, t.state, t.capacity, t.started_at, t.ended_at`,
  exempt_counts: `n.id, n.hour, n.page_views`,
} as const;

/** Rows that were written down with other cells are not read by these positions. */
export const FORM = fnv1a32(JSON.stringify(CELLS)).toString(36);

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
function maybeFlag(cells: Cells, index: number): boolean | null {
  const cell = maybeNumber(cells, index);
  return cell === null ? null : cell === 1;
}
function told(cells: Cells, index: number): "claimed" | "confirmed" {
  return cells[index] === "confirmed" ? "confirmed" : "claimed";
}

const Handovers = z.array(HandoverRecord);
const Canned = z.array(SentCannedRecord);

/** A list that is kept as JSON; null where nothing is kept. */
function listed<T>(list: z.ZodType<T[]>, cell: Cell | undefined): readonly T[] | null {
  if (typeof cell !== "string") return null;
  return cell === "[]" ? [] : list.parse(JSON.parse(cell));
}

/** How a conversation went from hand to hand, from the cell in which that is kept. */
export function handoversOf(cell: Cell | undefined): ChatRow["handovers"] {
  return listed(Handovers, cell);
}

/** What a conversation asked, from the cell in which that is kept. */
export function questionsOf(cell: Cell | undefined): ChatRow["surveyQuestions"] {
  return listed(AskedQuestions, cell);
}

export function visitOf(cells: Cells): VisitRow {
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

export function exposureOf(cells: Cells): ExposureRow {
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

export function chatOf(cells: Cells): ChatRow {
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
    handovers: handoversOf(cells[14]),
    canned: listed(Canned, cells[15]) ?? [],
    surveyAsked: maybeFlag(cells, 16),
    leftAt: maybeNumber(cells, 17),
    answeredBy: maybeText(cells, 18),
    surveyQuestions: questionsOf(cells[19]),
  };
}

export function orderOf(cells: Cells): OrderRow {
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

export function refundOf(cells: Cells): RefundRow {
  return {
    id: text(cells, 0),
    order: text(cells, 1),
    amount: maybeNumber(cells, 2),
    status: told(cells, 3),
  };
}

export function surveyOf(cells: Cells): SurveyRow {
  return {
    conversation: text(cells, 0),
    at: number(cells, 1),
    csat: maybeNumber(cells, 2),
    nps: maybeNumber(cells, 3),
    ces: maybeNumber(cells, 4),
    resolved: maybeFlag(cells, 5),
    otherwise: number(cells, 6) === 1,
  };
}

/** A shift whose end nobody ever told is over after the longest; `latest` is how far anybody looks. */
export function stateOf(cells: Cells, latest: EpochMs): AgentStateRow {
  const state = cells[2];
  const [startedAt, endedAt] = [number(cells, 4), maybeNumber(cells, 5)];
  const longest = startedAt + LONGEST_SHIFT_MS;
  return {
    agent: text(cells, 1),
    state: state === "online" || state === "away" ? state : "offline",
    capacity: number(cells, 3),
    startedAt,
    endedAt: (endedAt ?? latest) > longest ? longest : endedAt,
  };
}

export function exemptOf(cells: Cells): ExemptRow {
  return { hour: number(cells, 1), pageViews: number(cells, 2) };
}

export function leadOf(cells: Cells): LeadRow {
  return {
    id: text(cells, 0),
    visitor: text(cells, 1),
    at: number(cells, 2),
    value: maybeNumber(cells, 3),
    currency: maybeText(cells, 4),
  };
}
