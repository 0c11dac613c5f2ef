/** Days of the calendar in words: a date is one everywhere, so that no zone may move it. */
import type { Locale } from "../../shared/i18n.ts";

export function dayName(locale: Locale, day: string, options: Intl.DateTimeFormatOptions): string {
  const tag = locale === "fr" ? "fr-FR" : "en-GB";
  return new Intl.DateTimeFormat(tag, { ...options, timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

/** "Mon" of 1, "Sun" of 7. */
export function weekdayName(locale: Locale, weekday: number, width: "short" | "long"): string {
  return dayName(locale, `2026-11-0${weekday + 1}`, { weekday: width });
}
