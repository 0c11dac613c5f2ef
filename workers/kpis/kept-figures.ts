/** What of a span can be answered from what is kept, and what has to be counted now. */
import type { EpochMs } from "../../domain/ids.ts";
import { dimensionOf, type Grouping } from "../../domain/kpi/grouping.ts";
import { type CountedSite, daysBetween, type LocalDay, nextDay, subjectOf } from "./counted-site.ts";
import { LONG_CHAT_MS } from "./read-history.ts";
import { type Level, type Mark, SITE_SUBJECT } from "./rollup-store.ts";

/** A day counted so short a time ago is served again although something has happened since. */
const FRESH_MS = 5_000;
const HOUR_MS = 3_600_000;
const LONGEST_SHIFT_MS = 31 * 24 * HOUR_MS;

type Span = { from: EpochMs; to: EpochMs; groupBy: Grouping | null; now: EpochMs };

/** A day of the span, or the part of it that the span holds. */
export type Part = { day: LocalDay; from: EpochMs; to: EpochMs; level: Level };
export type Parts = {
  /** Made of whole hours. */
  whole: Part[];
  /** Cut inside an hour: never kept. */
  cut: Part[];
};

/** The days of `span`. Nothing happens after now, so a span that reaches it goes on to the end of the day. */
export function partsOf({ calendar }: CountedSite, { from, to, groupBy, now }: Span): Parts {
  const end = to >= now ? Math.max(to, nextDay(calendar, now)) : to;
  const parts: Parts = { whole: [], cut: [] };
  for (const day of daysBetween(calendar, from, end)) {
    const part = { day, from: Math.max(from, day.from), to: Math.min(end, day.to) };
    const isWhole = part.from === day.from && part.to === day.to;
    const inHours = [day.to, part.from, part.to].every((at) => (at - day.from) % HOUR_MS === 0);
    const level = groupBy === "hour" || !isWhole ? "hour" : "day";
    if (isWhole || inHours) parts.whole.push({ ...part, level });
    else parts.cut.push({ ...part, level });
  }
  return parts;
}

export type KeptRow = { start: EpochMs; body: string };
export type Kept = {
  marks: ReadonlyMap<string, Mark>;
  rows: ReadonlyMap<Part, KeptRow[]>;
  /** Since when somebody has been online, or in a conversation, without an end: it belongs to days without a mark. */
  openSince: EpochMs;
};

/** The marks and the rows of `parts`, as of one moment. */
export async function readKept(
  env: Env,
  site: CountedSite,
  span: Span,
  parts: readonly Part[],
): Promise<Kept> {
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined)
    return { marks: new Map(), rows: new Map(), openSince: Infinity };
  const { now } = span;
  const dimension = dimensionOf(span.groupBy);
  const stretches = stretchesOf(parts);
  const [marks, open, ...found] = await env.DB.batch<Mark & KeptRow & { since: EpochMs | null }>([
    env.DB.prepare(MARKS).bind(site.key, subjectOf(first.day), subjectOf(last.day), SITE_SUBJECT),
    env.DB.prepare(OPEN_SINCE).bind(site.key, now - LONGEST_SHIFT_MS, now - LONG_CHAT_MS),
    ...stretches.map(({ level, from, to }) =>
      env.DB.prepare(ROWS).bind(site.key, dimension, level, from, to),
    ),
  ]);
  const rows = new Map<Part, KeptRow[]>(parts.map((part) => [part, []]));
  stretches.forEach(({ parts: of }, index) => {
    let at = 0;
    for (const row of found[index]?.results ?? []) {
      while (at < of.length && row.start >= (of[at]?.to ?? Infinity)) at += 1;
      const part = of[at];
      if (part !== undefined && row.start >= part.from) rows.get(part)?.push(row);
    }
  });
  return {
    marks: new Map(marks?.results.map((mark) => [mark.subject, mark])),
    rows,
    openSince: open?.results[0]?.since ?? Infinity,
  };
}

const MARKS = `SELECT subject, dirty, built, definition, built_at, changes_at FROM rollup_marks
  WHERE site = ?1 AND (subject BETWEEN ?2 AND ?3 OR subject = ?4)`;
const OPEN_SINCE = `SELECT min(since) AS since FROM (
  SELECT min(started_at) AS since FROM agent_states WHERE site = ?1 AND ended_at IS NULL AND started_at >= ?2
  UNION ALL SELECT min(created_at) FROM conversations WHERE site = ?1 AND created_at >= ?3 AND closed_at IS NULL)`;
const ROWS = `SELECT start, body FROM kpi_rollups
  WHERE site = ?1 AND dimension = ?2 AND level = ?3 AND start >= ?4 AND start < ?5 ORDER BY start`;

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

/** Whether every day of history has a mark, so that one without is empty. */
export function isEnumerated({ definition }: CountedSite, { marks }: Kept): boolean {
  const mark = marks.get(SITE_SUBJECT);
  return mark !== undefined && mark.built >= mark.dirty && mark.definition === definition;
}

/** Whether what is kept of `day` may be served at `now`. */
export function isServed({ definition }: CountedSite, kept: Kept, day: LocalDay, now: EpochMs): boolean {
  const mark = kept.marks.get(subjectOf(day));
  if (mark === undefined) return day.to <= kept.openSince || day.from > now;
  if (mark.built === 0 || mark.definition !== definition) return false;
  if (mark.built_at !== null && mark.built_at <= now && now - mark.built_at < FRESH_MS) return true;
  return mark.built >= mark.dirty && (mark.changes_at === null || mark.changes_at > now);
}
