/** Files of a visitor with whom nobody can chat, in a real browser against a scripted Aparté: none is lost on the way. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { decisionOf, type Options, ScriptedRoom } from "./scripted-site.ts";
import { accept, expectAccessible, field, on, PHONE, shoot, until, write } from "./widget-page.ts";

const CLOSED = { actions: ["message", "callback"], articles: [] };
const CSV = { name: "mes tailles.csv", mimeType: "text/csv", buffer: Buffer.from("taille;tour\nM;102\n") };
const PLAN = { name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("ici") };

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const openPanel = (page: Page) =>
  page.evaluate(() => (Reflect.get(globalThis, "widget") as { open(): void }).open());
const names = (page: Page) =>
  page.locator(".attached bdi:first-child").filter({ hasText: "." }).allTextContents();

async function choose(page: Page, ...files: (typeof CSV)[]): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await button(page, "Joindre un fichier").click();
  await (await chooser).setFiles(files);
}

async function send(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Votre e-mail" }).fill("claire@exemple.fr");
  await button(page, "Envoyer le message").click();
}

const posted = (room: ScriptedRoom, path: RegExp) => room.posted.filter((one) => path.test(one.path));
const FILES = /^\/v1\/messages\/([^/]+)\/files$/;
const MESSAGES = /^\/v1\/messages$/;

function closes(room: ScriptedRoom): void {
  room.turnAway = { state: "closed", ...CLOSED };
  Object.assign(room, { availability: "closed", standing: CLOSED });
}

test("R-W95: files of a chat that is turned away are kept, also over a reload, and go with the message", async () => {
  const looks: [string, Options][] = [
    ["light", {}],
    ["dark-phone", { context: { ...PHONE, colorScheme: "dark" } }],
    [
      "rtl",
      {
        before: "document.addEventListener('DOMContentLoaded', () => (document.documentElement.dir = 'rtl'))",
      },
    ],
  ];
  for (const [name, look] of looks) {
    const room = new ScriptedRoom();
    await on(
      browser,
      look,
      async ({ page }) => {
        await openPanel(page);
        await field(page).waitFor();
        await field(page).fill("Est-ce la bonne ?");
        closes(room);
        await choose(page, CSV, PLAN);
        await page.getByText("2 fichiers gardés : ils partent avec un message").waitFor();
        await page.reload();
        await openPanel(page);
        await button(page, "Être rappelé").click();
        await page.getByText("2 fichiers gardés : ils partent avec un message").waitFor();
        await button(page, "Autres possibilités").click();
        await button(page, "Laisser un message").click();
        expect(await field(page).inputValue()).toBe("Est-ce la bonne ?");
        await until(["mes tailles.csv", "plan.txt"], () => names(page));
        await shoot(page, `left-files-${name}`);
        await expectAccessible(page);
        await send(page);
        await page.getByText("Référence msg_7K4Q").waitFor();
        expect(await page.evaluate(() => sessionStorage.getItem("aparte:demo:files"))).toBe(null);
      },
      room,
    );
    const [{ request_id, files, body } = {}] = posted(room, MESSAGES).map(
      (one) => one.body as Record<string, unknown>,
    );
    expect(body).toBe("Est-ce la bonne ?");
    expect(files).toEqual(posted(room, FILES).map((one) => `fil_${room.posted.indexOf(one) + 1}`));
    expect(posted(room, FILES).map(({ body: file }) => file)).toEqual([
      { name: "mes tailles.csv", bytes: CSV.buffer.length },
      { name: "plan.txt", bytes: PLAN.buffer.length },
    ]);
    for (const { path } of posted(room, FILES)) expect(FILES.exec(path)?.[1]).toBe(request_id);
  }
});

test("R-W95: chosen with the message, a file that is refused says so and holds the message until it is taken away", async () => {
  const room = new ScriptedRoom();
  closes(room);
  room.refuseFile = 415;
  await on(
    browser,
    {},
    async ({ page }) => {
      await openPanel(page);
      await button(page, "Laisser un message").click();
      await choose(page, CSV);
      await until(["mes tailles.csv"], () => names(page));
      await field(page).fill("Est-ce la bonne ?");
      await send(page);
      await page.getByText("Non envoyé · image, PDF, texte ou CSV seulement").waitFor();
      expect(posted(room, MESSAGES)).toEqual([]);
      await shoot(page, "left-files-refused");
      await expectAccessible(page);
      await button(page, "Retirer mes tailles.csv").click();
      expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent)).toBe(
        "Joindre un fichier",
      );
      room.refuseFile = null;
      await choose(page, PLAN);
      await send(page);
      await page.getByText("Référence msg_7K4Q").waitFor();
    },
    room,
  );
  expect(posted(room, MESSAGES)).toHaveLength(1);
  expect(posted(room, FILES).at(-1)?.body).toMatchObject({ name: "plan.txt" });
});

test("R-W95: a message sent before its file stands beside it waits for it, and goes with it", async () => {
  const room = new ScriptedRoom();
  closes(room);
  await on(
    browser,
    {},
    async ({ page }) => {
      await openPanel(page);
      await button(page, "Laisser un message").click();
      await field(page).fill("Est-ce la bonne ?");
      await page.getByRole("textbox", { name: "Votre e-mail" }).fill("claire@exemple.fr");
      // The code of uploads is fetched with the first file, over a line that may be slow.
      const asked = Promise.withResolvers<void>();
      const goes = Promise.withResolvers<void>();
      await page.route(/\/uploads-[^/]*\.js/, async (route) => {
        asked.resolve();
        await goes.promise;
        await route.fallback();
      });
      await choose(page, CSV);
      await button(page, "Envoyer le message").click();
      await asked.promise;
      expect(await names(page)).toEqual([]);
      expect(posted(room, MESSAGES)).toEqual([]);
      goes.resolve();
      await page.getByText("Référence msg_7K4Q").waitFor();
    },
    room,
  );
  expect(posted(room, MESSAGES)[0]?.body).toMatchObject({ files: [expect.stringMatching(/^fil_/)] });
});

test("R-W95: a lost line keeps text and files, and what was brought is not brought twice", async () => {
  const room = new ScriptedRoom();
  closes(room);
  await on(
    browser,
    {},
    async ({ page }) => {
      await openPanel(page);
      await button(page, "Laisser un message").click();
      await choose(page, CSV);
      await field(page).fill("Est-ce la bonne ?");
      let down = true;
      await page.route("**/v1/messages", (route) => (down ? route.abort() : route.fallback()));
      await send(page);
      await page.getByText("Le message n’est pas parti").waitFor();
      down = false;
      await button(page, "Envoyer le message").click();
      await page.getByText("Référence msg_7K4Q").waitFor();
    },
    room,
  );
  expect(posted(room, FILES)).toHaveLength(1);
});

