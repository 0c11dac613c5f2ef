/**
 * The rules of one conversation: who may say what, what is stored once, who sees which event, how a reader
 * takes up again, and when it closes by itself.
 *
 * Pure: the caller passes `now` and what it has stored, and keeps what is returned.
 *
 * Shapes  `Room` is all that posting must know; a log entry is the frame that agents see.
 * Units   `EpochMs`; `seq` counts 1, 2, 3 … per conversation; sizes are UTF-8 bytes.
 * Errors  an expected "no" is a returned `Refusal`; nothing here throws.
 */
import { type EpochMs, isoOf } from "../ids.ts";
import {
  type Author,
  type CannedUse,
  type ErrorCode,
  type EventFrame,
  MAX_REPLAY,
  MAX_TEXT_BYTES,
  type MessageFrame,
  type MessageKind,
  type Role,
  type RoomStatus,
} from "./wire.ts";

/** `new` until the visitor's first message: it waits in no queue yet. */
export type Status = "new" | RoomStatus;
export type Room = { status: Status; head: number; lastAt: EpochMs };
export type Entry = MessageFrame | EventFrame;
/**
 * `html`: what the body says as safe HTML, where that is more than its text. `canned`: what an agent's text began from;
 * of anybody else's, and of any other kind, it is not kept.
 */
export type Draft = {
  clientId: string;
  from: Author;
  kind: MessageKind;
  body: string;
  html?: string | null;
  canned?: CannedUse | undefined;
};

export type Refusal = { ok: false; code: ErrorCode; message: string };
export type Posted =
  | { ok: true; repeated: true; entry: MessageFrame }
  | { ok: true; repeated: false; entry: MessageFrame; room: Room; enters: boolean };

const MAY_SEND: Record<Role, readonly MessageKind[]> = {
  visitor: ["text", "file"],
  agent: ["text", "note", "card", "file"],
  bot: ["text", "card"],
  system: ["text"],
};

/** Whether `role` sends messages of `kind` at all. */
export function maySend(role: Role, kind: MessageKind): boolean {
  return MAY_SEND[role].includes(kind);
}

/** Why `body` is too long for a message; null where it is not. */
export function tooLong(body: string): Refusal | null {
  if (!isLongerThan(body, MAX_TEXT_BYTES)) return null;
  return refuse("too_large", `a text may have ${MAX_TEXT_BYTES} bytes; shorten it or send it in parts`);
}

/** What answers `draft` where its sender has stored `earlier` under the same client id. */
export function repeat(
  draft: Pick<Draft, "body" | "kind">,
  earlier: MessageFrame,
): { ok: true; repeated: true; entry: MessageFrame } | Refusal {
  const isSame = earlier.body === draft.body.toWellFormed() && earlier.kind === draft.kind;
  if (isSame) return { ok: true, repeated: true, entry: earlier };
  return refuse("conflict", "this client_id was used for another message");
}

/**
 * Post `draft` into `room`; `earlier` is what the same sender has stored under the same client id.
 * `seq` rises by exactly one and `at` never falls, even where the clock does. `enters` says that this is the
 * visitor's first message, with which the conversation enters the queue.
 */
export function post(room: Room, draft: Draft, earlier: MessageFrame | null, now: EpochMs): Posted | Refusal {
  if (earlier !== null) return repeat(draft, earlier);
  const body = draft.body.toWellFormed();
  if (!maySend(draft.from.role, draft.kind)) {
    return refuse("forbidden", `a ${draft.from.role} cannot send a ${draft.kind}`);
  }
  const long = tooLong(body);
  if (long !== null) return long;
  if (body.trim() === "") return refuse("bad_frame", "the message is empty");
  if (room.status === "closed") return refuse("closed", "this conversation is closed; open a new one");

  const at = Math.max(now, room.lastAt);
  const seq = room.head + 1;
  const enters = draft.from.role === "visitor" && room.status === "new";
  return {
    ok: true,
    repeated: false,
    enters,
    entry: {
      type: "message",
      seq,
      at: isoOf(at),
      from: draft.from,
      kind: draft.kind,
      body,
      client_id: draft.clientId,
      ...(draft.html ? { html: draft.html } : {}),
      ...(draft.canned && draft.from.role === "agent" && draft.kind === "text"
        ? { canned: draft.canned }
        : {}),
    },
    room: { status: enters ? "queued" : room.status, head: seq, lastAt: at },
  };
}

