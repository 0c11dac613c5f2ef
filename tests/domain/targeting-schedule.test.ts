/** Rules T80 to T86 of `docs/rules/targeting.md`: opening hours with exceptions, holidays and two sets of hours. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { dateOf, easterOf, frenchHolidays } from "../../domain/site/holidays.ts";
import { OpeningHours } from "../../domain/site/opening-hours.ts";
import { type SiteHours, readBusinessHours, readSchedule } from "../../domain/targeting/schedule.ts";

/** Properties over many cases, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
const WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const WORKDAYS = WEEK.slice(0, 5);

type Hours = OpeningHours;

function site(given: Partial<SiteHours> = {}): SiteHours {
  return {
    timezone: "Europe/Paris",
    business_hours: [],
    holidays: { calendar: "none", dates: [] },
    ...given,
  };
}

function opening(times: { openFrom: (at: number) => number | null }, at: string): string | null {
  const moment = times.openFrom(Date.parse(at));
  return moment === null ? null : new Date(moment).toISOString();
}

test.each([
  [2021, ["04-05", "05-13", "05-24"]],
  [2022, ["04-18", "05-26", "06-06"]],
  [2023, ["04-10", "05-18", "05-29"]],
  [2024, ["04-01", "05-09", "05-20"]],
  [2025, ["04-21", "05-29", "06-09"]],
  [2026, ["04-06", "05-14", "05-25"]],
  [2027, ["03-29", "05-06", "05-17"]],
])("T80: France's eleven public holidays of %s are those published", (year, moving) => {
  const fixed = ["01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"];
  const published = [...fixed, ...moving].map((date) => `${year}-${date}`).sort();
  expect(frenchHolidays(year)).toEqual(published);
});

test.each([
  [1818, "1818-03-22"],
  [1943, "1943-04-25"],
  [1954, "1954-04-18"],
  [1981, "1981-04-19"],
  [2000, "2000-04-23"],
  [2008, "2008-03-23"],
  [2038, "2038-04-25"],
  [2049, "2049-04-18"],
])("T80: Easter of %s", (year, date) => {
  expect(dateOf(easterOf(year))).toBe(date);
});

test("T80: Ascension may fall on the first of May, and is still one day", () => {
  expect(new Set(frenchHolidays(2008)).size).toBe(10);
});

const workday: Hours = { dayOfWeek: [...WORKDAYS], opens: "09:00", closes: "18:00" };
const office = [workday];

test("T81: a dated entry replaces the weekly ones on the days that it names, its first and last included", () => {
  const hours: Hours[] = [
    ...office,
    {
      dayOfWeek: [...WORKDAYS],
      opens: "10:00",
      closes: "12:00",
      validFrom: "2026-12-21",
      validThrough: "2026-12-23",
    },
    {
      dayOfWeek: [...WORKDAYS],
      opens: "14:00",
      closes: "15:00",
      validFrom: "2026-12-21",
      validThrough: "2026-12-23",
    },
    {
      dayOfWeek: [...WORKDAYS],
      opens: "00:00",
      closes: "00:00",
      validFrom: "2026-12-24",
      validThrough: "2027-01-03",
    },
  ];
  const times = readSchedule({ hours }, site());
  expect(opening(times, "2026-12-18T17:00:00Z")).toBe("2026-12-21T09:00:00.000Z");
  expect(opening(times, "2026-12-23T11:00:00Z")).toBe("2026-12-23T13:00:00.000Z");
  expect(opening(times, "2026-12-23T14:00:00Z")).toBe("2027-01-04T08:00:00.000Z");
});

test("T81: a dated entry without an end, or without a beginning, holds from then on, or until then", () => {
  const monday: Hours["dayOfWeek"] = ["Monday"];
  const moved = readSchedule(
    {
      hours: [
        { dayOfWeek: monday, opens: "09:00", closes: "10:00" },
        { dayOfWeek: monday, opens: "20:00", closes: "21:00", validFrom: "2027-01-01" },
        { dayOfWeek: monday, opens: "05:00", closes: "06:00", validThrough: "2026-11-30" },
      ],
    },
    site(),
  );
  expect(opening(moved, "2026-11-29T12:00:00Z")).toBe("2026-11-30T04:00:00.000Z");
  expect(opening(moved, "2026-12-06T12:00:00Z")).toBe("2026-12-07T08:00:00.000Z");
  expect(opening(moved, "2031-01-05T12:00:00Z")).toBe("2031-01-06T19:00:00.000Z");
});

test("T81: what opened before an exception closes at its own hour", () => {
  const times = readSchedule(
    {
      hours: [
        { dayOfWeek: [...WEEK], opens: "20:00", closes: "02:00" },
        {
          dayOfWeek: [...WEEK],
          opens: "00:00",
          closes: "00:00",
          validFrom: "2026-12-25",
          validThrough: "2026-12-25",
        },
      ],
    },
    site(),
  );
  expect(times.isOpen(Date.parse("2026-12-25T00:59:59Z"))).toBe(true);
  expect(opening(times, "2026-12-25T01:00:00Z")).toBe("2026-12-26T19:00:00.000Z");
});

test("T81: an opening that is years away is found, and so is that there is none", () => {
  const closed: Hours = { dayOfWeek: [...WEEK], opens: "00:00", closes: "00:00" };
  const times = readSchedule(
    { hours: [{ ...closed, validThrough: "2039-12-31" }, ...office, { ...closed, validFrom: "2040-01-04" }] },
    site(),
  );
  expect(opening(times, "2026-11-22T12:00:00Z")).toBe("2040-01-02T08:00:00.000Z");
  expect(opening(times, "2040-01-03T17:00:00Z")).toBeNull();
  // Asked about an earlier moment than before, it looks again.
  expect(opening(times, "2026-11-22T12:00:00Z")).toBe("2040-01-02T08:00:00.000Z");
});

test("T82: on public holidays the hours for them replace the weekday's; without such hours nothing changes", () => {
  const holidays = { calendar: "fr", dates: ["2026-12-24"] } as const;
  const shop = site({ holidays: { ...holidays, dates: [...holidays.dates] } });
  const closing: Hours = { dayOfWeek: ["PublicHolidays"], opens: "00:00", closes: "00:00" };
  expect(opening(readSchedule({ hours: office }, shop), "2026-12-24T00:00:00Z")).toBe(
    "2026-12-24T08:00:00.000Z",
  );
  // Thursday is the site's own holiday, Friday is Christmas, then comes the week-end.
  const times = readSchedule({ hours: [...office, closing] }, shop);
  expect(opening(times, "2026-12-23T17:00:00Z")).toBe("2026-12-28T08:00:00.000Z");
  const short: Hours = { dayOfWeek: ["PublicHolidays"], opens: "10:00", closes: "13:00" };
  expect(opening(readSchedule({ hours: [...office, short] }, shop), "2026-12-25T00:00:00Z")).toBe(
    "2026-12-25T09:00:00.000Z",
  );
  // A dated entry says what this very day is like, so it goes before the holiday's hours.
  const open: Hours = { ...workday, validFrom: "2026-12-25", validThrough: "2026-12-25" };
  expect(opening(readSchedule({ hours: [...office, closing, open] }, shop), "2026-12-25T00:00:00Z")).toBe(
    "2026-12-25T08:00:00.000Z",
  );
});

test("T82: without a calendar of its own a site has only its own holidays", () => {
  const hours: Hours[] = [...office, { dayOfWeek: ["PublicHolidays"], opens: "00:00", closes: "00:00" }];
  const times = readSchedule({ hours }, site({ holidays: { calendar: "none", dates: ["2026-11-23"] } }));
  expect(opening(times, "2026-11-23T00:00:00Z")).toBe("2026-11-24T08:00:00.000Z");
  expect(opening(times, "2026-12-25T00:00:00Z")).toBe("2026-12-25T08:00:00.000Z");
});

test("T83: with exceptions only, every other day is open all day", () => {
  const hours: Hours[] = [
    {
      dayOfWeek: [...WEEK],
      opens: "00:00",
      closes: "00:00",
      validFrom: "2026-12-25",
      validThrough: "2026-12-25",
    },
  ];
  const times = readBusinessHours(site({ business_hours: hours }));
  expect(times.restricts).toBe(true);
  expect(times.isOpen(Date.parse("2026-12-24T22:59:59.999Z"))).toBe(true);
  expect(opening(times, "2026-12-24T23:00:00Z")).toBe("2026-12-25T23:00:00.000Z");
  const whole = readBusinessHours(site());
  expect([whole.restricts, whole.openFrom(7)]).toEqual([false, 7]);
});

test("T84: a campaign that keeps to the site's hours is open while both are", () => {
  const business_hours: Hours[] = [
    { dayOfWeek: [...WORKDAYS], opens: "09:00", closes: "12:00" },
    { dayOfWeek: [...WORKDAYS], opens: "14:00", closes: "18:00" },
  ];
  const shop = site({ business_hours });
  const evening: Hours[] = [{ dayOfWeek: [...WEEK], opens: "11:00", closes: "20:00" }];
  const both = readSchedule({ hours: evening, business_hours: true }, shop);
  expect(opening(both, "2026-11-23T00:00:00Z")).toBe("2026-11-23T10:00:00.000Z");
  expect(opening(both, "2026-11-23T11:00:00Z")).toBe("2026-11-23T13:00:00.000Z");
  expect(opening(both, "2026-11-27T17:00:00Z")).toBe("2026-11-30T10:00:00.000Z");
  expect(opening(readSchedule({ business_hours: true }, shop), "2026-11-27T17:00:00Z")).toBe(
    "2026-11-30T08:00:00.000Z",
  );
  expect(opening(readSchedule({ hours: evening, business_hours: false }, shop), "2026-11-27T17:00:00Z")).toBe(
    "2026-11-27T17:00:00.000Z",
  );
  // Where the site says nothing, it is always open.
  expect(readSchedule({ business_hours: true }, site()).restricts).toBe(false);
  const night: Hours[] = [{ dayOfWeek: [...WEEK], opens: "20:00", closes: "08:00" }];
  expect(opening(readSchedule({ hours: night, business_hours: true }, shop), "2026-11-23T00:00:00Z")).toBe(
    null,
  );
});

test("T84: a holiday that meets the one weekday of the site is found years ahead", () => {
  const shop = site({
    business_hours: [{ dayOfWeek: ["Sunday"], opens: "09:00", closes: "12:00" }],
    holidays: { calendar: "fr", dates: [] },
  });
  const feast: Hours[] = [
    { dayOfWeek: ["PublicHolidays"], opens: "10:00", closes: "11:00" },
    { dayOfWeek: ["Monday"], opens: "00:00", closes: "00:00" },
  ];
  const times = readSchedule({ hours: feast, business_hours: true }, shop);
  // All Saints' Day of 2026 was a Sunday; the next holiday on one is the fifteenth of August 2027.
  expect(opening(times, "2026-11-02T00:00:00Z")).toBe("2027-08-15T08:00:00.000Z");
});

/**
 * The model: what the wall clock of a zone shows at every minute of a span, by `Intl`, and nothing else.
 */
