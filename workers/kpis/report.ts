/** The KPIs of a site for a span of time: settings, history, definitions, put together. */
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import type { Grouping } from "../../domain/kpi/grouping.ts";
import { kpiRows, type KpiRow } from "../../domain/kpi/measure.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { sites } from "../../migrations/schema.ts";
import { readHistory } from "./read-history.ts";

const HOUR_MS = 3_600_000;

export async function readSettings(env: Env, site: SiteKey): Promise<SiteSettings> {
  const row = await drizzle(env.DB)
    .select({ settings: sites.settings })
    .from(sites)
    .where(eq(sites.key, site))
    .get();
  if (row === undefined) throw new Error(`no site ${site}`);
  return SiteSettings.parse(JSON.parse(row.settings));
}

/** One row for `[from, to)`, or one a group. */
export async function reportKpis(
  env: Env,
  site: SiteKey,
  span: { from: EpochMs; to: EpochMs; groupBy: Grouping | null; now: EpochMs },
): Promise<KpiRow[]> {
  const { timezone, currency, orders, attribution_hours } = await readSettings(env, site);
  const attributionMs = attribution_hours * HOUR_MS;
  const dayStart = calendarOf(timezone).startOfDay(span.from);
  const history = await readHistory(env, { site, from: span.from, to: span.to, dayStart, attributionMs });
  return kpiRows(history, { ...span, zone: timezone, currency, orders, attributionMs });
}
