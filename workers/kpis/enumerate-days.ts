/** A mark for every day on which history has anything, so that a day without one is known to be empty. */
import type { EpochMs } from "../../domain/ids.ts";
import type { CountedSite } from "./counted-site.ts";
import { LONG_CHAT_MS } from "./history-rows.ts";
import { claim, SITE_SUBJECT } from "./rollup-store.ts";
import { localDate, zoneShifts, zoneTable } from "./zone-shifts.ts";

const HALF_DAY_MS = 43_200_000;

/** Mark the days of all that history has of the site: once for a site, and again where its zone changes. */
export async function enumerateDays(env: Env, site: CountedSite, now: EpochMs): Promise<void> {
  const claims = await claim(env, site.key, [SITE_SUBJECT]);
  await env.DB.prepare(ENUMERATE)
    .bind(
      site.key,
      JSON.stringify(zoneShifts(site.rules.zone, now)),
      now,
      claims.get(SITE_SUBJECT) ?? 0,
      site.definition,
      SITE_SUBJECT,
    )
    .run();
}

/**
 * Marks that stand stay as they are: they know by their definition whether they are behind. The site's own mark is
 * written by the same statement, so that it never says more than there is.
 */
const ENUMERATE = `WITH RECURSIVE ${zoneTable("?2")},
stretches(at, until) AS (
  SELECT started_at, coalesce(ended_at, ?3) FROM agent_states WHERE site = ?1
  UNION ALL SELECT coalesce(first_visitor_message_at, created_at), min(coalesce(closed_at, ?3),
    coalesce(first_visitor_message_at, created_at) + ${LONG_CHAT_MS}) FROM conversations WHERE site = ?1
  UNION ALL SELECT min(at + ${HALF_DAY_MS}, until), until FROM stretches WHERE at < until),
events(at) AS (
  SELECT started_at FROM sessions WHERE site = ?1
  UNION SELECT eligible_at FROM exposures WHERE site = ?1
  UNION SELECT at FROM orders WHERE site = ?1
  UNION SELECT at FROM leads WHERE site = ?1
  UNION SELECT hour FROM exempt_counts WHERE site = ?1),
moments(at) AS (SELECT at FROM events UNION ALL SELECT at FROM stretches),
subjects(subject, dirty, claimed, built, definition) AS (
  SELECT DISTINCT 'day:' || ${localDate("at")}, 1, 0, 0, NULL FROM moments
  UNION ALL SELECT ?6, ?4, ?4, ?4, ?5)
INSERT INTO rollup_marks (site, subject, dirty, claimed, built, definition)
SELECT ?1, subject, dirty, claimed, built, definition FROM subjects WHERE true
ON CONFLICT (site, subject) DO UPDATE SET built = excluded.built, definition = excluded.definition
  WHERE subject = ?6 AND rollup_marks.built < excluded.built`;
