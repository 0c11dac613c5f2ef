/**
 * Where one is in the console, kept in the address after `#`, so that "back" works on a phone and a reload stays.
 *
 * `#/c/{conversation}` a conversation, `#/c/{conversation}/visitor` its visitor (a pane of its own on a phone),
 * `#/c/{conversation}/past/{id}` an earlier conversation of that visitor, `#/{screen}` and `#/{screen}/{id}` a screen
 * beside the desk and one thing in it, anything else the desk.
 */
import { signal } from "@preact/signals";

export type Place =
  | { name: "desk" }
  | { name: "conversation"; conversation: string }
  | { name: "visitor"; conversation: string }
  | { name: "past"; conversation: string; past: string }
  | { name: "screen"; screen: string; id: string | null };

export const place = signal<Place>(readPlace(location.hash));
addEventListener("hashchange", () => (place.value = readPlace(location.hash)));

/** Go to `next`. */
export function go(next: Place): void {
  location.hash = addressOf(next);
  place.value = next;
}

/** The conversation before one's eyes, or null. */
export function shownConversation(): string | null {
  const { value } = place;
  return "conversation" in value ? value.conversation : null;
}

/** The screen beside the desk that is open, or null. */
export function shownScreen(): string | null {
  const { value } = place;
  return value.name === "screen" ? value.screen : null;
}

export function addressOf(next: Place): string {
  switch (next.name) {
    case "desk":
      return "#/";
    case "screen":
      return next.id === null ? `#/${next.screen}` : `#/${next.screen}/${encodeURIComponent(next.id)}`;
    case "conversation":
      return `#/c/${encodeURIComponent(next.conversation)}`;
    case "visitor":
      return `#/c/${encodeURIComponent(next.conversation)}/visitor`;
    case "past":
      return `#/c/${encodeURIComponent(next.conversation)}/past/${encodeURIComponent(next.past)}`;
  }
}

function readPlace(hash: string): Place {
  const [, name = "", id = "", part, past = ""] = hash.split("/").map(decoded);
  if (name === "c" && id !== "") {
    if (part === "past" && past !== "") return { name: "past", conversation: id, past };
    return { name: part === "visitor" ? "visitor" : "conversation", conversation: id };
  }
  if (name === "c" || !/^[a-z-]+$/.test(name)) return { name: "desk" };
  return { name: "screen", screen: name, id: id === "" ? null : id };
}

/** An address may be written by hand: what is no encoding stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
