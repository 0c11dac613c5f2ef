/** The result of one phase of a campaign, from D1: who was eligible, and what they bought within the window. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { EMPTY_HISTORY, type OrderRow, type RefundRow } from "../../domain/kpi/history.ts";
import { countedOrders } from "../../domain/kpi/orders.ts";
import { campaignResult, type CampaignResult, type Eligible } from "../../domain/kpi/results.ts";
import { readSettings } from "./report.ts";

const HOUR_MS = 3_600_000;

type EligibleRow = {
  id: string;
  visitor_id: string;
  variant: string;
  arm: string;
  eligible_at: EpochMs;
  ends_at: EpochMs | null;
  shown: number;
  accepted: number;
};

const OF_PHASE = `site = ?1 AND campaign_id = ?2 AND phase = ?3`;
/** Everybody of the phase, and whoever a proven user of the phase has been. */
const VISITORS = `SELECT visitor_id FROM exposures WHERE ${OF_PHASE}
  UNION SELECT other.visitor_id FROM identities own
    JOIN identities other ON other.site = own.site AND other.user_id = own.user_id
    WHERE own.site = ?1 AND own.visitor_id IN (SELECT visitor_id FROM exposures WHERE ${OF_PHASE})`;

export async function reportCampaign(
  env: Env,
  site: SiteKey,
  campaign: { id: string; phase: number; windowHours: number },
): Promise<CampaignResult> {
  const { currency, orders: rule } = await readSettings(env, site);
  const all = <Row>(sql: string) => env.DB.prepare(sql).bind(site, campaign.id, campaign.phase).all<Row>();
  const [moments, orders, refunds, identities] = await Promise.all([
    all<EligibleRow>(
      `SELECT e.id, e.visitor_id, e.variant, e.arm, e.eligible_at, coalesce(s.ended_at, s.last_at) AS ends_at,
         coalesce(e.shown_at, e.opened_at, e.declined_at, e.ignored_at, e.clicked_at) IS NOT NULL AS shown,
         EXISTS (SELECT 1 FROM conversations c WHERE c.site = e.site AND c.decision_id = e.id
           AND c.first_visitor_message_at IS NOT NULL) AS accepted
       FROM exposures e LEFT JOIN sessions s ON s.site = e.site AND s.id = e.session_id
       WHERE e.site = ?1 AND e.campaign_id = ?2 AND e.phase = ?3`,
    ),
    all<OrderRow & { covered: number }>(
      `SELECT order_id AS id, visitor_id AS visitor, session_id AS session, at, total, currency, status, covered
       FROM orders WHERE site = ?1 AND visitor_id IN (${VISITORS})
       AND at >= (SELECT min(eligible_at) FROM exposures WHERE ${OF_PHASE})`,
    ),
    all<RefundRow>(
      `SELECT r.id, r.order_id AS "order", r.amount, r.status FROM refunds r
       JOIN orders o ON o.site = r.site AND o.order_id = r.order_id
       WHERE r.site = ?1 AND o.visitor_id IN (${VISITORS})`,
    ),
    all<{ visitor_id: string; user_id: string }>(
      `SELECT visitor_id, user_id FROM identities WHERE site = ?1 AND visitor_id IN (${VISITORS})
       ORDER BY at, user_id`,
    ),
  ]);
  const persons = new Map(identities.results.map((row) => [row.visitor_id, `user:${row.user_id}`]));
  const history = { ...EMPTY_HISTORY, orders: orders.results, refunds: refunds.results, persons };
  const counted = countedOrders(history, { orders: rule, currency, attributionMs: 0 });
  const eligible = moments.results.map((row) => eligibleOf(row, persons));
  return campaignResult(eligible, counted, campaign.windowHours * HOUR_MS);
}

function eligibleOf(row: EligibleRow, persons: ReadonlyMap<string, string>): Eligible {
  const { id, visitor_id, variant, eligible_at, ends_at } = row;
  return {
    id,
    person: persons.get(visitor_id) ?? visitor_id,
    variant,
    arm: row.arm === "holdout" ? "holdout" : "treated",
    eligibleAt: eligible_at,
    visitEndsAt: Math.max(ends_at ?? eligible_at, eligible_at),
    shown: row.shown === 1,
    accepted: row.accepted === 1,
  };
}
