/**
 * Figures as rows to take out: a line a group and figure, told of which span they are, wherever they end up.
 *
 * Shapes  rows are in the order of the groups, then of the definitions; a `Place` is the row after which a page begins.
 */
import { UNKNOWN } from "../../domain/kpi/figure.ts";
import { KPI_NAMES, type KpiName } from "../../domain/kpi/figures.ts";
import { compare } from "../../domain/kpi/orders.ts";
import type { SomeKpis } from "../kpis/report.ts";
import type { Column } from "./columns.ts";
import type { Cell } from "./tables.ts";

/** The name of this export, beside those of history. */
export const KPIS = "kpis";

export const KPI_COLUMNS: readonly Column[] = [
  { name: "group", kind: "text" },
  { name: "kpi", kind: "text" },
  { name: "value", kind: "amount" },
  { name: "numerator", kind: "amount" },
  { name: "denominator", kind: "amount" },
  { name: "n", kind: "count" },
  { name: "low", kind: "amount" },
  { name: "high", kind: "amount" },
  { name: "too_few", kind: "flag" },
  { name: "from", kind: "moment" },
  { name: "to", kind: "moment" },
  { name: "timezone", kind: "text" },
];

export type ToldFigures = {
  rows: readonly SomeKpis[];
  names: readonly KpiName[];
  from: number;
  to: number;
  timezone: string;
  /** The days before are final; null where the span has none. */
  finalBefore: number | null;
};

/** Each group's lines, a page a group. */
export function* kpiPages({ rows, names, from, to, timezone }: ToldFigures): Generator<Cell[][]> {
  for (const { group, ...of } of rows) {
    yield names.map((name) => {
      const { value, numerator, denominator, n, interval, too_few } = of[name] ?? UNKNOWN;
      const [low = null, high = null] = interval ?? [];
      const few = too_few === true ? "true" : null;
      return [group, name, value, numerator, denominator, n, low, high, few, from, to, timezone];
    });
  }
}

export type KpiPlace = [group: string, kpi: string];

/** Up to `size` lines after `place`, or the first ones. */
export function kpiPage(
  told: ToldFigures,
  place: KpiPlace | null,
  size: number,
): { rows: Cell[][]; next: KpiPlace | null } {
  const rows: Cell[][] = [];
  for (const line of [...kpiPages(told)].flat()) {
    if (place !== null && !isAfter(line, place)) continue;
    if (rows.length === size) {
      const [group, kpi] = rows.at(-1) ?? [];
      return { rows, next: [String(group ?? ""), String(kpi)] };
    }
    rows.push(line);
  }
  return { rows, next: null };
}

function isAfter([group, kpi]: Cell[], [afterGroup, afterKpi]: KpiPlace): boolean {
  const order = compare(String(group ?? ""), afterGroup);
  const placeOf = (name: Cell | undefined) => KPI_NAMES.findIndex((known) => known === name);
  return order > 0 || (order === 0 && placeOf(kpi) > placeOf(afterKpi));
}
