/**
 * The kept sums of many phases at once, for who adds them up: nothing is counted while somebody waits.
 *
 * What a result keeps by day and arm is read once more in a short form, without the split by device and browser, and
 * that form is kept too, under the number of the build it was made from. A phase that history has touched since is told
 * as it was, and counted anew after the answer; one that was never counted is not told yet.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { type ArmSums, emptySums, SUMS } from "../../domain/results/sums.ts";
import type { DaySums } from "../../domain/results/units.ts";
import type { Mark } from "../kpis/rollup-store.ts";
import {
  type Counted,
  type Counting,
  countPhase,
  definitionOf,
  subjectOf,
  type Whole,
} from "../results/phase-sums.ts";

/** Counted so short a time ago, a phase is not counted again for what came since. */
const FRESH_MS = 5_000;
const KEPT_AS = "phase:";

type Short = { built: number; multiple: number; days: Record<string, Record<string, number[]>> };
type Cells = [campaign: string, phase: number, day: string, body: string];

export type KeptPhases = {
  /** By `subjectOf`. */
  sums: ReadonlyMap<string, Counted>;
  /** What history has gone on from, longest ago first. */
  behind: Counting[];
};

export async function readKeptPhases(
  env: Env,
  site: SiteKey,
  asked: readonly Counting[],
  now: EpochMs,
  later: (work: Promise<unknown>) => void,
): Promise<KeptPhases> {
  const subjects = JSON.stringify(asked.map(subjectOf));
  const [markRows, shortRows] = await env.DB.batch<Mark & { dimension: string; body: string }>([
    env.DB.prepare(
      "SELECT * FROM rollup_marks WHERE site = ?1 AND subject IN (SELECT value FROM json_each(?2))",
    ).bind(site, subjects),
    env.DB.prepare(
      `SELECT dimension, body FROM kpi_rollups WHERE site = ?1
       AND dimension IN (SELECT '${KEPT_AS}' || value FROM json_each(?2)) AND level = 'day' AND start = 0`,
    ).bind(site, subjects),
  ]);
  const marks = new Map((markRows?.results ?? []).map((mark) => [mark.subject, mark]));
  const shorts = new Map(
    (shortRows?.results ?? []).map(({ dimension, body }) => [
      dimension.slice(KEPT_AS.length),
      JSON.parse(body) as Short,
    ]),
  );
  const usable = asked.filter((one) => isUsable(marks.get(subjectOf(one)), one));
  const stale = usable.filter((one) => {
    const subject = subjectOf(one);
    return shorts.get(subject)?.built !== marks.get(subject)?.built;
  });
  for (const [subject, short] of await shorten(env, site, stale, marks)) {
    shorts.set(subject, short);
    later(keepShort(env, site, subject, short));
  }
  const sums = new Map<string, Counted>();
  for (const one of usable) {
    const subject = subjectOf(one);
    const short = shorts.get(subject);
    if (short !== undefined) sums.set(subject, countedOf(short, marks.get(subject)?.built_at ?? 0));
  }
  return { sums, behind: behindOf(asked, marks, now) };
}

/** What this isolate is counting: a second look meanwhile does not count it once more. */
const underway = new Set<string>();

/** Counts up to `most` of `behind` anew, one after the other, those that are not being counted already. */
export async function countBehind(
  env: Env,
  behind: readonly Counting[],
  most: number,
  now: EpochMs,
): Promise<void> {
  const keyOf = (phase: Counting) => `${phase.site} ${subjectOf(phase)}`;
  const mine = behind.filter((phase) => !underway.has(keyOf(phase))).slice(0, most);
  for (const phase of mine) underway.add(keyOf(phase));
  try {
    for (const phase of mine) await countPhase(env, phase, now);
  } finally {
    for (const phase of mine) underway.delete(keyOf(phase));
  }
}

function isUsable(mark: Mark | undefined, asked: Counting): boolean {
  return mark !== undefined && mark.built > 0 && mark.definition === definitionOf(asked);
}

function behindOf(asked: readonly Counting[], marks: ReadonlyMap<string, Mark>, now: EpochMs): Counting[] {
  const builtAt = (one: Counting) => marks.get(subjectOf(one))?.built_at ?? 0;
  return asked
    .filter((one) => {
      const mark = marks.get(subjectOf(one));
      if (mark === undefined || !isUsable(mark, one)) return true;
      const isBehind = mark.dirty > mark.built || (mark.changes_at !== null && mark.changes_at <= now);
      return isBehind && now - (mark.built_at ?? 0) > FRESH_MS;
    })
    .toSorted((a, b) => builtAt(a) - builtAt(b));
}

/** The short form of what is kept of `stale` phases. */
async function shorten(
  env: Env,
  site: SiteKey,
  stale: readonly Counting[],
  marks: ReadonlyMap<string, Mark>,
): Promise<Map<string, Short>> {
  if (stale.length === 0) return new Map();
  const wanted = JSON.stringify(stale.map(({ campaign, phase }) => [campaign, phase]));
  const rows = await env.DB.prepare(
    `SELECT s.campaign_id, s.phase, s.day, s.body FROM json_each(?2) j CROSS JOIN campaign_sums s
     ON s.site = ?1 AND s.campaign_id = j.value ->> 0 AND s.phase = j.value ->> 1`,
  )
    .bind(site, wanted)
    .raw<Cells>();
  const shorts = new Map<string, Short>(
    stale.map((one) => {
      const subject = subjectOf(one);
      return [subject, { built: marks.get(subject)?.built ?? 0, multiple: 0, days: {} }];
    }),
  );
  for (const [campaign, phase, day, body] of rows) {
    const short = shorts.get(`campaign:${campaign}:${phase}`);
    if (short === undefined) continue;
    if (day === "") short.multiple = (JSON.parse(body) as Whole).multiple;
    else short.days[day] = shortDay(JSON.parse(body) as DaySums);
  }
  return shorts;
}

function shortDay(day: DaySums): Record<string, number[]> {
  return Object.fromEntries(Object.entries(day).map(([arm, sums]) => [arm, SUMS.map((name) => sums[name])]));
}

async function keepShort(env: Env, site: SiteKey, subject: string, short: Short): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO kpi_rollups (site, dimension, level, start, body) VALUES (?1, ?2, 'day', 0, ?3)
     ON CONFLICT (site, dimension, level, start) DO UPDATE SET body = excluded.body
     WHERE (excluded.body ->> 'built') >= (body ->> 'built')`,
  )
    .bind(site, `${KEPT_AS}${subject}`, JSON.stringify(short))
    .run();
}

function countedOf({ days, multiple }: Short, countedAt: EpochMs): Counted {
  return {
    days: Object.fromEntries(
      Object.entries(days).map(([day, arms]) => [
        day,
        Object.fromEntries(Object.entries(arms).map(([arm, cells]) => [arm, sumsOf(cells)])),
      ]),
    ),
    multiple,
    multipleByDay: {},
    countedAt,
  };
}

const ZERO = emptySums();

/** Thousands of these are made for one answer: a copy of one object is made faster than one name by name. */
function sumsOf(cells: readonly number[]): ArmSums {
  const sums: ArmSums = { ...ZERO, device: {}, browser: {} };
  SUMS.forEach((name, index) => {
    sums[name] = cells[index] ?? 0;
  });
  return sums;
}
