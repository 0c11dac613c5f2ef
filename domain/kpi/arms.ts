/**
 * What is told of the invited beside the held out: never of phases or hold-out shares thrown together.
 *
 * Chance splits within a phase of a campaign, by a share of its own. Where phases are added up, an arm holds more of those
 * in which its share was higher, and differs from the other arm by that alone. So each phase is a stratum, both arms have
 * the same mixture of strata (as many as both together have), and a stratum that lacks an arm compares nothing: it is left
 * out as long as another compares something. A description all the same, never an effect.
 *
 * Shapes  `arms` and `arm_times` of a tally are counts by stratum, and in it by a code: a field and its arm, or seconds
 *         and their arm. What days of an older definition have no strata of is a stratum of its own.
 * Units   seconds; shares as fractions. A figure's denominator is what stands in its arm, its numerator the share of it.
 * Errors  none: nothing to divide by gives null.
 */
import { normalCritical } from "../experiments/distributions.ts";
import { wilson } from "../experiments/small-counts.ts";
import { stepAt } from "./durations.ts";
import { compare } from "./orders.ts";
import { type Figure, quantile, share, UNKNOWN } from "./figure.ts";
import { changeNamed, count, type CountName, type Spread, type Tally } from "./tally.ts";

export type Arm = "treated" | "holdout";
const ARMS = ["treated", "holdout"] as const;
const PARTS = ["orders_placed", "returns", "buyers", "rebuyers"] as const;
export type Part = (typeof PARTS)[number];
/** Of a stratum that is not one: days that were counted before strata were. */
const UNTOLD = "";

export type ArmDone = Record<Part, number> & { seconds: number | null };

/** Count what a unit of `arm` did, in the phase of its campaign. */
export function countArmIn(tally: Tally, arm: Arm, stratum: string, done: ArmDone): void {
  for (const [place, part] of PARTS.entries()) {
    tally[nameOf(arm, part)] += done[part];
    if (done[part] === 0) continue;
    changeNamed(tally.arms, stratum, (own) => count(own, codeOf(place, arm), done[part]));
  }
  if (done.seconds === null) return;
  const seconds = done.seconds - (done.seconds % stepAt(done.seconds));
  count(tally[`${arm}_time_to_purchase`], seconds);
  changeNamed(tally.arm_times, stratum, (own) => count(own, codeOf(seconds, arm)));
}

const nameOf = (arm: Arm, part: Part): CountName => `${arm}_${part}`;
const codeOf = (number: number, arm: Arm): number => number * ARMS.length + ARMS.indexOf(arm);

/** What a code says: `number` is the place of a part, or seconds. */
const numberOf = (code: number): number => Math.floor(code / ARMS.length);
const armOf = (code: number): Arm => ARMS[code % ARMS.length] ?? "treated";

type Sides<T> = Record<Arm, T>;

/** Of each stratum, what `part` counts in either arm. */
function strataOf(tally: Tally, part: Part): Map<string, Sides<number>> {
  const strata = new Map<string, Sides<number>>();
  const rest: Sides<number> = {
    treated: tally[nameOf("treated", part)],
    holdout: tally[nameOf("holdout", part)],
  };
  for (const [stratum, codes] of tally.arms) {
    const sides = { treated: 0, holdout: 0 };
    for (const [code, times] of codes) if (PARTS[numberOf(code)] === part) sides[armOf(code)] += times;
    if (sides.treated === 0 && sides.holdout === 0) continue;
    for (const arm of ARMS) rest[arm] -= sides[arm];
    strata.set(stratum, sides);
  }
  if (rest.treated !== 0 || rest.holdout !== 0) strata.set(UNTOLD, rest);
  return strata;
}

/** The strata in which both arms have something; all of them together weigh 1. */
function weightsOf(wholes: ReadonlyMap<string, Sides<number>>): Map<string, number> {
  // In one order, so that what is added up from days has the same last digit as what is counted at once.
  const both = [...wholes]
    .filter(([, { treated, holdout }]) => treated > 0 && holdout > 0)
    .toSorted(([a], [b]) => compare(a, b));
  const all = both.reduce((sum, [, { treated, holdout }]) => sum + treated + holdout, 0);
  return new Map(both.map(([stratum, { treated, holdout }]) => [stratum, (treated + holdout) / all]));
}

