/**
 * By what the rows are grouped; hours, days and weeks have a row even where nothing happened.
 *
 * Shapes  a `Dimension` is what is counted apart within an hour; stretches of time are sums of hours.
 */
import type { EpochMs } from "../ids.ts";
import { bucketsBetween, type Calendar } from "./calendar.ts";

export const GROUPINGS = [
  "hour",
  "day",
  "week",
  "campaign",
  "variant",
  "agent",
  "skill",
  "channel",
  "device",
  "canned",
] as const;
export type Grouping = (typeof GROUPINGS)[number];
export type TimeGrouping = Extract<Grouping, "hour" | "day" | "week">;

/** The name of the one row where nothing is grouped. */
export const NO_GROUP = "";

/** What each hour is counted by; the first is the whole. A row of `canned` is an answer as one agent sent it. */
export const DIMENSIONS = [
  NO_GROUP,
  "campaign",
  "variant",
  "agent",
  "skill",
  "channel",
  "device",
  "canned",
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Dimensions whose rows know a visitor by an offer, or by a conversation; the others by the day's first visit. */
export const BY_OFFER: ReadonlySet<Dimension> = new Set<Dimension>(["campaign", "variant"]);
export const BY_CHAT: ReadonlySet<Dimension> = new Set<Dimension>(["agent", "skill", "canned"]);

/** Whether a visitor comes into a row of `dimension` by something that happened in a visit. */
export function isEntered(dimension: Dimension): boolean {
  return BY_OFFER.has(dimension) || BY_CHAT.has(dimension);
}

/** Whether the rows are stretches of time. */
export function isTime(groupBy: Grouping): groupBy is TimeGrouping {
  return groupBy === "hour" || groupBy === "day" || groupBy === "week";
}

/** What has to be counted for rows that are grouped so. */
export function dimensionOf(groupBy: Grouping | null): Dimension {
  return groupBy === null || isTime(groupBy) ? NO_GROUP : groupBy;
}

/** The row in which an hour's group is, or a function of the hour where the rows are stretches of time. */
export function rowOf(
  groupBy: Grouping | null,
  calendar: Calendar,
): (hour: EpochMs, group: string) => string {
  if (groupBy === null) return () => NO_GROUP;
  if (!isTime(groupBy)) return (_hour, group) => group;
  return timeGroup(groupBy, calendar);
}

/** The stretch of time in which a moment lies, in the zone of `calendar`. */
export function timeGroup(groupBy: TimeGrouping, calendar: Calendar): (at: EpochMs) => string {
  if (groupBy === "hour") return calendar.hourOf;
  return groupBy === "day" ? calendar.dayOf : calendar.weekOf;
}

/** The rows that there are even where nothing happened. */
export function groupsWithoutRows(
  { from, to, groupBy }: { from: EpochMs; to: EpochMs; groupBy: Grouping | null },
  calendar: Calendar,
): string[] {
  switch (groupBy) {
    case null:
      return [NO_GROUP];
    case "hour":
    case "day":
    case "week":
      return bucketsBetween(from, to, timeGroup(groupBy, calendar));
    default:
      return [];
  }
}
