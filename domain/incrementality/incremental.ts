/**
 * What would not have been sold without inviting, and how much of what was attributed would have been sold anyway.
 *
 * Shapes  any effect with its interval may be given: intention-to-treat, or the one that is safe to look at any day.
 *         A rate is null where nothing was attributed. It may exceed 1 (inviting did harm) and fall below 0 (inviting
 *         also moved those who had no conversation); neither is cut off.
 * Units   orders in visitors who bought, revenue in the arm's money; rates and shares from their definition.
 * Errors  none.
 */
import type { Arm } from "./arm.ts";
import { finite, type Figure, NO_FIGURE, scaled } from "./figure.ts";

/** The effect on each, over everybody in the treated arm. */
export function incrementalOf(effectOnEach: Figure, treated: Pick<Arm, "n">): Figure {
  return treated.n > 0 ? scaled(effectOnEach, treated.n) : NO_FIGURE;
}

/** The part of the treated arm's own outcome (its mean) that is there because of inviting. */
export function shareOfTreatment(diff: number | null, treatmentMean: number | null): number | null {
  return diff === null || treatmentMean === null || treatmentMean === 0 ? null : finite(diff / treatmentMean);
}

export type Cannibalisation = {
  attributed: number;
  incremental: Figure;
  /** Attributed, and yet it would have come anyway. */
  cannibalised: Figure;
  /** Its share of what was attributed. */
  rate: Figure;
};

/** What `attributed` claims beside what inviting added; for orders and for revenue alike. */
export function cannibalisation(attributed: number, incremental: Figure): Cannibalisation {
  return {
    attributed,
    incremental,
    cannibalised: scaled(incremental, -1, attributed),
    rate: attributed === 0 ? NO_FIGURE : scaled(incremental, -1 / attributed, 1),
  };
}
