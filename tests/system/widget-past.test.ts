/** What was said before, and a call that is booked, beside a chat; in a real browser against a scripted Aparté. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isoOf } from "../../domain/ids.ts";
import { launchBrowser } from "./browser.ts";
import { type Options, ScriptedRoom, visit } from "./scripted-site.ts";
import { expectAccessible, field, on, PHONE, shoot, until, write } from "./widget-page.ts";

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
const kept = (page: Page) => page.evaluate(() => localStorage.getItem("aparte:demo:past"));

const AT = Date.UTC(2026, 10, 20, 9, 12);
const WORDS = ["La Rivoli en L taille grand ?", "Elle taille droit. **M** va jusqu’à 102 cm."];

function roomWithPast(): ScriptedRoom {
  const said = new ScriptedRoom();
  const from = { role: "visitor" as const, id: "vis", name: null };
  said.event("assigned", { agent: { id: "usr_lea", name: "Léa" } });
  const mine = { type: "message" as const, seq: 2, at: isoOf(AT), from, kind: "text" as const };
  said.log.push({ ...mine, body: WORDS[0] ?? "", client_id: crypto.randomUUID() });
  said.say(WORDS[1] ?? "", { html: "<p>Elle taille droit. <strong>M</strong> va jusqu’à 102 cm.</p>" });
  said.event("closed", { reason: "visitor" });
  const room = new ScriptedRoom();
  const last = "Elle taille droit. **M** va jusqu’à 102 cm.";
  room.past = [
    { id: "cnv_past_2", token: "token-past-2", at: isoOf(AT), agent: "Léa Martin", last, events: said.log },
    { id: "cnv_past_1", token: "token-past-1", at: isoOf(AT - 9e8), agent: null, last: "Merci", events: [] },
  ];
  return room;
}

test("R-W96: what was said before is listed by day and last line, and read as it was, whatever the page looks like", async () => {
  const looks: [string, Options, string[]][] = [
    ["light", {}, ["Options", "Vos conversations passées", "20 novembre 2026", "Toutes vos conversations"]],
    [
      "dark-en",
      { locale: "en", context: { colorScheme: "dark" } },
      ["Options", "Your past conversations", "20 November 2026", "All your conversations"],
    ],
    [
      "phone-rtl",
      {
        context: PHONE,
        before: "document.addEventListener('DOMContentLoaded', () => (document.documentElement.dir = 'rtl'))",
      },
      ["Options", "Vos conversations passées", "20 novembre 2026", "Toutes vos conversations"],
    ],
  ];
  for (const [name, look, [options = "", past = "", day = "", all = ""]] of looks) {
    await on(
      browser,
      look,
      async ({ page }) => {
        await openPanel(page);
        await button(page, options).click();
        await button(page, past).click();
        const listed = page.getByRole("list", { name: past }).getByRole("button");
        await until(2, () => listed.count());
        await shoot(page, `past-list-${name}`);
        await expectAccessible(page);
        await button(page, new RegExp(day)).click();
        await page.getByText(WORDS[0] ?? "").waitFor();
        await until("M", () => page.locator(".rich strong").textContent());
        expect(await page.getByRole("textbox").count()).toBe(0);
        await shoot(page, `past-read-${name}`);
        await expectAccessible(page);
        await button(page, all).click();
        await until(2, () => listed.count());
      },
      roomWithPast(),
    );
  }
});

test("R-W96: a conversation that is over is kept on the device once a new one is begun, and gone with the widget", async () => {
  const room = roomWithPast();
  const { page, context } = await visit(browser, {}, room);
  await openPanel(page);
  await field(page).waitFor();
  await write(page, "Bonjour");
  await page.getByText("Envoyé").waitFor();
  expect(await kept(page)).toBe(null);
  room.status = "closed";
  room.event("closed", { reason: "agent" });
  await button(page, "Nouvelle conversation").click();
  await field(page).waitFor();
  expect(await kept(page)).toBe("token-1");
  await button(page, "Options").click();
  await button(page, "Vos conversations passées").click();
  await button(page, /20 novembre 2026/).waitFor();
  const asked = room.posted.find(({ path }) => path === "/v1/conversations/past")?.body;
  expect(asked).toEqual({ writeKey: "demo", anonymousId: "anon-1", tokens: ["token-1"] });
  await page.evaluate(() => (Reflect.get(globalThis, "widget") as { destroy(): void }).destroy());
  expect(await kept(page)).toBe(null);
  await context.close();
});

test("R-W96: who has gone to what was said before stays there, though the answer of how things stand comes late", async () => {
  const { page, context } = await visit(browser, {}, roomWithPast());
  const late = Promise.withResolvers<void>();
  const isStanding = (url: string) => url.includes("/v1/availability");
  let [asked, heard] = [0, 0];
  page.on("requestfinished", (request) => void (heard += Number(isStanding(request.url()))));
  await page.route(/\/v1\/availability/, async (route) => {
    asked += 1;
    await late.promise;
    await route.fallback();
  });
  await openPanel(page);
  await button(page, "Options").click();
  await button(page, "Vos conversations passées").click();
  await button(page, /20 novembre 2026/).waitFor();
  late.resolve();
  await until(true, () => heard > 0 && heard === asked);
  // What the answer changes is drawn by the next frame.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
  await button(page, /20 novembre 2026/).click({ timeout: 5_000 });
  await page.getByText(WORDS[0] ?? "").waitFor();
  await context.close();
});

test("R-W96: by keyboard there and back; who is signed in says so; a list that does not come can be asked for again", async () => {
  const room = roomWithPast();
  const { past } = room;
  room.past = null;
  await on(
    browser,
    { identityToken: "signed" },
    async ({ page }) => {
      await openPanel(page);
      await field(page).waitFor();
      await button(page, "Options").focus();
      await page.keyboard.press("Enter");
      await button(page, "Vos conversations passées").focus();
      await page.keyboard.press("Enter");
      await page.getByRole("alert").waitFor();
      room.past = past;
      await button(page, "Essayer").focus();
      await page.keyboard.press("Enter");
      await button(page, /20 novembre 2026/).focus();
      await page.keyboard.press("Enter");
      await page.getByText(WORDS[0] ?? "").waitFor();
      // Where one begins to read, Tab leads back to the list first.
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await button(page, "Revenir à la conversation").focus();
      await page.keyboard.press("Enter");
      await field(page).waitFor();
    },
    room,
  );
  const asked = room.posted.filter(({ path }) => path === "/v1/conversations/past");
  for (const { body } of asked) expect(body).toMatchObject({ identity_token: "signed", tokens: [] });
});

test("R-W96: nothing known says so; what is said in the chat meanwhile is counted on the way back, and not told as read", async () => {
  const room = new ScriptedRoom();
  await on(
    browser,
    {},
    async ({ page }) => {
      await openPanel(page);
      await field(page).waitFor();
      await write(page, "Bonjour");
      await page.getByText("Envoyé").waitFor();
      await button(page, "Options").click();
      await button(page, "Vos conversations passées").click();
      await page.getByText("Aucune conversation passée n’est connue sur cet appareil.").waitFor();
      const { seq } = room.say("Je regarde.");
      const read = () => room.heard.some((frame) => frame.type === "read" && frame.seq >= seq);
      await button(page, /1 message non lu/).waitFor();
      expect(read()).toBe(false);
      await button(page, /1 message non lu/).click();
      await page.getByText("Je regarde.").waitFor();
      await until(true, read);
    },
    room,
  );
});

test("R-W84: a call that is booked is moved from a chat that somebody may answer", async () => {
  const room = new ScriptedRoom();
  const first = Date.now() + 86_400_000;
  room.slots = [0, 30, 60].map((minutes) => isoOf(first + minutes * 60_000));
  const callback = { id: "cal_1", reference: "RAP-4", slot: room.slots[0], status: "booked", phone: "06" };
  const call = JSON.stringify({ callback, token: "call-token", timezone: "Europe/Paris", ics: "" });
  await on(
    browser,
    { before: `sessionStorage.setItem("aparte:demo:call", ${JSON.stringify(call)})` },
    async ({ page }) => {
      await openPanel(page);
      await field(page).waitFor();
      await button(page, "Options").click();
      await shoot(page, "past-menu");
      await expectAccessible(page);
      await button(page, /^Votre rappel/).click();
      await button(page, "Changer d’heure").click();
      await page.getByRole("radio").nth(1).check({ force: true });
      await button(page, "Changer l’heure").click();
      await button(page, "Changer d’heure").waitFor();
      await shoot(page, "past-call");
      await button(page, "Revenir à la conversation").click();
      await field(page).waitFor();
    },
    room,
  );
  expect(room.posted.map(({ path }) => path)).toContain("/v1/callbacks/cal_1/move");
});
