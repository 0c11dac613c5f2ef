/**
 * How long those who arrive wait, and how many people that takes: Erlang's formulas for a queue nobody leaves.
 *
 * Shapes  a `Queue` is what arrives and what serves; several conversations at once are `concurrency` slots a person,
 *         each a little slower (`slowdown` of the handle time for every further one).
 * Units   times in seconds, arrivals an hour, shares and probabilities from 0 to 1, `load` in erlangs.
 * Errors  a queue that grows without end has no figures: they are null, not a number.
 */
export type Queue = {
  arrivalsPerHour: number;
  handleSeconds: number;
  agents: number;
  concurrency?: number;
  /** How much longer one conversation takes for each further one held beside it, as a share. */
  slowdown?: number;
};
export type Aim = { withinSeconds: number; share: number };

export type Waiting = {
  /** Nobody is free at the moment of arrival. */
  probability: number;
  /** The mean wait of all, and of those who wait at all. */
  meanSeconds: number;
  meanOfWaitersSeconds: number;
  meanQueue: number;
  /** Nine in ten wait no longer. */
  ninetiethSeconds: number;
};

const HOUR_SECONDS = 3_600;
/** No desk is larger; a search that gets here has been asked for the impossible. */
export const MAX_AGENTS = 10_000;
const TENTH = 0.1;

/** The share of arrivals that finds all `slots` taken where nobody waits. */
export function erlangB(slots: number, load: number): number {
  let blocked = 1;
  for (let taken = 1; taken <= slots; taken += 1) blocked = (load * blocked) / (taken + load * blocked);
  return blocked;
}

/** The probability that an arrival waits; null where the queue grows without end. */
export function erlangC(slots: number, load: number): number | null {
  if (load >= slots) return null;
  const blocked = erlangB(slots, load);
  return (slots * blocked) / (slots - load * (1 - blocked));
}

export function slotsOf({ agents, concurrency = 1 }: Queue): number {
  return agents * concurrency;
}

/** How long one conversation takes when each person holds as many as they can. */
export function effectiveHandleSeconds({ handleSeconds, concurrency = 1, slowdown = 0 }: Queue): number {
  return handleSeconds * (1 + slowdown * (concurrency - 1));
}

/** The work that arrives: how many slots it would keep busy without a pause. */
export function loadOf(queue: Queue): number {
  return (queue.arrivalsPerHour / HOUR_SECONDS) * effectiveHandleSeconds(queue);
}

/** The share of the time in which a slot is busy; null where there is more work than time. */
export function occupancyOf(queue: Queue): number | null {
  const slots = slotsOf(queue);
  const load = loadOf(queue);
  return load < slots ? load / slots : null;
}

/** How long those who arrive wait; null where the queue grows without end. */
export function waitingIn(queue: Queue): Waiting | null {
  const probability = erlangC(slotsOf(queue), loadOf(queue));
  if (probability === null) return null;
  const meanOfWaitersSeconds = 1 / spareRate(queue);
  const meanSeconds = probability * meanOfWaitersSeconds;
  return {
    probability,
    meanSeconds,
    meanOfWaitersSeconds,
    meanQueue: (queue.arrivalsPerHour / HOUR_SECONDS) * meanSeconds,
    ninetiethSeconds: probability <= TENTH ? 0 : Math.log(probability / TENTH) * meanOfWaitersSeconds,
  };
}

/** The share of arrivals served within `withinSeconds`; null where the queue grows without end. */
export function serviceLevel(queue: Queue, withinSeconds: number): number | null {
  const probability = erlangC(slotsOf(queue), loadOf(queue));
  return probability === null ? null : 1 - probability * Math.exp(-spareRate(queue) * withinSeconds);
}

/** The mean wait of all who arrive (average speed of answer); null where the queue grows without end. */
export function averageSpeedOfAnswer(queue: Queue): number | null {
  return waitingIn(queue)?.meanSeconds ?? null;
}

/**
 * The fewest agents with which the aim is reached; null beyond `MAX_AGENTS`.
 *
 * @param maxOccupancy agents are added until nobody is busier than this share of the time
 */
export function agentsRequired(
  queue: Omit<Queue, "agents">,
  aim: Aim,
  maxOccupancy: number = 1,
): number | null {
  const fewest = Math.max(1, Math.floor(loadOf({ ...queue, agents: 1 }) / (queue.concurrency ?? 1)));
  for (let agents = fewest; agents <= MAX_AGENTS; agents += 1) {
    const staffed = { ...queue, agents };
    const reached = serviceLevel(staffed, aim.withinSeconds);
    const busy = occupancyOf(staffed);
    if (reached !== null && reached >= aim.share && busy !== null && busy <= maxOccupancy) return agents;
  }
  return null;
}

/** How many more could be served in a second than arrive. */
function spareRate(queue: Queue): number {
  return slotsOf(queue) / effectiveHandleSeconds(queue) - queue.arrivalsPerHour / HOUR_SECONDS;
}
