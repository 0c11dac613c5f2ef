/**
 * The figures that the screen shows, read by name: in whole and by group, for the period and for the one before.
 *
 * What chats and offers are credited with grows until the window of their orders has passed, so that its change is of
 * the days that are over on both sides (`ripe.ts`).
 *
 * Shapes  a `Row`'s figures are those that were asked for; the whole has the group "".
 */
import { isOfSomebody } from "../../../domain/kpi/small-numbers.ts";
import { isoOf } from "../../../domain/ids.ts";
import { calendarOf } from "../../../domain/kpi/calendar.ts";
import type { Figure } from "../../../domain/kpi/figure.ts";
import type { KpiName } from "../../../domain/kpi/figures.ts";
import { type Grouping, isTime } from "../../../domain/kpi/grouping.ts";
import { changeOf, type Change, spanBefore } from "../../../domain/overview/change.ts";
import { request } from "../../shared/api.ts";
import { localDate, type PeriodRange } from "../overview/periods.ts";
import { apiPath } from "../site.ts";
import type { Window } from "./catalogue.ts";
import { type NameOf, readNames } from "./names.ts";
import { type Dates, datesOf, type Part, partsOf } from "./parts.ts";
import { readWindows, type Ripe, type Ripening, ripeningOf } from "./ripe.ts";
import { sureOf } from "./sure.ts";

const HOUR_MS = 3_600_000;
/** The API counts by the hour for no longer, give or take a change of clocks. */
const MOST_HOURS_MS = (32 * 24 + 1) * HOUR_MS;

export type Row = { group: string; figures: Partial<Record<KpiName, Figure>> };
export type Span = { from: string; to: string };
export type Before = Span & { rows: Row[]; parts: ReadonlyMap<string, Part>; whole: Row };
export type FiguresData = {
  range: PeriodRange;
  kpis: readonly KpiName[];
  by: Grouping;
  /** The hour was asked for of more days than it is counted for. */
  tooLong: boolean;
  rows: Row[];
  /** The rows whose hour, day or week is not over, or not all in the period. */
  parts: ReadonlyMap<string, Part>;
  /** The period's days, both inside. */
  dates: Dates;
  whole: Row;
  before: Before | null;
  changes: ReadonlyMap<KpiName, Change>;
  /** Whose change chance does not explain, of all of them together. */
  sure: ReadonlySet<KpiName>;
  /** Until when figures with such a window are compared, null where none can be yet; a window that is not there has passed. */
  ripening: ReadonlyMap<Window, string | null>;
  nameOf: NameOf;
};
export type Wanted = {
  site: string;
  range: PeriodRange;
  zone: string;
  kpis: readonly KpiName[];
  by: Grouping;
  businessHours: boolean;
  compare: boolean;
  attributionHours: number;
};

export async function readFigures(wanted: Wanted, now: number, signal: AbortSignal): Promise<FiguresData> {
  const { range, kpis, compare, zone } = wanted;
  const span = { from: Date.parse(range.from), to: Date.parse(range.to) };
  const tooLong = wanted.by === "hour" && span.to - span.from > MOST_HOURS_MS;
  const by = tooLong ? "day" : wanted.by;
  const before = spanBefore(span, now, calendarOf(zone));
  const ask: Ask = (of, names, group) => rowsOf(wanted, of, names, group, signal);
  const [rows, [whole], earlier, [wholeBefore], nameOf, ripening] = await Promise.all([
    ask(span, kpis, by),
    ask(span, kpis, null),
    compare ? ask(before, kpis, by) : [],
    compare ? ask(before, kpis, null) : [],
    readNames(wanted.site, by, signal),
    compare ? readRipening(wanted, { span, before }, now, signal) : [],
  ]);
  const ripe = await readRipe(ripening, ask);
  const changes = kpis.flatMap((name): [KpiName, Change][] => {
    const [one, other] = ripe.get(name) ?? [whole?.figures[name], wholeBefore?.figures[name]];
    const change = changeBetween(one, other);
    return change === null ? [] : [[name, change]];
  });
  const begun = rows.filter(({ group }) => hasBegun(group, by, zone, now));
  const at = { now, today: localDate(now, zone) };
  const groupsOf = (of: readonly Row[]) => of.map(({ group }) => group);
  const dates = datesOf(span, zone);
  const partsBefore = partsOf(groupsOf(earlier), by, datesOf(before, zone), at);
  const told = { ...toldSpan(before), rows: earlier, parts: partsBefore, whole: wholeBefore ?? NOTHING };
  return {
    range,
    kpis,
    by,
    tooLong,
    rows: begun,
    parts: partsOf(groupsOf(begun), by, dates, at),
    dates,
    whole: whole ?? NOTHING,
    before: compare ? told : null,
    changes: new Map(changes),
    sure: sureOf(new Map(changes)),
    ripening: new Map(ripening.map(({ window, spans }) => [window, spans && isoOf(spans.now.to)])),
    nameOf,
  };
}

