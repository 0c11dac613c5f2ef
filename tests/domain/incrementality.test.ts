/** Rules INC1 to INC8 of `docs/rules/incrementality.md`: effects per visitor and per conversation, and who was attributed. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Arm, Arms } from "../../domain/incrementality/arm.ts";
import { ASSUMPTION, conversationEffect } from "../../domain/incrementality/conversation-effect.ts";
import { cannibalisation, incrementalOf, shareOfTreatment } from "../../domain/incrementality/incremental.ts";
import { effectOf, intentionToTreat } from "../../domain/incrementality/intention-to-treat.ts";
import { netValue } from "../../domain/incrementality/net-value.ts";
import { acceptorsBaseline, selectionBias } from "../../domain/incrementality/selection-bias.ts";
import { mulberry } from "../mulberry.ts";

/** Counts that visitors could have left, none of them included. */
const anyArm: fc.Arbitrary<Arm> = fc
  .record({
    n: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 2_000_000 })),
    accepting: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    buyingOfAccepting: fc.double({ min: 0, max: 1, noNaN: true }),
    buyingOfOthers: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.2, noNaN: true })),
    basket: fc.double({ min: -50, max: 5_000, noNaN: true }),
    spread: fc.double({ min: 1, max: 20, noNaN: true }),
  })
  .map(({ n, accepting, buyingOfAccepting, buyingOfOthers, basket, spread }) => {
    const accepted = Math.floor(n * accepting);
    const acceptedConversions = Math.floor(accepted * buyingOfAccepting);
    const conversions = acceptedConversions + Math.floor((n - accepted) * buyingOfOthers);
    return {
      n,
      conversions,
      revenue: conversions * basket,
      revenueSquares: conversions * basket ** 2 * spread,
      accepted,
      acceptedConversions,
      acceptedRevenue: acceptedConversions * basket,
    };
  });
const anyArms = fc.record({ treatment: anyArm, control: anyArm });

const arm = (counts: Partial<Arm>): Arm => ({
  n: 0,
  conversions: 0,
  revenue: 0,
  revenueSquares: 0,
  accepted: 0,
  acceptedConversions: 0,
  acceptedRevenue: 0,
  ...counts,
});

/** A simulated campaign of the reference: 90 % invited, of whom 8 % talked; the effect on them is none. */
const harmless: Arms = {
  treatment: arm({
    n: 89_680,
    conversions: 2_859,
    revenue: 257_307.63,
    revenueSquares: 30_330_304.7693,
    accepted: 7_531,
    acceptedConversions: 520,
    acceptedRevenue: 48_455.78,
  }),
  control: arm({ n: 10_320, conversions: 340, revenue: 30_959.1, revenueSquares: 3_578_803.1998 }),
};

test("INC1: everybody counts in the arm that chance gave them, for conversion and for revenue", () => {
  const conversion = intentionToTreat(harmless, "conversion");
  expect(conversion.diff).toBeCloseTo(-0.00106571859, 11);
  expect(conversion.ci?.[0]).toBeCloseTo(-0.00469635985, 11);
  expect(conversion.ci?.[1]).toBeCloseTo(0.00256492267, 11);
  expect(conversion.p).toBeCloseTo(0.56507684775, 10);
  expect(conversion.lift).toBeCloseTo(-0.032347693761, 11);
  expect(conversion.liftCi?.[0]).toBeCloseTo(-0.129776058864, 11);
  const revenue = intentionToTreat(harmless, "revenue");
  expect(revenue.diff).toBeCloseTo(-0.130737612286, 11);
  expect(revenue.p).toBeCloseTo(0.49326645, 8);
});

test("INC1: who accepted changes nothing about the effect of inviting", () => {
  fc.assert(
    fc.property(anyArms, fc.nat(), ({ treatment, control }, other) => {
      const without = { ...treatment, accepted: 0, acceptedConversions: 0, acceptedRevenue: other };
      for (const outcome of ["conversion", "revenue"] as const) {
        expect(intentionToTreat({ treatment: without, control }, outcome)).toEqual(
          intentionToTreat({ treatment, control }, outcome),
        );
      }
    }),
  );
});

test("INC1: arms that are swapped tell the opposite, as sure as before", () => {
  fc.assert(
    fc.property(anyArms, ({ treatment, control }) => {
      const there = intentionToTreat({ treatment, control }, "conversion");
      const back = intentionToTreat({ treatment: control, control: treatment }, "conversion");
      expect(Math.abs((there.diff ?? 0) + (back.diff ?? 0))).toBeLessThan(1e-12);
      expect(back.p).toBe(there.p);
    }),
  );
});

