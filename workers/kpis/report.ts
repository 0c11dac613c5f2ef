/**
 * The KPIs of a site for a span of time: the one query layer of screens, API, CSV and reports.
 *
 * Days and hours come from what is kept of them; a day that is behind history is counted from it then and there, and
 * kept; what the span cuts inside an hour is counted and not kept.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { type CostOfRow, costsOfRows } from "../../domain/kpi/costs.ts";
import { figuresAmong, KPI_NAMES, type KpiFigures, type KpiName } from "../../domain/kpi/figures.ts";
import { spreadsOf } from "../../domain/kpi/figure-spreads.ts";
import {
  type Dimension,
  dimensionOf,
  type Grouping,
  groupsWithoutRows,
  rowOf,
} from "../../domain/kpi/grouping.ts";
import type { HourTally, KpiRow } from "../../domain/kpi/measure.ts";
import { compare } from "../../domain/kpi/orders.ts";
import { addTally, type SpreadName } from "../../domain/kpi/tally.ts";
import { countDays, countSpan, DAYS_AT_ONCE, isChange, keep, type LiveDay, runsOf } from "./count-days.ts";
import { type CountedSite, countedSite, type LocalDay } from "./counted-site.ts";
import { enumerateDays } from "./enumerate-days.ts";
import { type Kept, type KeptTallies, type Part, type Parts, partsOf, readKept } from "./kept-figures.ts";
import { PackedSum } from "../../domain/kpi/packed-tally.ts";
import { keepRow } from "./rollup-store.ts";
import { type CountedSettings, readSettings } from "./site-settings.ts";
import { changedGroups, changesByRow } from "./tally-change.ts";

export { readSettings };

export type KpiSpan = {
  from: EpochMs;
  to: EpochMs;
  groupBy: Grouping | null;
  now: EpochMs;
  /** Durations inside business hours only. */
  businessHours?: boolean | undefined;
};

/** Takes work that need not be waited for, such as keeping what was counted; without it, that is waited for. */
export type Later = (work: Promise<unknown>) => void;

/** One row for `[from, to)`, or one a group, with every figure. */
export async function reportKpis(env: Env, key: SiteKey, span: KpiSpan, later?: Later): Promise<KpiRow[]> {
  return (await reportSomeKpis(env, key, { ...span, names: KPI_NAMES }, later)) as KpiRow[];
}

/** A row with those figures that were asked for. */
export type SomeKpis = { group: string | null } & Partial<KpiFigures>;

/** One row for `[from, to)`, or one a group, with the figures of `names`. */
export async function reportSomeKpis(
  env: Env,
  key: SiteKey,
  span: KpiSpan & { names: readonly KpiName[] },
  later?: Later,
  known?: CountedSettings,
): Promise<SomeKpis[]> {
  const site = countedSite(key, known ?? (await readSettings(env, key)));
  const parts = partsOf(site, span);
  const read = await readParts(env, site, span, [parts], later);
  const rows = new Rows(site, span);
  const spreads = spreadsOf(span.names);
  for (const { start, groups } of read.tallies) rows.addKept(start, groups, spreads);
  for (const one of read.counted) rows.addHours(one);
  return rows.figures(span.names);
}

/** Hours that had to be counted: those of `part` are asked for, or all of them where it is null. */
export type CountedHours = { run: number; hours: HourTally[]; part: Part | null };
export type ReadParts = { tallies: KeptTallies[]; counted: CountedHours[] };

