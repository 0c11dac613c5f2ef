/** The set `experiments_misc`: several questions at once, planning, splits, quantiles, and looks one after another. */
import * as z from "zod";
import { chiSquareSurvival } from "../../domain/experiments/distributions.ts";
import { compare, type Effect } from "../../domain/experiments/effect.ts";
import {
  daysFor,
  detectableLift,
  sizeForMean,
  sizeForProportion,
  type Size,
} from "../../domain/experiments/mde.ts";
import { benjaminiHochberg, bonferroni, holm } from "../../domain/experiments/multiple.ts";
import { compareQuantiles } from "../../domain/experiments/quantile.ts";
import {
  runningIntersection,
  runningMinimum,
  sequentialInterval,
  sequentialP,
} from "../../domain/experiments/sequential.ts";
import { checkSplit } from "../../domain/experiments/srm.ts";
import type { VectorSet } from "./vector-set.ts";

const level = z.number().default(0.05);
const MultipleInput = z.object({ p: z.array(z.number()), alpha: level });
const DesignFields = {
  alpha: level,
  power: z.number().default(0.8),
  control_share: z.number().default(0.5),
};
const SizeInput = z.object({
  baseline: z.number(),
  relative_mde: z.number(),
  visitors_per_day: z.number().nullish(),
  ...DesignFields,
});
const MeanSizeInput = z.object({
  mean: z.number(),
  sd: z.number(),
  relative_mde: z.number(),
  ...DesignFields,
});
const MdeInput = z.object({ baseline: z.number(), total_visitors: z.number(), ...DesignFields });
const SplitInput = z.object({ users: z.array(z.number()), weights: z.array(z.number()) });
const QuantileArm = z
  .object({
    n: z.number(),
    n_star: z.number().optional(),
    nu: z.number(),
    quantile_hat: z.number(),
    quantile_lower: z.number(),
    quantile_upper: z.number(),
  })
  .transform((arm) => ({
    n: arm.n,
    boundsN: arm.n_star ?? arm.n,
    level: arm.nu,
    value: arm.quantile_hat,
    lower: arm.quantile_lower,
    upper: arm.quantile_upper,
  }));
const QuantileInput = z.object({ control: QuantileArm, treatment: QuantileArm, alpha: level });
const PeekingInput = z.object({
  cumulative: z.array(z.array(z.number())),
  columns: z.array(z.string()).default(["n_c", "x_c", "n_t", "x_t"]),
  alpha: level,
  seq_tuning_parameter: z.number().default(5_000),
});

function multiple({ p, alpha }: z.infer<typeof MultipleInput>): object {
  const [byHolm, byBh] = [holm(p), benjaminiHochberg(p)];
  return {
    bonferroni: bonferroni(p),
    holm: byHolm,
    bh: byBh,
    holm_reject: byHolm.map((adjusted) => adjusted <= alpha),
    bh_reject: byBh.map((adjusted) => adjusted <= alpha),
  };
}

const designOf = (input: { alpha: number; power: number; control_share: number }) => ({
  alpha: input.alpha,
  power: input.power,
  controlShare: input.control_share,
});

const sizeAnswer = (size: Size | null) => ({
  total_exact: size?.total ?? null,
  n_control: size?.control ?? null,
  n_treatment: size?.treatment ?? null,
});

function sampleSize(input: z.infer<typeof SizeInput>): object {
  const size = sizeForProportion(input.baseline, input.relative_mde, designOf(input));
  const days = size === null ? null : daysFor(size.total, input.visitors_per_day ?? 0);
  return {
    ...sizeAnswer(size),
    days: days?.days ?? null,
    days_rounded_to_weeks: days?.wholeWeeks ?? null,
  };
}

function quantile(input: z.infer<typeof QuantileInput>): object {
  const found = compareQuantiles(input.control, input.treatment, input.alpha);
  if (!found.ok) return { error: found.code };
  const { effect, se, ci, p } = found;
  return { effect, se, ci, p };
}

/** A look at which an arm has no variance says nothing of the effect. */
const UNKNOWN = {
  interval: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const,
  p: 1,
};

function peeking({ cumulative, columns, alpha, seq_tuning_parameter }: z.infer<typeof PeekingInput>): object {
  const tuning = { alpha, tightest: seq_tuning_parameter };
  const found = cumulative.map((row) => {
    const at = (column: string) => row[columns.indexOf(column)] ?? Number.NaN;
    const control = { n: at("n_c"), x: at("x_c") };
    const treatment = { n: at("n_t"), x: at("x_t") };
    return compare({ kind: "proportion", control, treatment }, "absolute", alpha);
  });
  const sequence = found.map((effect) =>
    effect.ok ? { interval: sequentialInterval(effect, tuning), p: sequentialP(effect, tuning) } : UNKNOWN,
  );
  const intervals = runningIntersection(sequence.map(({ interval }) => interval));
  const ps = runningMinimum(sequence.map(({ p }) => p));
  return {
    looks: found.map((effect, look) => ({
      ...fixed(effect.ok ? effect : null),
      seq_ci: effect.ok ? sequence[look]?.interval : null,
      seq_p: effect.ok ? sequence[look]?.p : null,
      running_ci: intervals[look]?.every(Number.isFinite) === true ? intervals[look] : null,
      running_p: ps[look],
    })),
  };
}

const fixed = (effect: Effect | null) => ({ fixed_ci: effect?.ci ?? null, fixed_p: effect?.p ?? null });

export const experimentsMisc: VectorSet = ({ kind, input }) => {
  switch (kind) {
    case "multiple_comparisons":
      return multiple(MultipleInput.parse(input));
    case "sample_size":
      return sampleSize(SizeInput.parse(input));
    case "sample_size_mean": {
      const parsed = MeanSizeInput.parse(input);
      return sizeAnswer(sizeForMean(parsed, parsed.relative_mde, designOf(parsed)));
    }
    case "mde": {
      const parsed = MdeInput.parse(input);
      return { relative_mde: detectableLift(parsed.baseline, parsed.total_visitors, designOf(parsed)) };
    }
    case "srm": {
      const { users, weights } = SplitInput.parse(input);
      const check = checkSplit(users, weights);
      // The reference's other column counts arms without weight among the degrees of freedom.
      return { ...check, p_gbstats: chiSquareSurvival(check.chi2, weights.length - 1) };
    }
    case "quantile":
      return quantile(QuantileInput.parse(input));
    case "peeking_series":
      return peeking(PeekingInput.parse(input));
    default:
      throw new Error(`the set experiments_misc has no kind "${kind}"`);
  }
};
