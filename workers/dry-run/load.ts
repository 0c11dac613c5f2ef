/**
 * What the site has measured of its own conversations: how many of those who are shown an invitation accept it, how long
 * a conversation takes, and how many an agent holds at once. Shown and accepted are what the site's figures call so: an
 * invitation to talk is accepted by the visitor's first message, anything else by its opening.
 */
import { DEFAULT_CAPACITY } from "../../domain/desk/presence.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { CONVERSATION_KINDS } from "../../domain/kpi/exposures.ts";
import type { DecisionKind } from "../../domain/targeting/campaign.ts";

const DAY_MS = 24 * 3_600_000;
const DAYS = 31;

export type Measured = {
  accepted: number;
  shown: number;
  /** The median from an agent's taking it to its end; null where none has ended. */
  handleSeconds: number | null;
  handled: number;
  concurrency: number;
  concurrencyMeasured: boolean;
};

type Row = { a: number | null; b: number | null };

/** The figures of `site` over the last 31 days; acceptance is that of invitations of `kind`. */
export async function measure(env: Env, site: SiteKey, kind: DecisionKind, now: EpochMs): Promise<Measured> {
  const since = now - DAYS * DAY_MS;
  const [offers, handling, holding] = await env.DB.batch<Row>([
    env.DB.prepare(
      `SELECT sum(CASE WHEN ?4 THEN spoke ELSE opened END) AS a, count(*) AS b FROM (
         SELECT opened_at IS NOT NULL AS opened,
           coalesce(shown_at, clicked_at, opened_at, declined_at, ignored_at) IS NOT NULL AS seen,
           id IN (SELECT decision_id FROM conversations WHERE site = ?1 AND created_at >= ?2
             AND first_visitor_message_at IS NOT NULL AND decision_id IS NOT NULL) AS spoke
         FROM exposures WHERE site = ?1 AND eligible_at >= ?2 AND kind = ?3 AND arm = 'treated')
       WHERE seen OR spoke`,
    ).bind(site, since, kind, CONVERSATION_KINDS.has(kind) ? 1 : 0),
    env.DB.prepare(
      `WITH took AS (
         SELECT closed_at - assigned_at AS ms, row_number() OVER (ORDER BY closed_at - assigned_at) AS place,
           count(*) OVER () AS n
         FROM conversations WHERE site = ?1 AND created_at >= ?2 AND closed_at > assigned_at)
       SELECT avg(ms) AS a, max(n) AS b FROM took WHERE place IN ((n + 1) / 2, (n + 2) / 2)`,
    ).bind(site, since),
    env.DB.prepare(
      `SELECT avg(capacity) AS a, count(*) AS b FROM agent_states
       WHERE site = ?1 AND started_at >= ?2 AND state = 'online' AND capacity > 0`,
    ).bind(site, since),
  ]);
  const [offer, took, held] = [offers?.results[0], handling?.results[0], holding?.results[0]];
  const capacity = held?.a ?? null;
  return {
    accepted: offer?.a ?? 0,
    shown: offer?.b ?? 0,
    handleSeconds: took?.a == null ? null : took.a / 1_000,
    handled: took?.b ?? 0,
    concurrency: Math.max(1, Math.round(capacity ?? DEFAULT_CAPACITY)),
    concurrencyMeasured: capacity !== null,
  };
}
