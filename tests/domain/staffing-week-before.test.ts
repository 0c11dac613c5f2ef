/** A day beside the same weekday a week before: up to when, which figures, and which differences chance explains. */
import { expect, test } from "vitest";
import { judgedDirection } from "../../domain/overview/change.ts";
import { actualsOf } from "../../domain/staffing/actual.ts";
import { localDay } from "../../domain/staffing/local-day.ts";
import { besideWeekBefore, weekBefore } from "../../domain/staffing/week-before.ts";
import { chat, HOUR, MINUTE, online, SECOND } from "./kpi-history.ts";
import { onlineOf } from "../../domain/staffing/online.ts";

const PARIS = "Europe/Paris";
const at = (text: string) => Date.parse(text);

test("STA22: a day that is over stands beside the whole of the same weekday, one that goes on beside as much of it, one to come beside none", () => {
  const day = localDay("2026-11-19", PARIS);
  const other = localDay("2026-11-12", PARIS);
  const whole = { date: "2026-11-12", from: other.from, to: other.to, until: null };
  expect(weekBefore(day, day.to, PARIS)).toEqual(whole);
  expect(weekBefore(day, day.to + 40 * HOUR, PARIS)).toEqual(whole);
  const now = at("2026-11-19T14:10:30Z");
  const until = at("2026-11-12T14:10:30Z");
  expect(weekBefore(day, now, PARIS)).toEqual({ date: "2026-11-12", from: other.from, to: until, until });
  expect(weekBefore(day, day.from, PARIS)).toBeNull();
  expect(weekBefore(day, day.from - HOUR, PARIS)).toBeNull();
});

test("STA22: the time of day is the clock's, also where it was changed in between or on one of both days", () => {
  // In Paris the clocks were put back on Sunday 25 October 2026 at three.
  const after = localDay("2026-10-29", PARIS);
  expect(weekBefore(after, at("2026-10-29T14:00:00Z"), PARIS)?.until).toBe(at("2026-10-22T13:00:00Z"));
  const change = localDay("2026-10-25", PARIS);
  expect(weekBefore(change, at("2026-10-25T14:00:00Z"), PARIS)?.until).toBe(at("2026-10-18T13:00:00Z"));
  const later = localDay("2026-11-01", PARIS);
  expect(weekBefore(later, at("2026-11-01T14:00:00Z"), PARIS)?.until).toBe(at("2026-10-25T14:00:00Z"));
  // And forward on 29 March: half past two was no time of it, and is as late as half past three.
  const spring = localDay("2026-04-05", PARIS);
  const span = weekBefore(spring, at("2026-04-05T00:30:00Z"), PARIS);
  expect(span?.until).toBe(at("2026-03-29T01:30:00Z"));
});

const DAY = localDay("2026-11-19", PARIS);
const THEN = localDay("2026-11-12", PARIS);

/** So many chats from ten o'clock on, two minutes apart, each answered after so many seconds, every so-manieth never. */
function talks(from: number, many: number, replySeconds: number, left = 0) {
  return Array.from({ length: many }, (_, nth) => {
    const begun = from + 10 * HOUR + nth * 2 * MINUTE;
    const isLeft = left > 0 && nth % left === 0;
    const reply = begun + (replySeconds + (nth % 5)) * SECOND;
    return chat(`v${nth}`, begun, {
      agent: isLeft ? null : "usr_lea",
      queuedAt: begun,
      assignedAt: isLeft ? null : reply,
      answeredAt: isLeft ? null : reply,
      lastMessageAt: isLeft ? begun : reply + MINUTE,
      closedAt: begun + 4 * MINUTE,
      closeReason: isLeft ? "visitor" : "agent",
      leftAt: isLeft ? begun + 90 * SECOND : null,
    });
  });
}

test("STA22: the five figures are those that the other day has of its own, with the difference, and colour only beyond chance", () => {
  const now = DAY.to + HOUR;
  const shift = (from: number) => onlineOf([online("usr_lea", from + 9 * HOUR, from + 19 * HOUR)], now);
  const own = actualsOf({ chats: talks(DAY.from, 120, 20), online: shift(DAY.from), now }, DAY, 60);
  const told = { chats: talks(THEN.from, 100, 90, 4), online: shift(THEN.from), now };
  const span = weekBefore(DAY, now, PARIS);
  if (span === null) throw new Error("the day is over");
  const { told: beside } = besideWeekBefore(own.figures, span, told, 60);
  if (beside === null) throw new Error("the day is kept");
  expect(beside.reached).toEqual(actualsOf(told, THEN, 60).whole);
  expect(beside.reached).toMatchObject({ arrivals: 100, abandonment: { numerator: 25, denominator: 100 } });
  const { arrivals, service_level, waiting, abandonment, occupancy } = beside.differences;
  expect(arrivals).toEqual({ value: 20, low: null, high: null, p: null });
  expect(service_level?.value).toBe(1);
  expect(judgedDirection(service_level)).toBe(1);
  expect([judgedDirection(waiting), judgedDirection(abandonment)]).toEqual([-1, -1]);
  expect(abandonment?.value).toBe(-0.25);
  // Fuller places are neither better nor worse, and have no chance in them to rule out.
  expect(occupancy).toMatchObject({ low: null, high: null, p: null });
});

test("STA22: as long as the day goes on, what came later on the other one is in no figure of it", () => {
  const now = DAY.from + 12 * HOUR;
  const told = { chats: talks(THEN.from, 100, 20), online: [], now };
  const own = actualsOf({ chats: talks(DAY.from, 50, 20), online: [], now }, DAY, 60);
  const span = weekBefore(DAY, now, PARIS);
  if (span === null) throw new Error("the day has begun");
  const { until, told: beside } = besideWeekBefore(own.figures, span, told, 60);
  expect(until).toBe(THEN.from + 12 * HOUR);
  // Of two hours, one every two minutes.
  expect(beside?.reached.arrivals).toBe(60);
  expect(beside?.differences.arrivals?.value).toBe(-10);
  expect(beside?.differences.service_level).toMatchObject({ value: 0 });
  expect(judgedDirection(beside?.differences.service_level ?? null)).toBe(0);
  // Nobody was logged in on either day: nothing to divide by, nothing to compare.
  expect(beside?.differences.occupancy).toBeNull();
});
