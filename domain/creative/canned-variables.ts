/**
 * What a canned answer may be filled with, and an example of each for who writes one.
 *
 * Shapes  a name is a path in Liquid: `{{ order.total | money: order.currency }}`. Those of `PROVEN` are empty for a
 *         visitor who has not proven who they are in this conversation.
 */
import type { Json } from "../visit/facts.ts";
import { templateEngine } from "./template-engine.ts";

type Example = { fr: string; en: string };

export const CANNED_VARIABLES = {
  "visitor.name": { fr: "Camille Martin", en: "Camille Martin" },
  "visitor.first_name": { fr: "Camille", en: "Camille" },
  "agent.name": { fr: "Alice", en: "Alice" },
  "site.name": { fr: "Maison Lune", en: "Maison Lune" },
  "conversation.page": { fr: "https://boutique.example/lampes", en: "https://shop.example/lamps" },
  "order.id": { fr: "C-1042", en: "C-1042" },
  "order.total": { fr: "129.9", en: "129.9" },
  "order.currency": { fr: "EUR", en: "EUR" },
  "order.items": { fr: "2", en: "2" },
  "order.date": { fr: "12 novembre 2026", en: "12 November 2026" },
} as const satisfies Record<string, Example>;

export type CannedVariable = keyof typeof CANNED_VARIABLES;
export type CannedValues = Partial<Record<CannedVariable, string | number | null>>;

/** Known only of who has proven who they are. */
export const PROVEN: readonly CannedVariable[] = [
  "visitor.name",
  "visitor.first_name",
  "order.id",
  "order.total",
  "order.currency",
  "order.items",
  "order.date",
];

const MAX_VALUE = 200;
const MAX_TEXT = 8_000;
const RENDER_MS = 500;
const liquid = templateEngine(RENDER_MS);

export type Filled = { ok: true; text: string; missing: CannedVariable[] } | { ok: false; problem: string };

/** Why `body` cannot be an answer with variables: how it is written, or what it asks for; null where it can. */
export function cannedProblem(body: string): { message: string; unknown: string | null } | null {
  try {
    const unknown = named(body).find((name) => !isVariable(name));
    if (unknown === undefined) return null;
    const known = Object.keys(CANNED_VARIABLES).join(", ");
    return { message: `there is no ${unknown}; what can be filled in is ${known}`, unknown };
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error), unknown: null };
  }
}

/** `body` with its variables filled from `values`; `missing` names those of it that are not known here. */
export function fillCanned(body: string, values: CannedValues, locale: string): Filled {
  try {
    const scope: Record<string, Json> = { locale };
    for (const [name, value] of Object.entries(values)) {
      const [noun = "", field = ""] = name.split(".");
      const fields = (scope[noun] ??= {}) as Record<string, Json>;
      fields[field] = typeof value === "string" ? plain(value) : value;
    }
    const text = String(liquid.parseAndRenderSync(body, scope)).trim().slice(0, MAX_TEXT);
    const missing = named(body)
      .filter(isVariable)
      .filter((name) => (values[name] ?? null) === null);
    return { ok: true, text, missing };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** `body` as its writer sees it filled. */
export function previewCanned(body: string, locale: "fr" | "en"): Filled {
  const names = Object.keys(CANNED_VARIABLES).filter(isVariable);
  return fillCanned(
    body,
    Object.fromEntries(names.map((name) => [name, CANNED_VARIABLES[name][locale]])),
    locale,
  );
}

function named(body: string): string[] {
  return [...new Set(liquid.globalFullVariablesSync(body))];
}

function isVariable(name: string): name is CannedVariable {
  return Object.hasOwn(CANNED_VARIABLES, name);
}

/** What a visitor is called must not become a link or a heading of what an agent says. */
function plain(value: string): string {
  const kept = /^https?:/.test(value) ? value : value.replaceAll(/[*_`[\]<>\\{}]/g, "");
  return kept
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, MAX_VALUE);
}
