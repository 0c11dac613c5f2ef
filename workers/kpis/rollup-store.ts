/**
 * Counted figures in D1, and the marks that say how far they are behind.
 *
 * A builder takes a claim before it reads history, and writes only while nobody has written for a claim as high: what
 * is raised meanwhile stays dirty, two builders of one day do no harm, and one that dies leaves a day that is dirty.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { DIMENSIONS } from "../../domain/kpi/grouping.ts";
import type { HourTally } from "../../domain/kpi/measure.ts";
import type { CountedSite, LocalDay } from "./counted-site.ts";
import { subjectOf } from "./counted-site.ts";
import { LAST_SEQ } from "./read-history.ts";
import { bodyOf, NOTHING, readBody } from "./rollup-body.ts";
import { type Before, writesSince } from "./rows-before.ts";
import { stillOpen } from "./sealed-days.ts";
import { changedGroups, changesByRow } from "./tally-change.ts";

/** What one statement binds at once, well below what D1 takes. */
const MAX_BOUND_LENGTH = 400_000;

export type Level = "hour" | "day" | "week" | "month";
export type RollupRow = { dimension: string; level: Level; start: EpochMs; body: string };

export type Mark = {
  subject: string;
  dirty: number;
  built: number;
  definition: string | null;
  built_at: EpochMs | null;
  changes_at: EpochMs | null;
};

export const SITE_SUBJECT = "site";

/** Take the marks of `subjects` as they are now; whatever is raised later is above the claim. */
export async function claim(
  env: Env,
  site: SiteKey,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { results } = await env.DB.prepare(CLAIM)
    .bind(site, JSON.stringify(subjects))
    .all<{ subject: string; claimed: number }>();
  return new Map(results.map(({ subject, claimed }) => [subject, claimed]));
}

const CLAIM = `INSERT INTO rollup_marks (site, subject, dirty, claimed) SELECT ?1, value, 1, 1 FROM json_each(?2) WHERE true
  ON CONFLICT (site, subject) DO UPDATE SET dirty = max(dirty, built + 1), claimed = max(dirty, built + 1)
  RETURNING subject, claimed`;

/** With the first of the writes that have touched a day since what is kept of it (`rows-before.ts`). */
export type DayMark = Mark & { since: number | null };
/** What was claimed of days, with what was known of them before, and what was written since what is kept of them. */
export type Claims = {
  claimed: ReadonlyMap<string, number>;
  marks: ReadonlyMap<string, DayMark>;
  writes: Before[];
  /** The number of the last write; 0 where there is none. */
  last: number;
};

/** Take the marks of days, and with them what changed since they were built. */
export async function claimDays(env: Env, site: SiteKey, subjects: readonly string[]): Promise<Claims> {
  const told = JSON.stringify(subjects);
  type Row = DayMark & { claimed: number } & Before;
  const [marks, claims, writes, last] = await env.DB.batch<Row>([
    env.DB.prepare(MARKS_OF).bind(site, told),
    env.DB.prepare(CLAIM).bind(site, told),
    env.DB.prepare(WRITES).bind(site, told),
    env.DB.prepare(LAST_SEQ).bind(site),
  ]);
  return {
    claimed: new Map(claims?.results.map(({ subject, claimed }) => [subject, claimed])),
    marks: new Map(marks?.results.map((mark) => [mark.subject, mark])),
    writes: writes?.results ?? [],
    last: last?.results[0]?.seq ?? 0,
  };
}

const OF_SUBJECTS = "FROM rollup_marks WHERE site = ?1 AND subject IN (SELECT value FROM json_each(?2))";
const MARKS_OF = `SELECT subject, dirty, built, definition, built_at, changes_at, since ${OF_SUBJECTS}`;
/** Of days that go back further than what is left, nothing is wanted. */
const WRITES = writesSince(`(SELECT min(since) ${OF_SUBJECTS}
  AND since >= (SELECT min(seq) FROM rows_before WHERE site = ?1))`);

/** What was counted of one day under `claimed`, as of the write `seq`. */
type Counted = {
  day: LocalDay;
  claimed: number;
  seq: number;
  countedAt: EpochMs;
  changesAt: EpochMs | null;
};
/** All of it, or what it has changed by since the figures that were `built`. */
export type CountedDay = Counted & { rows: RollupRow[] };
export type ChangedDay = Counted & { built: number; change: readonly HourTally[] };

/** Replace what is kept of the day, unless somebody has for as high a claim, or it is sealed. One transaction. */
export async function keepDay(env: Env, site: CountedSite, counted: CountedDay): Promise<void> {
  const { day, rows } = counted;
  const keys = rows.map(({ dimension, level, start }) => `${dimension} ${level} ${start}`);
  const over = { ...overOf(site, counted), when: LOWER };
  await env.DB.batch([
    env.DB.prepare(DROP).bind(
      site.key,
      over.subject,
      counted.claimed,
      day.from,
      day.to,
      JSON.stringify(keys),
    ),
    ...keeping(env, over, rows),
    built(env, over, site),
  ]);
}

