/** Staffing's day and the KPIs: one definition of handling, waiting, leaving, occupancy and concurrency. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Handover } from "../../domain/chat/handovers.ts";
import type { AgentStateRow, ChatRow } from "../../domain/kpi/history.ts";
import type { KpiRow } from "../../domain/kpi/measure.ts";
import { type Actual, actualsOf } from "../../domain/staffing/actual.ts";
import { localDay } from "../../domain/staffing/local-day.ts";
import { neededFor } from "../../domain/staffing/model.ts";
import { observed } from "../../domain/staffing/observed.ts";
import { agentsIn, onlineOf } from "../../domain/staffing/online.ts";
import { estimateHandleTimes } from "../../domain/staffing/own-figures.ts";
import { usualAgents } from "../../domain/staffing/usual.ts";
import { chat, DAY, HOUR, MINUTE, nextId, online, SECOND, T0, whole } from "./kpi-history.ts";

const PARIS = localDay("2026-11-19", "Europe/Paris");
const AGENTS = ["usr_lea", "usr_hugo", "usr_anne"];

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const length = (most: number) => fc.integer({ min: 0, max: most });
const moment = fc.integer({ min: PARIS.from - 12 * HOUR, max: PARIS.to + 2 * HOUR });

/** How it went from the queue to an agent and back, and on: each so long after the last. */
const hands = maybe(
  fc.array(
    fc.record({
      after: length(20 * MINUTE),
      kind: fc.constantFrom<Handover["kind"]>(
        "assigned",
        "requeued",
        "transferred",
        "taken_over",
        "taken_back",
      ),
      to: fc.constantFrom(...AGENTS),
    }),
    { maxLength: 5 },
  ),
);

const talk: fc.Arbitrary<ChatRow> = fc
  .record({
    at: moment,
    agent: maybe(fc.constantFrom(...AGENTS)),
    queued: maybe(length(MINUTE)),
    assigned: maybe(length(5 * MINUTE)),
    reply: maybe(length(10 * MINUTE)),
    said: maybe(length(40 * MINUTE)),
    closes: maybe(length(90 * MINUTE)),
    reason: fc.constantFrom("agent", "visitor", "idle", null),
    left: maybe(length(90 * MINUTE)),
    hands,
  })
  .map(({ at, agent, queued, assigned, reply, said, closes, reason, left, hands: given }) => {
    const after = (by: number | null) => (by === null ? null : at + by);
    let handedAt = at;
    const handovers = given?.map(({ after: by, kind, to }): Handover => {
      handedAt += by;
      return { at: handedAt, kind, from: null, to: kind === "requeued" ? null : to, skill: null };
    });
    return chat("v", at, {
      id: nextId("cnv"),
      agent,
      queuedAt: after(queued),
      assignedAt: handovers?.find(({ kind }) => kind === "assigned")?.at ?? after(assigned),
      answeredAt: after(reply),
      lastMessageAt: after(said),
      closedAt: after(closes),
      closeReason: closes === null ? null : reason,
      leftAt: closes === null ? null : after(left),
      handovers: handovers ?? null,
    });
  });

const state: fc.Arbitrary<AgentStateRow> = fc
  .record({
    agent: fc.constantFrom(...AGENTS),
    state: fc.constantFrom<AgentStateRow["state"]>("online", "online", "away"),
    capacity: fc.integer({ min: 0, max: 4 }),
    at: moment,
    lasts: maybe(length(10 * HOUR)),
  })
  .map(({ agent, state: is, capacity, at, lasts }) =>
    online(agent, at, lasts === null ? null : at + lasts, { state: is, capacity }),
  );

function expectSame(actual: Actual, kpi: KpiRow): void {
  const { waiting, handling, abandonment, occupancy, concurrency } = actual;
  expect([actual.arrivals, actual.shortLeavers]).toEqual([
    kpi.conversations.value,
    kpi.abandoned_short.value,
  ]);
  const times = (median: KpiRow["waiting_median"], p90: KpiRow["waiting_p90"]) => ({
    median: median.value,
    p90: p90.value,
    n: median.n,
  });
  expect(waiting).toEqual(times(kpi.waiting_median, kpi.waiting_p90));
  expect(handling).toEqual(times(kpi.handle_time_median, kpi.handle_time_p90));
  expect(actual.leftAfterSeconds).toBe(kpi.abandoned_after_median.value);
  for (const [own, theirs] of [
    [abandonment, kpi.abandonment_rate],
    [occupancy, kpi.occupancy],
    [concurrency, kpi.concurrency],
  ] as const) {
    expect(own.numerator).toBeCloseTo(theirs.numerator ?? Number.NaN, 6);
    expect(own.denominator).toBeCloseTo(theirs.denominator ?? Number.NaN, 6);
    expect(own.value === null).toBe(theirs.value === null);
  }
}

