/** How the desk looks from outside: to the agents' consoles, to visitors who wait, to the isolates that ask. */
import { type EpochMs, isoOf } from "../ids.ts";
import type { Place } from "./report.ts";
import { freePlaces, isAccepting, loadOf } from "./capacity.ts";
import { type Agent, type Desk, type Effect, findItem, type Item } from "./desk.ts";
import { waiting } from "./queue.ts";
import type { DeskAgent, DeskConversation, DeskServerFrame, DeskStatus } from "./wire.ts";

/** The waits of late, newest last, from which the next is estimated. */
export const WAITS_KEPT = 20;

export function viewAgent(desk: Desk, agent: Agent): DeskAgent {
  const { id, name, state, capacity } = agent;
  return { id, name, state, capacity, load: loadOf(desk, id) };
}

export function viewAgents(desk: Desk): DeskAgent[] {
  return desk.agents.map((agent) => viewAgent(desk, agent));
}

export function viewItem(desk: Desk, item: Item, isOffer = false): DeskConversation {
  const agent = desk.agents.find(({ id }) => id === item.agent);
  const { conversation, visitor, name, verified, preview, page, place, skill, locale } = item;
  return {
    conversation,
    visitor,
    name,
    verified,
    preview,
    page,
    place,
    skill,
    decision_id: item.decisionId,
    locale,
    waiting_since: isoOf(item.waitingSince),
    status: isOffer
      ? "offered"
      : item.agent !== null
        ? "assigned"
        : item.offer === null
          ? "queued"
          : "offered",
    agent: item.agent === null ? null : { id: item.agent, name: agent?.name ?? null },
  };
}

export function viewQueue(desk: Desk): DeskConversation[] {
  return waiting(desk).map((item) => viewItem(desk, item));
}

/** The whole queue and everybody's presence. */
export function queueFrame(desk: Desk): DeskServerFrame {
  return { type: "queue", items: viewQueue(desk), agents: viewAgents(desk) };
}

/** The whole picture for the console of an agent that has just connected; null where the desk does not know them. */
export function snapshotFrame(
  desk: Desk,
  agentId: string,
  waitTargetSeconds: number,
  now: EpochMs,
): DeskServerFrame | null {
  const me = desk.agents.find(({ id }) => id === agentId);
  if (me === undefined) return null;
  const mine = desk.items.filter((item) => item.agent === agentId && item.closedAt === null);
  return {
    type: "snapshot",
    me: viewAgent(desk, me),
    agents: viewAgents(desk),
    queue: viewQueue(desk),
    mine: mine.map((item) => viewItem(desk, item)),
    wait_target_seconds: waitTargetSeconds,
    at: isoOf(now),
  };
}

/** What is being offered to an agent, for a console that has just connected. */
export function offerFrames(desk: Desk, agentId: string): DeskServerFrame[] {
  return desk.items
    .filter((item) => item.offer?.agent === agentId)
    .map((item) => itemFrame(desk, "offered", item.conversation))
    .filter((frame) => frame !== null);
}

/** What an agent's console is told of an effect; null where the desk has moved on since. */
export function effectFrame(desk: Desk, effect: Extract<Effect, { to: "agent" }>): DeskServerFrame | null {
  switch (effect.frame) {
    case "error":
      return { type: "error", code: effect.code, message: effect.message };
    case "revoked":
      return { type: "revoked", conversation: effect.conversation, reason: effect.reason };
    case "offered":
    case "assigned":
      return itemFrame(desk, effect.frame, effect.conversation);
    default:
      return effect satisfies never;
  }
}

function itemFrame(desk: Desk, type: "offered" | "assigned", conversation: string): DeskServerFrame | null {
  const item = findItem(desk, conversation);
  if (item === null) return null;
  if (type === "assigned") return { type, conversation, item: viewItem(desk, item) };
  if (item.offer === null) return null;
  return { type, conversation, item: viewItem(desk, item, true), expires_at: isoOf(item.offer.expiresAt) };
}

/** What isolates keep for seconds, but for whether somebody watches the visitors. */
export function statusOf(
  desk: Desk,
  waits: readonly EpochMs[],
  version: number,
  now: EpochMs,
): Omit<DeskStatus, "watched"> {
  const accepting = desk.agents.filter((agent) => isAccepting(agent, now));
  const free = freePlaces(desk, now);
  const skills = [...new Set(accepting.flatMap((agent) => agent.skills))];
  return {
    version,
    covered: free > 0,
    staffed: accepting.length > 0,
    free_slots: free,
    waiting: waiting(desk).length,
    wait_seconds: accepting.length === 0 ? null : free > 0 ? 0 : waitSeconds(waits),
    skills: Object.fromEntries(skills.map((skill) => [skill, freePlaces(desk, now, skill)])),
  };
}

/** The place of each waiting conversation, in the order in which they are served. */
export function placesOf(desk: Desk, waits: readonly EpochMs[], now: EpochMs): Map<string, Place> {
  const staffed = desk.agents.some((agent) => isAccepting(agent, now));
  const wait = staffed ? waitSeconds(waits) : null;
  return new Map(
    waiting(desk).map(({ conversation }, index) => [
      conversation,
      { position: index + 1, waitSeconds: wait },
    ]),
  );
}

/** The mean of the latest waits; unknown before the first. */
function waitSeconds(waits: readonly EpochMs[]): number | null {
  if (waits.length === 0) return null;
  return Math.round(waits.reduce((sum, wait) => sum + wait, 0) / waits.length / 1_000);
}
