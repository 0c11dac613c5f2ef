/**
 * The hashes that put a visitor into a bucket.
 *
 * Shapes  FNV-1a, 32 bit, over UTF-16 code units; `bucketV2` is what every assignment uses,
 *         `bucketV1` stays for namespaces that other tools read.
 * Units   buckets are shares in [0, 1): v2 in steps of 1/10,000, v1 in steps of 1/1,000.
 */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a 32 of `text`, as an unsigned integer. */
export function fnv1a32(text: string): number {
  let hash = OFFSET_BASIS;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  }
  return hash >>> 0;
}

/** Where `value` falls under `seed`: even and independent between seeds. */
export function bucketV2(seed: string, value: string): number {
  return (fnv1a32(String(fnv1a32(seed + value))) % 10_000) / 10_000;
}

/** The older hash, biased between seeds; only namespaces still use it. */
export function bucketV1(seed: string, value: string): number {
  return (fnv1a32(value + seed) % 1_000) / 1_000;
}
