/**
 * The visitor's copy of a conversation's one ordered log: what may be applied, and what to ask for.
 *
 * Pure: no socket, clock or storage. The caller passes each frame and does what `ask` says.
 *
 * Shapes  `Log` holds the events 1, 2, 3 … without a hole; what came too early waits in `held`.
 * Units   `last` is the `seq` of the last applied event; 0 before the first.
 * Errors  nothing throws; a log that cannot be mended becomes empty and `ask` says "resume".
 */
import type { EventFrame, MessageFrame, ServerFrame } from "../../domain/chat/wire.ts";

/** How often one hole is asked for before the whole log is fetched anew. */
export const HOLE_TRIES = 2;
/** More early events than this cannot be an ordinary hole. */
export const MAX_HELD = 1_000;

export type LogEvent = MessageFrame | EventFrame;
export type Log = {
  epoch: string | null;
  last: number;
  events: readonly LogEvent[];
  held: readonly LogEvent[];
  tries: number;
};
/** What the caller does next: nothing, ask for a range, or say hello again from the beginning. */
export type Ask = null | "resume" | { from: number; to: number };
export type Applied = { log: Log; ask: Ask };

export const emptyLog: Log = { epoch: null, last: 0, events: [], held: [], tries: 0 };

/** Take the server's greeting. A log of another epoch, or ahead of the server, is forgotten. */
export function greet(log: Log, welcome: Extract<ServerFrame, { type: "welcome" }>): Log {
  if (log.epoch === welcome.epoch && welcome.head >= log.last) return { ...log, held: [], tries: 0 };
  if (log.epoch === null && log.last === 0) return { ...log, epoch: welcome.epoch };
  return { ...emptyLog, epoch: welcome.epoch };
}

/** Begin again at `from`: the server cannot continue from where this copy stands. */
export function reset(frame: Extract<ServerFrame, { type: "reset" }>): Log {
  return { ...emptyLog, epoch: frame.epoch, last: Math.max(0, frame.from - 1) };
}

/** Apply one event: the next one, one already known (ignored), or one after a hole (held back). */
export function apply(log: Log, event: LogEvent): Applied {
  if (event.seq <= log.last) return { log, ask: null };
  if (event.seq === log.last + 1) return { log: drain(log, event), ask: null };
  const held = hold(log.held, event);
  if (held.length > MAX_HELD) return { log: emptyLog, ask: "resume" };
  if (log.tries > 0) return { log: { ...log, held }, ask: null };
  return askAgain({ ...log, held });
}

/** The hole is still there after a while: ask once more, and then give the whole log up. */
export function askAgain(log: Log): Applied {
  const first = log.held[0];
  if (!first) return { log, ask: null };
  if (log.tries >= HOLE_TRIES) return { log: emptyLog, ask: "resume" };
  return { log: { ...log, tries: log.tries + 1 }, ask: { from: log.last + 1, to: first.seq - 1 } };
}

function drain(log: Log, event: LogEvent): Log {
  const events = [...log.events, event];
  let last = event.seq;
  const held = log.held.filter((early) => {
    if (early.seq !== last + 1) return early.seq > last;
    events.push(early);
    last = early.seq;
    return false;
  });
  return { ...log, events, last, held, tries: held.length === 0 ? 0 : log.tries };
}

function hold(held: readonly LogEvent[], event: LogEvent): readonly LogEvent[] {
  if (held.some((other) => other.seq === event.seq)) return held;
  return [...held, event].toSorted((a, b) => a.seq - b.seq);
}
