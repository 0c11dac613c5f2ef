/**
 * Days of a site's ways, kept in D1 and counted anew when history has touched them.
 *
 * A write to history raises its day's mark in its own transaction (`workers/kpis/marks.ts`). Who counts takes the mark's
 * number before reading, without making the day's other figures dirty, and keeps it with what was counted: as long as
 * the mark is no higher, the day is what history gives.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { countDay, type DayBodies } from "../../domain/journeys/day.ts";
import { NOTHING, sumOfKind } from "../../domain/journeys/sums.ts";
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
import { stillOpenDate } from "../kpis/sealed-days.ts";
import type { CountedSettings } from "../kpis/site-settings.ts";
import { readSpan } from "./read-visits.ts";

/** Raised when what is counted, or how it is kept, changes. */
const VERSION = 2;
/** Read from history together. */
const DAYS_AT_ONCE = 7;
/** A day counted so short a time ago is served again although something has happened since. */
const FRESH_MS = 5_000;

export type JourneySite = { counted: CountedSite; definition: string };
export type Later = (work: Promise<unknown>) => void;
/** What a body is counted of: `visits`, `ways`, `pages`, `funnel:<key>`, `stages:<key>`. */
export type KeptBody = { kind: string; body: string };

export function journeySite(key: SiteKey, settings: CountedSettings): JourneySite {
  const { timezone, orders, attribution_hours } = settings;
  const definition = `${VERSION} ${timezone} ${orders} ${attribution_hours}`;
  return { counted: countedSite(key, settings), definition };
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
  // Of a final day nothing is left to cut: it belongs to where it begins.
  const isWhole = (day: LocalDay) => day.from >= from && (day.to <= end || isFinal(site, day));
  const { bodies, behind, sums } = await readDays(env, site, days.filter(isWhole), kinds, now);
  if (sums.length > 0) later(keepMonths(env, site, sums));
  const wanted = new Set(kinds);
  const take = (counted: DayBodies) => {
    for (const one of rowsOf(counted)) if (wanted.has(one.kind)) bodies.push(one);
  };
  for (const counted of await countAll(env, site, behind, now, later)) take(counted);
  for (const day of days.filter((one) => !isWhole(one) && !isFinal(site, one))) {
    const span = { from: Math.max(from, day.from), to: Math.min(end, day.to) };
    const { visits, chats } = await readSpan(env, site.counted.key, span, site.counted.rules);
    take(countDay(visits, chats));
  }
  return bodies;
}

/** Bring up to `most` days up to date, the newest first; returns how many there were to do. */
export async function buildDays(env: Env, site: JourneySite, most: number, now: EpochMs): Promise<number> {
  const { key, calendar, sealed } = site.counted;
  const { results } = await env.DB.prepare(DUE)
    .bind(key, site.definition, most, sealed.openDay)
    .all<{ date: string }>();
  const due = results.flatMap(({ date }) => {
    const noon = Date.parse(`${date}T12:00:00Z`);
    return daysBetween(calendar, noon - DAY_MS, noon + DAY_MS).filter((day) => day.date === date);
  });
  await countAll(env, site, due.toReversed(), now, null);
  return due.length;
}

const DAY_MS = 86_400_000;
/** SQL that holds where what is kept of a day, as `j`, is not what its mark `m` asks for. */
export const waysAreBehind = (definition: string) =>
  `(j.built IS NULL OR j.built < m.dirty OR j.definition <> ${definition})`;
const DUE = `SELECT substr(m.subject, 5) AS date FROM rollup_marks m
  LEFT JOIN journey_days j ON j.site = ?1 AND j.kind = 'visits' AND j.day = substr(m.subject, 5)
  WHERE m.site = ?1 AND m.subject >= 'day:' || ?4 AND m.subject < 'day;'
    AND ${waysAreBehind("?2")}
  ORDER BY m.subject DESC LIMIT ?3`;

/** Days are named by their date here, so that is how those are known that are final. */
function isFinal({ counted: { sealed } }: JourneySite, { date }: LocalDay): boolean {
  return date < sealed.openDay;
}

type Row = { kind: string; day: string; body: string; built: number; built_at: EpochMs; definition: string };

type Read = { bodies: KeptBody[]; behind: LocalDay[]; sums: Row[] };
type Marked = { dirty: ReadonlyMap<string, number>; isEnumerated: boolean };

