/** The list of live visitors in a real browser, beside a shop whose visitor is in another one. */
import type { BrowserContextOptions, Page, WebSocketRoute } from "playwright-core";
import { expect, test } from "vitest";
import { DESKTOP, expectClean, newPage, PHONE, shoot, signIn } from "./console-page.ts";
import { url } from "./own-server.ts";

const PERSON =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

/** Léa at her list of live visitors, online where she is to invite. */
async function openList(
  options: BrowserContextOptions,
  online: boolean,
  before?: (page: Page) => Promise<void>,
): Promise<Page> {
  const page = await newPage(options);
  await before?.(page);
  await page.goto(`${url}/console/#/visitors`);
  await signIn(page, "lea@demo.test");
  await page.getByRole("heading", { name: "Visiteurs en direct" }).waitFor();
  if (online) {
    const status = page.getByRole("button", { name: /^Votre statut/ });
    await status.waitFor();
    if (!(await status.getAttribute("aria-label"))?.includes("En ligne")) {
      const list = page.getByRole("region", { name: "Visiteurs en direct" });
      await list.getByRole("button", { name: "Passer en ligne" }).click();
    }
    await page.getByRole("button", { name: "Votre statut : En ligne, j’accepte" }).waitFor();
  }
  return page;
}

type Visit = { path: string; title: string; cart?: number; pages?: number; referrer?: string };

