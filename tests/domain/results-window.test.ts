/** Cost, conversations, attributed sales and effect of a phase speak of the same visitors and of the same window. */
import { describe, expect, test } from "vitest";
import { resultPanel } from "../../domain/results/panel.ts";
import type { PhaseFacts } from "../../domain/results/phase.ts";
import {
  type AnsweredTalk,
  type EligibleMoment,
  type PhaseSums,
  type Success,
  sumPhase,
} from "../../domain/results/units.ts";
import { resultWire } from "../../domain/results/wire.ts";
import { mulberry } from "../mulberry.ts";
import { DAY, dayOf, HOUR, MINUTE, moment, T0 } from "./phase-history.ts";

const rule = { windowMs: 48 * HOUR, capCents: null, until: null, now: T0 + 90 * DAY, dayOf };

const bought = (visitor: string, at: number, more: Partial<Success> = {}): Success => ({
  id: `o_${visitor}_${at}`,
  visitor,
  at,
  cents: 10_000,
  ...more,
});

function factsOf(sums: PhaseSums, more: Partial<PhaseFacts> = {}): PhaseFacts {
  return {
    sums,
    startedAt: T0,
    stoppedAt: null,
    now: rule.now,
    countedAt: rule.now,
    windowMs: rule.windowMs,
    holdout: 0.5,
    variants: [{ key: "a", weight: 1 }],
    fixedShares: true,
    plan: null,
    plannedEnd: null,
    goal: "sale",
    economics: { margin: 0.5, agent_hour: 30 },
    startOfDay: (day) => Date.parse(`${day}T00:00:00Z`),
    ...more,
  };
}

const armsOf = ({ days }: PhaseSums) => Object.values(days)[0] ?? {};

describe("who comes back", () => {
  test("RES29: what comes of visits after the window is neither attributed, nor accepted, nor a cost of the effect", () => {
    const later = T0 + 20 * DAY;
    const moments = [
      moment("ada", "treated", {
        accepted: true,
        handleMs: 10 * MINUTE,
        credited: [
          { at: T0 + HOUR, cents: 300 },
          // Credited by a window longer than that of the effect.
          { at: T0 + 10 * DAY, cents: 700 },
        ],
      }),
      moment("ada", "treated", {
        eligibleAt: T0 + 49 * HOUR,
        handleMs: MINUTE,
      }),
      moment("ada", "treated", {
        eligibleAt: later,
        accepted: true,
        handleMs: 30 * MINUTE,
        credited: [{ at: later, cents: 9 }],
      }),
      moment("bob", "treated"),
      moment("bob", "treated", { eligibleAt: later, accepted: true, handleMs: HOUR }),
    ];
    const talks = [
      { visitor: "ada", at: T0 + MINUTE },
      { visitor: "bob", at: later },
    ];
    const sums = sumPhase({ moments, successes: [], talks, joins: [] }, rule);
    expect(armsOf(sums)["treated:a"]).toMatchObject({
      n: 2,
      moments: 5,
      accepted: 1,
      reached: 1,
      attributed_orders: 1,
      attributed_cents: 300,
      // The second visit began before the window of the first was over.
      handle_ms: 11 * MINUTE,
      later_handle_ms: 90 * MINUTE,
    });
    const wire = resultWire(resultPanel(factsOf(sums, { concurrency: 2 })));
    expect(wire.agents).toEqual({ hours: 11 / 120, later_hours: 0.75, concurrency: 2, cost: 11 / 4 });
  });

  test("RES29: of visitors who come five times, a fortnight apart, the first visit's truth is in every interval", () => {
    const random = mulberry(7);
    const [VISITORS, CHATS, ADDS, ANYWAY] = [20_000, 0.1, 0.2, 0.04];
    const [moments, successes, talks]: [EligibleMoment[], Success[], AnsweredTalk[]] = [[], [], []];
    let [added, chats] = [0, 0];
    for (let index = 0; index < VISITORS; index += 1) {
      const [visitor, arm] = [`v${index}`, index % 2 === 0 ? ("holdout" as const) : ("treated" as const)];
      const begins = T0 + Math.floor(random() * 10) * DAY;
      for (let visit = 0; visit < 5; visit += 1) {
        const eligibleAt = begins + visit * 14 * DAY + Math.floor(random() * 12) * HOUR;
        const anyway = random() < ANYWAY;
        const talked = arm === "treated" && random() < CHATS;
        const isMoved = talked && !anyway && random() < ADDS;
        const credited = talked && (anyway || isMoved) ? [{ at: eligibleAt + HOUR / 2, cents: 10_000 }] : [];
        const handleMs = talked ? HOUR / 4 : 0;
        moments.push(moment(visitor, arm, { eligibleAt, accepted: talked, handleMs, credited }));
        if (talked) talks.push({ visitor, at: eligibleAt + MINUTE });
        if (anyway || isMoved) successes.push(bought(visitor, eligibleAt + HOUR / 2));
        if (visit > 0) continue;
        added += isMoved ? 1 : 0;
        chats += talked ? 1 : 0;
      }
    }
    const sums = sumPhase({ moments, successes, talks, joins: [] }, rule);
    const wire = resultWire(resultPanel(factsOf(sums)));
    const holds = (span: { low: number | null; high: number | null } | null, truth: number) => {
      expect(span?.low).toBeLessThan(truth);
      expect(span?.high).toBeGreaterThan(truth);
    };
    holds(wire.incremental_sales, added);
    holds(wire.per_conversation?.conversion ?? null, ADDS * (1 - ANYWAY));
    const cost = (chats / 4) * 30;
    expect(wire.agents).toMatchObject({ hours: chats / 4, cost });
    holds(wire.net, added * 100 * 0.5 - cost);
    holds(wire.cannibalisation.orders, 1 - added / wire.attributed.orders);
    // The other four visits took four times as much, and no effect says what for.
    expect(wire.agents.later_hours / wire.agents.hours).toBeGreaterThan(3.5);
    expect(wire.cannibalisation.orders?.value).toBeLessThan(0.5);
  });
});

