/** What the figures' screen makes of an address and of changes, and that it has words for everything. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import { GROUPINGS } from "../../domain/kpi/grouping.ts";
import type { Change } from "../../domain/overview/change.ts";
import { judgedDirection } from "../../domain/overview/change.ts";
import { judged } from "../../domain/overview/judge.ts";
import { queryOf, readAskedFigures } from "../../web/admin/figures/asked.ts";
import { GROUPS, MOST_CHOSEN, NAMES } from "../../web/admin/figures/catalogue.ts";
import { sureOf } from "../../web/admin/figures/sure.ts";
import { runningOf } from "../../web/admin/figures/view.ts";
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

test.each([
  ["day", "2026-11-23", true],
  ["day", "2026-11-22", false],
  ["week", "2026-11-23", true],
  ["week", "2026-11-17", true],
  ["week", "2026-11-16", false],
  ["hour", "2026-11-23T10:00:00.000Z", true],
  ["hour", "2026-11-23T09:00:00.000Z", false],
  ["campaign", "cmp_1", false],
] as const)("KPI58: the %s %s is told as not over: %s", (by, last, running) => {
  const now = { now: Date.parse("2026-11-23T10:30:00Z"), today: "2026-11-23" };
  expect(runningOf(last, by, now)).toBe(running ? last : null);
  expect(runningOf(undefined, by, now)).toBeNull();
});
