/** "Why, why not" in a real browser against the real server: a visit told moment by moment. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY, eventually } from "./demo-api.ts";
import { url } from "./own-server.ts";

const SHOP_ORIGIN = "http://shop.example";

let browser: Browser;
let visitor = "";
beforeAll(async () => {
  browser = await launchBrowser();
  visitor = `why-${Date.now()}`;
  await visit(visitor);
});
afterAll(() => browser.close());

const enter = (look?: Look) => enterAdmin(browser, url, { ...look, timezoneId: "Europe/Paris" });

/** A visit that looks at two shirts and the cart, an answer awaited after each event; the last comes `again`. */
async function visit(id: string, again = 0): Promise<void> {
  const context = (path: string) => ({
    userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
    locale: "fr-FR",
    page: { url: `${SHOP_ORIGIN}${path}`, path, title: `Page ${path}`, view_id: `view-${path}` },
  });
  const events = [
    { type: "page", context: context("/shop/") },
    { type: "page", context: context("/shop/cart") },
    { type: "track", event: "Product Added", context: context("/shop/cart"), properties: shirt },
    { type: "track", event: "Cart Viewed", context: context("/shop/cart") },
    {
      type: "track",
      event: "Signal Detected",
      context: context("/shop/cart"),
      properties: { signal: "exit_intent" },
    },
  ];
  for (const event of [...events, ...Array.from({ length: again }, () => events.slice(-1)).flat()]) {
    const answer = await fetch(`${url}/v1/batch?decide=1`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: SHOP_ORIGIN },
      body: JSON.stringify({
        writeKey: "demo",
        batch: [{ ...event, anonymousId: id, messageId: crypto.randomUUID() }],
      }),
    });
    if (!answer.ok) throw new Error(`batch: ${answer.status} ${await answer.text()}`);
  }
  await eventually(
    () =>
      fetch(`${url}/api/sites/demo/visitors/${id}/trace`, {
        headers: { authorization: `Bearer ${DEMO_API_KEY}` },
      }),
    ({ status }) => status === 200,
  );
}

const shirt = { product_id: "rivoli", name: "Rivoli, ciel", price: 89, quantity: 3 };

test("W21: a visitor is found by the id, and the arrow keys go through the visit, each moment explained", async () => {
  const { context, page, complaints } = await enter();
  await page.goto(`${url}/admin/demo/visitors`);
  await page.getByRole("heading", { name: "Which visitor?" }).waitFor();
  await page.getByRole("searchbox", { name: "The visitor’s id" }).fill(visitor);
  await page.getByRole("button", { name: "Find" }).click();
  const moments = page.getByRole("listbox", { name: "Moments of the visit" });
  await moments.waitFor();
  expect(await moments.getByRole("option").count()).toBe(5);
  await page.locator(".why-table tbody tr").first().waitFor();

  await moments.focus();
  await page.keyboard.press("Home");
  await page.locator("#moment-0[aria-selected=true]").waitFor();
  await page.waitForURL(/\?at=0$/);
  await page.keyboard.press("ArrowDown");
  await page.locator("#moment-1[aria-selected=true]").waitFor();
  await page.waitForURL(/\?at=1$/);
  await page.locator(".sentence", { hasText: /^At \d\d:\d\d:\d\d, nothing was offered/ }).waitFor();
  await page.keyboard.press("End");
  await page.locator("#moment-4[aria-selected=true]").waitFor();
  // In either arm: which one falls to this visitor is the hash's.
  await page.locator(".sentence", { hasText: /was shown|was held out of/ }).waitFor();
  await page.waitForFunction(() => document.querySelector(".why-moment [aria-busy=true]") === null);
  expect(await page.locator(".details").count()).toBe(2);

  const row = page.locator(".why-table tbody tr").last().getByRole("button");
  const name = await row.textContent();
  await row.click();
  await page
    .locator(".details")
    .getByRole("heading", { name: name ?? "" })
    .waitFor();
  expect(await page.locator(".why-foot").textContent()).toMatch(/Configuration \d+, published/);
  expect(complaints).toEqual([]);
  await context.close();
});

test.each([
  ["en-GB", /offer was already open/g],
  ["fr-FR", /offre attendait déjà/g],
] as const)("W28: that an offer was waiting is said once of a moment, in %s", async (locale, words) => {
  const waiting = `waiting-${locale}-${Date.now()}`;
  await visit(waiting, 1);
  const { context, page, complaints } = await enter({ locale });
  await page.goto(`${url}/admin/demo/visitors/${waiting}?at=5`);
  await page.locator(".why-table tbody tr").first().waitFor();
  const told = (await page.locator(".why").textContent()) ?? "";
  expect(told.match(words)).toHaveLength(1);
  expect(await page.locator(".details .answer").count()).toBe(0);
  const shots = process.env["SHOTS"];
  if (shots !== undefined) await page.screenshot({ path: `${shots}/waiting-${locale}.png`, fullPage: true });
  expect(complaints).toEqual([]);
  await context.close();
});

test("W29: who has just come is found by trying again once announced", async () => {
  const { context, page } = await enter();
  const late = `late-${Date.now()}`;
  await page.goto(`${url}/admin/demo/visitors/${late}`);
  await page.getByText("they are not announced yet: try again in a moment").waitFor();
  await visit(late);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("listbox", { name: "Moments of the visit" }).waitFor();
  await context.close();
});

