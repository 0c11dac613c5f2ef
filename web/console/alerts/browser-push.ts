/**
 * Notifications of this browser: asked for by a click, and then pushed by the desk also while the console sleeps.
 *
 * Where the browser's push service cannot be reached, the open console shows them itself.
 */
import { signal } from "@preact/signals";
import { request } from "../../shared/api.ts";
import { locale } from "../words.ts";
import type { ToWorker } from "./notice.ts";

export type PushState = "unsupported" | "blocked" | "off" | "asking" | "on" | "local";

const WANTED_KEY = "aparte:notifications";
const WORKER = "/console/sw.js";

/** What stands between this browser and its notifications. */
export const pushState = signal<PushState>("off");

/** What the page asks of Trusted Types: one address of a script, and no other. */
type ScriptUrls = { createPolicy(name: string, rules: { createScriptURL: () => string }): ScriptUrlPolicy };
/** What it makes is an object of the browser's own, which stands for a text wherever one is asked for. */
type ScriptUrlPolicy = { createScriptURL(url: string): string };

export class BrowserPush {
  readonly #site: string;

  constructor(site: string) {
    this.#site = site;
  }

  /** Go on where the person has asked for notifications in this browser before; nobody is asked anything. */
  async start(): Promise<void> {
    if (!isSupported()) return void (pushState.value = "unsupported");
    if (Notification.permission === "denied") return void (pushState.value = "blocked");
    const wanted = localStorage.getItem(WANTED_KEY) === this.#site;
    if (!wanted || Notification.permission !== "granted") return void (pushState.value = "off");
    await this.#subscribe();
  }

  /** Called by a click: the browser asks the person. */
  async enable(): Promise<void> {
    pushState.value = "asking";
    const permission = await Notification.requestPermission();
    if (permission !== "granted") {
      pushState.value = permission === "denied" ? "blocked" : "off";
      return;
    }
    localStorage.setItem(WANTED_KEY, this.#site);
    await this.#subscribe();
  }

  async disable(): Promise<void> {
    localStorage.removeItem(WANTED_KEY);
    pushState.value = "off";
    const subscription = await (
      await navigator.serviceWorker.getRegistration(WORKER)
    )?.pushManager.getSubscription();
    if (subscription === null || subscription === undefined) return;
    await request("DELETE", `${this.#path}/subscriptions`, { endpoint: subscription.endpoint });
    await subscription.unsubscribe();
  }

  /** Show what a notification looks like: by the whole way it takes, where there is one. False where that failed. */
  async test(): Promise<boolean> {
    const worker = await navigator.serviceWorker.ready;
    const subscription = await worker.pushManager.getSubscription();
    if (pushState.peek() !== "on" || subscription === null) {
      tell(worker, {
        type: "show",
        notice: { kind: "test", site: this.#site, locale: locale.peek() },
      });
      return true;
    }
    const { sent } = await request<{ sent: boolean }>("POST", `${this.#path}/test`, {
      endpoint: subscription.endpoint,
    });
    return sent;
  }

  /** An offer came while nobody looks, and the desk cannot push it. */
  offered(conversation: string): void {
    if (pushState.peek() !== "local" || document.visibilityState === "visible") return;
    const [site, shown] = [this.#site, locale.peek()];
    const notice = { kind: "offer" as const, site, conversation, preview: null, locale: shown };
    void navigator.serviceWorker.ready.then((worker) => tell(worker, { type: "show", notice }));
  }

  /** The offer is not open any more. */
  taken(conversation: string): void {
    if (!isOn()) return;
    void navigator.serviceWorker.ready.then((worker) => tell(worker, { type: "taken", conversation }));
  }

  get #path(): string {
    return `/api/sites/${this.#site}/push`;
  }

  async #subscribe(): Promise<void> {
    const worker = await register();
    try {
      const { public_key } = await request<{ public_key: string }>("GET", `${this.#path}/key`);
      const subscription = await subscribed(worker, public_key);
      const { endpoint, keys } = subscription.toJSON();
      await request("POST", `${this.#path}/subscriptions`, { endpoint, keys, locale: locale.peek() });
      pushState.value = "on";
    } catch (error) {
      console.warn("the browser's push service is not to be had", error);
      pushState.value = "local";
    }
  }
}

function isOn(): boolean {
  return pushState.peek() === "on" || pushState.peek() === "local";
}

function tell(worker: ServiceWorkerRegistration, message: ToWorker): void {
  worker.active?.postMessage(message);
}

function isSupported(): boolean {
  return "serviceWorker" in navigator && "Notification" in globalThis && "PushManager" in globalThis;
}

async function register(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register(workerUrl(), { scope: "/console/" });
  return navigator.serviceWorker.ready;
}

let urls: ScriptUrlPolicy | null = null;

function workerUrl(): string {
  const trusted: unknown = Reflect.get(globalThis, "trustedTypes");
  if (!makesPolicies(trusted)) return WORKER;
  urls ??= trusted.createPolicy("aparte-alerts", { createScriptURL: () => WORKER });
  return urls.createScriptURL(WORKER);
}

function makesPolicies(value: unknown): value is ScriptUrls {
  return typeof value === "object" && value !== null && "createPolicy" in value;
}

/** The browser's subscription; one that was made for another key is made anew. */
async function subscribed(worker: ServiceWorkerRegistration, key: string): Promise<PushSubscription> {
  const known = await worker.pushManager.getSubscription();
  const wanted = bytesOf(key);
  const has = known?.options.applicationServerKey;
  if (known !== null && has && isSame(new Uint8Array(has), wanted)) return known;
  await known?.unsubscribe();
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
}

function bytesOf(base64Url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64Url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
