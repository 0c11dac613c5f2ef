/**
 * A site's hours as a visitor reads them: the days from today on, each with when it is open, exceptions and holidays
 * already in it.
 *
 * Shapes  a span belongs to the day on which it opens, also where it closes on the next; a day without one is closed.
 * Units   moments are `EpochMs`; a day is named by a moment in it.
 */
import { Temporal } from "temporal-polyfill";
import type { EpochMs } from "../ids.ts";
import type { Interval, OpenDays } from "../site/open-days.ts";

export type OpenDay = { noon: EpochMs; spans: Interval[] };

const DAYS = 7;

/** The seven days from the one in which `now` lies, in `timezone`. */
export function weekAhead(hours: OpenDays, timezone: string, now: EpochMs): OpenDay[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone).toPlainDate();
  const days = Array.from({ length: DAYS }, (_, ahead): OpenDay => {
    const noon = today.add({ days: ahead }).toZonedDateTime({ timeZone: timezone, plainTime: "12:00" });
    return { noon: noon.epochMilliseconds, spans: [] };
  });
  const begins = today.toZonedDateTime(timezone).epochMilliseconds;
  const ends = today.add({ days: DAYS }).toZonedDateTime(timezone).epochMilliseconds;
  let at = begins;
  for (let span = hours.next(at, ends); span !== null; span = hours.next(at, ends)) {
    const opens = Temporal.Instant.fromEpochMilliseconds(span.from).toZonedDateTimeISO(timezone);
    const ahead = today.until(opens.toPlainDate()).days;
    if (ahead >= 0) days[ahead]?.spans.push(span);
    at = span.to;
  }
  return days;
}
