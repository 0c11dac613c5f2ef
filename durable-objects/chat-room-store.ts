/**
 * ChatRoom's storage: the room's one row (`chat-room-row.ts`) and its log.
 *
 * The log is the truth about what was said; counts and first moments are read from it, so that a message
 * costs its own row and nothing else. The state and the log's end are read once per life of the object and known from
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
  lastVisitorAt: EpochMs | null;
  lastMessageAt: EpochMs | null;
};

/** The log's `sender` tells the visitor from everybody else; which of these are people, the message says. */
const OF_AGENT = "kind <> 'note' and body ->> '$.from.role' = 'agent'";

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
      create table if not exists log (
        seq integer primary key, at integer not null, sender text, client_id text, kind text not null, body text not null
      );
    `);
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
      .exec<{ seq: number; at: number }>("select seq, at from log order by seq desc limit 1")
      .toArray();
    this.#head = { head: row?.seq ?? 0, lastAt: row?.at ?? 0 };
    return this.#head;
  }

  /** Write `entry` at the log's end and return its JSON; `sender` and `client_id` are what a repetition is found by. */
  append(entry: Entry, sender: string | null, lastAt: EpochMs = Date.parse(entry.at)): string {
    const text = JSON.stringify(entry);
    const clientId = entry.type === "message" ? entry.client_id : null;
    const kind = entry.type === "message" ? entry.kind : "event";
    this.#head = null;
    this.#sql.exec(
      "insert into log (seq, at, sender, client_id, kind, body) values (?, ?, ?, ?, ?, ?)",
      entry.seq,
      lastAt,
      sender,
      clientId,
      kind,
      text,
    );
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
    const rows = this.#sql.exec<{ kind: string; body: string }>(
      "select kind, body from log where seq >= ? and seq <= ? order by seq",
      from,
      to,
    );
    for (const { kind, body } of rows) {
      const isWhole = role !== "visitor" || (kind !== "event" && kind !== "note");
      yield isWhole ? body : JSON.stringify(render(JSON.parse(body) as Entry, role));
    }
  }

  /** Who said something last, notes apart, and when; of the visitor only, where that is asked. Null where nobody did. */
  lastWord(of: "visitor" | "anybody" = "anybody"): { by: "visitor" | "agent"; at: EpochMs } | null {
    const which = of === "visitor" ? "= 'visitor'" : "is not null";
    const [row] = this.#sql
      .exec<{ sender: string; at: number }>(
        `select sender, at from log where sender ${which} and kind <> 'note' order by seq desc limit 1`,
      )
      .toArray();
    return row === undefined ? null : { by: row.sender === "visitor" ? "visitor" : "agent", at: row.at };
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
      .exec<Record<keyof Tally, number | null>>(
        `select
           sum(sender = 'visitor') as visitorMessages,
           sum(${OF_AGENT}) as agentMessages,
           min(case when sender = 'visitor' then at end) as firstVisitorAt,
           min(case when ${OF_AGENT} then at end) as firstAgentAt,
           max(case when sender = 'visitor' then at end) as lastVisitorAt,
           max(case when kind <> 'note' then at end) as lastMessageAt
         from log where sender is not null`,
      )
      .toArray();
    return {
      visitorMessages: row?.visitorMessages ?? 0,
      agentMessages: row?.agentMessages ?? 0,
      firstVisitorAt: row?.firstVisitorAt ?? null,
      firstAgentAt: row?.firstAgentAt ?? null,
      lastVisitorAt: row?.lastVisitorAt ?? null,
      lastMessageAt: row?.lastMessageAt ?? null,
    };
  }

  /** The visitor's first words, for the agents' list. */
  firstWords(): string | null {
    const [row] = this.#sql
      .exec<{ body: string }>("select body from log where sender = 'visitor' order by seq limit 1")
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

  /** Write the row, or have it written at the end of what is being done atomically. */
  #write(): void {
    if (this.#isOpen) this.#isChanged = true;
    else this.#row.write();
  }
}
