/**
 * The desk's rules once more, as plainly as they can be said: three lists, everything found by reading all of them.
 * It is the measure of the indexed desk, and shares no step of its code.
 */
import type { Staff } from "../../domain/desk/desk.ts";

const SECOND = 1_000;
const OFFER = 30 * SECOND;
const DECLINED = 30 * SECOND;
const GRACE = 30 * SECOND;
const RETURN = 120 * SECOND;
const LANGUAGE = 20 * SECOND;
const STICKY = 30 * SECOND;
const HOLD = 60 * SECOND;
const REMEMBER = 3_600 * SECOND;
const POINT = 60 * SECOND;

export type ModelAgent = Staff & {
  id: string;
  admin: boolean;
  state: "online" | "away" | "offline";
  places: number;
  misses: number;
  assignedAt: number;
  lostAt: number | null;
};
export type ModelItem = {
  id: string;
  revision: number;
  skill: string | null;
  priority: number;
  language: string | null;
  since: number;
  decision: string | null;
  preferred: string | null;
  turn: "agent" | "visitor";
  agent: string | null;
  offer: { agent: string; until: number } | null;
  transfer: { agent: string | null; skill: string | null } | null;
  declined: Map<string, number>;
  missed: Set<string>;
  onHold: boolean;
  closedAt: number | null;
};
type ModelHold = { decision: string; agent: string; until: number };
export type Heard = Pick<
  ModelItem,
  "id" | "revision" | "skill" | "priority" | "language" | "since" | "decision" | "preferred" | "turn"
>;

export class DeskModel {
  agents: ModelAgent[] = [];
  items: ModelItem[] = [];
  holds: ModelHold[] = [];

  agent(id: string): ModelAgent | undefined {
    return this.agents.find((agent) => agent.id === id);
  }

  open(id: string): ModelItem | undefined {
    return this.items.find((item) => item.id === id && item.closedAt === null);
  }

  /** In tenths of a place. */
  load(agent: string): number {
    const open = this.items.filter((item) => item.closedAt === null);
    const own: number[] = open
      .filter((item) => item.agent === agent)
      .map((item) => (item.onHold ? 0 : item.turn === "visitor" ? 3 : 10));
    const offered = open.filter((item) => item.offer?.agent === agent).length;
    const held = this.holds.filter((hold) => hold.agent === agent).length;
    return own.reduce((sum, weight) => sum + weight, 0) + 10 * (offered + held);
  }

  accepts(agent: ModelAgent, now: number): boolean {
    return agent.state === "online" && (agent.lostAt === null || now - agent.lostAt < GRACE);
  }

  hasPlace(agent: ModelAgent, now: number): boolean {
    return this.accepts(agent, now) && this.fits(agent);
  }

  /** By their own hand agents take as many, asked or not. */
  fits(agent: ModelAgent): boolean {
    return this.load(agent.id) + 10 <= agent.places * 10;
  }

  serves(agent: ModelAgent, skill: string | null): boolean {
    const skills = Object.keys(agent.skills);
    return skill === null || skills.length === 0 || skills.includes(skill);
  }

  speaks(agent: ModelAgent, language: string | null): boolean {
    return language === null || agent.languages.length === 0 || agent.languages.includes(language);
  }

  /** Who may be asked for this, each with what they are compared by. */
  able(item: ModelItem, now: number): { agent: ModelAgent; rank: number[] }[] {
    const { transfer } = item;
    const skill = transfer === null ? item.skill : transfer.skill;
    const language = transfer?.agent ? null : item.language;
    const isSpoken = this.agents.some(
      (agent) => this.accepts(agent, now) && this.serves(agent, skill) && this.speaks(agent, language),
    );
    const any = now - item.since >= LANGUAGE || !isSpoken;
    const returns = transfer === null && now - item.since < STICKY ? item.preferred : null;
    return this.agents
      .filter((agent) => agent.id !== item.agent && (transfer?.agent ?? agent.id) === agent.id)
      .filter((agent) => (item.declined.get(agent.id) ?? 0) <= now)
      .filter((agent) => this.hasPlace(agent, now) && this.serves(agent, skill))
      .filter((agent) => any || this.speaks(agent, language))
      .map((agent) => ({
        agent,
        rank: [
          item.missed.has(agent.id) ? 1 : 0,
          returns === agent.id ? 0 : 1,
          this.speaks(agent, language) ? 0 : 1,
          this.load(agent.id),
          skill === null ? 0 : 3 - (agent.skills[skill] ?? 1),
          agent.assignedAt,
        ],
      }));
  }

