/** What is offered when: a table, and properties over the desk, the settings and the clock. */
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { availabilityOf, type DeskNow, type Offer } from "../../domain/availability/availability.ts";
import { ACTIONS, type Action } from "../../domain/availability/actions.ts";
import { AvailabilitySettings } from "../../domain/availability/settings.ts";
import { DAYS_OF_WEEK, WEEKDAYS } from "../../domain/site/days.ts";
import type { OpeningHours } from "../../domain/site/opening-hours.ts";
import { ALWAYS_OPEN, readBusinessHours } from "../../domain/targeting/schedule.ts";

const FREE: DeskNow = { covered: true, staffed: true, waiting: 0, wait_seconds: 0, skills: { sizes: 2 } };
const FULL: DeskNow = { covered: false, staffed: true, waiting: 3, wait_seconds: 90, skills: { sizes: 0 } };
const NOBODY: DeskNow = { covered: false, staffed: false, waiting: 0, wait_seconds: null, skills: {} };
const NEVER = { isOpen: () => false, openFrom: () => null };

const at = (text: string) => Date.parse(text);
const offer = (more: Partial<Offer> = {}): Offer => ({
  desk: FREE,
  hours: ALWAYS_OPEN,
  settings: {},
  skill: null,
  callbacks: true,
  articles: true,
  ...more,
});
const offered = (more: Partial<Offer> = {}) => availabilityOf(offer(more), 0);

describe("R-A1: the desk and the hours make the state", () => {
  test.each([
    ["somebody is free", { desk: FREE }, "online"],
    ["all are busy", { desk: FULL }, "busy"],
    ["nobody is there", { desk: NOBODY }, "closed"],
    ["somebody is free outside the hours", { desk: FREE, hours: NEVER }, "closed"],
    ["somebody with the skill is free", { desk: FREE, skill: "sizes" }, "online"],
    [
      "those with the skill are busy, others free",
      { desk: { ...FREE, skills: { sizes: 0 } }, skill: "sizes" },
      "busy",
    ],
    ["a skill that nobody names", { desk: FREE, skill: "constructor" }, "online"],
  ] satisfies [string, Partial<Offer>, string][])("R-A1: %s", (_what, more, state) => {
    expect(offered(more).state).toBe(state);
  });
});