test("INC2: the effect per conversation, times the conversations that inviting added, is the effect of inviting", () => {
  fc.assert(
    fc.property(anyArms, (arms) => {
      const { firstStage, conversion, revenue } = conversationEffect(arms);
      for (const [effect, outcome] of [
        [conversion, "conversion"],
        [revenue, "revenue"],
      ] as const) {
        const { diff } = intentionToTreat(arms, outcome);
        if (effect.point === null || firstStage.diff === null || diff === null) continue;
        expect(Math.abs(effect.point * firstStage.diff - diff)).toBeLessThanOrEqual(1e-9 * Math.abs(diff));
      }
    }),
  );
});

test("INC2: the robust interval is there exactly where inviting surely added conversations, and says how surely", () => {
  fc.assert(
    fc.property(anyArms, (arms) => {
      const { firstStage, conversion } = conversationEffect(arms);
      if (firstStage.strength === "none") expect(conversion.robust).toBeNull();
      const z = Math.abs(firstStage.z ?? Infinity);
      if (firstStage.strength === "weak") expect(z).toBeLessThan(3.2);
      if (firstStage.strength === "strong") expect(z).toBeGreaterThanOrEqual(3.2);
      if (conversion.robust !== null && conversion.point !== null) {
        expect(conversion.robust[0]).toBeLessThanOrEqual(conversion.point);
        expect(conversion.robust[1]).toBeGreaterThanOrEqual(conversion.point);
      }
    }),
  );
  const few = (accepted: number) =>
    conversationEffect({
      treatment: arm({ n: 1_000, conversions: 20, accepted, acceptedConversions: 1 }),
      control: arm({ n: 1_000, conversions: 18 }),
    });
  expect(few(3)).toMatchObject({ firstStage: { strength: "none" }, conversion: { robust: null } });
  expect(few(6).firstStage.strength).toBe("weak");
  expect(few(6).conversion.robust).not.toBeNull();
  expect(few(60).firstStage.strength).toBe("strong");
});

test("INC2: everybody in one arm and nobody in the other is the effect of inviting itself", () => {
  const treatment = arm({ n: 500, conversions: 40, accepted: 500, acceptedConversions: 40 });
  const control = arm({ n: 500, conversions: 25 });
  const { firstStage, conversion } = conversationEffect({ treatment, control });
  expect(firstStage).toEqual({ treatment: 1, control: 0, diff: 1, z: null, strength: "strong" });
  const itt = intentionToTreat({ treatment, control }, "conversion");
  expect(conversion.point).toBe(itt.diff);
  expect(conversion.ci).toEqual(itt.ci);
});

test("INC2: it carries its assumption, and says when the held-out had conversations too", () => {
  expect(conversationEffect(harmless)).toMatchObject({ assumption: ASSUMPTION, contaminated: false });
  const control = { ...harmless.control, accepted: 12, acceptedConversions: 1 };
  expect(conversationEffect({ ...harmless, control }).contaminated).toBe(true);
});

test("INC3: orders and revenue are the effect on each, over everybody treated", () => {
  const conversion = intentionToTreat(harmless, "conversion");
  const orders = incrementalOf(effectOf(conversion), harmless.treatment);
  expect(orders.point).toBeCloseTo(-95.57364341, 8);
  expect(orders.ci?.[0]).toBeCloseTo(-421.16955164, 8);
  expect(orders.ci?.[1]).toBeCloseTo(230.02226482, 8);
  expect(shareOfTreatment(conversion.diff, conversion.treatment)).toBeCloseTo(-0.0334290463, 10);
  expect(shareOfTreatment(0.01, 0)).toBeNull();
  expect(incrementalOf(effectOf(conversion), { n: 0 })).toEqual({ point: null, ci: null });
});

test("INC4: what was attributed beyond what inviting added is cannibalised, and nothing caps its rate", () => {
  const orders = incrementalOf(effectOf(intentionToTreat(harmless, "conversion")), harmless.treatment);
  const { cannibalised, rate } = cannibalisation(520, orders);
  expect(cannibalised.point).toBeCloseTo(615.57364341, 8);
  expect(rate.point).toBeCloseTo(1.1837954681, 10);
  expect(rate.ci?.[0]).toBeCloseTo(0.55764949073, 10);
  expect(rate.ci?.[1]).toBeCloseTo(1.80994144547, 10);
  expect(cannibalisation(100, { point: 150, ci: [120, 180] }).rate).toEqual({
    point: -0.5,
    ci: [expect.closeTo(-0.8, 12), expect.closeTo(-0.2, 12)],
  });
  expect(cannibalisation(0, orders).rate).toEqual({ point: null, ci: null });
});

