/** The KPI definitions, each on a small history written by hand, and the properties that hold for any history. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketsBetween, calendarOf } from "../../domain/kpi/calendar.ts";
import {
  EMPTY_HISTORY,
  type ChatRow,
  type ExposureRow,
  type KpiHistory,
  type OrderRow,
  type RefundRow,
  type VisitRow,
} from "../../domain/kpi/history.ts";
import type { KpiScope } from "../../domain/kpi/counting.ts";
import type { Grouping } from "../../domain/kpi/grouping.ts";
import { kpiRows, type KpiRow } from "../../domain/kpi/measure.ts";
import { KPI_NAMES, type KpiName } from "../../domain/kpi/figures.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Thursday, 10:00 in Paris. */
const T0 = Date.parse("2026-11-19T09:00:00Z");

const scope: KpiScope = {
  from: T0 - HOUR,
  to: T0 + DAY,
  now: T0 + 10 * DAY,
  zone: "Europe/Paris",
  groupBy: null,
  orders: "claimed",
  currency: "EUR",
  attributionMs: 48 * HOUR,
};

let made = 0;
const nextId = (prefix: string) => `${prefix}${(made += 1)}`;

function visit(visitor: string, startedAt: number, more: Partial<VisitRow> = {}): VisitRow {
  const base = { id: nextId("ses"), visitor, startedAt, endedAt: startedAt + 20 * 60_000 };
  return {
    ...base,
    covered: false,
    eligible: false,
    suppressed: false,
    channel: null,
    device: null,
    ...more,
  };
}
function exposure(visitor: string, eligibleAt: number, more: Partial<ExposureRow> = {}): ExposureRow {
  const base = { id: nextId("dec"), visitor, session: "ses", campaign: "cmp_a", phase: 1, variant: "a" };
  const seen = { shown: true, opened: false, declined: false, ignored: false };
  return { ...base, kind: "chat", arm: "treated", eligibleAt, ...seen, ...more };
}
function chat(visitor: string, startedAt: number, more: Partial<ChatRow> = {}): ChatRow {
  const offer = { decision: null, campaign: null, variant: null, skill: null, agent: "usr_lea" };
  const base = { id: nextId("cnv"), visitor, startedAt, answeredAt: startedAt + 30_000, closedAt: null };
  const room = { queuedAt: null, assignedAt: null, lastMessageAt: null, closeReason: null, leftAt: null };
  const told = { answeredBy: null, handovers: [], canned: [], surveyAsked: null, surveyQuestions: null };
  return { ...base, ...room, ...offer, ...told, ...more };
}
function order(visitor: string, at: number, total: number, more: Partial<OrderRow> = {}): OrderRow {
  const base = { id: nextId("ord"), visitor, session: null, at, total };
  return { ...base, currency: "EUR", status: "claimed", covered: false, ...more };
}
function refund(of: OrderRow, amount: number | null, more: Partial<RefundRow> = {}): RefundRow {
  return { id: nextId("ref"), order: of.id, amount, status: "claimed", ...more };
}

function history(parts: Partial<KpiHistory>): KpiHistory {
  return { ...EMPTY_HISTORY, ...parts };
}
function whole(parts: Partial<KpiHistory>, more: Partial<KpiScope> = {}): KpiRow {
  const [row] = kpiRows(history(parts), { ...scope, ...more });
  if (row === undefined) throw new Error("no row");
  return row;
}
function sumOver(rows: readonly KpiRow[], name: KpiName): number {
  return rows.reduce((sum, row) => sum + (row[name].value ?? 0), 0);
}

