/**
 * What visitors send is text wherever it is read: every field of the ingest filled with hostile texts, then every screen
 * of admin and console, the exports and the card in the page looked at in a real browser.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Papa from "papaparse";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type RunningServer } from "../../scripts/server.ts";
import { launchBrowser } from "./browser.ts";
import { ChatClient, type LogFrame } from "./chat-client.ts";
import { DEMO_API_KEY, DEMO_PASSWORD, eventually, exported, post, signIn } from "./demo-api.ts";
import { ENDLESS, HOSTILE, within } from "./hostile-texts.ts";
import {
  carelessMessages,
  messagesWith,
  sendBatch,
  shareOut,
  speak,
  type Visitor,
} from "./hostile-traffic.ts";
import { openWatched, type WatchedPage } from "./watched-page.ts";

const KEY = { authorization: `Bearer ${DEMO_API_KEY}` };
const VISITORS = 10;
const SHOTS = process.env["SHOTS"];
const PHONE = { width: 390, height: 844 };
/** A text that is easy to find again, in a title, a message and a name. */
const SAMPLE = `<img src=x onerror="globalThis.owned=1">`;

const stateDir = mkdtempSync(join(tmpdir(), "aparte-markup-"));
let server: RunningServer;
let browser: Browser;
let campaign: string;
let segment: string;
let visitors: Visitor[];

beforeAll(async () => {
  server = await startServer({ port: 0, stateDir });
  browser = await launchBrowser();
  const sites = `${server.url}/api/sites/demo`;
  segment = (await post<{ id: string }>(`${sites}/segments`, MARKUP_SEGMENT, KEY)).id;
  await post(`${sites}/segments/library/searching?locale=fr`, {}, KEY);
  campaign = (await post<{ id: string }>(`${sites}/campaigns`, EVERYBODY, KEY)).id;
  await eventually(
    () => sendBatch(server.url, messagesWith("is it live", `probe-${crypto.randomUUID()}`).slice(0, 1)),
    ({ decisions }) => decisions.length > 0,
  );
  visitors = [];
  for (const { id, texts } of shareOut(HOSTILE, VISITORS)) {
    for (const text of texts) {
      for (const message of messagesWith(text, id)) {
        const answer = await sendBatch(server.url, [message]);
        expect({ text, status: answer.status, rejected: answer.rejected }).toEqual({
          text,
          status: 200,
          rejected: [],
        });
      }
    }
    visitors.push({ id, texts, chat: await speak(server.url, id, texts) });
  }
  await eventually(
    () => exported(server.url, "exposures"),
    (rows) => rows.length >= VISITORS,
  );
}, 300_000);
afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

/** Asks about every fact in which a visitor's own words may be, so that each of them is explained. */
const ASKED = [
  "page.title",
  "page.path",
  "page.url",
  "page.referrer",
  "session.search_terms",
  "session.affiliate",
  "session.entry_path",
  "session.utm.source",
  "session.utm.campaign",
  "cart.currency",
  "form.id",
  "form.field",
  "device.language",
  "device.browser",
  "event.name",
  "event.properties.name",
  "event.properties.signal",
  "visitor.traits.name",
];
const MARKUP_SEGMENT = { key: "markup", name: "Titre balisé", condition: { "page.title": { $regex: "<" } } };
const WORDS = {
  title: "{{ page.title }}",
  text: "{{ event.properties.name }} · {{ page.path }} · {{ cart.currency }}",
  code: "{{ page.title }}",
  link: "https://shop.example/{{ page.title }}",
};
const EVERYBODY = {
  name: "Tout le monde",
  kind: "offer",
  status: "live",
  priority: 900,
  holdout: 0.5,
  condition: {
    $or: [{ "segment.markup": true }, ...ASKED.map((fact) => ({ [fact]: { $ne: "nobody says so" } }))],
  },
  variants: [{ key: "a", weight: 1, creative: { fr: WORDS, en: WORDS } }],
};

async function enter(options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const watched = await openWatched(browser, server.url, {
    locale: "fr-FR",
    reducedMotion: "reduce",
    viewport: { width: 1_440, height: 900 },
    ...options,
  });
  watched.context.setDefaultTimeout(20_000);
  return watched;
}

