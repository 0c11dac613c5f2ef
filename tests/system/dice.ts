/** Dice with a seed, so that a failing run can be run again: `SEED=123 npx vitest run …`. */
import { mulberry } from "../mulberry.ts";

export type Dice = { seed: number; roll(): number; between(low: number, high: number): number };

/** Dice from `SEED`, or from a seed of this moment, which the test prints. */
export function dice(): Dice {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000_007);
  const roll = mulberry(seed);
  return { seed, roll, between: (low, high) => low + roll() * (high - low) };
}
