/** The result of a phase: who is counted, what may be read, and what is hidden. */
import { describe, expect, test } from "vitest";
import { creditsOf } from "../../domain/results/credited.ts";
import { resultPanel } from "../../domain/results/panel.ts";
import type { PhaseFacts } from "../../domain/results/phase.ts";
import { addSums, emptySums, SUMS } from "../../domain/results/sums.ts";
import { type EligibleMoment, type PhaseSums, type Success, sumPhase } from "../../domain/results/units.ts";
import { resultWire } from "../../domain/results/wire.ts";
import { orderDiscount, orderTotal } from "../../domain/visit/commerce.ts";
import { mulberry } from "../mulberry.ts";
import { DAY, dayOf, HOUR, MINUTE, moment, T0 } from "./phase-history.ts";

const rule = { windowMs: 48 * HOUR, capCents: null, until: null, now: T0 + 60 * DAY, dayOf };

const bought = (visitor: string, at: number, cents = 1_000): Success => ({
  id: `o_${visitor}_${at}`,
  visitor,
  at,
  cents,
});

function factsOf(sums: PhaseSums, more: Partial<PhaseFacts> = {}): PhaseFacts {
  return {
    sums,
    startedAt: T0,
    stoppedAt: null,
    now: T0 + 28 * DAY,
    countedAt: T0 + 28 * DAY,
    windowMs: 48 * HOUR,
    holdout: 0.2,
    variants: [{ key: "a", weight: 1 }],
    fixedShares: true,
    plan: { baseline: 0.07, effect: 0.01, power: 0.8, spend_cap: null },
    plannedEnd: T0 + 42 * DAY,
    goal: "sale",
    economics: { margin: 0.5, agent_hour: 30 },
    startOfDay: (day) => Date.parse(`${day}T00:00:00Z`),
    ...more,
  };
}

type Arm = { n: number; x: number; more?: Partial<ReturnType<typeof emptySums>> };
/** `days` equal days of each arm. */
function sumsOf(days: number, arms: Record<string, Arm>): PhaseSums {
  const all = Array.from({ length: days }, (_, index) => [
    dayOf(T0 + index * DAY),
    Object.fromEntries(
      Object.entries(arms).map(([key, { n, x, more }]) => [
        key,
        {
          ...emptySums(),
          n,
          moments: n,
          conversions: x,
          orders: x,
          revenue_cents: x * 9_000,
          revenue_sq: x * 9_000 ** 2,
          device: { desktop: n },
          browser: { Firefox: n },
          ...more,
        },
      ]),
    ),
  ]);
  return { days: Object.fromEntries(all) as PhaseSums["days"], multiple: 0, multipleByDay: {} };
}

/** `arms` in all, spread evenly over a week. */
function weekOf(arms: Record<string, Arm>): PhaseSums {
  const sums = sumsOf(7, arms);
  const share = (all: number, day: number) => Math.floor((all * (day + 1)) / 7) - Math.floor((all * day) / 7);
  Object.values(sums.days).forEach((day, index) => {
    for (const [key, { n, x }] of Object.entries(arms)) {
      const seen = share(n, index);
      const named = { device: { desktop: seen }, browser: { Firefox: seen } };
      Object.assign(day[key] ?? {}, { n: seen, conversions: share(x, index), ...named });
    }
  });
  return sums;
}

