/** The widget on the demo shop, against the real server: a visitor in Chromium and an agent at the desk. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enterAdmin } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { eventually, post, signIn } from "./demo-api.ts";
import { ChatClient } from "./chat-client.ts";
import { DeskClient } from "./desk-client.ts";
import { url } from "./own-server.ts";
import { shoot } from "./widget-page.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const field = (page: Page) => page.getByRole("textbox", { name: "Votre message" });

/** Open the chat by the site's own call, as a "contact us" link would. */
async function openChat(page: Page): Promise<void> {
  await page.goto(`${url}/shop/`);
  await page.evaluate(() => (Reflect.get(globalThis, "aparte") as { open(): void }).open());
}

async function write(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await page.keyboard.press("Enter");
}

/** Léa at the desk, and the shop knowing it. */
async function agentOnline(): Promise<{ desk: DeskClient; cookie: string }> {
  const cookie = await signIn(url, "lea@demo.test");
  const desk = new DeskClient();
  await desk.connect(url, cookie);
  const availability = async () => {
    const answer = await fetch(`${url}/v1/availability?key=demo`);
    return ((await answer.json()) as { state: string }).state;
  };
  expect(await eventually(availability, (state) => state === "online")).toBe("online");
  return { desk, cookie };
}

test("R-W36: with nobody at the desk the question goes by e-mail and the receipt carries its reference", async () => {
  const page = await browser.newPage();
  await openChat(page);
  await page.getByRole("button", { name: "Laisser un message" }).click();
  await field(page).fill("La Rivoli en L taille grand ?");
  await page.getByRole("textbox", { name: "Votre e-mail" }).fill("claire@exemple.fr");
  await page.getByRole("button", { name: "Envoyer le message" }).click();
  await page.getByText(/Référence \S+/).waitFor();
  await page.close();
});

test("R-W95: the files of a message are with it where the site's people read it, as they were", async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await openChat(page);
  await page.getByRole("button", { name: "Laisser un message" }).click();
  await field(page).fill("Ma taille, d’après ce tableau ?");
  await page.getByRole("textbox", { name: "Votre e-mail" }).fill("ines@exemple.fr");
  const body = Buffer.from("taille;tour\nM;102\n");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Joindre un fichier" }).click();
  await (await chooser).setFiles({ name: "mes tailles.csv", mimeType: "text/csv", buffer: body });
  await page.getByRole("button", { name: "Envoyer le message" }).click();
  await page.getByText(/Référence \S+/).waitFor();
  await page.close();

  const admin = await enterAdmin(browser, url);
  const item = admin.page.getByRole("listitem").filter({ hasText: "ines@exemple.fr" });
  const listed = async () => {
    await admin.page.goto(`${url}/admin/demo/left-messages`);
    await admin.page.getByRole("heading", { level: 1 }).waitFor();
    await admin.page.locator(".left-messages").waitFor();
    return item.count();
  };
  await eventually(listed, (count) => count === 1);
  await shoot(admin.page, "left-message-with-file");
  const download = admin.page.waitForEvent("download");
  await item.getByRole("link", { name: "mes tailles.csv" }).click();
  expect(readFileSync(await (await download).path()).equals(body)).toBe(true);
  await admin.context.close();
});

test("R-W84: a call is booked with the demo's own hours, moved to another time and cancelled", async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await openChat(page);
  await page.getByRole("button", { name: "Être rappelé" }).click();
  await page.getByRole("radio").first().check({ force: true });
  const phone = page.getByRole("textbox", { name: "Votre numéro de téléphone" });
  await phone.fill("06");
  await page.getByRole("button", { name: "Réserver le rappel" }).click();
  await page.getByText("Un numéro comme").waitFor();
  await phone.fill("06 12 34 56 78");
  await page.getByRole("button", { name: "Réserver le rappel" }).click();
  await page.getByText(/vous appelle au/).waitFor();
  const before = await page.locator(".when").textContent();
  await page.getByRole("button", { name: "Changer d’heure" }).click();
  await page.getByRole("radio").nth(1).check({ force: true });
  await page.getByRole("button", { name: "Changer l’heure" }).click();
  await expect.poll(() => page.locator(".when").textContent()).not.toBe(before);
  await page.getByRole("button", { name: "Annuler le rappel" }).click();
  await page.getByRole("button", { name: "Annuler vraiment" }).click();
  await page.getByRole("heading", { name: "Quand vous appeler" }).waitFor();
  await page.close();
});

