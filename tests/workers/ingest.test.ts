import { createExecutionContext, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import worker from "../../workers/index.ts";
import { env, exports } from "cloudflare:workers";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { drizzle } from "drizzle-orm/d1";
import { eq } from "drizzle-orm";
import { SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SiteSettings } from "../../domain/site/settings.ts";
import * as tables from "../../migrations/schema.ts";
import { forgetVisitors } from "../../workers/history/retention.ts";
import { visitorObject } from "../../workers/site/visitor.ts";
import { identitySecret } from "../../workers/site/identity.ts";
import { type Answer, makeSite, pageView, post, send, track } from "./site.ts";
import { nothingOwed, storedState } from "./stored-visitor.ts";

const NOON = Date.UTC(2037, 10, 23, 11);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

function objectOf(site: string, visitor: string) {
  return env.VISITOR_SESSION.getByName(`${site}:${visitor}`);
}

/** Wait until D1 shows what `read` is looking for: the queue delivers within a second or two. */
async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  return vi.waitFor(
    async () => {
      const value = await read();
      expect(holds(value), JSON.stringify(value)).toBe(true);
      return value;
    },
    { timeout: 15_000, interval: 100 },
  );
}

function rows<T extends { site: string }>(list: T[], site: string): T[] {
  return list.filter((row) => row.site === site);
}

const db = () => drizzle(env.DB);
const sessionsOf = async (site: string) => rows(await db().select().from(tables.sessions), site);
const exposuresOf = async (site: string) => rows(await db().select().from(tables.exposures), site);
const ordersOf = async (site: string) => rows(await db().select().from(tables.orders), site);

