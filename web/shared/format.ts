/**
 * Figures and moments in the reader's language. Minus is U+2212; a missing figure is "-", never 0.
 *
 * Units   rates are fractions (0.25 = 25 %), durations are seconds, money is in major units, `at` is ISO 8601 or epoch ms.
 */
import { durationWords } from "../../domain/words/duration-words.ts";
import type { Locale } from "./i18n.ts";

const TAG: Record<Locale, string> = { fr: "fr-FR", en: "en-GB" };
const MISSING = "-";
type Moment = string | number | Date;

const proper = (text: string): string => text.replaceAll("-", "\u2212");

/** A number of at most `digits` decimals. */
export function number(locale: Locale, value: number | null, digits = 0): string {
  if (value === null) return MISSING;
  return proper(new Intl.NumberFormat(TAG[locale], { maximumFractionDigits: digits }).format(value));
}

/** An amount of money in a column that names its currency. */
export function amount(locale: Locale, value: number | null): string {
  if (value === null) return MISSING;
  const options = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return proper(new Intl.NumberFormat(TAG[locale], options).format(value));
}

/** A fraction as a percentage with `digits` decimals. */
export function percent(locale: Locale, value: number | null, digits = 1): string {
  if (value === null) return MISSING;
  const options = { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  return proper(new Intl.NumberFormat(TAG[locale], options).format(value));
}

/**
 * Money in major units of `currency` (ISO 4217); whole amounts lose their decimals, as do figures from 1,000 on. What a
 * page calls its currency may be anything: what no currency can be called stands as it is behind the figure.
 */
export function money(locale: Locale, value: number | null, currency: string): string {
  if (value === null) return MISSING;
  if (!/^[A-Za-z]{3}$/.test(currency)) return `${number(locale, value)}\u00a0${currency}`;
  const whole = Number.isInteger(value) || Math.abs(value) >= 1_000;
  const options = { style: "currency", currency, ...(whole ? { maximumFractionDigits: 0 } : {}) } as const;
  return proper(new Intl.NumberFormat(TAG[locale], options).format(value));
}

/** "19 oct. 2026", in `timeZone` (default: the reader's). */
export function date(locale: Locale, at: Moment, timeZone?: string): string {
  return moment(locale, at, { day: "numeric", month: "short", year: "numeric", timeZone });
}

/** "14:32", in `timeZone` (default: the reader's). */
export function time(locale: Locale, at: Moment, timeZone?: string): string {
  return moment(locale, at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
}

/** "19 oct. 2026, 14:32". */
export function dateTime(locale: Locale, at: Moment, timeZone?: string): string {
  return `${date(locale, at, timeZone)}, ${time(locale, at, timeZone)}`;
}

/** A duration as "45 s", "1 min 55 s", "12 min", "1 h 05". */
export function duration(seconds: number | null): string {
  return seconds === null ? MISSING : durationWords(seconds);
}

/** A difference of durations with its sign. */
export function signedDuration(seconds: number): string {
  const whole = Math.round(seconds);
  return `${whole < 0 ? "\u2212" : whole > 0 ? "+" : ""}${durationWords(Math.abs(whole))}`;
}

function moment(
  locale: Locale,
  at: Moment,
  { timeZone, ...options }: Omit<Intl.DateTimeFormatOptions, "timeZone"> & { timeZone: string | undefined },
): string {
  const zoned = timeZone === undefined ? options : { ...options, timeZone };
  return new Intl.DateTimeFormat(TAG[locale], zoned).format(new Date(at));
}
