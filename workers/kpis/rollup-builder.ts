/**
 * Keeps the counted figures up with history: what is dirty, what another definition counted, what time has changed.
 *
 * Idempotent and bounded: each run of days is claimed, counted and kept by itself, so that a builder may die between
 * any two steps, run beside another one or beside a screen, and the next goes on with what is still dirty.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { type CountedSite, countedSite, daysBetween, type LocalDay } from "./counted-site.ts";
import { countDays, DAYS_AT_ONCE, keep, runsOf } from "./count-days.ts";
import { enumerateDays } from "./enumerate-days.ts";
import { SITE_SUBJECT } from "./rollup-store.ts";
import { forgetRowsBefore } from "./rows-before.ts";
import { firstOpenSubject } from "./sealed-days.ts";
import { everySettings, readSettings } from "./site-settings.ts";

/** Of all sites together, by one run of the schedule. */
const DAYS_A_RUN = 60;

/** What the schedule does: bring up to date what fits into one run; returns how many days it counted. */
export async function buildRollups(env: Env, now: EpochMs): Promise<number> {
  let left = DAYS_A_RUN;
  for (const [key, settings] of await everySettings(env)) {
    if (left <= 0) break;
    left -= await buildSite(env, countedSite(key, settings), left, now);
  }
  await forgetRowsBefore(env, now);
  return DAYS_A_RUN - left;
}

/** Bring up to `most` days of `site` up to date, the newest first; returns how many there were to do. */
export async function buildSite(env: Env, site: CountedSite, most: number, now: EpochMs): Promise<number> {
  if (!(await isEnumerated(env, site))) await enumerateDays(env, site, now);
  const days = await dueDays(env, site, most, now);
  for (const run of runsOf(days, DAYS_AT_ONCE)) {
    for (const counted of await countDays(env, site, run, now)) await keep(env, site, counted);
  }
  return days.length;
}

async function isEnumerated(env: Env, { key, definition }: CountedSite): Promise<boolean> {
  const row = await env.DB.prepare(
    `SELECT 1 FROM rollup_marks WHERE site = ?1 AND subject = ?2 AND dirty <= built AND definition = ?3`,
  )
    .bind(key, SITE_SUBJECT, definition)
    .first();
  return row !== null;
}

/** The days that are behind, oldest first, of the newest `most`. */
export async function dueDays(env: Env, site: CountedSite, most: number, now: EpochMs): Promise<LocalDay[]> {
  const { results } = await env.DB.prepare(
    `SELECT substr(subject, 5) AS date FROM rollup_marks
     WHERE site = ?1 AND subject >= ?5 AND subject < 'day;'
       AND (dirty > built OR definition IS NOT ?2 OR changes_at <= ?3)
     ORDER BY subject DESC LIMIT ?4`,
  )
    .bind(site.key, site.definition, now, most, firstOpenSubject(site))
    .all<{ date: string }>();
  return results.map(({ date }) => dayOf(site, date)).toReversed();
}

/** The day of `date`: noon in UTC lies within a day of it, whatever the zone. */
function dayOf({ calendar }: CountedSite, date: string): LocalDay {
  const noon = Date.parse(`${date}T12:00:00Z`);
  const found = daysBetween(calendar, noon - DAY_MS, noon + DAY_MS).find((day) => day.date === date);
  if (found === undefined) throw new Error(`no day ${date} in this zone`);
  return found;
}

const DAY_MS = 86_400_000;

/** Forget what was counted of `site`, so that everything is counted anew; returns how many days that is. */
export async function forgetRollups(env: Env, key: SiteKey, now: EpochMs): Promise<number> {
  const site = countedSite(key, await readSettings(env, key));
  await env.DB.prepare("UPDATE rollup_marks SET dirty = max(dirty, built) + 1, since = 0 WHERE site = ?1")
    .bind(key)
    .run();
  await enumerateDays(env, site, now);
  const row = await env.DB.prepare(
    "SELECT count(*) AS days FROM rollup_marks WHERE site = ?1 AND subject >= 'day:' AND subject < 'day;'",
  )
    .bind(key)
    .first<{ days: number }>();
  return row?.days ?? 0;
}
