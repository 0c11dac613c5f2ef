/**
 * The room's one row: its state and, beside it, what the room owes others, how far everybody has read, and how far the
 * log was cut for history. Whatever of it changes in a transaction is one row written.
 *
 * Some of it is `held`: known here and not written, since it can be told or heard again. It goes with the next write.
 * What others have confirmed is such: should the object lose its memory before, the alarm that stands says it
 * (`domain/chat/told.ts`), or else it is told to them once more, which changes nothing there.
 */
import { type Alarm, NOTHING_TOLD, untold } from "../domain/chat/told.ts";
import { LATER_FIELDS, type RoomState } from "../domain/chat/state.ts";
import type { Chunk } from "../domain/chat/log.ts";
import type { Author } from "../domain/chat/wire.ts";
import type { Entry as OutboxEntry } from "../domain/history/outbox.ts";

/** How far somebody has read. */
export type Receipt = { from: Author; seq: number };
export type StoredChunk = Chunk & { revision: number };

type Beside = { owed: OutboxEntry[]; reads: Record<string, Receipt>; chunks: StoredChunk[] };
/** What rooms that were stored before have in its place. */
type Absent = { [Key in keyof Beside]?: undefined };
type Row = Beside & { room: RoomState | null };

const NOTHING: Beside = { owed: [], reads: {}, chunks: [] };

export class ChatRoomRow {
  readonly #sql: SqlStorage;
  #alarm: Alarm = NOTHING_TOLD;
  #wasRead = false;
  #known: Row | null = null;
  /** What is known is not what is stored. */
  #isHeld = false;
  #areReadsHeld = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /**
   * The alarm that stands, or that wakes the object now: it says what of the stored row others have. Only the first read
   * may ask it, since what is owed from then on it knows nothing of.
   */
  alarmSays(alarm: Alarm): void {
    if (!this.#wasRead) this.#alarm = alarm;
  }

  read(): Readonly<Row> {
    if (this.#known !== null) return this.#known;
    const alarm = this.#alarm;
    this.#wasRead = true;
    this.#alarm = NOTHING_TOLD;
    const [stored] = this.#sql.exec<{ body: string }>("select body from room where id = 1").toArray();
    if (stored === undefined) {
      this.#known = { room: null, ...NOTHING };
      return this.#known;
    }
    const { owed, reads, chunks, ...room } = JSON.parse(stored.body) as RoomState & (Beside | Absent);
    const isWhole = owed !== undefined && reads !== undefined && chunks !== undefined;
    const beside = isWhole ? { owed: untold(owed, alarm), reads, chunks } : this.#earlier();
    const known = { ...NOTHING, ...beside, room: { ...LATER_FIELDS, ...room } };
    this.#known = known;
    return known;
  }

  /** Know this, and write it with the next write; `write` makes that now. */
  hold(changed: Partial<Row>): void {
    this.#known = { ...this.read(), ...changed };
    this.#isHeld = true;
    if (changed.reads !== undefined) this.#areReadsHeld = true;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  get areReadsHeld(): boolean {
    return this.#areReadsHeld;
  }

  write(): void {
    const known = this.read();
    this.#known = null;
    const { room, ...beside } = known;
    this.#sql.exec(
      "insert into room (id, body) values (1, ?) on conflict (id) do update set body = excluded.body",
      JSON.stringify({ ...room, ...beside }),
    );
    this.#known = known;
    this.#isHeld = false;
    this.#areReadsHeld = false;
  }

  /** Everything is gone for good. */
  erased(): void {
    this.forget();
    this.#known = { room: null, ...NOTHING };
  }

  /** A write failed: what is stored is true. */
  forget(): void {
    this.#known = null;
    this.#isHeld = false;
    this.#areReadsHeld = false;
  }

  /** What a room that was stored before kept in tables of their own; read there until the first write. */
  #earlier(): Partial<Beside> {
    const tables = this.#sql
      .exec<{ name: string }>("select name from sqlite_master where name in ('outbox', 'reads', 'chunks')")
      .toArray();
    if (tables.length < 3) return {};
    const [reads] = this.#sql.exec<{ body: string }>("select body from reads where id = 1").toArray();
    return {
      owed: this.#sql
        .exec<OutboxEntry>('select key, revision, since, attempts, retry_at as "retryAt" from outbox')
        .toArray(),
      ...(reads === undefined ? {} : { reads: JSON.parse(reads.body) as Record<string, Receipt> }),
      chunks: this.#sql
        .exec<StoredChunk>(
          'select chunk, from_seq as "fromSeq", to_seq as "toSeq", revision from chunks order by chunk',
        )
        .toArray(),
    };
  }
}
