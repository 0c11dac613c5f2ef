/**
 * Targeting as its people use it: an admin installs a segment, builds a campaign upon it and a signal and publishes it;
 * visitors struggle in the shop, one is shown the card, one is held out; the admin reads why, counts, tries and replays.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page, Request, Response } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assign, type Assignment } from "../../domain/experiments/allocation.ts";
import { startServer, type RunningServer } from "../../scripts/server.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY, eventually, exported, post, signIn } from "./demo-api.ts";
import { openWatched, type WatchedPage } from "./watched-page.ts";

const KEY = { authorization: `Bearer ${DEMO_API_KEY}`, "content-type": "application/json" };
const SHOTS = process.env["SHOTS"];
const PHONE = { width: 390, height: 844 };
const SEGMENT = "hot_prospect";
const NAME = "Stuck with a full cart";
const TITLES = { a: "Un souci dans le panier ?", b: "Peut-on vous aider à finir ?" };
const CARD_WITHIN_MS = 5_000;
/** A visit must end before it can be replayed; the shortest that a site may ask for. */
const IDLE_MINUTES = 1;

const stateDir = mkdtempSync(join(tmpdir(), "aparte-targeting-"));
let server: RunningServer;
let browser: Browser;
let admin: WatchedPage;
/** The campaign that the first test makes. */
let campaign: string;
let shown: { visitor: string; variant: string };
let heldOut: { visitor: string; variant: string };

