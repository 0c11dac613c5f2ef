/** A look holds the days of which nobody's window is open: who may still buy is not read as one who did not. */
import { expect, test } from "vitest";
import { finalDay } from "../../domain/results/final-days.ts";
import { resultPanel } from "../../domain/results/panel.ts";
import type { PhaseFacts } from "../../domain/results/phase.ts";
import { emptySums } from "../../domain/results/sums.ts";
import {
  type DaySums,
  type EligibleMoment,
  type PhaseSums,
  type Success,
  sumPhase,
} from "../../domain/results/units.ts";
import { type ResultWire, resultWire } from "../../domain/results/wire.ts";
import { mulberry } from "../mulberry.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T0 = Date.parse("2026-10-19T00:00:00Z");
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

type World = {
  moments: EligibleMoment[];
  successes: Success[];
  facts: Partial<PhaseFacts> & { windowMs: number };
};

/** What is known of a world at a moment, and what is said of it then. */
function told({ moments, successes, facts }: World, now: number, until: number | null = null): ResultWire {
  const came = moments
    .filter(({ eligibleAt }) => eligibleAt <= now)
    .map((moment) => ({ ...moment, visitEndsAt: Math.min(now, moment.visitEndsAt) }));
  const bought = successes.filter(({ at }) => at <= now);
  const rule = { windowMs: facts.windowMs, capCents: null, until, now, dayOf };
  const sums = sumPhase({ moments: came, successes: bought, talks: [], joins: [] }, rule);
  return resultWire(resultPanel(factsOf(sums, now, facts)));
}

function factsOf(sums: PhaseSums, now: number, more: Partial<PhaseFacts>): PhaseFacts {
  return {
    sums,
    startedAt: T0,
    stoppedAt: null,
    now,
    countedAt: now,
    windowMs: 48 * HOUR,
    holdout: 0.5,
    variants: [{ key: "a", weight: 1 }],
    fixedShares: true,
    plan: { baseline: 0.05, effect: 0.01, power: 0.8, spend_cap: null },
    plannedEnd: T0 + 28 * DAY,
    goal: "sale",
    economics: { margin: 0.5, agent_hour: 30 },
    startOfDay: (day) => Date.parse(`${day}T00:00:00Z`),
    ...more,
  };
}

/** An offer of today only: as many buy, but half of the invited who do buy at once. */
function movedForward(windowMs: number, visitors: number): World {
  const random = mulberry(5);
  const world: World = { moments: [], successes: [], facts: { windowMs } };
  for (let index = 0; index < visitors; index += 1) {
    const visitor = `v${index}`;
    const arm = index % 2 === 0 ? "holdout" : "treated";
    const eligibleAt = T0 + Math.floor(random() * 28 * 24) * HOUR;
    const visit = { eligibleAt, visitEndsAt: eligibleAt + HOUR, device: "desktop", browser: "Firefox" };
    const nothing = { shown: true, accepted: false, handleMs: 0, credited: [] };
    world.moments.push({ id: `d${index}`, visitor, variant: "a", arm, ...visit, ...nothing });
    if (random() >= 0.05) continue;
    const isMoved = arm === "treated" && random() < 0.5;
    const after = isMoved ? HOUR / 2 : HOUR + Math.floor(random() * (windowMs / HOUR)) * HOUR;
    world.successes.push({ id: `o${index}`, visitor, at: eligibleAt + after, cents: 10_000 });
  }
  return world;
}

test("RES32: what only moves purchases forward is never told as better, however long the window", () => {
  const world = movedForward(30 * DAY, 14_000);
  const end = T0 + 28 * DAY;
  for (const day of [8, 10, 14, 21, 28]) {
    const { state, difference, guards, plan, arms, earliest_reading_at } = told(world, T0 + day * DAY, end);
    expect({ day, state, difference }).toEqual({ day, state: "collecting", difference: null });
    // Seven days, and the window of the last of them.
    expect(earliest_reading_at).toBe(new Date(T0 + 37 * DAY).toISOString());
    expect(guards.maturing).toBe(plan.visitors);
    expect(plan.detectable).toBeNull();
    // Those who come before the end are read when the window of the last of them has passed.
    expect(Math.abs(Date.parse(plan.reading_at ?? "") - (T0 + 58 * DAY))).toBeLessThanOrEqual(1);
    expect(arms.treated.visitors + arms.holdout.visitors).toBe(plan.visitors);
  }
  for (let day = 37; day < 62; day += 3) {
    const { state, basis, guards } = told(world, T0 + day * DAY + HOUR, end);
    expect(state).not.toMatch(/^likely/);
    expect(basis).toBe(day >= 58 ? "final" : "sequential");
    expect(guards.maturing === 0).toBe(day >= 58);
  }
});

