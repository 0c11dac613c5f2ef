/** The script tag we came from, what the browser lets us keep, and how our own failures stay ours. */
import type { PageEvent } from "../shared/widget-mount.ts";

const script = document.currentScript as HTMLScriptElement;

export const host = new URL(script.src).origin;
export const { key = "", consent: tagConsent } = script.dataset;
/** Where this site's things are kept on the device begins with this. */
export const prefix = `aparte:${key}`;
export const newId = (): string => crypto.randomUUID();

type Listener = (detail: unknown) => void;
const listeners: { [name: string]: Listener[] } = {};

export function on(name: string, listener: Listener): void {
  (listeners[name] ??= []).push(listener);
}

/** Call the site's listeners, each in a task of its own: what they throw is theirs. */
export function emit(name: PageEvent, detail?: unknown): void {
  listeners[name]?.forEach((listener) => setTimeout(listener, 0, detail));
}

/** What `run` gives. A failure of ours is told to whoever listens for `error`, never thrown into the site. */
export function guard<T>(run: () => T): T | void {
  try {
    return run();
  } catch (error) {
    emit("error", error);
  }
}

/** What the browser keeps for us; where it refuses even to name it, a page's memory. Writing may fail: `guard` it. */
type Kept = { [name: string]: string | undefined };
export const local: Kept = guard(() => localStorage as unknown as Kept) ?? {};
export const session: Kept = guard(() => sessionStorage as unknown as Kept) ?? {};
