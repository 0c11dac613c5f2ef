/**
 * How each variant of one phase did among the visitors whose window has passed, period by period of the weights: everybody
 * counts once, by the first exposure and in the period of that, and as a success with an order or a lead of the same
 * person from that moment to the end of the window.
 */
import type { BanditArm } from "../../domain/experiments/bandit.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { isEveryLead, type PhaseGoal } from "../../domain/site/success.ts";
import { readSettings } from "../kpis/report.ts";

/** Orders that count: by the site's rule, and not refunded whole. */
const SALES = `SELECT visitor_id, at FROM orders o WHERE o.site = ?1 AND (?6 = 'claimed' OR o.status = 'confirmed')
  AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.site = o.site AND r.order_id = o.order_id
    AND (?6 = 'claimed' OR r.status = 'confirmed')
    GROUP BY r.order_id HAVING max(r.amount IS NULL) = 1 OR sum(r.amount) >= o.total - 0.005)`;
/** Leads of the goal ?7; those that say no goal where ?8. */
const LEADS = `SELECT visitor_id, at FROM leads l WHERE l.site = ?1 AND ?6 IS NOT NULL AND CASE WHEN l.goals IS NULL THEN ?8
  ELSE EXISTS (SELECT 1 FROM json_each(l.goals) g WHERE g.key = ?7) END`;

function query(goal: PhaseGoal["kind"]): string {
  return `WITH
  exposed AS (
    SELECT visitor_id, variant, arm, eligible_at,
      row_number() OVER (PARTITION BY visitor_id ORDER BY eligible_at, id) AS nth
    FROM exposures WHERE site = ?1 AND campaign_id = ?2 AND phase = ?3),
  units AS (
    SELECT visitor_id, variant, eligible_at FROM exposed
    WHERE nth = 1 AND arm = 'treated' AND eligible_at <= ?4 - ?5),
  timed AS (
    SELECT visitor_id, variant, eligible_at AS at, NULL AS period FROM units
    UNION ALL SELECT NULL, NULL, started_at, period FROM bandit_periods
      WHERE site = ?1 AND campaign_id = ?2 AND phase = ?3),
  placed AS (
    SELECT visitor_id, variant, at AS eligible_at, period AS begun,
      coalesce(max(period) OVER (ORDER BY at, period IS NULL ROWS UNBOUNDED PRECEDING), 0) AS period FROM timed),
  told AS (${goal === "sale" ? SALES : LEADS}),
  reached AS (
    SELECT visitor_id, at FROM told
    UNION ALL SELECT own.visitor_id, told.at FROM told
      JOIN identities other ON other.site = ?1 AND other.visitor_id = told.visitor_id
      JOIN identities own ON own.site = ?1 AND own.user_id = other.user_id
      WHERE own.visitor_id <> told.visitor_id)
SELECT placed.variant, placed.period, count(DISTINCT placed.visitor_id) AS n, count(DISTINCT reached.visitor_id) AS x
FROM placed LEFT JOIN reached ON reached.visitor_id = placed.visitor_id
  AND reached.at >= placed.eligible_at AND reached.at <= placed.eligible_at + ?5
WHERE placed.begun IS NULL
GROUP BY placed.variant, placed.period`;
}

/** By variant, what each period gave, in order of time; all variants have as many periods. */
export async function maturedArms(
  env: Env,
  site: SiteKey,
  asked: { campaign: string; phase: number; goal: PhaseGoal; windowMs: number; now: EpochMs },
): Promise<Map<string, BanditArm[]>> {
  const { orders } = await readSettings(env, site);
  const { campaign, phase, goal, windowMs, now } = asked;
  const { kind, lead } = goal;
  const which = lead === null ? [] : [lead.key, isEveryLead(lead) ? 1 : 0];
  const { results } = await env.DB.prepare(query(kind))
    .bind(site, campaign, phase, now, windowMs, orders, ...which)
    .all<BanditArm & { variant: string; period: number }>();
  const periods = [...new Set(results.map(({ period }) => period))].toSorted((a, b) => a - b);
  const arms = new Map<string, BanditArm[]>();
  for (const { variant, period, n, x } of results) {
    const own = arms.get(variant) ?? periods.map(() => ({ n: 0, x: 0 }));
    own[periods.indexOf(period)] = { n, x };
    arms.set(variant, own);
  }
  return arms;
}
