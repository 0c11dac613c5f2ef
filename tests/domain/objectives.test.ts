import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BENCHMARKS } from "../../domain/objectives/benchmarks.ts";
import { ACTIONS, FINDINGS, guide, type GuideInput } from "../../domain/objectives/guide.ts";
import { ledgerRows, type LedgerRow, type MeasuredEffect } from "../../domain/objectives/ledger.ts";
import { type Objective, Pilot } from "../../domain/objectives/objective.ts";
import type { MeasuredKpi } from "../../domain/objectives/measured-kpis.ts";
import { type Carrier, pilotFault, sourceOf } from "../../domain/objectives/pilot-reading.ts";
import { dayStart, lineAt, progressOf, spanRead } from "../../domain/objectives/progress.ts";
import {
  judgeCriterion,
  judgePilot,
  type Reading,
  readingOf,
  sideOf,
} from "../../domain/objectives/verdict.ts";
import { figuresOf, type KpiFigures } from "../../domain/kpi/figures.ts";
import { emptyTally, type Tally } from "../../domain/kpi/tally.ts";

const ZONE = "Europe/Paris";
const at = (date: string) => dayStart(date, ZONE);

const OBJECTIVE: Objective = {
  name: "More accept",
  kpi: "acceptance_rate",
  baseline: 0.1,
  target: 0.2,
  starts_on: "2026-03-01",
  due_on: "2026-04-29",
  window_days: 28,
  owner: "Anne",
  business_hours: false,
};

function reading(value: number, low: number, high: number, n = 1_000): Reading {
  return { value, numerator: value * n, denominator: n, n, interval: [low, high] };
}

describe("objectives", () => {
  test("OBJ1: an objective is read over whole days, also over the change of the clocks, and never past its end", () => {
    const noon = at("2026-03-31") + 12 * 3_600_000;
    expect(spanRead(OBJECTIVE, ZONE, noon)).toEqual({ from: at("2026-03-03"), to: at("2026-03-31") });
    // The clocks went forward on the 29th: the days are still whole.
    expect((at("2026-03-31") - at("2026-03-03")) % 86_400_000).toBe(23 * 3_600_000);
    const later = at("2026-08-01");
    expect(spanRead(OBJECTIVE, ZONE, later)).toEqual({ from: at("2026-04-02"), to: at("2026-04-30") });
    expect(spanRead(OBJECTIVE, ZONE, at("2026-03-01") + 1)).toBeNull();
  });

  test("OBJ2: the line goes from the baseline to the target, and a figure is held against the middle of its days", () => {
    expect(lineAt(OBJECTIVE, ZONE, at("2026-01-01"))).toBe(0.1);
    expect(lineAt(OBJECTIVE, ZONE, at("2026-05-30"))).toBe(0.2);
    const now = at("2026-03-31");
    const middle = (at("2026-03-03") + now) / 2;
    const { expected, daysLeft, done } = progressOf(OBJECTIVE, reading(0.15, 0.14, 0.16), {
      zone: ZONE,
      now,
    });
    expect(expected).toBe(lineAt(OBJECTIVE, ZONE, middle));
    expect(daysLeft).toBe(30);
    expect(done).toBeCloseTo(0.5, 12);
  });

  const NOW = at("2026-03-31");
  const LATER = at("2026-06-01");
  test.each([
    ["on_track", reading(0.15, 0.14, 0.16), NOW],
    ["at_risk", reading(0.11, 0.1, 0.12), NOW],
    ["undecided", reading(0.12, 0.1, 0.14), NOW],
    ["reached", reading(0.25, 0.21, 0.29), NOW],
    ["reached", reading(0.25, 0.21, 0.29), LATER],
    ["missed", reading(0.15, 0.14, 0.16), LATER],
    ["not_proven", reading(0.21, 0.19, 0.23), LATER],
    ["too_few", reading(0.5, 0.3, 0.7, 10), NOW],
    ["too_few", { value: null, numerator: 0, denominator: 0, n: 0, interval: null }, NOW],
  ] as const)("OBJ3: all of the interval decides: %s", (state, of, now) => {
    expect(progressOf(OBJECTIVE, of, { zone: ZONE, now }).state).toBe(state);
  });

  test("OBJ3: where less is better, the sides are the other way round", () => {
    const waits: Objective = { ...OBJECTIVE, kpi: "waiting_median", baseline: 60, target: 30 };
    const state = (of: Reading) => progressOf(waits, of, { zone: ZONE, now: NOW }).state;
    expect(state(reading(20, 18, 25))).toBe("reached");
    expect(state(reading(59, 58, 61))).toBe("at_risk");
    const kept: Objective = { ...waits, target: 60 };
    expect(progressOf(kept, reading(40, 35, 45), { zone: ZONE, now: NOW })).toMatchObject({
      state: "reached",
      done: null,
    });
  });

  test("OBJ3: an interval that holds the bound never decides, and one that does not always does", () => {
    const number = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(number, number, number, fc.boolean(), (a, b, bound, higher) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const side = sideOf(reading((low + high) / 2, low, high), bound, higher);
        if (low < bound && bound < high) expect(side).toBe("around");
        if (low > bound) expect(side).toBe(higher ? "beyond" : "short");
        if (high < bound) expect(side).toBe(higher ? "short" : "beyond");
      }),
    );
  });

  test("OBJ3: a count has an interval here, as the count of days that might have gone otherwise", () => {
    const figures = figuresOf({ ...emptyTally(), total_orders: 100 });
    expect(figures.orders.interval).toBeNull();
    const { interval } = readingOf("orders", figures.orders);
    expect(interval?.[0]).toBeCloseTo(81.36, 1);
    expect(interval?.[1]).toBeCloseTo(121.63, 1);
  });
});

