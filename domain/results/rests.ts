/**
 * When a phase rested: it let nobody in, because its campaign was paused, or ended and was later taken up again.
 *
 * Whoever lets a campaign rest has seen how it stands. Where it rested at its planned end, the reading at that end is the
 * same look that it was stopped by, whatever happens to the campaign afterwards.
 *
 * Shapes  rests are in order of time; only the last may go on (`to` is null).
 * Units   moments are `EpochMs`.
 */
import * as z from "zod";
import type { EpochMs } from "../ids.ts";

export type Rest = readonly [from: EpochMs, to: EpochMs | null];
/** As they are kept. */
export const Rests = z.array(z.tuple([z.number(), z.number().nullable()]));

/** Since when it rests; null where it does not. */
export function restsSince(rests: readonly Rest[]): EpochMs | null {
  const last = rests.at(-1);
  return last === undefined || last[1] !== null ? null : last[0];
}

/** Whether nobody was let in up to that moment, and since before it. */
export function restedAt(rests: readonly Rest[], at: EpochMs): boolean {
  return rests.some(([from, to]) => from < at && (to === null || to >= at));
}
