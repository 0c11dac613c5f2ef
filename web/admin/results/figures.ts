/**
 * Differences as they are written: in points, rounded to what their interval can bear.
 *
 * Units   a difference of 0.018 is 1.8 points; a lift of 0.26 is 26 %.
 */
import { money, number, percent } from "../../shared/format.ts";
import type { Locale } from "../../shared/i18n.ts";

export type Span = { value: number; low: number; high: number };
type OpenSpan = { value: number; low: number | null; high: number | null };

const POINTS = 100;

const MOST_DECIMALS = 6;

/** How many decimals of a point an interval of this width can bear, and more where an end that is not 0 would read as 0. */
export function decimalsFor({ low, high }: { low: number; high: number }): number {
  const half = ((high - low) * POINTS) / 2;
  let digits = half >= 0.2 ? 1 : half >= 0.02 ? 2 : 3;
  if (low <= 0 && high >= 0) return digits;
  const nearest = Math.min(Math.abs(low), Math.abs(high)) * POINTS;
  while (digits < MOST_DECIMALS && Number(nearest.toFixed(digits)) === 0) digits += 1;
  return digits;
}

/** "+1.8", without its unit. */
export function signedPoints(locale: Locale, value: number, digits: number): string {
  const points = value * POINTS;
  const rounded = Number(points.toFixed(digits));
  const text = fixed(locale, rounded, digits);
  return rounded > 0 ? `+${text}` : text;
}

/** A number with exactly so many decimals. */
function fixed(locale: Locale, value: number, digits: number): string {
  const tag = locale === "fr" ? "fr-FR" : "en-GB";
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  // −0.04 at one decimal is 0.0, not −0.0.
  return new Intl.NumberFormat(tag, options).format(value === 0 ? 0 : value).replaceAll("-", "\u2212");
}

/** What an ICU message of a difference is given: the estimate, both ends, and the number for its plural. */
export function pointsOf(
  locale: Locale,
  span: Span,
): { value: string; low: string; high: string; n: number } {
  const digits = decimalsFor(span);
  return {
    value: signedPoints(locale, span.value, digits),
    low: plainPoints(locale, span.low, digits),
    high: plainPoints(locale, span.high, digits),
    n: Math.abs(Number((span.value * POINTS).toFixed(digits))),
  };
}

export function plainPoints(locale: Locale, value: number, digits: number): string {
  return fixed(locale, Number((value * POINTS).toFixed(digits)), digits);
}

/** "+26 %" with its interval, which may have no end. */
export function liftOf(
  locale: Locale,
  { value, low, high }: OpenSpan,
): { value: string; interval: string | null } {
  const sign = (share: number) => `${share > 0 ? "+" : ""}${percent(locale, share, 0)}`;
  return {
    value: sign(value),
    interval: low === null || high === null ? null : `${sign(low)} / ${sign(high)}`,
  };
}

/** A sum of money with as many digits as its interval can bear. */
export function roundMoney(
  locale: Locale,
  value: number,
  currency: string,
  span: { low: number; high: number },
): string {
  const half = Math.abs(span.high - span.low) / 2;
  const step = half > 0 ? 10 ** Math.max(0, Math.floor(Math.log10(half)) - 1) : 1;
  // A little below nothing is nothing, not −0.
  return money(locale, Math.round(value / step) * step + 0, currency);
}

export const count = (locale: Locale, value: number): string => number(locale, Math.round(value));