  pick(item: ModelItem, now: number): ModelAgent | null {
    const [best] = this.able(item, now).toSorted(
      (a, b) => compareRanks(a.rank, b.rank) || (a.agent.id < b.agent.id ? -1 : 1),
    );
    return best?.agent ?? null;
  }

  waiting(): ModelItem[] {
    return this.items.filter((item) => item.closedAt === null && item.agent === null).toSorted(inOrder);
  }

  meet(id: string, staff: Staff, admin: boolean): void {
    const known = this.agent(id);
    if (known !== undefined) known.lostAt = null;
    else {
      const places = staff.capacity ?? 3;
      const fresh = { misses: 0, assignedAt: 0, lostAt: null };
      this.agents.push({ ...staff, ...fresh, id, admin, places, state: "offline" });
    }
  }

  setState(id: string, state: ModelAgent["state"], places: number): void {
    const agent = this.agent(id);
    if (agent === undefined || (agent.state === state && agent.places === places)) return;
    Object.assign(agent, { state, places });
    if (state === "online") agent.misses = 0;
    else this.#returnOffers(id);
  }

  lose(id: string, now: number): void {
    const agent = this.agent(id);
    if (agent !== undefined) agent.lostAt ??= now;
  }

  dismiss(id: string): void {
    this.#returnOffers(id);
    this.#returnItems(id);
    this.agents = this.agents.filter((agent) => agent.id !== id);
    this.holds = this.holds.filter((hold) => hold.agent !== id);
  }

  hear(heard: Heard, closed: boolean, now: number): void {
    const known = this.items.find((item) => item.id === heard.id);
    if (known !== undefined && known.revision >= heard.revision) return;
    if (known?.closedAt != null && !closed) return;
    const blank = { agent: null, offer: null, transfer: null, onHold: false, closedAt: null };
    const item = known ?? { ...blank, ...heard, declined: new Map(), missed: new Set() };
    Object.assign(item, heard);
    if (known === undefined) this.items.push(item);
    if (closed) {
      Object.assign(item, { offer: null, transfer: null, closedAt: item.closedAt ?? now });
      return;
    }
    const held = this.holds.find((hold) => hold.decision === heard.decision);
    if (held === undefined || known !== undefined) return;
    this.holds = this.holds.filter((hold) => hold !== held);
    const agent = this.agent(held.agent);
    if (agent === undefined || !this.hasPlace(agent, now) || !this.serves(agent, item.skill)) return;
    item.offer = { agent: agent.id, until: now + OFFER };
  }

  accept(id: string, conversation: string, now: number): void {
    const item = this.open(conversation);
    const agent = this.agent(id);
    if (item === undefined || agent === undefined) return;
    if (item.agent === id) {
      if (item.transfer !== null) forgetAsked(item);
    } else if (item.offer?.agent === id) this.#assign(item, agent, now);
    else if (item.agent === null && item.offer === null && this.fits(agent)) {
      this.#assign(item, agent, now);
    }
  }

  claim(id: string, conversation: string, now: number): void {
    const item = this.open(conversation);
    const agent = this.agent(id);
    if (item === undefined || agent === undefined || item.agent !== null) return;
    agent.lostAt = null;
    this.#assign(item, agent, now);
  }

  decline(id: string, conversation: string, now: number): void {
    const item = this.open(conversation);
    if (item?.offer?.agent !== id) return;
    item.offer = null;
    item.declined.set(id, now + DECLINED);
    giveBack(item);
  }

  transfer(
    id: string,
    conversation: string,
    to: { agent: string | null; skill: string | null },
    now: number,
  ) {
    const item = this.open(conversation);
    if (item === undefined || item.agent !== id) return;
    const asked = { ...item, offer: null, transfer: to, declined: new Map(), missed: new Set<string>() };
    const { offer } = item;
    item.offer = null;
    const taken = to.agent === null || this.pick(asked, now) !== null;
    const there = this.agents.some(
      (agent) => agent.id !== id && this.accepts(agent, now) && this.serves(agent, to.skill),
    );
    if (taken && there) Object.assign(item, asked);
    else item.offer = offer;
  }

  putOnHold(id: string, conversation: string, on: boolean): void {
    const item = this.open(conversation);
    if (item?.agent === id) item.onHold = on;
  }

  give(by: string, conversation: string, to: string, now: number): void {
    const item = this.open(conversation);
    const agent = this.agent(to);
    if (!this.agent(by)?.admin || item === undefined || agent === undefined || item.agent === to) return;
    if (item.offer?.agent === to || this.hasPlace(agent, now)) this.#assign(item, agent, now);
  }

