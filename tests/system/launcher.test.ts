/**
 * Whether the chat's button stays once a card is gone, the whole way: chosen in the admin, published, and met by
 * visitors of the demo shop.
 */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AdminPage, enterAdmin, publish, publishPhase } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY, eventually } from "./demo-api.ts";
import { url } from "./own-server.ts";
import { openWatched, type WatchedPage } from "./watched-page.ts";
import { shoot } from "./widget-page.ts";

const TITLE = "Dix pour cent ce soir";
const KEY = { authorization: `Bearer ${DEMO_API_KEY}` };

let browser: Browser;
let admin: AdminPage;
beforeAll(async () => {
  browser = await launchBrowser();
  admin = await enterAdmin(browser, url);
});
afterAll(() => browser.close());

const launcher = (page: Page) => page.getByRole("button", { name: "Ouvrir la conversation" });
const card = (page: Page) => page.getByRole("heading", { name: TITLE });

/** The shop as somebody new sees it who is invited. */
async function invited(options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const watched = await openWatched(browser, url, { locale: "fr-FR", reducedMotion: "reduce", ...options });
  const shown = watched.page.waitForResponse((answer) =>
    (answer.request().postData() ?? "").includes("Engagement Shown"),
  );
  await watched.page.goto(`${url}/shop/`);
  await shown;
  await card(watched.page).waitFor();
  return watched;
}

/** The card goes by `act`, and what is told of it has arrived. */
async function goneBy(page: Page, name: string, act: () => Promise<void>): Promise<void> {
  const told = page.waitForResponse((answer) => (answer.request().postData() ?? "").includes(name));
  await Promise.all([told, act()]);
  await card(page).waitFor({ state: "detached" });
}

/** Until a new visitor's card says `after`: what is published is live within 10 s. */
async function liveWith(after: "stays" | "none"): Promise<void> {
  const said = async (): Promise<unknown> => {
    const anonymousId = crypto.randomUUID();
    const page = { url: `${url}/shop/`, path: "/shop/", title: "Shop" };
    const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36";
    const answer = await fetch(`${url}/v1/page?decide=1`, {
      method: "POST",
      body: JSON.stringify({ writeKey: "demo", anonymousId, properties: page, context: { page, userAgent } }),
    });
    const { decisions } = (await answer.json()) as { decisions: { creative: Record<string, unknown> }[] };
    const [decision] = decisions;
    return decision?.creative["title"] === TITLE ? (decision.creative["launcher"] ?? "stays") : null;
  };
  expect(await eventually(said, (one) => one === after)).toBe(after);
}

test("R-M28 R-W88: a campaign saved with nothing staying leaves no button behind its card, however the card goes", async () => {
  const { page } = admin;
  await page.goto(`${url}/admin/demo/campaigns/new`);
  await page.getByLabel("Name", { exact: true }).fill("Tonight");
  await page.getByLabel("Kind", { exact: true }).selectOption("offer");
  await page.getByRole("switch", { name: "Needs a free agent" }).uncheck();
  await page.getByLabel("JSON").fill('{ "event.name": "Page Viewed" }');
  await page.getByLabel("Preview language").selectOption("fr");
  await page.getByLabel(/^Title \(/).fill(TITLE);
  await page.getByLabel("After the card").selectOption({ label: "nothing stays" });
  await page.getByLabel("Hold-out", { exact: true }).fill("0");
  await publish(page);
  await liveWith("none");

  const ways: [string, (page: Page) => Promise<void>][] = [
    ["Engagement Declined", (shop) => shop.getByRole("button", { name: "Non merci" }).click()],
    ["Engagement Declined", (shop) => shop.keyboard.press("Escape")],
    ["Engagement Accepted", (shop) => shop.getByRole("button", { name: "J’en profite" }).click()],
  ];
  for (const [name, act] of ways) {
    const visitor = await invited();
    await goneBy(visitor.page, name, () => act(visitor.page));
    expect(await visitor.page.locator("aparte-widget").getByRole("button").count()).toBe(0);
    await shoot(visitor.page, `launcher-none-${name.replaceAll(" ", "-")}`);
    expect(visitor.troubles).toEqual([]);
    await visitor.context.close();
  }
  expect(admin.complaints).toEqual([]);
});

test("R-M28 R-W88: saved with the button staying, it stays behind the card and opens the chat", async () => {
  await publishStaying();
  const visitor = await invited();
  await goneBy(visitor.page, "Engagement Declined", () =>
    visitor.page.getByRole("button", { name: "Non merci" }).click(),
  );
  await launcher(visitor.page).waitFor();
  await shoot(visitor.page, "launcher-stays");
  await launcher(visitor.page).click();
  await visitor.page.getByRole("dialog").waitFor();
  expect(visitor.troubles).toEqual([]);
  await visitor.context.close();
});

async function publishStaying(): Promise<void> {
  const { page } = admin;
  const { id } = await saved();
  await page.goto(`${url}/admin/demo/campaigns/${id}`);
  await page.getByLabel("After the card").selectOption({ label: "the button stays" });
  await publishPhase(page, 2);
  await liveWith("stays");
}

async function saved(): Promise<{ id: string }> {
  const answer = await fetch(`${url}/api/sites/demo/campaigns`, { headers: KEY });
  const { items } = (await answer.json()) as { items: { id: string; name: string }[] };
  const found = items.find(({ name }) => name === "Tonight");
  if (found === undefined) throw new Error("the campaign was not saved");
  return found;
}
