/** How many chats waited longer than the site's target, by hour: one query over the span, by its index. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import type { HourOfWaits } from "../../domain/overview/waits.ts";

const QUARTER_MS = 15 * 60_000;

/**
 * A chat waits from its first message until an agent answers, or its visitor is gone (`leftUnansweredAt` of the KPIs):
 * whoever left after the target waited too long as well.
 */
const WAITS = `SELECT (first_visitor_message_at / ${QUARTER_MS}) * ${QUARTER_MS} AS quarter, count(*),
    sum(coalesce(first_agent_message_at, left_at, closed_at, ?5) - first_visitor_message_at > ?4)
  FROM conversations WHERE site = ?1 AND created_at >= ?2 AND created_at < ?3 AND first_visitor_message_at IS NOT NULL
  GROUP BY quarter`;

export async function readWaits(
  env: Env,
  site: SiteKey,
  { timezone, wait_target_seconds }: { timezone: string; wait_target_seconds: number },
  { from, to, now }: { from: EpochMs; to: EpochMs; now: EpochMs },
): Promise<HourOfWaits[]> {
  const rows = await env.DB.prepare(WAITS)
    .bind(site, from, to, wait_target_seconds * 1_000, now)
    .raw<[quarter: number, chats: number, late: number]>();
  const calendar = calendarOf(timezone);
  const hours = new Map<string, HourOfWaits>();
  for (const [quarter, chats, late] of rows) {
    const day = calendar.dayOf(quarter);
    const hour = hourOf(quarter, timezone);
    const key = `${day} ${hour}`;
    const before = hours.get(key) ?? { day, hour, chats: 0, late: 0 };
    hours.set(key, { ...before, chats: before.chats + chats, late: before.late + late });
  }
  return [...hours.values()];
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The hour that the zone's clock shows. */
export function hourOf(at: EpochMs, timezone: string): number {
  const clock =
    clocks.get(timezone) ??
    new Intl.DateTimeFormat("en-GB", { timeZone: timezone, hour: "2-digit", hourCycle: "h23" });
  clocks.set(timezone, clock);
  return Number(clock.format(at));
}
