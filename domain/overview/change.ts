/**
 * A figure against the same figure of the period before.
 *
 * The difference has an interval of its own, from those of its two sides (MOVER; of two shares with Wilson's intervals it
 * is Newcombe's). Whether something got better is said only where chance is ruled out for all figures that are judged
 * together (`judge.ts`).
 *
 * A figure with a window of orders is compared over what has matured on both sides: the chats of the last days have not
 * been followed by all their orders yet, and would always look worse than older ones.
 *
 * Shapes  `Change` is null where either side has no value or no interval; its `p` where it is not judged.
 * Units   those of the figure.
 * Errors  none.
 */
import type { EpochMs } from "../ids.ts";
import type { Calendar } from "../kpi/calendar.ts";
import type { Figure } from "../kpi/figure.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
type Moments = { from: EpochMs; to: EpochMs };

/**
 * The span before, as long as that of which anything can be known yet: six days and a half of this week are not held
 * against seven. Days are the zone's, also where one of them has 23 or 25 hours.
 */
export function spanBefore(
  { from, to }: Moments,
  now: EpochMs,
  { startOfDay, startOfHour }: Pick<Calendar, "startOfDay" | "startOfHour">,
): Moments {
  const isWholeDays = startOfDay(from) === from && startOfDay(to) === to;
  // Half a day further steps over days of 23 and 25 hours.
  const days = Math.round((to - from) / DAY_MS) * DAY_MS - DAY_MS / 2;
  const earlier = isWholeDays ? startOfDay(from - days) : from - (to - from);
  if (to <= now) return { from: earlier, to: from };
  const known = Math.max(HOUR_MS, startOfHour(now) - from);
  return { from: earlier, to: Math.min(from, earlier + known) };
}

/** A visit that goes on for longer than this after its chat is not waited for. */
const VISIT_MS = DAY_MS;

export type Matured = { now: Moments; before: Moments };

/**
 * The whole days of `span` whose chats' windows have passed, and as many of `before`; null where there is none yet.
 */
export function maturedSpans(
  span: Moments,
  before: Moments,
  { now, windowMs, startOfDay }: { now: EpochMs; windowMs: number } & Pick<Calendar, "startOfDay">,
): Matured | null {
  const to = Math.min(span.to, startOfDay(now - windowMs - VISIT_MS));
  if (to <= span.from) return null;
  if (to === span.to) return { now: span, before };
  const isWholeDays = startOfDay(span.from) === span.from && startOfDay(before.from) === before.from;
  const days = Math.round((to - span.from) / DAY_MS) * DAY_MS;
  const until = isWholeDays ? startOfDay(before.from + days + DAY_MS / 2) : before.from + (to - span.from);
  return { now: { from: span.from, to }, before: { from: before.from, to: Math.min(until, before.to) } };
}

export type Change = {
  value: number;
  low: number;
  high: number;
  /** Adjusted for all changes that are judged together; null where this one is none of them. */
  p: number | null;
};

export function changeOf(now: Figure, before: Figure): Change | null {
  if (now.value === null || before.value === null || now.too_few === true || before.too_few === true)
    return null;
  if (now.interval === null || before.interval === null) return null;
  const value = now.value - before.value;
  const [low, high] = now.interval;
  const [lowBefore, highBefore] = before.interval;
  return {
    value,
    low: value - Math.hypot(now.value - low, highBefore - before.value),
    high: value + Math.hypot(high - now.value, before.value - lowBefore),
    p: null,
  };
}

/** Which way it went where its own interval leaves 0 out: 1, −1, or 0 where nobody can tell. */
export function directionOf(change: Pick<Change, "low" | "high"> | null): -1 | 0 | 1 {
  if (change === null) return 0;
  if (change.low > 0) return 1;
  return change.high < 0 ? -1 : 0;
}

const ALPHA = 0.05;

/** The same among all that are judged together; what was not judged went nowhere. */
export function judgedDirection(change: Pick<Change, "value" | "p"> | null): -1 | 0 | 1 {
  if (change === null || change.p === null || change.p > ALPHA) return 0;
  return change.value > 0 ? 1 : -1;
}
