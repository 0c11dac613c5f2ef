/** A lead counts within the window of the site's lead goals, whenever that was said and whenever the lead is told. */
import { env, exports } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import type { RecordOf } from "../../domain/history/records.ts";
import { forgetRollups } from "../../workers/kpis/rollup-builder.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { FROM, NOW, tell, tellings, TO } from "./rollup-world.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Each look is long enough after the one before that nothing is served because it is fresh. */
let later = NOW;
const look = (): number => (later += 60_000);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));

type Site = { key: string; apiKey: string };
const Item = z.looseObject({ id: z.string(), version: z.int(), window_hours: z.number().nullable() });

async function ask({ key, apiKey }: Site, method: string, path: string, body: object, version?: number) {
  const headers = {
    authorization: `Bearer ${apiKey}`,
    "content-type": "application/json",
    ...(version === undefined ? {} : { "if-match": `"${version}"` }),
  };
  const url = `http://localhost/api/sites/${key}/goals${path}`;
  return exports.default.fetch(url, { method, headers, body: JSON.stringify(body) });
}

const lead = (site: Site, more: object = {}) =>
  ask(site, "POST", "", { key: "quote", name: "Devis", kind: "lead", ...more });

/** A conversation of a minute that an agent answered. */
function chat(visitor: string, at: number): RecordOf<"conversations"> {
  return {
    table: "conversations",
    id: `con_${visitor}`,
    revision: 1,
    visitor_id: visitor,
    user_id: null,
    decision_id: null,
    skill: null,
    locale: null,
    page: null,
    status: "closed",
    agent_id: "agent",
    created_at: at,
    queued_at: at,
    assigned_at: at,
    first_visitor_message_at: at,
    first_agent_message_at: at + 30_000,
    last_message_at: at + 30_000,
    closed_at: at + 60_000,
    close_reason: "resolved",
    outcome: null,
    visitor_messages: 1,
    agent_messages: 1,
    text: null,
  };
}

const leadAt = (visitor: string, at: number): RecordOf<"leads"> => ({
  table: "leads",
  id: `lead_${visitor}`,
  revision: 1,
  visitor_id: visitor,
  session_id: null,
  at,
  value: null,
  currency: null,
});

const visit = (visitor: string, at: number) =>
  sessionRecord({ id: `ses_${visitor}`, visitor_id: visitor, started_at: at, last_at: at, ended_at: at });

/** How many of those who chatted on the first day became leads in time. */
async function leadsAfterChat({ key }: Site): Promise<number | null | undefined> {
  const [row] = await reportKpis(env, key, { from: FROM, to: FROM + DAY_MS, groupBy: null, now: look() });
  return row?.conversion_after_chat_with_leads.numerator;
}

test("KPI43: a changed window counts everything anew, and a lead that comes late in a long one finds its day", async () => {
  const site = await makeSite({ timezone: "UTC", attribution_hours: 48 });
  const at = FROM + 8 * HOUR_MS;
  await tell(site.key, [visit("ada", at), chat("ada", at), leadAt("ada", at + 100 * HOUR_MS)]);
  expect(await leadsAfterChat(site)).toBe(0);

  let { id, version, window_hours: own } = Item.parse(await (await lead(site)).json());
  expect(own).toBeNull();
  expect(await leadsAfterChat(site)).toBe(0);
  const change = async (window_hours: number | null): Promise<void> => {
    ({ id, version } = Item.parse(
      await (await ask(site, "PATCH", `/${id}`, { window_hours }, version)).json(),
    ));
  };
  await change(120);
  expect(await leadsAfterChat(site)).toBe(1);
  await change(24);
  expect(await leadsAfterChat(site)).toBe(0);
  await change(720);
  expect(await leadsAfterChat(site)).toBe(1);

  await tell(site.key, [visit("bob", at), chat("bob", at)]);
  expect(await leadsAfterChat(site)).toBe(1);
  await tell(site.key, [leadAt("bob", at + 200 * HOUR_MS)]);
  expect(await leadsAfterChat(site)).toBe(2);
  await change(null);
  expect(await leadsAfterChat(site)).toBe(0);
});

test("KPI43: the longest window of several lead goals goes; a goal of sales has no say", async () => {
  const site = await makeSite({ timezone: "UTC", attribution_hours: 48 });
  const at = FROM + 8 * HOUR_MS;
  await tell(site.key, [visit("ada", at), chat("ada", at), leadAt("ada", at + 100 * HOUR_MS)]);
  await lead(site, { key: "order", kind: "sale", window_hours: 720 });
  await lead(site, { window_hours: 4 });
  expect(await leadsAfterChat(site)).toBe(0);
  await lead(site, { key: "call", window_hours: 110 });
  expect(await leadsAfterChat(site)).toBe(1);
});

test("KPI43: a window is a whole number of hours from 1 to 720, and is refused at its place otherwise", async () => {
  const site = await makeSite();
  for (const window_hours of [0, 721, 1.5, "48"]) {
    const answer = await lead(site, { window_hours });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { path: "window_hours" } });
  }
});

test("KPI43: with a window longer than that of orders, what is kept is what a count from scratch gives", async () => {
  const wide = { from: FROM - 2 * DAY_MS, to: TO + 2 * DAY_MS };
  const windows = fc.constantFrom(2, 72, 110);
  await fc.assert(
    fc.asyncProperty(tellings, windows, fc.integer({ min: 1, max: 6 }), async (told, hours, size) => {
      const site = await makeSite({ timezone: "Europe/Paris", attribution_hours: 24 });
      await lead(site, { window_hours: hours });
      const report = () => reportKpis(env, site.key, { ...wide, groupBy: "day", now: look() });
      for (let done = 0; done < told.length; done += size) {
        await tell(site.key, told.slice(done, done + size));
        await report();
      }
      const grown = await report();
      await forgetRollups(env, site.key, look());
      expect(grown).toEqual(await report());
    }),
    { numRuns: 6 },
  );
}, 120_000);
