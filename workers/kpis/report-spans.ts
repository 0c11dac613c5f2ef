/**
 * The figures of several spans of one site at once: what they have in common is read and added up once.
 *
 * The spans' ends cut time into stretches; what is kept of all of them is asked for together, each stretch is added up by
 * itself, and a span is the sum of its stretches. Nothing happens after now, so that all spans that reach it end together.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { costsOfRows } from "../../domain/kpi/costs.ts";
import { figuresAmong, type KpiFigures, type KpiName } from "../../domain/kpi/figures.ts";
import { spreadsOf } from "../../domain/kpi/figure-spreads.ts";
import { NO_GROUP } from "../../domain/kpi/grouping.ts";
import { addTally, emptyTally, type SpreadName, type Tally } from "../../domain/kpi/tally.ts";
import { type CountedSite, countedSite, nextDay } from "./counted-site.ts";
import { partsOf } from "./kept-figures.ts";
import { PackedSum } from "../../domain/kpi/packed-tally.ts";
import { type Later, type ReadParts, readParts } from "./report.ts";
import type { CountedSettings } from "./site-settings.ts";

/** `names` are the figures that are wanted of it; `businessHours` counts durations inside business hours only. */
export type AskedSpan<Name extends KpiName> = {
  from: EpochMs;
  to: EpochMs;
  names: readonly Name[];
  businessHours?: boolean;
};
type Stretch = { from: EpochMs; to: EpochMs; sum: PackedSum };

/** The figures of `spans`, in their order. */
export async function reportSpans<Name extends KpiName>(
  env: Env,
  { key, settings }: { key: SiteKey; settings: CountedSettings },
  spans: readonly AskedSpan<Name>[],
  now: EpochMs,
  later?: Later,
): Promise<Pick<KpiFigures, Name>[]> {
  const site = countedSite(key, settings);
  const end = nextDay(site.calendar, now);
  const known = spans.map(({ from, to }) => ({ from: Math.min(from, end), to: to >= now ? end : to }));
  const stretches = stretchesOf(known);
  const asked = { groupBy: null, now };
  const runs = stretches.map(({ from, to }) => partsOf(site, { ...asked, from, to }));
  addUp(
    stretches,
    await readParts(env, site, asked, runs, later),
    spreadsOf(spans.flatMap((one) => one.names)),
  );
  return spans.map((span, index) => {
    const { from, to } = known[index] ?? span;
    const sum = emptyTally();
    for (const one of stretches) if (one.from >= from && one.to <= to) addTally(sum, one.sum.total());
    return figuresOfSpan(site, { ...span, now }, sum);
  });
}

/** Between each two ends that follow each other, where some span lies. */
function stretchesOf(spans: readonly { from: EpochMs; to: EpochMs }[]): Stretch[] {
  const ends = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].toSorted((a, b) => a - b);
  return ends.slice(1).flatMap((to, index): Stretch[] => {
    const from = ends[index] ?? to;
    const isAsked = spans.some((span) => span.from <= from && span.to >= to);
    return isAsked ? [{ from, to, sum: new PackedSum() }] : [];
  });
}

function addUp(
  stretches: readonly Stretch[],
  { tallies, counted }: ReadParts,
  spreads: ReadonlySet<SpreadName>,
): void {
  for (const { start, groups } of tallies) {
    const own = stretches.find(({ from, to }) => from <= start && start < to);
    if (own !== undefined) for (const [, tally] of groups) own.sum.add(tally, spreads);
  }
  for (const { run, hours, part } of counted) {
    const own = stretches[run];
    for (const { hour, dimension, tally } of hours) {
      if (dimension !== NO_GROUP || (part !== null && (hour < part.from || hour >= part.to))) continue;
      if (own !== undefined) addTally(own.sum.total(), tally);
    }
  }
}

function figuresOfSpan<Name extends KpiName>(
  { costs, calendar }: CountedSite,
  { from, to, now, names, businessHours = false }: AskedSpan<Name> & { now: EpochMs },
  tally: Tally,
): Pick<KpiFigures, Name> {
  const bears = costsOfRows(costs, { from, to, now, groupBy: null }, calendar);
  return figuresAmong(names, tally, { costs: bears(NO_GROUP), businessHours });
}
