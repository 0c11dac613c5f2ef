/**
 * A crawl of two shops by visitors who say nothing, refuse, accept, change their mind, or let their browser say no for
 * them: what their device keeps, and what any two requests have in common (rule R-P19).
 */
import type { Browser, Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { banner, type Choice, FRAMEWORK, GOOGLE, OWN } from "./consent-banners.ts";
import { openForAll } from "./recorded-visit.ts";
import { type Message, page as site, RecordingSite } from "./recording-site.ts";
import { url } from "./own-server.ts";

type Mode = "none" | "refuse" | "accept" | "withdraw" | "GPC";
/** What one page load of one shop left behind. */
type Trail = { messages: Message[]; writes: string[]; kept: string[] };

const GPC = `Object.defineProperty(navigator, "globalPrivacyControl", { value: true });`;
/** What the banner says when a page is opened, on the first page and on the next. */
const SAYS: Record<Mode, [first: Choice, next: Choice]> = {
  none: ["open", "open"],
  refuse: ["open", "refused"],
  accept: ["open", "accepted"],
  withdraw: ["accepted", "refused"],
  GPC: ["accepted", "accepted"],
};
const ANSWERS: Partial<Record<Mode, Choice>> = { refuse: "refused", accept: "accepted", withdraw: "refused" };

const shop = new RecordingSite();
let browser: Browser;

openForAll(shop, (launched) => (browser = launched));
beforeEach(() => {
  shop.reset();
  shop.siteDefault = "denied";
});

for (const kind of [OWN, GOOGLE, FRAMEWORK]) {
  for (const mode of ["none", "refuse", "GPC"] as const) {
    test(`R-P19: ${mode}, ${kind}: nothing is kept, nothing outlives a page, and no shop knows the other's visitor`, async () => {
      const trails = await crawl(kind, mode);
      for (const { messages, writes, kept } of trails) {
        // What a visitor says to the shop itself is kept, and that word alone.
        const words = kind === OWN ? /^aparte:\w+=(granted|denied):$/ : /^$/;
        expect([...kept, ...writes].filter((one) => !words.test(one))).toEqual([]);
        expect(messages.length).toBeGreaterThanOrEqual(2);
        expect(messages.filter((one) => one.context.consent?.status === "granted")).toEqual([]);
      }
      expect(inCommon(trails.map(({ messages }) => messages))).toEqual([]);
      expect(shop.fetched.filter((path) => path.startsWith("/w/signals"))).toEqual([]);
    });
  }

  test(`R-P19: accept, ${kind}: each shop knows its visitor again, and no value is in both shops' requests`, async () => {
    const [first, next, otherFirst, otherNext] = await crawl(kind, "accept");
    const ids = [first, next, otherFirst, otherNext].map((trail) => trail?.messages.at(-1)?.anonymousId);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    const ofShops = [
      [first, next],
      [otherFirst, otherNext],
    ].map((trails) => trails.flatMap((trail) => trail?.messages ?? []));
    expect(inCommon(ofShops)).toEqual([]);
    expect(next?.kept).toHaveLength(1);
  });

  test(`R-P18 R-P19: withdraw, ${kind}: at once nothing is kept, and no later request knows the visitor`, async () => {
    const trails = await crawl(kind, "withdraw");
    for (const [first, next] of [trails.slice(0, 2), trails.slice(2)]) {
      const granted = (first?.messages ?? []).filter((one) => one.context.consent?.status === "granted");
      const denied = (first?.messages ?? []).filter((one) => one.context.consent?.status === "denied");
      const since = [...denied, ...(next?.messages ?? [])].map((one) => one.anonymousId);
      expect(granted.length).toBeGreaterThan(0);
      expect(denied.length).toBeGreaterThan(0);
      for (const { anonymousId } of granted) expect(since).not.toContain(anonymousId);
      for (const trail of [first, next])
        expect(trail?.kept.filter((one) => !one.endsWith("=denied:"))).toEqual([]);
      expect(next?.writes.filter((write) => !write.endsWith("=denied:"))).toEqual([]);
    }
  });
}

test("R-P19: no answer that a page gets carries a cookie", async () => {
  const body = JSON.stringify({
    writeKey: "demo",
    batch: [
      { type: "page", anonymousId: crypto.randomUUID(), context: { page: { url: "https://shop.test/" } } },
    ],
  });
  const answers = [
    await fetch(`${url}/b.js`),
    await fetch(`${url}/v1/batch?decide=1`, { method: "POST", body }),
    await fetch(`${url}/v1/availability?key=demo`),
  ];
  expect(answers.flatMap((answer) => answer.headers.getSetCookie())).toEqual([]);
});

/** Two page loads of the one shop, then two of the other, in one browser. */
async function crawl(kind: string, mode: Mode): Promise<Trail[]> {
  const context = await browser.newContext();
  const trails: Trail[] = [];
  for (const [key, origin] of [
    ["mode", shop.origin],
    ["garden", shop.otherOrigin],
  ] as const) {
    for (const [index, says] of SAYS[mode].entries()) {
      const page = await context.newPage();
      const writes = await watchWrites(page);
      shop.messages = [];
      const before = (mode === "GPC" ? GPC : "") + banner(kind, says);
      // The shop's own banner says nothing on the next page: what it told us is kept.
      const silent = kind === OWN && (index === 1 || mode === "none");
      shop.html = site({
        before: silent ? before.slice(0, mode === "GPC" ? GPC.length : 0) : before,
        key,
        host: shop.origin,
      });
      await page.goto(`${origin}/${index}`);
      await browse(page, 0);
      const choice = index === 0 ? ANSWERS[mode] : undefined;
      if (choice !== undefined) {
        await page.evaluate((one) => Reflect.get(window, "answer")(one), choice);
        await browse(page, 1);
      }
      const messages = [...shop.messages];
      trails.push({ messages, writes, kept: await keptOn(page) });
      await page.close();
    }
  }
  expect(await context.cookies()).toEqual([]);
  await context.close();
  return trails;
}

/** What people do: they move the mouse, and look at something. */
async function browse(page: Page, count: number): Promise<void> {
  await page.mouse.move(20 + count, 30);
  await expect.poll(() => shop.named("page").length).toBeGreaterThan(0);
  await page.evaluate(() => Reflect.get(window, "aparte").track("Product Viewed", { price: 19 }));
  await expect.poll(() => shop.named("Product Viewed").length).toBeGreaterThan(count);
}

/** Every write to the page's storage, also one that is taken back. */
async function watchWrites(page: Page): Promise<string[]> {
  const writes: string[] = [];
  const session = await page.context().newCDPSession(page);
  await session.send("DOMStorage.enable");
  session.on("DOMStorage.domStorageItemAdded", ({ key, newValue }) => void writes.push(`${key}=${newValue}`));
  session.on(
    "DOMStorage.domStorageItemUpdated",
    ({ key, newValue }) => void writes.push(`${key}=${newValue}`),
  );
  return writes;
}

const keptOn = (page: Page): Promise<string[]> =>
  page.evaluate(async () => [
    ...Object.entries({ ...localStorage, ...sessionStorage }).map(([key, value]) => `${key}=${value}`),
    ...(await indexedDB.databases()).map(({ name }) => `database ${name}`),
    ...(document.cookie ? [document.cookie] : []),
  ]);

/** The values that more than one of these groups has told, but for what says nothing of anybody. */
function inCommon(groups: Message[][]): string[] {
  const told = groups.map((messages) => new Set(messages.flatMap((message) => valuesOf(message))));
  const all = told.flatMap((values) => [...values]);
  return [...new Set(all.filter((value, index) => all.indexOf(value) !== index))];
}

const ANYBODYS = ["type", "event", "timestamp", "url", "title", "locale", "referrer", "status", "properties"];

function valuesOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Object.entries(Object(value) as object).flatMap(([name, inner]) =>
    ANYBODYS.includes(name) ? [] : valuesOf(inner),
  );
}
