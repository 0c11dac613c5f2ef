/** What is kept of a day's conversations is all that each of them tells of the desk. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeArrivals, decodeChats, encodeArrivals, encodeChats } from "../../domain/staffing/kept-day.ts";
import { type ObservedChat, observed } from "../../domain/staffing/observed.ts";
import { chat, T0 } from "./kpi-history.ts";

const MINUTE = 60_000;
const moment = fc.integer({ min: 0, max: 4e12 });
const length = fc.nat(1e9);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const name = fc.constantFrom("a", "b", "__proto__", "é\u2028");
const stretch = fc
  .record({ agent: maybe(name), from: moment, length })
  .map(({ agent, from, length: ms }) => ({
    agent,
    from,
    to: from + ms,
  }));
const kept: fc.Arbitrary<ObservedChat> = fc.record({
  startedAt: moment,
  wait: maybe(fc.record({ ms: length, left: fc.boolean() })),
  campaign: maybe(name),
  handled: fc.boolean(),
  stretches: fc.array(stretch, { maxLength: 4 }),
});

test("STA15: what is kept of a day's conversations is all that each of them tells, and their order", () => {
  fc.assert(
    fc.property(fc.array(kept), (chats) => {
      expect(decodeChats(encodeChats(chats))).toEqual(chats);
    }),
  );
});

test("STA15: what is kept of a day's arrivals is how many came in each quarter hour", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4e9), fc.nat(1e6))), (arrivals) => {
      expect(decodeArrivals(encodeArrivals(arrivals))).toEqual(arrivals);
    }),
  );
});

test("STA19: silence before a room closes itself is no handling, and whoever had it has their own stretch", () => {
  const answered = { assignedAt: T0 + 1_000, answeredAt: T0 + MINUTE, campaign: "cmp_a" };
  const idle = { lastMessageAt: T0 + 6 * MINUTE, closedAt: T0 + 21 * MINUTE, closeReason: "idle" };
  expect(observed(chat("v", T0, { ...answered, ...idle }))).toEqual({
    startedAt: T0,
    wait: { ms: MINUTE, left: false },
    campaign: "cmp_a",
    handled: true,
    stretches: [{ agent: "usr_lea", from: T0 + 1_000, to: T0 + 6 * MINUTE }],
  });
  const hand = { skill: null, from: null, to: null };
  const handovers = [
    { ...hand, at: T0 + 1_000, kind: "assigned" as const, to: "usr_lea" },
    { ...hand, at: T0 + 2 * MINUTE, kind: "requeued" as const, from: "usr_lea" },
    { ...hand, at: T0 + 9 * MINUTE, kind: "assigned" as const, to: "usr_hugo" },
  ];
  const ended = { closedAt: T0 + 12 * MINUTE, closeReason: "agent", agent: "usr_hugo" };
  const { stretches } = observed(chat("v", T0, { ...answered, ...ended, handovers }));
  expect(stretches).toEqual([
    { agent: "usr_lea", from: T0 + 1_000, to: T0 + 2 * MINUTE },
    { agent: "usr_hugo", from: T0 + 9 * MINUTE, to: T0 + 12 * MINUTE },
  ]);
});

test("STA19: who left unanswered waited until they were last there, and who is there still has no wait yet", () => {
  const nobody = { agent: null, answeredAt: null };
  const gone = { closedAt: T0 + 20 * MINUTE, closeReason: "idle", leftAt: T0 + 5 * MINUTE };
  const waitOf = (more: Parameters<typeof chat>[2]) => observed(chat("v", T0, { ...nobody, ...more })).wait;
  expect(waitOf(gone)).toEqual({ ms: 5 * MINUTE, left: true });
  expect(waitOf({ ...gone, leftAt: null })).toEqual({ ms: 20 * MINUTE, left: true });
  expect(waitOf({})).toBeNull();
});
