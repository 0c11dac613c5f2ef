/**
 * A socket that comes back: opens, notices silence, waits with jitter, and opens again.
 *
 * The close code decides, as `contract.md` §4 says: 4100–4199 asks `renew` whether the login still holds,
 * 4200 and up ends the link, everything else comes back. A `ping` that nothing answers closes a half-open socket.
 *
 * Units   milliseconds; `retryAt` and `lostAt` are EpochMs.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { EpochMs } from "../../../domain/ids.ts";
import { waitBefore } from "./back-off.ts";

const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 8_000;
const OPEN_WITHIN_MS = 10_000;

export type LinkPhase =
  | { phase: "connecting"; lostAt: EpochMs | null }
  | { phase: "open" }
  | { phase: "waiting"; lostAt: EpochMs; retryAt: EpochMs }
  | { phase: "ended"; code: number };

export type LinkOptions = {
  /** A fresh socket; it may ask for a ticket first. Rejects where there is none to be had now. */
  dial: () => Promise<WebSocket>;
  /** The socket is open: say hello. */
  greet: () => void;
  hear: (text: string) => void;
  /** The other end asks for a login again. False ends the link. */
  renew: () => Promise<boolean>;
};

/** Thrown by `dial` where trying again is useless. */
export class LinkRefused extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`link refused: ${code}`);
    this.code = code;
  }
}

export class Link {
  readonly #options: LinkOptions;
  readonly #phase = signal<LinkPhase>({ phase: "connecting", lostAt: null });
  #socket: WebSocket | null = null;
  #attempt = 0;
  #lostAt: EpochMs | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #pulse: ReturnType<typeof setInterval> | null = null;
  #answerDue: ReturnType<typeof setTimeout> | null = null;
  #stopped = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    addEventListener("online", this.tryNow);
    addEventListener("offline", this.restart);
    document.addEventListener("visibilitychange", this.#onVisible);
    void this.#open();
  }

  get phase(): ReadonlySignal<LinkPhase> {
    return this.#phase;
  }

  /** The other end has answered as it should: the next loss begins with the shortest wait. */
  settle(): void {
    this.#attempt = 0;
    this.#lostAt = null;
  }

  /** False where the socket is not open; the caller keeps what it wanted to say. */
  send(frame: unknown): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Do not wait any longer. */
  readonly tryNow = (): void => {
    if (this.#phase.value.phase !== "waiting") return;
    if (this.#retry !== null) clearTimeout(this.#retry);
    void this.#open();
  };

  /** This socket leads nowhere, or what it says cannot be gone on from: begin anew over another. */
  readonly restart = (): void => {
    if (this.#socket !== null) this.#lose(this.#socket, 4000);
  };

  /** Leave for good. */
  stop(): void {
    this.#stopped = true;
    removeEventListener("online", this.tryNow);
    removeEventListener("offline", this.restart);
    document.removeEventListener("visibilitychange", this.#onVisible);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#quiet();
    this.#socket?.close(1000);
    this.#socket = null;
  }

  readonly #onVisible = (): void => {
    if (document.visibilityState !== "visible") return;
    if (this.#phase.value.phase === "open") this.#ping();
    else this.tryNow();
  };

  async #open(): Promise<void> {
    this.#phase.value = { phase: "connecting", lostAt: this.#lostAt };
    let socket: WebSocket;
    try {
      socket = await this.#options.dial();
    } catch (error) {
      if (this.#stopped) return;
      if (error instanceof LinkRefused) this.#end(error.code);
      else this.#waitAndRetry();
      return;
    }
    if (this.#stopped) return socket.close(1000);
    this.#socket = socket;
    this.#listen(socket);
  }

  #listen(socket: WebSocket): void {
    const late = setTimeout(() => this.#lose(socket, 1006), OPEN_WITHIN_MS);
    socket.addEventListener("open", () => {
      clearTimeout(late);
      if (socket !== this.#socket) return;
      this.#phase.value = { phase: "open" };
      this.#pulse = setInterval(() => this.#ping(), PING_EVERY_MS);
      this.#options.greet();
    });
    socket.addEventListener("message", (event: MessageEvent<unknown>) => {
      if (socket !== this.#socket) return;
      this.#answered();
      if (typeof event.data === "string" && event.data !== "pong") this.#options.hear(event.data);
    });
    socket.addEventListener("close", (event) => {
      clearTimeout(late);
      this.#lose(socket, event.code);
    });
  }

  #lose(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#quiet();
    socket.close();
    if (this.#stopped) return;
    if (code >= 4200 && code < 5000) this.#end(code);
    else if (code >= 4100 && code < 4200) void this.#renew(code);
    else this.#waitAndRetry();
  }

  async #renew(code: number): Promise<void> {
    this.#phase.value = { phase: "connecting", lostAt: (this.#lostAt ??= Date.now()) };
    const mayReturn = await this.#options.renew().catch(() => true);
    if (this.#stopped) return;
    if (mayReturn) this.#waitAndRetry();
    else this.#end(code);
  }

  #waitAndRetry(): void {
    this.#attempt += 1;
    this.#lostAt ??= Date.now();
    const wait = waitBefore(this.#attempt, Math.random());
    this.#phase.value = { phase: "waiting", lostAt: this.#lostAt, retryAt: Date.now() + wait };
    this.#retry = setTimeout(() => void this.#open(), wait);
  }

  #end(code: number): void {
    this.#phase.value = { phase: "ended", code };
  }

  #ping(): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN || this.#answerDue !== null) return;
    socket.send("ping");
    this.#answerDue = setTimeout(() => {
      this.#answerDue = null;
      this.#lose(socket, 1006);
    }, PONG_WITHIN_MS);
  }

  #answered(): void {
    if (this.#answerDue !== null) clearTimeout(this.#answerDue);
    this.#answerDue = null;
  }

  #quiet(): void {
    this.#answered();
    if (this.#pulse !== null) clearInterval(this.#pulse);
    this.#pulse = null;
  }
}

/** The socket address of `path` on the host that served this page. */
export function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
