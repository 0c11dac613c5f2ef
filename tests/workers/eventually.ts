/** What the queue's consumer has not written yet is asked for again: the queue delivers within a second or two. */
import { expect, vi } from "vitest";

/** The first answer of `ask` that `holds`. */
export async function eventually<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  return vi.waitFor(
    async () => {
      const answer = await ask();
      expect(holds(answer), JSON.stringify(answer)).toBe(true);
      return answer;
    },
    { timeout: 15_000, interval: 100 },
  );
}