describe("credentials and bodies", () => {
  test("ING1: a key that no site has is 401, in Basic authorisation and in the body", async () => {
    const batch = [pageView("ada", "/")];
    for (const response of [
      await post("/v1/batch", "no-such-site", { batch }),
      await post("/v1/batch", null, { batch, writeKey: "no-such-site" }),
      await post("/v1/batch", "ak_no_such_key", { batch }),
      await post("/v1/batch", null, { batch }),
    ]) {
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        error: { code: "unknown_key", message: expect.any(String) },
      });
    }
    const { key } = await makeSite();
    const beside = await post("/v1/batch", null, { batch, writeKey: key }, { authorization: "Basic Og==" });
    expect(beside.status).toBe(200);
  });

  test("ING2: gzip is known by its bytes, and limits count after unzipping", async () => {
    const { key } = await makeSite();
    const zipped = gzipSync(JSON.stringify({ batch: [pageView("ada", "/")] }));
    const taken = await post("/v1/batch", key, zipped, {
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(taken.status).toBe(200);
    const bomb = gzipSync(JSON.stringify({ batch: [], padding: "x".repeat(600_000) }));
    expect((await post("/v1/batch", key, bomb)).status).toBe(413);
    expect((await post("/v1/batch", key, gzipSync("{}").subarray(0, 12))).status).toBe(400);
  });

  test("ING3: one bad message is rejected by itself, with its path; none valid is 400; too large alone is 413", async () => {
    const { key } = await makeSite();
    const answer = await send(key, [
      pageView("ada", "/"),
      { type: "track", anonymousId: "ada", messageId: "no-event" },
      { type: "track", event: "Nobody" },
      { ...track("ada", "Huge"), properties: { text: "x".repeat(33_000) } },
    ]);
    expect(answer.rejected.map(({ index, path, code }) => [index, path, code])).toEqual([
      [1, "batch.1.event", "invalid"],
      [2, "batch.2.anonymousId", "invalid"],
      [3, "batch.3", "too_large"],
    ]);
    expect(answer.rejected[0]?.message_id).toBe("no-event");
    const none = await post("/v1/batch", key, { batch: [{}] });
    expect(none.status).toBe(400);
    expect(
      (await post("/v1/track", key, { ...track("ada", "Huge"), properties: { text: "x".repeat(33_000) } }))
        .status,
    ).toBe(413);
  });

  test("ING4: an origin that is not allowed is 403; no origin is a server; preflights are answered", async () => {
    const { key } = await makeSite({ allowed_origins: ["https://shop.example"] });
    const body = { batch: [pageView("ada", "/")] };
    expect((await post("/v1/batch", key, body, { origin: "https://evil.example" })).status).toBe(403);
    expect((await post("/v1/batch", key, body, { origin: "https://shop.example" })).status).toBe(200);
    expect((await post("/v1/batch", key, body)).status).toBe(200);
    const preflight = await exports.default.fetch("http://localhost/v1/batch", {
      method: "OPTIONS",
      headers: {
        origin: "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
  });

  test("ING5: whatever the body, the answer has the contract's shape and is never a 5xx", async () => {
    const { key } = await makeSite();
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ batch: fc.array(fc.anything({ withBigInt: false, withDate: false })) })
        .map((value) => JSON.stringify(value)),
      fc
        .record(
          {
            type: fc.constantFrom("page", "track", "identify", "alias", "group", "screen", "x"),
            anonymousId: fc.oneof(fc.string(), fc.integer()),
            event: fc.oneof(
              fc.constantFrom("Order Completed", "Product Added", "Engagement Declined", "Wake"),
              fc.string(),
            ),
            properties: fc.dictionary(
              fc.constantFrom("order_id", "total", "products", "decision_id", "__proto__"),
              fc.jsonValue(),
            ),
            context: fc.jsonValue(),
            timestamp: fc.oneof(fc.string(), fc.constant("2037-11-23T10:00:00Z")),
          },
          { requiredKeys: [] },
        )
        .map((message) => JSON.stringify({ batch: [message, message] })),
    );
    const route = fc.constantFrom(
      "/v1/batch",
      "/v1/batch?decide=1",
      "/v1/track",
      "/v1/page",
      "/v1/identify",
      "/v1/messages",
    );
    await fc.assert(
      fc.asyncProperty(anything, route, async (body, path) => {
        const response = await post(path, key, body);
        expect(response.status).toBeLessThan(500);
        const answer: { error?: { code: string; message: string }; success?: boolean } =
          await response.json();
        if (response.status >= 400)
          expect(answer.error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
        else expect(answer.success).toBe(true);
      }),
      { numRuns: 1_200 },
    );
  }, 240_000);
});

describe("what a message may be", () => {
  test("ING7: what nests too deep is refused by itself, on every route, and its neighbours count", async () => {
    const { key } = await makeSite();
    const deep = (levels: number, open: string, close: string) =>
      `{"type":"track","event":"Deep","anonymousId":"ada","properties":{"d":${open.repeat(levels)}1${close.repeat(levels)}}}`;
    for (const message of [deep(15_000, "[", "]"), deep(5_000, '{"a":', "}")]) {
      const batch = await post(
        "/v1/batch",
        key,
        `{"batch":[${message},${JSON.stringify(track("ada", "Flat"))}]}`,
      );
      expect(batch.status).toBe(200);
      expect(await batch.json()).toMatchObject({
        rejected: [{ index: 0, code: "invalid", path: "batch.0" }],
      });
      for (const path of ["/v1/track", "/v1/page", "/v1/messages"]) {
        expect((await post(path, key, message)).status).toBe(400);
      }
    }
  });

  test("ING8: a context's details never cost the message: too long is cut, senseless is left out", async () => {
    const { key } = await makeSite();
    const url = `https://shop.example/long?${"q".repeat(5_000)}`;
    const answer = await send(key, [
      pageView("ada", "/", {
        context: { page: { url, title: "t".repeat(3_000), status: "200", view_id: 5 } },
      }),
      pageView("ada", "/", { context: { page: "here", locale: "x".repeat(60), traits: [], library: "x" } }),
      pageView("ada", "/", { context: { userAgent: `my-shop/1.0 ${"x".repeat(3_000)}`, identity_token: 5 } }),
      pageView("ada", "/", { context: { consent: "granted" } }),
    ]);
    expect(answer.rejected.map(({ path }) => path)).toEqual(["batch.3.context.consent"]);
    expect((await visitorObject(env, key, "ada").snapshot())?.trail).toMatchObject([
      { url: "https://shop.example/long", path: "/long" },
      {},
      {},
    ]);
  });
});

describe("visits", () => {
  test("VIS1: a messageId counts once, also after the visit has ended and after eviction", async () => {
    const { key } = await makeSite();
    const view = pageView("ada", "/");
    await send(key, [view, view]);
    await evictDurableObject(objectOf(key, "ada"));
    await send(key, [view]);
    vi.setSystemTime(NOON + 40 * MINUTE);
    await send(key, [view]);
    const [session, ...more] = await eventually(
      () => sessionsOf(key),
      (list) => list.length === 1,
    );
    expect(more).toEqual([]);
    expect(session).toMatchObject({ visitorId: "ada", pages: 1, events: 1 });
  });

  test("VIS2: thirty silent minutes end a visit, by alarm or by the next beacon, exactly once", async () => {
    const { key } = await makeSite();
    await send(key, [pageView("ada", "/"), pageView("ada", "/shirt")]);
    vi.setSystemTime(NOON + 31 * MINUTE);
    expect(await runDurableObjectAlarm(objectOf(key, "ada"))).toBe(true);
    await send(key, [pageView("ada", "/again")]);
    const sessions = await eventually(
      () => sessionsOf(key),
      (list) => list.length === 2 && list.some((row) => row.endedAt !== null),
    );
    const [first, second] = sessions.toSorted((a, b) => a.startedAt - b.startedAt);
    expect(first).toMatchObject({ pages: 2, endedAt: NOON });
    expect(second).toMatchObject({ pages: 1, endedAt: null });
  });

  test("VIS3: a Wake that changes nothing writes nothing and opens no visit", async () => {
    const { key } = await makeSite();
    await send(key, [pageView("ada", "/")]);
    await nothingOwed(key, "ada");
    const stored = () => storedState(key, "ada");
    const before = await stored();
    await send(key, [track("ada", "Wake")]);
    expect(await stored()).toEqual(before);
  });

  test("VIS4: carts follow the e-commerce events, an order empties them", async () => {
    const { key } = await makeSite({
      campaigns: [{ id: "cmp_cart", condition: { "cart.items": { $gte: 3 }, "cart.value": { $gte: 200 } } }],
    });
    const shirt = { product_id: "a", price: 100, quantity: 1, currency: "EUR" };
    const named = { ...shirt, quantity: 2, name: "é".repeat(500) };
    expect((await send(key, [track("ada", "Product Added", named)])).decisions).toEqual([]);
    const added = await send(key, [
      track("ada", "Product Added", { products: [{ ...shirt, product_id: "b" }] }),
    ]);
    expect(added.decisions).toMatchObject([{ campaign: "cmp_cart" }]);
    expect((await visitorObject(env, key, "ada").snapshot())?.cart?.lines).toEqual({
      a: { price: 100, quantity: 2, name: "é".repeat(120) },
      b: { price: 100, quantity: 1 },
    });
    await send(key, [track("ada", "Order Completed", { order_id: "o1", total: 300, currency: "EUR" })]);
    expect(await visitorObject(env, key, "ada").snapshot()).toMatchObject({
      orders: 1,
      lifetime_value: 300,
      facts: { cart: { items: 0 } },
    });
  });

  test("VIS5: without consent nothing is kept of the visitor but a count, each message once", async () => {
    const { key } = await makeSite({ default_consent: "denied" });
    const view = pageView("ada", "/");
    await send(key, [view]);
    await send(key, [view, pageView("ada", "/two")]);
    const granted = pageView("bob", "/", { context: { consent: { status: "granted" } } });
    await send(key, [granted]);
    for (const shard of ["0", "1", "2", "3"]) {
      await runDurableObjectAlarm(env.EXEMPT_COUNTER.getByName(`${key}:${NOON}:${shard}`));
    }
    const counts = await eventually(
      async () => rows(await db().select().from(tables.exemptCounts), key),
      (list) => list.reduce((sum, row) => sum + row.pageViews, 0) === 2,
    );
    expect(JSON.stringify(counts)).not.toContain("ada");
    const sessions = await eventually(
      () => sessionsOf(key),
      (list) => list.length > 0,
    );
    expect(sessions.map((row) => row.visitorId)).toEqual(["bob"]);
  });

  test("VIS6: bots are kept out; a server's library is no bot", async () => {
    const { key } = await makeSite();
    const crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    await send(key, [pageView("bot", "/", { context: { userAgent: crawler } })]);
    await post(
      "/v1/batch",
      key,
      { batch: [pageView("server", "/")] },
      { "user-agent": "analytics-node/3.1.0" },
    );
    const sessions = await eventually(
      () => sessionsOf(key),
      (list) => list.length > 0,
    );
    expect(sessions.map((row) => row.visitorId)).toEqual(["server"]);
  });

  test("VIS6: what a program calls itself makes no bot of it, unless it says that it crawls", async () => {
    const { key } = await makeSite();
    const programs = [
      "k6/0.49.0",
      "Apache-HttpClient/4.5",
      "Faraday v1.0",
      "libwww-perl/6.77",
      "my-shop/1.0",
    ];
    for (const agent of [...programs, "SomeBot/1.0", "my-crawler"]) {
      await post("/v1/batch", key, { batch: [pageView(agent, "/")] }, { "user-agent": agent });
    }
    const sessions = await eventually(
      () => sessionsOf(key),
      (list) => list.length >= programs.length,
    );
    expect(sessions.map((row) => row.visitorId).toSorted()).toEqual(programs.toSorted());
    expect(sessions.every((row) => row.deviceType === null && row.country === null)).toBe(true);
  });

  test("VIS7: a batch of thousands is known again whole", async () => {
    const { key } = await makeSite();
    const batch = Array.from({ length: 3_000 }, (_, index) => ({
      type: "track",
      event: "t",
      anonymousId: "ada",
      messageId: `ada-${index}`,
    }));
    await send(key, batch);
    await send(key, batch);
    const { visit } = JSON.parse(await storedState(key, "ada")) as { visit: { events: number } };
    expect(visit.events).toBe(3_000);
  });

  test("ING10: what D1 confirmed is not sent again after the object's memory is gone, and what it did not confirm is", async () => {
    const { key } = await makeSite();
    await send(key, [pageView("ada", "/")]);
    await nothingOwed(key, "ada");
    await evictDurableObject(objectOf(key, "ada"));
    expect(await objectOf(key, "ada").owed()).toEqual([]);
    await send(key, [pageView("ada", "/again")]);
    await evictDurableObject(objectOf(key, "ada"));
    expect(await objectOf(key, "ada").owed()).toEqual([]);

    // The end is told, and before D1 confirms it the object is gone: at its next alarm it tells the same again.
    vi.setSystemTime(NOON + 35 * MINUTE);
    expect(await runDurableObjectAlarm(objectOf(key, "ada"))).toBe(true);
    await evictDurableObject(objectOf(key, "ada"));
    vi.setSystemTime(NOON + 36 * MINUTE);
    await runDurableObjectAlarm(objectOf(key, "ada"));
    const [session, ...more] = await eventually(
      () => sessionsOf(key),
      (list) => list.some(({ endedAt }) => endedAt !== null),
    );
    expect(more).toEqual([]);
    expect(session).toMatchObject({ pages: 2, endedAt: session?.lastAt });
    await nothingOwed(key, "ada");
    await evictDurableObject(objectOf(key, "ada"));
    expect(await objectOf(key, "ada").owed()).toEqual([]);
    expect((await visitorObject(env, key, "ada").snapshot())?.facts.session.pages).toBe(0);
  });

  test("ING11: nothing is kept of a visitor 395 days after the last visit", async () => {
    const { key } = await makeSite();
    await send(key, [pageView("ada", "/")]);
    await nothingOwed(key, "ada");
    vi.setSystemTime(NOON + 35 * MINUTE);
    await runDurableObjectAlarm(objectOf(key, "ada"));
    await nothingOwed(key, "ada");
    vi.setSystemTime(NOON + 394 * DAY);
    await forgetVisitors(env, Date.now());
    expect((await visitorObject(env, key, "ada").snapshot())?.visits).toBe(1);
    await evictDurableObject(objectOf(key, "ada"));
    vi.setSystemTime(NOON + 396 * DAY);
    await forgetVisitors(env, Date.now());
    expect((await visitorObject(env, key, "ada").snapshot()) === null).toBe(true);
    await expect(storedState(key, "ada")).rejects.toThrow("nothing is stored");
  });

  test("VIS8: traits stay within their bounds, the newest kept", async () => {
    const { key } = await makeSite();
    for (let index = 0; index < 6; index += 1) {
      const traits = {
        [`t${index}`]: Array.from({ length: 30 }, () => "x".repeat(900)),
        "__proto__ ": index,
      };
      await send(key, [{ type: "identify", anonymousId: "ada", messageId: `${index}`, traits }]);
    }
    const traits = (await visitorObject(env, key, "ada").snapshot())?.traits ?? {};
    expect(JSON.stringify(traits).length).toBeLessThan(70_000);
    expect(Object.keys(traits)).toContain("t5");
    expect(Object.keys(traits)).not.toContain("t0");
  });

  test("VIS5: an explicit no holds for the site's own server too; saying nothing with an API key is not a no", async () => {
    const { key, apiKey } = await makeSite({ default_consent: "denied" });
    const denied = pageView("ada", "/", { context: { consent: { status: "denied" } } });
    await send(apiKey, [denied, pageView("bob", "/")]);
    expect(await visitorObject(env, key, "ada").snapshot()).toBeNull();
    expect(await visitorObject(env, key, "bob").snapshot()).toMatchObject({ visits: 1 });
  });
});

describe("orders and identity", () => {
  test("ORD1: one row an order; a claim repeated changes nothing, a confirmed amount replaces a claimed one", async () => {
    const { key, apiKey } = await makeSite();
    const claim = { order_id: "o1", total: 10, currency: "EUR" };
    await send(key, [track("ada", "Order Completed", claim)]);
    await send(key, [track("ada", "Order Completed", { ...claim, total: 99 })]);
    await eventually(
      () => ordersOf(key),
      (list) => list.length === 1,
    );
    await post("/v1/track", apiKey, track("ada", "Order Completed", { ...claim, total: 12.5 }));
    const [order, ...more] = await eventually(
      () => ordersOf(key),
      (list) => list[0]?.status === "confirmed",
    );
    expect(more).toEqual([]);
    expect(order).toMatchObject({ orderId: "o1", visitorId: "ada", total: 12.5 });
  });

  test("ORD2: the first visitor keeps the order, whoever confirms it and in whatever order D1 learns of it", async () => {
    const { key, apiKey } = await makeSite();
    const order = { order_id: "o2", total: 20, currency: "EUR" };
    await send(key, [track("ada", "Order Completed", order)]);
    vi.setSystemTime(NOON + 1_000);
    await send(key, [track("eve", "Order Completed", { ...order, total: 1 })]);
    await post("/v1/track", apiKey, {
      type: "track",
      userId: "u1",
      event: "Order Completed",
      messageId: "m",
      properties: { ...order, total: 21 },
    });
    const [row] = await eventually(
      () => ordersOf(key),
      (list) => list[0]?.status === "confirmed",
    );
    expect(row).toMatchObject({ visitorId: "ada", total: 21, userId: "u1" });
  });

  test("ORD3: a user id under the write key is a claim of its own; a signed token proves it", async () => {
    const { key } = await makeSite();
    await send(key, [{ type: "identify", userId: "u1", messageId: "1" }]);
    const settings = SiteSettings.parse(
      JSON.parse(
        (await db().select().from(tables.sites).where(eq(tables.sites.key, key)))[0]?.settings ?? "",
      ),
    );
    const sign = (audience: string, secret: string) =>
      new SignJWT({ sub: "u1" })
        .setProtectedHeader({ alg: "HS256" })
        .setAudience(audience)
        .setIssuedAt(Math.floor(NOON / 1000))
        .setExpirationTime(Math.floor(NOON / 1000) + 600)
        .sign(new TextEncoder().encode(secret));
    const secret = await identitySecret(env, settings);
    await send(key, [
      pageView("forged", "/", { context: { identity_token: await sign(key, "another secret entirely") } }),
    ]);
    await send(key, [
      pageView("foreign", "/", { context: { identity_token: await sign("another-site", secret) } }),
    ]);
    await send(key, [pageView("ada", "/", { context: { identity_token: await sign(key, secret) } })]);
    const identities = await eventually(
      async () => rows(await db().select().from(tables.identities), key),
      (list) => list.length > 0,
    );
    expect(identities.map((row) => [row.userId, row.visitorId])).toEqual([["u1", "ada"]]);
    expect(await visitorObject(env, key, "c:u1").snapshot()).toMatchObject({ user_id: null });
    expect(await visitorObject(env, key, "u:u1").snapshot()).toBeNull();
    // Proven without an anonymous id, the user is the one that an API key names, never the one that anybody may claim.
    const context = { identity_token: await sign(key, secret) };
    await send(key, [{ type: "page", userId: "whoever", messageId: "2", context }]);
    expect(await visitorObject(env, key, "u:u1").snapshot()).toMatchObject({ user_id: "u1", visits: 1 });
    expect(await visitorObject(env, key, "c:whoever").snapshot()).toBeNull();
  });

  test("ORD4: an order that is not money, or names no order, is rejected with its path; the rest counts", async () => {
    const { key } = await makeSite();
    const answer = await send(key, [
      track("ada", "Order Completed", { total: 10 }),
      track("ada", "Order Completed", { order_id: "x", total: "a lot" }),
      track("ada", "Order Completed", { order_id: "y", total: "10.50" }),
      track("ada", "Order Completed", { order_id: "z", total: -5 }),
    ]);
    expect(answer.rejected.map(({ path }) => path)).toEqual([
      "batch.0.properties.order_id",
      "batch.1.properties.total",
      "batch.3.properties.total",
    ]);
    const orders = await eventually(
      () => ordersOf(key),
      (list) => list.length > 0,
    );
    expect(orders.map(({ orderId, total }) => [orderId, total])).toEqual([["y", 10.5]]);
  });

  test("ORD5: however many orders one visitor tells at once, each reaches history", async () => {
    const { key } = await makeSite();
    const ids = Array.from({ length: 250 }, (_, index) => `order-${String(index).padStart(3, "0")}`);
    const batch = ids.map((id) =>
      track("till", "Order Completed", { order_id: id, total: 1, currency: "eur" }),
    );
    expect((await send(key, batch)).rejected).toEqual([]);
    const orders = await eventually(
      () => ordersOf(key),
      (list) => list.length >= ids.length,
    );
    expect(orders.map(({ orderId }) => orderId).toSorted()).toEqual(ids);
    expect(new Set(orders.map(({ currency }) => currency))).toEqual(new Set(["EUR"]));
    // What was kept only for D1 is let go once D1 has it, and gone from the store with the next thing that happens.
    await nothingOwed(key, "till");
    await send(key, [pageView("till", "/")]);
    const { recentOrders } = JSON.parse(await storedState(key, "till")) as { recentOrders: unknown[] };
    expect(recentOrders).toHaveLength(100);
  });

  test("ORD6: an order that the server told for a user is exported as the linked visitor's; a claim is not", async () => {
    const { key, apiKey } = await makeSite();
    await send(apiKey, [{ type: "identify", anonymousId: "ada", userId: "u1", messageId: "1" }]);
    const order = (id: string) => ({
      type: "track",
      event: "Order Completed",
      userId: "u1",
      messageId: id,
      properties: { order_id: id, total: 5, currency: "EUR" },
    });
    await send(apiKey, [order("told")]);
    await send(key, [order("claimed")]);
    const csv = await eventually(
      async () => {
        const response = await exports.default.fetch(`http://localhost/api/sites/${key}/exports/orders.csv`, {
          headers: { authorization: `Bearer ${apiKey}` },
        });
        return (await response.text()).split("\r\n");
      },
      (lines) => lines.length === 4,
    );
    expect(csv.slice(1, 3).map((line) => line.split(",").slice(0, 2).join())).toEqual([
      "claimed,c:u1",
      "told,ada",
    ]);
  });
});

describe("engagements", () => {
  const onCart = { "page.path": "/cart", "page.seconds": { $gte: 30 } };

  test("ENG1: nothing before the second, wake_after_ms names it, and the Wake at it brings the decision", async () => {
    const { key } = await makeSite({ campaigns: [{ id: "cmp_wait", condition: onCart }] });
    const first = await send(key, [pageView("ada", "/cart")]);
    expect(first).toMatchObject({ decisions: [], wake_after_ms: 30_000 });
    vi.setSystemTime(NOON + 29_999);
    expect((await send(key, [track("ada", "Wake")])).decisions).toEqual([]);
    vi.setSystemTime(NOON + 30_000);
    expect((await send(key, [track("ada", "Wake")])).decisions).toMatchObject([
      { campaign: "cmp_wait", kind: "content" },
    ]);
  });

  test("ENG2: two tabs that ask at once get one decision, and it stands again in every answer until it is answered", async () => {
    const { key } = await makeSite({ campaigns: [{ id: "cmp_a" }, { id: "cmp_b" }] });
    const answers = await Promise.all(
      ["/1", "/2", "/3", "/4"].map((path) => send(key, [pageView("ada", path)])),
    );
    const ids = new Set(answers.flatMap((answer) => answer.decisions.map(({ id }) => id)));
    expect(ids.size).toBe(1);
    const again = await send(key, [pageView("ada", "/5")]);
    expect(again.decisions.map(({ id }) => id)).toEqual([...ids]);
    const [id] = ids;
    await send(key, [track("ada", "Engagement Declined", { decision_id: id })]);
    const exposures = await eventually(
      () => exposuresOf(key),
      (list) => list.some((row) => row.id === id && row.declinedAt !== null),
    );
    expect(exposures.filter((row) => row.id === id)).toHaveLength(1);
  });

  test("ENG3: without decide=1 there is no decision and no exposure", async () => {
    const { key } = await makeSite({ campaigns: [{ id: "cmp_a" }] });
    const answer = await send(key, [pageView("ada", "/")], "");
    expect(answer).toMatchObject({ decisions: [], wake_after_ms: null });
    expect(await visitorObject(env, key, "ada").snapshot()).toMatchObject({ engagement: [] });
  });

  test("ENG4: both arms are logged with their probability, the held-out see nothing, and being held out ends the moment", async () => {
    const { key } = await makeSite({
      campaigns: [
        { id: "cmp_first", priority: 9, holdout: 0.5 },
        { id: "cmp_second", priority: 1 },
      ],
    });
    const visitors = Array.from({ length: 60 }, (_, index) => `visitor-${index}`);
    let shown = 0;
    for (const visitor of visitors) {
      const { decisions } = await send(key, [pageView(visitor, "/")]);
      shown += decisions.length;
      for (const { campaign } of decisions) expect(campaign).toBe("cmp_first");
    }
    const exposures = await eventually(
      () => exposuresOf(key),
      (list) => list.length === visitors.length,
    );
    expect(new Set(exposures.map((row) => row.campaignId))).toEqual(new Set(["cmp_first"]));
    expect(exposures.filter((row) => row.arm === "treated")).toHaveLength(shown);
    expect(exposures.every((row) => row.probability === 0.5)).toBe(true);
    const sessions = await eventually(
      () => sessionsOf(key),
      (list) => list.filter((row) => row.eligible).length === visitors.length,
    );
    expect(sessions.every((row) => row.endedAt === null)).toBe(true);
    expect(shown).toBeGreaterThan(15);
    expect(shown).toBeLessThan(45);
  });

  test("ENG5: an offer that needs an agent is not made while nobody is there; the page may ask again eight times", async () => {
    const { key } = await makeSite({ campaigns: [{ id: "cmp_chat", kind: "chat", requires_agent: true }] });
    const answers: Answer[] = [];
    for (let time = 0; time < 10; time += 1) answers.push(await send(key, [pageView("ada", "/")]));
    expect(answers.flatMap((answer) => answer.decisions)).toEqual([]);
    expect(answers.map((answer) => answer.wake_after_ms)).toEqual([...Array(8).fill(15_000), null, null]);
    expect(await visitorObject(env, key, "ada").snapshot()).toMatchObject({ engagement: [] });
    // A page that names no view asks for the visitor's last, and the next page is a new one.
    const waits: (number | null)[] = [];
    for (const event of ["page", ...Array<string>(8).fill("Wake"), "page"]) {
      const message = event === "page" ? pageView("bob", "/", { context: {} }) : track("bob", event);
      waits.push((await send(key, [message])).wake_after_ms);
    }
    expect(waits).toEqual([...Array(8).fill(15_000), null, 15_000]);
  });

  test("ENG6: a decision of another visitor or another site is refused, and idempotent for its own", async () => {
    const { key } = await makeSite({ campaigns: [{ id: "cmp_a" }] });
    const other = await makeSite();
    const { decisions } = await send(key, [pageView("ada", "/")]);
    const decision_id = decisions[0]?.id;
    expect((await send(key, [track("eve", "Engagement Accepted", { decision_id })])).rejected).toMatchObject([
      { code: "unknown_decision" },
    ]);
    expect(
      (await send(other.key, [track("ada", "Engagement Accepted", { decision_id })])).rejected,
    ).toMatchObject([{ code: "unknown_decision" }]);
    await send(key, [track("ada", "Engagement Accepted", { decision_id })]);
    vi.setSystemTime(NOON + 5_000);
    await send(key, [track("ada", "Engagement Accepted", { decision_id })]);
    const [exposure] = await eventually(
      () => exposuresOf(key),
      (list) => list[0]?.openedAt !== null && list.length > 0,
    );
    expect(exposure).toMatchObject({ openedAt: NOON, revision: 2 });
  });

  test("ENG7: caps and the memory of a decline hold across visits; the page is told when the gate opens", async () => {
    const { key } = await makeSite({
      session_idle_minutes: 1,
      campaigns: [{ id: "cmp_a", caps: { per_visitor: 2, per_days: 7, after_decline_days: 1 } }],
    });
    const decline = async (at: number) => {
      vi.setSystemTime(at);
      const { decisions, wake_after_ms } = await send(key, [pageView("ada", `/${at}`)]);
      const [decision] = decisions;
      if (decision) await send(key, [track("ada", "Engagement Declined", { decision_id: decision.id })]);
      return decision === undefined ? wake_after_ms : "offered";
    };
    const day = 24 * 60 * MINUTE;
    expect(await decline(NOON)).toBe("offered");
    expect(await decline(NOON + 2 * MINUTE)).toBe(day - 2 * MINUTE);
    expect(await decline(NOON + day)).toBe("offered");
    expect(await decline(NOON + 3 * day)).toBe(4 * day);
    expect(await decline(NOON + 7 * day)).toBe("offered");
  });

  test("ENG8: the global hold-out is offered nothing and exposed to nothing", async () => {
    const { key } = await makeSite({ global_holdout: 0.5, campaigns: [{ id: "cmp_a" }] });
    let offered = 0;
    for (let index = 0; index < 30; index += 1)
      offered += (await send(key, [pageView(`v${index}`, "/")])).decisions.length;
    const sessions = await eventually(
      () => sessionsOf(key),
      (list) => list.length === 30,
    );
    expect(sessions.filter((row) => !row.globalHoldout)).toHaveLength(offered);
    expect(await exposuresOf(key)).toHaveLength(offered);
  });
});

describe("two hosts", () => {
  test("ING6: deployed on two hosts, each answers 404 to the other's paths, and rooms open on the public one", async () => {
    const two = new Proxy(env, {
      get: (target, name) =>
        name === "PUBLIC_HOST"
          ? "pub.example"
          : name === "APP_HOST"
            ? "app.example"
            : (Reflect.get(target, name) as unknown),
    });
    const ask = async (url: string, init?: RequestInit) =>
      worker.fetch(new Request(url, init), two, createExecutionContext());
    for (const path of ["/v1/batch", "/v1/availability?key=x", "/c/demo"]) {
      const answer = await ask(`https://app.example${path}`);
      expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: "not_found" } }]);
    }
    for (const path of ["/api/me", "/console/", "/admin/"]) {
      expect((await ask(`https://pub.example${path}`)).status).toBe(404);
    }
    const { key } = await makeSite();
    const opened = await ask("https://pub.example/v1/conversations", {
      method: "POST",
      body: JSON.stringify({ writeKey: key, anonymousId: "ada" }),
    });
    const { socket_url } = await opened.json<{ socket_url: string }>();
    expect(socket_url).toMatch(/^wss:\/\/pub\.example\/v1\/conversations\/cnv_/);
    const console = await ask("https://app.example/console/");
    expect(console.headers.get("content-security-policy")).toContain("wss://pub.example");
  });
});
