/** The API's KPI rows as screens read them: a count of a row, or a series with one point a bucket. */
import { inBucket, type PeriodRange } from "./periods.ts";

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

/** The figure `name` of `row`; null where the API does not give it. */
export function cellOf(row: KpiRow | undefined, name: KpiName): KpiCell | null {
  const cell = row?.[KPI[name]];
  return typeof cell === "object" && cell !== null ? cell : null;
}

export function countOf(row: KpiRow | undefined, name: KpiName): number {
  return cellOf(row, name)?.value ?? 0;
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

/** Whether the last bucket that has begun is not over: what it counts is of a part of it, and no fall. */
export function isRunning({ from, to }: Pick<PeriodRange, "from" | "to">, now: number): boolean {
  return Date.parse(from) <= now && now < Date.parse(to);
}
