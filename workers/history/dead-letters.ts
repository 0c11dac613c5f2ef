/**
 * Messages that the history queue gave up on: stored whole, with an alert, until an operator puts them back.
 */
import { asc, eq, isNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { HistoryMessage } from "../../domain/history/records.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { deadLetters } from "../../migrations/schema.ts";

const REPLAY_AT_ONCE = 100;

/** Keep every message of `batch`; a message that comes twice is kept once. */
export async function consumeDeadLetters(batch: MessageBatch, env: Env): Promise<void> {
  for (const message of batch.messages) {
    await keep(env, message.id, message.body, Date.now());
    message.ack();
  }
}

/** Put every open dead letter back into the history queue, oldest first; returns how many. */
export async function replayDeadLetters(env: Env, now: EpochMs): Promise<number> {
  const db = drizzle(env.DB);
  let replayed = 0;
  for (;;) {
    const open = await db
      .select({ id: deadLetters.id, body: deadLetters.body })
      .from(deadLetters)
      .where(isNull(deadLetters.replayedAt))
      .orderBy(asc(deadLetters.receivedAt), asc(deadLetters.id))
      .limit(REPLAY_AT_ONCE);
    if (open.length === 0) return replayed;
    for (const { id, body } of open) {
      await env.HISTORY.send(JSON.parse(body));
      await db.update(deadLetters).set({ replayedAt: now }).where(eq(deadLetters.id, id));
      replayed += 1;
    }
  }
}

async function keep(env: Env, id: string, body: unknown, now: EpochMs): Promise<void> {
  const parsed = HistoryMessage.safeParse(body);
  const error = parsed.success ? "D1 refused it" : JSON.stringify(parsed.error.issues.slice(0, 3));
  const site = parsed.success ? parsed.data.site : null;
  console.error(JSON.stringify({ level: "alert", what: "dead letter", id, site, error }));
  await drizzle(env.DB)
    .insert(deadLetters)
    .values({ id, site, receivedAt: now, body: JSON.stringify(body) ?? "null", error })
    .onConflictDoUpdate({ target: deadLetters.id, set: { replayedAt: sql`null` } });
}
