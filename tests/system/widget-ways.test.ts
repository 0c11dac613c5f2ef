/** The ways to an answer when nobody can chat, in a real browser against a scripted Aparté. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isoOf } from "../../domain/ids.ts";
import { launchBrowser } from "./browser.ts";
import { decisionOf, ScriptedRoom } from "./scripted-site.ts";
import { accept, expectAccessible, field, on, PHONE, shoot, until, write } from "./widget-page.ts";

const DAY_MS = 86_400_000;
/** Nine o'clock in Paris in winter, on the second day from now. */
const OPENS = isoOf(Math.floor(Date.now() / DAY_MS) * DAY_MS + 2 * DAY_MS + 8 * 3_600_000);
const CLOSED = {
  actions: ["message", "callback", "faq"],
  opens_at: OPENS,
  articles: [{ id: "art_1", title: "Comment mesurer sa poitrine" }],
};

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const way = (page: Page, name: string) => page.getByRole("button", { name });
/** Whoever opens the widget now; a page that was loaded before is not asked again by itself. */
const openPanel = (page: Page) =>
  page.evaluate(() => (Reflect.get(globalThis, "widget") as { open(): void }).open());

function closedRoom(): ScriptedRoom {
  const room = new ScriptedRoom();
  room.agent = null;
  room.availability = "closed";
  room.standing = CLOSED;
  const first = Date.parse(OPENS);
  room.slots = [0, 30, 60, 24 * 60].map((minutes) => isoOf(first + minutes * 60_000));
  return room;
}

test("R-W82: closed, the panel says when somebody is back and offers the ways in the site's order; the draft stays", async () => {
  const room = closedRoom();
  for (const context of [{}, PHONE, { colorScheme: "dark" as const }]) {
    await on(
      browser,
      { context },
      async ({ page }) => {
        await page.evaluate(() =>
          sessionStorage.setItem("aparte:demo:draft", "Bonjour, la Rivoli en L taille grand ?"),
        );
        await page.reload();
        await openPanel(page);
        await page
          .getByRole("heading", {
            name: /^De retour (lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) à 9:00|09:00$/,
          })
          .waitFor();
        await page.getByText("Heure de Paris").waitFor();
        await page.getByRole("heading", { name: "Trois façons d’avoir une réponse" }).waitFor();
        await page.getByText("Brouillon gardé : « Bonjour, la Rivoli en L").waitFor();
        const rows = await page.locator(".ways li strong").allTextContents();
        expect(rows).toEqual(["Laisser un message", "Être rappelé", "Lire les réponses courantes"]);
        await shoot(page, `ways-${Object.keys(context)[0] ?? "light"}`);
        await expectAccessible(page);
        await way(page, "Laisser un message").click();
        expect(await field(page).inputValue()).toBe("Bonjour, la Rivoli en L taille grand ?");
        await page.getByRole("textbox", { name: "Votre e-mail" }).fill("claire@exemple.fr");
        await way(page, "Autres possibilités").click();
        await way(page, "Laisser un message").click();
        expect(await page.getByRole("textbox", { name: "Votre e-mail" }).inputValue()).toBe(
          "claire@exemple.fr",
        );
      },
      room,
    );
  }
});

test("R-W84: a call is booked at a free time with a number, proven, put into a calendar, moved and cancelled", async () => {
  const room = closedRoom();
  room.takenSlot = room.slots[1] ?? null;
  await on(
    browser,
    {},
    async ({ page }) => {
      await openPanel(page);
      await way(page, "Être rappelé").click();
      await page.getByRole("radio").nth(1).waitFor({ state: "attached" });
      await way(page, "Réserver le rappel").click();
      await page.getByText("Choisissez une heure").waitFor();
      await expectAccessible(page);
      await shoot(page, "callback-form");
      await page.getByRole("radio").nth(1).check({ force: true });
      await page.getByRole("textbox", { name: "Votre numéro de téléphone" }).fill("06 12");
      await way(page, "Réserver le rappel").click();
      await page.getByText("Cette heure vient d’être prise").waitFor();
      await page.getByRole("radio").nth(0).check({ force: true });
      await way(page, "Réserver le rappel").click();
      await page.getByText("Un numéro comme").waitFor();
      await page.getByRole("textbox", { name: "Votre numéro de téléphone" }).fill("06 12 34 56 47");
      await way(page, "Réserver le rappel").click();
      await page.getByText("Atelier Lin vous appelle au 06 12 ·· ·· 47").waitFor();
      await page.getByText("Référence RAP-4").waitFor();
      await shoot(page, "callback-booked");
      await expectAccessible(page);
      const asked = room.posted.filter(({ path }) => path === "/v1/callbacks").map(({ body }) => body);
      const ids = new Set(asked.map((body) => (body as { request_id: string }).request_id));
      expect(ids.size).toBe(1);
      const download = page.waitForEvent("download");
      await way(page, "Ajouter à l’agenda").click();
      expect((await download).suggestedFilename()).toBe("rappel.ics");

      await page.reload();
      await openPanel(page);
      await way(page, "Être rappelé").click();
      await way(page, "Changer d’heure").click();
      await page.getByRole("radio").nth(2).check({ force: true });
      await way(page, "Changer l’heure").click();
      await way(page, "Annuler le rappel").click();
      await way(page, "Annuler vraiment").click();
      await page.getByRole("heading", { name: "Quand vous appeler" }).waitFor();
      expect(room.posted.at(-1)).toMatchObject({
        path: "/v1/callbacks/cal_1/cancel",
        body: { token: "call-token" },
      });
    },
    room,
  );
});