/** A page of somebody else's, as its beacon would tell it. */
async function visit(anonymousId: string, { path, title, cart, pages = 1, referrer }: Visit): Promise<void> {
  const page = { url: `${url}${path}`, path, title, referrer };
  const message = (more: object) => ({
    anonymousId,
    messageId: crypto.randomUUID(),
    context: { page, consent: { status: "granted" } },
    ...more,
  });
  const views = Array.from({ length: pages }, () => message({ type: "page", properties: page }));
  const product = { product_id: "p1", name: "Rivoli", price: cart, quantity: 1, currency: "EUR" };
  const added =
    cart === undefined ? [] : [message({ type: "track", event: "Product Added", properties: product })];
  const answer = await fetch(`${url}/v1/batch?decide=1`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("demo:")}`, "user-agent": PERSON },
    body: JSON.stringify({ batch: [...views, ...added] }),
  });
  expect(answer.status).toBe(200);
}

/** What lies in a cart is put there once. */
let filled = false;

async function someVisitors(): Promise<void> {
  const cart = (value: number) => (filled ? {} : { cart: value });
  await visit("live-1", {
    path: "/shop/cart",
    title: "Panier",
    ...cart(289),
    pages: 6,
    referrer: "https://www.google.com/",
  });
  await visit("live-2", { path: "/shop/chemise-rivoli", title: "Chemise Rivoli, ciel", pages: 3 });
  await visit("live-3", { path: "/shop/guide", title: "Guide des tailles", ...cart(105), pages: 4 });
  await visit("live-4", { path: "/shop/", title: "Chemises homme" });
  filled = true;
}

const rows = (page: Page) => page.locator(".visitors-table tbody tr");

/** The server keeps what it knows of a site for seconds: a page is told until the list has it. */
async function until(page: Page, holds: () => Promise<boolean>): Promise<void> {
  await expect
    .poll(
      async () => {
        await someVisitors();
        return holds();
      },
      { timeout: 30_000, interval: 1_500 },
    )
    .toBe(true);
  await page.getByText(/visiteurs? sur le site/).waitFor();
}

test("R-L18: empty, then live; filtered, sorted, walked by the keyboard, dark and on a phone, frozen without a network", async () => {
  let down = false;
  const open = new Set<WebSocketRoute>();
  const page = await openList(DESKTOP, true, (fresh) =>
    fresh.routeWebSocket(/\/desk\/socket$/, (socket) => {
      if (down) return void socket.close({ code: 1_013 });
      open.add(socket);
      socket.connectToServer();
    }),
  );
  await page.getByRole("heading", { name: "Personne en vue pour l’instant" }).waitFor();
  await expectClean(page, "live-empty");

  await until(page, async () => (await rows(page).count()) === 4);
  const cart = page.getByRole("row").filter({ hasText: "289" });
  await cart.waitFor();
  expect(await rows(page).first().textContent()).toContain("289");
  await expectClean(page, "live-light");

  await page.getByRole("button", { name: "Avec un panier" }).click();
  expect(await rows(page).count()).toBe(2);
  await page.getByRole("button", { name: "Tous" }).click();
  await page.getByRole("heading", { name: "Visiteurs en direct" }).click();
  await page.keyboard.press("/");
  await page.keyboard.type("GUIDE des");
  expect(await rows(page).count()).toBe(1);
  await page.getByRole("searchbox").fill("rien de tel");
  await page.getByRole("button", { name: "Montrer tous les visiteurs" }).click();
  await page.getByRole("button", { name: "Pages", exact: true }).click();
  expect(await page.getByRole("columnheader", { name: "Pages" }).getAttribute("aria-sort")).toBe(
    "descending",
  );

  await rows(page).first().getByRole("button").focus();
  await page.keyboard.press("ArrowDown");
  expect(
    await rows(page)
      .nth(1)
      .getByRole("button")
      .evaluate((one) => one === document.activeElement),
  ).toBe(true);
  await page.keyboard.press("Enter");
  const sheet = page.locator("wa-dialog").filter({ hasText: "Votre message" });
  await sheet.getByLabel("Votre message").waitFor();
  await expectClean(page, "live-invite");
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });

  await page.emulateMedia({ colorScheme: "dark" });
  await expectClean(page, "live-dark");
  await page.emulateMedia({ colorScheme: "light" });

  down = true;
  for (const socket of open) await socket.close({ code: 1_012 });
  await page.getByText(/la liste est celle de/).waitFor();
  expect(await rows(page).count()).toBeGreaterThan(0);
  expect(
    await page
      .getByRole("button", { name: /^Inviter/ })
      .first()
      .isDisabled(),
  ).toBe(true);
  await expectClean(page, "live-frozen");
  down = false;
  await page.context().close();

  const phone = await openList(PHONE, false);
  await until(phone, async () => (await rows(phone).count()) === 4);
  await expectClean(phone, "live-phone");
  const { scroll, width } = await phone.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    width: innerWidth,
  }));
  expect(scroll).toBe(width);
});

test("R-L19: invited from the list, a visitor of the shop sees the card within 10 s; the answer comes to who asked", async () => {
  const console_ = await openList(DESKTOP, true);
  const shop = await newPage(DESKTOP);
  // The isolate that serves the shop has learnt that the list is open once pages are asked to come back.
  await expect
    .poll(
      async () => {
        await shop.goto(`${url}/shop/?at=${Date.now()}`);
        const answer = await shop.waitForResponse((response) => response.url().includes("/v1/batch"));
        return ((await answer.json()) as { wake_after_ms: number | null }).wake_after_ms ?? Infinity;
      },
      { timeout: 40_000, interval: 500 },
    )
    .toBeLessThanOrEqual(10_000);
  const row = console_
    .getByRole("row")
    .filter({ hasText: await shop.title() })
    .first();
  await row.getByRole("button", { name: /^Inviter/ }).click();
  const sheet = console_.locator("wa-dialog").filter({ hasText: "Votre message" });
  await sheet.getByLabel("Votre message").fill("Une question sur {{ visitor.name }} la coupe ?");
  const asked = Date.now();
  await sheet.getByRole("button", { name: "Envoyer l’invitation" }).click();
  await console_.getByText("Invitation envoyée").waitFor();

  await shop.getByText("Une question sur {{ visitor.name }} la coupe ?").waitFor();
  expect(Date.now() - asked).toBeLessThan(11_000);
  await shop.getByText("Léa Martin").first().waitFor();
  await shoot(shop, "live-card");
  await console_.getByText(/Invitation vue/).waitFor();
  await shop.getByRole("button", { name: "Discuter" }).click();
  const field = shop.getByRole("textbox", { name: "Votre message" });
  await field.fill("Oui, je veux bien.");
  await shop.keyboard.press("Enter");
  await console_
    .getByRole("article", { name: /^Demande de/ })
    .filter({ hasText: "Oui, je veux bien." })
    .waitFor();
  await console_.getByText(/Invitation acceptée/).waitFor();
  await expectClean(console_, "live-accepted");
});
