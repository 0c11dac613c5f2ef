/** What the one figure leaves of margin: discounts come out of it, in campaigns and in the hold-out over all of them. */
import { expect, test } from "vitest";
import { earningsOf } from "../../domain/overview/earnings.ts";
import { type ArmOrder, holdoutMargin } from "../../domain/overview/holdout-course.ts";
import { worthOf } from "../../domain/overview/overview.ts";
import { figuresOf } from "../../domain/kpi/figures.ts";
import { emptyTally } from "../../domain/kpi/tally.ts";
import type { PhaseFacts } from "../../domain/results/phase.ts";
import { emptySums } from "../../domain/results/sums.ts";

const DAY_MS = 86_400_000;
const START = Date.parse("2026-10-01T00:00:00Z");
const dayOf = (index: number) => new Date(START + index * DAY_MS).toISOString().slice(0, 10);
const DAYS = 20;

/** So many a day, of whom so many bought for 9,000 cents after 1,000 off, or for 10,000 without. */
function arm(n: number, buyers: number, off: number) {
  const paid = 10_000 - off;
  return {
    ...emptySums(),
    n,
    conversions: buyers,
    revenue_cents: buyers * paid,
    revenue_sq: buyers * paid ** 2,
    discount_cents: buyers * off,
    discount_sq: buyers * off ** 2,
    revenue_x_discount: buyers * paid * off,
  };
}

function phase(economics: PhaseFacts["economics"]): PhaseFacts {
  const day = { "treated:a": arm(400, 28, 1_000), holdout: arm(100, 5, 0) };
  return {
    sums: {
      days: Object.fromEntries(Array.from({ length: DAYS }, (_, index) => [dayOf(index), day])),
      multiple: 0,
      multipleByDay: {},
    },
    startedAt: START,
    stoppedAt: null,
    now: START + DAYS * DAY_MS,
    countedAt: START + DAYS * DAY_MS,
    windowMs: 2 * DAY_MS,
    holdout: 0.2,
    variants: [{ key: "a", weight: 1 }],
    fixedShares: true,
    plan: null,
    plannedEnd: null,
    goal: "sale",
    economics,
    startOfDay: (date) => Date.parse(`${date}T00:00:00Z`),
  };
}

const SPAN = { from: dayOf(0), to: dayOf(DAYS) };
// 8,000 invited: 400 would have bought for 100, 160 more did, and all redeemed 10.
const KEPT = 160 * 100 * 0.5 - 560 * 10;

test("RES28: what campaigns earned leaves the margin of what was added, less every discount that was redeemed", () => {
  const of = (facts: PhaseFacts) => earningsOf([{ campaign: "cmp_a", name: "A", phase: 1, facts }], SPAN);
  const earned = of(phase({ margin: 0.5 }));
  expect(earned.revenue?.value).toBeCloseTo(560 * 90 - 400 * 100, 6);
  expect(earned.margin?.value).toBeCloseTo(KEPT, 6);
  expect(of(phase({})).margin).toBeNull();

  const figures = figuresOf(emptyTally());
  const worth = worthOf({ margin: earned.margin, isWhole: true }, figures, { margin: 0.5 });
  expect(worth.margin).toEqual({ share: 0.5, amount: earned.margin });
});

test("RES28: the hold-out over all campaigns leaves the same", () => {
  const orders: ArmOrder[] = [
    ...Array.from({ length: 560 }, (_, index) => ({
      person: `t${index}`,
      isHeldOut: false,
      day: dayOf(index % DAYS),
      cents: 9_000,
      off: 1_000,
    })),
    ...Array.from({ length: 100 }, (_, index) => ({
      person: `h${index}`,
      isHeldOut: true,
      day: dayOf(index % DAYS),
      cents: 10_000,
    })),
  ];
  const { point, ci } = holdoutMargin({ invited: 8_000, heldOut: 2_000 }, orders, 0.5);
  expect(point).toBeCloseTo(KEPT, 6);
  expect(ci?.[0]).toBeLessThan(KEPT);
});
