/** Agents come, say how much they take, lose their connection, and go; what they had goes back where it was. */
import type { EpochMs } from "../ids.ts";
import { type Agent, type Desk, type Effect, putAgent, putItem, revoked, type Step, toRoom } from "./desk.ts";
import type { Person } from "./report.ts";
import { giveBackTransfer } from "./transfer.ts";
import type { AgentState } from "./wire.ts";

export const RETURN_AFTER_MS = 120_000;
export const DEFAULT_CAPACITY = 3;

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
  return same ? desk : putAgent(desk, { ...known, name, skills: [...skills], lostAt: null });
}

/** The agent's last socket is gone. They keep everything for `GRACE_MS`. */
export function lose(desk: Desk, agentId: string, now: EpochMs): Desk {
  const agent = desk.agents.find(({ id }) => id === agentId);
  return agent === undefined || agent.lostAt !== null ? desk : putAgent(desk, { ...agent, lostAt: now });
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
  const changed = putAgent(desk, { ...agent, state, capacity, misses, since });
  return state === "online" ? { desk: changed, effects: [] } : returnOffers(changed, agentId, "away");
}

/** The site's skills as they are published now: agent id → what they serve. */
export function setSkills(desk: Desk, skills: Readonly<Record<string, string[]>>): Desk {
  const agents = desk.agents.map((agent) => {
    const now = skills[agent.id] ?? [];
    return now.join() === agent.skills.join() ? agent : { ...agent, skills: now };
  });
  return { ...desk, agents };
}

/** Agents who should be here and have no socket among `connected` were cut off by a crash: they are lost from now. */
export function noticeLost(desk: Desk, connected: ReadonlySet<string>, now: EpochMs): Desk {
  const agents = desk.agents.map((agent) =>
    agent.lostAt === null && !connected.has(agent.id) && agent.state !== "offline"
      ? { ...agent, lostAt: now }
      : agent,
  );
  return { ...desk, agents };
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

/** What `agentId` has waits again, at its old place. */
export function returnItems(desk: Desk, agentId: string, reason: string, now: EpochMs): Step {
  let next = desk;
  const effects: Effect[] = [];
  for (const item of desk.items) {
    if (item.agent !== agentId || item.closedAt !== null) continue;
    if (item.offer !== null) effects.push(revoked(item.offer.agent, item.conversation, reason));
    next = putItem(next, { ...item, agent: null, offer: null, transfer: null, declined: {}, missed: [] });
    effects.push(
      revoked(agentId, item.conversation, reason),
      toRoom(item.conversation, "requeued", now, { reason }),
    );
  }
  return { desk: next, effects };
}
