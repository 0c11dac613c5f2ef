/** A visitor's key to the call they booked: without it nobody moves or cancels it. It opens nothing else. */
import type { SiteKey } from "../../domain/ids.ts";
import { base64UrlOf, bytesOfBase64Url } from "../auth/base64-url.ts";
import { hmacSha256 } from "../auth/hmac.ts";

const PATTERN = /^[A-Za-z0-9_-]{43}$/;

export async function callTokenOf(env: Env, site: SiteKey, id: string): Promise<string> {
  return base64UrlOf(await macOf(env, site, id));
}

export async function opensCall(env: Env, site: SiteKey, id: string, token: string): Promise<boolean> {
  if (!PATTERN.test(token)) return false;
  const given = bytesOfBase64Url(token);
  const right = await macOf(env, site, id);
  return given.byteLength === right.byteLength && crypto.subtle.timingSafeEqual(given, right);
}

function macOf(env: Env, site: SiteKey, id: string): Promise<Uint8Array> {
  return hmacSha256(env.TOKEN_SECRET, `callback:${site}:${id}`);
}
