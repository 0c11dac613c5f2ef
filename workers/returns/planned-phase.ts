/** The phase that a campaign ran last, with what was fixed of it when it began. */
import { and, desc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SiteKey } from "../../domain/ids.ts";
import { finalEnd, plannedVisitors } from "../../domain/results/phase.ts";
import type { ContactPhase } from "../../domain/roi/contacts.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { campaignPhases, campaigns } from "../../migrations/schema.ts";
import { restsOf, stopOf } from "../results/report.ts";

export type PlannedPhase = ContactPhase & { phase: number };

/** Null where it has not run. */
export async function presentPhase(env: Env, site: SiteKey, campaign: string): Promise<PlannedPhase | null> {
  const [row] = await drizzle(env.DB)
    .select({
      phase: campaignPhases.phase,
      body: campaignPhases.body,
      startedAt: campaignPhases.startedAt,
      rests: campaignPhases.rests,
      stoppedAt: campaigns.stoppedAt,
    })
    .from(campaignPhases)
    .leftJoin(campaigns, and(eq(campaigns.site, site), eq(campaigns.id, campaign)))
    .where(and(eq(campaignPhases.site, site), eq(campaignPhases.campaignId, campaign)))
    .orderBy(desc(campaignPhases.phase))
    .limit(1);
  if (row === undefined) return null;
  const { phase, startedAt } = row;
  const rests = restsOf(row.rests);
  const stoppedAt = stopOf(row, rests, undefined);
  const { holdout, plan = null, planned_end } = CampaignInput.parse(JSON.parse(row.body));
  const plannedEnd = planned_end == null ? null : Date.parse(planned_end);
  return {
    phase,
    startedAt,
    stoppedAt,
    plannedEnd: finalEnd({ plannedEnd, startedAt, stoppedAt, rests }),
    plannedVisitors: plannedVisitors({ plan, holdout }),
    holdout,
  };
}