test("RES32: what stands beside a difference is of the same visitors; the others are told as maturing", () => {
  const world = movedForward(4 * DAY, 9_000);
  const now = T0 + 20 * DAY + 12 * HOUR;
  const wire = told(world, now, T0 + 28 * DAY);
  const first = world.moments.filter(({ eligibleAt }) => eligibleAt < T0 + 16 * DAY);
  const all = world.moments.filter(({ eligibleAt }) => eligibleAt <= now);
  const { treated, holdout } = wire.arms;
  expect(treated.visitors + holdout.visitors).toBe(first.length);
  expect(wire.guards.maturing).toBe(all.length - first.length);
  expect(wire.plan.visitors).toBe(all.length);
  expect(wire.srm.users).toEqual([
    all.filter(({ arm }) => arm === "holdout").length,
    all.filter(({ arm }) => arm === "treated").length,
  ]);
  const difference = (treated.conversion.value ?? NaN) - (holdout.conversion.value ?? NaN);
  expect(wire.difference?.value).toBeCloseTo(difference, 12);
  expect(wire.incremental_sales?.value).toBeCloseTo(difference * treated.visitors, 9);
  // The course ends with the last day that is read, at the moment since which it is.
  expect(wire.course.at(-1)).toMatchObject({
    at: new Date(T0 + 20 * DAY).toISOString(),
    visitors: first.length,
    difference: { value: expect.closeTo(difference, 12) },
  });
});

test("RES32: a day is read once the last visit of it that went on has had its window, and those after it wait", () => {
  const world = movedForward(2 * DAY, 6_000);
  const [stays] = world.moments.filter(({ eligibleAt }) => dayOf(eligibleAt) === dayOf(T0 + 9 * DAY));
  if (stays === undefined) throw new Error("nobody came that day");
  stays.visitEndsAt = T0 + 11 * DAY;
  const readAt = (now: number) => {
    const { arms } = told(world, now, T0 + 28 * DAY);
    const read = arms.treated.visitors + arms.holdout.visitors;
    return [8, 9, 10, 11, 12].find(
      (days) => read === world.moments.filter(({ eligibleAt }) => eligibleAt < T0 + days * DAY).length,
    );
  };
  expect(readAt(T0 + 12 * DAY + HOUR)).toBe(9);
  expect(readAt(T0 + 13 * DAY)).toBe(9);
  expect(readAt(T0 + 13 * DAY + HOUR)).toBe(11);
});

test("RES32: looks that are made up later are those that were shown: a verdict stays where nothing is learned late", () => {
  const random = mulberry(77);
  const world: World = {
    moments: [],
    successes: [],
    facts: { windowMs: 2 * DAY, plannedEnd: T0 + 40 * DAY },
  };
  for (let index = 0; index < 16_000; index += 1) {
    const [visitor, arm] = [`v${index}`, index % 2 === 0 ? ("holdout" as const) : ("treated" as const)];
    const eligibleAt = T0 + Math.floor(random() * 40 * DAY);
    const visit = { eligibleAt, visitEndsAt: eligibleAt + HOUR, device: null, browser: null };
    const nothing = { shown: true, accepted: false, handleMs: 0, credited: [] };
    world.moments.push({ id: `d${index}`, visitor, variant: "a", arm, ...visit, ...nothing });
    if (random() < (arm === "treated" ? 0.1 : 0.07))
      world.successes.push({ id: `o${index}`, visitor, at: eligibleAt + random() * 2 * DAY, cents: 5_000 });
  }
  const shown: ResultWire["course"] = [];
  let decided: string | null = null;
  for (let day = 8; day <= 36; day += 1) {
    const now = T0 + day * DAY + 2 * HOUR;
    const { course, state, decided_at } = told(world, now, T0 + 40 * DAY);
    // What was drawn before is drawn again.
    expect(course.slice(0, shown.length)).toEqual(shown);
    shown.splice(0, shown.length, ...course);
    if (decided !== null) expect(decided_at).toBe(decided);
    else if (state === "likely_better") decided = decided_at;
  }
  expect(decided).not.toBeNull();
  expect(shown.length).toBeGreaterThan(20);
});

test("RES32: a final day that was kept while somebody matured, by older definitions, is read, and keeps no later one waiting", () => {
  const { later_handle_ms: _since, ...older } = { ...emptySums(), n: 40, orders: 3, maturing: 2 };
  const body = JSON.parse(JSON.stringify({ holdout: older })) as DaySums;
  const kept = finalDay(body, true);
  expect(kept["holdout"]).toMatchObject({ n: 40, maturing: 0, later_handle_ms: 0, foreign_orders: 3 });
});
