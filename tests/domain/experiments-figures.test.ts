/** Rules EXP1 to EXP13 of `docs/rules/experiments.md`: the figures, over whatever arms there are. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  chanceToWin,
  credibleInterval,
  expectedLosses,
  posteriorOf,
} from "../../domain/experiments/bayes.ts";
import {
  chiSquareSurvival,
  normalCritical,
  normalQuantile,
  normalSurvival,
  tQuantile,
  tSurvival,
  tTwoSided,
} from "../../domain/experiments/distributions.ts";
import {
  armsOf,
  compare,
  type Counts,
  type CupedSums,
  type Effect,
  type Pair,
  type RatioSums,
  type Scale,
  type Sums,
} from "../../domain/experiments/effect.ts";
import { fiellerLift, meanOf } from "../../domain/experiments/fieller.ts";
import {
  detectableDifference,
  detectableLift,
  detectableMeanLift,
  sizeForMean,
  sizeForProportion,
} from "../../domain/experiments/mde.ts";
import { benjaminiHochberg, bonferroni, holm } from "../../domain/experiments/multiple.ts";
import { boundRanks, compareQuantiles } from "../../domain/experiments/quantile.ts";
import {
  runningIntersection,
  sequentialInterval,
  sequentialLower,
  sequentialP,
} from "../../domain/experiments/sequential.ts";
import { fewest, fisherP, newcombe, pooledZ, wilson } from "../../domain/experiments/small-counts.ts";
import { checkSplit, unevenGroups } from "../../domain/experiments/srm.ts";

const SCALES: readonly Scale[] = ["absolute", "relative"];
const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const counts: fc.Arbitrary<Counts> = fc
  .tuple(fc.integer({ min: 1, max: 200_000 }), finite(0, 1))
  .map(([n, rate]) => ({ n, x: Math.round(n * rate) }));

/** A sample with this mean and spread, whatever its size. */
const sums: fc.Arbitrary<Sums> = fc
  .tuple(fc.integer({ min: 2, max: 100_000 }), finite(-50, 50), finite(0.1, 90))
  .map(([n, mean, sd]) => ({ n, sum: n * mean, sumsq: n * mean ** 2 + (n - 1) * sd ** 2 }));

const pairs: fc.Arbitrary<Pair> = fc.oneof(
  fc.record({ kind: fc.constant("proportion" as const), control: counts, treatment: counts }),
  fc.record({ kind: fc.constant("mean" as const), control: sums, treatment: sums }),
);

function effectOf(pair: Pair, scale: Scale = "absolute", alpha = 0.05): Effect {
  const found = compare(pair, scale, alpha);
  if (!found.ok) throw new Error(found.code);
  return found;
}

function exchanged(pair: Pair): Pair {
  switch (pair.kind) {
    case "proportion":
      return { ...pair, control: pair.treatment, treatment: pair.control };
    case "mean":
      return { ...pair, control: pair.treatment, treatment: pair.control };
    case "ratio":
      return { ...pair, control: pair.treatment, treatment: pair.control };
    case "cuped":
      return { ...pair, control: pair.treatment, treatment: pair.control };
  }
}

const proportion = (control: Counts, treatment: Counts): Pair => ({ kind: "proportion", control, treatment });

