/**
 * The seam between beacon and widget. The beacon imports the widget's module only when there is something to show
 * and calls its `mount`; everything the widget needs from the page comes through these options.
 */
import type { Decision } from "../../domain/targeting/decision.ts";

/** What the site can listen to with `aparte.on(name, fn)`. */
export type PageEvent =
  | "decision"
  | "shown"
  | "accepted"
  | "declined"
  | "open"
  | "close"
  | "message"
  | "error"
  /** The token of `identify` is about to expire: give a new one. */
  | "identity";

/** What the beacon gives: kept small, since every page of a site loads it. */
export type PageLink = {
  /** Origin of Aparté, without a trailing slash: `https://host`. */
  host: string;
  /** The site's write key. */
  key: string;
  /** The visitor's `anonymousId` as it is now; `reset()` and consent change it. */
  visitor(): string;
  /** The page view now shown; it changes when a single-page site navigates. */
  viewId(): string;
  /** A signed identity token, where the site gave one by `identify`. */
  identityToken(): string | null | undefined;
  /** Tell an event through the beacon's queue, at once: `send("Engagement Shown", { decision_id })`. */
  send(name: string, properties: Record<string, unknown>): void;
  /** Call the site's listeners. Never throws. */
  on(name: PageEvent, detail?: unknown): void;
};

export type WidgetHandle = {
  /** A (new) decision for this visitor; the same id again changes nothing. */
  show(decision: Decision): void;
  /** A newer answer carries no decision: the one on screen was taken back. Without one, nothing happens. */
  withdraw(): void;
  open(): void;
  close(): void;
  /** Remove everything from the page and forget the conversation: the visitor was reset or withdrew consent. */
  destroy(): void;
};

/**
 * What `web/widget/mount.tsx` exports as `mount`: resumes the remembered conversation, else waits to be told `show` or
 * `open`, which the beacon does at once where that is why it fetched the widget.
 */
export type Mount = (page: PageLink) => WidgetHandle;

/** Where the widget remembers its conversation, in local storage. The beacon loads the widget where this is set. */
export const conversationKey = (key: string): string => `aparte:${key}:conversation`;
