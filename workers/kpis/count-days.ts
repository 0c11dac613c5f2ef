/**
 * Days counted from history itself, under a claim, so that what was counted may be kept: from what is kept of them and what
 * happened since where that can be told, else from all that happened.
 */
import type { EpochMs } from "../../domain/ids.ts";
import { type HourTally, tallyDay } from "../../domain/kpi/measure.ts";
import { type CountedSite, type LocalDay, nextDay, subjectOf } from "./counted-site.ts";
import { readChanges } from "./day-changes.ts";
import { readHistoryAt } from "./read-history.ts";
import { changesAt, hasCounted, rowsToKeep } from "./rollup-body.ts";
import { type ChangedDay, claimDays, type CountedDay, keepChange, keepDay } from "./rollup-store.ts";

/** Days that are read from history together. */
export const DAYS_AT_ONCE = 4;

export type WholeDay = CountedDay & { hours: HourTally[] };
export type LiveDay = WholeDay | ChangedDay;

/** Whether only what it has changed by was counted. */
export function isChange(day: LiveDay): day is ChangedDay {
  return "change" in day;
}

/**
 * Count `days`, which follow each other, as of `now`. `keptOf` says on which build of a day the caller goes on from, where
 * it has read what is kept of it; another one's changes are of no use to it.
 */
export async function countDays(
  env: Env,
  site: CountedSite,
  days: readonly LocalDay[],
  now: EpochMs,
  keptOf?: (day: LocalDay) => number | undefined,
): Promise<LiveDay[]> {
  if (days.length === 0) return [];
  const claims = await claimDays(env, site.key, days.map(subjectOf));
  const claimOf = (day: LocalDay): number => {
    const claimed = claims.claimed.get(subjectOf(day));
    if (claimed === undefined) throw new Error(`no claim on ${day.date}`);
    return claimed;
  };
  const goesOn = days.filter(
    (day) => keptOf === undefined || keptOf(day) === claims.marks.get(subjectOf(day))?.built,
  );
  const changes = await readChanges(env, site, goesOn, claims, now);
  const changed = changes.map((one): LiveDay => ({
    ...one,
    claimed: claimOf(one.day),
    seq: claims.last,
    countedAt: now,
  }));
  const left = days.filter((day) => changes.every((one) => one.day !== day));
  const whole: LiveDay[] = [];
  for (const run of runsOf(left, DAYS_AT_ONCE))
    whole.push(...(await countWhole(env, site, run, now, claimOf)));
  return [...changed, ...whole];
}

/** Keep what was counted of a day. */
export function keep(env: Env, site: CountedSite, day: LiveDay): Promise<void> {
  return isChange(day) ? keepChange(env, site, day) : keepDay(env, site, day);
}

async function countWhole(
  env: Env,
  site: CountedSite,
  days: readonly LocalDay[],
  now: EpochMs,
  claimOf: (day: LocalDay) => number,
): Promise<WholeDay[]> {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const { hours, seq } = await readSpan(env, site, { from: first.from, to: last.to }, now);
  const byDay = Map.groupBy(hours, ({ hour }) => days.find(({ from, to }) => from <= hour && hour < to));
  return days.map((day) => {
    const all = byDay.get(day) ?? [];
    // What only says when it will change has nothing to show yet.
    const of = all.filter(({ tally }) => hasCounted(tally));
    const rows = rowsToKeep(day, of);
    return { day, claimed: claimOf(day), seq, hours: of, rows, countedAt: now, changesAt: changesAt(all) };
  });
}

/** What history gives for `span`; the days that it cuts are read whole, since what follows restates what was. */
export async function countSpan(
  env: Env,
  site: CountedSite,
  span: { from: EpochMs; to: EpochMs },
  now: EpochMs,
): Promise<HourTally[]> {
  return (await readSpan(env, site, span, now)).hours;
}

async function readSpan(
  env: Env,
  { key, calendar, rules, leadAttributionMs }: CountedSite,
  { from, to }: { from: EpochMs; to: EpochMs },
  now: EpochMs,
): Promise<{ hours: HourTally[]; seq: number }> {
  const { history, seq } = await readHistoryAt(env, {
    site: key,
    from: calendar.startOfDay(from),
    to: nextDay(calendar, to - 1),
    now,
    attributionMs: rules.attributionMs,
    leadAttributionMs,
  });
  return { hours: tallyDay(history, { ...rules, from, to, now }), seq };
}

/** `days` in runs that follow each other, none longer than `most`. */
export function runsOf(days: readonly LocalDay[], most: number): LocalDay[][] {
  const runs: LocalDay[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run !== undefined && run.length < most && run.at(-1)?.to === day.from) run.push(day);
    else runs.push([day]);
  }
  return runs;
}
