import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diceOf } from "../../bench/dice.ts";
import { generateHistory, type HistoryPlan } from "../../bench/history-generator.ts";
import { cannedIds } from "../../bench/history-hands.ts";
import { databaseFile } from "../../bench/history-store.ts";
import type { HistoryMessage, HistoryRecord } from "../../domain/history/records.ts";
import { type RunningServer, startServer } from "../../scripts/server.ts";
import { type ArmRow, armRows, armsFrom } from "./recount/arms.ts";
import { type Counted, figuresFrom, unknownBy, UNKNOWN } from "./recount/figures.ts";
import { DURATIONS, type Group, quantilesOf, SOURCES, sumsOf } from "./recount/sums.ts";
import { TABLES } from "./recount/tables.ts";

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
/** Messages that a queue takes together. */
const AT_ONCE = 6;
const MONTH_MS = (365.2425 / 12) * DAY_MS;
const SEED = 20_251_114;
const GROUPS: Group[] = [
  null,
  "hour",
  "day",
  "week",
  "campaign",
  "variant",
  "agent",
  "skill",
  "channel",
  "device",
  "canned",
];

type Site = {
  key: string;
  timezone: string;
  currency: string;
  orders: "claimed" | "confirmed";
  attribution_hours: number;
  /** Local midnights, as UTC: clocks change between them. */
  from: string;
  to: string;
  economics: { agent_hour: number; platform_month: number } | null;
};

const SITES: Site[] = [
  {
    key: "recount-paris",
    timezone: "Europe/Paris",
    currency: "EUR",
    orders: "claimed",
    attribution_hours: 48,
    from: "2025-10-14T22:00:00Z",
    to: "2025-11-09T23:00:00Z",
    economics: null,
  },
  {
    key: "recount-york",
    timezone: "America/New_York",
    currency: "USD",
    orders: "confirmed",
    attribution_hours: 48,
    from: "2025-10-15T04:00:00Z",
    to: "2025-11-09T05:00:00Z",
    economics: { agent_hour: 21.5, platform_month: 400 },
  },
  {
    key: "recount-long",
    timezone: "Europe/Paris",
    currency: "EUR",
    orders: "claimed",
    attribution_hours: 240,
    from: "2025-10-19T22:00:00Z",
    to: "2025-11-02T23:00:00Z",
    economics: null,
  },
];

const state = mkdtempSync(join(tmpdir(), "aparte-recount-"));
let server: RunningServer;
const databases = new Map<string, DatabaseSync>();

const keyOf = (site: Site) => `ak_${site.key}`;

beforeAll(async () => {
  server = await startServer({ port: 0, stateDir: state });
  const d1 = await server.miniflare.getD1Database("DB");
  for (const site of SITES) {
    const { key, timezone, currency, orders, attribution_hours, economics } = site;
    const settings = {
      key,
      name: key,
      timezone,
      currency,
      orders,
      attribution_hours,
      ...(economics && { economics }),
    };
    const hash = createHash("sha256").update(keyOf(site)).digest("hex");
    await d1.batch([
      d1
        .prepare("INSERT INTO sites (key, settings, created_at) VALUES (?, ?, 0)")
        .bind(key, JSON.stringify(settings)),
      d1
        .prepare("INSERT INTO api_keys (id, site, name, hash, created_at) VALUES (?, ?, '', ?, 0)")
        .bind(key, key, hash),
      // One of the answers that agents sent is none of the site's.
      ...cannedIds(`${key}-`)
        .slice(1)
        .map((id) =>
          d1
            .prepare(
              "INSERT INTO resources (id, site, noun, body, created_at, updated_at) VALUES (?, ?, 'canned', '{}', 0, 0)",
            )
            .bind(id, key),
        ),
    ]);
  }
  for (const [index, site] of SITES.entries()) await tell(site, index);
  for (const site of SITES) databases.set(site.key, recountable(site));
}, 600_000);

afterAll(async () => {
  for (const database of databases.values()) database.close();
  await server.stop();
  rmSync(state, { recursive: true, force: true });
});

