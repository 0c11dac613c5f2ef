/**
 * The decision rule: what may be said of a campaign today, however often one looks.
 *
 * While it runs, a confidence sequence at 1 % holds at every look at once and may stop it early. After the planned end, fixed
 * before the start, one t interval at 4 % is read, once: when the last conversion of those who came before it may have come
 * in, and not sooner. Together they hold the effect with 95 %. Decided is on the
 * absolute scale; the relative lift is Fieller's at the same critical value, so the two never disagree.
 *
 * A look is of visitors whose conversions are in, all of them: what only moves purchases forward would otherwise be taken
 * for what makes them. Nothing is read before seven days of such visitors, on each of which somebody came, and ten conversions
 * and non-conversions in each arm, and nothing at all from arms whose sizes contradict the plan.
 *
 * Shapes  a `Look` is the arms' totals up to a moment: of those who became eligible before the planned end, and whose
 *         conversions are in. A `Verdict` is one of the result panel's states, with the reading that it may show. An interval that is shown holds the estimate
 *         beside it, and a verdict of better or worse is one whose interval leaves 0 out.
 * Units   rates and differences from −1 to 1, lifts relative to the control; moments are `EpochMs`.
 * Errors  none; what cannot be measured is a state.
 */
import type { EpochMs } from "../ids.ts";
import { normalCritical, tCritical } from "./distributions.ts";
import { around, armsOf, type Counts, estimate, type Estimate, type Interval, type Pair } from "./effect.ts";
import { fiellerLift, meanOf } from "./fieller.ts";
import { runningIntersection, sequentialCritical } from "./sequential.ts";
import { FEW, fewest, type Fewness, fisherP, newcombe } from "./small-counts.ts";
import { checkGroups, type Group } from "./srm.ts";

/** The error that is spent on all looks before the planned end together, and on the one at it. */
export const ALPHA = { sequential: 0.01, final: 0.04 } as const;
export const MIN_RUNTIME_DAYS = 7;
const DAY_MS = 86_400_000;
export const MIN_RUNTIME_MS = MIN_RUNTIME_DAYS * DAY_MS;
/** The level of what is shown without any decision: exact intervals of small counts. */
const SHOWN_ALPHA = ALPHA.sequential + ALPHA.final;

/** What is fixed at the start and never moves. */
export type Plan = {
  startedAt: EpochMs;
  plannedEnd: EpochMs;
  /** When nobody more was let in, ahead of the planned end or without one; null while it runs. */
  stoppedAt?: EpochMs | null;
  /** N*: the eligible visitors of both arms that are planned for. */
  plannedVisitors: number;
  /** Relative weights of the arms, the hold-out's first. */
  weights: readonly number[];
  /** The absolute difference that is planned to be seen, as a size; null where none was planned. */
  mde: number | null;
  /** How long after the last visitor conversions still come in: looks are so much later than the visitors they are of. */
  maturityMs?: number;
  /** When each day on which somebody came is over, in order; absent where the looks alone say how many there are. */
  daysOver?: readonly EpochMs[];
  /** When those of the visitors who came have come in: later than that, where a visit went on. Null where nobody has. */
  maturesAt?: EpochMs | null;
  /** Variants that are each compared with the hold-out: they share the error (Bonferroni). */
  comparisons?: number;
  lowerIsBetter?: boolean;
};

export type Look = {
  at: EpochMs;
  control: Counts;
  treatment: Counts;
  /** Those assigned to each arm, parallel to `weights`, whether or not they are compared here, or their conversions are in. */
  users: readonly number[];
  /** The same by day, device or browser, where each is to be split as planned too. */
  groups?: readonly Group[];
  /** On how many days somebody of these came; absent, on every one since the start. */
  days?: number;
};

/** May be looked at any day, or only this once. */
export type Basis = "sequential" | "final";

export type Reading = {
  difference: number;
  interval: Interval;
  basis: Basis;
  /** The error that this interval was given. */
  alpha: number;
  /** Null with too few in the control; `interval` null where it is unbounded. */
  relative: { lift: number; interval: Interval | null } | null;
  /** The estimate has left what earlier intervals had in common: the effect changes over time, or the data did. */
  drifted: boolean;
};

export type Verdict =
  | { kind: "not_measurable" }
  | {
      kind: "unusable_split";
      p: number;
      users: readonly number[];
      planned: readonly number[];
      /** The first look since which every one was flagged. */
      since: EpochMs;
    }
  | {
      kind: "collecting";
      visitors: number;
      planned: number;
      /** Infinite where there will be none. */
      earliestReadingAt: EpochMs;
      reading: Reading | null;
    }
  | {
      kind: "too_few";
      fewest: Fewness;
      difference: number | null;
      interval: Interval | null;
      p: number | null;
      ended: boolean;
    }
  | { kind: "likely_better" | "likely_worse"; reading: Reading; decidedAt: EpochMs }
  | { kind: "no_difference_planned" | "inconclusive"; reading: Reading };