  takeOver(by: string, conversation: string, now: number): void {
    const item = this.open(conversation);
    const agent = this.agent(by);
    if (item === undefined || agent === undefined || !agent.admin) return;
    if (item.agent !== by) this.#assign(item, agent, now);
    else if (item.transfer !== null) forgetAsked(item);
  }

  hold(decision: string, now: number): void {
    const known = this.holds.find((hold) => hold.decision === decision);
    if (known !== undefined && known.until > now) return;
    const wanted = { skill: null, language: null, since: now, preferred: null, agent: null, transfer: null };
    const empty = { declined: new Map<string, number>(), missed: new Set<string>() };
    const agent = this.pick({ ...wanted, ...empty } as ModelItem, now);
    if (agent === null) return;
    this.release(decision);
    this.holds.push({ decision, agent: agent.id, until: now + HOLD });
  }

  release(decision: string): void {
    this.holds = this.holds.filter((hold) => hold.decision !== decision);
  }

  settle(now: number): void {
    for (let due = this.#due(now); due !== null; due = this.#due(now)) due();
    this.items = this.items.filter((item) => item.closedAt === null || now - item.closedAt < REMEMBER);
    this.holds = this.holds.filter((hold) => hold.until > now);
    const asking = this.items.filter(
      (item) =>
        item.closedAt === null && item.offer === null && (item.agent === null || item.transfer !== null),
    );
    for (const item of asking.toSorted(inOrder)) {
      const agent = this.pick(item, now);
      if (agent !== null) item.offer = { agent: agent.id, until: now + OFFER };
    }
  }

  /** The first thing that time has brought about by `now`. */
  #due(now: number): (() => void) | null {
    const offers = this.items.flatMap((item) =>
      item.offer === null
        ? []
        : [{ at: item.offer.until, name: `offer ${item.id}`, ring: () => this.#miss(item) }],
    );
    const lost = this.agents.flatMap((agent) => {
      const { id, lostAt } = agent;
      if (lostAt === null) return [];
      const has = this.items.some((item) => item.closedAt === null && item.agent === id);
      const grace = {
        at: lostAt + GRACE,
        name: `grace ${id}`,
        ring: () => this.setState(id, "offline", agent.places),
      };
      const back = { at: lostAt + RETURN, name: `return ${id}`, ring: () => this.#returnItems(id) };
      return [...(agent.state === "offline" ? [] : [grace]), ...(has ? [back] : [])];
    });
    // A held place counts until it lapses, and what lapses before it finds it still held.
    const held = this.holds.map(({ until, decision }) => ({
      at: until,
      name: `hold ${decision}`,
      ring: () => this.release(decision),
    }));
    const [first] = [...offers, ...lost, ...held]
      .filter(({ at }) => at <= now)
      .toSorted((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1));
    return first?.ring ?? null;
  }

  #miss(item: ModelItem): void {
    const agent = this.agent(item.offer?.agent ?? "");
    item.missed.add(item.offer?.agent ?? "");
    item.offer = null;
    giveBack(item);
    if (agent === undefined) return;
    agent.misses += 1;
    if (agent.misses >= 3 && agent.state === "online") this.setState(agent.id, "away", agent.places);
  }

  #assign(item: ModelItem, agent: ModelAgent, now: number): void {
    forgetAsked(item);
    Object.assign(item, { agent: agent.id, onHold: false });
    Object.assign(agent, { misses: 0, assignedAt: now });
  }

  #returnOffers(agent: string): void {
    for (const item of this.items.filter(({ offer }) => offer?.agent === agent)) {
      item.offer = null;
      giveBack(item);
    }
  }

  #returnItems(agent: string): void {
    for (const item of this.items.filter((each) => each.agent === agent && each.closedAt === null)) {
      forgetAsked(item);
      Object.assign(item, { agent: null, onHold: false });
    }
  }
}

export function modelRank({ since, priority }: Pick<ModelItem, "since" | "priority">): number {
  return since - priority * POINT;
}

function inOrder(a: ModelItem, b: ModelItem): number {
  return modelRank(a) - modelRank(b) || (a.id < b.id ? -1 : 1);
}

function giveBack(item: ModelItem): void {
  if (item.transfer !== null && item.transfer.agent !== null && item.agent !== null) forgetAsked(item);
}

function forgetAsked(item: ModelItem): void {
  Object.assign(item, { offer: null, transfer: null, declined: new Map(), missed: new Set() });
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