describe("definitions", () => {
  test("KPI1: with nothing to divide by, a ratio is null and a count is 0; nothing is NaN or infinite", () => {
    const row = whole({});
    for (const name of KPI_NAMES) {
      const { value, denominator } = row[name];
      if (denominator === 0) expect(value, name).toBeNull();
      if (value !== null) expect(Number.isFinite(value), name).toBe(true);
    }
    expect(row.visitors).toMatchObject({ value: 0, numerator: 0, denominator: null });
    expect(row.acceptance_rate).toMatchObject({ value: null, numerator: 0, denominator: 0 });
    expect(row.csat.value).toBeNull();
  });

  test("KPI2: visitors are visitor-days; one person with two visits on one day is one", () => {
    const visits = [
      visit("ada", T0),
      visit("ada", T0 + HOUR),
      visit("bob", T0),
      visit("ada", T0 + 15 * HOUR),
    ];
    const row = whole({ visits });
    expect(row.visitors.value).toBe(3);
    expect(row.visits.value).toBe(4);
  });

  test("KPI2: a visitor-day counts in the hour of its first event, also when that hour is outside the row", () => {
    const visits = [visit("ada", T0), visit("ada", T0 + 2 * HOUR)];
    expect(whole({ visits }, { from: T0 + HOUR }).visitors.value).toBe(0);
  });

  test("KPI3: acceptance is a message with that decision; a click alone is opened, another's chat is neither", () => {
    const [messaged, clicked, declined, ignored] = [
      exposure("ada", T0, { opened: true }),
      exposure("bob", T0, { opened: true }),
      exposure("cyd", T0, { declined: true }),
      exposure("dan", T0),
    ];
    const heldOut = exposure("eve", T0, { arm: "holdout", shown: false });
    const chats = [chat("ada", T0 + 60_000, { decision: messaged.id }), chat("zoe", T0 + 60_000)];
    const row = whole({ exposures: [messaged, clicked, declined, ignored, heldOut], chats });
    expect(row.acceptance_rate).toMatchObject({ value: 0.25, numerator: 1, denominator: 4 });
    expect(row.opened_rate).toMatchObject({ value: 0.5, numerator: 2, denominator: 4 });
    expect(row.display_rate).toMatchObject({ value: 0.8, numerator: 4, denominator: 5 });
    // The fifth was held out: of those who were to be shown it, all were.
    expect(row.display_rate_treated).toMatchObject({ value: 1, numerator: 4, denominator: 4 });
    expect([row.triggered.value, row.held_out.value, row.declined.value]).toEqual([5, 1, 1]);
  });

  test("KPI3: an offer that leads to no conversation is displayed but no invitation", () => {
    const exposures = [exposure("ada", T0, { kind: "offer", opened: true })];
    const row = whole({ exposures });
    expect(row.displayed.value).toBe(1);
    expect(row.acceptance_rate.value).toBeNull();
  });

  test("KPI4: coverage counts eligible visitor-days that were covered in the same visit", () => {
    const visits = [
      visit("ada", T0, { eligible: true, covered: true }),
      visit("bob", T0, { eligible: true }),
      visit("cyd", T0, { covered: true }),
      visit("dan", T0, { eligible: true }),
      visit("dan", T0 + HOUR, { covered: true }),
    ];
    expect(whole({ visits }).coverage_rate).toMatchObject({ value: 1 / 3, numerator: 1, denominator: 3 });
  });

  test("KPI5: an order during the open chat counts, one before the first message or after the window does not", () => {
    const visits = ["ada", "bob", "cyd", "dan"].map((who) => visit(who, T0 - 60_000, { endedAt: T0 + HOUR }));
    const chats = ["ada", "bob", "cyd", "dan"].map((who) => chat(who, T0));
    const orders = [
      order("ada", T0 + 60_000, 50),
      order("bob", T0 - 1, 60),
      order("cyd", T0 + HOUR + 48 * HOUR, 70),
      order("dan", T0 + HOUR + 48 * HOUR + 1, 80),
    ];
    const row = whole({ visits, chats, orders });
    expect(row.conversion_after_chat).toMatchObject({ value: 0.5, numerator: 2, denominator: 4 });
    expect(row.attributed_revenue.value).toBe(120);
    expect(row.aov_assisted).toMatchObject({ value: 60, numerator: 120, denominator: 2 });
  });

  test("KPI5: a conversation that no agent answered earns nothing", () => {
    const chats = [chat("ada", T0, { answeredAt: null, closedAt: T0 + HOUR })];
    const row = whole({ chats, orders: [order("ada", T0 + 1, 50)] });
    expect(row.attributed_revenue.value).toBe(0);
    expect(row.conversion_after_chat.value).toBeNull();
    expect(row.abandonment_rate).toMatchObject({ value: 1, numerator: 1, denominator: 1 });
  });

  test("KPI6: refunds are net: a partial one lowers the revenue, a whole one removes the order", () => {
    const [kept, partly, gone] = [order("a", T0, 100), order("b", T0, 80), order("c", T0, 60)];
    const refunds = [refund(partly, 30.5), refund(gone, null)];
    const row = whole({ orders: [kept, partly, gone], refunds });
    expect(row.orders.value).toBe(2);
    expect(row.revenue.value).toBe(149.5);
  });

  test("KPI6: what is left of an order is never less than nothing, whatever was refunded before its amount was confirmed", () => {
    const euros = fc.integer({ min: 0, max: 20_000 }).map((cents) => cents / 100);
    const parts = fc.record({
      totals: fc.array(euros, { maxLength: 4 }),
      back: fc.array(euros, { maxLength: 6 }),
    });
    fc.assert(
      fc.property(parts, ({ totals, back }) => {
        const orders = totals.map((total) => order("ada", T0 + HOUR, total, { status: "confirmed" }));
        const refunds = back.flatMap((amount, at) =>
          orders.slice(at % 4, (at % 4) + 1).map((of) => refund(of, amount)),
        );
        const row = whole({ orders, refunds });
        const nets = orders.map(({ id, total }) => {
          const gone = refunds
            .filter((one) => one.order === id)
            .reduce((sum, one) => sum + (one.amount ?? 0), 0);
          return Math.max(0, total - gone);
        });
        expect(row.revenue.value).toBeCloseTo(
          nets.reduce((sum, net) => sum + net, 0),
          2,
        );
      }),
    );
  });

  test("KPI7: the setting `confirmed` counts what the site's server told, and only its refunds", () => {
    const [claimed, confirmed] = [order("a", T0, 10), order("b", T0, 20, { status: "confirmed" })];
    const refunds = [refund(confirmed, null, { status: "claimed" })];
    const parts = { orders: [claimed, confirmed], refunds };
    expect(whole(parts).revenue.value).toBe(10);
    expect(whole(parts, { orders: "confirmed" }).revenue.value).toBe(20);
  });

  test("KPI7: an order in another currency counts as an order, without a revenue nobody told us", () => {
    const row = whole({ orders: [order("a", T0, 10), order("b", T0, 99, { currency: "USD" })] });
    expect([row.orders.value, row.revenue.value]).toEqual([2, 10]);
  });

  test("KPI8: a proven user is one person on all their devices", () => {
    const persons = new Map([
      ["phone", "user:7"],
      ["desk", "user:7"],
    ]);
    const parts = {
      visits: [visit("phone", T0), visit("desk", T0 + HOUR)],
      chats: [chat("phone", T0)],
      orders: [order("desk", T0 + 2 * HOUR, 40)],
    };
    expect(whole(parts).conversion_after_chat.value).toBe(0);
    const joined = whole({ ...parts, persons });
    expect(joined.visitors.value).toBe(1);
    expect(joined.conversion_after_chat).toMatchObject({ value: 1, numerator: 1, denominator: 1 });
  });

  test("KPI9: an order of two chats is credited once, to the first; the day stays proactive or not by its first", () => {
    const offered = exposure("ada", T0);
    const first = chat("ada", T0, {
      decision: offered.id,
      campaign: "cmp_a",
      variant: "a",
      agent: "usr_lea",
    });
    const second = chat("ada", T0 + HOUR, { agent: "usr_hugo" });
    const parts = { exposures: [offered], chats: [second, first], orders: [order("ada", T0 + 2 * HOUR, 90)] };
    expect(whole(parts).assisted_orders.value).toBe(1);
    expect(whole(parts).proactive_conversion).toMatchObject({ value: 1, numerator: 1, denominator: 1 });
    const byAgent = kpiRows(history(parts), { ...scope, groupBy: "agent" });
    expect(byAgent.map((row) => [row.group, row.attributed_revenue.value])).toEqual([
      ["usr_hugo", 0],
      ["usr_lea", 90],
    ]);
    const byCampaign = kpiRows(history(parts), { ...scope, groupBy: "campaign" });
    expect(
      byCampaign.map((row) => [row.group, row.acceptance_rate.value, row.attributed_revenue.value]),
    ).toEqual([["cmp_a", 1, 90]]);
  });

  test("KPI9: a row holds the chats that began in it; their orders of the next day restate it", () => {
    const parts = { chats: [chat("ada", T0)], orders: [order("ada", T0 + 30 * HOUR, 90)] };
    const rows = kpiRows(history(parts), { ...scope, from: T0 - DAY, to: T0 + 2 * DAY, groupBy: "day" });
    const of = (day: string) => rows.find(({ group }) => group === day);
    expect(of("2026-11-19")?.attributed_revenue.value).toBe(90);
    expect(of("2026-11-20")?.attributed_revenue.value).toBe(0);
    expect(of("2026-11-20")?.revenue.value).toBe(90);
  });

  test("KPI10: satisfaction, recommendation and agents' hours come with what they are made of", () => {
    const chats = [chat("ada", T0, { closedAt: T0 + HOUR }), chat("bob", T0, { closedAt: T0 + HOUR })];
    const answers = { nps: 10, ces: 6, resolved: true, otherwise: false };
    const surveys = chats.map(({ id }, index) => ({ conversation: id, at: T0, csat: index + 3, ...answers }));
    const agentStates = [
      {
        agent: "usr_lea",
        state: "online" as const,
        capacity: 3,
        startedAt: T0 - 2 * HOUR,
        endedAt: T0 + HOUR,
      },
      { agent: "usr_lea", state: "away" as const, capacity: 3, startedAt: T0 + HOUR, endedAt: null },
    ];
    const row = whole({ chats, surveys, agentStates });
    expect(row.csat).toMatchObject({ value: 0.5, numerator: 1, denominator: 2 });
    expect(row.nps.value).toBe(100);
    expect(row.csat_response_rate.value).toBe(1);
    expect(row.agent_hours.value).toBe(2);
    expect(row.fcr).toMatchObject({ value: 1, numerator: 2, denominator: 2 });
  });
});

