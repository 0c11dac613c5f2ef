/** What the figures' screen makes of an address and of changes, and that it has words for everything. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { COLUMNS } from "../../domain/kpi/agent-figures.ts";
import type { Figure } from "../../domain/kpi/figure.ts";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import { GROUPINGS } from "../../domain/kpi/grouping.ts";
import { basisOf, markFew, withheld } from "../../domain/kpi/small-numbers.ts";
import type { Change } from "../../domain/overview/change.ts";
import { judgedDirection } from "../../domain/overview/change.ts";
import { judged } from "../../domain/overview/judge.ts";
import { queryOf, readAskedFigures } from "../../web/admin/figures/asked.ts";
import { FIGURES, GROUPS, MOST_CHOSEN, NAMES, type Unit } from "../../web/admin/figures/catalogue.ts";
import { type Dates, dayAfter, daysOfWeek, partsOf, WEEK_DAYS } from "../../web/admin/figures/parts.ts";
import { ripeningOf, windowsOf } from "../../web/admin/figures/ripe.ts";
import { sureOf } from "../../web/admin/figures/sure.ts";
import { besideOf, sorted, unknownBy } from "../../web/admin/figures/view.ts";
import { PRESETS } from "../../web/admin/overview/periods.ts";

const period = fc.oneof(
  fc.constantFrom(...PRESETS),
  fc.constant({ from: "2026-10-19", to: "2026-11-15" } as const),
);
const asked = fc.record({
  period,
  kpis: fc.subarray([...NAMES], { maxLength: MOST_CHOSEN }),
  by: fc.constantFrom(...GROUPINGS),
  businessHours: fc.boolean(),
  compare: fc.boolean(),
});

test("KPI54: an address says what was asked, whatever it is; what cannot be is left out", () => {
  fc.assert(
    fc.property(asked, (one) => {
      const query = Object.fromEntries(new URLSearchParams(queryOf(one)));
      expect(readAskedFigures(query)).toEqual(one);
    }),
  );
  const wrong = readAskedFigures({ kpis: "moon,visitors,constructor", by: "moon", hours: "x", compare: "x" });
  expect(wrong).toMatchObject({ kpis: ["visitors"], by: "day", businessHours: false, compare: true });
});

/** What the catalogue of a language has words for. */
function wordsOf(language: string): string[] {
  const file = new URL(`../../web/admin/figures/messages/${language}.json`, import.meta.url);
  const words: Record<string, string> = JSON.parse(readFileSync(file, "utf8"));
  return Object.keys(words).toSorted();
}

test("KPI54: every figure and every grouping of the API has its words in both languages", () => {
  expect(NAMES.toSorted()).toEqual(KPI_NAMES.toSorted());
  const keys = [
    ...NAMES.flatMap((name) => [`kpi_${name}`, `what_${name}`]),
    ...GROUPS.map((name) => `group_${name}`),
    ...GROUPINGS.map((name) => `by_${name}`),
  ];
  const [en, fr] = ["en", "fr"].map(wordsOf);
  for (const words of [en, fr]) expect(keys.filter((key) => !words?.includes(key))).toEqual([]);
  expect(fr).toEqual(en);
});

test("KPI56: what is said to be beyond chance is what Holm's procedure over all changes says", () => {
  const change = fc
    .record({
      value: fc.double({ min: -4, max: 4, noNaN: true }),
      half: fc.double({ min: 0.1, max: 3, noNaN: true }),
    })
    .map(({ value, half }): Change => ({ value, low: value - half, high: value + half, p: null }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: MOST_CHOSEN }), (list) => {
      const changes = new Map(list.map((one, place) => [String(place), one]));
      const sure = sureOf(changes);
      for (const [name, one] of judged(changes)) {
        if (Math.abs((one.p ?? 1) - 0.05) < 1e-9) continue;
        expect(sure.has(name)).toBe(judgedDirection(one) !== 0);
      }
    }),
  );
});

const AT = { now: Date.parse("2026-11-23T10:30:00Z"), today: "2026-11-23" };
/** Thirty days that end today, a Monday. */
const THIRTY = { from: "2026-10-25", to: "2026-11-23" };

