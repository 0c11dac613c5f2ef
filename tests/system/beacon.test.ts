/** The beacon in a real page of somebody's site, against a server that records what arrives (rules R-P2 to R-P8). */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openForEach } from "./recorded-visit.ts";
import { page as site, RecordingSite } from "./recording-site.ts";

const shop = new RecordingSite();
let page: Page;

openForEach(shop, {}, (visit) => ({ page } = visit));

test("R-P3: one page view per URL through single-page navigation, none for an anchor", async () => {
  await page.goto(`${shop.origin}/list`);
  await arrived("page", 1);
  await page.evaluate(() => {
    history.replaceState({}, "", "/list");
    location.hash = "details";
  });
  await page.evaluate(() => history.pushState({}, "", "/list/shirt?size=m"));
  await arrived("page", 2);
  await page.goBack();
  await arrived("page", 3);
  await settle();
  const views = shop.messages.filter(({ type }) => type === "page").map((one) => one.context.page);
  expect(views.map(({ url }) => new URL(url).pathname)).toEqual(["/list", "/list/shirt", "/list"]);
  expect(new Set(views.map((view) => view.view_id)).size).toBe(3);
  expect(views[1]?.referrer).toBe(`${shop.origin}/list`);
});

test("R-P7: calls that waited are told after the page view, and later ones at once", async () => {
  shop.html = site({ before: `window.aparte = [["track", "Early", { n: 1 }], ["consent", "granted"]];` });
  await page.goto(shop.origin);
  await page.evaluate(() => Reflect.get(window, "aparte").track("Late", { n: 2 }));
  await arrived("Late", 1);
  expect(shop.messages.map((one) => one.event ?? one.type)).toEqual(["page", "Early", "Late"]);
  expect(shop.messages[0]?.context.consent?.status).toBe("granted");
  expect(shop.messages[1]?.properties).toEqual({ n: 1 });
});

test("R-P7: a stub that keeps the calls in q is read too", async () => {
  shop.html = site({
    before: `window.aparte = function () { (aparte.q = aparte.q || []).push(arguments); }; aparte("track", "Early");`,
  });
  await page.goto(shop.origin);
  await arrived("Early", 1);
  expect(shop.messages.map((one) => one.event ?? one.type)).toEqual(["page", "Early"]);
});

test("R-P2: pushes before and after us are read, push answers its length, an order counts once, errors stay ours", async () => {
  const purchase = `{ event: "purchase", ecommerce: { transaction_id: "T1", value: 9, items: [] } }`;
  shop.html = site({ before: `window.dataLayer = [{ event: "view_cart", ecommerce: { items: [] } }];` });
  await page.goto(shop.origin);
  await arrived("view_cart", 1);
  const length = await page.evaluate(`dataLayer.push(${purchase})`);
  await page.evaluate(
    `(function gtag() { dataLayer.push(arguments); })("event", "add_to_cart", { items: [{ item_id: "a" }] })`,
  );
  await page.evaluate(
    `{ const loop = {}; loop.self = loop; aparte.track("Broken", loop); dataLayer.push(${purchase}); }`,
  );
  await arrived("purchase", 2);
  expect(length).toBe(2);
  expect(named("purchase").map((one) => one.messageId)).toEqual(["purchase T1 9", "purchase T1 9"]);
  expect(named("add_to_cart")[0]).toMatchObject({
    properties: { items: [{ item_id: "a" }] },
    context: { ga4: true },
  });
  expect(named("page")[0]?.context).not.toHaveProperty("ga4");
  expect(named("Broken")).toEqual([]);
});

test("R-P4: before consent nothing is stored; consent tells the page view again under its own id and keeps the visitor", async () => {
  shop.siteDefault = "denied";
  await page.goto(shop.origin);
  await viewed(1);
  await settle();
  expect(await storedKeys()).toEqual([]);
  await page.evaluate(() => Reflect.get(window, "aparte").consent("granted"));
  await viewed(2);
  expect(shop.pages()[1]).toMatchObject({
    messageId: shop.pages()[0]?.messageId,
    context: { consent: { status: "granted" } },
  });
  await page.reload();
  await viewed(3);
  expect(shop.pages()[2]?.anonymousId).toBe(shop.pages()[1]?.anonymousId);
  await page.evaluate(() => Reflect.get(window, "aparte").consent("denied"));
  await page.reload();
  await viewed(4);
  expect(shop.pages()[3]?.anonymousId).not.toBe(shop.pages()[2]?.anonymousId);
  expect(shop.pages()[3]?.context.consent?.status).toBe("denied");
  expect(await page.evaluate(() => localStorage.getItem("aparte:demo"))).toBe("denied:");
});

