/** The invited beside the held out: phases and hold-out shares are never thrown together. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  EMPTY_HISTORY,
  type ExposureRow,
  type KpiHistory,
  type OrderRow,
  type RefundRow,
  type VisitRow,
} from "../../domain/kpi/history.ts";
import { kpiRows } from "../../domain/kpi/measure.ts";
import { exposure, HOUR, MINUTE, order, refund, scope, T0, visit } from "./kpi-history.ts";

type Phase = {
  campaign: string;
  phase: number;
  treated: number;
  holdout: number;
  again: number;
  minutes: number;
};

/** In each phase `again` of ten buyers buy again and return something, in both arms alike, so many minutes after. */
function historyOf(phases: readonly Phase[]): KpiHistory {
  const visits: VisitRow[] = [];
  const exposures: ExposureRow[] = [];
  const orders: OrderRow[] = [];
  const refunds: RefundRow[] = [];
  for (const { campaign, phase, treated, holdout, again, minutes } of phases) {
    for (const arm of ["treated", "holdout"] as const) {
      for (let nth = 0; nth < (arm === "treated" ? treated : holdout) * 10; nth += 1) {
        const person = `${campaign}-${phase}-${arm}-${nth}`;
        const first = order(person, T0 + minutes * MINUTE, 50);
        visits.push(visit(person, T0));
        exposures.push(exposure(person, T0, { campaign, phase, arm }));
        orders.push(first);
        if (nth % 10 >= again) continue;
        orders.push(order(person, T0 + HOUR * 3, 50));
        refunds.push(refund(first, 10));
      }
    }
  }
  return { ...EMPTY_HISTORY, visits, exposures, orders, refunds };
}

const BY_ARM = ["return_rate", "repeat_rate", "time_to_purchase_median"] as const;

test("KPI60: where both arms of each phase are alike, so are their figures, whatever the phases and their shares", () => {
  const [row] = kpiRows(
    historyOf([
      { campaign: "cmp_a", phase: 1, treated: 9, holdout: 1, again: 6, minutes: 10 },
      { campaign: "cmp_a", phase: 2, treated: 1, holdout: 1, again: 1, minutes: 40 },
    ]),
    scope,
  );
  // Added up, the invited would have bought again at .55 and the held out at .35.
  const expected = (10 / 12) * 0.6 + (2 / 12) * 0.1;
  expect(row?.treated_repeat_rate.value).toBeCloseTo(expected, 12);
  expect(row?.holdout_repeat_rate.value).toBeCloseTo(expected, 12);
  expect(row).toMatchObject({
    treated_repeat_rate: { denominator: 100, n: 100 },
    holdout_repeat_rate: { denominator: 20, n: 20 },
    treated_time_to_purchase_median: { value: 600 },
    holdout_time_to_purchase_median: { value: 600 },
  });
  const phase = fc.record({
    campaign: fc.constantFrom("cmp_a", "cmp_b"),
    phase: fc.integer({ min: 1, max: 3 }),
    treated: fc.integer({ min: 1, max: 4 }),
    holdout: fc.integer({ min: 1, max: 4 }),
    again: fc.integer({ min: 0, max: 10 }),
    minutes: fc.integer({ min: 1, max: 100 }),
  });
  const phases = fc.uniqueArray(phase, { selector: (one) => `${one.campaign}${one.phase}`, maxLength: 4 });
  fc.assert(
    fc.property(
      phases,
      fc.constantFrom(null, "campaign" as const, "variant" as const, "day" as const),
      (all, by) => {
        for (const figures of kpiRows(historyOf(all), { ...scope, groupBy: by })) {
          for (const name of BY_ARM) {
            const [treated, holdout] = [figures[`treated_${name}`], figures[`holdout_${name}`]];
            expect(treated.value === null).toBe(holdout.value === null);
            expect(treated.value ?? 0).toBeCloseTo(holdout.value ?? 0, 9);
            for (const { value, interval } of [treated, holdout]) {
              if (interval === null || value === null) continue;
              expect(interval[0]).toBeLessThanOrEqual(value + 1e-9);
              expect(interval[1]).toBeGreaterThanOrEqual(value - 1e-9);
            }
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("KPI60: a phase that lacks an arm compares nothing, and is left out where another does; alone it is told as it is", () => {
  const both = { campaign: "cmp_a", phase: 2, treated: 1, holdout: 1, again: 3, minutes: 5 };
  const alone = { campaign: "cmp_a", phase: 1, treated: 4, holdout: 0, again: 9, minutes: 5 };
  const [mixed] = kpiRows(historyOf([both, alone]), scope);
  expect(mixed).toMatchObject({
    treated_repeat_rate: { value: 0.3, numerator: 3, denominator: 10 },
    holdout_repeat_rate: { value: 0.3, numerator: 3, denominator: 10 },
    treated_visitors: { value: 50 },
  });
  const [one] = kpiRows(historyOf([alone]), scope);
  expect(one).toMatchObject({
    treated_repeat_rate: { value: 0.9, numerator: 36, denominator: 40 },
    holdout_repeat_rate: { value: null, denominator: 0 },
  });
});
