/** The beacon until the visitor's first input, and what it hands to the signals' chunk then (rules R-P12, R-P13). */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openForEach } from "./recorded-visit.ts";
import { page as site, RecordingSite } from "./recording-site.ts";

const shop = new RecordingSite();
let page: Page;

openForEach(shop, { context: { hasTouch: true }, throws: true }, (visit) => ({ page } = visit));

const INPUTS: Record<string, (on: Page) => Promise<void>> = {
  "the pointer": (on) => on.mouse.move(50, 60),
  "a key": (on) => on.keyboard.press("Tab"),
  "a touch": (on) => on.touchscreen.tap(50, 60),
};

for (const [name, input] of Object.entries(INPUTS)) {
  test(`R-P12: ${name} fetches the signals, once, and nothing before does; script errors are counted meanwhile`, async () => {
    await page.goto(shop.origin);
    await keptAnId();
    await page.evaluate(() => {
      document.body.style.height = "300vh";
      scrollTo(0, 100);
      // What a browser tells of a resting pointer below which the page has moved.
      dispatchEvent(new PointerEvent("pointermove"));
      document.body.click();
      history.pushState({}, "", "/more");
      setTimeout(() => {
        throw new Error("of the shop");
      });
      void Promise.reject(new Error("unhandled"));
    });
    await views(2);
    expect(shop.fetched).toEqual([]);

    await input(page);
    await expect.poll(links).toBe(1);
    await input(page);
    await input(page);
    expect(await links()).toBe(1);
    expect(shop.fetched).toEqual([expect.stringMatching(/^\/w\/signals-[\w-]+\.js$/)]);
    expect(await link("errors()")).toBe(2);
    expect(await link("consented()")).toBe(true);
  });
}

test("R-P12: nobody who did not consent gets them; consent that comes later than the input does", async () => {
  shop.siteDefault = "denied";
  await page.goto(shop.origin);
  await views(1);
  await page.mouse.move(50, 60);
  await page.keyboard.press("Tab");
  await page.evaluate(() => Reflect.get(window, "aparte").track("Exempt"));
  await expect.poll(() => shop.named("Exempt").length).toBe(1);
  expect(shop.fetched).toEqual([]);
  await page.evaluate(() => Reflect.get(window, "aparte").consent("granted"));
  await expect.poll(links).toBe(1);
  await page.evaluate(() => Reflect.get(window, "aparte").consent("denied"));
  expect(await link("consented()")).toBe(false);
});

test("R-P13: what may wait rides with the next message or goes with the page; the answer says what may not", async () => {
  shop.askedSignals = "rage_click,form";
  await page.goto(shop.origin);
  await keptAnId();
  await page.mouse.move(50, 60);
  await expect.poll(links).toBe(1);
  expect(await link("wanted()")).toBe("rage_click,form");

  await link(`tell("Later", { n: 1 }, true)`);
  await link(`tell("Now", { n: 2 })`);
  await expect.poll(() => shop.named("Now").length).toBe(1);
  expect(shop.messages.slice(-2).map(({ event }) => event)).toEqual(["Later", "Now"]);

  // While a request is under way too: its answer does not send what may wait.
  await link(`tell("Sent", {})`);
  await link(`tell("Waiting", {}, true)`);
  await expect.poll(() => shop.named("Sent").length).toBe(1);
  await page.evaluate(() => new Promise((done) => setTimeout(done, 200)));
  expect(shop.named("Waiting")).toEqual([]);
  await page.goto("about:blank");
  await expect.poll(() => shop.named("Waiting").length).toBe(1);
});

test("R-P3: where the browser cannot tell of navigation the signals' chunk asks to look, with consent or without", async () => {
  shop.siteDefault = "denied";
  shop.html = site({ before: `Object.defineProperty(window, "navigation", { value: undefined });` });
  await page.goto(shop.origin);
  await views(1);
  await page.mouse.move(50, 60);
  await expect.poll(links).toBe(1);
  await page.evaluate(() => history.pushState({}, "", "/next"));
  await link("look()");
  await link("look()");
  await views(2);
  await page.evaluate(() => Reflect.get(window, "aparte").track("After"));
  await expect.poll(() => shop.named("After").length).toBe(1);
  expect(shop.named("page").map((one) => new URL(one.context.page.url).pathname)).toEqual(["/", "/next"]);
});

const views = (count: number): Promise<void> =>
  expect.poll(() => shop.pages().length, { timeout: 10_000 }).toBe(count);

/** The first answer came, and the site's default let the id be kept. */
const keptAnId = (): Promise<void> =>
  expect.poll(() => page.evaluate(() => localStorage.length), { timeout: 10_000 }).toBe(1);

const links = (): Promise<number> =>
  page.evaluate(() => ((Reflect.get(window, "signalLinks") ?? []) as unknown[]).length);

/** What `call` of the link that the chunk was given answers. */
const link = (call: string): Promise<unknown> => page.evaluate(`signalLinks[0].${call}`);
