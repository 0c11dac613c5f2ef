/** Which of a shop's GA4 pushes leave the page, and what of them, whatever is pushed (rules R-P1, R-P2). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromGa4 } from "../../domain/events/ga4.ts";
import { COMMERCE, keepKnown, type Push, readPush } from "../../web/beacon/ga4.ts";

type Said = { event: string; properties: Record<string, never>; messageId?: string };

const item = {
  item_id: "belle-ile",
  item_name: "Belle-Île",
  item_variant: "Écru M",
  price: 105,
  quantity: 2,
  index: 1,
};
const EVENTS = [
  "view_item",
  "add_to_cart",
  "remove_from_cart",
  "view_cart",
  "begin_checkout",
  "add_shipping_info",
  "add_payment_info",
  "purchase",
  "refund",
  "search",
  "generate_lead",
];

/** What the beacon tells of `push`; null where it is not about commerce. */
function said(push: unknown): Said | null {
  const fields = readPush(Object(push) as Push);
  const { event } = fields;
  return typeof event === "string" && COMMERCE.test(event)
    ? JSON.parse(JSON.stringify(fields, keepKnown))
    : null;
}

test.each(EVENTS)("R-P1: %s is told, pushed as an object and as gtag's arguments", (event) => {
  const params = { currency: "EUR", value: 210, items: [item] };
  const told = said({ event, ecommerce: params });
  expect(told).toMatchObject({ event, properties: { currency: "EUR", value: 210 } });
  expect(told?.properties["items"]).toEqual([{ ...item, index: undefined }]);
  expect(told).toMatchObject({ ...said(asArguments("event", event, params)) });
  // The server has a word of Segment's for each.
  expect(fromGa4(event, {}).name).not.toBe(event);
});

test("R-P2: the same order has the same message id, another order another, and what is no order none", () => {
  const idOf = (order: string) =>
    said({ event: "purchase", ecommerce: { transaction_id: order, value: 9 } })?.messageId;
  expect(idOf("T1")).toBe("purchase T1 9");
  expect(idOf("T2")).not.toBe(idOf("T1"));
  expect(said({ event: "view_cart", ecommerce: {} })?.messageId).toBeUndefined();
});

test("R-P1: only what is known leaves the page, at any depth", () => {
  const person = { email: "camille@example.test", name: "Camille", user_data: { phone: "1" } };
  const told = said({
    event: "generate_lead",
    value: 3,
    ...person,
    items: [{ ...item, ...person, item_brand: { person } }],
    currency: person,
    "gtm.uniqueEventId": 7,
  });
  expect(told?.properties["items"]).toEqual([{ ...item, index: undefined, item_brand: {} }]);
  expect(told?.properties).toMatchObject({ value: 3, currency: {} });
  expect(JSON.stringify(told)).not.toMatch(/camille|phone|gtm/i);
});

test("R-P2: whatever is pushed, nothing is thrown and only commerce is an event", () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (push) => {
      expect(said(push)).toBeNull();
    }),
  );
  for (const push of [
    null,
    { ecommerce: null },
    { event: "gtm.js" },
    { event: "item_id" },
    ["event"],
    ["consent", "update", { analytics_storage: "granted" }],
  ]) {
    expect(said(push)).toBeNull();
  }
});

function asArguments(...args: unknown[]): unknown {
  return (
    function collect() {
      return arguments;
    } as (...given: unknown[]) => unknown
  )(...args);
}