type Ask = (of: Moments, names: readonly KpiName[], group: Grouping | null) => Promise<Row[]>;

async function readRipening(
  { site, kpis, attributionHours, zone }: Wanted,
  spans: { span: Moments; before: Moments },
  now: number,
  signal: AbortSignal,
): Promise<Ripening[]> {
  const windows = await readWindows(site, kpis, attributionHours, signal);
  const { startOfDay } = calendarOf(zone);
  return ripeningOf(kpis, spans, windows, { now, startOfDay });
}

/** The figures of what has matured, on both sides. */
async function readRipe(ripening: readonly Ripening[], ask: Ask): Promise<Ripe> {
  const read = ripening.map(async ({ names, spans }) => {
    const sides =
      spans === null ? [] : await Promise.all([spans.now, spans.before].map((of) => ask(of, names, null)));
    const [one, other] = sides.map(([row]) => row?.figures);
    return names.map((name) => [name, [one?.[name], other?.[name]]] as const);
  });
  return new Map((await Promise.all(read)).flat());
}

const NOTHING: Row = { group: "", figures: {} };

type Moments = { from: number; to: number };
const toldSpan = ({ from, to }: Moments): Span => ({ from: isoOf(from), to: isoOf(to) });

function changeBetween(now: Figure | undefined, before: Figure | undefined): Change | null {
  return now === undefined || before === undefined ? null : changeOf(now, before);
}

/** The API's answer, as it says it: each row's group, and the figures that were asked for. */
type Answer = { rows: ({ group: string | null } & Partial<Record<KpiName, Figure>>)[] };

async function rowsOf(
  { site, businessHours }: Wanted,
  span: Moments,
  kpis: readonly KpiName[],
  group: Grouping | null,
  signal: AbortSignal,
): Promise<Row[]> {
  const query = queryFor(toldSpan(span), { kpis, by: group, businessHours });
  const { rows } = await request<Answer>("GET", `${apiPath(site, "kpis")}?${query}`, undefined, { signal });
  return rows.map(({ group: name, ...figures }) => ({ group: name ?? "", figures }));
}

/** What the API is asked, as its query says it. */
export function queryFor(
  span: Span,
  { kpis, by, businessHours }: { kpis: readonly KpiName[]; by: Grouping | null; businessHours: boolean },
): URLSearchParams {
  const query = new URLSearchParams({ from: span.from, to: span.to, kpis: kpis.join() });
  if (by !== null) query.set("group_by", by);
  if (businessHours) query.set("business_hours", "true");
  // What is not shown of somebody does not leave in a file either.
  if (isOfSomebody(by)) query.set("too_few", "withheld");
  return query;
}

/** The API tells the hours and days of today that are still to come; they are no zeros. */
function hasBegun(group: string, by: Grouping, zone: string, now: number): boolean {
  if (!isTime(by)) return true;
  return by === "hour" ? Date.parse(group) <= now : group <= localDate(now, zone);
}
