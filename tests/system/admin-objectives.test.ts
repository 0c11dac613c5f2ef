/** Objectives and the return in the admin, in a real browser against the real server. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../scripts/server.ts";
import { keepCampaign } from "../fixtures/campaign-history.ts";
import { type AdminPage, enterAdmin, type Look, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { post, signIn } from "./demo-api.ts";

const PICTURES = process.env["PICTURES"];
const NOW = Date.now();
const DAY_MS = 86_400_000;
const day = (days: number) => new Date(NOW + days * DAY_MS).toISOString().slice(0, 10);
const point = (value: number) => ({ low: value, likely: value, high: value });

const state = mkdtempSync(join(tmpdir(), "aparte-objectives-"));
let server: RunningServer;
let browser: Browser;
let cookie: string;

/** `demo` has nothing yet; `lin` has campaigns with their weeks, and everything that can be planned. */
beforeAll(async () => {
  server = await startServer({ port: 0, stateDir: state });
  cookie = await signIn(server.url, "admin@demo.test");
  const economics = { margin: 0.55, agent_hour: 32, platform_month: 400, contact_phone: 7.5 };
  const headers = { cookie, origin: server.url };
  await post(`${server.url}/api/sites`, { key: "lin", name: "Atelier Lin", economics }, headers);
  const cart = await makeCampaign(
    "Aide au panier",
    { holdout: { visitors: 2_400, buyers: 150 }, a: { visitors: 9_600, buyers: 980, talked: 810 } },
    { "page.path": "/cart" },
  );
  await makeCampaign("Retour d’un article", {
    holdout: { visitors: 3_000, buyers: 210 },
    a: { visitors: 3_000, buyers: 212, talked: 60 },
  });
  await makeCampaign("Bienvenue", { a: { visitors: 900, buyers: 90, talked: 60 } });
  await plan(cart);
  // Weeks of history are counted at the first look; how long that takes is no matter of the screens.
  for (const noun of ["objectives/progress", "pilots/progress", "guide"])
    await call("GET", `/${noun}`, undefined, "lin");
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(state, { recursive: true, force: true });
});

type Arms = Parameters<typeof keepCampaign>[2]["arms"];

async function makeCampaign(name: string, arms: Arms, condition: object = {}): Promise<string> {
  const all = Object.values(arms).reduce((sum, { visitors }) => sum + visitors, 0);
  const { id } = await call<{ id: string }>(
    "POST",
    "/campaigns",
    {
      name,
      kind: "chat",
      status: "live",
      condition,
      holdout: (arms["holdout"]?.visitors ?? 0) / all,
      plan: { baseline: 0.07, effect: 0.02 },
      planned_end: new Date(NOW + 14 * DAY_MS).toISOString(),
      variants: [{ key: "a", weight: 1, creative: { fr: { title: "Bonjour", text: "Une question ?" } } }],
    },
    "lin",
  );
  await keepCampaign(
    await server.miniflare.getD1Database("DB"),
    "lin",
    { campaign: id, days: 28, arms },
    NOW,
  );
  return id;
}

async function plan(campaign: string): Promise<void> {
  const dates = { starts_on: day(-20), due_on: day(40), owner: "Anne D." };
  const make = (noun: string, body: object) => call("POST", `/${noun}`, body, "lin");
  await make("objectives", {
    name: "Plus d’acceptation",
    kpi: "acceptance_rate",
    baseline: 0.05,
    target: 0.06,
    ...dates,
  });
  await make("objectives", {
    name: "Plus d’achats",
    kpi: "conversion_rate",
    baseline: 0.08,
    target: 0.14,
    ...dates,
  });
  await make("objectives", {
    name: "Des clients satisfaits",
    kpi: "csat",
    baseline: 0.8,
    target: 0.9,
    ...dates,
  });
  await make("pilots", {
    name: "Panier",
    stage: "Deux conseillers",
    next_stage: "Toute l’équipe",
    share: 0.8,
    pages: ["/cart"],
    campaign,
    starts_on: day(-10),
    ends_on: day(20),
    criteria: [
      { kpi: "acceptance_rate", bound: "at_least", value: 0.05 },
      { kpi: "csat", bound: "at_least", value: 0.85 },
    ],
  });
  await make("business-cases", {
    name: "Aide au panier",
    campaign,
    visitors: { low: 8_000, likely: 10_000, high: 12_000 },
    conversion: { low: 0.05, likely: 0.06, high: 0.07 },
    basket: { low: 80, likely: 95, high: 110 },
    margin: point(0.55),
    acceptance: { low: 0.05, likely: 0.08, high: 0.1 },
    lift: { low: 0.2, likely: 1, high: 3 },
    agent_hour: point(32),
    chats_per_agent_hour: { low: 4, likely: 5, high: 6 },
  });
  await make("agreements", {
    name: "Part variable",
    kpi: "incremental_sales",
    campaigns: [campaign],
    rate: 4,
    from_month: "2026-01",
  });
}

