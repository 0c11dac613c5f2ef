/**
 * What would help where somebody is missing: each way out with the effect that the model gives it.
 *
 * Shapes  a `Shortage` is a stretch of quarter hours still to come in which agents are missing; a `Remedy` changes
 *         agents, places or arrivals in it. Effects are service levels, of the stretch and of the whole day.
 * Units   moments are `EpochMs`, shares from 0 to 1.
 * Errors  a way out whose effect cannot be reckoned is not proposed: more conversations at once without a known
 *         slowdown, a campaign with too few conversations.
 */
import type { EpochMs } from "../ids.ts";
import { expectedLevel, type Interval } from "./intraday.ts";
import { type Desk, expectedOf, type Parameters } from "./model.ts";

export type Span = { from: EpochMs; to: EpochMs };
export type Shortage = Span & { missing: number };
export type Effect = {
  level: { before: number; after: number };
  abandonment: { before: number; after: number } | null;
  day: { before: number; after: number } | null;
};
export type Remedy = Span &
  Effect &
  (
    | { kind: "more_agents"; agents: number }
    | { kind: "shift_agent"; away: Span }
    | { kind: "concurrency"; concurrency: number }
    | { kind: "pause_campaign"; campaign: string; share: number; n: number }
  );

/** What a campaign brings in a stretch of the clock: `own` of `all` conversations in the days read. */
export type CampaignShare = { campaign: string; own: number; all: number };

const HOUR_MS = 3_600_000;
const QUARTERS_AN_HOUR = 4;
/** Two shortages so close are one. */
const NEAR_MS = HOUR_MS / 2;
const MOST_AT_ONCE = 5;
const FEWEST_CHATS = 30;
const LEAST_SHARE = 0.05;

/** The stretches still to come in which somebody is missing, in order. */
export function shortagesOf(intervals: readonly Interval[]): Shortage[] {
  const found: Shortage[] = [];
  for (const { from, to, gap, over } of intervals) {
    if (over || gap === null || gap >= 0) continue;
    const last = found.at(-1);
    if (last !== undefined && from - last.to < NEAR_MS) {
      last.to = to;
      last.missing = Math.max(last.missing, -gap);
    } else found.push({ from, to, missing: -gap });
  }
  return found;
}

/** The shortage that costs most: by missing agents times time. */
export function worstOf(shortages: readonly Shortage[]): Shortage | null {
  const weight = ({ from, to, missing }: Shortage) => (to - from) * missing;
  return shortages.length === 0 ? null : shortages.reduce((a, b) => (weight(b) > weight(a) ? b : a));
}

type Change = { agents?: number; desk?: Desk; arrivals?: number };

/** The ways out of `shortage`, the most effective in the stretch first. */
export function remediesFor(
  intervals: readonly Interval[],
  desk: Desk,
  parameters: Parameters,
  shortage: Shortage,
  campaigns: readonly CampaignShare[],
): Remedy[] {
  const within = inside(shortage);
  const whole = expectedLevel(intervals, desk) !== null;
  const usual = statesOf(intervals, desk, () => ({}));
  const effect = (change: Change, away: Span | null = null): Effect => {
    const changed = statesOf(intervals, desk, (interval) => {
      if (within(interval)) return change;
      return away !== null && inside(away)(interval) ? { agents: -1 } : {};
    });
    const [before, after] = [usual, changed].map((all) =>
      summed(all.filter(({ interval }) => within(interval))),
    );
    const [dayBefore, dayAfter] = [usual, changed].map(summed);
    return {
      level: { before: before?.level ?? 0, after: after?.level ?? 0 },
      abandonment: pairOf(before?.abandonment, after?.abandonment),
      day: whole ? pairOf(dayBefore?.level, dayAfter?.level) : null,
    };
  };
  const { from, to, missing } = shortage;
  const span = { from, to };
  const found: Remedy[] = [{ kind: "more_agents", agents: 1, ...span, ...effect({ agents: 1 }) }];
  if (missing > 1) {
    found.push({ kind: "more_agents", agents: missing, ...span, ...effect({ agents: missing }) });
  }
  const away = spareTime(intervals, shortage);
  if (away !== null) found.push({ kind: "shift_agent", away, ...span, ...effect({ agents: 1 }, away) });
  if (parameters.slowdown.value !== null && desk.concurrency < MOST_AT_ONCE) {
    const concurrency = desk.concurrency + 1;
    const wider = { ...desk, concurrency };
    found.push({ kind: "concurrency", concurrency, ...span, ...effect({ desk: wider }) });
  }
  for (const { campaign, own, all } of campaigns) {
    const share = all > 0 ? own / all : 0;
    if (all < FEWEST_CHATS || share < LEAST_SHARE) continue;
    found.push({
      kind: "pause_campaign",
      campaign,
      share,
      n: all,
      ...span,
      ...effect({ arrivals: 1 - share }),
    });
  }
  return found.filter(helps).toSorted((a, b) => b.level.after - a.level.after);
}

