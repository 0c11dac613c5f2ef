/** Rules EXP14 to EXP18 of `docs/rules/experiments.md`: what may be said of a campaign, and when. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Counts, Interval } from "../../domain/experiments/effect.ts";
import {
  ALPHA,
  finalReadingAt,
  type Look,
  MIN_RUNTIME_MS,
  type Plan,
  type Reading,
  readPair,
  type Verdict,
  verdictOf,
} from "../../domain/experiments/hybrid.ts";

const DAY = 86_400_000;
const START = 1_800_000_000_000;

const plan: Plan = {
  startedAt: START,
  plannedEnd: START + 28 * DAY,
  plannedVisitors: 28_000,
  weights: [0.5, 0.5],
  mde: 0.006,
};

/** The totals after `day` days. */
function look(day: number, control: Counts, treatment: Counts): Look {
  return { at: START + day * DAY, control, treatment, users: [control.n, treatment.n] };
}

/** Days 1 … `days` at steady rates, 500 visitors an arm each day. */
function steady(days: number, control: number, treatment: number): Look[] {
  return Array.from({ length: days }, (_, index) => {
    const n = 500 * (index + 1);
    return look(index + 1, { n, x: Math.round(n * control) }, { n, x: Math.round(n * treatment) });
  });
}

const readingOf = (verdict: Verdict): Reading | null => ("reading" in verdict ? verdict.reading : null);
const leavesZeroOut = ([low, high]: Interval) => low > 0 || high < 0;

test("EXP14: a huge difference is not claimed, nor any interval shown, before seven days", () => {
  for (const day of [1, 3, 6]) {
    expect(verdictOf(steady(day, 0.02, 0.2), plan)).toEqual({
      kind: "collecting",
      visitors: 1_000 * day,
      planned: 28_000,
      earliestReadingAt: START + MIN_RUNTIME_MS,
      reading: null,
    });
  }
  expect(verdictOf([], plan)).toMatchObject({ kind: "collecting", visitors: 0, reading: null });
  expect(verdictOf(steady(7, 0.02, 0.2), plan).kind).toBe("likely_better");
});

test("EXP14: a planned end within the first week waits for its end", () => {
  const hasty = { ...plan, plannedEnd: START + 2 * DAY };
  expect(finalReadingAt(hasty)).toBe(START + MIN_RUNTIME_MS);
  expect(verdictOf(steady(4, 0.02, 0.2), hasty).kind).toBe("collecting");
});

test("EXP14: fewer than ten of either kind in an arm is too few, with an exact interval and no lift", () => {
  const few = look(20, { n: 133, x: 4 }, { n: 1_204, x: 31 });
  const uneven = { ...plan, weights: [0.1, 0.9] };
  const verdict = verdictOf([few], uneven);
  expect(verdict).toMatchObject({
    kind: "too_few",
    fewest: { arm: "control", of: "conversions", count: 4 },
    ended: false,
  });
  if (verdict.kind !== "too_few") throw new Error(verdict.kind);
  expect(verdict.difference).toBeCloseTo(31 / 1_204 - 4 / 133, 12);
  expect(verdict.interval?.[0]).toBeLessThan(0);
  expect(verdict.p).toBeGreaterThan(0.5);
  expect(verdictOf([{ ...few, at: uneven.plannedEnd }], uneven)).toMatchObject({
    kind: "too_few",
    ended: true,
  });
  const everybody = look(20, { n: 5_000, x: 4_995 }, { n: 5_000, x: 4_000 });
  expect(verdictOf([everybody], plan)).toMatchObject({ kind: "too_few", fewest: { of: "non_conversions" } });
  const nobody = look(20, { n: 0, x: 0 }, { n: 0, x: 0 });
  expect(verdictOf([nobody], plan)).toMatchObject({
    kind: "too_few",
    difference: null,
    interval: null,
    p: null,
  });
});

test("EXP15: better while it runs by the sequence at 1 %, and the moment since when", () => {
  const verdict = verdictOf(steady(20, 0.05, 0.075), plan);
  expect(verdict).toMatchObject({
    kind: "likely_better",
    reading: { basis: "sequential", alpha: ALPHA.sequential },
  });
  if (verdict.kind !== "likely_better") throw new Error(verdict.kind);
  const first = Array.from({ length: 20 }, (_, day) =>
    verdictOf(steady(day + 1, 0.05, 0.075), plan),
  ).findIndex(({ kind }) => kind === "likely_better");
  expect(verdict.decidedAt).toBe(START + (first + 1) * DAY);
  expect(verdictOf(steady(20, 0.075, 0.05), plan).kind).toBe("likely_worse");
  expect(verdictOf(steady(20, 0.075, 0.05), { ...plan, lowerIsBetter: true }).kind).toBe("likely_better");
});

