/**
 * Who may speak in a conversation, and whose reading and typing its visitor is shown.
 *
 * Pure. Visitors speak in their own conversation. What an agent says to the visitor, they say as its agent, as a
 * supervisor, as a colleague who was asked to look on, or by taking up what nobody has; anybody else leaves a note.
 *
 * Errors  an expected "no" is a returned `Refusal`.
 */
import type { Refusal } from "./room.ts";
import type { RoomState } from "./state.ts";
import type { MessageKind, Role } from "./wire.ts";

export type Speaker = { role: "visitor" | "agent"; id: string; supervisor?: boolean };
type Talk = Pick<RoomState, "agent" | "agents" | "consulted">;

/** Why `speaker` may not say `kind` here; null where they may. */
export function silenced(room: Talk, speaker: Speaker, kind: MessageKind): Refusal | null {
  if (speaker.role === "visitor" || kind === "note" || room.agent === null) return null;
  if (room.agent.id === speaker.id || speaker.supervisor || room.consulted.includes(speaker.id)) return null;
  const message = `this conversation is ${room.agent.name ?? "a colleague"}'s: leave a note, or ask for it`;
  return { ok: false, code: "forbidden", message };
}

/** Whether the visitor is shown what `speaker` reads and types: not that of somebody who looks on in silence. */
export function isFace(room: Talk, speaker: { role: Role; id: string }): boolean {
  if (speaker.role !== "agent" || room.agent === null || room.agent.id === speaker.id) return true;
  return room.agents.some(({ id }) => id === speaker.id);
}
