/** The phases that ran in a span, with what is kept of each: what the one figure is added up from. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { PhaseOfCampaign } from "../../domain/overview/earnings.ts";
import { withReadDays } from "../../domain/results/later-days.ts";
import { Goal } from "../../domain/site/resources.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { phaseGoalOf } from "../../domain/site/success.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import type { Mark } from "../kpis/rollup-store.ts";
import { type Counting, subjectOf } from "../results/phase-sums.ts";
import { countingOf, factsOf, restsOf } from "../results/report.ts";
import { keptAs, readKeptPhases } from "./kept-phases.ts";

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
  id: string;
  name: string;
  status: string;
  /** The campaign's present phase. */
  present: number;
  phase: number;
  body: string;
  /** The goal that the body names, as it was when the phase began. */
  goal: string | null;
  started_at: EpochMs;
  /** Since when nobody more is let in: it rests, or the next phase began, or the campaign ended. */
  stopped_at: EpochMs | null;
  rests: string | null;
  short: string | null;
} & { [name in keyof Mark as `mark_${name}`]: Mark[name] | null };

/** Every phase of every campaign that ran in the span, also of those that were deleted since, with the mark of its sums and their short form. */
const RAN = `WITH told AS (SELECT campaign_id, phase, body, goal, started_at, rests,
    lead(started_at) OVER (PARTITION BY campaign_id ORDER BY phase) AS next_at
  FROM campaign_phases WHERE site = ?1),
ran AS (SELECT c.id, c.name, iif(c.deleted_at IS NULL, c.status, 'deleted') AS status, c.phase AS present, coalesce(t.phase, c.phase) AS phase,
    coalesce(t.body, c.body) AS body, t.goal, coalesce(t.started_at, c.created_at) AS started_at,
    coalesce(iif(t.rests ->> '$[#-1][1]' IS NULL, t.rests ->> '$[#-1][0]', NULL), t.next_at, c.stopped_at) AS stopped_at, t.rests
  FROM campaigns c LEFT JOIN told t ON t.campaign_id = c.id
  WHERE c.site = ?1 AND (t.campaign_id IS NOT NULL OR (c.deleted_at IS NULL AND c.status <> 'draft')))
SELECT r.*, m.subject AS mark_subject, m.dirty AS mark_dirty, m.built AS mark_built,
  m.definition AS mark_definition, m.built_at AS mark_built_at, m.changes_at AS mark_changes_at, k.body AS short
FROM ran r
  LEFT JOIN rollup_marks m ON m.site = ?1 AND m.subject = 'campaign:' || r.id || ':' || r.phase
  LEFT JOIN kpi_rollups k ON k.site = ?1 AND k.dimension = ${keptAs("r.id", "r.phase")}
    AND k.level = 'day' AND k.start = 0
WHERE r.started_at < ?3 AND (r.stopped_at IS NULL OR r.stopped_at > ?2)
ORDER BY r.id, r.phase`;
const GOALS = "SELECT body FROM resources WHERE site = ?1 AND noun = 'goals'";

export async function readPhases(
  env: Env,
  site: SiteKey,
  settings: SiteSettings,
  span: { from: EpochMs; to: EpochMs; now: EpochMs },
  later: (work: Promise<unknown>) => void,
): Promise<RanPhases> {
  const [ran, goals] = await env.DB.batch<Ran & { body: string }>([
    env.DB.prepare(RAN).bind(site, span.from, span.to),
    env.DB.prepare(GOALS).bind(site),
  ]);
  const present = (goals?.results ?? []).map(({ body }) => Goal.parse(JSON.parse(body)));
  const read = (ran?.results ?? []).map((row) => {
    const campaign = campaignOf(row.body);
    const kept = row.goal === null ? null : Goal.parse(JSON.parse(row.goal));
    const goal = phaseGoalOf(campaign.goal, kept, present);
    return { row, campaign, asked: countingOf({ site, id: row.id }, row.phase, campaign, goal, settings) };
  });
  const found = read.map(({ row, asked }) => ({ asked, mark: markOf(row), short: row.short }));
  const { sums, behind } = await readKeptPhases(env, site, found, span.now, later);
  const phases = read.map(({ row, campaign, asked }): RanPhase => {
    const counted = sums.get(subjectOf(asked));
    return {
      campaign: row.id,
      name: row.name,
      phase: row.phase,
      kind: campaign.kind,
      status: row.status,
      isLive: row.status === "live" && row.phase === row.present,
      plan: campaign.plan,
      facts:
        counted === undefined
          ? null
          : withReadDays({
              ...factsOf(campaign, settings, counted),
              startedAt: row.started_at,
              stoppedAt: row.stopped_at,
              rests: restsOf(row.rests ?? undefined),
              now: span.now,
              windowMs: asked.windowMs,
              goal: asked.goal,
            }),
    };
  });
  const counts = [...sums.values()].map(({ countedAt }) => countedAt);
  return { phases, behind, countedAt: counts.length === 0 ? null : Math.min(...counts) };
}

function markOf({ mark_subject, mark_dirty, mark_built, ...row }: Ran): Mark | null {
  if (mark_subject === null || mark_dirty === null || mark_built === null) return null;
  return {
    subject: mark_subject,
    dirty: mark_dirty,
    built: mark_built,
    definition: row.mark_definition,
    built_at: row.mark_built_at,
    changes_at: row.mark_changes_at,
  };
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
