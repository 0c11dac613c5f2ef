/** Dice with a seed, so that a failing run can be run again: `SEED=123 npx vitest run …`. */

export type Dice = { seed: number; roll(): number; between(low: number, high: number): number };

/** Mulberry32 from `SEED`, or from a seed of this moment, which the test prints. */
export function dice(): Dice {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000_007);
  let state = seed;
  const roll = () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, roll, between: (low, high) => low + roll() * (high - low) };
}
