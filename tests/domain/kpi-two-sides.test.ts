/** Intervals of figures whose two sides are not one sample of visitors. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costInterval, poissonInterval, upliftInterval } from "../../domain/kpi/intervals.ts";
import { contactCosts } from "../../domain/roi/contact-costs.ts";
import {
  chat,
  exposure,
  HOUR,
  MINUTE,
  online,
  order,
  refund,
  scope,
  T0,
  visit,
  whole,
} from "./kpi-history.ts";

/** Student's t with two degrees of freedom, two-sided at 95 %. */
const T2 = 4.30265272975;

/** Buyers of these amounts, after a chat where `talked`. */
function buyers(name: string, amounts: readonly number[], talked: boolean) {
  return {
    chats: talked ? amounts.map((_, index) => chat(`${name}${index}`, T0)) : [],
    orders: amounts.map((amount, index) => order(`${name}${index}`, T0 + MINUTE, amount)),
  };
}
function baskets(after: readonly number[], without: readonly number[]) {
  const [some, others] = [buyers("chat", after, true), buyers("alone", without, false)];
  return whole({ chats: some.chats, orders: [...some.orders, ...others.orders] });
}

describe("KPI82: how much larger baskets after a chat are", () => {
  test("has Fieller's interval: at its ends the two baskets differ by just what chance may make of it", () => {
    const { aov_uplift_vs_unassisted: uplift } = baskets([180, 200, 220], [90, 100, 110, 100]);
    expect(uplift).toMatchObject({ value: 1, n: 7 });
    const [low = 0, high = 0] = uplift.interval ?? [];
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(1);
    // Variances of the two means: 400 / 3 and (200 / 3) / 4.
    for (const lift of [low, high]) {
      const quotient = 1 + lift;
      const apart = (200 - quotient * 100) ** 2;
      expect(apart / (400 / 3 + quotient ** 2 * (200 / 12))).toBeCloseTo(T2 ** 2, 4);
    }
  });

  test("has none where the other basket may be nothing, where there is one buyer, or where none differs", () => {
    expect(baskets([180, 220], [1, 400]).aov_uplift_vs_unassisted).toMatchObject({ n: 4, interval: null });
    expect(baskets([180], [90, 110]).aov_uplift_vs_unassisted.interval).toBeNull();
    expect(baskets([180, 200], [90, 90]).aov_uplift_vs_unassisted.interval).toBeNull();
    expect(baskets([], [90, 110]).aov_uplift_vs_unassisted).toMatchObject({ value: null, interval: null });
  });

  test("holds its value and never says less than nothing sold", () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 2, maxLength: 12 });
    const squares = (of: number[]) => {
      const x = of.reduce((sum, one) => sum + one, 0);
      const xx = of.reduce((sum, one) => sum + one ** 2, 0);
      return { x, n: of.length, units: of.length, xx, xn: x, nn: of.length };
    };
    fc.assert(
      fc.property(amounts, amounts, (after, without) => {
        const [some, others] = [squares(after), squares(without)];
        const interval = upliftInterval(some, others);
        if (interval === null) return;
        const value = some.x / some.n / (others.x / others.n) - 1;
        expect(interval[0]).toBeGreaterThanOrEqual(-1);
        expect(interval[0]).toBeLessThanOrEqual(value + 1e-9);
        expect(interval[1]).toBeGreaterThanOrEqual(value - 1e-9);
      }),
    );
  });
});

describe("KPI82: what was sold and what it cost", () => {
  const costs = { agentHour: 40, platformMonth: 0, margin: 0.5 };
  const served = {
    agentStates: [online("usr_lea", T0, T0 + 2 * HOUR)],
    ...buyers("chat", [100, 300], true),
  };

  test("a contact's cost has the interval of the number of contacts, the same as the screen of return", () => {
    const { cost_per_contact } = whole(served, { costs });
    const [fewest, most] = poissonInterval(2);
    expect(cost_per_contact).toMatchObject({ value: 40, numerator: 80, denominator: 2, n: 2 });
    expect(cost_per_contact.interval).toEqual([80 / most, 80 / fewest]);
    const { perChat } = contactCosts(
      { agent_hour: 40, platform_month: 0 },
      { from: scope.from, to: scope.to, now: scope.now, agentHours: 2, chats: 2 },
    );
    expect([perChat?.low, perChat?.high]).toEqual(cost_per_contact.interval);
    expect(costInterval(80, 0)).toBeNull();
  });

  test("the attributed return has that of the revenue", () => {
    const { gross_roi_attributed } = whole(served, { costs });
    expect(gross_roi_attributed).toMatchObject({ value: 1.5, n: 2 });
    const half = 1.959963984540054 * Math.sqrt(100 ** 2 + 300 ** 2);
    expect(gross_roi_attributed.interval?.[0]).toBe(-1);
    expect(gross_roi_attributed.interval?.[1]).toBeCloseTo(((400 + half) * 0.5 - 80) / 80, 9);
  });

  test("what cost nothing, or of which nobody said the margin, has none", () => {
    expect(whole(served, { costs: { ...costs, agentHour: 0 } }).cost_per_contact.interval).toBeNull();
    expect(whole(served, { costs: { ...costs, margin: null } }).gross_roi_attributed).toMatchObject({
      value: null,
      interval: null,
    });
  });
});

test("KPI82: invitations by covered visitor have the interval of a count; money given back has none", () => {
  const bought = [order("ada", T0 + HOUR, 50), order("bob", T0 + HOUR, 70)];
  const row = whole({
    visits: ["ada", "bob"].map((one) => visit(one, T0, { eligible: true, covered: true })),
    exposures: [exposure("ada", T0), exposure("ada", T0 + 1), exposure("bob", T0)],
    orders: bought,
    refunds: bought.slice(0, 1).map((one) => refund(one, 20)),
  });
  const [low, high] = poissonInterval(3);
  expect(row.display_rate_among_covered).toMatchObject({ value: 1.5, n: 2, interval: [low / 2, high / 2] });
  expect(row.returned_revenue_rate).toMatchObject({ value: 20 / 120, interval: null });
});