describe("intervals without width", () => {
  const SAME = figuresOf({
    ...emptyTally(),
    nps: { 10: 30 },
    csat: { 5: 30 },
    ces: { 4: 30 },
    surveys_sent: 40,
    // Thirty visitors, each with one order of 33.33.
    total_orders: 30,
    buyers: 30,
    total_revenue_cents: 99_990,
    orders_sq: 30,
    revenue_sq: 30 * 3_333 ** 2,
    revenue_x_orders: 99_990,
    // And thirty whose three orders were one of 10 and two of nothing.
    assisted_orders: 90,
    assisted_buyers: 30,
    assisted_revenue_cents: 30_000,
    assisted_revenue_sq: 30 * 1_000 ** 2,
    assisted_orders_sq: 270,
    assisted_revenue_x_orders: 90_000,
    waiting: new Map([[5, 40]]),
  });

  test("OBJ12: answers that are all the same have an interval of those that may be out of sight", () => {
    // Of 30 answers none was another: by Wilson up to 11.35 % may be, at worst the other end of the scale.
    const others = 1.959964 ** 2 / (30 + 1.959964 ** 2);
    expect(SAME.nps).toMatchObject({ value: 100, interval: [expect.closeTo(100 - 200 * others, 3), 100] });
    expect(SAME.csat_mean).toMatchObject({ value: 5, interval: [expect.closeTo(5 - 4 * others, 5), 5] });
    expect(SAME.ces_mean.interval).toEqual([
      expect.closeTo(4 - 3 * others, 5),
      expect.closeTo(4 + 3 * others, 5),
    ]);
    const passive = figuresOf({ ...emptyTally(), nps: { 7: 20, 8: 20 } });
    expect(passive.nps.interval?.[0]).toBeLessThan(-8);
    expect(passive.nps.interval?.[1]).toBeGreaterThan(8);
  });

  test("OBJ12: baskets that are all the same have none, also where their shares do not divide evenly", () => {
    expect(SAME.aov).toMatchObject({ value: 33.33, n: 30, interval: null });
    expect(SAME.aov_assisted).toMatchObject({ n: 30, interval: null });
    const free = figuresOf({ ...emptyTally(), agent_online_ms: 3_600_000, assisted_buyers: 3 });
    expect(free.revenue_per_agent_hour).toMatchObject({ value: 0, interval: null });
  });

  test("OBJ12: nothing is reached, met or missed by an interval without width", () => {
    const equal = reading(30, 30, 30);
    expect(sideOf(equal, 20, true)).toBeNull();
    expect(sideOf(equal, 40, true)).toBeNull();
    const basket: Objective = { ...OBJECTIVE, kpi: "aov", baseline: 20, target: 30 };
    const noon = { zone: ZONE, now: at("2026-03-31") };
    expect(progressOf(basket, readingOf("aov", SAME.aov), noon).state).toBe("too_few");
    const nps = { kpi: "nps", bound: "at_least", value: 90 } as const;
    expect(judgeCriterion(nps, readingOf("nps", SAME.nps))).toBe("undecided");
    expect(judgeCriterion({ ...nps, value: 75 }, readingOf("nps", SAME.nps))).toBe("met");
  });

  test("OBJ12: whole seconds that everybody shared are a second wide, and say what they say", () => {
    expect(readingOf("waiting_median", SAME.waiting_median)).toMatchObject({ value: 5, interval: [5, 6] });
    const most = { kpi: "waiting_median", bound: "at_most", value: 60 } as const;
    expect(judgeCriterion(most, readingOf("waiting_median", SAME.waiting_median))).toBe("met");
  });
});

