/**
 * The weekly report, sent on Monday from eight on by each site's own clock to whoever its settings name.
 *
 * Once a week and address: the week is written down before the letter leaves, by one statement of which only one caller
 * sees the row, and taken back where sending fails. A run that is killed in between sends one letter too few, never two.
 */
import type { EpochMs, SiteKey } from "../../domain/ids.ts";
import { weeklyReport } from "../../domain/overview/weekly-report.ts";
import { overviewWire } from "../../domain/overview/wire.ts";
import { type ReportWeek, reportDue } from "../../domain/overview/week.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { type Mailer, mailerOf } from "../mail/mailer.ts";
import { bringUpToDate, reportOverview } from "./report.ts";

export async function sendWeeklyReports(env: Env, now: EpochMs): Promise<void> {
  await sendDueReports(env, mailerOf(env), now);
}

export async function sendDueReports(env: Env, mailer: Mailer, now: EpochMs): Promise<void> {
  const failures: unknown[] = [];
  for (const settings of await sitesWithRecipients(env)) {
    const week = reportDue(now, settings.timezone);
    if (week === null) continue;
    const due = await unsent(env, settings, week);
    if (due.length === 0) continue;
    failures.push(...(await sendReport(env, mailer, { settings, week, due, now })));
  }
  if (failures.length > 0) throw new AggregateError(failures, "a weekly report was not sent");
}

async function sitesWithRecipients(env: Env): Promise<SiteSettings[]> {
  const { results } = await env.DB.prepare(
    "SELECT settings FROM sites WHERE json_array_length(settings, '$.report_recipients') > 0 ORDER BY key",
  ).all<{ settings: string }>();
  return results.map(({ settings }) => SiteSettings.parse(JSON.parse(settings)));
}

type Sending = { settings: SiteSettings; week: ReportWeek; due: readonly string[]; now: EpochMs };

async function sendReport(
  env: Env,
  mailer: Mailer,
  { settings, week, due, now }: Sending,
): Promise<unknown[]> {
  const { key: site, name, locale } = settings;
  // Whoever wrote at night did not wait for an agent: where a site has hours, its letter counts inside them.
  const businessHours = settings.business_hours.length > 0;
  const span = { from: week.from, to: week.to, now, businessHours };
  await bringUpToDate(env, site, span);
  const keeping: Promise<unknown>[] = [];
  const report = overviewWire(await reportOverview(env, site, span, (work) => keeping.push(work)));
  await Promise.all(keeping);
  const hours = businessHours ? "&business_hours=true" : "";
  const link = `${originOf(env)}/admin/${encodeURIComponent(site)}?period=4w${hours}`;
  const letter = weeklyReport(report, { site: name, locale, link });
  const failures: unknown[] = [];
  for (const to of due) {
    const before = await claimWeek(env, site, to, week.monday);
    if (before === null) continue;
    try {
      await mailer.send({ to, ...letter });
    } catch (error) {
      failures.push(error);
      await giveBack(env, site, to, before);
    }
  }
  return failures;
}

const keyOf = (site: SiteKey, to: string) => `weekly_report:${site}:${to}`;

/** Whoever has not had this week's. */
async function unsent(env: Env, { key, report_recipients }: SiteSettings, { monday }: ReportWeek) {
  const keys = JSON.stringify(report_recipients.map((to) => keyOf(key, to)));
  const { results } = await env.DB.prepare(
    "SELECT key FROM installation WHERE key IN (SELECT value FROM json_each(?1)) AND value >= ?2",
  )
    .bind(keys, monday)
    .all<{ key: string }>();
  const had = new Set(results.map((row) => row.key));
  return report_recipients.filter((to) => !had.has(keyOf(key, to)));
}

/** The week that was written down before, or null where somebody else has this one. */
async function claimWeek(env: Env, site: SiteKey, to: string, monday: string): Promise<string | null> {
  const key = keyOf(site, to);
  const [read, claimed] = await env.DB.batch<{ value: string }>([
    env.DB.prepare("SELECT value FROM installation WHERE key = ?1").bind(key),
    env.DB.prepare(
      `INSERT INTO installation (key, value) VALUES (?1, ?2)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value < excluded.value RETURNING value`,
    ).bind(key, monday),
  ]);
  return claimed?.results.length === 1 ? (read?.results[0]?.value ?? "") : null;
}

async function giveBack(env: Env, site: SiteKey, to: string, before: string): Promise<void> {
  await env.DB.prepare("UPDATE installation SET value = ?2 WHERE key = ?1")
    .bind(keyOf(site, to), before)
    .run();
}

function originOf({ APP_HOST: host }: Env): string {
  return host === "" ? "http://localhost:8787" : `https://${String(host)}`;
}
