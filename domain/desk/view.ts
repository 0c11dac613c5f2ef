/** How the desk looks from outside: to the agents' consoles, to visitors who wait, to the isolates that ask. */
import { type EpochMs, isoOf } from "../ids.ts";
import { freePlaces, isAccepting, loadOf } from "./capacity.ts";
import { type Agent, type Desk, type Effect, type Item, plateOf } from "./desk.ts";
import { type Picture, pictureFor } from "./picture.ts";
import { rankOf } from "./rank.ts";
import type { Place } from "./report.ts";
import { TENTHS, weightOf } from "./weight.ts";
import type { DeskAgent, DeskConsult, DeskConversation, DeskServerFrame, DeskStatus } from "./wire.ts";

/** The waits of late, newest last, from which the next is estimated. */
export const WAITS_KEPT = 20;
/** So many of those who wait are shown; of the others, how many they are. */
export const SHOWN_WAITING = 200;
/** So many of the conversations that agents have are shown to a supervisor. */
export const SHOWN_OTHERS = 1_000;
/** Who stands here or before is told of each step. */
export const TOLD_EXACTLY = 20;
/** Who stands further back is told at these places. */
export const TOLD_AT = [
  25, 30, 40, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000,
];

export function viewAgent(desk: Desk, agent: Agent): DeskAgent {
  const { id, name, state, capacity } = agent;
  return { id, name, state, capacity, load: loadOf(desk, id) };
}

export function viewAgents(desk: Desk): DeskAgent[] {
  return [...desk.agents.values()].map((agent) => viewAgent(desk, agent));
}

/** An item never changes, so neither does its view while its agent keeps their name. */
const views = new WeakMap<Item, DeskConversation>();

/** How lists show a conversation; the same object as long as it is the same. */
export function viewItem(desk: Desk, item: Item): DeskConversation {
  const known = views.get(item);
  const name = item.agent === null ? null : (desk.agents.get(item.agent)?.name ?? null);
  if (known !== undefined && (known.agent?.name ?? null) === name) return known;
  const view = itemView(desk, item);
  views.set(item, view);
  return view;
}

function itemView(desk: Desk, item: Item, isOffer = false): DeskConversation {
  const agent = item.agent === null ? null : desk.agents.get(item.agent);
  const { conversation, visitor, name, verified, preview, page, place, skill, locale, priority } = item;
  const status = item.agent !== null ? "assigned" : item.offer === null ? "queued" : "offered";
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
    status: isOffer ? "offered" : status,
    agent: item.agent === null ? null : { id: item.agent, name: agent?.name ?? null },
    priority,
    ...(isOffer && item.transfer !== null
      ? { handed_over: { from: agent?.name ?? null, note: item.transfer.note } }
      : {}),
    ...(item.agent === null
      ? {}
      : { turn: item.onHold ? ("hold" as const) : (item.turn ?? "agent"), weight: weightOf(item) / TENTHS }),
  };
}

/** The first of those who wait, in the order in which they are served. */
export function viewQueue(desk: Desk): DeskConversation[] {
  return desk.queue.firstFew(SHOWN_WAITING).map((item) => viewItem(desk, item));
}

/** What all agents have. */
export function viewOthers(desk: Desk): DeskConversation[] {
  const items: DeskConversation[] = [];
  for (const { own } of desk.plates.values()) {
    for (const item of own.firstFew(SHOWN_OTHERS - items.length)) items.push(viewItem(desk, item));
  }
  return items;
}

/** What consoles show, of which `pictureFor` is each one's part. */
export function pictureOf(desk: Desk, n: number): Picture {
  return {
    n,
    waiting: desk.queue.size,
    items: viewQueue(desk),
    agents: viewAgents(desk),
    others: viewOthers(desk),
  };
}

/** The whole picture for the console of an agent that has just connected; null where the desk does not know them. */
export function snapshotFrame(
  desk: Desk,
  agentId: string,
  { waitTargetSeconds, picture: all }: { waitTargetSeconds: number; picture: Picture },
  now: EpochMs,
): DeskServerFrame | null {
  const me = desk.agents.get(agentId);
  if (me === null) return null;
  const picture = pictureFor(all, me.role === "admin" ? agentId : null);
  const consults = viewConsults(desk, agentId);
  return {
    type: "snapshot",
    me: viewAgent(desk, me),
    agents: [...picture.agents],
    queue: [...picture.items],
    mine: [...plateOf(desk, agentId).own.values()].map((item) => viewItem(desk, item)),
    wait_target_seconds: waitTargetSeconds,
    at: isoOf(now),
    n: picture.n,
    role: me.role,
    waiting: picture.waiting,
    ...(picture.others === null ? {} : { others: [...picture.others] }),
    ...(consults.length === 0 ? {} : { consults }),
  };
}

