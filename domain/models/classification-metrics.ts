/**
 * How good probabilities are: whether they order people rightly, and whether they mean what they say.
 *
 * Shapes  `p` and `y` are parallel; `y` is 0 or 1. What cannot be told is null: an AUC where all outcomes are alike,
 *         everything where there are none.
 * Units   probabilities from 0 to 1; log-loss in nats.
 * Errors  none.
 */
export type Scored = { p: readonly number[]; y: readonly number[] };

export type ClassificationMetrics = {
  /** The chance that a one is scored above a zero, ties counted half. */
  auc: number | null;
  logLoss: number | null;
  brier: number | null;
  /** The expected calibration error over ten bins of equal width. */
  ece10: number | null;
  averagePrecision: number | null;
};

/** How near to 0 and 1 a probability may come in the log-loss. */
export const CLIP = 1e-15;
const BINS = 10;

export function classificationMetrics(scored: Scored): ClassificationMetrics {
  const { p, y } = scored;
  const n = p.length;
  const meanOver = (loss: (p: number, y: number) => number) =>
    n === 0 ? null : p.reduce((sum, value, at) => sum + loss(value, y[at] ?? 0), 0) / n;
  return {
    auc: aucOf(scored),
    logLoss: meanOver((value, outcome) => {
      const clipped = Math.min(Math.max(value, CLIP), 1 - CLIP);
      return outcome === 1 ? -Math.log(clipped) : -Math.log(1 - clipped);
    }),
    brier: meanOver((value, outcome) => (value - outcome) ** 2),
    ece10: calibrationError(scored),
    averagePrecision: averagePrecisionOf(scored),
  };
}

/** Zeros and ones at one score. */
type Step = { zeros: number; ones: number };

/** Everybody by score, highest first, equal scores together. */
function stepsDown({ p, y }: Scored): Step[] {
  const steps: Step[] = [];
  let last: number | null = null;
  for (const at of p.map((_, index) => index).sort((a, b) => (p[b] ?? 0) - (p[a] ?? 0))) {
    if (p[at] !== last) steps.push({ zeros: 0, ones: 0 });
    last = p[at] ?? null;
    const step = steps.at(-1);
    if (step !== undefined) step[y[at] === 1 ? "ones" : "zeros"] += 1;
  }
  return steps;
}

function aucOf(scored: Scored): number | null {
  let ones = 0;
  let zeros = 0;
  let ordered = 0;
  for (const step of stepsDown(scored)) {
    ordered += step.zeros * (ones + step.ones / 2);
    ones += step.ones;
    zeros += step.zeros;
  }
  return ones === 0 || zeros === 0 ? null : ordered / ones / zeros;
}

/** Precision at each score, weighed by how many of the ones are found there. */
function averagePrecisionOf(scored: Scored): number | null {
  let ones = 0;
  let seen = 0;
  let sum = 0;
  for (const step of stepsDown(scored)) {
    ones += step.ones;
    seen += step.ones + step.zeros;
    sum += step.ones * (ones / seen);
  }
  return ones === 0 ? null : sum / ones;
}

function calibrationError({ p, y }: Scored): number | null {
  if (p.length === 0) return null;
  const gaps = new Float64Array(BINS);
  p.forEach((value, at) => {
    const bin = Math.min(Math.max(Math.floor(value * BINS), 0), BINS - 1);
    gaps[bin] = (gaps[bin] ?? 0) + value - (y[at] ?? 0);
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / p.length;
}
