/**
 * The room's one row: its state and, beside it, what the room owes others, how far everybody has read, how the log was
 * cut for history, what is known of its files, and the tickets that were issued. Whatever of it changes in a transaction
 * is one row written, and each table less is two that a new room does not write.
 *
 * Some of it is `held`: known here and not written, since it can be told or heard again. It goes with the next write.
 * What others have confirmed is such: should the object lose its memory before, the alarm that stands says it
 * (`domain/chat/told.ts`), or else it is told to them once more, which changes nothing there.
 */
import { type Alarm, NOTHING_TOLD, untold } from "../domain/chat/told.ts";
import { LATER_FIELDS, type RoomState } from "../domain/chat/state.ts";
import type { Chunk } from "../domain/chat/log.ts";
import type { FileInfo } from "../domain/chat/content.ts";
import type { Author } from "../domain/chat/wire.ts";
import type { Entry as OutboxEntry } from "../domain/history/outbox.ts";
import type { EpochMs } from "../domain/ids.ts";

/** How far somebody has read. */
export type Receipt = { from: Author; seq: number };
export type StoredChunk = Chunk & { revision: number };

/** Whom a ticket lets in; a supervisor may speak in any conversation of the site. */
export type TicketHolder = { id: string; name: string; supervisor?: boolean };
export type StoredTicket = { hash: string; person: TicketHolder; expiresAt: EpochMs };

type Beside = {
  owed: OutboxEntry[];
  reads: Record<string, Receipt>;
  chunks: StoredChunk[];
  files: FileInfo[];
  tickets: StoredTicket[];
};
type Row = Beside & { room: RoomState | null };

const NOTHING: Beside = { owed: [], reads: {}, chunks: [], files: [], tickets: [] };

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
    const body = JSON.parse(stored.body) as RoomState & Partial<Beside>;
    const known = this.#apart(body, alarm);
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

  /** The state, and what lies beside it: by the alarm's word, or from where a room that was stored before kept it. */
  #apart(body: RoomState & Partial<Beside>, alarm: Alarm): Row {
    const earlier = body.tickets === undefined ? this.#earlier() : NOTHING;
    const {
      owed,
      reads = earlier.reads,
      chunks = earlier.chunks,
      files = earlier.files,
      tickets = earlier.tickets,
      ...room
    } = body;
    return {
      room: { ...LATER_FIELDS, ...room },
      owed: owed === undefined ? earlier.owed : untold(owed, alarm),
      reads,
      chunks,
      files,
      tickets,
    };
  }

  /** What a room that was stored before kept in tables of their own. A ticket of then has run out. */
  #earlier(): Beside {
    const [reads] = this.#earlierRows<{ body: string }>("reads", "body");
    return {
      owed: this.#earlierRows("outbox", 'key, revision, since, attempts, retry_at as "retryAt"'),
      reads: reads === undefined ? {} : (JSON.parse(reads.body) as Record<string, Receipt>),
      chunks: this.#earlierRows("chunks", 'chunk, from_seq as "fromSeq", to_seq as "toSeq", revision'),
      files: this.#earlierRows<{ body: string }>("files", "body").map(
        ({ body }) => JSON.parse(body) as FileInfo,
      ),
      tickets: [],
    };
  }

  #earlierRows<T extends Record<string, SqlStorageValue>>(table: string, columns: string): T[] {
    const isThere = this.#sql.exec("select 1 from sqlite_master where name = ?", table).toArray().length > 0;
    return isThere ? this.#sql.exec<T>(`select ${columns} from ${table}`).toArray() : [];
  }
}
