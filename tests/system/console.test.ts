/** The console as agents use it: what is said, kept, passed on and concluded, on every screen and size. */
import type { WebSocketRoute } from "playwright-core";
import { expect, test } from "vitest";
import {
  agentOnline,
  bodies,
  conclude,
  expectClean,
  names,
  newVisitor,
  openConsole,
  PHONE,
  proofOf,
  reply,
  setStatus,
  sheetOf,
  signIn,
  takeOffer,
  visitorSays,
} from "./console-page.ts";

test("R-D11 R-D10: sign in, take an offer, talk in both directions, reload, conclude", async () => {
  const page = await openConsole();
  await page.getByRole("button", { name: "Se connecter" }).click();
  await page.getByText("Saisissez votre adresse e-mail.").waitFor();
  await signIn(page, "lea@demo.test", "not the password");
  await page.getByRole("alert").getByText("ne correspond pas").waitFor();
  await signIn(page, "lea@demo.test");
  await page.getByRole("button", { name: "Passer en ligne" }).click();
  await page.getByRole("button", { name: "Votre statut : En ligne, j’accepte" }).waitFor();

  const visitor = await visitorSays("Ma chemise taille-t-elle grand ?");
  await expect.poll(() => page.title()).toBe("(1) Aparté, console");
  await takeOffer(page, "taille-t-elle grand");
  await page.getByText("identité non vérifiée").first().waitFor();
  await page.getByText("seule cette visite est montrée").waitFor();
  await page.locator(".trail").getByText("Panier").waitFor();

  await reply(page).fill("Elle taille droit.");
  await reply(page).press("Enter");
  await visitor.until(() => bodies(visitor).includes("Elle taille droit."), "the agent's answer");
  await page.getByRole("log").getByText("Envoyé").waitFor();

  await page.getByRole("button", { name: "Note interne" }).click();
  await page.getByRole("textbox", { name: "Note interne" }).fill("Préfère les coupes amples");
  await page.getByRole("button", { name: "Ajouter la note" }).click();
  await page.getByText("Note interne, jamais montrée au visiteur").waitFor();
  await visitor.until(() => names(visitor).includes("hidden"), "a place without words for the note");
  expect(JSON.stringify([...visitor.log.values()])).not.toContain("coupes amples");

  await page.getByRole("button", { name: "Réponse", exact: true }).click();
  await reply(page).fill("Un brouillon");
  await page.reload();
  await page.getByRole("log").getByText("Elle taille droit.").waitFor();
  expect(await reply(page).inputValue()).toBe("Un brouillon");
  expect(await page.getByRole("log").getByText("Elle taille droit.").count()).toBe(1);

  await conclude(page, "Réglé");
  await visitor.until(() => names(visitor).includes("closed"), "the end, told to the visitor");
  await page.getByText("Aucune pour l’instant.").waitFor();
  await setStatus(page, "Hors ligne");
});

test("R-D2: what is written without a network survives a reload and arrives once", async () => {
  const page = await openConsole();
  let down = false;
  const open = new Set<WebSocketRoute>();
  await page.routeWebSocket(/\/socket$/, (socket) => {
    if (down) return void socket.close({ code: 1_013 });
    open.add(socket);
    socket.connectToServer();
  });
  await signIn(page, "lea@demo.test");
  await setStatus(page, "En ligne, j’accepte");
  const visitor = await visitorSays("Vous êtes là ?");
  await takeOffer(page, "Vous êtes là ?");

  down = true;
  for (const socket of open) await socket.close({ code: 1_012 });
  await page
    .getByText(/Hors connexion depuis/)
    .first()
    .waitFor();
  await reply(page).fill("Je la réserve à votre nom");
  await reply(page).press("Enter");
  await page.getByText("En attente d’envoi").waitFor();
  expect(bodies(visitor)).toEqual(["Vous êtes là ?"]);

  down = false;
  await page.reload();
  await visitor.until(() => bodies(visitor).includes("Je la réserve à votre nom"), "what was written");
  await page.getByRole("log").getByText("Je la réserve à votre nom").waitFor();
  await expect.poll(() => page.getByText("En attente d’envoi").count()).toBe(0);
  expect(bodies(visitor)).toEqual(["Vous êtes là ?", "Je la réserve à votre nom"]);
  await conclude(page, "Réglé");
  await setStatus(page, "Hors ligne");
});

