/** The phases that ran in a span, with what is kept of each: what the one figure is added up from. */
import { and, asc, eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { PhaseOfCampaign } from "../../domain/overview/earnings.ts";
import { Goal } from "../../domain/site/resources.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { campaignPhases, campaigns, resources } from "../../migrations/schema.ts";
import { type Counting, subjectOf } from "../results/phase-sums.ts";
import { type CampaignRow, countingOf, factsOf, stopOf } from "../results/report.ts";
import { readKeptPhases } from "./kept-phases.ts";

export type RanPhase = PhaseOfCampaign & {
  kind: string;
  status: string;
  /** The phase that decides now. */
  isLive: boolean;
  plan: CampaignInput["plan"];
};
export type RanPhases = {
  phases: RanPhase[];
  behind: Counting[];
  /** The oldest of their counts; null where nothing was counted. */
  countedAt: EpochMs | null;
};

type Ran = {
  row: CampaignRow;
  campaign: CampaignInput;
  phase: number;
  startedAt: EpochMs;
  stoppedAt: EpochMs | null;
  goal: Goal["kind"];
};

export async function readPhases(
  env: Env,
  site: SiteKey,
  settings: SiteSettings,
  span: { from: EpochMs; to: EpochMs; now: EpochMs },
  later: (work: Promise<unknown>) => void,
): Promise<RanPhases> {
  const ran = (await ranPhases(env, site)).filter(
    ({ startedAt, stoppedAt }) => startedAt < span.to && (stoppedAt ?? Infinity) > span.from,
  );
  const asked = ran.map(({ row, campaign, phase, goal }) => countingOf(row, phase, campaign, goal, settings));
  const { sums, behind } = await readKeptPhases(env, site, asked, span.now, later);
  const phases = ran.map(({ row, campaign, phase, startedAt, stoppedAt, goal }, index): RanPhase => {
    const counting = asked[index];
    const counted = counting === undefined ? undefined : sums.get(subjectOf(counting));
    return {
      campaign: row.id,
      name: row.name,
      phase,
      kind: campaign.kind,
      status: row.status,
      isLive: row.status === "live" && phase === row.phase,
      plan: campaign.plan,
      facts:
        counted === undefined || counting === undefined
          ? null
          : {
              ...factsOf(campaign, settings, counted),
              startedAt,
              stoppedAt,
              now: span.now,
              windowMs: counting.windowMs,
              goal,
            },
    };
  });
  const counts = [...sums.values()].map(({ countedAt }) => countedAt);
  return { phases, behind, countedAt: counts.length === 0 ? null : Math.min(...counts) };
}

/** Every phase of every campaign that was ever live. */
async function ranPhases(env: Env, site: SiteKey): Promise<Ran[]> {
  const db = drizzle(env.DB);
  const [rows, told, goals] = await db.batch([
    db
      .select()
      .from(campaigns)
      .where(and(eq(campaigns.site, site), isNull(campaigns.deletedAt)))
      .orderBy(asc(campaigns.id)),
    db
      .select()
      .from(campaignPhases)
      .where(eq(campaignPhases.site, site))
      .orderBy(asc(campaignPhases.campaignId), asc(campaignPhases.phase)),
    db
      .select({ body: resources.body })
      .from(resources)
      .where(and(eq(resources.site, site), eq(resources.noun, "goals"))),
  ]);
  const kinds = new Map(
    goals.map(({ body }) => Goal.parse(JSON.parse(body))).map(({ key, kind }) => [key, kind]),
  );
  const byCampaign = Map.groupBy(told, ({ campaignId }) => campaignId);
  return rows
    .filter(({ status, id }) => status !== "draft" || byCampaign.has(id))
    .flatMap((row) => {
      const own = byCampaign.get(row.id) ?? [{ phase: row.phase, body: row.body, startedAt: row.createdAt }];
      return own.map(({ phase, body, startedAt }, index): Ran => {
        const campaign = campaignOf(body);
        return {
          row,
          campaign,
          phase,
          startedAt,
          stoppedAt: stopOf(row, own[index + 1]),
          goal: kinds.get(campaign.goal ?? "") ?? "sale",
        };
      });
    });
}

const REMEMBERED = 500;
const read = new Map<string, CampaignInput>();

/** What a phase ran never changes, and reading it is dear. */
function campaignOf(body: string): CampaignInput {
  const before = read.get(body);
  if (before !== undefined) return before;
  const campaign = CampaignInput.parse(JSON.parse(body));
  if (read.size >= REMEMBERED) read.clear();
  read.set(body, campaign);
  return campaign;
}