describe("time", () => {
  test("KPI11: days are those of the site's zone, also where the clocks change", () => {
    const paris = calendarOf("Europe/Paris");
    expect(paris.dayOf(Date.parse("2026-11-18T22:59:59Z"))).toBe("2026-11-18");
    expect(paris.dayOf(Date.parse("2026-11-18T23:00:00Z"))).toBe("2026-11-19");
    expect(paris.weekOf(T0)).toBe("2026-11-16");
    const [from, to] = [Date.parse("2026-10-24T22:00:00Z"), Date.parse("2026-10-25T23:00:00Z")];
    expect(bucketsBetween(from, to, paris.dayOf)).toEqual(["2026-10-25"]);
    expect(bucketsBetween(from, to, paris.hourOf)).toHaveLength(25);
  });
});

const arbitraryHistory = fc
  .array(
    fc.record({
      who: fc.constantFrom("a", "b", "c", "d"),
      at: fc.integer({ min: T0, max: T0 + 3 * DAY }),
      eligible: fc.boolean(),
      chats: fc.boolean(),
      answered: fc.boolean(),
      offered: fc.constantFrom("none", "treated", "holdout"),
      buysAfter: fc.option(fc.integer({ min: 0, max: 70 * HOUR })),
      cents: fc.integer({ min: 1, max: 50_000 }),
    }),
    { maxLength: 25 },
  )
  .map((steps): KpiHistory => {
    const rows = {
      visits: [] as VisitRow[],
      exposures: [] as ExposureRow[],
      chats: [] as ChatRow[],
      orders: [] as OrderRow[],
    };
    steps.forEach((step, index) => {
      rows.visits.push(
        visit(step.who, step.at, { id: `s${index}`, eligible: step.eligible, covered: step.answered }),
      );
      const decision = step.offered === "none" ? null : `d${index}`;
      if (decision !== null) {
        const arm = step.offered === "holdout" ? "holdout" : "treated";
        rows.exposures.push(exposure(step.who, step.at, { id: decision, arm, shown: arm === "treated" }));
      }
      if (step.chats && step.offered !== "holdout") {
        const answeredAt = step.answered ? step.at + 1 : null;
        rows.chats.push(chat(step.who, step.at, { id: `c${index}`, decision, answeredAt }));
      }
      if (step.buysAfter !== null) {
        rows.orders.push(order(step.who, step.at + step.buysAfter, step.cents / 100, { id: `o${index}` }));
      }
    });
    return history(rows);
  });
