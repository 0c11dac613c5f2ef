/** Where a site's objectives and pilots stand, by the one query layer of its figures. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import type { KpiRow } from "../../domain/kpi/measure.ts";
import { Objective, Pilot } from "../../domain/objectives/objective.ts";
import { dayAt, dayStart, progressOf, type Span, spanRead } from "../../domain/objectives/progress.ts";
import { judgeCriterion, judgePilot, readingOf } from "../../domain/objectives/verdict.ts";
import { wirePilot, type WirePilot, wireProgress, type WireProgress } from "../../domain/objectives/wire.ts";
import { type Later, readSettings, reportKpis } from "../kpis/report.ts";
import { readPlans } from "./read-plans.ts";

export async function reportObjectives(
  env: Env,
  site: SiteKey,
  now: EpochMs,
  later: Later,
): Promise<WireProgress[]> {
  const [{ timezone: zone }, objectives] = await Promise.all([
    readSettings(env, site),
    readPlans(env, site, "objectives", Objective),
  ]);
  const rows = new SpanRows(env, site, now, later);
  const progress: WireProgress[] = [];
  for (const { id, body } of objectives) {
    const span = spanRead(body, zone, now);
    const row = span === null ? undefined : await rows.of(span, null);
    const reading = span === null ? null : readingOf(body.kpi, row?.[body.kpi]);
    progress.push(wireProgress(id, progressOf(body, reading, { zone, now })));
  }
  return progress;
}

/** A pilot's criteria are read over its own days, in the figures of its campaign where it names one. */
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
    const startsAt = dayStart(body.starts_on, zone);
    const endsAt = dayStart(body.ends_on, zone, 1);
    const to = Math.min(dayStart(dayAt(now, zone), zone), endsAt);
    const span = to <= startsAt ? null : { from: startsAt, to };
    const row = span === null ? undefined : await rows.of(span, body.campaign ?? null);
    const criteria = body.criteria.map((criterion) => {
      const reading = readingOf(criterion.kpi, row?.[criterion.kpi]);
      return { ...criterion, reading, state: judgeCriterion(criterion, reading) };
    });
    const states = criteria.map(({ state }) => state);
    reports.push(wirePilot(id, judgePilot(states, { startsAt, endsAt, now }), span, criteria));
  }
  return reports;
}

/** The figures of spans, each asked for once however many plans are read over it. */
class SpanRows {
  readonly #env: Env;
  readonly #site: SiteKey;
  readonly #now: EpochMs;
  readonly #later: Later;
  readonly #known = new Map<string, Promise<KpiRow[]>>();

  constructor(env: Env, site: SiteKey, now: EpochMs, later: Later) {
    this.#env = env;
    this.#site = site;
    this.#now = now;
    this.#later = later;
  }

  async of({ from, to }: Span, campaign: string | null): Promise<KpiRow | undefined> {
    const groupBy = campaign === null ? null : "campaign";
    const key = `${from} ${to} ${groupBy}`;
    const span = { from, to, groupBy, now: this.#now } as const;
    const known = this.#known.get(key) ?? reportKpis(this.#env, this.#site, span, this.#later);
    this.#known.set(key, known);
    return (await known).find(({ group }) => group === campaign);
  }
}