/** Everything that happened, told as it is in life: in steps, some of it late, some of it twice, in no order. */
async function tell(site: Site, index: number): Promise<void> {
  const plan: HistoryPlan = {
    seed: SEED + index,
    scale: 0.05,
    until: Date.parse("2025-11-14T00:00:00Z"),
    days: 34,
    prefix: `${site.key}-`,
    currency: site.currency,
  };
  const dice = diceOf(SEED + index);
  const told = [...generateHistory(plan)].flatMap((record, nth) =>
    revisionsOf(record.table === "orders" && nth % 9 === 0 ? { ...record, currency: "CHF" } : record),
  );
  const all = [...told, ...told.filter(() => dice.chance(0.05))];
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = dice.below(last + 1);
    [all[last], all[other]] = [all[other] as HistoryRecord, all[last] as HistoryRecord];
  }
  const queue = await server.miniflare.getQueueProducer<HistoryMessage>("HISTORY");
  const messages: HistoryMessage[] = [];
  for (let at = 0; at < all.length; at += 60) {
    const owner = { kind: "exempt" as const, name: `${site.key}:0` };
    messages.push({ v: 1, site: site.key, owner, records: all.slice(at, at + 60) });
  }
  const half = Math.ceil(messages.length / 2);
  for (let at = 0; at < messages.length; at += AT_ONCE) {
    await queue.sendBatch(messages.slice(at, at + AT_ONCE).map((body) => ({ body })));
    // Somebody looks while history is still coming: what was kept then must not stay.
    if (at <= half && half < at + AT_ONCE) await ask(site, "day");
  }
  await arrived(site, told);
}

/** What the owner told before `record`: the same row, known less well. */
function revisionsOf(record: HistoryRecord): HistoryRecord[] {
  switch (record.table) {
    case "sessions":
      return [{ ...record, revision: 1, last_at: record.started_at, ended_at: null, covered: false }, record];
    case "exposures":
      return [
        {
          ...record,
          revision: 1,
          shown_at: null,
          opened_at: null,
          declined_at: null,
          ignored_at: null,
          clicked_at: null,
        },
        record,
      ];
    case "conversations":
      return [
        {
          ...record,
          revision: 1,
          first_visitor_message_at: null,
          first_agent_message_at: null,
          closed_at: null,
        },
        {
          ...record,
          revision: 2,
          first_agent_message_at: null,
          assigned_at: null,
          agent_id: null,
          closed_at: null,
          handovers: record.handovers?.slice(1),
          canned: record.canned?.slice(1),
        },
        record,
      ];
    case "orders":
      return [{ ...record, revision: 1, status: "claimed", total: record.total + 7 }, record];
    case "agent_states":
      return [{ ...record, revision: 1, ended_at: null }, record];
    default:
      return [record];
  }
}

/** Wait until D1 holds every record at its last revision. */
async function arrived(site: Site, told: readonly HistoryRecord[]): Promise<void> {
  const d1 = await server.miniflare.getD1Database("DB");
  const wanted = new Set(told.filter(({ table }) => table === "sessions").map(({ id }) => id)).size;
  const giveUpAt = Date.now() + 240_000;
  for (;;) {
    const row = await d1
      .prepare(
        `SELECT (SELECT count(*) FROM sessions WHERE site = ?1 AND revision = 3) AS visits,
           (SELECT count(*) FROM conversations WHERE site = ?1 AND revision < 4)
           + (SELECT count(*) FROM exposures WHERE site = ?1 AND revision < 2)
           + (SELECT count(*) FROM agent_states WHERE site = ?1 AND revision < 2) AS early`,
      )
      .bind(site.key)
      .first<{ visits: number; early: number }>();
    const health = (await (await fetch(`${server.url}/healthz`)).json()) as { dead_letters: number };
    expect(health.dead_letters).toBe(0);
    if (row?.visits === wanted && row.early === 0) break;
    if (Date.now() > giveUpAt) throw new Error(`history did not arrive: ${JSON.stringify(row)} of ${wanted}`);
    await new Promise((done) => setTimeout(done, 300));
  }
}

type Row = { group: string | null } & Record<
  string,
  Counted & { n: number; interval: [number, number] | null }
>;

function address(site: Site, group: Group, file = "kpis"): string {
  const span = `from=${site.from}&to=${site.to}${group === null ? "" : `&group_by=${group}`}`;
  return `${server.url}/api/sites/${site.key}/${file}?${span}`;
}

