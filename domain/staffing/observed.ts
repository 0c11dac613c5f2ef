/**
 * What one conversation tells of the desk's own figures: how long its visitor waited, and which agents had it and when.
 *
 * Who had it, from when and until when, is what the KPIs count (`domain/kpi`): silence before a room closed itself is not
 * work, and a conversation has a handle time once it was answered and is over.
 *
 * Units   moments are `EpochMs`.
 */
import type { EpochMs } from "../ids.ts";
import { leftUnansweredAt } from "../kpi/chat-moments.ts";
import type { ChatRow } from "../kpi/history.ts";
import { stretchesOf } from "../kpi/stretches.ts";

/** A time in which an agent had a conversation; null where it is not known who. */
export type Stretch = { agent: string | null; from: EpochMs; to: EpochMs };
export type ObservedChat = {
  startedAt: EpochMs;
  /** Until the first answer, or until its visitor left; null while they wait. */
  wait: { ms: number; left: boolean } | null;
  campaign: string | null;
  /** Answered and over: its stretches are one handle time. */
  handled: boolean;
  /** None while it goes on. */
  stretches: Stretch[];
};

export function observed(chat: ChatRow): ObservedChat {
  const { startedAt, answeredAt, closedAt, campaign } = chat;
  return {
    startedAt,
    wait: waitOf(chat),
    campaign,
    handled: answeredAt !== null && closedAt !== null,
    stretches: closedAt === null ? [] : overOf(chat),
  };
}

function waitOf(chat: ChatRow): ObservedChat["wait"] {
  const { startedAt, answeredAt } = chat;
  if (answeredAt !== null) return { ms: Math.max(0, answeredAt - startedAt), left: false };
  const leftAt = leftUnansweredAt(chat);
  return leftAt === null ? null : { ms: leftAt - startedAt, left: true };
}

/** The stretches of a conversation that is over. */
function overOf(chat: ChatRow): Stretch[] {
  return stretchesOf(chat).flatMap(({ agent, from, to }) =>
    to === null ? [] : [{ agent, from, to: Math.max(from, to) }],
  );
}
