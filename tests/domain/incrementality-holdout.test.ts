/** Rule INC9 of `docs/rules/incrementality.md`: all campaigns together against the few who are never invited. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Holdout, readableWeeks, reportHoldout } from "../../domain/incrementality/holdout-report.ts";

const arm = (n: number, conversions: number, basket = 100) => ({
  n,
  conversions,
  revenue: conversions * basket,
  revenueSquares: conversions * basket ** 2 * 1.2,
  accepted: 0,
  acceptedConversions: 0,
  acceptedRevenue: 0,
});

/** 5 % held out for a month; 2 % of them buy, and 2.2 % of the others. */
const month: Holdout = {
  daysSinceSeed: 31,
  plannedShare: 0.05,
  arms: { treatment: arm(95_000, 2_090), control: arm(5_000, 100) },
  money: { margin: 0.3, cost: 2_000 },
};
const reported = (changes: Partial<Holdout>) => reportHoldout({ ...month, ...changes });

test("INC9: it is read over two to four whole weeks since its seed, not before", () => {
  expect([0, 13, 14, 20, 21, 28, 90].map(readableWeeks)).toEqual([null, null, 2, 2, 3, 4, 4]);
  expect(reported({ daysSinceSeed: 13 })).toMatchObject({ status: "collecting", weeks: null, effect: null });
  expect(reportHoldout(month)).toMatchObject({ status: "readable", weeks: 4 });
});

test("INC9: what inviting earned, and beside it what holding out cost", () => {
  const { effect } = reportHoldout(month);
  expect(effect?.conversion.diff).toBeCloseTo(0.002, 12);
  expect(effect?.orders.point).toBeCloseTo(190, 9);
  expect(effect?.added.point).toBeCloseTo(19_000, 7);
  expect(effect?.forgone.orders.point).toBeCloseTo(10, 9);
  expect(effect?.forgone.revenue.point).toBeCloseTo(1_000, 8);
  expect(effect?.value.net.point).toBeCloseTo(19_000 * 0.3 - 2_000, 7);
});

test("INC9: a split that is not the planned one hides the effect, however clear it looks", () => {
  const arms = { treatment: arm(95_000, 9_000), control: arm(4_700, 100) };
  const report = reported({ arms });
  expect(report).toMatchObject({ status: "unusable_split", effect: null, split: { flag: true } });
  expect(report.split.p).toBeLessThan(0.001);
});

test("INC9: fewer than ten sales in an arm are too few, and it says which", () => {
  const arms = { treatment: arm(950, 40), control: arm(50, 9) };
  expect(reported({ arms })).toMatchObject({
    status: "too_few",
    effect: null,
    scarce: { arm: "control", of: "conversions", count: 9 },
  });
});

test("INC9: where nobody is held out nothing can be measured, whoever is left from before", () => {
  expect(reported({ plannedShare: 0 })).toMatchObject({ status: "not_measurable", effect: null });
  expect(reported({ plannedShare: 1 })).toMatchObject({ status: "not_measurable", effect: null });
});

test("INC9: nobody yet is still collecting, and no counts give a figure that is none", () => {
  expect(reported({ daysSinceSeed: 3, arms: { treatment: arm(0, 0), control: arm(0, 0) } }).status).toBe(
    "collecting",
  );
  const counts = fc.nat(1_000_000).chain((n) => fc.tuple(fc.constant(n), fc.nat(n)));
  fc.assert(
    fc.property(
      counts,
      counts,
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.nat(100),
      (t, c, share, days) => {
        const arms = { treatment: arm(...t), control: arm(...c) };
        const report = reportHoldout({ ...month, arms, plannedShare: share, daysSinceSeed: days });
        expect(
          JSON.stringify(report, (_, value: unknown) => (Number.isNaN(value) ? "not a number" : value)),
        ).not.toContain("not a number");
        expect(report.effect === null).toBe(report.status !== "readable");
      },
    ),
  );
});
