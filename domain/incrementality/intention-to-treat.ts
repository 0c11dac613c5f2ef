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
import { normalSurvival } from "../experiments/distributions.ts";
import type { Interval } from "../experiments/effect.ts";
import { fiellerLift } from "../experiments/fieller.ts";
import { type Arms, type Estimate, type Outcome, outcomeOf } from "./arm.ts";
import { around, finite, type Figure, intervalOf, Z_95 } from "./figure.ts";

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
    p: z === null ? null : 2 * normalSurvival(Math.abs(z)),
    ...liftOf(treatment, control),
  };
}

/** The absolute difference, as a figure that can be multiplied. */
export const effectOf = (itt: IntentionToTreat): Figure => ({ point: itt.diff, ci: itt.ci });

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
  const [ofTreatment, ofControl] = [treatment.variance, control.variance];
  const spread = ofTreatment / base ** 2 + (ofControl * treatment.mean ** 2) / base ** 4;
  const set = fiellerLift(
    { mean: base, variance: ofControl },
    { mean: treatment.mean, variance: ofTreatment },
    Z_95,
  );
  return {
    lift,
    liftCi: set === null || spread === 0 ? null : intervalOf(set[0], set[1]),
    liftCiDelta: around(lift, finite(Math.sqrt(spread))),
  };
}
