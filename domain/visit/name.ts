/** What somebody is called, by Segment's traits: `name`, else `firstName` and `lastName`. */
import type { Json } from "./facts.ts";

const MOST_LENGTH = 120;

/** The name in `traits`, or null where they have none. */
export function nameIn(traits: Readonly<Record<string, Json>>): string | null {
  const parts = [traits["firstName"] ?? traits["first_name"], traits["lastName"] ?? traits["last_name"]];
  return wordOf(traits["name"]) ?? wordOf(parts.flatMap((part) => wordOf(part) ?? []).join(" "));
}

function wordOf(value: Json | undefined): string | null {
  const word = typeof value === "string" ? value.trim().slice(0, MOST_LENGTH) : "";
  return word === "" ? null : word;
}
