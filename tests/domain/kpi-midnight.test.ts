/** A visit over midnight is one visitor, and what was done in it is theirs. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KpiScope } from "../../domain/kpi/counting.ts";
import { GROUPINGS } from "../../domain/kpi/grouping.ts";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import type { KpiHistory, OrderRow, VisitRow } from "../../domain/kpi/history.ts";
import { type KpiRow, kpiRows, rowsOf, tallyDay } from "../../domain/kpi/measure.ts";
import { personOf } from "../../domain/kpi/orders.ts";
import {
  arbitraryShop,
  chat,
  DAY,
  exposure,
  history,
  HOUR,
  lead,
  MINUTE,
  order,
  scope,
  T0,
  visit,
} from "./kpi-history.ts";

/** Between Thursday and Friday in Paris. */
const MIDNIGHT = Date.parse("2026-11-19T23:00:00Z");
const wide: KpiScope = { ...scope, from: MIDNIGHT - DAY, to: MIDNIGHT + 3 * DAY };

function byDay(parts: Partial<KpiHistory>, more: Partial<KpiScope> = {}): KpiRow[] {
  return kpiRows(history(parts), { ...wide, groupBy: "day", ...more });
}
function rowsByGroup(parts: Partial<KpiHistory>, groupBy: "campaign" | "agent", from: number): KpiRow[] {
  return kpiRows(history(parts), { ...wide, from, to: from + DAY, groupBy });
}

/** Ada comes at ten to midnight, is offered help, talks, asks for a quote and buys after it, and leaves at twenty past. */
const ada = {
  visits: [
    visit("ada", MIDNIGHT - 10 * MINUTE, { endedAt: MIDNIGHT + 20 * MINUTE, covered: true, eligible: true }),
  ],
  exposures: [exposure("ada", MIDNIGHT + MINUTE, { id: "dec_ada" })],
  chats: [chat("ada", MIDNIGHT + 2 * MINUTE, { decision: "dec_ada", campaign: "cmp_a", variant: "a" })],
  leads: [lead("ada", MIDNIGHT + 5 * MINUTE)],
  orders: [order("ada", MIDNIGHT + 10 * MINUTE, 80)],
};

describe("KPI77: what a visit holds is done by the visitor of the day on which it began", () => {
  test("who came before midnight and bought after it is a visitor who talked, left an address and bought", () => {
    expect(byDay(ada)).toMatchObject([
      { group: "2026-11-19", visitors: { value: 1 }, visits: { value: 1 } },
      { group: "2026-11-20", visitors: { value: 0 }, visits: { value: 0 } },
      { group: "2026-11-21" },
      { group: "2026-11-22" },
    ]);
    expect(byDay(ada)[0]).toMatchObject({
      conversion_rate: { numerator: 1, denominator: 1 },
      conversion_rate_with_leads: { numerator: 1, denominator: 1 },
      share_of_visitors_engaged: { numerator: 1, denominator: 1 },
      lead_rate: { numerator: 1, denominator: 1 },
      conversion_after_chat_among_covered: { numerator: 1, denominator: 1 },
      proactive_conversion_among_covered: { numerator: 1, denominator: 1 },
      time_to_purchase_median: { value: 20 * 60, n: 1 },
    });
    expect(byDay(ada)[1]).toMatchObject({ conversion_rate: { value: null, denominator: 0 } });
  });

  test("to the millisecond of its end, and no longer", () => {
    const bought = (at: number) => byDay({ visits: ada.visits, orders: [order("ada", at, 80)] });
    expect(bought(MIDNIGHT + 20 * MINUTE)[0]).toMatchObject({ conversion_rate: { numerator: 1 } });
    expect(bought(MIDNIGHT + 20 * MINUTE + 1)[0]).toMatchObject({ conversion_rate: { numerator: 0 } });
  });

  test("who talks on both sides of midnight is one who talked, where that began", () => {
    const chats = [
      chat("ada", MIDNIGHT - 5 * MINUTE, { id: "early" }),
      chat("ada", MIDNIGHT + 5 * MINUTE, { id: "late" }),
    ];
    const orders = [order("ada", MIDNIGHT + 10 * MINUTE, 80)];
    expect(byDay({ visits: ada.visits, chats, orders })).toMatchObject([
      { chats_handled: { value: 1 }, conversion_after_chat: { numerator: 1, denominator: 1 } },
      { chats_handled: { value: 1 }, conversion_after_chat: { value: null, denominator: 0 } },
      {},
      {},
    ]);
    expect(byDay({ visits: ada.visits, chats: chats.slice(1), orders })).toMatchObject([
      { engaged_visitors: { value: 1 }, chatters: { value: 0 } },
      { engaged_visitors: { value: 0 }, chatters: { value: 1 } },
      {},
      {},
    ]);
  });

  test("what no visit holds belongs to its own date, and to a visit of that date", () => {
    const later = visit("ada", MIDNIGHT + 9 * HOUR);
    const rows = byDay({
      visits: [...ada.visits, later],
      orders: [order("ada", MIDNIGHT + 40 * MINUTE, 80)],
    });
    expect(rows).toMatchObject([
      { visitors: { value: 1 }, conversion_rate: { numerator: 0 } },
      { visitors: { value: 1 }, conversion_rate: { numerator: 1 }, time_to_purchase_median: { n: 0 } },
      {},
      {},
    ]);
  });

  test("the visit is the visitor's own: another device of the same person holds nothing", () => {
    const persons = new Map([
      ["ada", "user:ada"],
      ["phone", "user:ada"],
    ]);
    const rows = byDay({
      visits: [...ada.visits, visit("phone", MIDNIGHT + 8 * HOUR)],
      orders: [order("phone", MIDNIGHT + 10 * MINUTE, 80)],
      persons,
    });
    expect(rows).toMatchObject([
      { conversion_rate: { numerator: 0 } },
      { conversion_rate: { numerator: 1 } },
      {},
      {},
    ]);
  });

  test("a visit over two midnights, and days of 23 and 25 hours, are no other", () => {
    for (const midnight of ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-10-24T22:00:00Z"]) {
      const at = Date.parse(midnight);
      const visits = [visit("ada", at - HOUR, { endedAt: at + 26 * HOUR })];
      const span = { from: at - 12 * HOUR, to: at + 2 * DAY, now: at + 9 * DAY };
      const [first, ...others] = byDay({ visits, orders: [order("ada", at + 26 * HOUR, 9)] }, span);
      expect(first).toMatchObject({ conversion_rate: { numerator: 1, denominator: 1 } });
      expect(others.map((row) => row.visitors.value)).toEqual(others.map(() => 0));
    }
  });
});

