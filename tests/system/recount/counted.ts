/** Every figure of a site, counted in SQL over a read-only copy of its history: nothing of the product's counting. */
import { DatabaseSync } from "node:sqlite";
import { type ArmRow, armRows, armsFrom } from "./arms.ts";
import { type Counted, figuresFrom, unknownBy, UNKNOWN } from "./figures.ts";
import type { Site } from "./sites.ts";
import { DURATIONS, quantilesOf } from "./durations.ts";
import { type Group, SOURCES, sumsOf } from "./sums.ts";
import { TABLES } from "./tables.ts";

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
const MONTH_MS = (365.2425 / 12) * DAY_MS;
const IN_SPAN = `nth * ${QUARTER_MS} >= (SELECT since FROM setting) AND nth * ${QUARTER_MS} < (SELECT until FROM setting)`;

export type Figures = Record<string, Counted>;

/** A copy of history in memory, with the things that are counted. */
export function recountable(site: Site, file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true });
  const [from, to] = [Date.parse(site.from), Date.parse(site.to)];
  database.exec(`PRAGMA temp_store = MEMORY;
    CREATE TEMP TABLE setting AS SELECT '${site.key}' AS site, '${site.orders}' AS orders,
      '${site.currency}' AS currency, ${site.attribution_hours * 3_600_000} AS attribution,
      3600000 * coalesce((SELECT max(coalesce(body ->> 'window_hours', ${site.attribution_hours})) FROM resources
        WHERE site = '${site.key}' AND noun = 'goals' AND body ->> 'kind' = 'lead'), ${site.attribution_hours}) AS leading,
      ${Date.now()} AS now, ${from} AS since, ${to} AS until;
    CREATE TEMP TABLE quarter (nth INTEGER PRIMARY KEY, hour TEXT, day TEXT, week TEXT, clock TEXT, weekday INTEGER);
    CREATE TEMP TABLE open_on (day TEXT, opens TEXT, closes TEXT);`);
  fillCalendar(database, site, { from: from - 40 * DAY_MS, to: to + 40 * DAY_MS });
  for (const sql of TABLES) database.exec(sql);
  return database;
}

/** Each quarter of an hour as the clocks of the site's zone call it, and when the site is open. */
function fillCalendar(database: DatabaseSync, site: Site, { from, to }: { from: number; to: number }): void {
  const quarters = database.prepare("INSERT INTO quarter VALUES (?, ?, ?, ?, ?, ?)");
  const clock = new Intl.DateTimeFormat("en-CA", {
    timeZone: site.timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    minute: "2-digit",
    hour: "2-digit",
    hourCycle: "h23",
  });
  const days = new Map<string, number>();
  for (let at = from; at < to; at += QUARTER_MS) {
    const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
    const day = `${parts["year"]}-${parts["month"]}-${parts["day"]}`;
    const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
    const monday = new Date(Date.parse(`${day}T00:00:00Z`) - weekday * DAY_MS).toISOString().slice(0, 10);
    const hour = new Date(at - Number(parts["minute"]) * 60_000).toISOString();
    days.set(day, weekday);
    quarters.run(at / QUARTER_MS, hour, day, monday, `${parts["hour"]}:${parts["minute"]}`, weekday);
  }
  const open = database.prepare("INSERT INTO open_on VALUES (?, ?, ?)");
  for (const [day, weekday] of days) {
    for (const [opens, closes] of site.hours?.openOn(day, weekday) ?? []) open.run(day, opens, closes);
  }
}

