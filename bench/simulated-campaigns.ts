/**
 * Campaigns whose truth is known, looked at every day by the product's own rule; and by those who should not.
 *
 * Shapes  every function takes its dice, so that a seed gives the same campaigns everywhere. Tallies are counts of
 *         campaigns, parallel questions asked of the same ones.
 * Units   rates from 0 to 1; one look a day.
 */
import { tCritical } from "../domain/experiments/distributions.ts";
import { compare, type Counts, estimate, type Interval, type Pair } from "../domain/experiments/effect.ts";
import { type Look, type Plan, type Reading, type Verdict, verdictOf } from "../domain/experiments/hybrid.ts";
import { sequentialCritical } from "../domain/experiments/sequential.ts";
import type { Dice } from "./dice.ts";

const DAY_MS = 86_400_000;
const ALPHA = 0.05;

export type Campaign = {
  name: string;
  control: number;
  treatment: number;
  /** The part that is held out. */
  holdout: number;
  visitorsPerDay: number;
  days: number;
};

export type Tally = {
  runs: number;
  /** A 5 % test that is made for one look, looked at daily, and once at the end. */
  peeking: number;
  onceAtEnd: number;
  /** The confidence sequence alone, at 5 %. */
  sequenceAlone: number;
  /** The product's rule: a verdict while running, at the end, and those hidden at any look for their split. */
  early: number;
  atEnd: number;
  splitHidden: number;
  /** Those that showed an interval at all, and at the end: the others were hidden for their split, or had too few. */
  read: number;
  readAtEnd: number;
  /** The truth lay in: the plain 95 % interval of the end, what is shown at the end, at the stop, and at every look. */
  coveredPlain: number;
  coveredAtEnd: number;
  coveredAtStop: number;
  coveredAlways: number;
};

/** `runs` campaigns, each looked at every day until its planned end. */
export function lookDaily(
  campaign: Campaign,
  runs: number,
  dice: Dice,
  onRun: (done: number) => void = () => {},
): Tally {
  const draw = binomialDraws(dice);
  const tally = emptyTally();
  for (let run = 0; run < runs; run += 1) {
    add(tally, judge(simulate(campaign, draw), campaign));
    onRun(run + 1);
  }
  return tally;
}

type Draw = (n: number, rate: number) => number;

/** The totals after each day: chance decides who is in which arm, and who of them buys. */
function simulate({ control, treatment, holdout, visitorsPerDay, days }: Campaign, draw: Draw): Look[] {
  const held = { n: 0, x: 0 };
  const invited = { n: 0, x: 0 };
  return Array.from({ length: days }, (_, day) => {
    const heldToday = draw(visitorsPerDay, holdout);
    held.n += heldToday;
    held.x += draw(heldToday, control);
    invited.n += visitorsPerDay - heldToday;
    invited.x += draw(visitorsPerDay - heldToday, treatment);
    const users = [held.n, invited.n];
    return { at: (day + 1) * DAY_MS, control: { ...held }, treatment: { ...invited }, users };
  });
}

function judge(looks: readonly Look[], campaign: Campaign): Tally {
  const truth = campaign.treatment - campaign.control;
  const planned = campaign.visitorsPerDay * campaign.days;
  const plan: Plan = {
    startedAt: 0,
    plannedEnd: campaign.days * DAY_MS,
    plannedVisitors: planned,
    weights: [campaign.holdout, 1 - campaign.holdout],
    mde: null,
  };
  const verdicts = looks.map((_, day) => verdictOf(looks.slice(0, day + 1), plan));
  const stopped = verdicts.find(isDecided);
  const readings = verdicts.flatMap((verdict) => readingIn(verdict) ?? []);
  const last = looks.at(-1);
  const plain = last === undefined ? null : compare(pairOf(last), "absolute", ALPHA);
  const zs = looks.map((look) => zOf(look));
  const atEnd = readings.findLast(({ basis }) => basis === "final");
  const holds = (interval: Interval | undefined) =>
    interval !== undefined && interval[0] <= truth && truth <= interval[1];
  const one = (happened: boolean) => (happened ? 1 : 0);
  return {
    runs: 1,
    peeking: one(zs.some(({ z, df }) => z > tCriticalOf(df))),
    onceAtEnd: one(plain?.ok === true && plain.p < ALPHA),
    sequenceAlone: one(zs.some(({ z, n }) => z > sequentialCritical(n, { alpha: ALPHA, tightest: planned }))),
    early: one(stopped?.reading.basis === "sequential"),
    atEnd: one(stopped?.reading.basis === "final"),
    splitHidden: one(verdicts.some(({ kind }) => kind === "unusable_split")),
    read: one(readings.length > 0),
    readAtEnd: one(atEnd !== undefined),
    coveredPlain: one(plain?.ok === true && holds(plain.ci)),
    coveredAtEnd: one(holds(atEnd?.interval)),
    coveredAtStop: one(holds((stopped?.reading ?? readings.at(-1))?.interval)),
    coveredAlways: one(readings.length > 0 && readings.every(({ interval }) => holds(interval))),
  };
}

