/** GA4's pushes in Segment's words, whatever a shop pushes (rules R-P1, R-P2). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readPush } from "../../web/beacon/ga4.ts";

const item = {
  item_id: "belle-ile",
  item_name: "Belle-Île",
  item_variant: "Écru M",
  price: 105,
  quantity: 2,
  index: 1,
};
const product = {
  product_id: "belle-ile",
  name: "Belle-Île",
  variant: "Écru M",
  price: 105,
  quantity: 2,
};

test.each([
  ["view_item", "Product Viewed"],
  ["add_to_cart", "Product Added"],
  ["remove_from_cart", "Product Removed"],
  ["view_cart", "Cart Viewed"],
  ["begin_checkout", "Checkout Started"],
  ["add_shipping_info", "Checkout Step Completed"],
  ["add_payment_info", "Checkout Step Completed"],
  ["purchase", "Order Completed"],
  ["refund", "Order Refunded"],
  ["search", "Products Searched"],
  ["generate_lead", "Lead Submitted"],
])("R-P1: %s is %s, pushed as an object and as gtag's arguments", (event, name) => {
  const params = { currency: "EUR", value: 210, items: [item] };
  const pushed = readPush({ event, ecommerce: params });
  expect(pushed?.[0]).toBe(name);
  expect(pushed?.[1]).toMatchObject({ currency: "EUR", value: 210, products: [product] });
  expect(readPush(asArguments("event", event, params))).toEqual(pushed);
});

test("R-P1: what is about one product names it by itself; orders have their id and total; steps their number", () => {
  expect(readPush({ event: "add_to_cart", ecommerce: { value: 210, items: [item] } })?.[1]).toMatchObject({
    ...product,
    value: 210,
  });
  expect(readPush({ event: "view_cart", ecommerce: { items: [item] } })?.[1]).not.toHaveProperty(
    "product_id",
  );
  expect(
    readPush({ event: "purchase", ecommerce: { transaction_id: "T1", value: 9, tax: 1 } })?.[1],
  ).toMatchObject({
    order_id: "T1",
    total: 9,
    tax: 1,
  });
  expect(readPush({ event: "search", search_term: "lin" })?.[1]).toMatchObject({ query: "lin" });
  expect(readPush({ event: "add_shipping_info", ecommerce: { shipping_tier: "relais" } })?.[1]).toMatchObject(
    {
      step: 2,
      shipping_method: "relais",
    },
  );
  expect(readPush({ event: "add_payment_info", ecommerce: { payment_type: "cb" } })?.[1]).toMatchObject({
    step: 3,
    payment_method: "cb",
  });
});

test("R-P2: the same order has the same message id, another order another", () => {
  const idOf = (order: string) =>
    readPush({ event: "purchase", ecommerce: { transaction_id: order, value: 9 } })?.[2];
  expect(idOf("T1")).toBe(idOf("T1"));
  expect(idOf("T1")).not.toBe(idOf("T2"));
  expect(readPush({ event: "view_cart", ecommerce: {} })?.[2]).toBeUndefined();
});

test("R-P1: only what is known leaves the page", () => {
  const [, properties] = readPush({
    event: "generate_lead",
    value: 3,
    email: "camille@example.test",
    user_data: { phone: "1" },
    "gtm.uniqueEventId": 7,
  }) ?? [null, {}];
  expect(JSON.parse(JSON.stringify(properties))).toEqual({ value: 3 });
});

test("R-P2: whatever is pushed, nothing is thrown and only commerce is an event", () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (push) => {
      expect(readPush(push)).toBeNull();
    }),
  );
  for (const push of [
    { ecommerce: null },
    { event: "gtm.js" },
    { event: "index" },
    { event: "item_id" },
    ["event"],
  ]) {
    expect(readPush(push)).toBeNull();
  }
});

function asArguments(...args: unknown[]): unknown {
  return (
    function collect() {
      return arguments;
    } as (...given: unknown[]) => unknown
  )(...args);
}
