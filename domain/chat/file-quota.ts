/**
 * How many files a conversation takes, from whom, and how large.
 *
 * Pure. Units  sizes are bytes. Errors  an expected "no" is a returned `Refusal`.
 */
import type { Refusal } from "./room.ts";
import type { RoomState } from "./state.ts";

export const MAX_FILES = 20;
export const MAX_FILE_BYTES = 10 * 1_024 * 1_024;

/** Why `sender` may not add a file of `bytes` to the `before` that are there; null where they may. */
export function mayAddFile(
  room: Pick<RoomState, "status" | "visitor">,
  sender: { role: "visitor" | "agent"; id: string },
  { bytes, before }: { bytes: number; before: number },
): Refusal | null {
  if (sender.role === "visitor" && sender.id !== room.visitor)
    return { ok: false, code: "forbidden", message: "this is not your conversation" };
  if (room.status === "closed")
    return { ok: false, code: "closed", message: "this conversation is closed; open a new one" };
  if (bytes > MAX_FILE_BYTES)
    return { ok: false, code: "too_large", message: `a file may have ${MAX_FILE_BYTES} bytes` };
  if (before >= MAX_FILES)
    return { ok: false, code: "rate_limited", message: `a conversation takes ${MAX_FILES} files` };
  return null;
}
