/**
 * The messages in a file: a JSON list, one batch, or a message a line (NDJSON).
 *
 * Errors  what cannot be read is returned by the key of its words, with the line where it stops being JSON.
 */
export const MAX_FILE_BYTES = 500 * 1_000;

export type FileRead =
  | { ok: true; messages: unknown[] }
  | { ok: false; fault: "fileBad" | "fileEmpty"; line: number };

export function readMessages(text: string): FileRead {
  const whole = parse(text);
  if (whole !== undefined) return some(Array.isArray(whole) ? whole : [whole]);
  const messages: unknown[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const message = parse(line);
    if (message === undefined) return { ok: false, fault: "fileBad", line: index + 1 };
    messages.push(message);
  }
  return some(messages);
}

function some(messages: unknown[]): FileRead {
  return messages.length === 0 ? { ok: false, fault: "fileEmpty", line: 1 } : { ok: true, messages };
}

/** The JSON value in `text`; undefined where it is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the caller says so
  }
}
