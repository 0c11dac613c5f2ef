/** Every figure of the product beside an independent count in SQL: in the API, in CSV and Parquet, and on the screen. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { parquetReadObjects } from "hyparquet";
import Papa from "papaparse";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cannedIds } from "../../bench/history-hands.ts";
import { databaseFile } from "../../bench/history-store.ts";
import { type RunningServer, startServer } from "../../scripts/server.ts";
import { enterAdmin } from "./admin-page.ts";
import { launchBrowser } from "./browser.ts";
import { post, signIn } from "./demo-api.ts";
import { differences, type Figures, recount, recountable } from "./recount/counted.ts";
import type { Counted } from "./recount/figures.ts";
import { linesOf, pagesOf, readTable, titleOf } from "./recount/screen.ts";
import { type Site, SITES } from "./recount/sites.ts";
import type { Group } from "./recount/sums.ts";
import { tell } from "./recount/telling.ts";
import { LATE_LEAD, VARIETY } from "./recount/variety.ts";

const SEED = 20_251_114;
const GROUPED = [
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
] as const satisfies Group[];
const GROUPS: readonly Group[] = [null, ...GROUPED];
const IN_HOURS = [
  "first_reply_median",
  "first_reply_p90",
  "waiting_median",
  "waiting_p90",
  "resolution_time_median",
  "resolution_time_p90",
];

const state = mkdtempSync(join(tmpdir(), "aparte-recount-"));
let server: RunningServer;
let browser: Browser;
let cookie: string;
const databases = new Map<string, DatabaseSync>();

beforeAll(async () => {
  server = await startServer({ port: 0, stateDir: state });
  cookie = await signIn(server.url, "admin@demo.test");
  for (const site of SITES) await open(site);
  const telling = SITES.map((site, index) =>
    tell(server, { site, seed: SEED + index }, () => ask(site, { group: "day" })),
  );
  await Promise.all(telling);
  for (const site of SITES) databases.set(site.key, recountable(site, databaseFile(state)));
  browser = await launchBrowser();
}, 600_000);

afterAll(async () => {
  await browser.close();
  for (const database of databases.values()) database.close();
  await server.stop();
  rmSync(state, { recursive: true, force: true });
});

/** The site as its owner sets it up. */
async function open(site: Site): Promise<void> {
  const { key, timezone, currency, orders, attribution_hours, economics, hours, goals } = site;
  const headers = { cookie, origin: server.url };
  const settings = {
    key,
    name: key,
    timezone,
    currency,
    orders,
    attribution_hours,
    ...(economics && { economics }),
    ...(hours && { business_hours: hours.business_hours, holidays: hours.holidays }),
  };
  await post(`${server.url}/api/sites`, settings, headers);
  for (const goal of goals) {
    await post(`${server.url}/api/sites/${key}/goals`, { ...goal, name: goal.key }, headers);
  }
  // One of the answers that agents sent is none of the site's.
  const d1 = await server.miniflare.getD1Database("DB");
  await d1.batch(
    cannedIds(`${key}-`)
      .slice(1)
      .map((id, nth) =>
        d1
          .prepare(
            "INSERT INTO resources (id, site, noun, body, created_at, updated_at) VALUES (?, ?, 'canned', ?, 0, 0)",
          )
          .bind(id, key, JSON.stringify({ shortcut: `a${nth}`, title: titleOf(id), body: "…" })),
      ),
  );
}

type Query = { group: Group; inHours?: boolean };
type Row = { group: string | null } & Record<
  string,
  Counted & { n: number; interval: [number, number] | null }
>;

async function get(site: Site, file: string, { group, inHours = false }: Query): Promise<Response> {
  const query = new URLSearchParams({ from: site.from, to: site.to });
  if (group !== null) query.set("group_by", group);
  if (inHours) query.set("business_hours", "true");
  const answer = await fetch(`${server.url}/api/sites/${site.key}/${file}?${query}`, { headers: { cookie } });
  if (!answer.ok) throw new Error(`${file}: ${answer.status} ${await answer.text()}`);
  return answer;
}

async function ask(site: Site, query: Query): Promise<Row[]> {
  return ((await (await get(site, "kpis", query)).json()) as { rows: Row[] }).rows;
}

const byGroup = (rows: readonly Row[]) =>
  new Map(rows.map(({ group, ...figures }): [string, Record<string, Counted>] => [group ?? "", figures]));

const known = new Map<string, Map<string, Figures>>();

