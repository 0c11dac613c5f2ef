/**
 * What a room and its site's desk tell each other. Each side keeps what it has to say until the other has taken
 * it, and says it again after a crash; so each message is safe to hear twice.
 *
 * Shapes  a `RoomReport` is the room's whole present state, and a higher `revision` replaces a lower one.
 *         A `DeskCommand` carries the desk's rising number `n`; a room skips what it has already done.
 * Units   `EpochMs`.
 */
import type { EpochMs } from "../ids.ts";

export type Person = { id: string; name: string | null };

export type RoomReport = {
  conversation: string;
  revision: number;
  status: "queued" | "closed";
  visitor: string;
  name: string | null;
  verified: boolean;
  preview: string | null;
  page: string | null;
  place: string | null;
  skill: string | null;
  /** The higher goes first in the queue. */
  priority: number;
  decisionId: string | null;
  locale: string | null;
  waitingSince: EpochMs;
  /** Who speaks next. The desk learns that the visitor thinks once that has lasted a while, not at each answer. */
  turn?: "agent" | "visitor";
  /** The agent whom this visitor had last, who gets the first word until a deadline. */
  preferredAgent?: string | null;
  /** The room's storage was set back to an earlier moment: when that was seen to, and who had the conversation then. */
  restored?: { at: EpochMs; agent: string | null };
};

export type DeskCommand = {
  n: number;
  conversation: string;
  /**
   * `taken_over`: a supervisor (`agent`) has it now. `consulted`: `agent` is asked to look on, by `from`. `closed`: a
   * supervisor (`from`) ends it. `held`, `resumed`: `agent` puts it on hold, or takes it up again. `transfer_taken_back`:
   * `agent` keeps what they had asked a colleague (`from`) or a skill to take. The others are the agents' own.
   */
  name:
    | "assigned"
    | "transferred"
    | "requeued"
    | "wrapped_up"
    | "taken_over"
    | "consulted"
    | "closed"
    | "held"
    | "resumed"
    | "transfer_taken_back";
  agent: Person | null;
  from: Person | null;
  note: string | null;
  reason: string | null;
  outcome: string | null;
  /** Keys of the site's wrap-up codes, where it was wrapped up with some. */
  codes?: readonly string[];
  /** Its agent wants the visitor to be asked what they thought. */
  ask?: boolean;
  /** Of a transfer that asked for somebody with a skill. */
  skill?: string | null;
  at: EpochMs;
};

/** A visitor's place in the queue, counted from 1, and the wait the desk expects. */
export type Place = { position: number | null; waitSeconds: number | null };
