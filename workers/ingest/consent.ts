/**
 * Whether a message may be kept with an identifier. Global Privacy Control and an explicit no win over everything; a
 * message that says nothing takes the site's default, except where the site's own server tells it with an API key:
 * what a shop knows of its own orders is not what a page learns of a visitor.
 */
import type { Message } from "../../domain/events/message.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import type { Origin } from "./sender.ts";

export function hasConsent(
  message: Message,
  { gpc }: Pick<Origin, "gpc">,
  settings: SiteSettings,
  trusted: boolean,
): boolean {
  if (gpc) return false;
  const consent = message.context?.consent;
  if (consent?.status) return consent.status === "granted";
  const categories = Object.values(consent?.categoryPreferences ?? {});
  if (categories.length > 0) return categories.every(Boolean);
  return trusted || settings.default_consent === "granted";
}
