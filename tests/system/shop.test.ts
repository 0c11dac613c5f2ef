/** The demo shop: one script tag, an order said once, pages that everybody can use (rule R-P11). */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violations } from "./accessibility.ts";
import { launchBrowser } from "./browser.ts";
import { url } from "./own-server.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test.each([
  ["wide", 1440, 900],
  ["phone", 390, 844],
])(
  "R-P11: from the list to one order, on a %s screen, without a fault of access",
  async (_name, width, height) => {
    const context = await browser.newContext({ viewport: { width, height }, locale: "fr-FR" });
    const page = await context.newPage();
    await page.goto(`${url}/shop/`);
    expect(await page.locator("script[data-key]").count()).toBe(1);
    await usable(page);
    await page.getByRole("link", { name: /Belle-Île/ }).click();
    await usable(page);
    await page.getByRole("button", { name: "Ajouter au panier" }).click();
    await page.getByRole("link", { name: "Voir le panier" }).click();
    await page.getByRole("button", { name: /^Un de plus/ }).click();
    await page.getByText("2 articles").waitFor();
    await usable(page);

    await page.getByRole("link", { name: "Passer commande" }).click();
    for (const name of ["Adresse électronique", "Nom et prénom", "Adresse", "Code postal", "Ville"]) {
      const text = name === "Adresse électronique" ? "camille@example.test" : "75002";
      await page.getByRole("textbox", { name, exact: true }).fill(text);
    }
    await usable(page);
    await page.getByRole("button", { name: "Continuer" }).click();
    await page.getByRole("heading", { name: "Livraison", exact: true }).waitFor();
    await page.getByRole("button", { name: "Continuer" }).click();
    await page.getByRole("button", { name: "Payer la commande" }).click();
    await page.getByRole("heading", { name: /^Merci/ }).waitFor();
    await usable(page);
    expect(await purchases(page)).toBe(1);
    await page.reload();
    expect(await purchases(page)).toBe(0);

    expect((await page.goto(`${url}/shop/nulle-part`))?.status()).toBe(404);
    await page.getByRole("heading", { name: "Page introuvable" }).waitFor();
    await usable(page);
    await context.close();
  },
);

/** No rule of axe-core is broken, and nothing reaches beyond the side of the screen. */
async function usable(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}

function purchases(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      (Reflect.get(window, "dataLayer") as { event?: string }[]).filter((one) => one.event === "purchase")
        .length,
  );
}
