/** How an agent is alerted, in a real browser: sound, notifications, and what was missed. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { ChatClient } from "./chat-client.ts";
import { DEMO_PASSWORD, post } from "./demo-api.ts";
import { url } from "./own-server.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env["SCREENSHOTS_DIR"];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser({ whole: true });
});
afterAll(() => browser.close());

async function atConsole(email: string, permissions: string[]): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_389, height: 868 }, locale: "fr-FR" });
  context.setDefaultTimeout(20_000);
  if (permissions.length > 0) await context.grantPermissions(permissions, { origin: url });
  await context.addInitScript(() => {
    const broken: string[] = [];
    Reflect.set(globalThis, "broken", broken);
    document.addEventListener("securitypolicyviolation", (event) => broken.push(event.violatedDirective));
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error("console page:", error));
  await page.goto(`${url}/console/`);
  await page.getByLabel("Adresse e-mail").fill(email);
  await page.getByLabel("Mot de passe").fill(DEMO_PASSWORD);
  await page.getByRole("button", { name: "Se connecter" }).click();
  await page.getByRole("button", { name: /^Votre statut/ }).waitFor();
  return page;
}

async function openAlerts(page: Page) {
  await page.getByRole("button", { name: /^Alertes/ }).click();
  const sheet = page.locator("wa-dialog").filter({ hasText: "Son à chaque demande" });
  await sheet.getByRole("button", { name: "Essayer le son" }).waitFor();
  return sheet;
}

async function expectClean(page: Page, name: string): Promise<void> {
  await page.evaluate(() =>
    Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
  );
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/alerts-${name}.png` });
  await page.evaluate(AXE);
  const results = await page.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
    return axe.run();
  });
  const found = results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`,
  );
  expect(found, name).toEqual([]);
  expect(await page.evaluate(() => Reflect.get(globalThis, "broken") as string[]), name).toEqual([]);
}

const shownTitles = (page: Page) =>
  page.evaluate(async () => {
    const worker = await navigator.serviceWorker.ready;
    return (await worker.getNotifications()).map(({ title }) => title);
  });

test("R-L20: nobody is asked before they click; sound and notification are tried; what is taken goes", async () => {
  const page = await atConsole("lea@demo.test", ["notifications"]);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  const sheet = await openAlerts(page);
  await sheet.getByRole("button", { name: "Essayer le son" }).click();
  await sheet.getByText(/Le son vient d’être joué|Le navigateur bloque le son/).waitFor();
  await sheet.getByRole("switch", { name: "Notification à chaque demande" }).click();
  // No push service answers a browser without a network: the open tab shows its notifications itself.
  await sheet.getByText(/Activée/).waitFor();
  await sheet.getByRole("button", { name: "Essayer la notification" }).click();
  await sheet.getByText("La notification est partie.").waitFor();
  await expect.poll(() => shownTitles(page)).toEqual(["Les notifications fonctionnent"]);
  await expectClean(page, "sheet");
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  await page.reload();
  const again = await openAlerts(page);
  await again.getByText(/Activée/).waitFor();
  await again.getByRole("switch", { name: "Notification à chaque demande" }).click();
  await again.getByText("Le navigateur vous demandera son accord.").waitFor();
  await page.context().close();
});

test("R-L20 R-L21: what the browser forbids is said; an offer that ran out is said until somebody knows", async () => {
  const page = await atConsole("hugo@demo.test", []);
  const sheet = await openAlerts(page);
  await sheet.getByRole("switch", { name: "Notification à chaque demande" }).click();
  await sheet.getByText("Le navigateur bloque les notifications.").waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Passer en ligne" }).click();
  await page.getByRole("button", { name: "Votre statut : En ligne, j’accepte" }).waitFor();
  const opened = await post<{ token: string; socket_url: string }>(`${url}/v1/conversations`, {
    writeKey: "demo",
    anonymousId: crypto.randomUUID(),
  });
  const visitor = new ChatClient("visitor");
  await visitor.connect(opened.socket_url, opened.token);
  visitor.send("Il y a quelqu’un ?");
  await visitor.settle();
  await page.getByRole("article", { name: /^Demande de/ }).waitFor();
  await page.getByText(/Une demande est restée sans réponse/).waitFor({ timeout: 45_000 });
  await expectClean(page, "missed");
  await page.getByRole("button", { name: "Compris" }).click();
  await page.getByText(/Une demande est restée/).waitFor({ state: "detached" });
  visitor.close();
  await page.context().close();
});
