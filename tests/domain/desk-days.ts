/** Random days of a desk: what happens, told to the desk and to its plain model alike. */
import * as fc from "fast-check";
import { accept, claim, putOnHold } from "../../domain/desk/assignment.ts";
import { type Desk, EMPTY_DESK, type Outcome, type Staff, type Step } from "../../domain/desk/desk.ts";
import { hold, release } from "../../domain/desk/leases.ts";
import { decline } from "../../domain/desk/offers.ts";
import { dismiss, lose, meet, setState } from "../../domain/desk/presence.ts";
import { hear } from "../../domain/desk/queue.ts";
import type { RoomReport } from "../../domain/desk/report.ts";
import { settle } from "../../domain/desk/settle.ts";
import { give, takeOver } from "../../domain/desk/supervision.ts";
import { transfer } from "../../domain/desk/transfer.ts";
import { DeskModel } from "./desk-model.ts";

export const TEAM: Record<string, Staff & { admin: boolean }> = {
  ana: { skills: {}, languages: [], capacity: null, admin: true },
  bob: { skills: { sales: 3 }, languages: ["fr"], capacity: 2, admin: false },
  cyd: { skills: { sales: 1, care: 2 }, languages: ["fr", "de"], capacity: null, admin: false },
  dan: { skills: { care: 3 }, languages: ["en"], capacity: 1, admin: false },
};
const AGENTS = Object.keys(TEAM);
const SKILLS = [null, "sales", "care"];

const anAgent = fc.constantFrom(...AGENTS);
const aConversation = fc.constantFrom(...Array.from({ length: 10 }, (_, index) => `c${index}`));
const kind = <K extends string>(...kinds: K[]) => fc.constantFrom(...kinds);

export const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: kind("arrive"),
      conversation: aConversation,
      skill: fc.constantFrom(...SKILLS),
      priority: fc.constantFrom(-2, 0, 0, 0, 3),
      locale: fc.constantFrom(null, "fr-FR", "de", "en-GB", "it"),
      preferred: fc.option(anAgent, { freq: 3 }),
      decided: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kind("state"),
      agent: anAgent,
      state: fc.constantFrom("online" as const, "online" as const, "away" as const),
      capacity: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: kind("accept", "accept", "decline", "claim"),
      agent: anAgent,
      conversation: aConversation,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind("leave"), conversation: aConversation }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind("turn"),
      conversation: aConversation,
      turn: fc.constantFrom("agent", "visitor"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind("pause"),
      agent: anAgent,
      conversation: aConversation,
      on: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind("drop", "back", "dismiss"), agent: anAgent }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind("transfer"),
      agent: anAgent,
      conversation: aConversation,
      to: fc.constantFrom(...AGENTS, "sales", "care"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind("give"), agent: anAgent, conversation: aConversation, to: anAgent }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind("take"), agent: anAgent, conversation: aConversation }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("hold", "hold", "release"), conversation: aConversation }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: kind("wait"), seconds: fc.constantFrom(1, 10, 21, 31, 61, 130) }),
  },
);
export type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;
export type Moment = {
  before: Desk;
  after: Desk;
  model: DeskModel;
  action: Action;
  effects: Step["effects"];
  now: number;
};

/** Every moment of a day: the action, then what time and routing make of it. */
export function* day(actions: readonly Action[]): Generator<Moment> {
  let desk = EMPTY_DESK;
  const model = new DeskModel();
  let now = 1_000_000;
  for (const [index, each] of actions.entries()) {
    now += each.kind === "wait" ? each.seconds * 1_000 : 100;
    const acted = act(desk, each, index + 1, now);
    const settled = settle(acted.desk, now);
    actOn(model, each, index + 1, now);
    model.settle(now);
    const effects = [...acted.effects, ...settled.effects];
    yield { before: desk, after: settled.desk, model, action: each, effects, now };
    desk = settled.desk;
  }
}

export function report(conversation: string, more: Partial<RoomReport> = {}): RoomReport {
  return {
    conversation,
    revision: 1,
    status: "queued",
    visitor: `v-${conversation}`,
    name: null,
    verified: false,
    preview: "bonjour",
    page: null,
    place: null,
    skill: null,
    priority: 0,
    decisionId: null,
    locale: null,
    waitingSince: 0,
    ...more,
  };
}

