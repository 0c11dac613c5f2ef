/**
 * Which client ids were used in a room, by whom, and for which message.
 *
 * An index over the log would say it too, for one more row and one more page with every message. So the log is read once
 * per life of the object, when somebody first posts, and what is posted is remembered from then on. Only a log that
 * nobody would want in memory gets the index: that costs its rows once.
 */

/** A log of more messages than this is indexed. */
const MAX_REMEMBERED = 100_000;

/** Of an entry as the log keeps it: who `senderOf` says that its author is, and under which id it was sent. */
const SENDER =
  "case body ->> '$.from.role' when 'visitor' then 'visitor' else 'agent:' || (body ->> '$.from.id') end";
const CLIENT_ID = "body ->> '$.client_id'";

export class ChatRoomPosted {
  readonly #sql: SqlStorage;
  readonly #most: number;
  /** By sender and client id; null before the log was read. */
  #known: Map<string, Map<string, number>> | null = null;
  #size = 0;
  #isIndexed = false;

  constructor(sql: SqlStorage, most = MAX_REMEMBERED) {
    this.#sql = sql;
    this.#most = most;
  }

  /** The `seq` of what `sender` posted under `clientId`, or null. */
  seqOf(sender: string, clientId: string): number | null {
    const known = this.#read();
    if (known !== null) return known.get(sender)?.get(clientId) ?? null;
    const [row] = this.#sql
      .exec<{ seq: number }>(`select seq from log where ${CLIENT_ID} = ? and ${SENDER} = ?`, clientId, sender)
      .toArray();
    return row?.seq ?? null;
  }

  /** `sender` has posted `clientId`, as `seq`. */
  add(sender: string, clientId: string, seq: number): void {
    if (this.#known === null) return;
    const theirs = this.#known.get(sender);
    if (theirs === undefined) this.#known.set(sender, new Map([[clientId, seq]]));
    else theirs.set(clientId, seq);
    this.#size += 1;
    if (this.#size > this.#most) this.#index();
  }

  /** What was added was not written after all. */
  forget(): void {
    this.#known = null;
    this.#isIndexed = false;
  }

  #read(): Map<string, Map<string, number>> | null {
    if (this.#known !== null || this.#isIndexed) return this.#known;
    if (this.#sql.exec("select 1 from sqlite_master where name = 'log_client'").toArray().length > 0) {
      this.#isIndexed = true;
      return null;
    }
    this.#known = new Map();
    this.#size = 0;
    const rows = this.#sql
      .exec<{ sender: string; client_id: string; seq: number }>(
        `select ${SENDER} as sender, ${CLIENT_ID} as client_id, seq from log
         where ${CLIENT_ID} is not null limit ?`,
        this.#most + 1,
      )
      .toArray();
    for (const { sender, client_id: clientId, seq } of rows) this.add(sender, clientId, seq);
    return this.#known;
  }

  #index(): void {
    this.#sql.exec(`create unique index if not exists log_client on log (${CLIENT_ID}, ${SENDER})`);
    this.#known = null;
    this.#isIndexed = true;
  }
}
