/** Facts from the front door to the visitor's object (rules F6, F11, F12, F15, F18). */
import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { orders, resources } from "../../migrations/schema.ts";
import { publish, raiseConfigVersion } from "../../workers/publish/publish.ts";
import { forgetSite } from "../../workers/site/site-config.ts";
import { visitorObject } from "../../workers/site/visitor.ts";
import { makeSite, pageView, post, send, track } from "./site.ts";
import { storedState } from "./stored-visitor.ts";

const NOON = Date.UTC(2037, 10, 23, 11);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

async function factsOf(site: string, visitor = "ada") {
  return (await visitorObject(env, site, visitor).snapshot())?.facts;
}

/** A push of GA4's, as the page hands it on. */
function pushed(event: string, properties: Record<string, unknown>, messageId?: string) {
  return { ...track("ada", event, properties), context: { ga4: true }, ...(messageId ? { messageId } : {}) };
}

test("F11: a page's GA4 pushes count as what they mean; one order told on two page views is one", async () => {
  const { key } = await makeSite();
  const item = { item_id: "rivoli", item_name: "Rivoli", price: 79, quantity: 2 };
  await send(key, [
    pageView("ada", "/shirts"),
    pushed("add_to_cart", { currency: "EUR", value: 158, items: [item], email: "ada@example.net" }),
    pushed("begin_checkout", { currency: "EUR", items: [item] }),
  ]);
  expect(await factsOf(key)).toMatchObject({
    cart: { value: 158, items: 2, currency: "EUR" },
    funnel: { name: "checkout", step: "checkout" },
  });
  const purchase = { transaction_id: "T1", value: 158, currency: "EUR", items: [item] };
  await send(key, [pushed("purchase", purchase, "purchase T1 158")]);
  await send(key, [pushed("purchase", purchase, "purchase T1 158")]);
  expect(await factsOf(key)).toMatchObject({
    cart: { items: 0 },
    visitor: { orders: 1, lifetime_value: 158 },
  });
  const stored = await storedState(key, "ada");
  expect(stored).not.toContain("ada@example.net");
  const rows = await vi.waitFor(
    async () => {
      const found = await drizzle(env.DB).select().from(orders).where(eq(orders.site, key));
      if (found.length === 0) throw new Error("not yet");
      return found;
    },
    { timeout: 15_000, interval: 100 },
  );
  expect(rows).toMatchObject([{ orderId: "T1", total: 158, currency: "EUR", items: 2 }]);
});

test("F12: the site's own funnels are walked as they are published", async () => {
  const { key } = await makeSite();
  const db = drizzle(env.DB);
  const steps = [
    { key: "offer", name: "Offer", path: "/loan" },
    { key: "signed", name: "Signed", event: "Checkout Started" },
  ];
  const body = JSON.stringify({ key: "loan", name: "Loan", steps });
  const row = { id: `fun_${key}`, site: key, noun: "funnels", body, createdAt: 0, updatedAt: 0 };
  await db.batch([db.insert(resources).values(row), raiseConfigVersion(db, key)]);
  await publish(env, key, NOON);
  forgetSite(key);
  await send(key, [pageView("ada", "/loan/simulator")]);
  expect((await factsOf(key))?.funnel).toEqual({ name: "loan", step: "offer", steps: 1 });
  await send(key, [track("ada", "Checkout Started")]);
  // One event moves the shop's checkout too; the site's own funnel is the one that is told.
  expect((await factsOf(key))?.funnel).toEqual({ name: "loan", step: "signed", steps: 2 });
});

test("F15: a u-turn is seen across beacons, and across the object's sleep", async () => {
  const { key } = await makeSite();
  const view = (path: string, at: number) => {
    vi.setSystemTime(NOON + at * 1_000);
    return send(key, [pageView("ada", path, { context: { page: { path, view_id: `view-${at}` } } })]);
  };
  await view("/list", 0);
  await view("/shirt", 20);
  await evictDurableObject(env.VISITOR_SESSION.getByName(`${key}:ada`));
  await view("/list", 26);
  expect((await factsOf(key))?.signals).toEqual({ u_turn: 1 });
});

test("F6: what was kept before the object slept is kept after, moment by moment", async () => {
  const { key } = await makeSite();
  const object = env.VISITOR_SESSION.getByName(`${key}:ada`);
  const names = async () => {
    const { visit } = JSON.parse(await storedState(key, "ada")) as { visit: { recent: { name: string }[] } };
    return visit.recent.map(({ name }) => name);
  };
  await send(key, [pageView("ada", "/"), track("ada", "One")]);
  await evictDurableObject(object);
  await send(key, [track("ada", "Two")]);
  await send(key, [track("ada", "Three")]);
  expect(await names()).toEqual(["Page Viewed", "One", "Two", "Three"]);
});

test("F18: who only knows a visitor's id hears what his own page view told; an API key proves the visitor", async () => {
  const { key, apiKey } = await makeSite();
  const added = (view: string, price: number) => ({
    ...track("ada", "Product Added", { product_id: "rivoli", price }),
    context: { page: { url: "https://shop.example/", path: "/", view_id: view } },
  });
  await post("/v1/batch", apiKey, { batch: [{ ...added("own", 79), userId: "user-1" }] });
  await send(key, [added("stranger", 5)]);
  const object = visitorObject(env, key, "ada");
  expect((await object.spoken("stranger")).cart.value).toBe(5);
  expect((await object.spoken("stranger")).visitor).toMatchObject({ identified: false, visits: 0 });
  expect((await object.spoken("another")).cart.value).toBe(0);
  expect((await factsOf(key))?.visitor).toMatchObject({ identified: true, visits: 1 });
});
