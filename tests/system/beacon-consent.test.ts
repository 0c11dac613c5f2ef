/** Who may say whether a visitor is followed, with hand-built banners of every kind (rules R-P14 to R-P18). */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import { banner, FRAMEWORK, type Choice, GOOGLE } from "./consent-banners.ts";
import { openForEach } from "./recorded-visit.ts";
import { page as site, RecordingSite } from "./recording-site.ts";

const ID = /^[0-9a-f-]{36}$/;
const shop = new RecordingSite();
let browser: Browser;
let context: BrowserContext;
let page: Page;
let troubles: string[];

openForEach(shop, { consent: "denied" }, (visit) => ({ browser, context, page, troubles } = visit));

for (const kind of [FRAMEWORK, GOOGLE]) {
  test(`R-P15 R-P18: ${kind}: nothing before the answer, a visit after a yes, nothing after it is taken back`, async () => {
    await show(kind, "open");
    await pageViews(1);
    expect(shop.messages[0]?.context.consent?.status).toBe("denied");
    expect(await kept()).toEqual({});

    await answer("accepted");
    await pageViews(2);
    expect(shop.messages[1]?.messageId).toBe(shop.messages[0]?.messageId);
    expect(shop.messages[1]?.context.consent?.status).toBe("granted");
    const id = shop.messages[1]?.anonymousId ?? "";
    expect(id).toMatch(ID);
    expect(await kept()).toEqual({ "aparte:demo": `:${id}` });

    // Another page, where the banner knows already: one page view, by the same visitor, as the banner's first word has it.
    const before = new Set(shop.messages.map((one) => one.messageId));
    const since = () => shop.messages.filter((one) => !before.has(one.messageId));
    await show(kind, "accepted");
    await expect.poll(() => since().length).toBe(1);
    expect(since()[0]).toMatchObject({ anonymousId: id, context: { consent: { status: "granted" } } });

    await answer("refused");
    await expect.poll(kept, { timeout: 1_000 }).toEqual({});
    for (const { messageId } of since()) before.add(messageId);
    await page.evaluate(() => Reflect.get(window, "aparte").track("After"));
    await arrived("After");
    await show(kind, "refused");
    await expect.poll(() => since().filter(({ type }) => type === "page").length).toBe(1);
    expect(new Set(since().map((one) => one.context.consent?.status))).toEqual(new Set(["denied"]));
    expect(since().map((one) => one.anonymousId)).not.toContain(id);
    expect(await kept()).toEqual({});
  });

  test(`R-P15: ${kind}: a banner that comes after us is heard too`, async () => {
    shop.siteDefault = "granted";
    await page.goto(shop.origin);
    await expect.poll(kept).toHaveProperty("aparte:demo");
    const id = shop.messages[0]?.anonymousId;
    shop.html = site({ before: `addEventListener("load", () => { ${banner(kind, "refused")} });` });
    await page.goto(shop.origin);
    await expect.poll(kept).toEqual({});
    await page.evaluate(() => Reflect.get(window, "aparte").track("After"));
    await arrived("After");
    expect(shop.named("After")[0]?.context.consent?.status).toBe("denied");
    expect(shop.named("After")[0]?.anonymousId).not.toBe(id);
  });

  test(`R-P16: ${kind}: a visitor whom the device knows is not forgotten while the banner is silent`, async () => {
    await show(kind, "accepted");
    await pageViews(1);
    const before = await kept();
    expect(before).toHaveProperty("aparte:demo");
    await show(kind, "open");
    await pageViews(2);
    expect(shop.pages()[1]?.context.consent?.status).toBe("denied");
    expect(before).not.toEqual({ "aparte:demo": `:${shop.pages()[1]?.anonymousId}` });
    expect(await kept()).toEqual(before);
    await answer("accepted");
    await pageViews(3);
    expect({ "aparte:demo": `:${shop.pages()[2]?.anonymousId}` }).toEqual(before);
  });
}

test("R-P15: the framework's word needs every purpose, and where its law does not apply the site's default counts", async () => {
  const consents = { 1: true, 5: true, 6: true };
  expect(await statusWith(framework({ eventStatus: "tcloaded", purpose: { consents } }))).toBe("denied");
  expect(
    await statusWith(framework({ eventStatus: "tcloaded", purpose: { consents: { ...consents, 8: true } } })),
  ).toBe("granted");
  expect(await statusWith(framework({ gdprApplies: false, eventStatus: "tcloaded" }))).toBeUndefined();
  // A banner that answers nothing is no yes.
  expect(await statusWith(`window.__tcfapi = () => {};`)).toBe("denied");
});

test("R-P15: Google's consent mode: both storages where both are named, the strictest default, no word about others", async () => {
  const gtag = `window.dataLayer = []; function gtag() { dataLayer.push(arguments); }`;
  const said = (...words: object[]) =>
    gtag + words.map((word, index) => `gtag("consent", ${KINDS[index]}, ${JSON.stringify(word)});`).join("");
  const analytics_storage = "granted";
  expect(await statusWith(said({ analytics_storage }))).toBe("granted");
  expect(await statusWith(said({ analytics_storage, personalization_storage: "denied" }))).toBe("denied");
  expect(await statusWith(said({ analytics_storage }, { analytics_storage: "denied", region: ["FR"] }))).toBe(
    "denied",
  );
  expect(
    await statusWith(
      said({ analytics_storage: "denied" }, { analytics_storage: "denied" }, { analytics_storage }),
    ),
  ).toBe("granted");
  expect(await statusWith(said({ ad_storage: "denied" }))).toBeUndefined();
});
const KINDS = ['"default"', '"default"', '"update"'];

