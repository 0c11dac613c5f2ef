/**
 * Whose messages these are: the site named by a write key or an API key, from Basic authorisation or the body.
 *
 * A write key is public (it stands in every page); an API key is a secret, and what it says is confirmed.
 */
import type { SiteKey } from "../../domain/ids.ts";
import { API_KEY_PREFIX, findApiKey, hashApiKey } from "../auth/api-key.ts";

export type Credential = { site: SiteKey; trusted: boolean };

const REMEMBER_MS = 10_000;
const known = new Map<string, { site: SiteKey | null; at: number }>();

/** The key that `request` carries, Basic authorisation before the body; null where there is none. */
export function keyOf(request: Request, body: unknown): string | null {
  return userOf(request) ?? keyIn(body);
}

/** The user of Basic authorisation, which wins over the body; null where there is none. */
export function userOf(request: Request): string | null {
  const stated = request.headers.get("authorization");
  const basic = stated === null ? null : /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(stated);
  return basic?.[1] === undefined ? null : decodeUser(basic[1]);
}

/** The key that `body` carries; null where there is none. */
export function keyIn(body: unknown): string | null {
  const inBody = typeof body === "object" && body !== null && "writeKey" in body ? body.writeKey : null;
  return typeof inBody === "string" && inBody !== "" ? inBody : null;
}

/** What `key` opens, or null for a key that cannot be one. A write key's site may still not exist. */
export async function credentialOf(env: Env, key: string, now: number): Promise<Credential | null> {
  if (!key.startsWith(API_KEY_PREFIX)) return key.length <= 60 ? { site: key, trusted: false } : null;
  const hash = await hashApiKey(key);
  let entry = known.get(hash);
  if (entry === undefined || now - entry.at >= REMEMBER_MS) {
    if (known.size > 1_000) known.clear();
    entry = { site: (await findApiKey(env, key))?.site ?? null, at: now };
    known.set(hash, entry);
  }
  return entry.site === null ? null : { site: entry.site, trusted: true };
}

function decodeUser(encoded: string): string | null {
  try {
    const [user] = atob(encoded).split(":");
    return user === undefined || user === "" ? null : user;
  } catch {
    return null;
  }
}
