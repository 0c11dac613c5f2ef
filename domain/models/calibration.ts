/**
 * Making scores mean what they say: by steps that only rise (isotonic), or by one curve (Platt).
 *
 * Isotonic regression bends to anything and wants much data; Platt has two numbers and wants little.
 *
 * Shapes  scores and outcomes are parallel, in any order; equal scores are one point with the mean of their outcomes.
 * Units   scores and probabilities from 0 to 1.
 * Errors  null where there is nothing to learn from.
 */
import { fitLogistic, sigmoid } from "./logistic.ts";

/** Points from left to right, both coordinates rising. */
export type IsotonicCurve = { scores: number[]; values: number[] };

/** Outcomes at one score. */
type Point = { score: number; sum: number; weight: number };
/** So many neighbouring points that share one value. */
type Block = { points: number; sum: number; weight: number };

/** The rising curve nearest to the outcomes: neighbours that fall are pooled until none do. */
export function fitIsotonic(scores: readonly number[], y: readonly number[]): IsotonicCurve | null {
  if (scores.length === 0) return null;
  const points = distinct(scores, y);
  const blocks: Block[] = [];
  for (const { sum, weight } of points) {
    let block: Block = { points: 1, sum, weight };
    for (let last = blocks.at(-1); last !== undefined && falls(last, block); last = blocks.at(-1)) {
      blocks.pop();
      block = {
        points: last.points + block.points,
        sum: last.sum + block.sum,
        weight: last.weight + block.weight,
      };
    }
    blocks.push(block);
  }
  return {
    scores: points.map(({ score }) => score),
    values: blocks.flatMap((block) => Array.from({ length: block.points }, () => block.sum / block.weight)),
  };
}

/** The curve at `score`: straight between two points, level beyond the ends. */
export function isotonicAt({ scores, values }: IsotonicCurve, score: number): number {
  let low = 0;
  let high = scores.length - 1;
  const at = (list: readonly number[], index: number) => list[index] ?? 0;
  if (score <= at(scores, low)) return at(values, low);
  if (score >= at(scores, high)) return at(values, high);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(scores, middle) <= score) low = middle;
    else high = middle;
  }
  const along = (score - at(scores, low)) / (at(scores, high) - at(scores, low));
  return at(values, low) + along * (at(values, high) - at(values, low));
}

/** A logit's own logistic regression: probability = σ(intercept + slope · logit(score)). */
export type PlattCurve = { intercept: number; slope: number };

/** A score of 0 or 1 is a very sure one, not an endlessly sure one. */
const SUREST = 1e-15;

export function fitPlatt(scores: readonly number[], y: readonly number[], l2: number): PlattCurve | null {
  const fit = fitLogistic({ rows: scores.map((score) => [logit(score)]), y }, l2);
  const [slope] = fit?.coefficients ?? [];
  return fit === null || slope === undefined ? null : { intercept: fit.intercept, slope };
}

export const plattAt = ({ intercept, slope }: PlattCurve, score: number) =>
  sigmoid(intercept + slope * logit(score));

function logit(score: number): number {
  const inside = Math.min(Math.max(score, SUREST), 1 - SUREST);
  return Math.log(inside / (1 - inside));
}

function distinct(scores: readonly number[], y: readonly number[]): Point[] {
  const points: Point[] = [];
  for (const at of scores.map((_, index) => index).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0))) {
    const score = scores[at] ?? 0;
    const outcome = y[at] ?? 0;
    const last = points.at(-1);
    if (last?.score === score) {
      last.sum += outcome;
      last.weight += 1;
    } else points.push({ score, sum: outcome, weight: 1 });
  }
  return points;
}

/** Cross-multiplied, so that equal shares are seen as equal. */
const falls = (left: Block, right: Block) => left.sum * right.weight >= right.sum * left.weight;