/** What may be said after `looks`, in order of time; those after the one at the planned end change nothing. */
export function verdictOf(looks: readonly Look[], plan: Plan): Verdict {
  if (!hasControl(plan)) return { kind: "not_measurable" };
  const end = finalReadingAt(plan);
  const ended = looks.findIndex(({ at }) => at >= end);
  const counted = ended < 0 ? looks : looks.slice(0, ended + 1);
  const latest = counted.at(-1);
  if (latest === undefined) return collecting(null, plan, null);
  const isOver = ended >= 0 || latest.at >= stoppedReadingAt(plan);

  const split = splitFault(latest, plan);
  if (split !== null) return { ...split, since: flaggedSince(counted, plan) ?? latest.at };
  if (!ranLongEnough(latest, plan)) return collecting(latest, plan, null);
  const few = fewest(latest);
  if (few !== null) return tooFew(latest, few, isOver);

  const readings = readingsOf(counted, plan, ended >= 0);
  const reading = readings.at(-1)?.reading;
  if (reading === undefined) return collecting(latest, plan, null);
  if (excludesZero(reading.interval)) {
    const better = reading.difference > 0 !== (plan.lowerIsBetter ?? false);
    return {
      kind: better ? "likely_better" : "likely_worse",
      reading,
      decidedAt: decidedAt(readings, latest),
    };
  }
  if (!isOver) return collecting(latest, plan, reading);
  return { kind: within(reading.interval, plan.mde) ? "no_difference_planned" : "inconclusive", reading };
}

/** When the one final reading is due: all planned visitors in, and their conversions too. */
export function finalReadingAt(plan: Plan): EpochMs {
  return Math.max(allInAt(plan.plannedEnd, plan), plan.startedAt + MIN_RUNTIME_MS);
}

/** When nothing more will change a phase that was stopped: its last visitors' conversions are in. */
function stoppedReadingAt(plan: Plan): EpochMs {
  return allInAt(plan.stoppedAt ?? Infinity, plan);
}

/** When the conversions of all who came before `end` are in: no window of theirs is open at that moment. */
function allInAt(end: EpochMs, { maturityMs = 0, maturesAt = null }: Plan): EpochMs {
  return Math.max(end + maturityMs, maturesAt === null ? 0 : maturesAt + 1);
}

/**
 * The reading of one look alone, of any metric: money beside conversions has its interval at the same level.
 *
 * @returns null where an arm does not vary
 */
export function readPair(pair: Pair, basis: Basis, plan: Plan): Reading | null {
  const found = estimate(pair, "absolute");
  return found.ok ? readEstimate(pair, found, basis, plan) : null;
}

function readEstimate(pair: Pair, { effect, se, df, n }: Estimate, basis: Basis, plan: Plan): Reading {
  const alpha = ALPHA[basis] / Math.max(1, plan.comparisons ?? 1);
  const critical =
    basis === "final"
      ? tCritical(alpha, df)
      : sequentialCritical(n, { alpha, tightest: Math.max(1, plan.plannedVisitors) });
  return {
    difference: effect,
    interval: around(effect, critical * se),
    basis,
    alpha,
    relative: relativeOf(pair, critical),
    drifted: false,
  };
}

/** How many standard errors a figure beside the difference is given, so that it never says more than the difference does. */
export function criticalOf(basis: Basis, n: number, { plannedVisitors }: Plan): number {
  const alpha = ALPHA[basis];
  return basis === "final"
    ? normalCritical(alpha)
    : sequentialCritical(n, { alpha, tightest: Math.max(1, plannedVisitors) });
}

function relativeOf(pair: Pair, critical: number): Reading["relative"] {
  const { control, treatment } = armsOf(pair);
  if (control.plainMean === 0 || (pair.kind === "proportion" && pair.control.x < FEW)) return null;
  const lift = (treatment.mean - control.mean) / Math.abs(control.plainMean);
  // Adjusted means vary together through their shared past: Fieller's set of two independent ones is not theirs.
  const set = pair.kind === "cuped" ? null : fiellerLift(meanOf(control), meanOf(treatment), critical);
  // A share cannot be less than nothing, though its normal approximation may.
  const interval: Interval | null =
    set !== null && pair.kind === "proportion" ? [Math.max(-1, set[0]), set[1]] : set;
  return { lift, interval };
}

type Dated = { at: EpochMs; reading: Reading };

/**
 * The reading at each look that may be read. All intervals hold at once, so each may be cut to what it has in common with
 * the earlier ones; not where the estimate lies outside of that, which then says that something changed.
 */
function readingsOf(looks: readonly Look[], plan: Plan, ended: boolean): Dated[] {
  const alone = looks.flatMap((look, index): Dated[] => {
    if (!ranLongEnough(look, plan) || fewest(look) !== null) return [];
    const basis = ended && index === looks.length - 1 ? "final" : "sequential";
    const pair: Pair = { kind: "proportion", control: look.control, treatment: look.treatment };
    const reading = readPair(pair, basis, plan);
    return reading === null ? [] : [{ at: look.at, reading }];
  });
  const common = runningIntersection(alone.map(({ reading }) => reading.interval));
  const lifts = runningIntersection(alone.map(({ reading }) => reading.relative?.interval ?? EVERYTHING));
  return alone.map(({ at, reading }, look) => ({
    at,
    reading: cut(reading, common[look] ?? EVERYTHING, lifts[look] ?? EVERYTHING),
  }));
}

