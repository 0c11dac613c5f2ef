/** The admin in a real browser against the real server: figures that move, a campaign from draft to phase 2. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enterAdmin, type Look, pause, publish, publishPhase, saveDraft, violations } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { DEMO_API_KEY, DEMO_PASSWORD } from "./demo-api.ts";
import { url } from "./own-server.ts";

const SHOP_ORIGIN = "http://shop.example";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const enter = (look?: Look, email?: string) => enterAdmin(browser, url, look, email);

async function send(events: object[]): Promise<void> {
  const answer = await fetch(`${url}/v1/batch`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: SHOP_ORIGIN },
    body: JSON.stringify({ writeKey: "demo", batch: events }),
  });
  if (!answer.ok) throw new Error(`batch: ${answer.status} ${await answer.text()}`);
}

function order(visitor: string): object[] {
  const anonymousId = visitor;
  const context = {
    userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
  };
  return [
    { type: "page", anonymousId, messageId: `${visitor}-page`, context, properties: { path: "/shop/merci" } },
    {
      type: "track",
      event: "Order Completed",
      anonymousId,
      messageId: `${visitor}-order`,
      context,
      properties: { order_id: `${visitor}-1`, total: 120, currency: "EUR" },
    },
  ];
}

test("R-M7: a visible overview shows a new order within 15 seconds, without a reload", async () => {
  const { context, page, complaints } = await enter();
  await page.goto(`${url}/admin/demo?period=today`);
  const orders = page.locator('[data-kpi="orders"] .kpi-value');
  await send(order(`admin-test-${Date.now()}-a`));
  await orders.waitFor({ timeout: 30_000 });
  const before = Number(await orders.textContent());
  await send(order(`admin-test-${Date.now()}-b`));
  await page.waitForFunction(
    (least) => Number(document.querySelector('[data-kpi="orders"] .kpi-value')?.textContent) > least,
    before,
    { timeout: 15_000 },
  );
  await page.locator(".plot").first().waitFor();
  expect(await page.locator(".plot").count()).toBe(3);
  await page.getByRole("button", { name: "Show as table" }).click();
  expect(await page.getByRole("columnheader", { name: "Orders", exact: true }).count()).toBe(1);
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M7: figures that cannot be read again stay, dimmed and dated, with a way to try again", async () => {
  const { context, page } = await enter();
  await send(order(`admin-test-${Date.now()}-c`));
  await page.goto(`${url}/admin/demo?period=today`);
  await page.locator('[data-kpi="orders"]').waitFor({ timeout: 30_000 });
  await page.route("**/kpis?*", (route) => route.abort());
  await page.locator(".data-age").click();
  await page.getByRole("alert").getByText("The figures could not be read").waitFor();
  expect(await page.locator('.stale [data-kpi="orders"]').count()).toBe(1);
  await page.unroute("**/kpis?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator('.shown:not(.stale) [data-kpi="orders"]').waitFor();
  await context.close();
});

test("R-M3 R-M9 R-M10: a campaign is built in rows, mended where it is refused, published, and warned of its next phase", async () => {
  const { context, page, complaints } = await enter();
  await page.goto(`${url}/admin/demo/campaigns/new`);
  await page.getByRole("button", { name: "Save draft" }).click();
  const name = page.getByLabel("Name", { exact: true });
  await name.and(page.locator('[aria-invalid="true"]')).waitFor();
  expect(await name.evaluate((input) => input === document.activeElement)).toBe(true);

  await name.fill("Slow readers");
  await page.getByRole("button", { name: "Condition", exact: true }).click();
  await page.getByLabel("Value").fill("45");
  const json = page.getByLabel("JSON");
  expect(JSON.parse(await json.inputValue())).toEqual({ "page.seconds": { $gte: 45 } });
  await json.fill('{\n  "page.seconds": { "$gtee": 45 }\n}');
  await page.getByText("Line 2: ").waitFor();
  expect(await page.locator(".row.fault").count()).toBe(1);
  await json.fill('{\n  "page.seconds": { "$gte": 50 }\n}');
  expect(await page.getByLabel("Value").inputValue()).toBe("50");

  await page.getByLabel("Title (English)").fill("Still looking?");
  expect(await page.locator(".card h2").textContent()).toBe("Still looking?");
  await publish(page);
  expect(new URL(page.url()).pathname).toMatch(/\/campaigns\/cmp_/);

  await page.getByLabel("Hold-out", { exact: true }).fill("0.3");
  await publishPhase(page, 2);
  await pause(page);
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M8: when somebody saved meanwhile, both versions are shown and keeping both loses nothing", async () => {
  const { context, page } = await enter();
  const headers = { authorization: `Bearer ${DEMO_API_KEY}`, "content-type": "application/json" };
  const made = (await (
    await fetch(`${url}/api/sites/demo/campaigns`, {
      method: "POST",
      headers,
      body: JSON.stringify({ name: "Meeting", kind: "content", variants: [{ key: "a", creative: {} }] }),
    })
  ).json()) as { id: string; version: number };
  const address = `${url}/api/sites/demo/campaigns/${made.id}`;

  await page.goto(`${url}/admin/demo/campaigns/${made.id}`);
  await page.getByLabel("Priority").fill("33");
  const theirs = await fetch(address, {
    method: "PATCH",
    headers: { ...headers, "if-match": `"${made.version}"` },
    body: JSON.stringify({ window_hours: 12 }),
  });
  expect(theirs.status).toBe(200);
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByRole("button", { name: "Take both" }).click();
  await saveDraft(page);
  const saved: unknown = await (await fetch(address, { headers })).json();
  expect(saved).toMatchObject({ priority: 33, window_hours: 12 });
  await context.close();
});

