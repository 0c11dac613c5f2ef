/** Canned answers, conclusions, retention, points in the queue and notifications in the admin, in a real browser against the real server. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY } from "./demo-api.ts";
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

async function read<T>(path: string): Promise<T> {
  const headers = { authorization: `Bearer ${DEMO_API_KEY}` };
  return (await fetch(`${url}/api/sites/demo${path}`, { headers })).json() as Promise<T>;
}

test("R-F24: an answer is written with its variables, seen filled in, refused at its place, saved and deleted", async () => {
  const { context, page, complaints } = await enterAdmin(browser, url);
  await page.goto(`${url}/admin/demo/canned`);
  await page.getByText("Agents call them by “/” and their shortcut.").waitFor();
  await page.getByRole("link", { name: "New answer" }).click();
  await page.getByLabel("Shortcut").fill("bonjour");
  await page.getByLabel("Text", { exact: true }).fill("Bonjour ");
  await page.getByText("What can be filled in").click();
  await page.getByRole("button", { name: "Insert visitor.first_name" }).click();
  const preview = page.getByRole("region", { name: "Preview" });
  await preview.getByText("Bonjour Camille").waitFor();
  await page.getByLabel("Text", { exact: true }).fill("Bonjour {{ visitor.email }}");
  await preview.getByText("There is no “visitor.email”").waitFor();
  await page.getByRole("button", { name: "Create answer" }).click();
  await page.getByText("Write a text that can be filled in").waitFor();
  await page.getByLabel("Text", { exact: true }).fill("Bonjour {{ visitor.first_name | default: 'à vous' }}");
  await page.getByRole("main").getByLabel("Language").selectOption("fr");
  await page.getByRole("button", { name: "Create answer" }).click();
  await page.getByText("This shortcut is taken in this language.").waitFor();
  await page.getByLabel("Shortcut").fill("accueil-nom");
  await page.getByLabel("Tags").fill("accueil, nom, accueil");
  await page.getByRole("button", { name: "Create answer" }).click();
  await page.getByText("The answer is created.").waitFor();
  const id = page.url().split("/").at(-1) ?? "";
  expect(await read(`/canned/${id}`)).toMatchObject({
    shortcut: "accueil-nom",
    body: "Bonjour {{ visitor.first_name | default: 'à vous' }}",
    tags: ["accueil", "nom"],
  });
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.waitForURL(`${url}/admin/demo/canned`);
  await page.getByRole("table").waitFor();
  expect(await page.getByText("/accueil-nom").count()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-F25: the codes by which agents conclude and how long what was said is kept are set in the admin", async () => {
  const { context, page, complaints } = await enterAdmin(browser, url);
  await page.goto(`${url}/admin/demo/settings`);
  await page.getByRole("button", { name: "Add a code" }).click();
  await page.getByLabel("Key").fill("Delivery!");
  await page.getByLabel("In French").fill("Livraison");
  await page.getByLabel("In English").fill("Delivery");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("A code has a lower-case key of its own").waitFor();
  await page.getByLabel("Key").fill("delivery");
  await page.getByLabel("A code must be chosen").check();
  await page.getByLabel("How long what was said is kept (months)").fill("6");
  await page.getByLabel("How long what each visitor did is kept (months)").fill("18");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved, live everywhere within 10 s").waitFor();
  expect(await read("")).toMatchObject({
    transcript_months: 6,
    measurement_months: 18,
    wrap_up_codes: [{ key: "delivery", label: { fr: "Livraison", en: "Delivery" }, required: true }],
  });
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M27: points in the queue are set by what a visitor is worth, and a refused value is said at its field", async () => {
  const { context, page, complaints } = await enterAdmin(browser, url);
  await page.goto(`${url}/admin/demo/settings`);
  const queue = page.getByRole("region", { name: "Priority in the queue" });
  const cart = queue.getByLabel("Points for such a cart");
  expect(await cart.isDisabled()).toBe(true);
  await queue.getByLabel("Signed in: points").fill("3");
  await queue.getByLabel("Cart from (EUR)").fill("120.5");
  expect(await cart.inputValue()).toBe("5");
  await cart.fill("250");
  // What a field cannot hold does not leave the page; from one that lets it, the server's refusal comes back to it.
  expect(await cart.evaluate((field: HTMLInputElement) => field.validity.valid)).toBe(false);
  await page.locator("form.settings").evaluate((form: HTMLFormElement) => {
    form.noValidate = true;
  });
  const save = page.getByRole("button", { name: "Save" });
  await save.click();
  await queue.getByRole("alert").getByText("A whole number from 0 to 100.").waitFor();
  // The focus follows once the field is drawn as wrong.
  await cart.and(page.locator('[aria-invalid="true"]:focus')).waitFor();
  expect(await queue.getByRole("alert").count()).toBe(1);
  expect(await violations(page)).toEqual([]);
  await cart.fill("10");
  await queue.getByLabel("Bought for at least (EUR)").fill("-1");
  await save.click();
  await queue.getByRole("alert").getByText("An amount from 0 to 1,000,000,000, or nothing.").waitFor();
  await queue.getByLabel("Bought for at least (EUR)").fill("400");
  await queue.getByLabel("Points for such a customer").fill("20");
  await save.click();
  await page.getByText("Saved, live everywhere within 10 s").waitFor();
  expect(await read("")).toMatchObject({
    queue_points: {
      identified: 3,
      cart: { from: 120.5, points: 10 },
      customer: { from: 400, points: 20 },
    },
  });

  await page.reload();
  expect(await queue.getByLabel("Points for such a customer").inputValue()).toBe("20");
  await queue.getByLabel("Cart from (EUR)").fill("");
  expect(await cart.isDisabled()).toBe(true);
  await save.click();
  await page.getByText("Saved, live everywhere within 10 s").waitFor();
  expect(await read("")).toMatchObject({ queue_points: { cart: null, customer: { from: 400 } } });
  await queue.getByLabel("Cart from (EUR)").fill("90");
  expect(await cart.inputValue()).toBe("10");
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M27: that a notification shows the first words is switched in the admin, over the version that was read", async () => {
  const { context, page, complaints } = await enterAdmin(browser, url);
  await page.goto(`${url}/admin/demo/settings`);
  const shown = page.getByRole("switch", { name: "Show the visitor’s first words" });
  expect(await shown.isChecked()).toBe(false);
  await shown.check();
  const { version } = await read<{ version: number }>("");
  const meanwhile = await fetch(`${url}/api/sites/demo`, {
    method: "PATCH",
    headers: {
      authorization: `Bearer ${DEMO_API_KEY}`,
      "content-type": "application/json",
      "if-match": `"${version}"`,
    },
    body: JSON.stringify({ queue_points: { identified: 7 } }),
  });
  expect(meanwhile.status).toBe(200);
  await page.getByRole("button", { name: "Save" }).click();
  const conflict = page.getByRole("alert");
  await conflict.getByText("First words in notifications").waitFor();
  await conflict.getByRole("button").first().click();
  expect(await page.getByLabel("Signed in: points").inputValue()).toBe("7");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved, live everywhere within 10 s").waitFor();
  expect(await read("")).toMatchObject({ push_preview: true, queue_points: { identified: 7 } });
  expect(complaints).toEqual([]);
  await context.close();
});

test.each(LOOKS)("R-M27: points and notifications keep nobody out (%s)", async (name, look) => {
  const { context, page, complaints } = await enterAdmin(browser, url, look);
  await page.goto(`${url}/admin/demo/settings`);
  const queue = page.locator('section[aria-labelledby="queue-points-title"]');
  await queue.locator("input").nth(1).fill("150");
  await queue.locator("input").nth(2).fill("101");
  await queue.locator("input").nth(3).fill("");
  await page.locator("form.settings").evaluate((form: HTMLFormElement) => {
    form.noValidate = true;
  });
  await page.locator("form.settings button[type=submit]").click();
  await queue.locator(".field-error").waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  if (SHOTS !== undefined) {
    await queue.evaluate((section) => section.scrollIntoView({ block: "start" }));
    await page.screenshot({ path: `${SHOTS}/queue-${name}.png` });
  }
  expect(complaints).toEqual([]);
  await context.close();
});

test.each(LOOKS)("R-F24 R-F25: nothing keeps people out of these screens (%s)", async (name, look) => {
  const { context, page, complaints } = await enterAdmin(browser, url, look);
  for (const [screen, path] of [
    ["list", "canned"],
    ["new", "canned/new"],
    ["settings", "settings"],
  ]) {
    await page.goto(`${url}/admin/demo/${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    if (screen === "new") {
      await page.locator("details.answer-variables summary").click();
      await page
        .locator("textarea")
        .fill("Bonjour {{ visitor.first_name }}, {{ order.total | money: order.currency }}");
    }
    if (screen === "settings") await page.locator("#conclusion-title").scrollIntoViewIfNeeded();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    expect(await violations(page)).toEqual([]);
    if (SHOTS !== undefined)
      await page.screenshot({ path: `${SHOTS}/talk-${screen}-${name}.png`, fullPage: screen !== "settings" });
  }
  expect(complaints).toEqual([]);
  await context.close();
});
