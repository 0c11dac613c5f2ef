/**
 * Why a campaign did not reach those for whom its condition held: one reason a visit, the last word that was said.
 *
 * A visit in which the visitor was engaged counts as that, whatever else was said of it before; a held-out one comes
 * next; else the last refusal stands.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { type OutcomeCode, OUTCOMES } from "../../domain/targeting/outcome.ts";

export type ReasonCount = { reason: OutcomeCode; visits: number };
export type Reasons = { visits: number; reasons: ReasonCount[]; exemptPageViews: number };

const FINAL = `CASE
  WHEN instr(campaign.value, '"treated"') > 0 THEN 'treated'
  WHEN instr(campaign.value, '"holdout"') > 0 THEN 'holdout'
  ELSE json_extract(campaign.value, '$[#-1]') END`;

/** The final outcomes of `campaign` in the visits that began from `from` (inside) to `to` (outside), most first. */
export async function countReasons(
  env: Env,
  { site, campaign, from, to }: { site: SiteKey; campaign: string; from: EpochMs; to: EpochMs },
): Promise<Reasons> {
  const [outcomes, exempt] = await env.DB.batch<{ reason: string | null; count: number | null }>([
    env.DB.prepare(
      `SELECT ${FINAL} AS reason, count(*) AS count FROM sessions, json_each(sessions.outcomes) AS campaign
       WHERE site = ?1 AND started_at >= ?2 AND started_at < ?3 AND outcomes <> '{}' AND campaign.key = ?4
       GROUP BY reason`,
    ).bind(site, from, to, campaign),
    env.DB.prepare(
      `SELECT NULL AS reason, sum(page_views) AS count FROM exempt_counts
       WHERE site = ?1 AND hour >= ?2 AND hour < ?3`,
    ).bind(site, from, to),
  ]);
  const reasons = (outcomes?.results ?? [])
    .flatMap(({ reason, count }) => {
      const known = OUTCOMES.find((code) => code === reason);
      return known === undefined ? [] : [{ reason: known, visits: count ?? 0 }];
    })
    .toSorted((a, b) => b.visits - a.visits || OUTCOMES.indexOf(a.reason) - OUTCOMES.indexOf(b.reason));
  return {
    visits: reasons.reduce((sum, { visits }) => sum + visits, 0),
    reasons,
    exemptPageViews: exempt?.results[0]?.count ?? 0,
  };
}
