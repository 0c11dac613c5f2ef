/** The rows of history that one phase of a campaign is counted from: read as arrays, of which there may be many. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { EMPTY_HISTORY, type KpiHistory } from "../../domain/kpi/history.ts";
import { cents, countedOrders } from "../../domain/kpi/orders.ts";
import type { HeldChat } from "../../domain/kpi/stretches.ts";
import type { Credits } from "../../domain/results/credited.ts";
import { handlingMs } from "../../domain/results/handling.ts";
import { discountLeft } from "../../domain/results/margin.ts";
import {
  type AnsweredTalk,
  BEFORE_MS,
  type EligibleMoment,
  type PhaseHistory,
  type Success,
} from "../../domain/results/units.ts";
import type { Join } from "../../domain/results/whose.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { isEveryLead, type LeadOf } from "../../domain/site/success.ts";
import { handoversOf } from "../kpis/history-rows.ts";
import { readCredits } from "./read-credits.ts";

type Cells = (string | number | null)[];

export type Asked = {
  site: SiteKey;
  campaign: string;
  phase: number;
  goal: "sale" | "lead";
  /** Which leads count, where leads do. */
  lead: LeadOf | null;
  settings: Pick<SiteSettings, "currency" | "orders">;
  /** How long after the end of a chat's visit what is done is credited to it. */
  attributionMs: number;
};

const OF_PHASE = "site = ?1 AND campaign_id = ?2 AND phase = ?3";
/** Everybody of the phase, and whom else a proven user of the phase has been; found by visitor, as the planner would not. */
const PEOPLE = `WITH own AS MATERIALIZED (
    SELECT DISTINCT visitor_id FROM exposures INDEXED BY exposures_campaign WHERE ${OF_PHASE}),
  people AS MATERIALIZED (SELECT visitor_id FROM own
    UNION SELECT other.visitor_id FROM own
      CROSS JOIN identities i INDEXED BY identities_visitor ON i.site = ?1 AND i.visitor_id = own.visitor_id
      CROSS JOIN identities other ON other.site = ?1 AND other.user_id = i.user_id)`;
const FIRST = `(SELECT min(eligible_at) FROM exposures INDEXED BY exposures_campaign WHERE ${OF_PHASE})`;
const SINCE = `${FIRST} - ${BEFORE_MS}`;

const MOMENTS = `SELECT e.id, e.visitor_id, e.variant, e.arm, e.eligible_at, coalesce(s.ended_at, s.last_at),
    s.device_type, s.browser,
    coalesce(e.shown_at, e.opened_at, e.declined_at, e.ignored_at, e.clicked_at) IS NOT NULL
  FROM exposures e INDEXED BY exposures_campaign LEFT JOIN sessions s ON s.site = e.site AND s.id = e.session_id
  WHERE e.site = ?1 AND e.campaign_id = ?2 AND e.phase = ?3`;
/** Everybody's conversations from the first moment on: those of the held-out too, whom the button or another campaign led there. */
const CHATS = `${PEOPLE} SELECT c.decision_id, c.visitor_id, c.first_visitor_message_at, c.assigned_at, c.first_agent_message_at,
    c.last_message_at, c.closed_at, c.close_reason, c.agent_id, c.handovers
  FROM people p CROSS JOIN conversations c INDEXED BY conversations_visitor ON c.site = ?1 AND c.visitor_id = p.visitor_id
  WHERE c.first_visitor_message_at >= ${FIRST}`;
const ORDERS = `${PEOPLE} SELECT o.order_id, o.visitor_id, o.session_id, o.at, o.total, o.currency, o.status, o.covered,
    o.discount
  FROM people p CROSS JOIN orders o INDEXED BY orders_visitor ON o.site = ?1 AND o.visitor_id = p.visitor_id
  WHERE o.at >= ${SINCE}`;
const REFUNDS = `${PEOPLE} SELECT r.id, r.order_id, r.amount, r.status
  FROM people p CROSS JOIN orders o INDEXED BY orders_visitor ON o.site = ?1 AND o.visitor_id = p.visitor_id
    CROSS JOIN refunds r INDEXED BY refunds_order ON r.site = ?1 AND r.order_id = o.order_id
  WHERE o.at >= ${SINCE}`;
/** Of the goal ?4; those that say no goal count where ?5. */
const LEADS = `${PEOPLE} SELECT l.id, l.visitor_id, l.at, CASE WHEN l.goals IS NULL THEN l.value ELSE
    (SELECT g.value FROM json_each(l.goals) g WHERE g.key = ?4) END, l.currency
  FROM people p CROSS JOIN leads l INDEXED BY leads_visitor ON l.site = ?1 AND l.visitor_id = p.visitor_id
  WHERE l.at >= ${SINCE} AND CASE WHEN l.goals IS NULL THEN ?5
    ELSE EXISTS (SELECT 1 FROM json_each(l.goals) g WHERE g.key = ?4) END`;
const JOINS = `${PEOPLE} SELECT i.visitor_id, i.user_id, i.at
  FROM people p CROSS JOIN identities i INDEXED BY identities_visitor ON i.site = ?1 AND i.visitor_id = p.visitor_id`;

