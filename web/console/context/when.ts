/**
 * A moment as one reads it at a glance and as one writes it down: "il y a 3 jours", "19 oct. 2026, 14:32".
 *
 * Pure. Units: EpochMs.
 */
import type { Locale } from "../../shared/i18n.ts";

const STEPS: readonly [unit: Intl.RelativeTimeFormatUnit, ms: number][] = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["week", 7 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** How long before `now` `at` was, in words; null where it is less than a minute, or to come on a clock that is ahead. */
export function ago(locale: Locale, at: number, now: number): string | null {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const since = Math.max(0, now - at);
  for (const [unit, ms] of STEPS) if (since >= ms) return words.format(-Math.floor(since / ms), unit);
  return null;
}
