/**
 * Days of a site's ways, kept in D1 and counted anew when history has touched them.
 *
 * A write to history raises its day's mark in its own transaction (`workers/kpis/marks.ts`). Who counts takes the mark's
 * number before reading, without making the day's other figures dirty, and keeps it with what was counted: as long as
 * the mark is no higher, the day is what history gives.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { countDay, type DayBodies } from "../../domain/journeys/day.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import {
  type CountedSite,
  countedSite,
  daysBetween,
  type LocalDay,
  nextDay,
  subjectOf,
} from "../kpis/counted-site.ts";
import { runsOf } from "../kpis/count-days.ts";
import { enumerateDays } from "../kpis/enumerate-days.ts";
import { type Mark, SITE_SUBJECT } from "../kpis/rollup-store.ts";
import type { CountedSettings } from "../kpis/site-settings.ts";
import { readSpan } from "./read-visits.ts";

/** Raised when what is counted, or how it is kept, changes. */
const VERSION = 1;
/** Read from history together. */
const DAYS_AT_ONCE = 7;
/** A day counted so short a time ago is served again although something has happened since. */
const FRESH_MS = 5_000;

export type JourneySite = { counted: CountedSite; orders: SiteSettings["orders"]; definition: string };
export type Later = (work: Promise<unknown>) => void;
/** What a body is counted of: `visits`, `ways`, `pages`, `funnel:<key>`, `stages:<key>`. */
export type KeptBody = { kind: string; body: string };

export function journeySite(key: SiteKey, settings: CountedSettings): JourneySite {
  const { timezone, orders } = settings;
  return { counted: countedSite(key, settings), orders, definition: `${VERSION} ${timezone} ${orders}` };
}

/** The bodies of `kinds` of every day of `[from, to)`; what is behind is counted from history first, and kept. */
export async function bodiesOf(
  env: Env,
  site: JourneySite,
  { from, to, now }: { from: EpochMs; to: EpochMs; now: EpochMs },
  kinds: readonly string[],
  later: Later,
): Promise<KeptBody[]> {
  const { calendar } = site.counted;
  // Nothing happens after now, so a span that reaches it goes on to the end of the day.
  const end = to > now ? Math.max(to, nextDay(calendar, now)) : to;
  const days = daysBetween(calendar, from, Math.min(end, nextDay(calendar, now)));
  const isWhole = (day: LocalDay) => day.from >= from && day.to <= end;
  const { bodies, behind } = await readDays(env, site, days.filter(isWhole), kinds, now);
  const wanted = new Set(kinds);
  const take = (counted: DayBodies) => {
    for (const one of rowsOf(counted)) if (wanted.has(one.kind)) bodies.push(one);
  };
  for (const counted of await countAll(env, site, behind, now, later)) take(counted);
  for (const day of days.filter((one) => !isWhole(one))) {
    const span = { from: Math.max(from, day.from), to: Math.min(end, day.to) };
    const { visits, chats } = await readSpan(env, site.counted.key, span, site.orders);
    take(countDay(visits, chats));
  }
  return bodies;
}

/** Bring up to `most` days up to date, the newest first; returns how many there were to do. */
export async function buildDays(env: Env, site: JourneySite, most: number, now: EpochMs): Promise<number> {
  const { key, calendar } = site.counted;
  const { results } = await env.DB.prepare(DUE).bind(key, site.definition, most).all<{ date: string }>();
  const due = results.flatMap(({ date }) => {
    const noon = Date.parse(`${date}T12:00:00Z`);
    return daysBetween(calendar, noon - DAY_MS, noon + DAY_MS).filter((day) => day.date === date);
  });
  await countAll(env, site, due.toReversed(), now, null);
  return due.length;
}

const DAY_MS = 86_400_000;
const DUE = `SELECT substr(m.subject, 5) AS date FROM rollup_marks m
  LEFT JOIN journey_days j ON j.site = ?1 AND j.kind = 'visits' AND j.day = substr(m.subject, 5)
  WHERE m.site = ?1 AND m.subject >= 'day:' AND m.subject < 'day;'
    AND (j.built IS NULL OR j.built < m.dirty OR j.definition <> ?2)
  ORDER BY m.subject DESC LIMIT ?3`;

type Row = { kind: string; day: string; body: string; built: number; built_at: EpochMs; definition: string };

