/**
 * ChatRoom's storage: the room's one row (`chat-room-row.ts`) and its log.
 *
 * The log is the truth about what was said; counts and first moments are read from it, so that a message
 * costs its own row and nothing else. A row is the entry's place and its JSON: what is looked for is found within, since
 * a message is written far more often than its log is searched, and each column more costs every message. The state and the log's end are read once per life of the object and known from
 * then on; a write that fails forgets them.
 */
import type { FileInfo } from "../domain/chat/content.ts";
import type { MessageFrame, Role } from "../domain/chat/wire.ts";
import { type Entry, render } from "../domain/chat/room.ts";
import type { RoomState } from "../domain/chat/state.ts";
import type { Alarm } from "../domain/chat/told.ts";
import type { Entry as OutboxEntry } from "../domain/history/outbox.ts";
import type { EpochMs } from "../domain/ids.ts";
import { ChatRoomPosted } from "./chat-room-posted.ts";
import { ChatRoomRow, type Receipt, type StoredChunk } from "./chat-room-row.ts";
import { ChatRoomTickets } from "./chat-room-tickets.ts";

export type Tally = {
  visitorMessages: number;
  agentMessages: number;
  firstVisitorAt: EpochMs | null;
  firstAgentAt: EpochMs | null;
  /** Who wrote that. */
  firstAgentId: string | null;
  lastVisitorAt: EpochMs | null;
  lastMessageAt: EpochMs | null;
};

const LOG = "(seq integer primary key, body text not null)";
/** What was said, event apart: by whom, of which kind, when. Moments are ISO 8601, which sorts as they came. */
const SAID = `(
  select seq, body ->> '$.from.role' as role, body ->> '$.from.id' as id, body ->> '$.kind' as kind,
    body ->> '$.at' as at
  from log where body ->> '$.type' = 'message'
)`;
const OF_AGENT = "role = 'agent' and kind <> 'note'";