/** `part` of `whole` in `arm`, at the mixture of strata that both arms have together. */
export function armShare(tally: Tally, arm: Arm, part: Part, whole: Part): Figure {
  const wholes = strataOf(tally, whole);
  const weights = weightsOf(wholes);
  const parts = strataOf(tally, part);
  const sides = [...weights].map(([stratum, weight]) => ({
    weight,
    x: parts.get(stratum)?.[arm] ?? 0,
    n: wholes.get(stratum)?.[arm] ?? 0,
  }));
  const [only] = sides;
  // Where nothing is compared, an arm is told as it is.
  if (only === undefined) return share(tally[nameOf(arm, part)], tally[nameOf(arm, whole)]);
  if (sides.length === 1) return share(only.x, only.n);
  const value = sides.reduce((sum, { weight, x, n }) => sum + (weight * x) / n, 0);
  const n = sides.reduce((sum, one) => sum + one.n, 0);
  const worth = 1 / sides.reduce((sum, one) => sum + one.weight ** 2 / one.n, 0);
  return {
    value,
    numerator: value * n,
    denominator: n,
    n,
    interval: wilson({ n: worth, x: Math.min(worth, value * worth) }),
  };
}

/** The median time to purchase of either arm, at the mixture of strata that both have together. */
export function armMedians(tally: Tally): Sides<Figure> {
  const strata = timesOf(tally);
  const sizes = new Map(
    [...strata].map(([stratum, { treated, holdout }]) => [stratum, sidesOf(treated, holdout)]),
  );
  const weights = weightsOf(sizes);
  const [only] = weights.keys();
  const medianOf = (arm: Arm): Figure => {
    if (only === undefined) return quantile(tally[`${arm}_time_to_purchase`], 0.5);
    if (weights.size === 1) return quantile(strata.get(only)?.[arm] ?? NOTHING, 0.5);
    return weightedMedian(
      [...weights].map(([stratum, weight]) => ({
        spread: strata.get(stratum)?.[arm] ?? NOTHING,
        weight,
        n: sizes.get(stratum)?.[arm] ?? 0,
      })),
    );
  };
  return { treated: medianOf("treated"), holdout: medianOf("holdout") };
}

const NOTHING: Spread = new Map();

const sizeOf = (spread: Spread): number => [...spread.values()].reduce((sum, times) => sum + times, 0);
const sidesOf = (treated: Spread, holdout: Spread): Sides<number> => ({
  treated: sizeOf(treated),
  holdout: sizeOf(holdout),
});

function timesOf(tally: Tally): Map<string, Sides<Spread>> {
  const strata = new Map<string, Sides<Spread>>();
  const rest: Sides<Spread> = {
    treated: new Map(tally.treated_time_to_purchase),
    holdout: new Map(tally.holdout_time_to_purchase),
  };
  for (const [stratum, codes] of tally.arm_times) {
    const sides: Sides<Spread> = { treated: new Map(), holdout: new Map() };
    for (const [code, times] of codes) {
      count(sides[armOf(code)], numberOf(code), times);
      count(rest[armOf(code)], numberOf(code), -times);
    }
    strata.set(stratum, sides);
  }
  if (sizeOf(rest.treated) !== 0 || sizeOf(rest.holdout) !== 0) strata.set(UNTOLD, rest);
  return strata;
}

/** Half of the weight, give or take what adding shares of 1 loses. */
const HALF = 0.5 - 1e-12;
const Z = normalCritical(0.05);

/** The least second within which half of the weight was done; its interval by as many as the weights are worth. */
function weightedMedian(strata: readonly { spread: Spread; weight: number; n: number }[]): Figure {
  const weightAt = new Map<number, number>();
  for (const { spread, weight, n } of strata) {
    for (const [seconds, times] of spread) {
      weightAt.set(seconds, (weightAt.get(seconds) ?? 0) + (weight * times) / n);
    }
  }
  const rising = [...weightAt].toSorted(([a], [b]) => a - b);
  const at = (level: number): number | null => {
    let sum = 0;
    for (const [seconds, weight] of rising) {
      sum += weight;
      if (sum >= level) return seconds;
    }
    return null;
  };
  const value = at(HALF);
  if (value === null) return UNKNOWN;
  const worth = 1 / strata.reduce((sum, { weight, n }) => sum + weight ** 2 / n, 0);
  const half = Z * Math.sqrt(0.25 / worth);
  const [low, high] = [at(0.5 - half), at(0.5 + half)];
  const n = strata.reduce((sum, one) => sum + one.n, 0);
  const interval = half < 0.5 && low !== null && high !== null ? ([low, high] as const) : null;
  return { value, numerator: value, denominator: null, n, interval };
}
