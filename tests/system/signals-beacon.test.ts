/** The beacon and its signals together on a page of somebody's site: what leaves it, when, and what it costs. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY, post } from "./demo-api.ts";
import { url } from "./own-server.ts";

type Message = { event?: string; type: string; properties?: Record<string, unknown> };

const EVERYTHING = "form,rage_click,dead_click,exit_intent,script_error,hesitation,scroll_thrash,copy_phone";

let server: Server;
let origin: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let troubles: string[];
/** Everything that the page said to us, as it went over the wire. */
let bodies: string[];
let asked: string;
let html: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/b.js" || path.startsWith("/w/")) {
      return void response.setHeader("content-type", "text/javascript").end(readFileSync(`dist${path}`));
    }
    if (path !== "/v1/batch") {
      response.statusCode = path === "/lost" ? 404 : 200;
      return void response.setHeader("content-type", "text/html").end(html);
    }
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      bodies.push(body);
      response.setHeader("aparte-consent", "granted").setHeader("aparte-signals", asked);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ success: true, decisions: [], wake_after_ms: null, rejected: [] }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "localhost", resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  bodies = [];
  asked = "";
  context = await browser.newContext({ viewport: { width: 1_000, height: 700 } });
  page = await context.newPage();
  troubles = [];
  page.on("pageerror", (error) => void troubles.push(error.message));
});
afterEach(async () => {
  await context.close();
  expect(troubles).toEqual([]);
});

const SECRET_FIELDS = `<form id="everything" onsubmit="event.preventDefault()">
<label>zq-label<input name="first" placeholder="zq-placeholder" aria-label="zq-aria" title="zq-title"></label>
<input name="mail" type="email"><input name="phone" type="tel"><input name="site" type="url">
<input name="password" type="password"><input name="q" type="search"><input name="n" type="number">
<input name="d" type="date"><input name="t" type="time"><input name="dt" type="datetime-local"><input name="m" type="month">
<input name="w" type="week"><input name="c" type="color"><input name="r" type="range" max="999999">
<input name="card" autocomplete="cc-number"><input name="x" autocomplete="one-time-code"><input name="h" type="hidden" value="zq-hidden">
<input name="k" type="checkbox" value="zq-checkbox"><input name="o" type="radio" value="zq-radio"><input name="f" type="file">
<input name="l" list="list"><datalist id="list"><option value="zq-list"></datalist>
<select name="s"><option value="">–</option><option value="zq-option">zq-chosen</option></select>
<textarea name="a"></textarea><div contenteditable id="rich" style="min-height: 30px"></div><button>zq-button</button></form>`;

/** What is typed where. */
const TYPED: Record<string, string> = {
  first: "zq-first",
  mail: "zq-mail@example.test",
  phone: "+33 1 77 31 41 59",
  site: "https://zq-site.test/zq-path",
  password: "zq-password",
  q: "zq-search",
  n: "7731415926",
  d: "1971-03-14",
  t: "15:09",
  dt: "1971-03-15T15:09",
  m: "1971-04",
  w: "1971-W17",
  c: "#7a31b9",
  r: "773141",
  card: "4970101234567890",
  x: "773141",
  l: "zq-list",
  a: "zq-area 01 77 31 41 59",
};

test("SG12: whatever is typed, pasted, chosen or selected in whatever field, nothing of it leaves the page", async () => {
  asked = EVERYTHING;
  html = shop(SECRET_FIELDS);
  const urls: string[] = [];
  page.on("request", (request) => void urls.push(`${request.url()} ${JSON.stringify(request.headers())}`));
  await begin();
  for (const round of ["", "0"]) {
    for (const [name, value] of Object.entries(TYPED)) {
      const field = page.locator(`[name=${name}]`);
      const type = await field.getAttribute("type");
      const more = type === null || ["email", "tel", "password", "search"].includes(type) ? round : "";
      await field.fill(value + more);
      await field.selectText();
      await page.keyboard.press("ControlOrMeta+C");
      await field.blur();
    }
    await page.selectOption("select", "zq-option");
    for (const name of ["k", "o"]) await page.locator(`[name=${name}]`).click();
    await page.setInputFiles("[name=f]", {
      name: "zq-file.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("zq-file"),
    });
    await page.locator("#rich").fill("zq-rich 01 77 31 41 59");
    await page.locator("#rich").selectText();
    await page.keyboard.press("ControlOrMeta+C");
    await page.click("button", { clickCount: 3 });
  }
  await page.goto("about:blank");
  await expect.poll(() => named("Form Submitted").length).toBeGreaterThan(0);

  const all = [...bodies, ...urls].join("\n");
  expect(named("Form Started")[0]?.properties).toMatchObject({ form_id: "everything", field: "first" });
  expect(signals()).toContain("refilled");
  expect(all).not.toContain("zq-");
  for (const value of Object.values(TYPED)) expect(all).not.toContain(value);
  expect(all).not.toMatch(/7731415|773141|497010|1971|7a31b9|77 31 41/);
});

