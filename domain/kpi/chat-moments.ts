/**
 * The moments of a conversation: when it was taken, when it was over, when its visitor was gone.
 *
 * Units  `EpochMs`.
 */
import type { EpochMs } from "../ids.ts";
import type { ChatRow } from "./history.ts";

/** When `chat` was over: one that was closed for silence ended with its last message. Null while it goes on. */
export function chatEnd({
  closedAt,
  closeReason,
  lastMessageAt,
  startedAt,
}: Pick<ChatRow, "closedAt" | "closeReason" | "lastMessageAt" | "startedAt">): EpochMs | null {
  if (closedAt === null) return null;
  const end = closeReason === "idle" ? (lastMessageAt ?? closedAt) : closedAt;
  return Math.max(startedAt, Math.min(end, closedAt));
}

/** What says when a conversation that nobody answered was left; each moment is null while it goes on. */
export type LeftUnanswered = { startedAt: EpochMs; closedAt: EpochMs | null; leftAt: EpochMs | null };

/**
 * When the visitor of a conversation that nobody answered was gone: as its room told (`leftAt`), else at its end. Null
 * while it goes on.
 */
export function leftUnansweredAt({ startedAt, closedAt, leftAt }: LeftUnanswered): EpochMs | null {
  if (closedAt === null) return null;
  return Math.max(startedAt, Math.min(leftAt ?? closedAt, closedAt));
}

/** When an agent first took `chat`, be it by its first word; null while nobody has. */
export function takenAt({
  assignedAt,
  answeredAt,
}: Pick<ChatRow, "assignedAt" | "answeredAt">): EpochMs | null {
  if (assignedAt === null || answeredAt === null) return assignedAt ?? answeredAt;
  return Math.min(assignedAt, answeredAt);
}