export async function readPhase(env: Env, asked: Asked): Promise<PhaseHistory> {
  const { site, campaign, phase, lead } = asked;
  const all = (sql: string, ...more: (string | number)[]) =>
    env.DB.prepare(sql)
      .bind(site, campaign, phase, ...more)
      .raw<Cells>();
  const [moments, chats, identities, successes] = await Promise.all([
    all(MOMENTS),
    all(CHATS),
    all(JOINS),
    lead === null
      ? Promise.all([all(ORDERS), all(REFUNDS)])
      : all(LEADS, lead.key, isEveryLead(lead) ? 1 : 0).then((rows) => [rows] as const),
  ]);
  const [told, given] = successes;
  const done = given === undefined ? leadsOf(told, asked) : salesOf(told, given, asked);
  const joins = identities.map(joinOf);
  const conversations = chats.map(chatOf);
  const own = decisionsOf(moments, conversations);
  const isAnswered = [...own.values()].some((talks) => talks.some(({ answeredAt }) => answeredAt !== null));
  const credits: Credits = isAnswered ? await readCredits(env, asked, joins, done) : new Map();
  return {
    moments: moments.map((cells) => momentOf(cells, own, credits)),
    successes: done,
    talks: conversations.flatMap(({ visitor, startedAt, answeredAt }): AnsweredTalk[] =>
      answeredAt === null ? [] : [{ visitor, at: startedAt }],
    ),
    joins,
  };
}

export function joinOf([visitor, user, at]: Cells): Join {
  return { visitor: String(visitor), user: String(user), at: Number(at) };
}

type Conversation = HeldChat & { visitor: string; decision: string | null };

/** The conversations that came of this phase's decisions, by decision. */
function decisionsOf(
  moments: readonly Cells[],
  conversations: readonly Conversation[],
): ReadonlyMap<string, readonly Conversation[]> {
  const invited = conversations.filter(({ decision }) => decision !== null);
  if (invited.length === 0) return new Map();
  const decisions = new Set(moments.map(([id]) => String(id)));
  return Map.groupBy(
    invited.filter(({ decision }) => decision !== null && decisions.has(decision)),
    ({ decision }) => decision ?? "",
  );
}

function chatOf([
  decision,
  visitor,
  startedAt,
  assignedAt,
  answeredAt,
  lastMessageAt,
  closedAt,
  closeReason,
  agent,
  handovers,
]: Cells): Conversation {
  return {
    decision: textOf(decision),
    visitor: String(visitor),
    startedAt: Number(startedAt),
    assignedAt: numberOf(assignedAt),
    answeredAt: numberOf(answeredAt),
    lastMessageAt: numberOf(lastMessageAt),
    closedAt: numberOf(closedAt),
    closeReason: textOf(closeReason),
    agent: textOf(agent),
    handovers: handoversOf(handovers),
  };
}

function momentOf(
  [id, visitor, variant, arm, at, endsAt, device, browser, shown]: Cells,
  own: ReadonlyMap<string, readonly Conversation[]>,
  credits: Credits,
): EligibleMoment {
  const eligibleAt = Number(at);
  const chats = own.get(String(id)) ?? [];
  return {
    id: String(id),
    visitor: String(visitor),
    variant: String(variant),
    arm: arm === "holdout" ? "holdout" : "treated",
    eligibleAt,
    visitEndsAt: Number(endsAt ?? eligibleAt),
    device: textOf(device),
    browser: textOf(browser),
    shown: shown === 1,
    accepted: chats.length > 0,
    handleMs: chats.reduce((sum, chat) => sum + handlingMs(chat), 0),
    credited: credits.get(String(id)) ?? [],
  };
}

function salesOf(orders: readonly Cells[], refunds: readonly Cells[], { settings }: Asked): Success[] {
  const history: KpiHistory = {
    ...EMPTY_HISTORY,
    orders: orders.map(([id, visitor, session, at, total, currency, status, covered]) => ({
      id: String(id),
      visitor: String(visitor),
      session: textOf(session),
      at: Number(at),
      total: Number(total),
      currency: String(currency),
      status: status === "confirmed" ? "confirmed" : "claimed",
      covered: covered === 1,
    })),
    refunds: refunds.map(([id, order, amount, status]) => ({
      id: String(id),
      order: String(order),
      amount: amount === null || amount === undefined ? null : Number(amount),
      status: status === "confirmed" ? "confirmed" : "claimed",
    })),
  };
  const discounts = new Map(orders.map((cells) => [String(cells[0]), cents(Number(cells[8] ?? 0))]));
  return countedOrders(history, { ...settings, attributionMs: 0 }).map((order) => ({
    id: order.id,
    visitor: order.visitor,
    at: order.at,
    cents: order.netCents,
    discountCents: discountLeft(order, discounts.get(order.id) ?? 0, settings.currency),
    isForeign: !order.own,
  }));
}

function leadsOf(rows: readonly Cells[], { settings }: Asked): Success[] {
  return rows.map(([id, visitor, at, value, currency]) => {
    const isForeign = (currency ?? settings.currency) !== settings.currency;
    return {
      id: String(id),
      visitor: String(visitor),
      at: Number(at) satisfies EpochMs,
      cents: isForeign ? 0 : cents(Number(value ?? 0)),
      isForeign: isForeign && Number(value ?? 0) > 0,
    };
  });
}

function numberOf(cell: string | number | null | undefined): number | null {
  return cell === null || cell === undefined ? null : Number(cell);
}

function textOf(cell: string | number | null | undefined): string | null {
  return cell === null || cell === undefined ? null : String(cell);
}