/** Record that something happened; it takes the next place in the same log. */
export function note(
  room: Room,
  name: string,
  fields: Record<string, unknown>,
  now: EpochMs,
): { room: Room; entry: EventFrame } {
  const at = Math.max(now, room.lastAt);
  const seq = room.head + 1;
  return {
    room: { ...room, head: seq, lastAt: at },
    entry: { ...fields, type: "event", seq, at: isoOf(at), name },
  };
}

/** What a visitor sees of an event: under which name, and which of its fields. Of any other, only that it was. */
const SHOWN: Readonly<Record<string, { name: string; fields: readonly string[] }>> = {
  assigned: { name: "assigned", fields: ["agent"] },
  transferred: { name: "transferred", fields: ["from", "agent"] },
  taken_over: { name: "transferred", fields: ["from", "agent"] },
  requeued: { name: "requeued", fields: ["reason"] },
  closed: { name: "closed", fields: ["reason", "survey"] },
};

/** What `role` sees of `entry`: a visitor sees that something was noted, never what or by whom, nor what an answer began from. */
export function render(entry: Entry, role: Role): Entry {
  if (role !== "visitor" || !isHiddenInPart(entry)) return entry;
  if (entry.type === "message" && entry.kind !== "note") {
    const { canned: _ours, ...said } = entry;
    return said;
  }
  const { seq, at } = entry;
  const shown = entry.type === "event" && Object.hasOwn(SHOWN, entry.name) ? SHOWN[entry.name] : undefined;
  if (shown === undefined) return { type: "event", seq, at, name: "hidden" };
  const fields = Object.entries(entry).filter(([name]) => shown.fields.includes(name));
  return { ...Object.fromEntries(fields), type: "event", seq, at, name: shown.name };
}

/** Whether a visitor is shown less of `entry` than an agent. */
export function isHiddenInPart(entry: Entry): boolean {
  return entry.type === "event" || entry.kind === "note" || entry.canned !== undefined;
}

export type ResumePlan = { kind: "replay" | "reset"; from: number };

/**
 * How a reader who has everything up to `after` takes up again: every missed event in order, or `reset` and
 * the newest `MAX_REPLAY` where continuity cannot be proven (another epoch, a position we never gave, or too
 * much missed). A reader without epoch and position is new: there is nothing to continue.
 */
export function resumePlan(
  room: { epoch: string; head: number },
  reader: { epoch: string | null; after: number },
): ResumePlan {
  const isNew = reader.epoch === null && reader.after === 0;
  const continues = reader.epoch === room.epoch && reader.after <= room.head;
  if ((isNew || continues) && room.head - reader.after <= MAX_REPLAY) {
    return { kind: "replay", from: reader.after + 1 };
  }
  return { kind: "reset", from: Math.max(1, room.head - MAX_REPLAY + 1) };
}

/** The part of `from…to` that exists, at most `MAX_REPLAY` events; null where the frame asks for nothing. */
export function rangePlan(
  head: number,
  wanted: { from: number; to: number },
): { from: number; to: number } | null {
  if (wanted.from < 1 || wanted.to < wanted.from) return null;
  return { from: wanted.from, to: Math.min(wanted.to, head, wanted.from + MAX_REPLAY - 1) };
}

/** When the conversation closes if its visitor gives no further sign of life. */
export function closesAt(lastSignAt: EpochMs, idleMinutes: number): EpochMs {
  return lastSignAt + idleMinutes * 60_000;
}

/** What the world outside calls this status: a conversation that waits for its first word is `queued`. */
export function publicStatus(status: Status): RoomStatus {
  return status === "new" ? "queued" : status;
}

/** UTF-16 code units have at most so many bytes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** Whether `text` has more than `most` bytes in UTF-8; most texts are too short to be counted. */
export function isLongerThan(text: string, most: number): boolean {
  return text.length * MAX_BYTES_PER_UNIT > most && utf8Bytes(text) > most;
}

/** The length of `text` in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function refuse(code: ErrorCode, message: string): Refusal {
  return { ok: false, code, message };
}