beforeAll(async () => {
  server = await startServer({ port: 0, stateDir });
  browser = await launchBrowser();
  const address = `${server.url}/api/sites/demo`;
  const { version } = (await (await fetch(address, { headers: KEY })).json()) as { version: number };
  const saved = await fetch(address, {
    method: "PATCH",
    headers: { ...KEY, "if-match": `"${version}"` },
    body: JSON.stringify({ session_idle_minutes: IDLE_MINUTES }),
  });
  expect(saved.status).toBe(200);
  admin = await enter({ locale: "en-GB" });
  const cookies = (await signIn(server.url, "admin@demo.test")).split("; ").map((pair) => {
    const [name = "", ...rest] = pair.split("=");
    return { name, value: rest.join("="), url: server.url };
  });
  await admin.context.addCookies(cookies);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

async function enter(options: BrowserContextOptions): Promise<WatchedPage> {
  const viewport = { width: 1_440, height: 900 };
  const watched = await openWatched(browser, server.url, { viewport, reducedMotion: "reduce", ...options });
  watched.context.setDefaultTimeout(20_000);
  return watched;
}

/** The shop in a browser of its own; the device keeps `visitor`, as after an earlier visit. */
async function enterShop(visitor: string | null): Promise<WatchedPage> {
  const watched = await enter({ locale: "fr-FR" });
  if (visitor !== null) {
    await watched.context.addInitScript((id) => {
      if (location.protocol.startsWith("http")) localStorage.setItem("aparte:demo", `:${id}`);
    }, visitor);
  }
  return watched;
}

async function open(screen: string): Promise<Page> {
  await admin.page.goto(`${server.url}/admin/demo${screen}`);
  await admin.page.locator("#main h1").waitFor();
  return admin.page;
}

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  const size = page.viewportSize() ?? PHONE;
  await page.screenshot({ path: `${SHOTS}/journey-${name}.png`, fullPage: true });
  await page.setViewportSize(PHONE);
  await page.screenshot({ path: `${SHOTS}/journey-${name}-phone.png`, fullPage: true });
  await page.setViewportSize(size);
}

test("R-T8: an admin installs a segment, builds a campaign on it and a signal in rows, with two variants, and publishes it", async () => {
  const page = await open("/segments");
  await page.getByRole("button", { name: "Install Hot prospect" }).click();
  await page.getByRole("row").filter({ hasText: SEGMENT }).waitFor();
  await shoot(page, "segments");

  await open("/campaigns/new");
  await page.getByLabel("Name", { exact: true }).fill(NAME);
  await page.getByLabel("Kind", { exact: true }).selectOption("offer");
  await page.getByRole("switch", { name: "Needs a free agent" }).uncheck();
  for (const [index, fact] of [`segment.${SEGMENT}`, "signals.rage_click"].entries()) {
    await page.getByRole("button", { name: "Condition", exact: true }).click();
    await page.locator(".row").nth(index).getByLabel("Fact", { exact: true }).selectOption(fact);
  }
  await page.locator(".row").nth(1).getByLabel("Value", { exact: true }).fill("1");
  expect(JSON.parse(await page.getByLabel("JSON").inputValue())).toEqual({
    [`segment.${SEGMENT}`]: { $eq: true },
    "signals.rage_click": { $gte: 1 },
  });
  await page.getByRole("button", { name: "Variant", exact: true }).click();
  for (const language of ["fr", "en"]) {
    await page.getByLabel("Preview language").selectOption(language);
    for (const [key, title] of Object.entries(TITLES)) {
      const variant = page.getByRole("group", { name: `Variant ${key}` });
      await variant.getByLabel(/^Title \(/).fill(title);
      await variant.getByLabel(/^Coupon code \(/).fill("LIN-AIDE");
    }
  }
  await page.getByLabel("Hold-out", { exact: true }).fill("0.5");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByText("Saved, live everywhere within 10 s").waitFor();
  await shoot(page, "editor");
  campaign = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  expect(campaign).toMatch(/^cmp_/);
  expect(admin.troubles).toEqual([]);
});

test("R-T9: the signals come with the first input and not before, and a struggling visitor of the segment is shown the card within seconds", async () => {
  const visitor = visitorOf("treated");
  shown = { visitor, variant: assignmentOf(visitor).variant };
  await eventually(async () => (await probe(visitorOf("treated"))).includes(campaign), Boolean);
  const { context, page, troubles } = await enterShop(visitor);
  const chunks: string[] = [];
  page.on("request", (request) => {
    if (isSignals(request.url())) chunks.push(request.url());
  });
  await look(page, "/shop/");
  expect(chunks).toEqual([]);
  await touch(page);
  expect(chunks).toHaveLength(1);

  await fillCart(page);
  const told = await rage(page);
  const card = page.getByRole("heading", { name: TITLES[shown.variant === "a" ? "a" : "b"] });
  await card.waitFor({ timeout: CARD_WITHIN_MS });
  await shoot(page, "card");
  const { decisions } = (await told.json()) as Decided;
  expect(decisions).toMatchObject([{ campaign, variant: shown.variant }]);
  await page.getByRole("button", { name: "Non merci" }).click();
  await card.waitFor({ state: "detached" });
  expect(troubles).toEqual([]);
  await context.close();
});

test("R-T10: a held-out visitor who does the same sees nothing, and is counted all the same", async () => {
  const visitor = visitorOf("holdout");
  heldOut = { visitor, variant: assignmentOf(visitor).variant };
  const { context, page, troubles } = await enterShop(visitor);
  await look(page, "/shop/");
  await fillCart(page);
  const { decisions } = (await (await rage(page)).json()) as Decided;
  expect(decisions).toEqual([]);
  const exposures = await eventually(
    () => exported(server.url, "exposures"),
    (rows) => [shown, heldOut].every((one) => rows.some((row) => row["visitor_id"] === one.visitor)),
  );
  expect(await page.locator("aparte-widget .card").count()).toBe(0);
  for (const [arm, { visitor: id, variant }] of Object.entries({ treated: shown, holdout: heldOut })) {
    expect(exposures.filter((row) => row["visitor_id"] === id)).toMatchObject([
      { campaign_id: campaign, arm, variant, probability: "0.25" },
    ]);
  }
  expect(troubles).toEqual([]);
  await context.close();
});

test("R-T11: the admin reads why for each of them, condition by condition with the outcome, and the reasons count them", async () => {
  for (const [{ visitor }, outcome] of [
    [shown, "was shown"],
    [heldOut, "was held out of"],
  ] as const) {
    const page = await open(`/visitors/${visitor}`);
    await page.locator(".sentence", { hasText: `${outcome} ${NAME}` }).waitFor();
    const details = page.getByRole("region", { name: NAME });
    await details.getByText("2 of 2").waitFor();
    for (const [fact, value] of [
      [`segment.${SEGMENT}`, "yes"],
      ["signals.rage_click", "1"],
    ] as const) {
      const row = details.getByRole("row").filter({ hasText: fact });
      expect(await row.locator("strong").textContent()).toMatch(
        fact.startsWith("signals") ? /^[1-9]/ : value,
      );
      expect(await row.locator(".leaf-held").count()).toBe(1);
    }
    await shoot(page, `why-${outcome.replaceAll(" ", "-")}`);
  }
  await eventually(
    async () =>
      (await (
        await fetch(`${server.url}/api/sites/demo/campaigns/${campaign}/reasons`, { headers: KEY })
      ).json()) as { visits: number },
    ({ visits }) => visits >= 3,
  );
  const page = await open(`/campaigns/${campaign}`);
  const counts = page.locator(".reason-counts");
  await counts.getByText("Its rule held in 3 visits.").waitFor();
  // The probe that found the campaign live was shown it too.
  const rows = await counts
    .locator("tbody tr")
    .evaluateAll((all) =>
      all.map((row) => [row.querySelector("th")?.textContent, row.querySelector(".number")?.textContent]),
    );
  expect(Object.fromEntries(rows)).toEqual({ shown: "2", "held out": "1" });
  await shoot(page, "reasons");
  expect(admin.troubles).toEqual([]);
});

test("R-T12: a draft is shown to the browser that its link marked and to no other, and a dry run replays the visits", async () => {
  const page = await open("/campaigns/new");
  await page.getByLabel("Name", { exact: true }).fill("Only a draft");
  await page.getByLabel("Kind", { exact: true }).selectOption("offer");
  await page.getByRole("switch", { name: "Needs a free agent" }).uncheck();
  await page.getByLabel("JSON").fill('{ "event.name": "Page Viewed" }');
  await page.getByLabel("Preview language").selectOption("fr");
  await page.getByLabel(/^Title \(/).fill("Un brouillon");
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Try on my browser" }).click();
  await page.getByLabel("A page of the site").fill(`${server.url}/shop/`);
  await page.getByRole("button", { name: "Make the link" }).click();
  const link = await page.getByLabel("The link").inputValue();
  await shoot(page, "try-out");

  const marked = await enterShop(null);
  const heard = marked.page.waitForResponse((response) => isTold(response.request(), "Engagement Shown"));
  await marked.page.goto(link);
  await heard;
  // The answer to this one comes after that to the first was read: a try-out that nothing keeps stands all the same.
  await ask(marked.page);
  expect(await marked.page.getByRole("heading", { name: "Un brouillon" }).isVisible()).toBe(true);
  const other = await enterShop(null);
  expect((await look(other.page, "/shop/")).decisions).toEqual([]);
  expect(await other.page.locator("aparte-widget .card").count()).toBe(0);
  expect([...marked.troubles, ...other.troubles]).toEqual([]);
  await marked.context.close();
  await other.context.close();

  await eventually(replayed, ({ visits }) => visits >= 3, (IDLE_MINUTES + 2) * 60_000);
  const panel = page.locator(".dry-run");
  await panel.getByRole("button", { name: "Replay", exact: true }).click();
  await panel.getByText(/^[3-9] visits replayed/).waitFor();
  const eligible = panel.getByRole("row").filter({ hasText: "Could be invited" }).locator(".number");
  expect(Number(await eligible.textContent())).toBeGreaterThanOrEqual(3);
  await shoot(page, "dry-run");
  expect(admin.troubles).toEqual([]);
}, 300_000);

type Decided = { decisions: { campaign: string; variant: string }[] };

const isSignals = (url: string): boolean => new URL(url).pathname.startsWith("/w/signals");
const isTold = (request: Request, words: string): boolean =>
  request.url().startsWith(`${server.url}/v1/`) && (request.postData() ?? "").includes(words);

function assignmentOf(visitor: string): Assignment {
  const variants = Object.keys(TITLES).map((key) => ({ key, weight: 1 }));
  return assign({ campaign, phase: 1, visitor, holdout: 0.5, variants });
}

/** Somebody new whom the campaign's own hash puts into `arm`. */
function visitorOf(arm: Assignment["arm"]): string {
  for (;;) {
    const visitor = crypto.randomUUID();
    if (assignmentOf(visitor).arm === arm) return visitor;
  }
}

/** Open `path`, and what the server decided upon it. */
async function look(page: Page, path: string): Promise<Decided> {
  // What the page before says as it goes names that page’s address.
  const answer = page.waitForResponse((response) => isTold(response.request(), `"${server.url}${path}"`));
  const [decided] = await Promise.all([
    answer.then(async (response) => (await response.json()) as Decided),
    page.goto(server.url + path),
  ]);
  return decided;
}

/** Tell something that matches nothing, until it is answered and the page has drawn what came of it. */
async function ask(page: Page): Promise<void> {
  const answer = page.waitForResponse((response) => isTold(response.request(), "Looked Around"));
  await page.evaluate(() => {
    (Reflect.get(globalThis, "aparte") as { track(name: string): void }).track("Looked Around");
  });
  await (await answer).finished();
  await page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  });
}

/** The first input on a page, and the signals that come with it. */
async function touch(page: Page): Promise<void> {
  const chunk = page.waitForResponse((response) => isSignals(response.url()));
  await page.mouse.move(5, 5);
  await page.mouse.move(15, 15);
  await (await chunk).finished();
}

/** Four pages, the last of them the cart with a shirt in it. */
async function fillCart(page: Page): Promise<void> {
  await look(page, "/shop/le-lin");
  await look(page, "/shop/");
  await page
    .getByRole("main")
    .getByRole("link", { name: /Chemise/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Ajouter au panier" }).click();
  await page.getByRole("status").getByText("Ajoutée").waitFor();
  await look(page, "/shop/cart");
  await touch(page);
}

/** Click at what answers nothing until the page told of it; the server's answer. */
async function rage(page: Page): Promise<Response> {
  const answers: Response[] = [];
  page.on("response", (response) => {
    if (isTold(response.request(), "rage_click")) answers.push(response);
  });
  await page.getByRole("heading", { name: "Mon panier" }).hover();
  const [answer] = await eventually(
    async () => {
      for (let click = 0; answers.length === 0 && click < 3; click += 1) {
        await page.mouse.down();
        await page.mouse.up();
      }
      return answers;
    },
    ({ length }) => length > 0,
  );
  if (answer === undefined) throw new Error("the page told of no rage click");
  return answer;
}

/** What the server decides for somebody who comes with all that the campaign asks for, in one batch. */
async function probe(anonymousId: string): Promise<string[]> {
  const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36";
  const message = (more: object) => ({
    anonymousId,
    messageId: crypto.randomUUID(),
    context: { userAgent },
    ...more,
  });
  const track = (event: string, properties: object) => message({ type: "track", event, properties });
  const pages = [1, 2, 3, 4].map((nth) => message({ type: "page", properties: { path: `/shop/${nth}` } }));
  const shirt = { product_id: "rivoli", name: "Rivoli", price: 89, quantity: 1 };
  const batch = [...pages, track("Product Added", shirt), track("Signal Detected", { signal: "rage_click" })];
  const { decisions } = await post<Decided>(`${server.url}/v1/batch?decide=1`, { writeKey: "demo", batch });
  return decisions.map((decision) => decision.campaign);
}

/** How many visits the server has to replay a draft against. */
async function replayed(): Promise<{ visits: number }> {
  const draft = { name: "Any", kind: "offer", variants: [{ key: "a", creative: {} }] };
  return post<{ visits: number }>(`${server.url}/api/sites/demo/campaigns/dry-run`, { campaign: draft }, KEY);
}
