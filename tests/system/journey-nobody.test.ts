/** The main job where nobody is there to answer: a visitor who hesitates is not asked into a chat. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { fillCart, INVITED_AFTER_SECONDS, invitation } from "./journey-shop.ts";
import { url } from "./own-server.ts";

let browser: Browser;
beforeAll(async () => void (browser = await launchBrowser()));
afterAll(() => browser.close());

test("RUN4: with every agent offline, no chat invitation appears", async () => {
  const page = await browser.newPage({ locale: "fr-FR", viewport: { width: 1440, height: 900 } });
  await fillCart(page, url, 3);
  await page.waitForTimeout((INVITED_AFTER_SECONDS + 4) * 1_000);
  expect(await invitation(page).count()).toBe(0);
});