/** Bring what is kept of the day up to what it has changed by, unless somebody else has. */
export async function keepChange(env: Env, site: CountedSite, counted: ChangedDay): Promise<void> {
  const changes = rowChanges(counted);
  const names = JSON.stringify(changes.map(({ dimension, level, start }) => [dimension, level, start]));
  const found = await env.DB.prepare(FIND).bind(site.key, names).all<RollupRow>();
  const bodies = new Map(found.results.map((row) => [nameOf(row), row.body]));
  const rows = changes.map(({ groups, ...row }): RollupRow => {
    const body = bodies.get(nameOf(row));
    return { ...row, body: bodyOf(changedGroups(body === undefined ? [] : readBody(body), groups)) };
  });
  const over = { ...overOf(site, counted), when: AS_BUILT, limit: counted.built };
  const emptied = rows.filter(({ body }) => body === NOTHING);
  await env.DB.batch([
    env.DB.prepare(TAKE).bind(
      site.key,
      over.subject,
      over.limit,
      JSON.stringify(emptied.map(({ dimension, level, start }) => [dimension, level, start])),
      over.to,
    ),
    ...keeping(
      env,
      over,
      rows.filter(({ body }) => body !== NOTHING),
    ),
    built(env, over, site),
  ]);
}

/** Over what something is kept: only `when` the mark's `built` stands to `limit` as that says. */
type Over = { site: SiteKey; subject: string; when: string; limit: number; to: EpochMs; counted: Counted };

function overOf({ key }: CountedSite, counted: Counted): Omit<Over, "when"> {
  const { day, claimed } = counted;
  return { site: key, subject: subjectOf(day), limit: claimed, to: day.to, counted };
}

function keeping(env: Env, { site, subject, when, limit, to }: Over, rows: readonly RollupRow[]) {
  return chunksOf(rows).map((chunk) =>
    env.DB.prepare(KEEP(when)).bind(site, subject, limit, JSON.stringify(chunk.map(cellsOf)), to),
  );
}

function built(env: Env, { site, subject, when, limit, to, counted }: Over, { definition }: CountedSite) {
  const { claimed, countedAt, changesAt, seq } = counted;
  return env.DB.prepare(BUILT(when)).bind(
    site,
    subject,
    limit,
    claimed,
    to,
    definition,
    countedAt,
    changesAt,
    seq + 1,
  );
}

/** The rows in which a day has changed: each of its hours, and the day itself. */
function rowChanges({ day, change }: ChangedDay) {
  return [...Map.groupBy(change, ({ dimension }) => dimension)].flatMap(([dimension, of]) =>
    (["hour", "day"] as const).flatMap((level) => {
      const startOf = (hour: EpochMs) => (level === "day" ? day.from : hour);
      return [...changesByRow(of, startOf)].map(([start, groups]) => ({ dimension, level, start, groups }));
    }),
  );
}

function nameOf({ dimension, level, start }: Omit<RollupRow, "body">): string {
  return `${dimension} ${level} ${start}`;
}

const MARK = "FROM rollup_marks WHERE site = ?1 AND subject = ?2";
const LOWER = `(SELECT built ${MARK}) < ?3 AND ${stillOpen("?1", "?5")}`;
const AS_BUILT = `(SELECT built ${MARK}) = ?3 AND ${stillOpen("?1", "?5")}`;
const DROP = `DELETE FROM kpi_rollups WHERE site = ?1 AND ${LOWER}
  AND dimension IN (${DIMENSIONS.map((dimension) => `'${dimension}'`).join(", ")}) AND level IN ('hour', 'day')
  AND start >= ?4 AND start < ?5
  AND dimension || ' ' || level || ' ' || start NOT IN (SELECT value FROM json_each(?6))`;
const KEEP = (when: string) => `INSERT INTO kpi_rollups (site, dimension, level, start, body)
  SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?4) WHERE ${when}
  ON CONFLICT (site, dimension, level, start) DO UPDATE SET body = excluded.body WHERE body <> excluded.body`;
/** Whatever was written after what was counted has raised the mark above the claim. */
const BUILT = (
  when: string,
) => `UPDATE rollup_marks SET built = ?4, definition = ?6, built_at = ?7, changes_at = ?8,
    since = CASE WHEN dirty > ?4 THEN ?9 END
  WHERE site = ?1 AND subject = ?2 AND ${when}`;
const NAMED = "json_each(?2) j CROSS JOIN kpi_rollups k ON k.site = ?1 AND k.dimension = j.value ->> 0";
const FIND = `SELECT k.dimension, k.level, k.start, k.body FROM ${NAMED}
  AND k.level = j.value ->> 1 AND k.start = j.value ->> 2`;
const TAKE = `DELETE FROM kpi_rollups WHERE site = ?1 AND (dimension, level, start) IN
  (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?4)) AND ${AS_BUILT}`;

/** Keep `row`, which says itself what it was made from. */
export async function keepRow(
  env: Env,
  site: SiteKey,
  { dimension, level, start, body }: RollupRow,
): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO kpi_rollups (site, dimension, level, start, body) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (site, dimension, level, start) DO UPDATE SET body = excluded.body`,
  )
    .bind(site, dimension, level, start, body)
    .run();
}

function cellsOf({ dimension, level, start, body }: RollupRow): (string | number)[] {
  return [dimension, level, start, body];
}

function chunksOf(rows: readonly RollupRow[]): RollupRow[][] {
  const chunks: RollupRow[][] = [];
  let length = Infinity;
  for (const row of rows) {
    if (length + row.body.length > MAX_BOUND_LENGTH) {
      chunks.push([]);
      length = 0;
    }
    chunks.at(-1)?.push(row);
    length += row.body.length;
  }
  return chunks;
}
