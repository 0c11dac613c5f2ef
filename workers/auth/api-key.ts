/** A site's API keys: `ak_` and 256 random bits, shown once; D1 keeps only their SHA-256. */
import { and, eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { sha256Hex } from "../../durable-objects/sha256.ts";
import { apiKeys } from "../../migrations/schema.ts";
import { base64UrlOf } from "./base64-url.ts";

export const API_KEY_PREFIX = "ak_";

export function newApiKey(): string {
  return API_KEY_PREFIX + base64UrlOf(crypto.getRandomValues(new Uint8Array(32)));
}

/** As D1 keeps a key. */
export function hashApiKey(key: string): Promise<string> {
  return sha256Hex(key);
}

/** Whose key this is, or null for one that is unknown or revoked. */
export async function findApiKey(env: Env, key: string): Promise<{ id: string; site: string } | null> {
  if (!key.startsWith(API_KEY_PREFIX) || key.length > 200) return null;
  const row = await drizzle(env.DB)
    .select({ id: apiKeys.id, site: apiKeys.site })
    .from(apiKeys)
    .where(and(eq(apiKeys.hash, await hashApiKey(key)), isNull(apiKeys.revokedAt)))
    .get();
  return row ?? null;
}
