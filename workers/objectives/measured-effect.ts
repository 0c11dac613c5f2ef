/** A campaign's effect as its result panel tells it: what that hides is null here too. */
import type { EpochMs } from "../../domain/ids.ts";
import type { MeasuredEffect } from "../../domain/objectives/ledger.ts";
import type { Later } from "../kpis/report.ts";
import { type CampaignRow, reportResult } from "../results/report.ts";

/** Of the present phase; null where the campaign never ran. */
export async function measuredEffect(
  env: Env,
  row: CampaignRow,
  now: EpochMs,
  later: Later,
): Promise<MeasuredEffect | null> {
  const report = await reportResult(env, row, undefined, now, later);
  if (report === null) return null;
  const { overall, arms, money, plan } = report.panel;
  const { difference } = overall;
  return {
    state: overall.state,
    treated: arms.treated.visitors,
    control: arms.holdout.visitors,
    controlConversions: arms.holdout.conversions,
    difference: difference?.value ?? null,
    interval: difference && [difference.low, difference.high],
    planned: plan.effect,
    incrementalSales: money.incrementalSales,
    incrementalRevenue: money.incrementalRevenue,
    incrementalMargin: money.margin?.amount ?? null,
    cost: money.agents.cost,
    net: money.net,
  };
}
