/**
 * A queue that visitors leave: Erlang A (M/M/n+M), where each waits as long as an exponential patience lets them.
 *
 * Everything follows from the wait `V` that a visitor of endless patience would have. Beyond zero its density is
 * proportional to exp(−nμv + λ(1 − e^−θv)/θ), log-concave, so that a Gauss rule on panels that widen away from its
 * peak gives every figure at once, without sums that overflow where the queue is long or the team large.
 *
 * Shapes  a `Queue` as in `erlang.ts` and a patience; three service levels, which differ and are named apart.
 * Units   seconds, arrivals an hour, shares from 0 to 1.
 * Errors  such a queue always settles, so figures exist for every load; with nobody to serve, all leave.
 */
import {
  type Aim,
  effectiveHandleSeconds,
  erlangB,
  loadOf,
  MAX_AGENTS,
  type Queue,
  slotsOf,
} from "./erlang.ts";

export type ImpatientQueue = Queue & { patienceSeconds: number };

export type Leaving = {
  /** Nobody is free at the moment of arrival. */
  probability: number;
  /** The share of all arrivals that leaves unserved. */
  abandonment: number;
  /** The mean wait of all, those who leave included. */
  meanSeconds: number;
  meanQueue: number;
  occupancy: number;
  servedPerSecond: number;
};

export type ServiceLevels = {
  /** Served within the limit, of all arrivals. */
  ofAll: number;
  /** The same, of those who were served. */
  ofServed: number;
  /** The same, of all but those who left within the limit. */
  withoutShortLeavers: number;
  /** Left within the limit, of all arrivals. */
  leftWithin: number;
};

/** What may be asked of a queue that visitors leave; one of the two at least. */
export type ImpatientAim = { within?: Aim | null; maxAbandonment?: number | null };

const HOUR_SECONDS = 3_600;
const TENTH = 0.1;

/** Who waits, who leaves, and how busy it is. */
export function leavingFrom(queue: ImpatientQueue): Leaving {
  return figuresOf(queue, 0).leaving;
}

/** The three service levels for answers within `withinSeconds`. */
export function serviceLevels(queue: ImpatientQueue, withinSeconds: number): ServiceLevels {
  return figuresOf(queue, withinSeconds).levels;
}

/** Both at once, for little more than the work of one. */
export function leavingAndLevels(
  queue: ImpatientQueue,
  withinSeconds: number,
): { leaving: Leaving; levels: ServiceLevels } {
  return figuresOf(queue, withinSeconds);
}

