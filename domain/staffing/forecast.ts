/**
 * How many will come in each stretch of a day, from the days before it and from what has come already.
 *
 * A day is its kind's size × how busy it is lately × its kind's shape. The size is the median of the last days of
 * the same kind (a weekday, or `holiday`). "Lately" is a running mean of how far the days before fell above or below
 * their own kind's size; how fast it forgets is the pace that would have foretold those days best. The shape is the
 * share of each stretch in the last days of the kind, the recent ones counting more, smoothed over its neighbours.
 * During the day, what has come is set against what was expected by then, and moves the rest as far as that can be
 * more than chance.
 *
 * Shapes  every day has the same number of stretches, of any length; days come oldest first, and a day on which
 *         nobody came is a day of zeros. Only what lies before the day is looked at.
 * Units   counts per stretch; `busyness` and `pace` are factors (1 = as expected); the band holds four in five.
 * Errors  too few days are answered by how many more it takes.
 */
export type PastDay = { kind: string; counts: readonly number[] };

export type Forecast = {
  ok: true;
  /** As foretold before the day began. */
  ahead: number[];
  /** The same for what is over; what remains is moved by what has come. */
  expected: number[];
  low: number[];
  high: number[];
  /** How the days just before compare with their kind. */
  busyness: number;
  /** How this day compares with what was foretold, as far as it can be more than chance. */
  pace: number;
  daysRead: number;
  sameKind: number;
};
export type TooShort = { ok: false; daysMissing: number };

export const LEAST_DAYS = 14;
export const HOLIDAY = "holiday";
/** The kind that stands in for a holiday while there are too few of them. */
const LIKE_HOLIDAY = "7";
/** How many days back the level is read, and how many days of the kind its shape. */
const LEVEL_DAYS = 56;
const SHAPE_DAYS = 16;
const SIZE_DAYS = 12;
const HALF_LIFE_DAYS = 8;
const FEWEST_OF_KIND = 2;
/** What days of other kinds count for in the shape, beside a day of the same kind. */
const OTHER_KINDS = 0.02;
const PACES = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8];
/** The four in five of a normal distribution lie within so many standard deviations. */
const FOUR_IN_FIVE = 1.2815515655446004;
/** A median absolute deviation of a normal distribution times this is its standard deviation. */
const MAD_TO_SD = 1.4826022185056018;
/** A day further off than this many standard deviations counts as if it were only so far off. */
const FURTHEST_SD = 2.5;
const LEAST_LEVEL_SD = 0.02;
/** A level that never moved may still move so much a day. */
const LEAST_STEP = 0.1;

/**
 * @param soFar the counts of the stretches of this day that are over, from its first on
 */
export function forecastDay(
  past: readonly PastDay[],
  kind: string,
  soFar: readonly number[] = [],
): Forecast | TooShort {
  if (past.length < LEAST_DAYS) return { ok: false, daysMissing: LEAST_DAYS - past.length };
  const like = kindLike(past, kind);
  const sizes = sizesByKind(past);
  const level = levelOf(past.slice(-LEVEL_DAYS), sizes);
  const size = sizes.get(like) ?? median(past.map(totalOf));
  const shares = shapeOf(past, like);
  const ahead = shares.map((share) => share * size * level.busyness);

  const scatter = scatterOf(past, sizes, like, shares);
  const total = sum(ahead);
  const levelVariance = Math.max(LEAST_LEVEL_SD ** 2, level.sd ** 2 - (total > 0 ? scatter / total : 0));
  const pace = paceOf(ahead, soFar, levelVariance, scatter);
  const expected = ahead.map((one, index) => (index < soFar.length ? one : one * pace.factor));
  const spread = expected.map((one, index) => {
    const variance = index < soFar.length ? levelVariance : pace.variance;
    return FOUR_IN_FIVE * Math.sqrt(scatter * one + variance * one * one);
  });
  return {
    ok: true,
    ahead,
    expected,
    low: expected.map((one, index) => Math.max(0, one - (spread[index] ?? 0))),
    high: expected.map((one, index) => one + (spread[index] ?? 0)),
    busyness: level.busyness,
    pace: pace.factor,
    daysRead: past.length,
    sameKind: past.filter((day) => day.kind === kind).length,
  };
}

function kindLike(past: readonly PastDay[], kind: string): string {
  const own = past.filter((day) => day.kind === kind).length;
  return own < FEWEST_OF_KIND && kind === HOLIDAY ? LIKE_HOLIDAY : kind;
}

function sizesByKind(past: readonly PastDay[]): Map<string, number> {
  const byKind = Map.groupBy(past, ({ kind }) => kind);
  return new Map([...byKind].map(([kind, days]) => [kind, median(days.slice(-SIZE_DAYS).map(totalOf))]));
}

