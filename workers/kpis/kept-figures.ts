/** What of a span can be answered from what is kept, and what has to be counted now. */
import type { EpochMs } from "../../domain/ids.ts";
import { dimensionOf, type Grouping } from "../../domain/kpi/grouping.ts";
import { type CountedSite, daysBetween, type LocalDay, nextDay, subjectOf } from "./counted-site.ts";
import { LONG_CHAT_MS } from "./history-rows.ts";
import { type KeptGroup, readBody, readSum, sumBody } from "./rollup-body.ts";
import { type Level, type Mark, type RollupRow, SITE_SUBJECT } from "./rollup-store.ts";
import { inOwnMoney, isCountedElse, isFinal } from "./sealed-days.ts";

/** A day counted so short a time ago is served again although something has happened since. */
const FRESH_MS = 5_000;
/** Or although time has passed: somebody is online a little longer. */
const TICK_MS = 15_000;
const HOUR_MS = 3_600_000;
const LONGEST_SHIFT_MS = 31 * 24 * HOUR_MS;
const WEEK_DAYS = 7;

type Asked = { groupBy: Grouping | null; now: EpochMs };
type Span = Asked & { from: EpochMs; to: EpochMs };

/** A day of the span, or the part of it that the span holds. */
export type Part = { day: LocalDay; from: EpochMs; to: EpochMs; level: "hour" | "day" };
export type Parts = {
  /** Made of whole hours. */
  whole: Part[];
  /** Cut inside an hour: never kept. */
  cut: Part[];
};

/** The days of `span`. Nothing happens after now, so a span that reaches it goes on to the end of the day. */
export function partsOf(site: CountedSite, { from, to, groupBy, now }: Span): Parts {
  const { calendar } = site;
  const end = to >= now ? Math.max(to, nextDay(calendar, now)) : to;
  const parts: Parts = { whole: [], cut: [] };
  for (const day of daysBetween(calendar, from, end)) {
    const part = { day, from: Math.max(from, day.from), to: Math.min(end, day.to) };
    const isWhole = part.from === day.from && part.to === day.to;
    const inHours = [day.to, part.from, part.to].every((at) => (at - day.from) % HOUR_MS === 0);
    const level = groupBy === "hour" || !isWhole || isCountedElse(site, day) ? "hour" : "day";
    // Of a final day nothing is left to count: an hour of it belongs to where it begins.
    if (isWhole || inHours || isFinal(site, day)) parts.whole.push({ ...part, level });
    else parts.cut.push({ ...part, level });
  }
  return parts;
}

/** What is kept of a stretch of the span. */
export type KeptTallies = { start: EpochMs; groups: KeptGroup[] };
export type Kept = {
  tallies: KeptTallies[];
  /** Parts that history has gone on from. */
  behind: BehindPart[];
  /** Sums that were made now and are worth keeping. */
  sums: RollupRow[];
  /** Whether every day of history has a mark, so that one without is empty. */
  isEnumerated: boolean;
};

/** With what is kept of it, as far as anything is, and of which build that is. */
export type BehindPart = { part: Part; kept: KeptTallies[]; built: number };

type Row = { start: EpochMs; body: string };
/** Days that are kept added up: a month, or a week. */
type Sum = { level: "month" | "week"; start: EpochMs; parts: Part[] };

/**
 * What is kept of `runs`, which follow each other: months and weeks where they lie whole in one of them and nobody asks
 * for less, else days or hours. However many runs, it is read at once.
 */
