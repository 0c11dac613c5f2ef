/**
 * How many frames one sender may send: `FRAMES_PER_MINUTE` a minute, then a soft refusal, then the door.
 *
 * Shapes  `Meter` is what a socket remembers between frames; it is kept in the socket's attachment.
 * Units   `EpochMs`; a window lasts one minute from its first frame.
 */
import type { EpochMs } from "../ids.ts";
import { utf8Bytes } from "./room.ts";
import { FRAMES_PER_MINUTE } from "./wire.ts";

const WINDOW_MS = 60_000;
/** Frames that are refused softly before the socket is closed: enough for a burst to read its refusal. */
export const SOFT_REFUSALS = 30;

export type Meter = { since: EpochMs; frames: number };
export type Verdict = "accept" | "refuse" | "close";

export const EMPTY_METER: Meter = { since: 0, frames: 0 };

/** Count one frame at `now`. */
export function countFrame(meter: Meter, now: EpochMs): { meter: Meter; verdict: Verdict } {
  const fresh = now - meter.since >= WINDOW_MS || now < meter.since;
  const counted = fresh ? { since: now, frames: 1 } : { ...meter, frames: meter.frames + 1 };
  if (counted.frames <= FRAMES_PER_MINUTE) return { meter: counted, verdict: "accept" };
  const verdict = counted.frames <= FRAMES_PER_MINUTE + SOFT_REFUSALS ? "refuse" : "close";
  return { meter: counted, verdict };
}

/** What a frame weighs on the wire. */
export function frameBytes(frame: string | { byteLength: number }): number {
  return typeof frame === "string" ? utf8Bytes(frame) : frame.byteLength;
}
