/**
 * Who may take a conversation, and who of them does.
 *
 * May: who accepts, with a free place, the skill at any level, and the language, or any language once that has been
 * waited for. Does: the agent whom this visitor had last; else who speaks the language, then the least loaded, then
 * the better at the skill, then who has been without work longest. Load goes before level, so that the best of a
 * team are asked first among equals and are not asked for everything. Who let this conversation ring comes last.
 */
import type { EpochMs } from "../ids.ts";
import { type Agent, type Desk, type Item, neededSkill, plateOf } from "./desk.ts";
import { GRACE_MS, LANGUAGE_MS, languageOf } from "./entries.ts";
import { TENTHS } from "./weight.ts";

/** How long a visitor who comes back is for the agent whom they had, where that one has a place. */
export const STICKY_MS = 30_000;
const BEST_LEVEL = 3;

/** What is looked for: a conversation, or a place for one that may come. */
export type Wanted = { skill: string | null } & Partial<
  Pick<
    Item,
    "agent" | "transfer" | "declined" | "missed" | "anySkill" | "locale" | "waitingSince" | "preferredAgent"
  >
>;

/** Whether this agent takes conversations at `now`. */
export function isAccepting(agent: Agent, now: EpochMs): boolean {
  return agent.state === "online" && (agent.lostAt === null || now - agent.lostAt < GRACE_MS);
}

/** The places that `agent` has taken: conversations by their weight, offers and held places. */
export function loadOf(desk: Desk, agent: string): number {
  return plateOf(desk, agent).load / TENTHS;
}

/** Whether `agent` takes conversations of this skill; one without skills takes all. */
export function serves(agent: Agent, skill: string | null): boolean {
  return skill === null || Object.hasOwn(agent.skills, skill) || Object.keys(agent.skills).length === 0;
}

/** Whether `agent` talks to visitors of this language; one without languages talks to all. */
export function speaks(agent: Agent, language: string | null): boolean {
  return language === null || agent.languages.length === 0 || agent.languages.includes(language);
}

/** The places that are free at `now`, over all agents who accept. */
export function freePlaces(desk: Desk, now: EpochMs, skill: string | null = null): number {
  let places = 0;
  for (const agent of desk.free.values()) {
    if (!isAccepting(agent, now) || !serves(agent, skill)) continue;
    places += Math.floor((agent.capacity * TENTHS - plateOf(desk, agent.id).load) / TENTHS);
  }
  return places;
}

/** Whether the agent takes another one now. */
export function canTake(desk: Desk, agent: Agent, now: EpochMs): boolean {
  return isAccepting(agent, now) && hasPlace(desk, agent);
}

/** Whether a conversation fits beside what the agent has, whether or not they are asked now. */
export function hasPlace(desk: Desk, agent: Agent): boolean {
  return agent.capacity * TENTHS - plateOf(desk, agent.id).load >= TENTHS;
}

/** Whether agents who do not speak the visitor's language may take this: nobody is there who does, or it was waited. */
export function isForAnyLanguage(desk: Desk, wanted: Wanted, now: EpochMs): boolean {
  const language = languageOf(wanted.locale ?? null);
  if (language === null || now - (wanted.waitingSince ?? 0) >= LANGUAGE_MS) return true;
  return !isSpokenHere(desk, neededSkill(wanted), language, now);
}

/** Whether an agent who accepts, free or not, serves `skill` and speaks `language`. */
export function isSpokenHere(desk: Desk, skill: string | null, language: string, now: EpochMs): boolean {
  for (const agent of desk.agents.values()) {
    if (isAccepting(agent, now) && serves(agent, skill) && speaks(agent, language)) return true;
  }
  return false;
}

/** Who takes this now; null where nobody may. */
export function pick(desk: Desk, wanted: Wanted, now: EpochMs): Agent | null {
  const language = wanted.transfer?.toAgent ? null : languageOf(wanted.locale ?? null);
  const skill = neededSkill(wanted);
  const forAny = language === null || isForAnyLanguage(desk, wanted, now);
  const mayTake = (agent: Agent) =>
    isAsked(agent, wanted, now) &&
    isAccepting(agent, now) &&
    serves(agent, skill) &&
    (forAny || speaks(agent, language));
  const last = lastAgent(desk, wanted, now);
  if (last !== null && canTake(desk, last, now) && mayTake(last)) return last;
  return leastLoaded(desk, { wanted, skill, language }, mayTake);
}

/** The first of the free, in the order in which `desk.free` has them, whom nobody behind can outdo. */
function leastLoaded(
  desk: Desk,
  { wanted, skill, language }: { wanted: Wanted; skill: string | null; language: string | null },
  mayTake: (agent: Agent) => boolean,
): Agent | null {
  let best: { agent: Agent; rank: Rank } | null = null;
  for (const agent of desk.free.values()) {
    const load = plateOf(desk, agent.id).load;
    const isClean = best !== null && best.rank[0] === 0 && best.rank[1] === 0;
    if (best !== null && isClean && load > best.rank[2]) break;
    if (!mayTake(agent)) continue;
    const level = skill === null ? BEST_LEVEL : (agent.skills[skill] ?? 1);
    const rank: Rank = [
      wanted.missed?.includes(agent.id) ? 1 : 0,
      speaks(agent, language) ? 0 : 1,
      load,
      BEST_LEVEL - level,
    ];
    if (best === null || isBefore(rank, best.rank)) best = { agent, rank };
    if (rank.every((part, index) => part === 0 || index === 2)) break;
  }
  return best?.agent ?? null;
}

type Rank = [missed: number, foreign: number, load: number, below: number];

function isBefore(a: Rank, b: Rank): boolean {
  for (let index = 0; index < a.length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The agent whom a visitor who has just come back had last, unless it is theirs, or they let it ring. */
function lastAgent(desk: Desk, wanted: Wanted, now: EpochMs): Agent | null {
  const id = wanted.preferredAgent ?? null;
  if (id === null || now - (wanted.waitingSince ?? 0) >= STICKY_MS) return null;
  return wanted.missed?.includes(id) || wanted.transfer ? null : desk.agents.get(id);
}

function isAsked(agent: Agent, wanted: Wanted, now: EpochMs): boolean {
  const toAgent = wanted.transfer?.toAgent ?? null;
  if (agent.id === wanted.agent || (toAgent !== null && toAgent !== agent.id)) return false;
  return (wanted.declined?.[agent.id] ?? 0) <= now;
}
