/** The page of a link that opens the chat, in Chromium: with strict policy, in both widths, in light and dark. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY, eventually, exported, signIn } from "./demo-api.ts";
import { DeskClient } from "./desk-client.ts";
import { url } from "./own-server.ts";

let browser: Browser;
beforeAll(async () => void (browser = await launchBrowser()));
afterAll(() => browser.close());

const SHOTS = process.env["SHOTS"];
type Size = { width: number; height: number };
type Look = { locale?: string; dark?: boolean; phone?: boolean; size?: Size };
const WIDE: Size = { width: 1_280, height: 860 };
const PHONE: Size = { width: 390, height: 844 };

async function visit(path: string, { locale = "fr-FR", dark = false, phone = false, size }: Look = {}) {
  const context: BrowserContext = await browser.newContext({
    locale,
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    viewport: size ?? (phone ? PHONE : WIDE),
  });
  const page: Page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && /policy|trusted|violat/i.test(message.text()))
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${url}${path}`);
  return { context, page, complaints };
}

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

async function changeSite(patch: Record<string, unknown>): Promise<void> {
  const headers = { authorization: `Bearer ${DEMO_API_KEY}`, "content-type": "application/json" };
  const site = await fetch(`${url}/api/sites/demo`, { headers });
  const answer = await fetch(`${url}/api/sites/demo`, {
    method: "PATCH",
    headers: { ...headers, "if-match": site.headers.get("etag") ?? "" },
    body: JSON.stringify(patch),
  });
  expect(answer.status).toBe(200);
}

/** Until the page says `text`: a change is there within seconds. */
async function told(text: string): Promise<void> {
  const ask = async () => (await fetch(`${url}/c/demo?lang=fr`)).text();
  expect(await eventually(ask, (html) => html.includes(text), 10_000)).toContain(text);
}

test("R-A39: a link opens the chat by itself, on a phone over the whole screen, and nothing breaks the page's policy", async () => {
  for (const look of [{}, { phone: true, dark: true }, { locale: "en-GB" }] satisfies Look[]) {
    const { context, page, complaints } = await visit("/c/demo?utm_source=affiche", look);
    const panel = page.getByRole("dialog").or(page.getByRole("complementary")).or(page.getByRole("region"));
    await panel.first().waitFor();
    await shoot(page, `hosted-${JSON.stringify(look).replaceAll(/\W+/g, "-")}`);
    expect(await page.locator("html").getAttribute("lang")).toBe("locale" in look ? "en" : "fr");
    expect(await page.title()).toContain("Atelier Lin");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(await violations(page)).toEqual([]);
    expect(await context.cookies()).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  }
});

/** Somebody at the desk who takes whatever comes, and the page knowing it. */
async function agentOnline(): Promise<DeskClient> {
  const desk = new DeskClient();
  await desk.connect(url, await signIn(url, "lea@demo.test"), 10);
  await told("quelqu’un vous répond maintenant");
  return desk;
}

/** Where `selector` lies: its edges in CSS pixels. */
async function edges(page: Page, selector: string) {
  const box = await page.locator(selector).boundingBox();
  if (box === null) throw new Error(`not in sight: ${selector}`);
  return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
}

test("R-A41: on a wide screen the chat is the page, from below the site’s name to the foot, and what it covers comes back", async () => {
  const desk = await agentOnline();
  for (const dark of [false, true]) {
    const { context, page, complaints } = await visit("/c/demo", { dark });
    const field = page.getByRole("textbox", { name: "Votre message" });
    await field.fill("Bonjour, la Rivoli en L taille-t-elle grand, ou puis-je garder mon M habituel ?");
    await field.press("Enter");
    await page.getByText(/rejoint la conversation/).waitFor();
    const [panel, head] = [await edges(page, ".panel"), await edges(page, "header")];
    expect([panel.left, panel.right]).toEqual([280, 1_000]);
    expect([head.left, head.right]).toEqual([280, 1_000]);
    expect(panel.top - head.bottom).toBe(16);
    expect(WIDE.height - panel.bottom).toBe(24);
    await page.getByRole("heading", { name: "Atelier Lin", level: 1 }).waitFor();
    await shoot(page, `hosted-wide${dark ? "-dark" : ""}`);
    expect(await violations(page)).toEqual([]);

    const button = page.locator("main > button");
    await button.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Réduire" }).click();
    await button.waitFor();
    await shoot(page, `hosted-wide-put-away${dark ? "-dark" : ""}`);
    expect(await violations(page)).toEqual([]);
    await button.click();
    await page.getByText(/rejoint la conversation/).waitFor();
    expect(await edges(page, ".panel")).toEqual(panel);
    expect(complaints).toEqual([]);
    await context.close();
  }
  desk.close();
});

