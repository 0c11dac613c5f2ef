/**
 * The site's desk as a value: its agents, its conversations and the places that are held.
 *
 * Shapes  `Desk` is everything; each step returns the next `Desk` and its `Effect`s. What did not change is the same
 *         object, so the caller can write only what did.
 * Units   `EpochMs`; capacity counts places.
 * Errors  an expected "no" is a returned `Refusal`; nothing here throws.
 */
import type { EpochMs } from "../ids.ts";
import type { DeskCommand, RoomReport } from "./report.ts";
import type { AgentState } from "./wire.ts";

export type Agent = {
  id: string;
  name: string;
  /** None means that they serve everything. */
  skills: string[];
  state: AgentState;
  /** When this stretch of state and capacity began. */
  since: EpochMs;
  capacity: number;
  misses: number;
  assignedAt: EpochMs;
  /** Since when no socket of theirs is connected; null while one is. */
  lostAt: EpochMs | null;
};

export type Transfer = { toAgent: string | null; toSkill: string | null; note: string | null };

export type Item = Omit<RoomReport, "status"> & {
  agent: string | null;
  offer: { agent: string; expiresAt: EpochMs } | null;
  /** Asked for and not yet accepted; until then the conversation stays where it is. */
  transfer: Transfer | null;
  /** Agent → until when it is not offered to them again. */
  declined: Record<string, EpochMs>;
  missed: string[];
  closedAt: EpochMs | null;
};

/** A place that is kept free for a decision until its visitor answers. */
export type Hold = { decisionId: string; agent: string; expiresAt: EpochMs };

export type Desk = { agents: Agent[]; items: Item[]; holds: Hold[] };

export type Effect =
  | { to: "agent"; agent: string; frame: "offered" | "assigned"; conversation: string }
  | { to: "agent"; agent: string; frame: "revoked"; conversation: string; reason: string }
  | { to: "agent"; agent: string; frame: "error"; code: string; message: string }
  | { to: "room"; command: Omit<DeskCommand, "n"> };

export type Step = { desk: Desk; effects: Effect[] };
export type Refusal = { ok: false; code: "not_found" | "conflict" | "unavailable"; message: string };
export type Outcome = ({ ok: true } & Step) | Refusal;

export const EMPTY_DESK: Desk = { agents: [], items: [], holds: [] };

export function findItem(desk: Desk, conversation: string): Item | null {
  return desk.items.find((item) => item.conversation === conversation) ?? null;
}

/** `desk` with `item` in the place of the conversation of that name, or at the end where it is new. */
export function putItem(desk: Desk, item: Item): Desk {
  const known = desk.items.some(({ conversation }) => conversation === item.conversation);
  const items = known
    ? desk.items.map((other) => (other.conversation === item.conversation ? item : other))
    : [...desk.items, item];
  return { ...desk, items };
}

export function putAgent(desk: Desk, agent: Agent): Desk {
  return { ...desk, agents: desk.agents.map((other) => (other.id === agent.id ? agent : other)) };
}

/** Tell `agent` that a conversation is no longer theirs or offered to them. */
export function revoked(agent: string, conversation: string, reason: string): Effect {
  return { to: "agent", agent, frame: "revoked", conversation, reason };
}

/** Tell the room of `conversation` what the desk decided. */
export function toRoom(
  conversation: string,
  name: DeskCommand["name"],
  at: EpochMs,
  said: Partial<Pick<DeskCommand, "agent" | "from" | "note" | "reason" | "outcome">>,
): Effect {
  const silent = { agent: null, from: null, note: null, reason: null, outcome: null };
  return { to: "room", command: { conversation, name, ...silent, ...said, at } };
}

export function missing(): Refusal {
  return { ok: false, code: "not_found", message: "this conversation is not offered to you and not yours" };
}

export function conflict(message: string): Refusal {
  return { ok: false, code: "conflict", message };
}
