/**
 * One lasting connection to a conversation's room: a socket that comes back, and HTTP where none may pass.
 *
 * Holds   the socket, its timers and the count of failed tries; what is said over it belongs to the caller.
 * Trusts  nothing it hears: every frame goes through the wire's schema.
 */
import type { ClientFrame, ServerFrame } from "../../domain/chat/wire.ts";
import { afterClose, delayMs, FALLBACK_AFTER, STABLE_MS } from "./back-off.ts";
import { readFrame } from "./frames.ts";

/** `PROTOCOL_VERSION` of the wire, told in hello. A test holds the two together. */
export const SPOKEN_VERSION = 1;

const PING_MS = 25_000;
const PONG_WITHIN_MS = 10_000;
const WELCOME_WITHIN_MS = 10_000;
const POLL_EVERY_MS = 5_000;

/** How the connection stands; `retryAt` (EpochMs) is set while it waits for its next try. */
export type Link =
  | { state: "connecting" }
  | { state: "open" }
  | { state: "waiting"; retryAt: number; fallback: boolean }
  | { state: "final" };

export type RoomPorts = {
  socketUrl: () => string;
  hello: () => { token: string; epoch: string | null; after: number };
  frame: (frame: ServerFrame) => void;
  link: (link: Link) => void;
  /** Fetch a new token. False: there is none to be had, the conversation is over for this page. */
  authenticate: () => Promise<boolean>;
  /** Send and fetch once by HTTP; called every few seconds while sockets do not open. */
  poll: () => Promise<void>;
};

export class RoomConnection {
  readonly #ports: RoomPorts;
  #socket: WebSocket | null = null;
  #ready = false;
  #attempt = 0;
  #neverOpened = 0;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #stopped = false;
  #retryAt = 0;
  #carriedByHttp = false;
  readonly #awake = (): void => this.#wake();
  readonly #lost = (): void => this.#drop(1006);

  constructor(ports: RoomPorts) {
    this.#ports = ports;
  }

  start(): void {
    addEventListener("online", this.#awake);
    addEventListener("offline", this.#lost);
    document.addEventListener("visibilitychange", this.#awake);
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    removeEventListener("online", this.#awake);
    removeEventListener("offline", this.#lost);
    document.removeEventListener("visibilitychange", this.#awake);
    this.#forget();
  }

  /** Send now, or say false: nothing is queued here, the outbox is the queue. */
  send(frame: ClientFrame): boolean {
    if (!this.#ready || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Say hello again from the caller's position, on the same token. */
  restart(): void {
    this.#drop(4_000);
    this.tryNow();
  }

  tryNow(): void {
    if (this.#stopped || this.#socket) return;
    this.#cancel("retry");
    this.#connect();
  }

  #wake(): void {
    if (document.visibilityState !== "visible") return;
    if (this.#socket && this.#ready) this.#ping();
    else this.tryNow();
  }

  #connect(): void {
    this.#ports.link({ state: "connecting" });
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.#ports.socketUrl());
    } catch {
      // A page's policy may forbid sockets by throwing here; HTTP still carries the conversation.
      this.#closed(1006);
      return;
    }
    this.#socket = socket;
    const mine = (act: () => void) => () => {
      if (this.#socket === socket) act();
    };
    socket.onopen = mine(() => {
      const hello: ClientFrame = { type: "hello", v: SPOKEN_VERSION, ...this.#ports.hello() };
      socket.send(JSON.stringify(hello));
    });
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (this.#socket === socket) this.#heard(event.data);
    };
    socket.onclose = (event) => mine(() => this.#drop(event.code))();
    this.#after("welcome", WELCOME_WITHIN_MS, () => this.#drop(1006));
  }

  #heard(data: unknown): void {
    this.#cancel("pong");
    if (typeof data !== "string" || data === "pong") return;
    const frame = readFrame(data);
    if (!frame) return;
    if ((frame.type === "welcome" || frame.type === "reset") && !this.#ready) this.#welcomed();
    this.#ports.frame(frame);
  }

  #welcomed(): void {
    this.#ready = true;
    this.#neverOpened = 0;
    this.#carriedByHttp = false;
    this.#cancel("welcome");
    this.#cancel("poll");
    this.#after("stable", STABLE_MS, () => (this.#attempt = 0));
    this.#after("ping", PING_MS, () => this.#ping());
    this.#ports.link({ state: "open" });
  }

  #ping(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send("ping");
    if (!this.#timers.has("pong")) this.#after("pong", PONG_WITHIN_MS, () => this.#drop(1006));
    this.#after("ping", PING_MS, () => this.#ping());
  }

  /** Let go of the socket, whatever it says later, and do what `code` asks for. */
  #drop(code: number): void {
    if (!this.#socket) return;
    if (!this.#ready) this.#neverOpened += 1;
    this.#forget();
    this.#closed(code);
  }

  #forget(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#ready = false;
    for (const name of this.#timers.keys()) this.#cancel(name);
    socket?.close();
  }

  #closed(code: number): void {
    if (this.#stopped) return;
    const next = afterClose(code);
    if (next === "final") {
      this.#ports.link({ state: "final" });
    } else if (next === "authenticate") {
      this.#authenticate().catch(() => this.#wait());
    } else {
      this.#wait();
    }
  }

  async #authenticate(): Promise<void> {
    this.#ports.link({ state: "connecting" });
    const known = await this.#ports.authenticate();
    if (this.#stopped) return;
    if (known) this.#wait();
    else this.#ports.link({ state: "final" });
  }

  #wait(): void {
    if (this.#stopped) return;
    const visible = document.visibilityState === "visible";
    const delay = delayMs(this.#attempt, visible, Math.random());
    this.#attempt += 1;
    this.#retryAt = Date.now() + delay;
    this.#tellWaiting();
    this.#after("retry", delay, () => this.#connect());
    if (this.#neverOpened >= FALLBACK_AFTER && navigator.onLine) this.#poll();
  }

  #tellWaiting(): void {
    this.#ports.link({ state: "waiting", retryAt: this.#retryAt, fallback: this.#carriedByHttp });
  }

  /** Without a socket the conversation goes on by HTTP; a failure here changes nothing, the retry stands. */
  #poll(): void {
    const answered = (carried: boolean): void => {
      this.#carriedByHttp = carried;
      if (!this.#ready && this.#timers.has("retry")) this.#tellWaiting();
    };
    this.#ports.poll().then(
      () => answered(true),
      () => answered(false),
    );
    this.#after("poll", POLL_EVERY_MS, () => {
      if (document.visibilityState === "visible") this.#poll();
    });
  }

  #after(name: string, ms: number, act: () => void): void {
    this.#cancel(name);
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      act();
    }, ms);
    this.#timers.set(name, timer);
  }

  #cancel(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