test("R-A41 R-A39: whatever the size, the chat lies within the window; on a phone it is all of it", async () => {
  const desk = await agentOnline();
  const sizes: Size[] = [
    { width: 1_920, height: 1_080 },
    { width: 700, height: 900 },
    { width: 844, height: 390 },
    { width: 481, height: 500 },
  ];
  for (const size of sizes) {
    const { context, page } = await visit("/c/demo", { size });
    await page.getByRole("textbox", { name: "Votre message" }).waitFor();
    const panel = await edges(page, ".panel");
    expect(panel.left, JSON.stringify(size)).toBe(size.width - panel.right);
    expect(panel.right - panel.left).toBe(Math.min(720, size.width - 32));
    expect(panel.top).toBeGreaterThanOrEqual(8);
    expect(panel.bottom).toBe(size.height - 24);
    expect(panel.bottom - panel.top).toBeGreaterThanOrEqual(320);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await shoot(page, `hosted-${size.width}x${size.height}`);
    await context.close();
  }
  const { context, page } = await visit("/c/demo", { phone: true });
  await page.getByRole("textbox", { name: "Votre message" }).waitFor();
  expect(await edges(page, ".panel")).toEqual({ left: 0, top: 0, right: PHONE.width, bottom: PHONE.height });
  await shoot(page, "hosted-phone");
  await context.close();
  desk.close();
});

test("R-A39: the visit is the campaign’s", async () => {
  const campaign = `printemps-${Date.now()}`;
  const { context, page } = await visit(
    `/c/demo?utm_source=google&utm_medium=cpc&utm_campaign=${campaign}&gclid=abc`,
  );
  await page.locator("aparte-widget").waitFor({ state: "attached" });
  const rows = await eventually(
    () => exported(url, "sessions"),
    (sessions) => sessions.some(({ utm }) => utm?.includes(campaign)),
  );
  const visited = rows.find(({ utm }) => utm?.includes(campaign));
  expect(visited).toMatchObject({ entry_path: "/c/demo" });
  expect(visited?.["channel"]).toMatch(/paid/i);
  await context.close();
});

test("R-A35: out of hours the page says when it opens and shows the week; a lost link says that it is one", async () => {
  const day = new Date(Date.now() + 2 * 86_400_000).toLocaleDateString("en-GB", {
    weekday: "long",
    timeZone: "Europe/Paris",
  });
  await changeSite({ business_hours: [{ dayOfWeek: [day], opens: "09:00", closes: "18:30" }] });
  await told("De retour");
  const { context, page } = await visit("/c/demo", { phone: false });
  await expect
    .poll(() => page.locator(".sentence").textContent(), { timeout: 15_000 })
    .toContain("De retour");
  expect(await page.locator("dl > div").count()).toBe(7);
  // The week stands beside the chat.
  await page.locator(".panel").waitFor();
  expect((await edges(page, "main section")).left).toBeGreaterThanOrEqual(
    (await edges(page, ".panel")).right,
  );
  await shoot(page, "hosted-closed");
  expect(await violations(page)).toEqual([]);
  await context.close();

  const phone = await visit("/c/demo", { phone: true });
  await shoot(phone.page, "hosted-closed-phone");
  await phone.context.close();

  await changeSite({ availability: { closed: ["hide"] } });
  await told("Personne n’est là pour l’instant. De retour");
  const hidden = await visit("/c/demo", { phone: true, dark: true });
  expect(await hidden.page.locator("button").isVisible()).toBe(false);
  expect(await hidden.page.locator("aparte-widget").count()).toBe(0);
  await shoot(hidden.page, "hosted-hidden-phone-dark");
  await hidden.context.close();

  const lost = await visit("/c/nowhere", { locale: "en-GB" });
  expect(await lost.page.getByRole("heading").textContent()).toBe("This page does not exist");
  await shoot(lost.page, "hosted-lost");
  expect(await violations(lost.page)).toEqual([]);
  await lost.context.close();
});
