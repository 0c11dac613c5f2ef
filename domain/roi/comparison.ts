/**
 * What was expected beside what was measured, for as many visitors as were measured.
 *
 * Only the visitors who were invited at random against a hold-out count as measured: what chats are credited with is no
 * match for an expectation of what is added.
 *
 * Shapes  a row is `above` or `below` only where the measured interval and the expected range do not meet, and `within` only
 *         where all of the interval lies in the range: what is merely not excluded is `undecided`.
 * Units   money in the site's currency; orders in visitors who bought.
 */
import type { Ranged } from "../objectives/ledger.ts";
import type { Expectation, Expected } from "./expectation.ts";

export type Agreement = "above" | "within" | "below" | "undecided" | "not_measured";
export type ComparedRow = {
  figure: "incremental_orders" | "incremental_revenue" | "net";
  expected: Expected;
  measured: Ranged | null;
  says: Agreement;
};

export type MeasuredReturn = {
  /** Those who could be invited and were. */
  treated: number;
  incrementalSales: Ranged | null;
  incrementalRevenue: Ranged | null;
  net: Ranged | null;
};

export function compareReturn(expectation: Expectation, measured: MeasuredReturn): ComparedRow[] {
  const { orders, revenue, net } = expectation.perVisitor;
  const rows = [
    ["incremental_orders", orders, measured.incrementalSales],
    ["incremental_revenue", revenue, measured.incrementalRevenue],
    ["net", net, measured.net],
  ] as const;
  return rows.map(([figure, each, found]) => {
    const expected = times(each, measured.treated);
    return { figure, expected, measured: found, says: saysOf(expected, found) };
  });
}

function times({ low, middle, high }: Expected, count: number): Expected {
  return { low: low * count, middle: middle * count, high: high * count };
}

function saysOf(expected: Expected, measured: Ranged | null): Agreement {
  if (measured === null) return "not_measured";
  if (measured.low > expected.high) return "above";
  if (measured.high < expected.low) return "below";
  return measured.low >= expected.low && measured.high <= expected.high ? "within" : "undecided";
}
