/**
 * The history that a day's staffing is reckoned from, read with the least that each question needs: arrivals as counts
 * by quarter hour, the newest conversations for the estimates, the day's own for what was reached.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { AgentStateRow, ChatRow } from "../../domain/kpi/history.ts";
import type { Arrivals } from "../../domain/staffing/kept-day.ts";
import { QUARTER_MS } from "../../domain/staffing/local-day.ts";
import { type Online, onlineOf } from "../../domain/staffing/online.ts";
import { type Cells, CELLS, chatOf, LONG_CHAT_MS, LONGEST_SHIFT_MS } from "../kpis/history-rows.ts";
import { SILENT_CHAT_MS as UNSPOKEN_MS } from "../kpis/read-history.ts";

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

/**
 * The conversations in which the visitor wrote first in the span, and those that reach into it, as the KPIs read them,
 * newest first.
 */
export async function chatsOf(env: Env, site: SiteKey, { from, to }: Span): Promise<ChatRow[]> {
  const since = from - LONG_CHAT_MS - UNSPOKEN_MS;
  const rows = await env.DB.prepare(
    `${CHATS} AND (c.first_visitor_message_at >= ?4 OR c.closed_at IS NULL OR c.closed_at > ?4) ${NEWEST_FIRST}`,
  )
    .bind(site, since, to, from)
    .raw<Cells>();
  return rows.map(chatOf);
}

/** The conversations in which the visitor wrote first in the span, newest first. */
export async function chatsBegunIn(env: Env, site: SiteKey, { from, to }: Span): Promise<ChatRow[]> {
  const rows = await env.DB.prepare(
    `${CHATS} AND c.first_visitor_message_at >= ?4 AND c.first_visitor_message_at < ?3
       AND c.first_visitor_message_at <= c.created_at + ${UNSPOKEN_MS} ${NEWEST_FIRST}`,
  )
    .bind(site, from - UNSPOKEN_MS, to, from)
    .raw<Cells>();
  return rows.map(chatOf);
}

const CHATS = `SELECT ${CELLS.conversations}
  FROM conversations c LEFT JOIN exposures e ON e.site = c.site AND e.id = c.decision_id
  WHERE c.site = ?1 AND c.created_at >= ?2 AND c.created_at < ?3 AND c.first_visitor_message_at IS NOT NULL`;
const NEWEST_FIRST = "ORDER BY c.first_visitor_message_at DESC, c.id DESC";

/** The stretches of the span in which agents were online; one that lasts ends now. */
export async function readOnline(
  env: Env,
  site: SiteKey,
  { from, to }: Span,
  now: EpochMs,
): Promise<Online[]> {
  const rows = await env.DB.prepare(ONLINE)
    .bind(site, from - LONGEST_SHIFT_MS, to, from)
    .raw<[agent: string, capacity: number, from: EpochMs, to: EpochMs | null]>();
  const states = rows.map(([agent, capacity, startedAt, ended]): AgentStateRow => ({
    agent,
    state: "online",
    capacity,
    startedAt,
    endedAt: Math.min(ended ?? now, startedAt + LONGEST_SHIFT_MS),
  }));
  return onlineOf(states, now);
}

const ONLINE = `SELECT agent_id, capacity, started_at, ended_at FROM agent_states
  WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3 AND state = 'online' AND (ended_at IS NULL OR ended_at > ?4)`;

/** The campaigns that are live, by id. */
export async function liveCampaigns(env: Env, site: SiteKey): Promise<Map<string, string>> {
  const { results } = await env.DB.prepare(
    `SELECT id, name FROM campaigns WHERE site = ?1 AND status = 'live' AND deleted_at IS NULL`,
  )
    .bind(site)
    .all<{ id: string; name: string }>();
  return new Map(results.map(({ id, name }) => [id, name]));
}
