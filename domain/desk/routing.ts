/**
 * Who gets which conversation: the site's desk as a value, and every step that changes it.
 *
 * The oldest waiting conversation of a priority and skill goes first, to the agent with the least load; among equals
 * to the one who has waited longest for work. An offer that nobody answers returns to its place in the queue, which is
 * by the moment its visitor began to wait, so at the head; three misses set an agent away.
 *
 * Shapes  `Desk` is everything; each step returns the next `Desk` and its `Effect`s. What did not change is the same
 *         object, so the caller can write only what did.
 * Units   `EpochMs`; load and capacity count places, and a held place counts as a taken one.
 * Errors  an expected "no" is a returned refusal; nothing here throws.
 */
import type { EpochMs } from "../ids.ts";
import type { DeskCommand, Person, RoomReport } from "./report.ts";
import type { AgentState } from "./wire.ts";

export const OFFER_MS = 30_000;
export const HOLD_MS = 60_000;
export const DECLINED_FOR_MS = 30_000;
export const GRACE_MS = 30_000;
export const RETURN_AFTER_MS = 120_000;
export const REMEMBER_CLOSED_MS = 60 * 60_000;
export const DEFAULT_CAPACITY = 3;
export const MISSES_UNTIL_AWAY = 3;

export type Agent = {
  id: string;
  name: string;
  /** None means that they serve everything. */
  skills: string[];
  state: AgentState;
  /** When this stretch of state and capacity began. */
  since: EpochMs;
  capacity: number;
  misses: number;
  assignedAt: EpochMs;
  /** Since when no socket of theirs is connected; null while one is. */
  lostAt: EpochMs | null;
};

export type Transfer = { toAgent: string | null; toSkill: string | null; note: string | null };

export type Item = Omit<RoomReport, "status"> & {
  priority: number;
  agent: string | null;
  offer: { agent: string; expiresAt: EpochMs } | null;
  /** Asked for and not yet accepted; until then the conversation stays where it is. */
  transfer: Transfer | null;
  /** Agent → until when it is not offered to them again. */
  declined: Record<string, EpochMs>;
  missed: string[];
  closedAt: EpochMs | null;
};

/** A place that is kept free for a decision until its visitor answers. */
export type Hold = { decisionId: string; agent: string; expiresAt: EpochMs };
export type Desk = { agents: Agent[]; items: Item[]; holds: Hold[] };

export type Effect =
  | { to: "agent"; agent: string; frame: "offered" | "assigned"; conversation: string }
  | { to: "agent"; agent: string; frame: "revoked"; conversation: string; reason: string }
  | { to: "agent"; agent: string; frame: "error"; code: string; message: string }
  | { to: "room"; command: Omit<DeskCommand, "n"> };
export type Step = { desk: Desk; effects: Effect[] };
export type Refusal = { ok: false; code: "not_found" | "conflict" | "unavailable"; message: string };
export type Outcome = ({ ok: true } & Step) | Refusal;

export const EMPTY_DESK: Desk = { agents: [], items: [], holds: [] };

/** Whether this agent takes conversations at `now`. */
export function isAccepting(agent: Agent, now: EpochMs): boolean {
  return agent.state === "online" && (agent.lostAt === null || now - agent.lostAt < GRACE_MS);
}

/** The places that `agent` has taken: conversations, offers and held places. */
export function loadOf(desk: Desk, agent: string): number {
  const items = desk.items.filter(
    (item) => item.closedAt === null && (item.agent === agent || item.offer?.agent === agent),
  );
  return items.length + desk.holds.filter((hold) => hold.agent === agent).length;
}

export function serves(agent: Agent, skill: string | null): boolean {
  return skill === null || agent.skills.length === 0 || agent.skills.includes(skill);
}

/** The places that are free at `now`, over all agents who accept. */
export function freePlaces(desk: Desk, now: EpochMs, skill: string | null = null): number {
  return desk.agents
    .filter((agent) => isAccepting(agent, now) && serves(agent, skill))
    .reduce((sum, agent) => sum + Math.max(0, agent.capacity - loadOf(desk, agent.id)), 0);
}

