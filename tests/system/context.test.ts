/** The pane beside a conversation, in a real browser: all of somebody proven, and of nobody else more than this visit. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { SignJWT } from "jose";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { ChatClient } from "./chat-client.ts";
import { DEMO_API_KEY, DEMO_PASSWORD, eventually, post, signIn } from "./demo-api.ts";
import { url } from "./own-server.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env["SCREENSHOTS_DIR"];
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  locale: "fr-FR",
  hasTouch: true,
};
const USER = "client-4711";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function proof(): Promise<string> {
  const headers = { cookie: await signIn(url, "admin@demo.test") };
  const answer = await fetch(`${url}/api/sites/demo/identity-secret`, { headers });
  const { secret } = (await answer.json()) as { secret: string };
  return new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setAudience("demo")
    .setSubject(USER)
    .setExpirationTime("10m")
    .sign(new TextEncoder().encode(secret));
}

async function tell(writeKey: string, batch: object[]): Promise<void> {
  await post(`${url}/v1/batch`, { writeKey, batch });
}

const page = (path: string, title: string, referrer?: string) => ({
  path,
  title,
  referrer,
  url: `${url}${path}`,
});

/** A visit with a cart; with `token` also an order and traits, under the visitor's proven identity. */
async function visits(anonymousId: string, token?: string): Promise<void> {
  const context = (of: object) => ({ page: of, consent: { status: "granted" }, identity_token: token });
  const message = (more: object) => ({ anonymousId, messageId: crypto.randomUUID(), ...more });
  const found = page("/shop/chemises", "Chemises homme", "https://www.google.com/");
  const cart = page("/shop/cart", "Panier");
  const products = [
    { product_id: "belle-ile", variant: "M", name: "Chemise lin « Belle-Île »", price: 105, quantity: 1 },
    { product_id: "rivoli", variant: "L", name: "Oxford « Rivoli »", price: 89, quantity: 2 },
  ];
  await tell("demo", [
    message({ type: "page", properties: found, context: context(found) }),
    message({ type: "page", properties: cart, context: context(cart) }),
    ...products.map((product) =>
      message({
        type: "track",
        event: "Product Added",
        properties: { ...product, currency: "EUR" },
        context: context(cart),
      }),
    ),
  ]);
  if (token === undefined) return;
  await tell("demo", [
    message({
      type: "identify",
      traits: { name: "Camille Roussel", fidelite: "or", taille: "M" },
      context: context(cart),
    }),
  ]);
  await tell(DEMO_API_KEY, [
    message({
      type: "track",
      userId: USER,
      event: "Order Completed",
      properties: { order_id: "10482", total: 195, currency: "EUR" },
    }),
  ]);
  const known = async () => {
    const answer = await fetch(`${url}/api/sites/demo/visitors/${anonymousId}`, {
      headers: { authorization: `Bearer ${DEMO_API_KEY}` },
    });
    return answer.ok ? ((await answer.json()) as { orders: unknown[] }).orders.length : 0;
  };
  expect(await eventually(known, (orders) => orders > 0)).toBe(1);
  const back = page("/shop/cart", "Panier");
  await tell("demo", [message({ type: "page", properties: back, context: context(back) })]);
  for (const product of products) {
    const properties = { ...product, currency: "EUR" };
    await tell("demo", [
      message({ type: "track", event: "Product Added", properties, context: context(back) }),
    ]);
  }
}

async function says(anonymousId: string, words: string, identity_token?: string): Promise<ChatClient> {
  const opened = await post<{ token: string; socket_url: string }>(`${url}/v1/conversations`, {
    writeKey: "demo",
    anonymousId,
    identity_token,
  });
  const visitor = new ChatClient("visitor");
  await visitor.connect(opened.socket_url, opened.token);
  visitor.send(words);
  await visitor.settle();
  return visitor;
}

async function agent(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(20_000);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
  const console_ = await context.newPage();
  console_.on("pageerror", (error) => console.error("console page:", error));
  await console_.goto(`${url}/console/`);
  await console_.getByLabel("Adresse e-mail").fill("lea@demo.test");
  await console_.getByLabel("Mot de passe").fill(DEMO_PASSWORD);
  await console_.getByRole("button", { name: "Se connecter" }).click();
  await console_.getByRole("button", { name: /^Votre statut/ }).waitFor();
  return console_;
}

async function take(console_: Page, words: string): Promise<void> {
  const offer = console_.getByRole("article", { name: /^Demande de/ }).filter({ hasText: words });
  await offer.getByRole("button", { name: "Répondre" }).click();
  await console_.getByRole("log").getByText(words).waitFor();
}

async function expectClean(console_: Page, name: string): Promise<void> {
  await console_.evaluate(() =>
    Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
  );
  if (SHOTS !== undefined) await console_.screenshot({ path: `${SHOTS}/context-${name}.png` });
  await console_.evaluate(AXE);
  const results = await console_.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
    return axe.run();
  });
  const found = results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`,
  );
  expect(found, name).toEqual([]);
}

test("R-L22: all of somebody proven, an order's number to copy; of nobody else more than this visit", async () => {
  const console_ = await agent({ viewport: { width: 1_389, height: 868 }, locale: "fr-FR" });
  await console_.getByRole("button", { name: "Passer en ligne" }).click();
  await console_.getByRole("button", { name: "Votre statut : En ligne, j’accepte" }).waitFor();

  const token = await proof();
  const camille = `context-${crypto.randomUUID()}`;
  await visits(camille, token);
  await says(camille, "La Rivoli taille-t-elle grand ?", token);
  await take(console_, "taille-t-elle grand");
  const pane = console_.getByRole("complementary", { name: "Le visiteur" });
  await pane.getByText("Arrive de www.google.com").waitFor();
  await pane.locator(".trail").getByText("Panier").first().waitFor();
  await pane.getByText(/283/).first().waitFor();
  await pane.getByText("Camille Roussel").waitFor();
  await pane.getByText(USER).waitFor();
  await pane.getByText("A ouvert la conversation sans invitation.").waitFor();
  await pane.getByRole("button", { name: "Copier le numéro 10482" }).click();
  await pane.getByText("Numéro 10482 copié.").waitFor();
  expect(await console_.evaluate(() => navigator.clipboard.readText())).toBe("10482");
  await expectClean(console_, "proven");
  await console_.emulateMedia({ colorScheme: "dark" });
  await expectClean(console_, "dark");
  await console_.emulateMedia({ colorScheme: "light" });

  const stranger = `context-${crypto.randomUUID()}`;
  await visits(stranger);
  await says(stranger, "Livrez-vous en Belgique ?");
  await take(console_, "en Belgique");
  await pane.getByText("seule cette visite est montrée").waitFor();
  await pane.locator(".trail").getByText("Panier").waitFor();
  expect(await pane.getByRole("heading", { name: "Commandes" }).count()).toBe(0);
  await expectClean(console_, "unproven");
  await console_.context().close();

  const phone = await agent(PHONE);
  await phone.getByText("La Rivoli taille-t-elle grand ?").first().click();
  await phone.goto(`${phone.url()}/visitor`);
  await phone.getByRole("button", { name: "Copier le numéro 10482" }).waitFor();
  await expectClean(phone, "phone");
  await phone.context().close();
});
