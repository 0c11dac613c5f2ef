/**
 * When the weekly report is due, and which days it is about.
 *
 * Shapes  `monday` names the week in which it is sent; its span are the four whole weeks before, as on the screen.
 * Units   moments are `EpochMs`; dates local.
 * Errors  an unknown zone throws a `RangeError`: settings are validated before.
 */
import { Temporal } from "temporal-polyfill";
import type { EpochMs } from "../ids.ts";

export type ReportWeek = { monday: string; from: EpochMs; to: EpochMs };

const DUE_HOUR = 8;
const WEEKS = 4;

/** The report that is due at `now`: on Monday from eight on, all day, by the clock of `timezone`; null otherwise. */
export function reportDue(now: EpochMs, timezone: string): ReportWeek | null {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone);
  if (local.dayOfWeek !== 1 || local.hour < DUE_HOUR) return null;
  const monday = local.startOfDay();
  return {
    monday: monday.toPlainDate().toString(),
    from: monday.subtract({ weeks: WEEKS }).startOfDay().epochMilliseconds,
    to: monday.epochMilliseconds,
  };
}
