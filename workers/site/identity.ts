/**
 * Identity tokens: a JWT signed by the site, that proves who is signed in there.
 *
 * The secret is derived, so it is stored nowhere; raising the site's `identity_generation` replaces it.
 */
import { jwtVerify } from "jose";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { base64UrlOf } from "../auth/base64-url.ts";
import { hmacSha256 } from "../auth/hmac.ts";

const MAX_AGE_SECONDS = 3_600;

/** The secret with which `settings.key` signs identity tokens (HS256), as text to copy. */
export async function identitySecret(env: Env, settings: SiteSettings): Promise<string> {
  const name = `identity:${settings.key}:${settings.identity_generation}`;
  return base64UrlOf(await hmacSha256(env.TOKEN_SECRET, name));
}

/** The user id that `token` proves for this site, or null: forged, expired, too long-lived, for another site. */
export async function verifyIdentity(
  env: Env,
  settings: SiteSettings,
  token: string,
): Promise<string | null> {
  const secret = new TextEncoder().encode(await identitySecret(env, settings));
  try {
    const { payload } = await jwtVerify(token, secret, {
      algorithms: ["HS256"],
      audience: settings.key,
      requiredClaims: ["exp", "sub"],
    });
    const { exp, iat, sub } = payload;
    const lifetime = (exp ?? Infinity) - (iat ?? Date.now() / 1_000);
    return sub !== undefined && sub !== "" && sub.length <= 200 && lifetime <= MAX_AGE_SECONDS + 60
      ? sub
      : null;
  } catch {
    // Any fault of a token means the same: it proves nothing.
    return null;
  }
}
