/** Rules INC10 to INC14 of `docs/rules/incrementality.md`: regression, how good scores are, calibration, uplift, trees. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { scoreTrees, type Tree } from "../../domain/models/boosted-trees.ts";
import { fitIsotonic, fitPlatt, isotonicAt, plattAt } from "../../domain/models/calibration.ts";
import { classificationMetrics } from "../../domain/models/classification-metrics.ts";
import { fitLogistic, type LogisticFit, probabilityOf } from "../../domain/models/logistic.ts";
import { upliftMetrics } from "../../domain/models/uplift-metrics.ts";
import { mulberry } from "../mulberry.ts";

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const outcome = fc.constantFrom(0, 1);
const scored = fc.array(fc.record({ p: unit, y: outcome }), { minLength: 1, maxLength: 60 }).map((items) => ({
  p: items.map(({ p }) => p),
  y: items.map(({ y }) => y),
}));

const feature = fc.double({ min: -5, max: 5, noNaN: true });
/** At least one of each outcome, so that there is something to learn. */
const observations = fc
  .array(fc.record({ row: fc.tuple(feature, feature, feature), y: outcome, weight: fc.nat(5) }), {
    minLength: 2,
    maxLength: 40,
  })
  .map((items) => ({
    rows: [[0, 1, 2], [1, 0, -1], ...items.map(({ row }) => [...row])],
    y: [0, 1, ...items.map(({ y }) => y)],
    weights: [1, 1, ...items.map(({ weight }) => weight)],
  }));
const ridge = fc.double({ min: 0.01, max: 100, noNaN: true });

/** How far the objective still slopes: nothing at its optimum. */
function slopes(
  data: { rows: number[][]; y: number[]; weights: number[] },
  l2: number,
  fit: LogisticFit,
): number[] {
  const residuals = data.rows.map(
    (row, at) => (data.weights[at] ?? 0) * (probabilityOf(fit, row) - (data.y[at] ?? 0)),
  );
  const along = (weigh: (row: number[]) => number) =>
    residuals.reduce((sum, residual, at) => sum + residual * weigh(data.rows[at] ?? []), 0);
  return [along(() => 1), ...fit.coefficients.map((value, at) => along((row) => row[at] ?? 0) + l2 * value)];
}

test("INC10: whatever the data, weights and ridge, the objective is level where the fit ends", () => {
  fc.assert(
    fc.property(observations, ridge, (data, l2) => {
      const fit = fitLogistic(data, l2);
      if (fit === null) throw new Error("there is an optimum, as both outcomes are there and a ridge is");
      const total = data.weights.reduce((sum, weight) => sum + weight, 0);
      for (const slope of slopes(data, l2, fit)) expect(Math.abs(slope)).toBeLessThan(1e-7 * (1 + total));
    }),
    { numRuns: 300 },
  );
});

test("INC10: a weight of two is a row that is there twice, and a weight of none one that is not", () => {
  fc.assert(
    fc.property(observations, ridge, (data, l2) => {
      const times = data.weights.flatMap((weight, at) => Array.from({ length: weight }, () => at));
      const repeated = {
        rows: times.map((at) => data.rows[at] ?? []),
        y: times.map((at) => data.y[at] ?? 0),
      };
      const [one, other] = [fitLogistic(data, l2), fitLogistic(repeated, l2)];
      expect(one?.intercept).toBeCloseTo(other?.intercept ?? Number.NaN, 6);
      one?.coefficients.forEach((value, at) =>
        expect(value).toBeCloseTo(other?.coefficients[at] ?? Number.NaN, 6),
      );
    }),
    { numRuns: 100 },
  );
});

test("INC10: a ridge without end leaves the share of ones, as the intercept is free", () => {
  const fit = fitLogistic({ rows: [[1], [2], [3], [9]], y: [0, 0, 0, 1] }, 1e12);
  expect(fit?.intercept).toBeCloseTo(Math.log(1 / 3), 8);
  expect(fit?.coefficients[0]).toBeCloseTo(0, 8);
});

