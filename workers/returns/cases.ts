/** What each business case expects, and what its campaign was measured to bring. */
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { type EpochMs, isoOf, type SiteKey } from "../../domain/ids.ts";
import { BusinessCase } from "../../domain/roi/business-case.ts";
import { compareReturn } from "../../domain/roi/comparison.ts";
import { expectationOf } from "../../domain/roi/expectation.ts";
import { type WireCaseReport, wireExpectation, wireRows } from "../../domain/roi/wire.ts";
import { campaigns } from "../../migrations/schema.ts";
import type { Later } from "../kpis/report.ts";
import { measuredEffect } from "../objectives/measured-effect.ts";
import { type Plan, readPlans } from "../objectives/read-plans.ts";
import { runPhases } from "./phase-units.ts";

/** Each is simulated: more than these are no plan but a sweep. */
const MOST_CASES = 20;
const NOTHING = { treated: 0, incrementalSales: null, incrementalRevenue: null, net: null };

export async function reportCases(
  env: Env,
  site: SiteKey,
  now: EpochMs,
  later: Later,
): Promise<WireCaseReport[]> {
  const cases = await readPlans(env, site, "business-cases", BusinessCase);
  const reports: WireCaseReport[] = [];
  for (const one of cases.slice(0, MOST_CASES)) reports.push(await reportCase(env, site, one, now, later));
  return reports;
}

async function reportCase(
  env: Env,
  site: SiteKey,
  { id, body, updatedAt }: Plan<BusinessCase>,
  now: EpochMs,
  later: Later,
): Promise<WireCaseReport> {
  const expectation = expectationOf(body);
  const campaign = body.campaign ?? null;
  const beganAt = campaign === null ? null : ((await runPhases(env, site, campaign))[0]?.startedAt ?? null);
  const effect =
    campaign === null || beganAt === null ? null : await effectOf(env, site, campaign, now, later);
  return {
    id,
    expectation: wireExpectation(expectation),
    began_at: beganAt === null ? null : isoOf(beganAt),
    written_before: beganAt === null || updatedAt <= beganAt,
    result_state: effect?.state ?? null,
    measured_visitors: effect?.treated ?? 0,
    rows: wireRows(compareReturn(expectation, effect ?? NOTHING)),
  };
}

async function effectOf(env: Env, site: SiteKey, campaign: string, now: EpochMs, later: Later) {
  const row = await drizzle(env.DB)
    .select()
    .from(campaigns)
    .where(and(eq(campaigns.site, site), eq(campaigns.id, campaign)))
    .get();
  return row === undefined ? null : measuredEffect(env, row, now, later);
}
