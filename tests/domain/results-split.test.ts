/** The split of a phase: whole and by day, device and browser, and what is said where there are too few to check. */
import { describe, expect, test, vi } from "vitest";
import { diceOf } from "../../bench/dice.ts";
import { binomialDraws } from "../../bench/simulated-campaigns.ts";
import { checkGroups, type Group } from "../../domain/experiments/srm.ts";
import { resultPanel } from "../../domain/results/panel.ts";
import type { PhaseFacts } from "../../domain/results/phase.ts";
import { type ArmSums, emptySums } from "../../domain/results/sums.ts";
import type { PhaseSums } from "../../domain/results/units.ts";
import { resultWire } from "../../domain/results/wire.ts";

vi.setConfig({ testTimeout: 60_000 });

const DAY = 86_400_000;
const T0 = Date.parse("2026-10-19T00:00:00Z");
const dayOf = (day: number) => new Date(T0 + day * DAY).toISOString().slice(0, 10);

type Arm = Partial<ArmSums> & { n: number; conversions: number };

function sumsOf(days: number, arms: Record<string, Arm>): PhaseSums {
  const one = () =>
    Object.fromEntries(
      Object.entries(arms).map(([key, arm]) => [
        key,
        { ...emptySums(), device: { desktop: arm.n }, browser: { Firefox: arm.n }, ...arm },
      ]),
    );
  const all = Array.from({ length: days }, (_, day) => [dayOf(day), one()] as const);
  return { days: Object.fromEntries(all), multiple: 0, multipleByDay: {} };
}

function told(sums: PhaseSums, more: Partial<PhaseFacts> = {}) {
  const now = T0 + 20 * DAY;
  return resultWire(
    resultPanel({
      sums,
      startedAt: T0,
      stoppedAt: null,
      now,
      countedAt: now,
      windowMs: 2 * DAY,
      holdout: 0.5,
      variants: [{ key: "a", weight: 1 }],
      fixedShares: true,
      plan: null,
      plannedEnd: null,
      goal: "sale",
      economics: {},
      startOfDay: (day) => Date.parse(`${day}T00:00:00Z`),
      ...more,
    }),
  );
}

describe("a fault of a part", () => {
  test("RES33: devices that are split unevenly, each the other way, hide a whole that is as planned, and are named", () => {
    const wire = told(
      sumsOf(14, {
        "treated:a": { n: 500, conversions: 30, device: { desktop: 275, mobile: 225 } },
        holdout: { n: 500, conversions: 20, device: { desktop: 225, mobile: 275 } },
      }),
    );
    expect(wire).toMatchObject({ state: "unusable_split", difference: null, incremental_sales: null });
    expect(wire.srm).toMatchObject({
      flag: true,
      whole: false,
      users: [7_000, 7_000],
      // The whole, fourteen days, two devices and one browser.
      checks: 18,
      largest_gap: { dimension: "device", treated: 3_850, holdout: 3_150 },
      since: null,
    });
    expect(wire.srm.p).toBeLessThan(1e-12);
  });

  test("RES33: a day on which nearly all went to one side, made up by another, is named", () => {
    const sums = sumsOf(14, {
      "treated:a": { n: 500, conversions: 30 },
      holdout: { n: 500, conversions: 20 },
    });
    const set = (day: number, treated: number) => {
      const arms = sums.days[dayOf(day)];
      for (const [key, n] of [
        ["treated:a", treated],
        ["holdout", 1_000 - treated],
      ] as const)
        Object.assign(arms?.[key] ?? {}, { n, device: { desktop: n }, browser: { Firefox: n } });
    };
    set(2, 700);
    set(9, 300);
    const wire = told(sums);
    expect(wire.state).toBe("unusable_split");
    expect(wire.srm.largest_gap).toMatchObject({
      dimension: "day",
      name: dayOf(2),
      treated: 700,
      holdout: 300,
    });
  });

  test("RES33: of a whole that is not as planned it is said since when; a day of it that is not read yet counts", () => {
    const sums = sumsOf(14, {
      "treated:a": { n: 500, conversions: 30 },
      holdout: { n: 500, conversions: 20 },
    });
    for (let day = 8; day < 14; day += 1) {
      const arms = sums.days[dayOf(day)]?.["treated:a"];
      Object.assign(arms ?? {}, {
        n: 620,
        maturing: 620,
        device: { desktop: 620 },
        browser: { Firefox: 620 },
      });
    }
    const { state, srm } = told(sums, { now: T0 + 14 * DAY });
    expect(state).toBe("unusable_split");
    expect(srm).toMatchObject({ whole: true, since: dayOf(11) });
  });

  test("RES33: variants are each checked, and a bandit's together", () => {
    const sums = sumsOf(14, {
      "treated:a": { n: 500, conversions: 30, browser: { Firefox: 300, Safari: 200 } },
      "treated:b": { n: 500, conversions: 30, browser: { Firefox: 200, Safari: 300 } },
      holdout: { n: 500, conversions: 20, browser: { Firefox: 250, Safari: 250 } },
    });
    const variants = ["a", "b"].map((key) => ({ key, weight: 1 }));
    const more = { holdout: 1 / 3, variants };
    expect(told(sums, more).srm).toMatchObject({
      flag: true,
      whole: false,
      largest_gap: { dimension: "browser" },
    });
    expect(told(sums, { ...more, fixedShares: false }).srm).toMatchObject({ flag: false });
  });
});

