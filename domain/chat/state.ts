/**
 * What a room remembers besides its log, and how that changes: with a message, with what the desk decides, at the end.
 *
 * Shapes  `RoomState` is one row. Each step returns the next state, or the same object where nothing changed.
 * Units   `EpochMs`. `revision` rises with each change that history must learn, `deskRevision` with each that the
 *         desk must learn.
 */
import type { DeskCommand, Person } from "../desk/report.ts";
import type { EpochMs } from "../ids.ts";
import { isAsked, type SurveyPlan, USUAL_PLAN } from "../site/survey-policy.ts";
import type { SurveyQuestion } from "../site/survey-questions.ts";
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
  /** Made with the room's storage, and again where that was set back: no position of another one is valid any more. */
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
  /** Keys of the site's wrap-up codes, and what the agent wrote beside them. */
  codes: readonly string[];
  wrapUpNote: string | null;
  /** Colleagues who were asked to look on, as long as the same agent has it. */
  consulted: readonly string[];
  /** Who had this visitor last, and gets the first word. */
  preferredAgent: string | null;
  /** Its visitor is one of the site's own: it is work, and counted nowhere. */
  staff?: boolean;
  /** Who speaks next, as far as the desk was told. */
  turn: "agent" | "visitor";
  answered: boolean;
  /** The visitor had a socket when this was written; without one now, a crash cut it. */
  seated: boolean;
  /** When the visitor was last seen; their idle time begins with it. */
  seenAt: EpochMs;
  /**
   * Where a crash cut the visitor off, when they were last seen before it: `seenAt` is then when that was noticed, so
   * that they have time to come back. Null once they have.
   */
  seenBeforeCut: EpochMs | null;
  /** When the visitor was last there; null until the end, and of those that ended before it was kept. */
  leftAt: EpochMs | null;
  revision: number;
  deskRevision: number;
  /** The number of the desk's last command that was carried out. */
  lastCommand: number;
  survey: (Survey & { at: EpochMs }) | null;
  /** Whether its visitor is asked at its end, and what: as it was when it was opened. Null: it was opened before that. */
  surveyPlan: SurveyPlan | null;
  /** Whether the visitor was asked; null until the end, and of those that ended before it was decided here. */
  surveyAsked: boolean | null;
  /** How far history knows the log, and since when. */
  loggedSeq: number;
  loggedAt: EpochMs;
  /** When an operator saw to it that its storage had been set back; null where it never was. */
  restoredAt: EpochMs | null;
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
> & { preferredAgent?: string | null; staff?: boolean; surveyPlan?: SurveyPlan };

/** What rooms that were stored before these fields came hold in them. */
export const LATER_FIELDS = {
  codes: [],
  wrapUpNote: null,
  consulted: [],
  preferredAgent: null,
  turn: "agent",
  restoredAt: null,
  surveyPlan: null,
  surveyAsked: null,
  seenBeforeCut: null,
  leftAt: null,
} satisfies Partial<RoomState>;

