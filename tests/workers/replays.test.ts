/** What history keeps of a visit's moments, and for how long (rules F4, F7). */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { momentsOf } from "../../domain/visit/replay.ts";
import { sessions } from "../../migrations/schema.ts";
import { emptyOldReplays, REPLAY_RETENTION_MS, unpackReplay } from "../../workers/history/replays.ts";
import { makeSite, pageView, send, track } from "./site.ts";

const NOON = Date.UTC(2037, 10, 23, 11);
const MIDNIGHT = Date.UTC(2037, 10, 24);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

/** The visit of `site` in D1, once `holds`: the queue delivers within a second or two. */
async function visitOf(site: string, holds: (row: typeof sessions.$inferSelect) => boolean) {
  return vi.waitFor(
    async () => {
      const row = await drizzle(env.DB).select().from(sessions).where(eq(sessions.site, site)).get();
      if (row === undefined || !holds(row)) throw new Error(JSON.stringify(row ?? null));
      return row;
    },
    { timeout: 15_000, interval: 100 },
  );
}

test("F4: the announcement carries no moments, the record that completes the visit carries all of them", async () => {
  const { key } = await makeSite();
  const object = env.VISITOR_SESSION.getByName(`${key}:ada`);
  await send(key, [pageView("ada", "/shirts")]);
  await send(key, [track("ada", "Product Added", { product_id: "rivoli", price: 79, quantity: 2 })]);
  expect((await visitOf(key, () => true)).replay).toBeNull();
  vi.setSystemTime(NOON + 31 * MINUTE);
  await runDurableObjectAlarm(object);
  const { replay } = await visitOf(key, (row) => row.endedAt !== null);
  const record = await unpackReplay(replay);
  if (record === null) throw new Error("no replay");
  const told = [...momentsOf(record)];
  expect(told.map(({ moment }) => moment.name)).toEqual(["Page Viewed", "Product Added"]);
  expect(told.at(-1)?.state.visit?.cart.lines).toMatchObject({ rivoli: { price: 79, quantity: 2 } });
});

test("F7: a day's first run empties what is older than 31 days, and nothing younger", async () => {
  const { key } = await makeSite();
  const db = drizzle(env.DB);
  await send(key, [pageView("ada", "/")]);
  const one = await visitOf(key, () => true);
  const replay = Buffer.from("moments");
  const edge = MIDNIGHT - REPLAY_RETENTION_MS;
  const starts = [edge - 20 * DAY, edge - 1, edge, MIDNIGHT - DAY];
  for (const startedAt of starts) {
    await db.insert(sessions).values({ ...one, id: `ses_at_${startedAt}`, startedAt, replay });
  }
  const kept = async () => {
    const rows = await db.select().from(sessions).where(eq(sessions.site, key));
    return starts.map((at) => rows.some((row) => row.id === `ses_at_${at}` && row.replay !== null));
  };
  await emptyOldReplays(env, MIDNIGHT + 10 * MINUTE);
  expect(await kept()).toEqual([true, true, true, true]);
  await emptyOldReplays(env, MIDNIGHT);
  expect(await kept()).toEqual([false, false, true, true]);
});

test("F3: what cannot be read is no replay", async () => {
  expect(await unpackReplay(null)).toBeNull();
  expect(await unpackReplay(new TextEncoder().encode("no gzip"))).toBeNull();
});
