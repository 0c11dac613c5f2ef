/**
 * The history that a day's staffing is reckoned from, read with the least that each question needs: arrivals as counts
 * by quarter hour, the newest conversations for the estimates, the day's own for what was reached.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { Online, StaffChat } from "../../domain/staffing/actual.ts";
import { QUARTER_MS } from "../../domain/staffing/local-day.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A conversation may be made so long before its first message. */
const UNSPOKEN_MS = DAY_MS;
const LONGEST_SHIFT_MS = 31 * DAY_MS;
/** More conversations than these make no estimate better. */
const MOST_CHATS = 4_000;

export type Span = { from: EpochMs; to: EpochMs };
export type CampaignChat = StaffChat & { campaign: string | null };

/** Conversations by the quarter hour of their visitor's first message, counted from 1970. */
export async function countArrivals(
  env: Env,
  site: SiteKey,
  { from, to }: Span,
): Promise<Map<number, number>> {
  const { results } = await env.DB.prepare(
    `SELECT CAST(first_visitor_message_at / ?4 AS INTEGER) AS quarter, count(*) AS n FROM conversations
     WHERE site = ?1 AND created_at >= ?2 AND created_at < ?3
       AND first_visitor_message_at >= ?5 AND first_visitor_message_at < ?3 GROUP BY 1`,
  )
    .bind(site, from - UNSPOKEN_MS, to, QUARTER_MS, from)
    .all<{ quarter: number; n: number }>();
  return new Map(results.map(({ quarter, n }) => [quarter, n]));
}

/** The newest conversations that began in the span. */
export async function readChats(
  env: Env,
  site: SiteKey,
  { from, to }: Span,
  idleMinutes: number,
  most: number = MOST_CHATS,
): Promise<CampaignChat[]> {
  const { results } = await env.DB.prepare(
    `SELECT c.agent_id, c.first_visitor_message_at, c.assigned_at, c.first_agent_message_at, c.closed_at,
       c.close_reason, e.campaign_id
     FROM conversations c LEFT JOIN exposures e ON e.site = c.site AND e.id = c.decision_id
     WHERE c.site = ?1 AND c.created_at >= ?2 AND c.created_at < ?3
       AND c.first_visitor_message_at IS NOT NULL
     ORDER BY c.created_at DESC LIMIT ?4`,
  )
    .bind(site, from - UNSPOKEN_MS, to, most)
    .all<ChatCells>();
  return results.map((cells) => chatOf(cells, idleMinutes));
}

type ChatCells = {
  agent_id: string | null;
  first_visitor_message_at: number;
  assigned_at: number | null;
  first_agent_message_at: number | null;
  closed_at: number | null;
  close_reason: string | null;
  campaign_id: string | null;
};

function chatOf(cells: ChatCells, idleMinutes: number): CampaignChat {
  const { closed_at } = cells;
  return {
    agent: cells.agent_id,
    startedAt: cells.first_visitor_message_at,
    assignedAt: cells.assigned_at,
    answeredAt: cells.first_agent_message_at,
    closedAt: closed_at,
    // A room closes itself only when its visitor has been away so long.
    leftAt: closed_at !== null && cells.close_reason === "idle" ? closed_at - idleMinutes * MINUTE_MS : null,
    campaign: cells.campaign_id,
  };
}

/** The stretches of the span in which agents were online; one that lasts ends now. */
export async function readOnline(
  env: Env,
  site: SiteKey,
  { from, to }: Span,
  now: EpochMs,
): Promise<Online[]> {
  const { results } = await env.DB.prepare(
    `SELECT agent_id, capacity, started_at, ended_at FROM agent_states
     WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3 AND state = 'online'
       AND (ended_at IS NULL OR ended_at > ?4)`,
  )
    .bind(site, from - LONGEST_SHIFT_MS, to, from)
    .all<{ agent_id: string; capacity: number; started_at: number; ended_at: number | null }>();
  return results.map(({ agent_id, capacity, started_at, ended_at }) => ({
    agent: agent_id,
    from: started_at,
    to: ended_at ?? now,
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