test("INC7: accepted against declined is far off where the truth is nothing, and says by how much", () => {
  const told = selectionBias(harmless);
  expect(told.n).toEqual({
    accepted: harmless.treatment.accepted,
    declined: harmless.treatment.n - harmless.treatment.accepted,
    control: harmless.control.n,
  });
  expect(told.acceptedMinusDeclined).toBeCloseTo(0.0405752819, 10);
  expect(told.acceptedMinusControl).toBeCloseTo(0.0361021988, 10);
  expect(told.naiveSales).toBeCloseTo(305.57244763, 8);
  expect(told.bias.perConversation).toBeCloseTo(0.0405752819 + 0.0126906976, 9);
  expect(told.bias.perVisitor).toBeCloseTo(0.0405752819 + 0.0010657186, 9);
  expect(told.bias.sales).toBeCloseTo(305.57244763 + 95.57364341, 7);
  const baseline = acceptorsBaseline(harmless);
  expect(baseline?.withConversation).toBeCloseTo(0.0690479352, 10);
  expect(baseline?.without).toBeCloseTo(0.0817386328, 10);
  expect(acceptorsBaseline({ ...harmless, control: { ...harmless.control, accepted: 1 } })).toBeNull();
});

/** A campaign that changes nobody, whose acceptors buy at 6.5 % and the others at 2.8 % as it is. */
function selfSelected(random: () => number): Arms {
  const arms = { treatment: arm({}), control: arm({}) };
  for (let visitor = 0; visitor < 20_000; visitor += 1) {
    const invited = random() < 0.5;
    const willing = random() < 0.05;
    const buys = random() < (willing ? 0.065 : 0.028);
    const own = invited ? arms.treatment : arms.control;
    own.n += 1;
    if (buys) own.conversions += 1;
    if (invited && willing) own.accepted += 1;
    if (invited && willing && buys) own.acceptedConversions += 1;
  }
  return arms;
}

test("INC2 INC7: over campaigns without effect the effect per conversation is none and covered, the naive one is not", () => {
  const random = mulberry(2026);
  const runs = Array.from({ length: 150 }, () => selfSelected(random));
  const effects = runs.map((arms) => conversationEffect(arms).conversion);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const covered = effects.filter(({ robust }) => robust !== null && robust[0] <= 0 && robust[1] >= 0);
  expect(Math.abs(mean(effects.map(({ point }) => point ?? Number.NaN)))).toBeLessThan(0.012);
  expect(covered.length / runs.length).toBeGreaterThan(0.91);
  const naive = mean(runs.map((arms) => selectionBias(arms).acceptedMinusDeclined ?? Number.NaN));
  expect(naive).toBeGreaterThan(0.034);
  expect(naive).toBeLessThan(0.04);
});

const anyMoney = fc.record({
  margin: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  cost: fc.option(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e7, noNaN: true }))),
  discounts: fc.double({ min: 0, max: 1e6, noNaN: true }),
});

test("INC8: no counts give a figure that is not a number or infinite, and every interval holds its point", () => {
  fc.assert(
    fc.property(anyArms, anyMoney, (arms, money) => {
      const orders = incrementalOf(effectOf(intentionToTreat(arms, "conversion")), arms.treatment);
      const revenue = incrementalOf(effectOf(intentionToTreat(arms, "revenue")), arms.treatment);
      const told = {
        conversion: intentionToTreat(arms, "conversion"),
        revenue: intentionToTreat(arms, "revenue"),
        perConversation: conversationEffect(arms),
        ofOrders: cannibalisation(arms.treatment.acceptedConversions, orders),
        ofRevenue: cannibalisation(arms.treatment.acceptedRevenue, revenue),
        value: netValue({ orders, revenue }, money),
        bias: selectionBias(arms),
        baseline: acceptorsBaseline(arms),
      };
      expect(unshowable(told)).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test("INC8: where nothing varied there is no interval", () => {
  const nobody = arm({ n: 1_000 });
  expect(intentionToTreat({ treatment: nobody, control: nobody }, "conversion")).toMatchObject({
    diff: 0,
    ci: null,
    z: null,
    p: null,
    lift: null,
  });
});

/** Where a figure is no finite number, or an interval is upside down or beside its point. */
function unshowable(value: unknown, at = "told"): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${at} is ${value}`];
  if (Array.isArray(value)) return value.flatMap((item, index) => unshowable(item, `${at}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, item]) => unshowable(item, `${at}.${key}`));
  const { point, ci } = value as { point?: unknown; ci?: unknown };
  if (typeof point !== "number" || !Array.isArray(ci)) return inside;
  return point >= Number(ci[0]) && point <= Number(ci[1]) ? inside : [...inside, `${at} is outside`];
}