/** Nine in ten of all arrivals wait no longer, whether they are served then or leave. */
export function ninetiethWait(queue: ImpatientQueue): number {
  const stillThere = (seconds: number) =>
    figuresOf(queue, seconds).waitsBeyond * Math.exp(-seconds / queue.patienceSeconds);
  if (stillThere(0) <= TENTH) return 0;
  let low = 0;
  let high = queue.patienceSeconds * Math.log(1 / TENTH);
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (stillThere(middle) > TENTH) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The fewest agents with which the aim is reached; null beyond `MAX_AGENTS`.
 *
 * @param guess where to look first: the answer is the same, and found sooner nearby
 */
export function agentsRequiredWithPatience(
  queue: Omit<ImpatientQueue, "agents">,
  aim: ImpatientAim,
  guess: number = 1,
): number | null {
  const reached = (agents: number): boolean => {
    const { leaving, levels } = figuresOf({ ...queue, agents }, aim.within?.withinSeconds ?? 0);
    const soonEnough = aim.within == null || levels.ofAll >= aim.within.share;
    return soonEnough && (aim.maxAbandonment == null || leaving.abandonment <= aim.maxAbandonment);
  };
  let tooFew = 0;
  let enough = Math.max(1, Math.min(MAX_AGENTS, guess));
  for (let step = 1; !reached(enough); step *= 2) {
    if (enough >= MAX_AGENTS) return null;
    tooFew = enough;
    enough = Math.min(MAX_AGENTS, enough + step);
  }
  for (let step = 1; tooFew === 0 && enough > 1; step *= 2) {
    const fewer = Math.max(1, enough - step);
    if (reached(fewer)) enough = fewer;
    else tooFew = fewer;
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (reached(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

type Figures = {
  leaving: Leaving;
  levels: ServiceLevels;
  /** The probability that the wait of somebody of endless patience exceeds the limit. */
  waitsBeyond: number;
};

function figuresOf(queue: ImpatientQueue, withinSeconds: number): Figures {
  const slots = slotsOf(queue);
  const arrivals = queue.arrivalsPerHour / HOUR_SECONDS;
  if (slots === 0) return nobodyThere(queue, arrivals, withinSeconds);
  const leaving = 1 / queue.patienceSeconds;
  const wait = offeredWait(
    { arrivals, serving: slots / effectiveHandleSeconds(queue), leaving },
    withinSeconds,
  );
  // The odds of finding a free slot against none: Erlang B's, over the weight of the states in which somebody waits.
  const blocked = erlangB(slots, loadOf(queue));
  const oddsOfNone = blocked === 0 ? 0 : 1 / (1 + (1 / blocked - 1) * Math.exp(-wait.logWeight));
  const probability = arrivals === 0 ? 0 : oddsOfNone;

  const abandonment = probability * wait.leaves;
  const served = 1 - probability + probability * wait.serves;
  const servedPerSecond = arrivals * served;
  const ofAll = 1 - probability + probability * wait.servedWithin;
  const leftWithin = probability * wait.leavesWithin;
  return {
    leaving: {
      probability,
      abandonment,
      meanSeconds: abandonment / leaving,
      meanQueue: (arrivals * abandonment) / leaving,
      occupancy: (servedPerSecond * effectiveHandleSeconds(queue)) / slots,
      servedPerSecond,
    },
    levels: {
      ofAll,
      ofServed: ofAll / served,
      withoutShortLeavers: ofAll / (1 - leftWithin),
      leftWithin,
    },
    waitsBeyond: probability * wait.beyond,
  };
}

function nobodyThere(queue: ImpatientQueue, arrivals: number, withinSeconds: number): Figures {
  const leftWithin = -Math.expm1(-withinSeconds / queue.patienceSeconds);
  return {
    leaving: {
      probability: 1,
      abandonment: 1,
      meanSeconds: queue.patienceSeconds,
      meanQueue: arrivals * queue.patienceSeconds,
      occupancy: 0,
      servedPerSecond: 0,
    },
    levels: { ofAll: 0, ofServed: 0, withoutShortLeavers: 0, leftWithin },
    waitsBeyond: 1,
  };
}

type Rates = { arrivals: number; serving: number; leaving: number };
type OfferedWait = {
  /** The logarithm of ∫ nμ·exp(−nμv + λ(1 − e^−θv)/θ) dv: how much the waiting states weigh beside the last full one. */
  logWeight: number;
  /** Shares of those who must wait. */
  leaves: number;
  serves: number;
  servedWithin: number;
  leavesWithin: number;
  beyond: number;
};

function offeredWait({ arrivals, serving, leaving }: Rates, withinSeconds: number): OfferedWait {
  const peak = arrivals > serving ? Math.log(arrivals / serving) / leaving : 0;
  // The slope's positive part at the peak; written from there, nothing large is subtracted from anything large.
  const pull = Math.min(arrivals, serving);
  const fall = (from: number) => -serving * from - (pull / leaving) * Math.expm1(-leaving * from);
  const atPeak = -serving * peak - (arrivals / leaving) * Math.expm1(-leaving * peak);

  const cuts = panelsAround(peak, fall, Math.min(1 / leaving, 1 / serving, 1 / Math.sqrt(serving * leaving)));
  const sums = { mass: 0, leaves: 0, serves: 0, servedWithin: 0, leavesEarly: 0, beyond: 0 };
  const splits = [...cuts, withinSeconds].filter((cut) => cut >= (cuts[0] ?? 0) && cut <= (cuts.at(-1) ?? 0));
  splits.sort((a, b) => a - b);
  for (let index = 1; index < splits.length; index += 1) {
    const from = splits[index - 1] ?? 0;
    const half = ((splits[index] ?? from) - from) / 2;
    const middle = from + half;
    const within = middle < withinSeconds;
    for (const { at, weight } of GAUSS) {
      const wait = middle + half * at;
      const sinceThen = wait - peak;
      const gone = Math.expm1(-leaving * sinceThen);
      const mass = half * weight * Math.exp(-serving * sinceThen - (pull / leaving) * gone);
      // Both shares follow from one exponential, unless most of the wait lies before the peak: there it cancels out.
      const left = -(peak === 0 ? gone : Math.expm1(-leaving * wait)) * mass;
      sums.mass += mass;
      sums.leaves += left;
      sums.serves += peak === 0 ? mass - left : mass * Math.exp(-leaving * wait);
      if (within) {
        sums.servedWithin += mass - left;
        sums.leavesEarly += left;
      } else sums.beyond += mass;
    }
  }
  const leftByThen = -Math.expm1(-leaving * withinSeconds);
  return {
    logWeight: Math.log(serving * sums.mass) + atPeak,
    leaves: sums.leaves / sums.mass,
    serves: sums.serves / sums.mass,
    servedWithin: sums.servedWithin / sums.mass,
    leavesWithin: (sums.leavesEarly + leftByThen * sums.beyond) / sums.mass,
    beyond: sums.beyond / sums.mass,
  };
}

/** Below exp(−this) of the peak nothing is left to count: less than a number of double precision holds. */
const NEGLIGIBLE = 40;
const WIDEST_PANEL = 1 / 6;

/** Where to cut the axis: panels that start at `finest` beside the peak and widen, as far as the density reaches. */
function panelsAround(peak: number, fall: (from: number) => number, finest: number): number[] {
  const right = reach(fall, finest);
  const left =
    peak === 0
      ? 0
      : Math.min(
          peak,
          reach((from) => fall(-from), finest),
        );
  return [
    ...widening(left, finest)
      .map((from) => peak - from)
      .toReversed(),
    peak,
    ...widening(right, finest).map((from) => peak + from),
  ];
}

/** How far from the peak the density is negligible. */
function reach(fall: (from: number) => number, start: number): number {
  let far = start;
  while (fall(far) > -NEGLIGIBLE) far *= 2;
  let near = far / 2;
  for (let step = 0; step < 8; step += 1) {
    const middle = (near + far) / 2;
    if (fall(middle) > -NEGLIGIBLE) near = middle;
    else far = middle;
  }
  return far;
}

function widening(end: number, finest: number): number[] {
  const cuts: number[] = [];
  for (let at = 0, step = finest; at < end; step *= 2) {
    at = Math.min(end, at + Math.min(step, end * WIDEST_PANEL));
    cuts.push(at);
  }
  return cuts;
}

type Node = { at: number; weight: number };

/** Gauss's rule of `count` points on [−1, 1]: the zeros of Legendre's polynomial by Newton's steps. */
function gaussLegendre(count: number): Node[] {
  return Array.from({ length: count }, (_, index) => {
    let at = Math.cos((Math.PI * (index + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < 10; step += 1) {
      let [before, here] = [1, at];
      for (let degree = 2; degree <= count; degree += 1) {
        [before, here] = [here, ((2 * degree - 1) * at * here - (degree - 1) * before) / degree];
      }
      slope = (count * (at * here - before)) / (at * at - 1);
      at -= here / slope;
    }
    return { at, weight: 2 / ((1 - at * at) * slope * slope) };
  });
}

const GAUSS = gaussLegendre(16);
