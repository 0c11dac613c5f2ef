/**
 * A conversation's log laid out as a play: speeches with their speaker, entrances between them.
 *
 * Pure. A speech is a run of messages by one author, of one kind, within one minute of the first.
 *
 * Shapes  `Speech` has its lines; `Entrance` is one event; `Day` stands where the date changes.
 * Units   times are ISO 8601 UTC; a day is a day of `zone`, an IANA time zone.
 */
import type { Author, EventFrame, MessageFrame } from "../../../domain/chat/wire.ts";
import type { Log, LogEntry, Pending } from "./log.ts";

export type Line = {
  key: string;
  at: string;
  body: string;
  /** The body as the server's safe HTML, where that says more. */
  html: string | null;
  kind: MessageFrame["kind"];
  seq: number;
};
export type Speech = {
  part: "speech";
  key: string;
  from: Author;
  note: boolean;
  at: string;
  lines: Line[];
  /** The highest `seq` in it. */
  seq: number;
};
export type Entrance = { part: "entrance"; key: string; at: string; event: EventFrame };
export type Day = { part: "day"; key: string; at: string };
export type Part = Speech | Entrance | Day;

/** Messages further apart than this begin a new speech, so that every speech's time is true. */
const RUN_MS = 60_000;

/** The parts of `log` in order. The outbox is not in it: it stands after the last part. */
export function layOut(log: Log, dayOf: (at: string) => string): Part[] {
  const parts: Part[] = [];
  let day: string | null = null;
  for (const entry of log.entries) {
    const today = dayOf(entry.at);
    if (day !== null && today !== day) parts.push({ part: "day", key: `day-${today}`, at: entry.at });
    day = today;
    place(parts, entry);
  }
  return parts;
}

/** The `seq` of the last thing this agent wrote that the visitor has read; 0 when none. */
export function readUpTo(log: Log, me: string): number {
  const seen = log.read["visitor"] ?? 0;
  const own = log.entries.findLast(
    (entry) =>
      entry.type === "message" &&
      (entry as MessageFrame).from.id === me &&
      (entry as MessageFrame).kind !== "note" &&
      entry.seq <= seen,
  );
  return own?.seq ?? 0;
}

/** The word for a message in the outbox: it waits, it leaves, or it was refused. */
export function pendingState(message: Pending, connected: boolean): "refused" | "sending" | "waiting" {
  if (message.refused !== null) return "refused";
  return connected ? "sending" : "waiting";
}

function place(parts: Part[], entry: LogEntry): void {
  if (entry.type === "event") {
    if (entry.name !== "hidden") {
      parts.push({ part: "entrance", key: `e${entry.seq}`, at: entry.at, event: entry as EventFrame });
    }
    return;
  }
  const message = entry as MessageFrame;
  const line: Line = {
    key: `m${message.seq}`,
    at: message.at,
    body: message.body,
    html: message.html ?? null,
    kind: message.kind,
    seq: message.seq,
  };
  const before = parts.at(-1);
  if (before?.part === "speech" && continues(before, message)) {
    before.lines.push(line);
    before.seq = message.seq;
    return;
  }
  parts.push({
    part: "speech",
    key: `s${message.seq}`,
    from: message.from,
    note: message.kind === "note",
    at: message.at,
    lines: [line],
    seq: message.seq,
  });
}

function continues(speech: Speech, message: MessageFrame): boolean {
  return (
    speech.from.id === message.from.id &&
    speech.from.role === message.from.role &&
    speech.note === (message.kind === "note") &&
    Date.parse(message.at) - Date.parse(speech.at) < RUN_MS
  );
}
