import fc from "fast-check";
import { expect, test } from "vitest";
import { boughtVisits, type EndedVisit, type OrderHistory } from "../../domain/journeys/bought.ts";
import type { OrderRow, RefundRow } from "../../domain/kpi/history.ts";
import type { OrderRule } from "../../domain/kpi/orders.ts";

const HOUR = 3_600_000;
const RULE: OrderRule = { orders: "claimed", currency: "EUR", attributionMs: 48 * HOUR };

const visitor = fc.constantFrom("v1", "v2", "v3", "u:ada");
const hour = fc.integer({ min: 0, max: 120 });
const history = fc.record({
  visits: fc.uniqueArray(
    fc.record({ id: fc.constantFrom("s1", "s2", "s3", "s4"), visitor, at: hour, hours: fc.nat(8) }),
    { selector: ({ id }) => id },
  ),
  orders: fc.uniqueArray(
    fc.record({
      id: fc.constantFrom("o1", "o2", "o3"),
      visitor,
      session: fc.constantFrom(null, "s1", "s2"),
      at: hour,
      cents: fc.nat(20_000),
      status: fc.constantFrom("claimed" as const, "confirmed" as const),
    }),
    { selector: ({ id }) => id },
  ),
  refunds: fc.array(
    fc.record({
      order: fc.constantFrom("o1", "o2", "o3"),
      cents: fc.option(fc.nat(20_000), { nil: null }),
      status: fc.constantFrom("claimed" as const, "confirmed" as const),
    }),
    { maxLength: 4 },
  ),
  persons: fc.uniqueArray(fc.record({ visitor, user: fc.constantFrom("ada", "bob") }), {
    selector: ({ visitor: of }) => of,
  }),
  rule: fc.constantFrom("claimed" as const, "confirmed" as const),
});

test("JRN22: a visit bought exactly where an order of its person, not given back whole, lies in it or in its window", () => {
  fc.assert(
    fc.property(history, ({ visits, orders, refunds, persons, rule }) => {
      const ended = visits.map(({ id, visitor: of, at, hours }): EndedVisit => ({
        id,
        visitor: of,
        startedAt: at * HOUR,
        endedAt: (at + hours) * HOUR,
      }));
      const of: OrderHistory = {
        orders: orders.map(({ cents, at, ...order }): OrderRow => ({
          ...order,
          at: at * HOUR,
          total: cents / 100,
          currency: order.id === "o3" ? "USD" : "EUR",
          covered: false,
        })),
        refunds: refunds.map(({ order, cents, status }, index): RefundRow => ({
          id: `r${index}`,
          order,
          amount: cents === null ? null : cents / 100,
          status,
        })),
        persons: new Map(persons.map(({ visitor: one, user }) => [one, `user:${user}`])),
      };
      const personOf = (one: string) => persons.find((known) => known.visitor === one)?.user ?? one;
      const counts = ({ id, cents, status }: (typeof orders)[number]): boolean => {
        if (rule === "confirmed" && status !== "confirmed") return false;
        const back = refunds.filter(
          (refund) => refund.order === id && (rule === "claimed" || refund.status === "confirmed"),
        );
        if (back.length === 0) return true;
        return back.every((refund) => refund.cents !== null)
          ? back.reduce((sum, refund) => sum + (refund.cents ?? 0), 0) < cents
          : false;
      };
      const expected = visits.filter((visit) =>
        orders.some(
          (order) =>
            counts(order) &&
            ((order.visitor === visit.visitor && order.session === visit.id) ||
              (personOf(order.visitor) === personOf(visit.visitor) &&
                order.at >= visit.at &&
                order.at <= visit.at + visit.hours + 48)),
        ),
      );
      expect([...boughtVisits(ended, of, { ...RULE, orders: rule })]).toEqual(expected.map(({ id }) => id));
    }),
  );
});