test.each([
  ["day", "2026-11-23", { state: "running", days: 1 }],
  ["day", "2026-11-22", undefined],
  ["week", "2026-11-23", { state: "running", days: 1 }],
  ["week", "2026-11-16", undefined],
  ["week", "2026-10-19", { state: "cut", days: 1 }],
  ["hour", "2026-11-23T10:00:00.000Z", { state: "running", days: 0 }],
  ["hour", "2026-11-23T09:00:00.000Z", undefined],
  ["campaign", "cmp_1", undefined],
] as const)("KPI58: how much of the %s %s is there is told", (by, group, part) => {
  expect(partsOf([group], by, THIRTY, AT).get(group)).toEqual(part);
});

const day = fc.integer({ min: 0, max: 800 }).map((days) => dayAfter("2025-01-01", days));
const weeksOf = ({ from, to }: Dates): string[] => {
  const first = dayAfter(from, -((new Date(from).getUTCDay() + 6) % 7));
  const weeks: string[] = [];
  for (let week = first; week <= to; week = dayAfter(week, WEEK_DAYS)) weeks.push(week);
  return weeks;
};
const rowsOf = (dates: Dates) => weeksOf(dates).map((group) => ({ group, figures: {} }));

test("KPI68: each week's row leads to its own days of the period, which are all of them once; those it has not whole are marked", () => {
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 100 }), (from, length) => {
      const dates = { from, to: dayAfter(from, length) };
      const weeks = weeksOf(dates);
      const parts = partsOf(weeks, "week", dates, { now: 0, today: "2030-01-01" });
      const own = weeks.map((week) => daysOfWeek(week, dates));
      expect(own[0]?.from).toBe(dates.from);
      expect(own.at(-1)?.to).toBe(dates.to);
      for (const [place, { to }] of own.slice(0, -1).entries()) {
        expect(own[place + 1]?.from).toBe(dayAfter(to, 1));
      }
      for (const [place, { from: first, to }] of own.entries()) {
        const days = (Date.parse(to) - Date.parse(first)) / 86_400_000 + 1;
        expect(parts.get(weeks[place] ?? "")?.days ?? WEEK_DAYS).toBe(days);
      }
    }),
  );
});

test("KPI68: a week stands beside one of the period before only where both are whole, each as many weeks apart", () => {
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 100 }), (from, length) => {
      const dates = { from, to: dayAfter(from, length) };
      const earlier = { from: dayAfter(from, -length - 1), to: dayAfter(from, -1) };
      const at = { now: 0, today: "2030-01-01" };
      const beside = besideOf({
        by: "week",
        rows: rowsOf(dates),
        parts: partsOf(weeksOf(dates), "week", dates, at),
        before: { rows: rowsOf(earlier), parts: partsOf(weeksOf(earlier), "week", earlier, at) },
      });
      const gaps = new Set<number>();
      for (const [week, { group }] of beside) {
        expect(daysOfWeek(week, dates)).toEqual({ from: week, to: dayAfter(week, 6) });
        expect(daysOfWeek(group, earlier)).toEqual({ from: group, to: dayAfter(group, 6) });
        gaps.add(Date.parse(week) - Date.parse(group));
      }
      expect(gaps.size).toBeLessThan(2);
    }),
  );
  const whole = { from: "2026-10-26", to: "2026-11-22" };
  const four = partsOf(weeksOf(whole), "week", whole, AT);
  expect(four.size).toBe(0);
  const days = {
    by: "day",
    rows: rowsOf(whole),
    parts: four,
    before: { rows: rowsOf(whole), parts: four },
  } as const;
  expect(besideOf(days).size).toBe(4);
});

