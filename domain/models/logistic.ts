/**
 * Logistic regression: the coefficients that make the outcomes seen likeliest, held back by a ridge.
 *
 * Minimises Σ weight · log-loss + l2/2 · ‖coefficients‖², the intercept left free. The sum is convex, so there is one
 * optimum, and Newton's method with step halving goes there from anywhere.
 *
 * Shapes  rows are of equal length; `y` is 0 or 1; weights are 1 where none are given.
 * Units   whatever the features are in; the ridge treats them alike, so bring them to one scale first.
 * Errors  null where there is no optimum (outcomes all alike, or told apart perfectly without a ridge), or rows do
 *         not fit together.
 */
import { solvePositive } from "./cholesky.ts";

export type LogisticModel = { intercept: number; coefficients: number[] };
export type LogisticFit = LogisticModel & {
  /** What was minimised, at its optimum. */
  objective: number;
};

export type Observations = {
  rows: readonly (readonly number[])[];
  y: readonly number[];
  weights?: readonly number[] | null;
};

const MAX_STEPS = 100;
const MAX_HALVINGS = 40;
/** Newton's decrement, relative to the objective, below which whole steps are right and the objective's last digits are noise. */
const NEAR = 1e-10;
/** The same, where nothing more is to be gained. */
const ENOUGH = 1e-20;
/** A logit this far out is certainty: without a ridge, only outcomes that a plane tells apart drive it there. */
const CERTAIN = 30;

export function fitLogistic(observations: Observations, l2: number): LogisticFit | null {
  const problem = problemOf(observations, l2);
  if (problem === null) return null;
  let place: Place = placeAt(problem, startOf(problem));
  let before = Infinity;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const { gradient, hessian } = slopesAt(problem, place.theta);
    const direction = solvePositive(hessian, gradient);
    if (direction === null) return null;
    const decrement = dot(gradient, direction);
    const scale = 1 + place.objective;
    const near = decrement <= NEAR * scale;
    if (decrement <= ENOUGH * scale || (near && decrement > before / 2)) return fitOf(problem, place);
    const next = near ? stepOf(problem, place, direction, 1) : descend(problem, place, direction, decrement);
    if (next === null) return fitOf(problem, place);
    place = next;
    before = near ? decrement : Infinity;
  }
  return null;
}

/** The probability that `model` gives a row. */
export function probabilityOf({ intercept, coefficients }: LogisticModel, row: readonly number[]): number {
  return sigmoid(intercept + dot(coefficients, row));
}

export function sigmoid(logit: number): number {
  if (logit >= 0) return 1 / (1 + Math.exp(-logit));
  const grown = Math.exp(logit);
  return grown / (1 + grown);
}

type Problem = { rows: readonly (readonly number[])[]; y: readonly number[]; weights: number[]; l2: number };

function problemOf({ rows, y, weights }: Observations, l2: number): Problem | null {
  const width = rows[0]?.length;
  const given = weights ?? rows.map(() => 1);
  const fits =
    width !== undefined &&
    y.length === rows.length &&
    given.length === rows.length &&
    rows.every((row) => row.length === width && row.every(Number.isFinite)) &&
    given.every((weight) => Number.isFinite(weight) && weight >= 0);
  if (!fits || !(l2 >= 0)) return null;
  const kept = (outcome: number) => y.some((value, at) => value === outcome && (given[at] ?? 0) > 0);
  return kept(0) && kept(1) ? { rows, y, weights: [...given], l2 } : null;
}

/** Everything at nothing but the intercept, which begins at the share of ones. */
function startOf({ rows, y, weights }: Problem): number[] {
  const all = weights.reduce((total, weight) => total + weight, 0);
  const ones = weights.reduce((total, weight, at) => total + weight * (y[at] ?? 0), 0);
  return [Math.log(ones / (all - ones)), ...(rows[0] ?? []).map(() => 0)];
}

/** `theta` is the intercept, then the coefficients. */
function objectiveAt({ rows, y, weights, l2 }: Problem, theta: readonly number[]): number {
  const [intercept = 0, ...coefficients] = theta;
  const loss = rows.reduce((total, row, at) => {
    const logit = intercept + dot(coefficients, row);
    return total + (weights[at] ?? 0) * (softplus(logit) - (y[at] ?? 0) * logit);
  }, 0);
  return loss + (l2 / 2) * dot(coefficients, coefficients);
}

function slopesAt({ rows, y, weights, l2 }: Problem, theta: readonly number[]) {
  const size = theta.length;
  const gradient = theta.map((value, at) => (at === 0 ? 0 : l2 * value));
  const hessian = theta.map((_, at) => new Float64Array(size).fill(0).with(at, at === 0 ? 0 : l2));
  const [intercept = 0, ...coefficients] = theta;
  rows.forEach((row, at) => {
    const probability = sigmoid(intercept + dot(coefficients, row));
    const weight = weights[at] ?? 0;
    const residual = weight * (probability - (y[at] ?? 0));
    const curvature = weight * probability * (1 - probability);
    for (let i = 0; i < size; i += 1) {
      const left = i === 0 ? 1 : (row[i - 1] ?? 0);
      gradient[i] = (gradient[i] ?? 0) + residual * left;
      const line = hessian[i];
      if (line === undefined) continue;
      for (let j = 0; j <= i; j += 1) {
        line[j] = (line[j] ?? 0) + curvature * left * (j === 0 ? 1 : (row[j - 1] ?? 0));
      }
    }
  });
  return { gradient, hessian };
}

type Place = { theta: number[]; objective: number };

const placeAt = (problem: Problem, theta: number[]): Place => ({
  theta,
  objective: objectiveAt(problem, theta),
});

const stepOf = (problem: Problem, { theta }: Place, direction: readonly number[], length: number): Place =>
  placeAt(
    problem,
    theta.map((value, at) => value - length * (direction[at] ?? 0)),
  );

/** The first of ever shorter steps that goes down as far as its slope promises; null where rounding leaves none. */
function descend(
  problem: Problem,
  from: Place,
  direction: readonly number[],
  decrement: number,
): Place | null {
  for (let halving = 0, length = 1; halving < MAX_HALVINGS; halving += 1, length /= 2) {
    const tried = stepOf(problem, from, direction, length);
    if (tried.objective <= from.objective - 1e-4 * length * decrement) return tried;
  }
  return null;
}

function fitOf({ rows, l2 }: Problem, { theta, objective }: Place): LogisticFit | null {
  const [intercept = 0, ...coefficients] = theta;
  const farthest = Math.max(...rows.map((row) => Math.abs(intercept + dot(coefficients, row))));
  if (l2 === 0 && farthest > CERTAIN) return null;
  return { intercept, coefficients, objective };
}

/** log(1 + e^x) without overflow. */
const softplus = (x: number) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));

export function dot(one: readonly number[], other: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