type Decided = Extract<Verdict, { kind: "likely_better" | "likely_worse" }>;

function isDecided(verdict: Verdict): verdict is Decided {
  return verdict.kind === "likely_better" || verdict.kind === "likely_worse";
}

function readingIn(verdict: Verdict): Reading | null {
  return "reading" in verdict ? verdict.reading : null;
}

function pairOf({ control, treatment }: { control: Counts; treatment: Counts }): Pair {
  return { kind: "proportion", control, treatment };
}

/** How many standard errors from 0; none where an arm does not vary yet. */
function zOf(look: Look): { z: number; df: number; n: number } {
  const found = estimate(pairOf(look), "absolute");
  return found.ok
    ? { z: Math.abs(found.effect / found.se), df: found.df, n: found.n }
    : { z: 0, df: 1, n: 1 };
}

const criticals = new Map<number, number>();

/** By whole degrees of freedom, rounded up: a hair too ready to reject, at no look that matters. */
function tCriticalOf(df: number): number {
  const whole = Math.ceil(df);
  const known = criticals.get(whole) ?? tCritical(ALPHA, whole);
  criticals.set(whole, known);
  return known;
}

function emptyTally(): Tally {
  return {
    runs: 0,
    peeking: 0,
    onceAtEnd: 0,
    sequenceAlone: 0,
    early: 0,
    atEnd: 0,
    splitHidden: 0,
    read: 0,
    readAtEnd: 0,
    coveredPlain: 0,
    coveredAtEnd: 0,
    coveredAtStop: 0,
    coveredAlways: 0,
  };
}

function add(into: Tally, from: Tally): void {
  into.runs += from.runs;
  into.peeking += from.peeking;
  into.onceAtEnd += from.onceAtEnd;
  into.sequenceAlone += from.sequenceAlone;
  into.early += from.early;
  into.atEnd += from.atEnd;
  into.splitHidden += from.splitHidden;
  into.read += from.read;
  into.readAtEnd += from.readAtEnd;
  into.coveredPlain += from.coveredPlain;
  into.coveredAtEnd += from.coveredAtEnd;
  into.coveredAtStop += from.coveredAtStop;
  into.coveredAlways += from.coveredAlways;
}

/** Binomial numbers by inversion, exact to rounding; each distribution is tabled once. */
export function binomialDraws(dice: Dice): Draw {
  const tables = new Map<string, Float64Array>();
  return (n, rate) => {
    const key = `${n}:${rate}`;
    const known = tables.get(key) ?? cumulative(n, rate);
    tables.set(key, known);
    return firstAbove(known, dice.next());
  };
}

/** P(X ≤ k) for k from 0 to n, built from the likeliest k outwards so that nothing underflows. */
function cumulative(n: number, rate: number): Float64Array {
  const weights = new Float64Array(n + 1);
  const mode = Math.min(n, Math.floor((n + 1) * rate));
  const odds = rate / (1 - rate);
  weights[mode] = 1;
  for (let k = mode; k < n; k += 1) weights[k + 1] = ((weights[k] ?? 0) * (n - k) * odds) / (k + 1);
  for (let k = mode; k > 0; k -= 1) weights[k - 1] = ((weights[k] ?? 0) * k) / ((n - k + 1) * odds);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let below = 0;
  return weights.map((weight) => (below += weight / total));
}

function firstAbove(table: Float64Array, roll: number): number {
  let [low, high] = [0, table.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((table[middle] ?? 1) > roll) high = middle;
    else low = middle + 1;
  }
  return low;
}
