/**
 * Conversation ids: `cnv_{site}_{random}_{signature}`. The signature keeps a made-up id from ever making an object,
 * and the site in it keeps every look at the id inside its tenant.
 */
import type { SiteKey } from "../../domain/ids.ts";
import { base64UrlOf } from "../auth/base64-url.ts";
import { hmacSha256 } from "../auth/hmac.ts";

const RANDOM_BYTES = 16;
const SIGNATURE_BYTES = 8;
const PATTERN = /^cnv_([a-z0-9-]{2,40})_([A-Za-z0-9_-]{22})_([A-Za-z0-9_-]{11})$/;

/** A new id for a conversation of `site`. */
export async function newConversationId(secret: string, site: SiteKey): Promise<string> {
  const random = base64UrlOf(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
  return `cnv_${site}_${random}_${await signatureOf(secret, site, random)}`;
}

/** The site of `id`, or null where we did not make it. */
export async function siteOfConversation(secret: string, id: string): Promise<SiteKey | null> {
  const [, site, random, signature] = PATTERN.exec(id) ?? [];
  if (site === undefined || random === undefined || signature === undefined) return null;
  const bytes = new TextEncoder();
  const expected = bytes.encode(await signatureOf(secret, site, random));
  return crypto.subtle.timingSafeEqual(expected, bytes.encode(signature)) ? site : null;
}

async function signatureOf(secret: string, site: SiteKey, random: string): Promise<string> {
  const mac = await hmacSha256(secret, `conversation-id:${site}|${random}`);
  return base64UrlOf(mac.slice(0, SIGNATURE_BYTES));
}