function act(desk: Desk, each: Action, revision: number, now: number): Step {
  const only = (next: Desk): Step => ({ desk: next, effects: [] });
  const tried = (outcome: Outcome): Step => (outcome.ok ? outcome : only(desk));
  switch (each.kind) {
    case "arrive": {
      if (desk.items.has(each.conversation)) return only(desk);
      const decisionId = each.decided ? `dec-${each.conversation}` : null;
      const { skill, priority, locale, preferred: preferredAgent } = each;
      const facts = { skill, priority, locale, preferredAgent, decisionId, turn: "agent" as const };
      return hear(desk, report(each.conversation, { ...facts, revision, waitingSince: now }), now);
    }
    case "turn":
    case "leave": {
      const known = desk.items.get(each.conversation);
      if (known === null) return only(desk);
      const { skill, priority, locale, decisionId, waitingSince } = known;
      const facts = { skill, priority, locale, decisionId, waitingSince };
      const status = each.kind === "leave" ? ("closed" as const) : ("queued" as const);
      const turn =
        each.kind === "turn" && each.turn === "visitor" ? ("visitor" as const) : ("agent" as const);
      return hear(desk, report(each.conversation, { ...facts, revision, status, turn }), now);
    }
    case "state": {
      const met = meetIn(desk, each.agent, now);
      return setState(met, each.agent, each.state, each.capacity, now);
    }
    case "accept":
      return tried(accept(desk, each.agent, each.conversation, now));
    case "decline":
      return tried(decline(desk, each.agent, each.conversation, now));
    case "claim":
      if (!desk.agents.has(each.agent)) return only(desk);
      return tried(claim(desk, { id: each.agent, name: each.agent }, each.conversation, now));
    case "pause":
      return tried(putOnHold(desk, each.agent, each.conversation, each.on, now));
    case "drop":
      return only(lose(desk, each.agent, now));
    case "back":
      return only(desk.agents.has(each.agent) ? meetIn(desk, each.agent, now) : desk);
    case "dismiss":
      return dismiss(desk, each.agent, now);
    case "transfer": {
      const toAgent = AGENTS.includes(each.to) ? each.to : null;
      const target = { toAgent, toSkill: toAgent === null ? each.to : null, note: null };
      return tried(transfer(desk, each.agent, each.conversation, target, now));
    }
    case "give":
      return tried(give(desk, each.agent, each.conversation, each.to, now));
    case "take":
      return tried(takeOver(desk, each.agent, each.conversation, now));
    case "hold":
      return only(hold(desk, { decisionId: `dec-${each.conversation}`, skill: null }, now).desk);
    case "release":
      return only(release(desk, `dec-${each.conversation}`));
    case "wait":
      return only(desk);
    default:
      return each satisfies never;
  }
}

function meetIn(desk: Desk, id: string, now: number): Desk {
  const staff = TEAM[id];
  const role = staff?.admin === true ? "admin" : "agent";
  const { skills = {}, languages = [], capacity = null } = staff ?? {};
  return meet(desk, { id, name: id, role }, { skills, languages, capacity }, now);
}

function actOn(model: DeskModel, each: Action, revision: number, now: number): void {
  switch (each.kind) {
    case "arrive": {
      if (model.items.some(({ id }) => id === each.conversation)) return;
      const decision = each.decided ? `dec-${each.conversation}` : null;
      const { skill, priority, preferred } = each;
      const language = each.locale?.slice(0, 2) ?? null;
      const facts = { skill, priority, preferred, language, decision, turn: "agent" as const };
      return model.hear({ id: each.conversation, revision, since: now, ...facts }, false, now);
    }
    case "turn":
    case "leave": {
      const known = model.items.find(({ id }) => id === each.conversation);
      if (known === undefined) return;
      const turn =
        each.kind === "turn" && each.turn === "visitor" ? ("visitor" as const) : ("agent" as const);
      const { id, skill, priority, language, since, decision, preferred } = known;
      const heard = { id, revision, skill, priority, language, since, decision, preferred, turn };
      return model.hear(heard, each.kind === "leave", now);
    }
    case "state":
      meetModel(model, each.agent);
      return model.setState(each.agent, each.state, each.capacity);
    case "accept":
      return model.accept(each.agent, each.conversation, now);
    case "decline":
      return model.decline(each.agent, each.conversation, now);
    case "claim":
      return model.claim(each.agent, each.conversation, now);
    case "pause":
      return model.putOnHold(each.agent, each.conversation, each.on);
    case "drop":
      return model.lose(each.agent, now);
    case "back":
      if (model.agent(each.agent) !== undefined) meetModel(model, each.agent);
      return;
    case "dismiss":
      return model.dismiss(each.agent);
    case "transfer": {
      const agent = AGENTS.includes(each.to) ? each.to : null;
      const target = { agent, skill: agent === null ? each.to : null };
      return model.transfer(each.agent, each.conversation, target, now);
    }
    case "give":
      return model.give(each.agent, each.conversation, each.to, now);
    case "take":
      return model.takeOver(each.agent, each.conversation, now);
    case "hold":
      return model.hold(`dec-${each.conversation}`, now);
    case "release":
      return model.release(`dec-${each.conversation}`);
    case "wait":
      return;
    default:
      return each satisfies never;
  }
}

function meetModel(model: DeskModel, id: string): void {
  const { admin = false, skills = {}, languages = [], capacity = null } = TEAM[id] ?? {};
  model.meet(id, { skills, languages, capacity }, admin);
}
