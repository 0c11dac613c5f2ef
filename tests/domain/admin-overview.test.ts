/** The overview's periods and figures (rules R-M4 to R-M6). */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeCsv } from "../../web/admin/overview/csv.ts";
import { readAsked, queryOf } from "../../web/admin/overview/asked.ts";
import { carriesPeriod, periodIn, showsPeriod } from "../../web/admin/carried-period.ts";
import { isRunning, KPI, seriesOf, type KpiRow } from "../../web/admin/overview/kpi-view.ts";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import {
  inBucket,
  localDate,
  PERIODS,
  periodRange,
  rangeOf,
  WEEKS,
} from "../../web/admin/overview/periods.ts";

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

  test("R-M4: a URL names the period and the figure; what it does not know is 30 days", () => {
    const asked = (query: string) => readAsked(Object.fromEntries(new URLSearchParams(query)));
    for (const query of [
      "",
      "?period=7d",
      "?period=4w",
      "?from=2026-10-19&to=2026-11-15",
      "?period=1w&hours=late",
      "?business_hours=true",
      "?period=7d&business_hours=true&hours=late",
    ]) {
      expect(queryOf(asked(query))).toBe(query);
    }
    for (const query of [
      "?period=forever",
      "?from=2026-11-15",
      "?from=2026-11-15&to=2026-11-14",
      "?from=2020-01-01&to=2026-01-01",
      "?from=2026-02-30&to=2026-03-05",
      "?from=2026-02-20&to=x",
      "?hours=none",
      "?business_hours=yes",
    ]) {
      expect(asked(query)).toEqual({ period: "30d", businessHours: false, hours: "conversations" });
    }
  });

  test("R-M4: whole weeks run from Monday to Sunday and end before this week, whatever the clocks do", () => {
    const moment = fc.integer({ min: Date.parse("2005-01-01"), max: Date.parse("2035-01-01") });
    fc.assert(
      fc.property(
        fc.constantFrom(PARIS, "America/Sao_Paulo", "UTC"),
        moment,
        fc.constantFrom(...WEEKS),
        (zone, now, weeks) => {
          const { from, to, buckets } = rangeOf(weeks, zone, now);
          expect(buckets).toHaveLength(7 * Number.parseInt(weeks));
          const [first, end] = [from, to].map((at) => localDate(Date.parse(at), zone));
          for (const day of [first, end]) expect(new Date(`${day}T00:00:00Z`).getUTCDay()).toBe(1);
          expect(Date.parse(to)).toBeLessThanOrEqual(now);
          expect(now - Date.parse(to)).toBeLessThan(7 * 25 * HOUR);
        },
      ),
    );
  });

  test("R-M4: days of one's own are both inside", () => {
    const { from, to, buckets } = rangeOf({ from: "2026-10-24", to: "2026-10-26" }, PARIS, 0);
    expect([from, to]).toEqual(["2026-10-23T22:00:00.000Z", "2026-10-26T23:00:00.000Z"]);
    expect(buckets).toHaveLength(3);
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

  test("R-M5: a bucket without a row is 0, and one that has not begun is not there", () => {
    const { buckets } = periodRange("7d", PARIS, Date.parse("2026-11-22T12:00:00Z"));
    const rows = [rowOf("2026-11-20", { visitors: 4, orders: 1 })];
    const [visitors, , orders] = seriesOf(rows, buckets, PARIS, Date.parse("2026-11-21T12:00:00Z"));
    expect(visitors?.points.map(({ value }) => value)).toEqual([0, 0, 0, 0, 4, 0]);
    expect(orders?.points.at(-2)?.value).toBe(1);
  });

  test("OVW26: the last hour or day is told as not over while its period runs, and only then", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    for (const [period, running] of [
      ["today", true],
      ["30d", true],
      ["1w", false],
      [{ from: "2026-11-01", to: "2026-11-21" }, false],
      [{ from: "2026-11-01", to: "2026-11-22" }, true],
      [{ from: "2026-11-23", to: "2026-11-24" }, false],
    ] as const) {
      expect([period, isRunning(rangeOf(period, PARIS, now), now)]).toEqual([period, running]);
    }
  });

  test("OVW28: a reading screen's period goes along, and no other part of its address; one without any keeps the last", () => {
    expect(periodIn({ period: "7d", kpis: "visitors", agent: "usr_1" })).toBe("?period=7d");
    expect(periodIn({ from: "2026-11-01", to: "2026-11-02", by: "week" })).toBe(
      "?from=2026-11-01&to=2026-11-02",
    );
    expect(periodIn({ hours: "late" })).toBe("");
    expect(periodIn({ period: "&x=#<" })).toBe("?period=%26x%3D%23%3C");
    for (const at of ["", "figures", "agents", "funnels", "journeys"])
      expect([at, carriesPeriod(at)]).toEqual([at, true]);
    for (const at of ["campaigns", "staffing", "settings"])
      expect([at, carriesPeriod(at)]).toEqual([at, false]);
    for (const at of ["", "figures", "agents", "funnels/checkout", "journeys"]) {
      expect([at, showsPeriod(at)]).toEqual([at, true]);
    }
    for (const at of [
      "funnels",
      "funnels/new",
      "funnels/fun_1/edit",
      "campaigns",
      "staffing",
      "constructor",
    ]) {
      expect([at, showsPeriod(at)]).toEqual([at, false]);
    }
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
