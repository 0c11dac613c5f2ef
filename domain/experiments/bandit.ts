/**
 * Thompson sampling on Beta posteriors, computed exactly instead of drawn.
 *
 * Shapes  an arm is `x` successes in `n` trials; answers are parallel to the arms.
 * Units   rates and probabilities from 0 to 1; losses are in rate, not in money.
 */
import cdf from "@stdlib/stats-base-dists-beta-cdf";
import pdf from "@stdlib/stats-base-dists-beta-pdf";
import { acrossPeriods } from "./bandit-periods.ts";

export type BanditArm = { n: number; x: number };
export type BanditFigures = {
  /** The probability of being the best arm. */
  probBest: number[];
  /** The expected rate of the best arm. */
  expectedMax: number;
  /** What choosing this arm for good would cost against the best, in expectation. */
  expectedLoss: number[];
};

type Posterior = { alpha: number; beta: number; mean: number; deviation: number };

/** The exact figures of `arms` under a Beta prior. */
export function thompsonExact(arms: readonly BanditArm[], prior: readonly [number, number]): BanditFigures {
  const posteriors = arms.map((arm) => posteriorOf(arm, prior));
  const cuts = cutsOf(posteriors);
  const probBest = posteriors.map((own) =>
    integrate(cuts, (rate) =>
      posteriors.reduce(
        (product, other) => (other === own ? product : product * cdf(rate, other.alpha, other.beta)),
        pdf(rate, own.alpha, own.beta),
      ),
    ),
  );
  const expectedMax = integrate(
    cuts,
    (rate) => 1 - posteriors.reduce((product, { alpha, beta }) => product * cdf(rate, alpha, beta), 1),
  );
  return { probBest, expectedMax, expectedLoss: posteriors.map(({ mean }) => expectedMax - mean) };
}

/** What no variant's weight falls below, so that none starves and a change can still be seen. */
export const WEIGHT_FLOOR = 0.05;
/** Fewer units in any arm, and the weights stay as they are. */
export const MIN_UNITS = 100;

/** What is known of a variant: by each period of weights, in order of time. */
export type PlayedVariant = { weight: number; periods: readonly BanditArm[] };

/**
 * The weights of the next period, parallel to `variants`: each one's probability of being the best, over the floor, read
 * period by period. A variant whose owner gave it no weight plays no part. Null where there is nothing to choose or too
 * little is known.
 */
export function nextWeights(variants: readonly PlayedVariant[]): number[] | null {
  const playing = variants.filter(({ weight }) => weight > 0);
  const seen = playing.map(({ periods }) => periods.reduce((sum, { n }) => sum + n, 0));
  if (playing.length < 2 || seen.some((n) => n < MIN_UNITS)) return null;
  const count = Math.max(...playing.map(({ periods }) => periods.length));
  const byPeriod = Array.from({ length: count }, (_, period) =>
    playing.map(({ periods }) => periods[period] ?? { n: 0, x: 0 }),
  );
  const { probBest } = thompsonExact(acrossPeriods(byPeriod), [1, 1]);
  const sum = probBest.reduce((total, share) => total + share, 0);
  const weights = withFloor(
    probBest.map((share) => share / sum),
    WEIGHT_FLOOR,
  );
  return variants.map((variant) => weights[playing.indexOf(variant)] ?? 0);
}

/** `weights` with a floor under each, by addition, so that no arm starves and the sum stays. */
export function withFloor(weights: readonly number[], floor: number): number[] {
  return weights.map((weight) => floor + (1 - weights.length * floor) * weight);
}

function posteriorOf({ n, x }: BanditArm, [a, b]: readonly [number, number]): Posterior {
  const alpha = a + x;
  const beta = b + n - x;
  const total = alpha + beta;
  return {
    alpha,
    beta,
    mean: alpha / total,
    deviation: Math.sqrt((alpha * beta) / (total * total * (total + 1))),
  };
}

/** Deviations from each mean between which a posterior is smooth enough for one rule; a skewed one reaches far. */
const STEPS = [-40, -20, -12, -8, -5, -3, -1.5, 0, 1.5, 3, 5, 8, 12, 20, 40];

/** Panels that are fine wherever some posterior has its mass, and coarse between. */
function cutsOf(posteriors: readonly Posterior[]): number[] {
  const inner = posteriors.flatMap(({ mean, deviation }) => STEPS.map((step) => mean + step * deviation));
  return [...new Set([0, ...inner.filter((cut) => cut > 0 && cut < 1), 1])].sort((a, b) => a - b);
}

/** Half of the 16-point Gauss–Legendre rule on [−1, 1]; the other half mirrors it. */
const RULE: readonly (readonly [node: number, weight: number])[] = [
  [0.0950125098376374, 0.1894506104550685],
  [0.2816035507792589, 0.1826034150449236],
  [0.4580167776572274, 0.1691565193950025],
  [0.6178762444026438, 0.1495959888165767],
  [0.755404408355003, 0.1246289712555339],
  [0.8656312023878318, 0.0951585116824928],
  [0.9445750230732326, 0.0622535239386479],
  [0.9894009349916499, 0.0271524594117541],
];

function integrate(cuts: readonly number[], density: (rate: number) => number): number {
  let sum = 0;
  for (let at = 1; at < cuts.length; at += 1) {
    const from = cuts[at - 1] ?? 0;
    const to = cuts[at] ?? 1;
    const middle = (from + to) / 2;
    const half = (to - from) / 2;
    for (const [node, weight] of RULE) {
      sum += half * weight * (density(middle - half * node) + density(middle + half * node));
    }
  }
  return sum;
}
