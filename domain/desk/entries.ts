/**
 * The only way to change what a desk holds: a fact is put or dropped, and everything that follows from it is kept true.
 *
 * Errors  dropping what is not there changes nothing.
 */
import type { EpochMs } from "../ids.ts";
import {
  type Agent,
  type Desk,
  EMPTY_DESK,
  type Hold,
  type Item,
  type Line,
  neededSkill,
  NO_PLATE,
  type Plate,
  plateOf,
  type Timer,
} from "./desk.ts";
import { rankOf } from "./rank.ts";
import { Sorted } from "./sorted.ts";
import { TENTHS, weightOf } from "./weight.ts";

/** How long a conversation that is over is remembered, so that a late word of it changes nothing. */
export const REMEMBER_CLOSED_MS = 60 * 60_000;
/** How long an agent whose connection is lost counts as there. */
export const GRACE_MS = 30_000;
/** After how long what such an agent had waits again. */
export const RETURN_AFTER_MS = 120_000;
/** How long only agents of a visitor's language are asked, where one of them is there. */
export const LANGUAGE_MS = 20_000;

/** Moments of the next centuries are below it; so a load above and a moment below make one number. */
const MOMENTS = 1e13;

/** The desk with these facts and no others. */
export function deskOf(facts: {
  agents: Iterable<Agent>;
  items: Iterable<Item>;
  holds: Iterable<Hold>;
}): Desk {
  let desk = EMPTY_DESK;
  for (const agent of facts.agents) desk = putAgent(desk, agent);
  for (const item of facts.items) desk = putItem(desk, item);
  for (const hold of facts.holds) desk = putHold(desk, hold);
  return desk;
}

export function putItem(desk: Desk, item: Item): Desk {
  const id = item.conversation;
  const known = desk.items.get(id);
  if (known === item) return desk;
  const clean = known === null ? desk : unindexItem(desk, known);
  return indexItem({ ...clean, items: clean.items.put(id, item) }, item);
}

export function dropItem(desk: Desk, conversation: string): Desk {
  const known = desk.items.get(conversation);
  if (known === null) return desk;
  const clean = unindexItem(desk, known);
  return { ...clean, items: clean.items.without(conversation) };
}

export function putAgent(desk: Desk, agent: Agent): Desk {
  const known = desk.agents.get(agent.id);
  if (known === agent) return desk;
  const clean = known === null ? desk : unindexAgent(desk, known);
  const put = { ...clean, agents: clean.agents.put(agent.id, agent) };
  return indexAgent({ ...put, timers: withTimers(put.timers, timersOfAgent(agent)) }, agent);
}

export function dropAgent(desk: Desk, id: string): Desk {
  const known = desk.agents.get(id);
  if (known === null) return desk;
  const clean = unindexAgent(desk, known);
  return { ...clean, agents: clean.agents.without(id) };
}

export function putHold(desk: Desk, hold: Hold): Desk {
  const clean = dropHold(desk, hold.decisionId);
  const held = { ...clean, holds: clean.holds.put(hold.decisionId, hold) };
  const loaded = withPlate(held, hold.agent, (plate) => ({ ...plate, load: plate.load + TENTHS }));
  return { ...loaded, timers: withTimers(loaded.timers, [timerOfHold(hold)]) };
}

export function dropHold(desk: Desk, decisionId: string): Desk {
  const known = desk.holds.get(decisionId);
  if (known === null) return desk;
  const held = { ...desk, holds: desk.holds.without(decisionId) };
  const freed = withPlate(held, known.agent, (plate) => ({ ...plate, load: plate.load - TENTHS }));
  return { ...freed, timers: withoutTimers(freed.timers, [timerOfHold(known)]) };
}

/** `timer` has rung. */
export function dropTimer(desk: Desk, timer: Timer): Desk {
  return { ...desk, timers: withoutTimers(desk.timers, [timer]) };
}

/** From now on agents of any language may take this conversation. */
export function widen(desk: Desk, conversation: string): Desk {
  const item = desk.items.get(conversation);
  const line = item === null ? null : lineOf(item);
  if (item === null || line === null || !line.narrow) return desk;
  const out = withLine(desk, line, (items) => items.without(conversation, rankOf(item)));
  return withLine(out, { ...line, narrow: false }, (items) => items.put(conversation, item, rankOf(item)));
}

/** The language of a locale: "fr" of "fr-CA"; null where it names none. */
export function languageOf(locale: string | null): string | null {
  return /^[a-z]{2,3}(?=$|[-_])/.exec(locale?.toLowerCase() ?? "")?.[0] ?? null;
}

function indexItem(desk: Desk, item: Item): Desk {
  const id = item.conversation;
  let next = { ...desk, timers: withTimers(desk.timers, timersOfItem(item)) };
  if (item.closedAt !== null) return next;
  if (item.agent === null) next = { ...next, queue: next.queue.put(id, item, rankOf(item)) };
  else {
    next = withPlate(next, item.agent, (plate) => ({
      ...plate,
      load: plate.load + weightOf(item),
      own: plate.own.put(id, item, item.waitingSince),
    }));
  }
  if (item.offer !== null) {
    next = withPlate(next, item.offer.agent, (plate) => ({
      ...plate,
      load: plate.load + TENTHS,
      offers: plate.offers.put(id, item, item.waitingSince),
    }));
  }
  const line = lineOf(item);
  return line === null ? next : withLine(next, line, (items) => items.put(id, item, rankOf(item)));
}

