/** The editor of campaigns in a real browser: by keyboard, in both languages, with what may be missing missing. */
import { brotliCompressSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enterAdmin, type Look, pause, publish, publishPhase, saveDraft, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY, eventually, post } from "./demo-api.ts";
import { url } from "./own-server.ts";
const key = { authorization: `Bearer ${DEMO_API_KEY}` };
const FIRST_LOAD_BYTES = 120 * 1_024;
const BUILDER = /\/condition-builder-.*\.js$/;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const enter = (look?: Look) => enterAdmin(browser, url, look);

type Made = { id: string; version: number };
const made = (body: object): Promise<Made> => post<Made>(`${url}/api/sites/demo/campaigns`, body, key);
const editorOf = (id: string): string => `${url}/admin/demo/campaigns/${id}`;
const conditionIn = async (page: Page): Promise<unknown> =>
  JSON.parse(await page.getByLabel("JSON").inputValue());

/** Type what the focus is on; `Tab` until `selector` has it. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${selector} cannot be reached by Tab`);
}

const A_BIT_OF_ALL = {
  "page.path": { $regex: "^/shop" },
  "cart.value": { $lt: 50, $exists: true },
  $or: [{ "page.seconds": { $gte: 45 } }, { "signals.exit_intent": { $gte: 1 } }],
  $nor: [{ "time.weekday": { $eq: 6 } }],
  "visitor.traits.tags": { $size: { $gte: 2 } },
};

test("R-M22: the builder comes with the editor and not before; the admin's first load stays within its budget", async () => {
  const { context, page, complaints } = await enter();
  const loaded = new Map<string, Promise<Buffer>>();
  page.on("response", (response) => {
    if (/\.(?:js|css)$/.test(response.url())) loaded.set(response.url(), response.body());
  });
  await page.goto(`${url}/admin/demo/campaigns`);
  await page.locator("tbody tr").first().waitFor();
  const bodies = await Promise.all(loaded.values());
  const bytes = bodies.reduce((sum, body) => sum + brotliCompressSync(body).length, 0);
  console.log(`the admin's first load, scripts and styles: ${(bytes / 1_024).toFixed(1)} KiB after brotli`);
  expect(bytes).toBeLessThanOrEqual(FIRST_LOAD_BYTES);
  expect([...loaded.keys()].filter((one) => BUILDER.test(one))).toEqual([]);

  await page.locator("tbody th a").first().click();
  await page.locator(".condition .group").first().waitFor();
  expect([...loaded.keys()].filter((one) => BUILDER.test(one))).toHaveLength(1);
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M22: where the builder cannot be loaded, the JSON works, and trying again brings it", async () => {
  const { context, page } = await enter();
  const { id } = await made({ name: "No builder", kind: "chat", variants: [{ key: "a", creative: {} }] });
  let failing = true;
  await page.route(BUILDER, (route) => (failing ? route.abort() : route.continue()));
  await page.goto(editorOf(id));
  await page.getByRole("alert").getByText("The condition builder could not be loaded").waitFor();
  await page.getByLabel("JSON").fill('{ "page.seconds": { "$gte": 20 } }');
  await saveDraft(page);
  failing = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".row").waitFor();
  expect(await page.locator(".row").getByLabel("Value").inputValue()).toBe("20");
  await context.close();
});

test("R-M1 R-M2 R-M16: rows and JSON are one condition, whatever the rows have words for", async () => {
  const { context, page, complaints } = await enter();
  const { id } = await made({
    name: "All of it",
    kind: "chat",
    condition: A_BIT_OF_ALL,
    variants: [{ key: "a", creative: {} }],
  });
  await page.goto(editorOf(id));
  await page.locator(".row").first().waitFor();
  expect(await page.locator(".row").count()).toBe(6);
  expect(await page.locator(".raw code").textContent()).toContain("$size");
  expect(await page.getByRole("checkbox", { name: "Only when known." }).isChecked()).toBe(true);

  await page.locator(".row").nth(0).getByLabel("Value").fill("/shop/cart");
  await page.getByRole("checkbox", { name: "Only when known." }).uncheck();
  expect(await conditionIn(page)).toEqual({
    ...A_BIT_OF_ALL,
    "page.path": { $regex: "^/shop/cart" },
    "cart.value": { $lt: 50 },
  });
  await page.getByRole("checkbox", { name: "Only when known." }).check();
  await page.getByRole("button", { name: "Show it in the JSON" }).click();
  const selected = await page.evaluate(() => getSelection()?.toString() ?? "");
  expect(selected).toContain("$size");

  await page.getByLabel("JSON").fill('{ "cart.items": { "$gte": 2, "$lte": 9 } }');
  expect(await page.locator(".row").count()).toBe(2);
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M3: what the server refuses is marked at the same row and line", async () => {
  const { context, page } = await enter();
  const { id } = await made({ name: "Refused", kind: "chat", variants: [{ key: "a", creative: {} }] });
  await page.goto(editorOf(id));
  await page.locator(".group").first().waitFor();
  await page.getByLabel("JSON").fill('{\n  "page.seconds": { "$gte": 5 },\n  "page.pth": { "$eq": "/a" }\n}');
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByText(/^Line 3: /).waitFor();
  expect(await page.locator(".row.fault").count()).toBe(1);
  expect(await page.locator(".row.fault input.mono").inputValue()).toBe("page.pth");
  expect(await violations(page)).toEqual([]);
  await context.close();
});

test("R-M19: a value is offered from what the site has seen, and each fact says what it is", async () => {
  const { context, page } = await enter();
  const anonymousId = `seen-${Date.now()}`;
  const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
  await post(`${url}/v1/batch`, {
    writeKey: "demo",
    batch: [
      {
        type: "page",
        anonymousId,
        messageId: `${anonymousId}-page`,
        context: { userAgent },
        properties: { path: "/shop/seen-by-somebody", url: "http://shop.example/shop/seen-by-somebody" },
      },
    ],
  });
  const { id } = await made({
    name: "Seen",
    kind: "chat",
    condition: { "session.entry_path": { $regex: "^/shop/seen" } },
    variants: [{ key: "a", creative: {} }],
  });
  await page.goto(editorOf(id));
  const value = page.locator(".row").getByLabel("Value");
  await value.waitFor();
  const values = `${url}/api/sites/demo/facts/session.entry_path/values?prefix=/shop/seen`;
  const ask = async () => (await (await fetch(values, { headers: key })).json()) as { items: object[] };
  await eventually(ask, ({ items }) => items.length > 0);
  await value.focus();
  await page.locator('.row datalist option[value="/shop/seen-by-somebody"]').waitFor({ state: "attached" });
  expect(await page.getByLabel("Fact", { exact: true }).getAttribute("title")).toContain("visit began");
  await page.getByText("All that can be asked").click();
  await page.getByText("A phone number was selected.").waitFor();
  await context.close();
});

test("R-M23: a condition is built, nested and removed by keyboard alone", async () => {
  const { context, page, complaints } = await enter();
  const { id } = await made({ name: "Keys", kind: "chat", variants: [{ key: "a", creative: {} }] });
  await page.goto(editorOf(id));
  await page.locator(".group").first().waitFor();
  await page.getByLabel("Name", { exact: true }).focus();
  await tabTo(page, ".group-add button");
  await page.keyboard.press("Enter");
  await page.locator(".row").waitFor();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.type("7");
  expect(await conditionIn(page)).toEqual({ "page.seconds": { $gte: 7 } });
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("ArrowDown");
  expect(await conditionIn(page)).toEqual({ "page.seconds": { $lte: 7, $exists: true } });
  await page.getByRole("button", { name: "Group", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.locator(".group .group").waitFor();
  expect(await conditionIn(page)).toEqual({
    "page.seconds": { $lte: 7, $exists: true },
    $or: [{ "page.seconds": { $gte: 30 } }],
  });
  await page.getByRole("button", { name: "Remove the group" }).focus();
  await page.keyboard.press("Enter");
  expect(await page.locator(".group .group").count()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M20 R-M21 R-M23: blocks are added, filled, moved and removed by keyboard, and a variable comes in at the caret", async () => {
  const { context, page, complaints } = await enter();
  const { id } = await made({
    name: "Banner",
    kind: "content",
    variants: [
      {
        key: "a",
        creative: { en: { title: "Hello", slot: "banner", blocks: [{ type: "heading", text: "Sizes" }] } },
      },
    ],
  });
  await page.goto(editorOf(id));
  await page.getByRole("button", { name: "Text", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("For  today");
  for (let step = 0; step < 6; step += 1) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const words = page.getByLabel("Words of block 2");
  expect(await words.inputValue()).toBe("For {{ cart.value | money: cart.currency }} today");
  expect(await words.evaluate((field) => field === document.activeElement)).toBe(true);
  await page.locator(".page-slot").getByText("For €129.50 today").waitFor();

  await page.getByRole("button", { name: "Move block 2 up" }).focus();
  await page.keyboard.press("Enter");
  expect(await page.locator(".page-slot > *").first().textContent()).toBe("For €129.50 today");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
    "Move block 1 down",
  );
  await page.getByRole("button", { name: "Remove block 2" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Words of block 1").fill("{{ cart.value | nonsense }}");
  await page.getByText("The variables of this text cannot be filled.").waitFor();
  await page.getByLabel("Words of block 1").fill("<b>{{ page.title }}</b>");
  await page.locator(".page-slot").getByText("<b>Chemise en lin</b>").waitFor();
  await saveDraft(page);
  const saved: unknown = await (
    await fetch(`${url}/api/sites/demo/campaigns/${id}`, { headers: key })
  ).json();
  expect(saved).toMatchObject({
    variants: [
      { creative: { en: { slot: "banner", blocks: [{ type: "text", text: "<b>{{ page.title }}</b>" }] } } },
    ],
  });
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M8 R-M9: what is new in a campaign is kept through a save, and asks before it starts a phase", async () => {
  const { context, page, complaints } = await enter();
  const { id } = await made({
    name: "Two of them",
    kind: "chat",
    holdout: 0.2,
    variants: [
      { key: "a", creative: { en: { title: "One" } } },
      { key: "b", creative: { en: { title: "Two" } } },
    ],
  });
  await page.goto(editorOf(id));
  await page.locator(".row, .group").first().waitFor();
  await page.getByRole("group", { name: "Variant b" }).getByLabel("Delay (seconds)").fill("20");
  await page.getByLabel("Shares of the variants").selectOption("bandit");
  await page.getByText("It never touches the hold-out").waitFor();
  await page.getByLabel("Rest between two (minutes)").fill("90");
  await page.getByLabel("Worth (EUR)").fill("4.5");
  await page.getByRole("switch", { name: "Shares its visitors out" }).check();
  await page.getByLabel("Namespace", { exact: true }).fill("winter");
  await page.getByRole("switch", { name: "Only in the site’s business hours" }).check();
  await publish(page);
  const saved: unknown = await (
    await fetch(`${url}/api/sites/demo/campaigns/${id}`, { headers: key })
  ).json();
  expect(saved).toMatchObject({
    allocation: "bandit",
    value: 4.5,
    namespace: { key: "winter", from: 0, to: 0.5 },
    caps: { cooldown_seconds: 5_400 },
    schedule: { business_hours: true },
    variants: [{ key: "a" }, { key: "b", delay_seconds: 20 }],
  });
  await page.getByLabel("To (%)").fill("60");
  await publishPhase(page, 2);
  await pause(page);
  expect(complaints).toEqual([]);
  await context.close();
});

test("T103: the picture of a card has the words that a visitor would read, the other language's where one is empty", async () => {
  const { context, page, complaints } = await enter({ locale: "fr-FR" });
  const creative = {
    fr: { title: "", text: "Elle est déduite à la caisse." },
    en: { title: "Free delivery tonight", decline: "Not today" },
  };
  const { id } = await made({ name: "Both", kind: "offer", variants: [{ key: "a", creative }] });
  await page.goto(editorOf(id));
  const card = page.locator(".preview .card");
  await card.getByRole("heading", { name: "Free delivery tonight", includeHidden: true }).waitFor();
  await card.getByText("Elle est déduite à la caisse.").waitFor();
  expect(await card.locator(".answers span").allTextContents()).toEqual(["J’en profite", "Not today"]);
  expect(await page.getByLabel("Titre (français)").inputValue()).toBe("");
  if (process.env["SHOTS"] !== undefined) {
    await page.locator(".creative").screenshot({ path: `${process.env["SHOTS"]}/editor-both.png` });
  }
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M18: a draft's hold-out is unknown in days until a dry run tells how many would be eligible", async () => {
  const { context, page, complaints } = await enter();
  const { id } = await made({
    name: "Priced",
    kind: "offer",
    holdout: 0.2,
    condition: { "page.path": { $regex: "^/shop" } },
    variants: [{ key: "a", creative: { en: { title: "One" } } }],
  });
  await page.goto(editorOf(id));
  await page.getByText("is unknown: there are no figures of this phase yet").waitFor();
  const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
  const messages = Array.from({ length: 20 }, (_, index) => ({
    type: "page",
    anonymousId: `replayed-${index}`,
    messageId: `replayed-${index}`,
    timestamp: new Date(Date.UTC(2026, 10, 20, 8, index)).toISOString(),
    context: { userAgent, consent: { categoryPreferences: { Advertising: true } } },
    properties: { path: "/shop/cart", url: "http://shop.example/shop/cart" },
  }));
  await page.locator('.dry-run input[type="file"]').setInputFiles({
    name: "visits.ndjson",
    mimeType: "application/x-ndjson",
    buffer: Buffer.from(messages.map((message) => JSON.stringify(message)).join("\n")),
  });
  await page.getByText(/^Sees \+1\.0 point in [\d,]+ days?\. At 5% it would take [\d,]+ days?\.$/).waitFor();
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M24: a draft is tried out by a link, and a page that is not the site's is refused at its field", async () => {
  const { context, page, complaints } = await enter();
  const { id } = await made({
    name: "Tried out",
    kind: "chat",
    variants: [
      { key: "a", creative: { en: { title: "One" } } },
      { key: "b", creative: { en: { title: "Two" } } },
    ],
  });
  await page.goto(editorOf(id));
  await page.getByRole("button", { name: "Try on my browser" }).click();
  const address = page.getByLabel("A page of the site");
  expect(await address.evaluate((field) => field === document.activeElement)).toBe(true);
  expect(await address.inputValue()).toBe(`${url}/shop/`);
  await page.locator(".try-out").getByLabel("Variant").selectOption("b");
  await page.getByRole("button", { name: "Make the link" }).click();
  const link = page.locator(".try-out").getByRole("link", { name: "Open" });
  await link.waitFor();
  const tried = new URL((await link.getAttribute("href")) ?? "");
  expect(tried.origin + tried.pathname).toBe(`${url}/shop/`);
  expect(tried.search.length).toBeGreaterThan(20);

  await address.fill("ftp://shop.example/");
  await page.getByRole("button", { name: "Make the link" }).click();
  await address.and(page.locator('[aria-invalid="true"]')).waitFor();
  expect(await link.count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M12: the editor has no automatically detectable violation, light and dark, wide and narrow, in both languages", async () => {
  const { id } = await made({
    name: "Everything",
    kind: "content",
    condition: A_BIT_OF_ALL,
    holdout: 0.2,
    schedule: {
      hours: [
        {
          dayOfWeek: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
          opens: "09:00",
          closes: "19:00",
        },
        { dayOfWeek: ["Saturday"], opens: "10:00", closes: "02:00" },
        {
          dayOfWeek: ["Monday"],
          opens: "00:00",
          closes: "00:00",
          validFrom: "2026-12-25",
          validThrough: "2026-12-25",
        },
      ],
    },
    variants: [
      { key: "a", creative: { fr: { title: "Un", text: "{{ cart.value }}" }, en: { title: "One" } } },
      { key: "b", creative: { en: { slot: "banner", blocks: [{ type: "list", items: ["x"] }] } } },
    ],
  });
  const visits: Look[] = [
    { locale: "en-GB" },
    { locale: "fr-FR", dark: true },
    { locale: "fr-FR", phone: true },
    { locale: "en-GB", dark: true, phone: true },
  ];
  for (const visit of visits) {
    const { context, page, complaints } = await enter(visit);
    await page.goto(editorOf(id));
    await page.locator(".row").first().waitFor();
    await page.locator(".fact-list summary").click();
    await page.locator(".variables summary").first().click();
    const where = JSON.stringify(visit);
    expect(await violations(page), where).toEqual([]);
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(sideways, where).toBe(0);
    expect(complaints, where).toEqual([]);
    await context.close();
  }
});

test("R-M28: whether the chat's button stays after a card is chosen for both languages, kept, and taken back", async () => {
  const { id } = await made({
    name: "Quiet",
    kind: "offer",
    variants: [{ key: "a", creative: { fr: { title: "Un" }, en: { title: "One", position: "start" } } }],
  });
  const creativeOf = async (): Promise<unknown> => {
    const answer = await fetch(`${url}/api/sites/demo/campaigns/${id}`, { headers: key });
    const { variants } = (await answer.json()) as { variants: { creative: unknown }[] };
    return variants[0]?.creative;
  };
  const { context, page, complaints } = await enter();
  await page.goto(editorOf(id));
  const after = page.getByLabel("After the card");
  const choose = async (label: string): Promise<void> => {
    await after.selectOption({ label });
    await saveDraft(page);
  };
  expect(await after.inputValue()).toBe("stays");
  await choose("nothing stays");
  expect(await creativeOf()).toEqual({
    fr: { title: "Un", launcher: "none" },
    en: { title: "One", position: "start", launcher: "none" },
  });
  await page.reload();
  expect(await after.inputValue()).toBe("none");
  await choose("the button stays");
  expect(await creativeOf()).toEqual({ fr: { title: "Un" }, en: { title: "One", position: "start" } });
  await choose("nothing stays");
  expect(complaints).toEqual([]);
  await context.close();

  const visits: [string, Look][] = [
    ["light", { locale: "en-GB" }],
    ["dark-fr", { locale: "fr-FR", dark: true }],
    ["phone-fr", { locale: "fr-FR", phone: true }],
  ];
  for (const [name, look] of visits) {
    const visit = await enter(look);
    await visit.page.goto(editorOf(id));
    const choice = visit.page.getByLabel(look.locale === "fr-FR" ? "Après la carte" : "After the card");
    expect(await choice.inputValue(), name).toBe("none");
    expect(await visit.page.getByLabel(/^(?:Côté|Side)$/).inputValue(), name).toBe("start");
    expect(await violations(visit.page), name).toEqual([]);
    if (process.env["SHOTS"] !== undefined) {
      await visit.page
        .locator(".creative")
        .screenshot({ path: `${process.env["SHOTS"]}/launcher-${name}.png` });
    }
    expect(visit.complaints, name).toEqual([]);
    await visit.context.close();
  }
});

test("R-M26: a new campaign takes its window from its goal until one is set; a saved one keeps its own", async () => {
  const goal = { key: "devis", name: "Quote", kind: "lead", window_hours: 240 };
  await post(`${url}/api/sites/demo/goals`, goal, key);
  const { context, page } = await enter();
  const chosen = page.getByLabel("Goal", { exact: true });
  const hours = page.getByLabel("Goal window (hours)");
  await page.goto(`${url}/admin/demo/campaigns/new`);
  await chosen.locator("option", { hasText: "Quote" }).waitFor({ state: "attached" });
  await chosen.selectOption("devis");
  expect(await hours.inputValue()).toBe("240");
  await chosen.selectOption("commande");
  expect(await hours.inputValue()).toBe("48");
  await hours.fill("36");
  await chosen.selectOption("devis");
  expect(await hours.inputValue()).toBe("36");

  const { id } = await made({ name: "Kept", kind: "chat", variants: [{ key: "a", creative: {} }] });
  await page.goto(editorOf(id));
  await chosen.locator("option", { hasText: "Quote" }).waitFor({ state: "attached" });
  await chosen.selectOption("devis");
  expect(await hours.inputValue()).toBe("48");
  await context.close();
});
