/** The weights that a bandit gave a campaign's variants, period by period: what is published is the latest of its phase. */
import { eq, sql } from "drizzle-orm";
import type { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import type { SiteKey } from "../../domain/ids.ts";
import type { Campaign } from "../../domain/targeting/campaign.ts";
import { banditPeriods } from "../../migrations/schema.ts";

const Weights = z.array(z.number().min(0).max(1));

export type LatestPeriod = { campaignId: string; phase: number; period: number; weights: string };

/** The query for the latest period of each phase of each campaign of `site`. */
export function latestPeriods(db: ReturnType<typeof drizzle>, site: SiteKey) {
  const { campaignId, phase, period, weights } = banditPeriods;
  return (
    db
      // SQLite takes the other columns from the row that has the maximum.
      .select({ campaignId, phase, period: sql<number>`max(${period})`, weights })
      .from(banditPeriods)
      .where(eq(banditPeriods.site, site))
      .groupBy(campaignId, phase)
  );
}

/** `campaign` with the weights of its present period, where a bandit moves them. */
export function withBandit(campaign: Campaign, periods: readonly LatestPeriod[]): Campaign {
  if (campaign.allocation !== "bandit") return campaign;
  const latest = periods.find(
    ({ campaignId, phase }) => campaignId === campaign.id && phase === campaign.phase,
  );
  if (latest === undefined) return campaign;
  const weights = Weights.parse(JSON.parse(latest.weights));
  return { ...campaign, bandit: { period: latest.period, weights } };
}
