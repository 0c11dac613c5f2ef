/**
 * Whether a message may be kept with an identifier. Global Privacy Control and an explicit no win over the site's
 * default; a message that says nothing takes the default.
 */
import type { Message } from "../../domain/events/message.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";

export function hasConsent(message: Message, request: Request, settings: SiteSettings): boolean {
  if (request.headers.get("sec-gpc") === "1") return false;
  const consent = message.context?.consent;
  if (consent?.status) return consent.status === "granted";
  const categories = Object.values(consent?.categoryPreferences ?? {});
  if (categories.length > 0) return categories.every(Boolean);
  return settings.default_consent === "granted";
}