type Wall = { minutes: number[]; at: number[]; first: Map<number, number> };

const walls = new Map<string, Wall>();
function wallOf(timezone: string, from: number, days: number): Wall {
  const name = `${timezone} ${from}`;
  const known = walls.get(name);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  const wall: Wall = { minutes: [], at: [], first: new Map() };
  for (let at = from; at < from + days * DAY_MS; at += MINUTE_MS) {
    const shown = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const { year, month, day, hour, minute } = shown;
    const minutes = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`) / MINUTE_MS;
    wall.minutes.push(minutes);
    wall.at.push(at);
    if (!wall.first.has(minutes)) wall.first.set(minutes, at);
  }
  walls.set(name, wall);
  return wall;
}

/** The first moment that shows `minutes`; where the clock jumped over it, as far behind the jump as it lay in it. */
function shownFirst(wall: Wall, minutes: number): number {
  const exact = wall.first.get(minutes);
  if (exact !== undefined) return exact;
  const after = wall.minutes.findIndex((each) => each > minutes);
  return (wall.at[after - 1] ?? 0) + (minutes - (wall.minutes[after - 1] ?? 0)) * MINUTE_MS;
}

function entriesFor(hours: readonly Hours[], day: number, holidays: ReadonlySet<string>) {
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  const weekday = WEEK[(new Date(day * DAY_MS).getUTCDay() + 6) % 7];
  const dated = hours.filter(
    ({ validFrom, validThrough }) =>
      (validFrom || validThrough) && (validFrom ?? "") <= date && date <= (validThrough ?? "9999-12-31"),
  );
  const weekly = hours.filter(({ validFrom, validThrough }) => !validFrom && !validThrough);
  const feast = (each: Hours) => holidays.has(date) && each.dayOfWeek.includes("PublicHolidays");
  const plain = (each: Hours) => weekday !== undefined && each.dayOfWeek.includes(weekday);
  const tiers = [dated.filter(feast), dated.filter(plain), weekly.filter(feast), weekly.filter(plain)];
  const chosen = tiers.find((tier) => tier.length > 0);
  if (chosen !== undefined) return chosen;
  const ordinary = weekly.some(({ dayOfWeek }) => dayOfWeek.some((name) => name !== "PublicHolidays"));
  return ordinary ? [] : [{ opens: "00:00", closes: "24:00" }];
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

/** Every minute of the wall at which `hours` are open. */
function openMinutes(hours: readonly Hours[], wall: Wall, holidays: ReadonlySet<string>): Set<number> {
  if (hours.length === 0) return new Set(wall.at);
  const open = new Set<number>();
  const firstDay = Math.floor((wall.minutes[0] ?? 0) / DAY_MINUTES) + 1;
  const lastDay = Math.floor((wall.minutes.at(-1) ?? 0) / DAY_MINUTES) - 2;
  for (let day = firstDay; day <= lastDay; day += 1) {
    for (const { opens, closes } of entriesFor(hours, day, holidays)) {
      const start = minutesOf(opens);
      const written = closes === "23:59" && opens !== "23:59" ? DAY_MINUTES : minutesOf(closes);
      const end = written < start ? written + DAY_MINUTES : written;
      if (end === start) continue;
      const until = shownFirst(wall, day * DAY_MINUTES + end);
      for (let at = shownFirst(wall, day * DAY_MINUTES + start); at < until; at += MINUTE_MS) open.add(at);
    }
  }
  return open;
}

/** A span of twelve days in whose middle the clocks change, or midnight is skipped, or a feast falls. */
const SPANS = [
  { timezone: "Europe/Paris", from: "2026-03-23" },
  { timezone: "Europe/Paris", from: "2026-10-19" },
  { timezone: "Europe/Paris", from: "2026-12-21" },
  { timezone: "America/New_York", from: "2026-03-02" },
  { timezone: "America/New_York", from: "2026-10-26" },
  { timezone: "Australia/Lord_Howe", from: "2026-03-30" },
  { timezone: "Australia/Lord_Howe", from: "2026-09-28" },
  { timezone: "Africa/Cairo", from: "2026-04-18" },
  { timezone: "America/Santiago", from: "2026-08-31" },
  { timezone: "Pacific/Kiritimati", from: "2026-05-08" },
  { timezone: "Pacific/Pago_Pago", from: "2026-05-20" },
  { timezone: "Asia/Kathmandu", from: "2026-11-06" },
] as const;
const SPAN_DAYS = 12;

const clockTime = fc.oneof(
  fc
    .tuple(fc.nat(23), fc.constantFrom("00", "15", "30", "45", "59"))
    .map(([h, m]) => `${String(h).padStart(2, "0")}:${m}`),
  fc.constantFrom("00:00", "24:00", "23:59", "02:00", "02:30", "03:00", "01:45"),
);
const named = fc.constantFrom(...WEEK, "PublicHolidays" as const);
const dayIn = fc.nat(SPAN_DAYS - 1);
const entry = fc.record({
  dayOfWeek: fc.uniqueArray(named, { minLength: 1, maxLength: 8 }),
  opens: clockTime,
  closes: clockTime,
  validity: fc.option(
    fc.tuple(fc.option(dayIn), fc.option(dayIn)).map(([a, b]) => {
      if (a === null || b === null) return { first: a, last: b };
      return { first: Math.min(a, b), last: Math.max(a, b) };
    }),
    { freq: 2 },
  ),
});
const scene = fc.record({
  span: fc.constantFrom(...SPANS),
  own: fc.array(entry, { maxLength: 3 }),
  business: fc.array(entry, { maxLength: 4 }),
  keepsSiteHours: fc.boolean(),
  calendar: fc.constantFrom("none" as const, "fr" as const),
  ownHolidays: fc.uniqueArray(dayIn, { maxLength: 2 }),
  bounds: fc.tuple(fc.option(fc.nat(SPAN_DAYS * DAY_MINUTES)), fc.option(fc.nat(SPAN_DAYS * DAY_MINUTES))),
  asked: fc.array(fc.nat((SPAN_DAYS - 6) * DAY_MINUTES), { minLength: 1, maxLength: 12 }),
});

test("T85: openFrom is what watching the wall clock minute by minute finds, through every change of clocks", () => {
  let later = 0;
  let never = 0;
  fc.assert(
    fc.property(scene, ({ span, own, business, keepsSiteHours, calendar, ownHolidays, bounds, asked }) => {
      const start = Date.parse(`${span.from}T00:00:00Z`);
      const dateIn = (day: number) => new Date(start + day * DAY_MS).toISOString().slice(0, 10);
      const hoursOf = (entries: readonly (typeof own)[number][]): Hours[] =>
        entries.map(({ validity, ...each }) => ({
          ...each,
          ...(validity?.first != null ? { validFrom: dateIn(validity.first) } : {}),
          ...(validity?.last != null ? { validThrough: dateIn(validity.last) } : {}),
        }));
      const shop = site({
        timezone: span.timezone,
        business_hours: hoursOf(business),
        holidays: { calendar, dates: ownHolidays.map(dateIn) },
      });
      const [from, to] = bounds.map((minute) => (minute === null ? null : start + minute * MINUTE_MS));
      const schedule = {
        hours: hoursOf(own),
        business_hours: keepsSiteHours,
        from: from == null ? null : new Date(from).toISOString(),
        to: to == null ? null : new Date(to).toISOString(),
      };

      const wall = wallOf(span.timezone, start - 3 * DAY_MS, SPAN_DAYS + 6);
      const french = calendar === "fr" ? frenchHolidays(2026) : [];
      const holidays = new Set([...french, ...shop.holidays.dates]);
      const sets = [openMinutes(schedule.hours, wall, holidays)];
      if (keepsSiteHours) sets.push(openMinutes(shop.business_hours, wall, holidays));
      const isOpen = (at: number) =>
        sets.every((set) => set.has(at)) && (from == null || at >= from) && (to == null || at < to);

      const times = readSchedule(schedule, shop);
      // The model knows the span; what opens first behind it is only known to do so.
      const last = start + (SPAN_DAYS - 2) * DAY_MS;
      for (const minute of asked) {
        const at = start + minute * MINUTE_MS;
        let expected: number | null = null;
        for (let each = at; each < last && expected === null; each += MINUTE_MS) {
          if (isOpen(each)) expected = each;
        }
        const found = times.openFrom(at);
        if (expected === null) {
          never += 1;
          if (found !== null) expect(found).toBeGreaterThanOrEqual(last);
        } else {
          if (expected > at) later += 1;
          expect([span.timezone, found]).toEqual([span.timezone, expected]);
        }
        expect(times.isOpen(at)).toBe(isOpen(at));
        if (found !== null) expect(times.isOpen(found)).toBe(true);
      }
    }),
    { numRuns: 800 },
  );
  expect(later).toBeGreaterThan(300);
  expect(never).toBeGreaterThan(100);
});

test("T85: an evening that lasts through the next day is still open where it is two days later by UTC", () => {
  const long: Hours[] = [{ dayOfWeek: ["Monday"], opens: "20:00", closes: "19:00" }];
  const samoa = readSchedule({ hours: long }, site({ timezone: "Pacific/Pago_Pago" }));
  expect(samoa.isOpen(Date.parse("2026-11-25T05:59:59Z"))).toBe(true);
  expect(samoa.isOpen(Date.parse("2026-11-25T06:00:00Z"))).toBe(false);
});

test("T16: hours that lie wholly where the clock jumps are not open that day", () => {
  const hours: Hours[] = [{ dayOfWeek: ["Sunday"], opens: "02:30", closes: "03:00" }];
  expect(opening(readSchedule({ hours }, site()), "2026-03-28T12:00:00Z")).toBe("2026-04-05T00:30:00.000Z");
});

test("T86: hours that no clock shows are refused, whoever sends them", () => {
  for (const opens of ["24:30", "25:00", "9:00", "09:60", ""]) {
    expect(OpeningHours.safeParse({ dayOfWeek: ["Monday"], opens, closes: "18:00" }).success).toBe(false);
  }
  const whole = { dayOfWeek: ["Monday"], opens: "00:00", closes: "24:00" };
  expect(OpeningHours.safeParse(whole).success).toBe(true);
  expect(OpeningHours.safeParse({ ...whole, validFrom: "2026-02-30" }).success).toBe(false);
});
