/**
 * What a push tells an agent's browser, and when it is said again.
 *
 * Shapes  a `PushNotice` is all that leaves for somebody else's push service, encrypted for the browser. What a visitor
 *         wrote is part of it only where the site allows that.
 * Units   `SAY_AGAIN_MS` milliseconds.
 */
import type { DeskConversation } from "../desk/wire.ts";

/** An offer that nobody takes is said again so long after it was said, and this often in all. */
export const SAY_AGAIN_MS = 20_000;
export const MOST_TIMES = 3;
const MOST_PREVIEW = 140;

export type PushLocale = "fr" | "en";
export type PushNotice =
  | { kind: "offer"; site: string; conversation: string; preview: string | null; locale: PushLocale }
  | { kind: "test"; site: string; locale: PushLocale };

/** The notice of an offer to whoever reads `locale`. */
export function offerNotice(
  site: string,
  { conversation, preview }: Pick<DeskConversation, "conversation" | "preview">,
  { locale, mayPreview }: { locale: PushLocale; mayPreview: boolean },
): PushNotice {
  const words = mayPreview && preview !== null ? preview.slice(0, MOST_PREVIEW) : null;
  return { kind: "offer", site, conversation, preview: words, locale };
}

/** What the push service's answer means for the subscription. */
export function verdictOf(status: number): "sent" | "gone" | "later" {
  // 401 and 403: it was made for another key, and no push will ever reach it.
  if ([401, 403, 404, 410].includes(status)) return "gone";
  return status >= 200 && status < 300 ? "sent" : "later";
}
