/**
 * Seals days before their rows are forgotten: once nothing of them is behind, neither figures nor ways, and the sums of
 * the campaigns that had visitors then are counted, one statement says that they are final.
 *
 * That statement holds only while no day has been touched since, so that a run may be killed between any two steps, run
 * beside another, or be overtaken by a late event: the next one goes on. What is kept is not touched. A day that is
 * behind is brought up to date by the builders of the same schedule, and sealing waits for it.
 *
 * Units   `EpochMs`. A run seals at most `DAYS_A_STEP` days a site that has any.
 */
import { finalBefore, measuredSince } from "../../domain/history/measurement-retention.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { sealUntil } from "../../domain/kpi/seals.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { journeySite, waysAreBehind } from "../journeys/kept-days.ts";
import { phaseSums } from "../results/phase-sums.ts";
import { countingOf, goalOf } from "../results/report.ts";
import { countedSite, type CountedSite, nextDay } from "./counted-site.ts";
import { buildSite } from "./rollup-builder.ts";
import { firstOpenSubject, SEALED_KEY } from "./sealed-days.ts";
import { type CountedSettings, everySettings } from "./site-settings.ts";

const DAY_MS = 86_400_000;
const DAYS_A_STEP = 31;
/** Of all sites together, by one run of the schedule. */
const SITES_A_RUN = 20;

type Asked = { site: CountedSite; settings: CountedSettings; now: EpochMs };

/** Seal what is due at every site; returns at how many something was. */
export async function sealDays(env: Env, now: EpochMs): Promise<number> {
  let moved = 0;
  for (const [key, settings] of await everySettings(env)) {
    if (moved >= SITES_A_RUN) break;
    const site = countedSite(key, settings);
    // To the end of the day, so that what is due by the minute is.
    const target = nextDay(site.calendar, finalBefore(now, settings.measurement_months) - 1);
    if (target <= site.sealed.until) continue;
    const asked = { site, settings, now };
    const until = await reachable(env, asked, target);
    if (until > site.sealed.until) moved += (await seal(env, asked, until)) ? 1 : 0;
    else if (site.sealed.until < measuredSince(now, settings.measurement_months)) {
      alert({ what: "sealing is behind", site: key, since: site.sealed.until });
    }
  }
  return moved;
}

/** As far towards `target` as nothing is behind, and as one step goes. */
async function reachable(env: Env, { site, settings, now }: Asked, target: EpochMs): Promise<EpochMs> {
  const { key, calendar, definition, sealed } = site;
  await buildSite(env, site, 0, now); // Every day of history has its mark.
  const row = await env.DB.prepare(
    `SELECT min(m.subject) AS first, min(CASE WHEN ${BEHIND} THEN m.subject END) AS behind ${MARKS}`,
  )
    .bind(
      key,
      firstOpenSubject(site),
      `day:${calendar.dayOf(target)}`,
      definition,
      now,
      journeySite(key, settings).definition,
    )
    .first<{ first: string | null; behind: string | null }>();
  if (row === null || row.first === null) return target;
  const stepTo = calendar.startOfDay(noonOf(row.first) + DAYS_A_STEP * DAY_MS);
  const until = Math.min(target, stepTo, row.behind === null ? target : startOf(site, row.behind));
  return Math.max(until, sealed.until);
}

/** The day marks from ?2 (inside) to ?3 (outside). */
const MARKS = `FROM rollup_marks m LEFT JOIN journey_days j
    ON j.site = ?1 AND j.kind = 'visits' AND j.day = substr(m.subject, 5)
  WHERE m.site = ?1 AND m.subject >= ?2 AND m.subject < ?3`;
const BEHIND = `(m.dirty > m.built OR m.definition IS NOT ?4 OR m.changes_at <= ?5 OR ${waysAreBehind("?6")})`;

const noonOf = (subject: string) => Date.parse(`${subject.slice("day:".length)}T12:00:00Z`);

/** When the day of `subject` begins: noon in UTC lies in it, or in the one before or after. */
function startOf({ calendar }: CountedSite, subject: string): EpochMs {
  const date = subject.slice("day:".length);
  const noon = noonOf(subject);
  const near = [noon - DAY_MS / 2, noon, noon + DAY_MS / 2].map((at) => calendar.startOfDay(at));
  const start = near.find((at) => calendar.dayOf(at) === date);
  if (start === undefined) throw new Error(`no day ${date} in this zone`);
  return start;
}

/** Seal the days before `until`; false where something has happened to them meanwhile. */
async function seal(env: Env, asked: Asked, until: EpochMs): Promise<boolean> {
  const { site, settings, now } = asked;
  const { key, calendar, definition, rules, sealed } = site;
  await countPhases(env, asked, until);
  const openDay = calendar.dayOf(until);
  const { zone, currency } = rules;
  const value = JSON.stringify(sealUntil(sealed, { until, openDay, zone, currency }, now));
  const { meta } = await env.DB.prepare(
    `INSERT INTO installation (key, value) SELECT '${SEALED_KEY}' || ?1, ?7
     WHERE NOT EXISTS (SELECT 1 ${MARKS} AND ${BEHIND})
       AND coalesce((SELECT value ->> '$.until' FROM installation WHERE key = '${SEALED_KEY}' || ?1), 0) = ?8
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  )
    .bind(
      key,
      firstOpenSubject(site),
      `day:${openDay}`,
      definition,
      now,
      journeySite(key, settings).definition,
      value,
      sealed.until,
    )
    .run();
  return meta.changes > 0;
}

const PHASES = `WITH seen AS (SELECT DISTINCT campaign_id, phase FROM exposures INDEXED BY exposures_eligible
    WHERE site = ?1 AND eligible_at >= ?2 AND eligible_at < ?3)
  SELECT c.id, s.phase, coalesce(p.body, c.body) AS body, p.goal FROM seen s
    JOIN campaigns c ON c.site = ?1 AND c.id = s.campaign_id
    LEFT JOIN campaign_phases p ON p.site = ?1 AND p.campaign_id = c.id AND p.phase = s.phase`;

/** Count the phases that had visitors in the days that are to be sealed, those that are behind. */
async function countPhases(env: Env, { site, settings, now }: Asked, until: EpochMs): Promise<void> {
  const { key, sealed } = site;
  const { results } = await env.DB.prepare(PHASES)
    .bind(key, sealed.until, until)
    .all<{ id: string; phase: number; body: string; goal: string | null }>();
  for (const { id, phase, body, goal: kept } of results) {
    const campaign = CampaignInput.parse(JSON.parse(body));
    const goal = await goalOf(env, key, campaign.goal, kept);
    const counting: Promise<unknown>[] = [];
    await phaseSums(env, countingOf({ site: key, id }, phase, campaign, goal, settings), now, (work) => {
      counting.push(work);
    });
    await Promise.all(counting);
  }
}

function alert(what: Record<string, unknown>): void {
  console.error(JSON.stringify({ level: "alert", ...what }));
}