export class ChatRoomStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #row: ChatRoomRow;
  /** Within `atomically`: what is to be written of the row is, at its end and once. */
  #isOpen = false;
  #isChanged = false;
  #head: { head: number; lastAt: EpochMs } | null = null;
  readonly #posted: ChatRoomPosted;
  readonly tickets: ChatRoomTickets;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#sql.exec(`
      create table if not exists room (id integer primary key, body text not null);
      create table if not exists log ${LOG};
    `);
    this.#narrowLog();
    this.#row = new ChatRoomRow(this.#sql);
    this.#posted = new ChatRoomPosted(this.#sql);
    this.tickets = new ChatRoomTickets(this.#row);
  }

  /** Run `work` so that all its writes are kept, or none; within another's work it is part of that. */
  atomically<T>(work: () => T): T {
    if (this.#isOpen) return work();
    this.#isOpen = true;
    this.#isChanged = false;
    try {
      return this.#storage.transactionSync(() => {
        const done = work();
        if (this.#isChanged) this.#row.write();
        return done;
      });
    } catch (error) {
      this.#row.forget();
      this.#head = null;
      this.#posted.forget();
      throw error;
    } finally {
      this.#isOpen = false;
    }
  }

  /** The alarm that stands, or that wakes the object now, before anything is read. */
  alarmSays(alarm: Alarm): void {
    this.#row.alarmSays(alarm);
  }

  /** Let go of everything, tables and all; there is no room from here on. */
  async erase(): Promise<void> {
    await this.#storage.deleteAlarm();
    await this.#storage.deleteAll();
    this.#row.erased();
  }

  room(): RoomState | null {
    return this.#row.read().room;
  }

  setRoom(room: RoomState): void {
    this.#row.hold({ room });
    this.#write();
  }

  /** Know `room`, and write it with the next write: what is lost with the object's memory says itself again. */
  holdRoom(room: RoomState): void {
    this.#row.hold({ room });
  }

  /** The log's last position and moment; 0 and 0 before the first event. */
  head(): { head: number; lastAt: EpochMs } {
    if (this.#head !== null) return this.#head;
    const [row] = this.#sql
      .exec<{ seq: number; at: string }>(
        "select seq, body ->> '$.at' as at from log order by seq desc limit 1",
      )
      .toArray();
    this.#head = row === undefined ? { head: 0, lastAt: 0 } : { head: row.seq, lastAt: Date.parse(row.at) };
    return this.#head;
  }

  /** Write `entry` at the log's end and return its JSON; `sender` and `client_id` are what a repetition is found by. */
  append(entry: Entry, sender: string | null, lastAt: EpochMs = Date.parse(entry.at)): string {
    const text = JSON.stringify(entry);
    this.#head = null;
    this.#sql.exec("insert into log (seq, body) values (?, ?)", entry.seq, text);
    const clientId = entry.type === "message" ? entry.client_id : null;
    if (sender !== null && clientId !== null) this.#posted.add(sender, clientId, entry.seq);
    this.#head = { head: entry.seq, lastAt };
    return text;
  }

  /** What `sender` posted under `clientId`, or null. */
  posted(sender: string, clientId: string): MessageFrame | null {
    const seq = this.#posted.seqOf(sender, clientId);
    if (seq === null) return null;
    const { body } = this.#sql.exec<{ body: string }>("select body from log where seq = ?", seq).one();
    return JSON.parse(body) as MessageFrame;
  }

  /** The events `from…to`, oldest first. */
  *entries(from: number, to: number): Generator<Entry> {
    const rows = this.#sql.exec<{ body: string }>(
      "select body from log where seq >= ? and seq <= ? order by seq",
      from,
      to,
    );
    for (const row of rows) yield JSON.parse(row.body) as Entry;
  }

  /** The events `from…to` as frames for `role`, oldest first. */
  *texts(from: number, to: number, role: Role): Generator<string> {
    const isWhole =
      role === "visitor"
        ? "body ->> '$.type' = 'message' and body ->> '$.kind' <> 'note' and body ->> '$.canned' is null"
        : "true";
    const rows = this.#sql.exec<{ whole: number; body: string }>(
      `select ${isWhole} as whole, body from log where seq >= ? and seq <= ? order by seq`,
      from,
      to,
    );
    for (const { whole, body } of rows) {
      yield whole === 1 ? body : JSON.stringify(render(JSON.parse(body) as Entry, role));
    }
  }

  /** The messages that began from a canned answer, and the events of `names`, oldest first. */
  *handed(names: readonly string[]): Generator<Entry> {
    const rows = this.#sql.exec<{ body: string }>(
      `select body from log where body ->> '$.canned' is not null
         or body ->> '$.name' in (select value from json_each(?)) order by seq`,
      JSON.stringify(names),
    );
    for (const row of rows) yield JSON.parse(row.body) as Entry;
  }

  /** Who said something last, notes apart, and when; of the visitor only, where that is asked. Null where nobody did. */
  lastWord(of: "visitor" | "anybody" = "anybody"): { by: "visitor" | "agent"; at: EpochMs } | null {
    const which = of === "visitor" ? "role = 'visitor' and" : "";
    const [row] = this.#sql
      .exec<{ role: string; at: string }>(
        `select role, at from ${SAID} where ${which} kind <> 'note' order by seq desc limit 1`,
      )
      .toArray();
    if (row === undefined) return null;
    return { by: row.role === "visitor" ? "visitor" : "agent", at: Date.parse(row.at) };
  }

  files(): number {
    return this.#row.read().files.length;
  }

  file(id: string): FileInfo | null {
    return this.#row.read().files.find((file) => file.id === id) ?? null;
  }

  addFile(file: FileInfo): void {
    this.#row.hold({ files: [...this.#row.read().files, file] });
    this.#write();
  }

  /** What was kept of how far everybody has read. */
  reads(): Record<string, Receipt> {
    return this.#row.read().reads;
  }

  /** Know how far everybody has read, and write it with the next write, or by `keepReads`. */
  holdReads(reads: Record<string, Receipt>): void {
    this.#row.hold({ reads });
  }

  keepReads(): void {
    if (this.#row.areReadsHeld) this.#write();
  }

  /** Size and place of each event from `from` on, for cutting chunks. */
  sizes(from: number): { seq: number; bytes: number }[] {
    return this.#sql
      .exec<{
        seq: number;
        bytes: number;
      }>("select seq, length(cast(body as blob)) as bytes from log where seq >= ? order by seq", from)
      .toArray();
  }

  /**
   * What was said by whom and when, counted from the log. Nobody was answered by a note, and an agent's message is an
   * agent's: what a machine wrote is only the last that was said.
   */
  tally(): Tally {
    const [row] = this.#sql
      .exec<{ visitor: number | null; agent: number | null } & Record<string, string | number | null>>(
        `select
           sum(role = 'visitor') as visitor,
           sum(${OF_AGENT}) as agent,
           min(case when role = 'visitor' then at end) as firstVisitorAt,
           min(case when ${OF_AGENT} then at end) as firstAgentAt,
           (select id from ${SAID} where ${OF_AGENT} order by seq limit 1) as firstAgentId,
           max(case when role = 'visitor' then at end) as lastVisitorAt,
           max(case when kind <> 'note' then at end) as lastMessageAt
         from ${SAID}`,
      )
      .toArray();
    const moment = (name: string): EpochMs | null => {
      const at = row?.[name];
      return typeof at === "string" ? Date.parse(at) : null;
    };
    const firstAgentId = row?.["firstAgentId"];
    return {
      visitorMessages: row?.visitor ?? 0,
      agentMessages: row?.agent ?? 0,
      firstVisitorAt: moment("firstVisitorAt"),
      firstAgentAt: moment("firstAgentAt"),
      firstAgentId: typeof firstAgentId === "string" ? firstAgentId : null,
      lastVisitorAt: moment("lastVisitorAt"),
      lastMessageAt: moment("lastMessageAt"),
    };
  }

  /** The visitor's first words, for the agents' list. */
  firstWords(): string | null {
    const [row] = this.#sql
      .exec<{ body: string }>(
        "select body from log where body ->> '$.from.role' = 'visitor' order by seq limit 1",
      )
      .toArray();
    return row === undefined ? null : (JSON.parse(row.body) as MessageFrame).body.slice(0, 160);
  }

  /** What is owed to others, as far as they have not confirmed it. */
  owed(): readonly OutboxEntry[] {
    return this.#row.read().owed;
  }

  setOwed(owed: OutboxEntry[]): void {
    this.#row.hold({ owed });
    this.#write();
  }

  /** Others have confirmed all but `owed`: written with the next write, or by `keepAll`. */
  holdOwed(owed: OutboxEntry[]): void {
    if (owed.length < this.owed().length) this.#row.hold({ owed });
  }

  /** Write what is known and not stored. */
  keepAll(): void {
    if (this.#row.isHeld) this.#write();
  }

  chunks(): readonly StoredChunk[] {
    return this.#row.read().chunks;
  }

  setChunk(chunk: StoredChunk): void {
    const others = this.chunks().filter((other) => other.chunk !== chunk.chunk);
    this.#row.hold({ chunks: [...others, chunk].toSorted((a, b) => a.chunk - b.chunk) });
    this.#write();
  }

  /** Cut anew from the log's beginning: no other chunk is left. */
  setChunks(chunks: readonly StoredChunk[]): void {
    this.#row.hold({ chunks: [...chunks] });
    this.#write();
  }

  /** A log that was written with columns beside the JSON keeps the JSON alone. */
  #narrowLog(): void {
    const [log] = this.#sql
      .exec<{ sql: string }>("select sql from sqlite_master where name = 'log'")
      .toArray();
    if (log === undefined || !log.sql.includes("sender")) return;
    this.#storage.transactionSync(() => {
      this.#sql.exec(`
        create table narrow ${LOG};
        insert into narrow (seq, body) select seq, body from log;
        drop table log;
        alter table narrow rename to log;
      `);
    });
  }

  /** Write the row, or have it written at the end of what is being done atomically. */
  #write(): void {
    if (this.#isOpen) this.#isChanged = true;
    else this.#row.write();
  }
}
