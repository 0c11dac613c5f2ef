/** An object's one alarm, set for the earliest moment at which there may be something to do. */
import type { EpochMs } from "../domain/ids.ts";

/** No sooner than this from now: what fails at once is not tried again at once. */
const SOONEST_MS = 50;

export class NextAlarm {
  readonly #storage: DurableObjectStorage;
  #at: EpochMs | null = null;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /**
   * Ring at the earliest of `moments`, where there is one; an alarm that rings before that stays. `signed` may move the
   * moment a little, to say something by it.
   */
  setFor(
    moments: readonly (EpochMs | null)[],
    now: EpochMs,
    signed: (at: EpochMs) => EpochMs = (at) => at,
  ): void {
    let first = Infinity;
    for (const moment of moments) if (moment !== null && moment < first) first = moment;
    if (first === Infinity) return;
    const soonest = Math.max(now + SOONEST_MS, first);
    // A sign moves it later, never nearer.
    if (this.#at !== null && this.#at <= soonest) return;
    const at = signed(soonest);
    if (this.#at !== null && this.#at <= at) return;
    this.#at = at;
    void this.#storage.setAlarm(at);
  }

  /** One is set for `at`, by an earlier life of the object. */
  knows(at: EpochMs | null): void {
    this.#at ??= at;
  }

  /** The moment at which it rings; null where none is set. */
  get at(): EpochMs | null {
    return this.#at;
  }

  /** It has rung: none is set now. */
  rang(): void {
    this.#at = null;
  }
}
