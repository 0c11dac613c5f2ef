/**
 * From a request's body to messages that may be recorded: each judged by itself, the bad ones listed with a reason.
 */
import {
  type Fault,
  MAX_MESSAGE_BYTES,
  type Message,
  type MessageType,
  readMessage,
} from "../../domain/events/message.ts";
import { ApiError } from "../errors.ts";

export type Refused = {
  index: number;
  message_id: string | null;
  code: string;
  message: string;
  path: string;
};
export type Accepted = {
  messages: { index: number; message: Message }[];
  refused: Refused[];
  sentAt: number | null;
};

/** The messages of a `/v1/batch` body. 400 where it is no batch or none of its messages is valid. */
export function acceptBatch(body: unknown): Accepted {
  const batch = field(body, "batch");
  if (!Array.isArray(batch))
    throw new ApiError("invalid", "a batch is a list of messages", { path: "batch" });
  const context = field(body, "context");
  const accepted: Accepted = { messages: [], refused: [], sentAt: momentOf(field(body, "sentAt")) };
  batch.forEach((raw: unknown, index) => {
    const read =
      sizeOf(raw) > MAX_MESSAGE_BYTES ? tooLarge(raw) : readMessage(withContext(raw, context), null);
    if (read.ok) accepted.messages.push({ index, message: read.message });
    else accepted.refused.push(refusal(index, read.messageId, read.fault, `batch.${index}`));
  });
  const [first] = accepted.refused;
  if (accepted.messages.length === 0) {
    throw new ApiError("no_valid_message", first?.message ?? "the batch is empty", {
      path: first?.path ?? "batch",
    });
  }
  return accepted;
}

/** The one message of `/v1/track` and its like. 400 or 413 where it is not valid. */
export function acceptOne(body: unknown, type: MessageType): Accepted {
  if (sizeOf(body) > MAX_MESSAGE_BYTES) {
    throw new ApiError("too_large", `a message is at most ${MAX_MESSAGE_BYTES} bytes`);
  }
  const read = readMessage(body, type);
  if (!read.ok) throw new ApiError("invalid", read.fault.message, { path: read.fault.path });
  return { messages: [{ index: 0, message: read.message }], refused: [], sentAt: null };
}

/** A refusal in the form of the answer's `rejected`. */
export function refusal(index: number, messageId: string | null, fault: Fault, at: string): Refused {
  const path = [at, fault.path].filter((part) => part !== "").join(".");
  return { index, message_id: messageId, code: fault.code, message: fault.message, path };
}

function tooLarge(raw: unknown): { ok: false; fault: Fault; messageId: string | null } {
  const id = field(raw, "messageId");
  const message = `a message is at most ${MAX_MESSAGE_BYTES} bytes`;
  return {
    ok: false,
    fault: { code: "too_large", message, path: "" },
    messageId: typeof id === "string" ? id : null,
  };
}

/** A batch's own context stands in for the messages that have none. */
function withContext(raw: unknown, context: unknown): unknown {
  const bare = typeof raw === "object" && raw !== null && !Array.isArray(raw) && !("context" in raw);
  return bare && context !== undefined ? { ...raw, context } : raw;
}

function field(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null && Object.hasOwn(body, name)
    ? (body as Record<string, unknown>)[name]
    : undefined;
}

function momentOf(value: unknown): number | null {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : null;
}

function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value) ?? "").byteLength;
}