/** What is kept of `days`: by the month where a whole one is kept and nothing has touched it since, else by the day. */
async function readDays(
  env: Env,
  site: JourneySite,
  days: readonly LocalDay[],
  kinds: readonly string[],
  now: EpochMs,
): Promise<Read> {
  const wanted = [...new Set(["visits", ...kinds])];
  const months = wholeMonths(days, now);
  const inMonths = new Set(months.flatMap((month) => month.days));
  const loose = days.filter((day) => !inMonths.has(day));
  const read = async () => {
    const [marks, kept, ...found] = await env.DB.batch<Mark & Row>([
      marksOf(env, site, days),
      rowsIn(env, site, wanted, months[0]?.name ?? "", months.at(-1)?.name ?? ""),
      ...stretches(env, site, wanted, loose),
    ]);
    return { marked: readMarks(site, marks?.results ?? []), kept: kept?.results ?? [], found };
  };
  let { marked, kept, found } = await read();
  if (!marked.isEnumerated) {
    await enumerateDays(env, site.counted, now);
    ({ marked, kept, found } = await read());
  }
  const result: Read = { bodies: [], behind: [], sums: [] };
  const isAsked = new Set(kinds);
  const stale = months.filter((month) => {
    const rows = kept.filter(({ day }) => day === month.name);
    const stands = wanted.every((kind) =>
      rows.some((row) => row.kind === kind && monthStands(site, month, row, marked)),
    );
    if (stands) result.bodies.push(...rows.filter(({ kind, body }) => isAsked.has(kind) && body !== NOTHING));
    return !stands;
  });
  takeDays(result, site, loose, isAsked, rowsByDay(found), marked, now);
  if (stale.length === 0) return result;
  const again = rowsByDay(
    await env.DB.batch<Row>(
      stretches(
        env,
        site,
        wanted,
        stale.flatMap((month) => month.days),
      ),
    ),
  );
  for (const month of stale) {
    const before = result.behind.length;
    takeDays(result, site, month.days, isAsked, again, marked, now);
    if (result.behind.length === before) result.sums.push(...monthRows(site, month, wanted, again, now));
  }
  return result;
}

/** Before the name of a month: so it sorts apart from days, and a stretch of the one reads none of the other. */
const MONTH = "m";
type Month = { name: string; days: LocalDay[] };

/** The months that lie whole among `days` and are over. */
function wholeMonths(days: readonly LocalDay[], now: EpochMs): Month[] {
  const byMonth = Map.groupBy(days, ({ date }) => date.slice(0, "YYYY-MM".length));
  return [...byMonth].flatMap(([date, of]) => {
    const [year = 0, month = 0] = date.split("-").map(Number);
    const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const isOver = (of.at(-1)?.to ?? Infinity) <= now;
    return of.length === length && isOver ? [{ name: `${MONTH}${date}`, days: of }] : [];
  });
}

/** Above whatever number a mark comes to. */
const FOR_GOOD = Number.MAX_SAFE_INTEGER;

/** A month's definition ends with the numbers of its days, in their order; 0 of a day on which nothing ever happened. */
function monthStands(site: JourneySite, { days }: Month, row: Row, { dirty }: Marked): boolean {
  if (!row.definition.startsWith(`${site.definition}|`)) return false;
  const built = row.definition
    .slice(site.definition.length + 1)
    .split(".")
    .map(Number);
  return days.every((day, index) => (dirty.get(subjectOf(day)) ?? 0) <= (built[index] ?? -1));
}

function monthRows(
  site: JourneySite,
  { name, days }: Month,
  kinds: readonly string[],
  rows: ReadonlyMap<string, Row[]>,
  now: EpochMs,
): Row[] {
  const wholes = days.map((day) => rows.get(day.date)?.find(({ kind }) => kind === "visits"));
  const builtOf = (day: LocalDay, index: number) => (isFinal(site, day) ? FOR_GOOD : wholes[index]?.built);
  const definition = `${site.definition}|${days.map((day, index) => builtOf(day, index) ?? 0).join(".")}`;
  return kinds.map((kind) => {
    const bodies = days.flatMap((day, index) => {
      const whole = wholes[index];
      if (whole === undefined) return [];
      return (rows.get(day.date) ?? []).filter((row) => row.kind === kind && isOf(whole, row));
    });
    const body = sumOfKind(
      kind,
      bodies.map((row) => row.body),
    );
    return { kind, day: name, body, built: 0, built_at: now, definition };
  });
}