/** What is kept of all of `runs`, which follow each other, at once; days that are behind are counted, each once, and kept. */
export async function readParts(
  env: Env,
  site: CountedSite,
  asked: { groupBy: Grouping | null; now: EpochMs },
  runs: readonly Parts[],
  later?: Later,
): Promise<ReadParts> {
  const kept = await readEnumerated(
    env,
    site,
    asked,
    runs.map(({ whole }) => whole),
  );
  const behind = Map.groupBy(kept.behind, ({ part }) => part.day.from);
  const days = [...behind.values()]
    .flatMap(([one]) => (one === undefined ? [] : [one.part.day]))
    .toSorted((a, b) => a.from - b.from);
  const builtOf = (day: LocalDay) => behind.get(day.from)?.[0]?.built;
  const live: LiveDay[] = [];
  for (const run of runsOf(days, DAYS_AT_ONCE)) {
    live.push(...(await countDays(env, site, run, asked.now, builtOf)));
  }
  const dimension = dimensionOf(asked.groupBy);
  const counted: CountedHours[] = [];
  for (const one of live) {
    for (const { part, kept: before } of behind.get(one.day.from) ?? []) {
      const run = runs.findIndex(({ whole }) => whole.includes(part));
      if (isChange(one)) kept.tallies.push(...changedRows(part, before, one.change, dimension));
      else counted.push({ run, hours: one.hours, part });
    }
  }
  for (const [run, { cut }] of runs.entries()) {
    for (const part of cut) {
      counted.push({ run, hours: await countSpan(env, site, part, asked.now), part: null });
    }
  }
  const keeping = Promise.all([
    ...live.map((one) => keep(env, site, one)),
    ...kept.sums.map((sum) => keepRow(env, site.key, sum)),
  ]);
  if (later === undefined) await keeping;
  else later(keeping);
  return { tallies: kept.tallies, counted };
}

/** The rows of `part` with what its day has changed by. */
function changedRows(
  { from, to, level }: Part,
  before: readonly KeptTallies[],
  change: readonly HourTally[],
  dimension: Dimension,
): KeptTallies[] {
  const own = change.filter((one) => one.dimension === dimension && from <= one.hour && one.hour < to);
  const changes = changesByRow(own, (hour) => (level === "day" ? from : hour));
  const kept = new Map(before.map(({ start, groups }) => [start, groups]));
  for (const [start, changed] of changes) kept.set(start, changedGroups(kept.get(start) ?? [], changed));
  return [...kept].map(([start, groups]) => ({ start, groups }));
}

/** A site of which not every day has its mark gets them first. */
async function readEnumerated(
  env: Env,
  site: CountedSite,
  asked: { groupBy: Grouping | null; now: EpochMs },
  runs: readonly (readonly Part[])[],
): Promise<Kept> {
  const kept = await readKept(env, site, asked, runs);
  if (kept.isEnumerated) return kept;
  await enumerateDays(env, site, asked.now);
  return readKept(env, site, asked, runs);
}

/** The rows of a report, as they add up. */
class Rows {
  readonly #span: KpiSpan;
  readonly #rowFor: (hour: EpochMs, group: string) => string;
  readonly #costsOf: (row: string) => CostOfRow | null;
  readonly #sums = new Map<string, PackedSum>();

  constructor({ calendar, costs }: CountedSite, span: KpiSpan) {
    this.#span = span;
    this.#costsOf = costsOfRows(costs, span, calendar);
    this.#rowFor = rowOf(span.groupBy, calendar);
    for (const group of groupsWithoutRows(span, calendar)) this.#sums.set(group, new PackedSum());
  }

  addKept(start: EpochMs, groups: KeptTallies["groups"], spreads: ReadonlySet<SpreadName>): void {
    for (const [group, tally] of groups) this.#row(start, group).add(tally, spreads);
  }

  /** What was counted of other dimensions, or beyond `part`, is left. */
  addHours({ hours, part }: CountedHours): void {
    const own = dimensionOf(this.#span.groupBy);
    for (const { hour, dimension, group, tally } of hours) {
      if (dimension !== own || (part !== null && (hour < part.from || hour >= part.to))) continue;
      addTally(this.#row(hour, group).total(), tally);
    }
  }

  figures(names: readonly KpiName[]): SomeKpis[] {
    const { groupBy, businessHours } = this.#span;
    return [...this.#sums]
      .toSorted(([a], [b]) => compare(a, b))
      .map(([group, sum]) => ({
        group: groupBy === null ? null : group,
        ...figuresAmong(names, sum.total(), {
          businessHours: businessHours === true,
          costs: this.#costsOf(group),
          dimension: dimensionOf(groupBy),
        }),
      }));
  }

  #row(start: EpochMs, group: string): PackedSum {
    const name = this.#rowFor(start, group);
    const known = this.#sums.get(name);
    if (known !== undefined) return known;
    const made = new PackedSum();
    this.#sums.set(name, made);
    return made;
  }
}