describe("too few to check", () => {
  test("RES33: nine to none of halves has no p, and passes nothing", () => {
    const wire = told(sumsOf(1, { "treated:a": { n: 9, conversions: 0 } }), { now: T0 + DAY });
    expect(wire.srm).toMatchObject({ p: null, flag: false, checks: 0 });
    expect(wire.guards.alike_before.p).toBeNull();
    const none = told(sumsOf(14, { "treated:a": { n: 900, conversions: 90 } }), { holdout: 0 });
    expect(none.srm).toMatchObject({ p: null, flag: false, checks: 0 });
  });

  test("EXP10: a group of which an arm is due fewer than five is not looked through", () => {
    const few: Group = { name: "few", users: [0, 9] };
    const report = checkGroups([500, 509], [few, { name: "rest", users: [500, 500] }], [1, 1]);
    expect(report).toMatchObject({ checks: 2, flag: false, uneven: [] });
    expect(checkGroups([0, 9], [few], [1, 1])).toMatchObject({ p: null, checks: 0, flag: false });
    // Twelve where five are due is nothing among twenty such groups, nor is none where eleven are.
    const small = Array.from({ length: 20 }, (_, index) => ({ name: `${index}`, users: [5, 95] }));
    const odd = [
      { name: "more", users: [13, 87] },
      { name: "less", users: [0, 220] },
    ];
    expect(checkGroups([113, 2_207], [...small, ...odd], [0.05, 0.95]).uneven).toEqual([]);
  });
});

/** Visitors of a day by device and browser, in shares. */
const CELLS = [
  ["mobile", "Safari", 0.3],
  ["mobile", "Chrome", 0.25],
  ["desktop", "Chrome", 0.25],
  ["desktop", "Firefox", 0.1],
  ["desktop", "Edge", 0.06],
  ["tablet", "Safari", 0.04],
] as const;

test.each([
  [0.5, 1_000],
  [0.1, 1_500],
  [0.05, 300],
])(
  "EXP22: with %d held out and nothing wrong, at most one campaign of a hundred is ever flagged at forty daily looks",
  (holdout, visitors) => {
    const RUNS = 700;
    const draw = binomialDraws(diceOf(20_261_124));
    let flagged = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const users = [0, 0];
      const named = new Map<string, number[]>();
      const add = (counts: number[], held: number, invited: number) => {
        counts[0] = (counts[0] ?? 0) + held;
        counts[1] = (counts[1] ?? 0) + invited;
      };
      let isFlagged = false;
      for (let day = 0; day < 40 && !isFlagged; day += 1) {
        for (const [device, browser, share] of CELLS) {
          const n = Math.round(visitors * share);
          const held = draw(n, holdout);
          for (const name of [`day ${day}`, device, browser]) {
            const counts = named.get(name) ?? [0, 0];
            add(counts, held, n - held);
            named.set(name, counts);
          }
          add(users, held, n - held);
        }
        const groups = [...named].map(([name, counts]) => ({ name, users: counts }));
        isFlagged = checkGroups(users, groups, [holdout, 1 - holdout]).flag;
      }
      flagged += isFlagged ? 1 : 0;
    }
    expect(flagged / RUNS).toBeLessThanOrEqual(0.01);
  },
);
