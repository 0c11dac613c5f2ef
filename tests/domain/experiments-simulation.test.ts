/** Rules EXP19 and EXP20 of `docs/rules/experiments.md`, in the short: `npm run bench -- experiments` has the long form. */
import { expect, test, vi } from "vitest";
import { diceOf } from "../../bench/dice.ts";
import { lookDaily } from "../../bench/simulated-campaigns.ts";
import { selfSelection } from "../../bench/simulated-visitors.ts";

/** Simulations, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 60_000 });

const RUNS = 1_000;
const campaign = { name: "", control: 0.02, holdout: 0.5, visitorsPerDay: 1_000, days: 40 };
/** Four standard errors of a share of `RUNS`. */
const slack = (share: number) => 4 * Math.sqrt((share * (1 - share)) / RUNS);

test("EXP19: campaigns without effect, looked at daily: few are stopped, while peeking stops three in ten", () => {
  const found = lookDaily({ ...campaign, treatment: 0.02 }, RUNS, diceOf(7));
  expect(found.early / RUNS).toBeLessThanOrEqual(0.01);
  expect((found.early + found.atEnd) / RUNS).toBeLessThanOrEqual(0.05 + slack(0.05));
  expect(Math.abs(found.peeking / RUNS - 0.302)).toBeLessThan(slack(0.3));
  expect(Math.abs(found.coveredAlways / found.read - 0.957)).toBeLessThan(slack(0.043));
});

test("EXP19: with an effect, all intervals that were shown hold it in 95 %, and most large ones are seen early", () => {
  const found = lookDaily({ ...campaign, treatment: 0.026 }, RUNS, diceOf(8));
  expect(found.coveredPlain / RUNS).toBeGreaterThan(0.95 - slack(0.05));
  expect(found.coveredAlways / found.read).toBeGreaterThan(0.95 - slack(0.05));
  expect(found.coveredAtStop / found.read).toBeGreaterThan(0.95 - slack(0.05));
  expect(found.early / RUNS).toBeGreaterThan(0.6);
  expect((found.early + found.atEnd) / RUNS).toBeGreaterThan(0.95);
});

test("EXP20: of an offer that changes nothing, acceptors less decliners shows 3.7 points, the arms show none", () => {
  const found = selfSelection(40, diceOf(9));
  expect(found.acceptedMinusDeclined).toBeCloseTo(0.0366, 2);
  expect(found.acceptedMinusHeldOut).toBeCloseTo(0.0339, 2);
  expect(Math.abs(found.invitedMinusHeldOut)).toBeLessThan(0.0015);
  expect(Math.abs(found.perConversation)).toBeLessThan(0.016);
  expect(found.covered).toBeGreaterThanOrEqual(34);
});
