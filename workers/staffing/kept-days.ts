/**
 * Days of a desk that are over, kept in D1 and counted anew when history has touched them.
 *
 * A write to history raises its day's mark in its own transaction (`workers/kpis/marks.ts`). Who counts takes the
 * mark's number before reading and keeps it with what was counted: a day is served from what is kept only while its
 * mark is no higher, and counted from history otherwise, so that an answer is never behind. Today is never kept.
 *
 * The rows lie beside those of the journeys and carry the same definition, so that either's tidying spares what is
 * still true; their kind names the form of the body.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import {
  type Arrivals,
  COUNT_OF_CHATS,
  decodeArrivals,
  decodeChats,
  encodeArrivals,
  encodeChats,
} from "../../domain/staffing/kept-day.ts";
import { dateAt, daysFrom, localDays, QUARTER_MS } from "../../domain/staffing/local-day.ts";
import { type ObservedChat, observed } from "../../domain/staffing/observed.ts";
import { type JourneySite, journeySite } from "../journeys/kept-days.ts";
import { type LocalDay, subjectOf } from "../kpis/counted-site.ts";
import { runsOf } from "../kpis/count-days.ts";
import { enumerateDays } from "../kpis/enumerate-days.ts";
import { type Mark, SITE_SUBJECT } from "../kpis/rollup-store.ts";
import { readSettings } from "../kpis/site-settings.ts";
import { chatsBegunIn, countArrivals } from "./read-staffing.ts";

/** How far back arrivals are read for the forecast, and conversations for the estimates. */
export const FORECAST_DAYS = 120;
export const ESTIMATE_DAYS = 28;
/** More conversations than these make no estimate better. */
export const MOST_CHATS = 4_000;
/** Of all sites together and each kind, by one run of the schedule. */
const DAYS_A_RUN = 60;
/** What one statement binds at once, well below what D1 takes. */
const MAX_BOUND_LENGTH = 400_000;

export type Later = (work: Promise<unknown>) => void;

/** What is kept of a day: under which name, how many days are read together, and how. */
type Kind = {
  name: string;
  /** After how many things in the newest days the older ones are no longer read; null: all are. */
  most: number | null;
  daysAtOnce: number;
  /** A body for each of `run`, which are days that follow each other. */
  count(env: Env, site: SiteKey, run: readonly LocalDay[]): Promise<string[]>;
};

const ARRIVALS: Kind = {
  name: "arrivals:2",
  most: null,
  daysAtOnce: FORECAST_DAYS,
  async count(env, site, run) {
    const counted = await countArrivals(env, site, spanOf(run));
    return run.map(({ from, to }) =>
      encodeArrivals(
        counted.filter(([quarter]) => quarter * QUARTER_MS >= from && quarter * QUARTER_MS < to),
      ),
    );
  },
};

const CHATS: Kind = {
  name: "chats:3",
  most: MOST_CHATS,
  daysAtOnce: 10,
  async count(env, site, run) {
    const chats = await chatsBegunIn(env, site, spanOf(run));
    return run.map(({ from, to }) => {
      const own = chats.filter(({ startedAt }) => startedAt >= from && startedAt < to);
      return encodeChats(own.slice(0, MOST_CHATS).map(observed));
    });
  },
};

function spanOf(run: readonly LocalDay[]): { from: EpochMs; to: EpochMs } {
  return { from: run[0]?.from ?? 0, to: run.at(-1)?.to ?? 0 };
}

/** The arrivals of days that are over, which follow each other; `chats` are the newest of those whose chats are read. */
export type Wanted = { days: readonly LocalDay[]; chatDays: readonly LocalDay[] };
/** `chats` newest first, of each day the newest `MOST_CHATS`. */
export type PastDays = { arrivals: Arrivals[]; chats: ObservedChat[] };

/** What history gives of `wanted`; what had to be counted is kept, after the answer. */
export async function readPastDays(
  env: Env,
  site: JourneySite,
  { days, chatDays }: Wanted,
  now: EpochMs,
  later: Later,
): Promise<PastDays> {
  const [arrivals, chats] = await Promise.all(
    (await readKept(env, site, [wantOf(ARRIVALS, days), wantOf(CHATS, chatDays)], now)).map(
      async ({ kind, bodies, behind }) => [
        ...bodies,
        ...(await countDays(env, site, kind, behind, now, later)),
      ],
    ),
  );
  return {
    arrivals: (arrivals ?? []).flatMap(({ body }) => decodeArrivals(body)),
    chats: (chats ?? [])
      .toSorted((a, b) => (a.date < b.date ? 1 : -1))
      .flatMap(({ body }) => decodeChats(body)),
  };
}

type Want = { kind: Kind; days: readonly LocalDay[] };
const wantOf = (kind: Kind, days: readonly LocalDay[]): Want => ({ kind, days });

type Body = { date: string; body: string };
type Kept = { kind: Kind; bodies: Body[]; behind: LocalDay[] };
type Row = { date: string; body: string | null };

