/** Where a site's objectives stand, by the one query layer of its figures. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { Objective } from "../../domain/objectives/objective.ts";
import { progressOf, spanRead } from "../../domain/objectives/progress.ts";
import { readingOf } from "../../domain/objectives/verdict.ts";
import { wireProgress, type WireProgress } from "../../domain/objectives/wire.ts";
import { type Later, readSettings } from "../kpis/report.ts";
import { readPlans } from "./read-plans.ts";
import { SpanRows } from "./span-rows.ts";

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
    const row = span === null ? undefined : await rows.of(span, null, { businessHours: body.business_hours });
    const reading = span === null ? null : readingOf(body.kpi, row?.[body.kpi]);
    progress.push(wireProgress(id, progressOf(body, reading, { zone, now })));
  }
  return progress;
}
