/**
 * GA4's e-commerce events in the words of Segment's specification, so that a tagged shop needs no code for us.
 *
 * Shapes  `fromGa4` takes what was pushed: the event's name, and its parameters beside or inside `ecommerce`.
 * Errors  a name that is not about commerce stays; a parameter that is not about commerce is left out, whatever the
 *         name: a push can hold anything, a person's address too.
 */
import type { Json } from "../visit/facts.ts";

type Parameters = Record<string, Json>;

const EVENTS: Readonly<Record<string, string>> = {
  view_item: "Product Viewed",
  view_item_list: "Product List Viewed",
  add_to_cart: "Product Added",
  remove_from_cart: "Product Removed",
  view_cart: "Cart Viewed",
  begin_checkout: "Checkout Started",
  add_shipping_info: "Checkout Step Completed",
  add_payment_info: "Checkout Step Completed",
  purchase: "Order Completed",
  refund: "Order Refunded",
  search: "Products Searched",
  generate_lead: "Lead Submitted",
  select_promotion: "Promotion Clicked",
};
/** Segment numbers the steps that GA4 names. */
const STEPS: Readonly<Record<string, number>> = { add_shipping_info: 2, add_payment_info: 3 };
const RENAMED: Readonly<Record<string, string>> = {
  item_id: "product_id",
  transaction_id: "order_id",
  search_term: "query",
  shipping_tier: "shipping_method",
  payment_type: "payment_method",
};
const PLAIN =
  /^(?:item_)?(name|brand|category|variant|value|currency|coupon|tax|shipping|price|quantity|discount)$/;

/** Segment's name and properties of the GA4 event `name`. */
export function fromGa4(name: string, pushed: Parameters): { name: string; properties: Parameters } {
  const parameters = { ...pushed, ...objectIn(pushed.ecommerce) };
  const own = picked(parameters);
  const segment = Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined;
  if (segment === undefined) return { name, properties: own };
  const products = Array.isArray(parameters.items)
    ? parameters.items.map((item) => picked(objectIn(item)))
    : null;
  const step = STEPS[name];
  const properties: Parameters = {
    // Adding, viewing and removing are about one product, which Segment names by itself.
    ...(isAboutOne(segment) ? products?.[0] : {}),
    ...own,
    ...(products === null ? {} : { products }),
    ...(own.order_id && own.value !== undefined ? { total: own.value } : {}),
    ...(step === undefined ? {} : { step }),
  };
  return { name: segment, properties };
}

function isAboutOne(segment: string): boolean {
  return segment.startsWith("Product ") && segment !== "Product List Viewed";
}

function picked(parameters: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([key, value]) => {
      const name = (Object.hasOwn(RENAMED, key) ? RENAMED[key] : undefined) ?? PLAIN.exec(key)?.[1];
      return name === undefined ? [] : [[name, value] as const];
    }),
  );
}

function objectIn(value: Json | undefined): Parameters {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