test("INC10: it says so where there is no optimum, or where rows do not fit together", () => {
  const line = [[0], [1], [2], [3]];
  expect(fitLogistic({ rows: line, y: [0, 0, 1, 1] }, 0)).toBeNull();
  expect(fitLogistic({ rows: line, y: [0, 1, 1, 1] }, 0)).toBeNull();
  expect(fitLogistic({ rows: [[0], [0], [1]], y: [0, 1, 1] }, 0)).toBeNull();
  expect(fitLogistic({ rows: line.map(([x = 0]) => [x, 2 * x]), y: [0, 1, 0, 1] }, 0)).toBeNull();
  expect(fitLogistic({ rows: line, y: [1, 1, 1, 1] }, 1)).toBeNull();
  expect(fitLogistic({ rows: line, y: [0, 1, 0, 1], weights: [1, 0, 1, 0] }, 1)).toBeNull();
  expect(fitLogistic({ rows: [], y: [] }, 1)).toBeNull();
  expect(fitLogistic({ rows: [[0], [1, 2]], y: [0, 1] }, 1)).toBeNull();
  expect(fitLogistic({ rows: [[0], [Number.NaN]], y: [0, 1] }, 1)).toBeNull();
  expect(fitLogistic({ rows: line, y: [0, 1] }, 1)).toBeNull();
  expect(fitLogistic({ rows: line, y: [0, 1, 0, 1] }, 0)).not.toBeNull();
});

test("INC10: coefficients that made the outcomes are found again", () => {
  const random = mulberry(7);
  const rows = Array.from({ length: 20_000 }, () => [random() * 2 - 1, random() * 2 - 1]);
  const y = rows.map(([a = 0, b = 0]) => (random() < 1 / (1 + Math.exp(1 - 2 * a + b)) ? 1 : 0));
  const fit = fitLogistic({ rows, y }, 0);
  expect(Math.abs((fit?.intercept ?? 0) + 1)).toBeLessThan(0.08);
  expect(Math.abs((fit?.coefficients[0] ?? 0) - 2)).toBeLessThan(0.12);
  expect(Math.abs((fit?.coefficients[1] ?? 0) + 1)).toBeLessThan(0.12);
});

test("INC11: the AUC is the share of pairs in the right order, ties counted half", () => {
  fc.assert(
    fc.property(scored, ({ p, y }) => {
      const pairs = p.flatMap((low, at) =>
        y[at] === 1 ? [] : p.flatMap((high, other) => (y[other] === 1 ? [{ low, high }] : [])),
      );
      const right = pairs.reduce((sum, { low, high }) => sum + (high > low ? 1 : high === low ? 0.5 : 0), 0);
      const { auc } = classificationMetrics({ p, y });
      if (pairs.length === 0) expect(auc).toBeNull();
      else expect(auc).toBeCloseTo(right / pairs.length, 12);
    }),
  );
});

test("INC11: what cannot be told is null, and being surely wrong has an end", () => {
  expect(classificationMetrics({ p: [], y: [] })).toEqual({
    auc: null,
    logLoss: null,
    brier: null,
    ece10: null,
    averagePrecision: null,
  });
  expect(classificationMetrics({ p: [0.2, 0.4], y: [0, 0] })).toMatchObject({
    auc: null,
    averagePrecision: null,
  });
  expect(classificationMetrics({ p: [0], y: [1] }).logLoss).toBeCloseTo(-Math.log(1e-15), 9);
  expect(classificationMetrics({ p: [0, 1, 1], y: [0, 1, 1] })).toMatchObject({
    auc: 1,
    brier: 0,
    ece10: 0,
    averagePrecision: 1,
  });
});

test("INC12: calibrated scores never fall where scores rise, and keep the mean of the outcomes", () => {
  fc.assert(
    fc.property(scored, fc.array(unit, { maxLength: 20 }), ({ p, y }, asked) => {
      const curve = fitIsotonic(p, y);
      if (curve === null) throw new Error("there is a curve wherever there is a score");
      const read = asked.toSorted((a, b) => a - b).map((score) => isotonicAt(curve, score));
      expect(read).toEqual(read.toSorted((a, b) => a - b));
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
      expect(sum(p.map((score) => isotonicAt(curve, score)))).toBeCloseTo(sum(y), 9);
    }),
  );
  expect(fitIsotonic([], [])).toBeNull();
});

