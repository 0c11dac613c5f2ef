/** The set `allocation`: hashes, namespaces, bucket ranges, layers, sticky assignment, exact Thompson figures. */
import * as z from "zod";
import {
  assignInLayers,
  bucketRanges,
  placeInNamespace,
  variationAt,
} from "../../domain/experiments/allocation.ts";
import { thompsonExact, withFloor } from "../../domain/experiments/bandit.ts";
import { assignSticky } from "../../domain/experiments/sticky.ts";
import { bucketV1, bucketV2, fnv1a32 } from "../../domain/hash/fnv.ts";
import { murmur3, murmurUnit } from "../../domain/hash/murmur.ts";
import type { VectorSet } from "./vector-set.ts";

const Namespace = z.tuple([z.string(), z.number(), z.number()]);
const HashInput = z.object({ seed: z.string(), value: z.string() });
const NamespaceInput = z.object({ value: z.string(), namespace: Namespace });
const RangesInput = z.object({
  variations: z.int(),
  coverage: z.number().nullish(),
  weights: z.array(z.number()).nullish(),
});
const LayeredInput = z.object({
  visitor: z.string(),
  global_holdout: z.object({ seed: z.string(), share: z.number() }),
  namespace: Namespace.nullish(),
  experiment: z.object({
    seed: z.string(),
    weights: z.array(z.number()),
    coverage: z.number().nullish(),
  }),
});
const StickyDocument = z.record(z.string(), z.string());
const StickyInput = z.object({
  doc: StickyDocument.nullish(),
  docs: z.record(z.string(), StickyDocument.nullable()).nullish(),
  key: z.string(),
  hash_attribute: z.string().optional(),
  fallback: z.string().optional(),
  hash_variation: z.int(),
  coverage_includes: z.boolean().default(true),
  min_bucket_version: z.int().nullish(),
  minBucketVersion: z.int().nullish(),
  variations: z.int().default(2),
});
const ThompsonInput = z.object({
  arms: z.array(z.object({ n: z.number(), x: z.number() })),
  prior: z.tuple([z.number(), z.number()]),
  min_weight: z.number().default(0),
});

/** The seed and the visitors of the reference's `assign` columns; its inputs do not carry them. */
const RANGE_SEED = "exp-A";
const RANGE_VISITORS = [
  "1",
  "visitor-1",
  "visitor-2",
  "v_9f8c1e2a-77aa-4b1e-9d55-0b5d1a2f3c4d",
  "é",
  "日本",
  "😀",
  "user@example.com",
];

function hashes({ seed, value }: z.infer<typeof HashInput>) {
  const inner = fnv1a32(seed + value);
  return {
    fnv1a32_inner: inner,
    fnv1a32_outer: fnv1a32(String(inner)),
    bucket: bucketV2(seed, value),
    v1: bucketV1(seed, value),
    murmur3_32_seed0_utf8: murmur3(seed, value),
    murmur3_unit: murmurUnit(seed, value),
  };
}

function ranges({ variations, coverage, weights }: z.infer<typeof RangesInput>) {
  const found = bucketRanges(variations, coverage ?? 1, weights ?? null);
  const assign = RANGE_VISITORS.map((visitor) => [
    visitor,
    variationAt(bucketV2(RANGE_SEED, visitor), found),
  ]);
  return { ranges: found, assign: Object.fromEntries(assign) };
}

function layered({ visitor, global_holdout, namespace, experiment }: z.infer<typeof LayeredInput>) {
  const { seed, weights, coverage } = experiment;
  const answer = assignInLayers({
    visitor,
    globalHoldout: global_holdout,
    namespace: namespace ?? null,
    experiment: { seed, weights, coverage: coverage ?? 1 },
  });
  return {
    in_global_holdout: answer.inGlobalHoldout,
    namespace_n: answer.namespaceN,
    bucket: answer.bucket,
    variation: answer.variation,
  };
}

function sticky(input: z.infer<typeof StickyInput>) {
  const documentOf = (attribute: string | undefined) => {
    const found = Object.entries(input.docs ?? {}).find(([name]) => name.startsWith(`${attribute}||`));
    return found?.[1] ?? {};
  };
  const count = Math.max(input.variations, input.hash_variation + 1);
  return assignSticky({
    own: input.doc ?? documentOf(input.hash_attribute),
    fallback: documentOf(input.fallback),
    key: input.key,
    variationKeys: Array.from({ length: count }, (_, index) => String(index)),
    hashVariation: input.coverage_includes ? input.hash_variation : -1,
    minBucketVersion: input.min_bucket_version ?? input.minBucketVersion ?? 0,
  });
}

function thompson({ arms, prior, min_weight }: z.infer<typeof ThompsonInput>) {
  const figures = thompsonExact(arms, prior);
  return {
    prob_best: figures.probBest,
    expected_max: figures.expectedMax,
    expected_loss: figures.expectedLoss,
    weights_with_floor: withFloor(figures.probBest, min_weight),
  };
}

export const allocation: VectorSet = ({ kind, input }) => {
  switch (kind) {
    case "hash_fnv_v2":
      return hashes(HashInput.parse(input));
    case "namespace": {
      const { value, namespace } = NamespaceInput.parse(input);
      return placeInNamespace(value, namespace);
    }
    case "bucket_ranges":
      return ranges(RangesInput.parse(input));
    case "layered":
      return layered(LayeredInput.parse(input));
    case "sticky":
      return sticky(StickyInput.parse(input));
    case "thompson_exact":
      return thompson(ThompsonInput.parse(input));
    default:
      throw new Error(`the set allocation has no kind "${kind}"`);
  }
};
