/** The visitor's part of the main job: a cart in the demo shop, and what Aparté says beside it. */
import type { Locator, Page, Request } from "playwright-core";

/** What the demo's "Aide panier" asks for. */
export const INVITED_AFTER_SECONDS = 30;

/** Look at shirts, put `shirts` of them into the cart, and look at the cart; the moment the cart's page view was sent. */
export async function fillCart(page: Page, url: string, shirts: number): Promise<number> {
  for (let shirt = 0; shirt < shirts; shirt += 1) {
    await page.goto(`${url}/shop/`);
    await page
      .getByRole("main")
      .getByRole("link", { name: /Chemise/ })
      .nth(shirt)
      .click();
    await page.getByRole("button", { name: "Ajouter au panier" }).click();
    await page.getByRole("status").getByText("Ajoutée").waitFor();
  }
  const isCartView = (request: Request): boolean => {
    const said = request.postData() ?? "";
    return request.url().startsWith(`${url}/v1/`) && said.includes('"page"') && said.includes("/shop/cart");
  };
  const sent = page.waitForRequest(isCartView).then(() => Date.now());
  await page.getByRole("link", { name: "Voir le panier" }).click();
  await page.getByRole("heading", { name: "Mon panier" }).waitFor();
  return sent;
}

export function invitation(page: Page): Locator {
  return page.getByRole("region", { name: "Message de Atelier Lin" });
}
