/** What a visitor is given to name what they left or booked: short, and read out without mistakes. */
import type { SiteKey } from "../../domain/ids.ts";
import { sha256Hex } from "../../durable-objects/sha256.ts";

/** Crockford's digits: none is taken for another. */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 8;

/** The reference of the record `id` of `site`; always the same. */
export async function referenceOf(site: SiteKey, id: string): Promise<string> {
  const hex = await sha256Hex(`reference:${site}:${id}`);
  const digits = Array.from({ length: LENGTH }, (_, at) => {
    const value = Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16);
    return DIGITS[value % DIGITS.length] ?? "";
  }).join("");
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}
