/**
 * The week by its hours: how many chats came, how many waited too long, how many of the chatters bought.
 *
 * Shapes  a `HourCell` is one hour of one weekday over all weeks of the span; `times` is how often that hour was in it,
 *         and 0 means that nothing can be said. Shares have their numerator and denominator, and none of nothing.
 * Units   `weekday` 1 is Monday; `hour` is what the zone's clock shows, so that an hour that a clock repeats counts once.
 */
import { type Ratio, ratio } from "../kpi/ratios.ts";
import type { HourOfWaits } from "./waits.ts";

export type HourOfChats = {
  day: string;
  hour: number;
  conversations: number;
  buyers: number;
  chatters: number;
};
export type HourCell = {
  weekday: number;
  hour: number;
  times: number;
  conversations: number;
  /** Chats that waited longer than the site's target. */
  late: Ratio;
  conversion: Ratio;
};

const HOURS = 24;
const DAYS = 7;

/** All 168 hours, Monday first. */
export function weekOfHours(chats: readonly HourOfChats[], waits: readonly HourOfWaits[]): HourCell[] {
  const sums = Array.from({ length: DAYS * HOURS }, () => ({
    days: new Set<string>(),
    conversations: 0,
    buyers: 0,
    chatters: 0,
    late: 0,
    waited: 0,
  }));
  for (const { day, hour, ...counts } of chats) {
    const sum = sums[placeOf(day, hour)];
    if (sum === undefined) continue;
    sum.days.add(day);
    sum.conversations += counts.conversations;
    sum.buyers += counts.buyers;
    sum.chatters += counts.chatters;
  }
  for (const { day, hour, chats: waited, late } of waits) {
    const sum = sums[placeOf(day, hour)];
    if (sum === undefined) continue;
    sum.waited += waited;
    sum.late += late;
  }
  return sums.map(({ days, conversations, ...sum }, index) => ({
    weekday: Math.floor(index / HOURS) + 1,
    hour: index % HOURS,
    times: days.size,
    conversations,
    late: ratio(sum.late, sum.waited),
    conversion: ratio(sum.buyers, sum.chatters),
  }));
}

/** Dates are of the calendar: their weekday is that of UTC. */
function placeOf(day: string, hour: number): number {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % DAYS;
  return weekday * HOURS + hour;
}
