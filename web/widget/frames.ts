/**
 * Reads what the room says, without carrying a schema library to every visitor.
 *
 * Pure. Accepts what `ServerFrame` of the wire's schema accepts (a property test holds the two together).
 * Errors  anything else is null.
 */
import type { ErrorCode, ServerFrame } from "../../domain/chat/wire.ts";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const whether: Check = (value) => typeof value === "boolean";
const number: Check = (value) => typeof value === "number" && Number.isFinite(value);
const int: Check = (value) => Number.isSafeInteger(value);
const seq: Check = (value) => int(value) && (value as number) >= 0;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf =
  (...words: string[]): Check =>
  (value) =>
    text(value) && words.includes(value as string);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape = (fields: Record<string, Check>): Check => {
  return (value) => isRecord(value) && Object.entries(fields).every(([name, check]) => check(value[name]));
};

const person = shape({ id: text, name: orNull(text) });
const author = shape({ role: oneOf("visitor", "agent", "bot", "system"), id: text, name: orNull(text) });
const status = oneOf("queued", "open", "closed");

const CODES: Record<ErrorCode, true> = {
  bad_frame: true,
  too_large: true,
  rate_limited: true,
  unauthorized: true,
  forbidden: true,
  not_found: true,
  conflict: true,
  closed: true,
  version: true,
  unavailable: true,
};

const FRAMES: Record<ServerFrame["type"], Check> = {
  welcome: shape({
    v: int,
    epoch: text,
    head: seq,
    conversation: shape({ id: text, status, created_at: text, agent: orNull(person) }),
    participants: listOf(author),
  }),
  reset: shape({ epoch: text, head: seq, from: seq }),
  ack: shape({ client_id: text, seq, at: text }),
  message: shape({
    seq,
    at: text,
    from: author,
    kind: oneOf("text", "note", "card", "file"),
    body: text,
    client_id: orNull(text),
    html: maybe(text),
  }),
  event: shape({ seq, at: text, name: text }),
  typing: shape({ from: author, on: whether }),
  read: shape({ from: author, seq }),
  state: shape({ status, position: orNull(int), wait_seconds: orNull(number), head: maybe(seq) }),
  error: shape({ code: oneOf(...Object.keys(CODES)), message: text, client_id: orNull(text) }),
};

/** The frame in `wire`, or null. */
export function readFrame(wire: string): ServerFrame | null {
  try {
    return frameOf(JSON.parse(wire));
  } catch {
    return null; // not JSON: not a frame
  }
}

/** `value` as a frame, or null. */
export function frameOf(value: unknown): ServerFrame | null {
  return isFrame(value) ? value : null;
}

function isFrame(value: unknown): value is ServerFrame {
  if (!isRecord(value)) return false;
  const { type } = value;
  return (
    typeof type === "string" && Object.hasOwn(FRAMES, type) && FRAMES[type as ServerFrame["type"]](value)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