/** The conversations that wait for an agent, in the order in which they are served. */
export function waiting(desk: Desk): Item[] {
  return desk.items.filter((item) => item.closedAt === null && item.agent === null).toSorted(inOrder);
}

/** Everything that time alone changes by `now`, then an offer for each conversation that can have one. */
export function settle(desk: Desk, now: EpochMs): Step {
  const expired = expire(desk, now);
  const routed = route(expired.desk, now);
  return { desk: routed.desk, effects: [...expired.effects, ...routed.effects] };
}

/** Offer what waits to who is free: oldest first, to the least loaded. */
export function route(desk: Desk, now: EpochMs): Step {
  const effects: Effect[] = [];
  let next = desk;
  const open = desk.items.filter((item) => item.closedAt === null && item.offer === null);
  for (const item of open.filter((each) => each.agent === null || each.transfer !== null).toSorted(inOrder)) {
    const agent = pick(next, item, now);
    if (agent === null) continue;
    next = change(next, { ...item, offer: { agent: agent.id, expiresAt: now + OFFER_MS } });
    effects.push({ to: "agent", agent: agent.id, frame: "offered", conversation: item.conversation });
  }
  return { desk: next, effects };
}

/** Learn what a room says of itself. Hearing an older report again changes nothing. */
export function hear(desk: Desk, report: RoomReport, now: EpochMs): Step {
  const known = find(desk, report.conversation);
  if (known !== null && known.revision >= report.revision) return { desk, effects: [] };
  const { status, ...facts } = report;
  const item: Item = {
    priority: 0,
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
  if (held === undefined || known !== null) return { desk: change(desk, item), effects: [] };
  const freed = { ...desk, holds: desk.holds.filter((other) => other !== held) };
  const agent = freed.agents.find(({ id }) => id === held.agent);
  if (agent === undefined || !canTake(freed, agent, now)) return { desk: change(freed, item), effects: [] };
  // The place was kept for this visitor.
  return {
    desk: change(freed, { ...item, offer: { agent: agent.id, expiresAt: now + OFFER_MS } }),
    effects: [{ to: "agent", agent: agent.id, frame: "offered", conversation: item.conversation }],
  };
}

/** Hold a place that is free now for `decisionId`; the same decision gets the same place. */
export function hold(
  desk: Desk,
  request: { decisionId: string; skill: string | null },
  now: EpochMs,
): { desk: Desk; hold: Hold | null } {
  const known = desk.holds.find(({ decisionId }) => decisionId === request.decisionId);
  if (known !== undefined && known.expiresAt > now) return { desk, hold: known };
  const agent = pick(desk, { skill: request.skill }, now);
  if (agent === null) return { desk, hold: null };
  const made = { decisionId: request.decisionId, agent: agent.id, expiresAt: now + HOLD_MS };
  const others = desk.holds.filter(({ decisionId }) => decisionId !== request.decisionId);
  return { desk: { ...desk, holds: [...others, made] }, hold: made };
}

/** Hold a place that is still held from `now` on; one that has lapsed stays lapsed. */
export function prolong(desk: Desk, decisionId: string, now: EpochMs): Desk {
  const held = desk.holds.some((each) => each.decisionId === decisionId && each.expiresAt > now);
  if (!held) return desk;
  const holds = desk.holds.map((each) =>
    each.decisionId === decisionId ? { ...each, expiresAt: now + HOLD_MS } : each,
  );
  return { ...desk, holds };
}

/** Give a held place back. */
export function release(desk: Desk, decisionId: string): Desk {
  const holds = desk.holds.filter((each) => each.decisionId !== decisionId);
  return holds.length === desk.holds.length ? desk : { ...desk, holds };
}

/** `agent` takes a conversation: one offered to them, one that waits and is offered to nobody, or their own back. */
export function accept(desk: Desk, agentId: string, conversation: string, now: EpochMs): Outcome {
  const item = find(desk, conversation);
  const agent = desk.agents.find(({ id }) => id === agentId);
  if (item === null || item.closedAt !== null || agent === undefined) return missing();
  if (item.agent === agentId) return { ok: true, ...takeBack(desk, item) };
  if (item.offer?.agent === agentId) return { ok: true, ...assign(desk, item, agent, now) };
  if (item.agent !== null || item.offer !== null) return conflict("another agent has this conversation");
  if (agent.capacity - loadOf(desk, agentId) < 1) return conflict("you have no free place");
  return { ok: true, ...assign(desk, item, agent, now) };
}

/** `person` answers a conversation that nobody has: it is theirs, even where it was being offered to another. */
export function claim(desk: Desk, person: Person, conversation: string, now: EpochMs): Outcome {
  const item = find(desk, conversation);
  if (item === null || item.closedAt !== null) return missing();
  if (item.agent !== null) return conflict("another agent has this conversation");
  const known = meet(desk, person, [], now);
  const agent = known.agents.find(({ id }) => id === person.id);
  if (agent === undefined) return missing();
  const assigned = assign(known, item, agent, now);
  const other = item.offer?.agent;
  if (other === undefined || other === person.id) return { ok: true, ...assigned };
  return {
    ok: true,
    desk: assigned.desk,
    effects: [revoked(other, conversation, "taken"), ...assigned.effects],
  };
}

/** `agent` does not take what is offered: it returns to its place, and to them not before `DECLINED_FOR_MS`. */
export function decline(desk: Desk, agentId: string, conversation: string, now: EpochMs): Outcome {
  const item = find(desk, conversation);
  if (item === null || item.closedAt !== null || item.offer?.agent !== agentId) return missing();
  const returned = takeOffer(item, now);
  return { ok: true, ...giveBackTransfer(desk, returned, "the colleague declined the transfer") };
}

/** Ask that another agent, or one with a skill, takes the conversation over. It stays with `agent` until then. */
export function transfer(
  desk: Desk,
  agentId: string,
  conversation: string,
  target: Transfer,
  now: EpochMs,
): Outcome {
  const item = find(desk, conversation);
  if (item === null || item.closedAt !== null || item.agent !== agentId) return missing();
  if ((target.toAgent === null) === (target.toSkill === null)) {
    return conflict("name either the agent or the skill");
  }
  const asked: Item = { ...item, transfer: target, offer: null, declined: {}, missed: [] };
  const stale = item.offer === null ? [] : [revoked(item.offer.agent, conversation, "transferred")];
  const before = change(desk, { ...item, offer: null });
  const agent = pick(before, asked, now);
  if (target.toAgent !== null && agent === null) {
    return { ok: false, code: "unavailable", message: "this colleague has no free place now" };
  }
  const somebody = desk.agents.some(
    (each) => each.id !== agentId && isAccepting(each, now) && serves(each, target.toSkill),
  );
  if (!somebody) return { ok: false, code: "unavailable", message: "nobody with this skill is there now" };
  return { ok: true, desk: change(before, asked), effects: stale };
}

/** The agent is done with a conversation that is or was theirs: its room learns the outcome, and closes. */
export function wrapUp(
  desk: Desk,
  agentId: string,
  conversation: string,
  outcome: string,
  now: EpochMs,
): Outcome {
  const item = find(desk, conversation);
  if (item === null || item.agent !== agentId) return missing();
  const command: Omit<DeskCommand, "n"> = {
    conversation,
    name: "wrapped_up",
    agent: null,
    from: null,
    note: null,
    reason: null,
    outcome,
    at: now,
  };
  return { ok: true, desk, effects: [{ to: "room", command }] };
}

/** The agent's own word on whether and how many conversations they take. Leaving gives back what is offered. */
export function setState(
  desk: Desk,
  agentId: string,
  state: AgentState,
  capacity: number,
  now: EpochMs,
): Step {
  const agent = desk.agents.find(({ id }) => id === agentId);
  if (agent === undefined || (agent.state === state && agent.capacity === capacity)) {
    return { desk, effects: [] };
  }
  const misses = state === "online" ? 0 : agent.misses;
  const since = Math.max(now, agent.since + 1);
  const changed = changeAgent(desk, { ...agent, state, capacity, misses, since });
  return state === "online" ? { desk: changed, effects: [] } : returnOffers(changed, agentId, "away");
}

/** An agent has a socket: known from now on, connected, with their name and skills as they are now. */
export function meet(desk: Desk, person: Person, skills: readonly string[], now: EpochMs): Desk {
  const known = desk.agents.find(({ id }) => id === person.id);
  const name = person.name ?? known?.name ?? person.id;
  if (known === undefined) {
    const agent: Agent = {
      id: person.id,
      name,
      skills: [...skills],
      state: "offline",
      since: now,
      capacity: DEFAULT_CAPACITY,
      misses: 0,
      assignedAt: 0,
      lostAt: null,
    };
    return { ...desk, agents: [...desk.agents, agent] };
  }
  const same = known.name === name && known.lostAt === null && known.skills.join() === skills.join();
  return same ? desk : changeAgent(desk, { ...known, name, skills: [...skills], lostAt: null });
}

/** The agent's last socket is gone. They keep everything for `GRACE_MS`. */
export function lose(desk: Desk, agentId: string, now: EpochMs): Desk {
  const agent = desk.agents.find(({ id }) => id === agentId);
  return agent === undefined || agent.lostAt !== null ? desk : changeAgent(desk, { ...agent, lostAt: now });
}

/** The agent may no longer be here: what they had waits again, at its old place. */
export function dismiss(desk: Desk, agentId: string, now: EpochMs): Step {
  const offers = returnOffers(desk, agentId, "signed out");
  const items = returnItems(offers.desk, agentId, "agent_left", now);
  return {
    desk: {
      ...items.desk,
      agents: items.desk.agents.filter(({ id }) => id !== agentId),
      holds: items.desk.holds.filter(({ agent }) => agent !== agentId),
    },
    effects: [...offers.effects, ...items.effects],
  };
}

/** The earliest moment at which time alone changes something; null where it never does. */
export function nextChangeAt(desk: Desk, now: EpochMs): EpochMs | null {
  const moments = [
    ...desk.holds.map((each) => each.expiresAt),
    ...desk.items.flatMap((item) => [
      ...(item.offer === null ? [] : [item.offer.expiresAt]),
      ...(item.closedAt === null
        ? Object.values(item.declined).filter((until) => until > now)
        : [item.closedAt + REMEMBER_CLOSED_MS]),
    ]),
    ...desk.agents.flatMap((agent) => {
      if (agent.lostAt === null) return [];
      const has = desk.items.some((item) => item.agent === agent.id && item.closedAt === null);
      return [
        ...(agent.state === "offline" ? [] : [agent.lostAt + GRACE_MS]),
        ...(has ? [agent.lostAt + RETURN_AFTER_MS] : []),
      ];
    }),
  ];
  return moments.length === 0 ? null : Math.min(...moments);
}

function expire(desk: Desk, now: EpochMs): Step {
  let next = desk;
  const effects: Effect[] = [];
  const then = (step: Step) => {
    next = step.desk;
    effects.push(...step.effects);
  };
  if (next.holds.some((each) => each.expiresAt <= now)) {
    next = { ...next, holds: next.holds.filter((each) => each.expiresAt > now) };
  }
  for (const { conversation } of desk.items) {
    const item = find(next, conversation);
    if (item?.offer && item.offer.expiresAt <= now) then(miss(next, item, now));
  }
  for (const agent of desk.agents) {
    if (agent.lostAt === null) continue;
    const gone = now - agent.lostAt;
    if (gone >= GRACE_MS) then(setState(next, agent.id, "offline", agent.capacity, now));
    if (gone >= RETURN_AFTER_MS) then(returnItems(next, agent.id, "agent_left", now));
  }
  const isForgotten = (item: Item) => item.closedAt !== null && now - item.closedAt >= REMEMBER_CLOSED_MS;
  if (next.items.some(isForgotten))
    next = { ...next, items: next.items.filter((item) => !isForgotten(item)) };
  return { desk: next, effects };
}

function miss(desk: Desk, item: Item, now: EpochMs): Step {
  const agentId = item.offer?.agent ?? "";
  const missed = item.missed.includes(agentId) ? item.missed : [...item.missed, agentId];
  const returned = giveBackTransfer(desk, { ...item, offer: null, missed }, "the colleague did not answer");
  const effects: Effect[] = [revoked(agentId, item.conversation, "timeout"), ...returned.effects];
  const agent = returned.desk.agents.find(({ id }) => id === agentId);
  if (agent === undefined) return { desk: returned.desk, effects };
  const misses = agent.misses + 1;
  const counted = changeAgent(returned.desk, { ...agent, misses });
  if (misses < MISSES_UNTIL_AWAY || agent.state !== "online") return { desk: counted, effects };
  const away = setState(counted, agentId, "away", agent.capacity, now);
  return { desk: away.desk, effects: [...effects, ...away.effects] };
}

/** `item` back in `desk` without its offer; a transfer to one colleague ends with that colleague's no. */
function giveBackTransfer(desk: Desk, item: Item, why: string): Step {
  if (item.transfer === null || item.transfer.toAgent === null || item.agent === null) {
    return { desk: change(desk, item), effects: [] };
  }
  const message = `${why}; the conversation is still yours`;
  return {
    desk: change(desk, { ...item, transfer: null, declined: {}, missed: [] }),
    effects: [{ to: "agent", agent: item.agent, frame: "error", code: "transfer_returned", message }],
  };
}

function takeOffer(item: Item, now: EpochMs): Item {
  const agent = item.offer?.agent ?? "";
  return { ...item, offer: null, declined: { ...item.declined, [agent]: now + DECLINED_FOR_MS } };
}

/** The owner keeps the conversation: a transfer that was asked for is off. */
function takeBack(desk: Desk, item: Item): Step {
  const effects: Effect[] = [
    { to: "agent", agent: item.agent ?? "", frame: "assigned", conversation: item.conversation },
  ];
  if (item.transfer === null) return { desk, effects };
  if (item.offer !== null) effects.unshift(revoked(item.offer.agent, item.conversation, "taken_back"));
  return { desk: change(desk, { ...item, transfer: null, offer: null, declined: {}, missed: [] }), effects };
}

function assign(desk: Desk, item: Item, agent: Agent, now: EpochMs): Step {
  const from = desk.agents.find(({ id }) => id === item.agent) ?? null;
  const taken: Item = { ...item, agent: agent.id, offer: null, transfer: null, declined: {}, missed: [] };
  const busy = changeAgent(change(desk, taken), { ...agent, misses: 0, assignedAt: now });
  const command: Omit<DeskCommand, "n"> = {
    conversation: item.conversation,
    name: item.agent === null ? "assigned" : "transferred",
    agent: { id: agent.id, name: agent.name },
    from: from === null ? null : { id: from.id, name: from.name },
    note: item.transfer?.note ?? null,
    reason: null,
    outcome: null,
    at: now,
  };
  const effects: Effect[] = [
    { to: "room", command },
    { to: "agent", agent: agent.id, frame: "assigned", conversation: item.conversation },
  ];
  if (item.agent !== null) effects.push(revoked(item.agent, item.conversation, "transferred"));
  return { desk: busy, effects };
}

function close(desk: Desk, item: Item, now: EpochMs): Step {
  const concerned = [item.agent, item.offer?.agent ?? null].filter((agent) => agent !== null);
  return {
    desk: change(desk, { ...item, offer: null, transfer: null, closedAt: now }),
    effects: concerned.map((agent) => revoked(agent, item.conversation, "closed")),
  };
}

function returnOffers(desk: Desk, agentId: string, reason: string): Step {
  let next = desk;
  const effects: Effect[] = [];
  for (const item of desk.items) {
    if (item.offer?.agent !== agentId) continue;
    const step = giveBackTransfer(next, { ...item, offer: null }, "the colleague left");
    next = step.desk;
    effects.push(revoked(agentId, item.conversation, reason), ...step.effects);
  }
  return { desk: next, effects };
}

function returnItems(desk: Desk, agentId: string, reason: string, now: EpochMs): Step {
  let next = desk;
  const effects: Effect[] = [];
  for (const item of desk.items) {
    if (item.agent !== agentId || item.closedAt !== null) continue;
    if (item.offer !== null) effects.push(revoked(item.offer.agent, item.conversation, reason));
    next = change(next, { ...item, agent: null, offer: null, transfer: null, declined: {}, missed: [] });
    effects.push(revoked(agentId, item.conversation, reason), {
      to: "room",
      command: {
        conversation: item.conversation,
        name: "requeued",
        agent: null,
        from: null,
        note: null,
        reason,
        outcome: null,
        at: now,
      },
    });
  }
  return { desk: next, effects };
}

/** Who may take this now: accepting, with a free place and the skill; the least loaded, then the longest idle. */
function pick(
  desk: Desk,
  wanted: { skill: string | null } & Partial<Pick<Item, "agent" | "transfer" | "declined" | "missed">>,
  now: EpochMs,
): Agent | null {
  const { transfer: asked = null, declined = {}, missed = [] } = wanted;
  const skill = asked === null ? wanted.skill : asked.toSkill;
  const able = desk.agents.filter(
    (agent) =>
      agent.id !== wanted.agent &&
      (asked === null || asked.toAgent === null || asked.toAgent === agent.id) &&
      serves(agent, skill) &&
      (declined[agent.id] ?? 0) <= now &&
      canTake(desk, agent, now),
  );
  const rank = (agent: Agent) => [
    missed.includes(agent.id) ? 1 : 0,
    loadOf(desk, agent.id),
    agent.assignedAt,
  ];
  const [best] = able
    .map((agent) => ({ agent, rank: rank(agent) }))
    .toSorted((a, b) => compareRanks(a.rank, b.rank) || (a.agent.id < b.agent.id ? -1 : 1));
  return best?.agent ?? null;
}

function canTake(desk: Desk, agent: Agent, now: EpochMs): boolean {
  return isAccepting(agent, now) && agent.capacity - loadOf(desk, agent.id) >= 1;
}

function inOrder(a: Item, b: Item): number {
  return (
    b.priority - a.priority || a.waitingSince - b.waitingSince || (a.conversation < b.conversation ? -1 : 1)
  );
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function find(desk: Desk, conversation: string): Item | null {
  return desk.items.find((item) => item.conversation === conversation) ?? null;
}

function change(desk: Desk, item: Item): Desk {
  const known = desk.items.some(({ conversation }) => conversation === item.conversation);
  const items = known
    ? desk.items.map((other) => (other.conversation === item.conversation ? item : other))
    : [...desk.items, item];
  return { ...desk, items };
}

function changeAgent(desk: Desk, agent: Agent): Desk {
  return { ...desk, agents: desk.agents.map((other) => (other.id === agent.id ? agent : other)) };
}

function revoked(agent: string, conversation: string, reason: string): Effect {
  return { to: "agent", agent, frame: "revoked", conversation, reason };
}

function missing(): Refusal {
  return { ok: false, code: "not_found", message: "this conversation is not offered to you and not yours" };
}

function conflict(message: string): Refusal {
  return { ok: false, code: "conflict", message };
}
