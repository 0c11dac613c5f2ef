/**
 * What one tab keeps of one conversation across reloads: the outbox, the two drafts, the mode, the reading mark.
 *
 * In the tab's session storage, so two tabs never share an outbox, and closing the browser forgets the drafts.
 *
 * Errors  what cannot be read is treated as never kept; a full storage leaves the conversation as it is.
 */
import * as z from "zod/mini";
import { Began } from "../model/canned.ts";

const Seat = z.object({
  pending: z.array(
    z.object({
      clientId: z.string(),
      body: z.string(),
      kind: z.enum(["text", "note", "card", "file"]),
      at: z.string(),
      refused: z.nullable(z.string()),
      canned: z.optional(z.object({ id: z.string(), edited: z.boolean() })),
    }),
  ),
  draft: z.string(),
  note: z._default(z.string(), ""),
  began: z._default(z.nullable(Began), null),
  mode: z.enum(["reply", "note"]),
  readSeq: z.int(),
});
export type Seat = z.infer<typeof Seat>;

const EMPTY: Seat = { pending: [], draft: "", note: "", began: null, mode: "reply", readSeq: 0 };
const keyOf = (name: string): string => `aparte:seat:${name}`;

/** What was kept in this tab under `name`: the agent and the conversation. */
export function readSeat(name: string): Seat {
  const text = sessionStorage.getItem(keyOf(name));
  if (text === null) return EMPTY;
  try {
    const parsed = Seat.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : EMPTY;
  } catch {
    return EMPTY;
  }
}

/** Keep `seat` under `name`. */
export function keepSeat(name: string, seat: Seat): void {
  try {
    sessionStorage.setItem(keyOf(name), JSON.stringify(seat));
  } catch (error) {
    console.warn("the draft could not be kept across a reload", error);
  }
}

/** The conversation is over: forget it. Forget everything where the login ends. */
export function forgetSeat(name: string | null): void {
  if (name !== null) return sessionStorage.removeItem(keyOf(name));
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(keyOf(""))) sessionStorage.removeItem(key);
  }
}
