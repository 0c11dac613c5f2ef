/** The pane beside a conversation, in a real browser: all of somebody proven, and of nobody else more than this visit. */
import { expect, test } from "vitest";
import { DESKTOP, enterConsole, expectClean, PHONE, proofOf, startChat, takeOffer } from "./console-page.ts";
import { DEMO_API_KEY, eventually, post } from "./demo-api.ts";
import { url } from "./own-server.ts";

const USER = "client-4711";
const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };

async function tell(writeKey: string, batch: object[]): Promise<void> {
  await post(`${url}/v1/batch`, { writeKey, batch });
}

const page = (path: string, title: string, referrer?: string) => ({
  path,
  title,
  referrer,
  url: `${url}${path}`,
});

/** A visit with a cart; with `token` also an order and traits, under the visitor's proven identity. */
async function visits(anonymousId: string, token?: string): Promise<void> {
  const context = (of: object) => ({ page: of, consent: { status: "granted" }, identity_token: token });
  const message = (more: object) => ({ anonymousId, messageId: crypto.randomUUID(), ...more });
  const found = page("/shop/chemises", "Chemises homme", "https://www.google.com/");
  const cart = page("/shop/cart", "Panier");
  const products = [
    { product_id: "belle-ile", variant: "M", name: "Chemise lin « Belle-Île »", price: 105, quantity: 1 },
    { product_id: "rivoli", variant: "L", name: "Oxford « Rivoli »", price: 89, quantity: 2 },
  ];
  await tell("demo", [
    message({ type: "page", properties: found, context: context(found) }),
    message({ type: "page", properties: cart, context: context(cart) }),
    ...products.map((product) =>
      message({
        type: "track",
        event: "Product Added",
        properties: { ...product, currency: "EUR" },
        context: context(cart),
      }),
    ),
  ]);
  if (token === undefined) return;
  await tell("demo", [
    message({
      type: "identify",
      traits: { name: "Camille Roussel", fidelite: "or", taille: "M" },
      context: context(cart),
    }),
  ]);
  await tell(DEMO_API_KEY, [
    message({
      type: "track",
      userId: USER,
      event: "Order Completed",
      properties: { order_id: "10482", total: 195, currency: "EUR" },
    }),
  ]);
  const known = async () => {
    const answer = await fetch(`${url}/api/sites/demo/visitors/${anonymousId}`, {
      headers: { authorization: `Bearer ${DEMO_API_KEY}` },
    });
    return answer.ok ? ((await answer.json()) as { orders: unknown[] }).orders.length : 0;
  };
  expect(await eventually(known, (orders) => orders > 0)).toBe(1);
  const back = page("/shop/cart", "Panier");
  await tell("demo", [message({ type: "page", properties: back, context: context(back) })]);
  for (const product of products) {
    const properties = { ...product, currency: "EUR" };
    await tell("demo", [
      message({ type: "track", event: "Product Added", properties, context: context(back) }),
    ]);
  }
}

test("R-L22: all of somebody proven, an order's number to copy; of nobody else more than this visit", async () => {
  const console_ = await enterConsole("lea@demo.test", { ...DESKTOP, ...CLIPBOARD });
  await console_.getByRole("button", { name: "Passer en ligne" }).click();
  await console_.getByRole("button", { name: "Votre statut : En ligne, j’accepte" }).waitFor();

  const token = await proofOf(USER);
  const camille = `context-${crypto.randomUUID()}`;
  await visits(camille, token);
  await startChat("La Rivoli taille-t-elle grand ?", camille, token);
  await takeOffer(console_, "taille-t-elle grand");
  const pane = console_.getByRole("complementary", { name: "Le visiteur" });
  await pane.getByText("Arrive de www.google.com").waitFor();
  await pane.locator(".trail").getByText("Panier").first().waitFor();
  await pane.getByText(/283/).first().waitFor();
  await pane.getByText("Camille Roussel").waitFor();
  await pane.getByText(USER).waitFor();
  await pane.getByText("A ouvert la conversation sans invitation.").waitFor();
  await pane.getByRole("button", { name: "Copier le numéro 10482" }).click();
  await pane.getByText("Numéro 10482 copié.").waitFor();
  expect(await console_.evaluate(() => navigator.clipboard.readText())).toBe("10482");
  await expectClean(console_, "context-proven");
  await console_.emulateMedia({ colorScheme: "dark" });
  await expectClean(console_, "context-dark");
  await console_.emulateMedia({ colorScheme: "light" });

  const stranger = `context-${crypto.randomUUID()}`;
  await visits(stranger);
  await startChat("Livrez-vous en Belgique ?", stranger);
  await takeOffer(console_, "en Belgique");
  await pane.getByText("seule cette visite est montrée").waitFor();
  await pane.locator(".trail").getByText("Panier").waitFor();
  expect(await pane.getByRole("heading", { name: "Commandes" }).count()).toBe(0);
  await expectClean(console_, "context-unproven");
  await console_.context().close();

  const phone = await enterConsole("lea@demo.test", { ...PHONE, ...CLIPBOARD });
  await phone.getByText("La Rivoli taille-t-elle grand ?").first().click();
  await phone.goto(`${phone.url()}/visitor`);
  await phone.getByRole("button", { name: "Copier le numéro 10482" }).waitFor();
  await expectClean(phone, "context-phone");
});
