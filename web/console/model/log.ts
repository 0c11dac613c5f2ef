/**
 * One conversation's log as this console knows it: in order, without holes, without doubles.
 *
 * Pure: every function takes a log and gives the next one, with what must be asked of the room.
 *
 * Shapes  `entries` are the events 1, 2, 3 … up to `last`; `early` holds those that came before their turn.
 *         `pending` is the outbox: messages written here that the room has not acknowledged.
 * Units   `seq` counts from 1; times are ISO 8601 UTC.
 */
import type { Author, CannedUse, EventFrame, MessageFrame, MessageKind } from "../../../domain/chat/wire.ts";

export type LogEntry = MessageFrame | EventFrame;

/** A message on its way: `refused` carries the room's error code and is not sent again by itself. */
export type Pending = {
  clientId: string;
  body: string;
  kind: MessageKind;
  at: string;
  refused: string | null;
  canned?: CannedUse | undefined;
};

export type Log = {
  epoch: string | null;
  last: number;
  entries: readonly LogEntry[];
  early: readonly LogEntry[];
  pending: readonly Pending[];
  /** The `seq` of own messages that the room has acknowledged and not yet shown as it keeps them. */
  provisional: readonly number[];
  /** How far each party has read: its role, then the highest `seq`. */
  read: Readonly<Record<string, number>>;
};

export type Range = { from: number; to: number };
export type Step = { log: Log; ask: Range | null };

/** A log that knows nothing yet, but what waits in the outbox. */
export function emptyLog(pending: readonly Pending[] = []): Log {
  return { epoch: null, last: 0, entries: [], early: [], pending, provisional: [], read: {} };
}

/**
 * Take one event of the room. The next in order is appended with all that waited for it; an earlier one is a
 * repetition and changes nothing, but for an own message, which the room may keep in other words; a later one is held,
 * and `ask` says which events are missing before it.
 */
export function take(log: Log, entry: LogEntry): Step {
  const known = confirmed(withoutPending(log, entry), entry);
  if (entry.seq <= known.last || known.early.some((held) => held.seq === entry.seq)) {
    return { log: known, ask: null };
  }
  if (entry.seq > known.last + 1) {
    const early = [...known.early, entry].toSorted((a, b) => a.seq - b.seq);
    return { log: { ...known, early }, ask: { from: known.last + 1, to: entry.seq - 1 } };
  }
  return { log: drain({ ...known, last: entry.seq, entries: [...known.entries, entry] }), ask: null };
}

/**
 * The room has stored the message `clientId` as `seq`. It is taken from the outbox, so that the author's log has no
 * hole, until the room shows it as it keeps it.
 */
export function acknowledge(log: Log, clientId: string, seq: number, at: string, me: Author): Step {
  const sent = log.pending.find((message) => message.clientId === clientId);
  if (sent === undefined) return { log, ask: null };
  const { log: next, ask } = take(log, {
    type: "message",
    seq,
    at,
    from: me,
    kind: sent.kind,
    body: sent.body,
    client_id: clientId,
  });
  return { log: { ...next, provisional: [...next.provisional, seq] }, ask };
}

/** The room cannot continue from `last`: forget the entries and begin again at `from`; the outbox stays. */
export function restart(log: Log, epoch: string, from: number): Log {
  return { ...log, epoch, last: from - 1, entries: [], early: [], provisional: [], read: {} };
}

/** The room has said who it is. A new epoch without `reset` continues where we are. */
export function greet(log: Log, epoch: string): Log {
  return log.epoch === epoch ? log : { ...log, epoch };
}

/** Put a message in the outbox. */
export function write(log: Log, message: Pending): Log {
  return { ...log, pending: [...log.pending, message] };
}

/** The room refused the message `clientId`: it stays in sight, with its reason, until sent again or dropped. */
export function refuse(log: Log, clientId: string, code: string): Log {
  return {
    ...log,
    pending: log.pending.map((message) =>
      message.clientId === clientId ? { ...message, refused: code } : message,
    ),
  };
}

/** Send the refused message `clientId` again. */
export function retry(log: Log, clientId: string): Log {
  return {
    ...log,
    pending: log.pending.map((message) =>
      message.clientId === clientId ? { ...message, refused: null } : message,
    ),
  };
}

/** Take `clientId` out of the outbox without sending it. */
export function drop(log: Log, clientId: string): Log {
  return { ...log, pending: log.pending.filter((message) => message.clientId !== clientId) };
}

/** `role` has read up to `seq`; reading never goes back. */
export function markRead(log: Log, role: string, seq: number): Log {
  return seq > (log.read[role] ?? 0) ? { ...log, read: { ...log.read, [role]: seq } } : log;
}

/**
 * What the visitor wrote, and what colleagues noted, after the reading mark of the agent `me`; what `me` or anybody
 * has answered since is read.
 */
export function unreadIn(log: Log, readSeq: number, me: string): number {
  let unread = 0;
  for (const entry of log.entries) {
    if (entry.type !== "message") continue;
    const message = entry as MessageFrame;
    const fresh = message.seq > readSeq ? 1 : 0;
    if (message.from.role === "visitor") unread += fresh;
    else if (message.kind !== "note") unread = 0;
    else if (message.from.id !== me) unread += fresh;
  }
  return unread;
}

/** The last message that both parties can see, or null. */
export function lastSpoken(log: Log): MessageFrame | null {
  const spoken = log.entries.findLast((entry) => entry.type === "message" && entry.kind !== "note");
  return spoken?.type === "message" ? (spoken as MessageFrame) : null;
}

/** The moment since which the visitor waits for an answer: the first of the messages nobody has answered; null when it is the visitor's turn. */
export function waitingSince(log: Log): string | null {
  let since: string | null = null;
  for (const entry of log.entries) {
    if (entry.type !== "message" || (entry as MessageFrame).kind === "note") continue;
    const message = entry as MessageFrame;
    if (message.from.role === "visitor") since ??= message.at;
    else since = null;
  }
  return log.pending.some((message) => message.kind !== "note") ? null : since;
}

function withoutPending(log: Log, entry: LogEntry): Log {
  if (entry.type !== "message") return log;
  const { client_id: clientId } = entry as MessageFrame;
  return clientId !== null && log.pending.some((message) => message.clientId === clientId)
    ? drop(log, clientId)
    : log;
}

/** `log` with an own message as the room keeps it in place of what was sent. */
function confirmed(log: Log, entry: LogEntry): Log {
  if (!log.provisional.includes(entry.seq)) return log;
  const replace = (known: LogEntry): LogEntry => (known.seq === entry.seq ? entry : known);
  return {
    ...log,
    provisional: log.provisional.filter((seq) => seq !== entry.seq),
    entries: log.entries.map(replace),
    early: log.early.map(replace),
  };
}

function drain(log: Log): Log {
  const next = log.early[0];
  if (next === undefined || next.seq > log.last + 1) return log;
  const early = log.early.slice(1);
  if (next.seq <= log.last) return drain({ ...log, early });
  return drain({ ...log, early, last: next.seq, entries: [...log.entries, next] });
}
