/** What a hold-out costs in days (R-M18). */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { daysToSee, visitorsToSee } from "../../domain/experiments/sample-size.ts";

const Z = 1.959963984540054;

/** A small generator with a seed, so that a run can be had again. */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** How often the two-sided test at 5 %, each arm with its own variance, says "different", over `runs` experiments of `visitors` each. */
function powerOf(
  { holdout, baseRate, lift }: { holdout: number; baseRate: number; lift: number },
  visitors: number,
  runs: number,
): number {
  const dice = diceOf(20_261_122);
  const held = Math.round(visitors * holdout);
  const invited = visitors - held;
  const count = (n: number, rate: number): number => {
    let found = 0;
    for (let one = 0; one < n; one += 1) if (dice() < rate) found += 1;
    return found;
  };
  let seen = 0;
  for (let run = 0; run < runs; run += 1) {
    const [a, b] = [count(invited, baseRate + lift), count(held, baseRate)];
    const [p, q] = [a / invited, b / held];
    const error = Math.sqrt((p * (1 - p)) / invited + (q * (1 - q)) / held);
    if (Math.abs(p - q) > Z * error) seen += 1;
  }
  return seen / runs;
}

describe("visitors to see a difference", () => {
  test("R-M18: equal arms give the textbook's number", () => {
    // 60 % against 50 %: 384.6 an arm; 2.2 % against 2 %: 80,679 an arm.
    expect(visitorsToSee({ holdout: 0.5, baseRate: 0.5, lift: 0.1 })).toBe(770);
    expect(visitorsToSee({ holdout: 0.5, baseRate: 0.02, lift: 0.002 })).toBe(161_358);
  });

  test("R-M18: at that number the difference is seen four times in five, whatever the split", () => {
    for (const holdout of [0.1, 0.2, 0.5]) {
      const plan = { holdout, baseRate: 0.1, lift: 0.06 };
      const visitors = visitorsToSee(plan) ?? 0;
      expect(powerOf(plan, visitors, 1_500), `hold-out ${holdout}`).toBeCloseTo(0.8, 1);
    }
  });

  test("R-M18: a smaller hold-out below half, and a smaller lift, take longer", () => {
    const share = fc.double({ min: 0.02, max: 0.48, noNaN: true });
    fc.assert(
      fc.property(share, fc.double({ min: 0.005, max: 0.9, noNaN: true }), (holdout, baseRate) => {
        const at = (part: number, lift: number) => visitorsToSee({ holdout: part, baseRate, lift }) ?? 0;
        expect(at(holdout / 2, 0.01)).toBeGreaterThan(at(holdout, 0.01) * 0.99);
        expect(at(holdout, 0.01)).toBeGreaterThan(at(holdout, 0.02));
      }),
    );
  });

  test("R-M18: days are rounded up, and unknown where they cannot be told", () => {
    const plan = { holdout: 0.2, baseRate: 0.05, lift: 0.01 };
    const visitors = visitorsToSee(plan) ?? 0;
    expect(daysToSee(plan, visitors)).toBe(1);
    expect(daysToSee(plan, visitors - 1)).toBe(2);
    expect(daysToSee(plan, 0)).toBeNull();
    expect(daysToSee({ ...plan, holdout: 0 }, 100)).toBeNull();
    expect(daysToSee({ ...plan, holdout: 1 }, 100)).toBeNull();
    expect(daysToSee({ ...plan, baseRate: 0.995 }, 100)).toBeNull();
    expect(daysToSee(plan, Number.NaN)).toBeNull();
  });
});