test("R-W85: published answers are searched and read as text, and lead on to a message", async () => {
  await on(
    browser,
    {},
    async ({ page }) => {
      await openPanel(page);
      await way(page, "Lire les réponses courantes").click();
      await way(page, "Échanger une taille").waitFor();
      await page.getByRole("searchbox", { name: "Rechercher" }).fill("mesurer");
      await way(page, "Échanger une taille").waitFor({ state: "detached" });
      await shoot(page, "faq");
      await expectAccessible(page);
      await way(page, "Comment mesurer sa poitrine").click();
      await page.getByText("<img src=x onerror=alert(1)>").waitFor();
      await page.getByRole("link", { name: "https://a.example/guide" }).waitFor();
      await way(page, "Cela ne répond pas").click();
      await page.getByRole("textbox", { name: "Votre e-mail" }).waitFor();
    },
    closedRoom(),
  );
});

test("R-W85: a search in vain leads to a message that begins with what was looked for", async () => {
  await on(
    browser,
    {},
    async ({ page }) => {
      await openPanel(page);
      await way(page, "Lire les réponses courantes").click();
      await page.getByRole("searchbox", { name: "Rechercher" }).fill("lampadaire");
      await way(page, "Cela ne répond pas").click();
      await page.getByRole("textbox", { name: "Votre e-mail" }).waitFor();
      expect(await field(page).inputValue()).toBe("lampadaire");
    },
    closedRoom(),
  );
});

test("R-W83: a panel on screen learns of a change within 10 s and keeps what was typed", async () => {
  const room = closedRoom();
  await on(
    browser,
    {},
    async ({ page }) => {
      await openPanel(page);
      await way(page, "Laisser un message").click();
      await field(page).fill("La Rivoli en L ?");
      room.availability = "online";
      room.standing = { actions: ["chat"] };
      const since = Date.now();
      await page.getByRole("heading", { name: "Quelqu’un est là" }).waitFor();
      expect(Date.now() - since).toBeLessThan(10_000);
      expect(await field(page).inputValue()).toBe("La Rivoli en L ?");
      await expectAccessible(page);
      await way(page, "Discuter").click();
      await page.getByRole("textbox", { name: "Votre e-mail" }).waitFor({ state: "detached" });
      expect(await field(page).inputValue()).toBe("La Rivoli en L ?");
    },
    room,
  );
});

test("R-W83: once somebody has come, the ways no longer say that nobody is there", async () => {
  const room = closedRoom();
  await on(
    browser,
    {},
    async ({ page }) => {
      await openPanel(page);
      await way(page, "Laisser un message").waitFor();
      room.availability = "online";
      room.standing = { actions: ["chat"] };
      await way(page, "Discuter").waitFor();
      await page.getByText("Disponible maintenant").waitFor();
      expect(await page.getByText(/Il n’y a personne|Réponse par e-mail/).count()).toBe(0);
      await expectAccessible(page);
    },
    room,
  );
});

