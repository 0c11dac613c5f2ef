/**
 * When a reader says how far it has come, and when it asks whether there is more.
 *
 * Asking for the range behind the last event does both: the room learns the position, and answers with what is missing
 * or with how far its log goes. Pure. Units: milliseconds, events.
 */

/** As many events, or so long after one, and the room is told. */
export const TELL_EVENTS = 20;
export const TELL_MS = 5_000;
/** Where nothing has come for so long, plus at most the jitter, it is asked whether nothing was said. */
export const CHECK_MS = 60_000;
export const CHECK_JITTER_MS = 15_000;

/** How long until the room is told of `last`, of which it knows `told`; null where it knows. */
export function tellAfterMs(last: number, told: number): number | null {
  if (last <= told) return null;
  return last - told >= TELL_EVENTS ? 0 : TELL_MS;
}

/** `random` is in [0, 1). */
export function checkAfterMs(random: number): number {
  return CHECK_MS + Math.round(random * CHECK_JITTER_MS);
}

/** What to ask for to say both. */
export function behind(last: number): { from: number; to: number } {
  return { from: last + 1, to: last + 1 };
}
