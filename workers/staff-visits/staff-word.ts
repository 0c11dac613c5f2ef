/**
 * What a request says of whether its visitor works for the site: a link that was opened in this browser, whose signed
 * word only the site's own people can have made, or a proven user who is one of them.
 *
 * Units   `LINK_SECONDS` is how long a link opens; what it says stays until another link takes it back.
 */
import { jwtVerify, SignJWT } from "jose";
import type { Message } from "../../domain/events/message.ts";
import type { SiteKey } from "../../domain/ids.ts";
import type { PublishedSite } from "../../domain/targeting/campaign.ts";
import type { StaffWord } from "../../domain/visit/staff.ts";
import { sha256Hex } from "../../durable-objects/sha256.ts";
import { hmacSha256 } from "../auth/hmac.ts";
import { addressOf } from "../try-out/token.ts";

export const STAFF_PARAMETER = "aparte_staff";
export const LINK_SECONDS = 3_600;

type LinkWord = "on" | "off";

const secretOf = (env: Env, site: SiteKey) => hmacSha256(env.TOKEN_SECRET, `staff-visit:${site}`);

/** The word that leaves a browser out, or counts it again; it opens until `expiresAt` (seconds since 1970). */
export async function signStaffWord(
  env: Env,
  site: SiteKey,
  word: LinkWord,
  expiresAt: number,
): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(site)
    .setSubject(word)
    .setExpirationTime(expiresAt)
    .sign(await secretOf(env, site));
}

/** How a published configuration names somebody who works for `site`: it outlives the membership, so by no clear name. */
export async function staffHash(site: SiteKey, name: string): Promise<string> {
  return (await sha256Hex(`${site}:${name.trim().toLowerCase()}`)).slice(0, 32);
}

/** What `messages` say, with the `user` whom they prove; null where they say nothing, as nearly all do. */
export async function staffWordOf(
  env: Env,
  { site, staff }: PublishedSite,
  user: string | null,
  messages: readonly Message[],
): Promise<StaffWord | null> {
  const link = await linkWordIn(env, site, messages);
  const works = user === null || staff === undefined ? null : staff.includes(await staffHash(site, user));
  return link === null && works === null ? null : { link, user: works };
}

async function linkWordIn(env: Env, site: SiteKey, messages: readonly Message[]): Promise<LinkWord | null> {
  for (const message of messages.toReversed()) {
    const address = addressOf(message);
    if (!address?.includes(STAFF_PARAMETER)) continue;
    const token = URL.parse(address)?.searchParams.get(STAFF_PARAMETER);
    const word = token ? await verified(env, site, token) : null;
    if (word !== null) return word;
  }
  return null;
}

async function verified(env: Env, site: SiteKey, token: string): Promise<LinkWord | null> {
  try {
    const { payload } = await jwtVerify(token, await secretOf(env, site), {
      algorithms: ["HS256"],
      audience: site,
      requiredClaims: ["exp", "sub"],
    });
    return payload.sub === "on" || payload.sub === "off" ? payload.sub : null;
  } catch {
    // Forged, expired or another site's: the visit goes on as any other.
    return null;
  }
}