/** What `agentId` was asked to look at, and has not said to be done with. */
function viewConsults(desk: Desk, agentId: string): DeskConsult[] {
  const found: DeskConsult[] = [];
  for (const item of desk.items.values()) {
    const asked = item.consults?.find(({ agent }) => agent === agentId);
    if (asked !== undefined) found.push({ item: viewItem(desk, item), from: asked.from, note: asked.note });
  }
  return found;
}

/** What is being offered to an agent, for a console that has just connected. */
export function offerFrames(desk: Desk, agentId: string): DeskServerFrame[] {
  return [...plateOf(desk, agentId).offers.values()]
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
    case "consulted": {
      const item = desk.items.get(effect.conversation);
      if (item === null) return null;
      const { conversation, from, note } = effect;
      return { type: "consulted", conversation, item: viewItem(desk, item), from, note };
    }
    case "offered":
    case "assigned":
      return itemFrame(desk, effect.frame, effect.conversation);
    default:
      return effect satisfies never;
  }
}

function itemFrame(desk: Desk, type: "offered" | "assigned", conversation: string): DeskServerFrame | null {
  const item = desk.items.get(conversation);
  if (item === null) return null;
  if (type === "assigned") return { type, conversation, item: viewItem(desk, item) };
  if (item.offer === null) return null;
  return { type, conversation, item: itemView(desk, item, true), expires_at: isoOf(item.offer.expiresAt) };
}

/** What isolates keep for seconds. `known` are the skills that agents of the site have, there or not. */
export function statusOf(
  desk: Desk,
  waits: readonly EpochMs[],
  { version, known }: { version: number; known: readonly string[] },
  now: EpochMs,
): Omit<DeskStatus, "watched"> {
  const accepting = [...desk.agents.values()].filter((agent) => isAccepting(agent, now));
  const free = freePlaces(desk, now);
  const skills = new Set(accepting.flatMap((agent) => Object.keys(agent.skills)));
  const freeIn = (of: Iterable<string>) =>
    Object.fromEntries(Array.from(of, (skill) => [skill, freePlaces(desk, now, skill)]));
  return {
    version,
    covered: free > 0,
    staffed: accepting.length > 0,
    free_slots: free,
    waiting: desk.queue.size,
    wait_seconds: accepting.length === 0 ? null : free > 0 ? 0 : meanWait(waits),
    skills: freeIn(skills),
    absent_skills: freeIn(known.filter((skill) => !skills.has(skill))),
  };
}

/** Where a conversation stands, and how long the next one is expected to wait; nulls where it does not wait. */
export function placeOf(desk: Desk, conversation: string, waits: readonly EpochMs[], now: EpochMs): Place {
  const item = desk.items.get(conversation);
  const index = item === null ? null : desk.queue.indexOf(conversation, rankOf(item));
  if (index === null) return { position: null, waitSeconds: null };
  return { position: index + 1, waitSeconds: expectedWait(desk, waits, now) };
}

/** The places of which visitors are told without asking: each of the first, and a few further back. */
export function toldPlaces(desk: Desk, waits: readonly EpochMs[], now: EpochMs): Map<string, Place> {
  const waitSeconds = expectedWait(desk, waits, now);
  const first = desk.queue.firstFew(TOLD_EXACTLY);
  const told = new Map(
    first.map(({ conversation }, index) => [conversation, { position: index + 1, waitSeconds }]),
  );
  for (const position of TOLD_AT) {
    const item = desk.queue.at(position - 1);
    if (item === null) break;
    told.set(item.conversation, { position, waitSeconds });
  }
  return told;
}

/** How long those waited whom a step has given an agent. */
export function endedWaits(desk: Desk, effects: readonly Effect[], now: EpochMs): EpochMs[] {
  return effects.flatMap((effect) => {
    if (effect.to !== "room" || effect.command.name !== "assigned") return [];
    const item = desk.items.get(effect.command.conversation);
    return item === null ? [] : [Math.max(0, now - item.waitingSince)];
  });
}

function expectedWait(desk: Desk, waits: readonly EpochMs[], now: EpochMs): number | null {
  for (const agent of desk.agents.values()) if (isAccepting(agent, now)) return meanWait(waits);
  return null;
}

/** The mean of the latest waits; unknown before the first. */
function meanWait(waits: readonly EpochMs[]): number | null {
  if (waits.length === 0) return null;
  return Math.round(waits.reduce((sum, wait) => sum + wait, 0) / waits.length / 1_000);
}
