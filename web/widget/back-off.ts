/**
 * When to try the connection again: full jitter, so that a whole site does not come back in step.
 *
 * Pure: dice and visibility are parameters. Units: milliseconds.
 */

export const BASE_MS = 1_000;
export const CAP_VISIBLE_MS = 30_000;
export const CAP_HIDDEN_MS = 5 * 60_000;
/** A connection that held this long was a good one: the next failure counts from the start. */
export const STABLE_MS = 30_000;
/** After this many sockets that never opened, messages go by HTTP as well. */
export const FALLBACK_AFTER = 3;

/** How long to wait before try number `attempt` (0 is the first repeat); `random` is in [0, 1). */
export function delayMs(attempt: number, visible: boolean, random: number): number {
  const cap = visible ? CAP_VISIBLE_MS : CAP_HIDDEN_MS;
  const ceiling = Math.min(cap, BASE_MS * 2 ** Math.min(attempt, 20));
  return Math.round(random * ceiling);
}

/** The room's code for a socket whose place another one of the same person has taken. */
export const CROWDED_OUT = 4_030;

export type AfterClose = "resume" | "rest" | "authenticate" | "final";

/**
 * What a close code asks for: 4100–4199 a new token, 4200 and up nothing more, all else a new try, which a tab that
 * was crowded out and that nobody sees puts off.
 */
export function afterClose(code: number): AfterClose {
  if (code === CROWDED_OUT) return "rest";
  if (code >= 4_100 && code < 4_200) return "authenticate";
  if (code >= 4_200 && code < 5_000) return "final";
  return "resume";
}
