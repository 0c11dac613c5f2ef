/**
 * The effect of inviting: everybody who could have been invited, against everybody who was held out.
 *
 * It is what chance alone makes comparable, whatever people then did with the invitation, and so the figure that comes
 * first. Those who declined are no control: who accepts is not like who declines (see selection-bias.ts).
 *
 * Shapes  every figure is null where an arm is empty, or where nothing varied; `lift` where the hold-out's mean is 0.
 * Units   conversion in shares of visitors, revenue per visitor; `lift` is relative to the hold-out's absolute mean.
 * Errors  none.
 */
import erfc from "@stdlib/math-base-special-erfc";
import { type Arms, type Estimate, type Outcome, outcomeOf } from "./arm.ts";
import { around, finite, type Figure, intervalOf, type Interval } from "./figure.ts";
import { ratioSet } from "./ratio-set.ts";

export type IntentionToTreat = {
  treatment: number | null;
  control: number | null;
  diff: number | null;
  se: number | null;
  ci: Interval | null;
  z: number | null;
  /** Two-sided. */
  p: number | null;
  lift: number | null;
  /** Fieller's; null where the hold-out's mean may be nothing. The one to show. */
  liftCi: Interval | null;
  /** The usual ±, which may fall below −100 %. */
  liftCiDelta: Interval | null;
};

/** Fewer buyers, or fewer who did not buy, in either arm, and these intervals are not to be trusted. */
export const MIN_CONVERSIONS = 10;

/** The difference of `outcome` that inviting made. */
export function intentionToTreat(arms: Arms, outcome: Outcome): IntentionToTreat {
  const treatment = outcomeOf(arms.treatment, outcome);
  const control = outcomeOf(arms.control, outcome);
  if (treatment === null || control === null) return unknown(treatment, control);
  const diff = treatment.mean - control.mean;
  const se = errorOf(treatment, control);
  const z = se === null || se === 0 ? null : finite(diff / se);
  return {
    treatment: finite(treatment.mean),
    control: finite(control.mean),
    diff: finite(diff),
    se,
    ci: around(diff, se),
    z,
    p: z === null ? null : erfc(Math.abs(z) / Math.SQRT2),
    ...liftOf(treatment, control),
  };
}

/** The absolute difference, as a figure that can be multiplied. */
export const effectOf = (itt: IntentionToTreat): Figure => ({ point: itt.diff, ci: itt.ci });

/** Whether either arm has so few buyers, or so few others, that only methods for small counts may speak. */
export function fewConversions({ treatment, control }: Arms): boolean {
  return [treatment, control].some(
    ({ n, conversions }) => conversions < MIN_CONVERSIONS || n - conversions < MIN_CONVERSIONS,
  );
}

function unknown(treatment: Estimate | null, control: Estimate | null): IntentionToTreat {
  const nothing = { diff: null, se: null, ci: null, z: null, p: null };
  return {
    treatment: treatment === null ? null : finite(treatment.mean),
    control: control === null ? null : finite(control.mean),
    ...nothing,
    lift: null,
    liftCi: null,
    liftCiDelta: null,
  };
}

function errorOf(treatment: Estimate, control: Estimate): number | null {
  if (treatment.variance === null || control.variance === null) return null;
  return finite(Math.sqrt(treatment.variance + control.variance));
}

function liftOf(
  treatment: Estimate,
  control: Estimate,
): Pick<IntentionToTreat, "lift" | "liftCi" | "liftCiDelta"> {
  const base = control.mean;
  const lift = base === 0 ? null : finite((treatment.mean - base) / Math.abs(base));
  if (lift === null || treatment.variance === null || control.variance === null) {
    return { lift, liftCi: null, liftCiDelta: null };
  }
  const spread = treatment.variance / base ** 2 + (control.variance * treatment.mean ** 2) / base ** 4;
  const ratio = ratioSet({
    numerator: treatment.mean,
    denominator: base,
    numeratorVariance: treatment.variance,
    denominatorVariance: control.variance,
    covariance: 0,
  });
  const side = Math.sign(base);
  return {
    lift,
    liftCi: ratio === null ? null : intervalOf(side * (ratio[0] - 1), side * (ratio[1] - 1)),
    liftCiDelta: around(lift, finite(Math.sqrt(spread))),
  };
}
