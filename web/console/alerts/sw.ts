/**
 * The console's service worker: shows what the desk pushes while the console sleeps. It caches nothing and stands in
 * the way of no request.
 */
import type { PushNotice } from "../../../domain/push/notice.ts";
import type { ToPage } from "./notice.ts";
import en from "./notification/en.json?icu";
import fr from "./notification/fr.json?icu";

/** What is used of a service worker's own world, which the DOM's types do not know. */
type Extendable = Event & { waitUntil(work: Promise<unknown>): void };
type Page = {
  focused: boolean;
  url: string;
  focus(): Promise<unknown>;
  postMessage(message: ToPage, transfer: never[]): void;
};
type Scope = {
  registration: ServiceWorkerRegistration;
  clients: {
    matchAll(options: { type: "window"; includeUncontrolled: true }): Promise<readonly Page[]>;
    openWindow(url: string): Promise<unknown>;
    claim(): Promise<void>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(
    type: "push",
    listener: (event: Extendable & { data: { json(): unknown } | null }) => void,
  ): void;
  addEventListener(
    type: "notificationclick",
    listener: (event: Extendable & { notification: Notification }) => void,
  ): void;
  addEventListener(type: "message", listener: (event: Extendable & { data: unknown }) => void): void;
};
declare const self: Scope;

const OPEN_PAGES = { type: "window", includeUncontrolled: true } as const;
const TEST_TAG = "test";

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const notice = noticeIn(event.data?.json());
  if (notice !== null) event.waitUntil(show(notice));
});

self.addEventListener("notificationclick", (event) => {
  const { tag } = event.notification;
  event.notification.close();
  event.waitUntil(open(tag === "" || tag === TEST_TAG ? null : tag));
});

self.addEventListener("message", (event) => {
  if (!isRecord(event.data)) return;
  const { type, conversation, notice } = event.data;
  const asked = type === "show" ? noticeIn(notice) : null;
  if (asked !== null) event.waitUntil(show(asked));
  if (type === "taken" && typeof conversation === "string") event.waitUntil(close(conversation));
});

/** Who has the console before their eyes hears and sees the offer there. */
async function show(notice: PushNotice): Promise<void> {
  const pages = await self.clients.matchAll(OPEN_PAGES);
  if (notice.kind === "offer" && pages.some(({ focused }) => focused)) return;
  const words = notice.locale === "fr" ? fr : en;
  const say = (key: string): string => words[key]?.() ?? "";
  if (notice.kind === "test") {
    const test = { body: say("test_body"), tag: TEST_TAG, renotify: true };
    return self.registration.showNotification(say("test_title"), test);
  }
  const { conversation, preview } = notice;
  // One for each conversation, shown anew each time it is said again, until somebody does something about it.
  const options = { tag: conversation, renotify: true, requireInteraction: true };
  await self.registration.showNotification(say("offer_title"), {
    ...options,
    body: preview ?? say("offer_body"),
  });
}

async function open(conversation: string | null): Promise<void> {
  const [page] = await self.clients.matchAll(OPEN_PAGES);
  if (page === undefined) return void (await self.clients.openWindow("/console/"));
  page.postMessage({ type: "clicked", conversation }, []);
  await page.focus();
}

async function close(conversation: string): Promise<void> {
  for (const shown of await self.registration.getNotifications({ tag: conversation })) shown.close();
}

/** What the desk pushed; null for anything else. */
function noticeIn(data: unknown): PushNotice | null {
  if (!isRecord(data)) return null;
  const { kind, site, conversation, preview } = data;
  const locale = data["locale"] === "fr" ? "fr" : "en";
  if (typeof site !== "string") return null;
  if (kind === "test") return { kind, site, locale };
  if (kind !== "offer" || typeof conversation !== "string") return null;
  return { kind, site, conversation, preview: typeof preview === "string" ? preview : null, locale };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
