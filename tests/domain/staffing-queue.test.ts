/** Erlang A: what must hold whatever the queue, its limit, and a queue played out event by event. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { serviceLevel, waitingIn } from "../../domain/staffing/erlang.ts";
import {
  agentsRequiredWithPatience,
  type ImpatientQueue,
  leavingFrom,
  ninetiethWait,
  serviceLevels,
} from "../../domain/staffing/erlang-a.ts";
import { estimateHandleTimes, estimatePatience, type Served } from "../../domain/staffing/own-figures.ts";
import { mulberry } from "../mulberry.ts";

const REFERENCE: ImpatientQueue = {
  arrivalsPerHour: 120,
  handleSeconds: 600,
  agents: 8,
  concurrency: 3,
  slowdown: 0,
  patienceSeconds: 75,
};

const queues = fc.record({
  arrivalsPerHour: fc.double({ min: 0.1, max: 600, noNaN: true }),
  handleSeconds: fc.double({ min: 10, max: 1_800, noNaN: true }),
  agents: fc.integer({ min: 1, max: 60 }),
  concurrency: fc.integer({ min: 1, max: 5 }),
  slowdown: fc.double({ min: 0, max: 0.3, noNaN: true }),
  patienceSeconds: fc.double({ min: 1, max: 3_600, noNaN: true }),
});

test("STA1: the reference's queue has its figures, and the three service levels are three figures", () => {
  const levels = serviceLevels(REFERENCE, 30);
  expect(levels.ofAll).toBeCloseTo(0.92153012346391, 12);
  expect(levels.ofServed).toBeCloseTo(0.9675276600234329, 12);
  expect(levels.withoutShortLeavers).toBeCloseTo(0.9528682772303402, 12);
  const leaving = leavingFrom(REFERENCE);
  expect(leaving.abandonment).toBeCloseTo(0.047541314279747844, 12);
  expect(leaving.meanSeconds).toBeCloseTo(3.5655985709810887, 10);
  const aim = { within: { withinSeconds: 30, share: 0.8 } };
  expect(agentsRequiredWithPatience(REFERENCE, aim)).toBe(7);
  const slowed = { ...REFERENCE, slowdown: 0.15 };
  expect(agentsRequiredWithPatience(slowed, { maxAbandonment: 0.05 })).toBe(11);
});

test("STA1: as patience grows, Erlang A becomes Erlang C, and its 90th wait too", () => {
  const queue = { arrivalsPerHour: 360, handleSeconds: 180, agents: 20 };
  const patient = waitingIn(queue);
  const differences = [1e4, 1e6, 1e8, 1e10].map((patienceSeconds) =>
    Math.abs(serviceLevels({ ...queue, patienceSeconds }, 20).ofAll - (serviceLevel(queue, 20) ?? 0)),
  );
  expect(differences).toEqual(differences.toSorted((a, b) => b - a));
  expect(differences.at(-1)).toBeLessThan(1e-6);
  const almost = { ...queue, patienceSeconds: 1e12 };
  expect(leavingFrom(almost).meanSeconds).toBeCloseTo(patient?.meanSeconds ?? 0, 5);
  expect(ninetiethWait(almost)).toBeCloseTo(patient?.ninetiethSeconds ?? 0, 4);
});

test("STA1: every load and every team has figures, also where sums over the queue would overflow", () => {
  const extremes: ImpatientQueue[] = [
    { arrivalsPerHour: 1e6, handleSeconds: 600, agents: 20, patienceSeconds: 1e9 },
    { arrivalsPerHour: 200_000, handleSeconds: 180, agents: 9_990, patienceSeconds: 60 },
    { arrivalsPerHour: 1, handleSeconds: 10, agents: 10_000, patienceSeconds: 60 },
    { arrivalsPerHour: 0, handleSeconds: 600, agents: 1, patienceSeconds: 60 },
    { arrivalsPerHour: 10, handleSeconds: 600, agents: 0, patienceSeconds: 60 },
  ];
  for (const queue of extremes) {
    const { meanSeconds, servedPerSecond, ...shares } = leavingFrom(queue);
    const levels = serviceLevels(queue, 30);
    for (const share of [shares.probability, shares.abandonment, ...Object.values(levels)]) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1 + 1e-9);
    }
    expect(Number.isFinite(meanSeconds + servedPerSecond)).toBe(true);
  }
});

test("STA2: with one agent more nobody waits longer, nobody leaves sooner, and the level does not fall", () => {
  fc.assert(
    fc.property(queues, (queue) => {
      const more = { ...queue, agents: queue.agents + 1 };
      expect(serviceLevels(more, 30).ofAll).toBeGreaterThanOrEqual(serviceLevels(queue, 30).ofAll - 1e-12);
      expect(leavingFrom(more).abandonment).toBeLessThanOrEqual(leavingFrom(queue).abandonment + 1e-12);
      expect(ninetiethWait(more)).toBeLessThanOrEqual(ninetiethWait(queue) + 1e-6);
    }),
    { numRuns: 60 },
  );
});

test("STA2: as many as are required reach the aim, one fewer does not, wherever the search begins", () => {
  const aim = { within: { withinSeconds: 30, share: 0.8 }, maxAbandonment: 0.1 };
  const reached = (queue: ImpatientQueue) =>
    serviceLevels(queue, 30).ofAll >= 0.8 && leavingFrom(queue).abandonment <= 0.1;
  fc.assert(
    fc.property(queues, fc.integer({ min: 1, max: 400 }), (queue, guess) => {
      const agents = agentsRequiredWithPatience(queue, aim, guess) ?? 0;
      expect(reached({ ...queue, agents })).toBe(true);
      expect(agents > 1 && reached({ ...queue, agents: agents - 1 })).toBe(false);
    }),
    { numRuns: 60 },
  );
});

type Played = {
  served: number;
  soon: number;
  left: number;
  leftSoon: number;
  waits: { seconds: number; left: boolean }[];
};

/** Everybody in order of arrival: served when a slot is free, unless their patience ends before. */
function play(queue: ImpatientQueue, withinSeconds: number, count: number, seed: number): Played {
  const random = mulberry(seed);
  const draw = (mean: number) => -mean * Math.log(1 - random());
  const free = Array.from({ length: queue.agents * (queue.concurrency ?? 1) }, () => 0);
  const played: Played = { served: 0, soon: 0, left: 0, leftSoon: 0, waits: [] };
  let now = 0;
  for (let index = 0; index < count; index += 1) {
    now += draw(3_600 / queue.arrivalsPerHour);
    const slot = free.indexOf(Math.min(...free));
    const wait = Math.max(0, (free[slot] ?? 0) - now);
    const patience = draw(queue.patienceSeconds);
    if (patience < wait) {
      played.left += 1;
      played.leftSoon += patience <= withinSeconds ? 1 : 0;
      played.waits.push({ seconds: patience, left: true });
      continue;
    }
    played.served += 1;
    played.soon += wait <= withinSeconds ? 1 : 0;
    played.waits.push({ seconds: wait, left: false });
    free[slot] = now + wait + draw(queue.handleSeconds);
  }
  return played;
}

