/** The built widget in a real browser, on a page with a strict policy, against a scripted Aparté. */
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isoOf } from "../../domain/ids.ts";
import { launchBrowser } from "./browser.ts";
import { decisionOf, openTab, ScriptedRoom } from "./scripted-site.ts";
import type { Site } from "./scripted-site.ts";
import { accept, expectAccessible, field, on, PHONE, said, until, write } from "./widget-page.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const names = async (site: Site) => (await site.told()).map((one) => one.name);
const widgetFocused = (page: Page) =>
  page.evaluate(() => document.activeElement?.tagName === "APARTE-WIDGET");
const remembered = (page: Page) => page.evaluate(() => Object.keys(localStorage));

test("R-W20 R-W21: the card takes no focus, stores nothing, is told once as shown, and Escape means no", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page } = site;
    await page.getByRole("heading", { name: "Une hésitation sur les tailles ?" }).waitFor();
    await until(["Engagement Shown"], () => names(site));
    expect(await widgetFocused(page)).toBe(false);
    expect(await remembered(page)).toEqual([]);
    const sizes = await Promise.all(
      ["Discuter", "Non merci"].map((name) => page.getByRole("button", { name }).boundingBox()),
    );
    expect(sizes[0]?.width).toBeCloseTo(sizes[1]?.width ?? 0, 0);
    expect(sizes[0]?.height).toBe(sizes[1]?.height);

    await page.keyboard.press("Escape");
    await until(["Engagement Shown", "Engagement Declined"], () => names(site));
    expect((await site.told())[1]?.properties).toEqual({ decision_id: "dec_1" });
    await page.getByRole("button", { name: "Ouvrir la conversation" }).waitFor();
  });
});

test("R-W39 R-W92: an invitation loads at most 15 KiB after brotli, a chat is drawn with 20 and runs with 24.5", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page } = site;
    const loaded = () =>
      page.evaluate(() =>
        performance
          .getEntriesByType("resource")
          .map((one) => new URL(one.name).pathname)
          .filter((path) => path.startsWith("/w/")),
      );
    await until(["Engagement Shown"], () => names(site));
    const weight = (paths: string[]) =>
      paths.reduce((sum, path) => sum + brotliCompressSync(readFileSync(`dist${path}`)).length, 0);
    const first = await loaded();
    expect(weight(first)).toBeGreaterThan(0);
    expect(weight(first)).toBeLessThanOrEqual(15 * 1_024);
    // Drawn, and written in, before what carries the conversation is there.
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => (letThrough = resolve));
    await page.route(/\/w\/engine-/, async (route) => {
      await held;
      await route.fallback();
    });
    await page.getByRole("button", { name: "Discuter" }).click();
    await field(page).fill("Bonjour");
    await until(first.length + 1, async () => (await loaded()).length);
    expect(weight(await loaded())).toBeLessThanOrEqual(20 * 1_024);
    await page.keyboard.press("Enter");
    letThrough();
    await page.getByText("Envoyé").waitFor();
    const all = await loaded();
    expect(weight(all)).toBeLessThanOrEqual(24.5 * 1_024);
    expect(all.filter((path) => /\/(?:fr|en)\./.test(path))).toEqual([expect.stringContaining("/fr.")]);
  });
});

test("R-W21: the cross means no, and “never again” leaves nothing on the page", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    await site.page.getByRole("button", { name: "Fermer" }).click();
    await until(true, async () => (await names(site)).includes("Engagement Declined"));
  });
  await on(browser, { decision: decisionOf() }, async (site) => {
    await site.page.getByRole("button", { name: "Ne plus me le proposer" }).click();
    await until({ decision_id: "dec_1", forever: true }, async () => {
      return (await site.told()).find((one) => one.name === "Engagement Declined")?.properties;
    });
    expect(await site.page.locator("aparte-widget").getByRole("button").count()).toBe(0);
  });
});

