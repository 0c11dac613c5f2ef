/**
 * From an event to the moment that a visit remembers of it.
 *
 * Shapes  `momentOf` keeps all that folding reads; `clipMoment` cuts it to what may be kept.
 * Units   lengths are UTF-16 code units of JSON.
 */
import type { Event } from "../events/event.ts";
import type { EpochMs } from "../ids.ts";
import type { Json } from "./facts.ts";
import { opensView } from "./fold.ts";
import { type Moment, type Sold } from "./state.ts";

export const MAX_PROPERTIES_LENGTH = 400;
const MAX_ADDRESS = 300;
const MAX_TITLE = 100;
const MAX_TEXT = 120;

/** What folding reads comes first, so that a crowded event loses what only its owner knows. */
const FOLDED: readonly string[] = [
  "order_id",
  "total",
  "revenue",
  "value",
  "currency",
  "step",
  "form_id",
  "field",
  "seconds",
  "refilled",
  "signal",
  "scroll",
  "decision_id",
  "product_id",
  "sku",
  "variant",
  "price",
  "quantity",
  "name",
  "payment_method",
  "shipping_method",
];
const OF_PAGE: readonly string[] = ["url", "path", "title", "referrer", "status", "search", "name"];
/** What a cart's line is made of. */
const OF_PRODUCT: readonly string[] = ["product_id", "sku", "variant", "price", "quantity", "name"];

export type Served = { now: EpochMs; version: number; freeSlots: number };

/** `event` as it is folded: at the server's moment, its view named. */
export function momentOf(event: Event, served: Served, effects: Pick<Moment, "reached" | "sold">): Moment {
  const opens = opensView(event);
  const { url = "", path = "", title = null, referrer = null, status = null } = event.page ?? {};
  return {
    name: event.name,
    type: event.type,
    at: served.now,
    viewId: event.viewId ?? (opens ? event.id : null),
    page: opens ? { url, path, title, referrer, status } : null,
    properties: event.properties,
    version: served.version,
    freeSlots: served.freeSlots,
    ...effects,
  };
}

/** What an order changed, or nothing. */
export function soldBetween(
  before: { orders: number; lifetimeValue: number },
  after: { orders: number; lifetimeValue: number },
): { sold?: Sold } {
  const sold = { orders: after.orders - before.orders, value: after.lifetimeValue - before.lifetimeValue };
  return sold.orders === 0 && sold.value === 0 ? {} : { sold };
}

/** `moment` as it is kept. Clipping it again changes nothing. */
export function clipMoment(moment: Moment): Moment {
  const { page, viewId } = moment;
  return {
    ...moment,
    name: moment.name.slice(0, MAX_TEXT),
    viewId: viewId?.slice(0, MAX_TEXT) ?? null,
    page: page && {
      url: page.url.slice(0, MAX_ADDRESS),
      path: page.path.slice(0, MAX_ADDRESS),
      title: page.title?.slice(0, MAX_TITLE) ?? null,
      referrer: page.referrer?.slice(0, MAX_ADDRESS) ?? null,
      status: page.status,
    },
    properties: clipProperties(page === null ? moment.properties : besidePage(moment.properties)),
  };
}

/** A page's own properties say again what `page` says. */
function besidePage(properties: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !OF_PAGE.includes(key)));
}

/** The properties that fit, those that are folded first; a list of products keeps its first lines. */
function clipProperties(properties: Record<string, Json>): Record<string, Json> {
  if (JSON.stringify(properties).length <= MAX_PROPERTIES_LENGTH) return properties;
  const kept: Record<string, Json> = {};
  let left = MAX_PROPERTIES_LENGTH - 2;
  const keep = (key: string, value: Json): void => {
    const length = JSON.stringify({ [key]: value }).length - 1;
    if (length > left) return;
    kept[key] = value;
    left -= length;
  };
  const { products, ...others } = properties;
  for (const key of FOLDED) if (Object.hasOwn(others, key)) keep(key, clipValue(others[key] ?? null));
  if (Array.isArray(products)) keep("products", firstProducts(products, left - '"products":,'.length));
  for (const [key, value] of Object.entries(others)) {
    if (!FOLDED.includes(key)) keep(key, clipValue(value));
  }
  return kept;
}

function clipValue(value: Json): Json {
  return typeof value === "string" ? value.slice(0, MAX_TEXT) : value;
}

function firstProducts(products: readonly Json[], most: number): Json[] {
  const kept: Json[] = [];
  let length = 2;
  for (const product of products) {
    const line = productLine(product);
    length += JSON.stringify(line).length + 1;
    if (length > most) break;
    kept.push(line);
  }
  return kept;
}

function productLine(product: Json): Json {
  if (typeof product !== "object" || product === null || Array.isArray(product)) return null;
  const entries = OF_PRODUCT.filter((key) => Object.hasOwn(product, key)).map(
    (key) => [key, clipValue(product[key] ?? null)] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => typeof value !== "object"));
}
