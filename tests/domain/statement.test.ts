import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import { costModelOf, costsOfRows } from "../../domain/kpi/costs.ts";
import { figuresOf } from "../../domain/kpi/figures.ts";
import { emptyTally } from "../../domain/kpi/tally.ts";
import { kpiRows } from "../../domain/kpi/measure.ts";
import { Agreement, covers, satisfactionFault, unlistedGoal } from "../../domain/roi/agreement.ts";
import { contactCosts } from "../../domain/roi/contact-costs.ts";
import {
  contactEffects,
  type Contact,
  type ContactPhase,
  type ContactUnit,
} from "../../domain/roi/contacts.ts";
import {
  digestText,
  evidenceChanges,
  type EvidenceLine,
  evidenceText,
  readEvidence,
} from "../../domain/roi/evidence.ts";
import { goalReading, goalUnits, LISTED_KPIS } from "../../domain/roi/goal-units.ts";
import { statementOf } from "../../domain/roi/statement.ts";
import { mulberry } from "../mulberry.ts";
import { arbitraryShop, DAY, scope, T0 } from "./kpi-history.ts";

const TERMS = Agreement.parse({
  name: "Per sale",
  kpi: "incremental_sales",
  campaigns: ["cmp_1"],
  rate: 4,
  basis: "estimate",
  from_month: "2026-01",
});

/** A phase in which so many of the arm bought for 10 € each. */
function phase(
  number: number,
  treated: [n: number, x: number],
  holdout: [n: number, x: number],
  share = holdout[0] / (treated[0] + holdout[0]),
): EvidenceLine[] {
  const lines: EvidenceLine[] = [["phase", "cmp_1", number, share]];
  for (const [arm, [n, x]] of [
    ["treated", treated],
    ["holdout", holdout],
  ] as const) {
    for (let index = 0; index < n; index += 1) {
      const id = `dec_${number}_${arm}_${index}`;
      lines.push(["unit", "cmp_1", number, id, arm]);
      if (index < x) lines.push(["order", id, `o_${id}`, 1_000]);
    }
  }
  return lines;
}

const MONTH = phase(1, [4_000, 400], [1_000, 60]);