test("EXP15: what would be significant to somebody who peeks is still collecting, and final at the end", () => {
  const looks = steady(28, 0.05, 0.0558);
  const running = verdictOf(looks.slice(0, 27), plan);
  expect(running).toMatchObject({ kind: "collecting", earliestReadingAt: plan.plannedEnd });
  expect(readingOf(running)?.basis).toBe("sequential");
  const pair = {
    kind: "proportion",
    control: { n: 13_500, x: 675 },
    treatment: { n: 13_500, x: 753 },
  } as const;
  expect(leavesZeroOut(readPair(pair, "final", plan)?.interval ?? [-1, 1])).toBe(true);
  expect(verdictOf(looks, plan)).toMatchObject({
    kind: "likely_better",
    reading: { basis: "final", alpha: ALPHA.final },
    decidedAt: plan.plannedEnd,
  });
});

test("EXP15: nothing that is looked at after the planned end changes what was read at it", () => {
  const count = fc.integer({ min: 0, max: 5_000 });
  const atEnd = steady(28, 0.05, 0.052);
  const said = verdictOf(atEnd, plan);
  fc.assert(
    fc.property(fc.array(fc.tuple(count, count), { maxLength: 5 }), (later) => {
      const more = later.map(([a, b], index) => look(29 + index, { n: 20_000, x: a }, { n: 20_000, x: b }));
      expect(verdictOf([...atEnd, ...more], plan)).toEqual(said);
    }),
  );
  // With conversions that come in for two days more, the end is read two days later.
  const maturing = { ...plan, maturityMs: 2 * DAY };
  expect(readingOf(verdictOf(atEnd, maturing))?.basis).toBe("sequential");
  expect(finalReadingAt(maturing)).toBe(plan.plannedEnd + 2 * DAY);
  // A visit that went on past the end keeps its window open: the end is read after that.
  const open = { ...maturing, maturesAt: plan.plannedEnd + 3 * DAY };
  expect(finalReadingAt(open)).toBe(plan.plannedEnd + 3 * DAY + 1);
  const [last] = atEnd.slice(-1);
  if (last === undefined) throw new Error("no look");
  const at = (days: number) => ({ ...last, at: plan.plannedEnd + days * DAY });
  expect(readingOf(verdictOf([...atEnd, at(3)], open))?.basis).toBe("sequential");
  expect(readingOf(verdictOf([...atEnd, at(4)], open))?.basis).toBe("final");
  expect(readingOf(verdictOf([...atEnd, at(4)], { ...open, maturesAt: null }))?.basis).toBe("final");
});

test("EXP15: variants that are each compared share the error", () => {
  const pair = {
    kind: "proportion",
    control: { n: 5_000, x: 250 },
    treatment: { n: 5_000, x: 300 },
  } as const;
  for (const basis of ["sequential", "final"] as const) {
    const alone = readPair(pair, basis, plan);
    const three = readPair(pair, basis, { ...plan, comparisons: 3 });
    expect(three?.alpha).toBeCloseTo(ALPHA[basis] / 3, 12);
    expect(three?.interval[0]).toBeLessThan(alone?.interval[0] ?? -1);
  }
});

test("EXP16: 8,000 against 7,000 instead of halves hides the result, and so does any arm", () => {
  const uneven = look(14, { n: 8_000, x: 800 }, { n: 7_000, x: 1_400 });
  const verdict = verdictOf([uneven], plan);
  expect(verdict).toMatchObject({ kind: "unusable_split", users: [8_000, 7_000], planned: [0.5, 0.5] });
  expect(readingOf(verdict)).toBeNull();
  const threeArms = { ...uneven, control: { n: 7_000, x: 700 }, users: [7_000, 7_000, 6_000] };
  expect(verdictOf([threeArms], { ...plan, weights: [1, 1, 1] }).kind).toBe("unusable_split");
  const before = look(13, { n: 6_500, x: 650 }, { n: 6_480, x: 650 });
  expect(verdictOf([before, uneven, { ...uneven, at: uneven.at + DAY }], plan)).toMatchObject({
    since: uneven.at,
  });
  // A handful is no evidence yet.
  const few = look(8, { n: 8, x: 0 }, { n: 0, x: 0 });
  expect(verdictOf([few], plan).kind).toBe("too_few");
});

