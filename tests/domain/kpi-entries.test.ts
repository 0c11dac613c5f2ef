/** What rows of campaigns, variants, agents, skills and answers know of visitors, and what no row of theirs can know. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import { GROUPINGS } from "../../domain/kpi/grouping.ts";
import { EMPTY_HISTORY } from "../../domain/kpi/history.ts";
import { isKnownBy } from "../../domain/kpi/known.ts";
import { kpiRows } from "../../domain/kpi/measure.ts";
import {
  arbitraryShop,
  chat,
  DAY,
  exposure,
  HOUR,
  lead,
  MINUTE,
  order,
  scope,
  T0,
  visit,
} from "./kpi-history.ts";

/** Ada is offered help and buys twice that day; Bob bought before his offer; Eve buys the next day; Kim only looks. */
const history = {
  ...EMPTY_HISTORY,
  visits: ["ada", "bob", "eve", "kim"].map((one) =>
    visit(one, T0, { eligible: true, covered: one !== "eve" }),
  ),
  exposures: [
    exposure("ada", T0 + 10 * MINUTE),
    exposure("ada", T0 + 15 * MINUTE, { campaign: "cmp_b", variant: "b" }),
    exposure("bob", T0 + 10 * MINUTE),
    exposure("eve", T0 + 10 * MINUTE, { arm: "holdout" }),
  ],
  chats: [chat("ada", T0 + 12 * MINUTE, { skill: "sales" })],
  orders: [
    order("ada", T0 + 20 * MINUTE, 100, { covered: true }),
    order("ada", T0 + 40 * MINUTE, 50),
    order("bob", T0 + 5 * MINUTE, 70),
    order("eve", T0 + DAY, 30),
  ],
  leads: [lead("eve", T0 + HOUR, { value: 9 }), lead("kim", T0 + HOUR)],
};

describe("KPI61: a row of a campaign, an agent or a skill has the visitors who came into it that day, and what they did from then on", () => {
  test("of a campaign and a variant, from the first eligible moment, in both arms", () => {
    const rows = kpiRows(history, { ...scope, groupBy: "campaign" });
    expect(rows).toMatchObject([
      {
        group: "cmp_a",
        visitors: { value: 3 },
        visits: { value: 3 },
        eligible_visitors: { value: 3 },
        covered_visitors: { value: 2 },
        coverage_rate: { value: 2 / 3 },
        engaged_visitors: { value: 1 },
        orders: { value: 2 },
        revenue: { value: 150 },
        aov: { value: 75, denominator: 2 },
        conversion_rate: { value: 1 / 3, numerator: 1, denominator: 3 },
        coverage_at_order_rate: { value: 0.5 },
        leads: { value: 1 },
        lead_value: { value: 9 },
        lead_rate: { value: 1 / 3 },
        repeat_purchase_rate: { value: 1 },
        time_to_purchase_median: { value: 600 },
      },
      { group: "cmp_b", visitors: { value: 1 }, orders: { value: 2 }, revenue: { value: 150 } },
    ]);
    const variants = kpiRows(history, { ...scope, groupBy: "variant" });
    expect(variants).toMatchObject([
      { group: "cmp_a:a", visitors: { value: 3 }, revenue: { value: 150 } },
      { group: "cmp_b:b", visitors: { value: 1 }, time_to_purchase_median: { value: 300 } },
    ]);
  });

  test("of an agent and a skill, from the first conversation", () => {
    for (const [groupBy, group] of [
      ["agent", "usr_lea"],
      ["skill", "sales"],
    ] as const) {
      expect(kpiRows(history, { ...scope, groupBy })).toMatchObject([
        { group, visitors: { value: 1 }, orders: { value: 2 }, revenue: { value: 150 }, leads: { value: 0 } },
      ]);
    }
  });
});

test("KPI61: no row has more orders, revenue or leads than the whole, and a share of one stays a share", () => {
  fc.assert(
    fc.property(arbitraryShop(T0 - HOUR, 3), (shop) => {
      const wide = { ...scope, from: T0 - 2 * DAY, to: T0 + 6 * DAY };
      const [whole] = kpiRows(shop, wide);
      for (const groupBy of ["campaign", "variant", "agent", "skill"] as const) {
        for (const row of kpiRows(shop, { ...wide, groupBy })) {
          for (const name of ["orders", "revenue", "leads", "lead_value", "refunded"] as const) {
            expect(row[name].value ?? 0).toBeLessThanOrEqual((whole?.[name].value ?? 0) + 1e-9);
          }
          for (const name of KPI_NAMES) {
            const { value, numerator, denominator } = row[name];
            if (value === null || denominator === null || !name.endsWith("_rate")) continue;
            expect([name, value >= 0, (numerator ?? 0) <= denominator + 1e-9]).toEqual([name, true, true]);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("KPI62: what a row cannot know is unknown and not 0: offers of agents, hours of campaigns, costs of either", () => {
  const by = (groupBy: (typeof GROUPINGS)[number]) => kpiRows(history, { ...scope, groupBy })[0];
  const unknown = { value: null, numerator: null, denominator: null, n: 0, interval: null };
  expect(by("campaign")).toMatchObject({
    agent_hours: unknown,
    occupancy: unknown,
    exempt_page_views: unknown,
  });
  expect(by("agent")).toMatchObject({
    triggered: unknown,
    acceptance_rate: unknown,
    agent_hours: { value: 0 },
  });
  expect(by("skill")).toMatchObject({
    agent_hours: unknown,
    displayed: unknown,
    capacity_suppressed: unknown,
  });
  expect(by("device")).toMatchObject({ agent_hours: unknown, capacity_suppressed: { value: 0 } });
  for (const dimension of ["campaign", "variant", "agent", "skill", "channel", "device", "canned"] as const) {
    for (const row of kpiRows(history, { ...scope, groupBy: dimension })) {
      for (const name of KPI_NAMES.filter((one) => !isKnownBy(one, dimension))) {
        expect([dimension, name, row[name]]).toEqual([dimension, name, unknown]);
      }
    }
  }
  expect(KPI_NAMES.every((name) => isKnownBy(name, ""))).toBe(true);
});
