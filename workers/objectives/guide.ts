/** What a site's figures ask for, with the ledger of its rules: read over a span, and each campaign's effect as it stands. */
import { and, desc, eq, ne, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { figuresOf } from "../../domain/kpi/figures.ts";
import { emptyTally } from "../../domain/kpi/tally.ts";
import { BENCHMARKS } from "../../domain/objectives/benchmarks.ts";
import { guide } from "../../domain/objectives/guide.ts";
import { type LedgerCampaign, ledgerRows } from "../../domain/objectives/ledger.ts";
import type { Span } from "../../domain/objectives/progress.ts";
import { readingOf } from "../../domain/objectives/verdict.ts";
import { wireGuide, type WireGuide } from "../../domain/objectives/wire.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { campaigns } from "../../migrations/schema.ts";
import { type Later, readSettings, reportKpis } from "../kpis/report.ts";
import { measuredEffect } from "./measured-effect.ts";

/** Those that are live first, then the newest that have run; older ones have had their say. */
const MOST_CAMPAIGNS = 20;

export async function reportGuide(
  env: Env,
  site: SiteKey,
  { from, to }: Span,
  now: EpochMs,
  later: Later,
): Promise<WireGuide> {
  const settings = await readSettings(env, site);
  const [[whole], byCampaign, listed] = await Promise.all([
    reportKpis(env, site, { from, to, groupBy: null, now }, later),
    reportKpis(env, site, { from, to, groupBy: "campaign", now }, later),
    listCampaigns(env, site, now, later),
  ]);
  const figures = whole ?? figuresOf(emptyTally());
  const groups = new Map(
    byCampaign.flatMap((row) => (row.group === null ? [] : [[row.group, row] as const])),
  );
  const ledger = ledgerRows(listed, groups);
  const findings = guide({
    site: figures,
    campaigns: groups,
    ledger,
    waitTargetSeconds: settings.wait_target_seconds,
    margin: settings.economics.margin ?? null,
  });
  const benchmarks = BENCHMARKS.map((claim) => ({ ...claim, own: readingOf(claim.kpi, figures[claim.kpi]) }));
  return wireGuide({ from, to }, findings, ledger, benchmarks, settings.currency);
}

async function listCampaigns(env: Env, site: SiteKey, now: EpochMs, later: Later): Promise<LedgerCampaign[]> {
  const rows = await drizzle(env.DB)
    .select()
    .from(campaigns)
    .where(and(eq(campaigns.site, site), ne(campaigns.status, "draft")))
    .orderBy(sql`${campaigns.status} <> 'live'`, desc(campaigns.id))
    .limit(MOST_CAMPAIGNS);
  const all: LedgerCampaign[] = [];
  for (const row of rows) {
    const effect = await measuredEffect(env, row, now, later);
    if (effect === null) continue;
    const { name, status } = CampaignInput.parse(JSON.parse(row.body));
    all.push({ campaign: row.id, name, status: row.deletedAt === null ? status : "deleted", effect });
  }
  return all;
}