describe("statements", () => {
  test("RET7: due is the rate for what would not have been sold without inviting, phase by phase", () => {
    const one = statementOf(TERMS, MONTH);
    expect(one).toMatchObject({ reason: "due", due: 640 });
    expect(one.quantity?.value).toBeCloseTo(160, 9);
    const two = statementOf(TERMS, [...MONTH, ...phase(2, [2_000, 120], [500, 15])]);
    expect(two.lines.map(({ phase: number, state }) => [number, state])).toEqual([
      [1, "counted"],
      [2, "counted"],
    ]);
    expect(two.quantity?.value).toBeCloseTo(160 + 60, 9);
    const [first, second] = two.lines.map(({ quantity }) => (quantity?.high ?? 0) - (quantity?.value ?? 0));
    expect((two.quantity?.high ?? 0) - (two.quantity?.value ?? 0)).toBeCloseTo(
      Math.hypot(first ?? 0, second ?? 0),
      9,
    );
  });

  test("RET7: by the low end of the interval, with a cap and with a minimum", () => {
    const low = statementOf({ ...TERMS, basis: "low" }, MONTH);
    expect(low.due).toBe(Math.round((low.quantity?.low ?? 0) * 4 * 100) / 100);
    expect(low.due).toBeLessThan(640);
    expect(statementOf({ ...TERMS, cap: 99.5 }, MONTH).due).toBe(99.5);
    expect(statementOf({ ...TERMS, minimum: 161 }, MONTH)).toMatchObject({ due: 0, reason: "below_minimum" });
    const revenue = statementOf({ ...TERMS, kpi: "incremental_revenue", rate: 0.1 }, MONTH);
    expect(revenue.due).toBe(160);
  });

  test("RET8: nothing is due when a goal was missed or is not known, or nothing was added or measured", () => {
    const goal = { kpi: "csat", bound: "at_least", value: 0.8 } as const;
    const agreed = { ...TERMS, goals: [goal] };
    const told = (value: number, n: number): EvidenceLine => ["goal", "csat", value, value * n, n, n];
    expect(statementOf(agreed, [...MONTH, told(0.8, 40)]).due).toBe(640);
    expect(statementOf(agreed, [...MONTH, told(0.79, 100)])).toMatchObject({ due: 0, reason: "goal_missed" });
    expect(statementOf(agreed, [...MONTH, told(1, 29)])).toMatchObject({ due: 0, reason: "goal_missed" });
    expect(statementOf(agreed, MONTH)).toMatchObject({ due: 0, reason: "goal_missed" });
    const perhaps = phase(1, [4_000, 260], [1_000, 60]);
    for (const basis of ["estimate", "low"] as const) {
      expect(statementOf({ ...TERMS, basis }, perhaps)).toMatchObject({ due: 0, reason: "not_proven" });
    }
    const worse = statementOf(TERMS, phase(1, [4_000, 200], [1_000, 60]));
    expect(worse).toMatchObject({ due: 0, reason: "nothing_added" });
  });

  test.each([
    ["not_measurable", phase(1, [4_000, 400], [0, 0], 0)],
    ["unusable_split", phase(1, [4_000, 400], [1_000, 60], 0.5)],
    ["too_few", phase(1, [20, 2], [4, 1], 0.02)],
    ["too_few", phase(1, [4_000, 400], [1_000, 9])],
  ])("RET8: a phase that is %s counts nothing", (state, evidence) => {
    const statement = statementOf(TERMS, evidence);
    expect(statement.lines[0]).toMatchObject({ state, quantity: null });
    expect(statement).toMatchObject({ due: 0, reason: "not_measured" });
  });

  test("RET8: satisfaction is paid by the month, with its goal and with enough answers", () => {
    const terms: Agreement = { ...TERMS, kpi: "satisfaction", rate: 500, minimum: 0.8 };
    const answers = (good: number, bad: number): EvidenceLine[] =>
      Array.from({ length: good + bad }, (_, index) => ["answer", `cnv_${index}`, index < good ? 5 : 2]);
    expect(statementOf(terms, answers(90, 10)).due).toBe(500);
    expect(statementOf(terms, answers(70, 30))).toMatchObject({ due: 0, reason: "below_minimum" });
    expect(statementOf(terms, answers(20, 0))).toMatchObject({ due: 0, reason: "not_measured" });
  });

  test("RET13: satisfaction without a goal and without a minimum is paid nothing, however it went", () => {
    const terms = Agreement.parse({ name: "x", kpi: "satisfaction", rate: 5_000, from_month: "2026-01" });
    const answers = (good: number): EvidenceLine[] =>
      Array.from({ length: 60 }, (_, index) => ["answer", `cnv_${index}`, index < good ? 5 : 1]);
    expect(statementOf(terms, answers(3))).toMatchObject({ due: 0, reason: "no_goal" });
    expect(statementOf(terms, answers(60))).toMatchObject({ due: 0, reason: "no_goal" });
    expect(statementOf({ ...terms, minimum: 0.8 }, answers(58))).toMatchObject({ due: 5_000 });
    const csat = { kpi: "csat", bound: "at_least", value: 0.8 } as const;
    for (const asksNothing of [
      { goals: [{ ...csat, bound: "at_most" as const }] },
      { goals: [{ ...csat, value: 0 }] },
      { goals: [{ ...csat, kpi: "waiting_median" as const }] },
      { minimum: 0 },
    ]) {
      expect(satisfactionFault({ ...terms, ...asksNothing })).toMatchObject({ path: "goals" });
    }
    expect(satisfactionFault({ ...terms, minimum: 80 })).toMatchObject({ path: "minimum" });
    expect(satisfactionFault({ ...terms, goals: [csat] })).toBeNull();
    expect(satisfactionFault(TERMS)).toBeNull();
  });

  test("RET8: a contact that did not come is paid, one that came instead is not", () => {
    const terms: Agreement = { ...TERMS, kpi: "deflected_contacts", rate: 6 };
    const calls = (treated: number, holdout: number): EvidenceLine[] => [
      ...phase(1, [4_000, 0], [1_000, 0]),
      ...Array.from({ length: treated }, (_, index): EvidenceLine => [
        "contact",
        `dec_1_treated_${index}`,
        `t${index}`,
      ]),
      ...Array.from({ length: holdout }, (_, index): EvidenceLine => [
        "contact",
        `dec_1_holdout_${index}`,
        `h${index}`,
      ]),
    ];
    expect(statementOf(terms, calls(200, 100)).due).toBe((400 - 200) * 6);
    expect(statementOf(terms, calls(600, 100))).toMatchObject({ due: 0, reason: "nothing_added" });
  });

  test("RET16: a goal is counted from the events that are told of it, each with what it gives", () => {
    const goal = { kpi: "csat", bound: "at_least", value: 0.8 } as const;
    const answers = (good: number, bad: number): EvidenceLine[] =>
      Array.from({ length: good + bad }, (_, index) => [
        "goal_unit",
        "csat",
        `cnv_${index}`,
        index < good ? 4 : 3,
      ]);
    const read = (lines: EvidenceLine[]) => statementOf({ ...TERMS, goals: [goal] }, [...MONTH, ...lines]);
    expect(read(answers(80, 20))).toMatchObject({
      due: 640,
      goals: [{ reading: 0.8, n: 100, listed: true, state: "met" }],
    });
    expect(read(answers(79, 21))).toMatchObject({ due: 0, goals: [{ reading: 0.79, state: "missed" }] });
    expect(read(answers(29, 0))).toMatchObject({ due: 0, goals: [{ state: "too_few" }] });
    // Another goal's events are not this one's; what was issued with a figure alone is still read by it.
    expect(read([["goal_unit", "fcr", "cnv_1", 1]])).toMatchObject({ goals: [{ reading: null, n: 0 }] });
    expect(read([["goal", "csat", 0.9, 90, 100, 100]])).toMatchObject({
      due: 640,
      goals: [{ reading: 0.9, listed: false }],
    });
    expect(unlistedGoal({ goals: [goal, { ...goal, kpi: "coverage_rate" }] })).toBe(1);
    expect(unlistedGoal({ goals: [goal] })).toBe(-1);
  });

  test("RET16: whatever happened in a month, its events give each goal the figure of that name", () => {
    fc.assert(
      fc.property(arbitraryShop(T0, 4), fc.nat(12), (shop, days) => {
        const asked = { ...scope, from: T0, to: T0 + 3 * DAY, now: T0 + days * DAY };
        const [row] = kpiRows(shop, { ...asked, groupBy: null });
        const units = goalUnits(LISTED_KPIS, shop, asked);
        for (const kpi of LISTED_KPIS) {
          const parts = (units.get(kpi) ?? []).map(([, part]) => part);
          const reading = goalReading(kpi, parts);
          const counted = kpi === "orders" || kpi === "chats_handled";
          const value = row?.[kpi].value ?? null;
          expect([kpi, counted ? (reading ?? 0) : reading]).toEqual([
            kpi,
            value === null ? null : expect.closeTo(value, 9),
          ]);
          if (!counted && kpi !== "aov") expect([kpi, parts.length]).toEqual([kpi, row?.[kpi].n]);
        }
      }),
    );
  });

  test("RET9: from its lines, in whatever order and however often told, the same cent and the same text", () => {
    const text = evidenceText(MONTH);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const roll = mulberry(seed);
        const shuffled = [...MONTH, ...MONTH.slice(0, 50)].toSorted(() => roll() - 0.5);
        expect(digestText(evidenceText(shuffled))).toBe(digestText(text));
      }),
      { numRuns: 5 },
    );
    const read = readEvidence(text);
    expect(read && statementOf(TERMS, read)).toEqual(statementOf(TERMS, readEvidence(text) ?? []));
    expect(read && statementOf(TERMS, read).due).toBe(640);
    expect(readEvidence(['["unit","x"]'])).toBeNull();
    expect(readEvidence(["not json"])).toBeNull();
  });

  test("RET10: what changed since is told line by line", () => {
    const before = evidenceText(MONTH);
    const refunded = MONTH.map((line): EvidenceLine =>
      line[0] === "order" && line[2] === "o_dec_1_treated_7" ? ["order", line[1], line[2], 400] : line,
    );
    const changes = evidenceChanges(
      before,
      evidenceText(refunded.filter((line) => line[2] !== "o_dec_1_treated_8")),
    );
    expect(changes).toEqual([
      { change: "removed", line: '["order","dec_1_treated_7","o_dec_1_treated_7",1000]' },
      { change: "added", line: '["order","dec_1_treated_7","o_dec_1_treated_7",400]' },
      { change: "removed", line: '["order","dec_1_treated_8","o_dec_1_treated_8",1000]' },
    ]);
    expect(evidenceChanges(before, before)).toEqual([]);
  });

  test("RET7: an agreement holds in its months alone", () => {
    expect(covers({ from_month: "2026-03", to_month: null }, "2026-02")).toBe(false);
    expect(covers({ from_month: "2026-03", to_month: null }, "2027-01")).toBe(true);
    expect(covers({ from_month: "2026-03", to_month: "2026-04" }, "2026-05")).toBe(false);
  });
});

