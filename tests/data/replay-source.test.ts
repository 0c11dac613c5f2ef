/** The replay's source against the figures that the data's owner states. */
import { expect, test } from "vitest";
import { fnv1a, readSessions } from "../../scripts/replay/source.ts";

const CLICKS = "../shared/data/eshop-clothing-2008/clicks.csv";

test("the first 2,000 sessions have 14,008 clicks, numbered 1…n, and 89 of them buy", () => {
  const sessions = readSessions(CLICKS, 2_000);
  expect(sessions).toHaveLength(2_000);
  expect(sessions.reduce((sum, { clicks }) => sum + clicks.length, 0)).toBe(14_008);
  expect(sessions.filter(({ buys }) => buys)).toHaveLength(89);
  for (const { clicks } of sessions) {
    expect(clicks.map(({ number }) => number)).toEqual(clicks.map((_, index) => index + 1));
  }
});

test("the whole file is half of 24,026 sessions", () => {
  expect(readSessions(CLICKS, Number.POSITIVE_INFINITY)).toHaveLength(12_013);
});

test("dwell times are those of the sample: many, and none negative", () => {
  const dwell = readSessions(CLICKS, 2_000).flatMap(({ clicks }) => clicks.map(({ dwellMs }) => dwellMs));
  expect(Math.min(...dwell)).toBeGreaterThanOrEqual(0);
  expect(new Set(dwell).size).toBeGreaterThan(5_000);
});

test("FNV-1a of published values", () => {
  expect([fnv1a(""), fnv1a("a"), fnv1a("foobar")]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});