test("R-W22: an invitation that expires is told as ignored; one that is taken back goes without a word", async () => {
  await on(browser, { decision: decisionOf({ expires_at: isoOf(Date.now() + 8_000) }) }, async (site) => {
    await until(["Engagement Shown", "Engagement Ignored"], () => names(site));
  });
  await on(browser, { decision: decisionOf() }, async (site) => {
    await until(["Engagement Shown"], () => names(site));
    await site.page.evaluate(() => (Reflect.get(globalThis, "widget") as { withdraw(): void }).withdraw());
    await site.page.getByRole("button", { name: "Discuter" }).waitFor({ state: "detached" });
    expect(await names(site)).toEqual(["Engagement Shown"]);
  });
});

test("R-W23: the card stays off the button that orders, and survives a site that replaces its body", async () => {
  const body = `<div class="order"><button type="submit" id="order">Passer commande</button></div>`;
  await on(browser, { decision: decisionOf(), body }, async ({ page }) => {
    const card = page.getByRole("region", { name: /Message de/ });
    await page.evaluate(() => {
      const order = document.querySelector<HTMLElement>("#order");
      order?.style.setProperty("position", "fixed");
      order?.style.setProperty("right", "60px");
      order?.style.setProperty("bottom", "100px");
      dispatchEvent(new Event("resize"));
    });
    await until(true, async () => ((await card.boundingBox())?.x ?? 999) < 100);
    await page.evaluate(() => document.body.replaceWith(document.createElement("body")));
    expect(await card.isVisible()).toBe(true);
  });
});

test("R-W23: on a phone the card is a sheet without backdrop, and the page scrolls out from under it", async () => {
  const body = `<div class="tall"></div><button type="submit" id="order">Passer commande</button>`;
  await on(browser, { decision: decisionOf(), body, context: PHONE }, async ({ page }) => {
    const card = page.getByRole("region", { name: /Message de/ });
    await card.waitFor();
    await page.evaluate(() => {
      document.querySelector<HTMLElement>(".tall")?.style.setProperty("height", "1000px");
      scrollTo(0, 100_000);
    });
    const top = (await card.boundingBox())?.y ?? 0;
    const order = await page.locator("#order").boundingBox();
    expect((order?.y ?? 0) + (order?.height ?? 0)).toBeLessThanOrEqual(top);
    expect((await card.boundingBox())?.width).toBe(390);
  });
});

test("R-W24: an offer copies its code and counts as accepted; nothing else is asked", async () => {
  const creative = { title: "10 % ce soir", text: "Soit 28,90 € de moins.", code: "LIN-7K4Q" };
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  await on(browser, { decision: decisionOf({ kind: "offer", creative }), context }, async (site) => {
    await site.page.getByRole("button", { name: "Copier le code" }).click();
    await site.page.getByText("Code copié").waitFor();
    expect(await site.page.evaluate(() => navigator.clipboard.readText())).toBe("LIN-7K4Q");
    expect(await names(site)).toEqual(["Engagement Shown", "Engagement Accepted"]);
  });
});

test("R-W25 R-W30: accepted, both speak, receipts and typing show, and a reload loses nothing", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await accept(site);
    await until(true, () => widgetFocused(page));
    await until(1, () => room.sockets.size);
    const opened = room.posted.find((one) => one.path === "/v1/conversations")?.body;
    expect(opened).toMatchObject({
      writeKey: "demo",
      anonymousId: "anon-1",
      decision_id: "dec_1",
      locale: "fr",
    });
    expect(opened).toHaveProperty("request_id", expect.stringMatching(UUID));

    room.event("assigned", { agent: { id: "usr_lea", name: "Léa" } });
    room.say("Bonjour !");
    await page.getByText("Léa rejoint la conversation").waitFor();
    await write(page, "<img src=x onerror=alert(1)> & moi");
    await page.getByText("Envoyé").waitFor();
    room.send({ type: "typing", from: { role: "agent", id: "usr_lea", name: "Léa" }, on: true });
    await page.getByText("Léa écrit").waitFor();
    room.send({ type: "read", from: { role: "agent", id: "usr_lea", name: "Léa" }, seq: 3 });
    await page.getByText("Lu", { exact: false }).last().waitFor();
    await until(true, () => room.heard.some((frame) => frame.type === "read" && frame.seq >= 2));
    expect(room.heard.some((frame) => frame.type === "typing" && frame.on)).toBe(true);

    await field(page).fill("et un brouillon");
    await page.reload();
    await field(page).waitFor();
    await until(["Léa : Bonjour !", "Vous : <img src=x onerror=alert(1)> & moi"], () => said(page));
    expect(await field(page).inputValue()).toBe("et un brouillon");
    expect(room.log.filter((one) => one.type === "message" && one.from.role === "visitor")).toHaveLength(1);
  });
});

