/**
 * Calling an agent: the tab's title, a sound, a notification, until an offer is taken; and what was missed.
 *
 * Units   `at` is EpochMs by this machine's clock.
 */
import { effect, signal } from "@preact/signals";
import type { Desk } from "../live/desk.ts";
import { go } from "../route.ts";
import { t as common } from "../words.ts";
import { ring, soundOn } from "./alarm-bell.ts";
import { BrowserPush } from "./browser-push.ts";
import type { ToPage } from "./notice.ts";

const RING_AGAIN_MS = 6_000;
/** An offer that ended so near to its end ran out; the desk's word for it comes just then. */
const RAN_OUT_WITHIN_MS = 2_000;

export type Missed = { count: number; at: number };

export class Attention {
  readonly push: BrowserPush;
  /** The offers that ran out without an answer since somebody said that they know; null where there are none. */
  readonly missed = signal<Missed | null>(null);
  readonly #desk: Desk;
  readonly #unread: () => number;
  readonly #undo: () => void;
  /** The open offers, and when each ends. */
  #open = new Map<string, number>();
  #ringing: ReturnType<typeof setInterval> | null = null;

  /** `unread`: how many messages nobody has read. */
  constructor(site: string, desk: Desk, unread: () => number) {
    this.push = new BrowserPush(site);
    this.#desk = desk;
    this.#unread = unread;
    this.#undo = effect(() => this.#look());
    void this.push.start();
    navigator.serviceWorker?.addEventListener("message", this.#onClicked);
  }

  stop(): void {
    this.#undo();
    this.#silence();
    navigator.serviceWorker?.removeEventListener("message", this.#onClicked);
    document.title = common("title");
  }

  /** An offer rings until it is taken; unread messages stand in the title. */
  #look(): void {
    const offers = this.#desk.offers.value;
    const waiting = offers.length + this.#unread();
    document.title = waiting === 0 ? common("title") : common("title_waiting", { count: waiting });
    this.#follow(
      offers.map(({ item, expiresAt }) => ({
        conversation: item.conversation,
        endsAt: expiresAt === null ? Infinity : Date.parse(expiresAt) - this.#desk.offsetMs.peek(),
      })),
    );
    if (offers.length === 0) return this.#silence();
    if (this.#ringing !== null) return;
    ringOnce();
    this.#ringing = setInterval(ringOnce, RING_AGAIN_MS);
  }

  #follow(offers: readonly { conversation: string; endsAt: number }[]): void {
    const before = this.#open;
    this.#open = new Map(offers.map(({ conversation, endsAt }) => [conversation, endsAt]));
    for (const conversation of this.#open.keys()) {
      if (!before.has(conversation)) this.push.offered(conversation);
    }
    for (const [conversation, endsAt] of before) {
      if (this.#open.has(conversation)) continue;
      this.push.taken(conversation);
      const now = Date.now();
      if (now < endsAt - RAN_OUT_WITHIN_MS) continue;
      this.missed.value = { count: (this.missed.peek()?.count ?? 0) + 1, at: now };
    }
  }

  readonly #onClicked = ({ data }: MessageEvent<unknown>): void => {
    if (isClicked(data)) go({ name: "desk" });
  };

  #silence(): void {
    if (this.#ringing !== null) clearInterval(this.#ringing);
    this.#ringing = null;
  }
}

function ringOnce(): void {
  if (soundOn.peek()) void ring();
}

function isClicked(data: unknown): data is ToPage {
  return typeof data === "object" && data !== null && "type" in data && data.type === "clicked";
}