test("R-D13 R-D9: transferred with a note, the conversation stays until taken; canned answers by the keyboard", async () => {
  const lea = await agentOnline("lea@demo.test");
  const visitor = await visitorSays("Puis-je échanger ma chemise ?");
  await takeOffer(lea, "Puis-je échanger");
  const hugo = await agentOnline("hugo@demo.test");

  await lea.getByRole("button", { name: "Transférer" }).click();
  const sheet = sheetOf(lea);
  await sheet.getByLabel(/Hugo Petit/).check();
  await sheet.getByLabel("Ce qu’il faut savoir").fill("Commande 10 482");
  await sheet.getByRole("button", { name: "Transférer" }).click();
  await lea.getByText("Elle reste avec vous jusqu’à sa réponse.").waitFor();
  await takeOffer(hugo, "Puis-je échanger");
  await hugo.getByText("Commande 10 482").waitFor();
  await lea.getByText("a été transférée").waitFor();
  expect(JSON.stringify([...visitor.log.values()])).not.toContain("10 482");

  await reply(hugo).pressSequentially("/bonj");
  await hugo.getByRole("option", { selected: true }).getByText("/bonjour").waitFor();
  await reply(hugo).press("Tab");
  expect(await reply(hugo).inputValue()).toContain("Bonjour");
  expect(bodies(visitor)).toEqual(["Puis-je échanger ma chemise ?"]);
  await reply(hugo).press("Enter");
  await visitor.until(() => bodies(visitor).length === 2, "the canned answer, sent by hand");

  visitor.end();
  await hugo.getByText("Cette conversation est terminée.").waitFor();
  await conclude(hugo, "Réglé");
  for (const page of [lea, hugo]) await setStatus(page, "Hors ligne");
});

test("R-C34 R-C36 R-C37: the room is told what a message began from, also after a reload; a transfer called off stands in the log", async () => {
  const lea = await agentOnline("lea@demo.test");
  const sent: { body: string; canned?: { id: string; edited: boolean } }[] = [];
  lea.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (String(payload).startsWith('{"type":"message"')) sent.push(JSON.parse(String(payload)));
    }),
  );
  const visitor = await visitorSays("Une question de coupe");
  await takeOffer(lea, "Une question de coupe");
  const choose = async (): Promise<void> => {
    await reply(lea).pressSequentially("/bonj");
    await lea.getByRole("option", { selected: true }).getByText("/bonjour").waitFor();
    await reply(lea).press("Tab");
  };
  await choose();
  const words = await reply(lea).inputValue();
  await lea.reload();
  await lea.getByRole("log").getByText("Une question de coupe").waitFor();
  expect(await reply(lea).inputValue()).toBe(words);
  await reply(lea).press("Enter");
  await choose();
  await reply(lea).press("End");
  await reply(lea).pressSequentially(" Je regarde.");
  await reply(lea).press("Enter");
  await reply(lea).fill("La coupe droite, alors.");
  await reply(lea).press("Enter");
  await visitor.until(() => bodies(visitor).length === 4, "three answers");
  expect(sent.map(({ canned }) => canned?.edited)).toEqual([false, true, undefined]);
  expect(sent[0]?.canned?.id).toMatch(/^can_/);
  expect(JSON.stringify([...visitor.log.values()])).not.toContain("canned");

  const hugo = await agentOnline("hugo@demo.test");
  await lea.getByRole("button", { name: "Transférer" }).click();
  await sheetOf(lea)
    .getByLabel(/Hugo Petit/)
    .check();
  await sheetOf(lea).getByRole("button", { name: "Transférer" }).click();
  await lea.getByText("Elle reste avec vous jusqu’à sa réponse.").waitFor();
  await lea.getByRole("button", { name: "La garder" }).click();
  await lea.getByRole("log").getByText("Léa garde finalement la conversation.").waitFor();
  await conclude(lea, "Réglé");
  for (const page of [lea, hugo]) await setStatus(page, "Hors ligne");
});

