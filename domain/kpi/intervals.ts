/**
 * The 95 % intervals of figures, from the sums that a tally holds.
 *
 * Shapes  `Squares` are the sums of a ratio's two sides, of their squares and product, over `units` visitors.
 * Units   those of the figure; a rate per hour has its count and its hours.
 * Errors  null where there is too little for an interval: also where nothing varied, since a spread of 0 is no knowledge
 *         of the next visitor. No interval has a width of 0 but that of a median of whole seconds that many shared.
 */
import gammainc from "@stdlib/math-base-special-gammainc";
import binomialQuantile from "@stdlib/stats-base-dists-binomial-quantile";
import { normalCritical, tCritical } from "../experiments/distributions.ts";
import type { Interval } from "../experiments/effect.ts";
import { fiellerLift } from "../experiments/fieller.ts";
import { wilson } from "../experiments/small-counts.ts";
import { type AnswerCounts, answersWhere, netPromoterScore, npsInterval } from "./ratios.ts";
import type { Spread } from "./tally.ts";

export type { Interval };

export const ALPHA = 0.05;
export const Z = normalCritical(ALPHA);

/** Beyond so many the normal distribution gives the same ranks and quantiles to within what is shown. */
const MANY = 500;

/** What was computed before: figures of many rows ask for the same small counts over and over. */
function remembered<T>(compute: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = compute(key);
    if (known.size < 10_000) known.set(key, made);
    return made;
  };
}

const critical = remembered((df) => (df > MANY ? Z : tCritical(ALPHA, df)));

export type Squares = { x: number; n: number; units: number; xx: number; xn: number; nn: number };

/** What of a sum of squares is left by rounding alone. */
const ROUNDING = 1e-12;

/**
 * Of Σx/Σn where visitors bring both: by what each visitor's x differs from the ratio's share of their n. Null where
 * none differs.
 */
export function ratioInterval(squares: Squares): Interval | null {
  const of = ratioOf(squares);
  if (of === null) return null;
  const half = critical(squares.units - 1) * Math.sqrt(of.variance);
  return [of.mean - half, of.mean + half];
}

/** The ratio with the variance of its estimate, by the delta method. */
function ratioOf({ x, n, units, xx, xn, nn }: Squares): { mean: number; variance: number } | null {
  if (n === 0 || units < 2) return null;
  const mean = x / n;
  const residual = xx - 2 * mean * xn + mean ** 2 * nn;
  if (!(residual > ROUNDING * (xx + mean ** 2 * nn))) return null;
  return { mean, variance: (residual * units) / (units - 1) / n ** 2 };
}

/**
 * Of how much larger the ratio of `some` is than that of `others`, as a share of the latter, neither of which is below 0:
 * Fieller's set for two samples of visitors, by Student with the fewer of them. Null also where that of `others` may be 0.
 */
export function upliftInterval(some: Squares, others: Squares): Interval | null {
  const [treatment, control] = [ratioOf(some), ratioOf(others)];
  if (treatment === null || control === null) return null;
  const set = fiellerLift(control, treatment, critical(Math.min(some.units, others.units) - 1));
  return set && [Math.max(-1, set[0]), set[1]];
}

/** Of the mean of answers on a scale; where all are the same, by how many others may be out of sight. */
export function scaleInterval(answers: AnswerCounts, [least, most]: Interval): Interval | null {
  const interval = meanInterval(answers);
  if (interval !== null) return [Math.max(least, interval[0]), Math.min(most, interval[1])];
  const [[score, n] = ["", 0], ...others] = Object.entries(answers).filter(([, times]) => times > 0);
  return others.length > 0 ? null : ofUnvaried({ value: Number(score), n }, [least, most]);
}

/** Of the net promoter score: by its variance; where all are promoters, passive or detractors, as above. */
export function promoterInterval(answers: AnswerCounts): Interval | null {
  const interval = npsInterval(answers);
  if (interval === null || interval[1] > interval[0]) {
    return interval && [Math.max(-100, interval[0]), Math.min(100, interval[1])];
  }
  const { value } = netPromoterScore(answers);
  return value === null ? null : ofUnvaried({ value, n: answersWhere(answers) }, [-100, 100]);
}