test("R-W83: a tab that nobody sees does not ask, and asks at once when it comes to the front", async () => {
  const room = closedRoom();
  await on(
    browser,
    {},
    async ({ page }) => {
      await page.clock.install();
      await page.reload();
      await openPanel(page);
      await way(page, "Laisser un message").waitFor();
      const show = (state: string) =>
        page.evaluate((now) => {
          Object.defineProperty(document, "visibilityState", { configurable: true, value: now });
          document.dispatchEvent(new Event("visibilitychange"));
        }, state);
      await show("hidden");
      const { asked } = room;
      await page.clock.runFor(60_000);
      expect(room.asked).toBe(asked);
      await show("visible");
      await until(asked + 1, () => room.asked);
      await page.clock.resume();
    },
    room,
  );
});

test("R-W83: a card on screen says within 10 s that nobody is there any more", async () => {
  const room = new ScriptedRoom();
  await on(
    browser,
    { decision: decisionOf() },
    async ({ page }) => {
      await page.getByText("Disponible maintenant").waitFor();
      room.availability = "closed";
      await page.getByText("Disponible maintenant").waitFor({ state: "detached" });
      await page.getByText("Réponse par e-mail").waitFor();
    },
    room,
  );
});

test("R-W86: who waits has answers to read and other ways; what they said goes along, and the queue is left", async () => {
  const room = new ScriptedRoom();
  room.status = "queued";
  room.agent = null;
  room.availability = "busy";
  room.standing = { actions: ["queue", "message", "faq"], articles: CLOSED.articles, position: 2 };
  await on(
    browser,
    { decision: decisionOf() },
    async (site) => {
      const { page } = site;
      await accept(site);
      await write(page, "La Rivoli en L taille grand ?");
      room.send({ type: "state", status: "queued", position: 2, wait_seconds: 70 });
      await page.getByText("En attendant, ceci aide souvent").waitFor();
      await page.getByText("Comment mesurer sa poitrine").click();
      await page.getByText("Avec un mètre ruban.").waitFor();
      await shoot(page, "queue");
      await expectAccessible(page);
      room.send({ type: "state", status: "queued", position: null, wait_seconds: null });
      await page.getByText("Une personne arrive").waitFor();
      room.availability = "closed";
      await page.getByText("Il n’y a plus personne").waitFor();
      await page.getByText("Une personne arrive").waitFor({ state: "detached" });
      room.availability = "busy";
      room.send({ type: "state", status: "queued", position: 2, wait_seconds: 70 });
      await page.getByText("Il n’y a plus personne").waitFor({ state: "detached" });
      await way(page, "Ne pas attendre").click();
      await page.getByText("2ᵉ position · Environ 1 min d’attente").waitFor();
      await way(page, "Laisser un message").click();
      expect(await field(page).inputValue()).toBe("La Rivoli en L taille grand ?");
      await page.getByRole("textbox", { name: "Votre e-mail" }).fill("claire@exemple.fr");
      await way(page, "Envoyer le message").click();
      await page.getByText("Référence msg_7K4Q").waitFor();
      await until(true, () => room.heard.some(({ type }) => type === "close"));
    },
    room,
  );
});

test("R-W87: turned away at the first word, it stands in the form of another way", async () => {
  const room = new ScriptedRoom();
  await on(
    browser,
    {},
    async ({ page }) => {
      await openPanel(page);
      await field(page).waitFor();
      room.turnAway = { state: "closed", ...CLOSED };
      Object.assign(room, { availability: "closed", standing: CLOSED });
      await write(page, "La Rivoli en L ?");
      await page.getByText("Brouillon gardé : « La Rivoli en L ? »").waitFor();
      await way(page, "Laisser un message").click();
      expect(await field(page).inputValue()).toBe("La Rivoli en L ?");
      await expectAccessible(page);
    },
    room,
  );
});

test("R-W88: where the site wants nothing shown there is no launcher, nor after a card that wants none", async () => {
  const room = new ScriptedRoom();
  await on(
    browser,
    { decision: decisionOf() },
    async ({ page }) => {
      await way(page, "Non merci").click();
      await way(page, "Ouvrir la conversation").waitFor();
    },
    room,
  );
  room.standing = { actions: ["hide"] };
  room.availability = "closed";
  await on(
    browser,
    { decision: decisionOf() },
    async ({ page }) => {
      await way(page, "Non merci").waitFor({ state: "detached" });
      expect(await page.locator("aparte-widget").getByRole("button").count()).toBe(0);
    },
    room,
  );
  const alone = decisionOf({ creative: { title: "Bonjour", launcher: "none" } });
  await on(browser, { decision: alone }, async ({ page }) => {
    await way(page, "Non merci").click();
    expect(await page.locator("aparte-widget").getByRole("button").count()).toBe(0);
  });
});
