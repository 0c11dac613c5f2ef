/** The overview's periods and figures (rules R-M4 to R-M6). */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeCsv } from "../../web/admin/overview/csv.ts";
import {
  figureOf,
  KPI,
  seriesOf,
  shareOf,
  verdictOf,
  type KpiRow,
} from "../../web/admin/overview/kpi-view.ts";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
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

const count = (value: number) => ({ value, numerator: value, denominator: null });
const rowOf = (group: string | null, counts: Partial<Record<keyof typeof KPI, number>>): KpiRow => ({
  group,
  ...Object.fromEntries(
    Object.entries(counts).map(([name, value]) => [KPI[name as keyof typeof KPI], count(value)]),
  ),
});

describe("figures", () => {
  test("R-M5: every figure that is shown is one that the API has", () => {
    expect(Object.values(KPI).filter((name) => !(KPI_NAMES as string[]).includes(name))).toEqual([]);
  });

  test("R-M5: a ratio carries its fraction, and without a denominator it is a dash", () => {
    const some = { value: 0.25, numerator: 5, denominator: 20 };
    expect(figureOf("en", "conversion", some, "EUR")).toEqual({
      name: "conversion",
      value: "25.0%",
      fraction: "5 / 20",
    });
    const none = { value: null, numerator: 0, denominator: 0 };
    expect(figureOf("fr", "conversion", none, "EUR")).toMatchObject({ value: "-", fraction: "0 / 0" });
    expect(shareOf("en", 0, 0).value).toBe("-");
    expect(figureOf("en", "attributed", count(12_345), "EUR").value).toBe("€12,345");
  });

  test("R-M5: a bucket without a row is 0, and one that has not begun is not there", () => {
    const { buckets } = periodRange("7d", PARIS, Date.parse("2026-11-22T12:00:00Z"));
    const rows = [rowOf("2026-11-20", { visitors: 4, orders: 1 })];
    const [visitors, , orders] = seriesOf(rows, buckets, PARIS, Date.parse("2026-11-21T12:00:00Z"));
    expect(visitors?.points.map(({ value }) => value)).toEqual([0, 0, 0, 0, 4, 0]);
    expect(orders?.points.at(-2)?.value).toBe(1);
  });

  test("R-M6: no effect is ever claimed", () => {
    const live = [{ status: "live" }];
    expect(verdictOf(undefined, live)).toEqual({ kind: "no_visitors" });
    expect(verdictOf(rowOf(null, { visitors: 3 }), [])).toEqual({ kind: "no_campaign" });
    expect(verdictOf(rowOf(null, { visitors: 3, accepted: 1, orders: 2 }), live)).toEqual({
      kind: "not_measurable",
      accepted: 1,
      orders: 2,
    });
    expect(verdictOf(rowOf(null, { visitors: 3, triggered: 2, heldOut: 1 }), live)).toEqual({
      kind: "collecting",
      eligible: 2,
      held: 1,
    });
  });

  test("R-M14: no cell of a saved table is a formula, and quotes and accents survive", () => {
    const text = writeCsv([
      ["Jour", "n"],
      ['=cmd|"x"', 3],
      ["été, hiver", null],
    ]);
    expect(text.startsWith("\uFEFF")).toBe(true);
    expect(text).toContain(`"'=cmd|""x""",3`);
    expect(text).toContain('"été, hiver",');
  });
});
