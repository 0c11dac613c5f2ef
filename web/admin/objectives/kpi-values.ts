/**
 * KPIs as they are written and typed: each by its unit.
 *
 * Units   a rate is typed in percent; everything else as it is.
 */
import type { KpiUnit, MeasuredKpi } from "../../../domain/objectives/measured-kpis.ts";
import { MEASURED_KPIS } from "../../../domain/objectives/measured-kpis.ts";
import { duration, money, number, percent } from "../../shared/format.ts";
import { locale } from "../session.ts";

const PERCENT = 100;

export function unitOf(kpi: string): KpiUnit | null {
  return Object.hasOwn(MEASURED_KPIS, kpi) ? MEASURED_KPIS[kpi as MeasuredKpi].unit : null;
}

/** `value` of `kpi`; what has no unit of its own is a share. */
export function sayValue(kpi: string, value: number | null, currency: string): string {
  const language = locale.value;
  switch (unitOf(kpi)) {
    case "money":
      return money(language, value, currency);
    case "seconds":
      return duration(value);
    case "score":
      return number(language, value, 2);
    case "count":
      return number(language, value, 0);
    case "per_hour":
      return number(language, value, 2);
    case "rate":
    case null:
      return percent(language, value, 1);
  }
}

/** What is typed of `kpi` for `value`. */
export function typedOf(kpi: string, value: number): string {
  const shown = unitOf(kpi) === "rate" ? Number((value * PERCENT).toFixed(6)) : value;
  return String(shown);
}

/** The value that was typed of `kpi`; null where it is no number. */
export function readTyped(kpi: string, text: string): number | null {
  const value = readNumber(text);
  if (value === null) return null;
  return unitOf(kpi) === "rate" ? value / PERCENT : value;
}

/** A number as it is typed in either language: with a comma or a point, and with spaces. */
export function readNumber(text: string): number | null {
  const plain = text.replaceAll(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  if (plain === "") return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}
