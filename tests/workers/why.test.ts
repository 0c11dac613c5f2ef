/** Rules W5 to W8: a visit told moment by moment through the API, to those who may see it. */
import { createMessageBatch, listDurableObjectIds } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import type { WireTrace } from "../../domain/targeting/why-wire.ts";
import { replayOf } from "../../domain/visit/replay.ts";
import { newVisit } from "../../domain/visit/fold.ts";
import { gzipBase64 } from "../../durable-objects/gzip.ts";
import { consumeHistory } from "../../workers/history/consumer.ts";
import { configKey } from "../../workers/publish/publish.ts";
import { eventually } from "./eventually.ts";
import { signIn } from "./login.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite, pageView, send, track } from "./site.ts";

const CART = { "page.path": "/panier", "cart.items": { $gte: 2 } };

type Answer = { status: number; body: WireTrace };

async function trace(
  site: string,
  visitor: string,
  headers: Record<string, string>,
  query = "",
): Promise<Answer> {
  const path = `/api/sites/${site}/visitors/${visitor}/trace${query}`;
  const response = await exports.default.fetch(`http://localhost${path}`, { headers });
  return { status: response.status, body: await response.json() };
}

const as = (apiKey: string) => ({ authorization: `Bearer ${apiKey}` });

const added = (visitor: string) =>
  track(visitor, "Product Added", { product_id: "a", price: 89, quantity: 2 });

/** History learns of a visit at once, and of a visitor only then. */
async function known(site: string, visitor: string, headers: Record<string, string>): Promise<void> {
  await eventually(
    () => trace(site, visitor, headers),
    ({ status }) => status === 200,
  );
}

test("W5: each moment of the visit that is on is explained by the facts as they were then", async () => {
  const { key, apiKey } = await makeSite({
    campaigns: [
      { id: "cmp_cart", condition: CART, priority: 5, caps: { per_session: 1 } },
      { id: "cmp_every", condition: { "session.pages": { $gte: 2 } } },
    ],
  });
  await send(key, [pageView("ada", "/shop")]);
  await send(key, [pageView("ada", "/panier")]);
  const { decisions } = await send(key, [added("ada")]);
  expect(decisions.map(({ campaign }) => campaign)).toEqual(["cmp_every"]);
  await known(key, "ada", as(apiKey));

  const whole = (await trace(key, "ada", as(apiKey))).body;
  expect(whole.moments.map(({ name, page }) => [name, page?.path])).toEqual([
    ["Page Viewed", "/shop"],
    ["Page Viewed", "/panier"],
    ["Product Added", "/panier"],
  ]);
  expect(whole.session).toMatchObject({ visits: 1, complete: true, global_holdout: false });
  expect(whole.explained).toBeNull();
  expect(whole.moments[1]?.decision).toMatchObject({ campaign: "cmp_every", arm: "treated" });

  const second = (await trace(key, "ada", as(apiKey), "?at=1")).body.explained;
  expect(second?.engaged).toBe("cmp_every");
  const cart = second?.campaigns.find(({ campaign }) => campaign === "cmp_cart");
  expect(cart).toMatchObject({ matched: false, held: 1, of: 2, result: "not_matched" });
  expect(cart?.first_no).toMatchObject({ kind: "condition", path: "cart.items", value: 0 });
  expect(second?.configuration.as_then).toBe(true);

  const third = (await trace(key, "ada", as(apiKey), "?at=2")).body.explained;
  const later = third?.campaigns.find(({ campaign }) => campaign === "cmp_cart");
  expect(later).toMatchObject({ matched: true, result: "open_decision" });
  const byDecision = await trace(key, "ada", as(apiKey), `?at=${decisions[0]?.id}`);
  expect(byDecision.body.explained?.index).toBe(1);
});

test("W6: a decision made between two events stands as a Wake of its own", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const { key, apiKey } = await makeSite({
    campaigns: [{ id: "cmp_wait", condition: { "page.seconds": { $gte: 30 } } }],
  });
  await send(key, [pageView("bea", "/shop")]);
  vi.setSystemTime(Date.now() + 30_000);
  const { decisions } = await send(key, [track("bea", "Wake")]);
  expect(decisions).toHaveLength(1);
  vi.setSystemTime(Date.now() + 5_000);
  await send(key, [track("bea", "Cart Viewed")]);
  await known(key, "bea", as(apiKey));
  const { body } = await trace(key, "bea", as(apiKey), "?at=1");
  expect(body.moments.map(({ name, woken }) => [name, woken])).toEqual([
    ["Page Viewed", false],
    ["Wake", true],
    ["Cart Viewed", false],
  ]);
  expect(body.moments[1]).toMatchObject({ page_seconds: 30, decision: { id: decisions[0]?.id } });
  expect(body.explained?.campaigns[0]).toMatchObject({ matched: true, result: "treated" });
  vi.useRealTimers();
});

test("W5: a moment whose configuration is gone is judged by the present one, and says so", async () => {
  const { key, apiKey } = await makeSite({ campaigns: [{ id: "cmp_all" }] });
  await send(key, [pageView("cleo", "/")]);
  await known(key, "cleo", as(apiKey));
  const then = (await trace(key, "cleo", as(apiKey), "?at=0")).body.explained?.configuration;
  expect(then?.as_then).toBe(true);
  await env.CONFIG.delete(configKey(key, then?.version ?? 0));
  const now = (await trace(key, "cleo", as(apiKey), "?at=0")).body.explained;
  expect(now?.configuration).toMatchObject({ as_then: false });
  expect(now?.campaigns).toHaveLength(1);
});

