/**
 * ExemptCounter: page views of visitors without consent, one object per site, hour and shard.
 *
 * Holds   a count, and for two days the hashes of the messages it counted, so that a repeat counts once. No
 *         identifier of anybody.
 * Wakes   for a page view, for the queue's consumer, and for its alarm, which sends again and in the end forgets.
 * Trusts  its callers: only the Worker reaches it.
 */
import { DurableObject } from "cloudflare:workers";
import { confirm, due, type Entry, nextRetryAt, put, sent } from "../domain/history/outbox.ts";
import type { Confirmation, RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { SeenMessages } from "../domain/visit/seen.ts";
import { sendHistory } from "./history-queue.ts";

export const HOUR_MS = 3_600_000;
const FORGET_MS = 48 * HOUR_MS;

type Count = { site: string; name: string; hour: EpochMs; shard: string; pageViews: number; outbox: Entry[] };

export class ExemptCounter extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    createTables(ctx.storage);
  }

  /** Count the page views of `messageIds` that were not counted before. */
  async count(request: {
    site: string;
    name: string;
    hour: EpochMs;
    shard: string;
    messageIds: string[];
    now: EpochMs;
  }): Promise<void> {
    const { messageIds, now, ...identity } = request;
    const before = this.#load();
    const seen = before?.seen ?? new SeenMessages();
    const fresh = [...new Set(messageIds)].filter((id) => !seen.has(id));
    if (fresh.length === 0) return;
    const known = before?.count ?? { ...identity, pageViews: 0, outbox: [] };
    const pageViews = known.pageViews + fresh.length;
    const count = { ...known, pageViews, outbox: put(known.outbox, keyOf(known), pageViews, now) };
    this.#save(count, seen.with(fresh));
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(now + 1_000);
  }

  async confirm(confirmations: Confirmation[]): Promise<void> {
    const before = this.#load();
    if (before === null) return;
    this.#save({ ...before.count, outbox: confirm(before.count.outbox, confirmations) }, before.seen);
  }

  /** Counts are sent a second after they change, many at once. */
  override async alarm(): Promise<void> {
    const before = this.#load();
    if (before === null) return;
    const now = Date.now();
    const { count, seen } = before;
    if (count.outbox.length === 0 && now >= count.hour + FORGET_MS) {
      await this.ctx.storage.deleteAll();
      createTables(this.ctx.storage);
      return;
    }
    const waiting = due(count.outbox, now);
    const outbox = sent(count.outbox, new Set(waiting.map(({ key }) => key)), now);
    this.#save({ ...count, outbox }, seen);
    await sendHistory(
      this.env,
      count.site,
      { kind: "exempt", name: count.name },
      waiting.map(() => recordOf(count)),
    );
    await this.ctx.storage.setAlarm(nextRetryAt(outbox) ?? count.hour + FORGET_MS);
  }

  #load(): { count: Count; seen: SeenMessages } | null {
    const row = this.ctx.storage.sql
      .exec<{ body: string; seen: ArrayBuffer }>("select body, seen from counter where id = 1")
      .toArray()[0];
    return row === undefined
      ? null
      : { count: JSON.parse(row.body) as Count, seen: SeenMessages.from(new Uint8Array(row.seen)) };
  }

  #save(count: Count, seen: SeenMessages): void {
    this.ctx.storage.sql.exec(
      "insert or replace into counter (id, body, seen) values (1, ?, ?)",
      JSON.stringify(count),
      seen.bytes(),
    );
  }
}

function createTables(storage: DurableObjectStorage): void {
  storage.sql.exec(
    "create table if not exists counter (id integer primary key, body text not null, seen blob not null)",
  );
}

function keyOf(count: { hour: EpochMs; shard: string }): string {
  return `exempt_counts:${count.hour}:${count.shard}`;
}

function recordOf({ hour, shard, pageViews }: Count): RecordOf<"exempt_counts"> {
  return { table: "exempt_counts", id: `${hour}:${shard}`, revision: pageViews, hour, page_views: pageViews };
}
