/**
 * Spans of time as queries ask for them: one reader for figures, exports, journeys, objectives, returns and lists.
 *
 * Shapes  a moment is written with its offset, or as a date, which begins that day in the site's own time zone; `from` is
 *         inside, `to` is not.
 * Errors  a 400 that names the query's key.
 */
import * as z from "zod";
import { dayAt, dayStart } from "../../domain/objectives/progress.ts";
import { ApiError } from "../errors.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days across which the clocks are put back hold an hour more. */
const CLOCK_CHANGE_MS = HOUR_MS;

const Instant = z.iso.datetime({ offset: true });
const LocalDate = z.iso.date();

/** `text` as a moment in `zone`, or a 400 that names the query's `key`. */
export function readMoment(
  text: string | undefined,
  key: string,
  { zone, fallback }: { zone: string; fallback: number },
): number {
  if (text === undefined) return fallback;
  if (LocalDate.safeParse(text).success) return dayStart(text, zone);
  const moment = Instant.safeParse(text).success ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(moment)) {
    const message = "write a moment such as 2026-10-19T09:12:00Z, or a day such as 2026-10-19";
    throw new ApiError("invalid", message, { path: key });
  }
  return moment;
}

export type AskedSpan = { from: number; to: number };

/** The span of `query`; without one, so many days of the site's zone up to now. `most`: the longest, in days. */
export function readSpan(
  query: { from?: string | undefined; to?: string | undefined },
  { zone, now, days, most }: { zone: string; now: number; days: number; most: number },
): AskedSpan {
  const to = readMoment(query.to, "to", { zone, fallback: now + 1 });
  const last = dayAt(Math.min(now, to - 1), zone);
  const from = readMoment(query.from, "from", { zone, fallback: dayStart(last, zone, 1 - days) });
  return assertSpan({ from, to }, most);
}

/** `span`, if it is one and no longer than `most` days. */
export function assertSpan(span: AskedSpan, most: number): AskedSpan {
  const { from, to } = span;
  if (from >= to) throw new ApiError("invalid", "`from` must be before `to`", { path: "from" });
  if (to - from > most * DAY_MS + CLOCK_CHANGE_MS) {
    throw new ApiError("invalid", `ask for at most ${most} days at once`, { path: "from" });
  }
  return span;
}