test("R-D14: a proven visitor's earlier conversation is read beside the present one, and the draft stays", async () => {
  const page = await agentOnline("lea@demo.test");
  const anonymousId = newVisitor();
  const proof = await proofOf(anonymousId);
  await visitorSays("Ma chemise a rétréci", anonymousId, proof);
  await takeOffer(page, "a rétréci");
  await reply(page).fill("Lavez-la à **30 °C**.");
  await reply(page).press("Enter");
  await page.getByRole("log").locator("strong", { hasText: "30 °C" }).waitFor();
  await conclude(page, "Réglé");

  await visitorSays("Me revoilà", anonymousId, proof);
  await takeOffer(page, "Me revoilà");
  await reply(page).fill("Bonjour, un instant");
  const earlier = page.getByRole("button", { name: /^Lire la conversation du/ });
  await earlier.press("Enter");
  const log = page.getByRole("region", { name: "Messages" });
  await log.getByText("Ma chemise a rétréci").waitFor();
  await log.locator("strong", { hasText: "30 °C" }).waitFor();
  expect(await log.getByText("Me revoilà").count()).toBe(0);
  await expectClean(page, "past");
  await page.getByRole("button", { name: "Conversation", exact: true }).press("Enter");
  await page.getByRole("log").getByText("Me revoilà").waitFor();
  expect(await reply(page).inputValue()).toBe("Bonjour, un instant");
  await conclude(page, "Réglé");
  await setStatus(page, "Hors ligne");
});

test("R-D12: every screen is accessible under the policy, light, dark and on a phone", async () => {
  const light = await openConsole();
  await light.getByRole("heading", { name: "Se connecter" }).waitFor();
  await expectClean(light, "sign-in");
  await signIn(light, "lea@demo.test");
  await light.getByText("Personne n’attend", { exact: true }).waitFor();
  await expectClean(light, "empty");
  await light.keyboard.press("?");
  await light.getByRole("dialog", { name: "Raccourcis clavier" }).waitFor();
  await expectClean(light, "help");
  await light.keyboard.press("Escape");
  await light.getByRole("link", { name: "Messages et rappels" }).click();
  await light.getByRole("heading", { name: "Messages et rappels" }).waitFor();
  await expectClean(light, "left-messages");

  await setStatus(light, "En ligne, j’accepte");
  await visitorSays("Bonsoir");
  await takeOffer(light, "Bonsoir");
  await expectClean(light, "conversation");
  await light.getByRole("button", { name: "Conclure", exact: true }).click();
  await expectClean(light, "conclude");
  await light.keyboard.press("Escape");
  await light.emulateMedia({ colorScheme: "dark" });
  await expectClean(light, "conversation-dark");

  const phone = await openConsole(PHONE);
  await signIn(phone, "lea@demo.test");
  await phone.getByRole("button", { name: /Bonsoir/ }).click();
  await phone.getByRole("log").getByText("Bonsoir").waitFor();
  await expectClean(phone, "phone-conversation");
  await phone.getByRole("button", { name: "Le visiteur" }).click();
  await phone.getByRole("heading", { name: "Parcours en direct" }).waitFor();
  await expectClean(phone, "phone-visitor");
  await phone.goBack();
  await phone.getByRole("button", { name: "Retour à la liste" }).click();
  await phone.getByRole("heading", { name: /File d’attente/ }).waitFor();
  await expectClean(phone, "phone-list");

  await phone.route("**/api/sites/demo/visitors/**", (route) =>
    route.fulfill({ status: 503, json: { error: { code: "unavailable", message: "no" } } }),
  );
  await phone.getByRole("button", { name: /Bonsoir/ }).click();
  await phone.getByRole("button", { name: "Le visiteur" }).click();
  await phone.getByText("Le parcours n’a pas pu être lu").waitFor();
  await expectClean(phone, "failing");
  await conclude(light, "Réglé");
  await setStatus(light, "Hors ligne");
});
