/**
 * Counted figures in D1, and the marks that say how far they are behind.
 *
 * A builder takes a claim before it reads history, and writes only while nobody has written for a claim as high: what
 * is raised meanwhile stays dirty, two builders of one day do no harm, and one that dies leaves a day that is dirty.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { DIMENSIONS } from "../../domain/kpi/grouping.ts";
import type { CountedSite, LocalDay } from "./counted-site.ts";
import { subjectOf } from "./counted-site.ts";
import { stillOpen } from "./sealed-days.ts";

/** What one statement binds at once, well below what D1 takes. */
const MAX_BOUND_LENGTH = 400_000;

export type Level = "hour" | "day" | "week";
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

/** What was counted of one day under `claimed`. */
export type CountedDay = {
  day: LocalDay;
  claimed: number;
  rows: RollupRow[];
  countedAt: EpochMs;
  changesAt: EpochMs | null;
};

/** Replace what is kept of the day, unless somebody has for as high a claim, or it is sealed. One transaction. */
export async function keepDay(env: Env, site: CountedSite, counted: CountedDay): Promise<void> {
  const { day, claimed, rows, countedAt, changesAt } = counted;
  const subject = subjectOf(day);
  const keys = rows.map(({ dimension, level, start }) => `${dimension} ${level} ${start}`);
  await env.DB.batch([
    env.DB.prepare(DROP).bind(site.key, subject, claimed, day.from, day.to, JSON.stringify(keys)),
    ...chunksOf(rows).map((chunk) =>
      env.DB.prepare(KEEP).bind(site.key, subject, claimed, JSON.stringify(chunk.map(cellsOf)), day.to),
    ),
    env.DB.prepare(BUILT).bind(site.key, subject, claimed, site.definition, countedAt, changesAt, day.to),
  ]);
}

const LOWER = `(SELECT built FROM rollup_marks WHERE site = ?1 AND subject = ?2) < ?3`;
const DROP = `DELETE FROM kpi_rollups WHERE site = ?1 AND ${LOWER} AND ${stillOpen("?1", "?5")}
  AND dimension IN (${DIMENSIONS.map((dimension) => `'${dimension}'`).join(", ")}) AND level IN ('hour', 'day')
  AND start >= ?4 AND start < ?5
  AND dimension || ' ' || level || ' ' || start NOT IN (SELECT value FROM json_each(?6))`;
const KEEP = `INSERT INTO kpi_rollups (site, dimension, level, start, body)
  SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?4)
  WHERE ${LOWER} AND ${stillOpen("?1", "?5")}
  ON CONFLICT (site, dimension, level, start) DO UPDATE SET body = excluded.body WHERE body <> excluded.body`;
const BUILT = `UPDATE rollup_marks SET built = ?3, definition = ?4, built_at = ?5, changes_at = ?6
  WHERE site = ?1 AND subject = ?2 AND built < ?3 AND ${stillOpen("?1", "?7")}`;

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
