/**
 * A room's alarm says whether others have what the room owes them. What they confirm would else cost a row each time;
 * the alarm has to be set anyway. One that was set while nothing was owed stands at an odd millisecond, every other at
 * an even one.
 *
 * What is owed later than that is never taken for told: it is told again after the moment at which the odd alarm rings,
 * or an even one was set for before.
 *
 * Units   `EpochMs`.
 */
import type { Entry } from "../history/outbox.ts";
import type { EpochMs } from "../ids.ts";

/** When the alarm rings; null where none stands, or where it is not known what it was set to. */
export type Alarm = EpochMs | null;

/** An alarm that says nothing: everything that is stored as owed is. */
export const NOTHING_TOLD: Alarm = null;

/** The moment at or just after `at` that says whether all was told when the alarm was set. */
export function alarmAt(at: EpochMs, allTold: boolean): EpochMs {
  const whole = Math.ceil(at);
  return (whole % 2 === 1) === allTold ? whole : whole + 1;
}

/** What of `owed`, as stored, others do not have by the word of the `alarm` that stands. */
export function untold(owed: readonly Entry[], alarm: Alarm): Entry[] {
  const saysTold = alarm !== null && alarm % 2 === 1;
  return owed.filter(({ retryAt }) => !saysTold || retryAt >= alarm);
}