test("R-P4: where nobody says anything the site's default keeps the visitor; the tag's no and privacy control do not", async () => {
  await page.goto(shop.origin);
  await viewed(1);
  await expect.poll(storedKeys).toEqual(["aparte:demo"]);
  await page.reload();
  await viewed(2);
  expect(shop.pages()[1]?.anonymousId).toBe(shop.pages()[0]?.anonymousId);
  expect(shop.pages()[1]?.context.consent?.status).toBeUndefined();

  shop.html = site({ before: `Object.defineProperty(navigator, "globalPrivacyControl", { value: true });` });
  await page.reload();
  await viewed(3);
  expect(shop.pages()[2]?.context.consent?.status).toBe("denied");
  expect(shop.pages()[2]?.anonymousId).not.toBe(shop.pages()[1]?.anonymousId);

  await page.evaluate(() => localStorage.clear());
  shop.html = site({ attributes: `data-consent="denied"` });
  await page.reload();
  await viewed(4);
  await settle();
  expect(shop.pages()[3]?.context.consent?.status).toBe("denied");
  expect(await storedKeys()).toEqual([]);
});

test("R-P5: a refused request is repeated, and a page that goes loses nothing, all under the same ids", async () => {
  await page.goto(shop.origin);
  await arrived("page", 1);
  await expect.poll(storedKeys).toEqual(["aparte:demo"]);
  shop.answers = [{ status: 503 }];
  await page.evaluate(() => Reflect.get(window, "aparte").track("Kept", {}));
  await arrived("Kept", 1);
  await arrived("Kept", 2);
  expect(new Set(named("Kept").map((one) => one.messageId)).size).toBe(1);

  shop.answers = [{ status: 429 }, { status: 429 }];
  await page.evaluate(() => Reflect.get(window, "aparte").track("Leaving", {}));
  await arrived("Leaving", 1);
  await page.reload();
  await expect.poll(() => named("Leaving").length).toBeGreaterThanOrEqual(3);
  expect(new Set(named("Leaving").map((one) => one.messageId)).size).toBe(1);
});

test("R-P6: Wake comes at the moment the answer named, and a newer answer takes its place", async () => {
  shop.answers = [{ wakeAfterMs: 600 }];
  await page.goto(shop.origin);
  await arrived("page", 1);
  const asked = Date.now();
  await arrived("Wake", 1);
  expect(Date.now() - asked).toBeGreaterThan(450);

  shop.answers = [{ wakeAfterMs: 400 }, { wakeAfterMs: null }];
  await page.evaluate(() => Reflect.get(window, "aparte").track("One"));
  await arrived("One", 1);
  await page.evaluate(() => Reflect.get(window, "aparte").track("Two"));
  await arrived("Two", 1);
  await page.waitForTimeout(700);
  expect(named("Wake")).toHaveLength(1);
});

test("R-P8: the widget comes with a decision, is told of what follows, and not before", async () => {
  const requests: string[] = [];
  page.on("request", (request) => void requests.push(new URL(request.url()).pathname));
  await page.goto(shop.origin);
  await arrived("page", 1);
  await settle();
  expect(requests.filter((path) => path.startsWith("/w/"))).toEqual([]);

  shop.answers = [{ decisions: [{ id: "dec_1", kind: "chat" }] }];
  await page.evaluate(() => Reflect.get(window, "aparte").track("Look"));
  await expect.poll(told).toEqual(["mount demo", "show dec_1"]);
  await page.evaluate(() => Reflect.get(window, "aparte").track("Again"));
  await expect.poll(told).toEqual(["mount demo", "show dec_1", "withdraw"]);
  await page.evaluate(() => Reflect.get(window, "aparte").open());
  await page.evaluate(() => Reflect.get(window, "aparte").reset());
  await expect.poll(told).toEqual(["mount demo", "show dec_1", "withdraw", "open", "destroy"]);

  await page.evaluate(() => localStorage.setItem("aparte:demo:conversation", "{}"));
  await page.reload();
  await expect.poll(told).toContain("mount demo");
});

const named = (name: string) => shop.named(name);

async function arrived(name: string, count: number): Promise<void> {
  await expect.poll(() => named(name).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
}

const viewed = (count: number): Promise<void> =>
  expect.poll(() => shop.pages().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);

/** Long enough for anything that the beacon would still do by itself. */
const settle = (): Promise<void> => page.waitForTimeout(250);
const storedKeys = (): Promise<string[]> =>
  page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
const told = (): Promise<unknown> => page.evaluate(() => Reflect.get(window, "widgetTold") ?? []);
