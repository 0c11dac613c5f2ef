/** The script tag we came from, what the browser lets us keep, and how our own failures stay ours. */
import type { PageEvent } from "../shared/widget-mount.ts";

const script = document.currentScript as HTMLScriptElement;

export const [host] = script.src.split("/b.js") as [string];
export const { key, consent: tagConsent } = script.dataset as { key: string; consent?: string };
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

export const fail = (error: unknown): void => emit("error", error);

/** What `run` gives. A failure of ours is told to whoever listens for `error`, never thrown into the site. */
export function guard<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    fail(error);
  }
  return undefined;
}

/** The last answer of the server, first and only one here: its headers stay of interest. */
export const answers: Response[] = [];

/** What the browser keeps for us; where it refuses even to name it, a page's memory. Writing may fail: `guard` it. */
type Kept = { [name: string]: string | undefined };
export const local: Kept = guard(() => localStorage as unknown as Kept) ?? {};
export const session: Kept = guard(() => sessionStorage as unknown as Kept) ?? {};

/** Fetch a part that is loaded when it is needed, and call its `start`. */
export const startPart = <Link>(path: string, link: Link): Promise<void> =>
  import(/* @vite-ignore */ host + path)
    .then(({ start }: { start: (link: Link) => void }) => start(link))
    .catch(fail);
