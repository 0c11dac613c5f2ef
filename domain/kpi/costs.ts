/**
 * What a site says that its chat costs, and what of it a row bears.
 *
 * An agent's time costs by the hour online, the platform by the month, of which a stretch of time bears what has passed
 * of it. A row of a campaign, a skill or a device bears no known part of either, so its costs are not told.
 *
 * Units   money is in major units; `margin` is a fraction, null where nobody entered one.
 */
import type { EpochMs } from "../ids.ts";
import type { Calendar } from "./calendar.ts";
import { type Grouping, isTime, NO_GROUP, timeGroup } from "./grouping.ts";

export type CostModel = { agentHour: number; platformMonth: number; margin: number | null };
export type CostOfRow = { agentHour: number; platform: number; margin: number | null };

const HOUR_MS = 3_600_000;
/** A twelfth of the mean Gregorian year. */
const MONTH_MS = (365.2425 / 12) * 24 * HOUR_MS;

/** What each row of `[from, to)` bears; null for rows whose costs nobody knows. */
export function costsOfRows(
  model: CostModel | null,
  { from, to, now, groupBy }: { from: EpochMs; to: EpochMs; now: EpochMs; groupBy: Grouping | null },
  calendar: Calendar,
): (row: string) => CostOfRow | null {
  if (model === null || (groupBy !== null && !isTime(groupBy))) return () => null;
  const lasts = new Map<string, number>();
  const rowAt = groupBy === null ? () => NO_GROUP : timeGroup(groupBy, calendar);
  const end = Math.min(to, now);
  for (let at = from; at < end;) {
    const next = Math.min(end, calendar.endOfHour(at));
    const row = rowAt(at);
    lasts.set(row, (lasts.get(row) ?? 0) + next - at);
    at = next;
  }
  const { agentHour, platformMonth, margin } = model;
  return (row) => {
    const ms = lasts.get(row);
    return ms === undefined ? null : { agentHour, margin, platform: (platformMonth * ms) / MONTH_MS };
  };
}
