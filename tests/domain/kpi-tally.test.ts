/** Hours that add up: what is kept by the day gives the same figures as counting the span anew. */
import * as fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test, vi } from "vitest";
import { bucketsBetween, type Calendar, calendarOf } from "../../domain/kpi/calendar.ts";
import type { KpiScope } from "../../domain/kpi/counting.ts";
import { countSeconds } from "../../domain/kpi/durations.ts";
import { GROUPINGS } from "../../domain/kpi/grouping.ts";
import { type HourTally, kpiRows, rowsOf, tallyDay } from "../../domain/kpi/measure.ts";
import { isEmptyPacked, PackedSum, type PackedTally, packTally } from "../../domain/kpi/packed-tally.ts";
import { addTally, emptyTally, type Spread, takeTally, type Tally } from "../../domain/kpi/tally.ts";
import {
  arbitraryShop,
  chat,
  DAY,
  history,
  HOUR,
  nineToSix,
  online,
  scope,
  T0,
  visit,
} from "./kpi-history.ts";

/** Properties over many cases, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

/** Spans with a day of 25 hours, one of 23, and hours that begin at a quarter to. */
const PLACES = [
  { zone: "Europe/Paris", start: Date.parse("2026-10-23T22:00:00Z") },
  { zone: "America/New_York", start: Date.parse("2026-03-06T05:00:00Z") },
  { zone: "Asia/Kathmandu", start: Date.parse("2026-11-18T18:15:00Z") },
];
const DAYS = 4;

function localDays(from: number, to: number, zone: string): { from: number; to: number }[] {
  const calendar = calendarOf(zone);
  const starts = bucketsBetween(from, to, (at) => String(calendar.startOfDay(at))).map(Number);
  return starts.map((start, index) => ({ from: start, to: starts[index + 1] ?? to }));
}

/** What storage keeps of `hours`, read again. */
function kept(hours: readonly HourTally[]): HourTally[] {
  return hours.map((hour) => ({ ...hour, tally: readAgain(hour.tally) }));
}

/** When time alone will change it is kept beside a tally, not in it. */
function readAgain(tally: Tally): Tally {
  const read = new PackedSum().add(JSON.parse(JSON.stringify(packTally(tally))) as PackedTally);
  return { ...read.total(), stale_at: tally.stale_at };
}

