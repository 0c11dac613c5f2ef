/**
 * How long agents were there, how many places they offered, and how much of that conversations filled.
 *
 * An agent is busy with a conversation as long as they have it (`stretches.ts`). Places are filled only while the agent is
 * online, and no more than there are; being busy counts in any state. An agent who is online twice at once is there once.
 */
import type { EpochMs } from "../ids.ts";
import type { Counting } from "./counting.ts";
import { NO_GROUP } from "./grouping.ts";
import type { ChatRow } from "./history.ts";
import { type Stretch, stretchesOf } from "./stretches.ts";
import { noteStale, type Tally } from "./tally.ts";

/** A moment at which an agent's places or conversations change. */
type Change = { at: EpochMs; capacity: number; chats: number };
const LONGEST_CHAT_MS = 2 * 24 * 3_600_000;
type Part = { from: EpochMs; to: EpochMs; lasts: boolean };

/** Count each agent's time in the span, cut where hours begin. */
export function countAgentHours(counting: Counting): void {
  const { history } = counting;
  const changes = new Map<string, Change[]>();
  const put = (agent: string, { from, to, lasts }: Part, capacity: number, chats: number) => {
    if (lasts) noteChanging(counting, agent, Math.max(from, counting.scope.now));
    if (from >= to) return;
    const own = changes.get(agent) ?? [];
    own.push({ at: from, capacity, chats }, { at: to, capacity: -capacity, chats: -chats });
    changes.set(agent, own);
  };
  for (const { agent, state, capacity, startedAt, endedAt } of history.agentStates) {
    if (state === "online") put(agent, partOf(counting, startedAt, endedAt), Math.max(1, capacity), 0);
  }
  for (const chat of history.chats) {
    for (const stretch of stretchesOf(chat)) {
      if (stretch.agent !== null) put(stretch.agent, busyPart(counting, chat, stretch), 0, 1);
    }
  }
  for (const [agent, own] of changes) countAgent(counting, agent, own);
}

/** The part inside the span; what has not ended lasts until now. */
function partOf({ scope }: Counting, startedAt: EpochMs, endedAt: EpochMs | null): Part {
  const from = Math.max(startedAt, scope.from);
  const to = Math.min(endedAt ?? scope.now, scope.to);
  return { from, to, lasts: endedAt === null && startedAt < scope.to && scope.now < scope.to };
}

/** One that nobody ever closed was forgotten after two days, not worked on. */
function busyPart(counting: Counting, { startedAt }: ChatRow, { from, to }: Stretch): Part {
  const latest = startedAt + LONGEST_CHAT_MS;
  const isForgotten = Math.min(counting.scope.now, counting.scope.to) > latest;
  const until = to === null ? (isForgotten ? latest : null) : Math.min(to, latest);
  return partOf(counting, from, until);
}

/** What has not ended is longer at every later moment: said where it grows, in the hour of now. */
function noteChanging(counting: Counting, agent: string, at: EpochMs): void {
  for (const tally of talliesOf(counting, agent, at)) noteStale(tally, counting.scope.now + 1);
}

/** The whole's tally and the agent's own, of the hour of `at`. */
function talliesOf({ dimensions, tallyOf }: Counting, agent: string, at: EpochMs): Tally[] {
  return dimensions.flatMap((dimension) => {
    if (dimension === NO_GROUP) return [tallyOf(at, dimension, NO_GROUP)];
    return dimension === "agent" ? [tallyOf(at, dimension, agent)] : [];
  });
}

function countAgent(counting: Counting, agent: string, unsorted: readonly Change[]): void {
  const { calendar } = counting;
  const changes = unsorted.toSorted((a, b) => a.at - b.at);
  const places = new Map<number, number>();
  let chats = 0;
  changes.forEach((change, index) => {
    if (change.capacity !== 0) {
      const size = Math.abs(change.capacity);
      places.set(size, (places.get(size) ?? 0) + Math.sign(change.capacity));
    }
    chats += change.chats;
    const until = changes[index + 1]?.at ?? change.at;
    const capacity = largest(places);
    if (capacity === 0 && chats === 0) return;
    for (let at = change.at; at < until;) {
      const next = Math.min(until, calendar.endOfHour(at));
      addStretch(counting, agent, { at, ms: next - at, capacity, chats });
      at = next;
    }
  });
}

/** The places of the stretch that offers most: where two overlap, the agent is still one. */
function largest(places: ReadonlyMap<number, number>): number {
  let most = 0;
  for (const [size, times] of places) if (times > 0) most = Math.max(most, size);
  return most;
}

function addStretch(
  counting: Counting,
  agent: string,
  { at, ms, capacity, chats }: { at: EpochMs; ms: number; capacity: number; chats: number },
): void {
  for (const tally of talliesOf(counting, agent, at)) {
    tally.agent_online_ms += capacity > 0 ? ms : 0;
    tally.slot_available_ms += capacity * ms;
    tally.slot_busy_ms += Math.min(capacity, chats) * ms;
    tally.agent_busy_ms += chats > 0 ? ms : 0;
    tally.chat_ms += chats * ms;
  }
}
