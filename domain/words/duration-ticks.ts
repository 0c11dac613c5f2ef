/**
 * Where an axis of durations is marked: at lengths that people count in, so that its words are short, and each another.
 *
 * Units   seconds.
 */
import { TO_THE_SECOND } from "./duration-words.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SIXTIETHS = [1, 2, 5, 10, 15, 30];
const STEPS = [
  ...SIXTIETHS,
  ...SIXTIETHS.map((minutes) => minutes * MINUTE),
  ...[1, 2, 4, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY),
];
/** Between two marks more would be a ladder. */
const MOST_STEPS = 5;

/** Marks from `low` or below it to `high` or above it, rising, never more than seven. */
export function durationTicks(low: number, high: number): number[] {
  const least = Math.max(high > TO_THE_SECOND ? MINUTE : 1, (high - low) / MOST_STEPS);
  const longest = 28 * DAY;
  const step = STEPS.find((one) => one >= least) ?? Math.ceil(least / longest) * longest;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}
