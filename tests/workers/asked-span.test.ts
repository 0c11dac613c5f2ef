/** A date in a query begins the site's own day, wherever a span is asked for, and figures say of which span they are. */
import { env, exports } from "cloudflare:workers";
import Papa from "papaparse";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";
import { tell } from "./rollup-world.ts";

/** The day on which summer time ends in Paris has 25 hours. */
const NOW = Date.parse("2026-11-02T09:30:00Z");
const ZONE = "Europe/Paris";
const DAY = "from=2026-10-25&to=2026-10-26";
const BEGINS = "2026-10-24T22:00:00.000Z";
const ENDS = "2026-10-25T23:00:00.000Z";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

type Site = { key: string; apiKey: string };

function ask({ key, apiKey }: Site, path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${apiKey}` };
  return exports.default.fetch(`http://localhost/api/sites/${key}${path}`, { headers });
}

/** Visits at the edges of the day, both of its 02:30, and none of the others. */
async function siteWithVisits(): Promise<Site> {
  const site = await makeSite({ timezone: ZONE });
  const moments = [
    ["before", Date.parse(BEGINS) - 1],
    ["first", Date.parse(BEGINS)],
    ["summer", Date.parse("2026-10-25T00:30:00Z")],
    ["winter", Date.parse("2026-10-25T01:30:00Z")],
    ["last", Date.parse(ENDS) - 1],
    ["after", Date.parse(ENDS)],
  ] as const;
  await tell(
    site.key,
    moments.map(([id, at]) =>
      sessionRecord({ id: `ses_${id}`, visitor_id: id, started_at: at, last_at: at, ended_at: at }),
    ),
  );
  return site;
}

const Spanned = z.looseObject({ from: z.string(), to: z.string(), timezone: z.string() });
const Visits = Spanned.extend({
  rows: z.array(z.looseObject({ group: z.string().nullable(), visits: z.object({ value: z.number() }) })),
});

test("KPI46: a date begins the site's day in figures by the hour, by the day and in whole, on a day of 25 hours too", async () => {
  const site = await siteWithVisits();
  const rows = async (more: string) =>
    Visits.parse(await (await ask(site, `/kpis?kpis=visits&${DAY}${more}`)).json());
  const whole = await rows("");
  expect(whole).toMatchObject({ from: BEGINS, to: ENDS, timezone: ZONE });
  expect(whole.rows.map(({ visits }) => visits.value)).toEqual([4]);
  expect((await rows("&group_by=day")).rows.map(({ group, visits }) => [group, visits.value])).toEqual([
    ["2026-10-25", 4],
  ]);
  const hours = (await rows("&group_by=hour")).rows;
  expect(hours).toHaveLength(25);
  expect(hours.at(0)?.group).toBe(BEGINS);
  expect(hours.reduce((sum, { visits }) => sum + visits.value, 0)).toBe(4);
});

test("KPI46: what is written with its offset is that moment, whatever the site's zone", async () => {
  const site = await siteWithVisits();
  const span = `from=${encodeURIComponent("2026-10-25T00:30:00Z")}&to=${encodeURIComponent("2026-10-25T02:30:00+01:00")}`;
  const answer = Visits.parse(await (await ask(site, `/kpis?kpis=visits&${span}`)).json());
  expect(answer).toMatchObject({ from: "2026-10-25T00:30:00.000Z", to: "2026-10-25T01:30:00.000Z" });
  expect(answer.rows[0]?.visits.value).toBe(1);
});

test("KPI46: exports, journeys, funnels, the overview, the guide, contacts and conversations read a date likewise", async () => {
  const site = await siteWithVisits();
  const csv = await (await ask(site, `/exports/sessions.csv?${DAY}`)).text();
  const { data } = Papa.parse<{ visitor_id: string }>(csv, { header: true, skipEmptyLines: true });
  expect(data.map(({ visitor_id }) => visitor_id)).toEqual(["first", "summer", "winter", "last"]);
  for (const path of ["/journeys", "/funnels/checkout/results", "/overview", "/overview/hours"]) {
    const answer = Spanned.parse(await (await ask(site, `${path}?${DAY}`)).json());
    expect([path, answer.from, answer.to]).toEqual([path, BEGINS, ENDS]);
  }
  const journeys = z.object({ visits: z.number() }).parse(await (await ask(site, `/journeys?${DAY}`)).json());
  expect(journeys.visits).toBe(4);
  await env.DB.prepare(
    `INSERT INTO conversations (site, id, revision, visitor_id, status, created_at, visitor_messages, agent_messages)
     SELECT ?1, 'cnv_' || key, 1, 'v', 'closed', value, 1, 1 FROM json_each(?2)`,
  )
    .bind(site.key, JSON.stringify([-1, 0].flatMap((by) => [Date.parse(BEGINS) + by, Date.parse(ENDS) + by])))
    .run();
  const chats = z.object({ items: z.array(z.object({ id: z.string() })) });
  const listed = chats.parse(await (await ask(site, `/conversations?${DAY}`)).json()).items;
  expect(listed.map(({ id }) => id).toSorted()).toEqual(["cnv_1", "cnv_2"]);
  for (const path of ["/guide", "/contacts"]) {
    expect([path, (await ask(site, `${path}?${DAY}`)).status]).toEqual([path, 200]);
    expect([path, (await ask(site, `${path}?from=2026-10-25&to=2026-10-25`)).status]).toEqual([path, 400]);
  }
});

test("KPI46: 400 days and 32 days of hours may hold a change of clocks; what is no day and no moment is refused", async () => {
  const site = await makeSite({ timezone: ZONE });
  const status = async (query: string) => (await ask(site, `/kpis?kpis=visits&${query}`)).status;
  expect(await status("from=2026-10-01&to=2026-11-02&group_by=hour")).toBe(200);
  expect(await status("from=2025-07-01&to=2026-08-05&group_by=day")).toBe(200);
  expect(await status("from=2025-07-01&to=2026-08-06&group_by=day")).toBe(400);
  for (const wrong of ["2026-02-30", "2026-10-25T00:00", "25.10.2026", "1e3", "", "2026-10-25T24:00:00Z"]) {
    const answer = await ask(site, `/kpis?from=${wrong}`);
    expect([wrong, answer.status]).toEqual([wrong, 400]);
    expect(await answer.json()).toMatchObject({ error: { path: "from" } });
  }
});

test("KPI47: each line of the CSV names the span and the time zone", async () => {
  const site = await siteWithVisits();
  const csv = await (await ask(site, `/kpis.csv?kpis=visits,coverage_rate&group_by=day&${DAY}`)).text();
  const { data } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true });
  expect(data).toHaveLength(2);
  for (const line of data) expect(line).toMatchObject({ from: BEGINS, to: ENDS, timezone: ZONE });
});