test("R-M15: what is refused is said in French, with the server's own words beside it; skills are chosen, not typed", async () => {
  const { context, page, complaints } = await enter({ locale: "fr-FR" });
  await page.goto(`${url}/admin/demo/settings`);
  await page.getByLabel("Fuseau horaire").fill("Europe/Nulle-Part");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  const zone = page.locator('input[aria-invalid="true"]');
  await zone.waitFor();
  expect(await zone.inputValue()).toBe("Europe/Nulle-Part");
  await page.getByText("Un fuseau comme Europe/Paris.").waitFor();
  expect(await page.locator('.detail [lang="en"]').textContent()).toContain("time zone");
  expect(await violations(page)).toEqual([]);

  await page.goto(`${url}/admin/demo/campaigns/new`);
  const skill = page.getByRole("combobox", { name: "Compétence" });
  await skill.locator("option", { hasText: "Tailles et coupes" }).waitFor({ state: "attached" });
  await skill.selectOption({ label: "Tailles et coupes" });
  expect(await skill.inputValue()).toBe("tailles");
  await page.getByLabel("JSON").fill("[]");
  await page.getByText("Une condition s’écrit entre accolades.").first().waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test("R-M11: signing in leads an admin to the site, and an agent to the console", async () => {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(`${url}/admin/`);
  await page.locator("#sign-in-email").fill("admin@demo.test");
  await page.locator("#sign-in-password").fill(DEMO_PASSWORD);
  await page.locator('button[type="submit"]').click();
  await page.getByRole("heading", { name: "Is it working?" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/admin/demo");
  await context.close();

  const agent = await enter({}, "lea@demo.test");
  await agent.page.goto(`${url}/admin/demo/settings`);
  await agent.page.waitForURL(/\/console\//);
  await agent.page.getByRole("button", { name: "Go online" }).waitFor();
  await agent.context.close();
});

test("R-M13: a key is shown once, works, and stops when it is revoked", async () => {
  const { context, page } = await enter();
  await page.goto(`${url}/admin/demo/api-keys`);
  await page.getByLabel("Key name").fill("Warehouse");
  await page.getByRole("button", { name: "Create" }).click();
  const key = (await page.locator(".secret code").textContent()) ?? "";
  expect(key).toMatch(/^ak_/);
  const ask = () => fetch(`${url}/api/sites/demo`, { headers: { authorization: `Bearer ${key}` } });
  expect((await ask()).status).toBe(200);
  await page.reload();
  await page.getByRole("button", { name: "Revoke Warehouse" }).click();
  expect(await page.getByText(key).count()).toBe(0);
  await page.getByRole("button", { name: "Revoke Warehouse" }).click();
  await page.getByText(/^revoked /).waitFor();
  expect((await ask()).status).toBe(401);
  await context.close();
});

test("R-M12: every screen is accessible under the strict policy, in both languages, light and dark, wide and narrow", async () => {
  const screens = [
    "?period=30d",
    "/campaigns",
    "/campaigns/new",
    "/conversations",
    "/left-messages",
    "/install",
    "/team",
    "/api-keys",
    "/settings",
  ];
  const visits: Look[] = [{ locale: "en-GB" }, { locale: "fr-FR", dark: true, phone: true }];
  for (const visit of visits) {
    const { context, page, complaints } = await enter(visit);
    for (const screen of screens) {
      await page.goto(`${url}/admin/demo${screen}`);
      await page.locator("#main h1").waitFor();
      await page.locator("#main .loading").waitFor({ state: "detached" });
      expect(await violations(page), screen).toEqual([]);
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(sideways, screen).toBe(0);
    }
    expect(complaints).toEqual([]);
    await context.close();
  }
});
