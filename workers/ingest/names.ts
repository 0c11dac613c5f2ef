/** The name by which an event is judged, for messages that are not `track`. */
import type { MessageType } from "../../domain/events/message.ts";

const NAMES = {
  page: "Page Viewed",
  screen: "Screen Viewed",
  identify: "Identify",
  alias: "Alias",
  group: "Group",
} as const satisfies Record<Exclude<MessageType, "track">, string>;

export function asName(type: MessageType, event: string | null): string {
  return type === "track" ? (event ?? "") : NAMES[type];
}
