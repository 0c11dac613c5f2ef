/**
 * The address of a site's own chat page, as it is put into search ads, e-mails, posts and QR codes: with what says from
 * which campaign its visitors come.
 *
 * Shapes  only `utm_*` fields, an ad's click id and the language are kept, in this order, so that one link has one form.
 */
import type { SiteKey } from "../ids.ts";

export const LINK_FIELDS = [
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "utm_term",
  "utm_content",
  "gclid",
  "lang",
] as const;
export type LinkField = (typeof LINK_FIELDS)[number];
export const MAX_FIELD_LENGTH = 100;

/** The link to `site`'s page below `origin`; fields that are empty or absent are left out. */
export function chatLink(
  origin: string,
  site: SiteKey,
  fields: Partial<Readonly<Record<LinkField, string>>>,
): string {
  const query = new URLSearchParams();
  for (const name of LINK_FIELDS) {
    const value = fields[name]?.trim().slice(0, MAX_FIELD_LENGTH);
    if (value) query.set(name, value);
  }
  const text = query.toString();
  return `${origin}/c/${encodeURIComponent(site)}${text === "" ? "" : `?${text}`}`;
}