/** An effect too small to be written is none. */
function helps({ level }: Remedy): boolean {
  return level.after - level.before >= 0.005;
}

function inside(span: Span): (interval: Span) => boolean {
  return ({ from, to }) => from >= span.from && to <= span.to;
}

/** As long a stretch, still to come and outside of the shortage, in which one agent more than needed is there. */
function spareTime(intervals: readonly Interval[], shortage: Shortage): Span | null {
  const wanted = shortage.to - shortage.from;
  let run: Span | null = null;
  let best: { span: Span; distance: number } | null = null;
  for (const interval of intervals) {
    const spare = !interval.over && interval.gap !== null && interval.gap >= 1;
    if (!spare) {
      run = null;
      continue;
    }
    run = run !== null && run.to === interval.from ? { from: run.from, to: interval.to } : { ...interval };
    if (run.to - run.from < wanted) continue;
    const span = { from: run.to - wanted, to: run.to };
    const distance = Math.min(Math.abs(span.from - shortage.to), Math.abs(shortage.from - span.to));
    if (best === null || distance < best.distance) best = { span, distance };
  }
  return best === null ? null : best.span;
}

type State = { interval: Interval; all: number; soon: number; left: number | null };

/** Each quarter hour with the changes: what is over as it was, what is to come by the model. */
function statesOf(
  intervals: readonly Interval[],
  desk: Desk,
  changeIn: (interval: Interval) => Change,
): State[] {
  return intervals.flatMap((interval): State[] => {
    const { over, actual, forecast, agents } = interval;
    if (over && actual !== null) {
      const { numerator: soon, denominator: all } = actual.level.ofAll;
      return [{ interval, all, soon, left: actual.abandonment.numerator }];
    }
    if (forecast === null || agents === null) return [];
    const change = changeIn(interval);
    const arrivals = forecast.expected * (change.arrivals ?? 1);
    const there = Math.max(0, Math.round(agents) + (change.agents ?? 0));
    const same = change.arrivals === undefined && change.agents === undefined && change.desk === undefined;
    const expected =
      same && interval.outlook !== null
        ? interval.outlook
        : expectedOf(change.desk ?? desk, arrivals * QUARTERS_AN_HOUR, there);
    const left = expected.abandonment === null ? null : arrivals * expected.abandonment;
    return [{ interval, all: arrivals, soon: arrivals * (expected.level ?? 0), left }];
  });
}

function summed(states: readonly State[]): { level: number | null; abandonment: number | null } {
  const all = states.reduce((sum, state) => sum + state.all, 0);
  if (all <= 0) return { level: null, abandonment: null };
  const soon = states.reduce((sum, state) => sum + state.soon, 0);
  const known = states.every(({ left }) => left !== null);
  const left = states.reduce((sum, state) => sum + (state.left ?? 0), 0);
  return { level: soon / all, abandonment: known ? left / all : null };
}

function pairOf(before: number | null | undefined, after: number | null | undefined) {
  return before == null || after == null ? null : { before, after };
}
