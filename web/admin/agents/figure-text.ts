/** An agent's figure in words, what stands behind it, and its cells of a file; a missing one is "-". */
import type { AgentFigure, Unit } from "../../../domain/kpi/agent-figures.ts";
import { duration, money, number, percent, signedDuration } from "../../shared/format.ts";
import type { Locale } from "../../shared/i18n.ts";
import type { CsvCell } from "../overview/csv.ts";
import { signedPoints } from "../results/figures.ts";
import type { Compared } from "./view.ts";
import { a } from "./words.ts";

export function written(locale: Locale, value: number | null, unit: Unit, currency: string): string {
  switch (unit) {
    case "count":
      return number(locale, value);
    case "hours":
      return number(locale, value, 1);
    case "perHour":
    case "timeFactor":
      return number(locale, value, 2);
    case "moneyPerHour":
      return money(locale, value === null ? null : rounded(value), currency);
    case "seconds":
      return duration(value);
    case "share":
    case "timeShare":
      return percent(locale, value);
    default:
      return unit satisfies never;
  }
}

/** A difference with its sign, also where it rounds to nothing: of shares in points, of times in whole seconds. */
export function writtenChange(locale: Locale, value: number, unit: Unit, currency: string): string {
  const text = unsignedIfUp(locale, value, unit, currency);
  const nothing = unsignedIfUp(locale, 0, unit, currency);
  if (text.replace(/^[-−+]/, "") === nothing) return `±${nothing}`;
  return value > 0 && !text.startsWith("+") ? `+${text}` : text;
}

function unsignedIfUp(locale: Locale, value: number, unit: Unit, currency: string): string {
  if (unit === "share" || unit === "timeShare") return signedPoints(locale, value, 1);
  return unit === "seconds" ? signedDuration(value) : written(locale, value, unit, currency);
}

/** Whole from ten on: an hour's money is not known to the cent. */
function rounded(value: number): number {
  return value >= 10 ? Math.round(value) : Math.round(value * 100) / 100;
}

type ShownFigure = Omit<AgentFigure["figure"], "too_few">;
/** A figure as the API or the screen has it. */
export type Shown = { figure: ShownFigure; few: AgentFigure["few"] };

/** What a figure is made of: its two sides, and how many where they do not say it; nothing of what is a count itself. */
export function behindWords(locale: Locale, figure: ShownFigure, unit: Unit, currency: string): string[] {
  const { numerator, denominator, n } = figure;
  const many = a("behindN", { n: number(locale, n) });
  const sides = (part: string, whole: string): string => a("behindSides", { part, whole });
  switch (unit) {
    case "count":
    case "hours":
      return [];
    case "seconds":
      return [many];
    case "share":
      return [sides(number(locale, numerator), number(locale, denominator))];
    case "perHour":
      return [sides(number(locale, numerator), hours(locale, denominator))];
    case "moneyPerHour":
      return [
        sides(money(locale, numerator && Math.round(numerator), currency), hours(locale, denominator)),
        many,
      ];
    case "timeShare":
    case "timeFactor":
      return [sides(duration(numerator), duration(denominator)), many];
    default:
      return unit satisfies never;
  }
}

const hours = (locale: Locale, value: number | null): string => `${number(locale, value, 1)}\u00a0h`;

const isCount = (unit: Unit): boolean => unit === "count" || unit === "hours";

/** A figure's columns in a file: what happened is one, everything else stands with its interval and what it is made of. */
export function csvHead(label: string, unit: Unit): string[] {
  if (isCount(unit)) return [label];
  return [label, ...CSV_PARTS.map((part) => a(part, { of: label }))];
}
const CSV_PARTS = ["csvLow", "csvHigh", "csvNumerator", "csvDenominator", "csvN"] as const;

/** Of what is too little to be told no part is told, but how little there was. */
export function csvCells({ figure, few }: Shown, unit: Unit): CsvCell[] {
  const { value, interval, numerator, denominator, n } = figure;
  if (isCount(unit)) return [value];
  return [value, interval?.[0] ?? null, interval?.[1] ?? null, numerator, denominator, few?.n ?? n];
}

/** The period before, in a file: what it was, the difference with its interval, and whether it is for better or worse. */
export function csvBeforeHead(label: string): string[] {
  return BEFORE_PARTS.map((part) => a(part, { of: label }));
}
const BEFORE_PARTS = ["csvBefore", "csvChange", "csvChangeLow", "csvChangeHigh", "csvChangeP"] as const;

export function csvBeforeCells(compared: Compared | undefined): CsvCell[] {
  const { before, change } = compared ?? { before: null, change: null };
  return [
    before?.figure.value ?? null,
    change?.value ?? null,
    change?.low ?? null,
    change?.high ?? null,
    change?.p ?? null,
  ];
}