describe("R-A2 R-A3 R-A4: what is offered, in order", () => {
  const none = { callbacks: false, articles: false };
  test.each([
    ["usual, online", {}, ["chat"]],
    ["usual, busy", { desk: FULL }, ["queue", "message", "callback", "faq"]],
    ["usual, closed", { desk: NOBODY }, ["message", "callback", "faq"]],
    ["the site's order", { desk: FULL, settings: { busy: ["faq", "queue"] } }, ["faq", "queue"]],
    ["no calls, no articles", { desk: FULL, ...none }, ["queue", "message"]],
    [
      "only what is not there",
      { desk: NOBODY, settings: { closed: ["callback", "faq"] }, ...none },
      ["message"],
    ],
    ["hidden", { desk: NOBODY, settings: { closed: ["hide"] } }, ["hide"]],
    [
      "to chat while all are busy is to wait",
      { desk: FULL, settings: { busy: ["chat", "queue"] } },
      ["queue"],
    ],
    [
      "to wait while somebody is free is to chat",
      { settings: { online: ["queue", "faq"] } },
      ["chat", "faq"],
    ],
    ["to write outside the hours is to wait", { hours: NEVER, settings: { closed: ["chat"] } }, ["queue"]],
    [
      "the queue is as long as it may be",
      { desk: FULL, settings: { max_queue: 3 } },
      ["message", "callback", "faq"],
    ],
    [
      "one more may wait",
      { desk: FULL, settings: { max_queue: 4 } },
      ["queue", "message", "callback", "faq"],
    ],
    [
      "the wait is too long",
      { desk: FULL, settings: { max_wait_seconds: 89 } },
      ["message", "callback", "faq"],
    ],
    [
      "the wait is as long as it may be",
      { desk: FULL, settings: { max_wait_seconds: 90, busy: ["queue"] } },
      ["queue"],
    ],
    [
      "too long, and nothing else was offered",
      { desk: FULL, settings: { max_queue: 1, busy: ["queue"], closed: ["queue", "faq"] } },
      ["faq"],
    ],
    [
      "too long, and hidden when closed",
      { desk: FULL, settings: { max_queue: 1, busy: ["chat"], closed: ["hide"] } },
      ["hide"],
    ],
    [
      "a long queue does not matter where somebody is free",
      { desk: { ...FREE, waiting: 9 }, settings: { max_queue: 1 } },
      ["chat"],
    ],
  ] satisfies [string, Partial<Offer>, Action[]][])("R-A2 R-A3 R-A4: %s", (_what, more, actions) => {
    expect(offered(more).actions).toEqual(actions);
  });

  test("R-A3: who may wait is told the next place and the wait", () => {
    expect(offered({ desk: FULL })).toMatchObject({ position: 4, waitSeconds: 90 });
    expect(offered({})).toMatchObject({ position: null, waitSeconds: 0 });
    expect(offered({ desk: NOBODY })).toMatchObject({ position: null, waitSeconds: null });
  });

  const actions = fc
    .uniqueArray(fc.constantFrom(...ACTIONS), { minLength: 1 })
    .map((all) => (all.includes("hide") ? (["hide"] as Action[]) : all));
  const desks = fc.record({
    covered: fc.boolean(),
    staffed: fc.boolean(),
    waiting: fc.nat(50),
    wait_seconds: fc.option(fc.nat(1_000)),
    skills: fc.constant({}),
  });

  test("R-A2 R-A3 R-A4: whatever the desk and the settings, what is offered is possible, once, and never nothing", () => {
    const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
    const settings = fc.record({
      online: maybe(actions),
      busy: maybe(actions),
      closed: maybe(actions),
      max_queue: maybe(fc.integer({ min: 1, max: 20 })),
      max_wait_seconds: maybe(fc.integer({ min: 10, max: 600 })),
    });
    fc.assert(
      fc.property(
        desks,
        settings,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (desk, wanted, open, callbacks, articles) => {
          const hours = open ? ALWAYS_OPEN : NEVER;
          const found = offered({ desk, settings: wanted, hours, callbacks, articles });
          expect(found.actions.length).toBeGreaterThan(0);
          expect(new Set(found.actions).size).toBe(found.actions.length);
          if (found.actions.includes("hide")) expect(found.actions).toEqual(["hide"]);
          if (found.actions.includes("chat")) expect(found.state).toBe("online");
          if (found.actions.includes("queue")) expect(found.state).not.toBe("online");
          if (found.actions.includes("callback")) expect(callbacks).toBe(true);
          if (found.actions.includes("faq")) expect(articles).toBe(true);
          expect(found.position !== null).toBe(found.actions.includes("queue"));
          if (found.actions.includes("chat") || found.actions.includes("queue"))
            expect(found.accepts).toBe(true);
          const full = wanted.max_queue !== undefined && desk.waiting >= wanted.max_queue;
          if (full && found.state === "busy") expect(found.accepts).toBe(false);
        },
      ),
    );
  });
});

