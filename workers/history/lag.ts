/**
 * How far history lags: the oldest message of the last batch, kept in one row that `/healthz` reads.
 */
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { EpochMs } from "../../domain/ids.ts";

/** One row each so many milliseconds is enough for an operator. */
const EVERY_MS = 5_000;
let notedAt: EpochMs = 0;

export async function noteLag(env: Env, messages: readonly Message[], now: EpochMs): Promise<void> {
  if (now - notedAt < EVERY_MS) return;
  notedAt = now;
  const oldest = Math.min(...messages.map((message) => message.timestamp.getTime()));
  const value = JSON.stringify({ at: now, lag_ms: Math.max(0, now - oldest) });
  await drizzle(env.DB).run(
    sql`insert into installation (key, value) values ('queue_lag', ${value})
        on conflict (key) do update set value = excluded.value`,
  );
}
