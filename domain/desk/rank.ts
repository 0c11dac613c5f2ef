/**
 * Who is served before whom: a point of priority is worth `POINT_MS` of waiting.
 *
 * So the higher priority goes first, within one priority the longest wait, and nobody starves: whoever has waited
 * longer than the difference in points is worth goes before everybody who comes.
 */
import type { EpochMs } from "../ids.ts";

export const POINT_MS = 60_000;

/** The lower is served first; it never changes while a conversation waits. */
export function rankOf({ waitingSince, priority }: { waitingSince: EpochMs; priority: number }): number {
  return waitingSince - priority * POINT_MS;
}
