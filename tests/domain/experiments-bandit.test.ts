/** Rules T71 and T72 of `docs/rules/targeting.md`, RES25 of `docs/rules/results.md`: weights that move, and who keeps what they had. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { MIN_UNITS, nextWeights, WEIGHT_FLOOR } from "../../domain/experiments/bandit.ts";
import { acrossPeriods } from "../../domain/experiments/bandit-periods.ts";
import { Campaign } from "../../domain/targeting/campaign.ts";
import { assignmentOf } from "../../domain/visit/engage.ts";
import { mulberry } from "../mulberry.ts";

/** Simulations, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

const arm = (n: number, x: number, weight = 1) => ({ weight, periods: [{ n, x }] });

test("T72: nothing moves before each arm has its hundred units, nor where there is nothing to choose", () => {
  expect(nextWeights([arm(MIN_UNITS, 9), arm(MIN_UNITS - 1, 0)])).toBeNull();
  expect(nextWeights([arm(5_000, 9)])).toBeNull();
  expect(nextWeights([arm(5_000, 9), arm(0, 0, 0)])).toBeNull();
  const moved = nextWeights([arm(MIN_UNITS, 9), arm(MIN_UNITS, 0)]) ?? [];
  expect(moved[0]).toBeGreaterThan(0.9);
  expect(nextWeights([arm(MIN_UNITS, 4), arm(MIN_UNITS, 4)])).toEqual([
    expect.closeTo(0.5, 9),
    expect.closeTo(0.5, 9),
  ]);
});

test("T72: no variant falls below the floor, the weights sum to 1, and one that was given none stays without", () => {
  const anyArm = fc
    .record({
      n: fc.integer({ min: MIN_UNITS, max: 50_000 }),
      rate: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ n, rate }) => arm(n, Math.round(n * rate)));
  fc.assert(
    fc.property(fc.array(anyArm, { minLength: 2, maxLength: 9 }), (arms) => {
      const weights = nextWeights([...arms, arm(0, 0, 0)]) ?? [];
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
      expect(weights.at(-1)).toBe(0);
      for (const weight of weights.slice(0, -1)) expect(weight).toBeGreaterThanOrEqual(WEIGHT_FLOOR - 1e-9);
    }),
    { numRuns: 60 },
  );
});

/** The expected successes that are lost against always playing the best arm. */
function regretOf(rates: number[], horizon: number, batch: number, random: () => number): number {
  const best = Math.max(...rates);
  const known = rates.map(() => arm(0, 0));
  const present = rates.map(() => ({ n: 0, x: 0 }));
  let weights = rates.map(() => 1 / rates.length);
  let lost = 0;
  for (let played = 0; played < horizon; played += 1) {
    if (played > 0 && played % batch === 0) {
      for (const [place, one] of present.entries()) {
        known[place]?.periods.push({ ...one });
        Object.assign(one, { n: 0, x: 0 });
      }
      weights = nextWeights(known) ?? weights;
      for (const weight of weights) expect(weight).toBeGreaterThanOrEqual(WEIGHT_FLOOR - 1e-9);
    }
    let left = random();
    const drawn = weights.findIndex((weight) => (left -= weight) < 0);
    const chosen = drawn < 0 ? rates.length - 1 : drawn;
    const rate = rates[chosen] ?? 0;
    const unit = present[chosen];
    if (unit === undefined) continue;
    unit.n += 1;
    unit.x += random() < rate ? 1 : 0;
    lost += best - rate;
  }
  return lost;
}

