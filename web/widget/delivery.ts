/**
 * How the visitor's messages reach the server: in order, one on its way at a time, until each is acknowledged.
 *
 * Holds   the outbox (a pure module decides), its stored copy, and which message is on its way.
 * Errors  what cannot be sent stays in the outbox, waiting or failed.
 */
import type { ClientFrame, ErrorCode, MessageFrame } from "../../domain/chat/wire.ts";
import { cell } from "./cell.ts";
import type { LogEvent } from "./conversation-log.ts";
import { newId } from "./message-id.ts";
import type { Outbox } from "./outbox.ts";
import { add, isPassing, merge, next, parted, refuse, retry, settle } from "./outbox.ts";
import { openOutboxStore } from "./outbox-store.ts";
import { timersOf } from "./timers.ts";

const ACK_WITHIN_MS = 10_000;
const REFUSED_AGAIN_MS = 5_000;

export type DeliveryPorts = {
  /** Hand a frame to the open socket, or say false. */
  send: (frame: ClientFrame) => boolean;
  /** Nothing answers: begin the connection anew. */
  restart: () => void;
  /** A message of ours has its place in the log. */
  placed: (message: MessageFrame) => void;
};

export function deliveryOf({ send, restart, placed }: DeliveryPorts) {
  const store = openOutboxStore();
  const outbox = cell<Outbox>([]);
  const timers = timersOf();
  let inFlight: string | null = null;

  function flush(): void {
    const turn = next(outbox.value);
    if (!turn || inFlight) return;
    const { client_id, body, kind = "text" } = turn;
    if (!send({ type: "message", client_id, body, kind })) return;
    inFlight = client_id;
    timers.after("ack", ACK_WITHIN_MS, () => {
      if (inFlight === client_id) restart();
    });
  }

  function settled(client_id: string): void {
    const left = settle(outbox.value, client_id);
    if (left === outbox.value) return;
    outbox.value = left;
    if (inFlight === client_id) inFlight = null;
    unstore(client_id);
    flush();
  }

  function unstore(client_id: string): void {
    store.then((opened) => opened.remove(client_id)).catch(console.warn);
  }

  /** What the log holds is no longer on its way. */
  function echoed(event: LogEvent): void {
    if (event.type === "message" && event.from.role === "visitor" && event.client_id) {
      settled(event.client_id);
    }
  }

  return {
    outbox,
    flush,
    echoed,

    next: () => next(outbox.value),

    async write(conversation: string, body: string, kind?: "file", client_id = newId()): Promise<void> {
      const pending = { client_id, conversation, body, ...(kind && { kind }), at: Date.now(), failed: null };
      outbox.value = add(outbox.value, pending);
      await (await store).put(pending);
    },

    /** Take out the texts that were written to `conversation`, which will not come to be, to be written elsewhere. */
    takeBack(conversation: string): string[] {
      const [theirs, others] = parted(outbox.value, conversation);
      outbox.value = others;
      for (const { client_id } of theirs) unstore(client_id);
      return theirs.map(({ body }) => body);
    },

    again(client_id: string): void {
      outbox.value = retry(outbox.value, client_id);
    },

    /** What was written before the conversation had an id belongs to it now. */
    async adopt(requestId: string, conversation: string): Promise<void> {
      const opened = await store;
      outbox.value = outbox.value.map((one) =>
        one.conversation === requestId ? { ...one, conversation } : one,
      );
      await Promise.all(outbox.value.map((one) => opened.put(one)));
    },

    /** Take up what an earlier page did not get rid of; `events` are already in the log. */
    async load(conversation: string, events: () => readonly LogEvent[]): Promise<void> {
      const stored = await (await store).load(conversation);
      outbox.value = merge(outbox.value, stored);
      events().forEach(echoed);
      flush();
    },

    /** An ack is as good as the echo: the message takes its place in the log, whichever comes first. */
    acknowledged(client_id: string, seq: number, at: string): void {
      const pending = outbox.value.find((one) => one.client_id === client_id);
      if (!pending) return;
      const from = { role: "visitor" as const, id: "", name: null };
      const { body, kind = "text" } = pending;
      placed({ type: "message", seq, at, from, kind, body, client_id });
      settled(client_id);
    },

    refused(client_id: string, code: ErrorCode): void {
      outbox.value = refuse(outbox.value, client_id, code);
      inFlight = null;
      if (isPassing(code)) timers.after("flush", REFUSED_AGAIN_MS, flush);
      else flush();
    },

    /** The line is cut: what was on its way goes again. */
    interrupted(): void {
      inFlight = null;
    },

    forget(): void {
      timers.cancelAll();
      outbox.value = [];
      inFlight = null;
    },
  };
}
