/** The one figure and what stands around it, with a known truth. */
import { describe, expect, test, vi } from "vitest";
import {
  changeOf,
  directionOf,
  judgedDirection,
  maturedSpans,
  spanBefore,
} from "../../domain/overview/change.ts";
import { judged } from "../../domain/overview/judge.ts";
import { earningsOf, type PhaseOfCampaign } from "../../domain/overview/earnings.ts";
import { findingsOf, MOST_FINDINGS, type Noticed } from "../../domain/overview/findings.ts";
import { holdoutCourse } from "../../domain/overview/holdout-course.ts";
import { weekOfHours } from "../../domain/overview/hours.ts";
import { shownOf, type ShownFigures } from "../../domain/overview/overview.ts";
import { worstWait } from "../../domain/overview/waits.ts";
import { newcombe, wilson } from "../../domain/experiments/small-counts.ts";
import { intentionToTreat } from "../../domain/incrementality/intention-to-treat.ts";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import type { Figure } from "../../domain/kpi/figure.ts";
import { figuresOf } from "../../domain/kpi/figures.ts";
import { emptyTally } from "../../domain/kpi/tally.ts";
import type { PhaseFacts } from "../../domain/results/phase.ts";
import { addSums, emptySums } from "../../domain/results/sums.ts";
import type { DaySums, PhaseSums } from "../../domain/results/units.ts";
import { mulberry } from "../mulberry.ts";

/** Simulations, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

const DAY_MS = 86_400_000;
const START = Date.parse("2026-10-01T00:00:00Z");
const dayOf = (index: number) => new Date(START + index * DAY_MS).toISOString().slice(0, 10);

type Truth = { base: number; lift: number; basket: number; holdout: number; perDay: number };
type Wanted = Partial<Truth> & { campaign?: string; days?: number; share?: number; ran?: number };

/** A phase in which `lift` more of the invited buy than would have. */
function phaseOf(wanted: Wanted, random: () => number): PhaseOfCampaign {
  const { base = 0.05, lift = 0.01, basket = 80, holdout = 0.2, perDay = 400, days = 28 } = wanted;
  const arms: Record<string, DaySums> = {};
  for (let index = 0; index < days; index += 1) {
    const day: DaySums = { holdout: emptySums(), "treated:a": emptySums() };
    for (let visitor = 0; visitor < perDay; visitor += 1) {
      const held = random() < (wanted.share ?? holdout);
      const sums = day[held ? "holdout" : "treated:a"];
      if (sums === undefined) continue;
      const cents = random() < base + (held ? 0 : lift) ? Math.round(basket * 100 * (0.5 + random())) : 0;
      addSums(sums, {
        ...emptySums(),
        n: 1,
        conversions: cents > 0 ? 1 : 0,
        orders: cents > 0 ? 1 : 0,
        revenue_cents: cents,
        revenue_sq: cents ** 2,
      });
    }
    arms[dayOf(index)] = day;
  }
  const campaign = wanted.campaign ?? "cmp_a";
  const facts: PhaseFacts = {
    sums: { days: arms, multiple: 0, multipleByDay: {} },
    startedAt: START,
    stoppedAt: null,
    now: START + (wanted.ran ?? days) * DAY_MS,
    countedAt: START + days * DAY_MS,
    windowMs: 2 * DAY_MS,
    holdout,
    variants: [{ key: "a", weight: 1 }],
    fixedShares: true,
    plan: null,
    plannedEnd: null,
    goal: "sale",
    economics: {},
    startOfDay: (day) => Date.parse(`${day}T00:00:00Z`),
  };
  return { campaign, name: campaign, phase: 1, facts };
}

const ALL = { from: dayOf(0), to: dayOf(28) };