/**
 * Of `n` answers that were all `value`: as many as Wilson's interval of none of them allows may be anything else, at
 * worst the one end of the scale or the other.
 */
function ofUnvaried({ value, n }: { value: number; n: number }, [least, most]: Interval): Interval | null {
  const others = wilson({ n, x: 0 });
  return others && [value - others[1] * (value - least), value + others[1] * (most - value)];
}

/** Of the mean of answers, without what is known of their scale. */
export function meanInterval(answers: AnswerCounts): Interval | null {
  let [n, sum, squares] = [0, 0, 0];
  for (const [score, times] of Object.entries(answers)) {
    n += times;
    sum += Number(score) * times;
    squares += Number(score) ** 2 * times;
  }
  return ratioInterval({ x: sum, n, units: n, xx: squares, xn: sum, nn: n });
}

/** The exact (Garwood) interval of a count that nobody limits, such as orders. */
export const poissonInterval = remembered((count: number): Interval => {
  const most = count + 10 * Math.sqrt(count + 1) + 10;
  const low = count === 0 ? 0 : rootOf((mean) => gammainc(mean, count) - ALPHA / 2, 0, count);
  const high = rootOf((mean) => ALPHA / 2 - gammainc(mean, count + 1, true, true), count, most);
  return [low, high];
});

/** Of what each of `count` things costs that cost `total` together: that is known, how many they might have been is not. */
export function costInterval(total: number, count: number): Interval | null {
  if (count <= 0) return null;
  const [fewest, most] = poissonInterval(count);
  return [total / most, total / fewest];
}

/** Where the rising function `of` is 0 between `low` and `high`. */
function rootOf(of: (at: number) => number, low: number, high: number): number {
  let [below, above] = [low, high];
  for (let step = 0; step < 200 && above - below > 1e-12 * above; step += 1) {
    const middle = (below + above) / 2;
    if (of(middle) < 0) below = middle;
    else above = middle;
  }
  return (below + above) / 2;
}

/** Of a sum of a random number of amounts: `squares` is the sum of the amounts' squares, by visitor. Null where all are 0. */
export function compoundInterval(sum: number, squares: number): Interval | null {
  if (squares <= 0) return null;
  const half = Z * Math.sqrt(squares);
  return [Math.max(0, sum - half), sum + half];
}

export type Quantile = { value: number | null; n: number; interval: Interval | null };

/** The least whole second within which at least the share `level` of them were done, with order statistics around it. */
export function quantileOf(spread: Spread, level: number): Quantile {
  let n = 0;
  for (const times of spread.values()) n += times;
  if (n <= 0) return { value: null, n: 0, interval: null };
  const { lower, upper } = (level === 0.5 ? medianRanks : ninetiethRanks)(n);
  const [low, value, high] = valuesAt(spread, [lower, Math.ceil(level * n - 1e-9), upper]);
  return { value, n, interval: lower >= 1 && upper <= n ? [low, high] : null };
}

/** The values at three rising ranks, from 1. */
function valuesAt(spread: Spread, ranks: [number, number, number]): [number, number, number] {
  const found: [number, number, number] = [0, 0, 0];
  let [seen, next] = [0, 0];
  for (const seconds of Float64Array.from(spread.keys()).sort()) {
    seen += spread.get(seconds) ?? 0;
    while (next < 3 && seen >= (ranks[next] ?? 0)) {
      found[next] = seconds;
      next += 1;
    }
    if (next === 3) break;
  }
  return found;
}

const medianRanks = remembered((n) => ranksAround(n, 0.5));
const ninetiethRanks = remembered((n) => ranksAround(n, 0.9));

/** The ranks, from 1, of the order statistics that hold the quantile in at least 95 of 100 samples. */
function ranksAround(n: number, level: number): { lower: number; upper: number } {
  if (n > MANY) {
    const half = Z * Math.sqrt(n * level * (1 - level));
    return { lower: Math.floor(n * level - half), upper: Math.ceil(n * level + half) + 1 };
  }
  return {
    lower: binomialQuantile(ALPHA / 2, n, level),
    upper: binomialQuantile(1 - ALPHA / 2, n, level) + 1,
  };
}
