/**
 * The sums of a campaign's phase, kept in D1 and counted anew when history touched them.
 *
 * A write to history raises the phase's mark in its own transaction (`workers/kpis/marks.ts`). Who builds takes the
 * mark's number first, then reads, then writes with that number: what is written between is dirty still. A reader gets
 * what is there if nothing touched it; otherwise a small phase is counted at once, and a large one after the answer.
 */
import { calendarOf } from "../../domain/kpi/calendar.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { finalDay, openHistory, withFinalDays } from "../../domain/results/final-days.ts";
import { sumWithLater } from "../../domain/results/later-days.ts";
import { currencyAt, type Sealed } from "../../domain/kpi/seals.ts";
import { type DaySums, type PhaseSums, windowEnd } from "../../domain/results/units.ts";
import type { SiteSettings } from "../../domain/site/settings.ts";
import { isEveryLead } from "../../domain/site/success.ts";
import { claim, type Mark } from "../kpis/rollup-store.ts";
import { readSealed, SEALED_KEY, sealedFrom } from "../kpis/sealed-days.ts";
import { type Asked, readPhase } from "./read-phase.ts";

/** Raised when what is counted changes, so that older sums are counted anew. */
const VERSION = 7;
/** A phase that takes longer than this is not counted while somebody waits, if its sums are recent. */
const QUICK_MS = 150;
/** Sums older than this are never served once something touched them. */
const STALE_MS = 30_000;

export type Counted = PhaseSums & { countedAt: EpochMs };
export type Counting = Omit<Asked, "settings"> & {
  settings: Pick<SiteSettings, "currency" | "orders" | "timezone">;
  windowMs: number;
  capCents: number | null;
  /** The planned end; null for none. */
  until: EpochMs | null;
};

type Told = Omit<PhaseSums, "days" | "later">;
/** What is kept of a phase besides its days. */
export type Whole = Told & { later?: Told; tookMs: number };

export const subjectOf = ({ campaign, phase }: Counting) => `campaign:${campaign}:${phase}`;

/** What the sums depend on besides history. */
export function definitionOf({
  goal,
  lead,
  settings,
  windowMs,
  capCents,
  until,
  attributionMs,
}: Counting): string {
  const { currency, orders, timezone } = settings;
  const success = lead === null ? goal : [goal, lead.key, isEveryLead(lead)];
  return JSON.stringify([
    VERSION,
    success,
    currency,
    orders,
    timezone,
    windowMs,
    capCents,
    until,
    attributionMs,
  ]);
}

/** The sums as they are now, or as they were at most half a minute ago. */
export async function phaseSums(
  env: Env,
  asked: Counting,
  now: EpochMs,
  later: (work: Promise<unknown>) => void,
): Promise<Counted> {
  const { site, campaign, phase, settings } = asked;
  const [marks, sums, seal] = await env.DB.batch<Mark & SumsRow & { value: string }>([
    env.DB.prepare("SELECT * FROM rollup_marks WHERE site = ?1 AND subject = ?2").bind(
      site,
      subjectOf(asked),
    ),
    env.DB.prepare(SUMS).bind(site, campaign, phase),
    env.DB.prepare("SELECT value FROM installation WHERE key = ?").bind(`${SEALED_KEY}${site}`),
  ]);
  const mark = marks?.results[0] ?? null;
  const usable = mark !== null && mark.built > 0 && mark.definition === definitionOf(asked);
  if (!usable) return countPhase(env, asked, now);
  const builtAt = mark.built_at ?? 0;
  const ripened = mark.changes_at !== null && mark.changes_at <= now;
  const dayFrom = dayReader(sealedFrom(seal?.results[0]?.value ?? null), settings.currency);
  const kept = { ...sumsFrom(sums?.results ?? [], dayFrom), countedAt: builtAt };
  if (mark.dirty <= mark.built && !ripened) return kept;
  if (kept.tookMs <= QUICK_MS || now - builtAt > STALE_MS) return countPhase(env, asked, now);
  later(countPhase(env, asked, now));
  return kept;
}

type SumsRow = { day: string; body: string };
const SUMS =
  "SELECT day, body FROM campaign_sums WHERE site = ?1 AND campaign_id = ?2 AND phase = ?3 ORDER BY day";

const NOON_MS = 43_200_000;

/** How a kept day is read: one that is final may have been counted by older definitions, and in other money. */
export function dayReader(sealed: Sealed, currency: string): (day: string, body: string) => DaySums {
  return (day, body) => {
    const sums = JSON.parse(body) as DaySums;
    if (day >= sealed.openDay) return sums;
    return finalDay(sums, (currencyAt(sealed, Date.parse(day) + NOON_MS) ?? currency) !== currency);
  };
}

/** Marks the row of a day with those who came after the planned end; it sorts behind that day and before the next. */
const LATER = "+";

/** The rows of a phase by what they are of. */
export function keptDays<T extends { day: string; body: string }>(
  rows: Iterable<T>,
  dayFrom: (day: string, body: string) => DaySums,
): { days: Record<string, DaySums>; later: Record<string, DaySums>; whole: Whole } {
  const days: Record<string, DaySums> = {};
  const later: Record<string, DaySums> = {};
  let whole: Whole = { multiple: 0, multipleByDay: {}, tookMs: 0 };
  for (const { day, body } of rows) {
    if (day === "") whole = JSON.parse(body) as Whole;
    else if (day.endsWith(LATER)) later[day.slice(0, -1)] = dayFrom(day.slice(0, -1), body);
    else days[day] = dayFrom(day, body);
  }
  return { days, later, whole };
}

