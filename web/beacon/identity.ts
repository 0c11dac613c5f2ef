/**
 * Who the visitor is on this device, and whether that may be kept.
 *
 * Nothing is stored before consent: until then the id lives in memory, as long as this page. One key of local storage
 * holds `{the visitor's word}:{id}`: `granted:…`, `:…` where a consent banner or the site's default allows it, or
 * `denied:`.
 */
import { DENIED, GRANTED } from "../shared/consent-mount.ts";
import { answers, guard, local, newId, prefix, tagConsent } from "./site.ts";

let said: string | undefined;
/** What this tab read or wrote last: what another tab wrote since is not ours to undo. */
let written = local[prefix] ?? "";
/** The id that the device keeps, or "". */
export let stored: string;
[said, stored = ""] = written.split(":");
/** Who says something, the strongest first: privacy control, the visitor through the site, the tag, a banner. */
export const words: (string | false | undefined)[] = [
  (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl && DENIED,
  said,
  tagConsent,
];
/** Undefined where nobody said: then the site's default decides, which the server knows. */
export const consent = () => words.find(Boolean);

/** The last word is a banner's that does not know yet: treated as a no, but no reason to forget anybody. */
export let unsure: boolean | undefined;
/** The visitor's id now: the device's or, without consent, one that lives as long as the page. */
export let visitor = newId();
/** Whether the visitor may be followed: then `visitor` is what the device keeps. */
export let kept: boolean;
/** The site's signed word on who this is. */
export let identityToken: string | undefined;

/** Keep the id or, where that may not be, be somebody whom the device does not know. */
export function follow(isUnsure = unsure): void {
  unsure = isUnsure;
  kept = (consent() || answers[0]?.headers.get("aparte-consent") || (stored && GRANTED)) === GRANTED;
  if (kept) visitor = stored ||= visitor;
  else {
    if (visitor === stored) visitor = newId();
    if (!unsure) stored = "";
  }
  const text = [words[1], stored].join(":");
  if (text === written) return;
  written = text;
  guard(() => {
    if (text[1]) local[prefix] = text;
    else delete local[prefix];
  });
}

export function prove(token?: string): void {
  identityToken = token;
}

/** Somebody else from now on. */
export function forget(): void {
  prove();
  visitor = newId();
  stored &&= visitor;
  follow();
}

follow();
