/** What can be taken out is enough to count the figures again, and the figures can be taken out like everything else. */
import { env, exports } from "cloudflare:workers";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import Papa from "papaparse";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import type { RecordOf } from "../../domain/history/records.ts";
import { KPI_NAMES } from "../../domain/kpi/figures.ts";
import { FROM, NOW, tell, tellings, TO } from "./rollup-world.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

const HOUR_MS = 3_600_000;
const SPAN = { from: FROM - 48 * HOUR_MS, to: TO + 48 * HOUR_MS };
const ZONE = "Europe/Paris";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW + HOUR_MS }));
afterEach(() => void vi.useRealTimers());

type Site = { key: string; apiKey: string };

function ask({ key, apiKey }: Site, path: string, more: Record<string, string> = {}): Promise<Response> {
  const span = { from: new Date(SPAN.from).toISOString(), to: new Date(SPAN.to).toISOString() };
  const query = new URLSearchParams({ ...span, ...more });
  const address = `http://localhost/api/sites/${key}${path}?${query}`;
  return exports.default.fetch(address, { headers: { authorization: `Bearer ${apiKey}` } });
}

async function linesOf(site: Site, file: string, more: Record<string, string> = {}) {
  const answer = await ask(site, `/exports/${file}`, more);
  expect([file, answer.status]).toEqual([file, 200]);
  return Papa.parse<Record<string, string>>(await answer.text(), { header: true, skipEmptyLines: true }).data;
}

