/**
 * The storage of a visitor's object: one value with the whole state and the hashes of the messages it has seen; and the
 * alarm, which says what of it D1 has confirmed since (`domain/visit/settled.ts`).
 *
 * A value under a key costs the same row as one of a table, but no table has to be made for every visitor, which costs
 * two.
 */
import type { EpochMs } from "../domain/ids.ts";
import { readRow, RowWriter } from "../domain/visit/row.ts";
import { SeenMessages } from "../domain/visit/seen.ts";
import { NOTHING_DUE, settledBy } from "../domain/visit/settled.ts";
import type { VisitorState } from "../domain/visit/state.ts";

const KEY = "visitor";

/** `state` is JSON (`domain/visit/row.ts`), `seen` as `SeenMessages` has it. */
type Stored = { state: string; seen: Uint8Array };

export class VisitorSessionStore {
  readonly #storage: DurableObjectStorage;
  readonly #writer = new RowWriter();
  #opened = false;
  #state: VisitorState | null = null;
  #seen: SeenMessages | null = null;
  #alarmAt: EpochMs | null = null;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /**
   * Read what is stored, once while the object is in memory; every call into the object begins with it. `rangFor` is
   * the moment that the alarm was set to which wakes the object now, or `ALL_DUE`; null where it is no alarm that does.
   */
  async open(rangFor: EpochMs | null = null): Promise<void> {
    if (this.#opened) return;
    const alarmAt = await this.#storage.getAlarm();
    // Another call may have read it meanwhile, and changed it since.
    if (this.#opened) return;
    this.#alarmAt = alarmAt;
    const stored = this.#storage.kv.get<Stored>(KEY);
    if (stored !== undefined) {
      this.#state = settledBy(readRow(stored.state), rangFor ?? alarmAt ?? NOTHING_DUE);
      this.#seen = SeenMessages.from(stored.seen);
    }
    // Last: whom it cannot read it must not take for somebody new.
    this.#opened = true;
  }

  /** What is known, or null for a visitor nobody has recorded. */
  load(): { state: VisitorState; seen: SeenMessages } | null {
    return this.#state === null || this.#seen === null ? null : { state: this.#state, seen: this.#seen };
  }

  /** One row, whatever changed. */
  save(state: VisitorState, seen: SeenMessages): void {
    this.#storage.kv.put<Stored>(KEY, { state: this.#writer.write(state), seen: seen.bytes() });
    this.hold(state, seen);
  }

  /** Know `state` without writing it: what the stored one and the alarm say, or what can be told again from them. */
  hold(state: VisitorState, seen: SeenMessages): void {
    this.#state = state;
    this.#seen = seen;
  }

  /** Be woken at `at` or earlier. Setting an alarm costs a row, so a nearer one is left alone. */
  async wakeBy(at: EpochMs): Promise<void> {
    if (this.#alarmAt === null || this.#alarmAt > at) await this.wakeAt(at);
  }

  /** Be woken at `at`, however soon the alarm would have rung. */
  async wakeAt(at: EpochMs): Promise<void> {
    if (this.#alarmAt === at) return;
    this.#alarmAt = at;
    await this.#storage.setAlarm(at);
  }

  /** The alarm has rung: none is set now. */
  alarmRang(): void {
    this.#alarmAt = null;
  }

  /** When the alarm will ring; null where none stands. */
  get alarmAt(): EpochMs | null {
    return this.#alarmAt;
  }

  /** Forget the visitor for good: from this instant on, whoever asks meets somebody new. */
  async clear(): Promise<void> {
    const alarmed = this.#alarmAt !== null;
    this.#state = null;
    this.#seen = null;
    this.#alarmAt = null;
    await Promise.all([...(alarmed ? [this.#storage.deleteAlarm()] : []), this.#storage.deleteAll()]);
  }
}
