/**
 * Alerts in agents' browsers through the push services of their makers (RFC 8030), encrypted for the browser (RFC 8291).
 *
 * Holds   who asked for them (`SiteDeskPushStore`); which offers are still to be said again only in memory: what an
 *         eviction loses is a repetition.
 * Wakes   nobody: a repetition's timer lives 20 s, and only where an agent asked for pushes.
 */
import { buildPushPayload } from "@block65/webcrypto-web-push";
import type { DeskServerFrame } from "../domain/desk/wire.ts";
import type { EpochMs } from "../domain/ids.ts";
import { pushAddress, trustedServices } from "../domain/push/endpoint.ts";
import { MOST_TIMES, offerNotice, type PushNotice, SAY_AGAIN_MS, verdictOf } from "../domain/push/notice.ts";
import { reportFault } from "./report-fault.ts";
import { type PushSubscriptionRow, SiteDeskPushStore } from "./site-desk-push-store.ts";
import { vapidKeys } from "./vapid-keys.ts";

const ANSWER_WITHIN_MS = 5_000;
const LIVES_SECONDS = 60;

type Offered = Extract<DeskServerFrame, { type: "offered" }>;

export class SiteDeskPush {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #mayPreview: () => boolean;
  readonly #store: SiteDeskPushStore;
  /** The offers that are not taken, by agent and conversation. */
  readonly #open = new Map<string, ReturnType<typeof setTimeout> | null>();

  /** `mayPreview`: whether the site lets what visitors write leave for push services. */
  constructor(ctx: DurableObjectState, env: Env, mayPreview: () => boolean) {
    this.#ctx = ctx;
    this.#env = env;
    this.#mayPreview = mayPreview;
    this.#store = new SiteDeskPushStore(ctx.storage);
  }

  /** What an agent's console is told: an offer is pushed as well, until it is taken or somebody else's. */
  heard(agent: string, frame: DeskServerFrame, now: EpochMs): void {
    switch (frame.type) {
      case "offered":
        if (this.#store.of(agent, now).length > 0) this.#say(agent, frame, 1, now);
        return;
      case "assigned":
      case "revoked":
        return this.#forget(keyOf(agent, frame.conversation));
      default:
        return;
    }
  }

  subscribe(row: PushSubscriptionRow, now: EpochMs): void {
    this.#store.put(row, now);
  }

  /** Nobody can end another's. */
  unsubscribe(user: string, endpoint: string, now: EpochMs): void {
    if (this.#store.of(user, now).some((row) => row.endpoint === endpoint)) this.#store.drop(endpoint);
  }

  dropUser(user: string): void {
    this.#store.dropUser(user);
    for (const key of this.#open.keys()) if (key.startsWith(`${user} `)) this.#forget(key);
  }

  dropSession(session: string): void {
    this.#store.dropSession(session);
  }

  /** Show the agent in that browser what an alert looks like. False where the browser is not subscribed or not reached. */
  async test(user: string, endpoint: string, now: EpochMs): Promise<boolean> {
    const row = this.#store.of(user, now).find((each) => each.endpoint === endpoint);
    if (row === undefined) return false;
    return this.#send(row, { kind: "test", site: this.#site(), locale: row.locale });
  }

  #say(agent: string, frame: Offered, times: number, now: EpochMs): void {
    const key = keyOf(agent, frame.conversation);
    const rows = this.#store.of(agent, now);
    this.#forget(key);
    const mayPreview = this.#mayPreview();
    for (const row of rows) {
      const notice = offerNotice(this.#site(), frame.item, { locale: row.locale, mayPreview });
      this.#ctx.waitUntil(this.#send(row, notice));
    }
    if (rows.length === 0 || times >= MOST_TIMES) return;
    const again = () => this.#say(agent, frame, times + 1, Date.now());
    this.#open.set(key, setTimeout(again, SAY_AGAIN_MS));
  }

  #forget(key: string): void {
    const timer = this.#open.get(key);
    if (timer !== undefined && timer !== null) clearTimeout(timer);
    this.#open.delete(key);
  }

  /** Whether the push service took it. A subscription that it no longer knows is forgotten. */
  async #send(row: PushSubscriptionRow, notice: PushNotice): Promise<boolean> {
    const { endpoint, p256dh, auth } = row;
    const address = pushAddress(endpoint, trustedServices(Reflect.get(this.#env, "PUSH_SERVICES")));
    if (address === null) {
      this.#store.drop(endpoint);
      return false;
    }
    try {
      const subscription = { endpoint, expirationTime: null, keys: { p256dh, auth } };
      const vapid = { subject: this.#subject(), ...(await vapidKeys(this.#env.TOKEN_SECRET)) };
      const topic = notice.kind === "offer" ? notice.conversation.slice(-32) : "test";
      const message = { data: notice, options: { ttl: LIVES_SECONDS, urgency: "high" as const, topic } };
      const { headers, method, body } = await buildPushPayload(message, subscription, vapid);
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      // A push service that sends elsewhere is not followed: only addresses that were looked at are called.
      const answer = await fetch(address, { method, headers, body, signal, redirect: "manual" });
      await answer.body?.cancel();
      const verdict = verdictOf(answer.status);
      if (verdict === "gone") this.#store.drop(endpoint);
      if (verdict === "later") reportFault("warn", "desk", "push", `answered ${answer.status}`);
      return verdict === "sent";
    } catch (error) {
      reportFault("warn", "desk", "push", error);
      return false;
    }
  }

  /** Whom a push service may turn to. */
  #subject(): string {
    const from: unknown = Reflect.get(this.#env, "MAIL_FROM");
    if (typeof from === "string" && from.includes("@")) return `mailto:${from}`;
    return `https://${this.#env.APP_HOST || "localhost"}`;
  }

  #site(): string {
    return this.#ctx.id.name ?? "";
  }
}

function keyOf(agent: string, conversation: string): string {
  return `${agent} ${conversation}`;
}
