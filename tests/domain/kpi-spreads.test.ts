/** Rule KPI45 of `docs/rules/kpis.md`: which answers and durations a figure is made of. */
import { expect, test } from "vitest";
import { figuresAmong, figuresOf, KPI_NAMES } from "../../domain/kpi/figures.ts";
import { spreadsOf } from "../../domain/kpi/figure-spreads.ts";
import { DURATIONS, emptyTally, NAMED, SCALES, SPREADS, spreadOf } from "../../domain/kpi/tally.ts";

/** Fields and arms of a phase, or seconds and arms. */
const CODES = [0, 1, 2, 3, 4, 5, 6, 7];

test("KPI45: a figure asked for alone, with only what it is made of added up, is what it is among all", () => {
  const whole = emptyTally();
  const countsOf = (place: number) => ({ 1: 3, 4: 5 + place, 7: 40, 90: 2 });
  for (const [place, name] of SCALES.entries()) whole[name] = countsOf(place);
  for (const [place, name] of DURATIONS.entries()) whole[name] = spreadOf(countsOf(place));
  for (const name of NAMED)
    whole[name] = new Map([["phase", new Map(CODES.map((code) => [code, 3 + code]))]]);
  whole.surveys_sent = 500;
  for (const businessHours of [false, true]) {
    const all = figuresOf(whole, { businessHours });
    for (const name of KPI_NAMES) {
      const wanted = spreadsOf([name]);
      const none = emptyTally();
      const rest = SPREADS.filter((other) => !wanted.has(other)).map((other) => [other, none[other]]);
      const part = { ...whole, ...(Object.fromEntries(rest) as object) };
      expect([name, figuresAmong([name], part, { businessHours })[name]]).toEqual([name, all[name]]);
    }
  }
});