/** What is kept of each of `wants` and true, and which of its days have to be counted. */
async function readKept(env: Env, site: JourneySite, wants: readonly Want[], now: EpochMs): Promise<Kept[]> {
  const { key, definition, sealed } = site.counted;
  const read = () =>
    env.DB.batch<Mark & Row>([
      env.DB.prepare(SITE_MARK).bind(key, SITE_SUBJECT),
      ...wants.map(({ kind, days: [first, ...rest] }) => {
        const last = rest.at(-1) ?? first;
        const span = first === undefined || last === undefined ? ["", ""] : [first, last].map(subjectOf);
        const statement = kind.most === null ? DAYS : newestDays(kind.most);
        return env.DB.prepare(statement).bind(key, kind.name, site.definition, ...span, sealed.openDay);
      }),
    ]);
  let [marks, ...found] = await read();
  const own = marks?.results[0];
  if (own === undefined || own.dirty > own.built || own.definition !== definition) {
    await enumerateDays(env, site.counted, now);
    [marks, ...found] = await read();
  }
  return wants.map(({ kind, days }, index) => {
    const rows = found[index]?.results ?? [];
    const behind = new Set(rows.flatMap(({ date, body }) => (body === null ? [date] : [])));
    return {
      kind,
      bodies: rows.flatMap(({ date, body }) => (body === null ? [] : [{ date, body }])),
      // A day without a mark is in neither: nothing has ever happened on it.
      behind: days.filter(({ date }) => behind.has(date) && date >= sealed.openDay),
    };
  });
}

const SITE_MARK = "SELECT dirty, built, definition FROM rollup_marks WHERE site = ?1 AND subject = ?2";
/** The days of a span that have a mark, each with what is kept of it as long as that is no older than the mark. */
const DAYS = `SELECT substr(m.subject, 5) AS date, j.body FROM rollup_marks m
  LEFT JOIN journey_days j ON j.site = ?1 AND j.kind = ?2 AND j.day = substr(m.subject, 5)
    AND (j.definition = ?3 AND j.built >= m.dirty OR j.day < ?6)
  WHERE m.site = ?1 AND m.subject BETWEEN ?4 AND ?5`;

/** Of them the newest, until as many conversations are in them as are wanted. */
const newestDays = (most: number) => `WITH days AS (${DAYS}),
  told AS (SELECT date, body, ${COUNT_OF_CHATS("body")} AS n FROM days),
  summed AS (SELECT date, body, sum(n) OVER (
    ORDER BY date DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newer FROM told)
  SELECT date, body FROM summed WHERE coalesce(newer, 0) < ${most}`;

/** Count `days` from history, run by run; what is counted is kept, after the answer where somebody waits for one. */
async function countDays(
  env: Env,
  site: JourneySite,
  kind: Kind,
  days: readonly LocalDay[],
  now: EpochMs,
  later: Later | null,
): Promise<Body[]> {
  const counted: Body[] = [];
  for (const run of runsOf(days, kind.daysAtOnce)) {
    const { key } = site.counted;
    const { results } = await env.DB.prepare(CLAIM)
      .bind(key, JSON.stringify(run.map(subjectOf)))
      .all<{ subject: string; claimed: number }>();
    const claims = new Map(results.map(({ subject, claimed }) => [subject, claimed]));
    const bodies = await kind.count(env, key, run);
    const made = run.map((day, index) => ({
      date: day.date,
      body: bodies[index] ?? "",
      claimed: claims.get(subjectOf(day)) ?? 0,
    }));
    counted.push(...made);
    const keeping = keep(env, site, kind, made, now);
    if (later === null) await keeping;
    else later(keeping);
  }
  return counted;
}

/** A later write raises the mark above this number; unlike a builder of figures, this leaves the day no dirtier. */
const CLAIM = `UPDATE rollup_marks SET claimed = max(claimed, dirty)
  WHERE site = ?1 AND subject IN (SELECT value FROM json_each(?2)) RETURNING subject, claimed`;

/** A slow one does not undo what was counted later. */
async function keep(
  env: Env,
  { counted: { key }, definition }: JourneySite,
  kind: Kind,
  made: readonly (Body & { claimed: number })[],
  now: EpochMs,
): Promise<void> {
  await env.DB.batch(
    chunksOf(made).map((chunk) => {
      const rows = chunk.map(({ date, body, claimed }) => [date, body, claimed]);
      return env.DB.prepare(KEEP).bind(key, kind.name, now, definition, JSON.stringify(rows));
    }),
  );
}

/** As many days as D1 binds well at once. */
function chunksOf<T extends Body>(made: readonly T[]): T[][] {
  const chunks: T[][] = [];
  let length = Infinity;
  for (const one of made) {
    length += one.body.length;
    if (length > MAX_BOUND_LENGTH) {
      chunks.push([]);
      length = one.body.length;
    }
    chunks.at(-1)?.push(one);
  }
  return chunks;
}

const KEEP = `INSERT INTO journey_days (site, kind, day, body, built, built_at, definition)
  SELECT ?1, ?2, value ->> 0, value ->> 1, value ->> 2, ?3, ?4 FROM json_each(?5) WHERE true
  ON CONFLICT (site, kind, day) DO UPDATE SET body = excluded.body, built = excluded.built,
    built_at = excluded.built_at, definition = excluded.definition
  WHERE built < excluded.built OR definition <> excluded.definition`;

/** What the schedule does: count the days that today's forecast reads, the newest first; returns how many. */
export async function buildStaffing(env: Env, now: EpochMs): Promise<number> {
  const { results } = await env.DB.prepare("SELECT key FROM sites ORDER BY key").all<{ key: SiteKey }>();
  let left = DAYS_A_RUN;
  for (const { key } of results) {
    if (left <= 0) break;
    const settings = await readSettings(env, key);
    const site = journeySite(key, settings);
    const today = dateAt(now, settings.timezone);
    const days = localDays(daysFrom(today, -FORECAST_DAYS), FORECAST_DAYS, settings.timezone);
    const wants = [wantOf(ARRIVALS, days), wantOf(CHATS, days.slice(-ESTIMATE_DAYS - 1))];
    for (const { kind, behind } of await readKept(env, site, wants, now)) {
      const due = left > 0 ? behind.slice(-left) : [];
      left -= (await countDays(env, site, kind, due, now, null)).length;
    }
  }
  return DAYS_A_RUN - left;
}