async function ask(site: Site, group: Group): Promise<Row[]> {
  const answer = await fetch(address(site, group), { headers: { authorization: `Bearer ${keyOf(site)}` } });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { rows: Row[] }).rows;
}

/** A copy of history in memory, with the things that `recount/` counts. */
function recountable(site: Site): DatabaseSync {
  const database = new DatabaseSync(databaseFile(state), { readOnly: true });
  const [from, to] = [Date.parse(site.from), Date.parse(site.to)];
  database.exec(`PRAGMA temp_store = MEMORY;
    CREATE TEMP TABLE setting AS SELECT '${site.key}' AS site, '${site.orders}' AS orders,
      '${site.currency}' AS currency, ${site.attribution_hours * 3_600_000} AS attribution,
      ${Date.now()} AS now, ${from} AS since, ${to} AS until;
    CREATE TEMP TABLE quarter (nth INTEGER PRIMARY KEY, hour TEXT, day TEXT, week TEXT);`);
  const insert = database.prepare("INSERT INTO quarter VALUES (?, ?, ?, ?)");
  const clock = new Intl.DateTimeFormat("en-CA", {
    timeZone: site.timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    minute: "2-digit",
    hour: "2-digit",
    hourCycle: "h23",
  });
  for (let at = from - 40 * DAY_MS; at < to + 40 * DAY_MS; at += QUARTER_MS) {
    const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
    const day = `${parts["year"]}-${parts["month"]}-${parts["day"]}`;
    const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
    const monday = new Date(Date.parse(`${day}T00:00:00Z`) - weekday * DAY_MS).toISOString().slice(0, 10);
    const hour = new Date(at - Number(parts["minute"]) * 60_000).toISOString();
    insert.run(at / QUARTER_MS, hour, day, monday);
  }
  for (const sql of TABLES) database.exec(sql);
  return database;
}

