/** How the desk looks from outside: to the agents' consoles, to visitors who wait, to the isolates that ask. */
import { type EpochMs, isoOf } from "../ids.ts";
import type { Place } from "./report.ts";
import { type Agent, type Desk, freePlaces, isAccepting, type Item, loadOf, waiting } from "./routing.ts";
import type { DeskAgent, DeskConversation, DeskStatus } from "./wire.ts";

/** The waits of late, newest last, from which the next is estimated. */
export const WAITS_KEPT = 20;

export function viewAgent(desk: Desk, agent: Agent): DeskAgent {
  const { id, name, state, capacity } = agent;
  return { id, name, state, capacity, load: loadOf(desk, id) };
}

export function viewAgents(desk: Desk): DeskAgent[] {
  return desk.agents.map((agent) => viewAgent(desk, agent));
}

export function viewItem(desk: Desk, item: Item, isOffer = false): DeskConversation {
  const agent = desk.agents.find(({ id }) => id === item.agent);
  const { conversation, visitor, name, verified, preview, page, place, skill, locale } = item;
  return {
    conversation,
    visitor,
    name,
    verified,
    preview,
    page,
    place,
    skill,
    decision_id: item.decisionId,
    locale,
    waiting_since: isoOf(item.waitingSince),
    status: isOffer
      ? "offered"
      : item.agent !== null
        ? "assigned"
        : item.offer === null
          ? "queued"
          : "offered",
    agent: item.agent === null ? null : { id: item.agent, name: agent?.name ?? null },
  };
}

export function viewQueue(desk: Desk): DeskConversation[] {
  return waiting(desk).map((item) => viewItem(desk, item));
}

/** What isolates keep for seconds. */
export function statusOf(desk: Desk, waits: readonly EpochMs[], version: number, now: EpochMs): DeskStatus {
  const accepting = desk.agents.filter((agent) => isAccepting(agent, now));
  const free = freePlaces(desk, now);
  const skills = [...new Set(accepting.flatMap((agent) => agent.skills))];
  return {
    version,
    covered: free > 0,
    staffed: accepting.length > 0,
    free_slots: free,
    waiting: waiting(desk).length,
    wait_seconds: accepting.length === 0 ? null : free > 0 ? 0 : waitSeconds(waits),
    skills: Object.fromEntries(skills.map((skill) => [skill, freePlaces(desk, now, skill)])),
  };
}

/** The place of each waiting conversation, in the order in which they are served. */
export function placesOf(desk: Desk, waits: readonly EpochMs[], now: EpochMs): Map<string, Place> {
  const staffed = desk.agents.some((agent) => isAccepting(agent, now));
  const wait = staffed ? waitSeconds(waits) : null;
  return new Map(
    waiting(desk).map(({ conversation }, index) => [
      conversation,
      { position: index + 1, waitSeconds: wait },
    ]),
  );
}

/** The mean of the latest waits; unknown before the first. */
function waitSeconds(waits: readonly EpochMs[]): number | null {
  if (waits.length === 0) return null;
  return Math.round(waits.reduce((sum, wait) => sum + wait, 0) / waits.length / 1_000);
}
