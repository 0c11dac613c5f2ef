/** Forgetting visitors who stayed away (rules F19 to F23). */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { installation, overdueOutboxes, sessions } from "../../migrations/schema.ts";
import { forgetVisitors, NEXT_VISITS, SITES_DUE } from "../../workers/history/retention.ts";
import { runSchedule } from "../../workers/schedule.ts";
import { visitorObject } from "../../workers/site/visitor.ts";
import { eventually } from "./eventually.ts";
import { makeSite, pageView, send } from "./site.ts";
import { nothingOwed, storedState } from "./stored-visitor.ts";

const NOON = Date.UTC(2037, 10, 23, 11);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RETENTION = 395 * DAY;
/** A run on the last half of the day after the 395th finds every usual visit. */
const LAST_CALL = RETENTION + 13 * HOUR;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const db = () => drizzle(env.DB);
const objectOf = (site: string, visitor: string) => env.VISITOR_SESSION.getByName(`${site}:${visitor}`);
const alarmOf = (site: string, visitor: string) =>
  runInDurableObject(objectOf(site, visitor), (_object, { storage }) => storage.getAlarm());
const visitsOf = (site: string) =>
  db().select().from(sessions).where(eq(sessions.site, site)).orderBy(asc(sessions.startedAt));

/** Ring the alarm of `visitor` as the platform does, which says what it was set to; false where none stands. */
function ring(site: string, visitor: string): Promise<boolean> {
  return runInDurableObject(objectOf(site, visitor), async (object, { storage }) => {
    const scheduledTime = await storage.getAlarm();
    if (scheduledTime === null) return false;
    await storage.deleteAlarm();
    await object.alarm?.({ isRetry: false, retryCount: 0, scheduledTime });
    return true;
  });
}

/** Half an hour and more later, the visit is told to be over and D1 holds it whole. */
async function over(site: string, ...visitors: string[]): Promise<void> {
  vi.setSystemTime(Date.now() + 35 * MINUTE);
  for (const visitor of visitors) {
    await ring(site, visitor);
    await nothingOwed(site, visitor);
    await ring(site, visitor);
  }
}

/** A visit of each visitor that begins now and is over. */
async function visited(site: string, ...visitors: string[]): Promise<void> {
  for (const visitor of visitors) {
    await send(site, [pageView(visitor, "/")]);
    await nothingOwed(site, visitor);
  }
  await over(site, ...visitors);
}

/** Which of `visitors` are still known. */
async function known(site: string, ...visitors: string[]): Promise<string[]> {
  const stored = await Promise.all(
    visitors.map((visitor) =>
      runInDurableObject(objectOf(site, visitor), (_object, { storage }) => [...storage.kv.list()].length),
    ),
  );
  return visitors.filter((_, index) => (stored[index] ?? 0) > 0);
}

/** A world in which `answers` says what becomes of asking the object of that name to forget. */
function worldWhere(answers: (name: string) => "asked" | "fails"): { world: Env; asked: string[] } {
  const asked: string[] = [];
  const objects = new Proxy(env.VISITOR_SESSION, {
    get(target, method) {
      if (method !== "getByName") return Reflect.get(target, method) as unknown;
      return (name: string) => ({
        forget: async (request: { lastAt: number; now: number }) => {
          asked.push(name.slice(name.indexOf(":") + 1));
          if (answers(name) === "fails") throw new Error("the object does not answer");
          return visitorObject(env, ...(name.split(":") as [string, string])).forget(request);
        },
      });
    },
  });
  return { world: { ...env, VISITOR_SESSION: objects }, asked };
}

/** `count` visits in D1 of as many visitors whose objects know nothing, a minute apart. */
async function inHistory(site: string, count: number): Promise<void> {
  await visited(site, "ada");
  const [one] = await visitsOf(site);
  if (one === undefined) throw new Error("no visit");
  const insert = db().insert(sessions);
  const [first, ...rest] = Array.from({ length: count }, (_, index) => {
    const startedAt = NOON + index * MINUTE;
    const id = `ses_${String(index).padStart(5, "0")}`;
    return insert.values({ ...one, id, visitorId: `v${index}`, startedAt, lastAt: startedAt });
  });
  if (first !== undefined) await db().batch([first, ...rest]);
}