describe("distributions", () => {
  test("EXP1: tails and quantiles are those of the tables, far out and near nothing", () => {
    const near = (found: number, expected: number) => expect(found / expected).toBeCloseTo(1, 11);
    near(tQuantile(0.975, 1), 12.706204736174694);
    near(tQuantile(0.98, 3.7), 3.1062932094140234);
    // Where the expansion passes for it, eight digits are: as the reference tells it.
    near(tQuantile(0.975, 40.22528618436297), 2.0207228434409608);
    expect(tQuantile(0.975, 40.22528618436297) / 2.02072285054861).toBeCloseTo(1, 8);
    near(tQuantile(0.025, 30), -2.0422724563012373);
    near(tQuantile(0.995, 266.5), 2.594402925714846);
    near(tSurvival(12, 99), 2.56531484394874e-21);
    near(tSurvival(1e-9, 50), 0.4999999996030473);
    near(tSurvival(30, 1e6), 6.010047116832072e-198);
    near(tSurvival(2.5, 7.3), 0.019825117332800214);
    near(chiSquareSurvival(100, 1), 1.5239706048321e-23);
    near(chiSquareSurvival(1_400, 3), 2.945619361016289e-303);
    near(normalSurvival(10), 7.61985302416047e-24);
    near(normalQuantile(0.98), 2.0537489106318225);
  });

  test("EXP1: tails and quantiles undo each other, and both sides of a tail sum to 1", () => {
    const degrees = fc.oneof(finite(1, 50), finite(50, 1e7));
    fc.assert(
      fc.property(finite(1e-6, 0.4999), degrees, (alpha, df) => {
        expect(tSurvival(tQuantile(1 - alpha, df), df) / alpha).toBeCloseTo(1, 6);
        expect(normalSurvival(normalQuantile(1 - alpha)) / alpha).toBeCloseTo(1, 7);
        const t = tQuantile(1 - alpha, df);
        expect(tSurvival(t, df) + tSurvival(-t, df)).toBeCloseTo(1, 12);
        expect(tTwoSided(-t, df)).toBe(tTwoSided(t, df));
      }),
    );
    expect(tTwoSided(0, 5)).toBe(1);
  });
});

