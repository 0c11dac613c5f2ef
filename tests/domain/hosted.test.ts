/** The hosted page's link and its week, as pure functions. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { chatLink, LINK_FIELDS } from "../../domain/availability/chat-link.ts";
import { weekAhead } from "../../domain/availability/week-ahead.ts";
import { readOpenDays } from "../../domain/site/open-days.ts";
import type { OpeningHours } from "../../domain/site/opening-hours.ts";

test("R-A34: a link carries its campaign and nothing else, each value as it was typed, and has one form", () => {
  expect(chatLink("https://h.example", "lin", {})).toBe("https://h.example/c/lin");
  expect(
    chatLink("https://h.example", "lin", { utm_campaign: " été & lin ", utm_source: "google", lang: "" }),
  ).toBe("https://h.example/c/lin?utm_source=google&utm_campaign=%C3%A9t%C3%A9+%26+lin");
  const typed = fc.dictionary(
    fc.constantFrom(...LINK_FIELDS, "script", "utm_x"),
    fc.string({ maxLength: 90 }),
  );
  fc.assert(
    fc.property(typed, (fields) => {
      const found = new URL(chatLink("https://h.example", "lin", fields)).searchParams;
      for (const name of LINK_FIELDS)
        expect(found.get(name) ?? "").toBe((fields[name] ?? "").trim().toWellFormed());
      expect([...found.keys()].every((name) => LINK_FIELDS.some((known) => known === name))).toBe(true);
    }),
  );
});

test("R-A35: the week shows each day's hours, exceptions and holidays in it, spans under the day on which they open", () => {
  const week = (hours: OpeningHours[], now: string) =>
    weekAhead(
      readOpenDays(hours, { timezone: "Europe/Paris", holidays: { calendar: "fr", dates: [] } }),
      "Europe/Paris",
      Date.parse(now),
    ).map(({ spans }) =>
      spans.map(({ from, to }) => [from, to].map((at) => new Date(at).toISOString().slice(8, 16)).join("–")),
    );
  const hours: OpeningHours[] = [
    { dayOfWeek: ["Thursday", "Friday"], opens: "09:00", closes: "12:00" },
    { dayOfWeek: ["Thursday", "Friday"], opens: "14:00", closes: "18:00" },
    { dayOfWeek: ["Saturday"], opens: "22:00", closes: "02:00" },
    { dayOfWeek: ["PublicHolidays"], opens: "00:00", closes: "00:00" },
  ];
  // From Christmas Eve, a Thursday, on: Friday is a holiday.
  expect(week(hours, "2026-12-24T22:59:00Z")).toEqual([
    ["24T08:00–24T11:00", "24T13:00–24T17:00"],
    [],
    ["26T21:00–27T01:00"],
    [],
    [],
    [],
    [],
  ]);
  // A minute later it is Christmas in Paris; the week ends before the next Friday, a holiday too.
  expect(week(hours, "2026-12-24T23:00:00Z").map((spans) => spans.length)).toEqual([0, 1, 0, 0, 0, 0, 2]);
});
