/** Who had a conversation when, over whatever happened to it: nothing is counted twice, and nothing is lost. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatRow } from "../../domain/kpi/history.ts";
import { kpiRows } from "../../domain/kpi/measure.ts";
import { chatEnd } from "../../domain/kpi/chat-moments.ts";
import { heldByAgent, heldMs, stretchesOf } from "../../domain/kpi/stretches.ts";
import {
  arbitraryHandover,
  arbitraryShop,
  chat,
  handsFrom,
  history,
  HOUR,
  MINUTE,
  online,
  scope,
  SECOND,
  T0,
} from "./kpi-history.ts";

const sum = (numbers: Iterable<number>) => [...numbers].reduce((all, one) => all + one, 0);

/** A conversation that somebody got after so long and that went through any hands. */
const talk = fc
  .record({
    at: fc.integer({ min: 0, max: 240 }).map((minutes) => T0 + minutes * MINUTE),
    hands: fc.array(arbitraryHandover, { maxLength: 6 }),
    reply: fc.option(fc.integer({ min: 1, max: 90 })),
    lasts: fc.option(fc.integer({ min: 0, max: 300 })),
    spoke: fc.integer({ min: 0, max: 300 }),
    idle: fc.boolean(),
    agent: fc.constantFrom(null, "usr_lea", "usr_hugo", "usr_anne"),
  })
  .map(({ at, hands, reply, lasts, spoke, idle, agent }) => {
    const first = { kind: "assigned" as const, from: null, to: "usr_lea", skill: null, after: 20 * SECOND };
    const answeredAt = reply === null ? null : at + reply * MINUTE;
    const end = lasts === null ? null : (answeredAt ?? at) + lasts * MINUTE;
    return chat("ada", at, {
      assignedAt: at + 20 * SECOND,
      answeredAt,
      agent,
      lastMessageAt: end === null ? answeredAt : Math.min(end, (answeredAt ?? at) + spoke * MINUTE),
      closedAt: end,
      closeReason: end === null ? null : idle ? "idle" : "agent",
      handovers: handsFrom(at, [first, ...hands]),
    });
  });

test("KPI74: stretches follow each other, none goes on after the end, and together they are the conversation less its queues", () => {
  fc.assert(
    fc.property(talk, (one: ChatRow) => {
      const end = chatEnd(one);
      const stretches = stretchesOf(one);
      let until = one.startedAt;
      for (const { from, to } of stretches) {
        expect(from).toBeGreaterThanOrEqual(until);
        if (to === null) expect(end).toBeNull();
        else expect(to).toBeGreaterThanOrEqual(from);
        until = to ?? Infinity;
      }
      if (end === null) return;
      expect(until === one.startedAt || until <= end).toBe(true);
      expect(sum(heldByAgent(stretches).values())).toBe(heldMs(stretches));
      const moves = (one.handovers ?? []).filter(({ kind }) => kind !== "taken_back");
      const queued = moves.map(({ at, kind }, index) => {
        const next = Math.min(moves[index + 1]?.at ?? end, end);
        return kind === "requeued" ? Math.max(0, next - at) : 0;
      });
      const first = moves[0]?.at ?? end;
      expect(heldMs(stretches)).toBe(Math.max(0, end - first) - sum(queued));
    }),
  );
});

test("KPI74: no more places are filled than there are, and agents' own add up to the whole", () => {
  const shift = fc.record({
    agent: fc.constantFrom("usr_lea", "usr_hugo"),
    at: fc.integer({ min: 0, max: 300 }),
    lasts: fc.integer({ min: 1, max: 300 }),
    capacity: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(talk, { maxLength: 8 }), fc.array(shift, { maxLength: 5 }), (chats, shifts) => {
      const agentStates = shifts.map(({ agent, at, lasts, capacity }) =>
        online(agent, T0 + at * MINUTE, T0 + (at + lasts) * MINUTE, { capacity }),
      );
      const parts = history({ chats, agentStates });
      const wide = { ...scope, to: T0 + 30 * HOUR };
      const [all] = kpiRows(parts, wide);
      const agents = kpiRows(parts, { ...wide, groupBy: "agent" });
      for (const { occupancy } of [...agents, ...(all ? [all] : [])])
        expect(occupancy.numerator ?? 0).toBeLessThanOrEqual(occupancy.denominator ?? 0);
      const own = (name: "occupancy" | "concurrency", part: "numerator" | "denominator") =>
        sum(agents.map((row) => row[name][part] ?? 0));
      for (const name of ["occupancy", "concurrency"] as const) {
        expect(own(name, "numerator")).toBeCloseTo(all?.[name].numerator ?? 0, 6);
        expect(own(name, "denominator")).toBeCloseTo(all?.[name].denominator ?? 0, 6);
      }
      const held = chats
        .filter(({ answeredAt, closedAt }) => answeredAt !== null && closedAt !== null)
        .map(stretchesOf);
      const ofAgents = sum(held.flatMap((stretches) => [...heldByAgent(stretches).values()]));
      expect(ofAgents).toBe(sum(held.map((stretches) => heldMs(stretches) ?? 0)));
      // Each of them stands in the row of whose it is.
      const times = sum(agents.map((row) => row.handle_time_median.n));
      expect(times).toBe(sum(held.map((stretches) => heldByAgent(stretches).size)));
    }),
  );
});

test("KPI75: in rows by agent each first reply, with its wait, stands once: with who wrote it, or the last agent where that is not told", () => {
  fc.assert(
    fc.property(arbitraryShop(T0, 2), (shop) => {
      const wide = { ...scope, to: T0 + 60 * HOUR };
      const agents = kpiRows(shop, { ...wide, groupBy: "agent" });
      for (const agent of ["usr_lea", "usr_hugo", "usr_anne"]) {
        const replies = shop.chats.filter(
          (one) => one.answeredAt !== null && (one.answeredBy ?? one.agent) === agent,
        );
        const row = agents.find(({ group }) => group === agent);
        expect(row?.first_reply_median.n ?? 0).toBe(replies.length);
        expect(row?.waiting_median.n ?? 0).toBe(replies.length);
      }
    }),
  );
});