describe("effects", () => {
  test("EXP2 EXP3: an effect lies in its interval, p agrees with it, and no figure is NaN or infinite", () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(...SCALES), finite(0.001, 0.4), (pair, scale, alpha) => {
        const found = compare(pair, scale, alpha);
        if (!found.ok) {
          const { control, treatment } = armsOf(pair);
          const still = [control, treatment].some(({ n, variance }) => n < 2 || !(variance > 0));
          expect(still ? "ZERO_NEGATIVE_VARIANCE" : "ZERO_NEGATIVE_BASELINE_VARIATION").toBe(found.code);
          return;
        }
        const { effect, se, df, ci, p } = found;
        for (const figure of [effect, se, df, ...ci, p]) expect(Number.isFinite(figure)).toBe(true);
        expect(ci[0] <= effect && effect <= ci[1]).toBe(true);
        expect(p >= 0 && p <= 1).toBe(true);
        if (Math.abs(p - alpha) > 1e-7) expect(p < alpha).toBe(ci[0] > 0 || ci[1] < 0);
      }),
    );
  });

  test("EXP2: with the arms exchanged the absolute effect changes its sign and nothing else", () => {
    fc.assert(
      fc.property(pairs, (pair) => {
        const there = compare(pair, "absolute");
        const back = compare(exchanged(pair), "absolute");
        expect(back.ok).toBe(there.ok);
        if (!there.ok || !back.ok) return;
        expect(back.effect + there.effect).toBe(0);
        expect(back.se / there.se).toBeCloseTo(1, 12);
        expect(back.p).toBeCloseTo(there.p, 12);
      }),
    );
  });

  test("EXP2: a relative effect is a gain wherever the absolute one is, under a negative baseline too", () => {
    const control = { n: 1_000, sum: -250, sumsq: 9_000 };
    const found = effectOf(
      { kind: "mean", control, treatment: { n: 1_000, sum: -200, sumsq: 8_800 } },
      "relative",
    );
    expect(found.effect).toBeCloseTo(0.2, 12);
  });

  test("EXP3: nobody, one visitor, nobody buying, everybody buying: a code and no figure", () => {
    const some = { n: 400, x: 7 };
    for (const still of [
      { n: 0, x: 0 },
      { n: 1, x: 1 },
      { n: 400, x: 0 },
      { n: 400, x: 400 },
    ]) {
      for (const scale of SCALES) {
        expect(compare(proportion(still, some), scale)).toEqual({
          ok: false,
          code: "ZERO_NEGATIVE_VARIANCE",
        });
        expect(compare(proportion(some, still), scale)).toEqual({
          ok: false,
          code: "ZERO_NEGATIVE_VARIANCE",
        });
      }
    }
    const balanced = { n: 100, sum: 0, sumsq: 400 };
    const other = { n: 100, sum: 30, sumsq: 400 };
    const pair: Pair = { kind: "mean", control: balanced, treatment: other };
    expect(compare(pair, "relative")).toEqual({ ok: false, code: "ZERO_NEGATIVE_BASELINE_VARIATION" });
    expect(compare(pair, "absolute").ok).toBe(true);
    const nothingOrdered = { n: 50, sum: 0, sumsq: 0, divisorSum: 0, divisorSumsq: 0, product: 0 };
    const none: Pair = { kind: "ratio", control: nothingOrdered, treatment: nothingOrdered };
    expect(compare(none, "absolute").ok).toBe(false);
  });

  test("EXP4: orders that only come twice for the same visitors add no certainty to money per order", () => {
    const once: RatioSums = {
      n: 5_000,
      sum: 22_190,
      sumsq: 2_787_559,
      divisorSum: 283,
      divisorSumsq: 351,
      product: 27_482,
    };
    // Each order in two halves: twice the orders, and nothing new is known.
    const halved = {
      ...once,
      divisorSum: 2 * once.divisorSum,
      divisorSumsq: 4 * once.divisorSumsq,
      product: 2 * once.product,
    };
    const plain = effectOf({ kind: "ratio", control: once, treatment: { ...once, sum: 24_000 } }, "relative");
    const twice = effectOf(
      { kind: "ratio", control: halved, treatment: { ...halved, sum: 24_000 } },
      "relative",
    );
    expect(twice.effect).toBeCloseTo(plain.effect, 12);
    expect(twice.se).toBeCloseTo(plain.se, 12);
  });

  test("EXP5: the past narrows the interval; a past that says nothing changes nothing", () => {
    const control: CupedSums = {
      n: 4_000,
      sum: 101_956,
      sumsq: 4_749_925,
      preSum: 98_575,
      preSumsq: 4_707_550,
      product: 3_906_067,
    };
    const treatment = { ...control, sum: 104_982, sumsq: 4_935_776, product: 3_980_000 };
    const plain = effectOf({ kind: "mean", control, treatment });
    const adjusted = effectOf({ kind: "cuped", control, treatment });
    expect(adjusted.se).toBeLessThan(plain.se);
    const past = { preSum: 0, preSumsq: 0, product: 0 };
    const newcomers: Pair = {
      kind: "cuped",
      control: { ...control, ...past },
      treatment: { ...treatment, ...past },
    };
    for (const scale of SCALES) {
      const same = effectOf({ kind: "mean", control, treatment }, scale);
      expect(effectOf(newcomers, scale).effect).toBe(same.effect);
      expect(effectOf(newcomers, scale).se).toBeCloseTo(same.se, 12);
    }
  });
});