function unindexItem(desk: Desk, item: Item): Desk {
  const id = item.conversation;
  let next = { ...desk, timers: withoutTimers(desk.timers, timersOfItem(item)) };
  if (item.closedAt !== null) return next;
  if (item.agent === null) next = { ...next, queue: next.queue.without(id, rankOf(item)) };
  else {
    next = withPlate(next, item.agent, (plate) => ({
      ...plate,
      load: plate.load - weightOf(item),
      own: plate.own.without(id, item.waitingSince),
    }));
  }
  if (item.offer !== null) {
    next = withPlate(next, item.offer.agent, (plate) => ({
      ...plate,
      load: plate.load - TENTHS,
      offers: plate.offers.without(id, item.waitingSince),
    }));
  }
  const line = lineOf(item);
  if (line === null) return next;
  const out = (items: Sorted<Item>) => items.without(id, rankOf(item));
  return withLine(withLine(next, line, out), { ...line, narrow: false }, out);
}

/** Where an item that is offered to nobody waits to be offered; null where it does not. */
function lineOf(item: Item): Omit<Line, "items"> | null {
  const { agent, offer, transfer, closedAt } = item;
  if (closedAt !== null || offer !== null || (agent !== null && transfer === null)) return null;
  const toAgent = transfer?.toAgent ?? null;
  if (toAgent !== null) return { toAgent, skill: null, language: null, narrow: false };
  const language = languageOf(item.locale);
  return { toAgent, skill: neededSkill(item), language, narrow: language !== null };
}

function withLine(
  desk: Desk,
  line: Omit<Line, "items">,
  change: (items: Sorted<Item>) => Sorted<Item>,
): Desk {
  const name = JSON.stringify([line.toAgent, line.skill, line.language, line.narrow]);
  const known = desk.lines.get(name);
  const items = change(known?.items ?? Sorted.of());
  if (items === known?.items) return desk;
  const lines = items.size === 0 ? desk.lines.without(name) : desk.lines.put(name, { ...line, items });
  return lines === desk.lines ? desk : { ...desk, lines };
}

function withPlate(desk: Desk, agentId: string, change: (plate: Plate) => Plate): Desk {
  const agent = desk.agents.get(agentId);
  const out = agent === null ? desk : { ...desk, free: withoutFree(desk, agent) };
  const plate = change(plateOf(desk, agentId));
  const isEmpty = plate.load === 0 && plate.own.size === 0 && plate.offers.size === 0;
  const plates = isEmpty ? out.plates.without(agentId) : out.plates.put(agentId, plate);
  return agent === null ? { ...out, plates } : indexAgent({ ...out, plates }, agent);
}

function indexAgent(desk: Desk, agent: Agent): Desk {
  const { load } = desk.plates.get(agent.id) ?? NO_PLATE;
  if (agent.state !== "online" || agent.capacity * TENTHS - load < TENTHS) return desk;
  return { ...desk, free: desk.free.put(agent.id, agent, freeRank(agent, load)) };
}

function unindexAgent(desk: Desk, agent: Agent): Desk {
  return {
    ...desk,
    free: withoutFree(desk, agent),
    timers: withoutTimers(desk.timers, timersOfAgent(agent)),
  };
}

function withoutFree(desk: Desk, agent: Agent): Sorted<Agent> {
  return desk.free.without(agent.id, freeRank(agent, plateOf(desk, agent.id).load));
}

function freeRank(agent: Agent, load: number): number {
  return load * MOMENTS + agent.assignedAt;
}

function timersOfItem(item: Item): Timer[] {
  const of = item.conversation;
  if (item.closedAt !== null) return [{ at: item.closedAt + REMEMBER_CLOSED_MS, kind: "forget", of }];
  const timers = [...new Set(Object.values(item.declined))].map((at: EpochMs): Timer => ({
    at,
    kind: "decline",
    of,
  }));
  if (item.offer !== null) timers.push({ at: item.offer.expiresAt, kind: "offer", of });
  if (lineOf(item)?.narrow) timers.push({ at: item.waitingSince + LANGUAGE_MS, kind: "language", of });
  return timers;
}

function timersOfAgent(agent: Agent): Timer[] {
  if (agent.lostAt === null) return [];
  const timers: Timer[] = [{ at: agent.lostAt + RETURN_AFTER_MS, kind: "return", of: agent.id }];
  if (agent.state !== "offline") timers.push({ at: agent.lostAt + GRACE_MS, kind: "grace", of: agent.id });
  return timers;
}

function timerOfHold(hold: Hold): Timer {
  return { at: hold.expiresAt, kind: "hold", of: hold.decisionId };
}

function withTimers(timers: Sorted<Timer>, added: readonly Timer[]): Sorted<Timer> {
  return added.reduce((all, timer) => all.put(`${timer.kind} ${timer.of}`, timer, timer.at), timers);
}

function withoutTimers(timers: Sorted<Timer>, rung: readonly Timer[]): Sorted<Timer> {
  return rung.reduce((all, timer) => all.without(`${timer.kind} ${timer.of}`, timer.at), timers);
}
