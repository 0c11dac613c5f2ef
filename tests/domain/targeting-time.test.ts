/** Rules T10 to T17 of `docs/rules/targeting.md`: what time alone makes true, and when a schedule is open. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { Schedule } from "../../domain/targeting/campaign.ts";
import { readCondition } from "../../domain/targeting/condition.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { readSchedule } from "../../domain/targeting/schedule.ts";
import {
  type Clock,
  earliestTrue,
  factsAt,
  HORIZON_MS,
  timingOf,
} from "../../domain/targeting/time-driven.ts";
import { localTime, zoneClock } from "../../domain/targeting/zone.ts";

/** Properties over many cases, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

const NOON = Date.parse("2026-11-23T12:00:00Z");
const PARIS = "Europe/Paris";

function compile(condition: object) {
  const read = readCondition(condition);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return { test: read.test, timing: timingOf(read.leaves) };
}

function clockAt(now: number, started: Partial<Clock> = {}): Clock {
  return {
    now,
    pageStartedAt: now,
    sessionStartedAt: now,
    lastEngagementAt: null,
    timezone: PARIS,
    ...started,
  };
}

/** A condition over seconds and other facts, with every kind of comparison. */
const seconds = fc.oneof(fc.integer({ min: -2, max: 90 }), fc.constantFrom(29.5, 0.1, 1e9));
const comparison = fc.oneof(
  fc
    .tuple(fc.constantFrom("$gt", "$gte", "$lt", "$lte", "$eq", "$ne"), seconds)
    .map(([op, n]) => ({ [op]: n })),
  fc.tuple(seconds, seconds).map(([a, b]) => ({ $gte: a, $lt: b })),
  fc.array(seconds, { maxLength: 3 }).map((list) => ({ $in: list })),
  fc.constantFrom({ $regex: "7$" }, { $vgte: "20" }, { $exists: true }, { $type: "number" }),
  seconds,
  seconds.map(String),
  fc.boolean(),
);
const timed = fc.constantFrom("page.seconds", "session.seconds", "engagement.seconds_since_last");
const still = fc.constantFrom<object>(
  { "cart.items": { $gte: 3 } },
  { "event.name": "Cart Viewed" },
  { "event.name": "Wake" },
  {},
);
const leaf = fc.oneof(
  fc.tuple(timed, comparison).map(([path, operand]) => ({ [path]: operand })),
  fc.tuple(timed, comparison).map(([path, operand]) => ({ [path]: { $not: operand } })),
  still,
);
const condition = fc.letrec<{ node: object }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .tuple(fc.constantFrom("$and", "$or", "$nor"), fc.array(tie("node"), { maxLength: 3 }))
      .map(([op, parts]) => ({ [op]: parts })),
    tie("node").map((part) => ({ $not: part })),
  ),
})).node;

const SPAN_MS = 120_000;

test("T10: never earlier, and true at that moment: as watching every tenth of a second finds it", () => {
  const started = fc.record({
    pageStartedAt: fc.option(fc.integer({ min: 0, max: 60_000 })),
    sessionStartedAt: fc.option(fc.integer({ min: 0, max: 60_000 })),
    lastEngagementAt: fc.option(fc.integer({ min: 0, max: 60_000 })),
  });
  const facts = {
    cart: { items: 3 },
    page: { seconds: 0 },
    session: { seconds: 0 },
    event: { name: "Cart Viewed", properties: {} },
  };
  let found = 0;
  fc.assert(
    fc.property(condition, started, (asked, ages) => {
      const since = (age: number | null) => (age === null ? null : NOON - age);
      const clock = clockAt(NOON, {
        pageStartedAt: since(ages.pageStartedAt),
        sessionStartedAt: since(ages.sessionStartedAt),
        lastEngagementAt: since(ages.lastEngagementAt),
      });
      const compiled = compile(asked);
      const answer = earliestTrue(compiled, facts, clock);
      const wake = { ...facts, event: { name: "Wake", properties: {} } };
      const holds = (at: number) => compiled.test(factsAt(wake, clock, at, { hour: 12, weekday: 1 }));

      if (answer !== null) {
        expect(answer).toBeGreaterThan(NOON);
        expect(holds(answer)).toBe(true);
        found += 1;
      }
      // What already holds for a Wake at this instant is not brought about by time until it first changes.
      let changed = !holds(NOON);
      const changes = new Set(compiled.timing.seconds.flatMap((each) => each.seconds));
      const last = Math.min(answer ?? Number.POSITIVE_INFINITY, NOON + SPAN_MS);
      for (let at = NOON + 1; at < last; at += 100) {
        if (!holds(at)) changed = true;
        else if (changed)
          throw new Error(`true at +${at - NOON} ms already; breaks at ${[...changes].join(" ")}`);
      }
    }),
    { numRuns: 1_500 },
  );
  expect(found).toBeGreaterThan(100);
}, 60_000);

