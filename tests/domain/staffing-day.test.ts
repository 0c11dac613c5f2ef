/** A day of the desk: the forecast, the quarter hours, what was reached, and what would help. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatRow } from "../../domain/kpi/history.ts";
import { actualsOf } from "../../domain/staffing/actual.ts";
import { forecastDay, HOLIDAY, LEAST_DAYS, type PastDay } from "../../domain/staffing/forecast.ts";
import { dayLevel, type DayInput, hourGaps, planDay } from "../../domain/staffing/intraday.ts";
import { byPlace, dateAt, localDay, localDays, weekAround } from "../../domain/staffing/local-day.ts";
import { type Desk, parametersOf } from "../../domain/staffing/model.ts";
import { onlineOf } from "../../domain/staffing/online.ts";
import { remediesFor, shortagesOf, worstOf } from "../../domain/staffing/remedies.ts";
import { chat, online } from "./kpi-history.ts";

const QUARTER_MS = 900_000;
const HOUR_MS = 4 * QUARTER_MS;
const ZONE = "Europe/Paris";

/** Weeks of days of 96 counts: `perDay` between 9:00 and 19:00 on weekdays, none on Sundays. */
function weeks(days: number, perDay: number): PastDay[] {
  return Array.from({ length: days }, (_, index) => {
    const kind = String((index % 7) + 1);
    const counts = Array.from({ length: 96 }, (__, place) =>
      kind !== "7" && place >= 36 && place < 76 ? perDay / 40 : 0,
    );
    return { kind, counts };
  });
}

