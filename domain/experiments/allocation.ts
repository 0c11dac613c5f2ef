/**
 * Who gets what: bucket ranges, namespaces, the site-wide hold-out, and the arm of a campaign.
 *
 * Shapes  everything is a pure function of names and shares, so anybody can compute it again;
 *         ranges include their lower end and exclude their upper one.
 * Units   shares and probabilities from 0 to 1.
 */
import { bucketV1, bucketV2 } from "../hash/fnv.ts";
import type { Arm } from "../targeting/decision.ts";

export type Range = readonly [from: number, to: number];
export type Namespace = readonly [id: string, from: number, to: number];

/** How far the weights' sum may be from 1 before they are taken as unusable. */
const SUM_SLACK = 0.01;

/**
 * The range of each of `count` variations. Weights that are missing, too few or do not sum to 1 give way to
 * an equal split; `coverage` shrinks each range from its left edge, so widening it moves nobody.
 */
export function bucketRanges(
  count: number,
  coverage: number = 1,
  weights: readonly number[] | null = null,
): Range[] {
  const covered = Math.min(1, Math.max(0, coverage));
  let start = 0;
  return usableWeights(count, weights).map((weight) => {
    const from = start;
    start += weight;
    return [from, from + covered * weight] as const;
  });
}

function usableWeights(count: number, weights: readonly number[] | null): readonly number[] {
  const equal = Array.from({ length: Math.max(0, count) }, () => 1 / count);
  if (weights === null || weights.length !== count) return equal;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum < 1 - SUM_SLACK || sum > 1 + SUM_SLACK ? equal : weights;
}

/** The index of the range that holds `bucket`; −1 when none does. */
export function variationAt(bucket: number, ranges: readonly Range[]): number {
  return ranges.findIndex(([from, to]) => bucket >= from && bucket < to);
}

/**
 * Whether `visitor` is one of those for whom a campaign's namespace is: campaigns with the same key and ranges that do
 * not meet never share a visitor. By the second hash, under a seed that no hold-out and no campaign has.
 */
export function inNamespace(
  visitor: string,
  { key, from, to }: { key: string; from: number; to: number },
): boolean {
  const bucket = bucketV2(`namespace:${key}:`, visitor);
  return bucket >= from && bucket < to;
}

/** Where `value` lies in a namespace as other tools place it, by the first hash, and whether inside its range. */
export function placeInNamespace(value: string, [id, from, to]: Namespace): { n: number; included: boolean } {
  const n = bucketV1(`__${id}`, value);
  return { n, included: n >= from && n < to };
}

/** Whether `visitor` is kept out of every campaign under this hold-out's own seed. */
export function inHoldout(visitor: string, { seed, share }: { seed: string; share: number }): boolean {
  return bucketV2(seed, visitor) < share;
}

/** The seed of a site's hold-out over all campaigns. */
export function globalHoldoutSeed(site: string): string {
  return `${site}:global-holdout`;
}

export type Layers = {
  visitor: string;
  globalHoldout: { seed: string; share: number };
  namespace: Namespace | null;
  experiment: { seed: string; weights: readonly number[]; coverage?: number };
};

/** The layers in their order: site-wide hold-out, namespace, then the experiment's own hash. */
export function assignInLayers({ visitor, globalHoldout, namespace, experiment }: Layers): {
  inGlobalHoldout: boolean;
  namespaceN: number | null;
  bucket: number;
  variation: number | null;
} {
  const inGlobalHoldout = inHoldout(visitor, globalHoldout);
  const place = namespace === null ? null : placeInNamespace(visitor, namespace);
  const bucket = bucketV2(experiment.seed, visitor);
  const ranges = bucketRanges(experiment.weights.length, experiment.coverage ?? 1, experiment.weights);
  const found = variationAt(bucket, ranges);
  const excluded = inGlobalHoldout || place?.included === false || found < 0;
  return { inGlobalHoldout, namespaceN: place?.n ?? null, bucket, variation: excluded ? null : found };
}

export type Assignment = { arm: Arm; variant: string; probability: number };

/**
 * The arm and variant of one visitor in one phase of a campaign: the hold-out first, by a seed of its own, then
 * the variant. A held-out visitor keeps the variant that it would have seen.
 *
 * @param holdout  share of visitors who see nothing
 * @param variants at least one; weights are relative to each other
 * @returns `probability`: how likely this very arm and variant was, so that all of them sum to 1
 */
export function assign({
  campaign,
  phase,
  visitor,
  holdout,
  variants,
}: {
  campaign: string;
  phase: number;
  visitor: string;
  holdout: number;
  variants: readonly { key: string; weight: number }[];
}): Assignment {
  const seed = `${campaign}:${phase}`;
  const held = inHoldout(visitor, { seed: `${seed}:holdout`, share: holdout });
  const shares = relativeShares(variants.map((variant) => variant.weight));
  const chosen = shareAt(bucketV2(seed, visitor), shares);
  return {
    arm: held ? "holdout" : "treated",
    variant: variants[chosen]?.key ?? "",
    probability: (held ? holdout : 1 - holdout) * (shares[chosen] ?? 0),
  };
}

/** `weights` scaled to sum to 1; all equal where they are all 0. */
function relativeShares(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (sum > 0 ? weight / sum : 1 / weights.length));
}

/** The share in which `bucket` lies; the last one that is not empty takes what rounding leaves over. */
function shareAt(bucket: number, shares: readonly number[]): number {
  let end = 0;
  for (const [index, share] of shares.entries()) {
    end += share;
    if (bucket < end) return index;
  }
  return shares.findLastIndex((share) => share > 0);
}