test.each([
  { rates: [0.02, 0.025, 0.03], horizon: 60_000, batch: 1_000, equal: 300, published: 82.8, se: 21.8 },
  { rates: [0.1, 0.12], horizon: 20_000, batch: 500, equal: 200, published: 43.8, se: 23.5 },
  { rates: [0.3, 0.3, 0.3, 0.36], horizon: 8_000, batch: 200, equal: 360, published: 126.4, se: 27 },
])("T72: $rates over $horizon visitors loses far less than equal weights do", (given) => {
  const { rates, horizon, batch, equal, published, se } = given;
  const runs = 12;
  const random = mulberry(2_026);
  let lost = 0;
  for (let run = 0; run < runs; run += 1) lost += regretOf(rates, horizon, batch, random) / runs;
  console.log(`regret of ${rates.join("/")}: ${lost.toFixed(1)}, of equal weights ${equal}`);
  expect(lost).toBeLessThan(equal / 2);
  // `se` is that of one run of the published simulation; four standard errors of our mean.
  expect(Math.abs(lost - published)).toBeLessThan((4 * se) / Math.sqrt(runs));
});

test("RES25: of one period the arms are what they are, and so are those of many with the same shares", () => {
  expect(
    acrossPeriods([
      [
        { n: 200, x: 9 },
        { n: 1_800, x: 90 },
      ],
    ]),
  ).toEqual([
    { n: expect.closeTo(200, 6), x: expect.closeTo(9, 9) },
    { n: expect.closeTo(1_800, 6), x: expect.closeTo(90, 9) },
  ]);
  const [a, b] = acrossPeriods([
    [
      { n: 100, x: 5 },
      { n: 300, x: 30 },
    ],
    [
      { n: 400, x: 40 },
      { n: 1_200, x: 60 },
    ],
  ]);
  expect(a).toEqual({ n: expect.closeTo(500, 6), x: expect.closeTo(45, 6) });
  expect(b).toEqual({ n: expect.closeTo(1_500, 6), x: expect.closeTo(90, 6) });
  expect(acrossPeriods([])).toEqual([]);
  // Periods in which one was not seen are put to those beside them.
  const few = acrossPeriods([
    [
      { n: 3, x: 1 },
      { n: 40, x: 2 },
    ],
    [
      { n: 0, x: 0 },
      { n: 9, x: 1 },
    ],
    [
      { n: 60, x: 4 },
      { n: 2, x: 0 },
    ],
  ]);
  expect(few).toEqual([
    { n: expect.closeTo(63, 6), x: expect.closeTo(5, 6) },
    { n: expect.closeTo(51, 6), x: expect.closeTo(3, 6) },
  ]);
});

test("RES25: better days are not taken for a better variant: what pooling would reverse is read period by period", () => {
  const [worse, better] = [
    [
      { n: 1_000, x: 50 },
      { n: 9_000, x: 900 },
    ],
    [
      { n: 3_000, x: 180 },
      { n: 1_000, x: 120 },
    ],
  ];
  const pooled = ([one, other]: { n: number; x: number }[]) =>
    arm((one?.n ?? 0) + (other?.n ?? 0), (one?.x ?? 0) + (other?.x ?? 0));
  expect(nextWeights([pooled(worse), pooled(better)])?.[1]).toBeLessThan(0.2);
  expect(
    nextWeights([
      { weight: 1, periods: worse },
      { weight: 1, periods: better },
    ])?.[1],
  ).toBeGreaterThan(0.8);
});

/** The weight of the better of two variants after people have come to buy a quarter of what they did. */
function weightAfterDrift(random: () => number, byPeriod: boolean): number {
  const rates = [0.05, 0.06];
  const known = rates.map(() => ({ weight: 1, periods: [] as { n: number; x: number }[] }));
  // As a first batch may have it: nearly all see the worse one.
  let weights = [0.95, 0.05];
  for (let batch = 0; batch < 16; batch += 1) {
    const present = rates.map(() => ({ n: 0, x: 0 }));
    for (let visitor = 0; visitor < 1_000; visitor += 1) {
      const chosen = (batch === 0 ? visitor % 2 : Number(random() >= (weights[0] ?? 0))) as 0 | 1;
      const unit = present[chosen] ?? { n: 0, x: 0 };
      unit.n += 1;
      unit.x += random() < (rates[chosen] ?? 0) * (batch < 4 ? 4 : 1) ? 1 : 0;
    }
    for (const [place, { periods }] of known.entries()) {
      const [own, last] = [present[place] ?? { n: 0, x: 0 }, periods.at(-1)];
      if (byPeriod || last === undefined) periods.push(own);
      else Object.assign(last, { n: last.n + own.n, x: last.x + own.x });
    }
    if (batch >= 4) weights = nextWeights(known) ?? weights;
  }
  return weights[1] ?? 0;
}