describe("small counts", () => {
  const arms = fc.record({ control: counts, treatment: counts });

  test("EXP6: Wilson and Newcombe stay where shares are and hold what was seen", () => {
    fc.assert(
      fc.property(arms, finite(0.001, 0.3), (both, alpha) => {
        const { control, treatment } = both;
        const own = wilson(control, alpha) ?? [2, 2];
        expect(own[0] >= 0 && own[1] <= 1).toBe(true);
        expect(own[0] <= control.x / control.n && control.x / control.n <= own[1]).toBe(true);
        const [low, high] = newcombe(both, alpha) ?? [2, 2];
        const difference = treatment.x / treatment.n - control.x / control.n;
        expect(low >= -1 && high <= 1).toBe(true);
        expect(low <= difference + 1e-12 && difference - 1e-12 <= high).toBe(true);
        const [backLow, backHigh] = newcombe({ control: treatment, treatment: control }, alpha) ?? [2, 2];
        expect(backLow).toBeCloseTo(-high, 10);
        expect(backHigh).toBeCloseTo(-low, 10);
      }),
    );
    expect(wilson({ n: 0, x: 0 })).toBeNull();
    expect(newcombe({ control: { n: 0, x: 0 }, treatment: { n: 5, x: 1 } })).toBeNull();
  });

  /** Every table, by factorials that are still exact. */
  function fisherByTables(control: Counts, treatment: Counts): number {
    const choose = (n: number, k: number): number =>
      Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce((product, part) => product * part, 1);
    const drawn = control.x + treatment.x;
    const ways = (k: number) => choose(control.n, k) * choose(treatment.n, drawn - k);
    const tables = Array.from({ length: control.n + 1 }, (_, k) => k).filter(
      (k) => drawn - k >= 0 && drawn - k <= treatment.n,
    );
    const seen = ways(control.x) * (1 + 1e-9);
    const all = tables.reduce((sum, k) => sum + ways(k), 0);
    return tables.filter((k) => ways(k) <= seen).reduce((sum, k) => sum + ways(k), 0) / all;
  }

  test("EXP6: Fisher's p is the sum over all tables that are no likelier, and the same from either arm", () => {
    const few = fc
      .tuple(fc.integer({ min: 1, max: 25 }), finite(0, 1))
      .map(([n, rate]) => ({ n, x: Math.round(n * rate) }));
    fc.assert(
      fc.property(few, few, (control, treatment) => {
        const p = fisherP({ control, treatment }) ?? Number.NaN;
        expect(p).toBeCloseTo(fisherByTables(control, treatment), 9);
        expect(fisherP({ control: treatment, treatment: control })).toBeCloseTo(p, 9);
      }),
    );
    const [none, seven] = [
      { n: 400, x: 0 },
      { n: 400, x: 7 },
    ];
    expect(fisherP({ control: none, treatment: seven })).toBeCloseTo(0.015216903518546165, 12);
    const million = { n: 1_000_000, x: 20_000 };
    expect(fisherP({ control: million, treatment: million })).toBe(1);
    expect(fisherP({ control: none, treatment: { n: 0, x: 0 } })).toBeNull();
    expect(pooledZ({ control: none, treatment: none })).toBeNull();
  });

  test("EXP6: what is scarce is named: the arm, and conversions before those who did not", () => {
    const enough = { n: 500, x: 40 };
    expect(fewest({ control: enough, treatment: enough })).toBeNull();
    expect(fewest({ control: { n: 133, x: 4 }, treatment: { n: 1_204, x: 31 } })).toEqual({
      arm: "control",
      of: "conversions",
      count: 4,
    });
    expect(fewest({ control: enough, treatment: { n: 500, x: 491 } })).toEqual({
      arm: "treatment",
      of: "non_conversions",
      count: 9,
    });
  });
});