test("R-W25 R-W31 R-W35: an agent answers, a cut line loses nothing, and the end asks one question", async () => {
  const { desk, cookie } = await agentOnline();
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await openChat(page);
  await field(page).waitFor();
  await write(page, "Bonjour, la Rivoli en L taille grand ?");
  await page.getByText("Envoyé").waitFor();

  await desk.until(() => desk.mine.size === 1, "the conversation");
  const [conversation] = [...desk.mine];
  await page.getByText(/Léa Martin rejoint la conversation/).waitFor();
  const ticketPath = `${url}/api/sites/demo/conversations/${conversation}/ticket`;
  const { ticket } = await post<{ ticket: string }>(ticketPath, {}, { cookie, origin: url });
  const agent = new ChatClient("Léa");
  await agent.connect(`${url.replace(/^http/, "ws")}/v1/conversations/${conversation}/socket`, ticket);
  agent.send("Elle taille droit.");
  await agent.settle();
  await page.getByText("Elle taille droit.").waitFor();
  agent.send("Repères :\n\n- **M** jusqu’à 102 cm\n- le [guide](https://shop.example/guide)");
  await agent.settle();
  expect(await page.locator(".rich strong").textContent()).toBe("M");
  expect(await page.getByRole("link", { name: "guide" }).getAttribute("href")).toBe(
    "https://shop.example/guide",
  );

  await context.setOffline(true);
  await write(page, "99 cm. Donc M ?");
  await page.getByText("En attente d’envoi").waitFor();
  await context.setOffline(false);
  await page.getByText("En attente d’envoi").waitFor({ state: "detached" });
  await page.reload();
  await page.getByText("99 cm. Donc M ?").waitFor();
  expect(await page.locator(".bubble").count()).toBe(4);

  await page.getByRole("button", { name: "Options" }).click();
  await page.getByRole("button", { name: "Terminer la conversation" }).click();
  await page.getByRole("button", { name: "Terminer", exact: true }).click();
  await page.getByText("Vous avez clos la conversation").waitFor();
  await page.getByText("Oui", { exact: true }).click();
  await page.getByRole("button", { name: "Envoyer" }).click();
  await page.getByText(/Merci, c’est noté\. .+ précisions/).waitFor();
  agent.close();
  desk.close();
  await context.close();
});

test("R-W77 R-W78: a visitor's file is kept, is there after a reload, and is fetched again as it was", async () => {
  const { desk } = await agentOnline();
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await openChat(page);
  await field(page).waitFor();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Joindre un fichier" }).click();
  const body = Buffer.from("taille;tour\nM;102\n");
  await (await chooser).setFiles({ name: "mes tailles.csv", mimeType: "text/csv", buffer: body });
  await page.getByRole("button", { name: /Télécharger mes.tailles\.csv/ }).waitFor();
  await desk.until(() => desk.mine.size === 1, "the conversation");
  await page.reload();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /Télécharger/ }).click();
  const saved = await download;
  expect(readFileSync(await saved.path()).equals(body)).toBe(true);

  const refused = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Joindre un fichier" }).click();
  await (
    await refused
  ).setFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("<svg onload=alert(1)>") });
  await page.getByText("image, PDF, texte ou CSV seulement").waitFor();
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByRole("button", { name: "Terminer la conversation" }).click();
  await page.getByRole("button", { name: "Terminer", exact: true }).click();
  await page.getByText("Vous avez clos la conversation").waitFor();
  desk.close();
  await context.close();
});

test("R-W96: a conversation that is over is read again beside the next one", async () => {
  const { desk } = await agentOnline();
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await openChat(page);
  await field(page).waitFor();
  await write(page, "La Canebière en M ?");
  await page.getByText("Envoyé").waitFor();
  await desk.until(() => desk.mine.size === 1, "the conversation");
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByRole("button", { name: "Terminer la conversation" }).click();
  await page.getByRole("button", { name: "Terminer", exact: true }).click();
  await page.getByText("Vous avez clos la conversation").waitFor();
  await page.getByRole("button", { name: "Nouvelle conversation" }).waitFor();
  // Nobody answered: there is nothing to judge.
  expect(await page.getByRole("button", { name: "Passer" }).count()).toBe(0);
  await page.getByRole("button", { name: "Nouvelle conversation" }).click();
  await field(page).waitFor();
  // History hears of it after its end.
  const over = page.getByRole("button", { name: /La Canebière en M/ });
  const listed = async () => {
    await page.getByRole("button", { name: "Options" }).click();
    await page.getByRole("button", { name: "Vos conversations passées" }).click();
    await page.getByText("Un instant…").waitFor({ state: "detached" });
    if ((await over.count()) === 1) return true;
    await page.getByRole("button", { name: "Revenir à la conversation" }).click();
    return false;
  };
  expect(await eventually(listed, Boolean)).toBe(true);
  await over.click();
  await page.getByText("Léa Martin rejoint la conversation").waitFor();
  expect(await page.locator(".bubble").allTextContents()).toEqual(["Vous : La Canebière en M ?"]);
  desk.close();
  await context.close();
});

test("R-W13: where no socket passes, both sides are heard by HTTP, each message once", async () => {
  const { desk, cookie } = await agentOnline();
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  await page.routeWebSocket(/\/socket$/, (socket) => socket.close({ code: 1_013 }));
  await openChat(page);
  await field(page).waitFor();
  await write(page, "Bonjour sans socket");
  await page.getByText("Connexion limitée").waitFor();
  await page.getByText("Envoyé").waitFor();

  await desk.until(() => desk.mine.size === 1, "the conversation");
  const [conversation] = [...desk.mine];
  const ticketPath = `${url}/api/sites/demo/conversations/${conversation}/ticket`;
  const { ticket } = await post<{ ticket: string }>(ticketPath, {}, { cookie, origin: url });
  const agent = new ChatClient("Léa");
  await agent.connect(`${url.replace(/^http/, "ws")}/v1/conversations/${conversation}/socket`, ticket);
  agent.send("Je vous lis.");
  await agent.settle();
  await page.getByText("Je vous lis.").waitFor();
  expect(await page.locator(".bubble").allTextContents()).toEqual([
    "Vous : Bonjour sans socket",
    "Léa Martin : Je vous lis.",
  ]);
  agent.end();
  await page.getByText("Léa Martin a clos la conversation").waitFor();
  agent.close();
  desk.close();
  await context.close();
});
