import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { isNull } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import type { HistoryMessage, HistoryRecord, RecordOf } from "../../domain/history/records.ts";
import * as tables from "../../migrations/schema.ts";
import { consumeHistory } from "../../workers/history/consumer.ts";
import { replayDeadLetters } from "../../workers/history/dead-letters.ts";
import worker from "../../workers/index.ts";
import { mulberry } from "../mulberry.ts";
import { sessionRecord } from "./session-record.ts";

const SITE = "x12";
const SEED = Number(Date.now() % 2 ** 31);

function shuffled<T>(list: readonly T[], roll: () => number): T[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(roll() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

function session(visitor: number, revision: number): RecordOf<"sessions"> {
  return sessionRecord({
    id: `ses_${visitor}`,
    visitor_id: `v${visitor}`,
    revision,
    last_at: 1_000 * revision,
    ended_at: revision === 3 ? 9_000 : null,
    pages: revision,
    events: revision,
    seconds: revision,
  });
}

function order(visitor: number, revision: number): RecordOf<"orders"> {
  return {
    table: "orders",
    id: `o${visitor}`,
    revision,
    visitor_id: `v${visitor}`,
    user_id: null,
    session_id: `ses_${visitor}`,
    at: 5_000,
    received_at: 5_000,
    total: 10 * revision,
    currency: "EUR",
    status: revision === 1 ? "claimed" : "confirmed",
    items: 1,
    covered: false,
  };
}

function envelope(visitor: number, records: HistoryRecord[]): HistoryMessage {
  return { v: 1, site: SITE, owner: { kind: "visitor", name: `${SITE}:v${visitor}` }, records };
}

/** 2,000 messages of 400 visitors: three revisions of each visit, two of each order. */
const HISTORY = Array.from({ length: 400 }, (_, visitor) => [
  ...[1, 2, 3].map((revision) => envelope(visitor, [session(visitor, revision)])),
  ...[1, 2].map((revision) => envelope(visitor, [order(visitor, revision)])),
]).flat();

/** D1 as it is for a consumer that dies: before the write, or after it and before anything is acknowledged. */
function dying(when: "before" | "after"): Env {
  const db = new Proxy(env.DB, {
    get(target, name) {
      if (name !== "batch") return Reflect.get(target, name, target).bind(target) as unknown;
      return async (statements: D1PreparedStatement[]) => {
        if (when === "after") await target.batch(statements);
        throw new Error("the consumer was killed");
      };
    },
  });
  return new Proxy(env, {
    get: (target, name) => (name === "DB" ? db : (Reflect.get(target, name) as unknown)),
  });
}

test(`HIS5: 2,000 messages tripled, reordered, poisoned, the consumer dying in mid-batch: D1 equals the history (seed ${SEED})`, async () => {
  const roll = mulberry(SEED);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const poison = Array.from({ length: 20 }, (_, index) => ({ v: 1, site: SITE, records: `poison ${index}` }));
  const everything = shuffled([...HISTORY, ...HISTORY, ...HISTORY, ...poison], roll);
  let waiting = everything.map((body, index) => ({
    id: `m${index}`,
    body,
    timestamp: new Date(),
    attempts: 1,
  }));
  const dead: unknown[] = [];
  let deaths = 0;

  while (waiting.length > 0) {
    const batch = createMessageBatch("aparte-history", waiting.splice(0, 100));
    const ctx = createExecutionContext();
    const fate = roll();
    const world = fate < 0.1 ? dying("before") : fate < 0.2 ? dying("after") : env;
    if (world !== env) deaths += 1;
    await consumeHistory(batch, world);
    const result = await getQueueResult(batch, ctx);
    const acknowledged = new Set(result.explicitAcks);
    const left = batch.messages.filter(({ id }) => !acknowledged.has(id));
    for (const { id, body, timestamp, attempts } of left) {
      const isPoison = typeof (body as { records: unknown }).records === "string";
      if (isPoison && attempts >= 3) dead.push(body);
      else waiting.push({ id, body: body as HistoryMessage, timestamp, attempts: attempts + 1 });
    }
    waiting = roll() < 0.2 ? shuffled(waiting, roll) : waiting;
  }

  const db = drizzle(env.DB);
  const sessions = await db.select().from(tables.sessions);
  const orders = await db.select().from(tables.orders);
  expect(deaths).toBeGreaterThan(3);
  expect(dead).toHaveLength(poison.length);
  expect(sessions).toHaveLength(400);
  expect(sessions.every((row) => row.revision === 3 && row.endedAt === 9_000 && row.pages === 3)).toBe(true);
  expect(orders).toHaveLength(400);
  expect(orders.every((row) => row.status === "confirmed" && row.total === 20)).toBe(true);
}, 300_000);

afterEach(() => void vi.restoreAllMocks());

test("HIS1: poison ends in the dead letters with an alert, and its neighbours are written", async () => {
  const alert = vi.spyOn(console, "error");
  await env.HISTORY.sendBatch([
    { body: envelope(1, [session(1, 1)]) },
    { body: { v: 1, site: SITE, nonsense: true } },
    { body: envelope(2, [session(2, 1)]) },
  ]);
  const db = drizzle(env.DB);
  await vi.waitFor(async () => expect(await db.select().from(tables.deadLetters)).toHaveLength(1), {
    timeout: 20_000,
    interval: 200,
  });
  expect((await db.select().from(tables.sessions)).map((row) => row.id).toSorted()).toEqual([
    "ses_1",
    "ses_2",
  ]);
  expect(alert.mock.calls.flat().join()).toContain("dead letter");
});

test("HIS2: replayed dead letters are written once the cause is gone, and only the open ones are replayed", async () => {
  const db = drizzle(env.DB);
  const body = JSON.stringify(envelope(7, [session(7, 1)]));
  const row = { site: SITE, receivedAt: 1, error: "D1 was away", body };
  await db.insert(tables.deadLetters).values([
    { ...row, id: "open" },
    { ...row, id: "done", replayedAt: 2 },
  ]);
  expect(await replayDeadLetters(env, 3)).toBe(1);
  await vi.waitFor(async () => expect(await db.select().from(tables.sessions)).toHaveLength(1), {
    timeout: 20_000,
    interval: 200,
  });
  expect(await db.select().from(tables.deadLetters).where(isNull(tables.deadLetters.replayedAt))).toEqual([]);
});

test("HIS3: one record that D1 refuses does not hold up the messages beside it", async () => {
  const refused = envelope(3, [{ ...session(3, 1), started_at: Number.MAX_SAFE_INTEGER, pages: 2 }]);
  let together = true;
  const broken = new Proxy(env.DB, {
    get(target, name) {
      if (name !== "batch") return Reflect.get(target, name, target).bind(target) as unknown;
      return (statements: D1PreparedStatement[]) => {
        const refuse = together;
        together = false;
        return refuse ? Promise.reject(new Error("one of them is refused")) : target.batch(statements);
      };
    },
  });
  const world = new Proxy(env, {
    get: (target, name) => (name === "DB" ? broken : (Reflect.get(target, name) as unknown)),
  });
  const batch = createMessageBatch("aparte-history", [
    { id: "a", body: refused, timestamp: new Date(), attempts: 1 },
    { id: "b", body: envelope(4, [session(4, 1)]), timestamp: new Date(), attempts: 1 },
  ]);
  await consumeHistory(batch, world);
  const { explicitAcks } = await getQueueResult(batch, createExecutionContext());
  expect(explicitAcks.toSorted()).toEqual(["a", "b"]);
  expect(await drizzle(env.DB).select().from(tables.sessions)).toHaveLength(2);
});

test("HIS4: healthz answers the same body, 200 when well and 503 when an outbox has waited too long", async () => {
  const ask = async () => {
    const response = await worker.fetch(
      new Request("http://localhost/healthz"),
      env,
      createExecutionContext(),
    );
    return { status: response.status, body: await response.json<Record<string, unknown>>() };
  };
  const well = await ask();
  expect(well).toMatchObject({
    status: 200,
    body: { ok: true, d1: "ok", dead_letters: 0, oldest_unconfirmed_ms: 0 },
  });
  await drizzle(env.DB)
    .insert(tables.overdueOutboxes)
    .values({ owner: "visitor", since: Date.now() - 600_000 });
  const ill = await ask();
  expect(ill.status).toBe(503);
  expect(Object.keys(ill.body)).toEqual(Object.keys(well.body));
});
