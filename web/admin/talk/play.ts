/**
 * A stored conversation as the lines of a play.
 *
 * Shapes  a `Line` is something said, or an entrance: a change of state, told in one sentence.
 * Errors  what the log holds and this does not know is an entrance under its own name; nothing is left out in silence.
 */
export type LogEvent = { type: string; seq: number; at: string } & Record<string, unknown>;

export type Role = "visitor" | "agent" | "bot" | "system";
export type Line =
  | {
      kind: "said";
      seq: number;
      at: string;
      role: Role;
      name: string | null;
      body: string;
      note: boolean;
    }
  | { kind: "entrance"; seq: number; at: string; words: string; name: string };

const KNOWN = new Set(["assigned", "transferred", "closed", "queued"]);

/** The lines of `log`, in the order of `seq`. */
export function linesOf(log: readonly LogEvent[]): Line[] {
  return log.toSorted((a, b) => a.seq - b.seq).map(lineOf);
}

function lineOf(event: LogEvent): Line {
  const { seq, at } = event;
  if (event.type === "message") {
    const from = recordOf(event["from"]);
    return {
      kind: "said",
      seq,
      at,
      role: roleOf(from["role"]),
      name: textOf(from["name"]),
      body: textOf(event["body"]) ?? "",
      note: event["kind"] === "note",
    };
  }
  const name = textOf(event["name"]) ?? event.type;
  const who = textOf(recordOf(event["agent"])["name"]);
  // "assigned" is told by who enters; without a name, by the bare word.
  if (name === "assigned" && who === null) return { kind: "entrance", seq, at, words: "event_other", name };
  return KNOWN.has(name)
    ? { kind: "entrance", seq, at, words: `event_${name}`, name: who ?? "" }
    : { kind: "entrance", seq, at, words: "event_other", name };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function roleOf(value: unknown): Role {
  return value === "visitor" || value === "agent" || value === "bot" ? value : "system";
}
