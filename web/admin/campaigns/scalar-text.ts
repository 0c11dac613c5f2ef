/**
 * A condition's values as one line of text, and back, so that a value keeps the JSON type it had.
 *
 * Shapes  a text fact's value is bare text. Elsewhere `3` is a number, `true` a flag, and a string that looks like
 *         either is written in quotes. A list separates its values by commas.
 */
import type { Json } from "../../../domain/visit/facts.ts";
import type { FactType } from "./facts.ts";

const NUMBER = /^-?(?:0|[1-9]\d*)(?:[.,]\d+)?$/;

/** How `value` is read and written: the fact's own type where the value has it, else by its looks. */
export function typeFor(type: FactType, value: Json): FactType {
  if (type === "text" && typeof value === "string") return "text";
  if (type === "number" && (typeof value === "number" || value === "")) return "number";
  if (type === "flag" && typeof value === "boolean") return "flag";
  return "free";
}

export function printScalar(type: FactType, value: Json): string {
  if (type === "text" && typeof value === "string") return value;
  if (typeof value !== "string") return JSON.stringify(value);
  return readScalar(type, value) === value ? value : JSON.stringify(value);
}

/** The value that `text` means; for a number fact, text that is no number stays text and is refused at save. */
export function readScalar(type: FactType, text: string): Json {
  if (type === "text") return text;
  if (NUMBER.test(text)) {
    const value = Number(text.replace(",", "."));
    // A comma is how French writes a decimal; a longer string of digits than a number can hold stays text.
    if (Object.is(value, -0) === false && (type === "number" || JSON.stringify(value) === text)) return value;
  }
  if (type === "number") return text;
  if (text === "true" || text === "false") return text === "true";
  if (text === "null") return null;
  if (text.startsWith('"')) {
    const quoted = readQuoted(text);
    if (quoted !== null) return quoted;
  }
  return text;
}

export function printList(values: readonly Json[]): string {
  return values
    .map((value) => {
      const bare = printScalar("free", value);
      const plain =
        typeof value !== "string" || (bare === value && /^[^\s",][^",]*$/.test(bare) && bare === bare.trim());
      return plain ? bare : JSON.stringify(value);
    })
    .join(", ");
}

export function readList(text: string): Json[] {
  const values: Json[] = [];
  for (const [, quoted, bare = ""] of text.matchAll(/\s*(?:("(?:[^"\\]|\\.)*")\s*(?:,|$)|([^,]*)(?:,|$))/g)) {
    const string = quoted === undefined ? null : readQuoted(quoted);
    if (string !== null) values.push(string);
    else if (bare.trim() !== "") values.push(readScalar("free", bare.trim()));
  }
  return values;
}

function readQuoted(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : null;
  } catch {
    return null; // not a JSON string: the text stands for itself
  }
}
