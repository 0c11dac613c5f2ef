/**
 * How each variant of one phase did among the visitors whose window has passed, period by period of the weights: everybody
 * counts once, by the first exposure and in the period of that. Whose a success is and until when it counts is what the
 * phase's result says of it.
 */
import type { BanditArm } from "../../domain/experiments/bandit.ts";
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { armKey, unitsOf, windowEnd } from "../../domain/results/units.ts";
import { doingsOf } from "../../domain/results/whose.ts";
import type { PhaseGoal } from "../../domain/site/success.ts";
import { readSettings } from "../kpis/report.ts";
import { readPhase } from "../results/read-phase.ts";

const PERIODS = `SELECT period, started_at AS startedAt FROM bandit_periods
  WHERE site = ?1 AND campaign_id = ?2 AND phase = ?3 ORDER BY started_at`;
type Period = { period: number; startedAt: EpochMs };

/** By variant, what each period gave, in order of time; all variants have as many periods. */
export async function maturedArms(
  env: Env,
  site: SiteKey,
  asked: { campaign: string; phase: number; goal: PhaseGoal; windowMs: number; now: EpochMs },
): Promise<Map<string, BanditArm[]>> {
  const { campaign, phase, goal, windowMs, now } = asked;
  const settings = await readSettings(env, site);
  const [history, { results: begun }] = await Promise.all([
    readPhase(env, {
      site,
      campaign,
      phase,
      goal: goal.kind,
      lead: goal.lead,
      settings,
      attributionMs: windowMs,
    }),
    env.DB.prepare(PERIODS).bind(site, campaign, phase).all<Period>(),
  ]);
  const { moments, successes, joins } = history;
  const successesOf = doingsOf(successes, joins);
  const units = unitsOf(moments, armKey).flatMap(({ first }) => {
    const endsAt = windowEnd(first, { windowMs });
    if (first.arm === "holdout" || endsAt > now) return [];
    const isSuccess = successesOf(first.visitor, first.eligibleAt).some(
      ({ at }) => at >= first.eligibleAt && at <= endsAt,
    );
    const period = begun.findLast(({ startedAt }) => startedAt <= first.eligibleAt)?.period ?? 0;
    return [{ variant: first.variant, period, isSuccess }];
  });
  const periods = [...new Set(units.map(({ period }) => period))].toSorted((a, b) => a - b);
  return new Map(
    [...Map.groupBy(units, ({ variant }) => variant)].map(([variant, own]) => [
      variant,
      periods.map((period) => {
        const came = own.filter((unit) => unit.period === period);
        return { n: came.length, x: came.filter(({ isSuccess }) => isSuccess).length };
      }),
    ]),
  );
}
