/**
 * What happened in a stretch of time: who came, how soon they were answered, who left, and how busy the agents were.
 *
 * A conversation counts in the stretch in which its visitor wrote first. Whoever still waits counts as too late once
 * the limit is over, and not at all before. A visitor who left within five seconds is a short leaver, counted apart.
 *
 * Shapes  every ratio carries numerator and denominator; its value is null where there is nothing to divide by.
 * Units   moments are `EpochMs`, the rest is in seconds.
 */
import type { EpochMs } from "../ids.ts";

export type StaffChat = {
  agent: string | null;
  startedAt: EpochMs;
  assignedAt: EpochMs | null;
  answeredAt: EpochMs | null;
  closedAt: EpochMs | null;
  /** When the visitor was last there, where that was before the end. */
  leftAt: EpochMs | null;
};
/** A stretch in which an agent took conversations, so many at once. */
export type Online = { agent: string; from: EpochMs; to: EpochMs; capacity: number };

export type Ratio = { value: number | null; numerator: number; denominator: number };
export type Actual = {
  arrivals: number;
  shortLeavers: number;
  /** Answered within the limit: of all, of those answered, of all but short leavers. */
  level: { ofAll: Ratio; ofServed: Ratio; withoutShortLeavers: Ratio };
  abandonment: Ratio;
  /** Until the first answer, or until the visitor left. */
  waitSeconds: Ratio;
  /** Conversation-seconds over the places that were open. */
  occupancy: Ratio;
  /** Conversations at once of a busy agent. */
  concurrency: Ratio;
  /** Agents there, averaged over the stretch; null where it has not begun. */
  agents: number | null;
};

const SECOND_MS = 1_000;
const SHORT_MS = 5_000;

export type Told = { chats: readonly StaffChat[]; online: readonly Online[]; now: EpochMs };

/** What happened from `from` to `to`, as far as it is over. */
export function actualIn(
  { chats, online, now }: Told,
  span: { from: EpochMs; to: EpochMs },
  withinSeconds: number,
): Actual {
  const until = Math.min(span.to, now);
  const came = chats.filter(({ startedAt }) => startedAt >= span.from && startedAt < span.to);
  const ended = came.flatMap((chat) => {
    const leftAt = leftUnanswered(chat);
    if (chat.answeredAt !== null) return [{ waitedMs: chat.answeredAt - chat.startedAt, left: false }];
    if (leftAt !== null) return [{ waitedMs: Math.max(0, leftAt - chat.startedAt), left: true }];
    return [];
  });
  const tooLate = came.filter(
    (chat) =>
      chat.answeredAt === null && chat.closedAt === null && now - chat.startedAt > withinSeconds * SECOND_MS,
  ).length;
  const answered = ended.filter(({ left }) => !left);
  const soon = answered.filter(({ waitedMs }) => waitedMs <= withinSeconds * SECOND_MS).length;
  const shortLeavers = ended.filter(({ left, waitedMs }) => left && waitedMs < SHORT_MS).length;
  const decided = ended.length + tooLate;
  const held = heldIn(chats, { from: span.from, to: until }, now);
  const { openMs, thereMs } = thereIn(online, { from: span.from, to: until });
  return {
    arrivals: came.length,
    shortLeavers,
    level: {
      ofAll: ratio(soon, decided),
      ofServed: ratio(soon, answered.length),
      withoutShortLeavers: ratio(soon, decided - shortLeavers),
    },
    abandonment: ratio(ended.length - answered.length - shortLeavers, ended.length - shortLeavers),
    waitSeconds: ratio(sum(ended.map(({ waitedMs }) => waitedMs)) / SECOND_MS, ended.length),
    occupancy: ratio(sum(held.map(({ ms }) => ms)) / SECOND_MS, openMs / SECOND_MS),
    concurrency: ratio(sum(held.map(({ ms }) => ms)) / SECOND_MS, busyMs(held) / SECOND_MS),
    agents: until > span.from ? thereMs / (until - span.from) : null,
  };
}

/** When the visitor of a conversation that nobody answered left; null for all others. */
export function leftUnanswered(chat: StaffChat): EpochMs | null {
  if (chat.answeredAt !== null || chat.closedAt === null) return null;
  return Math.max(chat.startedAt, chat.leftAt ?? chat.closedAt);
}

/** When an agent's place was taken by it; null where none ever was. */
export function heldSpan(chat: StaffChat, now: EpochMs): { from: EpochMs; to: EpochMs } | null {
  const from = chat.assignedAt ?? chat.answeredAt;
  if (from === null || chat.agent === null) return null;
  return { from, to: Math.max(from, chat.closedAt ?? now) };
}

type Held = { agent: string; from: EpochMs; to: EpochMs; ms: number };

function heldIn(chats: readonly StaffChat[], span: { from: EpochMs; to: EpochMs }, now: EpochMs): Held[] {
  return chats.flatMap((chat) => {
    const held = heldSpan(chat, now);
    if (held === null) return [];
    const from = Math.max(held.from, span.from);
    const to = Math.min(held.to, span.to);
    return to > from ? [{ agent: chat.agent ?? "", from, to, ms: to - from }] : [];
  });
}

/** How long each agent held at least one, over all agents. */
function busyMs(held: readonly Held[]): number {
  let busy = 0;
  for (const own of Map.groupBy(held, ({ agent }) => agent).values()) {
    let until = Number.NEGATIVE_INFINITY;
    for (const { from, to } of own.toSorted((a, b) => a.from - b.from)) {
      busy += Math.max(0, to - Math.max(from, until));
      until = Math.max(until, to);
    }
  }
  return busy;
}

function thereIn(online: readonly Online[], span: { from: EpochMs; to: EpochMs }) {
  let openMs = 0;
  let thereMs = 0;
  for (const { from, to, capacity } of online) {
    const ms = Math.max(0, Math.min(to, span.to) - Math.max(from, span.from));
    thereMs += ms;
    openMs += ms * capacity;
  }
  return { openMs, thereMs };
}

function ratio(numerator: number, denominator: number): Ratio {
  return { value: denominator > 0 ? numerator / denominator : null, numerator, denominator };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
