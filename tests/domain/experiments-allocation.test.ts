/** Rules T30 to T39 of `docs/rules/targeting.md`: who gets what, by hash alone. */
import { GrowthBook } from "@growthbook/growthbook";
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import {
  assign,
  assignInLayers,
  bucketRanges,
  globalHoldoutSeed,
  inHoldout,
  placeInNamespace,
  variationAt,
} from "../../domain/experiments/allocation.ts";
import { thompsonExact, withFloor } from "../../domain/experiments/bandit.ts";
import { assignSticky } from "../../domain/experiments/sticky.ts";
import { bucketV1, bucketV2, fnv1a32 } from "../../domain/hash/fnv.ts";
import { murmur3, murmurUnit } from "../../domain/hash/murmur.ts";

/** Properties over many cases, on machines that are busy with other things. */
vi.setConfig({ testTimeout: 120_000 });

test.each([
  ["", 2166136261],
  ["a", 3826002220],
  ["foobar", 3214735720],
])("T30: FNV-1a 32 of %j is %i, as published", (text, expected) => {
  expect(fnv1a32(text)).toBe(expected);
});

test("T30: buckets of both versions lie in [0, 1), in steps of their own", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (seed, value) => {
      for (const [bucket, steps] of [
        [bucketV2(seed, value), 10_000],
        [bucketV1(seed, value), 1_000],
      ] as const) {
        expect(bucket).toBeGreaterThanOrEqual(0);
        expect(bucket).toBeLessThan(1);
        expect(Math.abs(bucket * steps - Math.round(bucket * steps))).toBeLessThan(1e-9);
      }
    }),
  );
});

test("T30: MurmurHash3 of the UTF-8 text, as published", () => {
  expect(murmur3("", "")).toBe(723937430);
  expect(murmurUnit("", "")).toBeCloseTo(0.1685548177920282, 12);
  expect(murmur3("", "日本")).toBe(2781927576);
});

