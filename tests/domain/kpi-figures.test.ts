/** What stands behind each figure, each on a small history worked out by hand. */
import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { openSeconds } from "../../domain/kpi/durations.ts";
import { KPI_NAMES, type KpiName } from "../../domain/kpi/figures.ts";
import { poissonInterval, quantileOf, ratioInterval } from "../../domain/kpi/intervals.ts";
import { kpiRows } from "../../domain/kpi/measure.ts";
import { spreadOf } from "../../domain/kpi/tally.ts";
import {
  arbitraryShop,
  chat,
  DAY,
  exposure,
  history,
  HOUR,
  lead,
  MINUTE,
  nineToSix,
  online,
  order,
  refund,
  scope,
  SECOND,
  survey,
  T0,
  visit,
  whole,
} from "./kpi-history.ts";

/** Properties over many cases, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

/** From one to so many, each once. */
const upTo = (n: number) => new Map(Array.from({ length: n }, (_, index) => [index + 1, 1]));

describe("intervals", () => {
  test("KPI19: whatever happened, a value lies in its interval, a share between 0 and 1, and nothing is no figure", () => {
    const span = { ...scope, from: T0, to: T0 + 4 * DAY, now: T0 + 20 * DAY };
    const costs = { agentHour: 30, platformMonth: 300, margin: 0.3 };
    fc.assert(
      fc.property(
        arbitraryShop(T0, 4),
        fc.constantFrom(null, "hour", "agent", "campaign", "device"),
        (shop, groupBy: null | "hour" | "agent" | "campaign" | "device") => {
          for (const row of kpiRows(shop, { ...span, groupBy, costs })) {
            for (const name of KPI_NAMES) expectSound(name, row[name]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("KPI20: counts have the exact interval of Poisson, as tables give it", () => {
    const tables = { 0: [0, 3.6889], 1: [0.0253, 5.5716], 10: [4.7954, 18.3904], 100: [81.3637, 121.6272] };
    for (const [count, [low = 0, high = 0]] of Object.entries(tables)) {
      const interval = poissonInterval(Number(count));
      expect(interval[0]).toBeCloseTo(low, 3);
      expect(interval[1]).toBeCloseTo(high, 3);
    }
  });

  test("KPI20: a median lies between order statistics that hold it in 95 of 100 samples", () => {
    // Of 25 values the 8th and the 18th, as tables of the sign test have it; of 5 there are none.
    expect(quantileOf(upTo(25), 0.5)).toEqual({ value: 13, n: 25, interval: [8, 18] });
    expect(quantileOf(upTo(5), 0.5)).toEqual({ value: 3, n: 5, interval: null });
    expect(quantileOf(upTo(10), 0.9)).toEqual({ value: 9, n: 10, interval: null });
    expect(quantileOf(spreadOf({ 60: 1, 4: 3 }), 0.5).value).toBe(4);
    expect(quantileOf(new Map(), 0.5)).toEqual({ value: null, n: 0, interval: null });
  });

  test("KPI20: where each visitor brings one, a ratio's interval is that of a mean by Student's t", () => {
    // 2, 4, 6, 8: mean 5, standard error 1.29099, t with 3 degrees of freedom 3.18245.
    const interval = ratioInterval({ x: 20, n: 4, units: 4, xx: 120, xn: 20, nn: 4 });
    expect(interval?.[0]).toBeCloseTo(5 - 3.18245 * 1.29099, 4);
    expect(interval?.[1]).toBeCloseTo(5 + 3.18245 * 1.29099, 4);
    expect(ratioInterval({ x: 2, n: 1, units: 1, xx: 4, xn: 2, nn: 1 })).toBeNull();
  });

  test("KPI21: a basket's interval takes the visitor for its unit: who orders twice on a day is one", () => {
    const orders = [
      order("ada", T0, 10),
      order("ada", T0 + HOUR, 10),
      order("bob", T0, 40),
      order("cyd", T0, 20),
    ];
    const { aov } = whole({ orders });
    expect(aov).toMatchObject({ value: 20, numerator: 80, denominator: 4, n: 3 });
    // (x, n) = (20, 2), (40, 1), (20, 1): residuals −20, 20, 0; se = √(800 · 3/2) / 4.
    const half = 4.30265 * (Math.sqrt(1200) / 4);
    expect(aov.interval?.[0]).toBe(Math.max(0, 20 - half));
    expect(aov.interval?.[1]).toBeCloseTo(20 + half, 3);
  });
});

test("KPI21: a basket without a chat leaves out what the same visitor bought after one; revenue is told by chat", () => {
  // Ada buys at 10:00, chats twice and buys again; Bob and Cyd buy without a chat.
  const parts = {
    chats: [chat("ada", T0 + HOUR), chat("ada", T0 + 2 * HOUR)],
    orders: [
      order("ada", T0, 10),
      order("ada", T0 + 3 * HOUR, 90),
      order("bob", T0, 20),
      order("cyd", T0, 30),
    ],
  };
  const row = whole(parts);
  expect(row.aov_unassisted).toMatchObject({ value: 20, numerator: 60, denominator: 3, n: 3 });
  // 10, 20, 30: standard error 10 / √3, t with 2 degrees of freedom 4.30265.
  expect(row.aov_unassisted.interval?.[1]).toBeCloseTo(20 + (4.30265 * 10) / Math.sqrt(3), 3);
  expect(row.aov_assisted).toMatchObject({ value: 90, denominator: 1, interval: null });
  expect(row.revenue_per_chat).toMatchObject({ value: 45, numerator: 90, denominator: 2, n: 1 });
  expect(row.orders_per_closed_conversation).toMatchObject({ value: null, denominator: 0 });
});

function expectSound(name: KpiName, figure: ReturnType<typeof whole>[KpiName]): void {
  const { value, denominator, interval, n } = figure;
  expect(value === null || Number.isFinite(value), name).toBe(true);
  expect(Number.isFinite(n) && n >= 0, name).toBe(true);
  if (denominator === 0) expect(value, name).toBeNull();
  if (/_rate$|^share_|^conversion_|^proactive_conversion/.test(name) && name !== "display_rate_among_covered")
    expect(value === null || (value >= 0 && value <= 1), name).toBe(true);
  if (interval === null) return;
  if (value === null) throw new Error(`${name} has an interval without a value`);
  expect(interval[0], name).toBeLessThanOrEqual(value + 1e-9);
  expect(interval[1], name).toBeGreaterThanOrEqual(value - 1e-9);
}

describe("visitors and offers", () => {
  test("KPI22: covered on the site and covered at the order are two figures; proactive buyers are over both", () => {
    const offered = exposure("ada", T0);
    const parts = {
      visits: [
        visit("ada", T0, { eligible: true, covered: true }),
        visit("bob", T0, { eligible: true, covered: true }),
        visit("cyd", T0, { eligible: true }),
      ],
      exposures: [offered],
      chats: [chat("ada", T0, { decision: offered.id })],
      orders: [
        order("ada", T0 + HOUR, 50, { covered: false }),
        order("bob", T0 + HOUR, 50, { covered: true }),
      ],
    };
    const row = whole(parts);
    expect(row.coverage_rate).toMatchObject({ numerator: 2, denominator: 3, n: 3 });
    expect(row.coverage_at_order_rate).toMatchObject({ numerator: 1, denominator: 2 });
    expect(row.proactive_conversion).toMatchObject({ numerator: 1, denominator: 1 });
    expect(row.proactive_conversion_among_covered).toMatchObject({ numerator: 1, denominator: 2 });
    // Bob's chat was his own idea: he buys after a chat, not after an invitation.
    const own = whole({ ...parts, chats: [...parts.chats, chat("bob", T0)] });
    expect(own.conversion_after_chat_among_covered).toMatchObject({ numerator: 2, denominator: 2 });
    expect(own.proactive_conversion_among_covered).toMatchObject({ numerator: 1, denominator: 2 });
    expect(row.share_of_visitors_engaged).toMatchObject({ numerator: 1, denominator: 3 });
    expect(row.share_of_orders_assisted).toMatchObject({ numerator: 1, denominator: 2 });
    expect(row.conversion_rate).toMatchObject({ numerator: 2, denominator: 3 });
  });

  test("KPI23: invitations are accepted by a message and clicked by a click, also once a visitor; what capacity held back is apart", () => {
    const [first, again, clicked] = [
      exposure("ada", T0),
      exposure("ada", T0 + HOUR),
      exposure("bob", T0, { opened: true }),
    ];
    const parts = {
      visits: [visit("cyd", T0, { suppressed: true }), visit("dan", T0)],
      exposures: [first, again, clicked],
      chats: [chat("ada", T0 + HOUR, { decision: again.id })],
    };
    const row = whole(parts);
    expect(row.acceptance_rate).toMatchObject({ numerator: 1, denominator: 3 });
    expect(row.click_rate).toMatchObject({ numerator: 2, denominator: 3 });
    expect(row.acceptance_rate_by_visitor).toMatchObject({ numerator: 1, denominator: 2 });
    expect(row.capacity_suppressed.value).toBe(1);
  });

  test("KPI24: a lead converts as a sale does, after a chat too, within its own window", () => {
    const parts = {
      visits: [visit("ada", T0), visit("bob", T0), visit("cyd", T0)],
      chats: [chat("ada", T0), chat("bob", T0)],
      leads: [
        lead("ada", T0 + HOUR, { value: 12.5 }),
        lead("bob", T0 + 30 * HOUR, { value: 9, currency: "USD" }),
      ],
      orders: [order("cyd", T0, 10)],
    };
    const row = whole(parts, { to: T0 + 2 * DAY, leadAttributionMs: 24 * HOUR });
    expect(row.leads.value).toBe(2);
    expect(row.lead_value.value).toBe(12.5);
    expect(row.lead_rate).toMatchObject({ numerator: 1, denominator: 3 });
    expect(row.conversion_rate_with_leads).toMatchObject({ numerator: 2, denominator: 3 });
    expect(row.conversion_after_chat_with_leads).toMatchObject({ numerator: 1, denominator: 2 });
    expect(row.conversion_after_chat).toMatchObject({ numerator: 0, denominator: 2 });
  });

  test("KPI25: returns, repeat purchase and the time to it, whole and by arm, from the first eligible moment", () => {
    const [kept, back, later] = [
      order("ada", T0 + HOUR, 100),
      order("bob", T0 + 2 * HOUR, 60),
      order("ada", T0 + 20 * HOUR, 40),
    ];
    const parts = {
      visits: [visit("ada", T0), visit("bob", T0)],
      exposures: [exposure("ada", T0 + MINUTE), exposure("bob", T0, { arm: "holdout", shown: false })],
      orders: [kept, back, later],
      refunds: [refund(kept, 25), refund(back, null)],
    };
    const row = whole(parts);
    expect(row.return_rate).toMatchObject({ numerator: 2, denominator: 3 });
    expect(row.returned_revenue_rate).toMatchObject({ numerator: 85, denominator: 200 });
    expect(row.repeat_purchase_rate).toMatchObject({ numerator: 1, denominator: 1 });
    const once = {
      visits: [visit("dan", T0)],
      orders: [order("dan", T0, 10), order("dan", T0 + 49 * HOUR, 10)],
    };
    expect(whole(once).repeat_purchase_rate).toMatchObject({ numerator: 0, denominator: 1 });
    expect(row.time_to_purchase_median.value).toBe(3600);
    expect(row.treated_return_rate).toMatchObject({ numerator: 1, denominator: 2 });
    expect(row.holdout_return_rate).toMatchObject({ numerator: 1, denominator: 1 });
    expect(row.treated_repeat_rate).toMatchObject({ numerator: 1, denominator: 1 });
    expect(row.treated_time_to_purchase_median.value).toBe(3540);
    expect(row.holdout_time_to_purchase_median.value).toBeNull();
  });

  test("KPI26: page views without consent are counted, as nobody's", () => {
    const row = whole({
      exempt: [
        { hour: T0, pageViews: 7 },
        { hour: T0 + 2 * DAY, pageViews: 1 },
      ],
    });
    expect(row.exempt_page_views.value).toBe(7);
    expect(row.visitors.value).toBe(0);
  });
});

describe("conversations", () => {
  test("KPI27: who leaves within five seconds is counted apart; who waits longer has abandoned", () => {
    const left = (who: string, after: number) => chat(who, T0, { answeredAt: null, closedAt: T0 + after });
    const row = whole({ chats: [left("a", 4_999), left("b", 5_000), left("c", MINUTE), chat("d", T0)] });
    expect(row.abandoned_short.value).toBe(1);
    expect(row.abandonment_rate).toMatchObject({ numerator: 2, denominator: 3, n: 3 });
    expect(row.abandoned_after_median.value).toBe(5);
  });

  test("KPI28: resolution as observed and as asked stand apart; who is too young for it is in neither", () => {
    const done = (who: string) => chat(who, T0, { closedAt: T0 + HOUR });
    const [quiet, unhappy, back, happy] = [done("ada"), done("bob"), done("cyd"), done("dan")];
    const again = chat("cyd", T0 + 3 * DAY, { closedAt: T0 + 3 * DAY + HOUR });
    const parts = {
      chats: [quiet, unhappy, back, happy, again],
      surveys: [survey(unhappy, { resolved: false }), survey(happy, { resolved: true })],
    };
    const row = whole(parts);
    expect(row.fcr_observed).toMatchObject({ numerator: 3, denominator: 4 });
    expect(row.fcr_asked).toMatchObject({ numerator: 1, denominator: 2, too_few: true });
    expect(row.fcr).toMatchObject({ numerator: 2, denominator: 4 });
    const young = whole(parts, { now: T0 + HOUR + 7 * DAY - 1 });
    expect(young.fcr).toMatchObject({ value: null, denominator: 0 });
  });

  test("KPI29: fewer than thirty answers say so, and their count stays in sight beside who was asked", () => {
    const talks = Array.from({ length: 40 }, (_, index) => chat(`v${index}`, T0, { closedAt: T0 + HOUR }));
    const rated = (n: number) =>
      whole({
        chats: talks,
        surveys: talks.slice(0, n).map((of) => survey(of, { csat: 5, nps: 10, ces: 6 })),
      });
    expect(rated(29).csat).toMatchObject({ value: 1, numerator: 29, denominator: 29, too_few: true });
    expect(rated(29).nps).toMatchObject({ value: 100, n: 29, too_few: true });
    expect(rated(30).csat).not.toHaveProperty("too_few");
    expect(rated(30).csat_response_rate).toMatchObject({ numerator: 30, denominator: 40 });
    expect(rated(0).csat).toMatchObject({ value: null, interval: null });
  });

  test("KPI30: inside business hours a duration is what of it they hold; what lies outside has none", () => {
    // Paris: 17:30, answered at 9:10 the next day; 20:00, answered at 20:01; 10:00, answered after 30 seconds.
    const [evening, night] = [T0 + 7.5 * HOUR, T0 + 10 * HOUR];
    const talks = [
      chat("ada", evening, { answeredAt: T0 + 23 * HOUR + 10 * MINUTE }),
      chat("bob", night, { answeredAt: night + MINUTE }),
      chat("cyd", T0),
    ];
    const open = nineToSix("Europe/Paris");
    const byClock = whole({ chats: talks }, { open });
    expect(byClock.first_reply_median).toMatchObject({ value: 60, n: 3 });
    // 15 h 40, told in steps of half an hour.
    expect(byClock.first_reply_p90.value).toBe(15.5 * 3600);
    const inside = whole({ chats: talks }, { open, businessHours: true });
    expect(inside.first_reply_median).toMatchObject({ value: 30, n: 2 });
    expect(inside.first_reply_p90.value).toBe(40 * 60);
    expect(whole({ chats: talks }, { businessHours: true }).first_reply_median).toMatchObject({ n: 3 });
    const atOnce = [chat("dan", T0, { answeredAt: T0 }), chat("eve", night, { answeredAt: night })];
    expect(whole({ chats: atOnce }, { open, businessHours: true }).first_reply_median).toMatchObject({
      value: 0,
      n: 1,
    });
  });
});

test("KPI30: what lies inside business hours adds up over any cut, over changes of the clock too, and is never more than all", () => {
  const open = nineToSix("Europe/Paris");
  const start = Date.parse("2026-10-22T00:00:00Z");
  const moment = fc.integer({ min: 0, max: 8 * 24 * 3_600 }).map((seconds) => start + seconds * SECOND);
  fc.assert(
    fc.property(moment, moment, moment, (...moments) => {
      const [a, b, c] = moments.toSorted((one, other) => one - other);
      if (a === undefined || b === undefined || c === undefined) throw new Error("three moments");
      const inside = (from: number, to: number) => openSeconds(open, from, to) ?? 0;
      expect(inside(a, b) + inside(b, c)).toBe(inside(a, c));
      expect(inside(a, c)).toBeLessThanOrEqual((c - a) / SECOND);
    }),
  );
  // A Sunday of 25 hours and the Saturday before it are both open for nine.
  expect(openSeconds(open, Date.parse("2026-10-24T00:00Z"), Date.parse("2026-10-26T00:00Z"))).toBe(
    18 * 3_600,
  );
});

describe("agents and costs", () => {
  test("KPI31: occupancy is places filled of places offered while online, concurrency conversations while busy", () => {
    const talk = (who: string, from: number, to: number) =>
      chat(who, T0 + from, { assignedAt: T0 + from, answeredAt: T0 + from + SECOND, closedAt: T0 + to });
    const parts = {
      agentStates: [online("usr_lea", T0, T0 + 2 * HOUR, { capacity: 2 })],
      chats: [talk("a", 0, HOUR), talk("b", HOUR / 2, HOUR), talk("c", 1.5 * HOUR, 2.5 * HOUR)],
      orders: [order("a", T0 + MINUTE, 60)],
    };
    const row = whole(parts);
    expect(row.agent_hours.value).toBe(2);
    // Filled: 1 h + ½ h + ½ h online; conversations: 2½ h in 2 h of being busy.
    expect(row.occupancy).toMatchObject({ value: 0.5, numerator: 7_200, denominator: 14_400 });
    expect(row.concurrency).toMatchObject({ value: 1.25, numerator: 9_000, denominator: 7_200 });
    expect(row.chats_per_agent_hour).toMatchObject({ value: 1.5, numerator: 3, denominator: 2 });
    expect(row.sales_per_agent_hour).toMatchObject({ value: 0.5, numerator: 1, denominator: 2 });
    expect(row.revenue_per_agent_hour).toMatchObject({ value: 30, numerator: 60, denominator: 2 });
    const nobody = whole({ ...parts, agentStates: [] });
    expect([nobody.occupancy.value, nobody.chats_per_agent_hour.value]).toEqual([null, null]);
  });

  test("KPI31: one agent in two stretches at once is one; nobody fills more places than there are", () => {
    const row = whole({
      agentStates: [
        online("usr_lea", T0, T0 + HOUR, { capacity: 1 }),
        online("usr_lea", T0, T0 + HOUR, { capacity: 2 }),
      ],
      chats: ["a", "b", "c"].map((who) => chat(who, T0, { answeredAt: T0, closedAt: T0 + HOUR })),
    });
    expect(row.agent_hours.value).toBe(1);
    expect(row.occupancy).toMatchObject({ value: 1, numerator: 7_200, denominator: 7_200 });
  });

  test("KPI32: what chat costs is told once it was entered, for rows that bear a known part of it", () => {
    const parts = {
      agentStates: [online("usr_lea", T0, T0 + 2 * HOUR)],
      chats: [chat("a", T0), chat("b", T0)],
      orders: [order("a", T0 + MINUTE, 200)],
    };
    const days = 365.2425 / 12;
    const asked = { from: T0, to: T0 + DAY, costs: { agentHour: 20, platformMonth: 10 * days, margin: 0.5 } };
    const row = whole(parts, asked);
    expect(row.cost_total.value).toBeCloseTo(50, 9);
    expect(row.cost_per_contact.value).toBeCloseTo(25, 9);
    expect(row.gross_roi_attributed.value).toBeCloseTo(1, 9);
    expect(whole(parts).cost_per_contact.value).toBeNull();
    const noon = whole(parts, { ...asked, now: T0 + DAY / 2 });
    expect(noon.cost_total.value).toBeCloseTo(45, 9);
    const [lea] = kpiRows(history(parts), { ...scope, ...asked, groupBy: "agent" });
    expect(lea?.cost_total.value).toBeNull();
  });
});