test.each([
  [{ "page.seconds": { $gte: 30 } }, 30_000],
  [{ "page.seconds": { $gt: 29.5 } }, 30_000],
  [{ "page.seconds": { $gt: 30 } }, 31_000],
  [{ "page.seconds": "45" }, 45_000],
  [{ "page.seconds": { $gte: 30 }, "cart.items": { $gte: 3 } }, null],
  [{ $not: { "page.seconds": { $lt: 10 } } }, 10_000],
  [{ "page.seconds": { $regex: "^3" } }, 3_000],
  [{ "event.name": "Product Added", "page.seconds": { $gte: 5 } }, null],
  [{ "cart.items": { $gte: 3 } }, null],
  [{ "page.seconds": { $gte: 1e12 } }, null],
])("T10: %j comes true after %s ms", (asked, after) => {
  const answer = earliestTrue(compile(asked), { cart: { items: 1 } }, clockAt(NOON));
  expect(answer === null ? null : answer - NOON).toBe(after);
});

test("T11: seconds are counted from when the view began, rounded down", () => {
  const clock = clockAt(NOON, { pageStartedAt: NOON - 12_345, lastEngagementAt: NOON - 999 });
  expect(factsAt({ page: { path: "/" } }, clock, NOON)).toMatchObject({
    page: { path: "/", seconds: 12 },
    engagement: { seconds_since_last: 0 },
    time: { hour: 13, weekday: 1 },
  });
  const answer = earliestTrue(compile({ "page.seconds": { $gte: 30 } }), {}, clock);
  expect(answer).toBe(NOON - 12_345 + 30_000);
});

