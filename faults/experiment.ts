/**
 * What the experiments have in common: a seed, a size, a word on how far they are, and an outcome that says in counts
 * what was done and in words what did not hold.
 */
import { type Dice, diceOf } from "../bench/dice.ts";

export type Run = {
  seed: number;
  dice: Dice;
  /** Say how far it is. */
  progress(done: number, of: number, what?: string): void;
};

export type Outcome = {
  /** What was done and measured, in the order in which it is printed. */
  counts: Record<string, number | string>;
  /** What did not hold; empty where all did. */
  wrong: string[];
};

/** A run of `seed` that says nothing on the way. */
export function quietRun(seed: number): Run {
  return { seed, dice: diceOf(seed), progress: () => {} };
}

const SHOWN_EVERY_MS = 2_000;

/** A run that shows its progress on standard error, every two seconds at most. */
export function shownRun(seed: number): Run {
  let shownAt = 0;
  return {
    seed,
    dice: diceOf(seed),
    progress(done, of, what = "") {
      const now = performance.now();
      if (now - shownAt < SHOWN_EVERY_MS) return;
      shownAt = now;
      process.stderr.write(`  ${done} of ${of} ${what}\n`);
    },
  };
}

/** The value below which `share` of `values` lie; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

export function pause(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}

/** Do `work` for each of `items`, `width` at a time; a failure is one line in what is returned. */
export async function sideBySide<T>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<string[]> {
  const wrong: string[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index] as T;
      try {
        await work(item, index);
      } catch (error) {
        wrong.push(`run ${index}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return wrong;
}
