/**
 * The KPIs of a site for a span of time: the one query layer of screens, API, CSV and reports.
 *
 * Days and hours come from what is kept of them; a day that is behind history is counted from it then and there, and
 * kept; what the span cuts inside an hour is counted and not kept.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { type CostOfRow, costsOfRows } from "../../domain/kpi/costs.ts";
import { figuresOf } from "../../domain/kpi/figures.ts";
import { dimensionOf, type Grouping, groupsWithoutRows, rowOf } from "../../domain/kpi/grouping.ts";
import type { HourTally, KpiRow } from "../../domain/kpi/measure.ts";
import { compare } from "../../domain/kpi/orders.ts";
import { addTally, emptyTally, type Tally } from "../../domain/kpi/tally.ts";
import { countDays, countSpan, runsOf } from "./count-days.ts";
import { type CountedSite, countedSite } from "./counted-site.ts";
import { enumerateDays } from "./enumerate-days.ts";
import { isEnumerated, isServed, type Kept, type Part, partsOf, readKept } from "./kept-figures.ts";
import { addKept, readBody } from "./rollup-body.ts";
import { DAYS_AT_ONCE } from "./rollup-builder.ts";
import { keepDay } from "./rollup-store.ts";
import { readSettings } from "./site-settings.ts";

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

/** One row for `[from, to)`, or one a group. */
export async function reportKpis(env: Env, key: SiteKey, span: KpiSpan, later?: Later): Promise<KpiRow[]> {
  const site = countedSite(key, await readSettings(env, key));
  const parts = partsOf(site, span);
  const kept = await readEnumerated(env, site, span, parts.whole);
  const rows = new Rows(site, span);
  const live = new Map<string, Part>();
  for (const part of parts.whole) {
    if (isServed(site, kept, part.day, span.now)) {
      for (const { start, body } of kept.rows.get(part) ?? []) rows.addKept(start, body);
    } else {
      live.set(part.day.date, part);
    }
  }
  const days = [...live.values()].map(({ day }) => day);
  for (const run of runsOf(days, DAYS_AT_ONCE)) {
    const counted = await countDays(env, site, run, span.now);
    for (const { day, hours } of counted) rows.addHours(hours, live.get(day.date));
    const keeping = Promise.all(counted.map((one) => keepDay(env, site, one)));
    if (later === undefined) await keeping;
    else later(keeping);
  }
  for (const part of parts.cut) rows.addHours(await countSpan(env, site, part, span.now));
  return rows.figures();
}

/** A site of which not every day has its mark gets them first. */
async function readEnumerated(
  env: Env,
  site: CountedSite,
  span: KpiSpan,
  parts: readonly Part[],
): Promise<Kept> {
  const kept = await readKept(env, site, span, parts);
  if (parts.length === 0 || isEnumerated(site, kept)) return kept;
  await enumerateDays(env, site, span.now);
  return readKept(env, site, span, parts);
}

/** The rows of a report, as they add up. */
class Rows {
  readonly #span: KpiSpan;
  readonly #rowFor: (hour: EpochMs, group: string) => string;
  readonly #costsOf: (row: string) => CostOfRow | null;
  readonly #tallies = new Map<string, Tally>();

  constructor({ calendar, costs }: CountedSite, span: KpiSpan) {
    this.#span = span;
    this.#costsOf = costsOfRows(costs, span, calendar);
    this.#rowFor = rowOf(span.groupBy, calendar);
    for (const group of groupsWithoutRows(span, calendar)) this.#tallies.set(group, emptyTally());
  }

  addKept(start: EpochMs, body: string): void {
    for (const [group, tally] of readBody(body)) addKept(this.#row(start, group), tally);
  }

  /** What was counted of other dimensions, or beyond `part`, is left. */
  addHours(hours: readonly HourTally[], part?: Part): void {
    const own = dimensionOf(this.#span.groupBy);
    for (const { hour, dimension, group, tally } of hours) {
      if (dimension !== own) continue;
      if (part !== undefined && (hour < part.from || hour >= part.to)) continue;
      addTally(this.#row(hour, group), tally);
    }
  }

  figures(): KpiRow[] {
    const { groupBy, businessHours } = this.#span;
    return [...this.#tallies]
      .toSorted(([a], [b]) => compare(a, b))
      .map(([group, tally]) => ({
        group: groupBy === null ? null : group,
        ...figuresOf(tally, { businessHours: businessHours === true, costs: this.#costsOf(group) }),
      }));
  }

  #row(start: EpochMs, group: string): Tally {
    const name = this.#rowFor(start, group);
    const known = this.#tallies.get(name);
    if (known !== undefined) return known;
    const made = emptyTally();
    this.#tallies.set(name, made);
    return made;
  }
}
