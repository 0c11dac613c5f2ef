/**
 * What a site says that its chat costs, and what of it a row bears: the one place where chat is given a cost.
 *
 * An agent's time costs by the hour online, the platform by the month, of which a stretch of time bears what has passed
 * of it. A row of a campaign, a skill or a device bears no known part of either, so its costs are not told. Nor are they
 * where only one of the two was entered, which would flatter, or where somebody answered and nobody logged an hour.
 *
 * Units   money is in major units and never rounded here; `margin` is a fraction, null where nobody entered one.
 */
import type { EpochMs } from "../ids.ts";
import type { Economics } from "../site/settings.ts";
import type { Calendar } from "./calendar.ts";
import { type Grouping, isTime, NO_GROUP, timeGroup } from "./grouping.ts";

export type CostModel = { agentHour: number; platformMonth: number; margin: number | null };
export type CostOfRow = { agentHour: number; platform: number; margin: number | null };

const HOUR_MS = 3_600_000;
/** A twelfth of the mean Gregorian year. */
const MONTH_MS = (365.2425 / 12) * 24 * HOUR_MS;

/** Unknown while either is. */
export function costModelOf({ agent_hour, platform_month, margin }: Economics): CostModel | null {
  if (agent_hour == null || platform_month == null) return null;
  return { agentHour: agent_hour, platformMonth: platform_month, margin: margin ?? null };
}

/** What chats took to serve. */
export type Served = { chats: number; agentHours: number };

/** Somebody answered: hours that nobody logged are not known, and not nothing. */
export function areHoursKnown({ chats, agentHours }: Served): boolean {
  return chats === 0 || agentHours > 0;
}

export type CostOfServed = { agents: number | null; platform: number | null; total: number | null };

/**
 * What all chat of `[from, to)` cost, and of what as far as that is known; the whole as a row of figures has it. What has
 * not begun has no cost yet.
 */
export function costOfServed(
  { agent_hour = null, platform_month = null }: Economics,
  { from, to, now, ...served }: Served & { from: EpochMs; to: EpochMs; now: EpochMs },
): CostOfServed {
  const agents = agent_hour === null || !areHoursKnown(served) ? null : served.agentHours * agent_hour;
  const passed = Math.min(to, now) - from;
  const platform = platform_month === null || passed <= 0 ? null : platformOver(platform_month, passed);
  return { agents, platform, total: agents === null || platform === null ? null : agents + platform };
}

/** What of the platform's month a stretch bears that lasted so long. */
function platformOver(platformMonth: number, ms: number): number {
  return (platformMonth * ms) / MONTH_MS;
}

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
    return ms === undefined ? null : { agentHour, margin, platform: platformOver(platformMonth, ms) };
  };
}
