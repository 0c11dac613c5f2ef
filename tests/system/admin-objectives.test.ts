/** Objectives and the return in the admin, in a real browser against the real server. */
import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type AdminPage, enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY } from "./demo-api.ts";

const url = inject("url");
const KEY = { authorization: `Bearer ${DEMO_API_KEY}`, "content-type": "application/json" };
const PICTURES = process.env["PICTURES"];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function enter(path: string, look?: Look): Promise<AdminPage> {
  const admin = await enterAdmin(browser, url, look);
  await admin.page.goto(`${url}/admin/demo/${path}`);
  return admin;
}

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${url}/api/sites/demo${path}`, {
    method,
    headers: KEY,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (answer.status === 204 ? null : await answer.json()) as T;
}

/** Everything of a noun goes, so that each test begins with none. */
async function clear(...nouns: string[]): Promise<void> {
  for (const noun of nouns) {
    const { items } = await call<{ items: { id: string }[] }>("GET", `/${noun}`);
    for (const { id } of items) await call("DELETE", `/${noun}/${id}`);
  }
}

async function settled(page: Page): Promise<void> {
  await page.locator(".double-rule").waitFor();
  await page.waitForFunction(() => document.querySelector(".skeleton") === null);
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
}

const point = (value: number) => ({ low: value, likely: value, high: value });
const DAY_MS = 86_400_000;
const day = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

test("OBJ11: an objective is written by keyboard, refused at its place, shown with its state, changed and deleted", async () => {
  await clear("objectives", "pilots");
  const { context, page, complaints } = await enter("objectives");
  await page.getByRole("heading", { name: "No objective yet" }).waitFor();
  await page.getByRole("button", { name: "New objective" }).press("Enter");
  await page.getByLabel("Name", { exact: true }).fill("More say yes");
  await page.getByLabel("Figure", { exact: true }).selectOption("acceptance_rate");
  await page.getByLabel("Where it is (%)").fill("5,5");
  await page.getByLabel("Target (%)").fill("8");
  await page.getByLabel("Last day").fill(day(-40));
  await page.getByLabel("Owner").fill("Anne");
  await page.getByRole("button", { name: "Save" }).press("Enter");
  await page.getByRole("alert").getByText("The last day must be after the first.").waitFor();
  await page.getByLabel("First day").fill(day(-20));
  await page.getByLabel("Last day").fill(day(40));
  await page.keyboard.press("Enter");
  const row = page.getByRole("row").filter({ hasText: "More say yes" });
  await row.getByText("Too few", { exact: true }).waitFor();
  await row.getByText("from 5.5%").waitFor();
  await page.getByText("None of 1 objective is on track.").waitFor();

  await row.getByRole("button", { name: "Change More say yes" }).click();
  await page.getByLabel("Target (%)").fill("9");
  await page.getByRole("button", { name: "Save" }).click();
  await row.getByText("9.0%").waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Objectives as CSV" }).click();
  expect((await download).suggestedFilename()).toBe("aparte-objectives-demo.csv");
  await row.getByRole("button", { name: "Delete More say yes" }).click();
  await row.getByRole("button", { name: "Delete More say yes" }).click();
  await page.getByRole("heading", { name: "No objective yet" }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test("OBJ11: what cannot be read says so, and can be tried again", async () => {
  const { context, page } = await enter("install");
  await page.route("**/objectives/progress", (route) => route.abort());
  await page.getByRole("link", { name: "Objectives" }).click();
  await page.getByRole("alert").getByText("The objectives could not be read").waitFor();
  await page.unroute("**/objectives/progress");
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Pilots" }).waitFor();
  await context.close();
});

test("RET12: a business case shows what it comes to as it is typed, and is kept with its ranges", async () => {
  await clear("business-cases", "agreements");
  const { context, page, complaints } = await enter("return");
  await page.getByRole("heading", { name: "No business case yet" }).waitFor();
  await page.getByRole("button", { name: "New business case" }).press("Enter");
  await page.getByLabel("Name", { exact: true }).fill("Cart help");
  const ranges: [string, [string, string, string]][] = [
    ["Visitors a month who could be invited", ["8000", "10 000", "12000"]],
    ["Conversion without inviting (%)", ["2", "2,5", "3"]],
    ["Order value (EUR)", ["80", "100", "120"]],
    ["Margin (%)", ["45", "50", "55"]],
    ["Acceptance (%)", ["5", "8", "10"]],
    ["Conversion raised by a conversation (%)", ["20", "150", "300"]],
    ["Agent-hour (EUR)", ["25", "28", "32"]],
    ["Chats per agent-hour", ["4", "5", "6"]],
  ];
  for (const [label, [low, likely, high]] of ranges) {
    await page.getByLabel(`${label}, Least`).fill(low);
    await page.getByLabel(`${label}, Likeliest`).fill(likely);
    await page.getByLabel(`${label}, Most`).fill(high);
  }
  await page.getByRole("row", { name: /Pays back after/ }).waitFor();
  await picture(page, "return-form");
  await page.getByRole("button", { name: "Save" }).click();
  await page
    .getByText(
      /Cart help: net .* expected in 12 months; it pays in .* of the outcomes\. Nothing is measured yet\./,
    )
    .waitFor();
  await page.getByText("Nine in ten of 10,000 simulated outcomes").waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Case as CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/^aparte-business-case-bcs_.*\.csv$/);
  expect(complaints).toEqual([]);
  await context.close();
});

test("RET12: an agreement is made, and its month says what is due and why", async () => {
  const { context, page, complaints } = await enter("return");
  await page.getByRole("button", { name: "New agreement" }).click();
  const form = page.getByRole("form", { name: "New agreement" });
  await form.getByLabel("Name", { exact: true }).fill("Per satisfied month");
  await form.getByLabel("Paid for").selectOption("satisfaction");
  await form.getByLabel("For the month (EUR)").fill("500");
  await form.getByLabel("At least (% satisfied)").fill("80");
  await form.getByLabel("From month (YYYY-MM)").fill("2026-01");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Per satisfied month" }).waitFor();
  await page.getByText("nothing due: it cannot be measured").waitFor();
  await page.getByLabel("Month (YYYY-MM)", { exact: true }).fill("2026-0");
  await page.getByText("Write a month such as 2026-10.").waitFor();
  await page.getByLabel("Month (YYYY-MM)", { exact: true }).fill("2026-02");
  await page.getByRole("button", { name: "Issue Per satisfied month" }).click();
  await page.getByText("Counted again from its events: the same cent.").waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

const WAYS: [string, Look][] = [
  ["in English", {}],
  ["in English, dark", { dark: true }],
  ["in French", { locale: "fr-FR" }],
  ["in French, dark", { locale: "fr-FR", dark: true }],
  ["in French, on a phone", { locale: "fr-FR", phone: true }],
];

test.each(WAYS)(
  "OBJ11 RET12: the screens have no accessibility violation and never scroll sideways, %s",
  async (how, look) => {
    await clear("objectives", "pilots", "business-cases");
    const dates = { starts_on: day(-20), due_on: day(40) };
    const objective = {
      name: "Accepter",
      kpi: "acceptance_rate",
      baseline: 0.05,
      target: 0.08,
      owner: "Anne",
    };
    await call("POST", "/objectives", { ...objective, ...dates });
    await call("POST", "/pilots", {
      name: "Panier",
      stage: "Deux conseillers",
      next_stage: "Toute l’équipe",
      share: 0.2,
      pages: ["/cart"],
      starts_on: day(-10),
      ends_on: day(20),
      criteria: [{ kpi: "csat", bound: "at_least", value: 0.85 }],
    });
    await call("POST", "/business-cases", {
      name: "Aide au panier",
      visitors: { low: 8_000, likely: 10_000, high: 12_000 },
      conversion: point(0.025),
      basket: point(100),
      margin: point(0.5),
      acceptance: { low: 0.05, likely: 0.08, high: 0.1 },
      lift: { low: 0.2, likely: 1.5, high: 3 },
      agent_hour: point(28),
      chats_per_agent_hour: point(5),
    });
    for (const [path, shown] of [
      ["objectives", ".objective-table"],
      ["return", ".cost-line"],
    ] as const) {
      const { context, page, complaints } = await enter(path, look);
      await page.locator(shown).first().waitFor();
      await settled(page);
      await page.locator(path === "objectives" ? "#benchmarks" : "#statements").waitFor();
      expect([path, await violations(page)]).toEqual([path, []]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      expect(complaints).toEqual([]);
      await picture(page, `${path}-${how.replaceAll(/\W+/g, "-")}`);
      await context.close();
    }
  },
);
