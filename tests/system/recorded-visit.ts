/** What the tests of the beacon have in common: the recording site and a browser for a file, a fresh page for each test. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { launchBrowser } from "./browser.ts";
import type { RecordingSite } from "./recording-site.ts";

/** `troubles` are what was thrown in the page; a test that opens another page adds to them. */
export type Visit = { browser: Browser; context: BrowserContext; page: Page; troubles: string[] };
export type VisitOptions = {
  /** What the site says of consent to whoever has said nothing. */
  consent?: "granted" | "denied";
  context?: BrowserContextOptions;
  /** The page throws on purpose: its errors fail no test. */
  throws?: boolean;
};

/** Open `shop` and a browser before the tests of this file, and close both after them. */
export function openForAll(shop: RecordingSite, opened: (browser: Browser) => void): void {
  let browser: Browser;
  beforeAll(async () => {
    await shop.open();
    browser = await launchBrowser();
    opened(browser);
  });
  afterAll(async () => {
    await browser.close();
    shop.close();
  });
}

/** The same, and a new page in a context of its own for each test, in which nothing may be thrown. */
export function openForEach(
  shop: RecordingSite,
  { consent = "granted", context: options = {}, throws = false }: VisitOptions,
  opened: (visit: Visit) => void,
): void {
  let browser: Browser;
  let context: BrowserContext;
  let troubles: string[];
  openForAll(shop, (launched) => (browser = launched));
  beforeEach(async () => {
    shop.reset();
    shop.siteDefault = consent;
    context = await browser.newContext(options);
    const page = await context.newPage();
    troubles = [];
    const visit = { browser, context, page, troubles };
    if (!throws) page.on("pageerror", (error) => void visit.troubles.push(error.message));
    opened(visit);
  });
  afterEach(async () => {
    await context.close();
    expect(troubles).toEqual([]);
  });
}
