/** The browsers that agents of a site asked to be alerted in: one row each, in the desk's own storage. */
import type { PushLocale } from "../domain/push/notice.ts";
import type { EpochMs } from "../domain/ids.ts";

export type PushSubscriptionRow = {
  endpoint: string;
  user: string;
  /** The login that asked: with it the subscription ends. */
  session: string;
  p256dh: string;
  auth: string;
  locale: PushLocale;
  /** When the login ends at the latest. */
  expiresAt: EpochMs;
};

/** More browsers than these one agent does not have; the oldest goes. */
const MOST_A_PERSON = 10;

export class SiteDeskPushStore {
  readonly #sql: SqlStorage;
  #made = false;

  constructor(storage: DurableObjectStorage) {
    this.#sql = storage.sql;
  }

  of(user: string, now: EpochMs): PushSubscriptionRow[] {
    if (!this.#exists()) return [];
    return this.#sql
      .exec<PushSubscriptionRow & { at: number }>(
        `select endpoint, user, session, p256dh, auth, locale, expires_at as "expiresAt", at
           from pushes where user = ? and expires_at > ? order by at desc`,
        user,
        now,
      )
      .toArray()
      .map(({ at: _at, ...row }) => row);
  }

  put(row: PushSubscriptionRow, now: EpochMs): void {
    this.#make();
    this.#sql.exec("delete from pushes where expires_at <= ?", now);
    this.#sql.exec(
      `insert or replace into pushes (endpoint, user, session, p256dh, auth, locale, expires_at, at)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      row.endpoint,
      row.user,
      row.session,
      row.p256dh,
      row.auth,
      row.locale,
      row.expiresAt,
      now,
    );
    for (const { endpoint } of this.of(row.user, now).slice(MOST_A_PERSON)) this.drop(endpoint);
  }

  drop(endpoint: string): void {
    if (this.#exists()) this.#sql.exec("delete from pushes where endpoint = ?", endpoint);
  }

  dropUser(user: string): void {
    if (this.#exists()) this.#sql.exec("delete from pushes where user = ?", user);
  }

  dropSession(session: string): void {
    if (this.#exists()) this.#sql.exec("delete from pushes where session = ?", session);
  }

  /** A desk of which nobody asked for pushes has no table for them. */
  #exists(): boolean {
    if (this.#made) return true;
    const [table] = this.#sql
      .exec("select 1 from sqlite_master where type = 'table' and name = 'pushes'")
      .toArray();
    this.#made = table !== undefined;
    return this.#made;
  }

  #make(): void {
    this.#sql.exec(`
      create table if not exists pushes (
        endpoint text primary key, user text not null, session text not null, p256dh text not null,
        auth text not null, locale text not null, expires_at integer not null, at integer not null
      ) without rowid;
    `);
    this.#made = true;
  }
}
