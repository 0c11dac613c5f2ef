/** The desk under random days: agents come and go, visitors arrive and leave, offers are taken, declined, missed. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { accept, claim, wrapUp } from "../../domain/desk/assignment.ts";
import { isAccepting, loadOf, serves } from "../../domain/desk/capacity.ts";
import { type Desk, EMPTY_DESK, type Item, type Staff, type Step } from "../../domain/desk/desk.ts";
import { GRACE_MS } from "../../domain/desk/entries.ts";
import { hold, HOLD_MS, release } from "../../domain/desk/leases.ts";
import { decline, OFFER_MS } from "../../domain/desk/offers.ts";
import { dismiss, lose, meet, NO_STAFF, setState } from "../../domain/desk/presence.ts";
import { hear } from "../../domain/desk/queue.ts";
import { rankOf } from "../../domain/desk/rank.ts";
import { nextChangeAt, settle } from "../../domain/desk/settle.ts";
import { transfer } from "../../domain/desk/transfer.ts";
import { placeOf, statusOf, viewItem, viewQueue } from "../../domain/desk/view.ts";
import { DeskConversation } from "../../domain/desk/wire.ts";
import { report } from "./desk-days.ts";

const AGENTS = ["ana", "bob", "cyd"];
const STAFF: Record<string, Staff> = {
  ana: NO_STAFF,
  bob: { ...NO_STAFF, skills: { sales: 2 } },
  cyd: { ...NO_STAFF, skills: { sales: 2, care: 2 } },
};

const agentsOf = (desk: Desk) => [...desk.agents.values()];
const itemsOf = (desk: Desk) => [...desk.items.values()];
const holdsOf = (desk: Desk) => [...desk.holds.values()];
const waiting = (desk: Desk) => [...desk.queue.values()];

const agent = fc.constantFrom(...AGENTS);
const conversation = fc.constantFrom(...Array.from({ length: 8 }, (_, index) => `c${index}`));
const action = fc.oneof(
  fc.record({
    kind: fc.constant("arrive" as const),
    conversation,
    skill: fc.constantFrom(null, "sales", "care"),
    priority: fc.constantFrom(-5, 0, 0, 0, 10),
    decided: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("leave" as const), conversation }),
  fc.record({
    kind: fc.constant("state" as const),
    agent,
    state: fc.constantFrom("online" as const, "online" as const, "away" as const),
    capacity: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({
    kind: fc.constantFrom("accept" as const, "accept" as const, "decline" as const),
    agent,
    conversation,
  }),
  fc.record({ kind: fc.constant("drop" as const), agent }),
  fc.record({ kind: fc.constant("dismiss" as const), agent }),
  fc.record({
    kind: fc.constant("transfer" as const),
    agent,
    conversation,
    target: fc.constantFrom(...AGENTS, "sales"),
  }),
  fc.record({ kind: fc.constant("hold" as const), conversation }),
  fc.record({ kind: fc.constant("release" as const), conversation }),
  fc.record({ kind: fc.constant("wait" as const), seconds: fc.constantFrom(1, 10, 31, 61, 130) }),
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

function act(desk: Desk, each: Action, now: number): Step {
  const only = (next: Desk): Step => ({ desk: next, effects: [] });
  const tried = (outcome: ReturnType<typeof accept>): Step => (outcome.ok ? outcome : only(desk));
  switch (each.kind) {
    case "arrive": {
      const decisionId = each.decided ? `dec-${each.conversation}` : null;
      return hear(
        desk,
        report(each.conversation, {
          skill: each.skill,
          priority: each.priority,
          locale: "fr",
          decisionId,
          waitingSince: now,
        }),
        now,
      );
    }
    case "leave":
      return hear(desk, report(each.conversation, { status: "closed", locale: "fr", revision: 2 }), now);
    case "state": {
      const met = meet(desk, { id: each.agent, name: each.agent }, STAFF[each.agent] ?? NO_STAFF, now);
      return setState(met, each.agent, each.state, each.capacity, now);
    }
    case "accept":
      return tried(accept(desk, each.agent, each.conversation, now));
    case "decline":
      return tried(decline(desk, each.agent, each.conversation, now));
    case "drop":
      return only(lose(desk, each.agent, now));
    case "dismiss":
      return dismiss(desk, each.agent, now);
    case "transfer": {
      const toSkill = each.target === "sales" ? "sales" : null;
      const target = { toAgent: toSkill === null ? each.target : null, toSkill, note: null };
      return tried(transfer(desk, each.agent, each.conversation, target, now));
    }
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

type Moment = { before: Desk; after: Desk; action: Action; effects: Step["effects"]; now: number };

/** Every moment of a day: the action, then what time and routing make of it. */
function* day(actions: readonly Action[]): Generator<Moment> {
  let desk = EMPTY_DESK;
  let now = 1_000_000;
  for (const each of actions) {
    now += each.kind === "wait" ? each.seconds * 1_000 : 100;
    const acted = act(desk, each, now);
    const settled = settle(acted.desk, now);
    yield {
      before: desk,
      after: settled.desk,
      action: each,
      effects: [...acted.effects, ...settled.effects],
      now,
    };
    desk = settled.desk;
  }
}

