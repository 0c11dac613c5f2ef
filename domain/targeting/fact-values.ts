/**
 * How a condition sees the values of facts: own properties only, and JavaScript's coercions without its surprises.
 *
 * Shapes  a fact is JSON. Nothing here calls into a value, so `toString`, `valueOf` or `__proto__` in a visitor's
 *         data are names like any other.
 * Bounds  text of nested arrays stops at `MAX_DEPTH`, so hostile nesting cannot exhaust the stack.
 */
export const MAX_DEPTH = 64;

export type Read = (facts: unknown) => unknown;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A reader of a dotted path; it answers null where any step is missing. */
export function readerOf(path: string): Read {
  if (!path.includes(".")) return (facts) => step(facts, path);
  const steps = path.split(".");
  return (facts) => {
    let current = facts;
    for (const each of steps) current = step(current, each);
    return current;
  };
}

/** What `value` has of its own by `name`, else null; null has nothing, so what is missing stays missing. */
export function step(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return null;
  return (value as Record<string, unknown>)[name];
}

/** What `String(value)` gives for JSON. */
export function textOf(value: unknown, depth = 0): string {
  if (Array.isArray(value)) {
    if (depth >= MAX_DEPTH) return "";
    return value.map((item) => ((item ?? null) === null ? "" : textOf(item, depth + 1))).join(",");
  }
  if (typeof value === "object" && value !== null) return "[object Object]";
  return String(value);
}

/** What `value * 1` gives for JSON. */
export function numberOf(value: unknown): number {
  return typeof value === "object" && value !== null ? Number(textOf(value)) : Number(value);
}

/** −1, 0 or 1 as JavaScript's `<` and `>` order the two; NaN where they cannot be ordered. */
export function order(left: unknown, right: unknown): number {
  const a = comparable(left);
  const b = comparable(right);
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : Number(a > b);
  const x = Number(a);
  const y = Number(b);
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  return x < y ? -1 : Number(x > y);
}

function comparable(value: unknown): unknown {
  return typeof value === "object" && value !== null ? textOf(value) : value;
}

/** Whether two JSON values would be written as the same text, the order of keys included. */
export function sameJson(actual: unknown, literal: unknown): boolean {
  if (Array.isArray(literal)) {
    return (
      Array.isArray(actual) &&
      actual.length === literal.length &&
      literal.every((item, index) => sameJson(actual[index] ?? null, item))
    );
  }
  if (isRecord(literal)) {
    if (!isRecord(actual)) return false;
    const own = Object.entries(actual).filter(([, value]) => value !== undefined);
    const wanted = Object.entries(literal);
    return (
      own.length === wanted.length &&
      wanted.every(([key, value], index) => own[index]?.[0] === key && sameJson(own[index]?.[1], value))
    );
  }
  return actual === literal;
}

/** The type name that `$type` asks for. */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Whether `value` is nested deeper than a condition or its literals may be. */
export function isTooDeep(value: unknown, left = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((item) => isTooDeep(item, left - 1));
}