async function enter(path: string, look?: Look, site = "demo"): Promise<AdminPage> {
  const admin = await enterAdmin(browser, server.url, look);
  await admin.page.goto(`${server.url}/admin/${site}/${path}`);
  return admin;
}

async function call<T>(method: string, path: string, body?: object, site = "demo"): Promise<T> {
  const answer = await fetch(`${server.url}/api/sites/${site}${path}`, {
    method,
    headers: { cookie, origin: server.url, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (answer.status === 204 ? null : await answer.json()) as T;
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

test("OBJ11: an objective is written by keyboard, refused at its place, shown with its state, changed and deleted", async () => {
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

test("OBJ15: an objective on the first reply says which hours count, and one on anything else has no such choice", async () => {
  const { context, page, complaints } = await enter("objectives", { locale: "fr-FR" });
  await page.getByRole("button", { name: "Nouvel objectif" }).first().click();
  const inside = page.getByRole("switch", { name: "Heures d’ouverture seulement" });
  await page.getByLabel("Chiffre", { exact: true }).selectOption("first_reply_median");
  await inside.check();
  await page.getByText("Ce qui est hors des horaires du site n’est pas compté.").waitFor();
  await page.getByLabel("Chiffre", { exact: true }).selectOption("csat");
  expect(await inside.count()).toBe(0);
  await page.getByLabel("Chiffre", { exact: true }).selectOption("first_reply_median");
  await page.getByLabel("Nom", { exact: true }).fill("Répondre vite");
  await page.getByLabel(/^Valeur de départ/).fill("90");
  await page.getByLabel(/^Cible/).fill("60");
  await page.getByLabel("Responsable").fill("Anne");
  expect(await violations(page)).toEqual([]);
  await picture(page, "objective-hours-in-French");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  const row = page.getByRole("row").filter({ hasText: "Répondre vite" });
  await row.getByText("Première réponse, médiane, pendant l’ouverture").waitFor();
  const { items } = await call<{ items: { id: string; name: string; business_hours: boolean }[] }>(
    "GET",
    "/objectives",
  );
  const kept = items.find(({ name }) => name === "Répondre vite");
  expect(kept?.business_hours).toBe(true);
  await call("DELETE", `/objectives/${kept?.id}`);
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

test("OBJ13: a pilot takes its share from the campaign that carries it, and is refused where that keeps to other pages", async () => {
  const { context, page, complaints } = await enter("objectives", {}, "lin");
  await page.getByRole("button", { name: "New pilot" }).click();
  const form = page.getByRole("form", { name: "New pilot" });
  await form.getByLabel("Name", { exact: true }).fill("Cart, again");
  await form.getByLabel("Stage", { exact: true }).fill("One page");
  await form.getByLabel("Next stage").fill("All");
  await form.getByLabel("Value (%)").fill("5");
  await form.getByLabel("Carried by the campaign").selectOption({ label: "Aide au panier" });
  expect(await form.getByLabel("Share of traffic (%)").inputValue()).toBe("80");
  await form.getByLabel("Pages (paths)").fill("/help");
  await form.getByRole("button", { name: "Save" }).click();
  await page
    .getByRole("alert")
    .getByText(/condition does not keep to these pages/)
    .waitFor();
  await form.getByLabel("Pages (paths)").fill("/cart");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: /Cart, again/ }).waitFor();
  // What was refused is the browser's own complaint too.
  expect(complaints.filter((said) => !said.includes("400"))).toEqual([]);
  await context.close();
});

test("RET12: a business case shows what it comes to as it is typed, and is kept with its ranges", async () => {
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
    for (const [path, shown] of [
      ["objectives", ".objective-table"],
      ["return", ".cost-line"],
    ] as const) {
      const { context, page, complaints } = await enter(path, look, "lin");
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
