/** The beacon in a real page of somebody's site, against a server that records what arrives (rules R-P2 to R-P8). */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";

type Message = {
  type: string;
  event?: string;
  messageId: string;
  anonymousId: string;
  properties?: Record<string, unknown>;
  context: { page: { url: string; view_id: string; referrer: string }; consent?: { status?: string } };
};
type Answer = { status?: number; decisions?: unknown[]; wakeAfterMs?: number | null };

/** A widget that only says what it was told. */
const WIDGET = `export const mount = (page) => {
  const told = (window.widgetTold = ["mount " + page.key]);
  return { show: (d) => told.push("show " + d.id), withdraw: () => told.push("withdraw"), open: () => told.push("open"),
    close: () => told.push("close"), destroy: () => told.push("destroy") };
};`;

let server: Server;
let origin: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let troubles: string[];
/** What has arrived, newest last, and what the next requests are answered; then plain success. */
let messages: Message[];
let answers: Answer[];
let siteDefault: string;
/** The page that `/` and all below it serve. */
let html: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/b.js")
      return void response.setHeader("content-type", "text/javascript").end(readFileSync("dist/b.js"));
    if (path.startsWith("/w/")) return void response.setHeader("content-type", "text/javascript").end(WIDGET);
    if (path !== "/v1/batch") return void response.setHeader("content-type", "text/html").end(html);
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { status = 200, decisions = [], wakeAfterMs = null } = answers.shift() ?? {};
      messages.push(...(JSON.parse(body) as { batch: Message[] }).batch);
      response
        .setHeader("aparte-consent", siteDefault)
        .writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ success: true, decisions, wake_after_ms: wakeAfterMs, rejected: [] }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  server.close();
});
beforeEach(async () => {
  messages = [];
  answers = [];
  siteDefault = "granted";
  html = site();
  context = await browser.newContext();
  page = await context.newPage();
  troubles = [];
  page.on("pageerror", (error) => void troubles.push(error.message));
});
afterEach(async () => {
  await context.close();
  expect(troubles).toEqual([]);
});

test("R-P3: one page view per URL through single-page navigation, none for an anchor", async () => {
  await page.goto(`${origin}/list`);
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
  const views = messages.filter(({ type }) => type === "page").map((one) => one.context.page);
  expect(views.map(({ url }) => new URL(url).pathname)).toEqual(["/list", "/list/shirt", "/list"]);
  expect(new Set(views.map((view) => view.view_id)).size).toBe(3);
  expect(views[1]?.referrer).toBe(`${origin}/list`);
});

test("R-P7: calls that waited are told after the page view, and later ones at once", async () => {
  html = site({ before: `window.aparte = [["track", "Early", { n: 1 }], ["consent", "granted"]];` });
  await page.goto(origin);
  await page.evaluate(() => Reflect.get(window, "aparte").track("Late", { n: 2 }));
  await arrived("Late", 1);
  expect(messages.map((one) => one.event ?? one.type)).toEqual(["page", "Early", "Late"]);
  expect(messages[0]?.context.consent?.status).toBe("granted");
  expect(messages[1]?.properties).toEqual({ n: 1 });
});

test("R-P7: a stub that keeps the calls in q is read too", async () => {
  html = site({
    before: `window.aparte = function () { (aparte.q = aparte.q || []).push(arguments); }; aparte("track", "Early");`,
  });
  await page.goto(origin);
  await arrived("Early", 1);
  expect(messages.map((one) => one.event ?? one.type)).toEqual(["page", "Early"]);
});

