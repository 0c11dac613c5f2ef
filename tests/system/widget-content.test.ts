/** Content in a slot of the page, delayed showing and the card's corner, in a real browser. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isoOf } from "../../domain/ids.ts";
import type { Decision } from "../../domain/targeting/decision.ts";
import { launchBrowser } from "./browser.ts";
import { decisionOf, ScriptedRoom, type Site, visit } from "./scripted-site.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const HOSTILE = '<img src=x onerror="globalThis.broken = true"> {{ 7 }}';
const blocks = [
  { type: "heading", text: HOSTILE },
  { type: "text", text: "Retours gratuits pendant 30 jours." },
  { type: "list", items: ["Coton", "Lin"] },
  { type: "image", image: "javascript:alert(1)", alt: "" },
  { type: "link", text: "Mauvais lien", link: "javascript:globalThis.broken = true" },
  { type: "link", text: "Le guide", link: "/guide" },
];
const content: Decision = {
  ...decisionOf(),
  kind: "content",
  creative: { slot: "banner", blocks: blocks as never },
};
/** Counts every layout shift, whatever caused it, and those after an input too. */
const COUNT_SHIFTS = () => {
  const page = globalThis as unknown as { shifts: number };
  page.shifts = 0;
  new PerformanceObserver((list) => {
    page.shifts += list.getEntries().length;
  }).observe({ type: "layout-shift" });
};
const shifts = (page: Page) => page.evaluate(() => (globalThis as unknown as { shifts: number }).shifts);
const names = async (site: Site) => (await site.told()).map((one) => one.name);

async function openShop(body: string, decision: Decision | null): Promise<Site> {
  const site = await visit(browser, { body, decision: null });
  await site.page.evaluate(COUNT_SHIFTS);
  if (decision !== null) await show(site.page, decision);
  return site;
}

async function show(page: Page, decision: Decision): Promise<void> {
  await page.evaluate((shown) => {
    (globalThis as unknown as { widget: { show(next: unknown): void } }).widget.show(shown);
  }, decision);
}

test("R-W70 R-W71: content fills a slot that has room, as text, moves nothing, and is told once as shown and followed", async () => {
  const site = await openShop(
    '<div data-aparte-slot="banner" class="room"><p>Livraison offerte</p></div><p>Après</p>',
    null,
  );
  const { page, context } = site;
  try {
    // The policy of this page allows no inline style, so the room is made by script, as its own stylesheet would.
    await page.evaluate(async () => {
      document.querySelector<HTMLElement>(".room")?.style.setProperty("min-height", "420px");
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
      Reflect.set(globalThis, "shifts", 0);
    });
    await show(page, content);
    const slot = page.locator("[data-aparte-slot=banner]");
    await slot.getByText("Retours gratuits").waitFor();
    expect(await slot.getByRole("heading").textContent()).toBe(HOSTILE);
    expect(await slot.locator("img").count()).toBe(0);
    expect(await slot.getByRole("link").allTextContents()).toEqual(["Le guide"]);
    await expect.poll(() => names(site)).toEqual(["Engagement Shown"]);
    expect(await shifts(page)).toBe(0);
    expect(await page.evaluate(() => Reflect.get(globalThis, "broken"))).toBeUndefined();
    await slot.getByRole("link").click();
    await page.waitForURL("**/guide");
  } finally {
    await context.close();
  }
});

test("R-W71: a slot without room waits until it lies below the window, and a page without the slot is left alone", async () => {
  const site = await openShop('<div data-aparte-slot="banner"></div><p id="after">Après</p>', content);
  const { page, context } = site;
  try {
    const slot = page.locator("[data-aparte-slot=banner]");
    expect(await slot.textContent()).toBe("");
    await page.evaluate(() => {
      const room = document.createElement("div");
      room.style.setProperty("height", "3000px");
      document.querySelector("main")?.prepend(room);
    });
    await slot.getByText("Retours gratuits").waitFor({ state: "attached" });
    expect(await names(site)).toEqual([]);
    await slot.scrollIntoViewIfNeeded();
    await expect.poll(() => names(site)).toEqual(["Engagement Shown"]);
  } finally {
    await context.close();
  }
  const other = await openShop("<p>Rien ici</p>", content);
  try {
    await show(other.page, decisionOf({ id: "dec_3" }));
    await other.page.getByRole("heading", { name: "Une hésitation sur les tailles ?" }).waitFor();
    expect(await names(other)).not.toContain("Engagement Accepted");
  } finally {
    await other.context.close();
  }
});

test("R-W72 R-W73: a delayed card is shown at its moment, not before, in the corner that was chosen", async () => {
  const showAt = Date.now() + 2_500;
  const delayed: Decision = { ...decisionOf(), show_at: isoOf(showAt) };
  const site = await openShop("", { ...delayed, creative: { ...delayed.creative, position: "start" } });
  const { page, context } = site;
  try {
    const card = page.getByRole("heading", { name: "Une hésitation sur les tailles ?" });
    await card.waitFor();
    expect(await page.evaluate(() => Date.now())).toBeGreaterThanOrEqual(showAt);
    const box = await page.locator("aparte-widget .card").boundingBox();
    expect(box?.x).toBe(32);
    await expect.poll(() => names(site)).toEqual(["Engagement Shown"]);
  } finally {
    await context.close();
  }
});

test("T104: an offer without code or link is taken with words of its own, and opens no chat", async () => {
  const creative = { title: "Livraison offerte ce soir", text: "Elle est déduite à la caisse." };
  for (const [locale, word, kind] of [
    ["fr", "J’en profite", "offer"],
    ["en", "I’ll take it", "offer"],
    ["fr", "D’accord", "content"],
    ["en", "Got it", "content"],
  ] as const) {
    const site = await visit(browser, { locale, decision: { ...decisionOf(), kind, creative } });
    const { page, context, room } = site;
    const card = page.locator("aparte-widget .card");
    await card.getByRole("heading", { name: "Livraison offerte ce soir" }).waitFor();
    if (process.env["SHOTS"] !== undefined) {
      await page.screenshot({ path: `${process.env["SHOTS"]}/card-${kind}-${locale}.png` });
    }
    await card.getByRole("button", { name: word }).click();
    await card.waitFor({ state: "detached" });
    await expect.poll(() => names(site)).toEqual(["Engagement Shown", "Engagement Accepted"]);
    expect(room.posted.filter(({ path }) => path === "/v1/conversations")).toEqual([]);
    expect(await page.locator("aparte-widget .panel").count()).toBe(0);
    await context.close();
  }
});

test("R-W74: where the kept place is gone, the visitor is told so, may wait or leave the question, and keeps what was typed", async () => {
  const room = new ScriptedRoom();
  room.agent = null;
  room.place = { held: false, state: "busy", wait_seconds: 240 };
  const site = await visit(browser, { decision: decisionOf() }, room);
  const { page, context } = site;
  try {
    await page.getByRole("button", { name: "Discuter" }).click();
    await page.getByText("Tout le monde est occupé").waitFor();
    await page.getByRole("textbox", { name: "Votre message" }).fill("Le M taille-t-il grand ?");
    await page.getByRole("button", { name: "Attendre une réponse ici" }).click();
    const message = page.getByRole("textbox", { name: "Votre message" });
    await page.getByRole("textbox", { name: "Votre e-mail" }).waitFor({ state: "detached" });
    expect(await message.inputValue()).toBe("Le M taille-t-il grand ?");
  } finally {
    await context.close();
  }
});