test("F19: who stays away is forgotten on the day after the 395th, without an alarm; history keeps the visit", async () => {
  const { key } = await makeSite();
  await visited(key, "ada", "bob");
  expect(await alarmOf(key, "ada")).toBeNull();
  await evictDurableObject(objectOf(key, "ada"));
  expect(await objectOf(key, "ada").owed()).toEqual([]);
  expect((await visitorObject(env, key, "ada").snapshot())?.facts.session.pages).toBe(0);

  vi.setSystemTime(NOON + RETENTION);
  await runSchedule(env, Date.now());
  expect(await known(key, "ada", "bob")).toEqual(["ada", "bob"]);
  vi.setSystemTime(NOON + LAST_CALL);
  await runSchedule(env, Date.now());
  expect(await known(key, "ada", "bob")).toEqual([]);
  await expect(storedState(key, "ada")).rejects.toThrow("nothing is stored");
  expect(await visitsOf(key)).toHaveLength(2);

  await send(key, [pageView("ada", "/")]);
  expect((await visitorObject(env, key, "ada").snapshot())?.visits).toBe(1);
});

test("F19: a visit that went on for days is forgotten as long after its end, by an alarm of its own", async () => {
  const { key } = await makeSite({ session_idle_minutes: 120 });
  await send(key, [pageView("kiosk", "/")]);
  for (let hours = 1.5; hours <= 48; hours += 1.5) {
    vi.setSystemTime(NOON + hours * HOUR);
    await ring(key, "kiosk");
    await send(key, [pageView("kiosk", `/${hours}`)]);
  }
  await nothingOwed(key, "kiosk");
  vi.setSystemTime(NOON + 2 * DAY + 5 * HOUR);
  await over(key, "kiosk");
  expect(await visitsOf(key)).toMatchObject([{ lastAt: NOON + 2 * DAY }]);
  expect(await alarmOf(key, "kiosk")).toBeNull();

  await forgetVisitors(env, NOON + LAST_CALL);
  expect(await known(key, "kiosk")).toEqual(["kiosk"]);
  expect(await alarmOf(key, "kiosk")).toBe(NOON + 2 * DAY + RETENTION - 1);
  vi.setSystemTime(NOON + 2 * DAY + RETENTION);
  await ring(key, "kiosk");
  expect(await known(key, "kiosk")).toEqual([]);
});

test("F20: who came back is not asked; and where history does not know it yet, the object refuses", async () => {
  const { key } = await makeSite();
  await visited(key, "ada", "bob", "eve");
  vi.setSystemTime(NOON + 100 * DAY);
  await visited(key, "ada", "bob");
  const lost = (await visitsOf(key)).findLast(({ visitorId }) => visitorId === "bob");
  if (lost !== undefined) await db().delete(sessions).where(eq(sessions.id, lost.id));

  const { world, asked } = worldWhere(() => "asked");
  await forgetVisitors(world, NOON + LAST_CALL);
  expect(asked.toSorted()).toEqual(["bob", "eve"]);
  expect(await known(key, "ada", "bob", "eve")).toEqual(["ada", "bob"]);
  expect((await visitorObject(env, key, "bob").snapshot())?.visits).toBe(2);

  asked.length = 0;
  await forgetVisitors(world, NOON + 100 * DAY + LAST_CALL);
  expect(asked).toEqual(["ada"]);
  expect(await known(key, "ada")).toEqual([]);
});

test("F20: whoever comes back while the run comes by is either known still or somebody new, and nothing of him is lost", async () => {
  const { key } = await makeSite();
  const visitors = Array.from({ length: 8 }, (_, index) => `v${index}`);
  await visited(key, ...visitors);
  vi.setSystemTime(NOON + LAST_CALL);
  await Promise.all([
    ...visitors.slice(0, 4).map((visitor) => send(key, [pageView(visitor, "/back")])),
    forgetVisitors(env, Date.now()),
    ...visitors.slice(4).map((visitor) => send(key, [pageView(visitor, "/back")])),
  ]);
  await forgetVisitors(env, Date.now());
  for (const visitor of visitors) {
    await evictDurableObject(objectOf(key, visitor));
    const { facts, visits } = (await visitorObject(env, key, visitor).snapshot()) ?? {};
    expect([1, 2]).toContain(visits);
    expect(facts?.session.pages).toBe(1);
    await nothingOwed(key, visitor);
  }
  expect(await visitsOf(key)).toHaveLength(16);
});

