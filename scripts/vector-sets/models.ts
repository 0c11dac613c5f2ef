/** The set `models`: logistic regression, how good scores are, calibration, uplift, and trees from the file's `meta`. */
import * as z from "zod";
import { type BoostedTrees, scoreTrees } from "../../domain/models/boosted-trees.ts";
import { fitIsotonic, fitPlatt, isotonicAt } from "../../domain/models/calibration.ts";
import { classificationMetrics } from "../../domain/models/classification-metrics.ts";
import { fitLogistic, probabilityOf } from "../../domain/models/logistic.ts";
import { upliftMetrics } from "../../domain/models/uplift-metrics.ts";
import type { VectorSet } from "./vector-set.ts";

const numbers = z.array(z.number());
const LogisticInput = z.object({
  X: z.array(numbers),
  y: numbers,
  l2: z.number(),
  sample_weight: numbers.nullish(),
});
const MetricsInput = z.object({ p: numbers, y: numbers });
const CalibrationInput = z.object({ score: numbers, y: numbers, query: numbers, platt_l2: z.number() });
const UpliftInput = z.object({ y: numbers, t: numbers, score: numbers });
const TreesInput = z.object({ x: numbers });
const TreeModel = z.object({
  init: z.number(),
  trees: z.array(
    z.object({ feature: numbers, threshold: numbers, left: numbers, right: numbers, value: numbers }),
  ),
});

function logistic({ X, y, l2, sample_weight }: z.infer<typeof LogisticInput>) {
  const fit = fitLogistic({ rows: X, y, weights: sample_weight ?? null }, l2);
  if (fit === null) throw new Error("there is no one optimum");
  return {
    intercept: fit.intercept,
    coef: fit.coefficients,
    objective: fit.objective,
    prob_first5: X.slice(0, 5).map((row) => probabilityOf(fit, row)),
  };
}

function metrics(input: z.infer<typeof MetricsInput>) {
  const { auc, logLoss, brier, ece10, averagePrecision } = classificationMetrics(input);
  return { auc, logloss_clip1e15: logLoss, brier, ece10, average_precision: averagePrecision };
}

function calibration({ score, y, query, platt_l2 }: z.infer<typeof CalibrationInput>) {
  const curve = fitIsotonic(score, y);
  const read = (at: readonly number[]) => (curve === null ? null : at.map((one) => isotonicAt(curve, one)));
  return {
    isotonic_fitted: read(score),
    isotonic_query_linear_interp: read(query),
    platt_on_logit: fitPlatt(score, y, platt_l2),
  };
}

function uplift(input: z.infer<typeof UpliftInput>) {
  const found = upliftMetrics(input);
  return {
    qini_area: found?.qiniArea ?? null,
    qini_per_treated: found?.qiniPerTreated ?? null,
    auuc: found?.auuc ?? null,
    auuc_minus_random: found?.auucMinusRandom ?? null,
    total_uplift: found?.totalUplift ?? null,
  };
}

/** The file has one model for all its rows; it is read once. */
const readModels = new WeakMap<object, BoostedTrees>();

function treesOf(meta: Readonly<Record<string, unknown>>): BoostedTrees {
  const known = readModels.get(meta);
  if (known !== undefined) return known;
  const read = TreeModel.parse(meta["model"]);
  readModels.set(meta, read);
  return read;
}

export const models: VectorSet = ({ kind, input }, meta) => {
  switch (kind) {
    case "logistic_regression":
      return logistic(LogisticInput.parse(input));
    case "classification_metrics":
      return metrics(MetricsInput.parse(input));
    case "calibration":
      return calibration(CalibrationInput.parse(input));
    case "uplift_metrics":
      return uplift(UpliftInput.parse(input));
    case "gbdt_score":
      return { prob: scoreTrees(treesOf(meta), TreesInput.parse(input).x) };
    default:
      throw new Error(`the set models has no kind "${kind}"`);
  }
};
