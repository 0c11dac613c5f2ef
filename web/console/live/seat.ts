/**
 * What one tab keeps of one conversation across reloads: the outbox, the draft, the mode, the reading mark.
 *
 * In the tab's session storage, so two tabs never share an outbox, and closing the browser forgets the drafts.
 *
 * Errors  what cannot be read is treated as never kept; a full storage leaves the conversation as it is.
 */
import * as z from "zod/mini";

const Seat = z.object({
  pending: z.array(
    z.object({
      clientId: z.string(),
      body: z.string(),
      kind: z.enum(["text", "note", "card", "file"]),
      at: z.string(),
      refused: z.nullable(z.string()),
    }),
  ),
  draft: z.string(),
  mode: z.enum(["reply", "note"]),
  readSeq: z.int(),
});
export type Seat = z.infer<typeof Seat>;

const EMPTY: Seat = { pending: [], draft: "", mode: "reply", readSeq: 0 };
const keyOf = (conversation: string): string => `aparte:seat:${conversation}`;

/** What was kept of `conversation` in this tab. */
export function readSeat(conversation: string): Seat {
  const text = sessionStorage.getItem(keyOf(conversation));
  if (text === null) return EMPTY;
  try {
    const parsed = Seat.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : EMPTY;
  } catch {
    return EMPTY;
  }
}

/** Keep `seat`; nothing is kept of a conversation in which nothing is under way. */
export function keepSeat(conversation: string, seat: Seat): void {
  try {
    sessionStorage.setItem(keyOf(conversation), JSON.stringify(seat));
  } catch (error) {
    console.warn("the draft could not be kept across a reload", error);
  }
}

/** The conversation is over: forget it. Forget everything where the login ends. */
export function forgetSeat(conversation: string | null): void {
  if (conversation !== null) return sessionStorage.removeItem(keyOf(conversation));
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(keyOf(""))) sessionStorage.removeItem(key);
  }
}