describe("who is counted", () => {
  test("KPI15: everybody of an arm counts, once, from their first eligible moment and within the window", () => {
    const moments = [
      moment("a", "treated"),
      moment("a", "treated", { eligibleAt: T0 + DAY }),
      moment("b", "holdout"),
    ];
    const successes = [bought("a", T0 + 2), bought("b", T0 - 1), bought("b", T0 + 50 * HOUR)];
    const { days, multiple } = sumPhase({ moments, successes, talks: [], joins: [] }, rule);
    const [day] = Object.values(days);
    expect(day?.["treated:a"]).toMatchObject({ n: 1, moments: 2, conversions: 1, revenue_cents: 1_000 });
    expect(day?.["holdout"]).toMatchObject({ n: 1, conversions: 0, before_cents: 1_000 });
    expect(multiple).toBe(0);
    const reversed = sumPhase(
      { moments: moments.toReversed(), successes: successes.toReversed(), talks: [], joins: [] },
      rule,
    );
    expect(reversed.days).toEqual(days);
  });

  test("RES2: who was seen in two arms or variants is left out of both, and counted", () => {
    const moments = [
      moment("a", "treated"),
      moment("a", "holdout", { eligibleAt: T0 + DAY }),
      moment("b", "treated", { variant: "a" }),
      moment("b", "treated", { variant: "b", eligibleAt: T0 + 1 }),
      moment("c", "treated"),
    ];
    const sums = sumPhase(
      { moments, successes: [bought("a", T0 + 5), bought("b", T0 + 5)], talks: [], joins: [] },
      rule,
    );
    expect(sums.multiple).toBe(2);
    const panel = resultPanel(
      factsOf(sums, {
        variants: [
          { key: "a", weight: 1 },
          { key: "b", weight: 1 },
        ],
      }),
    );
    expect(panel.arms.treated).toMatchObject({ visitors: 1, conversions: 0 });
    expect(panel.guards.multiple).toEqual({ visitors: 2, share: 2 / 3 });
  });

  test("RES3: a large order counts up to the plan's cap in the capped reading alone", () => {
    const moments = [moment("a", "treated"), moment("b", "treated")];
    const successes = [bought("a", T0 + 1, 90_000), bought("a", T0 + 2, 20_000), bought("b", T0 + 1, 5_000)];
    const { days } = sumPhase({ moments, successes, talks: [], joins: [] }, { ...rule, capCents: 60_000 });
    expect(Object.values(days)[0]?.["treated:a"]).toMatchObject({
      revenue_cents: 115_000,
      capped_cents: 65_000,
      capped: 1,
      orders: 3,
      conversions: 2,
    });
  });

  test("RES4: an order is credited as in the KPIs: to the first answered chat of the person whose window holds it", () => {
    const talk = (id: string, visitor: string, minute: number, decision: string | null = null) => ({
      id,
      visitor,
      decision,
      startedAt: T0 + minute * MINUTE,
      answeredAt: T0 + (minute + 1) * MINUTE,
      closedAt: T0 + (minute + 5) * MINUTE,
    });
    const history = {
      // Ada asked unasked first, on her phone; then by the invitation; Bob by the invitation alone.
      chats: [talk("c1", "phone", 0), talk("c2", "desk", 300, "dec_ada"), talk("c3", "bob", 0, "dec_bob")],
      visits: [
        { id: "s1", visitor: "phone", startedAt: T0, endedAt: T0 + HOUR },
        { id: "s2", visitor: "desk", startedAt: T0 + 290 * MINUTE, endedAt: T0 + 310 * MINUTE },
      ],
      persons: new Map([
        ["phone", "user:ada"],
        ["desk", "user:ada"],
      ]),
    };
    const order = (id: string, person: string, minute: number, cents: number) => ({
      id,
      person,
      at: T0 + minute * MINUTE,
      cents,
    });
    const done = [
      order("o1", "user:ada", 179, 100),
      order("o2", "user:ada", 303, 300),
      order("o3", "user:ada", 310 + 121, 900),
      // Before anybody answered, and after the visitor had asked.
      order("o4", "bob", 0.5, 500),
      order("o5", "bob", -1, 700),
    ];
    const credits = creditsOf(history, done, 2 * HOUR);
    expect(Object.fromEntries(credits)).toEqual({
      dec_ada: [{ at: T0 + 303 * MINUTE, cents: 300 }],
      dec_bob: [{ at: T0 + 0.5 * MINUTE, cents: 500 }],
    });
    const moments = [
      moment("ada", "treated", { id: "dec_ada", credited: [{ at: T0 + 1, cents: 300 }] }),
      moment("ada", "treated", {
        eligibleAt: T0 + 1,
        credited: [
          { at: T0 + 2, cents: 20 },
          { at: T0 + 3, cents: 30 },
        ],
      }),
    ];
    const talks = [{ visitor: "ada", at: T0 }];
    const { days } = sumPhase({ moments, successes: [bought("ada", T0 + 1)], talks, joins: [] }, rule);
    expect(Object.values(days)[0]?.["treated:a"]).toMatchObject({
      attributed_orders: 3,
      attributed_cents: 350,
      reached_conversions: 1,
    });
  });
});

/** Everything of the answer that tells an effect. */
function told(facts: PhaseFacts): Record<string, unknown> {
  const wire = resultWire(resultPanel(facts));
  const { difference, relative, sequential, fixed, probability, incremental_sales } = wire;
  const { incremental_revenue, net, roi, per_conversation, selection, revenue_per_visitor } = wire;
  const variants = wire.variants.map(({ comparison }) => comparison?.difference ?? null);
  return {
    difference,
    relative,
    sequential,
    fixed,
    probability,
    incremental_sales,
    incremental_revenue,
    net,
    roi,
    per_conversation,
    selection,
    revenue_per_visitor,
    course: wire.course.length === 0 ? null : wire.course,
    between: wire.between.length === 0 ? null : wire.between,
    variants: variants.every((one) => one === null) ? null : variants,
    cannibalised: wire.cannibalisation.orders,
  };
}
const NOTHING = (facts: PhaseFacts) => Object.fromEntries(Object.keys(told(facts)).map((key) => [key, null]));

