/**
 * A figure with its interval, and how both move together when it is multiplied and shifted.
 *
 * Shapes  `point` is null where there is nothing to compute it from; `ci` also where nothing is known of its spread.
 * Units   whatever the caller's figure is in; intervals are of 95 % and run from low to high.
 * Errors  none; what would be NaN or infinite is null.
 */
import { normalCritical } from "../experiments/distributions.ts";
import type { Interval } from "../experiments/effect.ts";

export type Figure = { point: number | null; ci: Interval | null };

/** How many standard errors to each side a 95 % interval reaches. */
export const Z_95 = normalCritical(0.05);

export const NO_FIGURE: Figure = { point: null, ci: null };

/** `value`, or null where it is not a number that can be shown. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The interval from one end to the other, whichever of them is the lower one. */
export function intervalOf(one: number, other: number): Interval | null {
  const [low, high] = one <= other ? [one, other] : [other, one];
  return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null;
}

/** The interval around `point`. A standard error of 0 says that nothing varied, not that all is known: no interval. */
export function around(point: number, se: number | null): Interval | null {
  return se === null || se === 0 ? null : intervalOf(point - Z_95 * se, point + Z_95 * se);
}

/** `figure` times `factor` plus `shift`, its interval with it. */
export function scaled(figure: Figure, factor: number, shift = 0): Figure {
  const at = (value: number) => value * factor + shift;
  return {
    point: figure.point === null ? null : finite(at(figure.point)),
    ci: figure.ci === null ? null : intervalOf(at(figure.ci[0]), at(figure.ci[1])),
  };
}