/** Every figure of every row, by the row's name; durations by the clock, or as far as the site was open. */
export function recount(
  database: DatabaseSync,
  { site, group, open = false }: { site: Site; group: Group; open?: boolean },
): Map<string, Figures> {
  const sums = new Map<string, Record<string, number>>();
  const quantiles = new Map<string, Record<string, number>>();
  const into = (sql: string | null, kept: Map<string, Record<string, number>>, prefix = "") => {
    if (sql === null) return;
    for (const { g, ...values } of database.prepare(sql).all()) {
      const row = kept.get(String(g)) ?? {};
      kept.set(String(g), row);
      for (const [name, value] of Object.entries(values)) {
        if (value !== null) row[`${prefix}${name}`] = Number(value);
      }
    }
  };
  for (const source of SOURCES) into(sumsOf(source, group), sums);
  for (const name of Object.keys(DURATIONS)) into(quantilesOf(name, group, open), quantiles, `${name} `);
  const sql = armRows(group);
  const arms = sql === null ? [] : (database.prepare(sql).all() as unknown as ArmRow[]);
  const armsByGroup = Map.groupBy(arms, ({ g }) => g);
  const isTime = group === null || group === "hour" || group === "day" || group === "week";
  const names = group === null ? [""] : isTime ? everyTime(database, group) : [...sums.keys()];
  const { economics } = site;
  return new Map(
    names.map((name) => {
      const money =
        economics === null || !isTime
          ? null
          : {
              agentHour: economics.agent_hour,
              margin: economics.margin,
              platform: platformOf(database, { month: economics.platform_month, group, name }),
            };
      const figures = figuresFrom(
        (of) => sums.get(name)?.[of] ?? 0,
        (of, quantile) => quantiles.get(name)?.[`${of} ${quantile}`] ?? null,
        money,
        armsFrom(armsByGroup.get(name) ?? []),
      );
      for (const unknown of unknownBy(group)) figures[unknown] = UNKNOWN;
      return [name, figures];
    }),
  );
}

function everyTime(database: DatabaseSync, group: string): string[] {
  const rows = database
    .prepare(`SELECT DISTINCT ${group} AS g FROM quarter WHERE ${IN_SPAN} ORDER BY g`)
    .all();
  return rows.map(({ g }) => String(g));
}

/** What a stretch of time bears of the platform's month. */
function platformOf(
  database: DatabaseSync,
  { month, group, name }: { month: number; group: Group; name: string },
): number {
  const where = group === null ? "" : `AND ${group} = '${name}'`;
  const row = database.prepare(`SELECT count(*) AS n FROM quarter WHERE ${IN_SPAN} ${where}`).get();
  return (month * Number(row?.["n"]) * QUARTER_MS) / MONTH_MS;
}

/** Added up in another order than the product's, or mixed by weights, so that their last digit may be another. */
const FLOATING = /^cost_|^gross_roi|^(treated|holdout)_(return|repeat)_rate$/;

/** Where what is shown differs from what was counted, in words. */
export function differences(
  shown: ReadonlyMap<string, Record<string, Counted>>,
  counted: ReadonlyMap<string, Figures>,
): string[] {
  const wrong: string[] = [];
  const names = [...shown.keys()];
  if (JSON.stringify(names.toSorted()) !== JSON.stringify([...counted.keys()].toSorted())) {
    wrong.push(`groups ${names.join()} but ${[...counted.keys()].join()}`);
  }
  for (const [group, figures] of shown) {
    const own = counted.get(group) ?? {};
    const missing = Object.keys(figures).filter((name) => !(name in own));
    if (missing.length > 0) wrong.push(`${missing.join()} are not recounted`);
    for (const [name, figure] of Object.entries(own)) {
      for (const part of ["value", "numerator", "denominator"] as const) {
        const [theirs, ours] = [figures[name]?.[part], figure[part]];
        if (!isEqual(theirs, ours, FLOATING.test(name) ? 1e-12 : 0)) {
          wrong.push(`${group || "all"} ${name}.${part}: shown ${theirs}, counted ${ours}`);
        }
      }
    }
  }
  return wrong;
}

function isEqual(theirs: number | null | undefined, ours: number | null, within: number): boolean {
  if (theirs === ours) return true;
  if (theirs === null || theirs === undefined || ours === null) return false;
  return Math.abs(theirs - ours) <= within * Math.max(1, Math.abs(ours));
}