test("R-W2: a hole in the log is asked for and mended, in order", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await accept(site);
    await until(1, () => room.sockets.size);
    room.say("un");
    room.sayUnheard("deux");
    room.sayUnheard("trois");
    room.say("quatre");
    await until(
      ["un", "deux", "trois", "quatre"].map((one) => `Léa : ${one}`),
      () => said(page),
    );
    expect(room.heard).toContainEqual({ type: "range", from: 2, to: 3 });
  });
});

test("R-W8 R-W31: written while the line is cut and reloaded before it comes back: sent once, in order", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await accept(site);
    await until(1, () => room.sockets.size);
    await write(page, "avant");
    await page.getByText("Envoyé").waitFor();
    await room.cut();
    await write(page, "pendant");
    await write(page, "et encore");
    await page.getByText("En attente d’envoi").last().waitFor();
    await page.getByRole("button", { name: "Essayer" }).waitFor();
    await page.reload();
    await until(["Vous : pendant", "Vous : et encore"], () => said(page));
    room.down = false;
    await until(
      ["avant", "pendant", "et encore"].map((one) => `Vous : ${one}`),
      () => said(page),
    );
    await until(["avant", "pendant", "et encore"], () => room.log.map((one) => one["body"]));
    await until("none", () =>
      page
        .locator(".strip")
        .count()
        .then((count) => (count === 0 ? "none" : "strip")),
    );
  });
});

test("R-W10: 4101 fetches a new token by the old one; 4200 ends it", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await accept(site);
    await until(1, () => room.sockets.size);
    await Promise.all([...room.sockets].map((socket) => socket.close({ code: 4_101 })));
    await until(2, () => room.posted.filter((one) => one.path === "/v1/conversations").length);
    expect(room.posted.at(-1)?.body).toMatchObject({ token: "token-1" });
    await until(2, () => room.heard.filter((frame) => frame.type === "hello").length);
    await Promise.all([...room.sockets].map((socket) => socket.close({ code: 4_200 })));
    await page.getByText("Conversation terminée").waitFor();
  });
});

test("R-W32 P12: two tabs of one visitor show the same messages", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room, context } = site;
    await accept(site);
    await until(1, () => room.sockets.size);
    const second = await openTab(context, {}, room);
    await second.getByRole("button", { name: /Ouvrir la conversation/ }).click();
    await field(second).waitFor();
    await until(2, () => room.sockets.size);
    await write(page, "du premier");
    await write(second, "du second");
    const both = ["Vous : du premier", "Vous : du second"].toSorted();
    await until(both, async () => (await said(page)).toSorted());
    await until(both, async () => (await said(second)).toSorted());
  });
});

test("P27 R-W33: of a room that was set back, what is said after that is counted as not read", async () => {
  const room = new ScriptedRoom();
  await on(
    browser,
    { decision: decisionOf() },
    async (site) => {
      const { page } = site;
      await accept(site);
      await write(page, "Bonjour");
      await page.getByText("Envoyé").waitFor();
      for (const text of ["Un.", "Deux.", "Trois."]) room.say(text);
      await until(true, () => room.heard.some((frame) => frame.type === "read" && frame.seq === 4));
      await page.getByRole("button", { name: "Réduire" }).click();
      await page.getByRole("button", { name: "Ouvrir la conversation" }).waitFor();
      room.log.length = 2;
      room.epoch = "epoch-2";
      await room.cut(4_000);
      room.down = false;
      await until(true, () => room.sockets.size > 0);
      room.say("Deux, autrement.");
      await page.getByRole("button", { name: "Ouvrir la conversation, 1 message non lu" }).click();
      await until(["Vous : Bonjour", "Léa : Un.", "Léa : Deux, autrement."], () => said(page));
    },
    room,
  );
});

