/** Rule KPI45 of `docs/rules/kpis.md`: which answers and durations a figure is made of. */
import { expect, test } from "vitest";
import { figuresAmong, figuresOf, KPI_NAMES, spreadsOf } from "../../domain/kpi/figures.ts";
import { emptyTally, SPREADS } from "../../domain/kpi/tally.ts";

test("KPI45: a figure asked for alone, with only what it is made of added up, is what it is among all", () => {
  const whole = emptyTally();
  for (const [place, name] of SPREADS.entries()) whole[name] = { 1: 3, 4: 5 + place, 7: 40, 90: 2 };
  whole.surveys_sent = 500;
  for (const businessHours of [false, true]) {
    const all = figuresOf(whole, { businessHours });
    for (const name of KPI_NAMES) {
      const wanted = spreadsOf([name]);
      const part = { ...whole };
      for (const other of SPREADS) if (!wanted.has(other)) part[other] = {};
      expect([name, figuresAmong([name], part, { businessHours })[name]]).toEqual([name, all[name]]);
    }
  }
});
