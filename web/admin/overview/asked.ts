/**
 * What the overview is asked: a period, which hours count, and a figure of the week's picture, all of it in the address,
 * so that a link shows the same.
 *
 * Shapes  a period is a preset, or the days of somebody's own, both of them inside.
 * Errors  what an address says that cannot be is the default.
 */
import { type AskedPeriod, DEFAULT_PERIOD, MOST_DAYS, PRESETS } from "./periods.ts";

export const HOUR_FIGURES = ["conversations", "late", "conversion"] as const;
export type HourFigure = (typeof HOUR_FIGURES)[number];
export type Asked = { period: AskedPeriod; businessHours: boolean; hours: HourFigure };
type Query = Record<string, string | undefined>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

export function readAsked(query: Query): Asked {
  return {
    period: readPeriodOf(query),
    businessHours: query["business_hours"] === "true",
    hours: HOUR_FIGURES.find((name) => name === query["hours"]) ?? "conversations",
  };
}

function readPeriodOf({ period, from, to }: Query): AskedPeriod {
  const preset = PRESETS.find((name) => name === period);
  if (preset !== undefined) return preset;
  return ownDays(from, to) ?? DEFAULT_PERIOD;
}

/** The days from one date to another, both inside; null where that is none or too many. */
export function ownDays(
  from: string | undefined,
  to: string | undefined,
): { from: string; to: string } | null {
  if (from === undefined || to === undefined || !isDay(from) || !isDay(to)) return null;
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  return days >= 1 && days <= MOST_DAYS ? { from, to } : null;
}

function isDay(text: string): boolean {
  const at = DAY.test(text) ? Date.parse(text) : Number.NaN;
  // There is no 30 February, and no parser should make 2 March of it.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The address's question mark and what follows; what is the default is not said. */
export function queryOf({ period, businessHours, hours }: Asked): string {
  const query = new URLSearchParams(
    typeof period === "string" ? (period === DEFAULT_PERIOD ? {} : { period }) : period,
  );
  if (businessHours) query.set("business_hours", "true");
  if (hours !== "conversations") query.set("hours", hours);
  return query.size === 0 ? "" : `?${query}`;
}
