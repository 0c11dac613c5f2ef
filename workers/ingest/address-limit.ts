/**
 * How much one address may send to one site. The platform counts per place and only approximately, and each question
 * costs a call: so an isolate asks once for every `REQUESTS_A_QUESTION`, and while the answer is no, every time.
 *
 * Units   a question stands for `REQUESTS_A_QUESTION` requests; how many questions a minute are allowed stands in
 *         `wrangler.toml`.
 */
import type { SiteKey } from "../../domain/ids.ts";

export const REQUESTS_A_QUESTION = 50;
/** Addresses that are remembered; beyond it all are asked about anew. */
const MAX_ADDRESSES = 20_000;

/** How many requests each address may still send before it is asked about. */
const left = new Map<string, number>();

/** Whether one more request of `address` to `site` is let through. */
export async function mayPass(env: Env, site: SiteKey, address: string): Promise<boolean> {
  const key = `${site}:${address}`;
  const known = left.get(key) ?? 0;
  if (known > 0) {
    left.set(key, known - 1);
    return true;
  }
  if (left.size >= MAX_ADDRESSES) left.clear();
  // Requests that come while the answer is under way are let through: one question stands for them all.
  left.set(key, REQUESTS_A_QUESTION - 1);
  const { success } = await env.INGEST_LIMIT.limit({ key });
  if (!success) left.set(key, 0);
  return success;
}
