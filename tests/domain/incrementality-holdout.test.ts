/** Rules INC9 of `docs/rules/incrementality.md` and OVW17 of `docs/rules/overview.md`: all campaigns together against the few who are never invited. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import {
  type Holdout,
  READING_ALPHA,
  readingAt,
  reportHoldout,
} from "../../domain/incrementality/holdout-report.ts";
import { intentionToTreat } from "../../domain/incrementality/intention-to-treat.ts";
import { mulberry } from "../mulberry.ts";

/** Simulations, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

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

test("INC9 OVW17: it is read once a whole week since its seed, over the last two to four, not before", () => {
  const days = (from: number, to: number) => ({ from, to });
  expect([0, 13, 14, 20, 21, 28, 90].map(readingAt)).toEqual([
    null,
    null,
    days(0, 14),
    days(0, 14),
    days(0, 21),
    days(0, 28),
    days(56, 84),
  ]);
  for (let day = 14; day < 400; day += 1) {
    const [told, week] = [readingAt(day), readingAt(day - (day % 7))];
    expect(told).toEqual(week);
    expect(told?.to).toBeLessThanOrEqual(day);
  }
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
  expect(report.split?.p).toBeLessThan(0.001);
});

test("EXP23: of the first visitors no split is told to be wrong, whoever of them is held out", () => {
  for (const [treated, held] of [
    [0, 1],
    [7, 3],
    [60, 9],
  ] as const) {
    const report = reported({
      daysSinceSeed: 1,
      arms: { treatment: arm(treated, 0), control: arm(held, 0) },
    });
    expect(report).toMatchObject({ status: "collecting", split: null });
  }
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

type Bought = { day: number; person: number; money: number };

/** A quarter of a site on which inviting changes nothing: a tenth held out, and who buys does so once or more. */
function quietQuarter(random: () => number): { held: Bought[]; invited: Bought[] } {
  const [held, invited]: [Bought[], Bought[]] = [[], []];
  for (let person = 0; person < PEOPLE.invited + PEOPLE.held; person += 1) {
    const own = person < PEOPLE.held ? held : invited;
    while (random() < 0.35)
      own.push({ day: Math.floor(random() * QUARTER), person, money: 20 + 130 * random() ** 3 });
  }
  return { held, invited };
}
const QUARTER = 91;
const PEOPLE = { held: 300, invited: 2_700 };

function armOf(n: number, bought: readonly Bought[], { from, to }: { from: number; to: number }) {
  const spent = new Map<number, number>();
  for (const { day, person, money } of bought) {
    if (day >= from && day < to) spent.set(person, (spent.get(person) ?? 0) + money);
  }
  const sums = { ...arm(n, spent.size, 0), revenue: 0, revenueSquares: 0 };
  for (const money of spent.values()) {
    sums.revenue += money;
    sums.revenueSquares += money ** 2;
  }
  return sums;
}

test("OVW17: looked at every day of a quarter, a site without effect is told one in at most one quarter of twenty", () => {
  const random = mulberry(517);
  const runs = 400;
  const wrong = { told: 0, sliding: 0, one: 0 };
  for (let run = 0; run < runs; run += 1) {
    const { held, invited } = quietQuarter(random);
    const armsOf = (days: { from: number; to: number }) => ({
      control: armOf(PEOPLE.held, held, days),
      treatment: armOf(PEOPLE.invited, invited, days),
    });
    const money = { margin: null, cost: null };
    const answers = new Map<string, boolean>();
    let slid = false;
    for (let day = 0; day < QUARTER; day += 1) {
      const days = readingAt(day);
      const name = JSON.stringify(days);
      if (days !== null && !answers.has(name)) {
        const { effect } = reportHoldout({
          daysSinceSeed: day,
          plannedShare: 0.1,
          arms: armsOf(days),
          money,
        });
        answers.set(name, leavesZeroOut(effect?.added.ci));
      }
      if (day < 14 || day % 2 > 0) continue;
      const sliding = intentionToTreat(armsOf({ from: Math.max(0, day - 28), to: day }), "revenue");
      slid ||= leavesZeroOut(sliding.ci);
    }
    if ([...answers.values()].some(Boolean)) wrong.told += 1;
    if (slid) wrong.sliding += 1;
    const last = intentionToTreat(armsOf({ from: 56, to: 84 }), "revenue");
    if (leavesZeroOut(last.ci)) wrong.one += 1;
  }
  console.log(
    `quarters without effect in which one was told: ${wrong.told / runs} read weekly, ` +
      `${wrong.sliding / runs} by a plain interval that slides, ${wrong.one / runs} by one look`,
  );
  expect(wrong.told / runs).toBeLessThanOrEqual(0.05);
  expect(wrong.sliding / runs).toBeGreaterThan(0.15);
  expect(READING_ALPHA * 13).toBeCloseTo(0.05, 12);
});

const leavesZeroOut = (interval: readonly [number, number] | null | undefined): boolean =>
  interval != null && (interval[0] > 0 || interval[1] < 0);