test("KPI78: orders, revenue, leads and conversations stay in the hour in which they were", () => {
  expect(byDay(ada)).toMatchObject([
    { orders: { value: 0 }, revenue: { value: 0 }, leads: { value: 0 }, conversations: { value: 0 } },
    { orders: { value: 1 }, revenue: { value: 80 }, leads: { value: 1 }, conversations: { value: 1 } },
    {},
    {},
  ]);
});

describe("KPI79: a row of a campaign or an agent has a visitor-day where the whole has it", () => {
  test("on the day on which the visit began, with what was bought since the offer", () => {
    for (const groupBy of ["campaign", "agent"] as const) {
      expect(rowsByGroup(ada, groupBy, MIDNIGHT - DAY)).toMatchObject([
        { visitors: { value: 1 }, visits: { value: 1 }, conversion_rate: { numerator: 1, denominator: 1 } },
      ]);
      expect(rowsByGroup(ada, groupBy, MIDNIGHT)).toMatchObject([
        { visitors: { value: 0 }, orders: { value: 1 }, revenue: { value: 80 } },
      ]);
    }
  });

  test("an offer of the afternoon has the order of the visit that went on over midnight", () => {
    const early = {
      ...ada,
      visits: [visit("ada", MIDNIGHT - 9 * HOUR), ...ada.visits],
      exposures: [exposure("ada", MIDNIGHT - 9 * HOUR)],
      chats: [],
    };
    expect(rowsByGroup(early, "campaign", MIDNIGHT - DAY)).toMatchObject([
      { visitors: { value: 1 }, visits: { value: 2 }, conversion_rate: { numerator: 1 } },
    ]);
    expect(rowsByGroup(early, "campaign", MIDNIGHT)).toMatchObject([
      { visitors: { value: 0 }, orders: { value: 1 } },
    ]);
  });
});

/** A shop whose visits last up to two days, so that most hold something of another date. */
const longShop = fc
  .tuple(
    arbitraryShop(T0 - HOUR, 3),
    fc.array(fc.integer({ min: 0, max: 2 * DAY }), { minLength: 1, maxLength: 6 }),
  )
  .map(([shop, lasts]) => ({
    ...shop,
    visits: shop.visits.map((one, index) => ({
      ...one,
      endedAt: one.startedAt + (lasts[index % lasts.length] ?? 0),
    })),
  }));

describe("KPI80: visitor-days over any cut of a span add up to those of the whole", () => {
  test("in every grouping, wherever it is cut", () => {
    const span = { ...scope, from: T0 - 2 * DAY, to: T0 + 6 * DAY };
    fc.assert(
      fc.property(longShop, fc.array(fc.nat(span.to - span.from), { maxLength: 4 }), (shop, cuts) => {
        const edges = [span.from, ...cuts.map((cut) => span.from + cut).toSorted((a, b) => a - b), span.to];
        const parts = edges
          .slice(1)
          .flatMap((to, index) => tallyDay(shop, { ...span, from: edges[index] ?? to, to }));
        for (const groupBy of [null, ...GROUPINGS]) {
          expect(rowsOf(parts, { ...span, groupBy })).toEqual(kpiRows(shop, { ...span, groupBy }));
        }
      }),
      { numRuns: 25 },
    );
  });

  test("and each is of a day with a visit; who bought in the last visit to have begun, bought", () => {
    const span = { ...scope, from: T0 - 2 * DAY, to: T0 + 9 * DAY };
    const { dayOf } = calendarOf(scope.zone);
    fc.assert(
      fc.property(longShop, (shop) => {
        const dayOfVisit = ({ visitor, startedAt }: VisitRow) =>
          `${dayOf(startedAt)} ${personOf(shop, visitor)}`;
        const holder = ({ visitor, at }: OrderRow) => {
          const begun = shop.visits.filter((one) => one.visitor === visitor && one.startedAt <= at);
          const last = begun.toSorted((a, b) => b.startedAt - a.startedAt)[0];
          return last !== undefined && at <= last.endedAt ? last : null;
        };
        const orders = shop.orders.filter((one) => holder(one) !== null);
        const bought = new Set(
          orders.map((one) => holder(one)).map((one) => (one === null ? "" : dayOfVisit(one))),
        );
        const [row] = kpiRows({ ...shop, orders, refunds: [] }, { ...span, groupBy: null });
        expect(row?.conversion_rate).toMatchObject({
          numerator: bought.size,
          denominator: new Set(shop.visits.map(dayOfVisit)).size,
        });
      }),
      { numRuns: 40 },
    );
  });
});
