/** Seeded dice for generators: the same throws at every run of one seed (sfc32). */
export type Dice = {
  /** In [0, 1). */
  next(): number;
  chance(p: number): boolean;
  /** 0 … count − 1. */
  below(count: number): number;
  pick<T>(list: readonly T[]): T;
  /** One of `list`, as often as its `weight` says. */
  weighted<T extends { weight: number }>(list: readonly T[]): T;
  /** Exponential, of this mean. */
  wait(mean: number): number;
  normal(): number;
};

export function diceOf(seed: number): Dice {
  let [a, b, c, count] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  function next(): number {
    const sum = (((a + b) | 0) + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }
  for (let round = 0; round < 16; round += 1) next();
  const at = <T>(list: readonly T[], index: number): T => {
    const found = list[index];
    if (found === undefined) throw new Error("nothing to pick from");
    return found;
  };
  return {
    next,
    chance: (p) => next() < p,
    below: (limit) => Math.floor(next() * limit),
    pick: (list) => at(list, Math.floor(next() * list.length)),
    weighted(list) {
      let left = next() * list.reduce((sum, { weight }) => sum + weight, 0);
      return list.find(({ weight }) => (left -= weight) < 0) ?? at(list, list.length - 1);
    },
    wait: (mean) => -mean * Math.log(1 - next()),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** A seed from a text. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