describe("pilots", () => {
  test("OBJ4: a pilot names its agents, pages and share of traffic, and at least one criterion", () => {
    const pilot = {
      name: "Cart",
      stage: "Two agents",
      next_stage: "All agents",
      share: 0.2,
      starts_on: "2026-03-01",
      ends_on: "2026-04-01",
    };
    expect(Pilot.safeParse({ ...pilot, criteria: [] }).success).toBe(false);
    const criteria = [{ kpi: "csat", bound: "at_least", value: 0.85 }];
    expect(Pilot.safeParse({ ...pilot, criteria }).success).toBe(true);
    expect(Pilot.safeParse({ ...pilot, criteria, share: 0 }).success).toBe(false);
    expect(Pilot.safeParse({ ...pilot, criteria, pages: ["cart"] }).success).toBe(false);
  });

  test("OBJ5: on only with every criterion met, stopped by one that is not, extended while one is open", () => {
    const over = { startsAt: 0, endsAt: 10, now: 10 };
    expect(judgePilot(["met", "met"], over)).toBe("advance");
    expect(judgePilot(["met", "not_met", "undecided"], over)).toBe("stop");
    expect(judgePilot(["met", "too_few"], over)).toBe("extend");
    expect(judgePilot(["not_met"], { ...over, now: 9 })).toBe("running");
    expect(judgePilot(["met"], { ...over, now: -1 })).toBe("planned");
    const most = { kpi: "waiting_p90", bound: "at_most", value: 60 } as const;
    expect(judgeCriterion(most, reading(50, 40, 55))).toBe("met");
    expect(judgeCriterion(most, reading(50, 40, 61))).toBe("undecided");
    expect(judgeCriterion(most, reading(80, 70, 90))).toBe("not_met");
    expect(judgeCriterion(most, reading(80, 70, 90, 5))).toBe("too_few");
  });
});

describe("who takes part in a pilot", () => {
  const PILOT = Pilot.parse({
    name: "Cart",
    stage: "Two agents",
    next_stage: "All agents",
    share: 0.2,
    pages: ["/cart", "/checkout"],
    campaign: "cmp_1",
    starts_on: "2026-03-01",
    ends_on: "2026-04-01",
    criteria: [{ kpi: "acceptance_rate", bound: "at_least", value: 0.05 }],
  });
  const carrier = (condition: object, more: object = {}) => ({
    condition: { ...condition },
    holdout: 0.8,
    namespace: null,
    ...more,
  });
  const ON_BOTH = { "page.path": { $in: ["/cart", "/checkout"] } };
  const faultOf = (of: Partial<Pilot>, ...carriers: Carrier[]) => {
    const fault = pilotFault({ ...PILOT, ...of }, carriers);
    return fault && [fault.code, fault.path];
  };

  test("OBJ13: pages and a share are carried by a campaign that does what they say, in each of its phases", () => {
    expect(faultOf({}, carrier(ON_BOTH))).toBeNull();
    expect(
      faultOf({}, carrier(ON_BOTH, { holdout: 0.2, namespace: { key: "n", from: 0, to: 0.25 } })),
    ).toBeNull();
    expect(faultOf({ campaign: null })).toEqual(["no_campaign", "campaign"]);
    expect(faultOf({ campaign: null, pages: [] })).toEqual(["no_campaign", "campaign"]);
    expect(faultOf({ campaign: null, pages: [], share: 1 })).toBeNull();
    expect(faultOf({}, carrier(ON_BOTH, { holdout: 0.1 }))).toEqual(["other_share", "share"]);
    expect(faultOf({}, carrier(ON_BOTH), carrier(ON_BOTH, { holdout: 0 }))).toEqual(["other_share", "share"]);
  });

  test.each([
    ["both in a list, with more beside", { $and: [ON_BOTH, { "visit.pages": { $gt: 2 } }] }, null],
    [
      "one of them or the other",
      { $or: [{ "page.path": "/cart" }, { "page.path": { $eq: "/checkout" } }] },
      null,
    ],
    ["an expression that both match", { "page.path": { $regex: "^/(cart|checkout)$" } }, null],
    ["all pages", {}, "other_pages"],
    ["one of them only", { "page.path": "/cart" }, "other_pages"],
    ["a third one as well", { "page.path": { $in: ["/cart", "/checkout", "/help"] } }, "other_pages"],
    ["every page but these", { "page.path": { $nin: ["/cart", "/checkout"] } }, "other_pages"],
    ["these or whoever has a cart", { $or: [ON_BOTH, { "cart.value": { $gt: 0 } }] }, "other_pages"],
  ])("OBJ13: the condition of its campaign keeps to its pages or not: %s", (_, condition, expected) => {
    expect(faultOf({}, carrier(condition))?.[0] ?? null).toBe(expected);
  });

  test("OBJ14: each figure is read of those whom it is about, and one that nobody knows is refused", () => {
    const both = { agents: ["usr_1"], campaign: "cmp_1" };
    const agents = { agents: ["usr_1"], campaign: null };
    const campaign = { agents: [], campaign: "cmp_1" };
    const site = { agents: [], campaign: null };
    const sources = (kpi: MeasuredKpi) => [both, agents, campaign, site].map((of) => sourceOf(kpi, of));
    expect(sources("csat")).toEqual(["agents", "agents", "campaign", "site"]);
    expect(sources("acceptance_rate")).toEqual(["campaign", null, "campaign", "site"]);
    expect(sources("abandonment_rate")).toEqual(["campaign", null, "campaign", "site"]);
    expect(sources("sales_per_agent_hour")).toEqual(["agents", "agents", null, "site"]);
    expect(sources("coverage_rate")).toEqual([null, null, null, "site"]);
    const criteria = [...PILOT.criteria, { kpi: "coverage_rate", bound: "at_least", value: 0.5 } as const];
    expect(faultOf({ criteria }, carrier(ON_BOTH))).toEqual(["unknown_figure", "criteria.1.kpi"]);
  });
});