const Figure = z.looseObject({
  value: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
  n: z.number(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
  too_few: z.literal(true).optional(),
});
const Figures = z.object({
  rows: z.array(z.object({ group: z.string().nullable() }).catchall(z.union([Figure, z.string(), z.null()]))),
});

async function figuresOf(site: Site, more: Record<string, string> = {}) {
  return Figures.parse(await (await ask(site, "/kpis", more)).json()).rows.map(({ group, ...figures }) => ({
    group,
    figures: Object.fromEntries(Object.entries(figures).map(([name, told]) => [name, Figure.parse(told)])),
  }));
}

const cents = (text: string | undefined) => Math.round(Number(text) * 100);

/** Net revenue in the site's currency, in hundredths, from what orders and refunds say. */
function revenueFrom(
  orders: readonly Record<string, string>[],
  refunds: readonly Record<string, string>[],
): number {
  const own = orders.filter(({ currency }) => currency === "EUR");
  return own.reduce((sum, { order_id, total }) => {
    const back = refunds.filter((refund) => refund["order_id"] === order_id);
    const whole = back.some(({ amount }) => amount === "");
    const given = back.reduce((all, { amount }) => all + cents(amount), 0);
    return sum + (whole ? 0 : Math.max(0, cents(total) - given));
  }, 0);
}

/** Milliseconds online, however many stretches of one agent overlap. */
function onlineFrom(states: readonly Record<string, string>[]): number {
  let sum = 0;
  for (const own of Map.groupBy(states, ({ agent_id }) => agent_id).values()) {
    const stretches = own
      .filter(({ state }) => state === "online")
      .map(({ started_at, ended_at }) => ({
        from: Math.max(SPAN.from, Date.parse(started_at ?? "")),
        to: Math.min(SPAN.to, ended_at ? Date.parse(ended_at) : Date.now()),
      }))
      .toSorted((a, b) => a.from - b.from);
    let until = 0;
    for (const { from, to } of stretches) {
      sum += Math.max(0, to - Math.max(from, until));
      until = Math.max(until, to);
    }
  }
  return sum;
}

test("KPI48: net revenue, leads and agents' hours are counted again from what is taken out, to the last digit", async () => {
  await fc.assert(
    fc.asyncProperty(tellings, async (told) => {
      const site = await makeSite({ timezone: ZONE });
      await tell(site.key, told);
      const [orders, refunds, leads, states] = await Promise.all(
        ["orders.csv", "refunds.csv", "leads.csv", "agent_states.csv"].map((file) => linesOf(site, file)),
      );
      const kpis = { kpis: "revenue,leads,lead_value,agent_hours" };
      const figures = (await figuresOf(site, kpis))[0]?.figures;
      expect(revenueFrom(orders ?? [], refunds ?? []) / 100).toBe(figures?.["revenue"]?.value);
      expect(leads?.length).toBe(figures?.["leads"]?.value);
      expect(leads?.reduce((sum, { value }) => sum + Number(value), 0)).toBe(figures?.["lead_value"]?.value);
      expect(onlineFrom(states ?? []) / HOUR_MS).toBeCloseTo(figures?.["agent_hours"]?.value ?? -1, 12);
    }),
    { numRuns: 20 },
  );
}, 120_000);

const HOSTILE = `=cmd|'/c calc'!A1`;

const lead = (id: string, at: number): RecordOf<"leads"> => ({
  table: "leads",
  id,
  revision: 1,
  visitor_id: HOSTILE,
  session_id: null,
  at,
  value: 12.5,
  currency: "EUR",
  goals: { quote: 12.5, newsletter: 0 },
});

test("KPI48: what began before the span and reaches into it is taken out with it; contacts are, and no cell begins a formula", async () => {
  const site = await makeSite({ timezone: ZONE });
  const state = (id: string, from: number, to: number | null): RecordOf<"agent_states"> => ({
    table: "agent_states",
    id,
    revision: 1,
    agent_id: "agent_1",
    state: "online",
    capacity: 2,
    started_at: from,
    ended_at: to,
  });
  await tell(site.key, [
    lead("lead_1", FROM),
    state("before", SPAN.from - 9 * HOUR_MS, SPAN.from),
    state("into", SPAN.from - 9 * HOUR_MS, SPAN.from + 1),
    state("open", SPAN.from - 5 * HOUR_MS, null),
    state("after", SPAN.to, null),
  ]);
  await env.DB.prepare(
    "INSERT INTO contacts (site, id, revision, visitor_id, at, channel) VALUES (?1, 'c1', 1, ?2, ?3, 'phone')",
  )
    .bind(site.key, HOSTILE, FROM)
    .run();
  const states = await linesOf(site, "agent_states.csv");
  expect(states.map(({ id }) => id)).toEqual(["into", "open"]);
  const [first] = await linesOf(site, "leads.csv");
  expect(JSON.parse(first?.["goals"] ?? "")).toEqual({ quote: 12.5, newsletter: 0 });
  for (const table of ["leads", "contacts"]) {
    const answer = await ask(site, `/exports/${table}.csv`);
    expect(await answer.text()).not.toMatch(/(^|,)"?[=+@-]/m);
    const file = await (await ask(site, `/exports/${table}.parquet`)).arrayBuffer();
    expect(await parquetReadObjects({ file })).toMatchObject([{ visitor_id: HOSTILE, at: new Date(FROM) }]);
    const page = await (await ask(site, `/exports/${table}.json`)).json();
    expect(page).toMatchObject({
      items: [{ visitor_id: HOSTILE, at: new Date(FROM).toISOString() }],
      next_cursor: null,
    });
  }
});

test("KPI49: figures are taken out as CSV, as Parquet and page by page, each equal to the API to the last digit", async () => {
  await fc.assert(
    fc.asyncProperty(
      tellings,
      fc.constantFrom("", "day", "variant", "agent"),
      fc.integer({ min: 60, max: 400 }),
      async (told, grouping, limit) => {
        const site = await makeSite({ timezone: ZONE });
        await tell(site.key, told);
        const by: Record<string, string> = grouping === "" ? {} : { group_by: grouping };
        const wanted = (await figuresOf(site, by)).flatMap(({ group, figures }) =>
          KPI_NAMES.map((kpi) => {
            const { value, numerator, denominator, n, interval, too_few } = figures[kpi] ?? Figure.parse({});
            const [low, high] = interval ?? [null, null];
            return { group, kpi, value, numerator, denominator, n, low, high, too_few: too_few ?? null };
          }),
        );
        const about = { timezone: ZONE };
        const file = await (await ask(site, "/exports/kpis.parquet", by)).arrayBuffer();
        const rows = await parquetReadObjects({ file });
        const span = { from: new Date(SPAN.from), to: new Date(SPAN.to) };
        expect(rows).toEqual(wanted.map((row) => ({ ...row, ...span, ...about })));

        const lines = await linesOf(site, "kpis.csv", by);
        const text = (value: unknown) => (value === null ? "" : String(value));
        const told_ = { from: span.from.toISOString(), to: span.to.toISOString(), ...about };
        expect(lines).toEqual(
          wanted.map((row) =>
            Object.fromEntries(
              Object.entries({ ...row, ...told_ }).map(([name, cell]) => [name, text(cell)]),
            ),
          ),
        );

        const Page = z.object({ items: z.array(z.looseObject({})), next_cursor: z.string().nullable() });
        const paged: unknown[] = [];
        let cursor: string | null = null;
        do {
          const more: Record<string, string> = cursor === null ? {} : { cursor };
          const answer = await ask(site, "/exports/kpis.json", { ...by, ...more, limit: String(limit) });
          const page = Page.parse(await answer.json());
          expect(page.items.length).toBeLessThanOrEqual(limit);
          paged.push(...page.items);
          cursor = page.next_cursor;
        } while (cursor !== null);
        expect(paged).toEqual(wanted.map((row) => ({ ...row, ...told_ })));
      },
    ),
    { numRuns: 6 },
  );
}, 120_000);

test("KPI86: a file by day has a row for each day, also for one on which nothing was, and not their sum", async () => {
  const site = await makeSite({ timezone: ZONE });
  const visit = (id: string, at: number) =>
    sessionRecord({ id, visitor_id: id, started_at: at, last_at: at });
  const third = FROM + 48 * HOUR_MS;
  await tell(site.key, [visit("one", FROM), visit("two", FROM), visit("three", third)]);
  const span = { from: new Date(FROM).toISOString(), to: new Date(third + 12 * HOUR_MS).toISOString() };
  const told = async (more: Record<string, string>) =>
    (await linesOf(site, "kpis.csv", { ...span, kpis: "visits", ...more })).map(({ value }) => value);
  expect(await told({ group_by: "day" })).toEqual(["2", "0", "1"]);
  expect(await told({})).toEqual(["3"]);
});

test("KPI49: a figure that does not exist, a foreign cursor and an impossible grouping are refused; figures belong to admins", async () => {
  const site = await makeSite({ timezone: ZONE });
  await tell(site.key, [sessionRecord({ id: "ses_1", visitor_id: "v", started_at: FROM, last_at: FROM })]);
  const refused = async (file: string, more: Record<string, string>) => {
    const answer = await ask(site, `/exports/${file}`, more);
    const { error } = z
      .object({ error: z.object({ path: z.string().optional() }) })
      .parse(await answer.json());
    return [answer.status, error.path];
  };
  expect(await refused("kpis.csv", { kpis: "moon" })).toEqual([400, "kpis"]);
  expect(await refused("kpis.parquet", { group_by: "moon" })).toEqual([400, "group_by"]);
  expect(await refused("kpis.json", { cursor: "nonsense" })).toEqual([400, "cursor"]);
  expect(await refused("kpis.json", { limit: "0" })).toEqual([400, "limit"]);
  expect((await ask(site, "/exports/kpis.ndjson")).status).toBe(404);
  expect((await ask({ ...site, apiKey: "ak_other" }, "/exports/kpis.csv")).status).toBe(401);
});
