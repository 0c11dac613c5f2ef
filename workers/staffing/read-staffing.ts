/**
 * The history that a day's staffing is reckoned from, read with the least that each question needs: arrivals as counts
 * by quarter hour, the newest conversations for the estimates, the day's own for what was reached.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { Online } from "../../domain/staffing/actual.ts";
import type { Arrivals, ToldChat } from "../../domain/staffing/kept-day.ts";
import { QUARTER_MS } from "../../domain/staffing/local-day.ts";

const DAY_MS = 86_400_000;
/** A conversation is made at most so long before its visitor's first message. */
export const UNSPOKEN_MS = DAY_MS;
const LONGEST_SHIFT_MS = 31 * DAY_MS;

export type Span = { from: EpochMs; to: EpochMs };

/** Conversations by the quarter hour of their visitor's first message, counted from 1970. */
export async function countArrivals(env: Env, site: SiteKey, { from, to }: Span): Promise<Arrivals[]> {
  return env.DB.prepare(ARRIVALS)
    .bind(site, from - UNSPOKEN_MS, to, QUARTER_MS, from)
    .raw<Arrivals>();
}

const ARRIVALS = `SELECT CAST(first_visitor_message_at / ?4 AS INTEGER) AS quarter, count(*) FROM conversations
  WHERE site = ?1 AND created_at >= ?2 AND created_at < ?3
    AND first_visitor_message_at >= ?5 AND first_visitor_message_at < ?3
    AND first_visitor_message_at <= created_at + ${UNSPOKEN_MS}
  GROUP BY 1`;

/** The conversations made in the span in which the visitor wrote, newest first. */
export async function chatsMadeIn(env: Env, site: SiteKey, { from, to }: Span): Promise<ToldChat[]> {
  const rows = await env.DB.prepare(`${CHATS} ${NEWEST_FIRST}`).bind(site, from, to).raw<Cells>();
  return rows.map(chatOfCells);
}

/** The conversations in which the visitor wrote first in the span, newest first. */
export async function chatsBegunIn(env: Env, site: SiteKey, { from, to }: Span): Promise<ToldChat[]> {
  const rows = await env.DB.prepare(
    `${CHATS} AND c.first_visitor_message_at >= ?4 AND c.first_visitor_message_at < ?3
       AND c.first_visitor_message_at <= c.created_at + ${UNSPOKEN_MS} ${NEWEST_FIRST}`,
  )
    .bind(site, from - UNSPOKEN_MS, to, from)
    .raw<Cells>();
  return rows.map(chatOfCells);
}

const CHATS = `SELECT c.created_at, c.first_visitor_message_at, c.assigned_at, c.first_agent_message_at, c.closed_at,
    c.close_reason IS 'idle', c.agent_id, e.campaign_id
  FROM conversations c LEFT JOIN exposures e ON e.site = c.site AND e.id = c.decision_id
  WHERE c.site = ?1 AND c.created_at >= ?2 AND c.created_at < ?3 AND c.first_visitor_message_at IS NOT NULL`;
const NEWEST_FIRST = "ORDER BY c.created_at DESC, c.first_visitor_message_at DESC, c.id DESC";

type Moment = number | null;
type Cells = [number, number, Moment, Moment, Moment, number, string | null, string | null];

function chatOfCells([
  createdAt,
  startedAt,
  assignedAt,
  answeredAt,
  closedAt,
  idle,
  agent,
  campaign,
]: Cells): ToldChat {
  return { createdAt, startedAt, assignedAt, answeredAt, closedAt, idle: idle === 1, agent, campaign };
}

/** The stretches of the span in which agents were online; one that lasts ends now. */
export async function readOnline(
  env: Env,
  site: SiteKey,
  { from, to }: Span,
  now: EpochMs,
): Promise<Online[]> {
  const rows = await env.DB.prepare(
    `SELECT agent_id, capacity, started_at, ended_at FROM agent_states
     WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3 AND state = 'online'
       AND (ended_at IS NULL OR ended_at > ?4)`,
  )
    .bind(site, from - LONGEST_SHIFT_MS, to, from)
    .raw<[agent: string, capacity: number, from: EpochMs, to: EpochMs | null]>();
  return rows.map(([agent, capacity, started, ended]) => ({
    agent,
    from: started,
    to: ended ?? now,
    capacity,
  }));
}

/** The campaigns that are live, by id. */
export async function liveCampaigns(env: Env, site: SiteKey): Promise<Map<string, string>> {
  const { results } = await env.DB.prepare(
    `SELECT id, name FROM campaigns WHERE site = ?1 AND status = 'live' AND deleted_at IS NULL`,
  )
    .bind(site)
    .all<{ id: string; name: string }>();
  return new Map(results.map(({ id, name }) => [id, name]));
}
