/** The admin's team screen in a real browser: what the desk gives a person. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { url } from "./own-server.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test("R-K22: a person's languages, capacity and levels are set, shown and refused in place", async () => {
  const { context, page, complaints } = await enterAdmin(browser, url, { locale: "en-GB" });
  await page.goto(`${url}/admin/demo/team`);
  const row = page.getByRole("row", { name: /Hugo/ });
  await row.getByRole("button", { name: "Set Hugo" }).click();
  const form = page.getByRole("region", { name: /Hugo.* at the desk/ });
  await form.getByLabel("Languages").fill("french");
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByRole("alert").waitFor();
  await form.getByLabel("Languages").fill("fr, en");
  await form.getByLabel("Conversations at once").fill("4");
  const skill = form.getByRole("group", { name: "Skills" }).getByRole("combobox").first();
  await skill.selectOption({ label: "Level 3" });
  expect(await violations(page)).toEqual([]);
  await form.getByRole("button", { name: "Save" }).click();
  await form.waitFor({ state: "detached" });
  await row.getByText(/fr, en · .* 3 · 4 places/).waitFor();
  expect(complaints.filter((complaint) => !complaint.includes("400"))).toEqual([]);
  await context.close();
});

test("R-K22: in French too, on a phone and in the dark", async () => {
  const look: Look = { locale: "fr-FR", dark: true, phone: true };
  const { context, page, complaints } = await enterAdmin(browser, url, look);
  await page.goto(`${url}/admin/demo/team`);
  await page.getByRole("button", { name: "Régler Hugo" }).click();
  await page.getByLabel("Conversations à la fois").waitFor();
  expect(await violations(page)).toEqual([]);
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(sideways).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});
