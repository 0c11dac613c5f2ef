/**
 * How much one sender may ask of a room: frames a minute, then a soft refusal, then the door; replayed bytes a minute;
 * how often the others are told that somebody types.
 *
 * Shapes  `Meter` is what a sender's frames are counted by, `Flow` what is replayed to one socket.
 * Units   `EpochMs`; a window lasts one minute from its first frame.
 */
import type { EpochMs } from "../ids.ts";
import { isLongerThan, utf8Bytes } from "./room.ts";
import { FRAMES_PER_MINUTE, MAX_FRAME_BYTES, MAX_REPLAY, MAX_TEXT_BYTES } from "./wire.ts";

const WINDOW_MS = 60_000;
/** Frames that are refused softly before the socket is closed: enough for a burst to read its refusal. */
export const SOFT_REFUSALS = 30;

export type Meter = { since: EpochMs; frames: number };
export type Verdict = "accept" | "refuse" | "close";

export const EMPTY_METER: Meter = { since: 0, frames: 0 };

/** Count one frame at `now`, of which `most` are allowed in a minute. */
export function countFrame(
  meter: Meter,
  now: EpochMs,
  most: number = FRAMES_PER_MINUTE,
): { meter: Meter; verdict: Verdict } {
  const frames = isOver(meter.since, now) ? 1 : meter.frames + 1;
  const counted = { since: frames === 1 ? now : meter.since, frames };
  if (frames <= most) return { meter: counted, verdict: "accept" };
  return { meter: counted, verdict: frames <= most + SOFT_REFUSALS ? "refuse" : "close" };
}

/** What a client may have replayed in a minute: the whole of any log that can be replayed at once, twice. */
export const REPLAYED_BYTES_PER_MINUTE = 2 * MAX_REPLAY * MAX_TEXT_BYTES;

export type Flow = { since: EpochMs; bytes: number };

export const EMPTY_FLOW: Flow = { since: 0, bytes: 0 };

/** Whether a socket to which `flow` was replayed may be replayed more at `now`. */
export function mayReplay(flow: Flow, now: EpochMs): boolean {
  return isOver(flow.since, now) || flow.bytes < REPLAYED_BYTES_PER_MINUTE;
}

/** `flow` after `bytes` were replayed at `now`. */
export function replayed(flow: Flow, bytes: number, now: EpochMs): Flow {
  return isOver(flow.since, now) ? { since: now, bytes } : { since: flow.since, bytes: flow.bytes + bytes };
}

/** The others are told that somebody types at most so often. */
export const TYPING_EVERY_MS = 3_000;

/** What was last told of somebody's typing, and when. */
export type Typed = { on: boolean; at: EpochMs };

export const NOT_TYPING: Typed = { on: false, at: 0 };

/** What to remember once the others were told `on` at `now`; null where they are not to be told. */
export function typed(last: Typed, on: boolean, now: EpochMs): Typed | null {
  if (!on) return last.on ? { on, at: last.at } : null;
  const early = now >= last.at && now - last.at < TYPING_EVERY_MS;
  return early ? null : { on, at: now };
}

function isOver(since: EpochMs, now: EpochMs): boolean {
  return now - since >= WINDOW_MS || now < since;
}

/** Whether `frame` has more bytes than a frame may have. */
export function isOversized(frame: string | { byteLength: number }): boolean {
  return typeof frame === "string"
    ? isLongerThan(frame, MAX_FRAME_BYTES)
    : frame.byteLength > MAX_FRAME_BYTES;
}

/** What a frame weighs on the wire. */
export function frameBytes(frame: string | { byteLength: number }): number {
  return typeof frame === "string" ? utf8Bytes(frame) : frame.byteLength;
}
