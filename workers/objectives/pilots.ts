/** Where a site's pilots stand: by the figures of those who take part, over the pilot's own days. */
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { KpiFigures } from "../../domain/kpi/figures.ts";
import { Pilot } from "../../domain/objectives/objective.ts";
import {
  type Carrier,
  type FigureSource,
  pilotFault,
  sourceOf,
} from "../../domain/objectives/pilot-reading.ts";
import { dayAt, dayStart } from "../../domain/objectives/progress.ts";
import { judgeCriterion, judgePilot, readingOf } from "../../domain/objectives/verdict.ts";
import { type ReadCriterion, wirePilot, type WirePilot } from "../../domain/objectives/wire.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { campaignPhases, campaigns } from "../../migrations/schema.ts";
import { type Later, readSettings } from "../kpis/report.ts";
import { figuresOfAgents } from "./agents-figures.ts";
import { readPlans } from "./read-plans.ts";
import { SpanRows } from "./span-rows.ts";

export async function reportPilots(
  env: Env,
  site: SiteKey,
  now: EpochMs,
  later: Later,
): Promise<WirePilot[]> {
  const [{ timezone: zone }, pilots] = await Promise.all([
    readSettings(env, site),
    readPlans(env, site, "pilots", Pilot),
  ]);
  const rows = new SpanRows(env, site, now, later);
  const reports: WirePilot[] = [];
  for (const { id, body } of pilots) {
    const days = { startsAt: dayStart(body.starts_on, zone), endsAt: dayStart(body.ends_on, zone, 1) };
    const to = Math.min(dayStart(dayAt(now, zone), zone), days.endsAt);
    const span = to <= days.startsAt ? null : { from: days.startsAt, to };
    const fault = pilotFault(body, await carriersOf(env, site, body.campaign ?? null, days));
    const read = (source: FigureSource): Promise<KpiFigures | undefined> => {
      if (span === null || fault !== null) return Promise.resolve(undefined);
      return source === "agents"
        ? figuresOfAgents(env, site, { ...span, agents: body.agents, now }, later)
        : rows.of(span, source === "campaign" ? (body.campaign ?? null) : null);
    };
    const criteria = await readCriteria(body, read);
    const verdict = judgePilot(
      criteria.map(({ state }) => state),
      { ...days, now },
    );
    const isHeld = fault !== null && verdict !== "planned";
    reports.push(wirePilot(id, isHeld ? "unreadable" : verdict, { fault, span, criteria }));
  }
  return reports;
}

/** Each criterion by the figures of whom it is about; those that several are about are read once. */
async function readCriteria(
  pilot: Pilot,
  read: (source: FigureSource) => Promise<KpiFigures | undefined>,
): Promise<ReadCriterion[]> {
  const known = new Map<FigureSource, KpiFigures | undefined>();
  const criteria: ReadCriterion[] = [];
  for (const criterion of pilot.criteria) {
    const over = sourceOf(criterion.kpi, pilot) ?? "site";
    if (!known.has(over)) known.set(over, await read(over));
    const reading = readingOf(criterion.kpi, known.get(over)?.[criterion.kpi]);
    criteria.push({ ...criterion, over, reading, state: judgeCriterion(criterion, reading) });
  }
  return criteria;
}

/**
 * What the campaign of a pilot says of whom it is for: as it was in the phases that ran in these days, or as it is where
 * none has yet. Nothing where there is no such campaign.
 */
export async function carriersOf(
  env: Env,
  site: SiteKey,
  campaign: string | null,
  { startsAt, endsAt }: { startsAt: EpochMs; endsAt: EpochMs },
): Promise<Carrier[]> {
  if (campaign === null) return [];
  const db = drizzle(env.DB);
  const [phases, [row]] = await db.batch([
    db
      .select({ body: campaignPhases.body, startedAt: campaignPhases.startedAt })
      .from(campaignPhases)
      .where(and(eq(campaignPhases.site, site), eq(campaignPhases.campaignId, campaign)))
      .orderBy(campaignPhases.phase),
    db
      .select({ body: campaigns.body })
      .from(campaigns)
      .where(and(eq(campaigns.site, site), eq(campaigns.id, campaign))),
  ]);
  const ran = phases.filter(
    ({ startedAt }, index) => startedAt < endsAt && (phases[index + 1]?.startedAt ?? Infinity) > startsAt,
  );
  const bodies = ran.length > 0 ? ran : row === undefined ? [] : [row];
  return bodies.map(({ body }) => CampaignInput.parse(JSON.parse(body)));
}