function sumsFrom(
  rows: readonly SumsRow[],
  dayFrom: (day: string, body: string) => DaySums,
): PhaseSums & { tookMs: number } {
  const { days, later, whole } = keptDays(rows, dayFrom);
  const { later: told, ...rest } = whole;
  return { days, ...rest, ...(told !== undefined && { later: { days: later, ...told } }) };
}

/** The rows in which `sums` are kept, those of open days. */
function rowsOf(open: PhaseSums, whole: Whole): Record<string, DaySums | Whole> {
  const later = Object.entries(open.later?.days ?? {}).map(([day, arms]) => [`${day}${LATER}`, arms]);
  return { ...open.days, ...Object.fromEntries(later), "": whole };
}

const toldOf = ({ days: _days, later: _later, ...told }: PhaseSums): Told => told;

/** Counts the phase from history and keeps the sums; safe to run twice at once, and to end between any two steps. */
export async function countPhase(env: Env, asked: Counting, now: EpochMs): Promise<Counted> {
  const { site, campaign, phase, settings, windowMs, capCents, until } = asked;
  const subject = subjectOf(asked);
  const started = Date.now();
  const claimed = (await claim(env, site, [subject])).get(subject);
  if (claimed === undefined) throw new Error(`nothing was claimed of ${subject}`);
  const sealed = await readSealed(env, site);
  const final = await readFinal(env, asked, sealed);
  const history = openHistory(await readPhase(env, asked), sealed.until);
  const calendar = calendarOf(settings.timezone);
  const dayOf = (at: EpochMs) => latest(calendar.dayOf(at), sealed.openDay);
  const hasEarly = Object.keys(final.days).length > 0;
  const open = sumWithLater(history, { windowMs, capCents, until, now, dayOf }, hasEarly);
  const sums = withFinalDays(final, open);
  const whole: Whole = {
    ...toldOf(sums),
    ...(sums.later !== undefined && { later: toldOf(sums.later) }),
    tookMs: Date.now() - started,
  };
  // Only over sums of an older claim, and of days that are as open: a slow builder must not undo a later one.
  const current = `(SELECT built FROM rollup_marks WHERE site = ?1 AND subject = ?2) < ?3 AND coalesce(
    (SELECT value ->> '$.until' FROM installation WHERE key = '${SEALED_KEY}' || ?1), 0) = ?4`;
  const key = [site, subject, claimed, sealed.until] as const;
  await env.DB.batch([
    env.DB.prepare(
      `DELETE FROM campaign_sums WHERE site = ?1 AND campaign_id = ?5 AND phase = ?6
       AND (day >= ?7 OR day = '') AND ${current}`,
    ).bind(...key, campaign, phase, sealed.openDay),
    env.DB.prepare(
      `INSERT INTO campaign_sums (site, campaign_id, phase, day, body)
       SELECT ?1, ?5, ?6, key, value FROM json_each(?7) WHERE ${current}`,
    ).bind(...key, campaign, phase, JSON.stringify(rowsOf(open, whole))),
    env.DB.prepare(
      `UPDATE rollup_marks SET built = ?3, definition = ?5, built_at = ?6, changes_at = ?7
       WHERE site = ?1 AND subject = ?2 AND ${current}`,
    ).bind(...key, definitionOf(asked), now, nextChange(history.moments, asked, now)),
  ]);
  return { ...sums, countedAt: now };
}

/** What is kept of the days that are final. */
async function readFinal(
  env: Env,
  { site, campaign, phase, settings }: Counting,
  sealed: Sealed,
): Promise<PhaseSums> {
  if (sealed.until === 0) return { days: {}, multiple: 0, multipleByDay: {} };
  const { results } = await env.DB.prepare(SUMS).bind(site, campaign, phase).all<SumsRow>();
  const isFinal = (day: string) => day < sealed.openDay;
  const kept = sumsFrom(
    results.filter(({ day }) => isFinal(day)),
    dayReader(sealed, settings.currency),
  );
  const finalOf = (sums: PhaseSums): PhaseSums => {
    const multipleByDay = Object.fromEntries(
      Object.entries(sums.multipleByDay).filter(([day]) => isFinal(day)),
    );
    const multiple = Object.values(multipleByDay).reduce((sum, count) => sum + count, 0);
    return { days: sums.days, multiple, multipleByDay };
  };
  return { ...finalOf(kept), ...(kept.later !== undefined && { later: finalOf(kept.later) }) };
}

/** What lies between the end of a final day and the next, where the site's days begin later by now, is the next day's. */
function latest(day: string, openDay: string): string {
  return day < openDay ? openDay : day;
}

/**
 * When the first window that is open now will have passed, but not within the next hour for its sake alone; the last one of
 * all, with which the final reading is due, at once.
 */
function nextChange(
  moments: readonly { visitEndsAt: EpochMs; eligibleAt: EpochMs }[],
  { windowMs, until }: Pick<Counting, "windowMs" | "until">,
  now: EpochMs,
): EpochMs | null {
  const HOUR_MS = 3_600_000;
  let [next, last] = [Infinity, -Infinity];
  for (const moment of moments) {
    const end = windowEnd(moment, { windowMs });
    if (end < now) continue;
    next = Math.min(next, end);
    if (until === null || moment.eligibleAt < until) last = Math.max(last, end);
  }
  if (next === Infinity) return null;
  const hourly = Math.max(next + 1, now + HOUR_MS);
  return last === -Infinity ? hourly : Math.min(last + 1, hourly);
}