test("RES25: after a drift the better variant is found more often than by pooling", () => {
  const random = mulberry(74);
  const runs = 60;
  const mean = (byPeriod: boolean) =>
    Array.from({ length: runs }, () => weightAfterDrift(random, byPeriod)).reduce(
      (sum, one) => sum + one,
      0,
    ) / runs;
  const [pooled, apart] = [mean(false), mean(true)];
  console.log(
    `weight of the better variant after a drift: ${apart.toFixed(2)} by period, ${pooled.toFixed(2)} pooled`,
  );
  expect(apart).toBeGreaterThan(pooled + 0.2);
  expect(apart).toBeGreaterThan(0.75);
});

const campaign = Campaign.parse({
  id: "cmp_1",
  name: "one",
  status: "live",
  kind: "chat",
  holdout: 0.3,
  allocation: "bandit",
  variants: [
    { key: "a", weight: 0.5, creative: {} },
    { key: "b", weight: 0.5, creative: {} },
  ],
  version: 1,
  phase: 2,
  created_at: "2026-11-01T00:00:00Z",
  updated_at: "2026-11-01T00:00:00Z",
});
const moved = { ...campaign, bandit: { period: 3, weights: [0.05, 0.95] } };

test("T71: the bandit's weights decide the variant and its probability, and never who is held out", () => {
  const visitors = Array.from({ length: 4_000 }, (_, index) => `visitor-${index}`);
  const before = visitors.map((visitor) => assignmentOf({ visitor, exposures: [] }, campaign));
  const after = visitors.map((visitor) => assignmentOf({ visitor, exposures: [] }, moved));
  expect(after.map(({ arm: each }) => each)).toEqual(before.map(({ arm: each }) => each));
  const share = after.filter(({ variant }) => variant === "b").length / visitors.length;
  expect(Math.abs(share - 0.95)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / visitors.length));
  expect(new Set(after.map(({ probability }) => probability.toFixed(6)))).toEqual(
    new Set(["0.035000", "0.665000", "0.015000", "0.285000"]),
  );
  const fixed = { ...moved, allocation: "fixed" as const };
  expect(assignmentOf({ visitor: "ada", exposures: [] }, fixed)).toEqual(
    assignmentOf({ visitor: "ada", exposures: [] }, campaign),
  );
});

test("T71: who was eligible in this phase before keeps the variant and its probability; a new phase draws anew", () => {
  const earlier = {
    id: "dec_1",
    campaign: "cmp_1",
    kind: "chat" as const,
    arm: "treated" as const,
    variant: "a",
    probability: 0.35,
    eligibleAt: 0,
    expiresAt: 0,
    shownAt: null,
    openedAt: null,
    declinedAt: null,
    ignoredAt: null,
    clickedAt: null,
    revision: 1,
  };
  const visitors = Array.from({ length: 200 }, (_, index) => `visitor-${index}`);
  const given = (visitor: string, phase: number) =>
    assignmentOf({ visitor, exposures: [{ ...earlier, phase }] }, moved);
  for (const visitor of visitors) {
    expect(given(visitor, 2)).toEqual({ arm: "treated", variant: "a", probability: 0.35 });
    expect(given(visitor, 1)).toEqual(assignmentOf({ visitor, exposures: [] }, moved));
  }
  const gone = { ...moved, variants: moved.variants.slice(1), bandit: null };
  expect(assignmentOf({ visitor: "ada", exposures: [{ ...earlier, phase: 2 }] }, gone).variant).toBe("b");
});