async function enterAdmin(options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const watched = await enter(options);
  const cookies = (await signIn(server.url, "admin@demo.test")).split("; ").map((pair) => {
    const [name = "", ...rest] = pair.split("=");
    return { name, value: rest.join("="), url: server.url };
  });
  await watched.context.addCookies(cookies);
  return watched;
}

async function open(page: Page, screen: string): Promise<void> {
  await page.goto(`${server.url}/admin/demo${screen}`);
  await page.locator("#main h1").waitFor();
  await page.locator("#main .loading, #main .skeleton").first().waitFor({ state: "detached" });
}

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  const { width, height } = page.viewportSize() ?? PHONE;
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  await page.setViewportSize(PHONE);
  await page.screenshot({ path: `${SHOTS}/${name}-phone.png`, fullPage: true });
  await page.setViewportSize({ width, height });
}

const wordsOf = async (page: Page): Promise<string> => (await page.locator("#main").textContent()) ?? "";
/** What a screen can show of `text`: a control character or half of a pair stands for itself nowhere. */
const shown = (text: string): string =>
  text
    .slice(0, 60)
    .split(/\p{Cc}|\p{Cs}/u)
    .find((part) => part !== "") ?? "";

test("R-T1: whatever a message holds, it is taken or refused with a reason, and never fails us", async () => {
  for (const text of [...HOSTILE, ...ENDLESS]) {
    for (const message of carelessMessages(text)) {
      const answer = await sendBatch(server.url, [message]);
      expect([200, 400, 413], JSON.stringify(message)).toContain(answer.status);
    }
  }
});

test("R-T2: what a screen must not do is noticed where a page does it, and the admin's policy forbids it besides", async () => {
  const { context, page, troubles } = await enterAdmin();
  const act = () =>
    page.evaluate(() => {
      const link = document.createElement("a");
      link.href = " java\tscript:alert(1)";
      const picture = document.createElement("img");
      picture.src = "//evil.example/a.gif";
      document.body.append(link, picture);
      Reflect.set(globalThis, "owned", 1);
      setTimeout(() => alert("here"));
      link.setAttribute("onclick", "alert(1)");
    });
  const noticed = async (...signs: string[]) => {
    for (const sign of signs) {
      await expect.poll(() => troubles.some((one) => one.includes(sign)), { message: sign }).toBe(true);
    }
  };
  await page.goto(`${server.url}/shop/`);
  await act();
  await noticed("<a href", "<a onclick", "evil.example", "a script ran", "dialog: here");
  await open(page, "/campaigns");
  await expect(act()).rejects.toThrow("TrustedScript");
  await noticed("forbidden: require-trusted-types-for", "forbidden: img-src");
  await context.close();
});

test("R-T2: every screen of the admin shows what visitors sent as text, and nothing of it acts", async () => {
  const { context, page, troubles } = await enterAdmin();
  for (const screen of [
    "?period=today",
    "/campaigns",
    "/segments",
    "/settings",
    "/install",
    "/team",
    "/api-keys",
  ]) {
    await open(page, screen);
    await shoot(page, `admin${screen.replaceAll(/\W/g, "-")}`);
  }
  await open(page, `/segments/${segment}`);

  await open(page, "/left-messages");
  await page.getByText(SAMPLE).first().waitFor();
  const left = await wordsOf(page);
  for (const text of HOSTILE) expect(left).toContain(shown(text));
  await shoot(page, "left-messages");

  await open(page, "/conversations");
  await page
    .getByText(visitors[0]?.texts[0] ?? "")
    .first()
    .waitFor();
  await shoot(page, "conversations");
  expect(troubles).toEqual([]);
  await context.close();
});

test("R-T3: each moment of a hostile visit is explained in its own words, and nothing of it acts", async () => {
  const { context, page, troubles } = await enterAdmin();
  for (const { id, texts } of visitors) {
    await open(page, `/visitors/${encodeURIComponent(id.toWellFormed())}`);
    const moments = page.getByRole("listbox");
    await moments.waitFor();
    const told = (await moments.textContent()) ?? "";
    for (const text of texts) expect(told).toContain(shown(text));
    const count = await moments.getByRole("option").count();
    expect(count).toBeGreaterThanOrEqual(texts.length * 7);
    for (let at = 0; at < count; at += 1) {
      const moment = page.locator(`#moment-${at}`);
      if ((await moment.getAttribute("aria-selected")) !== "true") {
        const answer = page.waitForResponse((response) => response.url().endsWith(`at=${at}`));
        await moment.click();
        await answer;
      }
      await page.waitForFunction(() => document.querySelector(".why-moment [aria-busy=true]") === null);
    }
    expect(await page.locator(".details").first().textContent()).toContain(shown(texts.at(-1) ?? ""));
  }
  await shoot(page, "why");
  expect(troubles).toEqual([]);
  await context.close();
}, 300_000);

