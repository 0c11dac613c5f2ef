/**
 * Where one is in the console, kept in the address after `#`, so that "back" works on a phone and a reload stays.
 *
 * `#/c/{conversation}` a conversation, `#/c/{conversation}/visitor` its visitor (a pane of its own on a phone),
 * `#/c/{conversation}/past/{id}` an earlier conversation of that visitor, `#/messages` the messages left, anything else the desk.
 */
import { signal } from "@preact/signals";

export type Place =
  | { name: "desk" }
  | { name: "conversation"; conversation: string }
  | { name: "visitor"; conversation: string }
  | { name: "past"; conversation: string; past: string }
  | { name: "messages" };

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

function addressOf(next: Place): string {
  if (next.name === "desk") return "#/";
  if (next.name === "messages") return "#/messages";
  const conversation = `#/c/${encodeURIComponent(next.conversation)}`;
  if (next.name === "past") return `${conversation}/past/${encodeURIComponent(next.past)}`;
  return next.name === "visitor" ? `${conversation}/visitor` : conversation;
}

function readPlace(hash: string): Place {
  const [, name, id, part, past] = hash.split("/");
  if (name === "messages") return { name: "messages" };
  if (name !== "c" || id === undefined || id === "") return { name: "desk" };
  const conversation = decodeURIComponent(id);
  if (part === "past" && past !== undefined && past !== "") {
    return { name: "past", conversation, past: decodeURIComponent(past) };
  }
  return part === "visitor" ? { name: "visitor", conversation } : { name: "conversation", conversation };
}