describe("the one figure", () => {
  test("OVW1: over campaigns with known truth it is their sum, and its interval holds the truth", () => {
    const random = mulberry(11);
    const truths: Wanted[] = [
      { campaign: "cmp_a", base: 0.05, lift: 0.01, basket: 80, holdout: 0.2 },
      { campaign: "cmp_b", base: 0.02, lift: 0, basket: 120, holdout: 0.5 },
      { campaign: "cmp_c", base: 0.08, lift: -0.01, basket: 40, holdout: 0.1 },
    ];
    let held = 0;
    let sum = 0;
    let truth = 0;
    const rounds = 60;
    for (let round = 0; round < rounds; round += 1) {
      const phases = truths.map((wanted) => phaseOf({ ...wanted, perDay: 150 }, random));
      const earned = earningsOf(phases, ALL);
      expect(earned.state).toBe("measured");
      const expected = earned.phases.reduce((total, { arms }, index) => {
        const { lift = 0, basket = 0 } = truths[index] ?? {};
        return total + arms.treated.n * lift * basket;
      }, 0);
      const { value, low, high } = earned.revenue ?? { value: 0, low: 0, high: 0 };
      held += low <= expected && expected <= high ? 1 : 0;
      sum += value;
      truth += expected;
    }
    expect(held / rounds).toBeGreaterThanOrEqual(0.95);
    expect(Math.abs(sum - truth) / rounds).toBeLessThan(600);
  });

  test("OVW1: each phase against its own hold-out; values add up and half-widths as variances", () => {
    const random = mulberry(3);
    const phases = [phaseOf({ holdout: 0.5 }, random), phaseOf({ campaign: "cmp_b", base: 0.2 }, random)];
    const both = earningsOf(phases, ALL);
    const alone = phases.map((phase) => earningsOf([phase], ALL).revenue ?? { value: 0, low: 0, high: 0 });
    const half = ({ low, high }: { low: number; high: number }) => (high - low) / 2;
    expect(both.revenue?.value).toBeCloseTo((alone[0]?.value ?? 0) + (alone[1]?.value ?? 0), 6);
    expect(half(both.revenue ?? { low: 0, high: 0 })).toBeCloseTo(Math.hypot(...alone.map(half)), 6);
    expect(both.visitors.invited + both.visitors.heldOut).toBe(2 * 28 * 400);
    const [a, b] = both.phases.map(({ arms }) => arms);
    const rate = (arms: typeof a) => (arms === undefined ? 0 : arms.control.conversions / arms.control.n);
    const invited = (a?.treated.n ?? 0) + (b?.treated.n ?? 0);
    const without = rate(a) * (a?.treated.n ?? 0) + rate(b) * (b?.treated.n ?? 0);
    expect(both.bought?.heldOut).toBeCloseTo(without / invited, 12);
  });

  test("OVW2: what is hidden contributes nothing and is named", () => {
    const random = mulberry(5);
    const readable = phaseOf({}, random);
    const hidden: PhaseOfCampaign[] = [
      phaseOf({ campaign: "split", holdout: 0.2, share: 0.3, lift: 0.5 }, random),
      phaseOf({ campaign: "young", days: 4, lift: 0.5 }, random),
      phaseOf({ campaign: "open", holdout: 0, share: 0, lift: 0.5 }, random),
      phaseOf({ campaign: "few", perDay: 4, lift: 0.5 }, random),
      { campaign: "new", name: "new", phase: 1, facts: null },
    ];
    const alone = earningsOf([readable], ALL);
    const all = earningsOf([readable, ...hidden], ALL);
    expect(all.revenue).toEqual(alone.revenue);
    expect(all.visitors).toEqual(alone.visitors);
    expect(all.course).toEqual(alone.course);
    expect(all.phases.map(({ state, revenue }) => [state, revenue !== null])).toEqual([
      ["collecting", true],
      ["unusable_split", false],
      ["collecting", false],
      ["not_measurable", false],
      ["too_few", false],
      ["counting", false],
    ]);
    expect(all.phases.map(({ isMissing }) => isMissing)).toEqual([false, true, true, true, true, true]);
    expect([alone.isWhole, all.isWhole]).toEqual([true, false]);
  });

  test("OVW2 R-M6: where nothing can be read there is no figure, and the state says why", () => {
    const random = mulberry(7);
    const state = (...phases: PhaseOfCampaign[]) => {
      const { revenue, bought, course, ...told } = earningsOf(phases, ALL);
      expect([revenue, bought, course]).toEqual([null, null, []]);
      return told.state;
    };
    const open = phaseOf({ holdout: 0, share: 0 }, random);
    expect(state()).toBe("nobody");
    expect(state(open)).toBe("not_measurable");
    expect(state(open, phaseOf({ days: 3 }, random))).toBe("collecting");
    expect(state(open, phaseOf({ perDay: 4 }, random))).toBe("too_few");
    expect(state(phaseOf({ share: 0.3 }, random))).toBe("unusable_split");
  });

  test("OVW2 OVW29: a period in which nobody could be invited says so, whatever its campaigns are", () => {
    const random = mulberry(17);
    const later = { from: dayOf(40), to: dayOf(47) };
    const read = (...phases: PhaseOfCampaign[]) => earningsOf(phases, later);
    expect(read(phaseOf({}, random), phaseOf({ days: 3 }, random))).toMatchObject({
      state: "nobody",
      revenue: null,
      isWhole: true,
    });
    expect(read(phaseOf({ holdout: 0, share: 0 }, random)).state).toBe("nobody");
    // Of what has not been counted nobody knows whether somebody came.
    expect(read({ campaign: "new", name: "new", phase: 1, facts: null })).toMatchObject({
      state: "collecting",
      isWhole: false,
    });
  });

  test("OVW29: a campaign that goes on after its planned end is in the figure, read by the sequence; its verdict stays", () => {
    const random = mulberry(19);
    const end = 28;
    const wanted = { days: 70, ran: 70, base: 0.07, lift: 0.02, perDay: 1_000 };
    const { facts, ...phase } = phaseOf(wanted, random);
    if (facts === null) throw new Error("it was counted");
    const all = Object.entries(facts.sums.days);
    const cut = (from: number, to: number) => Object.fromEntries(all.slice(from, to));
    const none = { multiple: 0, multipleByDay: {} };
    const tested = (later: PhaseSums["days"]): PhaseOfCampaign => ({
      ...phase,
      facts: {
        ...facts,
        plannedEnd: START + end * DAY_MS,
        sums: { days: cut(0, end), ...none, later: { days: later, ...none } },
      },
    });
    const goesOn = tested(cut(end, 70));
    const small = phaseOf({ campaign: "cmp_b", days: 70, ran: 70 }, random);
    const days = { from: dayOf(40), to: dayOf(68) };

    const alone = earningsOf([goesOn], days);
    expect(alone).toMatchObject({ state: "measured", isWhole: true });
    expect(alone.phases).toMatchObject([{ state: "likely_better", readBy: "sequential" }]);
    expect(alone.visitors.invited + alone.visitors.heldOut).toBe(28_000);
    expect(alone.course).toHaveLength(28);
    expect(alone.course.at(-1)).toMatchObject({ ...alone.revenue });
    const both = earningsOf([goesOn, small], days);
    const other = earningsOf([small], days).revenue?.value ?? 0;
    expect(both.revenue?.value).toBeCloseTo((alone.revenue?.value ?? 0) + other, 6);

    // Its own result is that of the planned end, whoever came since.
    const [own] = earningsOf([goesOn], ALL).phases;
    const [before] = earningsOf([tested({})], ALL).phases;
    expect(own).toMatchObject({ readBy: "final", comparison: before?.comparison, revenue: before?.revenue });
    // A span over the end is no reading that was planned.
    expect(earningsOf([goesOn], { from: dayOf(0), to: dayOf(40) }).phases[0]?.readBy).toBe("sequential");

    // Later days in another split than planned say nothing, and are missed.
    const uneven = Object.fromEntries(
      Object.entries(cut(end, 70)).map(([day, arms]) => [
        day,
        { ...arms, holdout: { ...emptySums(), n: 500, conversions: 30 } },
      ]),
    );
    expect(earningsOf([tested(uneven), small], days)).toMatchObject({
      isWhole: false,
      phases: [{ state: "unusable_split", isMissing: true }, { isMissing: false }],
    });
  });

  test("OVW1: only those first eligible inside the span count, and the course ends at the figure", () => {
    const random = mulberry(9);
    const phase = phaseOf({}, random);
    const days = { from: dayOf(7), to: dayOf(21) };
    const earned = earningsOf([phase], days);
    expect(earned.visitors.invited + earned.visitors.heldOut).toBe(14 * 400);
    const { day, ...last } = earned.course.at(-1) ?? { day: "" };
    expect(day).toBe(dayOf(20));
    expect(last).toEqual(earned.revenue);
    expect(earningsOf([phase], { from: dayOf(40), to: dayOf(41) }).phases[0]?.state).toBe("nobody");
  });

  test("OVW3: the site-wide hold-out's course ends at what everybody's sums give", () => {
    const random = mulberry(13);
    const orders = Array.from({ length: 900 }, (_, index) => ({
      person: `v${Math.floor(random() * 700)}`,
      isHeldOut: false,
      day: dayOf(index % 14),
      cents: 1_000 + Math.floor(random() * 9_000),
    })).map((order) => ({ ...order, isHeldOut: Number(order.person.slice(1)) % 10 === 0 }));
    const { arms, course } = holdoutCourse({ invited: 9_000, heldOut: 1_000 }, orders);
    const spent = new Map<string, number>();
    for (const { person, isHeldOut, cents } of orders) {
      if (!isHeldOut) spent.set(person, (spent.get(person) ?? 0) + cents / 100);
    }
    expect(arms.treatment.conversions).toBe(spent.size);
    const squares = [...spent.values()].reduce((sum, value) => sum + value ** 2, 0);
    expect(arms.treatment.revenueSquares / squares).toBeCloseTo(1, 9);
    expect(course).toHaveLength(14);
    const { diff } = intentionToTreat(arms, "revenue");
    expect(course.at(-1)?.value).toBeCloseTo((diff ?? 0) * 9_000, 6);
  });
});

