/**
 * Who may take a conversation: who accepts, with a free place and the skill.
 *
 * Load and capacity count places; one that is offered or held counts as taken.
 */
import type { EpochMs } from "../ids.ts";
import type { Agent, Desk, Item } from "./desk.ts";

export const GRACE_MS = 30_000;

/** Whether this agent takes conversations at `now`. */
export function isAccepting(agent: Agent, now: EpochMs): boolean {
  return agent.state === "online" && (agent.lostAt === null || now - agent.lostAt < GRACE_MS);
}

/** The places that `agent` has taken: conversations, offers and held places. */
export function loadOf(desk: Desk, agent: string): number {
  const items = desk.items.filter(
    (item) => item.closedAt === null && (item.agent === agent || item.offer?.agent === agent),
  );
  return items.length + desk.holds.filter((hold) => hold.agent === agent).length;
}

/** Whether `agent` takes conversations of this skill; one without skills takes all. */
export function serves(agent: Agent, skill: string | null): boolean {
  return skill === null || agent.skills.length === 0 || agent.skills.includes(skill);
}

/** The places that are free at `now`, over all agents who accept. */
export function freePlaces(desk: Desk, now: EpochMs, skill: string | null = null): number {
  return desk.agents
    .filter((agent) => isAccepting(agent, now) && serves(agent, skill))
    .reduce((sum, agent) => sum + Math.max(0, agent.capacity - loadOf(desk, agent.id)), 0);
}

export function canTake(desk: Desk, agent: Agent, now: EpochMs): boolean {
  return isAccepting(agent, now) && agent.capacity - loadOf(desk, agent.id) >= 1;
}

/** Who may take this now: accepting, with a free place and the skill; the least loaded, then the longest idle. */
export function pick(
  desk: Desk,
  wanted: { skill: string | null } & Partial<Pick<Item, "agent" | "transfer" | "declined" | "missed">>,
  now: EpochMs,
): Agent | null {
  const { transfer: asked = null, declined = {}, missed = [] } = wanted;
  const skill = asked === null ? wanted.skill : asked.toSkill;
  const able = desk.agents.filter(
    (agent) =>
      agent.id !== wanted.agent &&
      (asked === null || asked.toAgent === null || asked.toAgent === agent.id) &&
      serves(agent, skill) &&
      (declined[agent.id] ?? 0) <= now &&
      canTake(desk, agent, now),
  );
  const rank = (agent: Agent) => [
    missed.includes(agent.id) ? 1 : 0,
    loadOf(desk, agent.id),
    agent.assignedAt,
  ];
  const [best] = able
    .map((agent) => ({ agent, rank: rank(agent) }))
    .toSorted((a, b) => compareRanks(a.rank, b.rank) || (a.agent.id < b.agent.id ? -1 : 1));
  return best?.agent ?? null;
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