describe("what may be read", () => {
  const better = sumsOf(28, { "treated:a": { n: 686, x: 62 }, holdout: { n: 172, x: 12 } });

  test("RES5: a split that is not the planned one hides every figure of an effect, and says where it goes wrong", () => {
    const sums = sumsOf(28, { "treated:a": { n: 286, x: 40 }, holdout: { n: 250, x: 12 } });
    for (const arms of Object.values(sums.days)) {
      const [treated, holdout] = [arms["treated:a"], arms["holdout"]];
      if (treated === undefined || holdout === undefined) throw new Error("no arms");
      treated.browser = { Firefox: 143, Safari: 143 };
      holdout.browser = { Firefox: 143, Safari: 107 };
    }
    const facts = factsOf(sums, { holdout: 0.5, variants: [{ key: "a", weight: 1 }] });
    const panel = resultPanel(facts);
    expect(panel.overall.state).toBe("unusable_split");
    expect(told(facts)).toEqual(NOTHING(facts));
    expect(panel.guards.split).toMatchObject({
      flag: true,
      users: [250 * 28, 286 * 28],
      largestGap: { dimension: "browser", name: "Safari" },
    });
    expect(panel.guards.split.since).not.toBeNull();
  });

  test("RES6: before seven days nothing is told, however large it looks", () => {
    const sums = sumsOf(6, { "treated:a": { n: 686, x: 200 }, holdout: { n: 172, x: 12 } });
    const facts = factsOf(sums, { now: T0 + 6 * DAY });
    expect(resultPanel(facts).overall.state).toBe("collecting");
    expect(told(facts)).toEqual(NOTHING(facts));
    // The seventh day, and the window of those who came on it.
    expect(resultWire(resultPanel(facts)).earliest_reading_at).toBe("2026-10-28T00:00:00.000Z");
  });

  test("KPI16: with few sales the interval is Newcombe's, which stays possible, and it says so", () => {
    // The examples of Newcombe (1998), method 10.
    const example = (treated: Arm, holdout: Arm) =>
      resultPanel(factsOf(weekOf({ "treated:a": treated, holdout }), { holdout: 0.5 })).overall.difference;
    const few = example({ n: 56, x: 5 }, { n: 29, x: 0 });
    expect(few?.method).toBe("newcombe");
    expect(few?.low).toBeCloseTo(-0.0381, 4);
    expect(few?.high).toBeCloseTo(0.1926, 4);
    const fewer = example({ n: 10, x: 9 }, { n: 10, x: 3 });
    expect(fewer?.low).toBeCloseTo(0.1705, 4);
    expect(fewer?.high).toBeCloseTo(0.809, 4);
  });

  test("RES7: of fewer than ten sales in an arm the exact difference is told, and no relative lift", () => {
    const sums = sumsOf(10, { "treated:a": { n: 120, x: 3 }, holdout: { n: 30, x: 0 } });
    const wire = resultWire(resultPanel(factsOf(sums, { now: T0 + 10 * DAY })));
    expect(wire).toMatchObject({
      state: "too_few",
      relative: null,
      probability: null,
      scarce: { arm: "control", of: "conversions", count: 0 },
    });
    expect(wire.difference?.method).toBe("newcombe");
  });

  test("RES8: without a hold-out nothing is measurable, and what is attributed says so by its name", () => {
    const sums = sumsOf(28, { "treated:a": { n: 686, x: 62, more: { attributed_orders: 4 } } });
    const facts = factsOf(sums, { holdout: 0 });
    const wire = resultWire(resultPanel(facts));
    expect(wire.state).toBe("not_measurable");
    expect(told(facts)).toEqual(NOTHING(facts));
    expect(wire.attributed.orders).toBe(4 * 28);
    expect(wire.srm.flag).toBe(false);
  });

  test("RES9: the money follows the interval that is shown: sales, revenue, margin, agents, net", () => {
    const wire = resultWire(resultPanel(factsOf(better)));
    const { difference, incremental_sales, incremental_revenue, revenue_per_visitor, net } = wire;
    expect(wire.basis).toBe("sequential");
    const n = 686 * 28;
    expect(incremental_sales?.value).toBeCloseTo((difference?.value ?? NaN) * n, 6);
    expect(incremental_sales?.low).toBeCloseTo((difference?.low ?? NaN) * n, 6);
    expect(incremental_revenue?.high).toBeCloseTo((revenue_per_visitor?.high ?? NaN) * n, 6);
    expect(net?.value).toBeCloseTo((incremental_revenue?.value ?? NaN) / 2, 6);
    const worked = sumsOf(28, {
      "treated:a": { n: 686, x: 62, more: { handle_ms: 2 * HOUR, reached: 10 } },
      holdout: { n: 172, x: 12 },
    });
    const paid = resultWire(resultPanel(factsOf(worked)));
    expect(paid.agents).toEqual({ hours: 56, later_hours: 0, concurrency: 1, cost: 56 * 30 });
    const shared = resultWire(resultPanel(factsOf(worked, { concurrency: 2.5 })));
    expect(shared.agents).toEqual({ hours: 22.4, later_hours: 0, concurrency: 2.5, cost: 22.4 * 30 });
    expect(shared.net?.value).toBeCloseTo((net?.value ?? NaN) - 22.4 * 30, 6);
    expect(paid.net?.value).toBeCloseTo((net?.value ?? NaN) - 56 * 30, 6);
    const unpriced = resultWire(resultPanel(factsOf(worked, { economics: { margin: 0.5 } })));
    expect(unpriced).toMatchObject({ net: null, roi: null, agents: { cost: null } });
  });

  test("RES9 RES28: what an offer gives away, to would-be buyers too, is in the revenue once and out of the margin whole", () => {
    // One of twenty buys anyway, for 100; the offer brings one of fifty more, and everybody redeems its 10.
    const [visitors, heldOut, price, discount] = [8_000, 2_000, 100, 10];
    const moments: EligibleMoment[] = [];
    const successes: Success[] = [];
    type Told = Parameters<typeof orderTotal>[0];
    const visit = (arm: "treated" | "holdout", index: number, order: Told | null) => {
      const visitor = `${arm}${index}`;
      const eligibleAt = T0 + (index % 28) * DAY;
      moments.push(moment(visitor, arm, { eligibleAt }));
      if (order === null) return;
      const paid = bought(visitor, eligibleAt + 1, 100 * (orderTotal(order) ?? NaN));
      successes.push({ ...paid, discountCents: 100 * (orderDiscount(order) ?? 0) });
    };
    const redeemed = { total: price - discount, subtotal: price, discount };
    for (let index = 0; index < visitors; index += 1)
      visit("treated", index, index % 100 < 7 ? redeemed : null);
    for (let index = 0; index < heldOut; index += 1)
      visit("holdout", index, index % 100 < 5 ? { total: price } : null);

    const facts = factsOf(sumPhase({ moments, successes, talks: [], joins: [] }, rule));
    const panel = resultPanel(facts);
    const anyway = 0.05 * visitors;
    const buyers = 0.07 * visitors;
    const truth = buyers * (price - discount) - anyway * price;
    expect(truth).toBe((buyers - anyway) * price - buyers * discount);
    expect(panel.money.incrementalSales?.value).toBeCloseTo(buyers - anyway, 6);
    expect(panel.money.incrementalRevenue?.value).toBeCloseTo(truth, 6);
    // The margin of what sold more at its price, less everything that was redeemed.
    const kept = (buyers - anyway) * price * 0.5 - buyers * discount;
    expect(kept).toBe(2_400);
    expect(panel.money.margin).toMatchObject({ share: 0.5, amount: { value: expect.closeTo(kept, 6) } });
    expect(panel.money.net?.value).toBeCloseTo(kept, 6);
    expect(resultWire(panel).discounts).toEqual({ treated: buyers * discount, holdout: 0 });
    // As much as the money says of it by hand, over everybody's own margin.
    const own = (spent: number, off: number) => 0.5 * (spent + off) - off;
    const variance = (share: number, value: number, n: number) =>
      (share * (1 - share) * value ** 2) / (n - 1);
    const se = Math.sqrt(variance(0.07, own(90, 10), visitors) + variance(0.05, own(100, 0), heldOut));
    const amount = panel.money.margin?.amount;
    const revenue = panel.overall.revenue;
    if (amount == null || revenue === null) throw new Error("nothing was told");
    const critical =
      (revenue.high - revenue.value) / Math.sqrt(variance(0.07, 90, visitors) + variance(0.05, 100, heldOut));
    expect((amount.high - amount.value) / visitors).toBeCloseTo(critical * se, 6);
    // Without any discount told the margin is the revenue's.
    const plain = resultPanel({ ...facts, sums: withoutDiscounts(facts.sums) });
    expect(plain.money.margin?.amount?.value).toBeCloseTo(truth / 2, 6);
    expect(plain.money.margin?.amount?.low).toBeCloseTo((plain.money.incrementalRevenue?.low ?? NaN) / 2, 6);
  });

  function withoutDiscounts(sums: PhaseSums): PhaseSums {
    const none = { discount_cents: 0, discount_sq: 0, revenue_x_discount: 0 };
    const days = Object.entries(sums.days).map(([day, arms]) => [
      day,
      Object.fromEntries(Object.entries(arms).map(([key, arm]) => [key, { ...arm, ...none }])),
    ]);
    return { ...sums, days: Object.fromEntries(days) as PhaseSums["days"] };
  }

  test("RES10: a clear effect may be told while it runs; at the planned end the final interval is narrower", () => {
    const strong = sumsOf(28, { "treated:a": { n: 686, x: 90 }, holdout: { n: 172, x: 10 } });
    const running = resultWire(resultPanel(factsOf(strong)));
    expect(running).toMatchObject({ state: "likely_better", basis: "sequential" });
    const done = factsOf(sumsOf(42, { "treated:a": { n: 686, x: 50 }, holdout: { n: 172, x: 12 } }), {
      now: T0 + 60 * DAY,
    });
    const final = resultWire(resultPanel(done));
    expect(final.basis).toBe("final");
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    if (final.difference === null || final.sequential === null) throw new Error("nothing was told");
    expect(width(final.difference)).toBeLessThan(width(final.sequential));
    // Who comes after the planned end changes nothing.
    const later = resultWire(resultPanel({ ...done, now: T0 + 90 * DAY }));
    expect(later.difference).toEqual(final.difference);
  });

  test("RES10: the final reading waits for the last window of those who came before the planned end, and then stays", () => {
    const end = T0 + 14 * DAY + 6 * HOUR;
    const [moments, successes]: [EligibleMoment[], Success[]] = [[], []];
    const random = mulberry(14);
    for (let index = 0; index < 15_000; index += 1) {
      const eligibleAt = T0 + Math.floor(random() * 15 * DAY);
      const visitor = `v${index}`;
      moments.push(moment(visitor, random() < 0.5 ? "holdout" : "treated", { eligibleAt }));
      if (random() < 0.05) successes.push(bought(visitor, eligibleAt + Math.floor(random() * 47 * HOUR)));
    }
    // Somebody who came before the end stays for long; what is seen of an id after the end is not seen.
    const last = moment("last", "treated", { eligibleAt: end - HOUR, visitEndsAt: end + 5 * HOUR });
    moments.push(last, moment("last", "holdout", { eligibleAt: end + 1 }));
    const before = moments.filter(({ eligibleAt }) => eligibleAt < end);
    const at = (now: number) => {
      const known = (all: EligibleMoment[]) => all.filter(({ eligibleAt }) => eligibleAt <= now);
      const sums = sumPhase(
        {
          moments: known(moments),
          successes: successes.filter((one) => one.at <= now),
          talks: [],
          joins: [],
        },
        { ...rule, until: end, now },
      );
      return resultWire(resultPanel(factsOf(sums, { holdout: 0.5, now, plannedEnd: end })));
    };
    const early = at(end + 48 * HOUR + 1);
    expect(early.basis).toBe("sequential");
    expect(early.guards.maturing).toBeGreaterThan(0);
    expect(early.earliest_reading_at).toBe(new Date(end + 53 * HOUR + 1).toISOString());
    expect(at(end + 53 * HOUR).basis).toBe("sequential");
    const final = at(end + 53 * HOUR + 1);
    expect(final).toMatchObject({
      basis: "final",
      guards: { maturing: 0, multiple_exposures: { visitors: 0 } },
    });
    expect(final.arms.treated.visitors + final.arms.holdout.visitors).toBe(new Set(before).size);
    for (const later of [60 * HOUR, 4 * DAY, 40 * DAY]) {
      const { guards: _now, ...after } = at(end + later);
      const { guards: _then, ...said } = final;
      expect(after).toEqual(said);
    }
  });

  test("RES11: each variant is read against the hold-out at the share of the error that several leave it", () => {
    const sums = sumsOf(28, {
      "treated:a": { n: 343, x: 40 },
      "treated:b": { n: 343, x: 24 },
      holdout: { n: 172, x: 10 },
    });
    const two = factsOf(sums, {
      variants: [
        { key: "a", weight: 1 },
        { key: "b", weight: 1 },
      ],
    });
    const wire = resultWire(resultPanel(two));
    const own = wire.variants.find(({ variant }) => variant === "a")?.comparison?.difference;
    const alone = sumsOf(28, { "treated:a": { n: 343, x: 40 }, holdout: { n: 172, x: 10 } });
    const single = resultWire(resultPanel(factsOf(alone, { holdout: 1 / 3 }))).difference;
    if (own == null || single === null) throw new Error("nothing was told");
    expect(own.value).toBeCloseTo(single.value, 10);
    expect(own.high - own.low).toBeGreaterThan(single.high - single.low);
    expect(wire.between).toMatchObject([{ a: "a", b: "b" }]);
    expect(wire.guards.correction).toBe("bonferroni");
  });

  test("RES11: a variant without weight takes no share of the error, and is compared with nobody", () => {
    const sums = sumsOf(28, { "treated:a": { n: 343, x: 40 }, holdout: { n: 172, x: 10 } });
    const read = (variants: PhaseFacts["variants"]) =>
      resultWire(resultPanel(factsOf(sums, { holdout: 1 / 3, variants })));
    const single = read([{ key: "a", weight: 1 }]);
    const beside = read([
      { key: "a", weight: 1 },
      { key: "off", weight: 0 },
    ]);
    const own = beside.variants.find(({ variant }) => variant === "a")?.comparison?.difference;
    expect(own).toEqual(single.difference);
    expect(beside.variants.find(({ variant }) => variant === "off")?.comparison).toBeNull();
    expect(beside.guards.correction).toBe("none");
    expect(beside.between).toEqual([]);
    // Who is in it all the same still shows in the split.
    expect(beside.srm.planned).toHaveLength(3);
  });
});

