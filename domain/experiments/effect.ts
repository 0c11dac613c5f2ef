/**
 * The difference between two arms, from sufficient statistics: absolute, and relative to the control.
 *
 * Shapes  a `Pair` holds the same statistics of both arms; an `Effect` is treatment minus control with its standard
 *         error, Welch's degrees of freedom, a t interval and a two-sided p. Relative effects divide by the size of the
 *         control's plain mean, so that a falling loss is a gain.
 * Units   those of the metric; relative effects are fractions (0.1 is +10 %). Units of analysis are visitors, also for
 *         ratios: orders of one visitor are not independent.
 * Errors  an arm without variance (nobody in it, nobody or everybody bought) is `ZERO_NEGATIVE_VARIANCE`, a control
 *         whose mean is 0 has no relative effect: `ZERO_NEGATIVE_BASELINE_VARIATION`. Never NaN, never thrown.
 */
import { tCritical, tTwoSided } from "./distributions.ts";

/** `x` of `n` visitors did it. */
export type Counts = { n: number; x: number };
/** Sum and sum of squares over `n` visitors. */
export type Sums = { n: number; sum: number; sumsq: number };
/** A quotient of two sums over the same visitors; `product` sums the products of the two. */
export type RatioSums = Sums & { divisorSum: number; divisorSumsq: number; product: number };
/** A metric and the same metric before the start; who was not there before has 0. */
export type CupedSums = Sums & { preSum: number; preSumsq: number; product: number };

export type Pair =
  | { kind: "proportion"; control: Counts; treatment: Counts }
  | { kind: "mean"; control: Sums; treatment: Sums }
  | { kind: "ratio"; control: RatioSums; treatment: RatioSums }
  | { kind: "cuped"; control: CupedSums; treatment: CupedSums };

export type Scale = "absolute" | "relative";
export type Interval = readonly [low: number, high: number];
export type EffectError = "ZERO_NEGATIVE_VARIANCE" | "ZERO_NEGATIVE_BASELINE_VARIATION";
/** An effect and how well it is known; `n` counts the visitors of both arms. */
export type Estimate = { ok: true; effect: number; se: number; df: number; n: number };
export type Effect = Estimate & { ci: Interval; p: number };
export type NoEffect = { ok: false; code: EffectError };

/** One arm as its test sees it: `variance` is that of one visitor; `plainMean` is unadjusted. */
export type Arm = { n: number; mean: number; plainMean: number; variance: number };
export type Arms = { control: Arm; treatment: Arm };

/** The effect of `pair` on `scale`, with an interval of 1 − `alpha`. */
export function compare(pair: Pair, scale: Scale, alpha: number = 0.05): Effect | NoEffect {
  const found = estimate(pair, scale);
  if (!found.ok) return found;
  const { effect, se, df } = found;
  return { ...found, ci: around(effect, tCritical(alpha, df) * se), p: tTwoSided(effect / se, df) };
}

/** The same without an interval, for whom another will be made. */
export function estimate(pair: Pair, scale: Scale): Estimate | NoEffect {
  const { control, treatment } = armsOf(pair);
  if (!varies(control) || !varies(treatment)) return { ok: false, code: "ZERO_NEGATIVE_VARIANCE" };
  const base = control.plainMean;
  if (scale === "relative" && base === 0) return { ok: false, code: "ZERO_NEGATIVE_BASELINE_VARIATION" };

  const difference = treatment.mean - control.mean;
  const effect = scale === "absolute" ? difference : difference / Math.abs(base);
  const variance =
    scale === "absolute"
      ? control.variance / control.n + treatment.variance / treatment.n
      : relativeVariance(pair, { control, treatment });
  const se = Math.sqrt(variance);
  if (!(se > 0 && Number.isFinite(se) && Number.isFinite(effect))) {
    return {
      ok: false,
      code: scale === "relative" ? "ZERO_NEGATIVE_BASELINE_VARIATION" : "ZERO_NEGATIVE_VARIANCE",
    };
  }
  return { ok: true, effect, se, df: welch(control, treatment), n: control.n + treatment.n };
}

export function around(effect: number, half: number): Interval {
  return [effect - half, effect + half];
}