test("R-P14: privacy control stands above the visitor's word, that above the tag's, that above a banner's, that above the default", async () => {
  const gpc = `Object.defineProperty(navigator, "globalPrivacyControl", { value: true });`;
  const says = (word: string) => `window.aparte = [["consent", "${word}"]];`;
  shop.siteDefault = "granted";
  expect(await statusWith(gpc + says("granted"), `data-consent="granted"`)).toBe("denied");
  expect(await statusWith(says("granted") + banner(FRAMEWORK, "refused"), `data-consent="denied"`)).toBe(
    "granted",
  );
  expect(await statusWith(banner(FRAMEWORK, "refused"), `data-consent="granted"`)).toBe("granted");
  expect(await statusWith(banner(FRAMEWORK, "refused") + banner(GOOGLE, "accepted"))).toBe("denied");
  expect(await statusWith(framework({ gdprApplies: false }) + banner(GOOGLE, "refused"))).toBe("denied");
  expect(await statusWith("")).toBeUndefined();
});

test("R-P16: a page view waits half a second at most for a banner's word, and only where there is a banner", async () => {
  const late = `setTimeout(() => heard({ eventStatus: "tcloaded", purpose: { consents: { 1: true, 5: true, 6: true, 8: true } } }, true), 150);`;
  shop.html = site({
    before: `let heard; window.__tcfapi = (command, version, callback) => { heard = callback; ${late} };`,
  });
  await page.goto(shop.origin);
  await pageViews(1);
  await expect.poll(kept).toHaveProperty("aparte:demo");
  expect(shop.named("page").map((one) => one.context.consent?.status)).toEqual(["granted"]);
});

test("R-P18: what is taken back in one tab no other tab brings back", async () => {
  await page.goto(shop.origin);
  await pageViews(1);
  await page.evaluate(() => Reflect.get(window, "aparte").consent("granted"));
  await expect.poll(kept).toHaveProperty("aparte:demo");
  const other = await context.newPage();
  await other.goto(shop.origin);
  await page.evaluate(() => Reflect.get(window, "aparte").consent("denied"));
  expect(await kept()).toEqual({ "aparte:demo": "denied:" });
  for (const name of ["One", "Two"]) {
    await other.evaluate((event) => Reflect.get(window, "aparte").track(event), name);
    await arrived(name);
  }
  expect(await kept()).toEqual({ "aparte:demo": "denied:" });
  await other.reload();
  await other.evaluate(() => Reflect.get(window, "aparte").push(["track", "Three"]));
  await arrived("Three");
  expect(shop.named("Three")[0]?.context.consent?.status).toBe("denied");
  expect(shop.named("Three")[0]?.anonymousId).not.toBe(shop.named("One")[0]?.anonymousId);
});

/** Open the page anew with a banner of that kind and answer. */
async function show(kind: string, choice: Choice): Promise<void> {
  shop.html = site({ before: banner(kind, choice) });
  await page.goto(shop.origin);
}

const answer = (choice: Choice): Promise<void> =>
  page.evaluate((one) => Reflect.get(window, "answer")(one), choice);

/** The framework's function, answering once. */
const framework = (data: object): string =>
  `window.__tcfapi = (command, version, heard) => heard(${JSON.stringify({ gdprApplies: true, ...data })}, true);`;

/** What a fresh visitor's event says of consent, once everybody on the page was heard. */
async function statusWith(before: string, attributes = ""): Promise<string | undefined> {
  shop.messages = [];
  shop.fetched = [];
  shop.html = site({ before, attributes });
  const fresh = await browser.newContext();
  const tab = await fresh.newPage();
  tab.on("pageerror", (error) => void troubles.push(error.message));
  await tab.goto(shop.origin);
  await pageViews(1);
  if (/__tcfapi|gtag/.test(before)) {
    await expect.poll(() => shop.fetched[0]).toMatch("/w/consent");
    // The beacon asked for the same module before, so it has it once we have.
    await tab.evaluate(`import(${JSON.stringify(shop.fetched[0])}).then(() => {})`);
  }
  await tab.evaluate(() => Reflect.get(window, "aparte").track("Asked"));
  await arrived("Asked");
  await fresh.close();
  return shop.named("Asked")[0]?.context.consent?.status;
}

const pageViews = (count: number): Promise<void> =>
  expect.poll(() => shop.pages().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);

const arrived = (name: string): Promise<void> =>
  expect.poll(() => shop.named(name).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(1);

/** Everything that the device keeps for the site. */
const kept = (): Promise<Record<string, string>> =>
  page.evaluate(() => ({ ...localStorage, ...sessionStorage }));
