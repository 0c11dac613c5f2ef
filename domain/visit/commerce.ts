/**
 * Carts and orders as Segment's e-commerce events tell them.
 *
 * Shapes  a `Cart` keeps one line per product and variant; an order's total is what the event says, or its lines' sum.
 * Units   money in major units; quantities are whole.
 */
import type { OrderAmount } from "../site/order-amount.ts";
import type { Json } from "./facts.ts";

const MAX_LINES = 100;
/** Characters of a product's name that are kept: a hundred lines of them must stay a small object. */
const MAX_NAME = 120;
const MAX_MONEY = 1e9;

/** `name` is what the site calls the product, where it said so. */
export type Line = { price: number; quantity: number; name?: string };
export type Cart = {
  lines: Record<string, Line>;
  views: number;
  viewsSinceAdd: number;
  currency: string | null;
};

export const EMPTY_CART: Cart = { lines: {}, views: 0, viewsSinceAdd: 0, currency: null };

const AS_TOLD: OrderAmount = { tax: "included", shipping: "included" };

type Properties = Record<string, Json>;
type NamedLine = Line & { id: string };

/** `cart` after the event `name`; unchanged for events that are not about carts. */
export function foldCart(cart: Cart, name: string, properties: Properties): Cart {
  const currency = textOf(properties.currency) ?? cart.currency;
  const lines = linesOf(properties);
  switch (name) {
    case "Product Added":
      return { ...cart, currency, viewsSinceAdd: 0, lines: changed(cart.lines, lines, 1) };
    case "Product Removed":
      return { ...cart, currency, lines: changed(cart.lines, lines, -1) };
    case "Cart Viewed":
      return {
        lines: Array.isArray(properties.products) ? changed({}, lines, 1) : cart.lines,
        currency,
        views: cart.views + 1,
        viewsSinceAdd: cart.viewsSinceAdd + 1,
      };
    case "Checkout Started":
      return Array.isArray(properties.products) ? { ...cart, currency, lines: changed({}, lines, 1) } : cart;
    case "Order Completed":
      return { ...cart, lines: {}, viewsSinceAdd: 0 };
    default:
      return cart;
  }
}

/** The cart's worth and its number of pieces. */
export function cartTotals(cart: Cart): { value: number; items: number } {
  let value = 0;
  let items = 0;
  for (const line of Object.values(cart.lines)) {
    value += line.price * line.quantity;
    items += line.quantity;
  }
  return { value: Math.round(value * 100) / 100, items };
}

/**
 * What an `Order Completed` is worth: `total`, else `revenue`, else `value`, else its products. Null: no price.
 *
 * Of a `total`, what the site leaves out goes off where the event tells how much it was. `revenue` (Segment) and `value`
 * (GA4) hold neither tax nor shipping by their definitions, and of a sum of products nobody says what is in it: who tells
 * only one of these has it taken as told, whatever the site counts.
 */
export function orderTotal(properties: Properties, counted: OrderAmount = AS_TOLD): number | null {
  for (const key of ["total", "revenue", "value"]) {
    const stated = properties[key];
    if (stated === undefined || stated === null) continue;
    const amount = moneyOf(stated);
    if (amount === null || amount < 0) return null;
    return key === "total" ? withoutLeftOut(amount, properties, counted) : amount;
  }
  return cartTotals({ ...EMPTY_CART, lines: changed({}, linesOf(properties), 1) }).value;
}

/**
 * What an `Order Completed` tells that its price was lowered by: `discount`, else that of its products (GA4 tells it of one
 * piece). Null: nobody told, as of a coupon of which only the code is known.
 */
export function orderDiscount(properties: Properties): number | null {
  const stated = moneyOf(properties.discount);
  if (stated !== null) return Math.abs(stated);
  const products = Array.isArray(properties.products) ? properties.products : [];
  const told = products.flatMap((product) => {
    if (typeof product !== "object" || product === null || Array.isArray(product)) return [];
    const each = moneyOf(product.discount);
    return each === null ? [] : [Math.abs(each) * quantityOf(product)];
  });
  if (told.length === 0) return null;
  const sum = Math.round(told.reduce((all, one) => all + one, 0) * 100) / 100;
  return Math.min(sum, MAX_MONEY);
}

/** What an `Order Refunded` gives back, read as its order was: never below 0; null where no amount can be read. */
export function refundAmount(properties: Properties, counted: OrderAmount = AS_TOLD): number | null {
  const total = moneyOf(properties.total ?? properties.value);
  if (total === null) return null;
  const amount = Math.abs(total);
  return properties.total == null ? amount : withoutLeftOut(amount, properties, counted);
}

/** `total` less the tax and shipping that the event tells and the site leaves out; never below 0. */
function withoutLeftOut(total: number, properties: Properties, counted: OrderAmount): number {
  // A `value` beside it that is the same is GA4's, of which the total is a copy.
  if (moneyOf(properties.value) === moneyOf(properties.total)) return total;
  const parts = (["tax", "shipping"] as const).filter((part) => counted[part] === "left_out");
  const off = parts.reduce((sum, part) => sum + Math.abs(moneyOf(properties[part]) ?? 0), 0);
  return off === 0 ? total : Math.max(0, Math.round((total - off) * 100) / 100);
}

/** Pieces in an order's products. */
export function orderItems(properties: Properties): number {
  return linesOf(properties).reduce((sum, line) => sum + line.quantity, 0);
}

/** A finite amount of money in `value`, or null. */
export function moneyOf(value: Json | undefined): number | null {
  const amount = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof amount === "number" && Number.isFinite(amount) && Math.abs(amount) <= MAX_MONEY
    ? amount
    : null;
}

/** A non-empty text in `value`, numbers included, at most 200 characters; else null. */
export function textOf(value: Json | undefined): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : null;
}

function linesOf(properties: Properties): NamedLine[] {
  const products = Array.isArray(properties.products) ? properties.products : [properties];
  return products.flatMap((product) => {
    if (typeof product !== "object" || product === null || Array.isArray(product)) return [];
    const id = textOf(product.product_id) ?? textOf(product.sku) ?? textOf(product.name);
    if (id === null) return [];
    const variant = textOf(product.variant);
    const quantity = quantityOf(product);
    const price = Math.max(0, moneyOf(product.price) ?? 0);
    const name = textOf(product.name)?.slice(0, MAX_NAME);
    const line: Line = { price, quantity, ...(name === undefined ? {} : { name }) };
    return [{ id: variant === null ? id : `${id}/${variant}`, ...line }];
  });
}

function quantityOf(product: Properties): number {
  return Math.max(0, Math.min(10_000, Math.trunc(moneyOf(product.quantity) ?? 1)));
}

function changed(before: Record<string, Line>, lines: NamedLine[], sign: 1 | -1): Record<string, Line> {
  const after = new Map(Object.entries(before));
  for (const { id, price, quantity, name } of lines) {
    const line = after.get(id);
    const left = Math.max(0, (line?.quantity ?? 0) + sign * quantity);
    const named = name ?? line?.name;
    if (left === 0) after.delete(id);
    else if (after.size < MAX_LINES || after.has(id))
      after.set(id, {
        price: price || (line?.price ?? 0),
        quantity: left,
        ...(named === undefined ? {} : { name: named }),
      });
  }
  return Object.fromEntries(after);
}
