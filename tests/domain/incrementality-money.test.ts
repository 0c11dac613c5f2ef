/** Rules INC5 and INC6 of `docs/rules/incrementality.md`: what inviting was worth, discounts and cost subtracted. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Figure } from "../../domain/incrementality/figure.ts";
import { netValue } from "../../domain/incrementality/net-value.ts";

const orders: Figure = { point: 145, ci: [107, 183] };
const revenue: Figure = { point: 16_400, ci: [10_300, 22_500] };
const NOTHING = { point: null, ci: null };

test("INC5: margin on what was added, less every discount that was redeemed, less cost", () => {
  const value = netValue({ orders, revenue }, { margin: 0.5, cost: 2_000, discounts: 1_000 });
  expect(value.incrementalMargin).toEqual({ point: 7_200, ci: [4_150, 10_250] });
  expect(value.net).toEqual({ point: 5_200, ci: [2_150, 8_250] });
  expect(value.roi).toEqual({ point: 2.6, ci: [1.075, 4.125] });
  expect(value.costPerIncrementalSale.point).toBeCloseTo(2_000 / 145, 12);
  expect(value.costPerIncrementalSale.ci).toEqual([2_000 / 183, 2_000 / 107]);
});

test("INC5: without a margin there is no net, without a cost no ROI, and free of cost none either", () => {
  expect(netValue({ orders, revenue }, { margin: null, cost: 10 })).toMatchObject({
    incrementalMargin: NOTHING,
    net: NOTHING,
    roi: NOTHING,
  });
  expect(netValue({ orders, revenue }, { margin: 0.5, cost: null })).toMatchObject({
    incrementalMargin: { point: 8_200 },
    net: NOTHING,
    roi: NOTHING,
    costPerIncrementalSale: NOTHING,
  });
  expect(netValue({ orders, revenue }, { margin: 0.5, cost: 0 })).toMatchObject({
    net: { point: 8_200 },
    roi: NOTHING,
    costPerIncrementalSale: { point: 0 },
  });
});

test("INC5: an incremental sale has a cost only where there was one, and an interval only where there surely was", () => {
  const each = (sales: Figure) =>
    netValue({ orders: sales, revenue }, { margin: 0.5, cost: 100 }).costPerIncrementalSale;
  expect(each({ point: 0, ci: [-1, 1] })).toEqual(NOTHING);
  expect(each({ point: -3, ci: [-5, -1] })).toEqual(NOTHING);
  expect(each({ point: 4, ci: [-1, 9] })).toEqual({ point: 25, ci: null });
  expect(each(NOTHING)).toEqual(NOTHING);
});

const amount = fc.double({ min: 0, max: 1e8, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });

test("INC6: more margin never lowers the net of revenue that was added; more discounts or cost never raise it", () => {
  fc.assert(
    fc.property(
      amount,
      amount,
      fc.tuple(share, share),
      fc.tuple(amount, amount),
      (added, half, margins, costs) => {
        const incremental = { orders, revenue: { point: added, ci: null } };
        const netOf = (margin: number, cost: number, discounts: number) =>
          netValue(incremental, { margin, cost, discounts }).net.point ?? Number.NaN;
        const [less = 0, more = 0] = margins.toSorted((a, b) => a - b);
        const [cheap = 0, dear = 0] = costs.toSorted((a, b) => a - b);
        expect(netOf(more, cheap, half)).toBeGreaterThanOrEqual(netOf(less, cheap, half));
        expect(netOf(more, cheap, half)).toBeGreaterThanOrEqual(netOf(more, dear, half));
        expect(netOf(more, half, cheap)).toBeGreaterThanOrEqual(netOf(more, half, dear));
      },
    ),
  );
});
