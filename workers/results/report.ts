/** The result of one phase of a campaign: what was fixed when it began, and its sums as history has them. */
import { and, asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { Temporal } from "temporal-polyfill";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { type ResultPanel, resultPanel } from "../../domain/results/panel.ts";
import { withReadDays } from "../../domain/results/later-days.ts";
import { finalEnd } from "../../domain/results/phase.ts";
import { type Rest, Rests, restsSince } from "../../domain/results/rests.ts";
import { Goal } from "../../domain/site/resources.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { type PhaseGoal, phaseGoalOf } from "../../domain/site/success.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { campaignPhases, type campaigns, resources } from "../../migrations/schema.ts";
import { readSettings } from "../kpis/site-settings.ts";
import { concurrencyOf } from "./concurrency.ts";
import { type Counting, type Counted, phaseSums } from "./phase-sums.ts";

const HOUR_MS = 3_600_000;

export type CampaignRow = typeof campaigns.$inferSelect;
export type Phase = { phase: number; startedAt: EpochMs };
export type PhaseReport = {
  phase: number;
  phases: Phase[];
  countedAt: EpochMs;
  windowHours: number;
  goal: "sale" | "lead";
  currency: string;
  /** Whether it lets visitors in now. */
  isOpen: boolean;
  panel: ResultPanel;
};

/** The result of `asked` phase, by default the present one; null where the campaign never ran it. */
export async function reportResult(
  env: Env,
  row: CampaignRow,
  asked: number | undefined,
  now: EpochMs,
  later: (work: Promise<unknown>) => void,
): Promise<PhaseReport | null> {
  const site: SiteKey = row.site;
  const [settings, phases] = await Promise.all([
    readSettings(env, site),
    drizzle(env.DB)
      .select()
      .from(campaignPhases)
      .where(and(eq(campaignPhases.site, site), eq(campaignPhases.campaignId, row.id)))
      .orderBy(asc(campaignPhases.phase)),
  ]);
  const phase = asked ?? row.phase;
  const index = phases.findIndex((candidate) => candidate.phase === phase);
  const ran = phases[index];
  if (ran === undefined && phase !== row.phase) return null;
  const campaign = CampaignInput.parse(JSON.parse(ran?.body ?? row.body));
  const goal = await goalOf(env, site, campaign.goal, ran?.goal);
  const asking = countingOf(row, phase, campaign, goal, settings);
  const counted = await phaseSums(env, asking, now, later);
  const rests = restsOf(ran?.rests);
  const facts = withReadDays({
    ...factsOf(campaign, settings, counted),
    startedAt: ran?.startedAt ?? row.createdAt,
    stoppedAt: stopOf(row, rests, phases[index + 1]),
    rests,
    now,
    windowMs: asking.windowMs,
    goal: goal.kind,
  });
  const time = { startedAt: facts.startedAt, endedAt: facts.stoppedAt ?? finalEnd(facts) };
  const concurrency = hasTalked(counted) ? await concurrencyOf(env, site, settings, time, { now, later }) : 1;
  return {
    phase,
    phases,
    countedAt: counted.countedAt,
    windowHours: campaign.window_hours,
    goal: goal.kind,
    currency: settings.currency,
    isOpen: facts.stoppedAt === null,
    panel: resultPanel({ ...facts, concurrency }),
  };
}

function hasTalked({ days }: Counted): boolean {
  return Object.values(days).some((arms) =>
    Object.values(arms).some(({ handle_ms, later_handle_ms }) => handle_ms + later_handle_ms > 0),
  );
}

/** What is kept of a phase's rests. */
export function restsOf(kept: string | undefined): Rest[] {
  return kept === undefined ? [] : Rests.parse(JSON.parse(kept));
}

/**
 * Since when nobody more is let into a phase: it rests, for good where another began during that rest; or the next one
 * began, or the campaign ended; null while it runs.
 */
export function stopOf(
  { stoppedAt }: Pick<CampaignRow, "stoppedAt">,
  rests: readonly Rest[],
  next: Phase | undefined,
): EpochMs | null {
  return restsSince(rests) ?? next?.startedAt ?? stoppedAt;
}

export function factsOf(campaign: CampaignInput, settings: SiteSettings, sums: Counted) {
  const { holdout, variants, allocation, plan, planned_end } = campaign;
  return {
    sums,
    countedAt: sums.countedAt,
    holdout,
    variants: variants.map(({ key, weight }) => ({ key, weight })),
    fixedShares: allocation === "fixed",
    plan: plan ?? null,
    plannedEnd: plannedEndOf({ planned_end }),
    economics: settings.economics,
    startOfDay: dayStarts(settings.timezone),
  };
}

function plannedEndOf({ planned_end }: Pick<CampaignInput, "planned_end">): EpochMs | null {
  return planned_end == null ? null : Date.parse(planned_end);
}

type DayStart = (day: string) => EpochMs;
const starts = new Map<string, DayStart>();
/** Some ten years of one zone. */
const REMEMBERED_DAYS = 4_000;

/** When a local date begins in `zone`. A zone's days stay where they are, and looking one up is dear. */
function dayStarts(zone: string): DayStart {
  const known = starts.get(zone);
  if (known !== undefined) return known;
  const found = new Map<string, EpochMs>();
  const startOf: DayStart = (day) => {
    const before = found.get(day);
    if (before !== undefined) return before;
    const at = Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;
    if (found.size >= REMEMBERED_DAYS) found.clear();
    found.set(day, at);
    return at;
  };
  starts.set(zone, startOf);
  return startOf;
}

export function countingOf(
  { site, id }: Pick<CampaignRow, "site" | "id">,
  phase: number,
  { window_hours, plan, planned_end }: CampaignInput,
  { kind: goal, lead }: PhaseGoal,
  settings: SiteSettings,
): Counting {
  const cap = plan?.spend_cap ?? null;
  return {
    site,
    campaign: id,
    phase,
    goal,
    lead,
    settings,
    windowMs: window_hours * HOUR_MS,
    capCents: cap === null ? null : Math.round(cap * 100),
    until: plannedEndOf({ planned_end }),
    // A lead is credited within the window in which it counts; the setting is of orders.
    attributionMs: (lead === null ? settings.attribution_hours : window_hours) * HOUR_MS,
  };
}

/** What counts as success of a phase that names the goal `key`; `kept` is that goal as it was when the phase began. */
export async function goalOf(
  env: Env,
  site: SiteKey,
  key: string | null | undefined,
  kept: string | null | undefined,
): Promise<PhaseGoal> {
  if (kept != null) return phaseGoalOf(key, Goal.parse(JSON.parse(kept)), []);
  if (key === null || key === undefined) return phaseGoalOf(key, null, []);
  const rows = await drizzle(env.DB)
    .select({ body: resources.body })
    .from(resources)
    .where(and(eq(resources.site, site), eq(resources.noun, "goals")));
  return phaseGoalOf(
    key,
    null,
    rows.map(({ body }) => Goal.parse(JSON.parse(body))),
  );
}