const EFFECT: MeasuredEffect = {
  state: "inconclusive",
  treated: 9_000,
  control: 1_000,
  controlConversions: 50,
  difference: 0.001,
  interval: [-0.01, 0.02],
  planned: 0.01,
  incrementalSales: { value: 9, low: -90, high: 180 },
  incrementalRevenue: null,
  incrementalMargin: null,
  cost: null,
  net: null,
};

function figuresIn(some: Partial<Tally>): KpiFigures {
  return figuresOf({ ...emptyTally(), ...some });
}

function found(input: Partial<GuideInput> & { effect?: Partial<MeasuredEffect>; own?: Partial<Tally> }) {
  const own = figuresIn({ triggered: 10_000, held_out: 1_000, displayed: 9_000, ...input.own });
  const campaigns = new Map([["cmp_1", own]]);
  const ledger = ledgerRows(
    [{ campaign: "cmp_1", name: "Cart", status: "live", effect: { ...EFFECT, ...input.effect } }],
    campaigns,
  );
  const site = input.site ?? figuresIn({});
  return guide({ waitTargetSeconds: 60, margin: 0.5, ...input, site, campaigns, ledger });
}

describe("the guide", () => {
  test("OBJ6: nothing wrong, nothing found; every finding has one action and the figure that it rests on", () => {
    expect(found({})).toEqual([]);
    expect(Object.keys(ACTIONS).toSorted()).toEqual([...FINDINGS].toSorted());
  });

  test("OBJ7: acceptance below the site's leads to the message", () => {
    const site = figuresIn({ invites_displayed: 20_000, invites_accepted: 2_000 });
    const own = { invites_displayed: 5_000, invites_accepted: 250 };
    const [finding, ...others] = found({ site, own });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: "acceptance_low",
      action: "change_message",
      subject: "cmp_1",
      bound: 0.1,
      figure: { value: 0.05, numerator: 250, denominator: 5_000 },
    });
    // What chance alone may have done is no finding.
    expect(found({ site, own: { invites_displayed: 5_000, invites_accepted: 490 } })).toEqual([]);
    expect(found({ site, own: { invites_displayed: 50, invites_accepted: 0 } })).toEqual([]);
  });

  test("OBJ7: a rule that fires without effect leads to the rule; an effect that is small to the offer", () => {
    const none = { state: "no_difference_planned", difference: 0, interval: [-0.004, 0.004] } as const;
    expect(found({ effect: none }).map(({ code, action }) => [code, action])).toEqual([
      ["no_effect", "change_rule"],
    ]);
    const small = { state: "likely_better", difference: 0.005, interval: [0.002, 0.008] } as const;
    expect(found({ effect: small }).map(({ code, action }) => [code, action])).toEqual([
      ["lift_low", "change_offer"],
    ]);
    const large = { state: "likely_better", difference: 0.02, interval: [0.012, 0.028] } as const;
    expect(found({ effect: large })).toEqual([]);
    const worse = { state: "likely_worse", difference: -0.02, interval: [-0.03, -0.01] } as const;
    expect(found({ effect: worse }).map(({ code, action }) => [code, action])).toEqual([["harm", "pause"]]);
  });

  test("OBJ7: a rule that fires without effect is found without a plan too, by a tenth of what comes unasked", () => {
    // 50 of 1,000 of those held out bought: a tenth more is half a point.
    const none = { state: "inconclusive", planned: null, difference: 0, interval: [-0.004, 0.0049] } as const;
    expect(found({ effect: none })).toMatchObject([
      { code: "no_effect", action: "change_rule", bound: 0.005 },
    ]);
    const small = { ...none, state: "likely_better", difference: 0.003, interval: [0.001, 0.0049] } as const;
    expect(found({ effect: small })).toMatchObject([{ code: "lift_small", action: "change_offer" }]);
    // That visitors accept proves no effect.
    const own = { invites_displayed: 20_000, invites_accepted: 3_000 };
    expect(found({ own, effect: none })).toMatchObject([{ code: "no_effect", action: "change_rule" }]);
    expect(found({ own, effect: { ...none, planned: 0.005 } })).toMatchObject([{ code: "no_effect" }]);
    // An interval that holds it says nothing yet; nor does one that is hidden.
    expect(found({ effect: { ...none, interval: [-0.004, 0.0051] } })).toEqual([]);
    expect(found({ effect: { ...none, interval: null, difference: null } })).toEqual([]);
    expect(found({ effect: { ...none, controlConversions: null } })).toEqual([]);
  });

  test("OBJ7: without a hold-out, or with too few sales in it, the first thing to do is to be able to measure", () => {
    const hidden = { difference: null, interval: null, incrementalSales: null };
    expect(found({ effect: { ...hidden, state: "not_measurable" } })[0]).toMatchObject({
      code: "no_holdout",
      action: "hold_out",
    });
    expect(found({ effect: { ...hidden, state: "too_few", controlConversions: 4 } })[0]).toMatchObject({
      code: "holdout_too_few",
      action: "raise_holdout",
      figure: { numerator: 4 },
      bound: 10,
    });
  });

  test("OBJ7: long waits, abandonment and low satisfaction lead to staffing and to the conversations", () => {
    const waiting = new Map(Array.from({ length: 200 }, (_, index) => [60 + index, 1]));
    const site = figuresIn({
      waiting,
      conversations: 1_000,
      abandoned: 300,
      csat: { 1: 100, 5: 100 },
      surveys_sent: 4_000,
    });
    expect(found({ site }).map(({ code }) => code)).toEqual([
      "wait_long",
      "abandonment_high",
      "csat_low",
      "few_answers",
    ]);
  });

  test("OBJ7: what is paused or a draft asks for nothing", () => {
    const row = { campaign: "a", name: "A", effect: { ...EFFECT, state: "not_measurable" } } as const;
    const ledger: LedgerRow[] = ledgerRows([{ ...row, status: "paused" }], new Map());
    const input = { site: figuresIn({}), campaigns: new Map(), waitTargetSeconds: 60, margin: 1 };
    expect(guide({ ...input, ledger })).toEqual([]);
  });
});

test("OBJ8: what a campaign set off is of the span, and its money is that of its present phase", () => {
  const effect = { ...EFFECT, cost: 200 };
  const row = { campaign: "cmp_1", name: "Cart", status: "live", effect } as const;
  const own = new Map([["cmp_1", figuresIn({ triggered: 7, chats_handled: 25 })]]);
  expect(ledgerRows([row], own)[0]).toMatchObject({ triggered: 7, chats: 25, effect: { cost: 200 } });
  expect(ledgerRows([row], new Map())[0]).toMatchObject({ triggered: 0, chats: 0, effect: { cost: 200 } });
});

test("OBJ9: every published claim names its source, its year and what it lies between", () => {
  for (const { low, high, years, source, url } of BENCHMARKS) {
    expect(low).toBeLessThan(high);
    expect(years[0]).toBeGreaterThan(2000);
    expect(years[1]).toBeGreaterThanOrEqual(years[0]);
    expect(source).not.toBe("");
    expect(new URL(url).protocol).toBe("https:");
  }
});
