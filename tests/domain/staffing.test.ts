/** Erlang's formulas: figures worked out by hand, and what must hold whatever the queue. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  agentsRequired,
  averageSpeedOfAnswer,
  erlangB,
  erlangC,
  loadOf,
  occupancyOf,
  serviceLevel,
  waitingIn,
} from "../../domain/staffing/erlang.ts";

const queue = fc.record({
  arrivalsPerHour: fc.double({ min: 0.1, max: 600, noNaN: true }),
  handleSeconds: fc.double({ min: 10, max: 1_800, noNaN: true }),
  concurrency: fc.integer({ min: 1, max: 5 }),
  slowdown: fc.double({ min: 0, max: 0.3, noNaN: true }),
});

test("W19: one server with half its time taken makes half of those who come wait, as long as they are served", () => {
  expect(erlangB(1, 0.5)).toBeCloseTo(1 / 3, 12);
  expect(erlangC(1, 0.5)).toBeCloseTo(0.5, 12);
  const one = { arrivalsPerHour: 6, handleSeconds: 300, agents: 1 };
  expect(occupancyOf(one)).toBeCloseTo(0.5, 12);
  expect(averageSpeedOfAnswer(one)).toBeCloseTo(300, 9);
  expect(serviceLevel(one, 0)).toBeCloseTo(0.5, 12);
});

test("W19: a queue that grows without end has no figures", () => {
  const drowned = { arrivalsPerHour: 60, handleSeconds: 600, agents: 10 };
  expect(waitingIn(drowned)).toBeNull();
  expect(serviceLevel(drowned, 60)).toBeNull();
  expect(occupancyOf(drowned)).toBeNull();
});

test("W19: as many agents as are required reach the aim, and one fewer does not", () => {
  const aim = { withinSeconds: 60, share: 0.8 };
  fc.assert(
    fc.property(queue, (given) => {
      const agents = agentsRequired(given, aim) ?? 0;
      expect(serviceLevel({ ...given, agents }, aim.withinSeconds)).toBeGreaterThanOrEqual(aim.share);
      const fewer = agents === 1 ? null : serviceLevel({ ...given, agents: agents - 1 }, aim.withinSeconds);
      expect(fewer ?? 0).toBeLessThan(aim.share);
      expect(loadOf({ ...given, agents })).toBeLessThan(agents * given.concurrency);
    }),
  );
});