describe("R-A5: when it opens", () => {
  const days = (...dayOfWeek: (typeof DAYS_OF_WEEK)[number][]) => dayOfWeek;
  const site = (business_hours: OpeningHours[], dates: string[] = []) => ({
    timezone: "Europe/Paris",
    business_hours,
    holidays: { calendar: "fr" as const, dates },
  });
  const week = days("Monday", "Tuesday", "Wednesday", "Thursday", "Friday");
  const twice = [
    { dayOfWeek: week, opens: "09:00", closes: "12:00" },
    { dayOfWeek: week, opens: "14:00", closes: "18:00" },
  ];
  const night = [{ dayOfWeek: days("Saturday"), opens: "22:00", closes: "02:00" }];
  const holiday = [
    { dayOfWeek: week, opens: "09:00", closes: "18:00" },
    { dayOfWeek: days("PublicHolidays"), opens: "00:00", closes: "00:00" },
  ];
  const early = [{ dayOfWeek: days("Sunday"), opens: "02:30", closes: "05:00" }];
  const exception = [
    { dayOfWeek: week, opens: "09:00", closes: "18:00" },
    {
      dayOfWeek: days("Monday"),
      opens: "11:00",
      closes: "12:00",
      validFrom: "2026-11-23",
      validThrough: "2026-11-23",
    },
  ];
  test.each([
    ["before the first of two", site(twice), "2026-11-23T07:59:59Z", "2026-11-23T08:00:00Z"],
    ["at its beginning", site(twice), "2026-11-23T08:00:00Z", null],
    ["between the two", site(twice), "2026-11-23T11:00:00Z", "2026-11-23T13:00:00Z"],
    ["after the second, before the weekend", site(twice), "2026-11-20T17:00:00Z", "2026-11-23T08:00:00Z"],
    ["past midnight", site(night), "2026-11-22T00:59:59Z", null],
    ["past its end on the next day", site(night), "2026-11-22T01:00:00Z", "2026-11-28T21:00:00Z"],
    ["on Christmas", site(holiday), "2026-12-25T10:00:00Z", "2026-12-28T08:00:00Z"],
    [
      "on a day off of the site's own",
      site(holiday, ["2026-11-23"]),
      "2026-11-23T10:00:00Z",
      "2026-11-24T08:00:00Z",
    ],
    ["in an exception", site(exception), "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"],
    ["the clock jumps over the opening", site(early), "2026-03-29T00:00:00Z", "2026-03-29T01:30:00Z"],
    ["in the hour that the clock shows twice", site(early), "2026-10-25T00:30:00Z", null],
    ["the summer before, at the same clock", site(twice), "2026-07-06T06:59:00Z", "2026-07-06T07:00:00Z"],
    [
      "it never opens",
      site([{ dayOfWeek: days("Monday"), opens: "09:00", closes: "09:00" }]),
      "2026-11-23T09:00:00Z",
      "never",
    ],
  ] as const)("R-A5: %s", (_what, settings, now, opens) => {
    const found = availabilityOf(offer({ hours: readBusinessHours(settings) }), at(now));
    const open = opens === null;
    expect(found.state).toBe(open ? "online" : "closed");
    expect(found.opensAt).toBe(open || opens === "never" ? null : at(opens));
  });

  test("R-A5: nobody there within the hours says nothing of when somebody will be", () => {
    const hours = readBusinessHours(site(twice));
    expect(availabilityOf(offer({ desk: NOBODY, hours }), at("2026-11-23T08:00:00Z")).opensAt).toBeNull();
  });

  test("R-A5: at the moment of opening it is open, and nowhere between now and then", () => {
    const clock = fc.record({
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.constantFrom(0, 15, 30, 45),
    });
    const show = ({ hour, minute }: { hour: number; minute: number }) =>
      `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
    const entry = fc
      .record({
        dayOfWeek: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
        opens: clock,
        closes: clock,
      })
      .map(({ dayOfWeek, opens, closes }) => ({ dayOfWeek, opens: show(opens), closes: show(closes) }));
    const zone = fc.constantFrom("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia");
    const moment = fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2027-01-01T00:00:00Z") });
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 4 }),
        zone,
        moment,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (business_hours, timezone, now, share) => {
          const settings = { timezone, business_hours, holidays: { calendar: "none" as const, dates: [] } };
          const hours = () => readBusinessHours(settings);
          const { opensAt, state } = availabilityOf(offer({ hours: hours() }), now);
          if (opensAt === null) return;
          expect(state).toBe("closed");
          expect(availabilityOf(offer({ hours: hours() }), opensAt).state).toBe("online");
          const between = Math.floor(now + share * (opensAt - now - 1));
          expect(availabilityOf(offer({ hours: hours() }), between).state).toBe("closed");
          const shown = Temporal.Instant.fromEpochMilliseconds(opensAt).toZonedDateTimeISO(timezone);
          expect(shown.second + shown.millisecond).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test("R-A6: settings that make no sense are refused at their place", () => {
  const pathOf = (settings: unknown) =>
    AvailabilitySettings.safeParse(settings).error?.issues[0]?.path.join(".");
  expect(pathOf({ online: [] })).toBe("online");
  expect(pathOf({ busy: ["queue", "queue"] })).toBe("busy");
  expect(pathOf({ closed: ["hide", "message"] })).toBe("closed");
  expect(pathOf({ closed: ["fax"] })).toBe("closed.0");
  expect(pathOf({ max_queue: 0 })).toBe("max_queue");
  expect(pathOf({ hours: { sizes: [{ dayOfWeek: ["Monday"], opens: "9", closes: "10:00" }] } })).toBe(
    "hours.sizes.0.opens",
  );
  expect(pathOf({})).toBeUndefined();
});
