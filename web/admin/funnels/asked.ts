/**
 * What a funnel's screen is asked: days and a kind of device, all of it in the address, so that a link shows the same.
 *
 * Errors  what an address says that cannot be is the default.
 */
import { ownDays } from "../overview/asked.ts";
import { type AskedPeriod, DEFAULT_PERIOD, PRESETS } from "../overview/periods.ts";

export type Query = Record<string, string | undefined>;
export const DEVICES = ["desktop", "mobile", "tablet", "other"] as const;

export function readPeriod({ period, from, to }: Query): AskedPeriod {
  return PRESETS.find((name) => name === period) ?? ownDays(from, to) ?? DEFAULT_PERIOD;
}

/** The address's question mark and what follows; `others` are kept where they say something. */
export function queryOf(period: AskedPeriod, others: Record<string, string | null> = {}): string {
  const query = new URLSearchParams(
    typeof period === "string" ? (period === DEFAULT_PERIOD ? {} : { period }) : period,
  );
  for (const [key, value] of Object.entries(others)) if (value !== null) query.set(key, value);
  return query.size === 0 ? "" : `?${query}`;
}
