/** What a new word on consent changes at once, and the banners that may bring one. */
import { BANNER, DENIED, type Hear } from "../shared/consent-mount.ts";
import { follow, kept, stored, words } from "./identity.ts";
import { add } from "./outbox.ts";
import { wakeSignals } from "./signals.ts";
import { startPart } from "./site.ts";
import { view } from "./view.ts";
import { dropWidget } from "./widget.ts";

/** The rank of what the visitor said to the site. */
export const SITE = 1;

/** The URL path of what understands banners, known only once it is built. */
declare const __CONSENT__: string;

/** Take a word and do what follows from it: the widget goes with the id, and a yes begins a visit. */
export function hear(rank: number, word: string | undefined, unsure = false): void {
  const before = stored;
  const followed = kept;
  words[rank] = word;
  follow(unsure);
  if (before && !stored) dropWidget();
  // Told again under its own id: what was counted without consent now begins a visit.
  if (kept && !followed && view?.anonymousId) add({ ...view, anonymousId: "" });
  wakeSignals();
}

type Page = { __tcfapi?: unknown; dataLayer?: ({ 0?: unknown } | undefined)[] };

let found: unknown;

/** A banner of IAB's framework, or a word of Google's consent mode: both may come later than we do. */
export function lookForBanner(): void {
  if (
    !found &&
    ((window as Page).__tcfapi || (window as Page).dataLayer?.some((push) => push?.[0] === "consent"))
  ) {
    hear(BANNER, DENIED, true);
    found = startPart<Hear>(__CONSENT__, hear);
  }
}
