/**
 * Thompson's weights for the campaigns that ask for them, from what has matured: visitors of the treated arm whose
 * window of conversion has passed, each by the first exposure. The hold-out is never touched, and a new phase starts
 * from nothing.
 *
 * A period is one row of `bandit_periods`, and what has matured is read period by period: the rate of some days is not
 * taken for that of a variant which was played on them. At most one an hour and
 * campaign, and none where nothing new has matured.
 */
import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { nextWeights } from "../../domain/experiments/bandit.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { Campaign } from "../../domain/targeting/campaign.ts";
import { banditPeriods, campaignPhases, campaigns } from "../../migrations/schema.ts";
import { campaignOf, type CampaignRow } from "../publish/campaign-row.ts";
import { publishChange, raiseConfigVersion } from "../publish/publish.ts";
import { goalOf } from "../results/report.ts";
import { maturedArms } from "./matured-arms.ts";

const HOUR_MS = 3_600_000;

/** Move the weights of every campaign whose next period is due. One campaign that fails does not stop the others. */
export async function moveBandits(env: Env, now: EpochMs): Promise<void> {
  const moved = new Set<SiteKey>();
  for (const row of await banditCampaigns(env)) {
    try {
      if (await moveBandit(env, row.site, campaignOf(row), now)) moved.add(row.site);
    } catch (error) {
      const { site, id } = row;
      console.error(
        JSON.stringify({ level: "error", what: "bandit", site, campaign: id, error: String(error) }),
      );
    }
  }
  for (const site of moved) await publishChange(env, site, now);
}

function banditCampaigns(env: Env): Promise<CampaignRow[]> {
  const isBandit = sql`json_extract(${campaigns.body}, '$.allocation') = 'bandit'`;
  return drizzle(env.DB)
    .select()
    .from(campaigns)
    .where(and(eq(campaigns.status, "live"), isNull(campaigns.deletedAt), isBandit));
}

/** Whether a new period has begun. */
async function moveBandit(env: Env, site: SiteKey, campaign: Campaign, now: EpochMs): Promise<boolean> {
  const { id, phase, variants, window_hours } = campaign;
  const last = await lastPeriod(env, site, campaign);
  if (last !== undefined && now < last.startedAt + HOUR_MS) return false;
  const matured = await maturedArms(env, site, {
    campaign: id,
    phase,
    goal: await goalOf(env, site, campaign.goal, await keptGoal(env, site, campaign)),
    windowMs: window_hours * HOUR_MS,
    now,
  });
  const played = variants.map(({ key, weight }) => {
    return { variant: key, weight, periods: matured.get(key) ?? [] };
  });
  const arms = JSON.stringify(
    played.map(({ variant, periods }) => ({
      variant,
      n: periods.reduce((sum, { n }) => sum + n, 0),
      x: periods.reduce((sum, { x }) => sum + x, 0),
    })),
  );
  const weights = arms === last?.arms ? null : nextWeights(played);
  if (weights === null) return false;

  const db = drizzle(env.DB);
  await db.batch([
    db
      .insert(banditPeriods)
      .values({
        site,
        campaignId: id,
        phase,
        period: (last?.period ?? 0) + 1,
        arms,
        weights: JSON.stringify(weights),
        startedAt: now,
      })
      .onConflictDoNothing(),
    raiseConfigVersion(db, site),
  ]);
  return true;
}

/** The goal as it was when the phase began. */
async function keptGoal(env: Env, site: SiteKey, { id, phase }: Campaign): Promise<string | null> {
  const t = campaignPhases;
  const row = await drizzle(env.DB)
    .select({ goal: t.goal })
    .from(t)
    .where(and(eq(t.site, site), eq(t.campaignId, id), eq(t.phase, phase)))
    .get();
  return row?.goal ?? null;
}

function lastPeriod(env: Env, site: SiteKey, { id, phase }: Campaign) {
  const t = banditPeriods;
  return drizzle(env.DB)
    .select()
    .from(t)
    .where(and(eq(t.site, site), eq(t.campaignId, id), eq(t.phase, phase)))
    .orderBy(desc(t.period))
    .limit(1)
    .get();
}
