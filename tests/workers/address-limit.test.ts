/** How much one address may send (`docs/rules/ingest.md`). */
import { expect, test } from "vitest";
import { mayPass, REQUESTS_A_QUESTION } from "../../workers/ingest/address-limit.ts";

/** A platform's limiter that allows `allowed` questions and counts them all. */
function limiter(allowed: number): { env: Env; asked: () => number } {
  let asked = 0;
  const limit = (): Promise<{ success: boolean }> => {
    asked += 1;
    return Promise.resolve({ success: asked <= allowed });
  };
  return { env: { INGEST_LIMIT: { limit } } as unknown as Env, asked: () => asked };
}

test("ING9: an address is asked about once for 50 requests, and at every request while the answer is no", async () => {
  const { env, asked } = limiter(2);
  const answers: boolean[] = [];
  for (let request = 0; request < 2 * REQUESTS_A_QUESTION + 3; request += 1) {
    answers.push(await mayPass(env, "limited", "192.0.2.1"));
  }
  expect(answers.filter(Boolean)).toHaveLength(2 * REQUESTS_A_QUESTION);
  expect(answers.slice(-3)).toEqual([false, false, false]);
  expect(asked()).toBe(5);
  const burst = limiter(10);
  const many = Array.from({ length: 20 }, () => mayPass(burst.env, "limited", "192.0.2.3"));
  expect(await Promise.all(many)).not.toContain(false);
  expect(burst.asked()).toBe(1);
  const other = limiter(1);
  expect(await mayPass(other.env, "limited", "192.0.2.2")).toBe(true);
});
