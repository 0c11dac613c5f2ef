/** What an agent brings into a conversation: files, products, canned answers that know the visitor, Markdown. */
import { brotliCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  agentOnline,
  bodies,
  conclude,
  expectClean,
  openConsole,
  reply,
  setStatus,
  sheetOf,
  signIn,
  takeOffer,
  visitorSays,
} from "./console-page.ts";

/** The smallest picture: one transparent pixel. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

test("R-D22: files go by button, drop and paste, each with its state; one that is refused says why and is not sent", async () => {
  const page = await agentOnline("lea@demo.test");
  const visitor = await visitorSays("Vous avez une photo ?");
  await takeOffer(page, "une photo");
  const input = page.locator(".tools input[type=file]");
  await input.setInputFiles([
    { name: "rivoli.png", mimeType: "image/png", buffer: PIXEL },
    { name: "page.html", mimeType: "text/html", buffer: Buffer.from("<script>alert(1)</script>") },
  ]);
  await page.getByText(/prêt$/).waitFor();
  await page.locator(".tray-item.bad").waitFor();
  await expectClean(page, "attachments");
  await page.getByRole("button", { name: "Retirer page.html" }).click();

  await page.locator(".conversation-pane").evaluate((pane) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File(["taille;tour\nM;99"], "tailles.csv", { type: "text/csv" }));
    pane.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
  });
  await reply(page).evaluate((field) => {
    const pasted = new DataTransfer();
    pasted.items.add(new File(["Lavage à 30 °C"], "lavage.txt", { type: "text/plain" }));
    field.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: pasted, bubbles: true, cancelable: true }),
    );
  });
  await expect.poll(() => page.getByText(/prêt$/).count()).toBe(3);
  await reply(page).fill("La voici.");
  await reply(page).press("Enter");
  await visitor.until(() => bodies(visitor).length === 5, "three files and the words");
  const names = bodies(visitor)
    .slice(1, 4)
    .map((body) => (JSON.parse(body) as { name: string }).name);
  expect(names).toEqual(["rivoli.png", "tailles.csv", "lavage.txt"]);
  expect(bodies(visitor)[4]).toBe("La voici.");
  await expect.poll(() => page.locator(".tray-item").count()).toBe(0);

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: /rivoli\.png/ }).click();
  expect((await saved).suggestedFilename()).toBe("rivoli.png");
  await expectClean(page, "files");
  await conclude(page, "Réglé");
  await setStatus(page, "Hors ligne");
});

test("R-D23: a product that the visitor looked at is a choice away, is seen before it is sent, and faults are named", async () => {
  const page = await agentOnline("lea@demo.test");
  const visitor = await visitorSays("Que me conseillez-vous ?");
  await takeOffer(page, "me conseillez-vous");
  await page.locator(".trail").getByText("Panier").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  const sheet = sheetOf(page);
  await sheet.getByLabel("Panier").check();
  await sheet.getByLabel("Titre").fill("Oxford « Rivoli »");
  await sheet.getByLabel("Prix").fill("89 euros");
  await sheet.getByRole("button", { name: "Envoyer la fiche" }).click();
  await sheet.getByText("Un prix s’écrit 89 ou 89,90.").waitFor();
  await expectClean(page, "card-fault");
  await sheet.getByLabel("Prix").fill("89,90");
  await sheet.locator(".card").getByText("89,90 €").waitFor();
  await expectClean(page, "card-sheet");
  await sheet.getByRole("button", { name: "Envoyer la fiche" }).click();
  await visitor.until(() => bodies(visitor).length === 2, "the card");
  expect(JSON.parse(bodies(visitor)[1] ?? "")).toMatchObject({
    title: "Oxford « Rivoli »",
    price: { amount: 89.9, currency: "EUR" },
  });
  await page.getByRole("log").locator(".card").getByText("Oxford « Rivoli »").waitFor();
  await conclude(page, "Vente conclue");
  await setStatus(page, "Hors ligne");
});

test("R-D24 R-D25: Markdown is shown as the server wrote it, without a script; a line that carries nothing is found out", async () => {
  const page = await openConsole();
  await page.clock.install();
  let deaf = false;
  await page.routeWebSocket(/\/conversations\/.*\/socket$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((text) => {
      // A line that is open, and on which what others say gets lost.
      const lost = deaf && text.toString().includes('"visitor"') && text.toString().includes('"message"');
      if (!lost) socket.send(text);
    });
  });
  await page.reload();
  await signIn(page, "lea@demo.test");
  await setStatus(page, "En ligne, j’accepte");
  const visitor = await visitorSays("Comment la laver ?");
  await takeOffer(page, "Comment la laver");
  await reply(page).fill("Trois règles :\n\n1. à *30 °C*\n2. sans `javel`\n\n<img src=x onerror=alert(1)>");
  await reply(page).press("Enter");
  const log = page.getByRole("log");
  await log.locator("ol li em", { hasText: "30 °C" }).waitFor();
  await log.locator("ol li code", { hasText: "javel" }).waitFor();
  expect(await log.locator("img").count()).toBe(0);
  await expectClean(page, "markdown");

  deaf = true;
  visitor.send("Et le séchage ?");
  await visitor.settle();
  deaf = false;
  expect(await log.getByText("Et le séchage ?").count()).toBe(0);
  await page.clock.fastForward("01:20");
  await log.getByText("Et le séchage ?").waitFor();
  await conclude(page, "Réglé");
  await setStatus(page, "Hors ligne");
});

test("R-D34: a lost network is said at once and comes back by itself, with the queue as it is and nothing said twice", async () => {
  const page = await agentOnline("lea@demo.test");
  const visitor = await visitorSays("Livrez-vous en Corse ?");
  await takeOffer(page, "Livrez-vous en Corse");
  const lost = page.locator(".list-pane").getByText(/Hors connexion depuis/);
  await page.context().setOffline(true);
  await lost.waitFor({ timeout: 2_000 });
  await reply(page).fill("Oui, en trois jours.");
  await reply(page).press("Enter");
  await page.getByText("En attente d’envoi").waitFor();
  await visitorSays("Et en Belgique ?");
  expect(await page.getByRole("article", { name: /^Demande de/ }).count()).toBe(0);
  expect(await lost.isVisible()).toBe(true);
  expect(bodies(visitor)).toEqual(["Livrez-vous en Corse ?"]);

  await page.context().setOffline(false);
  await lost.waitFor({ state: "detached" });
  await visitor.until(() => bodies(visitor).length > 1, "what was written meanwhile");
  await expect.poll(() => page.getByText("En attente d’envoi").count()).toBe(0);
  await page.getByRole("heading", { name: "File d’attente 1" }).waitFor();
  expect(await page.getByRole("log").getByText("Oui, en trois jours.").count()).toBe(1);
  await visitor.settle();
  expect(bodies(visitor)).toEqual(["Livrez-vous en Corse ?", "Oui, en trois jours."]);
  await conclude(page, "Réglé");
  await takeOffer(page, "Et en Belgique");
  await conclude(page, "Réglé");
  await setStatus(page, "Hors ligne");
});

test("R-D30: a canned answer is filled by the server, and not inserted where that failed", async () => {
  const page = await agentOnline("lea@demo.test");
  const canned = { id: "can_1", shortcut: "salut", title: "Accueil", body: "Bonjour {{ visitor.name }}." };
  await page.route("**/api/sites/demo/canned?*", (route) =>
    route.fulfill({ json: { items: [canned], next_cursor: null } }),
  );
  let fails = true;
  await page.route("**/api/sites/demo/canned/can_1/fill", (route) =>
    fails
      ? route.fulfill({ status: 503, json: { error: { code: "unavailable", message: "no" } } })
      : route.fulfill({ json: { text: "Bonjour Camille." } }),
  );
  await page.reload();
  await visitorSays("Bonjour ?");
  await takeOffer(page, "Bonjour ?");
  await reply(page).pressSequentially("/sal");
  await page.getByRole("option", { selected: true }).waitFor();
  await reply(page).press("Tab");
  await page.getByText("n’a pas pu être complétée").waitFor();
  expect(await reply(page).inputValue()).toBe("/sal");
  fails = false;
  await reply(page).press("End");
  await reply(page).pressSequentially("u");
  await page.getByRole("option", { selected: true }).waitFor();
  await reply(page).press("Tab");
  await expect.poll(() => reply(page).inputValue()).toBe("Bonjour Camille.");
  await conclude(page, "Réglé");
  await setStatus(page, "Hors ligne");
});

test("R-D28: what the console loads first is small", async () => {
  const page = await openConsole();
  const loaded = new Map<string, number>();
  page.on("response", (response) => {
    if (!/\.(?:js|css)$/.test(new URL(response.url()).pathname)) return;
    void response.body().then((body) => loaded.set(response.url(), brotliCompressSync(body).length));
  });
  await page.reload();
  await signIn(page, "lea@demo.test");
  await page.getByText("Personne n’attend", { exact: true }).waitFor();
  await page.waitForLoadState("networkidle");
  const bytes = [...loaded.values()].reduce((sum, one) => sum + one, 0);
  console.log(`${loaded.size} files, ${(bytes / 1_024).toFixed(1)} KiB brotli`);
  expect(loaded.size).toBeGreaterThan(1);
  expect(bytes).toBeLessThanOrEqual(120 * 1_024);
});