test("KPI69: what counts leads is compared once orders and leads are both in, orders alone sooner", () => {
  const HOUR = 3_600_000;
  expect(windowsOf(72, [])).toEqual({ orders: 72 * HOUR, leads: 72 * HOUR });
  const goals = [
    { kind: "lead", window_hours: 720 },
    { kind: "sale", window_hours: 900 },
  ] as const;
  expect(windowsOf(72, goals)).toEqual({ orders: 72 * HOUR, leads: 720 * HOUR });
  // A lead that has to come sooner does not make the orders come sooner.
  expect(windowsOf(72, [{ kind: "lead", window_hours: 1 }]).leads).toBe(72 * HOUR);
  const [day0, now] = [Date.parse("2026-10-01"), Date.parse("2026-11-01")];
  const span = { from: day0, to: now };
  const spans = { span, before: { from: Date.parse("2026-08-31"), to: day0 } };
  const at = { now, startOfDay: (moment: number) => moment - (moment % (24 * HOUR)) };
  const names = ["visitors", "conversion_after_chat", "conversion_after_chat_with_leads"] as const;
  const [orders, leads, ...others] = ripeningOf(
    names,
    spans,
    windowsOf(72, [{ kind: "lead", window_hours: 240 }]),
    at,
  );
  expect(orders).toMatchObject({ window: "orders", names: ["conversion_after_chat"] });
  expect(orders?.spans?.now.to).toBe(Date.parse("2026-10-28"));
  expect(leads).toMatchObject({ window: "leads", names: ["conversion_after_chat_with_leads"] });
  expect(leads?.spans?.now.to).toBe(Date.parse("2026-10-21"));
  expect(others).toEqual([]);
  const late = { ...at, now: now + 60 * 24 * HOUR };
  expect(ripeningOf(names, spans, windowsOf(72, goals), late)).toEqual([]);
  expect(ripeningOf(names, spans, windowsOf(72, goals), at)[1]?.spans).toBeNull();
});

const UNITS_OF_SUMS: readonly Unit[] = ["count", "hours"];
const SUMS_OF_MONEY = ["revenue", "refunded", "lead_value", "attributed_revenue", "cost_total"];

test("KPI70: of somebody, every figure has to stand on enough, but counts and sums; by the bases of the agents' screen", () => {
  for (const name of NAMES) {
    const isSum = UNITS_OF_SUMS.includes(FIGURES[name].unit) || SUMS_OF_MONEY.includes(name);
    expect([name, basisOf(name) === null]).toEqual([name, isSum]);
  }
  for (const { kpi, basis } of COLUMNS) expect([kpi, basisOf(kpi)]).toEqual([kpi, basis]);
});

const figure = (value: number | null, n: number): Figure => ({
  value,
  numerator: value,
  denominator: n,
  n,
  interval: null,
});

test("KPI70: what is too little is marked, and withheld without a trace of its value; what is enough stays as it is", () => {
  const names = ["conversations", "fcr", "csat_mean", "occupancy", "sales_per_agent_hour"] as const;
  const rowOf = (n: number, hours: number) => ({
    group: "usr_1",
    conversations: figure(n, n),
    fcr: figure(1, n),
    csat_mean: figure(n === 0 ? null : 5, n),
    occupancy: figure(0.5, 900),
    sales_per_agent_hour: figure(0, 40),
    agent_hours: figure(hours, 3),
  });
  fc.assert(
    fc.property(fc.nat(60), fc.double({ min: 0, max: 16, noNaN: true }), (n, hours) => {
      const row = rowOf(n, hours);
      const told = markFew(row, names);
      const few = {
        fcr: n < 30,
        csat_mean: n > 0 && n < 30,
        occupancy: hours < 8,
        sales_per_agent_hour: hours < 8,
      };
      expect(told.agent_hours).toBeUndefined();
      expect(told.conversations).toEqual(row.conversations);
      const shown = withheld(told, names);
      for (const name of ["fcr", "csat_mean", "occupancy", "sales_per_agent_hour"] as const) {
        expect(told[name]).toEqual(few[name] ? { ...row[name], too_few: true } : row[name]);
        const nothing = { value: null, numerator: null, denominator: null, interval: null };
        expect(shown[name]).toEqual(few[name] ? { ...nothing, n: row[name].n, too_few: true } : row[name]);
      }
    }),
  );
});

test("KPI70: who has the best rate of one contact is not the first of the list", () => {
  const figures = { fcr: figure(1, 1) };
  const rows = [
    { group: "one", figures: { fcr: { ...figures.fcr, too_few: true as const } } },
    { group: "many", figures: { fcr: figure(0.7, 90) } },
    { group: "more", figures: { fcr: figure(0.8, 60) } },
  ];
  const order = (down: boolean) => sorted(rows, { by: "fcr", down }, String).map(({ group }) => group);
  expect(order(true)).toEqual(["more", "many", "one"]);
  expect(order(false)).toEqual(["many", "more", "one"]);
  const whole = { group: "", figures: { fcr: figure(0.7, 151) } };
  expect(unknownBy({ rows: rows.slice(0, 1), whole, kpis: ["fcr"] })).toEqual([]);
  expect(
    unknownBy({ rows: [{ group: "one", figures: { fcr: figure(null, 0) } }], whole, kpis: ["fcr"] }),
  ).toEqual(["fcr"]);
});
