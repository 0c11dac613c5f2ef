/** What is offered to an agent and not taken: it returns to its place in the queue, and three misses set an agent away. */
import type { EpochMs } from "../ids.ts";
import {
  type Desk,
  type Effect,
  type Item,
  missing,
  openItem,
  type Outcome,
  revoked,
  type Step,
} from "./desk.ts";
import { putAgent } from "./entries.ts";
import { setState } from "./presence.ts";
import { giveBackTransfer } from "./transfer.ts";

export const OFFER_MS = 30_000;
export const DECLINED_FOR_MS = 30_000;
export const MISSES_UNTIL_AWAY = 3;

/** `agent` does not take what is offered: it returns to its place, and to them not before `DECLINED_FOR_MS`. */
export function decline(desk: Desk, agentId: string, conversation: string, now: EpochMs): Outcome {
  const item = openItem(desk, conversation);
  if (item === null || item.offer?.agent !== agentId) return missing();
  const declined = { ...item.declined, [agentId]: now + DECLINED_FOR_MS };
  const returned = { ...item, offer: null, declined };
  const step = giveBackTransfer(desk, returned, "the colleague declined the transfer");
  // The agent's other screens show the offer too.
  return {
    ok: true,
    desk: step.desk,
    effects: [revoked(agentId, conversation, "declined"), ...step.effects],
  };
}

/** Nobody answered the offer of `item`: it waits on, and its agent has missed one more. */
export function miss(desk: Desk, item: Item, now: EpochMs): Step {
  const agentId = item.offer?.agent ?? "";
  const missed = item.missed.includes(agentId) ? item.missed : [...item.missed, agentId];
  const returned = giveBackTransfer(desk, { ...item, offer: null, missed }, "the colleague did not answer");
  const effects: Effect[] = [revoked(agentId, item.conversation, "timeout"), ...returned.effects];
  const agent = returned.desk.agents.get(agentId);
  if (agent === null) return { desk: returned.desk, effects };
  const misses = agent.misses + 1;
  const counted = putAgent(returned.desk, { ...agent, misses });
  if (misses < MISSES_UNTIL_AWAY || agent.state !== "online") return { desk: counted, effects };
  const away = setState(counted, agentId, "away", agent.capacity, now);
  return { desk: away.desk, effects: [...effects, ...away.effects] };
}
