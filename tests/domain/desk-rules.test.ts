/** What holds of the desk at every moment of any day, and that it decides as its plain model does. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { loadOf } from "../../domain/desk/capacity.ts";
import type { Desk } from "../../domain/desk/desk.ts";
import { deskOf } from "../../domain/desk/entries.ts";
import { settle } from "../../domain/desk/settle.ts";
import { action, day, type Moment } from "./desk-days.ts";
import { type DeskModel, modelRank } from "./desk-model.ts";

/** Random days take their time where the machine is busy. */
const WITHIN = { timeout: 30_000 };

function everyMoment(check: (moment: Moment) => void): void {
  fc.assert(
    fc.property(fc.array(action, { minLength: 1, maxLength: 120, size: "max" }), (actions) => {
      for (const moment of day(actions)) check(moment);
    }),
    { numRuns: 250 },
  );
}

/** What both say of a moment, in the same words. */
function ofDesk({ agents, items, holds }: Desk, now: number) {
  return {
    agents: [...agents.values()].map((agent) => ({
      id: agent.id,
      state: agent.state,
      places: agent.capacity,
      misses: agent.misses,
      assignedAt: agent.assignedAt,
      lostAt: agent.lostAt,
    })),
    items: [...items.values()].map((item) => ({
      id: item.conversation,
      agent: item.agent,
      offer: item.offer?.agent ?? null,
      until: item.offer?.expiresAt ?? null,
      transfer: item.transfer?.toAgent ?? item.transfer?.toSkill ?? null,
      declined: Object.keys(item.declined)
        .filter((id) => (item.declined[id] ?? 0) > now)
        .toSorted(),
      missed: item.missed.toSorted(),
      onHold: item.onHold,
      closedAt: item.closedAt,
    })),
    holds: [...holds.values()].map(({ decisionId, agent, expiresAt }) => [decisionId, agent, expiresAt]),
  };
}

function ofModel({ agents, items, holds }: DeskModel, now: number) {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return {
    agents: agents.toSorted(byId).map(({ id, state, places, misses, assignedAt, lostAt }) => ({
      id,
      state,
      places,
      misses,
      assignedAt,
      lostAt,
    })),
    items: items.toSorted(byId).map((item) => ({
      id: item.id,
      agent: item.agent,
      offer: item.offer?.agent ?? null,
      until: item.offer?.until ?? null,
      transfer: item.transfer?.agent ?? item.transfer?.skill ?? null,
      declined: [...item.declined.keys()].filter((id) => (item.declined.get(id) ?? 0) > now).toSorted(),
      missed: [...item.missed].toSorted(),
      onHold: item.onHold,
      closedAt: item.closedAt,
    })),
    holds: holds
      .toSorted((a, b) => (a.decision < b.decision ? -1 : 1))
      .map(({ decision, agent, until }) => [decision, agent, until]),
  };
}

test("R-K1: the indexed desk decides every step of any day as the plain model does", WITHIN, () => {
  everyMoment(({ after, model, now }) => {
    expect(ofDesk(after, now)).toEqual(ofModel(model, now));
    for (const { id } of model.agents) expect(loadOf(after, id)).toBe(model.load(id) / 10);
    expect([...after.queue.values()].map(({ conversation }) => conversation)).toEqual(
      model.waiting().map(({ id }) => id),
    );
  });
});

test(
  "R-K2: what is looked up in the desk follows from its facts: read again from them it is the same",
  WITHIN,
  () => {
    everyMoment(({ after, now }) => {
      const facts = {
        agents: [...after.agents.values()],
        items: [...after.items.values()].toReversed(),
        holds: [...after.holds.values()],
      };
      expect(settle(deskOf(facts), now)).toEqual({ desk: after, effects: [] });
    });
  },
);

test("R-K3: routing and supervisors never take an agent over their capacity", WITHIN, () => {
  everyMoment(({ before, model, action: each, effects }) => {
    for (const agent of model.agents) {
      const byHand = each.kind === "claim" || each.kind === "take";
      const offered = effects.some(
        (effect) => effect.to === "agent" && effect.frame === "offered" && effect.agent === agent.id,
      );
      const given =
        each.kind === "give" && each.to === agent.id && loadOf(before, agent.id) < model.load(agent.id) / 10;
      if (!byHand && (offered || given)) expect(model.load(agent.id)).toBeLessThanOrEqual(agent.places * 10);
    }
  });
});

test("R-K4: nobody waits whom an agent with a free place may take", WITHIN, () => {
  everyMoment(({ model, now }) => {
    for (const item of model.items) {
      const asks = item.closedAt === null && item.offer === null;
      if (asks && (item.agent === null || item.transfer !== null)) expect(model.able(item, now)).toEqual([]);
    }
  });
});

test(
  "R-K5: no overtaking: within a skill, a language and a priority who came first is offered first",
  WITHIN,
  () => {
    everyMoment(({ model, action: each, now }) => {
      const fresh = model.items.filter(({ offer, agent }) => agent === null && offer?.until === now + 30_000);
      for (const item of model.waiting().filter(({ offer }) => offer === null)) {
        if (item.declined.size > 0) continue;
        const overtook = fresh.filter(
          (other) =>
            other.skill === item.skill &&
            other.language === item.language &&
            other.priority === item.priority &&
            other.since > item.since &&
            other.preferred === item.preferred &&
            !(each.kind === "arrive" && each.conversation === other.id && other.decision !== null),
        );
        expect(overtook).toEqual([]);
      }
    });
  },
);

test(
  "R-K6: nobody starves: who has waited longer than the points of others are worth goes before all who come",
  WITHIN,
  () => {
    everyMoment(({ model, action: each }) => {
      if (each.kind !== "arrive") return;
      const [newest] = model.items.filter(({ id, agent }) => id === each.conversation && agent === null);
      if (newest === undefined) return;
      for (const item of model.waiting()) {
        const worth = (newest.priority - item.priority) * 60_000;
        if (newest.since - item.since > worth) expect(modelRank(item)).toBeLessThan(modelRank(newest));
      }
    });
  },
);

test(
  "R-K7: a conversation has one agent or none, is offered to one other at a time, and ends once",
  WITHIN,
  () => {
    everyMoment(({ before, after, effects }) => {
      for (const item of after.items.values()) {
        if (item.offer !== null) expect(item.offer.agent).not.toBe(item.agent);
        if (item.closedAt !== null) expect([item.offer, item.transfer]).toEqual([null, null]);
        const was = before.items.get(item.conversation);
        if (was?.closedAt != null) expect(item.closedAt).toBe(was.closedAt);
        if (was === null || was.agent === item.agent || item.agent === null) continue;
        const told = effects.filter(
          (effect) =>
            effect.to === "room" &&
            effect.command.conversation === item.conversation &&
            effect.command.agent?.id === item.agent,
        );
        expect(told).toHaveLength(1);
      }
    });
  },
);