const EVERYTHING: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

function cut(reading: Reading, interval: Interval, liftInterval: Interval): Reading {
  const { relative } = reading;
  const fits =
    holds(interval, reading.difference) && (relative === null || holds(liftInterval, relative.lift));
  if (!fits) return { ...reading, drifted: true };
  // A lift that was unbounded when the absolute interval left 0 out cannot say so now: then it stays without interval.
  const agrees = liftInterval.every(Number.isFinite) && excludesZero(liftInterval) === excludesZero(interval);
  return {
    ...reading,
    interval,
    relative: relative && { ...relative, interval: agrees ? liftInterval : null },
  };
}

function holds([low, high]: Interval, value: number): boolean {
  return low <= value && value <= high;
}

/** The first look since which every reading leaves 0 out on the same side. */
function decidedAt(readings: readonly Dated[], latest: Look): EpochMs {
  const side = Math.sign(readings.at(-1)?.reading.difference ?? 0);
  const open = readings.findLastIndex(
    ({ reading }) => !excludesZero(reading.interval) || Math.sign(reading.difference) !== side,
  );
  return readings[open + 1]?.at ?? latest.at;
}

function excludesZero([low, high]: Interval): boolean {
  return low > 0 || high < 0;
}

/** Whether a difference as large as planned is left out on both sides. */
function within([low, high]: Interval, mde: number | null): boolean {
  return mde !== null && low > -mde && high < mde;
}

function hasControl({ weights }: Plan): boolean {
  return (weights[0] ?? 0) > 0 && weights.slice(1).some((weight) => weight > 0);
}

type SplitFault = Omit<Extract<Verdict, { kind: "unusable_split" }>, "since">;

function splitFault({ users, groups = [] }: Look, { weights }: Plan): SplitFault | null {
  const { p, flag } = checkGroups(users, groups, weights);
  if (!flag || p === null) return null;
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return { kind: "unusable_split", p, users, planned: weights.map((weight) => weight / all) };
}

function flaggedSince(looks: readonly Look[], plan: Plan): EpochMs | undefined {
  return looks[looks.findLastIndex((look) => splitFault(look, plan) === null) + 1]?.at;
}

/** Days on which nobody was let in, because the phase had ended or was resting, are none of its runtime. */
export function ranLongEnough(
  { at, days = Infinity }: Pick<Look, "at" | "days">,
  { startedAt, stoppedAt, maturityMs = 0 }: Pick<Plan, "startedAt" | "stoppedAt" | "maturityMs">,
): boolean {
  const cameUntil = Math.min(at - maturityMs, stoppedAt ?? Infinity);
  return cameUntil - startedAt >= MIN_RUNTIME_MS && days >= MIN_RUNTIME_DAYS;
}

function collecting(latest: Look | null, plan: Plan, reading: Reading | null): Verdict {
  return {
    kind: "collecting",
    visitors: latest === null ? 0 : latest.control.n + latest.treatment.n,
    planned: plan.plannedVisitors,
    earliestReadingAt: earliestReadingAt(latest, plan),
    reading,
  };
}

/** When there may be more to say than now; infinite where nobody comes any more who could make it up. */
function earliestReadingAt(latest: Look | null, plan: Plan): EpochMs {
  if (latest !== null && ranLongEnough(latest, plan)) return finalReadingAt(plan);
  const { startedAt, stoppedAt, plannedEnd, maturityMs = 0, daysOver = [] } = plan;
  const first = startedAt + MIN_RUNTIME_MS;
  if (first > (stoppedAt ?? Infinity)) return Infinity;
  const seventh = daysOver[MIN_RUNTIME_DAYS - 1];
  if (seventh !== undefined) return Math.max(first, seventh) + maturityMs;
  const seen = Math.max(daysOver.length, latest?.days ?? MIN_RUNTIME_DAYS);
  const missing = MIN_RUNTIME_DAYS - seen;
  if (latest === null || missing <= 0) return first + maturityMs;
  // The days that are missing must begin before whatever ends the phase.
  const since = Math.max(latest.at, daysOver.at(-1) ?? 0);
  if (since + (missing - 1) * DAY_MS > Math.min(plannedEnd, stoppedAt ?? Infinity)) return Infinity;
  return Math.max(first, since + missing * DAY_MS) + maturityMs;
}

function tooFew(look: Look, few: Fewness, ended: boolean): Verdict {
  const { control, treatment } = look;
  return {
    kind: "too_few",
    fewest: few,
    difference: control.n > 0 && treatment.n > 0 ? treatment.x / treatment.n - control.x / control.n : null,
    interval: newcombe(look, SHOWN_ALPHA),
    p: fisherP(look),
    ended,
  };
}
