/**
 * Opening hours as schema.org writes them (`OpeningHoursSpecification`), for sites and for campaigns.
 *
 * Shapes  `dayOfWeek` names the days, or `PublicHolidays`. With `validFrom` or `validThrough` (dates, both inclusive)
 *         an entry is an exception, which on its days replaces the weekly hours; `opens` equal to `closes` is closed
 *         all day, a `closes` before its `opens` lies on the next day, and `23:59` closes at midnight.
 */
import * as z from "zod";
import { DAYS_OF_WEEK } from "./days.ts";

const minuteOfDay = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "HH:MM");

export const OpeningHours = z.object({
  dayOfWeek: z.array(z.enum(DAYS_OF_WEEK)).min(1),
  opens: minuteOfDay,
  closes: minuteOfDay,
  validFrom: z.iso.date().nullish(),
  validThrough: z.iso.date().nullish(),
});
export type OpeningHours = z.infer<typeof OpeningHours>;

/** The entries of `hours` that name no day at all, each with its place below `at`. */
export function hoursProblems(
  hours: readonly Pick<OpeningHours, "validFrom" | "validThrough">[],
  at: string,
): { path: string; message: string }[] {
  return hours.flatMap(({ validFrom, validThrough }, index) => {
    if (!validFrom || !validThrough || validFrom <= validThrough) return [];
    const message = `validThrough ${validThrough} is before validFrom ${validFrom}, so no day has these hours; swap them, or leave one out`;
    return [{ path: `${at}.${index}.validThrough`, message }];
  });
}
