/**
 * One who keeps to nothing: a bare socket into a room that sends what it is told to and looks at everything that comes
 * back. Every answer must be a frame of the protocol, and no refusal may hold what was said.
 */
import { decode, type ErrorCode, PROTOCOL_VERSION, ServerFrame } from "../domain/chat/wire.ts";

/** Stands in everything that an attacker invents, so that an echo of it is seen. */
export const CANARY = "kanarie7f3a";

export type Heard = { errors: Map<ErrorCode, number>; closes: Map<number, number>; wrong: string[] };

export function heardNothing(): Heard {
  return { errors: new Map(), closes: new Map(), wrong: [] };
}

export class Attacker {
  readonly #socket: WebSocket;
  readonly #heard: Heard;
  readonly #waiting = new Map<string, () => void>();
  closeCode: number | null = null;
  #onOpen: () => void = () => {};
  #onClose: () => void = () => {};

  constructor(url: string, heard: Heard) {
    this.#heard = heard;
    this.#socket = new WebSocket(url);
    this.#socket.addEventListener("open", () => this.#onOpen());
    this.#socket.addEventListener("message", ({ data }) => this.#hear(String(data)));
    this.#socket.addEventListener("close", ({ code, reason }) => {
      this.closeCode = code;
      heard.closes.set(code, (heard.closes.get(code) ?? 0) + 1);
      if (reason.includes(CANARY)) heard.wrong.push(`closed with what was said: ${reason}`);
      this.#onClose();
      for (const wake of this.#waiting.values()) wake();
    });
  }

  /** Connected, before any hello. */
  open(): Promise<this> {
    return new Promise((done, fail) => {
      this.#onOpen = () => done(this);
      this.#onClose = () => fail(new Error(`closed with ${this.closeCode} before it opened`));
    });
  }

  /** Say hello and wait for the welcome. */
  async enter(token: string): Promise<this> {
    await this.open();
    const welcomed = this.#until("welcome");
    this.send(JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, token, epoch: null, after: 0 }));
    await welcomed;
    return this;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(frame: string | Uint8Array<ArrayBuffer>): void {
    if (this.isOpen) this.#socket.send(frame);
  }

  /** Wait until the room has heard everything that was sent, by a message that it must refuse. */
  async barrier(): Promise<void> {
    const id = crypto.randomUUID();
    const heard = this.#until(id);
    this.send(JSON.stringify({ type: "message", client_id: id, kind: "note", body: "barrier" }));
    if (this.isOpen) await heard;
  }

  /** Wait for the server to close. */
  closed(): Promise<number> {
    return new Promise((done) => {
      const look = () => done(this.closeCode ?? 0);
      if (this.closeCode === null) this.#onClose = look;
      else look();
    });
  }

  leave(): void {
    this.#socket.close();
  }

  #until(word: string): Promise<void> {
    return new Promise((done) => {
      this.#waiting.set(word, () => {
        this.#waiting.delete(word);
        done();
      });
    });
  }

  #hear(text: string): void {
    if (text === "pong") return;
    const frame = decode(ServerFrame, text);
    if (frame === null) return void this.#heard.wrong.push(`not a frame: ${text.slice(0, 200)}`);
    if (frame.type === "welcome") this.#waiting.get("welcome")?.();
    if (frame.type !== "message" && text.includes(CANARY)) {
      this.#heard.wrong.push(`a ${frame.type} holds what was said: ${text.slice(0, 200)}`);
    }
    if (frame.type !== "error") return;
    this.#heard.errors.set(frame.code, (this.#heard.errors.get(frame.code) ?? 0) + 1);
    if (frame.client_id !== null) this.#waiting.get(frame.client_id)?.();
  }
}