test("R-W95: where somebody comes after all, the files that waited go into the chat", async () => {
  const room = new ScriptedRoom();
  await on(
    browser,
    {},
    async ({ page }) => {
      await openPanel(page);
      await field(page).waitFor();
      closes(room);
      await choose(page, CSV);
      await page.getByText("Fichier gardé : il part avec un message").waitFor();
      room.turnAway = null;
      Object.assign(room, { availability: "online", standing: { actions: ["chat"] } });
      await button(page, "Discuter").click();
      await button(page, /Télécharger mes.tailles/).waitFor();
    },
    room,
  );
  expect(posted(room, FILES)).toEqual([]);
});

test("R-W86 R-W95: a file that was said while one waited goes along with the message", async () => {
  const room = new ScriptedRoom();
  room.status = "queued";
  room.agent = null;
  room.availability = "busy";
  room.standing = { actions: ["queue", "message"], position: 2 };
  await on(
    browser,
    { decision: decisionOf() },
    async (site) => {
      const { page } = site;
      await accept(site);
      await write(page, "La Rivoli en L ?");
      await choose(page, CSV);
      await button(page, /Télécharger mes.tailles/).waitFor();
      room.send({ type: "state", status: "queued", position: 2, wait_seconds: 70 });
      await button(page, "Ne pas attendre").click();
      await until(["mes tailles.csv"], () => names(page));
      await send(page);
      await page.getByText("Référence msg_7K4Q").waitFor();
    },
    room,
  );
  expect(posted(room, FILES)).toHaveLength(1);
  expect(posted(room, MESSAGES)[0]?.body).toMatchObject({ body: "La Rivoli en L ?" });
});