describe("contacts", () => {
  const HOUR = 3_600_000;
  const DAY = 24 * HOUR;
  const PHASE: ContactPhase = {
    startedAt: 0,
    stoppedAt: null,
    plannedEnd: null,
    plannedVisitors: null,
    holdout: 0.2,
  };
  /** So many a day for so many days, every fifth held out. */
  const unitsOf = (count: number, days: number): ContactUnit[] =>
    Array.from({ length: count }, (_, index) => ({
      person: `v${index}`,
      arm: index % 5 === 0 ? "holdout" : "treated",
      eligibleAt: Math.floor((index * days * DAY) / count),
    }));
  /** Each of an arm calls once, a moment later, where `calls` says so of its place in the arm. */
  const callsOf = (
    units: readonly ContactUnit[],
    calls: (arm: string, place: number) => boolean,
  ): Contact[] => {
    const places = { treated: 0, holdout: 0 };
    return units.flatMap(({ person, arm, eligibleAt }) =>
      calls(arm, places[arm]++) ? [{ person, channel: "phone", at: eligibleAt + 1 }] : [],
    );
  };

  test("RET5: contacts are counted by arm within an hour, a day and a week, of those whose span has passed", () => {
    const units = unitsOf(2_000, 0).map((unit, index) =>
      index === 1 ? { ...unit, eligibleAt: 200 * HOUR } : unit,
    );
    const contacts: Contact[] = [
      { person: "v0", channel: "phone", at: HOUR / 2 },
      { person: "v0", channel: "phone", at: 2 * HOUR },
      { person: "v2", channel: "email", at: 30 * HOUR },
      { person: "v3", channel: "phone", at: 168 * HOUR },
      { person: "v4", channel: "phone", at: -1 },
      { person: "stranger", channel: "phone", at: 1 },
    ];
    const asked = { phase: PHASE, now: 201 * HOUR };
    const of = (channel: string, hours: number) =>
      contactEffects(units, contacts, asked).find((each) => each.channel === channel && each.hours === hours);
    expect(of("phone", 1)).toMatchObject({
      treated: { visitors: 1_600, contacting: 0, contacts: 0 },
      holdout: { visitors: 400, contacting: 1, contacts: 1 },
    });
    // The one who came late has not had a day yet.
    expect(of("phone", 24)).toMatchObject({
      treated: { visitors: 1_599 },
      holdout: { contacting: 1, contacts: 2 },
    });
    expect(of("any", 168)).toMatchObject({ treated: { contacting: 1 }, holdout: { contacts: 2 } });
    expect(of("email", 24)).toMatchObject({ treated: { contacting: 0 }, difference: null });
  });

  test("RET5: everybody counts by intention to treat, and what was spared has an interval", () => {
    const units = unitsOf(2_000, 10);
    const contacts = callsOf(units, (arm, place) => place % (arm === "treated" ? 20 : 2) === 0);
    const [any] = contactEffects(units, contacts, { phase: PHASE, now: 11 * DAY });
    expect(any).toMatchObject({ state: "read", basis: "sequential" });
    expect(any?.holdout).toEqual({ visitors: 400, contacting: 200, contacts: 200 });
    expect(any?.difference?.value).toBeCloseTo(80 / 1_600 - 200 / 400, 12);
    expect(any?.deflected?.low).toBeGreaterThan(0);
    expect(any?.deflected?.value).toBeCloseTo(-(any?.difference?.value ?? 0) * 1_600, 6);
    const nobody = contactEffects([], contacts, { phase: PHASE, now: 11 * DAY });
    expect(nobody[0]).toMatchObject({ difference: null, deflected: null });
  });

  test("RET14: nothing is said of a split that is not the planned one, of too few or before a week of visitors", () => {
    const units = unitsOf(2_000, 10);
    const contacts = callsOf(units, (arm, place) => place % (arm === "treated" ? 20 : 2) === 0);
    const read = (over: Partial<ContactPhase>, some = units, calls = contacts, now = 11 * DAY) =>
      contactEffects(some, calls, { phase: { ...PHASE, ...over }, now }).map(
        ({ state, difference, deflected }) => (difference === null && deflected === null ? state : "said"),
      );
    expect(read({})[0]).toBe("said");
    expect(new Set(read({ holdout: 0.5 }))).toEqual(new Set(["unusable_split"]));
    expect(new Set(read({ holdout: 0 }))).toEqual(new Set(["not_measurable"]));
    expect(new Set(read({}, units, contacts, 7 * DAY - 1))).toEqual(new Set(["collecting"]));
    // A day of visitors and six of a pause are no week.
    const first = units.filter(({ eligibleAt }) => eligibleAt < DAY || eligibleAt > 6.5 * DAY);
    expect(new Set(read({}, first, contacts, 7.2 * DAY))).toEqual(new Set(["collecting"]));
    expect(new Set(read({ stoppedAt: 3 * DAY }, units.slice(0, 600)))).toEqual(new Set(["collecting"]));
    const nine = callsOf(units, (arm, place) => place < (arm === "treated" ? 100 : 9));
    expect(new Set(read({}, units, nine))).toEqual(new Set(["too_few"]));
  });

  test("RET14: once the planned end and the span after it have passed there is one reading, which nobody changes", () => {
    const units = unitsOf(4_000, 20);
    const contacts = callsOf(units, (arm, place) => place % (arm === "treated" ? 20 : 10) === 0);
    const phase = { ...PHASE, plannedEnd: 14 * DAY, plannedVisitors: 2_800 };
    const at = (now: number) =>
      contactEffects(units, contacts, { phase, now }).find(
        ({ channel, hours }) => channel === "any" && hours === 24,
      );
    const [before, final, later] = [at(15 * DAY - 1), at(15 * DAY), at(20 * DAY)];
    expect([before?.basis, final?.basis]).toEqual(["sequential", "final"]);
    expect(later).toEqual(final);
    expect(final?.treated.visitors).toBe(2_240);
    const width = (effect: typeof final) => (effect?.deflected?.high ?? 0) - (effect?.deflected?.low ?? 0);
    expect(width(final)).toBeLessThan(width(before));
  });

  test("RET14: of phases without an effect that are looked at every day, hardly any is ever said to spare contacts", () => {
    const roll = mulberry(20_261_123);
    const phases = 60;
    let claimed = 0;
    for (let phase = 0; phase < phases; phase += 1) {
      const units = unitsOf(1_500, 21);
      const contacts = callsOf(units, () => roll() < 0.15);
      const days = Array.from({ length: 15 }, (_, day) => (7 + day) * DAY + HOUR);
      claimed += days.some((now) =>
        contactEffects(units, contacts, { phase: PHASE, now }).some(
          ({ deflected }) => deflected !== null && (deflected.low > 0 || deflected.high < 0),
        ),
      )
        ? 1
        : 0;
    }
    expect(claimed / phases).toBeLessThanOrEqual(0.05);
  });

  test("RET4: a chat costs its part of agents and platform, and nothing is assumed", () => {
    const month = (365.2425 / 12) * 86_400_000;
    const served = { from: 0, to: month, now: month, agentHours: 100, chats: 400 };
    const entered = { agent_hour: 30, platform_month: 600, contact_phone: 7 };
    const costs = contactCosts(entered, served);
    expect(costs).toMatchObject({ agents: 3_000, platform: 600, total: 3_600, phone: 7, email: null });
    expect(costs.perChat?.value).toBe(9);
    expect(costs.perChat?.low).toBeLessThan(9);
    expect(contactCosts(entered, { ...served, agentHours: 0 })).toMatchObject({ agents: null, total: null });
    expect(contactCosts({}, served)).toMatchObject({ total: null, perChat: null });
    expect(contactCosts(entered, { ...served, chats: 0 }).perChat).toBeNull();
    // Half of the costs would flatter, and a month that is not over bears what has passed of it.
    expect(contactCosts({ agent_hour: 30 }, served)).toMatchObject({
      agents: 3_000,
      platform: null,
      total: null,
      perChat: null,
    });
    expect(contactCosts(entered, { ...served, now: month / 4 })).toMatchObject({ platform: 150 });
    expect(contactCosts(entered, { ...served, from: 2 * month, to: 3 * month })).toMatchObject({
      platform: null,
      total: null,
    });
  });
});