describe("what would mislead", () => {
  const VARIANTS = [
    { key: "a", weight: 1 },
    { key: "b", weight: 1 },
  ];

  test("RES17: a bandit's variants are compared with nobody, because their shares moved while other things did", () => {
    // No variant changes anything; the base rate rises, and `a` is given most of the later visitors.
    const sums = sumsOf(0, {});
    for (let day = 0; day < 28; day += 1) {
      const [rate, share] = [0.04 + 0.002 * day, day < 7 ? 0.5 : 0.9];
      const [a, b] = [Math.round(800 * share), Math.round(800 * (1 - share))];
      const one = sumsOf(1, {
        "treated:a": { n: a, x: Math.round(a * rate) },
        "treated:b": { n: b, x: Math.round(b * rate) },
        holdout: { n: 200, x: Math.round(200 * rate) },
      });
      sums.days[dayOf(T0 + day * DAY)] = Object.values(one.days)[0] ?? {};
    }
    const facts = factsOf(sums, { variants: VARIANTS, fixedShares: false });
    const wire = resultWire(resultPanel(facts));
    expect(wire.difference?.value).toBeCloseTo(0, 2);
    expect(wire.variants.map(({ comparison }) => comparison)).toEqual([null, null]);
    expect(wire.variants.map(({ conversion }) => conversion.value)).toEqual([null, null]);
    expect(wire).toMatchObject({ between: [], guards: { correction: "none" } });
  });

  test("RES18: a phase that was stopped ahead of its planned end keeps the sequential interval", () => {
    const sums = sumsOf(20, { "treated:a": { n: 700, x: 49 }, holdout: { n: 175, x: 10 } });
    const running = resultPanel(factsOf(sums, { now: T0 + 20 * DAY }));
    const stopped = factsOf(sums, { now: T0 + 60 * DAY, stoppedAt: T0 + 20 * DAY });
    const { overall, plan } = resultPanel(stopped);
    expect(overall.basis).toBe("sequential");
    expect(overall.difference).toEqual(running.overall.difference);
    expect(running.overall.state).toBe("collecting");
    expect(overall.state).toBe("inconclusive");
    expect(plan.daysLeft).toBeNull();
    const whole = resultPanel(factsOf(sums, { now: T0 + 60 * DAY, stoppedAt: T0 + 45 * DAY }));
    expect(whole.overall.basis).toBe("final");
  });

  test("RES18: a phase that rested at its planned end has no final reading, whatever happens to it afterwards", () => {
    const sums = sumsOf(9, { "treated:a": { n: 500, x: 45 }, holdout: { n: 500, x: 38 } });
    const asOf = (day: number, more: Partial<PhaseFacts>) =>
      resultWire(
        resultPanel(
          factsOf(sums, {
            holdout: 0.5,
            plan: { baseline: 0.076, effect: 0.015, power: 0.8, spend_cap: null },
            plannedEnd: T0 + 28 * DAY,
            now: T0 + day * DAY,
            ...more,
          }),
        ),
      );
    const rest = (to: number | null) => [[T0 + 9 * DAY, to === null ? null : T0 + to * DAY] as const];
    const resting = asOf(40, { stoppedAt: T0 + 9 * DAY, rests: rest(null) });
    expect(resting).toMatchObject({ state: "inconclusive", basis: "sequential" });
    // Live again after the planned end: not one visitor more.
    const goesOn = asOf(41, { rests: rest(40) });
    expect(goesOn).toMatchObject({
      state: "collecting",
      basis: "sequential",
      difference: resting.difference,
    });
    expect(goesOn.plan).toMatchObject({ planned_end: resting.plan.planned_end, days_left: null });
    // One that was back before its end is read there.
    expect(asOf(41, { rests: rest(15) }).basis).toBe("final");
    expect(asOf(41, { rests: rest(28) }).basis).toBe("sequential");
  });

  test("RES18: looked at each day and stopped when it looks good, phases without effect are called once in twenty", () => {
    const random = mulberry(5);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const drawn = (n: number, p: number) => Math.round(n * p + Math.sqrt(n * p * (1 - p)) * normal());
    let called = 0;
    let stops = 0;
    for (let run = 0; run < 200; run += 1) {
      const sums = sumsOf(0, {});
      const [treated, holdout] = [
        { n: 0, x: 0 },
        { n: 0, x: 0 },
      ];
      let stoppedAt: number | null = null;
      for (let day = 0; day < 40 && stoppedAt === null; day += 1) {
        const arms = {
          "treated:a": { n: 500, x: drawn(500, 0.1) },
          holdout: { n: 500, x: drawn(500, 0.1) },
        };
        sums.days[dayOf(T0 + day * DAY)] = Object.values(sumsOf(1, arms).days)[0] ?? {};
        treated.n += 500;
        treated.x += arms["treated:a"].x;
        holdout.n += 500;
        holdout.x += arms.holdout.x;
        const [p, q] = [treated.x / treated.n, holdout.x / holdout.n];
        const z = Math.abs(p - q) / Math.sqrt((p * (1 - p) + q * (1 - q)) / treated.n);
        if (day >= 7 && z > 2.1) stoppedAt = T0 + (day + 1) * DAY;
      }
      stops += stoppedAt === null ? 0 : 1;
      const facts = factsOf(sums, {
        holdout: 0.5,
        now: T0 + 60 * DAY,
        plannedEnd: T0 + 40 * DAY,
        stoppedAt,
      });
      const { state } = resultPanel(facts).overall;
      called += state === "likely_better" || state === "likely_worse" ? 1 : 0;
    }
    expect(stops).toBeGreaterThan(20);
    expect(called).toBeLessThanOrEqual(10);
  });

  test("RES6: days after a phase was stopped are none of its seven", () => {
    const sums = sumsOf(2, { "treated:a": { n: 4_000, x: 400 }, holdout: { n: 1_000, x: 60 } });
    const facts = factsOf(sums, { now: T0 + 30 * DAY, stoppedAt: T0 + 2 * DAY });
    expect(resultPanel(facts).overall.state).toBe("collecting");
    expect(told(facts)).toEqual(NOTHING(facts));
    expect(resultWire(resultPanel(facts)).earliest_reading_at).toBeNull();
  });

  test("RES6: a pause is no runtime: seven days on which somebody came are waited for", () => {
    // A day of visitors, six of rest, and on again.
    const sums = sumsOf(1, { "treated:a": { n: 4_000, x: 400 }, holdout: { n: 1_000, x: 60 } });
    const resumed = sumsOf(14, { "treated:a": { n: 4_000, x: 400 }, holdout: { n: 1_000, x: 60 } });
    const daysUntil = (day: number) => Object.entries(resumed.days).slice(7, day);
    const at = (day: number, more: Partial<PhaseFacts> = {}) => {
      const days = { ...sums.days, ...Object.fromEntries(daysUntil(day)) };
      return factsOf({ ...sums, days }, { now: T0 + day * DAY, ...more });
    };
    const early = resultWire(resultPanel(at(8)));
    expect(early).toMatchObject({ state: "collecting", guards: { days: 2, whole_weeks: 0 } });
    expect(told(at(8))).toEqual(NOTHING(at(8)));
    expect(early.earliest_reading_at).toBe(new Date(T0 + 15 * DAY).toISOString());
    expect(resultPanel(at(12)).overall.state).toBe("collecting");
    const read = resultWire(resultPanel(at(13)));
    expect(read).toMatchObject({ state: "likely_better", guards: { days: 7, whole_weeks: 1 } });
    expect(read.course.map((point) => point.at)).toEqual([new Date(T0 + 13 * DAY).toISOString()]);
    // It rests again before there are seven, or its end has passed: there is nothing to wait for.
    const resting = resultWire(resultPanel(at(9, { now: T0 + 20 * DAY, stoppedAt: T0 + 9 * DAY })));
    expect(resting).toMatchObject({ state: "collecting", earliest_reading_at: null });
    const over = resultWire(resultPanel(at(9, { now: T0 + 20 * DAY, plannedEnd: T0 + 9 * DAY })));
    expect(over).toMatchObject({ state: "collecting", earliest_reading_at: null });
  });

  test("RES10: who comes after the planned end changes no figure, money and arms included", () => {
    const arms = { "treated:a": { n: 686, x: 50 }, holdout: { n: 172, x: 12 } };
    const then = resultWire(resultPanel(factsOf(sumsOf(42, arms), { now: T0 + 60 * DAY })));
    const later = sumsOf(80, arms);
    for (const day of Object.keys(later.days).slice(42)) {
      const only = sumsOf(1, { "treated:a": { n: 686, x: 120 }, holdout: { n: 172, x: 2 } });
      later.days[day] = Object.values(only.days)[0] ?? {};
    }
    const now = resultWire(resultPanel(factsOf(later, { now: T0 + 90 * DAY })));
    expect(then.basis).toBe("final");
    const { guards: _then, ...before } = then;
    const { guards: _now, ...after } = now;
    expect(after).toEqual(before);
  });

  test("RES20: the effect per conversation reaches zero wherever the effect does that it is made of", () => {
    // Beyond chance by a test that is done once, not by one that may be looked at any day.
    const sums = sumsOf(28, {
      "treated:a": { n: 686, x: 55, more: { reached: 60, reached_conversions: 10 } },
      holdout: { n: 172, x: 12 },
    });
    const wire = resultWire(resultPanel(factsOf(sums)));
    expect(wire.fixed?.low).toBeGreaterThan(0);
    expect(wire.difference?.low).toBeLessThan(0);
    expect(wire.per_conversation?.strength).toBe("strong");
    expect(wire.per_conversation?.conversion?.low).toBeLessThan(0);
  });

  test("RES19: a phase that begins after the planned end has none, and is read at any time", () => {
    const sums = sumsOf(20, { "treated:a": { n: 686, x: 80 }, holdout: { n: 172, x: 10 } });
    const { overall, plan } = resultPanel(factsOf(sums, { now: T0 + 20 * DAY, plannedEnd: T0 - 5 * DAY }));
    expect(overall).toMatchObject({ state: "likely_better", basis: "sequential" });
    expect(plan.plannedEnd).toBeNull();
  });

  test("RES5: of a handful of visitors no split is told to be wrong", () => {
    const sums = sumsOf(1, { "treated:a": { n: 4, x: 0 }, holdout: { n: 1, x: 0 } });
    const { overall, guards } = resultPanel(factsOf(sums, { holdout: 0.01, now: T0 + HOUR }));
    expect(overall.state).toBe("collecting");
    expect(guards.split).toMatchObject({ p: null, checks: 0, flag: false, since: null });
  });

  test("RES7: of few sales no incremental sales or cost of one are made, and no two variants are compared", () => {
    const few = sumsOf(10, { "treated:a": { n: 500, x: 20 }, holdout: { n: 26, x: 0 } });
    const { money, overall } = resultPanel(factsOf(few, { holdout: 0.05, now: T0 + 10 * DAY }));
    expect(overall.difference?.method).toBe("newcombe");
    expect(money).toMatchObject({ incrementalSales: null, costPerSale: null });
    const uneven = sumsOf(20, {
      "treated:a": { n: 686, x: 60 },
      "treated:b": { n: 14, x: 0 },
      holdout: { n: 175, x: 12 },
    });
    const facts = factsOf(uneven, {
      now: T0 + 20 * DAY,
      variants: [
        { key: "a", weight: 0.98 },
        { key: "b", weight: 0.02 },
      ],
    });
    const panel = resultPanel(facts);
    expect(panel.variants.map(({ comparison }) => comparison?.state)).toContain("too_few");
    expect(panel.between).toEqual([]);
  });

  test("RES5: no two rates stand side by side where their difference is hidden", () => {
    const sums = sumsOf(28, { "treated:a": { n: 286, x: 40 }, holdout: { n: 250, x: 12 } });
    const { arms } = resultWire(resultPanel(factsOf(sums, { holdout: 0.5 })));
    expect(arms.treated.conversion).toEqual({ value: null, numerator: 1_120, denominator: 8_008 });
    expect(arms.holdout.revenue_per_visitor.value).toBeNull();
  });
});