export async function readKept(
  env: Env,
  site: CountedSite,
  span: Asked,
  runs: readonly (readonly Part[])[],
): Promise<Kept> {
  const dimension = dimensionOf(span.groupBy);
  const sums = runs.flatMap((run) => sumsOf(site, span, run));
  const parts = runs.flat();
  const inSums = new Set(sums.flatMap((sum) => sum.parts));
  const stretches = stretchesOf(parts.filter((part) => !inSums.has(part)));
  const sumStretches = stretchesOfSums(sums);
  const rowsOf = (level: Level, from: EpochMs, to: EpochMs) =>
    env.DB.prepare(ROWS).bind(site.key, dimension, level, from, to);
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined)
    return { tallies: [], behind: [], sums: [], isEnumerated: true };
  const [marks, open, ...found] = await env.DB.batch<Mark & Row & { since: EpochMs | null }>([
    env.DB.prepare(MARKS).bind(site.key, subjectOf(first.day), subjectOf(last.day), SITE_SUBJECT),
    env.DB.prepare(OPEN_SINCE).bind(site.key, span.now - LONGEST_SHIFT_MS, span.now - LONG_CHAT_MS),
    ...sumStretches.map(({ level, from, to }) => rowsOf(level, from, to)),
    ...stretches.map(({ level, from, to }) => rowsOf(level, from, to)),
  ]);
  const state: State = {
    site,
    now: span.now,
    marks: new Map(marks?.results.map((mark) => [mark.subject, mark])),
    openSince: open?.results[0]?.since ?? Infinity,
  };
  const kept: Kept = { tallies: [], behind: [], sums: [], isEnumerated: isUpToDate(state, SITE_SUBJECT) };
  const sumRows = found.splice(0, sumStretches.length);
  const stale = sumStretches.flatMap((stretch, index) =>
    takeSums(kept, state, stretch.sums, sumRows[index]?.results ?? []),
  );
  stretches.forEach((stretch, index) => takeRows(kept, state, stretch.parts, found[index]?.results ?? []));
  const again = stretchesOf(stale.flatMap((sum) => sum.parts));
  if (again.length === 0) return kept;
  const more = await env.DB.batch<Row>(again.map(({ level, from, to }) => rowsOf(level, from, to)));
  const dayRows = more.flatMap(({ results }) => results);
  for (const { level, start, parts: days } of stale) {
    takeRows(kept, state, days, dayRows);
    const made = stateOf(state, days);
    if (made === null) continue;
    const to = days.at(-1)?.to ?? start;
    const bodies = dayRows.filter((row) => start <= row.start && row.start < to).map(({ body }) => body);
    kept.sums.push({ dimension, level, start, body: sumBody(made, bodies) });
  }
  return kept;
}

const MARKS = `SELECT subject, dirty, built, definition, built_at, changes_at FROM rollup_marks
  WHERE site = ?1 AND (subject BETWEEN ?2 AND ?3 OR subject = ?4)`;
const OPEN_SINCE = `SELECT min(since) AS since FROM (
  SELECT min(started_at) AS since FROM agent_states WHERE site = ?1 AND ended_at IS NULL AND started_at >= ?2
  UNION ALL SELECT min(created_at) FROM conversations WHERE site = ?1 AND created_at >= ?3 AND closed_at IS NULL)`;
const ROWS = `SELECT start, body FROM kpi_rollups
  WHERE site = ?1 AND dimension = ?2 AND level = ?3 AND start >= ?4 AND start < ?5 ORDER BY start`;

type State = {
  site: CountedSite;
  now: EpochMs;
  marks: ReadonlyMap<string, Mark>;
  /** Since when somebody has been online, or in a conversation, without an end: it belongs to days without a mark. */
  openSince: EpochMs;
};

/** The whole months among `parts`, then the whole weeks of what is left, where the rows asked for are made of them. */
function sumsOf({ calendar }: CountedSite, { groupBy }: Asked, parts: readonly Part[]): Sum[] {
  if (groupBy === "hour" || groupBy === "day") return [];
  const whole = parts.filter(({ level }) => level === "day");
  const months = groupBy === "week" ? [] : monthsOf(calendar, whole);
  const inMonths = new Set(months.flatMap((month) => month.parts));
  const byWeek = Map.groupBy(
    whole.filter((part) => !inMonths.has(part)),
    ({ day }) => calendar.weekOf(day.from),
  );
  const weeks = [...byWeek.values()].flatMap((of): Sum[] => {
    const [first] = of;
    return first !== undefined && of.length === WEEK_DAYS
      ? [{ level: "week", start: first.from, parts: of }]
      : [];
  });
  return [...months, ...weeks].toSorted((a, b) => a.start - b.start);
}

function monthsOf(calendar: CountedSite["calendar"], whole: readonly Part[]): Sum[] {
  const monthOf = (date: string) => date.slice(0, "YYYY-MM".length);
  const byMonth = Map.groupBy(whole, ({ day }) => monthOf(day.date));
  return [...byMonth].flatMap(([month, of]): Sum[] => {
    const [first, last] = [of[0], of.at(-1)];
    if (first === undefined || last === undefined || monthOf(calendar.dayOf(last.to)) === month) return [];
    const isWhole = of.length === Number(last.day.date.slice("YYYY-MM-".length));
    return isWhole ? [{ level: "month", start: first.from, parts: of }] : [];
  });
}

