/**
 * What the conversations of a campaign took of agents' time, by the KPIs' own beginnings and ends (`domain/kpi/stretches.ts`).
 *
 * Units   `EpochMs` in, milliseconds out: of one conversation alone, whoever else its agent served meanwhile.
 */
import { type HeldChat, stretchesOf } from "../kpi/stretches.ts";

/**
 * As long as agents had it, without its time in queues; of one that goes on, to its last message so far. One that no person
 * answered took nobody's time.
 */
export function handlingMs(chat: HeldChat): number {
  if (chat.answeredAt === null) return 0;
  const soFar = chat.lastMessageAt ?? chat.answeredAt;
  return stretchesOf(chat).reduce((sum, { from, to }) => sum + Math.max(0, (to ?? soFar) - from), 0);
}
