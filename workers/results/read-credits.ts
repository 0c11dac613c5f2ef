/**
 * What the chats of a phase are credited with: with their people's other answered chats, since an order is credited to the
 * first of them whose window holds it, and with the visits that these windows begin from.
 */
import { compare } from "../../domain/kpi/orders.ts";
import { type AnsweredTalk, type Credits, creditsOf, type TalkVisit } from "../../domain/results/credited.ts";
import type { Success } from "../../domain/results/units.ts";
import type { Join } from "../../domain/results/whose.ts";

type Cells = (string | number | null)[];

/** Whoever had an answered chat of the phase ?3, and whom else these users have been. */
const TALKED = `WITH own AS MATERIALIZED (
    SELECT DISTINCT c.visitor_id FROM exposures e INDEXED BY exposures_campaign
      CROSS JOIN conversations c INDEXED BY conversations_decision ON c.site = e.site AND c.decision_id = e.id
    WHERE e.site = ?1 AND e.campaign_id = ?2 AND e.phase = ?3
      AND c.first_visitor_message_at IS NOT NULL AND c.first_agent_message_at IS NOT NULL),
  talked AS MATERIALIZED (SELECT visitor_id FROM own
    UNION SELECT other.visitor_id FROM own
      CROSS JOIN identities i INDEXED BY identities_visitor ON i.site = ?1 AND i.visitor_id = own.visitor_id
      CROSS JOIN identities other ON other.site = ?1 AND other.user_id = i.user_id)`;
const CHATS = `${TALKED} SELECT c.id, c.visitor_id, c.decision_id, c.first_visitor_message_at, c.first_agent_message_at,
    c.closed_at
  FROM talked t CROSS JOIN conversations c INDEXED BY conversations_visitor
    ON c.site = ?1 AND c.visitor_id = t.visitor_id
  WHERE c.first_visitor_message_at IS NOT NULL AND c.first_agent_message_at IS NOT NULL`;
const VISITS = `${TALKED} SELECT s.id, s.visitor_id, s.started_at, coalesce(s.ended_at, s.last_at)
  FROM talked t CROSS JOIN sessions s INDEXED BY sessions_visitor ON s.site = ?1 AND s.visitor_id = t.visitor_id`;

export async function readCredits(
  env: Env,
  {
    site,
    campaign,
    phase,
    attributionMs,
  }: Record<"site" | "campaign", string> & {
    phase: number;
    attributionMs: number;
  },
  joins: readonly Join[],
  successes: readonly Success[],
): Promise<Credits> {
  const all = (sql: string) => env.DB.prepare(sql).bind(site, campaign, phase).raw<Cells>();
  const [chats, visits] = await Promise.all([all(CHATS), all(VISITS)]);
  const persons = personsOf(joins);
  const done = successes.map(({ id, visitor, at, cents }) => ({
    id,
    at,
    cents,
    person: persons.get(visitor) ?? visitor,
  }));
  const history = { chats: chats.map(talkOf), visits: visits.map(visitOf), persons };
  return creditsOf(history, done, attributionMs);
}

/** Who each visitor is to the KPIs: the user that was proven last. */
function personsOf(joins: readonly Join[]): Map<string, string> {
  const sorted = joins.toSorted((a, b) => a.at - b.at || compare(a.user, b.user));
  return new Map(sorted.map(({ visitor, user }) => [visitor, `user:${user}`]));
}

function talkOf([id, visitor, decision, startedAt, answeredAt, closedAt]: Cells): AnsweredTalk {
  return {
    id: String(id),
    visitor: String(visitor),
    decision: decision === null || decision === undefined ? null : String(decision),
    startedAt: Number(startedAt),
    answeredAt: Number(answeredAt),
    closedAt: closedAt === null || closedAt === undefined ? null : Number(closedAt),
  };
}

function visitOf([id, visitor, startedAt, endedAt]: Cells): TalkVisit {
  return {
    id: String(id),
    visitor: String(visitor),
    startedAt: Number(startedAt),
    endedAt: Number(endedAt),
  };
}
