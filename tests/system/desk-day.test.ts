/**
 * A day at the desk, everything in Chromium: before it opens somebody leaves a message; then three visitors of the demo
 * shop write at once to two agents, who pass on, note, show and send, reload, go to a phone and conclude.
 *
 * What a visitor's page was sent is read on its wire and not on its screen.
 */
import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  agentOnline,
  conclude,
  expectClean,
  newContext,
  openConsole,
  reply,
  setStatus,
  sheetOf,
  signIn,
} from "./console-page.ts";
import { eventually } from "./demo-api.ts";
import { url } from "./own-server.ts";

type ShopVisitor = { context: BrowserContext; page: Page; wire: string[] };

/** A page of the shop, whose sockets are listened to. */
async function shopPage(context: BrowserContext, wire: string[]): Promise<Page> {
  const page = await context.newPage();
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => wire.push(payload.toString()));
  });
  await page.goto(`${url}/shop/`);
  return page;
}

/** A visitor of the shop who has opened the widget by the site's own call, as a "contact us" link would. */
async function visitorAtWidget(): Promise<ShopVisitor> {
  const context = await newContext();
  const wire: string[] = [];
  const page = await shopPage(context, wire);
  await page.evaluate(() => (Reflect.get(globalThis, "aparte") as { open(): void }).open());
  await page.getByRole("dialog", { name: /^Conversation avec/ }).waitFor();
  return { context, page, wire };
}

const field = (page: Page) => page.getByRole("textbox", { name: "Votre message" });
const widget = (page: Page) => page.locator("aparte-widget");
const log = (page: Page) => page.getByRole("log");

async function say(page: Page, words: string): Promise<void> {
  await field(page).fill(words);
  await field(page).press("Enter");
  await widget(page).getByText(words).waitFor();
  await widget(page)
    .getByText(/Envoyé|\bLu\b/)
    .last()
    .waitFor();
}

async function answer(page: Page, words: string): Promise<void> {
  await reply(page).fill(words);
  await reply(page).press("Enter");
  await log(page).getByText(words, { exact: true }).waitFor();
}

/** Take every offer as it comes, until the two have three conversations between them. */
async function takeAll(agents: readonly Page[]): Promise<void> {
  await expect
    .poll(
      async () => {
        let mine = 0;
        for (const page of agents) {
          const offer = page.getByRole("article", { name: /^Demande de/ }).first();
          if (await offer.isVisible()) await offer.getByRole("button", { name: "Répondre" }).click();
          mine += await page.locator(".mine-part .row").count();
        }
        return mine;
      },
      { timeout: 40_000 },
    )
    .toBe(3);
}

/** The agent of `agents` who has the conversation in which `words` were said, with it in view. */
async function openWith(agents: readonly Page[], words: string): Promise<{ owner: Page; other: Page }> {
  for (const [at, owner] of agents.entries()) {
    const row = owner.locator(".mine-part .row-button").filter({ hasText: words });
    if ((await row.count()) === 0) continue;
    await row.click();
    await log(owner).getByText(words).waitFor();
    const other = agents[1 - at];
    if (other !== undefined) return { owner, other };
  }
  throw new Error(`nobody has the conversation with: ${words}`);
}

async function stateOfDesk(): Promise<string> {
  const asked = await fetch(`${url}/v1/availability?key=demo`);
  return ((await asked.json()) as { state: string }).state;
}

