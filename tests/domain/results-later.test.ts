/** Who comes after the planned end of a phase that goes on: kept apart, and read only where no such end is. */
import { expect, test } from "vitest";
import { withFinalDays } from "../../domain/results/final-days.ts";
import { sumWithLater, withReadDays } from "../../domain/results/later-days.ts";
import type { PhaseFacts } from "../../domain/results/phase.ts";
import type { EligibleMoment, PhaseSums } from "../../domain/results/units.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T0 = Date.parse("2026-10-19T00:00:00Z");
/** At noon of a day. */
const END = T0 + 9.5 * DAY;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const rule = { windowMs: 48 * HOUR, capCents: null, until: END, now: T0 + 60 * DAY, dayOf };

const came = (
  visitor: string,
  eligibleAt: number,
  arm: EligibleMoment["arm"] = "treated",
): EligibleMoment => ({
  id: `dec_${visitor}_${eligibleAt}`,
  visitor,
  variant: "a",
  arm,
  eligibleAt,
  visitEndsAt: eligibleAt,
  device: null,
  browser: null,
  shown: arm === "treated",
  accepted: false,
  handleMs: 0,
  credited: [],
});
const history = (moments: EligibleMoment[]) => ({ moments, successes: [], talks: [], joins: [] });

function counts({ days, later }: PhaseSums) {
  const of = (all: PhaseSums["days"]) =>
    Object.fromEntries(
      Object.entries(all).map(([day, arms]) => [day, Object.values(arms).reduce((sum, { n }) => sum + n, 0)]),
    );
  return { days: of(days), later: later === undefined ? null : of(later.days) };
}

const MOMENTS = [
  came("early", T0),
  // Known since before the end: no new visitor, and nothing of the second time counts.
  came("early", END + 5 * DAY),
  came("morning", END - HOUR, "holdout"),
  came("afternoon", END),
  came("later", END + 5 * DAY, "holdout"),
  came("both", END + 6 * DAY, "holdout"),
  came("both", END + 7 * DAY),
];

test("RES10 OVW29: who first comes from the planned end on is kept apart from whom it reads, to the moment", () => {
  const sums = sumWithLater(history(MOMENTS), rule, false);
  expect(counts(sums)).toEqual({
    days: { "2026-10-19": 1, "2026-10-28": 1 },
    later: { "2026-10-28": 1, "2026-11-02": 1 },
  });
  expect([sums.multiple, sums.later?.multiple]).toEqual([0, 1]);
  expect(sums.maturesAt).toBe(END - HOUR + 48 * HOUR);
  // Without such an end, or where it had passed when the phase began, all are read.
  expect(counts(sumWithLater(history(MOMENTS), { ...rule, until: null }, false)).later).toBeNull();
  const after = MOMENTS.filter(({ eligibleAt }) => eligibleAt >= END);
  expect(counts(sumWithLater(history(after), rule, false)).later).toBeNull();
  // Of a phase whose days before the end are final, what is still counted came after it.
  expect(counts(sumWithLater(history(after), rule, true))).toMatchObject({ days: {} });
});

test("SEAL7: days after the planned end that are final stay beside those that are counted since", () => {
  const final = sumWithLater(history(MOMENTS), rule, false);
  const open = sumWithLater(history([came("new", END + 30 * DAY)]), rule, true);
  expect(counts(withFinalDays(final, open))).toEqual({
    days: { "2026-10-19": 1, "2026-10-28": 1 },
    later: { "2026-10-28": 1, "2026-11-02": 1, "2026-11-27": 1 },
  });
  expect(counts(withFinalDays(final, sumWithLater(history([]), rule, true)))).toEqual(counts(final));
});

test("RES18: a phase that rested at its planned end reads all of its days", () => {
  const sums = sumWithLater(history(MOMENTS), rule, false);
  const facts: PhaseFacts = {
    sums,
    startedAt: T0,
    stoppedAt: null,
    now: rule.now,
    countedAt: rule.now,
    windowMs: rule.windowMs,
    holdout: 0.5,
    variants: [{ key: "a", weight: 1 }],
    fixedShares: true,
    plan: null,
    plannedEnd: END,
    goal: "sale",
    economics: {},
    startOfDay: (day) => Date.parse(`${day}T00:00:00Z`),
  };
  expect(withReadDays(facts)).toBe(facts);
  const rested = withReadDays({ ...facts, rests: [[END - DAY, END + 5 * DAY]] });
  expect(counts(rested.sums)).toEqual({
    days: { "2026-10-19": 1, "2026-10-28": 2, "2026-11-02": 1 },
    later: null,
  });
  expect(rested.sums).toMatchObject({ multiple: 1, maturesAt: END + 7 * DAY });
});
