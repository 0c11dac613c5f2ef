/** Orders in another currency count as orders, and are in no average of money. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { EMPTY_HISTORY } from "../../domain/kpi/history.ts";
import type { KpiName } from "../../domain/kpi/figures.ts";
import { kpiRows } from "../../domain/kpi/measure.ts";
import { chat, HOUR, MINUTE, order, scope, T0, visit } from "./kpi-history.ts";

test("KPI59: one order of 100 and one in another currency have a basket of 100, of one; the other is left out and told", () => {
  const history = {
    ...EMPTY_HISTORY,
    visits: [visit("ada", T0), visit("bob", T0), visit("eve", T0)],
    chats: [chat("ada", T0 + MINUTE)],
    orders: [
      order("ada", T0 + 2 * MINUTE, 100),
      order("ada", T0 + 3 * MINUTE, 999, { currency: "USD" }),
      order("bob", T0 + 4 * MINUTE, 60),
      order("eve", T0 + 5 * MINUTE, 999, { currency: "USD" }),
    ],
  };
  const [row] = kpiRows(history, scope);
  expect(row).toMatchObject({
    orders: { value: 4 },
    orders_in_other_currency: { value: 2 },
    revenue: { value: 160, n: 2 },
    aov: { value: 80, numerator: 160, denominator: 2, n: 2 },
    assisted_orders: { value: 2 },
    attributed_revenue: { value: 100, n: 1 },
    aov_assisted: { value: 100, numerator: 100, denominator: 1, n: 1 },
    aov_unassisted: { value: 60, numerator: 60, denominator: 1, n: 1 },
    share_of_orders_assisted: { value: 0.5 },
  });
});

const OF_MONEY: KpiName[] = ["aov", "aov_assisted", "aov_unassisted", "aov_uplift_vs_unassisted", "revenue"];

test("KPI59: however many orders in another currency there are, no average of money and no interval of one moves", () => {
  const person = fc.constantFrom("ada", "bob", "eve", "kim");
  const placed = fc.record({
    person,
    at: fc.nat(30).map((hours) => T0 + hours * HOUR),
    total: fc.nat(30_000).map((amount) => amount / 100),
    foreign: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(placed, { maxLength: 20 }),
      fc.uniqueArray(person),
      fc.constantFrom(null, "day" as const, "agent" as const, "channel" as const),
      (all, chatted, groupBy) => {
        const of = (list: typeof all) => {
          const history = {
            ...EMPTY_HISTORY,
            visits: ["ada", "bob", "eve", "kim"].map((one) => visit(one, T0)),
            chats: chatted.map((one) => chat(one, T0 + HOUR)),
            orders: list.map(({ person: one, at, total, foreign }) =>
              order(one, at, total, foreign ? { currency: "USD" } : {}),
            ),
          };
          return kpiRows(history, { ...scope, groupBy }).map((row) => OF_MONEY.map((name) => row[name]));
        };
        expect(of(all)).toEqual(of(all.filter(({ foreign }) => !foreign)));
      },
    ),
  );
});
