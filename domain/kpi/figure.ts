/**
 * One figure: its value, what it is made of, how many stand behind it, and its 95 % interval.
 *
 * Shapes  a ratio over 0 has the value null, never 0, NaN or Infinity; a count or sum has no denominator and no interval,
 *         because it is what happened. `too_few` marks answers that are too few for a percentage to be shown.
 * Units   rates are fractions, money is in major units, durations in seconds.
 */
import type { Interval } from "../experiments/effect.ts";
import { wilson } from "../experiments/small-counts.ts";
import { compoundInterval, poissonInterval, quantileOf, ratioInterval, type Squares } from "./intervals.ts";
import { amount, ratio, type Ratio } from "./ratios.ts";
import type { Spread } from "./tally.ts";

export type Figure = Ratio & {
  /** Units behind the figure: visitors, chats, answers. */
  n: number;
  interval: Interval | null;
  too_few?: true;
};

/** Fewer answers than this, and their share says nothing. */
export const FEW_ANSWERS = 30;

export const UNKNOWN: Figure = { value: null, numerator: null, denominator: null, n: 0, interval: null };

/** A count or a sum of `n` things. */
export function sum(value: number, n: number = value): Figure {
  return { ...amount(value), n, interval: null };
}

/** A share of `whole`: Wilson's interval. */
export function share(part: number, whole: number): Figure {
  return { ...ratio(part, whole), n: whole, interval: part > whole ? null : wilson({ n: whole, x: part }) };
}

/** A ratio of two sums that visitors bring both sides of. */
export function perUnit(squares: Squares): Figure {
  return { ...ratio(squares.x, squares.n), n: squares.units, interval: ratioInterval(squares) };
}

/** A ratio that has no sample behind it: time over time, or money over money. */
export function plain(of: Ratio, n: number): Figure {
  return { ...of, n, interval: null };
}

/** A count over something that is not random, such as hours. */
export function rateOf(count: number, per: number): Figure {
  const interval = per > 0 ? scaled(poissonInterval(count), 1 / per) : null;
  return { ...ratio(count, per), n: count, interval };
}

/** A sum of amounts over something that is not random. */
export function sumRateOf(
  total: number,
  { squares, n }: { squares: number; n: number },
  per: number,
): Figure {
  const interval = per > 0 && n > 0 ? scaled(compoundInterval(total, squares), 1 / per) : null;
  return { ...ratio(total, per), n, interval };
}

/** A median or a ninetieth percentile, in seconds. */
export function quantile(spread: Spread, level: 0.5 | 0.9): Figure {
  const { value, n, interval } = quantileOf(spread, level);
  return { value, numerator: value, denominator: null, n, interval };
}

/** A figure of answers. */
export function answered(of: Ratio, n: number, interval: Interval | null): Figure {
  const figure = { ...of, n, interval };
  return n > 0 && n < FEW_ANSWERS ? { ...figure, too_few: true } : figure;
}

function scaled(interval: Interval | null, by: number): Interval | null {
  return interval && [interval[0] * by, interval[1] * by];
}