type SumStretch = { level: Sum["level"]; from: EpochMs; to: EpochMs; sums: Sum[] };

/** Sums that follow each other on one level are read together. */
function stretchesOfSums(sums: readonly Sum[]): SumStretch[] {
  const stretches: SumStretch[] = [];
  for (const sum of sums) {
    const to = sum.parts.at(-1)?.to ?? sum.start;
    const before = stretches.at(-1);
    if (before !== undefined && before.level === sum.level && before.to === sum.start) {
      before.to = to;
      before.sums.push(sum);
    } else {
      stretches.push({ level: sum.level, from: sum.start, to, sums: [sum] });
    }
  }
  return stretches;
}

type Stretch = { level: Level; from: EpochMs; to: EpochMs; parts: Part[] };

/** Parts that follow each other on one level are read together. */
function stretchesOf(parts: readonly Part[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const part of parts) {
    const before = stretches.at(-1);
    if (before !== undefined && before.level === part.level && before.to === part.from) {
      before.to = part.to;
      before.parts.push(part);
    } else {
      stretches.push({ level: part.level, from: part.from, to: part.to, parts: [part] });
    }
  }
  return stretches;
}

/** Take the sums that stand; the days of the others are to be read. */
function takeSums(kept: Kept, state: State, sums: readonly Sum[], rows: readonly Row[]): Sum[] {
  const bodies = new Map(rows.map(({ start, body }) => [start, body]));
  return sums.filter(({ start, parts }) => {
    const own = stateOf(state, parts);
    const groups = own === null ? null : readSum(own, bodies.get(start) ?? "");
    if (groups !== null) kept.tallies.push({ start, groups });
    return groups === null;
  });
}

/** Take the rows of those `parts` that may be served; the others are behind. */
function takeRows(kept: Kept, state: State, parts: readonly Part[], rows: readonly Row[]): void {
  const found = parts.map((part) => ({ part, tallies: [] as KeptTallies[] }));
  for (const { start, body } of rows) {
    const own = found.find(({ part: { from, to, level } }) =>
      level === "day" ? start === from : from <= start && start < to,
    );
    own?.tallies.push({ start, groups: inOwnMoney(state.site, start, readBody(body)) });
  }
  for (const { part, tallies } of found) {
    if (isServed(state, part.day)) kept.tallies.push(...tallies);
    else kept.behind.push({ part, kept: tallies, built: state.marks.get(subjectOf(part.day))?.built ?? 0 });
  }
}

/** A name for what is counted of the days of `parts`, by which it changes; null while one of them is behind. */
function stateOf(state: State, parts: readonly Part[]): string | null {
  const built: string[] = [];
  for (const { day } of parts) {
    const mark = state.marks.get(subjectOf(day));
    const stands = mark === undefined ? isEmpty(state, day) : isUpToDate(state, subjectOf(day));
    if (!stands && !isFinal(state.site, day)) return null;
    built.push(String(mark?.built ?? 0));
  }
  return [state.site.definition, ...built].join(" ");
}

function isUpToDate({ site, now, marks }: State, subject: string): boolean {
  const mark = marks.get(subject);
  if (mark === undefined || mark.built < mark.dirty || mark.definition !== site.definition) return false;
  return mark.changes_at === null || mark.changes_at > now;
}

/** Whether a day without a mark has nothing to count. */
function isEmpty({ openSince, now }: State, { from, to }: LocalDay): boolean {
  return to <= openSince || from > now;
}

/** Whether what is kept of `day` may be served. */
function isServed(state: State, day: LocalDay): boolean {
  const { site, now, marks } = state;
  const mark = marks.get(subjectOf(day));
  if (isFinal(site, day)) return true;
  if (mark === undefined) return isEmpty(state, day);
  if (isUpToDate(state, subjectOf(day))) return true;
  if (mark.built === 0 || mark.definition !== site.definition || mark.built_at === null) return false;
  const age = now - mark.built_at;
  return age >= 0 && age < (mark.built >= mark.dirty ? TICK_MS : FRESH_MS);
}
