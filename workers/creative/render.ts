/**
 * A campaign's words filled with what is known: Liquid, the syntax that marketing people know (`{{ cart.value }}`).
 *
 * What a variable holds is text and stays text: the widget sets it as text, never as markup, so nothing is escaped
 * twice. An address that variables made is looked at again, and left out where it is none.
 *
 * Bounds  the engine's; what cannot be rendered is left as it was written up to its first tag, so that a visitor never
 *         reads a tag.
 */
import type { Liquid } from "liquidjs";
import { templateEngine } from "../../domain/creative/template-engine.ts";
import { filled } from "../../domain/creative/words.ts";
import { CreativeText } from "../../domain/targeting/campaign.ts";
import type { Json } from "../../domain/visit/facts.ts";

/** Longest text that a variable may bring in, in characters. */
const MAX_VALUE = 200;
const REMEMBERED = 1_000;
const TAG = /\{[{%]/;

type Template = ReturnType<Liquid["parse"]>;

const RENDER_MS = 20;
const liquid = templateEngine(RENDER_MS);

const parsed = new Map<string, Template | null>();

/** What is wrong with `text` as a template, in Liquid's words, or null. */
export function templateProblem(text: string): string | null {
  try {
    liquid.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether any text of `creative` holds a tag, so that rendering it takes facts. */
export function hasVariables(creative: CreativeText): boolean {
  return TAG.test(JSON.stringify(creative));
}

/** `creative` with its variables filled from `facts`; a variable that is not known is empty, or its `default`; what is blank then is left out. */
export function renderCreative(
  creative: CreativeText,
  facts: Readonly<Record<string, Json>>,
  locale: string,
): CreativeText {
  if (!hasVariables(creative)) return creative;
  const scope = { ...(clipped(facts) as Record<string, Json>), locale };
  const rendered = Object.fromEntries(
    Object.entries(creative).map(([key, value]) => [key, renderValue(value as Json, scope)]),
  );
  const checked = CreativeText.safeParse(rendered);
  if (checked.success) return filled(checked.data);
  const wrong = new Set(checked.error.issues.map((issue) => String(issue.path[0])));
  return filled(
    CreativeText.parse(Object.fromEntries(Object.entries(rendered).filter(([key]) => !wrong.has(key)))),
  );
}

function renderValue(value: Json, scope: object): Json {
  if (typeof value === "string") return TAG.test(value) ? renderText(value, scope) : value;
  if (Array.isArray(value)) return value.map((item) => renderValue(item, scope));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renderValue(inner, scope)]));
}

function renderText(text: string, scope: object): string {
  const template = templateOf(text);
  const before = text.slice(0, text.search(TAG)).trim();
  if (template === null) return before;
  try {
    return String(liquid.renderSync(template, scope)).trim();
  } catch (error) {
    console.error(JSON.stringify({ level: "warn", what: "creative", error: String(error) }));
    return before;
  }
}

function templateOf(text: string): Template | null {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (parsed.size >= REMEMBERED) parsed.clear();
  const template = templateProblem(text) === null ? liquid.parse(text) : null;
  parsed.set(text, template);
  return template;
}

/** `value` with its texts cut: a product's name may be as long as a page wants. */
function clipped(value: Json): Json {
  if (typeof value === "string") return value.slice(0, MAX_VALUE);
  if (Array.isArray(value)) return value.map(clipped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clipped(inner)]));
}
