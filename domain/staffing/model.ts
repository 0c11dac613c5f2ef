/**
 * The site's desk as a queue: with what it is reckoned, where each of its figures comes from, and what follows.
 *
 * Shapes  a `Parameter` says whether it was measured on the site's own history, assumed by whoever asks, or is
 *         missing; what was measured goes before what is assumed. With a patience the desk is Erlang A, else Erlang C.
 * Units   seconds, arrivals an hour, shares from 0 to 1.
 * Errors  without a handle time there is no desk, and without a patience an overloaded one has no service level: null.
 */
import {
  agentsRequired,
  type Aim,
  effectiveHandleSeconds,
  occupancyOf,
  type Queue,
  serviceLevel,
  waitingIn,
} from "./erlang.ts";
import { agentsRequiredWithPatience, leavingAndLevels } from "./erlang-a.ts";
import type { Estimate, HandleTimes } from "./own-figures.ts";

export type Source = "measured" | "assumed" | "missing";
export type Parameter = { value: number | null; se: number | null; n: number; source: Source };

/** What whoever asks takes for true where the site's own history is too short. */
export type Assumptions = {
  handleSeconds: number | null;
  patienceSeconds: number | null;
  slowdown: number | null;
  concurrency: number | null;
};

export type Parameters = {
  /** With no other conversation beside it, where the slowdown is known; else as it was. */
  handle: Parameter;
  slowdown: Parameter;
  patience: Parameter;
  concurrency: Parameter;
  /** How many an agent held at once while these were measured. */
  simultaneous: number | null;
};

export type Desk = {
  handleSeconds: number;
  slowdown: number;
  concurrency: number;
  patienceSeconds: number | null;
  aim: Aim;
};

/** Below this nobody needs to sit and wait for them. */
export const FEWEST_AN_HOUR = 0.5;

export function parametersOf(
  measured: { handle: HandleTimes; patience: Estimate; capacity: Estimate },
  assumed: Assumptions,
): Parameters {
  const { mean, alone, slowdown, simultaneous } = measured.handle;
  const slowed = choose(slowdown, assumed.slowdown);
  const patience = choose(measured.patience, assumed.patienceSeconds);
  const concurrency = choose(measured.capacity, assumed.concurrency);
  return { handle: handleOf(), slowdown: slowed, patience, concurrency, simultaneous };

  function handleOf(): Parameter {
    if (alone.value !== null) return { ...alone, source: "measured" };
    if (mean.value === null || slowed.value === null) return choose(mean, assumed.handleSeconds);
    // The mean was measured with others beside it: without them it is what the assumed slowdown leaves.
    const factor = 1 + slowed.value * Math.max(0, (simultaneous ?? 1) - 1);
    return { value: mean.value / factor, se: (mean.se ?? 0) / factor, n: mean.n, source: "measured" };
  }
}

function choose(measured: Estimate, assumed: number | null): Parameter {
  if (measured.value !== null) return { ...measured, source: "measured" };
  return { value: assumed, se: null, n: measured.n, source: assumed === null ? "missing" : "assumed" };
}

/** The desk that these describe; null without a handle time. One conversation at a time where nothing else is known. */
export function deskOf(parameters: Parameters, aim: Aim): Desk | null {
  const { handle, slowdown, patience, concurrency } = parameters;
  if (handle.value === null) return null;
  return {
    handleSeconds: handle.value,
    slowdown: slowdown.value ?? 0,
    concurrency: Math.max(1, Math.round(concurrency.value ?? 1)),
    patienceSeconds: patience.value,
    aim,
  };
}

export type Needed = { erlangA: number | null; erlangC: number | null };

/** How many agents the aim takes, by either model; Erlang A's is null without a patience. */
export function neededFor(desk: Desk, arrivalsPerHour: number): Needed {
  if (arrivalsPerHour < FEWEST_AN_HOUR)
    return { erlangA: desk.patienceSeconds === null ? null : 0, erlangC: 0 };
  const queue = queueOf(desk, arrivalsPerHour);
  const { patienceSeconds, aim } = desk;
  const erlangC = agentsRequired(queue, aim);
  // Those who leave make room for the others, so that this never takes more.
  const erlangA =
    patienceSeconds === null
      ? null
      : agentsRequiredWithPatience({ ...queue, patienceSeconds }, { within: aim }, erlangC ?? 1);
  return { erlangA, erlangC };
}

export type Expected = {
  /** Answered within the aim's limit, of all arrivals. */
  level: number | null;
  abandonment: number | null;
  waitSeconds: number | null;
  occupancy: number | null;
};

/** What a desk with so many agents reaches. */
export function expectedOf(desk: Desk, arrivalsPerHour: number, agents: number): Expected {
  const queue = { ...queueOf(desk, arrivalsPerHour), agents };
  const { patienceSeconds, aim } = desk;
  if (patienceSeconds !== null) {
    const { leaving, levels } = leavingAndLevels({ ...queue, patienceSeconds }, aim.withinSeconds);
    return {
      level: levels.ofAll,
      abandonment: leaving.abandonment,
      waitSeconds: leaving.meanSeconds,
      occupancy: leaving.occupancy,
    };
  }
  const waiting = waitingIn(queue);
  return {
    level: serviceLevel(queue, aim.withinSeconds),
    abandonment: null,
    waitSeconds: waiting?.meanSeconds ?? null,
    occupancy: occupancyOf(queue),
  };
}

/** How long one takes with as many at once as the desk allows. */
export function slowedHandleSeconds(desk: Desk): number {
  return effectiveHandleSeconds(queueOf(desk, 0));
}

function queueOf(desk: Desk, arrivalsPerHour: number): Queue {
  const { handleSeconds, slowdown, concurrency } = desk;
  return { arrivalsPerHour, handleSeconds, slowdown, concurrency, agents: 0 };
}
