/**
 * The way from an object's outbox to the history queue.
 *
 * A send that fails is no loss: the entry stays in the outbox, and the owner's alarm sends it again.
 */
import { type Entry } from "../domain/history/outbox.ts";
import type { HistoryMessage, HistoryRecord } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";

/** The queue takes 128 KB a message; the rest is room for the envelope. */
const MAX_MESSAGE_BYTES = 120_000;
const MAX_RECORDS = 100;
/** An entry that waits longer than this is worth an operator's attention. */
export const OVERDUE_MS = 60_000;

type Owner = HistoryMessage["owner"];

/** Hand `records` of `owner` to the queue, in as few messages as fit. */
export async function sendHistory(
  env: Env,
  site: string,
  owner: Owner,
  records: HistoryRecord[],
): Promise<void> {
  try {
    for (const part of inMessages(records)) {
      await env.HISTORY.send({ v: 1, site, owner, records: part } satisfies HistoryMessage);
    }
  } catch (error) {
    console.error(JSON.stringify({ level: "warn", what: "history send", owner, error: String(error) }));
  }
}

/** Tell the operator's table since when this owner's oldest entry waits, once that is long. */
export async function reportOverdue(
  env: Env,
  owner: Owner,
  entries: readonly Entry[],
  now: EpochMs,
): Promise<void> {
  const since = overdueSince(entries, now);
  if (since === null) return;
  await tell(
    owner,
    env.DB.prepare("insert or replace into overdue_outboxes (owner, since) values (?, ?)").bind(
      owner.name,
      since,
    ),
  );
}

/** Take the owner off the operator's table, once nothing of it is overdue any more. */
export async function clearOverdue(
  env: Env,
  owner: Owner,
  before: readonly Entry[],
  after: readonly Entry[],
  now: EpochMs,
): Promise<void> {
  if (overdueSince(before, now) === null || overdueSince(after, now) !== null) return;
  await tell(owner, env.DB.prepare("delete from overdue_outboxes where owner = ?").bind(owner.name));
}

function overdueSince(entries: readonly Entry[], now: EpochMs): EpochMs | null {
  const since = Math.min(...entries.map((entry) => entry.since));
  return now - since >= OVERDUE_MS ? since : null;
}

/** The table is for people to look at: where D1 is away, the objects' own work goes on. */
async function tell(owner: Owner, statement: D1PreparedStatement): Promise<void> {
  try {
    await statement.run();
  } catch (error) {
    console.error(JSON.stringify({ level: "warn", what: "overdue report", owner, error: String(error) }));
  }
}

function* inMessages(records: HistoryRecord[]): Generator<HistoryRecord[]> {
  let part: HistoryRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = new TextEncoder().encode(JSON.stringify(record)).byteLength;
    if (part.length > 0 && (part.length === MAX_RECORDS || bytes + size > MAX_MESSAGE_BYTES)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(record);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
