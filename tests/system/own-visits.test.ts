/** The site's own people leave their browsers out, in settings and console, and the settings say when a hold-out is drawn. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { exported } from "./demo-api.ts";
import { url } from "./own-server.ts";

let browser: Browser;
beforeAll(async () => void (browser = await launchBrowser()));
afterAll(() => browser.close());

const SHOTS = process.env["SHOTS"];
const LOOKS: [string, Look][] = [
  ["light", {}],
  ["phone-dark-fr", { phone: true, dark: true, locale: "fr-FR" }],
];

/** Opens what `link` leads to, as its own browser does, and waits until the shop has told its page view. */
async function open(page: Page, address: string): Promise<void> {
  const told = page.waitForResponse((answer) => answer.url().includes("/v1/batch"));
  await page.goto(address);
  expect((await told).status()).toBe(200);
}

async function takeShots(folder: string): Promise<void> {
  for (const [name, look] of LOOKS) {
    const { context, page } = await enterAdmin(browser, url, look);
    await page.goto(`${url}/admin/demo/settings`);
    await page.locator(".own-visits input").fill(`${url}/shop/`);
    await page.locator(".own-visits button[type=submit]").click();
    await page.locator(".own-visits .snippet").waitFor();
    await page.screenshot({ path: `${folder}/own-visits-${name}.png`, fullPage: true });
    await context.close();
  }
}

test("VIS21: the settings make the address, and the browser that opens it is in no figure from then on", async () => {
  const { context, page, complaints } = await enterAdmin(browser, url);
  const visit = await (await browser.newContext()).newPage();
  await page.goto(`${url}/admin/demo/settings`);
  const own = page.getByRole("region", { name: "Your own visits" });
  await own.getByLabel("A page of the site").fill("nonsense");
  const leaveOut = own.getByRole("button", { name: "Do not count this browser" });
  await own.locator("form").evaluate((form: HTMLFormElement) => {
    form.noValidate = true;
  });
  await leaveOut.click();
  await own.getByRole("alert").waitFor();
  await own.getByLabel("A page of the site").fill(`${url}/shop/`);
  await leaveOut.click();
  const link = own.getByRole("link", { name: "Open, and no longer be counted" });
  const address = (await link.getAttribute("href")) ?? "";
  expect(address).toContain("aparte_staff=");
  expect(await violations(page)).toEqual([]);
  await open(visit, address);
  await open(visit, `${url}/shop/`);
  const other = await (await browser.newContext()).newPage();
  await open(other, `${url}/shop/`);
  await expect.poll(async () => (await exported(url, "sessions")).length, { timeout: 20_000 }).toBe(1);

  await own.getByRole("button", { name: "Count it again" }).click();
  const back = own.getByRole("link", { name: "Open, and be counted again" });
  await open(visit, (await back.getAttribute("href")) ?? "");
  await expect.poll(async () => (await exported(url, "sessions")).length, { timeout: 20_000 }).toBe(2);
  expect(complaints).toEqual([]);
  for (const each of [context, visit.context(), other.context()]) await each.close();
});

test("VIS21: an agent does so in the console", async () => {
  const { context, page, complaints } = await enterAdmin(browser, url, {}, "lea@demo.test");
  await page.goto(`${url}/console/`);
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByText("My own visits").click();
  const sheet = page.locator("wa-dialog[open]");
  await sheet.getByRole("button", { name: "Do not count my visits" }).click();
  await sheet.getByRole("alert").waitFor();
  await sheet.getByLabel("A page of the site").fill(`${url}/shop/`);
  await sheet.getByRole("button", { name: "Do not count my visits" }).click();
  const link = sheet.getByRole("link", { name: "Open it here, and no longer be counted" });
  expect(await link.getAttribute("href")).toContain("aparte_staff=");
  expect(await violations(page)).toEqual([]);
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/own-visits-console.png` });
  expect(complaints).toEqual([]);
  await context.close();
});

test("API64: the settings say what a change of the share does, when the group was drawn, and when the next one is", async () => {
  const { context, page, complaints } = await enterAdmin(browser, url);
  await page.goto(`${url}/admin/demo/settings`);
  const share = page.getByLabel("Site-wide hold-out (%)");
  await page.getByText("With a share, a group is drawn at random and again each quarter.").waitFor();
  await share.fill("5");
  await page.getByText("Saving draws a new group, and what it measures begins anew.").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page
    .getByText(/Drawn on \d+ \w+ \d{4}; the next group is drawn on 1 (Jan|Apr|Jul|Oct) \d{4}\./)
    .waitFor();
  if (SHOTS !== undefined) await takeShots(SHOTS);
  await share.fill("0");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved, live everywhere within 10 s").waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});
