/**
 * What a site and its provider agreed to be paid for, and by what it is measured.
 *
 * Shapes  `Agreement` is what create accepts; the server adds `id`, `version` and the two moments.
 * Units   `rate` is money for each incremental sale or deflected contact, a share of incremental revenue, or money for a
 *         month in which satisfaction reached its goals; `minimum` counts what the rate counts, and of satisfaction is a
 *         share; months are `YYYY-MM` of
 *         the site's zone, both inside.
 */
import * as z from "zod";
import { Criterion } from "../objectives/objective.ts";
import { isListed } from "./goal-units.ts";

export const AGREED_KPIS = [
  "incremental_sales",
  "incremental_revenue",
  "deflected_contacts",
  "satisfaction",
] as const;
export type AgreedKpi = (typeof AGREED_KPIS)[number];

export const MonthName = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, "write a month such as 2026-11");

export const Agreement = z.object({
  name: z.string().trim().min(1).max(120),
  kpi: z.enum(AGREED_KPIS),
  /** Whose visitors are counted; of satisfaction none is needed. */
  campaigns: z.array(z.string().min(1).max(80)).max(50).default([]),
  rate: z.number().min(0).max(1e9),
  /** What counts, once the interval leaves zero out: the estimate itself, or the interval's low end. */
  basis: z.enum(["estimate", "low"]).default("low"),
  /** Less than this, and nothing is due. */
  minimum: z.number().min(0).max(1e9).nullish().default(null),
  /** All of them must be reached in the month, by the figure itself, or nothing is due. */
  goals: z.array(Criterion).max(10).default([]),
  /** The most that is due for a month. */
  cap: z.number().min(0).max(1e9).nullish().default(null),
  /** How long after the eligible moment a contact still counts, where contacts do. */
  contact_hours: z.union([z.literal(1), z.literal(24), z.literal(168)]).default(24),
  from_month: MonthName,
  to_month: MonthName.nullish().default(null),
});
export type Agreement = z.infer<typeof Agreement>;

/**
 * What a month in which nobody was content would still be paid by; null where nothing would.
 *
 * A fee for satisfaction is one for reaching something: a share of the content as `minimum`, or a goal on it. An
 * agreement without either pays for a month of complaints as well.
 */
export function satisfactionFault({
  kpi,
  minimum,
  goals,
}: Pick<Agreement, "kpi" | "minimum" | "goals">): { path: "goals" | "minimum"; message: string } | null {
  if (kpi !== "satisfaction") return null;
  // It is the share of answers of 4 and 5: who writes 80 means 0.8, and would never be paid.
  if (minimum != null && minimum > 1) return { path: "minimum", message: "write a share from 0 to 1" };
  const asks = ({ kpi: of, bound, value }: Criterion) => of === "csat" && bound === "at_least" && value > 0;
  return (minimum ?? 0) > 0 || goals.some(asks)
    ? null
    : { path: "goals", message: "name a goal on csat that is at least something, or a minimum" };
}

/** The first goal whose events cannot be told one by one; -1 where all can. */
export function unlistedGoal({ goals }: Pick<Agreement, "goals">): number {
  return goals.findIndex(({ kpi }) => !isListed(kpi));
}

/** Whether `month` is one that was agreed on. */
export function covers(
  { from_month, to_month }: Pick<Agreement, "from_month" | "to_month">,
  month: string,
): boolean {
  return from_month <= month && (to_month == null || month <= to_month);
}