test("F21: a run is bounded and the next goes on behind it; where nothing is due, nobody is asked and hardly a row read", async () => {
  const { key } = await makeSite();
  await inHistory(key, 1_000);
  const due = NOON + LAST_CALL + DAY;
  const { world, asked } = worldWhere(() => "asked");
  const early = await forgetVisitors(world, NOON + RETENTION - DAY);
  expect([early, asked.length]).toEqual([0, 0]);
  await forgetVisitors(world, due);
  expect(asked).toHaveLength(800);
  await forgetVisitors(world, due);
  expect(asked).toHaveLength(1_001);
  expect(new Set(asked).size).toBe(1_001);
  await forgetVisitors(world, due);
  expect(asked).toHaveLength(1_001);

  const { meta } = await env.DB.prepare(SITES_DUE).bind(due).all();
  expect(meta.rows_read).toBeLessThan(20);
  for (const [query, values] of [
    [SITES_DUE, [due]],
    [NEXT_VISITS, [key, 0, "", due, 100]],
  ] as const) {
    const plan = await env.DB.prepare(`explain query plan ${query}`)
      .bind(...values)
      .all<{ detail: string }>();
    const steps = plan.results.map(({ detail }) => detail).join("\n");
    expect(steps).not.toMatch(/SCAN (sessions|later)|TEMP B-TREE|later USING PRIMARY KEY/);
  }
});

test("F21: killed before or after its place is written, run again and beside itself, it ends the same", async () => {
  const { key } = await makeSite();
  const visitors = ["ada", "bob", "eve"];
  await visited(key, ...visitors);
  const due = NOON + LAST_CALL;
  const killed = new Proxy(env.DB, {
    get(target, name) {
      if (name !== "prepare") return Reflect.get(target, name) as unknown;
      return (query: string) => {
        if (query.startsWith("insert")) throw new Error("the run was killed");
        return target.prepare(query);
      };
    },
  });
  await expect(forgetVisitors({ ...env, DB: killed }, due)).rejects.toThrow("killed");
  expect(await known(key, ...visitors)).toEqual([]);
  expect(await db().select().from(installation)).toEqual([]);

  vi.setSystemTime(NOON + DAY);
  await visited(key, "kim", "lou");
  await Promise.all([forgetVisitors(env, due + DAY), forgetVisitors(env, due + DAY)]);
  await forgetVisitors(env, due + DAY);
  expect(await known(key, ...visitors, "kim", "lou")).toEqual([]);
});

test("F21: who could not be asked is asked again by each run, and the others are not held up; where all fail, none is passed over", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { key } = await makeSite();
  await visited(key, "ada", "bob", "eve");
  const due = NOON + LAST_CALL;
  const { world } = worldWhere((name) => (name.endsWith("bob") ? "fails" : "asked"));
  await forgetVisitors(world, due);
  await forgetVisitors(world, due);
  expect(await known(key, "ada", "bob", "eve")).toEqual(["bob"]);
  const { world: well, asked } = worldWhere(() => "asked");
  await forgetVisitors(well, due);
  await forgetVisitors(well, due);
  expect(asked).toEqual(["bob"]);
  expect(await known(key, "bob")).toEqual([]);

  const other = await makeSite();
  await inHistory(other.key, 300);
  const { world: ill, asked: inVain } = worldWhere(() => "fails");
  await forgetVisitors(ill, due + DAY);
  await forgetVisitors(ill, due + DAY);
  expect(inVain.length).toBeGreaterThan(100);
  expect(inVain.length).toBeLessThan(900);
  asked.length = 0;
  await forgetVisitors(well, due + DAY);
  expect(asked.filter((visitor) => visitor.startsWith("v"))).toHaveLength(300);
});

