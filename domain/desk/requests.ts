/** What an agent asks of the desk, frame by frame. */
import type { EpochMs } from "../ids.ts";
import { accept, putOnHold, wrapUp } from "./assignment.ts";
import type { Desk, Outcome } from "./desk.ts";
import { decline } from "./offers.ts";
import { DEFAULT_CAPACITY, setState } from "./presence.ts";
import { consult, consultDone, end, give, takeOver } from "./supervision.ts";
import { transfer } from "./transfer.ts";
import type { AgentFrame } from "./wire.ts";

/** The desk after `agentId` asked `frame`, or why not. */
export function heed(desk: Desk, agentId: string, frame: AgentFrame, now: EpochMs): Outcome {
  switch (frame.type) {
    case "status": {
      const capacity = frame.capacity ?? desk.agents.get(agentId)?.capacity ?? DEFAULT_CAPACITY;
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
      return wrapUp(
        desk,
        agentId,
        frame.conversation,
        {
          outcome: frame.outcome,
          ...(frame.codes === undefined ? {} : { codes: frame.codes }),
          ...(frame.note === undefined ? {} : { note: frame.note }),
          ...(frame.ask === undefined ? {} : { ask: frame.ask }),
        },
        now,
      );
    case "hold":
      return putOnHold(desk, agentId, frame.conversation, frame.on, now);
    case "consult": {
      const asked = { toAgent: frame.to_agent, note: frame.note ?? null };
      return consult(desk, agentId, frame.conversation, asked, now);
    }
    case "consult_done":
      return consultDone(desk, agentId, frame.conversation);
    case "assign":
      return give(desk, agentId, frame.conversation, frame.to_agent, now);
    case "take_over":
      return takeOver(desk, agentId, frame.conversation, now);
    case "close":
      return end(desk, agentId, frame.conversation, now);
    default:
      return frame satisfies never;
  }
}