const shareFigure = (x: number, n: number): Figure => ({
  value: x / n,
  numerator: x,
  denominator: n,
  n,
  interval: wilson({ n, x }),
});

describe("against the period before", () => {
  test("OVW4: of two shares the change has Newcombe's interval, and goes one way only where it leaves 0 out", () => {
    const change = changeOf(shareFigure(60, 400), shareFigure(40, 420));
    const expected = newcombe({ control: { n: 420, x: 40 }, treatment: { n: 400, x: 60 } }, 0.05);
    expect(change?.low).toBeCloseTo(expected?.[0] ?? 0, 9);
    expect(change?.high).toBeCloseTo(expected?.[1] ?? 0, 9);
    const alone = (one: Figure, other: Figure) => {
      const only = changeOf(one, other);
      if (only === null) throw new Error("there is a change");
      return judgedDirection(judged(new Map([["it", only]])).get("it") ?? null);
    };
    expect(alone(shareFigure(60, 400), shareFigure(40, 420))).toBe(1);
    expect(alone(shareFigure(40, 400), shareFigure(41, 400))).toBe(0);
    expect(alone(shareFigure(10, 400), shareFigure(60, 400))).toBe(-1);
    expect([judgedDirection(change), directionOf(change), judgedDirection(null)]).toEqual([0, 1, 0]);
  });

  test("OVW19: of six figures that did not change, one is called better or worse in at most one report of twenty", () => {
    const random = mulberry(19);
    const drawn = (n: number, share: number) => {
      let x = 0;
      for (let one = 0; one < n; one += 1) if (random() < share) x += 1;
      return shareFigure(x, n);
    };
    const runs = 1_500;
    let [together, alone] = [0, 0];
    for (let run = 0; run < runs; run += 1) {
      const changes = [0.1, 0.3, 0.5, 0.2, 0.8, 0.15].flatMap((share, place) => {
        const change = changeOf(drawn(200, share), drawn(200, share));
        return change === null ? [] : [[String(place), change] as const];
      });
      const all = [...judged(new Map(changes)).values()];
      if (all.some((change) => judgedDirection(change) !== 0)) together += 1;
      if (all.some(({ low, high }) => low > 0 || high < 0)) alone += 1;
    }
    console.log(
      `reports in which a figure was called: ${together / runs} judged together, ${alone / runs} each alone`,
    );
    expect(together / runs).toBeLessThanOrEqual(0.06);
    expect(alone / runs).toBeGreaterThan(0.15);
    // Alone, the p is at most .05 exactly where the interval leaves 0 out.
    for (const bought of [60, 62, 64, 66, 68, 70, 72, 74, 76, 78, 80]) {
      const change = changeOf(shareFigure(bought, 400), shareFigure(55, 400));
      if (change === null) throw new Error("there is a change");
      const [own] = judged(new Map([["it", change]])).values();
      expect((own?.p ?? 1) <= 0.05).toBe(change.low > 0);
    }
  });

  test("OVW18: chats whose orders may still come are held against none that are older; as many days of both sides are", () => {
    const paris = calendarOf("Europe/Paris");
    const at = (text: string) => Date.parse(text);
    const windowMs = 48 * 3_600_000;
    const of = (span: { from: number; to: number }, now: number) =>
      maturedSpans(span, spanBefore(span, now, paris), { now, windowMs, startOfDay: paris.startOfDay });
    // Four weeks up to the end of today; the 25th of October 2026 has 25 hours there.
    const month = { from: at("2026-10-26T23:00:00Z"), to: at("2026-11-23T23:00:00Z") };
    expect(of(month, at("2026-11-23T14:00:00Z"))).toEqual({
      now: { from: month.from, to: at("2026-11-19T23:00:00Z") },
      before: { from: at("2026-09-28T22:00:00Z"), to: at("2026-10-22T22:00:00Z") },
    });
    const over = { from: at("2026-10-05T22:00:00Z"), to: at("2026-10-12T22:00:00Z") };
    expect(of(over, at("2026-11-23T14:00:00Z"))?.now).toEqual(over);
    const today = { from: at("2026-11-22T23:00:00Z"), to: at("2026-11-23T23:00:00Z") };
    expect(of(today, at("2026-11-23T14:00:00Z"))).toBeNull();
  });

  test("OVW18: the change of a figure with a window is that of what has matured; the others' is of all that is known", () => {
    const figures = (bought: number, covered: number): ShownFigures => ({
      ...figuresOf(emptyTally()),
      conversion_after_chat: shareFigure(bought, 400),
      coverage_rate: shareFigure(covered, 400),
    });
    const [now, before] = [figures(20, 300), figures(60, 200)];
    const matured = { to: 5, now: figures(62, 0), before: figures(58, 0) };
    const shown = shownOf(now, before, matured);
    expect(shown.conversion_after_chat).toMatchObject({
      now: { value: 0.05 },
      change: { value: expect.closeTo(0.01, 12) },
      maturing: { to: 5, now: { value: 0.155 } },
    });
    expect(judgedDirection(shown.conversion_after_chat.change)).toBe(0);
    expect(shown.coverage_rate).toMatchObject({ change: { value: 0.25 }, maturing: null });
    expect(judgedDirection(shown.coverage_rate.change)).toBe(1);
    const none = shownOf(now, before, { to: null, now: null, before: null });
    expect(none.conversion_after_chat).toMatchObject({ change: null, maturing: { to: null } });
    expect(shownOf(now, before, null).conversion_after_chat.maturing).toBeNull();
  });

  test("OVW15: what is known of a span is held against as much of the one before, by the zone's days", () => {
    const paris = calendarOf("Europe/Paris");
    const at = (text: string) => Date.parse(text);
    // The 25th of October 2026 has 25 hours there.
    const week = { from: at("2026-10-21T22:00:00Z"), to: at("2026-10-28T23:00:00Z") };
    expect(spanBefore(week, at("2026-11-20T00:00:00Z"), paris)).toEqual({
      from: at("2026-10-14T22:00:00Z"),
      to: week.from,
    });
    const present = spanBefore(week, at("2026-10-24T09:40:00Z"), paris);
    expect(present).toEqual({ from: at("2026-10-14T22:00:00Z"), to: at("2026-10-17T09:00:00Z") });
    const today = { from: at("2026-10-21T22:00:00Z"), to: at("2026-10-22T22:00:00Z") };
    expect(spanBefore(today, at("2026-10-22T10:20:00Z"), paris)).toEqual({
      from: at("2026-10-20T22:00:00Z"),
      to: at("2026-10-21T10:00:00Z"),
    });
    const cut = { from: at("2026-10-02T10:15:00Z"), to: at("2026-10-02T16:15:00Z") };
    expect(spanBefore(cut, at("2026-11-20T00:00:00Z"), paris)).toEqual({
      from: at("2026-10-02T04:15:00Z"),
      to: cut.from,
    });
  });

  test("OVW4: without a value, an interval or enough answers there is no change", () => {
    const nothing: Figure = { value: null, numerator: 0, denominator: 0, n: 0, interval: null };
    const few: Figure = { ...shareFigure(5, 9), too_few: true };
    for (const other of [nothing, few, { ...shareFigure(1, 9), interval: null }]) {
      expect(changeOf(shareFigure(60, 400), other)).toBeNull();
      expect(changeOf(other, shareFigure(60, 400))).toBeNull();
    }
  });
});

