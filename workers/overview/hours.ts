/** The week by its hours, from the KPIs by hour and the waits of the same span. */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import { type HourCell, weekOfHours } from "../../domain/overview/hours.ts";
import { readSettings, reportKpis } from "../kpis/report.ts";
import type { Later, Span } from "./report.ts";
import { hourOf, readWaits } from "./waits.ts";

/** Longer spans are told by their last whole weeks: what was long ago says little of who is needed. */
export const MOST_DAYS = 28;
const DAY_MS = 86_400_000;

export type WeekOfHours = {
  from: EpochMs;
  to: EpochMs;
  timezone: string;
  targetSeconds: number;
  cells: HourCell[];
};

export async function reportHours(
  env: Env,
  site: SiteKey,
  { from: asked, to, now }: Span,
  later: Later,
): Promise<WeekOfHours> {
  const settings = await readSettings(env, site);
  const { timezone } = settings;
  const calendar = calendarOf(timezone);
  const longest = calendar.startOfDay(to - MOST_DAYS * DAY_MS + DAY_MS / 2);
  const from = Math.max(asked, longest);
  const [rows, waits] = await Promise.all([
    reportKpis(env, site, { from, to, groupBy: "hour", now }, later),
    readWaits(env, site, settings, { from, to, now }),
  ]);
  const chats = rows.flatMap(({ group, conversations, conversion_after_chat: conversion }) => {
    const at = Date.parse(group ?? "");
    // What is still to come is no quiet hour.
    if (Number.isNaN(at) || at >= now) return [];
    return [
      {
        day: calendar.dayOf(at),
        hour: hourOf(at, timezone),
        conversations: conversations.value ?? 0,
        buyers: conversion.numerator ?? 0,
        chatters: conversion.denominator ?? 0,
      },
    ];
  });
  return {
    from,
    to,
    timezone,
    targetSeconds: settings.wait_target_seconds,
    cells: weekOfHours(chats, waits),
  };
}