test("R-T4: suggestions of values, reasons and the dry run take the visitors’ words as text", async () => {
  const { context, page, troubles } = await enterAdmin();
  await open(page, `/campaigns/${campaign}`);
  await page.locator(".row").first().waitFor();
  await page.locator(".reason-counts .bars").waitFor();
  const entry = page
    .locator(".row")
    .filter({ has: page.locator('option[value="session.entry_path"]:checked') });
  const value = entry.getByLabel("Valeur", { exact: true });
  await value.fill("<");
  await expect.poll(() => entry.locator("datalist option").count()).toBeGreaterThan(3);
  const values = await entry
    .locator("datalist option")
    .evaluateAll((options) => options.map((option) => option.getAttribute("value") ?? ""));
  expect(values.every((one) => one.startsWith("<"))).toBe(true);
  expect(HOSTILE.map((text) => text.slice(0, 40))).toEqual(
    expect.arrayContaining(values.map((one) => one.slice(0, 40))),
  );
  const panel = page.locator(".dry-run");
  const timestamp = new Date().toISOString();
  const lines = HOSTILE.slice(0, 12).flatMap((text) => messagesWith(text, within(text, 200)));
  const buffer = Buffer.from(lines.map((line) => JSON.stringify({ ...line, timestamp })).join("\n"));
  const file = { name: `${SAMPLE.replaceAll("/", "")}.ndjson`, mimeType: "application/x-ndjson", buffer };
  await panel.getByLabel("Rejouer un fichier").setInputFiles(file);
  await panel.locator(".bar-point").first().waitFor();
  expect(await panel.textContent()).toContain(file.name);
  await shoot(page, "campaign");
  expect(troubles).toEqual([]);
  await context.close();
});

test("R-T5: queue, conversation and context of the console show the visitors’ words as text, and nothing of it acts", async () => {
  const { context, page, troubles } = await enter();
  // The lists keep only what is in sight in the page: here that is all.
  await page.setViewportSize({ width: 1_440, height: 3_000 });
  await page.goto(`${server.url}/console/`);
  await page.getByLabel("Adresse e-mail").fill("lea@demo.test");
  await page.getByLabel("Mot de passe").fill(DEMO_PASSWORD);
  await page.getByRole("button", { name: "Se connecter" }).click();
  await page
    .locator(".queue-row")
    .nth(VISITORS - 1)
    .waitFor();
  const queue = (await page.locator(".list-pane").textContent()) ?? "";
  for (const { texts } of visitors) expect(queue).toContain(shown(texts[0] ?? "").trim());
  await shoot(page, "console-queue");
  const taken = page.locator(".mine-part .row");
  for (let count = 1; count <= VISITORS; count += 1) {
    await page.getByRole("button", { name: /^Prendre quand même/ }).click();
    await taken.nth(count - 1).waitFor();
  }
  for (const { chat, texts } of visitors) {
    await page.evaluate((id) => (location.hash = `#/c/${encodeURIComponent(id)}`), chat.id);
    const log = page.getByRole("log");
    for (const text of texts) await log.getByText(shown(text).trim()).first().waitFor();
    const here = page.locator(".trail li.here");
    await here.getByText(shown(texts.at(-1) ?? "").trim()).waitFor();
    const cart = (await page.locator(".context-pane .cart").textContent()) ?? "";
    expect(cart).toContain(shown(texts.at(-1) ?? "").trim());
  }
  await shoot(page, "console-conversation");
  await page.evaluate(() => (location.hash = "#/messages"));
  await page.locator(".left-message").getByText(SAMPLE).first().waitFor();
  await shoot(page, "console-left");
  expect(troubles).toEqual([]);
  await context.close();
});

