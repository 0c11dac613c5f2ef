/** Published experiments beside the checkout, told by the product's own statistics (rule INC15). */
import { readFileSync } from "node:fs";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { normalSurvival } from "../../domain/experiments/distributions.ts";
import { compare, type Counts, type Effect, type Pair, type Sums } from "../../domain/experiments/effect.ts";
import { sequentialInterval } from "../../domain/experiments/sequential.ts";
import { pooledZ } from "../../domain/experiments/small-counts.ts";
import { checkSplit } from "../../domain/experiments/srm.ts";
import type { Arm } from "../../domain/incrementality/arm.ts";
import { incrementalOf } from "../../domain/incrementality/incremental.ts";
import { effectOf, intentionToTreat } from "../../domain/incrementality/intention-to-treat.ts";

const FOLDER = "../shared/data";

type Row = Readonly<Record<string, string>>;

function rowsOf(file: string): Row[] {
  const source = readFileSync(`${FOLDER}/${file}`, "utf8").trim();
  const { data, errors } = Papa.parse<Row>(source, { header: true });
  expect(errors).toEqual([]);
  return data;
}

function effect(pair: Pair): Effect {
  const found = compare(pair, "absolute");
  if (!found.ok) throw new Error(found.code);
  return found;
}

const amount = (row: Row, column: string) => Number(row[column]);
const total = (rows: readonly Row[], column: string) =>
  rows.reduce((sum, row) => sum + amount(row, column), 0);
const percent = (share: number | null) => (100 * (share ?? Number.NaN)).toFixed(2);

test("INC15: cookie-cats: retention of both gates, and a split that is odd but not flagged", () => {
  const rows = rowsOf("cookie-cats/cookie_cats.csv");
  const counts = (version: string, column: string): Counts => {
    const own = rows.filter((row) => row["version"] === version);
    return { n: own.length, x: own.filter((row) => row[column] === "TRUE").length };
  };
  const both = (column: string) => ({
    control: counts("gate_30", column),
    treatment: counts("gate_40", column),
  });
  const [day, week] = [both("retention_1"), both("retention_7")];
  expect([day.control, day.treatment].map(({ n, x }) => percent(x / n))).toEqual(["44.82", "44.23"]);
  expect([week.control, week.treatment].map(({ n, x }) => percent(x / n))).toEqual(["19.02", "18.20"]);

  expect(effect({ kind: "proportion", ...day }).p).toBeCloseTo(0.0744, 4);
  // The published one is of the pooled test; ours, unpooled, differs in the sixth digit.
  expect(2 * normalSurvival(Math.abs(pooledZ(week) ?? 0))).toBeCloseTo(0.00155, 5);
  expect(effect({ kind: "proportion", ...week }).p).toBeCloseTo(0.001556, 6);

  const split = checkSplit([day.control.n, day.treatment.n], [0.5, 0.5]);
  expect(split.p).toBeCloseTo(0.0086, 4);
  expect(split.flag).toBe(false);
});

test("INC15: udacity: fewer enrol, and no payment is surely lost, in the 23 days in which both were counted", () => {
  const counted = (file: string) =>
    rowsOf(`udacity-free-trial-ab/${file}`).filter((row) => row["Enrollments"] !== "");
  const [control, treatment] = [counted("control_data.csv"), counted("experiment_data.csv")];
  expect([control.length, treatment.length]).toEqual([23, 23]);
  const over = (column: string) => {
    const counts = (rows: readonly Row[]) => ({ n: total(rows, "Clicks"), x: total(rows, column) });
    const { effect: difference, ci } = effect({
      kind: "proportion",
      control: counts(control),
      treatment: counts(treatment),
    });
    return [difference, ...ci].map((value) => value.toFixed(4));
  };
  expect(over("Enrollments")).toEqual(["-0.0206", "-0.0291", "-0.0120"]);
  expect(over("Payments")).toEqual(["-0.0049", "-0.0116", "0.0019"]);
});

/** Of one arm of the mailing, with "visited the shop" in the place of "bought". */
function mailed(rows: readonly Row[], outcome: "visit" | "conversion"): Arm {
  return {
    n: rows.length,
    conversions: total(rows, outcome),
    revenue: total(rows, "spend"),
    revenueSquares: rows.reduce((sum, row) => sum + amount(row, "spend") ** 2, 0),
    accepted: total(rows, "visit"),
    acceptedConversions: total(rows, outcome),
    acceptedRevenue: total(rows, "spend"),
  };
}

const customers = () => rowsOf("hillstrom/Kevin_Hillstrom_MineThatData_E-MailAnalytics.csv");

function mailing(rows: readonly Row[], mail: "Mens" | "Womens", outcome: "visit" | "conversion") {
  const arm = (segment: string) =>
    mailed(
      rows.filter((row) => row["segment"] === segment),
      outcome,
    );
  return { treatment: arm(`${mail} E-Mail`), control: arm("No E-Mail") };
}

