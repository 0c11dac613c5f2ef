/** A conversation on its way from one agent to a colleague or to a skill; it stays with the first until then. */
import type { EpochMs } from "../ids.ts";
import { isAccepting, pick, serves } from "./capacity.ts";
import {
  asked,
  conflict,
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
  type Transfer,
  unavailable,
} from "./desk.ts";
import { putItem } from "./entries.ts";
import type { Person } from "./report.ts";

/** Ask that another agent, or one with a skill, takes the conversation over. It stays with `agent` until then. */
export function transfer(
  desk: Desk,
  agentId: string,
  conversation: string,
  target: Transfer,
  now: EpochMs,
): Outcome {
  const item = openItem(desk, conversation);
  if (item === null || item.agent !== agentId) return missing();
  if ((target.toAgent === null) === (target.toSkill === null)) {
    return conflict("name either the agent or the skill");
  }
  const wanted: Item = { ...asked(item), transfer: target };
  const stale = item.offer === null ? [] : [revoked(item.offer.agent, conversation, "transferred")];
  const before = putItem(desk, { ...item, offer: null });
  if (target.toAgent !== null && pick(before, wanted, now) === null) {
    return unavailable("this colleague has no free place now");
  }
  if (!isAnybodyThere(desk, agentId, target.toSkill, now)) {
    return unavailable("nobody with this skill is there now");
  }
  return { ok: true, desk: putItem(before, wanted), effects: stale };
}

/** `item` back in `desk` without its offer; a transfer to one colleague ends with that colleague's no. */
export function giveBackTransfer(desk: Desk, item: Item, why: string): Step {
  if (item.transfer === null || item.transfer.toAgent === null || item.agent === null) {
    return { desk: putItem(desk, item), effects: [] };
  }
  const message = `${why}; the conversation is still yours`;
  return {
    desk: putItem(desk, asked(item)),
    effects: [{ to: "agent", agent: item.agent, frame: "error", code: "transfer_returned", message }],
  };
}

/** The owner keeps the conversation: a transfer that was asked for is off, and the room learns that. */
export function takeBack(desk: Desk, item: Item, now: EpochMs): Step {
  const effects: Effect[] = [
    { to: "agent", agent: item.agent ?? "", frame: "assigned", conversation: item.conversation },
  ];
  const { transfer: wanted, agent } = item;
  if (wanted === null || agent === null) return { desk, effects };
  effects.push(
    toRoom(item.conversation, "transfer_taken_back", now, {
      agent: whoIs(desk, agent),
      from: wanted.toAgent === null ? null : whoIs(desk, wanted.toAgent),
      ...(wanted.toSkill === null ? {} : { skill: wanted.toSkill }),
    }),
  );
  if (item.offer !== null) effects.unshift(revoked(item.offer.agent, item.conversation, "taken_back"));
  return { desk: putItem(desk, asked(item)), effects };
}

function whoIs(desk: Desk, id: string): Person {
  const known = desk.agents.get(id);
  return known === null ? { id, name: null } : personOf(known);
}

function isAnybodyThere(desk: Desk, besides: string, skill: string | null, now: EpochMs): boolean {
  for (const agent of desk.agents.values()) {
    if (agent.id !== besides && isAccepting(agent, now) && serves(agent, skill)) return true;
  }
  return false;
}
