/**
 * Public holidays: those of a country by computation, and the days that a site adds of its own.
 *
 * Shapes  days are counted from 1970-01-01, which is day 0; a date is `YYYY-MM-DD`. Neither knows a time zone.
 */
import type { SiteSettings } from "./settings.ts";

/** A day of the calendar, counted from 1970-01-01. */
export type Day = number;

const DAY_MS = 86_400_000;

export function dayOf(date: string): Day {
  return Math.floor(Date.parse(date) / DAY_MS);
}

export function dateOf(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

const FIXED_IN_FRANCE = ["01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"];
/** Easter Monday, Ascension and Whit Monday, in days after Easter. */
const AFTER_EASTER_IN_FRANCE = [1, 39, 50];

/** Metropolitan France's eleven public holidays of `year`, as dates in order; two may fall on one day. */
export function frenchHolidays(year: number): string[] {
  const easter = easterOf(year);
  const fixed = FIXED_IN_FRANCE.map((date) => `${String(year).padStart(4, "0")}-${date}`);
  return [...fixed, ...AFTER_EASTER_IN_FRANCE.map((days) => dateOf(easter + days))].sort();
}

/** Easter Sunday of the Gregorian calendar, by the rule of Meeus, Jones and Butcher. */
export function easterOf(year: number): Day {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const inCentury = year % 100;
  const moon =
    (19 * golden +
      century -
      Math.floor(century / 4) -
      Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3) +
      15) %
    30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - moon - (inCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * moon + 22 * weekday) / 451);
  const counted = moon + weekday - 7 * late + 114;
  const month = String(Math.floor(counted / 31)).padStart(2, "0");
  const date = String((counted % 31) + 1).padStart(2, "0");
  return dayOf(`${String(year).padStart(4, "0")}-${month}-${date}`);
}

/** Whether a day is a holiday of the site: its country's, or one of its own dates. */
export function holidayCalendar({ calendar, dates }: SiteSettings["holidays"]): (day: Day) => boolean {
  const own = new Set(dates.map(dayOf));
  const byYear = new Map<number, ReadonlySet<string>>();
  const ofCountry = (day: Day): boolean => {
    const date = dateOf(day);
    const year = Number(date.slice(0, 4));
    const known = byYear.get(year) ?? new Set(frenchHolidays(year));
    byYear.set(year, known);
    return known.has(date);
  };
  return (day) => own.has(day) || (calendar === "fr" && ofCountry(day));
}