/** What SQL counts of a site's rows; counted once. */
function counted(site: Site, group: Group, inHours = false): Map<string, Figures> {
  const key = `${site.key} ${group} ${inHours}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const database = databases.get(site.key);
  if (database === undefined) throw new Error(`no history of ${site.key}`);
  const made = recount(database, { site, group, open: inHours });
  known.set(key, made);
  return made;
}

for (const site of SITES) {
  for (const group of GROUPS) {
    test(`ROL6: ${site.key} by ${group ?? "nothing"}: every figure equals an independent count in SQL`, async () => {
      const rows = await ask(site, { group });
      expect(rows.length).toBeGreaterThan(0);
      expect(differences(byGroup(rows), counted(site, group)).slice(0, 40)).toEqual([]);
    });
  }
}

for (const site of SITES.filter(({ hours }) => hours !== null)) {
  for (const group of GROUPS) {
    test(`ROL6: ${site.key} by ${group ?? "nothing"}, inside business hours: every figure equals an independent count in SQL`, async () => {
      const rows = await ask(site, { group, inHours: true });
      expect(differences(byGroup(rows), counted(site, group, true)).slice(0, 40)).toEqual([]);
    });
  }
  test(`ROL6: ${site.key}: the hours of business change what is counted inside them`, () => {
    const [all, inside] = [false, true].map((only) => counted(site, "day", only));
    const differing = IN_HOURS.filter((name) =>
      [...(all ?? [])].some(([day, figures]) => figures[name]?.value !== inside?.get(day)?.[name]?.value),
    );
    expect(differing).toEqual(IN_HOURS);
  });
}

test("ROL6: the history that is recounted has some of everything", async () => {
  for (const site of SITES) {
    const [whole] = await ask(site, { group: null });
    const empty = Object.entries(whole ?? {}).filter(
      ([name, figure]) =>
        name !== "group" && !name.includes("_repeat_") && (figure as Counted).value === null,
    );
    expect(empty.map(([name]) => name)).toEqual(
      site.economics === null ? ["cost_total", "cost_per_contact", "gross_roi_attributed"] : [],
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
      "abandoned",
      "abandoned_short",
    ];
    expect(few.filter((name) => (whole?.[name]?.value ?? 0) === 0)).toEqual([]);
    const lacking = Object.entries({ ...VARIETY, ...(site.goals.length > 0 && { LATE_LEAD }) }).filter(
      ([, sql]) => databases.get(site.key)?.prepare(sql).get()?.["n"] === 0,
    );
    expect([site.key, lacking.map(([what]) => what)]).toEqual([site.key, []]);
  }
});

const number = (text: string | undefined) => (text === undefined || text === "" ? null : Number(text));

for (const site of SITES) {
  test(`ROL7: ${site.key}: by whatever it is grouped, the CSV of the figures equals SQL and the API to the last digit, and starts no formula`, async () => {
    for (const group of GROUPS) {
      const rows = await ask(site, { group });
      const text = await (await get(site, "kpis.csv", { group })).text();
      expect(text.split("\r\n", 1)).toEqual([
        "group,kpi,value,numerator,denominator,n,low,high,too_few,from,to,timezone",
      ]);
      expect(text).not.toMatch(/(^|[,"\n])[=+@\t]/);
      const lines = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
      const written = new Map<string, Record<string, Counted>>();
      for (const { group: name = "", kpi = "", value, numerator, denominator } of lines) {
        const figures = written.get(name) ?? {};
        written.set(name, figures);
        figures[kpi] = {
          value: number(value),
          numerator: number(numerator),
          denominator: number(denominator),
        };
      }
      expect([group, differences(written, counted(site, group)).slice(0, 40)]).toEqual([group, []]);
      const told = rows.flatMap(({ group: name, ...figures }) =>
        Object.entries(figures).map(([kpi, { value, n, interval }]) =>
          [name ?? "", kpi, value, n, interval?.[0] ?? null, interval?.[1] ?? null].join(),
        ),
      );
      const shown = lines.map(({ group: name = "", kpi, value, n, low, high }) =>
        [name, kpi, ...[value, n, low, high].map(number)].join(),
      );
      expect(shown).toEqual(told);
    }
  });
}

test("ROL8: the Parquet of the figures equals SQL to the last digit", async () => {
  const [, site] = SITES;
  if (site === undefined) throw new Error("no such site");
  const file = await (await get(site, "exports/kpis.parquet", { group: "week" })).arrayBuffer();
  const written = new Map<string, Record<string, Counted>>();
  for (const { group, kpi, value, numerator, denominator } of await parquetReadObjects({ file })) {
    const figures = written.get(String(group)) ?? {};
    written.set(String(group), figures);
    figures[String(kpi)] = { value, numerator, denominator };
  }
  expect(differences(written, counted(site, "week"))).toEqual([]);
});

test("KPI55: on the screen, in French and in English, every figure is what SQL counts, by whatever it is grouped", async () => {
  const [paris, york] = SITES;
  if (paris === undefined || york === undefined) throw new Error("no such site");
  const pages = [
    ...pagesOf([paris, york], GROUPED, counted),
    { site: paris, group: "week" as const, names: IN_HOURS, open: true },
  ];
  for (const site of [paris, york]) {
    const { context, page, complaints } = await enterAdmin(browser, server.url, { locale: site.locale });
    for (const asked of pages.filter((of) => of.site === site)) {
      const { group, open: inHours } = asked;
      const shown = await readTable(page, server.url, asked);
      const whole = counted(site, null, inHours).get("") ?? {};
      expect([site.key, group, shown]).toEqual([
        site.key,
        group,
        linesOf(asked, { rows: counted(site, group, inHours), whole }),
      ]);
    }
    expect(complaints).toEqual([]);
    await context.close();
  }
}, 240_000);
