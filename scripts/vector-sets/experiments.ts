/** The set `experiments`: two arms compared in every way that `domain/experiments` knows. */
import * as z from "zod";
import { chanceToWin, credibleInterval, expectedParts, posteriorOf } from "../../domain/experiments/bayes.ts";
import {
  normalCritical,
  normalSurvival,
  tQuantile,
  tSurvival,
} from "../../domain/experiments/distributions.ts";
import {
  armsOf,
  compare,
  type Counts,
  type Effect,
  type Pair,
  type Scale,
  thetaOf,
} from "../../domain/experiments/effect.ts";
import { fiellerLift, meanOf } from "../../domain/experiments/fieller.ts";
import {
  rhoOf,
  sequentialInterval,
  sequentialLower,
  sequentialP,
} from "../../domain/experiments/sequential.ts";
import { fisherP, newcombe, pooledZ, wilson } from "../../domain/experiments/small-counts.ts";
import { checkSplit } from "../../domain/experiments/srm.ts";
import type { VectorSet } from "./vector-set.ts";

const Settings = z.object({
  alpha: z.number().default(0.05),
  seq_tuning_parameter: z.number().default(5_000),
  bayes_prior_sd_relative: z.number().nullable().default(null),
  inverse: z.boolean().default(false),
  expected_split: z.array(z.number()).default([0.5, 0.5]),
});
type Settings = z.infer<typeof Settings>;

const both = <Schema extends z.ZodType>(arm: Schema) => z.object({ control: arm, treatment: arm });
const ProportionArms = both(z.object({ n: z.number(), x: z.number() }));
const MeanArms = both(z.object({ n: z.number(), sum: z.number(), sumsq: z.number() }));
const RatioArms = both(
  z
    .object({
      n: z.number(),
      m_sum: z.number(),
      m_sumsq: z.number(),
      d_sum: z.number(),
      d_sumsq: z.number(),
      md: z.number(),
    })
    .transform(({ n, m_sum, m_sumsq, d_sum, d_sumsq, md }) => ({
      n,
      sum: m_sum,
      sumsq: m_sumsq,
      divisorSum: d_sum,
      divisorSumsq: d_sumsq,
      product: md,
    })),
);
const CupedArms = both(
  z
    .object({
      n: z.number(),
      post_sum: z.number(),
      post_sumsq: z.number(),
      pre_sum: z.number(),
      pre_sumsq: z.number(),
      post_pre: z.number(),
    })
    .transform(({ n, post_sum, post_sumsq, pre_sum, pre_sumsq, post_pre }) => ({
      n,
      sum: post_sum,
      sumsq: post_sumsq,
      preSum: pre_sum,
      preSumsq: pre_sumsq,
      product: post_pre,
    })),
);

function pairOf(kind: string | null, input: unknown): Pair {
  switch (kind) {
    case "proportion":
      return { kind, ...ProportionArms.parse(input) };
    case "mean":
      return { kind, ...MeanArms.parse(input) };
    case "ratio":
      return { kind, ...RatioArms.parse(input) };
    case "cuped":
      return { kind, ...CupedArms.parse(input) };
    default:
      throw new Error(`the set experiments has no kind "${kind}"`);
  }
}

function onScale(pair: Pair, scale: Scale, settings: Settings): object {
  const found = compare(pair, scale, settings.alpha);
  if (!found.ok) return { error: found.code, bayes: { error: found.code } };
  const { effect, se, df, ci, p } = found;
  const { alpha } = settings;
  const tuning = { alpha, tightest: settings.seq_tuning_parameter };
  return {
    error: null,
    effect,
    se,
    df,
    ci,
    // The reference's own column: a tail by subtraction, without digits where p is small. Nothing of ours reads it.
    p_gbstats: 2 * (1 - (1 - tSurvival(Math.abs(effect / se), df))),
    p,
    seq_rho: rhoOf(tuning),
    seq_ci: sequentialInterval(found, tuning),
    seq_p: sequentialP(found, tuning),
    one_sided_greater: {
      p: tSurvival(effect / se, df),
      ci_lower: effect - tQuantile(1 - alpha, df) * se,
      seq_ci_lower: sequentialLower(found, tuning),
    },
    bayes: bayes(found, scale === "relative" ? 1 : Math.abs(armsOf(pair).control.plainMean), settings),
  };
}

function bayes(found: Effect, base: number, settings: Settings): object {
  const sd = settings.bayes_prior_sd_relative;
  const posterior = posteriorOf(found, sd === null ? null : { sd }, base);
  // The reference names its risks after the effect's sign, whether more of the metric is better or worse.
  const { above, below } = expectedParts(posterior);
  return {
    chance_to_win: chanceToWin(posterior, settings.inverse),
    effect: posterior.mean,
    sd: posterior.sd,
    ci: credibleInterval(posterior, settings.alpha),
    risk_if_keep_control: above,
    risk_if_ship_treatment: below,
  };
}

/** The reference's set is of the quotient less one; over a negative baseline that is the lift with its sign turned. */
function fieller(pair: Pair, alpha: number): object {
  const { control, treatment } = armsOf(pair);
  if (pair.kind === "cuped" || control.plainMean === 0) return {};
  const lift = fiellerLift(meanOf(control), meanOf(treatment), normalCritical(alpha));
  const turned = lift !== null && control.plainMean < 0 ? lift.map((end) => -end) : lift;
  return { fieller_relative_ci: turned };
}

function smallCounts(arms: { control: Counts; treatment: Counts }, alpha: number): object {
  const pooled = pooledZ(arms);
  return {
    wilson_control: wilson(arms.control, alpha),
    wilson_treatment: wilson(arms.treatment, alpha),
    newcombe_diff_ci: newcombe(arms, alpha),
    pooled_z: pooled,
    pooled_p: pooled === null ? null : 2 * normalSurvival(Math.abs(pooled)),
    fisher_exact_p: fisherP(arms),
  };
}

/** How much of the variance of the difference the past leaves. */
function adjustment(pair: Pair): object {
  if (pair.kind !== "cuped") return {};
  const plain = compare({ kind: "mean", control: pair.control, treatment: pair.treatment }, "absolute");
  const adjusted = compare(pair, "absolute");
  const ratio = plain.ok && adjusted.ok ? (adjusted.se / plain.se) ** 2 : null;
  return { theta: thetaOf(pair), variance_ratio_absolute: ratio };
}

export const experiments: VectorSet = ({ kind, input }) => {
  const settings = Settings.parse(input);
  const pair = pairOf(kind, input);
  const { control, treatment } = armsOf(pair);
  return {
    absolute: onScale(pair, "absolute", settings),
    relative: onScale(pair, "relative", settings),
    control_value: control.plainMean,
    treatment_value: treatment.plainMean,
    srm_p: checkSplit([control.n, treatment.n], settings.expected_split).p,
    ...fieller(pair, settings.alpha),
    ...(pair.kind === "proportion" ? smallCounts(pair, settings.alpha) : {}),
    ...adjustment(pair),
  };
};
