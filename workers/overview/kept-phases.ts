/**
 * The kept sums of many phases at once, for who adds them up: nothing is counted while somebody waits.
 *
 * What a result keeps by day and arm is read once more in a short form, with the few sums that the overview reads, and
 * that form is kept too, under the number of the build it was made from. A phase that history has touched since is told
 * as it was, and counted anew after the answer; one that was never counted is not told yet.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { type ArmSums, emptySums, totalOf } from "../../domain/results/sums.ts";
import type { DaySums } from "../../domain/results/units.ts";
import type { Mark } from "../kpis/rollup-store.ts";
import { readSealed } from "../kpis/sealed-days.ts";
import {
  type Counted,
  type Counting,
  countPhase,
  dayReader,
  definitionOf,
  keptDays,
  subjectOf,
  type Whole,
} from "../results/phase-sums.ts";

const DAY_MS = 86_400_000;
/** Counted so short a time ago, a phase is not counted again for what came since. */
const FRESH_MS = 5_000;
const KEPT_AS = "phase:";
/** Raised when the short form changes. */
const FORM = 7;
/** What the overview reads of an arm's day; the rest of its sums is 0 here. */
const SHORT = [
  "n",
  "conversions",
  "revenue_cents",
  "revenue_sq",
  "discount_cents",
  "discount_sq",
  "revenue_x_discount",
  "maturing",
] as const;

/**
 * `days` hold how many days after `first` each is, then the cells of each arm in the order of `arms`; `names` how many of
 * each arm had which device and browser, on all days together, because the split is checked by these so.
 */
type ShortDays = { arms: string[]; names: Named[]; first: string; days: number[][] };
type Short = ShortDays & {
  built: number;
  form: number;
  multiple: number;
  maturesAt?: EpochMs;
  /** Of those who came after the planned end. */
  later?: ShortDays;
};
type Named = Pick<ArmSums, "device" | "browser">;
type Cells = [campaign: string, phase: number, day: string, body: string];

/** A phase with its mark and its short form, as they were found. */
export type FoundPhase = { asked: Counting; mark: Mark | null; short: string | null };
/** The short form of a phase, by the names of `campaign_phases`, is kept under this. */
export const keptAs = (campaign: string, phase: string) =>
  `'${KEPT_AS}campaign:' || ${campaign} || ':' || ${phase}`;

export type KeptPhases = {
  /** By `subjectOf`. */
  sums: ReadonlyMap<string, Counted>;
  /** What history has gone on from, longest ago first. */
  behind: Counting[];
};

export async function readKeptPhases(
  env: Env,
  site: SiteKey,
  found: readonly FoundPhase[],
  now: EpochMs,
  later: (work: Promise<unknown>) => void,
): Promise<KeptPhases> {
  const asked = found.map((one) => one.asked);
  const marks = new Map(
    found.flatMap((one) => (one.mark === null ? [] : [[subjectOf(one.asked), one.mark]])),
  );
  const shorts = new Map(
    found.flatMap(({ asked: one, short }) =>
      short === null ? [] : [[subjectOf(one), JSON.parse(short) as Short] as const],
    ),
  );
  const usable = asked.filter((one) => isUsable(marks.get(subjectOf(one)), one));
  const stale = usable.filter((one) => {
    const short = shorts.get(subjectOf(one));
    return short?.form !== FORM || short.built !== marks.get(subjectOf(one))?.built;
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

type Found = { rows: { day: string; body: string }[]; dayFrom: ReturnType<typeof dayReader> };

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
  const sealed = await readSealed(env, site);
  const wholes = new Map(
    stale.map((one): [string, Found] => [
      subjectOf(one),
      { rows: [], dayFrom: dayReader(sealed, one.settings.currency) },
    ]),
  );
  for (const [campaign, phase, day, body] of rows) {
    wholes.get(`campaign:${campaign}:${phase}`)?.rows.push({ day, body });
  }
  return new Map(
    [...wholes].map(([subject, { rows: own, dayFrom }]) => {
      const { days, later, whole } = keptDays(own, dayFrom);
      const built = marks.get(subject)?.built ?? 0;
      const after = whole.later !== undefined && { later: shortDays(later) };
      return [subject, { built, form: FORM, ...wholeOf(whole), ...shortDays(days), ...after }];
    }),
  );
}

function wholeOf({ multiple, maturesAt }: Pick<Whole, "multiple" | "maturesAt">) {
  return { multiple, ...(maturesAt !== undefined && { maturesAt }) };
}

function shortDays(days: Readonly<Record<string, DaySums>>): ShortDays {
  const arms = [...new Set(Object.values(days).flatMap((day) => Object.keys(day)))].toSorted();
  const sorted = Object.entries(days).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const first = sorted[0]?.[0] ?? "";
  const rows = sorted.map(([day, sums]) => [
    (Date.parse(day) - Date.parse(first)) / DAY_MS,
    ...arms.flatMap((arm) => SHORT.map((name) => sums[arm]?.[name] ?? 0)),
  ]);
  return { arms, names: arms.map((arm) => namesOf(Object.values(days), arm)), first, days: rows };
}

function namesOf(days: Iterable<DaySums>, arm: string): Named {
  const all = totalOf([...days].flatMap((day) => day[arm] ?? []));
  return { device: all.device, browser: all.browser };
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

function countedOf(short: Short, countedAt: EpochMs): Counted {
  const days = daysOf(short);
  const later = short.later && { days: daysOf(short.later), multiple: 0, multipleByDay: {} };
  return { days, ...wholeOf(short), ...(later && { later }), multipleByDay: {}, countedAt };
}

function daysOf(short: ShortDays): Record<string, DaySums> {
  const begun = Date.parse(short.first);
  const days: Record<string, DaySums> = {};
  const named = new Set<string>();
  for (const cells of short.days) {
    const day: DaySums = {};
    for (const [place, arm] of short.arms.entries()) {
      const at = 1 + place * SHORT.length;
      // An arm in which nobody was that day has no sums.
      if ((cells[at] ?? 0) === 0) continue;
      const sums = sumsOf(cells, at);
      // They are of all days: the first that the arm has bears them.
      day[arm] = named.has(arm) ? sums : { ...sums, ...short.names[place] };
      named.add(arm);
    }
    days[new Date(begun + (cells[0] ?? 0) * DAY_MS).toISOString().slice(0, 10)] = day;
  }
  return days;
}

function sumsOf(cells: readonly number[], at: number): ArmSums {
  const sums = emptySums();
  SHORT.forEach((name, index) => {
    sums[name] = cells[at + index] ?? 0;
  });
  return sums;
}