/** Every figure of every group, counted by SQL. */
function recount(site: Site, group: Group): Map<string, Record<string, Counted>> {
  const database = databases.get(site.key) as DatabaseSync;
  const sums = new Map<string, Record<string, number>>();
  const quantiles = new Map<string, Record<string, number>>();
  const into = (rows: unknown[], kept: Map<string, Record<string, number>>, prefix = "") => {
    for (const { g, ...values } of rows as ({ g: string } & Record<string, number>)[]) {
      const row = kept.get(g) ?? {};
      kept.set(g, row);
      for (const [name, value] of Object.entries(values)) row[`${prefix}${name}`] = value;
    }
  };
  for (const source of SOURCES) {
    const sql = sumsOf(source, group);
    if (sql !== null) into(database.prepare(sql).all(), sums);
  }
  for (const name of Object.keys(DURATIONS)) {
    const sql = quantilesOf(name, group);
    if (sql !== null) into(database.prepare(sql).all(), quantiles, `${name} `);
  }
  const sql = armRows(group);
  const arms = sql === null ? [] : (database.prepare(sql).all() as unknown as ArmRow[]);
  const armsByGroup = Map.groupBy(arms, ({ g }) => g);
  const isTime = group === null || group === "hour" || group === "day" || group === "week";
  const names = group === null ? [""] : isTime ? everyTime(database, group) : [...sums.keys()];
  return new Map(
    names.map((name) => {
      const platform =
        site.economics && isTime ? platformOf(database, site.economics.platform_month, group, name) : 0;
      const money = site.economics && isTime ? { agentHour: site.economics.agent_hour, platform } : null;
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

const IN_SPAN = `nth * ${QUARTER_MS} >= (SELECT since FROM setting) AND nth * ${QUARTER_MS} < (SELECT until FROM setting)`;

function everyTime(database: DatabaseSync, group: string): string[] {
  const rows = database
    .prepare(`SELECT DISTINCT ${group} AS g FROM quarter WHERE ${IN_SPAN} ORDER BY g`)
    .all();
  return rows.map(({ g }) => String(g));
}

function platformOf(database: DatabaseSync, month: number, group: Group, name: string): number {
  const where = group === null ? "" : `AND ${group} = '${name}'`;
  const row = database.prepare(`SELECT count(*) AS n FROM quarter WHERE ${IN_SPAN} ${where}`).get();
  return (month * Number(row?.["n"]) * QUARTER_MS) / MONTH_MS;
}

/** Where two counts differ, in words. Sums of costs are added in another order, so their last digits may. */
function differences(rows: Row[], counted: Map<string, Record<string, Counted>>): string[] {
  const wrong: string[] = [];
  const names = rows.map(({ group }) => group ?? "");
  if (JSON.stringify(names.toSorted()) !== JSON.stringify([...counted.keys()].toSorted())) {
    wrong.push(`groups ${names.join()} but ${[...counted.keys()].join()}`);
  }
  for (const { group, ...figures } of rows) {
    const own = counted.get(group ?? "") ?? {};
    if (JSON.stringify(Object.keys(figures).toSorted()) !== JSON.stringify(Object.keys(own).toSorted())) {
      wrong.push(
        `figures: ${Object.keys(figures)
          .filter((name) => !(name in own))
          .join()} are not recounted`,
      );
    }
    for (const [name, figure] of Object.entries(own)) {
      const shown = figures[name] as Counted | undefined;
      for (const part of ["value", "numerator", "denominator"] as const) {
        const [theirs, ours] = [shown?.[part] ?? null, figure[part]];
        const close =
          theirs === ours ||
          (theirs !== null &&
            ours !== null &&
            Math.abs(theirs - ours) <= 1e-12 * Math.max(1, Math.abs(ours)));
        if (!close) wrong.push(`${group ?? "all"} ${name}.${part}: shown ${theirs}, counted ${ours}`);
      }
    }
  }
  return wrong;
}

for (const site of SITES) {
  for (const group of GROUPS) {
    test(`ROL6: ${site.key} by ${group ?? "nothing"}: every figure equals an independent count in SQL`, async () => {
      const rows = await ask(site, group);
      expect(rows.length).toBeGreaterThan(0);
      expect(differences(rows, recount(site, group)).slice(0, 40)).toEqual([]);
    });
  }
}

test("ROL6: the history that is recounted has some of everything", async () => {
  for (const site of SITES) {
    const [whole] = await ask(site, null);
    const empty = Object.entries(whole ?? {}).filter(
      ([name, figure]) =>
        name !== "group" && !name.includes("_repeat_") && (figure as Counted).value === null,
    );
    expect(empty.map(([name]) => name)).toEqual(
      site.economics === null
        ? ["cost_total", "cost_per_contact", "gross_roi_attributed"]
        : ["gross_roi_attributed"],
    );
    const few = [
      "transfers",
      "transfers_to_skill",
      "transfers_taken_over",
      "transfers_taken_back",
      "canned_uses",
      "refunded",
      "orders_in_other_currency",
      "held_out",
      "fcr_observed",
      "agent_hours",
      "leads",
    ];
    expect(few.filter((name) => (whole?.[name]?.value ?? 0) === 0)).toEqual([]);
  }
});

test("ROL7: the CSV of the figures equals the API to the last digit, and starts no formula", async () => {
  for (const site of SITES) {
    for (const group of [null, "day", "variant", "agent"] as Group[]) {
      const rows = await ask(site, group);
      const answer = await fetch(address(site, group, "kpis.csv"), {
        headers: { authorization: `Bearer ${keyOf(site)}` },
      });
      expect(answer.status).toBe(200);
      const [head, ...lines] = (await answer.text()).trimEnd().split("\r\n");
      expect(head).toBe("group,kpi,value,numerator,denominator,n,low,high,too_few,from,to,timezone");
      const cells = new Map(
        lines.map((line) => [line.split(",").slice(0, 2).join(), line.split(",").slice(2)]),
      );
      for (const { group: name, ...figures } of rows) {
        for (const [kpi, { value, numerator, denominator, n, interval }] of Object.entries(figures)) {
          const written = [value, numerator, denominator, n, interval?.[0] ?? null, interval?.[1] ?? null];
          const cell = cells.get(`${name ?? ""},${kpi}`)?.slice(0, 6);
          expect(cell?.map((text) => (text === "" ? null : Number(text)))).toEqual(written);
        }
      }
    }
  }
});
