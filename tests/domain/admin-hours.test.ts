/** Rule T90 of `docs/rules/targeting.md`: what the settings show of the hours is what is stored. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DAYS_OF_WEEK } from "../../domain/site/days.ts";
import type { OpeningHours } from "../../domain/site/opening-hours.ts";
import { readBusinessHours } from "../../domain/targeting/schedule.ts";
import {
  dateIn,
  holidayUnder,
  hoursOf,
  lasts,
  planOf,
  ruleOf,
  shownClosing,
  storedClosing,
} from "../../web/admin/settings/hours-plan.ts";

const DAY_MS = 86_400_000;
const FIRST = Date.parse("2026-12-14T00:00:00Z");
const dateAt = (day: number) => new Date(FIRST + day * DAY_MS).toISOString().slice(0, 10);

const clock = fc.constantFrom("00:00", "08:30", "12:00", "18:00", "22:00", "23:59", "24:00");
const entry = fc
  .record({
    dayOfWeek: fc.uniqueArray(fc.constantFrom(...DAYS_OF_WEEK), { minLength: 1 }),
    opens: clock,
    closes: clock,
    dates: fc.option(fc.tuple(fc.nat(13), fc.nat(13))),
  })
  .map(({ dates, ...hours }): OpeningHours => {
    if (dates === null) return hours;
    return { ...hours, validFrom: dateAt(Math.min(...dates)), validThrough: dateAt(Math.max(...dates)) };
  });

test("T90: hours taken apart for the screen and put together again mean the same, and are shown in full", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), fc.nat(20 * 24 * 4), (hours, quarters) => {
      const again = hoursOf(planOf(hours));
      expect(hoursOf(planOf(again))).toEqual(again);
      const site = {
        timezone: "Europe/Paris",
        holidays: { calendar: "fr", dates: [dateAt(3)] },
      } as const;
      const holidays = { ...site.holidays, dates: [...site.holidays.dates] };
      const at = FIRST + quarters * 900_000;
      const before = readBusinessHours({ ...site, holidays, business_hours: hours });
      const after = readBusinessHours({ ...site, holidays, business_hours: again });
      expect(after.openFrom(at)).toBe(before.openFrom(at));
    }),
    { numRuns: 300 },
  );
});

test("T90: on public holidays: as any day, closed, or hours of their own, which are kept while they are hours", () => {
  const own = [{ opens: "10:00", closes: "12:00" }];
  expect(ruleOf([])).toBe("ordinary");
  expect(ruleOf(holidayUnder("closed", own))).toBe("closed");
  expect(holidayUnder("hours", own)).toEqual(own);
  expect(ruleOf(holidayUnder("hours", holidayUnder("closed", own)))).toBe("hours");
  expect(holidayUnder("ordinary", own)).toEqual([]);
});

test("T90: midnight closes the day, a closing before its opening is on the next", () => {
  expect(storedClosing("00:00")).toBe("24:00");
  expect(shownClosing("24:00")).toBe("00:00");
  expect(lasts({ opens: "00:00", closes: "24:00" })).toBe("wholeDay");
  expect(lasts({ opens: "22:00", closes: "02:00" })).toBe("pastMidnight");
  expect(lasts({ opens: "09:00", closes: "24:00" })).toBeNull();
});

test("T93: a new exception begins on the day that it is in the site's zone", () => {
  const late = Date.parse("2026-11-22T23:10:00Z");
  expect(dateIn("Europe/Paris", late)).toBe("2026-11-23");
  expect(dateIn("America/New_York", late)).toBe("2026-11-22");
  expect(dateIn("Asia/Kolkata", Date.parse("2025-12-31T18:30:00Z"))).toBe("2026-01-01");
});
