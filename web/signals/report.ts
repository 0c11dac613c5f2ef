/**
 * The way out of every detector: who may be told of, how often, and how urgently.
 *
 * Only that something happened leaves the page, with the names of a form and its field where it was in one. What a
 * live campaign asks for goes at once; the rest waits for the next batch. Each page view has its bounds, so that a
 * broken page cannot become a flood.
 */
import type { SignalsLink } from "../shared/signals-mount.ts";
import { depth } from "./scroll.ts";

export type Properties = Record<string, string | number | null>;

/** The same signal again within this time is the same trouble. */
const GAP_MS = 5e3;
const MOST_MESSAGES = 20;

let page: SignalsLink;
let told: number;
/** When each signal may be told again. */
let freeAt: { [signal: string]: number | undefined };

/** A page view begins, with its own bounds. */
export function beginView(link: SignalsLink): void {
  page = link;
  told = 0;
  freeAt = {};
}

/** Whether a live campaign asks for it: a signal's name, `form`, or `depth`. */
export const isAsked = (name: string): boolean | undefined => page.wanted()?.includes(name);

/** Tell `event`, at once where `asked` is among what is wanted. */
export function tell(event: string, properties: Properties, asked = "form"): void {
  if (page.consented() && told++ < MOST_MESSAGES) {
    page.tell(event, { ...properties, scroll: depth }, !isAsked(asked));
  }
}

export function signal(name: string, properties?: Properties, asked = name): void {
  const now = performance.now();
  if (now < (freeAt[name] ?? 0)) return;
  freeAt[name] = now + GAP_MS;
  tell("Signal Detected", { signal: name, ...properties }, asked);
}
