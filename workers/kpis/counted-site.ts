/** A site as its figures are counted: its zone, its rules, and the name of the definition that these make. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { type Calendar, calendarOf } from "../../domain/kpi/calendar.ts";
import { type CostModel, costModelOf } from "../../domain/kpi/costs.ts";
import type { DayScope } from "../../domain/kpi/counting.ts";
import type { Sealed } from "../../domain/kpi/seals.ts";
import { KPI_VERSION } from "../../domain/kpi/tally.ts";
import { fnv1a32 } from "../../domain/hash/fnv.ts";
import { readOpenDays } from "../../domain/site/open-days.ts";
import { FIELDS } from "../../domain/kpi/packed-tally.ts";
import type { CountedSettings } from "./site-settings.ts";

const HOUR_MS = 3_600_000;
/** Raised when the way in which counted figures are kept changes. */
const KEPT_VERSION = 2;

export type CountedSite = {
  key: SiteKey;
  calendar: Calendar;
  /** What every span is counted with, but its bounds. */
  rules: Omit<DayScope, "from" | "to" | "now">;
  leadAttributionMs: number;
  /** What chat costs, where somebody entered it: no part of what is counted. */
  costs: CostModel | null;
  /** Figures of another definition are to be counted anew. */
  definition: string;
  /** How far nothing is. */
  sealed: Sealed;
};

export function countedSite(key: SiteKey, settings: CountedSettings): CountedSite {
  const { timezone: zone, currency, orders, attribution_hours, business_hours, holidays } = settings;
  const { lead_hours, sealed } = settings;
  const told = JSON.stringify([
    [KEPT_VERSION, KPI_VERSION, FIELDS],
    [zone, currency, orders, attribution_hours],
    [business_hours, holidays],
    // A site whose leads count as long as its orders keeps the name that its figures have.
    ...(lead_hours === attribution_hours ? [] : [lead_hours]),
  ]);
  const attributionMs = attribution_hours * HOUR_MS;
  const leadAttributionMs = lead_hours * HOUR_MS;
  return {
    key,
    calendar: calendarFor(zone),
    rules: {
      zone,
      currency,
      orders,
      attributionMs,
      leadAttributionMs,
      open: business_hours.length === 0 ? undefined : readOpenDays(business_hours, settings),
    },
    leadAttributionMs,
    costs: costModelOf(settings.economics),
    sealed,
    definition: `${fnv1a32(told).toString(36)}-${fnv1a32(`again ${told}`).toString(36)}`,
  };
}

const calendars = new Map<string, Calendar>();

/** One calendar a zone: what it has once looked up, it knows. */
export function calendarFor(zone: string): Calendar {
  const known = calendars.get(zone) ?? calendarOf(zone);
  calendars.set(zone, known);
  return known;
}

/** A day of the site's zone; `from` is inside, `to` is not. */
export type LocalDay = { date: string; from: EpochMs; to: EpochMs };

/** No day is longer, and no day after a longer one is over so soon. */
const INTO_NEXT_DAY_MS = 26 * HOUR_MS;

/** When the day after that of `at` begins. */
export function nextDay(calendar: Calendar, at: EpochMs): EpochMs {
  return calendar.startOfDay(calendar.startOfDay(at) + INTO_NEXT_DAY_MS);
}

/** The local days that `[from, to)` touches. */
export function daysBetween(calendar: Calendar, from: EpochMs, to: EpochMs): LocalDay[] {
  const days: LocalDay[] = [];
  for (let start = calendar.startOfDay(from); start < to;) {
    const next = nextDay(calendar, start);
    days.push({ date: calendar.dayOf(start), from: start, to: next });
    start = next;
  }
  return days;
}

export function subjectOf(day: LocalDay): string {
  return `day:${day.date}`;
}
