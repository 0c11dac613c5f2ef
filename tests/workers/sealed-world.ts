/** A site that is old enough for some of its days to be sealed, and what can be seen of its figures. */
import { env } from "cloudflare:workers";
import { type Grouping, GROUPINGS } from "../../domain/kpi/grouping.ts";
import { bodiesOf, buildDays, journeySite } from "../../workers/journeys/kept-days.ts";
import { countedSite } from "../../workers/kpis/counted-site.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { buildSite } from "../../workers/kpis/rollup-builder.ts";
import { sealDays } from "../../workers/kpis/seal-days.ts";
import { readSealed } from "../../workers/kpis/sealed-days.ts";
import { readSettings } from "../../workers/kpis/site-settings.ts";
import { FROM, TO } from "./rollup-world.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const EVERY: (Grouping | null)[] = [null, ...GROUPINGS];

/** Every figure of every grouping for the days around what is told, and their ways. */
export async function everyFigure(site: string, now: number) {
  const span = { from: FROM - 2 * DAY_MS, to: TO + 2 * DAY_MS };
  const figures: Record<string, unknown> = {};
  for (const groupBy of EVERY)
    figures[groupBy ?? "whole"] = await reportKpis(env, site, { ...span, groupBy, now });
  const counted = journeySite(site, await readSettings(env, site));
  const keeping: Promise<unknown>[] = [];
  const { startOfDay } = counted.counted.calendar;
  const days = { from: startOfDay(span.from), to: startOfDay(span.to), now };
  const ways = await bodiesOf(env, counted, days, ["visits", "ways", "pages"], (work) => keeping.push(work));
  await Promise.all(keeping);
  return { ...figures, ways: ways.map(({ kind, body }) => `${kind} ${body}`).toSorted() };
}

/** What the schedule does for `site` until nothing is behind, and then seals as far as it goes; returns up to where. */
export async function sealAll(site: string, now: number, world: Env = env): Promise<number> {
  const settings = await readSettings(world, site);
  while ((await buildSite(world, countedSite(site, settings), 20, now)) > 0);
  while ((await buildDays(world, journeySite(site, settings), 20, now)) > 0);
  for (let until = -1; ;) {
    await sealDays(world, now);
    const sealed = await readSealed(world, site);
    if (sealed.until === until) return until;
    until = sealed.until;
  }
}

/** Those runs have come by all of `site` that forget its visitors and what was said. */
export async function allElseForgotten(site: string): Promise<void> {
  const places = { forgotten: { startedAt: 9e15, id: "" }, transcripts: { createdAt: 9e15, id: "" } };
  await env.DB.batch(
    Object.entries(places).map(([name, place]) =>
      env.DB.prepare("INSERT OR REPLACE INTO installation (key, value) VALUES (?, ?)").bind(
        `${name}:${site}`,
        JSON.stringify({ ...place, again: [] }),
      ),
    ),
  );
}

/** Everything that is kept of the figures of `site`, as it lies there. */
export async function keptOf(site: string, before: string) {
  const { results: rollups } = await env.DB.prepare(
    "SELECT dimension, level, start, body FROM kpi_rollups WHERE site = ?1 AND start < ?2 ORDER BY 1, 2, 3",
  )
    .bind(site, Date.parse(before))
    .all();
  const { results: sums } = await env.DB.prepare(
    "SELECT * FROM campaign_sums WHERE site = ?1 AND day < ?2 AND day <> '' ORDER BY 2, 3, 4",
  )
    .bind(site, before)
    .all();
  const { results: ways } = await env.DB.prepare(
    "SELECT * FROM journey_days WHERE site = ?1 AND day < ?2 ORDER BY 2, 3",
  )
    .bind(site, before)
    .all();
  return { rollups, sums, ways };
}

/** The tables of history, and what of each row says when it was. */
export const MOMENTS = {
  sessions: "started_at",
  exposures: "eligible_at",
  orders: "at",
  refunds: "at",
  leads: "at",
  contacts: "at",
  identities: "at",
  conversations: "created_at",
  surveys: "at",
  agent_states: "started_at",
  exempt_counts: "hour",
} as const;

/** How many rows of each table are left, of those that have any. */
export async function rowsLeft(site: string): Promise<Record<string, number>> {
  const tables = Object.keys(MOMENTS);
  const counts = await env.DB.batch<{ n: number }>(
    tables.map((table) => env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE site = ?`).bind(site)),
  );
  return Object.fromEntries(
    tables.flatMap((table, index) => {
      const n = counts[index]?.results[0]?.n ?? 0;
      return n === 0 ? [] : [[table, n]];
    }),
  );
}
