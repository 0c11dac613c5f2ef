/**
 * The one writer of history: takes the queue's messages, writes their records to D1 in one transaction each batch,
 * marks there what they change of the figures, and tells the owners, whose outboxes keep everything until then.
 *
 * Errors  a message that is no history message, or that D1 refuses by itself, is retried and ends in the dead
 *         letters; its neighbours are written.
 */
import { drizzle } from "drizzle-orm/d1";
import { HistoryMessage, recordKey } from "../../domain/history/records.ts";
import { marksFor } from "../kpis/marks.ts";
import { settingsOf } from "../kpis/site-settings.ts";
import { mailerOf } from "../mail/mailer.ts";
import { sendLettersOf } from "../mail/send-letters.ts";
import { noteLag } from "./lag.ts";
import { tellOfLate } from "./late.ts";
import { upsertsOf } from "./upserts.ts";

type Read = { message: Message; history: HistoryMessage };

/** Write `batch`; every message is acknowledged or retried by itself. */
export async function consumeHistory(batch: MessageBatch, env: Env): Promise<void> {
  const read: Read[] = [];
  for (const message of batch.messages) {
    const parsed = HistoryMessage.safeParse(message.body);
    if (parsed.success) read.push({ message, history: parsed.data });
    else refuse(message, parsed.error.issues[0]?.message ?? "not a history message");
  }
  if (read.length > 0) await writeAll(env, read);
  await noteLag(env, batch.messages, Date.now());
  await tellOfLeft(env, read);
}

/** A message that was left is told at once; what goes wrong here the schedule does again. */
async function tellOfLeft(env: Env, read: readonly Read[]): Promise<void> {
  const left = read.filter(({ history }) => history.records.some(({ table }) => table === "left_messages"));
  for (const site of new Set(left.map(({ history }) => history.site))) {
    try {
      const failures = await sendLettersOf(env, mailerOf(env), site, Date.now());
      if (failures.length > 0) throw new AggregateError(failures, "a letter was not sent");
    } catch (error) {
      console.error(JSON.stringify({ level: "warn", what: "letter", site, error: String(error) }));
    }
  }
}

/** All in one transaction; where that fails, each by itself, so that one bad message holds up no other. */
async function writeAll(env: Env, read: Read[]): Promise<void> {
  try {
    await write(env, read);
  } catch (error) {
    if (read.length === 1) {
      for (const { message } of read) refuse(message, String(error));
      return;
    }
    for (const one of read) await writeAll(env, [one]);
    return;
  }
  await Promise.all(read.map((one) => settle(env, one)));
}

async function write(env: Env, read: Read[]): Promise<void> {
  const db = drizzle(env.DB);
  const now = Date.now();
  const bySite = Map.groupBy(read, ({ history }) => history.site);
  const settings = await settingsOf(env, [...bySite.keys()]);
  const marks = [...settings].map(([site, of]) => {
    const records = bySite.get(site)?.flatMap(({ history }) => history.records) ?? [];
    tellOfLate(site, records, of);
    return marksFor(env.DB, site, records, of, now);
  });
  const upserts = read
    .flatMap(({ history }) => history.records.flatMap((record) => upsertsOf(db, history.site, record)))
    .map((built) => {
      const { sql, params } = built.toSQL();
      return env.DB.prepare(sql).bind(...params);
    });
  await env.DB.batch([
    ...marks.flatMap(({ before }) => before),
    ...upserts,
    ...marks.flatMap(({ after }) => after),
  ]);
}

/** What is in D1 is acknowledged even where its owner cannot be told: the owner will send again and be told then. */
async function settle(env: Env, { message, history }: Read): Promise<void> {
  const confirmations = history.records.map((record) => ({
    key: recordKey(record),
    revision: record.revision,
  }));
  try {
    await ownerOf(env, history.owner).confirm(confirmations);
  } catch (error) {
    console.error(
      JSON.stringify({ level: "warn", what: "confirm", owner: history.owner, error: String(error) }),
    );
  }
  message.ack();
}

function ownerOf(env: Env, { kind, name }: HistoryMessage["owner"]) {
  switch (kind) {
    case "visitor":
      return env.VISITOR_SESSION.getByName(name);
    case "room":
      return env.CHAT_ROOM.getByName(name);
    case "desk":
      return env.SITE_DESK.getByName(name);
    case "exempt":
      return env.EXEMPT_COUNTER.getByName(name);
    default:
      return kind satisfies never;
  }
}

function refuse(message: Message, why: string): void {
  console.error(JSON.stringify({ level: "error", what: "history message refused", id: message.id, why }));
  message.retry();
}