test("EXP16: without a hold-out, or with nothing but one, nothing is measurable", () => {
  for (const weights of [[0, 1], [1, 0], [1], []]) {
    expect(verdictOf(steady(28, 0.05, 0.09), { ...plan, weights })).toEqual({ kind: "not_measurable" });
  }
});

/** Any campaign's looks: totals that only grow, by any numbers of visitors and buyers a day. */
const campaigns = fc
  .array(
    fc.record({
      n: fc.integer({ min: 0, max: 900 }),
      held: fc.double({ min: 0.35, max: 0.65, noNaN: true }),
      control: fc.double({ min: 0, max: 0.3, noNaN: true }),
      treatment: fc.double({ min: 0, max: 0.3, noNaN: true }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((days) => {
    const control = { n: 0, x: 0 };
    const treatment = { n: 0, x: 0 };
    return days.map((day, index) => {
      const held = Math.round(day.n * day.held);
      control.n += held;
      control.x += Math.round(held * day.control);
      treatment.n += day.n - held;
      treatment.x += Math.round((day.n - held) * day.treatment);
      return look(index + 1, { ...control }, { ...treatment });
    });
  });

test("EXP7 EXP14 EXP17: whatever happens, what is said is what the shown interval says, and it holds the estimate", () => {
  fc.assert(
    fc.property(campaigns, fc.boolean(), (looks, lowerIsBetter) => {
      const given = { ...plan, lowerIsBetter };
      for (const [index, latest] of looks.entries()) {
        const verdict = verdictOf(looks.slice(0, index + 1), given);
        const reading = readingOf(verdict);
        if (latest.at - START < MIN_RUNTIME_MS) expect(reading).toBeNull();
        const decided = verdict.kind === "likely_better" || verdict.kind === "likely_worse";
        if (reading === null) {
          expect(decided).toBe(false);
          continue;
        }
        const { interval, difference, relative } = reading;
        expect([...interval, difference].every(Number.isFinite)).toBe(true);
        expect(interval[0] <= difference && difference <= interval[1]).toBe(true);
        expect(leavesZeroOut(interval)).toBe(decided);
        if (decided) expect(verdict.kind === "likely_better").toBe(difference > 0 !== lowerIsBetter);
        const set = relative?.interval ?? null;
        if (set === null) continue;
        expect(set[0] <= (relative?.lift ?? 9) && (relative?.lift ?? 9) <= set[1]).toBe(true);
        expect(leavesZeroOut(set)).toBe(decided);
        expect(set[0]).toBeGreaterThanOrEqual(-1);
      }
    }),
    { numRuns: 200 },
  );
});

test("EXP17: an estimate that leaves what earlier looks had in common is said to have drifted", () => {
  const early = steady(14, 0.05, 0.11);
  const turned = look(27, { n: 13_500, x: 675 }, { n: 13_500, x: 700 });
  expect(verdictOf(early, plan).kind).toBe("likely_better");
  const verdict = verdictOf([...early, turned], plan);
  expect(verdict).toMatchObject({ kind: "collecting", reading: { drifted: true } });
});

test("EXP18: no difference is said where the planned one is left out on both sides, else the end is inconclusive", () => {
  const same = verdictOf(steady(28, 0.05, 0.0503), plan);
  expect(same).toMatchObject({ kind: "no_difference_planned", reading: { basis: "final" } });
  expect(Math.max(...(readingOf(same)?.interval ?? [1]).map(Math.abs))).toBeLessThan(plan.mde ?? 0);
  const maybe = verdictOf(steady(28, 0.05, 0.053), plan);
  expect(maybe.kind).toBe("inconclusive");
  expect(readingOf(maybe)?.interval[1]).toBeGreaterThan(plan.mde ?? 0);
  expect(verdictOf(steady(28, 0.05, 0.0503), { ...plan, mde: null }).kind).toBe("inconclusive");
  expect(verdictOf(steady(20, 0.05, 0.0503), plan).kind).toBe("collecting");
});
