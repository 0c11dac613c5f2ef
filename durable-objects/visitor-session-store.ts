/**
 * The storage of a visitor's object: one row with the whole state, and beside it in the same row the hashes of the
 * messages it has seen.
 */
import type { EpochMs } from "../domain/ids.ts";
import { readRow, RowWriter } from "../domain/visit/row.ts";
import { SeenMessages } from "../domain/visit/seen.ts";
import type { VisitorState } from "../domain/visit/state.ts";

export class VisitorSessionStore {
  readonly #storage: DurableObjectStorage;
  readonly #writer = new RowWriter();
  #state: VisitorState | null = null;
  #seen: SeenMessages | null = null;
  #alarmAt: EpochMs | null | undefined = undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(
      "create table if not exists visitor (id integer primary key, state text not null, seen blob not null)",
    );
  }

  /** What was last saved, or null for a visitor nobody has recorded. */
  load(): { state: VisitorState; seen: SeenMessages } | null {
    if (this.#state === null || this.#seen === null) {
      const row = this.#storage.sql
        .exec<{ state: string; seen: ArrayBuffer }>("select state, seen from visitor where id = 1")
        .toArray()[0];
      if (row === undefined) return null;
      this.#state = readRow(row.state);
      this.#seen = SeenMessages.from(new Uint8Array(row.seen));
    }
    return { state: this.#state, seen: this.#seen };
  }

  /** One row, whatever changed. */
  save(state: VisitorState, seen: SeenMessages): void {
    this.#storage.sql.exec(
      "insert or replace into visitor (id, state, seen) values (1, ?, ?)",
      this.#writer.write(state),
      seen.bytes(),
    );
    this.#state = state;
    this.#seen = seen;
  }

  /** Be woken at `at` or earlier. Setting an alarm costs a row, so a nearer one is left alone. */
  async wakeBy(at: EpochMs): Promise<void> {
    if (this.#alarmAt === undefined) this.#alarmAt = await this.#storage.getAlarm();
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    await this.#storage.setAlarm(at);
  }

  /** The alarm has rung: none is set now. */
  alarmRang(): void {
    this.#alarmAt = null;
  }

  /** Forget the visitor for good. */
  async clear(): Promise<void> {
    await this.#storage.deleteAll();
    this.#state = null;
    this.#seen = null;
    this.#alarmAt = undefined;
    this.#storage.sql.exec(
      "create table if not exists visitor (id integer primary key, state text not null, seen blob not null)",
    );
  }
}
