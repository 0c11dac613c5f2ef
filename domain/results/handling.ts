/**
 * What the conversations of a campaign took of agents' time, by the KPIs' own beginnings and ends (`domain/kpi/chats.ts`).
 *
 * Units   `EpochMs` in, milliseconds out: of one conversation alone, whoever else its agent served meanwhile.
 */
import { chatEnd, takenAt } from "../kpi/chats.ts";
import type { ChatRow } from "../kpi/history.ts";

export type HandledChat = Pick<
  ChatRow,
  "startedAt" | "assignedAt" | "answeredAt" | "lastMessageAt" | "closedAt" | "closeReason"
>;

/**
 * From an agent's taking it to its end; one that goes on, to its last message so far. One that no person answered took
 * nobody's time.
 */
export function handlingMs(chat: HandledChat): number {
  const taken = takenAt(chat);
  if (chat.answeredAt === null || taken === null) return 0;
  const end = chatEnd(chat) ?? chat.lastMessageAt ?? chat.answeredAt;
  return Math.max(0, end - taken);
}
