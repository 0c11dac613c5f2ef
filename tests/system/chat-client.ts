/**
 * One side of a conversation, over a real socket: says hello, sends, resends what was not acknowledged, and keeps
 * every frame it was shown. A frame that is not of the protocol is an error.
 */
import { decode, PROTOCOL_VERSION, ServerFrame } from "../../domain/chat/wire.ts";
import type { EventFrame, MessageFrame } from "../../domain/chat/wire.ts";

export type LogFrame = MessageFrame | EventFrame;
type Draft = { clientId: string; body: string };

export class ChatClient {
  readonly name: string;
  /** Everything shown so far, by `seq`. */
  readonly log = new Map<number, LogFrame>();
  readonly acked = new Map<string, number>();
  /** In the order in which they were first sent. */
  readonly sent: Draft[] = [];
  readonly epochs = new Set<string>();
  readonly wrong: string[] = [];
  #socket: WebSocket | null = null;
  #epoch: string | null = null;
  #head = 0;
  readonly #watchers = new Set<() => void>();

  constructor(name: string) {
    this.name = name;
  }

  /** Open, say hello and catch up; resolves once everything up to the head has been shown. */
  async connect(url: string, token: string): Promise<void> {
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#head = Number.POSITIVE_INFINITY;
    socket.addEventListener("open", () => {
      const after = Math.max(0, ...this.log.keys());
      const hello = { type: "hello", v: PROTOCOL_VERSION, token, epoch: this.#epoch, after };
      socket.send(JSON.stringify(hello));
    });
    socket.addEventListener("message", ({ data }) => this.#receive(String(data)));
    socket.addEventListener("close", () => this.#wake());
    await this.until(() => this.log.size >= this.#head, `${this.name} caught up`);
  }

  send(body: string): void {
    const draft = { clientId: crypto.randomUUID(), body };
    this.sent.push(draft);
    this.#write(draft);
  }

  /** Send again, in order, what nobody acknowledged, and wait for every acknowledgement. */
  async settle(): Promise<void> {
    for (const draft of this.sent) {
      if (!this.acked.has(draft.clientId)) this.#write(draft);
    }
    await this.until(
      () => this.sent.every(({ clientId }) => this.acked.has(clientId)),
      `everything of ${this.name} acknowledged`,
    );
  }

  /** Resolve once `holds`; throw after `withinMs` with what was missing. */
  async until(holds: () => boolean, what: string, withinMs = 15_000): Promise<void> {
    if (holds()) return;
    await new Promise<void>((done, fail) => {
      const watcher = () => {
        if (!holds()) return;
        clearTimeout(tooLate);
        this.#watchers.delete(watcher);
        done();
      };
      const tooLate = setTimeout(() => {
        this.#watchers.delete(watcher);
        fail(new Error(`not within ${withinMs} ms: ${what}; ${this.wrong.join("; ")}`));
      }, withinMs);
      this.#watchers.add(watcher);
    });
  }

  /** End the conversation for both sides. */
  end(): void {
    this.#socket?.send(JSON.stringify({ type: "close" }));
  }

  close(): void {
    this.#socket?.close();
  }

  #write({ clientId, body }: Draft): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return; // sent again after the next hello
    const frame = { type: "message", client_id: clientId, body, kind: "text" };
    this.#socket.send(JSON.stringify(frame));
  }

  #receive(text: string): void {
    const frame = decode(ServerFrame, text);
    if (frame === null) this.wrong.push(`not a frame: ${text}`);
    else this.#take(frame);
    this.#wake();
  }

  #take(frame: ServerFrame): void {
    if (frame.type === "welcome") {
      this.#epoch = frame.epoch;
      this.epochs.add(frame.epoch);
      this.#head = frame.head;
    } else if (frame.type === "reset") {
      this.wrong.push(`a reset from ${frame.from}`);
    } else if (frame.type === "ack") {
      const before = this.acked.get(frame.client_id);
      if (before !== undefined && before !== frame.seq)
        this.wrong.push(`two acks: ${before} and ${frame.seq}`);
      this.acked.set(frame.client_id, frame.seq);
    } else if (frame.type === "message" || frame.type === "event") {
      const before = this.log.get(frame.seq);
      const same = before === undefined || JSON.stringify(before) === JSON.stringify(frame);
      if (!same) this.wrong.push(`seq ${frame.seq} twice, not the same`);
      this.log.set(frame.seq, frame);
    } else if (frame.type === "error") {
      this.wrong.push(`error ${frame.code}: ${frame.message}`);
    }
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
