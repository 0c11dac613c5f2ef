/** Slots and the calendar file, as pure functions. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { calendarOf } from "../../domain/availability/callback.ts";
import { CallbackSettings } from "../../domain/availability/settings.ts";
import { callHours, freeSlots, type Slot, slotsFrom } from "../../domain/availability/slots.ts";
import type { OpeningHours } from "../../domain/site/opening-hours.ts";

const MINUTE_MS = 60_000;
const at = (text: string) => Date.parse(text);
const settings = (more: Partial<CallbackSettings> = {}) => CallbackSettings.parse({ ...more });
const week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

function slots(
  hours: OpeningHours[],
  now: string,
  more: Partial<CallbackSettings> = {},
  site: { business_hours?: OpeningHours[]; calendar?: "fr" | "none" } = {},
): string[] {
  const callbacks = settings({ hours, ...more });
  const holidays = { calendar: site.calendar ?? ("none" as const), dates: [] };
  const open = callHours({
    timezone: "Europe/Paris",
    holidays,
    business_hours: site.business_hours ?? [],
    callbacks,
  });
  return slotsFrom(open, callbacks, at(now)).map(({ from }) => new Date(from).toISOString().slice(0, 16));
}

test("R-A14: slots follow each other from an opening, whole ones only, from the lead to the horizon", () => {
  const hours = [{ dayOfWeek: ["Monday" as const], opens: "09:00", closes: "10:40" }];
  expect(slots(hours, "2026-11-23T07:00:00Z")).toEqual([
    "2026-11-23T08:00",
    "2026-11-23T08:30",
    "2026-11-23T09:00",
  ]);
  expect(slots(hours, "2026-11-23T08:01:00Z", { lead_minutes: 0 })[0]).toBe("2026-11-23T08:30");
  expect(slots(hours, "2026-11-23T08:01:00Z", { lead_minutes: 30 })[0]).toBe("2026-11-23T09:00");
  expect(slots(hours, "2026-11-23T12:00:00Z", { horizon_days: 6 })).toEqual([]);
  const night = [{ dayOfWeek: ["Saturday" as const], opens: "23:00", closes: "01:00" }];
  expect(slots(night, "2026-11-21T12:00:00Z", { slot_minutes: 60 })).toEqual([
    "2026-11-21T22:00",
    "2026-11-21T23:00",
  ]);
});

test("R-A14: calls have the site's hours where they have none, and office hours where it has none either", () => {
  const business_hours = [{ dayOfWeek: ["Tuesday" as const], opens: "14:00", closes: "15:00" }];
  expect(slots([], "2026-11-23T07:00:00Z", {}, { business_hours })).toEqual([
    "2026-11-24T13:00",
    "2026-11-24T13:30",
  ]);
  const usual = slots([], "2026-12-24T20:00:00Z", {}, { calendar: "fr" });
  expect(usual[0]).toBe("2026-12-28T08:00");
  expect(usual.every((slot) => slot.slice(11) >= "08:00" && slot.slice(11) < "17:00")).toBe(true);
});

test("R-A14: across a change of clocks slots stay as long and the openings at their clock", () => {
  const hours = [{ dayOfWeek: [...week], opens: "01:00", closes: "04:00" }];
  const autumn = slots(hours, "2026-10-24T12:00:00Z", { slot_minutes: 60, horizon_days: 1 });
  expect(autumn).toEqual(["2026-10-24T23:00", "2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00"]);
  const spring = slots(hours, "2026-03-28T12:00:00Z", { slot_minutes: 60, horizon_days: 1 });
  expect(spring).toEqual(["2026-03-29T00:00", "2026-03-29T01:00"]);
});

const clock = fc
  .record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.constantFrom(0, 10, 30) })
  .map(({ hour, minute }) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`);
const entry = fc.record({
  dayOfWeek: fc.uniqueArray(fc.constantFrom(...week), { minLength: 1 }),
  opens: clock,
  closes: clock,
});

test("R-A14: whatever the hours, slots are in order, whole, apart, and the same a moment later", () => {
  const moment = fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2027-01-01T00:00:00Z") });
  const length = fc.constantFrom(5, 20, 30, 45, 240);
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), moment, length, (hours, now, minutes) => {
      const callbacks = settings({ hours, slot_minutes: minutes, horizon_days: 3 });
      const site = {
        timezone: "America/New_York",
        holidays: { calendar: "none" as const, dates: [] },
        business_hours: [],
        callbacks,
      };
      const found = slotsFrom(callHours(site), callbacks, now);
      found.forEach(({ from, to }, index) => {
        expect(to - from).toBe(minutes * MINUTE_MS);
        expect(from).toBeGreaterThanOrEqual(Math.max(now + 30 * MINUTE_MS, found[index - 1]?.to ?? 0));
      });
      const later = slotsFrom(callHours(site), callbacks, now + 7 * MINUTE_MS).map(({ from }) => from);
      const still = found.filter(({ from }) => from >= now + 37 * MINUTE_MS).map(({ from }) => from);
      expect(later.slice(0, still.length)).toEqual(still);
    }),
    { numRuns: 60 },
  );
});

test("R-A15: a slot is free while fewer calls than its places touch it, however the calls were cut", () => {
  const span = fc
    .record({ from: fc.nat(100), length: fc.integer({ min: 1, max: 20 }) })
    .map(({ from, length }) => ({ from, to: from + length }));
  const row = fc
    .integer({ min: 1, max: 9 })
    .map((length) =>
      Array.from({ length: 12 }, (_, each): Slot => ({ from: each * length, to: (each + 1) * length })),
    );
  fc.assert(
    fc.property(row, fc.array(span), fc.integer({ min: 1, max: 3 }), (all, booked, capacity) => {
      const touching = (slot: Slot) =>
        booked.filter(({ from, to }) => from < slot.to && to > slot.from).length;
      expect(freeSlots(all, booked, capacity)).toEqual(all.filter((slot) => touching(slot) < capacity));
    }),
  );
});

test("R-A26: a calendar file has lines of 75 octets at most, and nothing that was typed begins one", () => {
  const typed = fc.string({ unit: "binary", maxLength: 300 });
  fc.assert(
    fc.property(typed, typed, (title, text) => {
      const file = calendarOf({ uid: "clb_1@x", from: 0, to: MINUTE_MS, title, text, changedAt: 0 });
      const lines = file.split("\r\n");
      expect(lines.pop()).toBe("");
      expect(lines.every((line) => new TextEncoder().encode(line).length <= 75)).toBe(true);
      expect(file.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
      const names = lines.filter((line) => !line.startsWith(" ")).map((line) => line.split(":")[0]);
      expect(names).toEqual(
        "BEGIN VERSION PRODID METHOD BEGIN UID DTSTAMP DTSTART DTEND SUMMARY DESCRIPTION END END".split(" "),
      );
    }),
  );
  const file = calendarOf({ uid: "a", from: 0, to: MINUTE_MS, title: "é,;\\", text: "a\r\nb", changedAt: 0 });
  expect(file).toContain("SUMMARY:é\\,\\;\\\\\r\n");
  expect(file).toContain("DESCRIPTION:a\\nb\r\n");
});