async function readDays(
  env: Env,
  site: JourneySite,
  days: readonly LocalDay[],
  kinds: readonly string[],
  now: EpochMs,
): Promise<{ bodies: KeptBody[]; behind: LocalDay[] }> {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return { bodies: [], behind: [] };
  const { key, definition } = site.counted;
  const read = () =>
    env.DB.batch<Mark & Row>([
      env.DB.prepare(MARKS).bind(key, subjectOf(first), subjectOf(last), SITE_SUBJECT),
      env.DB.prepare(ROWS).bind(
        key,
        first.date,
        last.date,
        JSON.stringify([...new Set(["visits", ...kinds])]),
      ),
    ]);
  let [marks, rows] = await read();
  const own = marks?.results.find(({ subject }) => subject === SITE_SUBJECT);
  if (own === undefined || own.dirty > own.built || own.definition !== definition) {
    await enumerateDays(env, site.counted, now);
    [marks, rows] = await read();
  }
  const dirty = new Map(marks?.results.map((mark) => [mark.subject, mark.dirty]));
  const byDay = Map.groupBy(rows?.results ?? [], ({ day }) => day);
  const wanted = new Set(kinds);
  const bodies: KeptBody[] = [];
  const behind = days.filter((day) => {
    const raised = dirty.get(subjectOf(day));
    if (raised === undefined) return false; // Nothing has ever happened on it.
    const kept = byDay.get(day.date) ?? [];
    const whole = kept.find(({ kind }) => kind === "visits");
    if (whole === undefined || whole.definition !== site.definition) return true;
    if (whole.built < raised && !(whole.built_at <= now && now - whole.built_at < FRESH_MS)) return true;
    for (const row of kept) if (isOf(whole, row) && wanted.has(row.kind)) bodies.push(row);
    return false;
  });
  return { bodies, behind };
}

/** Whether `row` was counted with `whole`: what an earlier count left of a kind that the day no longer has was not. */
function isOf(whole: Row, { built, definition }: Row): boolean {
  return built === whole.built && definition === whole.definition;
}

const MARKS = `SELECT subject, dirty, built, definition FROM rollup_marks
  WHERE site = ?1 AND (subject BETWEEN ?2 AND ?3 OR subject = ?4)`;
const ROWS = `SELECT j.kind, j.day, j.body, j.built, j.built_at, j.definition
  FROM json_each(?4) k CROSS JOIN journey_days j ON j.site = ?1 AND j.kind = k.value AND j.day BETWEEN ?2 AND ?3`;

/** Count `days` from history, run by run; each run is kept, after the answer where somebody waits for one. */
async function countAll(
  env: Env,
  site: JourneySite,
  days: readonly LocalDay[],
  now: EpochMs,
  later: Later | null,
): Promise<DayBodies[]> {
  const counted: DayBodies[] = [];
  for (const run of runsOf(days, DAYS_AT_ONCE)) {
    const made = await countRun(env, site, run);
    counted.push(...made.map(({ bodies }) => bodies));
    const keeping = env.DB.batch(made.map((one) => keep(env, site, one, now)));
    if (later === null) await keeping;
    else later(keeping);
  }
  return counted;
}

type Counted = { day: LocalDay; claimed: number; bodies: DayBodies };

async function countRun(env: Env, site: JourneySite, run: readonly LocalDay[]): Promise<Counted[]> {
  const { key, calendar } = site.counted;
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return [];
  const { results } = await env.DB.prepare(CLAIM)
    .bind(key, JSON.stringify(run.map(subjectOf)))
    .all<{ subject: string; claimed: number }>();
  const claims = new Map(results.map(({ subject, claimed }) => [subject, claimed]));
  const { visits, chats } = await readSpan(env, key, { from: first.from, to: last.to }, site.orders);
  const visitsOf = Map.groupBy(visits, ({ at }) => calendar.dayOf(at));
  const chatsOf = Map.groupBy(chats, ({ at }) => calendar.dayOf(at));
  return run.map((day) => ({
    day,
    claimed: claims.get(subjectOf(day)) ?? 0,
    bodies: countDay(visitsOf.get(day.date) ?? [], chatsOf.get(day.date) ?? []),
  }));
}

/** A later write raises the mark above this number; unlike a builder of figures, this leaves the day no dirtier. */
const CLAIM = `UPDATE rollup_marks SET claimed = max(claimed, dirty)
  WHERE site = ?1 AND subject IN (SELECT value FROM json_each(?2)) RETURNING subject, claimed`;

/** Over what a lower claim or another definition left; kinds that the day no longer has keep another number. */
const KEEP = `INSERT INTO journey_days (site, kind, day, body, built, built_at, definition)
  SELECT ?1, value ->> 0, ?2, value ->> 1, ?3, ?4, ?5 FROM json_each(?6) WHERE true
  ON CONFLICT (site, kind, day) DO UPDATE SET body = excluded.body, built = excluded.built,
    built_at = excluded.built_at, definition = excluded.definition
  WHERE built < excluded.built OR definition <> excluded.definition`;

function keep(
  env: Env,
  { counted: { key }, definition }: JourneySite,
  { day, claimed, bodies }: Counted,
  now: EpochMs,
): D1PreparedStatement {
  const rows = rowsOf(bodies).map(({ kind, body }) => [kind, body]);
  return env.DB.prepare(KEEP).bind(key, day.date, claimed, now, definition, JSON.stringify(rows));
}

function rowsOf({ visits, ways, pages, funnels, stages }: DayBodies): KeptBody[] {
  const row = (kind: string, body: object) => ({ kind, body: JSON.stringify(body) });
  return [
    row("visits", visits),
    row("ways", ways),
    row("pages", pages),
    ...Object.entries(funnels).map(([key, body]) => row(`funnel:${key}`, body)),
    ...Object.entries(stages).map(([key, body]) => row(`stages:${key}`, body)),
  ];
}
