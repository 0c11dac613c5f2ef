/** Agents come, say how much they take, lose their connection, and go; what they had goes back where it was. */
import type { EpochMs } from "../ids.ts";
import {
  type Agent,
  asked,
  consultsOver,
  type Desk,
  type Effect,
  plateOf,
  revoked,
  type Role,
  type Staff,
  type Step,
  toRoom,
  unwatched,
} from "./desk.ts";
import { dropAgent, dropHold, putAgent, putItem } from "./entries.ts";
import type { Person } from "./report.ts";
import { giveBackTransfer } from "./transfer.ts";
import type { AgentState } from "./wire.ts";

export const DEFAULT_CAPACITY = 3;
/** How well an agent does a skill of which the site has not said it. */
export const DEFAULT_LEVEL = 2;
export const NO_STAFF: Staff = { skills: {}, languages: [], capacity: null };

/**
 * An agent has a socket: known from now on, connected, with their name, role and skills as they are now. Without
 * `staff`, what is known of them stays.
 */
export function meet(desk: Desk, person: Person & { role?: Role }, staff: Staff | null, now: EpochMs): Desk {
  const known = desk.agents.get(person.id);
  if (known === null) return putAgent(desk, newAgent(person, staff ?? NO_STAFF, now));
  const name = person.name ?? known.name;
  const role = person.role ?? known.role;
  const same = known.name === name && known.role === role && known.lostAt === null;
  const present = same ? known : { ...known, name, role, lostAt: null };
  return putAgent(desk, staff === null ? present : withStaff(present, staff));
}

/** The agent's last socket is gone. They keep everything for `GRACE_MS`. */
export function lose(desk: Desk, agentId: string, now: EpochMs): Desk {
  const agent = desk.agents.get(agentId);
  return agent === null || agent.lostAt !== null ? desk : putAgent(desk, { ...agent, lostAt: now });
}

/** The agent's own word on whether and how many conversations they take. Leaving gives back what is offered. */
export function setState(
  desk: Desk,
  agentId: string,
  state: AgentState,
  capacity: number,
  now: EpochMs,
): Step {
  const agent = desk.agents.get(agentId);
  if (agent === null || (agent.state === state && agent.capacity === capacity)) {
    return { desk, effects: [] };
  }
  const misses = state === "online" ? 0 : agent.misses;
  const since = Math.max(now, agent.since + 1);
  const changed = putAgent(desk, { ...agent, state, capacity, misses, since });
  return state === "online" ? { desk: changed, effects: [] } : returnOffers(changed, agentId, "away");
}

/** The site's people as they are published now. */
export function setStaff(desk: Desk, staffOf: (agent: string) => Staff): Desk {
  let next = desk;
  for (const agent of desk.agents.values()) next = putAgent(next, withStaff(agent, staffOf(agent.id)));
  return next;
}

/** Agents who should be here and have no socket among `connected` were cut off by a crash: they are lost from now. */
export function noticeLost(desk: Desk, connected: ReadonlySet<string>, now: EpochMs): Desk {
  let next = desk;
  for (const agent of desk.agents.values()) {
    const isCut = agent.lostAt === null && !connected.has(agent.id) && agent.state !== "offline";
    if (isCut) next = putAgent(next, { ...agent, lostAt: now });
  }
  return next;
}

/** The agent may no longer be here: what they had waits again, at its old place. */
export function dismiss(desk: Desk, agentId: string, now: EpochMs): Step {
  const offers = returnOffers(desk, agentId, "signed out");
  const items = returnItems(offers.desk, agentId, "agent_left", now);
  let next = items.desk;
  for (const hold of desk.holds.values()) if (hold.agent === agentId) next = dropHold(next, hold.decisionId);
  return { desk: dropAgent(next, agentId), effects: [...offers.effects, ...items.effects] };
}

/** What `agentId` has waits again, at its old place. */
export function returnItems(desk: Desk, agentId: string, reason: string, now: EpochMs): Step {
  let next = desk;
  const effects: Effect[] = [];
  for (const item of plateOf(desk, agentId).own.values()) {
    const { conversation } = item;
    if (item.offer !== null) effects.push(revoked(item.offer.agent, conversation, reason));
    next = putItem(next, { ...asked(unwatched(item)), agent: null, onHold: false });
    effects.push(
      ...consultsOver(item),
      revoked(agentId, conversation, reason),
      toRoom(conversation, "requeued", now, { reason }),
    );
  }
  return { desk: next, effects };
}

function returnOffers(desk: Desk, agentId: string, reason: string): Step {
  let next = desk;
  const effects: Effect[] = [];
  for (const item of plateOf(desk, agentId).offers.values()) {
    const step = giveBackTransfer(next, { ...item, offer: null }, "the colleague left");
    next = step.desk;
    effects.push(revoked(agentId, item.conversation, reason), ...step.effects);
  }
  return { desk: next, effects };
}

function newAgent(person: Person & { role?: Role }, staff: Staff, now: EpochMs): Agent {
  return {
    id: person.id,
    name: person.name ?? person.id,
    role: person.role ?? "agent",
    skills: staff.skills,
    languages: staff.languages,
    allotted: staff.capacity,
    state: "offline",
    since: now,
    capacity: staff.capacity ?? DEFAULT_CAPACITY,
    misses: 0,
    assignedAt: 0,
    lostAt: null,
  };
}

/** A capacity that the site has changed goes before the agent's own word; one that it has not, does not. */
function withStaff(agent: Agent, { skills, languages, capacity: allotted }: Staff): Agent {
  const known = JSON.stringify([agent.skills, agent.languages, agent.allotted]);
  if (known === JSON.stringify([skills, languages, allotted])) return agent;
  const capacity = allotted === agent.allotted ? agent.capacity : (allotted ?? DEFAULT_CAPACITY);
  return { ...agent, skills, languages, allotted, capacity };
}
