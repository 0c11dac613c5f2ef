/**
 * From a request's body to messages that may be recorded: each judged by itself, the bad ones listed with a reason.
 */
import {
  type Fault,
  MAX_DEPTH,
  MAX_MESSAGE_BYTES,
  type Message,
  messageIdOf,
  type MessageType,
  nestsDeeper,
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

/** Written anew, JSON is at most so many times as long as it came: `1e20` is 21 digits. */
const MAX_GROWTH = 8;

/**
 * The messages of a `/v1/batch` body that came as `bytes` bytes. 400 where it is no batch or none of its messages is
 * valid.
 */
export function acceptBatch(body: unknown, bytes = Infinity): Accepted {
  const mayBeTooLarge = bytes * MAX_GROWTH > MAX_MESSAGE_BYTES;
  const batch = field(body, "batch");
  if (!Array.isArray(batch))
    throw new ApiError("invalid", "a batch is a list of messages", { path: "batch" });
  const context = field(body, "context");
  const accepted: Accepted = { messages: [], refused: [], sentAt: momentOf(field(body, "sentAt")) };
  batch.forEach((raw: unknown, index) => {
    const whole = withContext(raw, context);
    const fault = misshapen(raw, mayBeTooLarge) ?? (whole === raw ? null : misshapen(whole, mayBeTooLarge));
    const read =
      fault === null ? readMessage(whole, null) : { ok: false as const, fault, messageId: messageIdOf(raw) };
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
  const fault = misshapen(body);
  if (fault !== null) throw new ApiError(fault.code, fault.message);
  const read = readMessage(body, type);
  if (!read.ok) throw new ApiError("invalid", read.fault.message, { path: read.fault.path });
  return { messages: [{ index: 0, message: read.message }], refused: [], sentAt: null };
}

/** A refusal in the form of the answer's `rejected`. */
export function refusal(index: number, messageId: string | null, fault: Fault, at: string): Refused {
  const path = [at, fault.path].filter((part) => part !== "").join(".");
  return { index, message_id: messageId, code: fault.code, message: fault.message, path };
}

/** What forbids to look at `raw` at all: its depth, then its size. */
function misshapen(raw: unknown, mayBeTooLarge = true): (Fault & { code: "invalid" | "too_large" }) | null {
  if (nestsDeeper(raw)) {
    return { code: "invalid", message: `a message nests up to ${MAX_DEPTH} levels`, path: "" };
  }
  return mayBeTooLarge && sizeOf(raw) > MAX_MESSAGE_BYTES
    ? { code: "too_large", message: `a message is at most ${MAX_MESSAGE_BYTES} bytes`, path: "" }
    : null;
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