test("W7: an unknown visitor, moment or visit is not found, and no site sees another's", async () => {
  const mine = await makeSite();
  const other = await makeSite();
  await send(mine.key, [pageView("dora", "/")]);
  await known(mine.key, "dora", as(mine.apiKey));
  expect((await trace(mine.key, "nobody", as(mine.apiKey))).status).toBe(404);
  expect((await trace(mine.key, "dora", as(mine.apiKey), "?at=7")).status).toBe(404);
  expect((await trace(mine.key, "dora", as(mine.apiKey), "?at=dec_x")).status).toBe(404);
  expect((await trace(mine.key, "dora", as(mine.apiKey), "?session=ses_x")).status).toBe(404);
  const long = "x".repeat(300);
  expect((await trace(mine.key, "nobody", as(mine.apiKey), `?session=${long}&at=${long}`)).status).toBe(404);
  expect((await trace(mine.key, "dora", as(other.apiKey))).status).toBe(404);
  expect((await trace(other.key, "dora", as(other.apiKey))).status).toBe(404);
  expect((await trace(mine.key, "dora", {})).status).toBe(401);
});

test("W29: who is not announced yet is not found, is said to come in a moment, and no object is made for a made-up id", async () => {
  const { key, apiKey } = await makeSite();
  const objects = (await listDurableObjectIds(env.VISITOR_SESSION)).length;
  for (const path of ["madeup/trace", "madeup"]) {
    const address = `http://localhost/api/sites/${key}/visitors/${path}`;
    const response = await exports.default.fetch(address, { headers: as(apiKey) });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: { code: "not_found", message: expect.stringMatching(/announced.*try again in a moment/) },
    });
  }
  expect(await listDurableObjectIds(env.VISITOR_SESSION)).toHaveLength(objects);
});

test("W7 W8: an earlier visit is told from history, to admins only; an agent sees nothing beyond the visit at hand", async () => {
  const { key, apiKey } = await makeSite({
    campaigns: [{ id: "cmp_back", condition: { "visitor.visits": { $gte: 2 }, "page.path": "/shop" } }],
  });
  const started = Date.now() - 86_400_000;
  const page = { url: "", path: "/shop", title: "Shop", referrer: null, status: null };
  const moment = { name: "Page Viewed", type: "page" as const, at: started, viewId: "v1", page };
  const visit = newVisit({
    id: "ses_before",
    startedAt: started,
    arrival: {
      path: "/shop",
      referrer: null,
      channel: "Direct",
      utm: {},
      searchTerms: null,
      affiliate: null,
    },
    device: { type: "desktop", browser: "Firefox", os: null, language: null },
    place: { country: "FR", region: null, city: "Lyon" },
    history: { visits: 3, orders: 1, lifetimeValue: 90, identified: false, lastCallOutcome: null },
    recent: [{ ...moment, properties: {}, version: 1, freeSlots: 0 }],
  });
  const replay = await gzipBase64(JSON.stringify(replayOf(visit)));
  await consumeHistory(createMessageBatch("aparte-history", [endedVisit(key, "emma", visit, replay)]), env);
  await send(key, [pageView("emma", "/shop")]);
  await eventually(
    () => trace(key, "emma", as(apiKey)),
    ({ body }) => body.moments?.length === 1,
  );

  const before = await trace(key, "emma", as(apiKey), "?session=ses_before&at=0");
  expect(before.body.session).toMatchObject({ id: "ses_before", visits: 3, city: "Lyon" });
  expect(before.body.explained?.campaigns[0]).toMatchObject({ matched: true });
  expect(before.body.sessions.map(({ id }) => id)).toEqual(["ses_before"]);

  const agent = await signIn("Ines", [key]);
  const cookie = { cookie: agent.cookie };
  const seen = await trace(key, "emma", cookie, "?at=0");
  expect(seen.body.session).toMatchObject({ visits: null });
  expect(seen.body.sessions).toEqual([]);
  const [first] = seen.body.explained?.campaigns ?? [];
  expect(first?.condition).toMatchObject({
    parts: [{ path: "visitor.visits", value: null, hidden: true }, {}],
  });
  expect((await trace(key, "emma", cookie, "?session=ses_before")).status).toBe(403);
  const stranger = await signIn("Noa", []);
  expect((await trace(key, "emma", { cookie: stranger.cookie })).status).toBe(404);
});

function endedVisit(site: string, visitor: string, visit: ReturnType<typeof newVisit>, replay: string) {
  const { id, startedAt } = visit;
  const record = sessionRecord({
    id,
    visitor_id: visitor,
    revision: 2,
    started_at: startedAt,
    last_at: startedAt,
    ended_at: startedAt,
    replay,
  });
  const body = { v: 1, site, owner: { kind: "visitor", name: `${site}:${visitor}` }, records: [record] };
  return { id: "m1", body, timestamp: new Date(), attempts: 1 };
}
