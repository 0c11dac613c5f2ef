import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Ranged } from "../../domain/objectives/ledger.ts";
import { BusinessCase } from "../../domain/roi/business-case.ts";
import { CASE_INPUTS, type Range } from "../../domain/roi/case-inputs.ts";
import { compareReturn } from "../../domain/roi/comparison.ts";
import { expectationOf, triangular } from "../../domain/roi/expectation.ts";

const point = (value: number): Range => ({ low: value, likely: value, high: value });

const POINTS = BusinessCase.parse({
  name: "As points",
  visitors: point(10_000),
  conversion: point(0.02),
  basket: point(100),
  margin: point(0.5),
  acceptance: point(0.1),
  lift: point(1),
  agent_hour: point(30),
  chats_per_agent_hour: point(5),
  platform_month: point(400),
  set_up: point(1_200),
});

const RANGES: BusinessCase = {
  ...POINTS,
  visitors: { low: 8_000, likely: 10_000, high: 12_000 },
  acceptance: { low: 0.03, likely: 0.1, high: 0.15 },
  lift: { low: -0.2, likely: 0.8, high: 2 },
};

test("RET1: of points the case is plain arithmetic", () => {
  const found = expectationOf({ ...POINTS, lift: point(10) });
  // 1,000 chats a month; 20 points of conversion added to each; 20,000 € of revenue a month.
  expect(found.chats).toEqual({ low: 12_000, middle: 12_000, high: 12_000 });
  expect(found.incrementalOrders.middle).toBeCloseTo(2_400, 6);
  expect(found.incrementalRevenue.middle).toBeCloseTo(240_000, 6);
  expect(found.incrementalMargin.middle).toBeCloseTo(120_000, 6);
  expect(found.cost.middle).toBeCloseTo((6_000 + 400) * 12 + 1_200, 6);
  expect(found.net.middle).toBeCloseTo(120_000 - 78_000, 6);
  expect(found.roi?.middle).toBeCloseTo(42_000 / 78_000, 9);
  expect(found.paybackMonths.middle).toBeCloseTo(1_200 / (10_000 - 6_400), 9);
  expect(found.chanceToPay).toBe(1);
  expect(found.drivers).toEqual([]);
});

test("RET1: where the months cost more than they bring, it never pays back, and nobody says when", () => {
  const { paybackMonths, chanceToPay, net } = expectationOf(POINTS);
  expect(net.middle).toBeLessThan(0);
  expect(paybackMonths).toEqual({ low: null, middle: null, high: null });
  expect(chanceToPay).toBe(0);
  const free = { ...POINTS, agent_hour: point(0), platform_month: point(0), set_up: point(0) };
  expect(expectationOf(free).roi).toBeNull();
});

test("RET2: the same case gives the same ranges, and they hold what its likeliest inputs give", () => {
  expect(expectationOf(RANGES)).toEqual(expectationOf(structuredClone(RANGES)));
  const { net, incrementalOrders, drivers } = expectationOf(RANGES);
  expect(incrementalOrders.low).toBeLessThan(192);
  expect(incrementalOrders.high).toBeGreaterThan(192);
  expect(net.low).toBeLessThan(net.middle);
  expect(drivers.map(({ input }) => input).toSorted()).toEqual(["acceptance", "lift", "visitors"]);
  const alone = { ...POINTS, lift: { low: 0, likely: 2, high: 9 } };
  expect(expectationOf(alone).drivers).toEqual([{ input: "lift", share: 1 }]);
  expect(drivers.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
});

test("RET2: the triangle's shares are those of its area", () => {
  const range = { low: 2, likely: 3, high: 6 };
  expect(triangular(range, 0)).toBe(2);
  expect(triangular(range, 0.25)).toBeCloseTo(3, 12);
  expect(triangular(range, 1)).toBe(6);
  const mean = Array.from({ length: 1_000 }, (_, index) => triangular(range, (index + 0.5) / 1_000));
  expect(mean.reduce((sum, value) => sum + value, 0) / 1_000).toBeCloseTo(11 / 3, 4);
});

test("RET2: whatever the ranges, every figure is a number, in order, and more margin is never worth less", () => {
  const within = (least: number, most: number) =>
    fc
      .tuple(...[0, 1, 2].map(() => fc.double({ min: least, max: most, noNaN: true })))
      .map((values) => values.toSorted((a, b) => a - b))
      .map(([low = 0, likely = 0, high = 0]) => ({ low, likely, high }));
  const any = fc.record({
    visitors: within(0, 1e6),
    conversion: within(0, 1),
    basket: within(0, 1e4),
    acceptance: within(0, 1),
    lift: within(0, 5),
    agent_hour: within(0, 100),
    chats_per_agent_hour: within(0.1, 20),
    platform_month: within(0, 1e4),
    set_up: within(0, 1e5),
  });
  fc.assert(
    fc.property(any, (some) => {
      const given = BusinessCase.parse({ ...POINTS, ...some });
      const { net, cost, roi, perVisitor } = expectationOf({ ...given, margin: point(0.2) });
      for (const of of [net, cost, perVisitor.net, ...(roi === null ? [] : [roi])]) {
        expect([of.low, of.middle, of.high].every(Number.isFinite)).toBe(true);
        expect(of.low <= of.middle && of.middle <= of.high).toBe(true);
      }
      expect(expectationOf({ ...given, margin: point(0.9) }).net.middle).toBeGreaterThanOrEqual(net.middle);
    }),
    { numRuns: 8, endOnFailure: true },
  );
}, 30_000);

test("RET1: a range whose ends are the wrong way round is refused at its place", () => {
  for (const input of CASE_INPUTS) {
    const turned = { low: 0.9, likely: 0.5, high: 0.95 };
    const refused = BusinessCase.safeParse({ ...POINTS, [input]: turned });
    expect(refused.error?.issues[0]?.path).toEqual([input, "likely"]);
  }
});

test("RET3: what is left of one visitor is after the agents' time alone, as a campaign's measured net is", () => {
  const { perVisitor } = expectationOf({ ...POINTS, platform_month: point(0), set_up: point(0) });
  const dear = expectationOf({ ...POINTS, platform_month: point(5_000), set_up: point(20_000) });
  expect(dear.perVisitor.net).toEqual(perVisitor.net);
});

test("RET3: measured is held against what was expected of as many visitors, and only apart where they do not meet", () => {
  const expectation = expectationOf(RANGES);
  const { orders } = expectation.perVisitor;
  const treated = 5_000;
  const rows = compareReturn(expectation, {
    treated,
    incrementalSales: { value: 500, low: 400, high: 600 },
    incrementalRevenue: { value: 0, low: -1e6, high: 1e6 },
    net: null,
  });
  expect(rows.map(({ says }) => says)).toEqual(["above", "undecided", "not_measured"]);
  expect(rows[0]?.expected).toEqual({
    low: orders.low * treated,
    middle: orders.middle * treated,
    high: orders.high * treated,
  });
  const inside = { value: orders.middle * treated, low: orders.low * treated, high: orders.high * treated };
  const says = (incrementalSales: Ranged) =>
    compareReturn(expectation, { treated, incrementalSales, incrementalRevenue: null, net: null })[0]?.says;
  expect(says(inside)).toBe("within");
  expect(says({ ...inside, high: inside.high * 1.01 })).toBe("undecided");
  expect(says({ ...inside, low: inside.low - 1 })).toBe("undecided");
  const below = { value: -50, low: -60, high: -40 };
  expect(
    compareReturn(expectation, { treated, incrementalSales: below, incrementalRevenue: null, net: null })[0]
      ?.says,
  ).toBe("below");
});
