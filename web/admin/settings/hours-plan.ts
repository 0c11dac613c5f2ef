/**
 * Opening hours as the settings show them: every week, on public holidays, and by exception; and back.
 *
 * Shapes  `planOf` splits what is stored, `hoursOf` writes it: what it means never changes, whatever its order was. An
 *         entry that names weekdays and public holidays becomes two. Equal times are closed.
 */
import { type DayName, PUBLIC_HOLIDAYS } from "../../../domain/site/days.ts";
import type { OpeningHours } from "../../../domain/site/opening-hours.ts";

export type Span = Pick<OpeningHours, "opens" | "closes">;
export type WeeklySpan = Span & { days: DayName[] };
export type HolidayRule = "ordinary" | "closed" | "hours";
export type HoursPlan = {
  weekly: WeeklySpan[];
  /** None at all: a holiday is a day as any other. */
  holiday: Span[];
  exceptions: OpeningHours[];
};

export const CLOSED: Span = { opens: "00:00", closes: "00:00" };
export const OFFICE: Span = { opens: "09:00", closes: "18:00" };

export function planOf(hours: readonly OpeningHours[]): HoursPlan {
  const weekly = hours.filter((entry) => !isDated(entry));
  return {
    weekly: weekly.flatMap(({ dayOfWeek, opens, closes }) => {
      const days = dayOfWeek.filter((day) => day !== PUBLIC_HOLIDAYS);
      return days.length === 0 ? [] : [{ days, opens, closes }];
    }),
    holiday: weekly.flatMap(({ dayOfWeek, opens, closes }) =>
      dayOfWeek.includes(PUBLIC_HOLIDAYS) ? [{ opens, closes }] : [],
    ),
    exceptions: hours.filter(isDated),
  };
}

export function hoursOf({ weekly, holiday, exceptions }: HoursPlan): OpeningHours[] {
  return [
    ...weekly.map(({ days, opens, closes }) => ({ dayOfWeek: days, opens, closes })),
    ...holiday.map((span): OpeningHours => ({ dayOfWeek: [PUBLIC_HOLIDAYS], ...span })),
    ...exceptions,
  ];
}

export function isDated({ validFrom, validThrough }: OpeningHours): boolean {
  return Boolean(validFrom ?? validThrough);
}

export function isClosed({ opens, closes }: Span): boolean {
  return opens === closes;
}

export function ruleOf(holiday: readonly Span[]): HolidayRule {
  if (holiday.length === 0) return "ordinary";
  return holiday.every(isClosed) ? "closed" : "hours";
}

/** The hours of public holidays under `rule`, those of before where they fit it. */
export function holidayUnder(rule: HolidayRule, before: readonly Span[]): Span[] {
  if (rule === "ordinary") return [];
  if (rule === "closed") return [CLOSED];
  const open = before.filter((span) => !isClosed(span));
  return open.length === 0 ? [OFFICE] : open;
}

/** A closing as a clock shows it, and as it is stored: midnight is the end of the day, not its beginning. */
export const shownClosing = (closes: string): string => (closes === "24:00" ? "00:00" : closes);
export const storedClosing = (shown: string): string => (shown === "00:00" ? "24:00" : shown);

export function lasts({ opens, closes }: Span): "wholeDay" | "pastMidnight" | null {
  if (opens === "00:00" && (closes === "24:00" || closes === "23:59")) return "wholeDay";
  return closes < opens ? "pastMidnight" : null;
}

/** The date that calendars in `zone` show at `at`. */
export function dateIn(zone: string, at: number): string {
  const format = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    calendar: "iso8601",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts.get("year")}-${parts.get("month")}-${parts.get("day")}`;
}
