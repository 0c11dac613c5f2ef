/** What the screens of a result say beside its figures: no more than these do. */
import { describe, expect, test } from "vitest";
import { resultPanel } from "../../domain/results/panel.ts";
import type { PhaseFacts } from "../../domain/results/phase.ts";
import { emptySums } from "../../domain/results/sums.ts";
import { resultWire } from "../../domain/results/wire.ts";
import { decimalsFor, pointsOf } from "../../web/admin/results/figures.ts";

const DAY = 86_400_000;
const T0 = Date.parse("2026-10-19T00:00:00Z");
const DAYS = 10;

type Arm = { n: number; conversions: number; reached: number; reached_conversions: number };
/** Ten equal days of arms with these totals. */
function factsOf(treated: Arm, holdout: Arm): PhaseFacts {
  const daily = (arm: Arm) => ({
    ...emptySums(),
    ...Object.fromEntries(Object.entries(arm).map(([name, all]) => [name, all / DAYS])),
  });
  const dayOf = (index: number) => new Date(T0 + index * DAY).toISOString().slice(0, 10);
  const days = Array.from({ length: DAYS }, (_, index) => [
    dayOf(index),
    { "treated:a": daily(treated), holdout: daily(holdout) },
  ]);
  return {
    sums: { days: Object.fromEntries(days), multiple: 0, multipleByDay: {} },
    startedAt: T0,
    stoppedAt: null,
    now: T0 + 28 * DAY,
    countedAt: T0 + 28 * DAY,
    windowMs: 2 * DAY,
    holdout: 0.5,
    variants: [{ key: "a", weight: 1 }],
    fixedShares: true,
    plan: null,
    plannedEnd: null,
    goal: "sale",
    economics: {},
    startOfDay: (day) => Date.parse(`${day}T00:00:00Z`),
  };
}

describe("the size of the selection", () => {
  const told = (treated: Partial<Arm>, holdout: Partial<Arm> = {}) => {
    const arm = { n: 100_000, conversions: 2_000, reached: 0, reached_conversions: 0 };
    return resultWire(resultPanel(factsOf({ ...arm, ...treated }, { ...arm, ...holdout })));
  };

  test("RES24: where nobody selects it is nothing, however few talk", () => {
    // A tenth talks, which makes 7 of 100 buy; 2 of the others and of the held-out do.
    const { selection } = told({ conversions: 2_500, reached: 10_000, reached_conversions: 700 });
    expect(selection).toMatchObject({ accepted: 0.07, declined: 0.02, holdout: 0.02 });
    expect(selection?.wrong_by).toBeCloseTo(0, 12);
  });

  test("RES24: where a conversation changes nothing it is the whole of the first difference", () => {
    const { selection } = told({ reached: 10_000, reached_conversions: 650 });
    expect(selection?.wrong_by).toBeCloseTo(0.065 - 1_350 / 90_000, 12);
  });

  test("RES24: where inviting made no conversations it is unknown", () => {
    const few = { reached: 10, reached_conversions: 0 };
    const wire = told(few, few);
    expect(wire.per_conversation?.strength).toBe("none");
    expect(wire.selection).toMatchObject({ n: { accepted: 10 }, wrong_by: null });
  });
});

test("RES34: an interval that leaves 0 out never ends at a written 0", () => {
  const span = { value: 0.01225, low: 0.000125, high: 0.0244 };
  expect(decimalsFor(span)).toBe(2);
  expect(pointsOf("en", span)).toMatchObject({ value: "+1.23", low: "0.01", high: "2.44" });
  expect(pointsOf("fr", { value: -0.01225, low: -0.0244, high: -0.0000125 })).toMatchObject({
    low: "\u22122,440",
    high: "\u22120,001",
  });
  // One that holds it, or ends far from it, is written as its width can bear.
  expect(decimalsFor({ low: -0.0001, high: 0.02 })).toBe(1);
  expect(decimalsFor({ low: 0, high: 0.02 })).toBe(1);
  expect(decimalsFor({ low: 0.004, high: 0.02 })).toBe(1);
});