describe("relative lift", () => {
  const critical = normalCritical(0.05);
  const liftOf = (pair: Pair) => {
    const { control, treatment } = armsOf(pair);
    return fiellerLift(meanOf(control), meanOf(treatment), critical);
  };

  test("EXP7: it holds the lift, and 0 is out exactly where the absolute interval leaves it out", () => {
    fc.assert(
      fc.property(counts, counts, (control, treatment) => {
        const pair = proportion(control, treatment);
        const absolute = compare(pair, "absolute");
        if (!absolute.ok) return;
        const set = liftOf(pair);
        const z = Math.abs(absolute.effect / absolute.se);
        if (set === null || Math.abs(z - critical) < 1e-9) return;
        const lift = treatment.x / treatment.n / (control.x / control.n) - 1;
        expect(set[0] <= lift && lift <= set[1]).toBe(true);
        expect(set[0] > 0 || set[1] < 0).toBe(z > critical);
        // A root below a quotient of 0 belongs to a treatment that could be 0 as well.
        if (treatment.x / treatment.n > critical * Math.sqrt(armsOf(pair).treatment.variance / treatment.n)) {
          expect(set[0]).toBeGreaterThan(-1);
        }
      }),
    );
  });

  test("EXP7: with many visitors it is the delta method's; with few in the control it is null or wide", () => {
    const pair = proportion({ n: 5_000_000, x: 100_000 }, { n: 5_000_000, x: 104_000 });
    const delta = effectOf(pair, "relative").ci;
    const set = liftOf(pair) ?? [9, 9];
    expect(set[0]).toBeCloseTo(delta[0], 4);
    expect(set[1]).toBeCloseTo(delta[1], 4);
    expect(liftOf(proportion({ n: 30, x: 1 }, { n: 30, x: 6 }))).toBeNull();
    const tiny = proportion({ n: 200, x: 4 }, { n: 1_800, x: 52 });
    expect(effectOf(tiny, "relative").ci[0]).toBeLessThan(-1);
    expect(liftOf(tiny)?.[0]).toBeCloseTo(-0.32, 2);
    expect(liftOf(tiny)?.[1]).toBeCloseTo(47.4, 1);
  });

  test("EXP7: over a negative baseline the set holds the lift too", () => {
    const control = { n: 1_000, sum: -250, sumsq: 9_000 };
    const set = liftOf({ kind: "mean", control, treatment: { n: 1_000, sum: -200, sumsq: 8_800 } });
    expect(set?.[0]).toBeLessThan(0.2);
    expect(set?.[1]).toBeGreaterThan(0.2);
  });
});

describe("confidence sequence", () => {
  const tuning = fc.record({ alpha: finite(0.001, 0.2), tightest: finite(100, 1e6) });
  const known = fc.record({
    effect: finite(-1, 1),
    se: finite(1e-5, 0.5),
    n: fc.integer({ min: 20, max: 5_000_000 }),
  });

  test("EXP8: wider than one look's interval at every number of visitors, and p agrees with it", () => {
    fc.assert(
      fc.property(known, tuning, (estimate, { alpha, tightest }) => {
        const found = { ok: true as const, df: 1e6, ...estimate };
        const [low, high] = sequentialInterval(found, { alpha, tightest });
        expect((high - low) / 2 / estimate.se).toBeGreaterThan(normalCritical(alpha));
        const planned = { alpha, tightest: found.n };
        expect(sequentialLower(found, planned)).toBeGreaterThan(sequentialInterval(found, planned)[0]);
        const p = sequentialP(found, { alpha, tightest });
        expect(p >= 0 && p <= 1).toBe(true);
        if (Math.abs(p / alpha - 1) > 1e-9) expect(p < alpha).toBe(low > 0 || high < 0);
      }),
    );
  });

  test("EXP8: at its tightest it is about as much wider as was simulated elsewhere", () => {
    const at = (tightest: number) => {
      const [low, high] = sequentialInterval(
        { ok: true, effect: 0, se: 1, df: 1e6, n: 40_000 },
        { alpha: 0.05, tightest },
      );
      return (high - low) / 2 / normalCritical(0.05);
    };
    expect(at(20_000)).toBeCloseTo(1.562, 3);
    expect(at(5_000)).toBeCloseTo(1.639, 2);
    expect(at(40_000)).toBeLessThan(at(20_000));
  });

  test("EXP8: what all looks have in common only gets narrower", () => {
    const interval = fc
      .tuple(finite(-1, 1), finite(0, 1))
      .map(([at, half]) => [at - half, at + half] as const);
    fc.assert(
      fc.property(fc.array(interval), (intervals) => {
        const common = runningIntersection(intervals);
        expect(common).toHaveLength(intervals.length);
        for (const [look, [low, high]] of common.entries()) {
          expect(low >= (intervals[look]?.[0] ?? 9) && high <= (intervals[look]?.[1] ?? -9)).toBe(true);
          expect(low >= (common[look - 1]?.[0] ?? -9) && high <= (common[look - 1]?.[1] ?? 9)).toBe(true);
        }
      }),
    );
  });
});