describe("what needs somebody", () => {
  const quiet: Noticed = {
    phases: [],
    hasSiteHoldout: false,
    worstWait: null,
    targetSeconds: 60,
    margin: 0.5,
    hasCosts: true,
    late: { letters: 0, behindMs: 0 },
  };
  const live = (wanted: Wanted, seed: number) => {
    const [read] = earningsOf([phaseOf(wanted, mulberry(seed))], ALL).phases;
    if (read === undefined) throw new Error("one phase was read");
    return { ...read, isLive: true };
  };
  const codes = (noticed: Partial<Noticed>) => findingsOf({ ...quiet, ...noticed }).map(({ code }) => code);

  test("OVW5: each finding has its cause, and none without it", () => {
    const fine = live({ lift: 0 }, 1);
    expect(codes({ phases: [fine] })).toEqual([]);
    expect(codes({})).toEqual(["no_campaign"]);
    expect(codes({ phases: [live({ share: 0.3 }, 2)] })).toEqual(["unusable_split"]);
    expect(codes({ phases: [live({ lift: 0.1 }, 3)] })).toEqual(["better"]);
    expect(codes({ phases: [live({ lift: -0.04 }, 4)] })).toEqual(["worse"]);
    expect(codes({ phases: [live({ holdout: 0, share: 0 }, 5)] })).toEqual(["holdout_missing"]);
    expect(codes({ phases: [live({ holdout: 0, share: 0 }, 5)], hasSiteHoldout: true })).toEqual([]);
    expect(codes({ phases: [live({ base: 0.002, lift: 0, perDay: 60 }, 6)] })).toEqual(["too_few"]);
    expect(codes({ phases: [fine], margin: null, hasCosts: false })).toEqual(["margin_missing"]);
    expect(codes({ phases: [fine], hasCosts: false })).toEqual(["costs_missing"]);
    expect(codes({ phases: [fine], late: { letters: 1, behindMs: 0 } })).toEqual(["history_late"]);
    expect(codes({ phases: [{ ...live({ share: 0.3 }, 2), isLive: false }, fine] })).toEqual([]);
  });

  test("OVW5: at most five, the most pressing first", () => {
    const found = codes({
      phases: [live({ holdout: 0, share: 0 }, 1), ...[2, 3, 4, 5].map((seed) => live({ share: 0.3 }, seed))],
      margin: null,
      worstWait: { day: "2026-11-17", fromHour: 17, toHour: 19, chats: 40, late: 18 },
      late: { letters: 2, behindMs: 0 },
    });
    expect(found).toHaveLength(MOST_FINDINGS);
    expect(found.slice(0, 2)).toEqual(["history_late", "unusable_split"]);
  });

  test("OVW5: long waits are the hours of one day in which most chats waited too long", () => {
    const at = (day: string, hour: number, chats: number, late: number) => ({ day, hour, chats, late });
    expect(worstWait([at("2026-11-17", 9, 100, 4)])).toBeNull();
    expect(worstWait([at("2026-11-17", 9, 400, 6)])).toBeNull();
    const hours = [
      at("2026-11-17", 18, 20, 10),
      at("2026-11-17", 17, 20, 8),
      at("2026-11-17", 20, 20, 9),
      at("2026-11-18", 9, 30, 12),
    ];
    expect(worstWait(hours)).toEqual({ day: "2026-11-17", fromHour: 17, toHour: 19, chats: 40, late: 18 });
  });
});

test("OVW8: the week by its hours adds up over the weeks, and an hour that was not in the span says nothing", () => {
  const chat = (day: string, hour: number) => ({ day, hour, conversations: 3, buyers: 1, chatters: 2 });
  const cells = weekOfHours(
    [chat("2026-11-02", 9), chat("2026-11-09", 9), { ...chat("2026-11-08", 23), chatters: 0, buyers: 0 }],
    [{ day: "2026-11-09", hour: 9, chats: 4, late: 1 }],
  );
  expect(cells).toHaveLength(168);
  expect(cells[9]).toEqual({
    weekday: 1,
    hour: 9,
    times: 2,
    conversations: 6,
    late: { value: 0.25, numerator: 1, denominator: 4 },
    conversion: { value: 0.5, numerator: 2, denominator: 4 },
  });
  expect(cells[167]).toMatchObject({ weekday: 7, hour: 23, times: 1, conversion: { value: null } });
  expect(cells[10]).toMatchObject({ times: 0, conversations: 0, late: { value: null } });
});
