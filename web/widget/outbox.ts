/**
 * What the visitor has written and the server has not yet acknowledged.
 *
 * Pure: the caller stores the queue and sends. Messages leave in order, one on its way at a time, always
 * under the id they were born with, so that a repeat is the same message.
 *
 * Shapes  `Outbox` is the queue, oldest first. Units: `at` is `EpochMs`.
 */
import type { EpochMs } from "../../domain/ids.ts";
import type { ErrorCode } from "../../domain/chat/wire.ts";

export type Pending = {
  client_id: string;
  conversation: string;
  body: string;
  /** Text where it is not said. */
  kind?: "file";
  at: EpochMs;
  /** Why it will not go by itself; null while it still may. */
  failed: ErrorCode | null;
};
export type Outbox = readonly Pending[];

/** Add a message at the end. The same `client_id` is never added twice. */
export function add(outbox: Outbox, pending: Pending): Outbox {
  return outbox.some((one) => one.client_id === pending.client_id) ? outbox : [...outbox, pending];
}

/** The message whose turn it is: the oldest that has not failed. */
export function next(outbox: Outbox): Pending | null {
  return outbox.find((one) => one.failed === null) ?? null;
}

/** Take `client_id` out: the server has it, as an ack or as the echo in the log. */
export function settle(outbox: Outbox, client_id: string | null): Outbox {
  return outbox.some((one) => one.client_id === client_id)
    ? outbox.filter((one) => one.client_id !== client_id)
    : outbox;
}

/** True where trying again by itself can help; false where the visitor must decide. */
export function isPassing(code: ErrorCode): boolean {
  return code === "rate_limited" || code === "unavailable" || code === "unauthorized";
}

/** The server refused `client_id`: a passing refusal keeps its turn, any other one steps aside. */
export function refuse(outbox: Outbox, client_id: string, code: ErrorCode): Outbox {
  if (isPassing(code)) return outbox;
  return outbox.map((one) => (one.client_id === client_id ? { ...one, failed: code } : one));
}

/** The visitor asked to send it again: it keeps its id and goes to the end of the queue. */
export function retry(outbox: Outbox, client_id: string): Outbox {
  const found = outbox.find((one) => one.client_id === client_id);
  if (!found) return outbox;
  return [...outbox.filter((one) => one !== found), { ...found, failed: null }];
}

/** Queues of two places (this tab's, the stored one) as one, oldest first. */
export function merge(mine: Outbox, stored: Outbox): Outbox {
  const known = new Set(mine.map((one) => one.client_id));
  const others = stored.filter((one) => !known.has(one.client_id));
  return [...mine, ...others].toSorted((a, b) => a.at - b.at);
}

/** The messages of `conversation`, and all others. */
export function parted(outbox: Outbox, conversation: string): [Outbox, Outbox] {
  const theirs = outbox.filter((one) => one.conversation === conversation);
  return [theirs, outbox.filter((one) => one.conversation !== conversation)];
}