test("R-T2: a conversation that ended is read by the admin as text, message by message", async () => {
  const { context, page, troubles } = await enterAdmin();
  await endConversations();
  for (const { chat, texts } of visitors) {
    await open(page, `/conversations/${chat.id}`);
    const play = (await page.locator(".play").textContent()) ?? "";
    for (const text of texts) expect(play).toContain(shown(text).trim());
  }
  await shoot(page, "transcript");
  expect(troubles).toEqual([]);
  await context.close();
});

let ended: Promise<void> | undefined;
/** What was said is in the admin and in the exports once a conversation has ended; each ends once. */
function endConversations(): Promise<void> {
  ended ??= (async () => {
    for (const { chat, texts } of visitors) {
      const visitor = new ChatClient("visitor");
      await visitor.connect(chat.socket, chat.token);
      visitor.end();
      await visitor.until(() => [...visitor.log.values()].some(isEnd), "the end");
      visitor.close();
      const address = `${server.url}/api/sites/demo/conversations/${chat.id}`;
      await eventually(
        async () => (await (await fetch(address, { headers: KEY })).json()) as { log: unknown[] },
        ({ log }) => log.length > texts.length,
      );
    }
  })();
  return ended;
}

const isEnd = (frame: LogFrame): boolean => frame.type === "event" && frame.name === "closed";

test("R-T6: no cell of an export is a formula, and every table reads as the CSV that was written", async () => {
  const tables = ["sessions", "exposures", "orders", "conversations", "messages", "surveys"];
  const said = new Set<string>();
  await endConversations();
  for (const table of tables) {
    const answer = await fetch(`${server.url}/api/sites/demo/exports/${table}.csv`, { headers: KEY });
    const { data, errors } = Papa.parse<string[]>((await answer.text()).replace(/^\uFEFF/, ""), {
      skipEmptyLines: true,
    });
    expect(errors).toEqual([]);
    expect(new Set(data.map((row) => row.length)).size, table).toBe(1);
    expect(data.length, table).toBeGreaterThan(VISITORS);
    const cells = data.flat();
    const formulas = cells.filter(
      (cell) => /^\s*[=+\-@＝＋－＠]/.test(cell) && !/^-?\d+(?:\.\d+)?$/.test(cell),
    );
    expect(formulas, table).toEqual([]);
    for (const cell of cells) said.add(cell).add(cell.replace(/^'/, ""));
  }
  // Half a character and nothing are the two things that storage may not keep as they came.
  const whole = HOSTILE.filter((text) => text.isWellFormed() && !text.includes("\u0000"));
  expect(whole.filter((text) => !said.has(within(text, 8_000)))).toEqual([]);
});

/** How those texts begin that a page's title says and a card says back: markup, an address, two kinds of template. */
const SAID_BACK = ["</title>", "<svg onload", "<img src=x", "javascript:", "{{ 7", "${7*7}"];

test("R-T7: the card in the page says a visitor’s words back as text, whatever markup or template they are", async () => {
  const titles = HOSTILE.filter((text) => SAID_BACK.some((beginning) => text.startsWith(beginning)));
  expect(titles).toHaveLength(SAID_BACK.length);
  for (const title of titles) await readCard(title);
});

async function readCard(title: string): Promise<void> {
  for (;;) {
    const { context, page, troubles } = await enter();
    await page.route(`${server.url}/shop/`, async (route) => {
      const answer = await route.fetch();
      const html = (await answer.text()).replace(
        /<title>.*<\/title>/,
        () => `<title>${escaped(title)}</title>`,
      );
      await route.fulfill({ response: answer, body: html });
    });
    const answered = page.waitForResponse((response) => response.url().includes("/v1/"));
    await page.goto(`${server.url}/shop/`);
    const { decisions } = (await (await answered).json()) as { decisions: unknown[] };
    const card = page.getByRole("region", { name: "Message de Atelier Lin" });
    if (decisions.length > 0) {
      await card.waitFor();
      expect(await card.getByRole("heading").textContent()).toBe(title);
      expect(await card.locator("img, script, iframe, svg[onload]").count()).toBe(0);
      await shoot(page, `card-${title.replaceAll(/\W+/g, "-").slice(0, 30)}`);
    }
    expect(troubles).toEqual([]);
    await context.close();
    // Half of the visitors are held out; the next one may not be.
    if (decisions.length > 0) return;
  }
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
