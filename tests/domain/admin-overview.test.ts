/** The overview's periods and figures (rules R-M4 to R-M6). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inBucket, PERIODS, periodRange, readPeriod } from "../../web/admin/overview/periods.ts";

const PARIS = "Europe/Paris";
const HOUR = 3_600_000;

describe("periods", () => {
  test("R-M4: today in Paris has 25 hours when the clocks go back and 23 when they go forward", () => {
    const back = periodRange("today", PARIS, Date.parse("2026-10-25T12:00:00Z"));
    expect(back).toMatchObject({ from: "2026-10-24T22:00:00.000Z", to: "2026-10-25T23:00:00.000Z" });
    expect(back.buckets).toHaveLength(25);
    const forward = periodRange("today", PARIS, Date.parse("2026-03-29T12:00:00Z"));
    expect(forward).toMatchObject({ from: "2026-03-28T23:00:00.000Z", to: "2026-03-29T22:00:00.000Z" });
    expect(forward.buckets).toHaveLength(23);
  });

  test("R-M4: the day is the site's, not the reader's", () => {
    const now = Date.parse("2026-11-22T23:30:00Z");
    expect(periodRange("today", PARIS, now).from).toBe("2026-11-22T23:00:00.000Z");
    expect(periodRange("today", "America/New_York", now).from).toBe("2026-11-22T05:00:00.000Z");
  });

  test("R-M4: whatever the moment and the zone, a period is whole days that hold the moment", () => {
    const zone = fc.constantFrom(
      PARIS,
      "America/Sao_Paulo",
      "Asia/Kathmandu",
      "Pacific/Apia",
      "Africa/Cairo",
      "UTC",
    );
    const moment = fc.integer({ min: Date.parse("2005-01-01"), max: Date.parse("2035-01-01") });
    fc.assert(
      fc.property(zone, moment, fc.constantFrom(...PERIODS), (name, now, period) => {
        const range = periodRange(period, name, now);
        expect(Date.parse(range.from)).toBeLessThanOrEqual(now);
        expect(Date.parse(range.to)).toBeGreaterThan(now);
        expect(range.buckets[0]).toBe(range.from);
        const starts = range.buckets.map((bucket) => Date.parse(bucket));
        expect(starts.every((start, i) => i === 0 || start > (starts[i - 1] ?? start))).toBe(true);
        const days = (Date.parse(range.to) - Date.parse(range.from)) / (24 * HOUR);
        const wanted = { today: 1, "7d": 7, "30d": 30 }[period];
        expect(Math.abs(days - wanted)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("R-M4: a URL names the period; what it does not know is 7 days", () => {
    expect(readPeriod("30d")).toBe("30d");
    expect(readPeriod("forever")).toBe("7d");
    expect(readPeriod(undefined)).toBe("7d");
  });

  test("R-M4: a KPI row belongs to its bucket by instant or by date of the zone", () => {
    const [first] = periodRange("7d", PARIS, Date.parse("2026-11-22T12:00:00Z")).buckets;
    expect(first).toBe("2026-11-15T23:00:00.000Z");
    expect(inBucket("2026-11-16", first ?? "", PARIS)).toBe(true);
    expect(inBucket("2026-11-15T23:00:00Z", first ?? "", PARIS)).toBe(true);
    expect(inBucket("2026-11-15", first ?? "", PARIS)).toBe(false);
  });
});
