/**
 * How far readers lag behind what they were sent: the last events of a room by size and moment, and from them whether
 * somebody who has come as far as a given event is too far behind to be waited for.
 *
 * Pure, and kept only in memory: a room that was put out of it begins anew, and so gives every reader the benefit.
 *
 * Units   `EpochMs`; sizes are UTF-16 code units of the frames, which is what they weigh in memory at least.
 */
import type { EpochMs } from "../ids.ts";

export const MAX_LAG_EVENTS = 500;
export const MAX_LAG_UNITS = 1_024 * 1_024;
export const MAX_LAG_MS = 60_000;

/** Beyond the most that anybody may lag, so that every lag which is allowed is known. */
const KEPT = 512;

export class Trail {
  readonly #before: number[] = [];
  readonly #at: EpochMs[] = [];
  /** The first event that was sent while the room looked. */
  #begin = 1;
  #head = 0;
  #total = 0;

  /** All that was sent to each reader since the room began to look. */
  get total(): number {
    return this.#total;
  }

  /** Event `seq`, which weighs `units`, was sent at `now`. */
  passed(seq: number, units: number, now: EpochMs): void {
    if (seq !== this.#head + 1) this.#begin = seq;
    this.#head = seq;
    this.#before[seq % KEPT] = this.#total;
    this.#at[seq % KEPT] = now;
    this.#total += units;
  }

  /** Whether a reader who has everything up to `position` is too far behind at `now`. */
  isTooFar(position: number, now: EpochMs): boolean {
    const next = Math.max(position + 1, this.#begin);
    if (next > this.#head) return false;
    if (this.#head - next + 1 > MAX_LAG_EVENTS) return true;
    const units = this.#total - (this.#before[next % KEPT] ?? this.#total);
    return units > MAX_LAG_UNITS || now - (this.#at[next % KEPT] ?? now) > MAX_LAG_MS;
  }
}