test("RES12: over 300 generated phases without any effect, looked at each day, at most 5 % are called", () => {
  const random = mulberry(20261122);
  const binomial = (n: number, p: number) => {
    let x = 0;
    for (let index = 0; index < n; index += 1) x += random() < p ? 1 : 0;
    return x;
  };
  let called = 0;
  for (let run = 0; run < 300; run += 1) {
    const sums = sumsOf(0, {});
    for (let day = 0; day < 21; day += 1) {
      const arms = { "treated:a": binomial(120, 0.1), holdout: binomial(120, 0.1) };
      const one = sumsOf(1, {
        "treated:a": { n: 120, x: arms["treated:a"] },
        holdout: { n: 120, x: arms.holdout },
      });
      sums.days[dayOf(T0 + day * DAY)] = Object.values(one.days)[0] ?? {};
    }
    const facts = factsOf(sums, {
      holdout: 0.5,
      now: T0 + 24 * DAY,
      plannedEnd: T0 + 21 * DAY,
    });
    const { state } = resultPanel(facts).overall;
    called += state === "likely_better" || state === "likely_worse" ? 1 : 0;
  }
  expect(called).toBeGreaterThan(2);
  expect(called).toBeLessThanOrEqual(22);
});

test("RES13: sums of two days are added in each of their parts", () => {
  const all = (factor: number) => ({
    ...Object.assign(
      emptySums(),
      Object.fromEntries(SUMS.map((name, place) => [name, factor * (place + 1)])),
    ),
    device: { phone: factor },
  });
  expect(addSums(all(1), all(10))).toEqual({ ...all(11), device: { phone: 11 } });
});
