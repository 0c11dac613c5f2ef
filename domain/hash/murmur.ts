/**
 * MurmurHash3 x86_32, seed 0, over the UTF-8 of `seed:value`, for tools that bucket by it.
 *
 * Units   `murmurUnit` is a share in [0, 1).
 */
import murmurhash from "murmurhash";

const SPAN = 2 ** 32;

/** The unsigned 32-bit hash of `seed` and `value`. */
export function murmur3(seed: string, value: string): number {
  return murmurhash.v3(`${seed}:${value}`, 0);
}

/** The same as a share in [0, 1). */
export function murmurUnit(seed: string, value: string): number {
  return murmur3(seed, value) / SPAN;
}
