/**
 * Fills a text's variables the way the server will, for the preview: the same tags and filters, the same `money`; with
 * more time, since a browser may be slow.
 *
 * Loaded when a text has a variable, and not before.
 */
import { Liquid } from "liquidjs";
import type { Json } from "../../../domain/visit/facts.ts";

export type Filled = { ok: true; text: string } | { ok: false; message: string };

const liquid = new Liquid({
  ownPropertyOnly: true,
  strictFilters: true,
  strictVariables: false,
  templates: {},
  parseLimit: 10_000,
  renderLimit: 200,
  memoryLimit: 100_000,
});

type Scoped = { context: { getSync(path: string[]): unknown } };

/** `{{ cart.value | money: cart.currency }}`; what is no number stays as it is. */
liquid.registerFilter("money", function money(this: Scoped, value: unknown, currency: unknown): unknown {
  const amount = typeof value === "number" ? value : Number(value);
  if (value === "" || value === null || !Number.isFinite(amount)) return value;
  const code = typeof currency === "string" && /^[A-Z]{3}$/.test(currency) ? currency : null;
  return new Intl.NumberFormat(String(this.context.getSync(["locale"])), {
    minimumFractionDigits: Number.isInteger(amount) ? 0 : 2,
    maximumFractionDigits: 2,
    ...(code === null ? {} : { style: "currency" as const, currency: code }),
  }).format(amount);
});

/** `text` with its variables filled from `facts`, or why it cannot be. What comes in stays text. */
export function fill(text: string, facts: { readonly [key: string]: Json }, locale: string): Filled {
  try {
    return { ok: true, text: String(liquid.parseAndRenderSync(text, { ...facts, locale })).trim() };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
