/**
 * What the staffing model needs to know of a site, estimated from the site's own conversations: how long one takes,
 * how much slower each further one makes it, and how long visitors wait before they leave. Nothing is invented: with
 * too few conversations a figure is null, and whoever asks must say what they assume.
 *
 * Shapes  a `Served` is a conversation that agents had, a `Wait` one visitor's time in the queue, whatever ended it.
 * Units   moments are `EpochMs`, everything else is in seconds; `slowdown` is a share of the handle time.
 * Errors  none: what cannot be estimated is null, and `n` says from how many it was tried.
 */
import type { EpochMs } from "../ids.ts";
import type { Stretch } from "./observed.ts";

export type Served = {
  /** Whether its stretches are a handle time; one that nobody answered takes a place and has none. */
  handled: boolean;
  stretches: readonly Stretch[];
};
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
 * Handle times, each the sum of its stretches, regressed on how many conversations the agent held at once (the average
 * over its own time): seconds = alone × (1 + slowdown × (simultaneous − 1)). A slope below zero is no slowdown.
 */
export function estimateHandleTimes(served: readonly Served[]): HandleTimes {
  const loads = loadsOf(served);
  const n = loads.length;
  const known = loads.filter((load) => load.simultaneous !== null);
  let [total, inKnown, held] = [0, 0, 0];
  for (const load of loads) total += load.seconds;
  for (const load of known) {
    inKnown += load.seconds;
    held += load.seconds * (load.simultaneous ?? 0);
  }
  const simultaneous = inKnown > 0 ? held / inKnown : null;
  const none: Estimate = { value: null, se: null, n };
  if (n < FEWEST_SERVED) return { mean: none, alone: none, slowdown: none, simultaneous };

  const average = total / n;
  let squares = 0;
  for (const load of loads) squares += (load.seconds - average) ** 2;
  const mean = { value: average, se: Math.sqrt(squares / (n - 1) / n), n };
  const line = n < FEWEST_FOR_SLOPE ? null : fitLine(known);
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

type Load = {
  seconds: number;
  /** Null of one that was over at once, and where it is not known who had it. */
  simultaneous: number | null;
};

/** Of each that has a handle time: how many conversations, itself included, its agents held on average meanwhile. */
function loadsOf(served: readonly Served[]): Load[] {
  const byAgent = new Map<string, Stretch[]>();
  for (const { stretches } of served) {
    for (const stretch of stretches) {
      if (stretch.agent === null) continue;
      const own = byAgent.get(stretch.agent);
      if (own === undefined) byAgent.set(stretch.agent, [stretch]);
      else own.push(stretch);
    }
  }
  const heldBy = new Map<string | null, (at: EpochMs) => number>();
  for (const [agent, own] of byAgent) heldBy.set(agent, heldTime(own));
  const loads: Load[] = [];
  for (const { handled, stretches } of served) {
    if (!handled) continue;
    let ms = 0;
    let knownMs = 0;
    let heldMs = 0;
    for (const { agent, from, to } of stretches) {
      ms += to - from;
      const held = heldBy.get(agent);
      if (held === undefined) continue;
      knownMs += to - from;
      heldMs += held(to) - held(from);
    }
    loads.push({ seconds: ms / SECOND_MS, simultaneous: knownMs > 0 ? heldMs / knownMs : null });
  }
  return loads;
}

/** The conversation-time that an agent had held by each moment at which one began or ended. */
function heldTime(own: readonly Stretch[]): (at: EpochMs) => number {
  const count = own.length;
  const begins = new Float64Array(count);
  const ends = new Float64Array(count);
  for (const [index, { from, to }] of own.entries()) {
    begins[index] = from;
    ends[index] = to;
  }
  begins.sort();
  ends.sort();
  const moments = new Float64Array(2 * count);
  const heldAt = new Float64Array(2 * count);
  let [begun, over, held, known] = [0, 0, 0, 0];
  let before = begins[0] ?? 0;
  while (over < count) {
    const at = Math.min(begins[begun] ?? Infinity, ends[over] ?? Infinity);
    held += (begun - over) * (at - before);
    moments[known] = at;
    heldAt[known] = held;
    known += 1;
    before = at;
    while (begins[begun] === at) begun += 1;
    while (ends[over] === at) over += 1;
  }
  return (at) => {
    let low = 0;
    let high = known - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((moments[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return heldAt[low] ?? 0;
  };
}

type Line = { intercept: number; slope: number; interceptSe: number; slopeSe: number };

/**
 * Seconds by how many more were held beside: least squares, with errors that do not assume the same spread everywhere;
 * null where that hardly varies.
 */
function fitLine(loads: readonly Load[]): Line | null {
  const n = loads.length;
  let [sumX, sumY] = [0, 0];
  for (const load of loads) {
    sumX += besideOf(load);
    sumY += load.seconds;
  }
  const [meanX, meanY] = [sumX / n, sumY / n];
  let [sxx, sxy] = [0, 0];
  for (const load of loads) {
    const x = besideOf(load) - meanX;
    sxx += x * x;
    sxy += x * (load.seconds - meanY);
  }
  if (!(Math.sqrt(sxx / n) >= LEAST_SPREAD)) return null;
  const slope = sxy / sxx;
  const intercept = meanY - slope * meanX;
  let [slopeVariance, interceptVariance] = [0, 0];
  for (const load of loads) {
    const x = besideOf(load);
    const off = load.seconds - intercept - slope * x;
    slopeVariance += ((x - meanX) * off) ** 2;
    interceptVariance += ((1 / n - (meanX * (x - meanX)) / sxx) * off) ** 2;
  }
  return {
    intercept,
    slope,
    interceptSe: Math.sqrt(interceptVariance),
    slopeSe: Math.sqrt(slopeVariance) / sxx,
  };
}

function besideOf({ simultaneous }: Load): number {
  return (simultaneous ?? 1) - 1;
}
