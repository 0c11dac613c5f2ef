/**
 * Sticky assignment: once a visitor has a variation, new weights and coverage cuts do not take it away.
 *
 * Shapes  one document per `attribute||value`, holding `experiment__bucketVersion` → variation key.
 *         A fallback attribute's document is read first and the hash attribute's own overrides it.
 */
export type StickyDocument = Readonly<Record<string, string>>;

export type StickyAnswer = {
  /** −1: excluded. */
  variation: number;
  source: "sticky" | "sticky-fallback" | "hash" | "excluded";
  /** What to remember from now on; null when nothing new was learned. */
  write: Record<string, string> | null;
};

/** The key under which a variation of `experiment` is remembered. */
export function stickyKey(experiment: string, bucketVersion: number): string {
  return `${experiment}__${bucketVersion}`;
}

/**
 * What a visitor gets, given what is remembered and what the hash says now.
 *
 * @param hashVariation    the hash's answer; −1 outside coverage
 * @param minBucketVersion anybody remembered under a lower version is excluded
 */
export function assignSticky({
  own,
  fallback = {},
  key,
  variationKeys,
  hashVariation,
  minBucketVersion = 0,
}: {
  own: StickyDocument;
  fallback?: StickyDocument;
  key: string;
  variationKeys: readonly string[];
  hashVariation: number;
  minBucketVersion?: number;
}): StickyAnswer {
  const excluded: StickyAnswer = { variation: -1, source: "excluded", write: null };
  if (rememberedBelow(key, minBucketVersion, [own, fallback])) return excluded;

  const ownKey = ownValue(own, key);
  const stored = variationKeys.indexOf(ownKey ?? ownValue(fallback, key) ?? "");
  if (stored >= 0) {
    return { variation: stored, source: ownKey === undefined ? "sticky-fallback" : "sticky", write: null };
  }

  const hashed = variationKeys[hashVariation];
  if (hashed === undefined) return excluded;
  return { variation: hashVariation, source: "hash", write: { [key]: hashed } };
}

function rememberedBelow(key: string, minimum: number, documents: readonly StickyDocument[]): boolean {
  const experiment = key.slice(0, key.lastIndexOf("__"));
  const old = Array.from({ length: minimum }, (_, version) => stickyKey(experiment, version));
  return old.some((name) => documents.some((document) => ownValue(document, name) !== undefined));
}

function ownValue(document: StickyDocument, name: string): string | undefined {
  return Object.hasOwn(document, name) ? document[name] : undefined;
}
