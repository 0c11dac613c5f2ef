/**
 * Moments as the clock on the site's wall shows them, for date and time inputs.
 *
 * Shapes  `local` is "2026-11-29T18:00" or empty; `iso` is ISO 8601 UTC or null.
 * Errors  a wall time that the zone skips is the moment right after; text that is no time gives null.
 */
import { Temporal } from "temporal-polyfill";

export function localOf(iso: string | null | undefined, zone: string): string {
  if (iso === null || iso === undefined || iso === "") return "";
  const zoned = Temporal.Instant.from(iso).toZonedDateTimeISO(zone);
  return zoned.toPlainDateTime().toString({ smallestUnit: "minute" });
}

export function isoOfLocal(local: string, zone: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(local)) return null;
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(zone);
  return new Date(zoned.epochMilliseconds).toISOString();
}