test("STA3 STA4: a queue played out event by event has the model's three levels, and gives its patience back", () => {
  const queue = { ...REFERENCE, agents: 6 };
  const count = 60_000;
  const played = play(queue, 30, count, 20_261_122);
  const levels = serviceLevels(queue, 30);
  expect(played.soon / count).toBeCloseTo(levels.ofAll, 1.5);
  expect(played.soon / played.served).toBeCloseTo(levels.ofServed, 1.5);
  expect(played.soon / (count - played.leftSoon)).toBeCloseTo(levels.withoutShortLeavers, 1.5);
  expect(played.left / count).toBeCloseTo(leavingFrom(queue).abandonment, 1.5);

  const patience = estimatePatience(played.waits);
  expect(Math.abs((patience.value ?? 0) - 75)).toBeLessThan(3 * (patience.se ?? 0));
  const leavers = played.waits.filter(({ left }) => left);
  const meanOfLeavers = leavers.reduce((sum, { seconds }) => sum + seconds, 0) / leavers.length;
  expect(meanOfLeavers).toBeLessThan(60);
});

test("STA4: what one conversation takes alone, and how much each further one slows it, come back from the log", () => {
  const random = mulberry(7);
  const served: Served[] = [];
  // Shifts with one to four conversations at once throughout; each place takes the next as soon as it is free.
  for (let shift = 0; shift < 120; shift += 1) {
    const places = 1 + (shift % 4);
    const from = shift * 100_000_000;
    for (let place = 0; place < places; place += 1) {
      for (let at = from; at < from + 8 * 3_600_000;) {
        const to = at + Math.round(-480_000 * (1 + 0.2 * (places - 1)) * Math.log(1 - random())) + 1;
        served.push({ handled: true, stretches: [{ agent: `a${shift}`, from: at, to }] });
        at = to;
      }
    }
  }
  const { alone, slowdown } = estimateHandleTimes(served);
  expect(Math.abs((alone.value ?? 0) - 480)).toBeLessThan(25);
  expect(Math.abs((slowdown.value ?? 0) - 0.2)).toBeLessThan(0.06);
  expect(slowdown.n).toBe(served.length);
});

test("STA4: with too few conversations nothing is estimated, and where nothing varies there is no slowdown to tell", () => {
  const one = (index: number): Served => ({
    handled: true,
    stretches: [{ agent: "a", from: index * 1e6, to: index * 1e6 + 300_000 + index }],
  });
  expect(estimateHandleTimes([0, 1, 2].map(one))).toMatchObject({
    mean: { value: null, n: 3 },
    alone: { value: null },
  });
  const alone = estimateHandleTimes(Array.from({ length: 80 }, (_, index) => one(index)));
  expect(alone.mean.value).toBeCloseTo(300, 0);
  expect(alone.slowdown.value).toBeNull();
  const waits = Array.from({ length: 9 }, () => ({ seconds: 60, left: true }));
  expect(estimatePatience(waits)).toEqual({ value: null, se: null, n: 9 });
  expect(estimatePatience([])).toEqual({ value: null, se: null, n: 0 });
});

test("STA4: a handle time is all the stretches of its conversation, and what nobody answered takes a place without being one", () => {
  const HOUR = 3_600_000;
  // Each is with Léa for two minutes and, after a second queue, with Hugo for three, who holds a silent one all along.
  const served: Served[] = Array.from({ length: 40 }, (_, index) => {
    const at = index * HOUR;
    return {
      handled: true,
      stretches: [
        { agent: "lea", from: at, to: at + 120_000 },
        { agent: "hugo", from: at + 900_000, to: at + 1_080_000 },
      ],
    };
  });
  const silent: Served = { handled: false, stretches: [{ agent: "hugo", from: 0, to: 40 * HOUR }] };
  const { mean, simultaneous } = estimateHandleTimes([...served, silent]);
  expect(mean).toMatchObject({ value: 300, n: 40 });
  expect(simultaneous).toBeCloseTo((2 * 1 + 3 * 2) / 5, 12);
});