/** Mean and variance of each arm, after adjustment where the pair has something to adjust by. */
export function armsOf(pair: Pair): Arms {
  switch (pair.kind) {
    case "proportion":
      return bothArms(pair, ofCounts);
    case "mean":
      return bothArms(pair, ofSums);
    case "ratio":
      return bothArms(pair, ofRatio);
    case "cuped": {
      const theta = thetaOf(pair);
      return bothArms(pair, (sums: CupedSums) => adjusted(sums, theta));
    }
  }
}

function bothArms<Statistics>(
  { control, treatment }: { control: Statistics; treatment: Statistics },
  read: (statistics: Statistics) => Arm,
): Arms {
  return { control: read(control), treatment: read(treatment) };
}

function varies({ n, variance }: Arm): boolean {
  return n > 1 && variance > 0 && Number.isFinite(variance);
}

function ofCounts({ n, x }: Counts): Arm {
  const mean = x / n;
  return { n, mean, plainMean: mean, variance: mean * (1 - mean) };
}

function ofSums({ n, sum, sumsq }: Sums): Arm {
  return { n, mean: sum / n, plainMean: sum / n, variance: covariance(n, sum, sum, sumsq) };
}

/** By the delta method: numerator and divisor vary together. */
function ofRatio({ n, sum, sumsq, divisorSum, divisorSumsq, product }: RatioSums): Arm {
  const [top, bottom] = [sum / n, divisorSum / n];
  const variance =
    covariance(n, sum, sum, sumsq) / bottom ** 2 +
    (covariance(n, divisorSum, divisorSum, divisorSumsq) * top ** 2) / bottom ** 4 -
    (2 * covariance(n, sum, divisorSum, product) * top) / bottom ** 3;
  return { n, mean: top / bottom, plainMean: top / bottom, variance };
}

function adjusted({ n, sum, sumsq, preSum, preSumsq, product }: CupedSums, theta: number): Arm {
  const variance =
    covariance(n, sum, sum, sumsq) +
    theta ** 2 * covariance(n, preSum, preSum, preSumsq) -
    2 * theta * covariance(n, sum, preSum, product);
  return { n, mean: (sum - theta * preSum) / n, plainMean: sum / n, variance };
}

/** How much of a visitor's past carries over: the slope over everybody, both arms as one; 0 where nobody has a past. */
export function thetaOf({ control, treatment }: { control: CupedSums; treatment: CupedSums }): number {
  const all = (read: (sums: CupedSums) => number) => read(control) + read(treatment);
  const n = all((sums) => sums.n);
  const preSum = all((sums) => sums.preSum);
  const preVariance = covariance(
    n,
    preSum,
    preSum,
    all((sums) => sums.preSumsq),
  );
  const together = covariance(
    n,
    all((sums) => sums.sum),
    preSum,
    all((sums) => sums.product),
  );
  return preVariance > 0 ? together / preVariance : 0;
}

/** Of a sample, with n − 1, from its sums and the sum of products. */
function covariance(n: number, sumA: number, sumB: number, product: number): number {
  return (product - (sumA * sumB) / n) / (n - 1);
}

/** By the delta method; the control's mean is in the effect twice, and with adjustment its two parts vary together. */
function relativeVariance(pair: Pair, { control, treatment }: Arms): number {
  const base = control.plainMean;
  const ofTreatment = treatment.variance / treatment.n / base ** 2;
  if (pair.kind !== "cuped") {
    return ofTreatment + (control.variance * treatment.mean ** 2) / control.n / base ** 4;
  }
  const { n, sum, sumsq, preSum, preSumsq, product } = pair.control;
  const post = treatment.plainMean / base ** 2;
  const pre = thetaOf(pair) / base;
  const ofControl =
    post ** 2 * covariance(n, sum, sum, sumsq) +
    pre ** 2 * covariance(n, preSum, preSum, preSumsq) -
    2 * post * pre * covariance(n, sum, preSum, product);
  return ofTreatment + ofControl / n;
}

/** The degrees of freedom of two arms of unequal variance (Welch and Satterthwaite). */
function welch(control: Arm, treatment: Arm): number {
  const [c, t] = [control.variance / control.n, treatment.variance / treatment.n];
  return (c + t) ** 2 / (c ** 2 / (control.n - 1) + t ** 2 / (treatment.n - 1));
}
