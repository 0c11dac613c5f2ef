/**
 * The log and the outbox as the visitor reads them: runs of bubbles and italic lines.
 *
 * Pure: locale and catalogue are the screen's business, so lines carry names, not sentences.
 *
 * Shapes  a `Run` is what one side said without interruption; its note stands under the last bubble.
 * Units   `at` is ISO 8601 UTC, or null for what the server has not timed yet.
 */
import type { ErrorCode, MessageKind, Role } from "../../domain/chat/wire.ts";
import type { LogEvent } from "./conversation-log.ts";
import type { Outbox } from "./outbox.ts";

export type BubbleState = "read" | "sent" | "waiting" | "failed" | null;
export type Bubble = {
  key: string;
  kind: MessageKind;
  body: string;
  /** What an agent's Markdown says, as the server's safe HTML; null for plain text. */
  html: string | null;
  at: string | null;
  state: BubbleState;
  reason: ErrorCode | null;
};
export type Run = { type: "run"; key: string; mine: boolean; name: string | null; bubbles: Bubble[] };
/** `survey`: what the visitor is asked at the end, as the event said it; the part that asks reads it. */
export type Line = {
  type: "line";
  key: string;
  name: LineName;
  who: string | null;
  at: string;
  survey?: unknown;
};
export type LineName = "joined" | "transferred" | "closed" | "closed_by_visitor" | "closed_idle";
export type Row = Run | Line;

/** The rows of `events` followed by what is still on its way; `readByAgent` is the agent's last read seq. */
export function rowsOf(events: readonly LogEvent[], outbox: Outbox, readByAgent: number): Row[] {
  const rows: Row[] = [];
  // Whoever has answered has read what was said before.
  const answer = events.findLast((event) => event.type === "message" && event.from.role === "agent");
  const read = Math.max(readByAgent, answer?.seq ?? 0);
  let agent: string | null = null;
  const echoed = new Set<string | null>();
  for (const event of events) {
    const named = agentNamed(event);
    if (named !== undefined) agent = named;
    if (event.type === "event") {
      const line = lineOf(event, agent);
      if (line) rows.push(line);
      continue;
    }
    if (event.kind === "note") continue;
    const mine = event.from.role === "visitor";
    if (mine) echoed.add(event.client_id);
    const state = !mine ? null : event.seq <= read ? "read" : "sent";
    const key = mine && event.client_id ? event.client_id : `s${event.seq}`;
    const { kind, body, html = null, at } = event;
    say(rows, event.from.role, event.from.name, { key, kind, body, html, at, state, reason: null });
  }
  for (const one of outbox) {
    if (echoed.has(one.client_id)) continue;
    const state = one.failed ? "failed" : "waiting";
    const { client_id: key, body, kind = "text", failed: reason } = one;
    say(rows, "visitor", null, { key, kind, body, html: null, at: null, state, reason });
  }
  return rows;
}

/** What an event says of who has the conversation: a name, null for nobody any more, undefined for nothing. */
export function agentNamed(event: LogEvent): string | null | undefined {
  if (event.type === "message") return event.from.role === "agent" ? event.from.name : undefined;
  if (event.name === "assigned" || event.name === "transferred") return nameIn(event["agent"] ?? event["to"]);
  if (event.name === "returned" || event.name === "requeued") return null;
  return undefined;
}

function lineOf(event: Extract<LogEvent, { type: "event" }>, agent: string | null): Line | null {
  const line = (name: LineName, who: string | null): Line => {
    return { ...event, type: "line", key: `s${event.seq}`, name, who };
  };
  switch (event.name) {
    case "assigned":
      return line("joined", agent);
    case "transferred":
      return line("transferred", agent);
    case "closed":
      return line(closing(event["reason"]), agent);
    default:
      return null;
  }
}

function closing(reason: unknown): LineName {
  if (reason === "visitor") return "closed_by_visitor";
  return reason === "agent" ? "closed" : "closed_idle";
}

function nameIn(value: unknown): string | null | undefined {
  if (typeof value !== "object" || value === null || !("name" in value)) return undefined;
  return typeof value.name === "string" && value.name !== "" ? value.name : null;
}

function say(rows: Row[], role: Role, name: string | null, bubble: Bubble): void {
  const mine = role === "visitor";
  const last = rows.at(-1);
  if (last?.type === "run" && last.mine === mine && last.name === name && !breaksRun(last, bubble)) {
    last.bubbles.push(bubble);
  } else {
    rows.push({ type: "run", key: `r${bubble.key}`, mine, name, bubbles: [bubble] });
  }
}

/** A bubble that needs the visitor, or is still on its way, stands alone with its own note. */
function breaksRun(run: Run, next: Bubble): boolean {
  const states = [run.bubbles.at(-1)?.state, next.state];
  return states.includes("failed") || states.includes("waiting");
}
