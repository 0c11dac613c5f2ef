/**
 * The figures that the screen shows, read by name: in whole and by group, for the period and for the one before.
 *
 * What chats and offers are credited with grows until the window of their orders has passed, so that its change is of
 * the days that are over on both sides (`domain/overview/change.ts`).
 *
 * Shapes  a `Row`'s figures are those that were asked for; the whole has the group "".
 */
import { isoOf } from "../../../domain/ids.ts";
import { calendarOf } from "../../../domain/kpi/calendar.ts";
import type { Figure } from "../../../domain/kpi/figure.ts";
import type { KpiName } from "../../../domain/kpi/figures.ts";
import { type Grouping, isTime } from "../../../domain/kpi/grouping.ts";
import { changeOf, type Change, maturedSpans, spanBefore } from "../../../domain/overview/change.ts";
import { request } from "../../shared/api.ts";
import { localDate, type PeriodRange } from "../overview/periods.ts";
import { apiPath } from "../site.ts";
import { FIGURES } from "./catalogue.ts";
import { type NameOf, readNames } from "./names.ts";
import { sureOf } from "./sure.ts";
import { runningOf } from "./view.ts";

const HOUR_MS = 3_600_000;
/** The API counts by the hour for no longer, give or take a change of clocks. */
const MOST_HOURS_MS = (32 * 24 + 1) * HOUR_MS;

export type Row = { group: string; figures: Partial<Record<KpiName, Figure>> };
export type Span = { from: string; to: string };
export type Before = Span & { rows: Row[]; whole: Row };
export type FiguresData = {
  range: PeriodRange;
  kpis: readonly KpiName[];
  by: Grouping;
  /** The hour was asked for of more days than it is counted for. */
  tooLong: boolean;
  rows: Row[];
  /** The last row's group where its hour, day or week is not over. */
  running: string | null;
  whole: Row;
  before: Before | null;
  changes: ReadonlyMap<KpiName, Change>;
  /** Whose change chance does not explain, of all of them together. */
  sure: ReadonlySet<KpiName>;
  /** Until when windowed figures are compared; null where they are whole, "none" where none can be yet. */
  matured: { to: string } | "none" | null;
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
  windowMs: number;
};

export async function readFigures(wanted: Wanted, now: number, signal: AbortSignal): Promise<FiguresData> {
  const { range, kpis, compare, zone } = wanted;
  const span = { from: Date.parse(range.from), to: Date.parse(range.to) };
  const tooLong = wanted.by === "hour" && span.to - span.from > MOST_HOURS_MS;
  const by = tooLong ? "day" : wanted.by;
  const calendar = calendarOf(zone);
  const before = spanBefore(span, now, calendar);
  const matured = maturedSpans(span, before, { now, windowMs: wanted.windowMs, ...calendar });
  const windowed = kpis.filter((name) => FIGURES[name].windowed === true);
  const ask = (of: Moments, names: readonly KpiName[], group: Grouping | null) =>
    rowsOf(wanted, of, names, group, signal);
  // Where the whole span has matured, its own figures are the ones to compare.
  const young = compare && windowed.length > 0 && (matured === null || matured.now.to < span.to);
  const [rows, [whole], earlier, [wholeBefore], nameOf, [ripe], [ripeBefore]] = await Promise.all([
    ask(span, kpis, by),
    ask(span, kpis, null),
    compare ? ask(before, kpis, by) : [],
    compare ? ask(before, kpis, null) : [],
    readNames(wanted.site, by, signal),
    young && matured !== null ? ask(matured.now, windowed, null) : [],
    young && matured !== null ? ask(matured.before, windowed, null) : [],
  ]);
  const isWindowed = (name: KpiName) => windowed.includes(name);
  const changes = kpis.flatMap((name): [KpiName, Change][] => {
    const late = young && isWindowed(name);
    const [one, other] = late ? [ripe, ripeBefore] : [whole, wholeBefore];
    const change = changeBetween(one?.figures[name], other?.figures[name]);
    return change === null ? [] : [[name, change]];
  });
  const begun = rows.filter(({ group }) => hasBegun(group, by, zone, now));
  return {
    range,
    kpis,
    by,
    tooLong,
    rows: begun,
    running: runningOf(begun.at(-1)?.group, by, { now, today: localDate(now, zone) }),
    whole: whole ?? NOTHING,
    before: compare ? { ...toldSpan(before), rows: earlier, whole: wholeBefore ?? NOTHING } : null,
    changes: new Map(changes),
    sure: sureOf(new Map(changes)),
    matured: !young ? null : matured === null ? "none" : { to: isoOf(matured.now.to) },
    nameOf,
  };
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
  return query;
}

/** The API tells the hours and days of today that are still to come; they are no zeros. */
function hasBegun(group: string, by: Grouping, zone: string, now: number): boolean {
  if (!isTime(by)) return true;
  return by === "hour" ? Date.parse(group) <= now : group <= localDate(now, zone);
}
