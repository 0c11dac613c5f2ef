/** What an agent asks of the desk, frame by frame. */
import type { EpochMs } from "../ids.ts";
import { accept, wrapUp } from "./assignment.ts";
import type { Desk, Outcome } from "./desk.ts";
import { decline } from "./offers.ts";
import { DEFAULT_CAPACITY, setState } from "./presence.ts";
import { transfer } from "./transfer.ts";
import type { AgentFrame } from "./wire.ts";

/** The desk after `agentId` asked `frame`, or why not. */
export function heed(desk: Desk, agentId: string, frame: AgentFrame, now: EpochMs): Outcome {
  switch (frame.type) {
    case "status": {
      const known = desk.agents.find(({ id }) => id === agentId);
      const capacity = frame.capacity ?? known?.capacity ?? DEFAULT_CAPACITY;
      return { ok: true, ...setState(desk, agentId, frame.state, capacity, now) };
    }
    case "accept":
      return accept(desk, agentId, frame.conversation, now);
    case "decline":
      return decline(desk, agentId, frame.conversation, now);
    case "transfer": {
      const target = {
        toAgent: frame.to_agent ?? null,
        toSkill: frame.to_skill ?? null,
        note: frame.note ?? null,
      };
      return transfer(desk, agentId, frame.conversation, target, now);
    }
    case "wrap_up":
      return wrapUp(desk, agentId, frame.conversation, frame.outcome, now);
    case "hold":
    case "consult":
    case "assign":
    case "take_over":
    case "close":
      return { ok: false, code: "unavailable", message: "the desk cannot do this yet" };
    default:
      return frame satisfies never;
  }
}