test("SG10 SG14: what nobody asks for waits for the next message; what the page's end makes known still leaves", async () => {
  html = shop(`<form id="contact"><input name="email"></form><button>Payer</button>`);
  await begin();
  await page.fill("input", "x");
  await page.click("button", { clickCount: 3 });
  // How far the page reaches is read a tenth of a second after it began: a timer that is set later is over later.
  await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
  expect(bodies).toHaveLength(1);
  await page.evaluate(() => Reflect.get(window, "aparte").track("Anything"));
  await expect.poll(() => bodies.length).toBe(2);
  expect(JSON.parse(bodies[1] ?? "").batch.map(nameOf)).toEqual(["Form Started", "rage_click", "Anything"]);
  await page.goto("about:blank");
  await expect.poll(() => bodies.length).toBe(3);
  expect(messages().at(-1)).toMatchObject({
    event: "Form Abandoned",
    properties: { form_id: "contact", field: "email", refilled: 0, scroll: 100 },
  });
});

test("SG14: what a live campaign asks for is told at once", async () => {
  asked = "rage_click";
  html = shop(`<button>Payer</button>`);
  await begin();
  await page.click("button", { clickCount: 3 });
  await expect.poll(signals).toEqual(["rage_click"]);
});

test("SG18: listeners are passive and read no layout, and 500 inputs make no long task and move nothing", async () => {
  html = shop(
    `<form id="contact"><input name="email"></form><button>Payer</button><p style="height: 5000px">Long</p>`,
    WATCHED,
  );
  await begin();
  const turns = Array.from({ length: 125 }, (_, turn) => turn);
  await Promise.all(turns.map((turn) => page.mouse.move(300 + turn, 200 + (turn % 7) * 40)));
  await Promise.all(turns.map((turn) => page.mouse.wheel(0, turn % 2 ? 240 : -200)));
  await page.focus("input");
  await Promise.all(turns.map(() => page.keyboard.press("a")));
  await Promise.all(turns.map(() => page.mouse.click(500, 300)));
  await expect.poll(() => page.inputValue("input")).toHaveLength(125);
  expect(await page.evaluate(() => Reflect.get(window, "watched") as unknown)).toEqual({
    shifts: 0,
    reads: [],
    active: [],
    long: [],
  });
});

test("SG20: the status of a page that was not found is a fact that a campaign can ask for", async () => {
  const key = { authorization: `Bearer ${DEMO_API_KEY}` };
  const creative = { fr: { title: "Page introuvable ?", text: "Je vous aide à la retrouver." } };
  const campaign = await post<{ id: string }>(
    `${url}/api/sites/demo/campaigns`,
    {
      name: "Introuvable",
      kind: "offer",
      status: "live",
      priority: 1_000,
      condition: { "page.status": 404 },
      variants: [{ key: "a", weight: 1, creative }],
    },
    key,
  );
  html = shop("Boutique").replace("/b.js", `${url}/b.js`);
  const decided = async (path: string): Promise<string[]> => {
    const answer = page.waitForResponse((response) => response.url().includes("/v1/batch"));
    await page.goto(origin + path);
    const { decisions } = (await (await answer).json()) as { decisions: { campaign: string }[] };
    return decisions.map((decision) => decision.campaign);
  };
  expect(await decided("/found")).not.toContain(campaign.id);
  await expect.poll(() => decided("/lost"), { timeout: 20_000 }).toContain(campaign.id);
});

/** Notes what listeners are not passive, what they read of the layout, how long our own scripts held a frame up, shifts. */
const WATCHED = `{
  const watched = (window.watched = { shifts: 0, reads: [], active: [], long: [] });
  new PerformanceObserver((list) => {
    const scripts = list.getEntries().flatMap((frame) => frame.scripts);
    const isOurs = ({ sourceURL }) => sourceURL.includes("/b.js") || sourceURL.includes("/w/");
    watched.long.push(...scripts.filter((one) => isOurs(one) && one.duration >= 50).map((one) => one.duration));
  }).observe({ type: "long-animation-frame" });
  new PerformanceObserver((list) => (watched.shifts += list.getEntries().length)).observe({ type: "layout-shift" });
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (name, act, options) {
    if (options?.capture && !options.passive) watched.active.push(name);
    return add.call(this ?? window, name, act, options);
  };
  const hot = ["mousemove", "pointermove", "mouseout", "scroll", "keydown", "keyup", "input"];
  for (const [owner, name] of [[window, "scrollY"], [window, "innerHeight"], [Element.prototype, "scrollHeight"]]) {
    const { get } = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { configurable: true, get() {
      if (hot.includes(window.event?.type)) watched.reads.push(name);
      return get.call(this);
    } });
  }
}`;

const shop = (body: string, before = ""): string =>
  `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Boutique</title><link rel="icon" href="data:,">
<script>${before}</script><script async src="/b.js" data-key="demo"></script></head><body>${body}</body></html>`;

/** Open the page, touch it, and wait until the signals are there and the page view was acknowledged. */
async function begin(): Promise<void> {
  const chunk = page.waitForResponse((response) => response.url().includes("/w/signals"));
  await page.goto(origin);
  await expect.poll(() => page.evaluate(() => localStorage.getItem("aparte:demo"))).not.toBeNull();
  await page.mouse.move(5, 5);
  await (await chunk).finished();
  await page.evaluate(() => new Promise((done) => setTimeout(done)));
}

const messages = (): Message[] => bodies.flatMap((body) => (JSON.parse(body) as { batch: Message[] }).batch);
const nameOf = ({ event, type, properties }: Message): unknown => properties?.["signal"] ?? event ?? type;
const named = (name: string): Message[] => messages().filter((one) => one.event === name);
const signals = (): unknown[] => messages().flatMap(({ properties }) => properties?.["signal"] ?? []);
