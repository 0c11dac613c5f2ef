/** The days that opening hours may name, by schema.org's names; the week begins on Monday. */
export const PUBLIC_HOLIDAYS = "PublicHolidays";
export const WEEKDAYS = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;
export const DAYS_OF_WEEK = [...WEEKDAYS, PUBLIC_HOLIDAYS] as const;
export type DayName = (typeof DAYS_OF_WEEK)[number];