export function newRoom(opening: Opening, epoch: string, now: EpochMs): RoomState {
  return {
    ...LATER_FIELDS,
    ...opening,
    preferredAgent: opening.preferredAgent ?? null,
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

/** The room whose visitor was seen at `at`. Signs of life may be heard of late: it is the last that counts. */
export function afterSign(room: RoomState, at: EpochMs, seated: boolean): RoomState {
  return { ...room, seated, seenAt: Math.max(room.seenAt, at), seenBeforeCut: null };
}

/** The room whose visitor was cut off by a crash that is noticed now; `lastWordAt` is when they last said something. */
export function afterCut(room: RoomState, lastWordAt: EpochMs | null, now: EpochMs): RoomState {
  const seenBeforeCut = room.seenBeforeCut ?? Math.max(room.seenAt, lastWordAt ?? 0);
  return { ...room, seated: false, seenAt: now, seenBeforeCut };
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
  if (sender.role === "visitor") return withTurn(room, "agent");
  if (message.kind === "note") return room;
  const person = { id: sender.id, name: sender.name };
  const agents = withAgent(room.agents, person);
  if (agents === room.agents && room.answered) return room;
  return { ...room, answered: true, agents, revision };
}

/** How long a visitor is silent after an agent's answer before the desk hears that they think. */
export const THINKS_AFTER_MS = 60_000;

/** The room once the visitor has not answered for long: `last` is what was said last, notes apart. */
export function afterSilence(
  room: RoomState,
  last: { by: "visitor" | "agent"; at: EpochMs } | null,
  now: EpochMs,
): RoomState {
  if (room.status !== "open" || last?.by !== "agent" || now - last.at < THINKS_AFTER_MS) return room;
  return withTurn(room, "visitor");
}

/** It is `turn`'s to speak: the desk learns it where it was told otherwise. */
function withTurn(room: RoomState, turn: RoomState["turn"]): RoomState {
  return room.turn === turn ? room : { ...room, turn, deskRevision: room.deskRevision + 1 };
}

export type Obeyed = { room: RoomState; event: { name: string; fields: Record<string, unknown> } | null };

/** The room after a command of the desk, and the event that tells of it. One that was carried out changes nothing. */
export function afterCommand(room: RoomState, command: DeskCommand, now: EpochMs): Obeyed {
  if (command.n <= room.lastCommand) return { room, event: null };
  const heard = { ...room, lastCommand: command.n, revision: room.revision + 1 };
  if (command.name === "wrapped_up") return afterWrapUp(heard, command, now);
  // The desk did not know yet that it is over: it is told again.
  if (room.status === "closed")
    return { room: { ...heard, deskRevision: room.deskRevision + 1 }, event: null };
  if (command.name === "closed") return afterClose(heard, "agent", now, { by: command.from });
  if (command.name === "consulted") return afterConsult(heard, command);
  if (command.name === "held" || command.name === "resumed") {
    return { room: heard, event: { name: command.name, fields: { agent: command.agent } } };
  }
  if (command.name === "transfer_taken_back") {
    const { agent, from, skill = null } = command;
    return { room: heard, event: { name: command.name, fields: { agent, asked: from, skill } } };
  }
  return afterMove(heard, command);
}

/** Somebody else has it now, or nobody: then it waits again. */
function afterMove(room: RoomState, command: DeskCommand): Obeyed {
  const { name, agent, from, note, reason, at, skill = null } = command;
  // Whoever comes, it is theirs to speak: they have not answered yet.
  const moved = { ...withTurn(room, "agent"), agent, consulted: [] };
  if (agent === null)
    return { room: { ...moved, status: "queued" }, event: { name: "requeued", fields: { reason } } };
  return {
    room: {
      ...moved,
      status: "open",
      agents: withAgent(room.agents, agent),
      assignedAt: room.assignedAt ?? at,
    },
    event: {
      name,
      fields: name === "assigned" ? { agent } : { from, agent, note, ...(skill === null ? {} : { skill }) },
    },
  };
}

/** A colleague was asked to look on: they may speak here until somebody else has it. */
function afterConsult(room: RoomState, { agent, from, note }: DeskCommand): Obeyed {
  if (agent === null) return { room, event: null };
  const consulted = room.consulted.includes(agent.id) ? room.consulted : [...room.consulted, agent.id];
  return { room: { ...room, consulted }, event: { name: "consulted", fields: { from, agent, note } } };
}

/** The agent has said how it ended: with that it is over, where it was not before. */
function afterWrapUp(
  room: RoomState,
  { outcome, codes = [], note, from, ask = false }: DeskCommand,
  now: EpochMs,
): Obeyed {
  const done = { ...room, outcome, codes, wrapUpNote: note };
  const fields = { outcome, codes, note, by: from };
  if (room.status === "closed") return { room: done, event: { name: "wrapped_up", fields } };
  return afterClose(done, "agent", now, fields, ask);
}

/** What the visitor was asked: an empty list is nothing. Null until the end, and of those that ended before it was decided here. */
export function questionsAsked({
  surveyAsked,
  surveyPlan,
}: Pick<RoomState, "surveyAsked" | "surveyPlan">): readonly SurveyQuestion[] | null {
  if (surveyAsked === null) return null;
  return surveyAsked ? (surveyPlan ?? USUAL_PLAN).questions : [];
}

/**
 * The room at its end, and the event that says why, and what the visitor is asked: an empty list is nothing.
 * `wanted` says that the agent wants them to be asked.
 */
export function afterClose(
  room: RoomState,
  reason: string,
  now: EpochMs,
  fields: Record<string, unknown> = {},
  wanted = false,
): Obeyed {
  const { revision, deskRevision, queuedAt, conversation, answered } = room;
  const plan = room.surveyPlan ?? USUAL_PLAN;
  // One of the site's own is no visitor to be asked.
  const surveyAsked = room.staff !== true && isAsked(plan, { conversation, answered, wanted });
  const closed: RoomState = {
    ...room,
    status: "closed",
    closedAt: now,
    closeReason: reason,
    leftAt: reason === "idle" ? Math.min(room.seenBeforeCut ?? room.seenAt, now) : now,
    surveyAsked,
    revision: revision + 1,
    deskRevision: queuedAt === null ? deskRevision : deskRevision + 1,
  };
  const survey = questionsAsked(closed);
  return { room: closed, event: { name: "closed", fields: { ...fields, reason, survey } } };
}

/**
 * The room after its storage was set back to an earlier moment: another numbering, and counts above all that others may
 * have heard of the moments that are gone. Those rise far slower than milliseconds, so the clock is above them.
 */
export function afterRestore(room: RoomState, epoch: string, now: EpochMs): RoomState {
  const above = (revision: number): number => Math.max(revision + 1, now);
  const { queuedAt, revision, deskRevision } = room;
  return {
    ...room,
    epoch,
    revision: above(revision),
    deskRevision: queuedAt === null ? deskRevision : above(deskRevision),
    restoredAt: now,
  };
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
