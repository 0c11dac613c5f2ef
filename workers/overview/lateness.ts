/** What of a site has not arrived in history: messages that it refused, and visitors and the desk that wait to be heard. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { Lateness } from "../../domain/overview/findings.ts";

const LATE = `SELECT
    (SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL AND site = ?1) AS letters,
    (SELECT min(since) FROM overdue_outboxes WHERE owner = ?1 OR substr(owner, 1, length(?1) + 1) = ?1 || ':')
      AS since`;

export async function readLateness(env: Env, site: SiteKey, now: EpochMs): Promise<Lateness> {
  const row = await env.DB.prepare(LATE).bind(site).first<{ letters: number; since: EpochMs | null }>();
  return { letters: row?.letters ?? 0, behindMs: row?.since == null ? 0 : Math.max(0, now - row.since) };
}
