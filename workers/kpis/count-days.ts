/** Days counted from history itself, under a claim, so that what was counted may be kept. */
import type { EpochMs } from "../../domain/ids.ts";
import { type HourTally, tallyDay } from "../../domain/kpi/measure.ts";
import { type CountedSite, type LocalDay, nextDay, subjectOf } from "./counted-site.ts";
import { readHistory } from "./read-history.ts";
import { changesAt, hasCounted, rowsToKeep } from "./rollup-body.ts";
import { claim, type CountedDay } from "./rollup-store.ts";

export type LiveDay = CountedDay & { hours: HourTally[] };

/** Count `days`, which follow each other, as of `now`. */
export async function countDays(
  env: Env,
  site: CountedSite,
  days: readonly LocalDay[],
  now: EpochMs,
): Promise<LiveDay[]> {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const claims = await claim(env, site.key, days.map(subjectOf));
  const hours = await countSpan(env, site, { from: first.from, to: last.to }, now);
  const byDay = Map.groupBy(hours, ({ hour }) => days.find(({ from, to }) => from <= hour && hour < to));
  return days.map((day) => {
    const all = byDay.get(day) ?? [];
    // What only says when it will change has nothing to show yet.
    const of = all.filter(({ tally }) => hasCounted(tally));
    const claimed = claims.get(subjectOf(day));
    if (claimed === undefined) throw new Error(`no claim on ${day.date}`);
    return { day, claimed, hours: of, rows: rowsToKeep(day, of), countedAt: now, changesAt: changesAt(all) };
  });
}

/** What history gives for `span`; the days that it cuts are read whole, since what follows restates what was. */
export async function countSpan(
  env: Env,
  { key, calendar, rules, leadAttributionMs }: CountedSite,
  { from, to }: { from: EpochMs; to: EpochMs },
  now: EpochMs,
): Promise<HourTally[]> {
  const history = await readHistory(env, {
    site: key,
    from: calendar.startOfDay(from),
    to: nextDay(calendar, to - 1),
    now,
    attributionMs: rules.attributionMs,
    leadAttributionMs,
  });
  return tallyDay(history, { ...rules, from, to, now });
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