function rowsByDay(results: readonly D1Result<Row>[]): Map<string, Row[]> {
  return Map.groupBy(
    results.flatMap((result) => result.results),
    ({ day }) => day,
  );
}

function takeDays(
  into: Read,
  site: JourneySite,
  days: readonly LocalDay[],
  isAsked: ReadonlySet<string>,
  rows: ReadonlyMap<string, Row[]>,
  { dirty }: Marked,
  now: EpochMs,
): void {
  for (const day of days) {
    const raised = dirty.get(subjectOf(day));
    if (raised === undefined) continue; // Nothing has ever happened on it.
    const kept = rows.get(day.date) ?? [];
    const whole = kept.find(({ kind }) => kind === "visits");
    const stands = whole !== undefined && isServed(site, whole, raised, now);
    if (!stands && !isFinal(site, day)) into.behind.push(day);
    else if (whole !== undefined)
      into.bodies.push(...kept.filter((row) => isOf(whole, row) && isAsked.has(row.kind)));
  }
}

function isServed({ definition }: JourneySite, whole: Row, raised: number, now: EpochMs): boolean {
  if (whole.definition !== definition) return false;
  return whole.built >= raised || (whole.built_at <= now && now - whole.built_at < FRESH_MS);
}

function readMarks(site: JourneySite, marks: readonly Mark[]): Marked {
  const own = marks.find(({ subject }) => subject === SITE_SUBJECT);
  const isEnumerated =
    own !== undefined && own.dirty <= own.built && own.definition === site.counted.definition;
  return { dirty: new Map(marks.map(({ subject, dirty }) => [subject, dirty])), isEnumerated };
}

function marksOf(
  env: Env,
  { counted: { key } }: JourneySite,
  days: readonly LocalDay[],
): D1PreparedStatement {
  const [first, last] = [days[0], days.at(-1)];
  return env.DB.prepare(MARKS).bind(
    key,
    first === undefined ? "" : subjectOf(first),
    last === undefined ? "" : subjectOf(last),
    SITE_SUBJECT,
  );
}

/** Days that follow each other are read together. */
function stretches(
  env: Env,
  site: JourneySite,
  kinds: readonly string[],
  days: readonly LocalDay[],
): D1PreparedStatement[] {
  return runsOf(days, Infinity).map((run) =>
    rowsIn(env, site, kinds, run[0]?.date ?? "", run.at(-1)?.date ?? ""),
  );
}

function rowsIn(
  env: Env,
  { counted: { key } }: JourneySite,
  kinds: readonly string[],
  first: string,
  last: string,
): D1PreparedStatement {
  return env.DB.prepare(ROWS).bind(key, first, last, JSON.stringify(kinds));
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
  const { visits, chats } = await readSpan(env, key, { from: first.from, to: last.to }, site.counted.rules);
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
  WHERE (built < excluded.built OR definition <> excluded.definition) AND ${stillOpenDate("?1", "?2")}`;

function keep(
  env: Env,
  { counted: { key }, definition }: JourneySite,
  { day, claimed, bodies }: Counted,
  now: EpochMs,
): D1PreparedStatement {
  const rows = rowsOf(bodies).map(({ kind, body }) => [kind, body]);
  return env.DB.prepare(KEEP).bind(key, day.date, claimed, now, definition, JSON.stringify(rows));
}

/** A month is summed from days that stood, and says which: whoever comes later replaces it. */
async function keepMonths(env: Env, { counted: { key } }: JourneySite, sums: readonly Row[]): Promise<void> {
  const rows = sums.map(({ kind, day, body, built_at, definition }) => [
    kind,
    day,
    body,
    built_at,
    definition,
  ]);
  await env.DB.prepare(
    `INSERT INTO journey_days (site, kind, day, body, built, built_at, definition)
     SELECT ?1, value ->> 0, value ->> 1, value ->> 2, 0, value ->> 3, value ->> 4 FROM json_each(?2) WHERE true
     ON CONFLICT (site, kind, day) DO UPDATE SET body = excluded.body, built_at = excluded.built_at,
       definition = excluded.definition`,
  )
    .bind(key, JSON.stringify(rows))
    .run();
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