test("R-D26: before the desk opens a message is left; an agent answers it, and it is off the list", async () => {
  const early = await visitorAtWidget();
  await early.page.getByRole("button", { name: /^Laisser un message/ }).click();
  await field(early.page).fill("La Rivoli existe-t-elle en lin lavé ?");
  await early.page.getByRole("textbox", { name: "Votre e-mail" }).fill("claire@exemple.fr");
  await early.page.getByRole("button", { name: "Envoyer le message" }).click();
  await early.page.getByText(/Référence/).waitFor();

  const lea = await openConsole();
  await signIn(lea, "lea@demo.test");
  await lea.getByRole("link", { name: "Messages et rappels" }).click();
  const left = lea.locator(".left-message").filter({ hasText: "en lin lavé" });
  await expect
    .poll(
      async () => {
        await lea.evaluate(() => dispatchEvent(new Event("focus")));
        return left.count();
      },
      { timeout: 30_000 },
    )
    .toBe(1);
  await expectClean(lea, "follow-ups");
  await left.getByRole("button", { name: "C’est répondu" }).click();
  await left.getByText("Répondu par Léa Martin.").waitFor();
  await lea.getByRole("button", { name: "Traités" }).click();
  await left.waitFor();
  await lea.getByRole("button", { name: "Rappels", exact: true }).click();
  await lea.getByText("Aucun rappel fait").waitFor();
  await expectClean(lea, "calls-empty");
});