describe("posteriors", () => {
  test("EXP9: a prior draws towards none, chances sum to 1, and the two losses differ by the effect", () => {
    const estimate = fc.record({ effect: finite(-1, 1), se: finite(0.001, 1) });
    fc.assert(
      fc.property(estimate, finite(0.01, 1), finite(0.01, 5), (found, sd, base) => {
        const flat = posteriorOf(found, null, base);
        expect(flat.mean).toBeCloseTo(found.effect, 12);
        expect(flat.sd).toBeCloseTo(found.se, 12);
        const drawn = posteriorOf(found, { sd }, base);
        expect(Math.abs(drawn.mean)).toBeLessThanOrEqual(Math.abs(found.effect) + 1e-12);
        expect(drawn.sd).toBeLessThan(found.se);
        expect(chanceToWin(drawn) + chanceToWin(drawn, true)).toBeCloseTo(1, 12);
        const { keep, ship } = expectedLosses(drawn);
        expect(keep - ship).toBeCloseTo(drawn.mean, 10);
        expect(expectedLosses(drawn, true)).toEqual({ keep: ship, ship: keep });
        expect(Math.min(keep, ship)).toBeGreaterThanOrEqual(-1e-15);
        const [low, high] = credibleInterval(drawn);
        expect(low <= drawn.mean && drawn.mean <= high).toBe(true);
      }),
    );
  });
});