describe("one cost of a contact", () => {
  const HOUR = 3_600_000;
  const price = fc.option(fc.double({ min: 0, max: 1_000, noNaN: true }), { nil: null });

  test("RET15: the return and the figures have one cost of a contact, to the last digit", () => {
    const served = fc.record({
      hours: fc.nat(5_000_000),
      chats: fc.nat(900),
      span: fc.integer({ min: 1, max: 60 }),
      passed: fc.integer({ min: -2, max: 80 }),
    });
    fc.assert(
      fc.property(fc.record({ agent_hour: price, platform_month: price }), served, (economics, of) => {
        const [from, to, now] = [0, of.span * 24 * HOUR, of.passed * 24 * HOUR];
        const tally = { ...emptyTally(), chats_handled: of.chats, agent_online_ms: of.hours };
        const bears = costsOfRows(
          costModelOf(economics),
          { from, to, now, groupBy: null },
          calendarOf("UTC"),
        );
        const figures = figuresOf(tally, { costs: bears("") });
        const costs = contactCosts(economics, {
          from,
          to,
          now,
          agentHours: of.hours / HOUR,
          chats: of.chats,
        });
        expect(costs.total).toBe(figures.cost_total.value);
        expect(costs.perChat?.value ?? null).toBe(figures.cost_per_contact.value);
      }),
    );
  });
});
