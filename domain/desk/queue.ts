/**
 * The queue: what rooms report, who waits in which order, and to whom each is offered.
 *
 * Of those who wait for the same skill, language and priority the oldest goes first; across priorities a point is
 * worth a minute of waiting (`rank.ts`), so that nobody waits for ever. A conversation's place is by the moment its
 * visitor began to wait, however often it was offered meanwhile.
 */
import type { EpochMs } from "../ids.ts";
import { canTake, isSpokenHere, pick, serves, speaks } from "./capacity.ts";
import {
  type Agent,
  consultsOver,
  type Desk,
  type Effect,
  type Item,
  type Line,
  neededSkill,
  NEW_ITEM,
  revoked,
  type Step,
  unwatched,
} from "./desk.ts";
import { dropHold, putItem } from "./entries.ts";
import { OFFER_MS } from "./offers.ts";
import { rankOf } from "./rank.ts";
import type { RoomReport } from "./report.ts";

/** Learn what a room says of itself. Hearing an older report again changes nothing. */
export function hear(desk: Desk, report: RoomReport & Pick<Item, "anySkill">, now: EpochMs): Step {
  const known = desk.items.get(report.conversation);
  if (known !== null && known.revision >= report.revision) return { desk, effects: [] };
  if (known !== null && isSetBack(known, report)) return beginAnew(desk, known, report);
  const { status, ...facts } = report;
  const item: Item = { ...(known ?? NEW_ITEM), ...facts };
  if (status === "closed") return close(desk, item, now);
  if (known !== null) return { desk: known.closedAt === null ? putItem(desk, item) : desk, effects: [] };
  const held = report.decisionId === null ? null : desk.holds.get(report.decisionId);
  if (held === null) return { desk: putItem(desk, item), effects: [] };
  const freed = dropHold(desk, held.decisionId);
  const agent = freed.agents.get(held.agent);
  const able = agent !== null && canTake(freed, agent, now) && serves(agent, neededSkill(item));
  // The place was kept for this visitor.
  return able ? offer(freed, item, agent, now) : { desk: putItem(freed, item), effects: [] };
}

/** The room was set back to before what the desk knows of it: it was not over then, or somebody else had it. */
function isSetBack(known: Item, { status, restored }: RoomReport): boolean {
  if (status === "closed" || restored === undefined || restored.at === known.restored?.at) return false;
  return known.closedAt !== null || known.agent !== restored.agent;
}

/** It waits again, first for who had it: the room learns from there who has it. */
function beginAnew(desk: Desk, known: Item, { status: _status, ...facts }: RoomReport): Step {
  const concerned = [known.agent, known.offer?.agent ?? null].filter((agent) => agent !== null);
  const preferredAgent = known.agent ?? facts.preferredAgent ?? null;
  return {
    desk: putItem(desk, { ...NEW_ITEM, ...facts, preferredAgent }),
    effects: [
      ...concerned.map((agent) => revoked(agent, known.conversation, "requeued")),
      ...consultsOver(known),
    ],
  };
}

type Cursor = { line: Line; rest: Iterator<Item>; head: Item };

/** Offer what waits to who is free: in the order of the queue, each to whom `pick` names. */
export function route(desk: Desk, now: EpochMs): Step {
  const effects: Effect[] = [];
  let next = desk;
  let cursors = openLines(desk).filter(({ line }) => isServed(next, line, now));
  while (cursors.length > 0) {
    const cursor = cursors.reduce((first, other) => (isBefore(other.head, first.head) ? other : first));
    const agent = pick(next, cursor.head, now);
    if (agent !== null) {
      const step = offer(next, cursor.head, agent, now);
      next = step.desk;
      effects.push(...step.effects);
    }
    const { value: head, done } = cursor.rest.next();
    if (done === true) cursors = cursors.filter((other) => other !== cursor);
    else cursor.head = head;
    if (agent !== null) cursors = cursors.filter(({ line }) => isServed(next, line, now));
  }
  return { desk: next, effects };
}

function openLines(desk: Desk): Cursor[] {
  if (desk.free.size === 0) return [];
  return [...desk.lines.values()].flatMap((line) => {
    const rest = line.items.values();
    const { value: head, done } = rest.next();
    return done === true ? [] : [{ line, rest, head }];
  });
}

/** Whether anybody who is free may take from this line. */
function isServed(desk: Desk, line: Line, now: EpochMs): boolean {
  let foreign = false;
  for (const agent of desk.free.values()) {
    if (line.toAgent !== null ? line.toAgent !== agent.id : !serves(agent, line.skill)) continue;
    if (!line.narrow || speaks(agent, line.language)) return true;
    foreign = true;
  }
  return foreign && line.language !== null && !isSpokenHere(desk, line.skill, line.language, now);
}

function offer(desk: Desk, item: Item, agent: Agent, now: EpochMs): Step {
  const { conversation } = item;
  // What has lapsed is forgotten here, so that it wakes nobody again.
  const declined = Object.fromEntries(Object.entries(item.declined).filter(([, until]) => until > now));
  const offered = { ...item, declined, offer: { agent: agent.id, expiresAt: now + OFFER_MS } };
  return {
    desk: putItem(desk, offered),
    effects: [{ to: "agent", agent: agent.id, frame: "offered", conversation }],
  };
}

function close(desk: Desk, item: Item, now: EpochMs): Step {
  const concerned = [item.agent, item.offer?.agent ?? null].filter((agent) => agent !== null);
  return {
    desk: putItem(desk, {
      ...unwatched(item),
      offer: null,
      transfer: null,
      closedAt: item.closedAt ?? now,
    }),
    effects: [
      ...concerned.map((agent) => revoked(agent, item.conversation, "closed")),
      ...consultsOver(item),
    ],
  };
}

function isBefore(a: Item, b: Item): boolean {
  return rankOf(a) < rankOf(b) || (rankOf(a) === rankOf(b) && a.conversation < b.conversation);
}