function everyMoment(check: (moment: Moment) => void): void {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80, size: "max" }), (actions) => {
      for (const moment of day(actions)) check(moment);
    }),
    { numRuns: 120 },
  );
}

const isOpen = (item: Item) => item.closedAt === null;

test("R-C12: routing never takes an agent over their capacity", () => {
  everyMoment(({ before, after, now }) => {
    for (const each of after.agents.values()) {
      const load = loadOf(after, each.id);
      const earlier = before.agents.get(each.id);
      const lowered = earlier !== null && earlier.capacity > each.capacity;
      const was = loadOf(before, each.id);
      expect(load <= each.capacity || load <= was || lowered, `${each.id} at ${now}`).toBe(true);
    }
  });
});

/** Whether `other` is to be served after `item`, where both wait for the same skill. */
function comesAfter(other: Item, item: Item): boolean {
  if (other.skill !== item.skill) return false;
  return rankOf(other) > rankOf(item);
}

test("R-C12: no overtaking: who has waited longest, a point of priority counting as a minute, is offered first", () => {
  everyMoment(({ after, now }) => {
    const free = waiting(after).filter((item) => item.offer === null);
    for (const item of free) {
      const heldOff = Object.values(item.declined).some((until) => until > now);
      const later = itemsOf(after).filter(
        (other) =>
          isOpen(other) &&
          comesAfter(other, item) &&
          other.offer?.expiresAt === now + OFFER_MS &&
          other.agent === null &&
          other.decisionId === null,
      );
      expect(heldOff ? [] : later).toEqual([]);
    }
  });
});

test("R-C12: no overtaking: of all that wait at once, each skill is offered by priority, and from its oldest on", () => {
  const arrival = fc.record({
    skill: fc.constantFrom(null, "sales", "care"),
    priority: fc.constantFrom(-5, 0, 10),
    since: fc.nat(50),
  });
  const free = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 12 }), fc.tuple(free, free, free), (arrivals, capacities) => {
      let desk = EMPTY_DESK;
      for (const [index, { skill, priority, since }] of arrivals.entries()) {
        desk = hear(
          desk,
          report(`c${index}`, { skill, priority, locale: "fr", waitingSince: since }),
          100,
        ).desk;
      }
      for (const [index, id] of AGENTS.entries()) {
        const met = meet(desk, { id, name: id }, STAFF[id] ?? NO_STAFF, 100);
        desk = setState(met, id, "online", capacities[index] ?? 1, 100).desk;
      }
      const items = itemsOf(settle(desk, 100).desk);
      for (const item of items.filter(({ offer }) => offer === null)) {
        const later = items.filter((other) => comesAfter(other, item));
        expect(later.filter(({ offer }) => offer !== null)).toEqual([]);
      }
    }),
  );
});

test("R-C12: nobody waits while somebody who could take them is free", () => {
  everyMoment(({ after, now }) => {
    for (const item of waiting(after).filter(({ offer }) => offer === null)) {
      const able = agentsOf(after).filter(
        (each) =>
          isAccepting(each, now) &&
          serves(each, item.skill) &&
          loadOf(after, each.id) < each.capacity &&
          (item.declined[each.id] ?? 0) <= now,
      );
      expect(able).toEqual([]);
    }
  });
});

test("R-C12: the least loaded is asked first, and among equals who has been without work longest", () => {
  let desk = EMPTY_DESK;
  for (const id of AGENTS)
    desk = setState(meet(desk, { id, name: id }, NO_STAFF, 0), id, "online", 2, 0).desk;
  const asked: (string | undefined)[] = [];
  for (let index = 0; index < 6; index++) {
    desk = settle(
      hear(desk, report(`c${index}`, { locale: "fr", waitingSince: index }), index).desk,
      index,
    ).desk;
    const owner = desk.items.get(`c${index}`)?.offer?.agent ?? "";
    asked.push(owner);
    const taken = accept(desk, owner, `c${index}`, index + 10);
    if (taken.ok) desk = taken.desk;
  }
  expect(asked).toEqual(["ana", "bob", "cyd", "ana", "bob", "cyd"]);
});

test("R-C13: an offer goes to one agent at a time, who is there and serves it", () => {
  everyMoment(({ after, now }) => {
    for (const { offer, agent: owner, skill, transfer: asked } of itemsOf(after).filter(isOpen)) {
      if (offer === null) continue;
      expect(offer.expiresAt).toBeGreaterThan(now);
      expect(offer.agent).not.toBe(owner);
      const offered = after.agents.get(offer.agent);
      expect(offered?.state).toBe("online");
      if (owner === null && offered) expect(serves(offered, skill)).toBe(true);
      if (owner !== null) expect(asked).not.toBeNull();
    }
  });
});

