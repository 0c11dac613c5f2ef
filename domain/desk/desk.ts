/**
 * The site's desk as a value: its agents, its conversations and the places that are held, with what is looked up
 * in them.
 *
 * Shapes  `Desk` is everything; each step returns the next `Desk` and its `Effect`s. What did not change is the same
 *         object, so the caller writes only what did. `agents`, `items` and `holds` are the facts; the rest follows
 *         from them, and only `put…` and `drop…` of `entries.ts` change it.
 * Units   `EpochMs`; capacity counts places, a load tenths of a place, so that it is exact.
 * Errors  an expected "no" is a returned `Refusal`; nothing here throws.
 */
import type { EpochMs } from "../ids.ts";
import type { DeskCommand, Person, RoomReport } from "./report.ts";
import { Sorted } from "./sorted.ts";
import type { AgentState } from "./wire.ts";

export type Role = "admin" | "agent";

/** What the site says of one of its people. */
export type Staff = {
  /** Skill → how well they do it, 1 to 3. None means that they serve everything. */
  skills: Readonly<Record<string, number>>;
  /** "fr", "en" … None means that they speak to everybody. */
  languages: readonly string[];
  /** Null where the site leaves it at the default. */
  capacity: number | null;
};

export type Agent = {
  id: string;
  name: string;
  /** Supervisors are a site's admins. */
  role: Role;
  skills: Readonly<Record<string, number>>;
  languages: readonly string[];
  /** The capacity that the site gave last; the agent's own word changes `capacity` only. */
  allotted: number | null;
  state: AgentState;
  /** When this stretch of state and capacity began. */
  since: EpochMs;
  capacity: number;
  misses: number;
  assignedAt: EpochMs;
  /** Since when no socket of theirs is connected; null while one is. */
  lostAt: EpochMs | null;
};

/** A colleague who was asked to look on, by whom and why. */
export type Consult = { agent: string; from: Person; note: string | null };

export type Transfer = { toAgent: string | null; toSkill: string | null; note: string | null };

export type Item = Omit<RoomReport, "status"> & {
  agent: string | null;
  offer: { agent: string; expiresAt: EpochMs } | null;
  /** Asked for and not yet accepted; until then the conversation stays where it is. */
  transfer: Transfer | null;
  /** Agent → until when it is not offered to them again. */
  declined: Record<string, EpochMs>;
  missed: string[];
  /** Its agent is busy elsewhere for it. */
  onHold: boolean;
  /** Nobody at the site has the skill that was asked for: everybody is asked. */
  anySkill?: boolean;
  /** Who was asked to look on and has not said that they are done; it ends when the conversation moves. */
  consults?: readonly Consult[];
  closedAt: EpochMs | null;
};

/** A place that is kept free for a decision until its visitor answers. */
export type Hold = { decisionId: string; agent: string; expiresAt: EpochMs };

/** What one agent has: the load in tenths of a place, whose conversations, what is offered. */
export type Plate = { load: number; own: Sorted<Item>; offers: Sorted<Item> };

/**
 * Those who wait for the same: a skill, in a language, or one agent. `narrow` are those whom, for a moment yet, only
 * agents of their language may take.
 */
export type Line = {
  toAgent: string | null;
  skill: string | null;
  language: string | null;
  narrow: boolean;
  /** By `rankOf`. */
  items: Sorted<Item>;
};

/** Something that time alone brings about. */
export type Timer = {
  at: EpochMs;
  kind: "offer" | "hold" | "forget" | "decline" | "language" | "grace" | "return";
  /** Of the conversation, decision or agent. */
  of: string;
};

export type Desk = {
  agents: Sorted<Agent>;
  items: Sorted<Item>;
  holds: Sorted<Hold>;
  /** All who wait for an agent, by `rankOf`. */
  queue: Sorted<Item>;
  /** Those among them, and those on their way to a colleague, who are offered to nobody yet. */
  lines: Sorted<Line>;
  /** By agent. */
  plates: Sorted<Plate>;
  /** The agents who are online with a free place, the least loaded first, then the longest without work. */
  free: Sorted<Agent>;
  timers: Sorted<Timer>;
};

export type Effect =
  | { to: "agent"; agent: string; frame: "offered" | "assigned"; conversation: string }
  | { to: "agent"; agent: string; frame: "revoked"; conversation: string; reason: string }
  | {
      to: "agent";
      agent: string;
      frame: "consulted";
      conversation: string;
      from: Person;
      note: string | null;
    }
  | { to: "agent"; agent: string; frame: "error"; code: string; message: string }
  | { to: "room"; command: Omit<DeskCommand, "n"> };

export type Step = { desk: Desk; effects: Effect[] };
export type Refusal = {
  ok: false;
  code: "not_found" | "conflict" | "unavailable" | "forbidden";
  message: string;
};
export type Outcome = ({ ok: true } & Step) | Refusal;

export const EMPTY_DESK: Desk = {
  agents: Sorted.of(),
  items: Sorted.of(),
  holds: Sorted.of(),
  queue: Sorted.of(),
  lines: Sorted.of(),
  plates: Sorted.of(),
  free: Sorted.of(),
  timers: Sorted.of(),
};

/** A conversation that has just been heard of. */
export const NEW_ITEM = {
  agent: null,
  offer: null,
  transfer: null,
  declined: {},
  missed: [],
  onHold: false,
  closedAt: null,
} satisfies Partial<Item>;

export const NO_PLATE: Plate = { load: 0, own: Sorted.of(), offers: Sorted.of() };

export function plateOf(desk: Desk, agent: string): Plate {
  return desk.plates.get(agent) ?? NO_PLATE;
}

/** The conversation, where the desk knows it and it is not over. */
export function openItem(desk: Desk, conversation: string): Item | null {
  const item = desk.items.get(conversation);
  return item === null || item.closedAt !== null ? null : item;
}

/** The skill that whoever takes this must have; null where anybody may. */
export function neededSkill({
  skill,
  transfer,
  anySkill,
}: Pick<Item, "skill"> & Partial<Pick<Item, "transfer" | "anySkill">>): string | null {
  if (transfer) return transfer.toSkill;
  return anySkill === true ? null : skill;
}

/** `item` as it is when nobody was asked yet. */
export function asked(item: Item): Item {
  return { ...item, offer: null, transfer: null, declined: {}, missed: [] };
}

/** `item` with nobody asked to look on. */
export function unwatched({ consults: _ended, ...item }: Item): Item {
  return item;
}

/** Tell whoever was asked to look on that it is over; not `but`, who is told otherwise. */
export function consultsOver({ conversation, consults = [] }: Item, but: string | null = null): Effect[] {
  return consults
    .filter(({ agent }) => agent !== but)
    .map(({ agent }) => revoked(agent, conversation, "consult_over"));
}

export function personOf(agent: Agent): Person {
  return { id: agent.id, name: agent.name };
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
  said: Partial<
    Pick<DeskCommand, "agent" | "from" | "note" | "reason" | "outcome" | "codes" | "ask" | "skill">
  >,
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

export function unavailable(message: string): Refusal {
  return { ok: false, code: "unavailable", message };
}