test("R-D27 R-D29: two agents and three visitors at once, from the first word to the rating", async () => {
  const agents = [await agentOnline("lea@demo.test"), await agentOnline("hugo@demo.test")];
  expect(await eventually(stateOfDesk, (state) => state === "online")).toBe("online");
  const visitors = await Promise.all([visitorAtWidget(), visitorAtWidget(), visitorAtWidget()]);
  const [anna, bilal, chloe] = visitors;
  if (anna === undefined || bilal === undefined || chloe === undefined) throw new Error("three visitors");
  await Promise.all([
    say(anna.page, "Je suis Anna"),
    say(bilal.page, "Je suis Bilal"),
    say(chloe.page, "Je suis Chloé"),
  ]);
  await takeAll(agents);

  // Each visitor hears their own agent, and nobody else's words.
  for (const [visitor, name] of [
    [anna, "Anna"],
    [bilal, "Bilal"],
    [chloe, "Chloé"],
  ] as const) {
    const { owner } = await openWith(agents, `Je suis ${name}`);
    await answer(owner, `Bonjour ${name}`);
    await widget(visitor.page).getByText(`Bonjour ${name}`).waitFor();
  }
  for (const [visitor, names] of [
    [anna, /Bilal|Chloé/],
    [bilal, /Anna|Chloé/],
    [chloe, /Anna|Bilal/],
  ] as const) {
    expect(visitor.wire.join("\n")).not.toMatch(names);
  }

  // A note, a file and a product for Anna; the note is on nobody's wire.
  const { owner, other } = await openWith(agents, "Bonjour Anna");
  await owner.getByRole("button", { name: "Note interne" }).click();
  await owner.getByRole("textbox", { name: "Note interne" }).fill("Cliente depuis 2019, préfère le M");
  await owner.getByRole("button", { name: "Ajouter la note" }).click();
  await log(owner).getByText("Cliente depuis 2019, préfère le M").waitFor();
  await owner.getByRole("button", { name: "Réponse", exact: true }).click();
  await owner.locator(".tools input[type=file]").setInputFiles({
    name: "guide.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("Tour de poitrine : 99"),
  });
  await owner.getByText(/prêt$/).waitFor();
  await reply(owner).press("Enter");
  await log(owner)
    .getByRole("button", { name: /guide\.txt/ })
    .waitFor();
  await owner.getByRole("button", { name: "Montrer un produit" }).click();
  await sheetOf(owner).getByLabel("Titre").fill("Oxford Rivoli");
  await sheetOf(owner).getByLabel("Adresse de la page").fill(`${url}/shop/oxford-rivoli`);
  await sheetOf(owner).getByLabel("Prix").fill("89");
  await sheetOf(owner).getByRole("button", { name: "Envoyer la fiche" }).click();
  await widget(anna.page).getByText("guide.txt").waitFor();
  await widget(anna.page).getByText("Oxford Rivoli").waitFor();
  await expectClean(owner, "desk-day");

  // Passed on with a note, it stays until it is taken; the visitor is told who goes on.
  await owner.getByRole("button", { name: "Transférer" }).click();
  await sheetOf(owner).getByRole("radio").first().check();
  await sheetOf(owner).getByLabel("Ce qu’il faut savoir").fill("Attend un conseil de taille");
  await sheetOf(owner).getByRole("button", { name: "Transférer" }).click();
  const offer = other.getByRole("article", { name: /^Demande de/ });
  await offer.getByRole("button", { name: "Répondre" }).click();
  await log(other).getByText("Attend un conseil de taille").waitFor();
  await widget(anna.page)
    .getByText(/prend la suite/)
    .waitFor();
  expect(anna.wire.join("\n")).not.toMatch(/2019|conseil de taille/);

  // Both reload; a second tab of the visitor has the same conversation.
  await reply(other).fill("Prenez le M");
  await Promise.all([other.reload(), anna.page.reload()]);
  await log(other).getByText("Cliente depuis 2019, préfère le M").waitFor();
  expect(await reply(other).inputValue()).toBe("Prenez le M");
  await reply(other).press("Enter");
  await widget(anna.page).getByText("Prenez le M").waitFor();
  const second = await shopPage(anna.context, anna.wire);
  await second.getByRole("button", { name: /Ouvrir la conversation/ }).click();
  await widget(second).getByText("Prenez le M").waitFor();
  await say(second, "Merci, je le prends");
  await log(other).getByText("Merci, je le prends").waitFor();
  await widget(anna.page).getByText("Merci, je le prends").waitFor();
  expect(await log(other).getByText("Merci, je le prends").count()).toBe(1);

  // On a phone the agent sees one pane at a time, and answers.
  await other.setViewportSize({ width: 390, height: 844 });
  await answer(other, "Bonne journée");
  await expectClean(other, "desk-day-phone");
  await widget(second).getByText("Bonne journée").waitFor();
  await other.setViewportSize({ width: 1_389, height: 868 });

  // The visitor ends and rates; everything is concluded, and the places are free again.
  await anna.page.getByRole("button", { name: "Options" }).click();
  await anna.page.getByRole("button", { name: "Terminer la conversation" }).click();
  await anna.page.getByRole("button", { name: "Terminer", exact: true }).click();
  const rated = (group: string | RegExp, word: string) =>
    anna.page.getByRole("group", { name: group }).getByText(word, { exact: true }).click();
  await rated("L’accueil", "Bon");
  await rated("L’attente", "Courte");
  await rated(/a répondu à votre question/, "Oui");
  await anna.page.getByRole("button", { name: "Envoyer" }).click();
  await anna.page.getByText(/Merci, c’est noté\. .+ précisions/).waitFor();
  await other.getByText("Cette conversation est terminée.").waitFor();
  await conclude(other, "Vente conclue");
  for (const words of ["Bonjour Bilal", "Bonjour Chloé"]) {
    const found = await openWith(agents, words);
    await conclude(found.owner, "Réglé");
  }
  for (const page of agents) {
    await page.getByText("0 / 3").waitFor();
    await setStatus(page, "Hors ligne");
  }
  for (const { wire } of visitors)
    expect(wire.join("\n")).not.toMatch(/"kind":"note"|2019|conseil de taille/);

  // What was said is found again by its words, and read.
  const [lea] = agents;
  if (lea === undefined) throw new Error("two agents");
  await lea.keyboard.press("f");
  const words = lea.getByRole("searchbox", { name: "Mots dits dans une conversation" });
  await expect
    .poll(
      async () => {
        await words.fill("");
        await words.fill("prends");
        return lea.locator(".found mark").count();
      },
      { timeout: 30_000, interval: 1_000 },
    )
    .toBeGreaterThan(0);
  await words.press("ArrowDown");
  await lea.keyboard.press("Enter");
  await lea.getByRole("region", { name: "Messages" }).getByText("Merci, je le prends").waitFor();
  await expectClean(lea, "search");
  await lea.emulateMedia({ colorScheme: "dark" });
  await expectClean(lea, "search-dark");
  await lea.setViewportSize({ width: 390, height: 844 });
  await expectClean(lea, "search-phone");
}, 300_000);
