/**
 * Fills a text's variables the way the server will, for the preview: the same tags and filters, the same `money`; with
 * more time, since a browser may be slow.
 *
 * Loaded when a text has a variable, and not before.
 */
import { templateEngine } from "../../../domain/creative/template-engine.ts";
import type { Json } from "../../../domain/visit/facts.ts";

export type Filled = { ok: true; text: string } | { ok: false; message: string };

const RENDER_MS = 200;
const liquid = templateEngine(RENDER_MS);

/** `text` with its variables filled from `facts`, or why it cannot be. What comes in stays text. */
export function fill(text: string, facts: { readonly [key: string]: Json }, locale: string): Filled {
  try {
    return { ok: true, text: String(liquid.parseAndRenderSync(text, { ...facts, locale })).trim() };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
