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
      /** The file that was shown; its name is the body. */
      file?: string;
    }
  | { kind: "entrance"; seq: number; at: string; words: string; name: string };

const KNOWN = new Set(["assigned", "transferred", "closed", "queued"]);
/** Told like another one. */
const ALIKE: Readonly<Record<string, string>> = { taken_over: "transferred" };

/** The lines of `log`, in the order of `seq`. */
export function linesOf(log: readonly LogEvent[]): Line[] {
  return log.toSorted((a, b) => a.seq - b.seq).map(lineOf);
}

function lineOf(event: LogEvent): Line {
  const { seq, at } = event;
  if (event.type === "message") {
    const from = recordOf(event["from"]);
    const body = textOf(event["body"]) ?? "";
    const { kind } = event;
    const carried = kind === "file" || kind === "card" ? recordIn(body) : {};
    return {
      kind: "said",
      seq,
      at,
      role: roleOf(from["role"]),
      name: textOf(from["name"]),
      body:
        kind === "file" ? (textOf(carried["name"]) ?? body) : kind === "card" ? cardIn(carried, body) : body,
      note: kind === "note",
      ...(kind === "file" && typeof carried["id"] === "string" ? { file: carried["id"] } : {}),
    };
  }
  const called = textOf(event["name"]) ?? event.type;
  const name = ALIKE[called] ?? called;
  const who = textOf(recordOf(event["agent"])["name"]);
  // "assigned" is told by who enters; without a name, by the bare word.
  if (name === "assigned" && who === null) return { kind: "entrance", seq, at, words: "event_other", name };
  return KNOWN.has(name)
    ? { kind: "entrance", seq, at, words: `event_${name}`, name: who ?? "" }
    : { kind: "entrance", seq, at, words: "event_other", name };
}

/** A product's card in words: its title, its price, where it leads. */
function cardIn(card: Record<string, unknown>, body: string): string {
  const price = recordOf(card["price"]);
  const cost =
    typeof price["amount"] === "number" ? `${price["amount"]} ${textOf(price["currency"]) ?? ""}` : null;
  const parts = [textOf(card["title"]), cost, textOf(card["url"])].filter((part) => part !== null);
  return parts.length === 0 ? body : parts.join(" – ");
}

function recordIn(text: string): Record<string, unknown> {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return {};
  }
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
