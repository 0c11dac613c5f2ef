/**
 * One lasting connection to a conversation's room: a socket that comes back, and HTTP where none may pass.
 *
 * Holds   the socket, its timers and the count of failed tries; what is said over it belongs to the caller.
 * Trusts  nothing it hears: every frame goes through the wire's schema.
 */
import type { ClientFrame, ServerFrame } from "../../domain/chat/wire.ts";
import { afterClose, delayMs, FALLBACK_AFTER, STABLE_MS } from "./back-off.ts";
import { readFrame } from "./frames.ts";
import { timersOf } from "./timers.ts";

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
  /** Other tabs of the same visitor have the places: this one, which nobody sees, leaves them theirs. */
  | { state: "resting" }
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

export type RoomConnection = ReturnType<typeof roomConnection>;

export function roomConnection(ports: RoomPorts) {
  const timers = timersOf();
  let socket: WebSocket | null = null;
  let ready = false;
  let attempt = 0;
  let neverOpened = 0;
  let stopped = false;
  let retryAt = 0;
  let carriedByHttp = false;

  const lost = (): void => drop(1006);

  function start(): void {
    addEventListener("online", wake);
    addEventListener("offline", lost);
    document.addEventListener("visibilitychange", wake);
    connect();
  }

  function stop(): void {
    stopped = true;
    removeEventListener("online", wake);
    removeEventListener("offline", lost);
    document.removeEventListener("visibilitychange", wake);
    forget();
  }

  /** Send now, or say false: nothing is queued here, the outbox is the queue. */
  function send(frame: ClientFrame): boolean {
    if (!ready || socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(frame));
    return true;
  }

  /** Say hello again from the caller's position, on the same token. */
  function restart(): void {
    drop(4_000);
    tryNow();
  }

  function tryNow(): void {
    if (stopped || socket) return;
    timers.cancel("retry");
    connect();
  }

  function wake(): void {
    if (document.visibilityState !== "visible") return;
    if (socket && ready) ping();
    else tryNow();
  }

  function connect(): void {
    ports.link({ state: "connecting" });
    let opened: WebSocket;
    try {
      opened = new WebSocket(ports.socketUrl());
    } catch {
      // A page's policy may forbid sockets by throwing here; HTTP still carries the conversation.
      closed(1006);
      return;
    }
    socket = opened;
    const mine = (act: () => void) => () => {
      if (socket === opened) act();
    };
    opened.onopen = mine(() => {
      const hello: ClientFrame = { type: "hello", v: SPOKEN_VERSION, acks: true, ...ports.hello() };
      opened.send(JSON.stringify(hello));
    });
    opened.onmessage = (event: MessageEvent<unknown>) => mine(() => heard(event.data))();
    opened.onclose = (event) => mine(() => drop(event.code))();
    timers.after("welcome", WELCOME_WITHIN_MS, () => drop(1006));
  }

  function heard(data: unknown): void {
    timers.cancel("pong");
    if (typeof data !== "string" || data === "pong") return;
    const frame = readFrame(data);
    if (!frame) return;
    if ((frame.type === "welcome" || frame.type === "reset") && !ready) welcomed();
    ports.frame(frame);
  }

  function welcomed(): void {
    ready = true;
    neverOpened = 0;
    carriedByHttp = false;
    timers.cancel("welcome");
    timers.cancel("poll");
    timers.after("stable", STABLE_MS, () => (attempt = 0));
    timers.after("ping", PING_MS, ping);
    ports.link({ state: "open" });
  }

  function ping(): void {
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.send("ping");
    if (!timers.isSet("pong")) timers.after("pong", PONG_WITHIN_MS, () => drop(1006));
    timers.after("ping", PING_MS, ping);
  }

  /** Let go of the socket, whatever it says later, and do what `code` asks for. */
  function drop(code: number): void {
    if (!socket) return;
    if (!ready) neverOpened += 1;
    forget();
    closed(code);
  }

  function forget(): void {
    const left = socket;
    socket = null;
    ready = false;
    timers.cancelAll();
    left?.close();
  }

  function closed(code: number): void {
    if (stopped) return;
    const next = afterClose(code);
    if (next === "final") {
      ports.link({ state: "final" });
    } else if (next === "rest" && document.visibilityState === "hidden") {
      // Taken up again when this tab comes to the front.
      ports.link({ state: "resting" });
    } else if (next === "authenticate") {
      authenticate().catch(wait);
    } else {
      wait();
    }
  }

  async function authenticate(): Promise<void> {
    ports.link({ state: "connecting" });
    const known = await ports.authenticate();
    if (stopped) return;
    if (known) wait();
    else ports.link({ state: "final" });
  }

  function wait(): void {
    if (stopped) return;
    const visible = document.visibilityState === "visible";
    const delay = delayMs(attempt, visible, Math.random());
    attempt += 1;
    retryAt = Date.now() + delay;
    tellWaiting();
    timers.after("retry", delay, connect);
    if (neverOpened >= FALLBACK_AFTER && navigator.onLine) poll();
  }

  function tellWaiting(): void {
    ports.link({ state: "waiting", retryAt, fallback: carriedByHttp });
  }

  /** Without a socket the conversation goes on by HTTP; a failure here changes nothing, the retry stands. */
  function poll(): void {
    const answered = (carried: boolean): void => {
      carriedByHttp = carried;
      if (!ready && timers.isSet("retry")) tellWaiting();
    };
    ports.poll().then(
      () => answered(true),
      () => answered(false),
    );
    timers.after("poll", POLL_EVERY_MS, () => {
      if (document.visibilityState === "visible") poll();
    });
  }

  return { start, stop, send, restart, tryNow };
}