test("R-C13: a place kept by an agent who does not serve what the visitor then asks for is given back", () => {
  const moments = [
    ...day([
      { kind: "state", agent: "bob", state: "online", capacity: 1 },
      { kind: "hold", conversation: "c3" },
      { kind: "arrive", conversation: "c3", skill: "care", priority: 0, decided: true },
    ]),
  ];
  const last = moments.at(-1)?.after;
  expect(last?.items.get("c3")?.offer).toBe(null);
  expect(last?.items.size).toBe(1);
  expect(last?.holds.size).toBe(0);
});

test("R-C14: a conversation that has an agent keeps one until it closes or the agent is gone", () => {
  everyMoment(({ before, after, effects, now }) => {
    for (const item of before.items.values()) {
      const next = after.items.get(item.conversation);
      if (item.agent === null || item.closedAt !== null || !next || next.closedAt !== null) continue;
      if (next.agent !== null) continue;
      const owner = before.agents.get(item.agent ?? "");
      const stillThere = after.agents.get(item.agent ?? "");
      expect(!stillThere || (owner?.lostAt ?? now) < now).toBe(true);
      const told = effects.some(
        (effect) => effect.to === "room" && effect.command.conversation === item.conversation,
      );
      expect(told).toBe(true);
    }
  });
});

test("R-C15: a decision holds one place, for a minute, and the same again is the same", () => {
  everyMoment(({ after, now }) => {
    const ids = holdsOf(after).map(({ decisionId }) => decisionId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const each of after.holds.values()) {
      expect(each.expiresAt).toBeGreaterThan(now);
      expect(each.expiresAt).toBeLessThanOrEqual(now + HOLD_MS);
      const again = hold(after, { decisionId: each.decisionId, skill: null }, now);
      expect(again).toEqual({ desk: after, hold: each });
    }
  });
});

test("R-C11: hearing a report again changes nothing, and a closed conversation never waits again", () => {
  everyMoment(({ after, action: each, now }) => {
    for (const item of after.items.values()) {
      const again = hear(after, report(item.conversation, { revision: item.revision }), now);
      expect(again).toEqual({ desk: after, effects: [] });
    }
    if (
      each.kind === "arrive" &&
      itemsOf(after).some((item) => item.closedAt !== null && item.agent === null)
    ) {
      expect(waiting(after).every(isOpen)).toBe(true);
    }
  });
});

test("R-C16: settling twice at one moment is settling once, and nothing happens before the announced moment", () => {
  everyMoment(({ after, now }) => {
    expect(settle(after, now)).toEqual({ desk: after, effects: [] });
    const next = nextChangeAt(after);
    const until = next === null ? now + 86_400_000 : Math.max(now, next - 1);
    expect(settle(after, until).desk).toEqual(after);
  });
});

test("R-C16: an agent without a socket takes nothing new after the grace", () => {
  everyMoment(({ after, now }) => {
    for (const each of after.agents.values()) {
      if (each.lostAt === null || now - each.lostAt < GRACE_MS) continue;
      expect(each.state).toBe("offline");
      expect(itemsOf(after).some((item) => item.offer?.agent === each.id)).toBe(false);
    }
  });
});

test("R-C12: what consoles, visitors and isolates are told of the desk is what it is", () => {
  everyMoment(({ after, now }) => {
    const status = statusOf(after, [4_000, 6_000], { version: 3, known: [] }, now);
    expect(status.covered).toBe(status.free_slots > 0);
    expect(status.covered && !status.staffed).toBe(false);
    expect(status.waiting).toBe(waiting(after).length);
    const places = waiting(after).map(({ conversation: id }) => placeOf(after, id, [], now).position);
    expect(places).toEqual(waiting(after).map((_, index) => index + 1));
    for (const item of viewQueue(after)) expect(DeskConversation.safeParse(item).success).toBe(true);
  });
});

test("R-C13: an agent who answers in the room takes the conversation, also from under an offer", () => {
  let desk = setState(meet(EMPTY_DESK, { id: "ana", name: "Ana" }, NO_STAFF, 0), "ana", "online", 1, 0).desk;
  desk = settle(hear(desk, report("c1", { locale: "fr" }), 0).desk, 0).desk;
  const taken = claim(desk, { id: "bob", name: "Bob" }, "c1", 5);
  expect(taken).toMatchObject({ ok: true });
  if (!taken.ok) return;
  expect(taken.effects).toContainEqual({
    to: "agent",
    agent: "ana",
    frame: "revoked",
    conversation: "c1",
    reason: "taken",
  });
  const item = taken.desk.items.get("c1");
  expect(item && viewItem(taken.desk, item).agent).toEqual({ id: "bob", name: "Bob" });
  expect(claim(taken.desk, { id: "ana", name: "Ana" }, "c1", 6)).toMatchObject({
    ok: false,
    code: "conflict",
  });
  expect(wrapUp(taken.desk, "ana", "c1", { outcome: "sold" }, 7)).toMatchObject({
    ok: false,
    code: "not_found",
  });
  expect(wrapUp(taken.desk, "bob", "c1", { outcome: "sold" }, 7)).toMatchObject({ ok: true });
});
