/**
 * What is believed of an effect after the data: a normal posterior.
 *
 * With a flat prior the chance to win is one minus the one-sided p and no more proof against peeking than that: it is shown
 * beside the decision rule and never is one.
 *
 * Shapes  a `Prior` is on the relative scale only, centred on no effect; null is flat. `gain` and `loss` are the expected
 *         parts above and below 0: what keeping the control gives away, and what shipping the treatment does.
 * Units   those of the effect.
 * Errors  none; an effect that could not be computed has no posterior.
 */
import { normalCritical, normalDensity, normalSurvival } from "./distributions.ts";
import { around, type Interval } from "./effect.ts";

export type Prior = { sd: number } | null;
export type Posterior = { mean: number; sd: number };

/**
 * @param base what one unit of the prior's relative scale is worth on the effect's: 1 where the effect is relative, the
 *             size of the control's plain mean where it is absolute
 */
export function posteriorOf(
  { effect, se }: { effect: number; se: number },
  prior: Prior,
  base: number,
): Posterior {
  const priorPrecision = prior === null ? 0 : 1 / (prior.sd * base) ** 2;
  const precision = 1 / se ** 2 + priorPrecision;
  return { mean: effect / se ** 2 / precision, sd: Math.sqrt(1 / precision) };
}

export function credibleInterval({ mean, sd }: Posterior, alpha: number = 0.05): Interval {
  return around(mean, normalCritical(alpha) * sd);
}

/** The chance that the treatment is better, where more is better or, with `lowerIsBetter`, where less is. */
export function chanceToWin({ mean, sd }: Posterior, lowerIsBetter: boolean = false): number {
  return normalSurvival(lowerIsBetter ? mean / sd : -mean / sd);
}

/** The expected part of the effect above 0 and, as a size, that below. */
export function expectedParts({ mean, sd }: Posterior): { above: number; below: number } {
  const z = mean / sd;
  const spread = sd * normalDensity(z);
  return {
    above: spread + mean * normalSurvival(-z),
    below: spread - mean * normalSurvival(z),
  };
}

/** What each choice is expected to cost against the right one. */
export function expectedLosses(
  posterior: Posterior,
  lowerIsBetter: boolean = false,
): { keep: number; ship: number } {
  const { above, below } = expectedParts(posterior);
  return lowerIsBetter ? { keep: below, ship: above } : { keep: above, ship: below };
}
