/**
 * Who the visitor is on this device, and whether that may be kept.
 *
 * Nothing is stored before consent: until then the id lives in memory, as long as this page. One key of local storage
 * holds `{the visitor's word}:{id}`: `granted:…`, `:…` where only the site's default allows it, or `denied:`.
 */
import { guard, local, newId, prefix, tagConsent } from "./site.ts";

/** `kept` is the id that the device keeps, or "". */
export let [said = "", kept = ""] = (local[prefix] ?? "").split(":");
export let visitor = kept || newId();
/** The site's signed word on who this is. */
export let identityToken: string | null = null;

/** Undefined where nobody said: then the site's default decides, which the server knows. */
export const consent = (): string | undefined =>
  (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl ? "denied" : said || tagConsent;

/** Keep the id or, without `mayKeep`, be somebody whom the device does not know. */
function settle(mayKeep: boolean): void {
  if (kept && !mayKeep) visitor = newId();
  kept = mayKeep ? visitor : "";
  guard(() => (local[prefix] = `${said}:${kept}`));
}

/** The visitor's word. */
export function decide(word: string): void {
  said = word;
  settle(consent() === "granted");
}

/** The server's word on the site's default; it counts where nobody said anything here. */
export function follow(siteDefault?: string | null): void {
  const mayKeep = (consent() || siteDefault) === "granted";
  if (mayKeep || kept) settle(mayKeep);
}

export function prove(token: string | null = null): void {
  identityToken = token;
}

/** Somebody else from now on. */
export function forget(): void {
  identityToken = null;
  visitor = newId();
  if (kept) settle(true);
}

if (consent()) follow();
