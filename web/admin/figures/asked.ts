/**
 * What the figures' screen is asked: days, figures, by what, which hours and whether beside the period before, all of it
 * in the address, so that a link shows the same.
 *
 * Errors  what an address says that cannot be is the default; figures that do not exist are left out.
 */
import type { KpiName } from "../../../domain/kpi/figures.ts";
import { type Grouping, GROUPINGS } from "../../../domain/kpi/grouping.ts";
import { readAsked } from "../overview/asked.ts";
import { type AskedPeriod, DEFAULT_PERIOD } from "../overview/periods.ts";
import { MOST_CHOSEN, NAMES, USUAL } from "./catalogue.ts";

export type AskedFigures = {
  period: AskedPeriod;
  kpis: readonly KpiName[];
  by: Grouping;
  businessHours: boolean;
  compare: boolean;
};
type Query = Record<string, string | undefined>;

const DEFAULT_BY: Grouping = "day";

export function readAskedFigures(query: Query): AskedFigures {
  return {
    period: readAsked(query).period,
    kpis: readNames(query["kpis"]),
    by: GROUPINGS.find((name) => name === query["by"]) ?? DEFAULT_BY,
    businessHours: query["hours"] === "business",
    compare: query["compare"] !== "none",
  };
}

function readNames(text: string | undefined): readonly KpiName[] {
  if (text === undefined) return USUAL;
  const wanted = new Set(text.split(","));
  return NAMES.filter((name) => wanted.has(name)).slice(0, MOST_CHOSEN);
}

/** The address's question mark and what follows; what is the default is not said. */
export function queryOf({ period, kpis, by, businessHours, compare }: AskedFigures): string {
  const query = new URLSearchParams(
    typeof period === "string" ? (period === DEFAULT_PERIOD ? {} : { period }) : period,
  );
  if (kpis.join() !== USUAL.join()) query.set("kpis", kpis.join());
  if (by !== DEFAULT_BY) query.set("by", by);
  if (businessHours) query.set("hours", "business");
  if (!compare) query.set("compare", "none");
  return query.size === 0 ? "" : `?${query}`;
}
