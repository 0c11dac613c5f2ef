/** How a duration is written, whoever writes it. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { durationTicks } from "../../domain/words/duration-ticks.ts";
import { durationWords } from "../../domain/words/duration-words.ts";
import { duration, signedDuration } from "../../web/shared/format.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
const HOUR = 3_600;

/** The seconds that a text says. */
function secondsIn(text: string): number {
  const part = (unit: string) => Number(new RegExp(`(\\d+) ${unit}`).exec(text)?.[1] ?? 0);
  const hours = part("h");
  const minutes = hours > 0 || text.includes(" h ") ? Number(text.split(" h ")[1]) : part("min");
  return hours * HOUR + minutes * 60 + part("s");
}

test("OVW22: a duration is told to the second below ten minutes, and rounded to the minute beyond", () => {
  const said: [number, string][] = [
    [0, "0 s"],
    [0.4, "0 s"],
    [-3, "0 s"],
    [59.4, "59 s"],
    [59.5, "1 min"],
    [61, "1 min 1 s"],
    [119, "1 min 59 s"],
    [120, "2 min"],
    [239, "3 min 59 s"],
    [599.4, "9 min 59 s"],
    [599.5, "10 min"],
    [629, "10 min"],
    [630, "11 min"],
    [3_569, "59 min"],
    [3_570, "1 h 00"],
    [3_900, "1 h 05"],
    [100_000, "27 h 47"],
  ];
  expect(said.map(([seconds]) => [seconds, plain(durationWords(seconds))])).toEqual(said);
  expect(duration(119)).toBe(durationWords(119));
  expect(duration(null)).toBe("-");
});

test("OVW22: what is written is never further off than half of its smallest part, and longer is never written as shorter", () => {
  const seconds = fc.double({ min: 0, max: 400_000, noNaN: true });
  fc.assert(
    fc.property(seconds, seconds, (one, other) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      const off = Math.abs(secondsIn(plain(durationWords(one))) - one);
      expect(off).toBeLessThanOrEqual(one < 599.5 ? 0.5 : 30.5);
      expect(secondsIn(plain(durationWords(less)))).toBeLessThanOrEqual(
        secondsIn(plain(durationWords(more))),
      );
    }),
  );
});

test("OVW22: a difference has its sign, and none where it rounds to nothing", () => {
  expect([-115, -0.4, 0, 0.4, 50].map((one) => plain(signedDuration(one)))).toEqual([
    "\u22121 min 55 s",
    "0 s",
    "0 s",
    "0 s",
    "+50 s",
  ]);
});

test("OVW22: an axis of durations is marked at lengths that people count in, from one end to the other", () => {
  const said = (high: number) => durationTicks(0, high).map((at) => plain(durationWords(at)));
  expect(said(0)).toEqual(["0 s", "1 s"]);
  expect(said(95)).toEqual(["0 s", "30 s", "1 min", "1 min 30 s", "2 min"]);
  expect(said(500)).toEqual(["0 s", "2 min", "4 min", "6 min", "8 min", "10 min"]);
  expect(said(4_000)).toEqual(["0 s", "15 min", "30 min", "45 min", "1 h 00", "1 h 15"]);
  const ends = fc.tuple(fc.integer({ min: 0, max: 1e8 }), fc.integer({ min: 0, max: 1e8 }));
  fc.assert(
    fc.property(ends, ([from, length]) => {
      const ticks = durationTicks(from, from + length);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(ticks[0]).toBeLessThanOrEqual(from);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(from + length);
      // No two marks say the same.
      expect(new Set(ticks.map(durationWords)).size).toBe(ticks.length);
    }),
  );
});
