/**
 * Reads what a client says to a room. The wire's schema is the law; this reader is the same law written out, because a
 * busy room reads a frame for every message and the schema costs more than all the rest of reading it.
 *
 * Pure. Accepts what `ClientFrame` of the wire accepts and gives the same value (a property test holds the two together).
 * Errors  anything else is null.
 */
import * as z from "zod/mini";
import {
  CANNED_ID,
  type CannedUse,
  type ClientFrame,
  MAX_CANNED_ID_LENGTH,
  MAX_EPOCH_LENGTH,
  MAX_TOKEN_LENGTH,
  type MessageKind,
} from "./wire.ts";

type Fields = Record<string, unknown>;

const UUID = z.regexes.uuid();

/** The frame in `text`, or null. */
export function readClientFrame(text: string): ClientFrame | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // not JSON: not a frame
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return frameOf(value as Fields);
}

function frameOf(fields: Fields): ClientFrame | null {
  switch (fields["type"]) {
    case "message":
      return messageOf(fields);
    case "typing":
      return typeof fields["on"] === "boolean" ? { type: "typing", on: fields["on"] } : null;
    case "read":
      return isSeq(fields["seq"]) ? { type: "read", seq: fields["seq"] } : null;
    case "range":
      return isSeq(fields["from"]) && isSeq(fields["to"])
        ? { type: "range", from: fields["from"], to: fields["to"] }
        : null;
    case "close":
      return { type: "close" };
    case "hello":
      return helloOf(fields);
    default:
      return null;
  }
}

function messageOf({ client_id, body, kind = "text", canned }: Fields): ClientFrame | null {
  if (typeof client_id !== "string" || typeof body !== "string" || !isKind(kind)) return null;
  if (!UUID.test(client_id)) return null;
  if (canned === undefined) return { type: "message", client_id, body, kind };
  const use = cannedOf(canned);
  return use === null ? null : { type: "message", client_id, body, kind, canned: use };
}

function cannedOf(value: unknown): CannedUse | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { id, edited = false } = value as Fields;
  if (!isShort(id, MAX_CANNED_ID_LENGTH) || !CANNED_ID.test(id) || typeof edited !== "boolean") return null;
  return { id, edited };
}

function helloOf({ v, token, epoch = null, after = 0, acks }: Fields): ClientFrame | null {
  if (!Number.isSafeInteger(v) || !isShort(token, MAX_TOKEN_LENGTH) || !isSeq(after)) return null;
  if (epoch !== null && !isShort(epoch, MAX_EPOCH_LENGTH)) return null;
  const hello = { type: "hello" as const, v: v as number, token, epoch, after };
  if (acks === undefined) return hello;
  return typeof acks === "boolean" ? { ...hello, acks } : null;
}

function isKind(value: unknown): value is MessageKind {
  return value === "text" || value === "note" || value === "card" || value === "file";
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isShort(value: unknown, most: number): value is string {
  return typeof value === "string" && value.length <= most;
}