test("STA19: on any day, what Staffing tells of it and of each of its quarter hours is what the KPIs tell of that stretch", () => {
  fc.assert(
    fc.property(
      fc.array(talk, { maxLength: 25 }),
      fc.array(state, { maxLength: 8 }),
      fc.integer({ min: PARIS.from + 1, max: PARIS.to + DAY }),
      fc.array(fc.nat(95), { maxLength: 6 }),
      (told, shifts, now, places) => {
        // Nothing of what is to come is known.
        const chats = told.filter(({ startedAt }) => startedAt <= now);
        const states = shifts.filter(({ startedAt }) => startedAt <= now);
        const there = onlineOf(states, now);
        const actuals = actualsOf({ chats, online: there, now }, PARIS, 60);
        const kpisOf = (from: number, to: number) =>
          whole({ chats, agentStates: states }, { from, to, now, zone: "Europe/Paris" });
        expectSame(actuals.whole, kpisOf(PARIS.from, PARIS.to));
        for (const { from, to } of places.map((place) => PARIS.quarters[place] ?? PARIS)) {
          expectSame(actuals.of(from), kpisOf(from, to));
          const thereMs = agentsIn(there, { from, to }) * (to - from);
          const hours = kpisOf(from, to).agent_hours.value ?? Number.NaN;
          if (to <= now) expect(thereMs / HOUR).toBeCloseTo(hours, 6);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("STA19: the mean handle time from which agents needed are reckoned is of the conversations that the KPIs handled", () => {
  fc.assert(
    fc.property(fc.array(talk, { minLength: 40, maxLength: 60 }), (chats) => {
      const span = { from: PARIS.from - DAY, to: PARIS.to + DAY };
      const kpi = whole({ chats }, { ...span, now: span.to });
      const { mean } = estimateHandleTimes(chats.map(observed));
      expect(mean.n).toBe(kpi.handle_time_median.n);
      const total = chats.map(observed).reduce((sum, { handled, stretches }) => {
        return sum + (handled ? stretches.reduce((ms, { from, to }) => ms + to - from, 0) : 0);
      }, 0);
      if (mean.value !== null) expect(mean.value * mean.n).toBeCloseTo(total / SECOND, 6);
    }),
    { numRuns: 60 },
  );
});

test("STA19: sixty conversations of six minutes that a room closed after a quarter hour of silence take 360 s and four agents", () => {
  const from = T0;
  const chats = Array.from({ length: 60 }, (_, index) => {
    const at = from + index * 30 * MINUTE;
    return chat("v", at, {
      assignedAt: at,
      answeredAt: at + 20 * SECOND,
      lastMessageAt: at + 6 * MINUTE,
      closedAt: at + 21 * MINUTE,
      closeReason: "idle",
      leftAt: at + 6 * MINUTE,
    });
  });
  const to = from + 30 * HOUR;
  const { mean } = estimateHandleTimes(chats.map(observed));
  expect(mean).toMatchObject({ value: 360, n: 60 });
  const desk = {
    slowdown: 0,
    concurrency: 1,
    patienceSeconds: null,
    aim: { share: 0.8, withinSeconds: 60 },
  };
  expect(neededFor({ ...desk, handleSeconds: mean.value ?? 0 }, 20).erlangC).toBe(4);
  const states = onlineOf([online("usr_lea", from, to, { capacity: 1 })], to);
  const { handling, occupancy } = actualsOf({ chats, online: states, now: to }, { from, to }, 60).whole;
  expect(handling).toEqual({ median: 360, p90: 360, n: 60 });
  expect(occupancy.value).toBeCloseTo(0.2, 12);
});

test("STA20: an agent is there once, with the most places told, one at least; away and without an end that is told apart", () => {
  const at = PARIS.from + 10 * HOUR;
  const now = at + 6 * HOUR;
  const there = onlineOf(
    [
      online("usr_lea", at, at + 2 * HOUR, { capacity: 2 }),
      online("usr_lea", at + HOUR, at + 3 * HOUR, { capacity: 3 }),
      online("usr_hugo", at, null, { capacity: 0 }),
      online("usr_anne", at, now, { state: "away" }),
    ],
    now,
  );
  expect(there).toEqual([
    { agent: "usr_lea", from: at, to: at + HOUR, capacity: 2 },
    { agent: "usr_lea", from: at + HOUR, to: at + 2 * HOUR, capacity: 3 },
    { agent: "usr_lea", from: at + 2 * HOUR, to: at + 3 * HOUR, capacity: 3 },
    { agent: "usr_hugo", from: at, to: now, capacity: 1 },
  ]);
  expect(agentsIn(there, { from: at, to: at + 4 * HOUR })).toBe(1.75);
  const usual = usualAgents([{ day: PARIS, kind: "4", counts: [] }], there)("4");
  expect([usual(40), usual(44), usual(52), usual(70)]).toEqual([2, 2, 1, 0]);
});