function foretold(past: readonly PastDay[], kind: string, soFar: readonly number[] = []) {
  const forecast = forecastDay(past, kind, soFar);
  if (!forecast.ok) throw new Error(`${forecast.daysMissing} days are missing`);
  return forecast;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

test("STA5: the same day again is foretold as it was, a busier week busier, and a Sunday empty", () => {
  const past = weeks(70, 80);
  expect(total(foretold(past, "1").ahead)).toBeCloseTo(80, 6);
  expect(total(foretold(past, "7").ahead)).toBeCloseTo(0, 6);
  const busier = [...past, ...weeks(7, 120)];
  const { busyness, ahead } = foretold(busier, "1");
  expect(busyness).toBeGreaterThan(1.2);
  expect(total(ahead)).toBeGreaterThan(95);
});

test("STA5: a holiday is like the holidays before it, and like a Sunday while there were too few", () => {
  const past = weeks(70, 80);
  expect(total(foretold(past, HOLIDAY).ahead)).toBeCloseTo(0, 6);
  const quiet = weeks(1, 24).map((day) => ({ ...day, kind: HOLIDAY }));
  expect(total(foretold([...past, ...quiet, ...quiet], HOLIDAY).ahead)).toBeCloseTo(24, 0);
});

test("STA6: what has come moves what remains towards it, within what is more than chance, and not what is over", () => {
  const past = weeks(70, 800).map((day, index) => ({
    ...day,
    counts: day.counts.map((count) => count * (1 + 0.2 * Math.sin(index))),
  }));
  const { ahead } = foretold(past, "2");
  for (const factor of [0.5, 1, 1.5]) {
    const soFar = ahead.slice(0, 56).map((count) => count * factor);
    const forecast = foretold(past, "2", soFar);
    expect(forecast.expected.slice(0, 56)).toEqual(ahead.slice(0, 56));
    expect(Math.sign(forecast.pace - 1)).toBe(Math.sign(factor - 1));
    expect(Math.abs(forecast.pace - 1)).toBeLessThanOrEqual(Math.abs(factor - 1));
    expect(forecast.expected[60]).toBeCloseTo((ahead[60] ?? 0) * forecast.pace, 9);
  }
  const nobody = foretold(past, "2", []);
  expect(nobody.pace).toBe(1);
});

test("STA5 STA6: whatever came before, every figure is a number, none is below zero, and the band holds the forecast", () => {
  const day = fc.record({
    kind: fc.constantFrom("1", "2", "6", "7", HOLIDAY),
    counts: fc.array(fc.nat(40), { minLength: 96, maxLength: 96 }),
  });
  fc.assert(
    fc.property(
      fc.array(day, { minLength: LEAST_DAYS, maxLength: 40 }),
      fc.constantFrom("1", "3", HOLIDAY),
      fc.array(fc.nat(60), { maxLength: 96 }),
      (past, kind, soFar) => {
        const { low, expected, high, pace, busyness } = foretold(past, kind, soFar);
        expect(Number.isFinite(pace) && Number.isFinite(busyness) && pace >= 0).toBe(true);
        for (const [index, one] of expected.entries()) {
          expect(low[index]).toBeGreaterThanOrEqual(0);
          expect(low[index]).toBeLessThanOrEqual(one);
          expect(high[index]).toBeGreaterThanOrEqual(one);
          expect(Number.isFinite(one)).toBe(true);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("STA7: with too few days nothing is foretold, and it is said how many are missing", () => {
  expect(forecastDay([], "1")).toEqual({ ok: false, daysMissing: LEAST_DAYS });
  expect(forecastDay(weeks(9, 80), "1")).toEqual({ ok: false, daysMissing: LEAST_DAYS - 9 });
  expect(forecastDay(weeks(LEAST_DAYS, 80), "1").ok).toBe(true);
});

test("STA8: a day has 96 quarter hours, 92 where the clock jumps and 100 where it shows an hour twice", () => {
  const lengths = ["2026-11-17", "2026-03-29", "2026-10-25"].map(
    (date) => localDay(date, ZONE).quarters.length,
  );
  expect(lengths).toEqual([96, 92, 100]);
  expect(localDay("2026-10-03", "Australia/Lord_Howe").quarters).toHaveLength(96);
  expect(localDay("2026-10-04", "Australia/Lord_Howe").quarters).toHaveLength(94);
  const spring = localDay("2026-03-29", ZONE);
  expect(spring.quarters.map(({ place }) => place).filter((place) => place >= 8 && place < 12)).toEqual([]);
  const autumn = localDay("2026-10-25", ZONE);
  expect(autumn.quarters.filter(({ place }) => place === 8)).toHaveLength(2);
  // One in each of the two hours is one an hour, not two.
  expect(byPlace(autumn, () => 1).every((count) => count === 1)).toBe(true);
  expect(byPlace(spring, () => 1)[8]).toBe(0);
  expect(dateAt(Date.parse("2026-11-17T23:30:00Z"), ZONE)).toBe("2026-11-18");
  expect(weekAround("2026-11-22")).toEqual(weekAround("2026-11-16"));
});

const NOON = Date.parse("2026-11-17T11:00:00Z");

test("STA8: days read in one go are the days read one by one, wherever and whenever the clocks change", () => {
  for (const zone of [
    ZONE,
    "UTC",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Beirut",
  ]) {
    for (const date of ["2026-01-20", "2018-09-01"]) {
      const together = localDays(date, 120, zone);
      const apart = together.map((one) => localDay(one.date, zone));
      expect(together).toEqual(apart);
    }
  }
});

test("STA9: who was answered in time, who left, who left at once and who still waits are told apart", () => {
  const lea = (at: number, answers: number, closes: number) =>
    chat("v", NOON + at, {
      assignedAt: NOON + at + 5_000,
      answeredAt: NOON + at + answers,
      closedAt: NOON + closes,
      closeReason: "agent",
    });
  const nobody = (at: number, more: Partial<ChatRow> = {}) =>
    chat("v", NOON + at, { agent: null, answeredAt: null, ...more });
  const chats = [
    lea(0, 20_000, 320_000),
    lea(1_000, 90_000, 300_000),
    nobody(2_000, { closedAt: NOON + 5_000 }),
    nobody(3_000, { closedAt: NOON + 1_000_000, leftAt: NOON + 43_000, closeReason: "idle" }),
    nobody(4_000),
    nobody(QUARTER_MS - 10_000),
  ];
  const states = onlineOf([online("usr_lea", NOON - HOUR_MS, NOON + 450_000)], NOON + 2 * HOUR_MS);
  const span = { from: NOON, to: NOON + QUARTER_MS };
  const { whole, of } = actualsOf({ chats, online: states, now: NOON + QUARTER_MS }, span, 30);
  expect(of(NOON)).toEqual(whole);
  expect(whole).toMatchObject({
    arrivals: 6,
    shortLeavers: 1,
    level: {
      ofAll: { numerator: 1, denominator: 5, value: 0.2 },
      ofServed: { numerator: 1, denominator: 2 },
      withoutShortLeavers: { numerator: 1, denominator: 4 },
    },
    // Whoever waits is in the queue, and has not left.
    abandonment: { numerator: 1, denominator: 5 },
    waiting: { median: 5, p90: 5, n: 2 },
    leftAfterSeconds: 40,
    // 315 s and 294 s, counted in steps.
    handling: { median: 290, p90: 315, n: 2 },
    // Of 450 s with three places; one agent busy from 5 s to 320 s.
    occupancy: { numerator: 609, denominator: 1_350 },
    concurrency: { numerator: 609, denominator: 315 },
  });
  const nothing = actualsOf({ chats: [], online: [], now: NOON + HOUR_MS }, span, 30).whole;
  expect([nothing.level.ofAll.value, nothing.occupancy.value, nothing.waiting.median]).toEqual([
    null,
    null,
    null,
  ]);
});

const DESK: Desk = {
  handleSeconds: 540,
  slowdown: 0.1,
  concurrency: 2,
  patienceSeconds: 120,
  aim: { withinSeconds: 60, share: 0.8 },
};
const none = { value: null, se: null, n: 0 };
const unmeasured = {
  handle: { mean: none, alone: none, slowdown: none, simultaneous: null },
  patience: none,
  capacity: none,
};
const assumed = { handleSeconds: 540, patienceSeconds: 120, slowdown: 0.1, concurrency: 2 };

/** A Tuesday that is asked about at noon; two agents usually, three from 10 to 15. */
function tuesday(more: Partial<DayInput> = {}): DayInput {
  return {
    day: localDay("2026-11-17", ZONE),
    kind: "2",
    past: weeks(70, 240),
    arrivals: () => 6,
    now: NOON,
    chats: [],
    online: [],
    withinSeconds: 60,
    usual: (place) => (place >= 40 && place < 60 ? 5 : place >= 36 && place < 76 ? 2 : 0),
    openIn: (from, to) => {
      const hour = (from - localDay("2026-11-17", ZONE).from) / HOUR_MS;
      return to > from && hour >= 9 && hour < 19;
    },
    desk: DESK,
    ...more,
  };
}

test("STA9: nobody is needed while it is closed, both models are told, and past and usual agents are named apart", () => {
  const { intervals } = planDay(tuesday());
  expect(intervals).toHaveLength(96);
  expect(intervals[0]).toMatchObject({ needed: null, gap: null, over: true, agentsFrom: "logged_in" });
  const afternoon = intervals[64];
  expect(afternoon).toMatchObject({ open: true, over: false, agents: 2, agentsFrom: "usual", actual: null });
  const { erlangA, erlangC } = afternoon?.needed ?? { erlangA: 0, erlangC: 0 };
  expect(erlangA).toBeGreaterThan(2);
  expect(erlangC).toBeGreaterThanOrEqual(erlangA ?? 0);
  expect(afternoon?.gap).toBe(2 - (erlangA ?? 0));
  const hours = hourGaps(intervals, DESK);
  expect(hours.map(({ hour }) => hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
  expect(hours[16]?.gap).toBe(afternoon?.gap);
  expect(hours[3]?.gap).toBeNull();
});

test("STA10: measured goes before assumed; an assumed slowdown is taken out of a measured handle time; none, no need", () => {
  const measured = {
    ...unmeasured,
    handle: { mean: { value: 600, se: 10, n: 100 }, alone: none, slowdown: none, simultaneous: 2 },
    patience: { value: 90, se: 9, n: 100 },
  };
  const both = parametersOf(measured, assumed);
  expect(both.patience).toEqual({ value: 90, se: 9, n: 100, source: "measured" });
  expect(both.handle.source).toBe("measured");
  expect(both.handle.value).toBeCloseTo(600 / 1.1, 9);
  expect(both.slowdown).toMatchObject({ value: 0.1, source: "assumed" });
  const nothing = { handleSeconds: null, patienceSeconds: null, slowdown: null, concurrency: null };
  expect(parametersOf(measured, nothing).handle.value).toBe(600);
  expect(parametersOf(unmeasured, nothing).handle).toEqual({
    value: null,
    se: null,
    n: 0,
    source: "missing",
  });
  const { intervals } = planDay(tuesday({ desk: null }));
  expect(intervals.every(({ needed, gap }) => needed === null && gap === null)).toBe(true);
});

test("STA11: where somebody will be missing, each way out raises the level it says, and the day's with it", () => {
  const { intervals } = planDay(tuesday());
  const shortages = shortagesOf(intervals);
  const worst = worstOf(shortages);
  if (worst === null) throw new Error("nobody is missing");
  expect(worst.from).toBe(localDay("2026-11-17", ZONE).from + 15 * HOUR_MS);
  const campaigns = [
    { campaign: "cmp_a", own: 30, all: 100 },
    { campaign: "cmp_few", own: 9, all: 20 },
    { campaign: "cmp_little", own: 1, all: 100 },
  ];
  const remedies = remediesFor(intervals, DESK, parametersOf(unmeasured, assumed), worst, campaigns);
  expect(new Set(remedies.map(({ kind }) => kind))).toEqual(
    new Set(["more_agents", "concurrency", "pause_campaign"]),
  );
  for (const { level, abandonment, day } of remedies) {
    expect(level.after).toBeGreaterThan(level.before);
    expect(abandonment?.after).toBeLessThan(abandonment?.before ?? 0);
    expect(day?.after).toBeGreaterThan(day?.before ?? 0);
    expect(day?.before).toBeCloseTo(dayLevel(intervals, DESK)?.expected ?? 0, 12);
  }
  const all = remedies.find((one) => one.kind === "more_agents" && one.agents === worst.missing);
  expect(all?.level.after).toBeGreaterThanOrEqual(0.8);
  expect(remedies.filter((one) => one.kind === "pause_campaign").map((one) => one.campaign)).toEqual([
    "cmp_a",
  ]);

  const unknown = parametersOf(unmeasured, { ...assumed, slowdown: null });
  expect(remediesFor(intervals, DESK, unknown, worst, []).some(({ kind }) => kind === "concurrency")).toBe(
    false,
  );
});

test("STA11: who is there beyond the need may come when somebody is missing", () => {
  const short = tuesday({
    usual: (place) => (place >= 72 && place < 76 ? 1 : place >= 36 && place < 72 ? 6 : 0),
  });
  const { intervals } = planDay(short);
  const worst = worstOf(shortagesOf(intervals));
  if (worst === null) throw new Error("nobody is missing");
  const remedies = remediesFor(intervals, DESK, parametersOf(unmeasured, assumed), worst, []);
  const shift = remedies.find((one) => one.kind === "shift_agent");
  if (shift?.kind !== "shift_agent") throw new Error("nobody is moved");
  expect(shift.away.to - shift.away.from).toBe(worst.to - worst.from);
  expect(shift.away.to).toBeLessThanOrEqual(worst.from);
  const added = remedies.find((one) => one.kind === "more_agents" && one.agents === 1);
  expect(shift.level.after).toBeCloseTo(added?.level.after ?? 0, 12);
  expect(shift.day?.after).toBeLessThanOrEqual(added?.day?.after ?? 0);
});
