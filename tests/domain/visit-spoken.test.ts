/** What a page view has told by itself (rule F18). */
import { expect, test } from "vitest";
import { spokenFacts } from "../../domain/visit/spoken.ts";
import { NOON, pageView, track, visitorAfter } from "./visit-state.ts";

const added = (id: string, viewId: string) =>
  track("Product Added", { product_id: id, price: 79, quantity: 1, currency: "EUR" }, viewId);

test("F18: a view's facts hold what that view told, and nothing of other views, visits or history", () => {
  const own = { ...pageView("/cart"), viewId: "own" };
  const other = { ...pageView("/private"), viewId: "other" };
  const state = visitorAfter(
    [
      track("Order Completed", { order_id: "T1", total: 900 }),
      other,
      added("secret", "other"),
      own,
      added("rivoli", "own"),
      track("Form Started", { form_id: "secret", field: "iban" }, "other"),
    ],
    { provenUser: "user-1" },
  );
  const facts = spokenFacts(state, "own", NOON + 60_000);
  expect(facts).toMatchObject({
    page: { path: "/cart", title: "Title of /cart" },
    session: { pages: 1 },
    cart: { value: 79, items: 1, currency: "EUR" },
    form: {},
    visitor: { visits: 0, orders: 0, lifetime_value: 0, identified: false, traits: {} },
    engagement: { shown: 0 },
  });
  expect(facts.session.channel).toBeUndefined();
  expect([facts.device, facts.geo]).toEqual([{}, {}]);
  expect(JSON.stringify(facts)).not.toMatch(/secret|private|iban|900/);
});

test("F18: of a view that has told nothing, nothing is known", () => {
  const state = visitorAfter([{ ...pageView("/cart"), viewId: "own" }, added("rivoli", "own")]);
  for (const view of ["another", null]) {
    const facts = spokenFacts(state, view, NOON);
    expect(facts.page).toEqual({ seconds: 0 });
    expect(facts.cart).toMatchObject({ value: 0, items: 0 });
  }
});
