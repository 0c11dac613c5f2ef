/** A conversation becomes an agent's, by an offer or by their own hand, until they are done with it. */
import type { EpochMs } from "../ids.ts";
import { loadOf } from "./capacity.ts";
import {
  type Agent,
  conflict,
  type Desk,
  type Effect,
  findItem,
  type Item,
  missing,
  type Outcome,
  putAgent,
  putItem,
  revoked,
  type Step,
  toRoom,
} from "./desk.ts";
import { meet } from "./presence.ts";
import type { Person } from "./report.ts";
import { takeBack } from "./transfer.ts";

/** `agent` takes a conversation: one offered to them, one that waits and is offered to nobody, or their own back. */
export function accept(desk: Desk, agentId: string, conversation: string, now: EpochMs): Outcome {
  const item = findItem(desk, conversation);
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
  const item = findItem(desk, conversation);
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

/** The agent is done with a conversation that is or was theirs: its room learns the outcome, and closes. */
export function wrapUp(
  desk: Desk,
  agentId: string,
  conversation: string,
  outcome: string,
  now: EpochMs,
): Outcome {
  const item = findItem(desk, conversation);
  if (item === null || item.agent !== agentId) return missing();
  return { ok: true, desk, effects: [toRoom(conversation, "wrapped_up", now, { outcome })] };
}

function assign(desk: Desk, item: Item, agent: Agent, now: EpochMs): Step {
  const from = desk.agents.find(({ id }) => id === item.agent) ?? null;
  const taken: Item = { ...item, agent: agent.id, offer: null, transfer: null, declined: {}, missed: [] };
  const busy = putAgent(putItem(desk, taken), { ...agent, misses: 0, assignedAt: now });
  const effects: Effect[] = [
    toRoom(item.conversation, item.agent === null ? "assigned" : "transferred", now, {
      agent: { id: agent.id, name: agent.name },
      from: from === null ? null : { id: from.id, name: from.name },
      note: item.transfer?.note ?? null,
    }),
    { to: "agent", agent: agent.id, frame: "assigned", conversation: item.conversation },
  ];
  if (item.agent !== null) effects.push(revoked(item.agent, item.conversation, "transferred"));
  return { desk: busy, effects };
}
