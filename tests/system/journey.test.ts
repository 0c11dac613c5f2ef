/**
 * The main job with two people in a real browser: a visitor who hesitates over a cart, an agent who is free, and the
 * admin who sees what it earned.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer } from "../../scripts/server.ts";
import type { RunningServer } from "../../scripts/server.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_PASSWORD } from "./demo-api.ts";
import { fillCart, INVITED_AFTER_SECONDS, invitation } from "./journey-shop.ts";

const FIGURES_WITHIN_MS = 15_000;

const stateDir = mkdtempSync(join(tmpdir(), "aparte-journey-"));
let server: RunningServer;
let browser: Browser;
beforeAll(async () => {
  server = await startServer({ port: 0, stateDir });
  browser = await launchBrowser({ whole: true });
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

test("RUN3: invited at the configured second, answered, nothing lost in a reload, ordered, and counted", async () => {
  const agent = await newPerson();
  await signIn(agent.page, "/console/", "lea@demo.test");
  await agent.page.getByRole("button", { name: "Passer en ligne" }).click();
  await agent.page.getByRole("button", { name: "Votre statut : En ligne, j’accepte" }).waitFor();
  const admin = await newPerson();
  await signIn(admin.page, "/admin/", "admin@demo.test");
  const visitor = await newPerson();

  const viewed = await fillCart(visitor.page, server.url, 3);
  await invitation(visitor.page).waitFor({ timeout: (INVITED_AFTER_SECONDS + 10) * 1_000 });
  const shownAfter = (Date.now() - viewed) / 1_000;
  expect(shownAfter).toBeGreaterThan(INVITED_AFTER_SECONDS - 1);
  expect(shownAfter).toBeLessThan(INVITED_AFTER_SECONDS + 1);
  await visitor.page.screenshot({ path: "artifacts/journey-invitation.png" });

  await invitation(visitor.page).getByRole("button", { name: "Oui, discutons" }).click();
  const panel = visitor.page.getByRole("dialog", { name: "Conversation avec Atelier Lin" });
  await say(panel.getByRole("textbox", { name: "Votre message" }), "Bonjour, je prends du M ou du L ?");

  await agent.page.getByRole("button", { name: "Répondre", exact: true }).click();
  const reply = agent.page.getByRole("textbox", { name: /^Répondre à/ });
  await agent.page.getByText("je prends du M ou du L").last().waitFor();
  await say(reply, "Bonjour, prenez du M : la coupe est ample.");
  const log = panel.getByRole("log");
  await log.getByText("prenez du M").waitFor();
  await say(panel.getByRole("textbox", { name: "Votre message" }), "Merci, je commande.");
  await agent.page.getByText("Merci, je commande.").last().waitFor();
  await agent.page.screenshot({ path: "artifacts/journey-console.png" });

  await visitor.page.reload();
  for (const words of ["je prends du M ou du L", "prenez du M", "Merci, je commande."]) {
    await log.getByText(words).waitFor();
    expect(await log.getByText(words).count()).toBe(1);
  }
  await say(reply, "Avec plaisir.");
  await log.getByText("Avec plaisir.").waitFor();
  await visitor.page.screenshot({ path: "artifacts/journey-chat.png" });

  await panel.getByRole("button", { name: "Réduire" }).click();
  await order(visitor.page);
  const ordered = Date.now();
  await figure(admin.page, "Acceptées")
    .getByText("1", { exact: true })
    .waitFor({ timeout: FIGURES_WITHIN_MS });
  await figure(admin.page, "Commandes")
    .getByText("1", { exact: true })
    .waitFor({ timeout: FIGURES_WITHIN_MS });
  await figure(admin.page, "Attribué, non incrémental")
    .getByText(/^[1-9].*€$/)
    .waitFor({ timeout: FIGURES_WITHIN_MS });
  expect(Date.now() - ordered).toBeLessThan(FIGURES_WITHIN_MS);
  await admin.page.screenshot({ path: "artifacts/journey-admin.png" });
  for (const { context, troubles } of [agent, admin, visitor]) {
    expect(troubles).toEqual([]);
    await context.close();
  }
}, 180_000);

type Person = { context: BrowserContext; page: Page; troubles: string[] };

/** A person with a browser of her own, and what went wrong in her pages. */
async function newPerson(): Promise<Person> {
  const context = await browser.newContext({ locale: "fr-FR", viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(error.message));
  return { context, page, troubles };
}

async function signIn(page: Page, path: string, email: string): Promise<void> {
  await page.goto(`${server.url}${path}`);
  await page.getByLabel("Adresse e-mail").fill(email);
  await page.getByLabel("Mot de passe").fill(DEMO_PASSWORD);
  await page.getByRole("button", { name: "Se connecter" }).click();
}

async function order(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Passer commande" }).click();
  const fields = {
    "Adresse électronique": "camille@example.test",
    "Nom et prénom": "Camille Roy",
    Adresse: "1 rue du Port",
    "Code postal": "75002",
    Ville: "Paris",
  };
  for (const [name, value] of Object.entries(fields)) {
    await page.getByRole("textbox", { name, exact: true }).fill(value);
  }
  await page.getByRole("button", { name: "Continuer" }).click();
  await page.getByRole("heading", { name: "Livraison", exact: true }).waitFor();
  await page.getByRole("button", { name: "Continuer" }).click();
  await page.getByRole("button", { name: "Payer la commande" }).click();
  await page.getByRole("heading", { name: /^Merci/ }).waitFor();
}

function figure(page: Page, name: string): ReturnType<Page["locator"]> {
  return page.locator("dl > div").filter({ has: page.getByText(name, { exact: true }) });
}

async function say(field: ReturnType<Page["getByRole"]>, words: string): Promise<void> {
  await field.fill(words);
  await field.press("Enter");
}
