/**
 * The site's signed word on who the visitor is, kept fresh: shortly before it expires the site is asked for a new one.
 *
 * `aparte.on("identity", fn)` hears the question, and answers with `aparte.identify(id, traits, token)`. The server
 * alone believes or disbelieves a token; here only its moment of expiry is read.
 */
import type { PageLink } from "../shared/widget-mount.ts";

/** A token that lives no longer than this is not fresh. Units: milliseconds. */
export const FRESH_MS = 60_000;
const ANSWER_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 50;

/** When `token` expires (EpochMs); null where it does not say so. Pure. */
export function expiryOf(token: string): number | null {
  try {
    const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const { exp } = JSON.parse(atob(part)) as { exp?: unknown };
    return typeof exp === "number" ? exp * 1_000 : null;
  } catch {
    return null; // no token of ours to read: the server judges it
  }
}

/** Wait until the page's token is fresh, as long as the site takes to answer, or a moment. */
export async function freshIdentity(page: PageLink): Promise<void> {
  const before = page.identityToken();
  const expiry = before ? expiryOf(before) : null;
  if (expiry === null || expiry - Date.now() > FRESH_MS) return;
  page.on("identity");
  const until = Date.now() + ANSWER_WITHIN_MS;
  while (page.identityToken() === before && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