test("R-P2: pushes before and after us are read, push answers its length, an order counts once, errors stay ours", async () => {
  const purchase = `{ event: "purchase", ecommerce: { transaction_id: "T1", value: 9, items: [] } }`;
  html = site({ before: `window.dataLayer = [{ event: "view_cart", ecommerce: { items: [] } }];` });
  await page.goto(origin);
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
  siteDefault = "denied";
  await page.goto(origin);
  await arrived("page", 1);
  await settle();
  expect(await storedKeys()).toEqual([]);
  await page.evaluate(() => Reflect.get(window, "aparte").consent("granted"));
  await arrived("page", 2);
  expect(messages[1]).toMatchObject({
    messageId: messages[0]?.messageId,
    context: { consent: { status: "granted" } },
  });
  await page.reload();
  await arrived("page", 3);
  expect(messages[2]?.anonymousId).toBe(messages[1]?.anonymousId);
  await page.evaluate(() => Reflect.get(window, "aparte").consent("denied"));
  await page.reload();
  await arrived("page", 4);
  expect(messages[3]?.anonymousId).not.toBe(messages[2]?.anonymousId);
  expect(messages[3]?.context.consent?.status).toBe("denied");
  expect(await page.evaluate(() => localStorage.getItem("aparte:demo"))).toBe("denied:");
});

test("R-P4: where nobody says anything the site's default keeps the visitor; the tag's no and privacy control do not", async () => {
  await page.goto(origin);
  await arrived("page", 1);
  await expect.poll(storedKeys).toEqual(["aparte:demo"]);
  await page.reload();
  await arrived("page", 2);
  expect(messages[1]?.anonymousId).toBe(messages[0]?.anonymousId);
  expect(messages[1]?.context.consent?.status).toBeUndefined();

  html = site({ before: `Object.defineProperty(navigator, "globalPrivacyControl", { value: true });` });
  await page.reload();
  await arrived("page", 3);
  expect(messages[2]?.context.consent?.status).toBe("denied");
  expect(messages[2]?.anonymousId).not.toBe(messages[1]?.anonymousId);

  await page.evaluate(() => localStorage.clear());
  html = site({ attributes: `data-consent="denied"` });
  await page.reload();
  await arrived("page", 4);
  await settle();
  expect(messages[3]?.context.consent?.status).toBe("denied");
  expect(await storedKeys()).toEqual([]);
});

test("R-P5: a refused request is repeated, and a page that goes loses nothing, all under the same ids", async () => {
  await page.goto(origin);
  await arrived("page", 1);
  await expect.poll(storedKeys).toEqual(["aparte:demo"]);
  answers = [{ status: 503 }];
  await page.evaluate(() => Reflect.get(window, "aparte").track("Kept", {}));
  await arrived("Kept", 1);
  await arrived("Kept", 2);
  expect(new Set(named("Kept").map((one) => one.messageId)).size).toBe(1);

  answers = [{ status: 429 }, { status: 429 }];
  await page.evaluate(() => Reflect.get(window, "aparte").track("Leaving", {}));
  await arrived("Leaving", 1);
  await page.reload();
  await expect.poll(() => named("Leaving").length).toBeGreaterThanOrEqual(3);
  expect(new Set(named("Leaving").map((one) => one.messageId)).size).toBe(1);
});

test("R-P6: Wake comes at the moment the answer named, and a newer answer takes its place", async () => {
  answers = [{ wakeAfterMs: 600 }];
  await page.goto(origin);
  await arrived("page", 1);
  const asked = Date.now();
  await arrived("Wake", 1);
  expect(Date.now() - asked).toBeGreaterThan(450);

  answers = [{ wakeAfterMs: 400 }, { wakeAfterMs: null }];
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
  await page.goto(origin);
  await arrived("page", 1);
  await settle();
  expect(requests.filter((path) => path.startsWith("/w/"))).toEqual([]);

  answers = [{ decisions: [{ id: "dec_1", kind: "chat" }] }];
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

function site({ before = "", attributes = "" } = {}): string {
  return `<!doctype html><html lang="fr"><head><title>Boutique</title><link rel="icon" href="data:,"><script>${before}</script>
<script async src="/b.js" data-key="demo" ${attributes}></script></head><body>Boutique</body></html>`;
}

const named = (name: string): Message[] => messages.filter((one) => (one.event ?? one.type) === name);

async function arrived(name: string, count: number): Promise<void> {
  await expect.poll(() => named(name).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
}

/** Long enough for anything that the beacon would still do by itself. */
const settle = (): Promise<void> => page.waitForTimeout(250);
const storedKeys = (): Promise<string[]> =>
  page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
const told = (): Promise<unknown> => page.evaluate(() => Reflect.get(window, "widgetTold") ?? []);
