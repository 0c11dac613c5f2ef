/**
 * Links with which a campaign is tried out on a live page: the page's address carries a signed word that this browser
 * may be shown this campaign of this site. The secret is derived, so it is stored nowhere.
 *
 * Units   `LINK_SECONDS` is how long a link opens; what it opened lasts as long as the visit.
 */
import { jwtVerify, SignJWT } from "jose";
import type { Message } from "../../domain/events/message.ts";
import type { SiteKey } from "../../domain/ids.ts";
import type { TestMode } from "../../domain/visit/state.ts";
import { hmacSha256 } from "../auth/hmac.ts";

export const TRY_OUT_PARAMETER = "aparte_test";
export const LINK_SECONDS = 86_400;

const secretOf = (env: Env, site: SiteKey) => hmacSha256(env.TOKEN_SECRET, `campaign-test:${site}`);

/** The word that marks a browser for `mode` until `expiresAt` (seconds since 1970). */
export async function signTryOut(
  env: Env,
  site: SiteKey,
  mode: TestMode,
  expiresAt: number,
): Promise<string> {
  return new SignJWT({ variant: mode.variant })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(site)
    .setSubject(mode.campaign)
    .setExpirationTime(expiresAt)
    .sign(await secretOf(env, site));
}

/** What the newest of `messages` with a signed word in its page's address asks to try out; null where none does. */
export async function tryOutIn(
  env: Env,
  site: SiteKey,
  messages: readonly Message[],
): Promise<TestMode | null> {
  for (const message of messages.toReversed()) {
    const address = addressOf(message);
    if (!address?.includes(TRY_OUT_PARAMETER)) continue;
    const token = URL.parse(address)?.searchParams.get(TRY_OUT_PARAMETER);
    const mode = token ? await verified(env, site, token) : null;
    if (mode !== null) return mode;
  }
  return null;
}

/** The page that `message` is of, as it was told, with what its address carries. */
export function addressOf({ type, context, properties }: Message): string | null {
  const own = type === "page" ? properties?.url : null;
  return typeof own === "string" ? own : (context?.page?.url ?? null);
}

async function verified(env: Env, site: SiteKey, token: string): Promise<TestMode | null> {
  try {
    const { payload } = await jwtVerify(token, await secretOf(env, site), {
      algorithms: ["HS256"],
      audience: site,
      requiredClaims: ["exp", "sub"],
    });
    const { sub, variant } = payload;
    return sub === undefined
      ? null
      : { campaign: sub, variant: typeof variant === "string" ? variant : null };
  } catch {
    // Forged, expired or another site's: the visit goes on as any other.
    return null;
  }
}