test("W22: an unknown visitor, a failure and its repeat are told", async () => {
  const { context, page } = await enter();
  await page.goto(`${url}/admin/demo/visitors/nobody-at-all`);
  await page.getByRole("heading", { name: "No visitor “nobody-at-all”" }).waitFor();
  const shots = process.env["SHOTS"];
  if (shots !== undefined) await page.screenshot({ path: `${shots}/nobody.png` });
  await page.route("**/trace*", (route) => route.abort());
  await page.goto(`${url}/admin/demo/visitors/${visitor}`);
  await page.getByRole("alert").getByText("The visit could not be read").waitFor();
  await page.unroute("**/trace*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".sentence").waitFor();
  await page.route("**/trace*", (route) => route.abort());
  await page.locator("#moment-0").click();
  await page.getByRole("alert").getByText("This moment could not be explained").waitFor();
  expect(await page.locator(".stale .sentence").count()).toBe(1);
  await context.close();
});

test("W22: the trace is accessible under the strict policy, in both languages, light and dark, wide and narrow", async () => {
  const looks: Look[] = [
    { locale: "en-GB" },
    { locale: "fr-FR", dark: true, phone: true },
    { locale: "fr-FR" },
  ];
  for (const look of looks) {
    const { context, page, complaints } = await enter(look);
    for (const screen of [
      "/visitors",
      `/visitors/${visitor}`,
      `/visitors/${visitor}?at=4`,
      `/visitors/${visitor}?at=0`,
    ]) {
      await page.goto(`${url}/admin/demo${screen}`);
      await page.locator("#main h1").waitFor();
      if (screen !== "/visitors") await page.locator(".why-table").waitFor();
      const shots = process.env["SHOTS"];
      if (shots !== undefined) {
        const file = `${look.locale}${look.dark ? "-dark" : ""}${look.phone ? "-phone" : ""}${screen.replaceAll(/\W/g, "_")}`;
        await page.screenshot({ path: `${shots}/${file}.png`, fullPage: true });
      }
      expect(await violations(page), screen).toEqual([]);
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(sideways, screen).toBe(0);
    }
    expect(complaints).toEqual([]);
    await context.close();
  }
});

test("W9 W16: the campaign's page counts what stops it, and plays the draft against a file", async () => {
  const { context, page, complaints } = await enter();
  const headers = { authorization: `Bearer ${DEMO_API_KEY}` };
  const told = (await (
    await fetch(`${url}/api/sites/demo/visitors/${visitor}/trace`, { headers })
  ).json()) as { moments: { decision: { campaign: string } | null }[] };
  const campaign = told.moments.find(({ decision }) => decision !== null)?.decision?.campaign ?? "";
  await eventually(
    async () =>
      (await (
        await fetch(`${url}/api/sites/demo/campaigns/${campaign}/reasons`, { headers })
      ).json()) as Counts,
    ({ visits }) => visits > 0,
  );
  await page.goto(`${url}/admin/demo/campaigns/${campaign}`);
  await page
    .locator(".reason-counts")
    .getByText(/^Its rule held in/)
    .waitFor();
  expect(await page.locator(".reason-counts .bars tbody tr").count()).toBeGreaterThan(0);

  // A site of its own: where nobody was invited or answered yet, acceptance and handle time are the caller's to assume.
  const site = `why-${Date.now()}`;
  const made = await page.evaluate(async (key) => {
    const headers = { "content-type": "application/json" };
    return (await fetch("/api/sites", { method: "POST", headers, body: JSON.stringify({ key, name: key }) }))
      .status;
  }, site);
  expect(made).toBe(201);
  await page.goto(`${url}/admin/${site}/campaigns/new`);
  const panel = page.locator(".dry-run");
  const lines = ["ada", "bea", "cleo"].map((anonymousId) =>
    JSON.stringify({
      type: "page",
      anonymousId,
      timestamp: new Date().toISOString(),
      properties: { path: "/" },
    }),
  );
  const file = {
    name: "visits.ndjson",
    mimeType: "application/x-ndjson",
    buffer: Buffer.from(lines.join("\n")),
  };
  await panel.getByLabel("Replay a file").setInputFiles({ ...file, buffer: Buffer.from("nothing") });
  await panel.getByText("This file is neither JSON nor NDJSON: line 1.").waitFor();
  await panel.getByLabel("Replay a file").setInputFiles(file);
  // The default hold-out keeps some of the three out: all could be invited.
  await panel.getByRole("row", { name: "Could be invited 3" }).waitFor();
  await panel.getByLabel("Acceptance to use (%)").fill("50");
  await panel.getByLabel("Acceptance to use (%)").press("Enter");
  await panel
    .getByText(/^About [\d.]+ chats an hour, [\d.]+ in the busiest hour, at an acceptance of 50/)
    .waitFor();
  await panel.getByLabel("Time of a chat to use (min)").fill("10");
  await panel.getByLabel("Time of a chat to use (min)").press("Tab");
  await panel.getByText(/agent is needed|agents are needed/).waitFor();
  const shots = process.env["SHOTS"];
  if (shots !== undefined) await panel.screenshot({ path: `${shots}/panel.png` });
  expect(complaints).toEqual([]);
  await context.close();
});

type Counts = { visits: number };