test("T31: the same visitor, weights and coverage give the variation that the released GrowthBook gives", () => {
  // The reference complains of the unusable weights and coverages that it is given here on purpose.
  vi.spyOn(console, "error").mockReturnValue();
  const weights = fc.constantFrom<number[]>(
    [0.5, 0.5],
    [0.1, 0.9],
    [0.7, 0.6],
    [0.2, 0.3, 0.5],
    [0.33, 0.33, 0.33],
  );
  fc.assert(
    fc.property(
      fc.string().map((end) => `exp-${end}`),
      fc.uuid(),
      weights,
      fc.constantFrom(0, 0.1, 0.5, 1, 2),
      (seed, visitor, shares, coverage) => {
        const sdk = new GrowthBook({ attributes: { id: visitor } });
        const result = sdk.run({
          key: seed,
          variations: shares.map((_, i) => i) as [number, number],
          weights: shares,
          coverage,
          hashVersion: 2,
        });
        const found = variationAt(bucketV2(seed, visitor), bucketRanges(shares.length, coverage, shares));
        expect(found).toBe(result.inExperiment ? result.variationId : -1);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("T32: weights that do not sum to 1 split equally; coverage shrinks each range from its left edge", () => {
  expect(bucketRanges(2, 1, [0.7, 0.6])).toEqual([
    [0, 0.5],
    [0.5, 1],
  ]);
  expect(bucketRanges(2, 0.5, null)).toEqual([
    [0, 0.25],
    [0.5, 0.75],
  ]);
  expect(variationAt(0.3, bucketRanges(2, 0.5))).toBe(-1);
  expect(bucketRanges(0)).toEqual([]);
});

test("T33: widening coverage moves nobody who is in", () => {
  fc.assert(
    fc.property(
      fc.uuid(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (visitor, a, b) => {
        const at = (coverage: number) => variationAt(bucketV2("exp", visitor), bucketRanges(3, coverage));
        const narrow = at(Math.min(a, b));
        if (narrow >= 0) expect(at(Math.max(a, b))).toBe(narrow);
      },
    ),
  );
});

test("T34: namespaces take the first hash, and exclude what lies outside their range", () => {
  expect(placeInNamespace("1", ["invites", 0, 0.5])).toEqual({ n: 0.968, included: false });
  expect(placeInNamespace("visitor-2", ["invites", 0, 0.5])).toEqual({ n: 0.454, included: true });
});

test("T35: the layers in their order: site-wide hold-out, namespace, experiment", () => {
  const layers = {
    visitor: "visitor-1",
    globalHoldout: { seed: "global-holdout-2026", share: 0.05 },
    namespace: ["invites", 0, 0.5] as const,
    experiment: { seed: "invite-copy-v1", weights: [0.1, 0.45, 0.45] },
  };
  expect(assignInLayers(layers)).toEqual({
    inGlobalHoldout: false,
    namespaceN: 0.305,
    bucket: 0.4324,
    variation: 1,
  });
  expect(assignInLayers({ ...layers, visitor: "visitor-4" }).variation).toBeNull();
  expect(
    assignInLayers({ ...layers, globalHoldout: { seed: "global-holdout-2026", share: 1 } }),
  ).toMatchObject({ inGlobalHoldout: true, variation: null });
  expect(assignInLayers({ ...layers, namespace: null })).toMatchObject({ namespaceN: null, variation: 1 });
});

const KEYS = ["0", "1"];
test.each([
  [
    "a first visit writes",
    { own: {}, hashVariation: 1 },
    { variation: 1, source: "hash", write: { exp__0: "1" } },
  ],
  [
    "what is stored wins over new weights",
    { own: { exp__0: "1" }, hashVariation: 0 },
    { variation: 1, source: "sticky", write: null },
  ],
  [
    "and over a coverage cut",
    { own: { exp__0: "1" }, hashVariation: -1 },
    { variation: 1, source: "sticky", write: null },
  ],
  [
    "a coverage cut excludes who is new",
    { own: {}, hashVariation: -1 },
    { variation: -1, source: "excluded", write: null },
  ],
  [
    "a new version hashes again",
    { own: { exp__0: "1" }, key: "exp__1", hashVariation: 0 },
    { variation: 0, source: "hash", write: { exp__1: "0" } },
  ],
  [
    "an older version than the least is excluded",
    { own: { exp__0: "1" }, key: "exp__2", hashVariation: 0, minBucketVersion: 1 },
    { variation: -1, source: "excluded", write: null },
  ],
  [
    "an unknown stored key is ignored",
    { own: { exp__0: "9" }, hashVariation: 0 },
    { variation: 0, source: "hash", write: { exp__0: "0" } },
  ],
  [
    "the fallback is read",
    { own: {}, fallback: { exp__0: "1" }, hashVariation: 0 },
    { variation: 1, source: "sticky-fallback", write: null },
  ],
  [
    "the own document overrides the fallback",
    { own: { exp__0: "0" }, fallback: { exp__0: "1" }, hashVariation: 1 },
    { variation: 0, source: "sticky", write: null },
  ],
  [
    "inherited names are no memory",
    { own: {}, key: "toString", hashVariation: 0 },
    { variation: 0, source: "hash", write: { toString: "0" } },
  ],
])("T36: sticky assignment: %s", (_, given, expected) => {
  expect(assignSticky({ key: "exp__0", variationKeys: KEYS, ...given })).toEqual(expected);
});

const variants = [
  { key: "a", weight: 1 },
  { key: "b", weight: 0.5 },
  { key: "c", weight: 0 },
];
const ask = (visitor: string, given: Partial<Parameters<typeof assign>[0]> = {}) =>
  assign({ campaign: "cmp_1", phase: 1, visitor, holdout: 0.2, variants, ...given });

test("T37: the arm is decided by its own seed, then the variant by another; anybody can compute both again", () => {
  const shares = [2 / 3, 1 / 3];
  fc.assert(
    fc.property(fc.uuid(), fc.integer({ min: 1, max: 9 }), (visitor, phase) => {
      const { arm, variant, probability } = ask(visitor, { phase });
      const held = bucketV2(`cmp_1:${phase}:holdout`, visitor) < 0.2;
      const first = bucketV2(`cmp_1:${phase}`, visitor) < 2 / 3;
      expect(arm).toBe(held ? "holdout" : "treated");
      expect(variant).toBe(first ? "a" : "b");
      expect(probability).toBeCloseTo((held ? 0.2 : 0.8) * (shares[first ? 0 : 1] ?? 0), 12);
    }),
  );
});

test("T37: the cells' probabilities sum to 1, and a hundred thousand visitors fall by them, arm and variant independent", () => {
  const cells = new Map<string, { count: number; probability: number }>();
  const visitors = 100_000;
  for (let index = 0; index < visitors; index += 1) {
    const { arm, variant, probability } = ask(`visitor-${index}`);
    const cell = cells.get(`${arm} ${variant}`) ?? { count: 0, probability };
    cells.set(`${arm} ${variant}`, { count: cell.count + 1, probability });
  }
  const all = [...cells.values()];
  expect(cells.size).toBe(4);
  expect(all.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
  const chiSquare = all.reduce(
    (sum, { count, probability }) => sum + (count - visitors * probability) ** 2 / (visitors * probability),
    0,
  );
  // The 99.9 % point of chi-square with three degrees of freedom.
  expect(chiSquare).toBeLessThan(16.27);
});

test("T38: no hold-out treats everybody, a whole one nobody; raising it only takes people out", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.double({ min: 0, max: 1, noNaN: true }), (visitor, share) => {
      expect(ask(visitor, { holdout: 0 }).arm).toBe("treated");
      expect(ask(visitor, { holdout: 1 }).arm).toBe("holdout");
      if (ask(visitor, { holdout: share / 2 }).arm === "holdout")
        expect(ask(visitor, { holdout: share }).arm).toBe("holdout");
    }),
  );
});

test("T38: weights that are all 0 split equally; one variant is always given", () => {
  const zero = [
    { key: "a", weight: 0 },
    { key: "b", weight: 0 },
  ];
  const seen = new Set(
    Array.from({ length: 50 }, (_, index) => ask(`v${index}`, { variants: zero }).variant),
  );
  expect([...seen].sort()).toEqual(["a", "b"]);
  expect(ask("v", { holdout: 0, variants: [{ key: "only", weight: 0.3 }] })).toEqual({
    arm: "treated",
    variant: "only",
    probability: 1,
  });
});

test("T38: the site-wide hold-out has a seed of its own", () => {
  const share = 0.1;
  const held = Array.from({ length: 20_000 }, (_, index) =>
    inHoldout(`v-${index}`, { seed: globalHoldoutSeed("demo"), share }),
  );
  const rate = held.filter(Boolean).length / held.length;
  expect(Math.abs(rate - share)).toBeLessThan(0.01);
  expect(inHoldout("v-1", { seed: globalHoldoutSeed("demo"), share: 0 })).toBe(false);
});

test("T39: Thompson's figures are exact: two arms have a closed form", () => {
  // P(θ₂ > θ₁) for Beta(1,1) against Beta(2,1): ∫ 2x · x dx = 2/3; E max = ∫ 1 − x³ dx = 3/4.
  const figures = thompsonExact(
    [
      { n: 0, x: 0 },
      { n: 1, x: 1 },
    ],
    [1, 1],
  );
  expect(figures.probBest[1]).toBeCloseTo(2 / 3, 9);
  expect(figures.expectedMax).toBeCloseTo(3 / 4, 9);
  expect(figures.expectedLoss[0]).toBeCloseTo(1 / 4, 9);
});

test("T39: a posterior that leans far to one side keeps all its mass", () => {
  const { probBest, expectedMax } = thompsonExact(
    [
      { n: 5_000_000, x: 5_000_000 },
      { n: 10, x: 0 },
    ],
    [1, 1],
  );
  expect(probBest[0]).toBeCloseTo(1, 9);
  expect(expectedMax).toBeCloseTo(5_000_001 / 5_000_002, 9);
});

test("T39: probabilities sum to 1 and losses are never negative, for few trials and for very many", () => {
  const arm = fc
    .constantFrom(10, 1_000, 100_000, 5_000_000)
    .chain((n) => fc.integer({ min: 0, max: n }).map((x) => ({ n, x })));
  fc.assert(
    fc.property(fc.array(arm, { minLength: 2, maxLength: 5 }), (arms) => {
      const { probBest, expectedLoss } = thompsonExact(arms, [1, 1]);
      expect(probBest.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
      for (const loss of expectedLoss) expect(loss).toBeGreaterThan(-1e-9);
    }),
    { numRuns: 20 },
  );
}, 30_000);

test("T39: a floor is added, so that no arm starves and the weights still sum to 1", () => {
  const weights = withFloor([0.9, 0.1, 0], 0.05);
  expect(weights.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
  expect(Math.min(...weights)).toBeCloseTo(0.05, 12);
});