describe("splits and families", () => {
  test("EXP10: over arms with weight, flagged below .001; an empty arm without weight changes nothing", () => {
    expect(checkSplit([120, 80, 0], [0.5, 0.5, 0])).toEqual(checkSplit([120, 80], [0.5, 0.5]));
    expect(checkSplit([120, 80, 0], [0.5, 0.5, 0]).df).toBe(1);
    expect(checkSplit([100, 100, 90], [0.5, 0.5, 0]).flag).toBe(true);
    expect(checkSplit([8_000, 7_000], [1, 1])).toMatchObject({ flag: true });
    expect(checkSplit([44_700, 45_489], [1, 1])).toMatchObject({ flag: false });
    expect(checkSplit([44_700, 45_489], [1, 1]).p).toBeCloseTo(0.0086, 4);
    for (const empty of [
      checkSplit([0, 0], [1, 1]),
      checkSplit([5], [1]),
      checkSplit([], []),
      checkSplit([3, 4], [0, 0]),
    ]) {
      expect(empty).toMatchObject({ p: 1, flag: false });
    }
  });

  test("EXP10: the group that a mismatch comes from is named, and none where there is only bad luck", () => {
    const fine = { name: "Firefox", users: [500, 510] };
    const odd = { name: "Safari", users: [610, 390] };
    const odder = { name: "Edge", users: [900, 500] };
    expect(unevenGroups([fine, odd, odder], [1, 1]).map(({ name }) => name)).toEqual(["Edge", "Safari"]);
    expect(unevenGroups([fine], [1, 1])).toEqual([]);
    // One in a thousand is bound to be found among a thousand.
    const many = Array.from({ length: 1_000 }, (_, index) => ({ name: `${index}`, users: [500, 500] }));
    expect(unevenGroups([...many, { name: "unlucky", users: [553, 447] }], [1, 1])).toEqual([]);
    expect(checkSplit([553, 447], [1, 1]).flag).toBe(true);
  });

  test("EXP11: Bonferroni ≥ Holm ≥ Benjamini–Hochberg ≥ p, in the order of the p-values", () => {
    fc.assert(
      fc.property(fc.array(finite(0, 1), { maxLength: 30 }), (ps) => {
        const [strict, stepped, discovered] = [bonferroni(ps), holm(ps), benjaminiHochberg(ps)];
        const order = [...ps.keys()].toSorted((a, b) => (ps[a] ?? 0) - (ps[b] ?? 0));
        for (const [at, p] of ps.entries()) {
          const chain = [strict[at] ?? 0, stepped[at] ?? 0, discovered[at] ?? 0, p];
          expect(chain.every((value, index) => index === 0 || value <= (chain[index - 1] ?? 0) + 1e-12)).toBe(
            true,
          );
          expect(chain[0]).toBeLessThanOrEqual(1);
        }
        for (const adjusted of [stepped, discovered]) {
          const sorted = order.map((at) => adjusted[at] ?? 0);
          expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});

describe("planning", () => {
  const design = fc.record({
    alpha: finite(0.001, 0.2),
    power: finite(0.55, 0.99),
    controlShare: finite(0.02, 0.98),
  });

  test("EXP12: the size that shows an effect and the effect that a size shows undo each other", () => {
    fc.assert(
      fc.property(design, finite(0.001, 0.5), finite(0.01, 0.9), (plan, baseline, lift) => {
        const size = sizeForProportion(baseline, lift, plan);
        expect(detectableLift(baseline, size?.total ?? 0, plan)).toBeCloseTo(lift, 6);
        const less = sizeForProportion(baseline, -lift, plan);
        expect(detectableDifference(baseline, less?.total ?? 0, plan, "less")).toBeCloseTo(
          baseline * lift,
          6,
        );
        const mean = sizeForMean({ mean: 2, sd: 9 }, lift, plan);
        expect(detectableMeanLift({ mean: 2, sd: 9 }, mean?.total ?? 0, plan)).toBeCloseTo(lift, 9);
      }),
    );
  });

  test("EXP12: the sizes that are quoted, and none where nothing would do", () => {
    const usual = { alpha: 0.05, power: 0.8, controlShare: 0.5 };
    const quoted = (baseline: number, controlShare: number) => {
      const size = sizeForProportion(baseline, 0.1, { ...usual, controlShare });
      return (size?.control ?? 0) + (size?.treatment ?? 0);
    };
    expect(quoted(0.02, 0.5)).toBe(161_358);
    expect(quoted(0.05, 0.05)).toBe(315_435);
    expect(detectableLift(0.02, 50_000, { ...usual, controlShare: 0.1 })).toBeCloseTo(0.297, 3);
    expect(detectableLift(0.001, 100_000, { ...usual, controlShare: 0.05 })).toBeCloseTo(1.33, 2);
    for (const none of [
      sizeForProportion(0.02, 0, usual),
      sizeForProportion(0.6, 1, usual),
      sizeForProportion(0.02, 0.1, { ...usual, controlShare: 0 }),
      sizeForMean({ mean: 0, sd: 3 }, 0.1, usual),
      detectableLift(0.02, 0, usual),
      detectableLift(0, 1_000, usual),
      detectableLift(0.5, 4, usual),
      detectableMeanLift({ mean: 0, sd: 3 }, 1_000, usual),
    ]) {
      expect(none).toBeNull();
    }
  });
});

test("EXP13: a difference of quantiles by order statistics, none where they lie outside of the sample", () => {
  expect(boundRanks(2_000, 0.5)).toEqual({ lower: 955, upper: 1_043 });
  expect(boundRanks(30, 0.99)).toBeNull();
  const control = { n: 2_000, boundsN: 2_000, level: 0.5, value: 55.304, lower: 53.566, upper: 57.437 };
  const treatment = { ...control, value: 52.165, lower: 50.546, upper: 53.297 };
  const found = compareQuantiles(control, treatment);
  expect(found).toMatchObject({ ok: true });
  expect(found.ok && found.p).toBeCloseTo(0.00959, 5);
  const error = { ok: false, code: "ZERO_NEGATIVE_VARIANCE" };
  expect(compareQuantiles({ ...control, n: 300, level: 0.99 }, treatment)).toEqual(error);
  expect(compareQuantiles({ ...control, lower: 55, upper: 55 }, treatment)).toEqual(error);
});