describe("who talks", () => {
  test("RES30: a conversation counts in either arm, whatever opened it, from the eligible moment to the window's end", () => {
    const end = T0 + HOUR + rule.windowMs;
    const talk = (visitor: string, at: number): AnsweredTalk => ({ visitor, at });
    const moments = ["in", "edge", "before", "after", "desk", "late"].flatMap((name) => [
      moment(`held-${name}`, "holdout"),
      moment(`asked-${name}`, "treated"),
    ]);
    const talks = ["held", "asked"].flatMap((arm) => [
      talk(`${arm}-in`, T0),
      talk(`${arm}-edge`, end),
      talk(`${arm}-before`, T0 - 1),
      talk(`${arm}-after`, end + 1),
      // On the phone of the same user, who was known before chance spoke; and on one that was proven since.
      talk(`${arm}-phone`, T0 + 1),
      talk(`${arm}-new`, T0 + 1),
    ]);
    const joins = ["held", "asked"].flatMap((arm) => [
      { visitor: `${arm}-phone`, user: arm, at: T0 - DAY },
      { visitor: `${arm}-desk`, user: arm, at: T0 - DAY },
      { visitor: `${arm}-new`, user: `${arm}2`, at: T0 + MINUTE },
      { visitor: `${arm}-late`, user: `${arm}2`, at: T0 + MINUTE },
    ]);
    const arms = armsOf(sumPhase({ moments, successes: [], talks, joins }, rule));
    expect(arms["holdout"]?.reached).toBe(3);
    expect(arms["treated:a"]).toMatchObject({ reached: 3, accepted: 0 });
  });

  test("RES30: where the held-out use the button, the effect per conversation is the two-sided one, and says so", () => {
    // 4 % buy, a talk adds 10 points; of the invited 5 % accept and 1 % use the button, of the held-out 3 % do.
    const PEOPLE = 20_000;
    const [moments, successes, talks]: [EligibleMoment[], Success[], AnsweredTalk[]] = [[], [], []];
    for (const arm of ["treated", "holdout"] as const) {
      for (let index = 0; index < PEOPLE; index += 1) {
        const [visitor, place] = [`${arm}${index}`, index % 100];
        const [accepts, uses] = arm === "treated" ? [place < 5, place === 5] : [false, place < 3];
        const eligibleAt = T0 + (index % 14) * DAY;
        moments.push(moment(visitor, arm, { eligibleAt, accepted: accepts }));
        if (accepts || uses) talks.push({ visitor, at: eligibleAt + MINUTE });
        // Each hundred visitors after the last: in shares of four, or fourteen, of a hundred.
        const share = accepts || uses ? 14 : 4;
        if (Math.floor(index / 100) % 50 < share / 2) successes.push(bought(visitor, eligibleAt + HOUR));
      }
    }
    const wire = resultWire(resultPanel(factsOf(sumPhase({ moments, successes, talks, joins: [] }, rule))));
    expect(wire.arms.treated).toMatchObject({ accepted: 0.05 * PEOPLE, reached: 0.06 * PEOPLE });
    expect(wire.arms.holdout).toMatchObject({ accepted: 0, reached: 0.03 * PEOPLE });
    expect(wire.per_conversation).toMatchObject({ contaminated: true, strength: "strong" });
    expect(wire.per_conversation?.conversion?.value).toBeCloseTo(0.1, 10);
  });
});

test("RES31: orders in another currency are told by arm: they are sales without their money", () => {
  const moments = [moment("a", "treated"), moment("b", "treated"), moment("c", "holdout")];
  const successes = [
    bought("a", T0 + 1),
    bought("b", T0 + 1, { cents: 0, isForeign: true }),
    bought("b", T0 + 60 * DAY, { cents: 0, isForeign: true }),
    bought("c", T0 + 2, { cents: 0, isForeign: true }),
  ];
  const sums = sumPhase({ moments, successes, talks: [], joins: [] }, rule);
  expect(armsOf(sums)["treated:a"]).toMatchObject({ conversions: 2, orders: 2, revenue_cents: 10_000 });
  const wire = resultWire(resultPanel(factsOf(sums)));
  expect(wire.in_other_currency).toEqual({ treated: 1, holdout: 1 });
});