test("R-W33: minimised, the launcher counts what was not read, and focus goes there and back", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    const { page, room } = site;
    await accept(site);
    await until(1, () => room.sockets.size);
    await page.keyboard.press("Escape");
    const launcher = page.getByRole("button", { name: /Ouvrir la conversation/ });
    await launcher.waitFor();
    await until(true, () => widgetFocused(page));
    room.say("un");
    room.say("deux");
    await page.getByRole("button", { name: "Ouvrir la conversation, 2 messages non lus" }).waitFor();
    await page.keyboard.press("Enter");
    await field(page).waitFor();
    await until(true, () => room.heard.some((frame) => frame.type === "read" && frame.seq === 2));
  });
});

test("R-W34: the queue says the place and the wait", async () => {
  const room = new ScriptedRoom();
  room.status = "queued";
  room.agent = null;
  await on(
    browser,
    { decision: decisionOf() },
    async (site) => {
      await accept(site);
      await until(1, () => room.sockets.size);
      room.send({ type: "state", status: "queued", position: 2, wait_seconds: 70 });
      await site.page.getByRole("heading", { name: "Vous êtes en 2ᵉ position" }).waitFor();
      await site.page.getByText("Environ 1 min d’attente").waitFor();
    },
    room,
  );
});

test("R-W36: nobody there: the typed question is kept, checked, left by e-mail and receipted", async () => {
  await on(browser, { decision: decisionOf(), availability: "closed" }, async (site) => {
    const { page, room } = site;
    await page.getByRole("button", { name: "Discuter" }).click();
    await field(page).fill("La Rivoli en L taille grand ?");
    await page.getByRole("textbox", { name: "Votre e-mail" }).fill("claire@exemple");
    await page.getByRole("button", { name: "Envoyer le message" }).click();
    await page.getByText("Une adresse comme").waitFor();
    await expectAccessible(page);
    await page.reload();
    await page.getByRole("button", { name: "Discuter" }).click();
    expect(await field(page).inputValue()).toBe("La Rivoli en L taille grand ?");
    await page.getByRole("textbox", { name: "Votre e-mail" }).fill("claire@exemple.fr");
    await page.getByRole("button", { name: "Envoyer le message" }).click();
    await page.getByText("Référence msg_7K4Q").waitFor();
    const left = room.posted.find((one) => one.path === "/v1/messages")?.body;
    expect(left).toMatchObject({ writeKey: "demo", anonymousId: "anon-1", email: "claire@exemple.fr" });
    expect(left).toHaveProperty("request_id", expect.stringMatching(UUID));
    expect(room.posted.some((one) => one.path === "/v1/conversations")).toBe(false);
  });
});

test("R-W37: English, dark, forced colours and right to left are each a face of the same widget", async () => {
  const en = decisionOf({ creative: { title: "Unsure about sizes?", agent: { name: "Léa" } } });
  const contexts = [{ colorScheme: "dark" as const }, { forcedColors: "active" as const }, {}];
  for (const context of contexts) {
    await on(browser, { decision: en, locale: "en", context }, async ({ page }) => {
      await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
      await page.getByText("Available now").waitFor();
      const card = await page.getByRole("region", { name: "Message from Atelier Lin" }).boundingBox();
      expect(card?.x).toBeLessThan(100);
      await page.getByRole("button", { name: "Chat" }).click();
      await page.getByRole("textbox", { name: "Your message" }).waitFor();
    });
  }
});

test("R-W38: destroyed, the widget leaves neither element nor memory", async () => {
  await on(browser, { decision: decisionOf() }, async (site) => {
    await accept(site);
    await until(1, () => site.room.sockets.size);
    expect(await remembered(site.page)).toEqual(["aparte:demo:conversation"]);
    await site.page.evaluate(() => (Reflect.get(globalThis, "widget") as { destroy(): void }).destroy());
    expect(await remembered(site.page)).toEqual([]);
    expect(await site.page.locator("aparte-widget").count()).toBe(0);
    await site.page.evaluate(() => document.body.append(document.createElement("aparte-widget")));
  });
});
