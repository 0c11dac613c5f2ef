/**
 * The queue: what rooms report, who waits in which order, and to whom each is offered.
 *
 * The oldest waiting conversation of a priority and skill goes first, to the agent with the least load; among equals
 * to the one who has waited longest for work. A conversation's place is by the moment its visitor began to wait.
 */
import type { EpochMs } from "../ids.ts";
import { canTake, pick, serves } from "./capacity.ts";
import { type Desk, type Effect, findItem, type Item, putItem, revoked, type Step } from "./desk.ts";
import { OFFER_MS } from "./offers.ts";
import type { RoomReport } from "./report.ts";

/** The conversations that wait for an agent, in the order in which they are served. */
export function waiting(desk: Desk): Item[] {
  return desk.items.filter((item) => item.closedAt === null && item.agent === null).toSorted(inOrder);
}

/** How long those waited who waited in `before` and have an agent in `after`. */
export function endedWaits(before: Desk, after: Desk, now: EpochMs): EpochMs[] {
  return before.items
    .filter((item) => item.agent === null && item.closedAt === null)
    .filter(({ conversation }) => {
      const later = findItem(after, conversation);
      return later !== null && later.agent !== null;
    })
    .map((item) => Math.max(0, now - item.waitingSince));
}

/** Learn what a room says of itself. Hearing an older report again changes nothing. */
export function hear(desk: Desk, report: RoomReport, now: EpochMs): Step {
  const known = findItem(desk, report.conversation);
  if (known !== null && known.revision >= report.revision) return { desk, effects: [] };
  const { status, ...facts } = report;
  const item: Item = {
    agent: null,
    offer: null,
    transfer: null,
    declined: {},
    missed: [],
    closedAt: null,
    ...known,
    ...facts,
  };
  if (status === "closed") return close(desk, item, now);
  if (known?.closedAt) return { desk, effects: [] };
  const held = desk.holds.find(({ decisionId }) => decisionId === report.decisionId);
  if (held === undefined || known !== null) return { desk: putItem(desk, item), effects: [] };
  const freed = { ...desk, holds: desk.holds.filter((other) => other !== held) };
  const agent = freed.agents.find(({ id }) => id === held.agent);
  const able = agent !== undefined && canTake(freed, agent, now) && serves(agent, item.skill);
  if (!able) return { desk: putItem(freed, item), effects: [] };
  // The place was kept for this visitor.
  return {
    desk: putItem(freed, { ...item, offer: { agent: agent.id, expiresAt: now + OFFER_MS } }),
    effects: [{ to: "agent", agent: agent.id, frame: "offered", conversation: item.conversation }],
  };
}

/** Offer what waits to who is free: oldest first, to the least loaded. */
export function route(desk: Desk, now: EpochMs): Step {
  const effects: Effect[] = [];
  let next = desk;
  const open = desk.items.filter((item) => item.closedAt === null && item.offer === null);
  for (const item of open.filter((each) => each.agent === null || each.transfer !== null).toSorted(inOrder)) {
    const agent = pick(next, item, now);
    if (agent === null) continue;
    next = putItem(next, { ...item, offer: { agent: agent.id, expiresAt: now + OFFER_MS } });
    effects.push({ to: "agent", agent: agent.id, frame: "offered", conversation: item.conversation });
  }
  return { desk: next, effects };
}

function close(desk: Desk, item: Item, now: EpochMs): Step {
  const concerned = [item.agent, item.offer?.agent ?? null].filter((agent) => agent !== null);
  return {
    desk: putItem(desk, { ...item, offer: null, transfer: null, closedAt: now }),
    effects: concerned.map((agent) => revoked(agent, item.conversation, "closed")),
  };
}

function inOrder(a: Item, b: Item): number {
  return (
    b.priority - a.priority || a.waitingSince - b.waitingSince || (a.conversation < b.conversation ? -1 : 1)
  );
}
