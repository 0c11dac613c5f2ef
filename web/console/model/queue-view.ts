/**
 * What the left pane shows of the desk: the queue in the router's order, one's own conversations, the places.
 *
 * Pure: the caller passes `now`. Nothing is sorted here; the desk's order is the order.
 *
 * Units   `now` is EpochMs; waits are seconds; `load` counts places and may be a fraction.
 */
import type { DeskAgent, DeskConversation } from "../../../domain/desk/wire.ts";
import type { EpochMs } from "../../../domain/ids.ts";
import { waitOf, type Wait } from "./waits.ts";

/** A visitor's name, or the place they come from, or nothing: the words are the caller's. */
export type Who = { name: string } | { place: string } | { unknown: true };

export type QueueRow = {
  conversation: string;
  who: Who;
  preview: string | null;
  page: string | null;
  skill: string | null;
  offered: boolean;
  wait: Wait;
};

/** One square: how much of the place is taken, from 0 to 1. */
export type Square = number;
export type Places = { squares: Square[]; taken: number; capacity: number; free: number };

/** Who a conversation is with. A name counts for display whether verified or not. */
export function whoOf(item: Pick<DeskConversation, "name" | "place">): Who {
  if (item.name !== null && item.name.trim() !== "") return { name: item.name };
  if (item.place !== null && item.place.trim() !== "") return { place: item.place };
  return { unknown: true };
}

/** The queue's rows, in the order the desk gave them; those already given to an agent are not in it. */
export function queueRows(
  items: readonly DeskConversation[],
  now: EpochMs,
  targetSeconds: number,
): QueueRow[] {
  return items.filter((item) => item.status !== "assigned").map((item) => queueRow(item, now, targetSeconds));
}

/** One row of the queue. */
export function queueRow(item: DeskConversation, now: EpochMs, targetSeconds: number): QueueRow {
  return {
    conversation: item.conversation,
    who: whoOf(item),
    preview: item.preview,
    page: item.page,
    skill: item.skill,
    offered: item.status === "offered",
    wait: waitOf(item.waiting_since, now, targetSeconds),
  };
}

/** The agent's places: one square each, filled by the load; load beyond the capacity is told in `taken` only. */
export function placesOf(agent: Pick<DeskAgent, "capacity" | "load">): Places {
  const squares = Array.from({ length: agent.capacity }, (_, place) =>
    Math.min(1, Math.max(0, agent.load - place)),
  );
  return {
    squares,
    taken: agent.load,
    capacity: agent.capacity,
    free: Math.max(0, Math.floor(agent.capacity - agent.load + 1e-9)),
  };
}

/** Colleagues who accept conversations, and how many places they have free, without `me`. */
export function colleaguesOf(
  agents: readonly DeskAgent[],
  me: string,
): { online: DeskAgent[]; freePlaces: number } {
  const online = agents.filter((agent) => agent.id !== me && agent.state === "online");
  return { online, freePlaces: online.reduce((sum, agent) => sum + placesOf(agent).free, 0) };
}

/** Initials of a name for its disc: "Camille Roussel" → "CR"; nothing for no name. */
export function initialsOf(name: string | null): string {
  const words = (name ?? "").trim().split(/\s+/u).filter(Boolean);
  const first = words[0];
  if (first === undefined) return "";
  const last = words.length > 1 ? words.at(-1) : undefined;
  return [first, last]
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("")
    .toLocaleUpperCase();
}
