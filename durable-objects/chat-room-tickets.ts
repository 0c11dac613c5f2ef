/** The tickets into a room that were issued and not yet used: only their hashes, for half a minute each. */
import type { EpochMs } from "../domain/ids.ts";

/** Whom a ticket lets in; a supervisor may speak in any conversation of the site. */
export type TicketHolder = { id: string; name: string; supervisor?: boolean };

export class ChatRoomTickets {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      create table if not exists passes (
        hash text primary key, user text not null, name text not null, supervisor integer not null,
        expires_at integer not null
      ) without rowid
    `);
  }

  /** Let `person` in once, by the ticket whose hash this is, until `expiresAt`. */
  add(hash: string, person: TicketHolder, expiresAt: EpochMs): void {
    this.#sql.exec(
      "insert or replace into passes (hash, user, name, supervisor, expires_at) values (?, ?, ?, ?, ?)",
      hash,
      person.id,
      person.name,
      person.supervisor ? 1 : 0,
      expiresAt,
    );
  }

  /** Take the ticket away and return whose it was; null where it was used, voided or is too old. */
  use(hash: string, now: EpochMs): TicketHolder | null {
    const [row] = this.#sql
      .exec<{ user: string; name: string; supervisor: number; expires_at: number }>(
        "delete from passes where hash = ? returning user, name, supervisor, expires_at",
        hash,
      )
      .toArray();
    if (row === undefined || row.expires_at <= now) return null;
    return { id: row.user, name: row.name, supervisor: row.supervisor === 1 };
  }

  /** What `user` was given and has not used is void. */
  voidOf(user: string): void {
    this.#sql.exec("delete from passes where user = ?", user);
  }

  dropOld(now: EpochMs): void {
    this.#sql.exec("delete from passes where expires_at <= ?", now);
  }
}
