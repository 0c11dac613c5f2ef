/** Rules T40 and T41 of `docs/rules/targeting.md`: the formulas behind every figure. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { type AnswerCounts, KPI_FORMULAS, type KpiTotals, npsInterval } from "../../domain/kpi/ratios.ts";

/** Properties over many cases, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

const NOTHING: KpiTotals = {
  eligible_visitors: 0,
  covered_visitors: 0,
  invites_displayed: 0,
  invites_accepted: 0,
  chatters: 0,
  covered_visitors_buying_after_chat: 0,
  chatters_buying_after_chat: 0,
  proactive_chatters: 0,
  proactive_chatters_buying: 0,
  assisted_orders: 0,
  assisted_revenue: 0,
  total_orders: 0,
  total_revenue: 0,
  chats_handled: 0,
  agent_cost: 0,
  platform_cost: 0,
  agent_hours_logged: 0,
  contacts_resolved_no_recontact: 0,
  contacts_mature: 0,
  csat: {},
  surveys_sent: 0,
  nps: {},
  ces: {},
  margin: null,
};

/** One day of a small shop, small enough to be worked out by hand. */
const DAY: KpiTotals = {
  ...NOTHING,
  eligible_visitors: 200,
  covered_visitors: 100,
  invites_displayed: 40,
  invites_accepted: 10,
  chatters: 20,
  covered_visitors_buying_after_chat: 4,
  chatters_buying_after_chat: 5,
  proactive_chatters: 10,
  proactive_chatters_buying: 3,
  assisted_orders: 5,
  assisted_revenue: 500,
  total_orders: 25,
  total_revenue: 2_100,
  chats_handled: 25,
  agent_cost: 80,
  platform_cost: 20,
  agent_hours_logged: 10,
  contacts_resolved_no_recontact: 9,
  contacts_mature: 12,
  csat: { "1": 1, "4": 2, "5": 1 },
  surveys_sent: 16,
  nps: { "0": 1, "6": 1, "7": 2, "9": 2, "10": 4 },
  ces: { "2": 1, "5": 1, "7": 2 },
  margin: 0.3,
};

test.each([
  ["coverage_rate", 0.5],
  ["acceptance_rate", 0.25],
  ["display_rate", 0.4],
  ["conversion_after_chat_among_covered", 0.04],
  ["conversion_after_chat", 0.25],
  ["proactive_conversion", 0.3],
  ["aov_assisted", 100],
  ["aov_unassisted", 80],
  ["attributed_revenue", 500],
  ["revenue_per_chat", 20],
  ["cost_total", 100],
  ["cost_per_contact", 4],
  ["sales_per_agent_hour", 0.5],
  ["revenue_per_agent_hour", 50],
  ["fcr", 0.75],
  ["csat", 0.75],
  ["csat_mean", 3.5],
  ["csat_response_rate", 0.25],
  ["nps", 40],
  ["ces_mean", 5.25],
  ["ces_agree", 0.75],
  ["gross_roi_attributed", 0.5],
  ["aov_uplift_vs_unassisted", 0.25],
] as const)(
  "T40: %s of a day worked out by hand is %d, its numerator over its denominator",
  (key, expected) => {
    const { value, numerator, denominator } = KPI_FORMULAS[key](DAY);
    expect(value).toBeCloseTo(expected, 12);
    expect(numerator).not.toBeNull();
    if (denominator !== null) expect((numerator ?? 0) / denominator).toBeCloseTo(expected, 12);
  },
);

test("T41: nothing to divide by gives null, never 0, NaN or Infinity; counts and sums stay 0", () => {
  for (const [key, formula] of Object.entries(KPI_FORMULAS)) {
    const counted = key === "attributed_revenue" || key === "cost_total";
    expect([key, formula(NOTHING).value]).toEqual([key, counted ? 0 : null]);
  }
  expect(npsInterval({})).toBeNull();
  expect(KPI_FORMULAS.gross_roi_attributed({ ...DAY, margin: null }).value).toBeNull();
  expect(KPI_FORMULAS.aov_unassisted({ ...DAY, total_orders: DAY.assisted_orders }).value).toBeNull();
});

test("T41: whatever the totals, every figure is a number or null", () => {
  const count = fc.nat(1_000);
  const answers: fc.Arbitrary<AnswerCounts> = fc.dictionary(fc.constantFrom("0", "1", "5", "9", "10"), count);
  const keys = Object.keys(NOTHING).filter((key) => !["csat", "nps", "ces", "margin"].includes(key));
  const totals = fc
    .tuple(fc.tuple(...keys.map(() => count)), answers, answers, answers)
    .map(([counts, csat, nps, ces]) => ({
      ...NOTHING,
      ...Object.fromEntries(keys.map((key, i) => [key, counts[i]])),
      csat,
      nps,
      ces,
      margin: 0.2,
    }));
  fc.assert(
    fc.property(totals, (given) => {
      for (const formula of Object.values(KPI_FORMULAS)) {
        const { value } = formula(given);
        expect(value === null || Number.isFinite(value)).toBe(true);
      }
      const interval = npsInterval(given.nps);
      const nps = KPI_FORMULAS.nps(given).value;
      expect(interval === null).toBe(nps === null);
      if (interval !== null && nps !== null) {
        expect(interval[0]).toBeLessThanOrEqual(nps + 1e-9);
        expect(interval[1]).toBeGreaterThanOrEqual(nps - 1e-9);
        expect(Math.abs(nps)).toBeLessThanOrEqual(100);
      }
    }),
  );
});