test.each([
  ["Europe/Paris", { "time.hour": 9 }, "2026-11-23T12:00:00Z", "2026-11-24T08:00:00.000Z"],
  [
    "Europe/Paris",
    { "time.hour": { $gte: 14, $lt: 16 } },
    "2026-11-23T12:00:00Z",
    "2026-11-23T13:00:00.000Z",
  ],
  ["Europe/Paris", { "time.weekday": { $in: [6, 7] } }, "2026-11-23T12:00:00Z", "2026-11-27T23:00:00.000Z"],
  ["Asia/Kathmandu", { "time.hour": 9 }, "2026-11-23T12:00:00Z", "2026-11-24T03:15:00.000Z"],
  // The clock jumps over 02:00 on the Sunday; the hour is next shown on Monday.
  ["Europe/Paris", { "time.hour": 2 }, "2026-03-28T12:00:00Z", "2026-03-30T00:00:00.000Z"],
  ["Europe/Paris", { "time.hour": 3 }, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00.000Z"],
  ["Australia/Lord_Howe", { "time.hour": 2 }, "2026-10-03T14:00:00Z", "2026-10-03T15:30:00.000Z"],
])("T12: in %s %j from %s comes true at %s", (timezone, asked, from, expected) => {
  const answer = earliestTrue(compile(asked), {}, clockAt(Date.parse(from), { timezone }));
  expect(answer === null ? null : new Date(answer).toISOString()).toBe(expected);
});

test("T12: the cheap clock of a span shows what the calendar shows, through every change of clocks", () => {
  const zone = fc.constantFrom(
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "UTC",
    "Pacific/Apia",
  );
  const moment = fc.integer({ min: Date.parse("2026-01-01"), max: Date.parse("2027-12-31") });
  fc.assert(
    fc.property(
      zone,
      moment,
      fc.array(fc.nat(HORIZON_MS - 1), { maxLength: 20 }),
      (timezone, from, offsets) => {
        const clock = zoneClock(timezone, from, from + HORIZON_MS);
        for (const offset of offsets) {
          const shown = new Intl.DateTimeFormat("en-GB", {
            timeZone: timezone,
            hour: "2-digit",
            weekday: "short",
            hourCycle: "h23",
          }).formatToParts(from + offset);
          const part = (type: string) => shown.find((each) => each.type === type)?.value ?? "";
          const weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday")) + 1;
          expect(clock.local(from + offset)).toEqual({ hour: Number(part("hour")), weekday });
          expect(localTime(from + offset, timezone)).toEqual({ hour: Number(part("hour")), weekday });
        }
      },
    ),
    { numRuns: 300 },
  );
});

const WORKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"] as const;
const siteIn = (timezone: string) => SiteSettings.parse({ key: "shop", name: "Shop", timezone });
const open = (schedule: Schedule, at: string, zone = PARIS) =>
  readSchedule(schedule, siteIn(zone)).isOpen(Date.parse(at));
function opening(schedule: Schedule, at: string, zone = PARIS): string | null {
  const moment = readSchedule(schedule, siteIn(zone)).openFrom(Date.parse(at));
  return moment === null ? null : new Date(moment).toISOString();
}

test("T13: opens at its opening, closes at its closing, in the site's zone", () => {
  const office: Schedule = { hours: [{ dayOfWeek: [...WORKDAYS], opens: "09:00", closes: "18:00" }] };
  expect(open(office, "2026-11-23T07:59:59.999Z")).toBe(false);
  expect(open(office, "2026-11-23T08:00:00Z")).toBe(true);
  expect(open(office, "2026-11-23T16:59:59.999Z")).toBe(true);
  expect(open(office, "2026-11-23T17:00:00Z")).toBe(false);
  expect(open(office, "2026-11-22T10:00:00Z")).toBe(false);
  expect(opening(office, "2026-11-20T17:00:00Z")).toBe("2026-11-23T08:00:00.000Z");
  expect(opening(office, "2026-07-20T17:00:00Z")).toBe("2026-07-21T07:00:00.000Z");
});

test("T13: two openings a day", () => {
  const shop: Schedule = {
    hours: [
      { dayOfWeek: ["Monday"], opens: "09:00", closes: "12:00" },
      { dayOfWeek: ["Monday"], opens: "14:00", closes: "18:00" },
    ],
  };
  expect(open(shop, "2026-11-23T12:00:00Z")).toBe(false);
  expect(opening(shop, "2026-11-23T12:00:00Z")).toBe("2026-11-23T13:00:00.000Z");
});

test("T14: a closing before its opening lies on the next day; 23:59 is midnight; equal ones are closed", () => {
  const night: Schedule = { hours: [{ dayOfWeek: ["Friday"], opens: "22:00", closes: "02:00" }] };
  expect(open(night, "2026-11-28T00:30:00Z")).toBe(true);
  expect(open(night, "2026-11-28T01:00:00Z")).toBe(false);
  expect(open(night, "2026-11-27T00:30:00Z")).toBe(false);
  const whole: Schedule = { hours: [{ dayOfWeek: ["Monday"], opens: "00:00", closes: "23:59" }] };
  expect(open(whole, "2026-11-23T22:59:30Z")).toBe(true);
  expect(open(whole, "2026-11-23T23:00:00Z")).toBe(false);
  const none: Schedule = { hours: [{ dayOfWeek: ["Monday"], opens: "09:00", closes: "09:00" }] };
  expect(opening(none, "2026-11-23T08:00:00Z")).toBeNull();
});

test("T15: from and to bound it, however far away they are", () => {
  const dated: Schedule = { from: "2027-02-01T00:00:00Z", to: "2027-03-01T00:00:00Z" };
  expect(opening(dated, "2026-11-23T08:00:00Z")).toBe("2027-02-01T00:00:00.000Z");
  expect(open(dated, "2027-03-01T00:00:00Z")).toBe(false);
  expect(opening(dated, "2027-03-01T00:00:00Z")).toBeNull();
  const mondays: Schedule = {
    ...dated,
    hours: [{ dayOfWeek: ["Tuesday"], opens: "09:00", closes: "10:00" }],
  };
  expect(opening(mondays, "2026-11-23T08:00:00Z")).toBe("2027-02-02T08:00:00.000Z");
  expect(readSchedule({}, siteIn(PARIS)).isOpen(NOON)).toBe(true);
  expect(readSchedule({ hours: [] }, siteIn(PARIS)).restricts).toBe(false);
});

test("T16: through a change of clocks the hours stay those on the wall", () => {
  const early: Schedule = { hours: [{ dayOfWeek: ["Saturday", "Sunday"], opens: "08:00", closes: "12:00" }] };
  expect(opening(early, "2026-03-28T12:00:00Z")).toBe("2026-03-29T06:00:00.000Z");
  expect(opening(early, "2026-10-24T12:00:00Z")).toBe("2026-10-25T07:00:00.000Z");
  const jumped: Schedule = { hours: [{ dayOfWeek: ["Sunday"], opens: "02:30", closes: "04:00" }] };
  expect(opening(jumped, "2026-03-28T12:00:00Z")).toBe("2026-03-29T01:30:00.000Z");
  const night: Schedule = { hours: [{ dayOfWeek: ["Saturday"], opens: "22:00", closes: "06:00" }] };
  const lasts = (from: string, hours: number) =>
    [0, hours * 3_600_000 - 1, hours * 3_600_000].map((ms) =>
      readSchedule(night, siteIn(PARIS)).isOpen(Date.parse(from) + ms),
    );
  expect(lasts("2026-03-28T21:00:00Z", 7)).toEqual([true, true, false]);
  expect(lasts("2026-10-24T20:00:00Z", 9)).toEqual([true, true, false]);
});

test("T17: the next opening is open, and nothing before it is", () => {
  const clockTime = fc
    .tuple(fc.nat(23), fc.constantFrom("00", "15", "30", "59"))
    .map(([h, m]) => `${String(h).padStart(2, "0")}:${m}`);
  const day = fc.constantFrom(...WORKDAYS, "Saturday" as const, "Sunday" as const);
  const hours = fc.record({
    dayOfWeek: fc.uniqueArray(day, { minLength: 1 }),
    opens: clockTime,
    closes: clockTime,
  });
  const moment = fc.integer({ min: Date.parse("2026-01-01"), max: Date.parse("2026-12-31") });
  const zone = fc.constantFrom("Europe/Paris", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago");
  fc.assert(
    fc.property(fc.array(hours, { minLength: 1, maxLength: 4 }), moment, zone, (list, at, timezone) => {
      const times = readSchedule({ hours: list }, siteIn(timezone));
      const next = times.openFrom(at);
      if (next === null) {
        expect(list.every(({ opens, closes }) => opens === closes)).toBe(true);
        return;
      }
      expect(times.isOpen(next)).toBe(true);
      for (let before = at; before < next; before += 7 * 60_000) expect(times.isOpen(before)).toBe(false);
      expect(next - at).toBeLessThanOrEqual(8 * 86_400_000);
    }),
    { numRuns: 200 },
  );
}, 60_000);
