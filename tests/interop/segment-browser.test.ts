/**
 * @segment/analytics-next as it is released, in Chromium, on a page of another origin: its settings, its preflights,
 * its JSON that calls itself text.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { basename, join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../../scripts/bundle.ts";
import { launchBrowser } from "../system/browser.ts";
import { arrivedOf } from "./arrived.ts";
import { url } from "../system/own-server.ts";
const UMD = join(ROOT, "node_modules/@segment/analytics-next/dist/umd");

let browser: Browser;
let shop: Server;
beforeAll(async () => {
  browser = await launchBrowser();
  shop = createServer((request, response) => {
    const name = basename(new URL(request.url ?? "/", "http://shop").pathname);
    const script = name.endsWith(".js");
    response.setHeader("content-type", script ? "text/javascript" : "text/html; charset=utf-8");
    response.end(script ? readFileSync(join(UMD, name)) : page(url));
  });
  await new Promise<void>((ready) => shop.listen(0, "127.0.0.1", ready));
});
afterAll(async () => {
  await browser.close();
  await new Promise((closed) => shop.close(closed));
});

test("IN4: Segment's browser client loads its settings here and its calls arrive once", async () => {
  const context = await browser.newContext();
  const tab = await context.newPage();
  const troubles: string[] = [];
  tab.on("pageerror", (error) => troubles.push(error.message));
  const answers: { path: string; status: number }[] = [];
  tab.on("response", (response) => {
    const { origin, pathname } = new URL(response.url());
    if (origin === url) answers.push({ path: pathname, status: response.status() });
  });
  const { port } = shop.address() as AddressInfo;
  await tab.goto(`http://127.0.0.1:${port}/products?utm_source=letter`);
  await tab.waitForFunction(() => "told" in globalThis);
  const visitor = await tab.evaluate(() => String(Reflect.get(globalThis, "told")));

  expect(visitor).toMatch(/^[0-9a-f-]{36}$/);
  expect(await arrivedOf(url, visitor, 2, 1)).toEqual({
    visits: 1,
    pages: 2,
    orders: [{ order_id: `${visitor}-order`, total: 64, currency: "EUR", status: "claimed" }],
  });
  expect(troubles).toEqual([]);
  expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
  const asked = new Set(answers.map(({ path }) => path));
  for (const path of ["/v1/projects/demo/settings", "/v1/p", "/v1/t", "/v1/i"]) expect(asked).toContain(path);
  await context.close();
});

/** A shop's page with Segment's package, pointed at `aparte` by its documented options alone. */
function page(aparte: string): string {
  return `<!doctype html><title>Shop</title><script src="/umd/index.js"></script><script>
    const { host } = new URL(${JSON.stringify(aparte)});
    const analytics = AnalyticsNext.AnalyticsBrowser.load(
      { writeKey: "demo", cdnURL: ${JSON.stringify(aparte)} },
      { integrations: { "Segment.io": { apiHost: host + "/v1", protocol: "http" } } },
    );
    (async () => {
      const visitor = (await analytics.user()).anonymousId();
      await analytics.page();
      await analytics.identify({ country: "France" });
      await analytics.track("Product Viewed", { product_id: "oxford", price: 64, currency: "EUR" });
      await analytics.page("cart");
      await analytics.track("Order Completed", { order_id: visitor + "-order", total: 64, currency: "EUR" });
      globalThis.told = visitor;
    })();
  </script>`;
}
