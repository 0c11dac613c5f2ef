/**
 * What a supervisor does at the desk: give, take, end. And what anybody may ask of a colleague without giving anything
 * away.
 *
 * A supervisor is an admin of the site. Whoever asks, the conversation has one agent before and one after.
 */
import type { EpochMs } from "../ids.ts";
import { assign } from "./assignment.ts";
import { canTake } from "./capacity.ts";
import {
  conflict,
  type Desk,
  missing,
  openItem,
  type Outcome,
  personOf,
  type Refusal,
  toRoom,
  unavailable,
} from "./desk.ts";
import { putItem } from "./entries.ts";
import { takeBack } from "./transfer.ts";

/** Give a conversation, waiting or another's, to a colleague who is there with a free place. No offer: it is theirs. */
export function give(desk: Desk, by: string, conversation: string, toAgent: string, now: EpochMs): Outcome {
  const item = openItem(desk, conversation);
  if (desk.agents.get(by)?.role !== "admin") return forbidden();
  if (item === null) return missing();
  const agent = desk.agents.get(toAgent);
  if (agent === null) return unavailable("this colleague is not there");
  if (item.agent === toAgent) return conflict("this colleague has it already");
  // The place that is offered is the place that is taken.
  if (item.offer?.agent !== toAgent && !canTake(desk, agent, now)) {
    return unavailable("this colleague has no free place now");
  }
  return { ok: true, ...assign(desk, item, agent, now) };
}

/** Have a conversation oneself, whoever has it, at any load. */
export function takeOver(desk: Desk, by: string, conversation: string, now: EpochMs): Outcome {
  const item = openItem(desk, conversation);
  const agent = desk.agents.get(by);
  if (agent === null || agent.role !== "admin") return forbidden();
  if (item === null) return missing();
  if (item.agent === by) return { ok: true, ...takeBack(desk, item, now) };
  return { ok: true, ...assign(desk, item, agent, now, item.agent === null ? "assigned" : "taken_over") };
}

/** End a conversation: its room closes, and says so to everybody. */
export function end(desk: Desk, by: string, conversation: string, now: EpochMs): Outcome {
  const agent = desk.agents.get(by);
  if (agent === null || agent.role !== "admin") return forbidden();
  if (openItem(desk, conversation) === null) return missing();
  return { ok: true, desk, effects: [toRoom(conversation, "closed", now, { from: personOf(agent) })] };
}

/** Ask a colleague to look on. The conversation stays where it is. */
export function consult(
  desk: Desk,
  by: string,
  conversation: string,
  { toAgent, note }: { toAgent: string; note: string | null },
  now: EpochMs,
): Outcome {
  const item = openItem(desk, conversation);
  const asking = desk.agents.get(by);
  if (item === null || asking === null) return missing();
  if (item.agent !== by && asking.role !== "admin") return missing();
  const agent = desk.agents.get(toAgent);
  if (toAgent === by) return conflict("ask a colleague");
  if (agent === null || agent.lostAt !== null) return unavailable("this colleague is not there");
  const from = personOf(asking);
  const others = (item.consults ?? []).filter((one) => one.agent !== toAgent);
  return {
    ok: true,
    desk: putItem(desk, { ...item, consults: [...others, { agent: toAgent, from, note }] }),
    effects: [
      toRoom(conversation, "consulted", now, { agent: personOf(agent), from, note }),
      { to: "agent", agent: toAgent, frame: "consulted", conversation, from, note },
    ],
  };
}

/** A colleague who was asked to look on has said what they had to say; once more changes nothing. */
export function consultDone(desk: Desk, by: string, conversation: string): Outcome {
  const item = openItem(desk, conversation);
  if (item === null) return missing();
  const consults = (item.consults ?? []).filter(({ agent }) => agent !== by);
  if (consults.length === (item.consults ?? []).length) return { ok: true, desk, effects: [] };
  return { ok: true, desk: putItem(desk, { ...item, consults }), effects: [] };
}

function forbidden(): Refusal {
  return { ok: false, code: "forbidden", message: "only a supervisor may do this" };
}