describe("the calendar", () => {
  test("KPI11: hours, days and weeks are those that the zone's own clock shows, around each change since 2012", () => {
    const zones = [
      "Europe/Paris",
      "America/Havana",
      "America/Sao_Paulo",
      "Australia/Lord_Howe",
      "Africa/Casablanca",
      "Asia/Beirut",
      "Asia/Tehran",
      "America/St_Johns",
      "Atlantic/Azores",
      "Asia/Kathmandu",
    ];
    const wrong = zones.flatMap((zone) =>
      changesOf(zone).flatMap((change) =>
        QUARTERS.map((quarter) => change + quarter * 15 * 60_000 + 17).filter(
          (at) => shownBy(calendarOf(zone), at) !== shownByClock(zone, at),
        ),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

/** A day and a half before a change and after it. */
const QUARTERS = Array.from({ length: 288 }, (_, index) => index - 144);

/** When the clocks of `zone` change, and one moment at which none do. */
function changesOf(zone: string): number[] {
  const changes = [T0];
  let at = Temporal.Instant.from("2012-01-01T00:00Z").toZonedDateTimeISO(zone);
  for (let n = 0; n < 12; n += 1) {
    const next = at.getTimeZoneTransition("next");
    if (next === null || next.epochMilliseconds > T0) break;
    changes.push(next.epochMilliseconds);
    at = next;
  }
  return changes;
}

function shownBy(calendar: Calendar, at: number): string {
  return [calendar.hourOf(at), calendar.dayOf(at), calendar.weekOf(at), calendar.startOfDay(at)].join(" ");
}

function shownByClock(zone: string, at: number): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const date = local.toPlainDate();
  const hour = new Date(at - (at % 60_000) - local.minute * 60_000).toISOString();
  const week = date.subtract({ days: date.dayOfWeek - 1 });
  return [hour, date.toString(), week.toString(), local.startOfDay().epochMilliseconds].join(" ");
}

describe("adding up", () => {
  for (const { zone, start } of PLACES) {
    test(`KPI17: in ${zone}, the rows of a span are its days' kept tallies added together, for every grouping`, () => {
      const days = localDays(start, start + DAYS * DAY, zone);
      const to = days.at(-1)?.to ?? start;
      const span: KpiScope = { ...scope, zone, from: start, to, now: to + 2 * DAY, open: nineToSix(zone) };
      fc.assert(
        fc.property(
          arbitraryShop(start, DAYS),
          fc.integer({ min: 0, max: 12 * DAY }),
          fc.boolean(),
          (shop, age, businessHours) => {
            const now = start + age;
            const hours = days.flatMap((day) => kept(tallyDay(shop, { ...span, ...day, now })));
            for (const groupBy of [null, ...GROUPINGS]) {
              const asked = { ...span, now, groupBy, businessHours };
              expect(rowsOf(hours, asked)).toEqual(kpiRows(shop, asked));
            }
          },
        ),
        { numRuns: 25 },
      );
    });
  }

  test("KPI17: a tally survives storage, adds in any order, and nothing takes no room", () => {
    const shops = fc.array(arbitraryShop(T0, 2), { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(shops, (several) => {
        const tallies = several.map((shop) =>
          add(tallyDay(shop, { ...scope, from: T0, to: T0 + 2 * DAY }).map(({ tally }) => tally)),
        );
        expect(add(tallies)).toEqual(add(tallies.toReversed()));
        for (const tally of tallies) {
          expect(readAgain(tally)).toEqual(tally);
          const left = addTally(emptyTally(), tally);
          takeTally(left, tally);
          expect(left).toEqual({ ...emptyTally(), stale_at: tally.stale_at });
        }
      }),
      { numRuns: 30 },
    );
    expect(isEmptyPacked(packTally(emptyTally()))).toBe(true);
  });
});

function add(tallies: readonly Tally[]): Tally {
  return tallies.reduce((sum, tally) => addTally(sum, tally), emptyTally());
}

describe("what time alone changes", () => {
  const span = { ...scope, from: T0 - HOUR, to: T0 + DAY };
  function staleAt(parts: Parameters<typeof history>[0], now: number): number | null {
    return add(tallyDay(history(parts), { ...span, now }).map(({ tally }) => tally)).stale_at;
  }

  test("KPI18: a tally says when time alone will first change it: as a contact ripens, or while somebody is online", () => {
    const closed = chat("ada", T0, { closedAt: T0 + HOUR });
    expect(staleAt({ chats: [closed] }, T0 + DAY)).toBe(T0 + HOUR + 7 * DAY);
    expect(staleAt({ chats: [closed] }, T0 + HOUR + 7 * DAY)).toBeNull();
    const there = online("usr_lea", T0, null);
    expect(staleAt({ agentStates: [there] }, T0 + HOUR)).toBe(T0 + HOUR + 1);
    expect(staleAt({ agentStates: [there] }, T0 + 2 * DAY)).toBeNull();
    expect(staleAt({ visits: [visit("ada", T0)] }, T0 + HOUR)).toBeNull();
  });

  test("KPI18: until then, nothing changes", () => {
    const start = T0;
    const whole = { ...scope, from: start, to: start + 3 * DAY };
    fc.assert(
      fc.property(arbitraryShop(start, 3), fc.nat(12 * DAY), fc.nat(12 * DAY), (shop, age, later) => {
        const at = (now: number) => tallyDay(shop, { ...whole, now });
        const before = at(start + age);
        const stale = add(before.map(({ tally }) => tally)).stale_at;
        const until = start + age + later;
        if (stale === null || until < stale) expect(at(until)).toEqual(before);
      }),
      { numRuns: 25 },
    );
  });
});

test("KPI44: a duration is counted to the second at first, then within 5 % of it, and a year of them has few kinds", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40 * 86_400 }),
      fc.integer({ min: 1, max: 9 }),
      (seconds, times) => {
        const spread: Spread = new Map();
        countSeconds(spread, seconds, times);
        const [[key, counted] = [0, 0]] = spread;
        expect(counted).toBe(times);
        expect(key).toBeLessThanOrEqual(seconds);
        expect(seconds - key).toBeLessThanOrEqual(seconds < 120 ? 0 : 0.05 * seconds);
      },
    ),
  );
  const day: Spread = new Map();
  for (let seconds = 0; seconds < 86_400; seconds += 1) countSeconds(day, seconds);
  expect(day.size).toBe(120 + 36 + 40 + 30 + 30 + 30 + 24 + 48 + 24);
  expect([...day.values()].reduce((sum, times) => sum + times, 0)).toBe(86_400);
});