test("F22: what history refuses is offered until the 396th day; then its visitor is forgotten and the operator's table with him", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { key } = await makeSite();
  // Longer than history takes, so that it ends in the dead letters.
  const visitor = "v".repeat(301);
  const object = objectOf(key, visitor);
  await visitorObject(env, key, visitor).leaveMessage(key, visitor, {
    table: "left_messages",
    id: "m1",
    revision: 1,
    visitor_id: visitor,
    at: NOON,
    email: "ada@example.net",
    name: null,
    body: "Bonjour",
    page: null,
  });
  vi.setSystemTime(NOON + 2 * MINUTE);
  await ring(key, visitor);
  expect(await db().select().from(overdueOutboxes)).toHaveLength(1);
  for (const at of [RETENTION - MINUTE, RETENTION + MINUTE, RETENTION + DAY - MINUTE]) {
    await evictDurableObject(object);
    vi.setSystemTime(NOON + at);
    await forgetVisitors(env, Date.now());
    expect(await ring(key, visitor)).toBe(true);
    expect(await object.owed()).toEqual(["left_messages:m1"]);
  }
  vi.setSystemTime(NOON + RETENTION + DAY);
  expect(await ring(key, visitor)).toBe(true);
  expect(await known(key, visitor)).toEqual([]);
  expect(await alarmOf(key, visitor)).toBeNull();
  expect(await db().select().from(overdueOutboxes)).toEqual([]);
});

test("F22: a visitor who only left a message keeps an alarm, and is forgotten by it", async () => {
  const { key } = await makeSite();
  await visitorObject(env, key, "ada").leaveMessage(key, "ada", {
    table: "left_messages",
    id: "m1",
    revision: 1,
    visitor_id: "ada",
    at: NOON,
    email: "ada@example.net",
    name: null,
    body: "Bonjour",
    page: null,
  });
  await nothingOwed(key, "ada");
  await eventually(
    () => alarmOf(key, "ada"),
    (at) => at === NOON + RETENTION - 1,
  );
  vi.setSystemTime(NOON + RETENTION);
  await ring(key, "ada");
  expect(await known(key, "ada")).toEqual([]);
});

test("F23: an end that is confirmed to an object whose memory goes each time comes to rest, and history holds it once", async () => {
  const { key } = await makeSite();
  await send(key, [pageView("ada", "/")]);
  await nothingOwed(key, "ada");
  vi.setSystemTime(NOON + 35 * MINUTE);
  let rings = 0;
  while ((await alarmOf(key, "ada")) !== NOON + RETENTION - 1) {
    expect(rings).toBeLessThan(3);
    await evictDurableObject(objectOf(key, "ada"));
    await ring(key, "ada");
    await nothingOwed(key, "ada");
    vi.setSystemTime(Date.now() + MINUTE);
    rings += 1;
  }
  await evictDurableObject(objectOf(key, "ada"));
  expect(await objectOf(key, "ada").owed()).toEqual([]);
  expect(await visitsOf(key)).toMatchObject([{ endedAt: NOON, pages: 1 }]);
});

test("F23: an alarm that failed says nothing of what was confirmed, and the last that may fail sets another", async () => {
  const alert = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { key } = await makeSite();
  await send(key, [pageView("ada", "/")]);
  await nothingOwed(key, "ada");
  await evictDurableObject(objectOf(key, "ada"));
  const broken = { seen: new Uint8Array(), state: "{" };
  await runInDurableObject(objectOf(key, "ada"), async (object, { storage }) => {
    const kept = storage.kv.get("visitor");
    storage.kv.put("visitor", broken);
    const rung = { isRetry: true, scheduledTime: NOON + HOUR };
    await expect(object.alarm?.({ ...rung, retryCount: 1 })).rejects.toThrow("JSON");
    await object.alarm?.({ ...rung, retryCount: 6 });
    expect(await storage.getAlarm()).toBeLessThanOrEqual(NOON);
    await storage.deleteAlarm();
    storage.kv.put("visitor", kept);
  });
  expect(alert.mock.calls.flat().join()).toContain("visitor's alarm");
});
