/**
 * What the staffing model needs to know of a site, estimated from the site's own conversations: how long one takes,
 * how much slower each further one makes it, and how long visitors wait before they leave. Nothing is invented: with
 * too few conversations a figure is null, and whoever asks must say what they assume.
 *
 * Shapes  a `Served` is a conversation that an agent held, a `Wait` one visitor's time in the queue, whatever ended it.
 * Units   moments are `EpochMs`, everything else is in seconds; `slowdown` is a share of the handle time.
 * Errors  none: what cannot be estimated is null, and `n` says from how many it was tried.
 */
import type { EpochMs } from "../ids.ts";

export type Served = { agent: string; from: EpochMs; to: EpochMs };
export type Wait = { seconds: number; left: boolean };

/** A figure, its standard error, and from how many observations it comes. */
export type Estimate = { value: number | null; se: number | null; n: number };

export type HandleTimes = {
  /** The mean handle time as it was. */
  mean: Estimate;
  /** What the handle time would be with no other conversation beside it. */
  alone: Estimate;
  slowdown: Estimate;
  /** Conversations at once, averaged over the time of all of them. */
  simultaneous: number | null;
};

/** Fewer than this say nothing of a mean. */
export const FEWEST_SERVED = 30;
export const FEWEST_LEFT = 10;
const FEWEST_FOR_SLOPE = 50;
/** Simultaneity must vary at least so much (standard deviation) for a slope to mean anything. */
const LEAST_SPREAD = 0.15;
const SECOND_MS = 1_000;

/**
 * How long visitors wait before they leave, by censored maximum likelihood: all waiting time, also that of those who
 * were served in the end, for each who left. The mean wait of those who left would be far too short.
 */
export function estimatePatience(waits: readonly Wait[]): Estimate {
  const left = waits.filter((wait) => wait.left).length;
  const waited = waits.reduce((total, { seconds }) => total + Math.max(0, seconds), 0);
  if (left < FEWEST_LEFT || waited <= 0) return { value: null, se: null, n: left };
  const value = waited / left;
  return { value, se: value / Math.sqrt(left), n: left };
}

/**
 * Handle times, regressed on how many conversations the agent held at once (each one's average over its own time):
 * seconds = alone × (1 + slowdown × (simultaneous − 1)). A slope below zero is no slowdown.
 */
export function estimateHandleTimes(served: readonly Served[]): HandleTimes {
  const loads = withSimultaneous(served.filter(({ from, to }) => to > from));
  const n = loads.length;
  const seconds = loads.map((load) => load.seconds);
  const total = sum(seconds);
  const simultaneous = total > 0 ? sum(loads.map((load) => load.seconds * load.simultaneous)) / total : null;
  const none: Estimate = { value: null, se: null, n };
  if (n < FEWEST_SERVED) return { mean: none, alone: none, slowdown: none, simultaneous };

  const average = total / n;
  const deviation = Math.sqrt(sum(seconds.map((one) => (one - average) ** 2)) / (n - 1));
  const mean = { value: average, se: deviation / Math.sqrt(n), n };
  const line =
    n < FEWEST_FOR_SLOPE ? null : fitLine(loads.map((load) => [load.simultaneous - 1, load.seconds]));
  if (line === null || line.intercept <= 0) return { mean, alone: none, slowdown: none, simultaneous };
  if (line.slope <= 0) {
    const slowdown = { value: 0, se: line.slopeSe / line.intercept, n };
    return { mean, alone: mean, slowdown, simultaneous };
  }
  const slowdown = line.slope / line.intercept;
  const slowdownSe = Math.hypot(line.slopeSe, slowdown * line.interceptSe) / line.intercept;
  return {
    mean,
    alone: { value: line.intercept, se: line.interceptSe, n },
    slowdown: { value: slowdown, se: slowdownSe, n },
    simultaneous,
  };
}

type Load = { seconds: number; simultaneous: number };

/** How many conversations, itself included, its agent held on average while each lasted. */
function withSimultaneous(served: readonly Served[]): Load[] {
  const byAgent = Map.groupBy(served, ({ agent }) => agent);
  return [...byAgent.values()].flatMap((own) => {
    const held = heldTime(own);
    return own.map(({ from, to }) => ({
      seconds: (to - from) / SECOND_MS,
      simultaneous: (held(to) - held(from)) / (to - from),
    }));
  });
}

/** The conversation-time that an agent had held by each moment at which one began or ended. */
function heldTime(own: readonly Served[]): (at: EpochMs) => number {
  const changes = own.flatMap(({ from, to }) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  changes.sort((a, b) => a.at - b.at);
  const heldAt = new Map<EpochMs, number>();
  let held = 0;
  let open = 0;
  let before = changes[0]?.at ?? 0;
  for (const { at, by } of changes) {
    held += open * (at - before);
    heldAt.set(at, held);
    open += by;
    before = at;
  }
  return (at) => heldAt.get(at) ?? 0;
}

type Line = { intercept: number; slope: number; interceptSe: number; slopeSe: number };

/** Least squares, with errors that do not assume the same spread everywhere; null where x hardly varies. */
function fitLine(points: readonly (readonly [x: number, y: number])[]): Line | null {
  const n = points.length;
  const meanX = sum(points.map(([x]) => x)) / n;
  const meanY = sum(points.map(([, y]) => y)) / n;
  const sxx = sum(points.map(([x]) => (x - meanX) ** 2));
  if (Math.sqrt(sxx / n) < LEAST_SPREAD) return null;
  const slope = sum(points.map(([x, y]) => (x - meanX) * (y - meanY))) / sxx;
  const intercept = meanY - slope * meanX;
  const residuals = points.map(([x, y]) => ({ x: x - meanX, off: y - intercept - slope * x }));
  const slopeVariance = sum(residuals.map(({ x, off }) => (x * off) ** 2)) / sxx ** 2;
  const interceptVariance = sum(residuals.map(({ x, off }) => ((1 / n - (meanX * x) / sxx) * off) ** 2));
  return { intercept, slope, interceptSe: Math.sqrt(interceptVariance), slopeSe: Math.sqrt(slopeVariance) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
