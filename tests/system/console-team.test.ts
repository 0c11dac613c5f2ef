/** Several people around one conversation: a supervisor, a colleague who is asked, and the visitor who sees one agent. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  agentOnline,
  bodies,
  conclude,
  expectClean,
  names,
  openConsole,
  reply,
  setStatus,
  sheetOf,
  signIn,
  takeOffer,
  visitorSays,
} from "./console-page.ts";

const row = (page: Page, words: string) => page.locator(".row-button").filter({ hasText: words });
const note = (page: Page) => page.getByRole("textbox", { name: "Note interne" });

test("R-D19: a supervisor looks on unseen, whispers to the agent, and takes over; the visitor hears one voice", async () => {
  const lea = await agentOnline("lea@demo.test");
  const visitor = await visitorSays("Puis-je payer en trois fois ?");
  await takeOffer(lea, "payer en trois fois");

  const admin = await openConsole();
  await signIn(admin, "admin@demo.test");
  await admin.getByRole("button", { name: /^Toutes/ }).click();
  await row(admin, "payer en trois fois").click();
  await admin.getByRole("log").getByText("Puis-je payer en trois fois ?").waitFor();
  await admin.getByText("Note pour Léa").waitFor();
  await note(admin).fill("Oui, dès 100 €, par carte");
  await note(admin).press("Enter");
  await expectClean(admin, "supervisor");

  await lea.getByRole("log").getByText("Oui, dès 100 €, par carte").waitFor();
  await reply(lea).fill("Oui, dès 100 €.");
  await reply(lea).press("Enter");
  await visitor.until(() => bodies(visitor).includes("Oui, dès 100 €."), "the agent's answer");
  await admin.getByRole("log").getByText("Oui, dès 100 €.", { exact: true }).waitFor();
  await expect.poll(() => visitor.wire.join("\n")).toContain("Oui, dès 100 €.");
  expect(visitor.wire.join("\n")).not.toContain("par carte");
  expect(visitor.wire.join("\n")).not.toContain("usr_demo_admin");

  // A whisper half written is no answer once the conversation is the supervisor's: it waits among the notes.
  await note(admin).fill("Il a déjà eu une remise");
  await admin.getByRole("button", { name: "Prendre la main" }).click();
  await reply(admin).waitFor();
  expect(await reply(admin).inputValue()).toBe("");
  await admin.reload();
  await reply(admin).waitFor();
  await admin.getByRole("button", { name: "Note interne" }).click();
  expect(await note(admin).inputValue()).toBe("Il a déjà eu une remise");
  await note(admin).fill("");
  await admin.getByRole("button", { name: "Réponse", exact: true }).click();
  await lea
    .getByText(/n’est plus la vôtre|a été transférée/)
    .first()
    .waitFor();
  await reply(admin).fill("Bonjour, je reprends votre demande.");
  await reply(admin).press("Enter");
  await visitor.until(() => bodies(visitor).length === 3, "the supervisor's answer");
  await conclude(admin, "Réglé");
  await setStatus(lea, "Hors ligne");
});

test("R-D20: a colleague who is asked sees the conversation and answers in notes; it stays with its agent", async () => {
  const lea = await agentOnline("lea@demo.test");
  const visitor = await visitorSays("Cette maille gratte-t-elle ?");
  await takeOffer(lea, "gratte-t-elle");
  const hugo = await agentOnline("hugo@demo.test");

  await lea.getByRole("button", { name: "Plus d’actions" }).click();
  await lea.getByRole("menuitem", { name: "Demander un avis" }).click();
  const sheet = sheetOf(lea);
  await sheet.getByLabel(/Hugo Petit/).check();
  await sheet.getByLabel("Ce qu’il faut savoir").fill("Tu connais la maille ?");
  await expectClean(lea, "consult-sheet");
  await sheet.getByRole("button", { name: "Demander" }).click();
  await lea.getByText("Hugo Petit est invité à regarder.").first().waitFor();

  await hugo.getByText("On vous demande un avis").waitFor();
  await expectClean(hugo, "consulted");
  await hugo.reload();
  await hugo.getByText("On vous demande un avis").waitFor();
  await row(hugo, "Tu connais la maille ?").click();
  await hugo.getByRole("log").getByText("Cette maille gratte-t-elle ?").waitFor();
  await note(hugo).fill("Non, c’est du mérinos");
  await note(hugo).press("Enter");
  await lea.getByRole("log").getByText("Non, c’est du mérinos").waitFor();
  await expectClean(hugo, "consult");
  await hugo.getByRole("button", { name: "J’ai donné mon avis" }).click();
  await expect.poll(() => hugo.getByText("On vous demande un avis").count()).toBe(0);
  expect(bodies(visitor)).toEqual(["Cette maille gratte-t-elle ?"]);
  expect(JSON.stringify([...visitor.log.values()])).not.toContain("mérinos");
  await reply(lea).fill("Non, c’est du mérinos très doux.");
  await reply(lea).press("Enter");
  await visitor.until(() => bodies(visitor).length === 2, "the agent's answer");
  await conclude(lea, "Réglé");
  for (const page of [lea, hugo]) await setStatus(page, "Hors ligne");
});

test("R-D21: whoever waits is given to somebody by a supervisor; on hold it takes no place; a supervisor ends it", async () => {
  const lea = await agentOnline("lea@demo.test");
  const visitor = await visitorSays("Je cherche ma commande");
  const admin = await openConsole();
  await signIn(admin, "admin@demo.test");
  await row(admin, "Je cherche ma commande").click();
  await admin.getByRole("log").getByText("Je cherche ma commande").waitFor();
  await admin.getByRole("button", { name: "Attribuer à…" }).click();
  await expectClean(admin, "assign");
  await admin.getByRole("menuitem", { name: /Léa Martin/ }).click();
  await lea.getByRole("log").getByText("Je cherche ma commande").waitFor();
  await lea.getByText("1 / 3").waitFor();

  await reply(lea).press("Escape");
  await lea.keyboard.press("h");
  await lea.getByText("cette conversation ne prend pas de place").waitFor();
  await lea.getByText("0 / 3").waitFor();
  await lea.getByRole("log").getByText("Léa met la conversation en pause.").waitFor();
  await expectClean(lea, "held");
  await lea.getByRole("button", { name: "Reprendre", exact: true }).click();
  await lea.getByRole("log").getByText("Léa reprend.").waitFor();
  await lea.getByText("1 / 3").waitFor();

  await admin.getByRole("button", { name: /^Toutes/ }).click();
  await row(admin, "Je cherche ma commande").click();
  await admin.getByRole("button", { name: "Clore" }).click();
  await sheetOf(admin).getByText("Elle se termine pour le visiteur et pour Léa Martin.").waitFor();
  await expectClean(admin, "close-sheet");
  await sheetOf(admin).getByRole("button", { name: "Clore" }).click();
  await visitor.until(() => names(visitor).includes("closed"), "the end, told to the visitor");
  await lea.getByText("Cette conversation est terminée.").waitFor();
  await conclude(lea, "Sans réponse du visiteur");
  await setStatus(lea, "Hors ligne");
});
