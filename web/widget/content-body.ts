/**
 * Bodies of cards and files as the log has them, read with distrust: links and pictures over http(s) or none.
 *
 * Pure. Errors: what has the wrong shape is null.
 */
import { url } from "./address.ts";

export type Product = {
  title: string;
  text: string | null;
  image: string | null;
  price: { amount: number; currency: string } | null;
  href: string;
};
export type FileSaid = { id: string; name: string; type: string; bytes: number };

export function cardIn(body: string): Product | null {
  const { title, text, image, price, url: link } = fieldsOf(body);
  const href = url(link);
  if (typeof title !== "string" || title === "" || href === null) return null;
  return {
    title,
    text: typeof text === "string" ? text : null,
    image: url(image),
    price: priceIn(price),
    href,
  };
}

function priceIn(value: unknown): Product["price"] {
  if (typeof value !== "object" || value === null) return null;
  const { amount, currency } = value as Record<string, unknown>;
  const known = typeof amount === "number" && typeof currency === "string" && /^[A-Z]{3}$/.test(currency);
  return known ? { amount, currency } : null;
}

export function fileIn(body: string): FileSaid | null {
  const { id, name, type, bytes } = fieldsOf(body);
  if (typeof id !== "string" || typeof name !== "string") return null;
  return {
    id,
    name,
    type: typeof type === "string" ? type : "",
    bytes: typeof bytes === "number" ? bytes : 0,
  };
}

function fieldsOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // no JSON: nothing to show
  }
}