type Level = { busyness: number; sd: number };

/** The running mean of how the days compare with their kind, forgetting at the pace that foretells them best. */
function levelOf(days: readonly PastDay[], sizes: ReadonlyMap<string, number>): Level {
  const offs = days.flatMap((day) => {
    const size = sizes.get(day.kind) ?? 0;
    return size > 0 ? [Math.log((totalOf(day) + 0.5) / (size + 0.5))] : [];
  });
  if (offs.length === 0) return { busyness: 1, sd: LEAST_LEVEL_SD };
  const furthest = Math.max(LEAST_STEP, FURTHEST_SD * MAD_TO_SD * median(offs.map(Math.abs)));
  const runs = PACES.map((pace) => follow(offs, pace, furthest));
  const best = runs.reduce((a, b) => (b.error < a.error ? b : a));
  return { busyness: Math.exp(best.level), sd: best.sd };
}

function follow(offs: readonly number[], pace: number, furthest: number) {
  const misses: number[] = [];
  let level = 0;
  for (const off of offs) {
    const miss = off - level;
    misses.push(Math.abs(miss));
    level += pace * Math.max(-furthest, Math.min(furthest, miss));
  }
  const limit = FURTHEST_SD * MAD_TO_SD * median(misses);
  const squares = misses.map((miss) => Math.min(miss, limit) ** 2);
  return { level, error: sum(misses), sd: Math.sqrt(sum(squares) / misses.length) };
}

/** The share of each stretch in a day of this kind. */
function shapeOf(past: readonly PastDay[], kind: string): number[] {
  const stretches = past.at(-1)?.counts.length ?? 0;
  const weights = Array.from({ length: stretches }, () => 0);
  const add = (days: readonly PastDay[], weight: number): void => {
    for (const [age, day] of days.toReversed().entries()) {
      const total = totalOf(day);
      if (total === 0) continue;
      // A day's shape is known as well as its count is large; beyond some hundreds, more tells no more.
      const known = (weight * 0.5 ** (age / HALF_LIFE_DAYS) * Math.min(1, total / 200)) / total;
      let index = 0;
      for (const count of day.counts) {
        if (count !== 0) weights[index] = (weights[index] ?? 0) + known * count;
        index += 1;
      }
    }
  };
  const own = past.filter((day) => day.kind === kind).slice(-SHAPE_DAYS);
  add(own, 1);
  add(past.slice(-LEVEL_DAYS), OTHER_KINDS);
  const smooth = smoothed(weights);
  const total = sum(smooth);
  return total > 0 ? smooth.map((one) => one / total) : smooth.map(() => 1 / stretches);
}

const NEIGHBOURS = [0.06, 0.24, 0.4, 0.24, 0.06];

function smoothed(values: readonly number[]): number[] {
  const middle = (NEIGHBOURS.length - 1) / 2;
  const last = values.length - 1;
  return values.map((_, index) => {
    let total = 0;
    let at = index - middle;
    for (const weight of NEIGHBOURS) {
      total += weight * (values[Math.max(0, Math.min(last, at))] ?? 0);
      at += 1;
    }
    return total;
  });
}

/** How much more the counts scatter around a day's shape than counts by chance would: 1 is chance. */
function scatterOf(
  past: readonly PastDay[],
  sizes: ReadonlyMap<string, number>,
  kind: string,
  shares: readonly number[],
): number {
  const days = past.filter((day) => day.kind === kind && (sizes.get(kind) ?? 0) > 0).slice(-SIZE_DAYS);
  const scatters = days.flatMap((day) => {
    const total = totalOf(day);
    let [squares, parts] = [0, 0];
    for (const [index, share] of shares.entries()) {
      const mean = total * share;
      if (mean <= 0) continue;
      squares += ((day.counts[index] ?? 0) - mean) ** 2 / mean;
      parts += 1;
    }
    return parts > 1 ? [squares / (parts - 1)] : [];
  });
  return Math.max(1, scatters.length === 0 ? 1 : median(scatters));
}

/** What has come against what was expected by then, weighed against how uncertain the day's level was. */
function paceOf(ahead: readonly number[], soFar: readonly number[], levelVariance: number, scatter: number) {
  const expected = sum(ahead.slice(0, soFar.length));
  if (expected <= 0) return { factor: 1, variance: levelVariance };
  const weight = levelVariance / (levelVariance + scatter / expected);
  return {
    factor: 1 + weight * (sum(soFar) / expected - 1),
    variance: levelVariance * (1 - weight),
  };
}

/** Every forecast of a week asks for the same days. */
const totals = new WeakMap<PastDay, number>();

function totalOf(day: PastDay): number {
  const known = totals.get(day);
  if (known !== undefined) return known;
  const total = sum(day.counts);
  totals.set(day, total);
  return total;
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
