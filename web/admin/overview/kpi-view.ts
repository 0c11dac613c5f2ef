/**
 * The overview's figures as a reader sees them, from the API's KPI rows.
 *
 * Shapes  a `Figure` is a value in words with the fraction behind it; a missing ratio is "-", never 0 %.
 * Units   rates are fractions, money is in major units of the site's currency.
 */
import { money, number, percent } from "../../shared/format.ts";
import type { Locale } from "../../shared/i18n.ts";
import { inBucket } from "./periods.ts";

export type KpiCell = { value: number | null; numerator: number | null; denominator: number | null };
export type KpiRow = { group: string | null } & { [kpi: string]: KpiCell | string | null };
export type KpiAnswer = { rows: KpiRow[] };

/** The API's names of what the overview shows. */
export const KPI = {
  visitors: "visitors",
  eligible: "eligible_visitors",
  triggered: "triggered",
  shown: "displayed",
  accepted: "accepted",
  acceptance: "acceptance_rate",
  conversations: "conversations",
  orders: "orders",
  assisted: "assisted_orders",
  revenue: "revenue",
  attributed: "attributed_revenue",
  conversion: "conversion_after_chat",
  heldOut: "held_out",
} as const;
export type KpiName = keyof typeof KPI;

export type Figure = { name: KpiName; value: string; fraction: string | null };

/** The figure `name` of `row`; null where the API does not give it. */
export function cellOf(row: KpiRow | undefined, name: KpiName): KpiCell | null {
  const cell = row?.[KPI[name]];
  return typeof cell === "object" && cell !== null ? cell : null;
}

export function countOf(row: KpiRow | undefined, name: KpiName): number {
  return cellOf(row, name)?.value ?? 0;
}

/** How `cell` is written, and its numerator and denominator where it is a ratio. */
export function figureOf(locale: Locale, name: KpiName, cell: KpiCell | null, currency: string): Figure {
  const value = cell?.value ?? null;
  if (name === "revenue" || name === "attributed") {
    return { name, value: money(locale, value, currency), fraction: null };
  }
  if (name === "acceptance" || name === "conversion") {
    return { name, value: percent(locale, value), fraction: fractionOf(locale, cell) };
  }
  return { name, value: number(locale, value), fraction: fractionOf(locale, cell) };
}

/** "12 / 48", or null for a count. */
export function fractionOf(locale: Locale, cell: KpiCell | null): string | null {
  if (cell === null || cell.denominator === null) return null;
  return `${number(locale, cell.numerator)} / ${number(locale, cell.denominator)}`;
}

/** `part` of `whole` as a percentage with the fraction behind it; "-" where `whole` is 0. */
export function shareOf(locale: Locale, part: number, whole: number): { value: string; fraction: string } {
  const value = whole === 0 ? null : part / whole;
  return { value: percent(locale, value), fraction: `${number(locale, part)} / ${number(locale, whole)}` };
}

export type Series = {
  name: "visitors" | "conversations" | "orders";
  points: { at: string; value: number }[];
};
export const SERIES = ["visitors", "conversations", "orders"] as const;

/** One point a bucket for each series. A bucket without a row is a true 0; one that has not begun by `now` is left out. */
export function seriesOf(
  rows: readonly KpiRow[],
  buckets: readonly string[],
  zone: string,
  now: number,
): Series[] {
  const begun = buckets.filter((bucket) => Date.parse(bucket) <= now);
  const found = begun.map((bucket) => ({
    at: bucket,
    row: rows.find((row) => row.group !== null && inBucket(row.group, bucket, zone)),
  }));
  return SERIES.map((name) => ({
    name,
    points: found.map(({ at, row }) => ({ at, value: countOf(row, name) })),
  }));
}

export type Verdict =
  | { kind: "no_visitors" }
  | { kind: "no_campaign" }
  | { kind: "not_measurable"; accepted: number; orders: number }
  | { kind: "collecting"; eligible: number; held: number };

/** What can be said of this period, from the fixed list: no effect is told from figures that cannot carry one. */
export function verdictOf(total: KpiRow | undefined, campaigns: readonly { status: string }[]): Verdict {
  const visitors = countOf(total, "visitors");
  if (visitors === 0) return { kind: "no_visitors" };
  const eligible = countOf(total, "eligible");
  const held = countOf(total, "heldOut");
  if (held > 0) return { kind: "collecting", eligible: countOf(total, "triggered"), held };
  if (!campaigns.some((campaign) => campaign.status === "live") && eligible === 0)
    return { kind: "no_campaign" };
  return {
    kind: "not_measurable",
    accepted: countOf(total, "accepted"),
    orders: countOf(total, "orders"),
  };
}
