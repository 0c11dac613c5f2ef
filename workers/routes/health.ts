/** /healthz — what an operator watches: D1, the queue's lag, dead letters, the oldest unconfirmed outbox entry. */
import { count, eq, isNull, min } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { Hono } from "hono";
import { deadLetters, installation, overdueOutboxes } from "../../migrations/schema.ts";
import type { AppEnv } from "../env.ts";

const UNHEALTHY_OUTBOX_MS = 5 * 60_000;

type Health = {
  ok: boolean;
  d1: "ok" | "unreachable";
  queue_lag_ms: number | null;
  dead_letters: number | null;
  /** Age of the oldest outbox entry that has waited for over a minute; 0 where none has. */
  oldest_unconfirmed_ms: number | null;
};

export const health = new Hono<AppEnv>().get("/", async (c) => {
  const body = await examine(c.env, c.var.now);
  return c.json(body, body.ok ? 200 : 503);
});

async function examine(env: Env, now: number): Promise<Health> {
  try {
    const db = drizzle(env.DB);
    const [lag, dead, overdue] = await db.batch([
      db.select({ value: installation.value }).from(installation).where(eq(installation.key, "queue_lag")),
      db.select({ open: count() }).from(deadLetters).where(isNull(deadLetters.replayedAt)),
      db.select({ since: min(overdueOutboxes.since) }).from(overdueOutboxes),
    ]);
    const since = overdue[0]?.since ?? null;
    const oldest = since === null ? 0 : now - since;
    const noted = lag[0] === undefined ? null : (JSON.parse(lag[0].value) as { lag_ms: number });
    return {
      ok: oldest < UNHEALTHY_OUTBOX_MS,
      d1: "ok",
      queue_lag_ms: noted?.lag_ms ?? null,
      dead_letters: dead[0]?.open ?? 0,
      oldest_unconfirmed_ms: oldest,
    };
  } catch (error) {
    console.error(JSON.stringify({ level: "alert", what: "health", error: String(error) }));
    return {
      ok: false,
      d1: "unreachable",
      queue_lag_ms: null,
      dead_letters: null,
      oldest_unconfirmed_ms: null,
    };
  }
}