test("INC15: hillstrom: visits of this half's arms, what each mail added, and what the whole set says lies inside", () => {
  const rows = customers();
  expect(rows.length).toBe(31_939);
  const mens = mailing(rows, "Mens", "visit");
  const womens = mailing(rows, "Womens", "visit");
  const [visitsMens, visitsWomens] = [
    intentionToTreat(mens, "conversion"),
    intentionToTreat(womens, "conversion"),
  ];
  const shown = [visitsMens.treatment, visitsWomens.treatment, visitsMens.control].map(percent);
  expect(shown).toEqual(["17.75", "15.08", "10.61"]);

  // Recounted apart from the product, by another program.
  expect(visitsMens.diff).toBeCloseTo(0.07137582003364741, 12);
  expect(visitsMens.ci?.[0]).toBeCloseTo(0.06204637, 6);
  expect(visitsMens.ci?.[1]).toBeCloseTo(0.08070527, 6);
  expect(visitsWomens.diff).toBeCloseTo(0.044709778761268984, 12);
  const added = incrementalOf(effectOf(visitsMens), mens.treatment);
  expect(added.point).toBeCloseTo(758.9390944177729, 8);

  // The whole set's published effects, against this half's intervals.
  const buys = (mail: "Mens" | "Womens") => mailing(rows, mail, "conversion");
  const published = [
    { ci: visitsMens.ci, effect: 0.1828 - 0.1062 },
    { ci: visitsWomens.ci, effect: 0.1514 - 0.1062 },
    { ci: intentionToTreat(buys("Mens"), "conversion").ci, effect: 0.006805 },
    { ci: intentionToTreat(buys("Womens"), "conversion").ci, effect: 0.003111 },
    { ci: intentionToTreat(buys("Mens"), "revenue").ci, effect: 1.4226 - 0.6528 },
    { ci: intentionToTreat(buys("Womens"), "revenue").ci, effect: 1.0772 - 0.6528 },
  ];
  for (const { ci, effect: whole } of published) {
    expect(ci?.[0]).toBeLessThan(whole);
    expect(ci?.[1]).toBeGreaterThan(whole);
  }
});

test("INC15: hillstrom: the mail for women moves those who bought for women, and nobody else for sure", () => {
  const effectWhere = (bought: "0" | "1") => {
    const rows = customers().filter((row) => row["womens"] === bought);
    return intentionToTreat(mailing(rows, "Womens", "visit"), "conversion");
  };
  expect(effectWhere("1").diff).toBeCloseTo(0.0712, 4);
  expect(effectWhere("1").ci?.[0]).toBeGreaterThan(0.05);
  expect(effectWhere("0").p).toBeGreaterThan(0.05);
});

type Look = { elapsed: number; pair: Pair };

/** A row that a reader kept no variance of is no look. */
function looksOf(rows: readonly Row[]): Look[] {
  const columns = ["count_c", "count_t", "mean_c", "mean_t", "variance_c", "variance_t"];
  return rows
    .filter((row) => columns.every((column) => row[column] !== ""))
    .map((row) => ({
      elapsed: amount(row, "time_since_start"),
      pair: { kind: "mean" as const, control: sumsOf(row, "c"), treatment: sumsOf(row, "t") },
    }))
    .toSorted((a, b) => a.elapsed - b.elapsed);
}

function sumsOf(row: Row, arm: "c" | "t"): Sums {
  const [n, mean, variance] = [
    amount(row, `count_${arm}`),
    amount(row, `mean_${arm}`),
    amount(row, `variance_${arm}`),
  ];
  return { n, sum: n * mean, sumsq: (n - 1) * variance + n * mean ** 2 };
}

const outside = ([low, high]: readonly [number, number]) => low > 0 || high < 0;

test("INC15: asos: looking at every checkpoint, the sequential rule rejects less than half as often as fixed tests", () => {
  const rows = rowsOf("asos-experiments/experiments.csv");
  const tests = Map.groupBy(
    rows,
    (row) => `${row["experiment_id"]} ${row["variant_id"]} ${row["metric_id"]}`,
  );
  expect(tests.size).toBe(176);
  const counted = { tests: 0, peeking: 0, last: 0, sequential: 0, early: 0 };
  for (const checkpoints of tests.values()) {
    const looks = looksOf(checkpoints)
      .map(({ pair }) => compare(pair, "absolute"))
      .filter((found) => found.ok);
    const last = looks.at(-1);
    if (last === undefined) continue;
    const rejects = (alpha: number) =>
      looks.some((look) => outside(sequentialInterval(look, { alpha, tightest: last.n })));
    counted.tests += 1;
    counted.peeking += Number(looks.some(({ ci }) => outside(ci)));
    counted.last += Number(outside(last.ci));
    counted.sequential += Number(rejects(0.05));
    counted.early += Number(rejects(0.01));
  }
  const { tests: all, peeking, last, sequential, early } = counted;
  const share = (part: number) => `${part} of ${all} (${percent(part / all)} %)`;
  console.log(`asos: peeking with fixed tests ${share(peeking)}; one look at the end ${share(last)}`);
  console.log(`asos: sequential at any look ${share(sequential)}; early stops at 1 % ${share(early)}`);
  // The other nine have no variance at any checkpoint.
  expect(all).toBe(167);
  expect(peeking / all).toBeGreaterThan(0.46);
  expect(peeking / all).toBeLessThan(0.65);
  expect(sequential).toBeLessThan(peeking / 2);
  expect(early).toBeLessThanOrEqual(sequential);
});
