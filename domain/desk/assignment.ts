/** A conversation becomes an agent's, by an offer or by their own hand, until they are done with it. */
import type { EpochMs } from "../ids.ts";
import { hasPlace } from "./capacity.ts";
import {
  type Agent,
  asked,
  conflict,
  consultsOver,
  type Desk,
  type Effect,
  type Item,
  missing,
  openItem,
  type Outcome,
  personOf,
  revoked,
  type Step,
  toRoom,
  unwatched,
} from "./desk.ts";
import { putAgent, putItem } from "./entries.ts";
import { meet } from "./presence.ts";
import type { DeskCommand, Person } from "./report.ts";
import { takeBack } from "./transfer.ts";

/** `agent` takes a conversation: one offered to them, one that waits and is offered to nobody, or their own back. */
export function accept(desk: Desk, agentId: string, conversation: string, now: EpochMs): Outcome {
  const item = openItem(desk, conversation);
  const agent = desk.agents.get(agentId);
  if (item === null || agent === null) return missing();
  if (item.agent === agentId) return { ok: true, ...takeBack(desk, item, now) };
  if (item.offer?.agent === agentId) return { ok: true, ...assign(desk, item, agent, now) };
  if (item.agent !== null || item.offer !== null) return conflict("another agent has this conversation");
  // By their own hand: also somebody who is not asked now may.
  if (!hasPlace(desk, agent)) return conflict("you have no free place");
  return { ok: true, ...assign(desk, item, agent, now) };
}

/** `person` answers a conversation that nobody has: it is theirs, even where it was being offered to another. */
export function claim(desk: Desk, person: Person, conversation: string, now: EpochMs): Outcome {
  const item = openItem(desk, conversation);
  if (item === null) return missing();
  if (item.agent !== null) return conflict("another agent has this conversation");
  const known = meet(desk, person, null, now);
  const agent = known.agents.get(person.id);
  return agent === null ? missing() : { ok: true, ...assign(known, item, agent, now) };
}

/** What an agent says at the end of a conversation. */
export type WrapUp = { outcome: string; codes?: readonly string[]; note?: string | null; ask?: boolean };

/** The agent is done with a conversation that is or was theirs: its room learns the outcome, and closes. */
export function wrapUp(
  desk: Desk,
  agentId: string,
  conversation: string,
  { outcome, codes = [], note = null, ask }: WrapUp,
  now: EpochMs,
): Outcome {
  const item = desk.items.get(conversation);
  if (item === null || item.agent !== agentId) return missing();
  return {
    ok: true,
    desk,
    effects: [toRoom(conversation, "wrapped_up", now, { outcome, note, codes, ...(ask ? { ask } : {}) })],
  };
}

/** Its agent puts a conversation on hold, where it takes no place, or takes it up again. */
export function putOnHold(
  desk: Desk,
  agentId: string,
  conversation: string,
  on: boolean,
  now: EpochMs,
): Outcome {
  const item = openItem(desk, conversation);
  const agent = desk.agents.get(agentId);
  if (item === null || agent === null || item.agent !== agentId) return missing();
  const shown: Effect = { to: "agent", agent: agentId, frame: "assigned", conversation };
  if (item.onHold === on) return { ok: true, desk, effects: [shown] };
  const told = toRoom(conversation, on ? "held" : "resumed", now, { agent: personOf(agent) });
  return { ok: true, desk: putItem(desk, { ...item, onHold: on }), effects: [told, shown] };
}

/** The conversation is `agent`'s, whoever had it or was asked. `name` is what its room is told. */
export function assign(
  desk: Desk,
  item: Item,
  agent: Agent,
  now: EpochMs,
  name: DeskCommand["name"] = item.agent === null ? "assigned" : "transferred",
): Step {
  const { conversation } = item;
  const from = item.agent === null ? null : desk.agents.get(item.agent);
  const taken: Item = { ...asked(unwatched(item)), agent: agent.id, onHold: false };
  const busy = putItem(putAgent(desk, { ...agent, misses: 0, assignedAt: now }), taken);
  const effects: Effect[] = consultsOver(item, agent.id);
  const offered = item.offer?.agent ?? agent.id;
  if (offered !== agent.id) effects.push(revoked(offered, conversation, "taken"));
  effects.push(
    toRoom(conversation, name, now, {
      agent: personOf(agent),
      from: from === null ? null : personOf(from),
      note: item.transfer?.note ?? null,
      ...(item.transfer?.toSkill ? { skill: item.transfer.toSkill } : {}),
    }),
    { to: "agent", agent: agent.id, frame: "assigned", conversation },
  );
  if (item.agent !== null) {
    effects.push(revoked(item.agent, conversation, name === "taken_over" ? name : "transferred"));
  }
  return { desk: busy, effects };
}
