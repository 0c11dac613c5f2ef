/** What visitors are offered, call-backs and the chat's own link, set in the admin; in a real browser. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY, eventually } from "./demo-api.ts";
import { url } from "./own-server.ts";

let browser: Browser;
beforeAll(async () => void (browser = await launchBrowser()));
afterAll(() => browser.close());

const SHOTS = process.env["SHOTS"];
const LOOKS: [string, Look][] = [
  ["light", {}],
  ["dark-fr", { dark: true, locale: "fr-FR" }],
  ["phone-fr", { phone: true, locale: "fr-FR" }],
];

async function settings(): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${DEMO_API_KEY}` };
  return (await fetch(`${url}/api/sites/demo`, { headers })).json() as Promise<Record<string, unknown>>;
}

test("R-A40: what visitors are offered and when they are called is set in the admin and is live", async () => {
  const { context, page, complaints } = await enterAdmin(browser, url);
  await page.goto(`${url}/admin/demo/settings`);
  const closed = page.getByRole("group", { name: "Nobody is there, or out of hours" });
  await closed.getByRole("button", { name: "Move “Be called back” up" }).click();
  await closed.getByLabel("Read common answers", { exact: true }).uncheck();
  await page.getByRole("group", { name: "Everybody is busy" }).getByLabel("Show nothing").check();
  await page.getByLabel("Queue full at (visitors)").fill("12");
  await page.getByLabel("Wait too long from (minutes)").fill("5");
  await page.getByLabel("Give hours to").selectOption({ index: 1 });
  await page.getByLabel("Length of a slot (minutes)").fill("20");
  await page.getByLabel("Hours of their own").check();
  await page.getByLabel("Recipients of messages").fill("a@lin.example\nb@lin.example");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved, live everywhere within 10 s").waitFor();
  const { availability, callbacks, message_recipients } = await settings();
  expect(availability).toMatchObject({
    busy: ["hide"],
    closed: ["callback", "message"],
    max_queue: 12,
    max_wait_seconds: 300,
  });
  expect(Object.keys((availability as { hours: object }).hours)).toHaveLength(1);
  expect(callbacks).toMatchObject({
    slot_minutes: 20,
    hours: [{ opens: "09:00", closes: "18:00" }, { dayOfWeek: ["PublicHolidays"] }],
  });
  expect(message_recipients).toEqual(["a@lin.example", "b@lin.example"]);
  const told = await eventually(
    async () => (await fetch(`${url}/v1/availability?key=demo`)).json() as Promise<{ actions: string[] }>,
    ({ actions }) => actions[0] === "callback",
    10_000,
  );
  expect(told.actions).toEqual(["callback", "message"]);

  await page.getByLabel("Calls a slot").fill("0");
  await page.getByRole("button", { name: "Save" }).click();
  // What a field cannot hold does not leave the page.
  expect(
    await page.getByLabel("Calls a slot").evaluate((field: HTMLInputElement) => field.validity.valid),
  ).toBe(false);
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-A40: the settings and the link are readable in every look, by everybody", async () => {
  for (const [name, look] of LOOKS) {
    const { context, page, complaints } = await enterAdmin(browser, url, look);
    await page.goto(`${url}/admin/demo/settings`);
    await page.locator(".offered").waitFor();
    expect(await violations(page), name).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    if (SHOTS !== undefined) {
      await page.locator(".offered").scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${SHOTS}/settings-${name}.png`, fullPage: true });
    }
    await page.goto(`${url}/admin/demo/install`);
    await page.locator(".qr img").waitFor();
    expect(await violations(page), name).toEqual([]);
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/install-${name}.png`, fullPage: true });
    expect(complaints, name).toEqual([]);
    await context.close();
  }
});

test("R-A40: the link carries the campaign that is typed, opens, and its code is a picture of it", async () => {
  const { context, page } = await enterAdmin(browser, url);
  await page.goto(`${url}/admin/demo/install`);
  await page.getByLabel("Source (utm_source)").fill("affiche");
  await page.getByLabel("Campaign (utm_campaign)").fill("été & lin");
  const link = `${url}/c/demo?utm_source=affiche&utm_campaign=%C3%A9t%C3%A9+%26+lin`;
  await page.getByText(link, { exact: true }).waitFor();
  const drawn = await page
    .locator(".qr img")
    .evaluate(async (image: HTMLImageElement) => (await fetch(image.src)).text())
    .catch(() => null);
  const served = await (await fetch(link.replace("/c/demo?", "/c/demo/qr.svg?"))).text();
  // The page's policy lets no script read the picture; a download is the same file.
  if (drawn !== null) expect(drawn).toBe(served);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download the QR code (SVG)" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("demo-qr.svg");
  expect((await fetch(link)).status).toBe(200);
  await context.close();
});
