/**
 * How long to wait before trying a lost connection again.
 *
 * Pure: the dice are a parameter. Waits double, are spread so that a thousand consoles do not come back in the
 * same second, and never exceed the ceiling.
 *
 * Units   milliseconds; `dice` is a number from 0 up to 1.
 */

export const FIRST_WAIT_MS = 500;
export const LONGEST_WAIT_MS = 20_000;

/** The wait before attempt `attempt` (1 is the first retry): between half and all of the doubled wait. */
export function waitBefore(attempt: number, dice: number): number {
  const doublings = Math.min(Math.max(0, attempt - 1), 10);
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** doublings);
  return Math.round(ceiling / 2 + (ceiling / 2) * dice);
}

/** The position of a silent log is asked for about once a minute, by no two consoles in step. */
export const CHECK_EVERY_MS = 60_000;

/** The wait before the next look whether the log goes on: between three quarters and five quarters of the usual. */
export function checkAfter(dice: number): number {
  return Math.round(CHECK_EVERY_MS * (0.75 + dice / 2));
}
