/**
 * How many conversations share an agent's hour in the time of a phase: the KPI of that name over its whole days so far.
 *
 * Taken from the kept figures and not from the phase's own rows: an agent's hour is shared with conversations of other
 * campaigns, and of none.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { nextDay } from "../kpis/counted-site.ts";
import { type Later, reportSomeKpis } from "../kpis/report.ts";

export type PhaseTime = { startedAt: EpochMs; endedAt: EpochMs | null };

/** At least one: somebody who is busy has a conversation. */
export async function concurrencyOf(
  env: Env,
  site: SiteKey,
  { timezone }: Pick<SiteSettings, "timezone">,
  { startedAt, endedAt }: PhaseTime,
  { now, later }: { now: EpochMs; later: Later },
): Promise<number> {
  const calendar = calendarOf(timezone);
  const last = calendar.startOfDay(Math.min(endedAt ?? now, now));
  // The last day counts once it is over.
  const end = nextDay(calendar, last);
  const to = end <= now ? end : last;
  const from = calendar.startOfDay(startedAt);
  const span = from < to ? { from, to } : { from, to: now };
  if (span.from >= span.to) return 1;
  const [row] = await reportSomeKpis(
    env,
    site,
    { ...span, groupBy: null, now, names: ["concurrency"] },
    later,
  );
  return Math.max(1, row?.concurrency?.value ?? 1);
}
