/** The sites whose figures are recounted, and what is told of each: as somebody sets them, and as the count reads them. */
import type { OpeningHours } from "../../../domain/site/opening-hours.ts";

export type Site = {
  key: string;
  timezone: string;
  currency: string;
  orders: "claimed" | "confirmed";
  attribution_hours: number;
  /** The language in which somebody reads its screens. */
  locale: "en-GB" | "fr-FR";
  /** The first day and the last: clocks change between them. */
  first: string;
  last: string;
  /** Local midnights, as UTC: that of `first`, and that after `last`. */
  from: string;
  to: string;
  /** The hour of UTC at which its days begin before the clocks change. */
  midnight: number;
  economics: { agent_hour: number; platform_month: number; margin: number } | null;
  goals: readonly { key: string; kind: "sale" | "lead"; window_hours: number | null }[];
  hours: Hours | null;
};

/** Opening hours as a site sets them, and what they come to on each day. */
type Hours = {
  business_hours: OpeningHours[];
  holidays: { calendar: "fr"; dates: string[] };
  /** From when to when it is open on the day that is `weekday`, 0 a Monday; what closes before it opens closes a day later. */
  openOn(day: string, weekday: number): readonly (readonly [opens: string, closes: string])[];
};

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"] as const;
const SATURDAY = 5;

/** Closed on one day, other hours in one week, a public holiday, and a night at whose end the clocks go back. */
const SHOP_HOURS: Hours = {
  business_hours: [
    { dayOfWeek: [...WEEKDAYS], opens: "08:30", closes: "19:00" },
    { dayOfWeek: ["Saturday"], opens: "10:00", closes: "13:00" },
    { dayOfWeek: ["Saturday"], opens: "14:00", closes: "02:15" },
    { dayOfWeek: ["PublicHolidays"], opens: "11:00", closes: "12:00" },
    {
      dayOfWeek: [...WEEKDAYS],
      opens: "12:00",
      closes: "16:00",
      validFrom: "2025-10-20",
      validThrough: "2025-10-24",
    },
    {
      dayOfWeek: ["Wednesday"],
      opens: "00:00",
      closes: "00:00",
      validFrom: "2025-11-05",
      validThrough: "2025-11-05",
    },
  ],
  holidays: { calendar: "fr", dates: [] },
  openOn(day, weekday) {
    if (day === "2025-11-01" || day === "2025-11-11") return [["11:00", "12:00"]];
    if (day === "2025-11-05") return [];
    if (weekday < SATURDAY && day >= "2025-10-20" && day <= "2025-10-24") return [["12:00", "16:00"]];
    if (weekday < SATURDAY) return [["08:30", "19:00"]];
    if (weekday > SATURDAY) return [];
    return [
      ["10:00", "13:00"],
      ["14:00", "02:15"],
    ];
  },
};

export const SITES: readonly Site[] = [
  {
    key: "recount-paris",
    timezone: "Europe/Paris",
    currency: "EUR",
    orders: "claimed",
    attribution_hours: 48,
    locale: "fr-FR",
    first: "2025-10-15",
    last: "2025-11-09",
    from: "2025-10-14T22:00:00Z",
    to: "2025-11-09T23:00:00Z",
    midnight: 22,
    economics: null,
    goals: [],
    hours: SHOP_HOURS,
  },
  {
    key: "recount-york",
    timezone: "America/New_York",
    currency: "USD",
    orders: "confirmed",
    attribution_hours: 48,
    locale: "en-GB",
    first: "2025-10-15",
    last: "2025-11-08",
    from: "2025-10-15T04:00:00Z",
    to: "2025-11-09T05:00:00Z",
    midnight: 4,
    economics: { agent_hour: 21.5, platform_month: 400, margin: 0.35 },
    goals: [],
    hours: null,
  },
  {
    key: "recount-long",
    timezone: "Europe/Paris",
    currency: "EUR",
    orders: "claimed",
    attribution_hours: 240,
    locale: "en-GB",
    first: "2025-10-20",
    last: "2025-11-02",
    from: "2025-10-19T22:00:00Z",
    to: "2025-11-02T23:00:00Z",
    midnight: 22,
    economics: null,
    // A lead counts within the longest window of those that leads are for.
    goals: [
      { key: "quote", kind: "lead", window_hours: 12 },
      { key: "call", kind: "lead", window_hours: 30 },
      { key: "order", kind: "sale", window_hours: 500 },
    ],
    hours: null,
  },
];