test("INC12: Platt's curve rises where outcomes do, and takes scores of 0 and 1", () => {
  const scores = [0, 0.1, 0.3, 0.4, 0.6, 0.7, 0.9, 1];
  const curve = fitPlatt(scores, [0, 0, 0, 1, 0, 1, 1, 1], 0.01);
  if (curve === null) throw new Error("there is a curve");
  const read = scores.map((score) => plattAt(curve, score));
  expect(read).toEqual(read.toSorted((a, b) => a - b));
  expect(fitPlatt([0.1, 0.9], [1, 1], 0.01)).toBeNull();
});

test("INC13: a perfect score beats one that is upside down, by as much as it beats chance", () => {
  // Half are persuadable: treated they buy, otherwise not. The others never do.
  const units = Array.from({ length: 4_000 }, (_, at) => ({ persuadable: at % 4 < 2, treated: at % 2 }));
  const y = units.map(({ persuadable, treated }) => (persuadable && treated === 1 ? 1 : 0));
  const t = units.map(({ treated }) => treated);
  const found = (score: number[]) => upliftMetrics({ y, t, score });
  const perfect = found(units.map(({ persuadable }) => (persuadable ? 1 : 0)));
  const upside = found(units.map(({ persuadable }) => (persuadable ? 0 : 1)));
  expect(perfect?.totalUplift).toBe(0.5);
  expect(perfect?.qiniPerTreated).toBeCloseTo(0.125, 3);
  expect(upside?.qiniPerTreated).toBeCloseTo(-0.125, 3);
  expect(Math.abs(found(units.map(() => 1))?.qiniPerTreated ?? 1)).toBeLessThan(0.001);
});

test("INC13: without anybody treated, or anybody not, nothing is told; else every figure is a number", () => {
  expect(upliftMetrics({ y: [1, 0], t: [1, 1], score: [0.3, 0.2] })).toBeNull();
  expect(upliftMetrics({ y: [1, 0], t: [0, 0], score: [0.3, 0.2] })).toBeNull();
  expect(upliftMetrics({ y: [], t: [], score: [] })).toBeNull();
  const units = fc.array(fc.record({ y: outcome, t: outcome, score: unit }), { maxLength: 50 });
  fc.assert(
    fc.property(units, (items) => {
      const figures = upliftMetrics({
        y: items.map(({ y }) => y),
        t: items.map(({ t }) => t),
        score: items.map(({ score }) => score),
      });
      for (const figure of Object.values(figures ?? {})) expect(Number.isFinite(figure)).toBe(true);
    }),
  );
});

/** One question: is the feature at or below `threshold`? */
const stump = (threshold: number): Tree => ({
  feature: [0, -2, -2],
  threshold: [threshold, -2, -2],
  left: [1, -1, -1],
  right: [2, -1, -1],
  value: [0, -3, 3],
});

test("INC14: a feature is compared in single precision, as thresholds were found", () => {
  const model = { init: 0, trees: [stump(Math.fround(0.1))] };
  // Just above the threshold in double precision, and the same number in single precision.
  expect(Math.fround(0.1) + 1e-12).toBeGreaterThan(Math.fround(0.1));
  expect(scoreTrees(model, [Math.fround(0.1) + 1e-12])).toBeLessThan(0.05);
  expect(scoreTrees(model, [0.11])).toBeGreaterThan(0.95);
  expect(scoreTrees({ init: 0.5, trees: [] }, [])).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 12);
});

test("INC14: a missing feature goes right, and a tree that leads round in a circle ends", () => {
  expect(scoreTrees({ init: 0, trees: [stump(1)] }, [])).toBeGreaterThan(0.95);
  const circle: Tree = { feature: [0, 0], threshold: [1, 1], left: [1, 0], right: [1, 0], value: [1, 2] };
  expect(Number.isFinite(scoreTrees({ init: 0, trees: [circle] }, [0]))).toBe(true);
});
