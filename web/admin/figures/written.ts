/** A figure in words, in its unit; a missing one is "-". */
import { duration, money, number, percent, signedDuration } from "../../shared/format.ts";
import type { Locale } from "../../shared/i18n.ts";
import { signedPoints } from "../results/figures.ts";
import type { Unit } from "./catalogue.ts";

const PERCENT = 100;

export function written(locale: Locale, value: number | null, unit: Unit, currency: string): string {
  switch (unit) {
    case "count":
      return number(locale, value);
    case "money":
      return money(locale, value, currency);
    case "share":
      return percent(locale, value);
    case "change":
      return value === null ? "-" : `${value > 0 ? "+" : ""}${percent(locale, value, 0)}`;
    case "seconds":
      return duration(value);
    case "hours":
    case "points":
      return number(locale, value, 1);
    case "perHour":
    case "factor":
    case "mean":
      return number(locale, value, 2);
    default:
      return unit satisfies never;
  }
}

/** A difference with its sign; of shares in points, which `points` names. */
export function writtenChange(
  locale: Locale,
  value: number,
  unit: Unit,
  { currency, points }: { currency: string; points: string },
): string {
  if (unit === "share" || unit === "change") return `${signedPoints(locale, value, 1)}\u00a0${points}`;
  const rounded = Math.round(value * PERCENT) / PERCENT;
  if (unit === "seconds") {
    return signedDuration(value);
  }
  return `${rounded > 0 ? "+" : ""}${written(locale, rounded, unit, currency)}`;
}

/** A number at an axis: short, because its neighbours say the rest. */
export function tickOf(locale: Locale, unit: Unit, currency: string): (value: number) => string {
  if (unit === "share" || unit === "change") {
    return (value) => percent(locale, value, Number.isInteger(Math.round(value * 10_000) / 100) ? 0 : 1);
  }
  if (unit === "count") return (value) => (Number.isInteger(value) ? number(locale, value) : "");
  return (value) => written(locale, value, unit, currency);
}
