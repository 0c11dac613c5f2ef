/**
 * Untrusted JSON cut to a size that judging it can bear: conditions may scan texts, and walk into objects.
 */
import type { Json } from "../visit/facts.ts";

export const MAX_CLIPPED_TEXT = 1_000;
export const MAX_CLIPPED_LIST = 200;
export const MAX_CLIPPED_DEPTH = 6;

/** `value` with long texts and lists cut, and what is nested too deep left out as null. */
export function clip(value: Json, depth = 0): Json {
  if (typeof value === "string") return value.slice(0, MAX_CLIPPED_TEXT);
  if (value === null || typeof value !== "object") return value;
  if (depth >= MAX_CLIPPED_DEPTH) return null;
  if (Array.isArray(value)) return value.slice(0, MAX_CLIPPED_LIST).map((item) => clip(item, depth + 1));
  return clipObject(value, depth);
}

/** `object` with each of its values clipped; itself where it is flat and short, as nearly always. */
export function clipObject(object: Record<string, Json>, depth = 0): Record<string, Json> {
  if (isShort(object)) return object;
  const entries = Object.entries(object).slice(0, MAX_CLIPPED_LIST);
  return Object.fromEntries(entries.map(([key, value]) => [key, clip(value, depth + 1)]));
}

function isShort(object: Record<string, Json>): boolean {
  let count = 0;
  for (const key in object) {
    const value = object[key];
    count += 1;
    if (
      typeof value === "string"
        ? value.length > MAX_CLIPPED_TEXT
        : typeof value === "object" && value !== null
    )
      return false;
  }
  return count <= MAX_CLIPPED_LIST;
}
