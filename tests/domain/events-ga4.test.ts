/** GA4's events in Segment's words, as the server reads them (rule F11). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromGa4 } from "../../domain/events/ga4.ts";

const item = {
  item_id: "belle-ile",
  item_name: "Belle-Île",
  item_variant: "Écru M",
  price: 105,
  quantity: 2,
  index: 1,
};
const product = { product_id: "belle-ile", name: "Belle-Île", variant: "Écru M", price: 105, quantity: 2 };

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
])("F11: %s is %s, with its parameters beside or inside ecommerce", (event, name) => {
  const parameters = { currency: "EUR", value: 210, items: [item] };
  const told = fromGa4(event, parameters);
  expect(told).toMatchObject({ name, properties: { currency: "EUR", value: 210, products: [product] } });
  expect(fromGa4(event, { ecommerce: parameters })).toEqual(told);
});

test("F11: what is about one product names it by itself; orders have their id and total; steps their number", () => {
  expect(fromGa4("add_to_cart", { value: 210, items: [item] }).properties).toMatchObject({
    ...product,
    value: 210,
  });
  expect(fromGa4("view_cart", { items: [item] }).properties).not.toHaveProperty("product_id");
  expect(fromGa4("view_item_list", { items: [item] }).properties).not.toHaveProperty("product_id");
  expect(fromGa4("purchase", { transaction_id: "T1", value: 9, tax: 1 }).properties).toEqual({
    order_id: "T1",
    value: 9,
    total: 9,
    tax: 1,
  });
  expect(fromGa4("search", { search_term: "lin" }).properties).toEqual({ query: "lin" });
  expect(fromGa4("add_shipping_info", { shipping_tier: "relais" }).properties).toEqual({
    step: 2,
    shipping_method: "relais",
  });
  expect(fromGa4("add_payment_info", { payment_type: "cb" }).properties).toEqual({
    step: 3,
    payment_method: "cb",
  });
});

test("F11: only what is known of commerce is taken, whatever was pushed", () => {
  const { name, properties } = fromGa4("generate_lead", {
    email: "ada@example.net",
    value: 3,
    user: { id: 1 },
  });
  expect({ name, properties }).toEqual({ name: "Lead Submitted", properties: { value: 3 } });
  expect(fromGa4("constructor", { email: "ada@example.net", currency: "EUR" })).toEqual({
    name: "constructor",
    properties: { currency: "EUR" },
  });
  const parameters = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom("items", "ecommerce", "value", "transaction_id", "__proto__")),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.constantFrom("purchase", "add_to_cart", "x"), parameters, (event, pushed) => {
      const told = fromGa4(event, pushed as Parameters<typeof fromGa4>[1]);
      expect(Object.getPrototypeOf(told.properties)).toBe(Object.prototype);
      expect(JSON.stringify(told)).toBeTypeOf("string");
    }),
  );
});