const span = { ...scope, from: T0 - DAY, to: T0 + 5 * DAY };

describe("properties", () => {
  test("KPI12: the order in which history arrived changes no figure", () => {
    fc.assert(
      fc.property(
        arbitraryHistory,
        fc.constantFrom(null, "day", "agent"),
        (one, groupBy: Grouping | null) => {
          const turned = {
            ...one,
            visits: one.visits.toReversed(),
            exposures: one.exposures.toReversed(),
            chats: one.chats.toReversed(),
            orders: one.orders.toReversed(),
          };
          expect(kpiRows(turned, { ...span, groupBy })).toEqual(kpiRows(one, { ...span, groupBy }));
        },
      ),
    );
  });

  test("KPI13: hours add up to days, days to weeks, weeks to the whole", () => {
    const counts = [
      "visitors",
      "eligible_visitors",
      "chatters",
      "orders",
      "assisted_orders",
      "displayed",
    ] as const;
    fc.assert(
      fc.property(arbitraryHistory, (one) => {
        const [all] = kpiRows(one, span);
        for (const groupBy of ["hour", "day", "week"] as const) {
          const rows = kpiRows(one, { ...span, groupBy });
          for (const name of counts) expect(sumOver(rows, name), name).toBe(all?.[name].value);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("KPI14: every rate lies between 0 and 1, and no more is attributed than was sold", () => {
    const rates = [
      "coverage_rate",
      "acceptance_rate",
      "display_rate",
      "opened_rate",
      "conversion_after_chat",
      "proactive_conversion",
      "conversion_after_chat_among_covered",
      "share_of_orders_assisted",
    ] as const;
    fc.assert(
      fc.property(arbitraryHistory, (one) => {
        const [row] = kpiRows(one, { ...span, to: T0 + 20 * DAY });
        for (const name of rates) {
          const value = row?.[name].value ?? 0;
          expect(value >= 0 && value <= 1, name).toBe(true);
        }
        expect(row?.attributed_revenue.value ?? 0).toBeLessThanOrEqual((row?.revenue.value ?? 0) + 0.005);
      }),
    );
  });
});
