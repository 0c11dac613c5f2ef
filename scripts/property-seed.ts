/** The seed of the property tests: `PROPERTY_SEED`, or the one that every run shares. */

const SHARED_SEED = 20_261_123;

/** Throws where `PROPERTY_SEED` is no whole number of 32 bits. */
export function propertySeed(): number {
  const given = process.env["PROPERTY_SEED"];
  if (given === undefined) return SHARED_SEED;
  const seed = Number(given);
  if (!Number.isInteger(seed) || seed !== (seed | 0))
    throw new Error(`PROPERTY_SEED is no whole number of 32 bits: ${given}`);
  return seed;
}
