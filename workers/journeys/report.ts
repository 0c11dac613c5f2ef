/** A site's funnels and ways for a span of time: what days gave, summed and told. */
import { and, asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { type EpochMs, isoOf, type SiteKey } from "../../domain/ids.ts";
import { besideAbandoned, besideMissing, besideStages } from "../../domain/journeys/beside.ts";
import {
  addCounts,
  addFunnel,
  addPages,
  addStages,
  addWays,
  emptyFlows,
  emptyFunnel,
  type FunnelBody,
  none,
  type PagesBody,
  type StagesBody,
  type VisitsBody,
  type WaysBody,
} from "../../domain/journeys/day.ts";
import { type DefinedFunnel, funnelResult, type FunnelSums } from "../../domain/journeys/funnel-result.ts";
import { stagesOf } from "../../domain/journeys/map.ts";
import { abandonedPages, missingPages } from "../../domain/journeys/pages.ts";
import { waysOf } from "../../domain/journeys/ways.ts";
import type { FunnelResults, Journeys, StageNow } from "../../domain/journeys/wire.ts";
import { spanBefore as earlierSpan } from "../../domain/overview/change.ts";
import { Funnel } from "../../domain/site/resources.ts";
import { CHECKOUT, CHECKOUT_STEPS } from "../../domain/visit/funnel.ts";
import { resources } from "../../migrations/schema.ts";
import { type CountedSettings, everySettings } from "../kpis/site-settings.ts";
import {
  bodiesOf,
  buildDays,
  journeySite,
  type JourneySite,
  type KeptBody,
  type Later,
} from "./kept-days.ts";

/** Of all sites together, by one run of the schedule. */
const DAYS_A_RUN = 60;

export type Span = { from: EpochMs; to: EpochMs; now: EpochMs };

/** The checkout that every shop has, where the site defines none of this key. */
export const OWN_CHECKOUT: DefinedFunnel = {
  key: CHECKOUT,
  name: CHECKOUT,
  steps: CHECKOUT_STEPS.map((key) => ({ key, name: key, event: null, path: null })),
};

/** `compared`: beside the span of the same length before it. */
export async function reportFunnel(
  env: Env,
  key: SiteKey,
  {
    funnel,
    span,
    compared,
    settings,
  }: { funnel: DefinedFunnel; span: Span; compared: boolean; settings: CountedSettings },
  later: Later,
): Promise<FunnelResults> {
  const site = journeySite(key, settings);
  const before = compared ? spanBefore(site, span) : null;
  const [sums, earlier] = await Promise.all([
    funnelSums(env, site, funnel.key, span, later),
    before === null ? null : funnelSums(env, site, funnel.key, before, later),
  ]);
  const then = earlier === null ? null : funnelResult(funnel, earlier, null);
  return {
    ...told(span, settings),
    ...funnelResult(funnel, sums, earlier),
    compared:
      before === null || then === null
        ? null
        : {
            from: isoOf(before.from),
            to: isoOf(before.to),
            visits: then.visits,
            steps: then.steps.map(({ visits }) => visits),
          },
  };
}

/** `compared`: beside the span before, of which as much as is over of this one. */
export async function reportJourneys(
  env: Env,
  key: SiteKey,
  { span, compared, settings }: { span: Span; compared: boolean; settings: CountedSettings },
  later: Later,
): Promise<Journeys> {
  const site = journeySite(key, settings);
  const defined = await readFunnels(env, key);
  const maps: Mapped[] = [
    ...defined,
    ...(defined.some(({ funnel }) => funnel.key === CHECKOUT) ? [] : [{ id: null, funnel: OWN_CHECKOUT }]),
  ];
  const before = compared ? spanBefore(site, span) : null;
  const [sums, earlier] = await Promise.all([
    journeySums(env, site, maps, ["visits", "ways", "pages"], span, later),
    before === null ? null : journeySums(env, site, maps, ["visits", "pages"], before, later),
  ]);
  return {
    ...told(span, settings),
    visits: visitsIn(sums),
    ways: waysOf(sums.flows),
    abandoned: besideAbandoned(abandonedPages(sums.pages), earlier?.pages ?? null),
    not_found: besideMissing(missingPages(sums.pages), earlier?.pages ?? null),
    maps: maps.map((map) => ({
      id: map.id,
      key: map.funnel.key,
      name: map.funnel.name,
      stages: besideStages(stagesIn(map, sums), earlier === null ? null : stagesIn(map, earlier)),
    })),
    compared:
      before === null || earlier === null
        ? null
        : { from: isoOf(before.from), to: isoOf(before.to), visits: visitsIn(earlier) },
  };
}

type Mapped = { id: string | null; funnel: DefinedFunnel };
type JourneySums = {
  visits: VisitsBody;
  flows: ReturnType<typeof emptyFlows>;
  pages: PagesBody;
  /** By the kinds of their bodies. */
  funnels: ReadonlyMap<string, FunnelBody>;
  stages: ReadonlyMap<string, StagesBody>;
};

const visitsIn = ({ visits }: JourneySums): number =>
  Object.values(visits).reduce((sum, count) => sum + count, 0);

function stagesIn({ funnel }: Mapped, { funnels, stages }: JourneySums): StageNow[] {
  return stagesOf(
    funnel,
    funnels.get(`funnel:${funnel.key}`) ?? emptyFunnel(),
    stages.get(`stages:${funnel.key}`) ?? none(),
  );
}

async function journeySums(
  env: Env,
  site: JourneySite,
  maps: readonly Mapped[],
  wanted: readonly string[],
  span: Span,
  later: Later,
): Promise<JourneySums> {
  const kinds = maps.flatMap(({ funnel }) => [`funnel:${funnel.key}`, `stages:${funnel.key}`]);
  const bodies = await bodiesOf(env, site, span, [...wanted, ...kinds], later);
  const visits: VisitsBody = none();
  const flows = emptyFlows();
  const pages: PagesBody = { pages: none(), missing: none() };
  const funnels = new Map(maps.map(({ funnel }) => [`funnel:${funnel.key}`, emptyFunnel()]));
  const stages = new Map(maps.map(({ funnel }) => [`stages:${funnel.key}`, none<StagesBody[string]>()]));
  for (const { kind, body } of bodies) {
    const parsed: unknown = JSON.parse(body);
    const [funnel, stage] = [funnels.get(kind), stages.get(kind)];
    if (kind === "visits") addCounts(visits, parsed as VisitsBody);
    else if (kind === "ways") addWays(flows, parsed as WaysBody);
    else if (kind === "pages") addPages(pages, parsed as PagesBody);
    else if (funnel !== undefined) addFunnel(funnel, parsed as FunnelBody);
    else if (stage !== undefined) addStages(stage, parsed as StagesBody);
  }
  return { visits, flows, pages, funnels, stages };
}

/** What the schedule does: bring up to date what fits into one run; returns how many days it counted. */
export async function buildJourneys(env: Env, now: EpochMs): Promise<number> {
  let left = DAYS_A_RUN;
  for (const [key, settings] of await everySettings(env)) {
    if (left <= 0) break;
    left -= await buildDays(env, journeySite(key, settings), left, now);
  }
  return DAYS_A_RUN - left;
}

async function readFunnels(env: Env, site: SiteKey): Promise<{ id: string; funnel: Funnel }[]> {
  const rows = await drizzle(env.DB)
    .select({ id: resources.id, body: resources.body })
    .from(resources)
    .where(and(eq(resources.site, site), eq(resources.noun, "funnels")))
    .orderBy(asc(resources.id));
  return rows.map(({ id, body }) => ({ id, funnel: Funnel.parse(JSON.parse(body)) }));
}

async function funnelSums(
  env: Env,
  site: JourneySite,
  key: string,
  span: Span,
  later: Later,
): Promise<FunnelSums> {
  const bodies: KeptBody[] = await bodiesOf(env, site, span, ["visits", `funnel:${key}`], later);
  const sums: FunnelSums = { visits: none(), funnel: emptyFunnel() };
  for (const { kind, body } of bodies) {
    const parsed: unknown = JSON.parse(body);
    if (kind === "visits") addCounts(sums.visits, parsed as VisitsBody);
    else addFunnel(sums.funnel, parsed as FunnelBody);
  }
  return sums;
}

/** As many local days before, or as much of them as is over of a span that goes on. */
function spanBefore({ counted: { calendar } }: JourneySite, { from, to, now }: Span): Span {
  return { ...earlierSpan({ from, to }, now, calendar), now };
}

function told({ from, to, now }: Span, { timezone }: CountedSettings) {
  return { from: isoOf(from), to: isoOf(to), timezone, counted_at: isoOf(now) };
}
