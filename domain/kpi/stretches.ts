/**
 * Who had a conversation, and when: in stretches, each of one agent.
 *
 * A stretch begins as the conversation is assigned, transferred or taken over, and ends as the next one begins, as the
 * conversation goes back to the queue, or at its end (`chatEnd`). Nobody has it while it waits in a queue again. What would
 * begin after the end, such as of one that was closed for silence, is none. Where no assignment was told, as rooms of before
 * did not, there is one stretch: of its last agent, from when it was taken.
 *
 * Shapes  a `Stretch` of nobody is a conversation that was answered and never was anybody's; `to` is null while it lasts.
 * Units   moments are `EpochMs`.
 */
import { type Handover, isHandedOn } from "../chat/handovers.ts";
import type { EpochMs } from "../ids.ts";
import { chatEnd, takenAt } from "./chat-moments.ts";
import type { ChatRow } from "./history.ts";

export type Stretch = { agent: string | null; from: EpochMs; to: EpochMs | null };
/** What of a conversation says who had it. */
export type HeldChat = Pick<
  ChatRow,
  | "startedAt"
  | "assignedAt"
  | "answeredAt"
  | "lastMessageAt"
  | "closedAt"
  | "closeReason"
  | "agent"
  | "handovers"
>;

/** Every stretch of `chat`, first to last. */
export function stretchesOf(chat: HeldChat): Stretch[] {
  const end = chatEnd(chat);
  const moves = (chat.handovers ?? []).filter(({ kind }) => kind !== "taken_back");
  if (!moves.some(({ kind }) => kind === "assigned")) {
    const from = takenAt(chat);
    return from === null ? [] : [{ agent: chat.agent, from, to: end }];
  }
  return moves.flatMap((move, index) => {
    const { at: from, to: agent } = move;
    if (!isGiven(move) || agent === null || (end !== null && from > end)) return [];
    const next = moves[index + 1]?.at ?? null;
    const to = next === null || end === null ? (next ?? end) : Math.min(next, end);
    return [{ agent, from, to: to === null ? null : Math.max(from, to) }];
  });
}

/** Somebody has it from then on. */
function isGiven(hand: Handover): boolean {
  return hand.kind === "assigned" || isHandedOn(hand);
}

/** How long the conversation was somebody's; null while it goes on. */
export function heldMs(stretches: readonly Stretch[]): number | null {
  let held = 0;
  for (const { from, to } of stretches) {
    if (to === null) return null;
    held += Math.max(0, to - from);
  }
  return held;
}

/** The same by agent, of all who had it. */
export function heldByAgent(stretches: readonly Stretch[]): Map<string, number> {
  const held = new Map<string, number>();
  for (const { agent, from, to } of stretches) {
    if (agent !== null && to !== null) held.set(agent, (held.get(agent) ?? 0) + Math.max(0, to - from));
  }
  return held;
}

/**
 * When an agent took a conversation that was answered, so that its visitor waited no longer in a queue: the last time
 * that somebody got it before the first reply. An assignment that led to none is no end of waiting.
 */
export function takenForReplyAt(
  chat: Pick<ChatRow, "assignedAt" | "handovers"> & { answeredAt: EpochMs },
): EpochMs {
  const given = (chat.handovers ?? []).findLast((hand) => isGiven(hand) && hand.at <= chat.answeredAt);
  return given?.at ?? takenAt(chat) ?? chat.answeredAt;
}
