/**
 * What a site sets out to reach, and how a pilot is to be judged: nouns whose body is one validated JSON.
 *
 * Shapes  each schema is what create accepts; the server adds `id`, `version` and the two moments.
 * Units   those of the KPI (`measured-kpis.ts`); dates are days of the site's zone, both inside.
 */
import * as z from "zod";
import { MEASURED_KPI_NAMES, traitOf } from "./measured-kpis.ts";

const name = z.string().trim().min(1).max(120);
const figure = z.number().min(-1e12).max(1e12);
/** Of this age: arithmetic with days far away is nobody's plan. */
const date = z.iso
  .date("write a date such as 2026-11-17")
  .refine((day) => day >= "2000-01-01" && day < "2200-01-01", "write a date of this age");

export const MeasuredKpiName = z.enum(MEASURED_KPI_NAMES);

/** A KPI that is to go from `baseline` to `target` between two days. */
export const Objective = z.object({
  name,
  kpi: MeasuredKpiName,
  baseline: figure,
  target: figure,
  starts_on: date,
  due_on: date,
  /** The figure is read over so many whole days; a count is a count of so many days. */
  window_days: z.int().min(7).max(92).default(28),
  /** A duration inside the site's business hours only; false counts by the clock. */
  business_hours: z.boolean().default(false),
  owner: z.string().trim().min(1).max(120),
});
export type Objective = z.infer<typeof Objective>;

/** What must hold for a pilot to go on. */
export const Criterion = z.object({
  kpi: MeasuredKpiName,
  bound: z.enum(["at_least", "at_most"]),
  value: figure,
});
export type Criterion = z.infer<typeof Criterion>;

const pagePath = z
  .string()
  .regex(/^\/\S*$/, "a path of the site such as /cart")
  .max(500);

/** A first step at small scale: who, where, how much of the traffic, and what decides on the next step. */
export const Pilot = z.object({
  name,
  stage: name,
  next_stage: name,
  /** Ids of the agents who take part. */
  agents: z.array(z.string().trim().min(1).max(80)).max(500).default([]),
  pages: z.array(pagePath).max(100).default([]),
  /** Of the visitors of these pages. */
  share: z.number().gt(0).max(1),
  /** The campaign that carries it: its figures are read from there; null reads those of the site. */
  campaign: z.string().max(80).nullish().default(null),
  starts_on: date,
  ends_on: date,
  criteria: z.array(Criterion).min(1).max(10),
  owner: z.string().trim().max(120).default(""),
});
export type Pilot = z.infer<typeof Pilot>;

/** What the days of these say wrongly; null where nothing. */
export function daysFault(from: string, to: string): string | null {
  return from < to ? null : "the last day must be after the first";
}

/** What is wrong with how the KPI is to be counted; null where nothing. */
export function hoursFault({
  kpi,
  business_hours,
}: Pick<Objective, "kpi" | "business_hours">): string | null {
  if (!business_hours || traitOf(kpi).inHours === true) return null;
  return "only how long visitors wait, are answered after and are helped is counted inside business hours";
}
