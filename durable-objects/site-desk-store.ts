/**
 * SiteDesk's storage: agents, conversations and held places as rows, what rooms must still be told, what history must
 * still have, who may have a socket where, and how many conversations were opened from where.
 */
import type { DeskCommand } from "../domain/desk/report.ts";
import type { Agent, Desk, Effect, Hold, Item, Staff } from "../domain/desk/desk.ts";
import { deskOf } from "../domain/desk/entries.ts";
import type { Sorted } from "../domain/desk/sorted.ts";
import type { Entry as OutboxEntry } from "../domain/history/outbox.ts";
import type { RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import type { SiteSettings } from "../domain/site/settings.ts";

export type Publication = {
  version: number;
  settings: SiteSettings;
  /** By agent. One who is absent serves everything, in every language, at the default capacity. */
  staff?: Record<string, Staff>;
};

type Seat = { user: string; conversation: string };
const HOUR_MS = 3_600_000;
const SEAT_MS = 7 * 24 * HOUR_MS;

export class SiteDeskStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  /** What the table says, so that it is not read through at each step; null where it must be read. */
  #hasRevoked: boolean | null = null;
  #sweptAt: EpochMs = 0;
  #publication: Publication | null = null;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#sql.exec(`
      create table if not exists facts (name text primary key, body text not null) without rowid;
      create table if not exists parts (
        kind text not null, id text not null, body text not null, primary key (kind, id)
      ) without rowid;
      create table if not exists commands (n integer primary key autoincrement, body text not null);
      create table if not exists outbox (
        key text primary key, revision integer not null, since integer not null,
        attempts integer not null, retry_at integer not null, body text not null
      ) without rowid;
      create table if not exists seats (
        user text not null, conversation text not null, at integer not null, revoked integer not null default 0,
        primary key (user, conversation)
      ) without rowid;
      create table if not exists openings (
        who text primary key, since integer not null, count integer not null
      ) without rowid;
    `);
  }

  atomically<T>(work: () => T): T {
    return this.#storage.transactionSync(work);
  }

  published(): Publication | null {
    this.#publication ??= this.#fact<Publication>("publication");
    return this.#publication;
  }

  setPublished(publication: Publication): void {
    this.#setFact("publication", publication);
    this.#publication = publication;
  }

  waits(): EpochMs[] {
    return this.#fact<EpochMs[]>("waits") ?? [];
  }

  setWaits(waits: readonly EpochMs[]): void {
    this.#setFact("waits", waits);
  }

  desk(): Desk {
    const facts = { agents: [] as Agent[], items: [] as Item[], holds: [] as Hold[] };
    for (const { kind, body } of this.#sql.exec<{ kind: string; body: string }>(
      "select kind, body from parts",
    )) {
      if (kind === "agent") facts.agents.push(JSON.parse(body) as Agent);
      else if (kind === "item") facts.items.push(JSON.parse(body) as Item);
      else facts.holds.push(JSON.parse(body) as Hold);
    }
    return deskOf(facts);
  }

  /** Write what differs between `before` and `after`; what is the same object is left alone. */
  saveDesk(before: Desk, after: Desk): void {
    this.#saveParts("agent", before.agents, after.agents);
    this.#saveParts("item", before.items, after.items);
    this.#saveParts("hold", before.holds, after.holds);
  }

  addCommand(command: Extract<Effect, { to: "room" }>["command"]): void {
    this.#sql.exec("insert into commands (body) values (?)", JSON.stringify(command));
  }

  /** What rooms must still be told, in order. */
  commands(): DeskCommand[] {
    return this.#sql
      .exec<{ n: number; body: string }>("select n, body from commands order by n")
      .toArray()
      .map(({ n, body }) => ({ ...(JSON.parse(body) as Omit<DeskCommand, "n">), n }));
  }

  dropCommand(n: number): void {
    this.#sql.exec("delete from commands where n = ?", n);
  }

  outbox(): (OutboxEntry & { record: RecordOf<"agent_states"> })[] {
    return this.#sql
      .exec<OutboxEntry & { body: string }>(
        'select key, revision, since, attempts, retry_at as "retryAt", body from outbox',
      )
      .toArray()
      .map(({ body, ...entry }) => ({ ...entry, record: JSON.parse(body) as RecordOf<"agent_states"> }));
  }

  /** When the first of what is owed is said again; null where nothing is owed. */
  nextRetryAt(): EpochMs | null {
    return this.#sql.exec<{ at: number | null }>("select min(retry_at) as at from outbox").one().at;
  }

  putOutbox(entry: OutboxEntry, record: RecordOf<"agent_states">): void {
    this.#sql.exec(
      "insert or replace into outbox (key, revision, since, attempts, retry_at, body) values (?, ?, ?, ?, ?, ?)",
      entry.key,
      entry.revision,
      entry.since,
      entry.attempts,
      entry.retryAt,
      JSON.stringify(record),
    );
  }

  dropOutbox(key: string): void {
    this.#sql.exec("delete from outbox where key = ?", key);
  }

  /** Remember that `user` may have a socket in `conversation`, so that both can be closed together. */
  addSeat({ user, conversation }: Seat, now: EpochMs): void {
    if (now - this.#sweptAt >= HOUR_MS) {
      this.#sql.exec("delete from seats where at < ? and revoked = 0", now - SEAT_MS);
      this.#sweptAt = now;
    }
    this.#sql.exec(
      "insert or replace into seats (user, conversation, at, revoked) values (?, ?, ?, 0)",
      user,
      conversation,
      now,
    );
  }

  revokeSeats(user: string): void {
    this.#sql.exec("update seats set revoked = 1 where user = ?", user);
    this.#hasRevoked = null;
  }

  /** Whether a room must still be told something. */
  owesRooms(): boolean {
    if (this.#sql.exec("select 1 from commands limit 1").toArray().length > 0) return true;
    this.#hasRevoked ??= this.revokedSeats().length > 0;
    return this.#hasRevoked;
  }

  revokedSeats(): Seat[] {
    return this.#sql.exec<Seat>("select user, conversation from seats where revoked = 1").toArray();
  }

  dropSeat({ user, conversation }: Seat): void {
    this.#sql.exec(
      "delete from seats where user = ? and conversation = ? and revoked = 1",
      user,
      conversation,
    );
    this.#hasRevoked = null;
  }

  /**
   * Count one opening for each of `limits` unless one of them is reached, within an hour from its first.
   * Answers the moment from which it may be tried again, or null where it was counted.
   */
  countOpening(limits: readonly { who: string; max: number }[], now: EpochMs): EpochMs | null {
    this.#sql.exec("delete from openings where since <= ?", now - HOUR_MS);
    for (const { who, max } of limits) {
      const [row] = this.#sql
        .exec<{ since: number; count: number }>("select since, count from openings where who = ?", who)
        .toArray();
      if (row !== undefined && row.count >= max) return row.since + HOUR_MS;
    }
    for (const { who } of limits) {
      this.#sql.exec(
        "insert into openings (who, since, count) values (?, ?, 1) on conflict (who) do update set count = count + 1",
        who,
        now,
      );
    }
    return null;
  }

  /** Take one opening back that came to nothing. */
  uncountOpening(who: readonly string[]): void {
    for (const each of who)
      this.#sql.exec("update openings set count = count - 1 where who = ? and count > 0", each);
  }

  #saveParts<T>(kind: string, before: Sorted<T>, after: Sorted<T>): void {
    for (const { id, after: part } of before.differences(after)) {
      if (part === null) this.#sql.exec("delete from parts where kind = ? and id = ?", kind, id);
      else {
        this.#sql.exec(
          "insert or replace into parts (kind, id, body) values (?, ?, ?)",
          kind,
          id,
          JSON.stringify(part),
        );
      }
    }
  }

  #fact<T>(name: string): T | null {
    const [row] = this.#sql.exec<{ body: string }>("select body from facts where name = ?", name).toArray();
    return row === undefined ? null : (JSON.parse(row.body) as T);
  }

  #setFact(name: string, body: unknown): void {
    this.#sql.exec("insert or replace into facts (name, body) values (?, ?)", name, JSON.stringify(body));
  }
}
