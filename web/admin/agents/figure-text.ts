/** An agent's figure in words; a missing one is "-". */
import { duration, money, number, percent } from "../../shared/format.ts";
import type { Locale } from "../../shared/i18n.ts";
import type { Unit } from "../../../domain/kpi/agent-figures.ts";

export function written(locale: Locale, value: number | null, unit: Unit, currency: string): string {
  switch (unit) {
    case "count":
      return number(locale, value);
    case "hours":
      return number(locale, value, 1);
    case "perHour":
    case "factor":
      return number(locale, value, 2);
    case "moneyPerHour":
      return money(locale, value === null ? null : rounded(value), currency);
    case "seconds":
      return duration(value);
    case "share":
      return percent(locale, value);
    default:
      return unit satisfies never;
  }
}

/** Whole from ten on: an hour's money is not known to the cent. */
function rounded(value: number): number {
  return value >= 10 ? Math.round(value) : Math.round(value * 100) / 100;
}
