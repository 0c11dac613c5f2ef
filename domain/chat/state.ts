/**
 * What a room remembers besides its log, and how that changes: with a message, with what the desk decides, at the end.
 *
 * Shapes  `RoomState` is one row. Each step returns the next state, or the same object where nothing changed.
 * Units   `EpochMs`. `revision` rises with each change that history must learn, `deskRevision` with each that the
 *         desk must learn.
 */
import type { DeskCommand, Person } from "../desk/report.ts";
import type { EpochMs } from "../ids.ts";
import type { Status } from "./room.ts";
import type { MessageKind } from "./wire.ts";

export type Survey = {
  welcome: number | null;
  wait: number | null;
  answer: number | null;
  csat: number | null;
  nps: number | null;
  ces: number | null;
  resolved: boolean | null;
  comment: string | null;
};

export type RoomState = {
  site: string;
  conversation: string;
  /** Made once with the room's storage; another one means that no position is valid any more. */
  epoch: string;
  visitor: string;
  userId: string | null;
  verified: boolean;
  name: string | null;
  decisionId: string | null;
  skill: string | null;
  /** Its place in the queue before and after others: the higher goes first. */
  priority: number;
  locale: string | null;
  page: string | null;
  place: string | null;
  idleMinutes: number;
  status: Status;
  agent: Person | null;
  /** Every agent who was ever part of it. */
  agents: Person[];
  createdAt: EpochMs;
  queuedAt: EpochMs | null;
  assignedAt: EpochMs | null;
  closedAt: EpochMs | null;
  closeReason: string | null;
  outcome: string | null;
  answered: boolean;
  /** The visitor had a socket when this was written; without one now, a crash cut it. */
  seated: boolean;
  seenAt: EpochMs;
  revision: number;
  deskRevision: number;
  /** The number of the desk's last command that was carried out. */
  lastCommand: number;
  survey: (Survey & { at: EpochMs }) | null;
  /** How far history knows the log, and since when. */
  loggedSeq: number;
  loggedAt: EpochMs;
};

/** What the Worker knows when a conversation begins. */
export type Opening = Pick<
  RoomState,
  | "site"
  | "conversation"
  | "visitor"
  | "userId"
  | "verified"
  | "name"
  | "decisionId"
  | "skill"
  | "priority"
  | "locale"
  | "page"
  | "place"
  | "idleMinutes"
>;

export function newRoom(opening: Opening, epoch: string, now: EpochMs): RoomState {
  return {
    ...opening,
    epoch,
    status: "new",
    agent: null,
    agents: [],
    createdAt: now,
    queuedAt: null,
    assignedAt: null,
    closedAt: null,
    closeReason: null,
    outcome: null,
    answered: false,
    seated: false,
    seenAt: now,
    revision: 1,
    deskRevision: 0,
    lastCommand: 0,
    survey: null,
    loggedSeq: 0,
    loggedAt: now,
  };
}

/** The room after it was opened again by a visitor who has proven meanwhile who they are. */
export function afterProof(room: RoomState, userId: string | null): RoomState {
  if (userId === null || room.userId !== null || room.status === "closed") return room;
  const { revision, deskRevision, queuedAt } = room;
  return {
    ...room,
    userId,
    verified: true,
    revision: revision + 1,
    deskRevision: queuedAt === null ? deskRevision : deskRevision + 1,
  };
}

/** The room after a message of `sender`; `enters` says that it was the visitor's first. */
export function afterMessage(
  room: RoomState,
  sender: { role: "visitor" | "agent" } & Person,
  message: { kind: MessageKind; enters: boolean },
  now: EpochMs,
): RoomState {
  const revision = room.revision + 1;
  if (message.enters) {
    return { ...room, status: "queued", queuedAt: now, revision, deskRevision: room.deskRevision + 1 };
  }
  if (sender.role !== "agent" || message.kind === "note") return room;
  const person = { id: sender.id, name: sender.name };
  const agents = withAgent(room.agents, person);
  if (agents === room.agents && room.answered) return room;
  return { ...room, answered: true, agents, revision };
}

export type Obeyed = { room: RoomState; event: { name: string; fields: Record<string, unknown> } | null };

/** The room after a command of the desk, and the event that tells of it. One that was carried out changes nothing. */
export function afterCommand(room: RoomState, command: DeskCommand, now: EpochMs): Obeyed {
  if (command.n <= room.lastCommand) return { room, event: null };
  const heard = { ...room, lastCommand: command.n, revision: room.revision + 1 };
  const { agent, from, note, reason, outcome } = command;
  if (command.name === "wrapped_up") {
    const done = { ...heard, outcome };
    return room.status === "closed" ? { room: done, event: null } : afterClose(done, "agent", now);
  }
  // The desk did not know yet that it is over: it is told again.
  if (room.status === "closed")
    return { room: { ...heard, deskRevision: room.deskRevision + 1 }, event: null };
  if (agent === null) {
    return { room: { ...heard, status: "queued", agent }, event: { name: "requeued", fields: { reason } } };
  }
  const agents = withAgent(room.agents, agent);
  const assignedAt = room.assignedAt ?? command.at;
  return {
    room: { ...heard, status: "open", agent, agents, assignedAt },
    event: { name: command.name, fields: command.name === "assigned" ? { agent } : { from, agent, note } },
  };
}

/** The room at its end, and the event that says why. */
export function afterClose(room: RoomState, reason: string, now: EpochMs): Obeyed {
  const { revision, deskRevision, queuedAt } = room;
  const closed: RoomState = {
    ...room,
    status: "closed",
    closedAt: now,
    closeReason: reason,
    revision: revision + 1,
    deskRevision: queuedAt === null ? deskRevision : deskRevision + 1,
  };
  return { room: closed, event: { name: "closed", fields: { reason } } };
}

/** Whom a change concerns, by comparing the room before and after it: history, the desk, the visitor's object. */
export function concerned(before: RoomState, after: RoomState): ("conversations" | "desk" | "visitor")[] {
  const names: ("conversations" | "desk" | "visitor")[] = [];
  // A conversation in which nobody spoke is none.
  if (after.revision > before.revision && after.queuedAt !== null) names.push("conversations");
  if (after.deskRevision > before.deskRevision) names.push("desk");
  if (after.status === "closed" && before.status !== "closed") names.push("visitor");
  return names;
}

function withAgent(agents: Person[], agent: Person): Person[] {
  return agents.some(({ id }) => id === agent.id) ? agents : [...agents, agent];
}
