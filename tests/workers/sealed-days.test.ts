/** Figures of days whose rows are forgotten: what was counted stays, whatever comes. */
import { env, exports } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import type { RecordOf } from "../../domain/history/records.ts";
import { calendarOf } from "../../domain/kpi/calendar.ts";
import { COUNTS, emptyTally, SPREADS } from "../../domain/kpi/tally.ts";
import { forgetMeasurements } from "../../workers/history/forget-measurements.ts";
import { PackedSum } from "../../domain/kpi/packed-tally.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { forgetRollups } from "../../workers/kpis/rollup-builder.ts";
import { FROM, mortal, NOW, tell, tellings, TO } from "./rollup-world.ts";
import { allElseForgotten, DAY_MS, everyFigure, HOUR_MS, keptOf, rowsLeft, sealAll } from "./sealed-world.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));

/** All that is told is older than its months. */
const DUE = Date.parse("2029-01-10T12:00:00Z");
const OPEN_AFTER = "2028-01-01";
const zones = fc.constantFrom("Europe/Paris", "America/New_York", "Asia/Kolkata");

/** Rows go an hour after the seal; a round may take more than one run. */
async function forgetAll(site: string, now: number, world: Env = env): Promise<void> {
  await allElseForgotten(site);
  while ((await forgetMeasurements(world, now)) > 0);
}

async function change(site: string, settings: Record<string, unknown>): Promise<void> {
  await env.DB.prepare("UPDATE sites SET settings = json_patch(settings, ?2) WHERE key = ?1")
    .bind(site, JSON.stringify(settings))
    .run();
}

test("SEAL1 SEAL2: every figure of a day is the same after its rows are forgotten, and after whatever would have had it counted anew", async () => {
  await fc.assert(
    fc.asyncProperty(tellings, zones, async (all, timezone) => {
      const told = all.filter((record) => record.table !== "agent_states" || record.ended_at !== null);
      const { key: site } = await makeSite({ timezone });
      await tell(site, told);
      const before = await everyFigure(site, DUE);
      expect(await sealAll(site, DUE)).toBeGreaterThan(TO);
      expect(await everyFigure(site, DUE)).toEqual(before);
      const kept = await keptOf(site, OPEN_AFTER);

      await forgetAll(site, DUE + HOUR_MS);
      expect(await rowsLeft(site)).toEqual({});
      expect(await everyFigure(site, DUE)).toEqual(before);

      // Another definition, settings that count otherwise, marks, a rebuild, and everything at once.
      await env.DB.prepare("UPDATE rollup_marks SET definition = 'older' WHERE site = ?").bind(site).run();
      await sealAll(site, DUE + DAY_MS);
      expect(await everyFigure(site, DUE)).toEqual(before);
      await change(site, { attribution_hours: 1, orders: "confirmed", business_hours: [] });
      await forgetRollups(env, site, DUE + DAY_MS);
      await sealAll(site, DUE + DAY_MS);
      expect(await everyFigure(site, DUE)).toEqual(before);
      // What is told once more is written, counts nowhere, and goes with the next round.
      await tell(site, told);
      await sealAll(site, DUE + 2 * DAY_MS);
      expect(await everyFigure(site, DUE)).toEqual(before);
      await forgetAll(site, DUE + 2 * DAY_MS + HOUR_MS);
      expect(await everyFigure(site, DUE)).toEqual(before);
      const weeks = ({ level }: Record<string, unknown>) => level !== "week";
      const still = await keptOf(site, OPEN_AFTER);
      expect({ ...still, rollups: still.rollups.filter(weeks) }).toEqual({
        ...kept,
        rollups: kept.rollups.filter(weeks),
      });
    }),
    { numRuns: 4 },
  );
}, 600_000);

test("SEAL3: whoever seals or forgets may be killed at any step, or run twice at once, and no figure is another", async () => {
  const steps = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(tellings, steps, async (all, kills) => {
      const told = all.filter((record) => record.table !== "agent_states" || record.ended_at !== null);
      const { key: site } = await makeSite({});
      await tell(site, told);
      const before = await everyFigure(site, DUE);
      await allElseForgotten(site);
      for (const killedAt of kills) {
        let calls = 0;
        const dies = mortal(() => (calls += 1) > killedAt);
        const killed = (error: Error) => expect(error.message).toContain("killed");
        await sealAll(site, DUE, dies).catch(killed);
        expect(await everyFigure(site, DUE)).toEqual(before);
        calls = 0;
        await forgetMeasurements(dies, DUE + HOUR_MS).catch(killed);
        expect(await everyFigure(site, DUE)).toEqual(before);
      }
      await Promise.all([sealAll(site, DUE), sealAll(site, DUE)]);
      const twice = () => forgetMeasurements(env, DUE + 2 * HOUR_MS);
      await Promise.all([twice(), twice()]);
      await forgetAll(site, DUE + 2 * HOUR_MS);
      expect(await rowsLeft(site)).toEqual({});
      expect(await everyFigure(site, DUE)).toEqual(before);
    }),
    { numRuns: 3 },
  );
}, 600_000);

/** A visit and an order of one visitor an hour, over two days in Paris. */
async function twoDays(): Promise<string> {
  const { key: site } = await makeSite({ timezone: "Europe/Paris", currency: "EUR" });
  const hours = Array.from({ length: 48 }, (_, hour) => Date.parse("2026-10-23T22:10:00Z") + hour * HOUR_MS);
  await tell(
    site,
    hours.flatMap((at) => [visitOf(`v${at}`, at), orderOf(`v${at}`, at + 1_000)]),
  );
  return site;
}

function visitOf(visitor: string, at: number) {
  const span = { started_at: at, last_at: at, ended_at: at, seconds: 1 };
  return sessionRecord({
    id: `ses_${visitor}`,
    visitor_id: visitor,
    ...span,
    channel: "Email",
    eligible: true,
  });
}

function orderOf(visitor: string, at: number): RecordOf<"orders"> {
  const whose = { visitor_id: visitor, user_id: null, session_id: `ses_${visitor}` };
  const money = { total: 30, currency: "EUR", status: "confirmed" as const, items: 1, covered: false };
  return { table: "orders", id: `ord_${visitor}`, revision: 1, ...whose, at, received_at: at, ...money };
}

const SPAN = { from: FROM - 2 * DAY_MS, to: TO + 2 * DAY_MS };

async function figuresOf(site: string, span: { from: number; to: number }, groupBy: "day" | null = null) {
  const rows = await reportKpis(env, site, { ...span, groupBy, now: DUE });
  const told = rows.map(({ group, visits, orders, revenue, orders_in_other_currency }) => ({
    group,
    visits: visits.value,
    orders: orders.value,
    revenue: revenue.value,
    foreign: orders_in_other_currency.value,
  }));
  return told.filter(({ visits }) => visits !== 0);
}

test("SEAL8: in another zone final days are told by their hours, in another currency without their money", async () => {
  const site = await twoDays();
  await sealAll(site, DUE);
  await forgetAll(site, DUE + HOUR_MS);
  expect(await figuresOf(site, SPAN)).toEqual([
    { group: null, visits: 48, orders: 48, revenue: 1_440, foreign: 0 },
  ]);
  await change(site, { timezone: "America/New_York" });
  // Two days that began at six in the evening before, of which the clocks have none between them.
  expect(await figuresOf(site, SPAN, "day")).toEqual([
    { group: "2026-10-23", visits: 6, orders: 6, revenue: 180, foreign: 0 },
    { group: "2026-10-24", visits: 24, orders: 24, revenue: 720, foreign: 0 },
    { group: "2026-10-25", visits: 18, orders: 18, revenue: 540, foreign: 0 },
  ]);
  await change(site, { currency: "CHF" });
  expect(await figuresOf(site, SPAN)).toEqual([
    { group: null, visits: 48, orders: 48, revenue: 0, foreign: 48 },
  ]);
  await change(site, { currency: "EUR", timezone: "Europe/Paris" });
  expect(await figuresOf(site, SPAN)).toEqual([
    { group: null, visits: 48, orders: 48, revenue: 1_440, foreign: 0 },
  ]);
  // Without the seal, what is left of history would be counted: nothing.
  await env.DB.batch([
    env.DB.prepare("DELETE FROM installation WHERE key = ?").bind(`sealed:${site}`),
    env.DB.prepare("UPDATE rollup_marks SET definition = 'older' WHERE site = ?").bind(site),
  ]);
  expect(await figuresOf(site, SPAN)).toEqual([]);
});

test("SEAL9: of a final day that a span cuts, an hour belongs to where it begins; the answer says up to where days are final", async () => {
  const { key: site, apiKey } = await makeSite({ timezone: "Europe/Paris" });
  const at = Date.parse("2026-10-24T08:10:00Z");
  await tell(site, [visitOf("v1", at), visitOf("v2", at + HOUR_MS)]);
  const until = await sealAll(site, DUE);
  await forgetAll(site, DUE + HOUR_MS);
  const cut = { from: Date.parse("2026-10-24T08:30:00Z"), to: Date.parse("2026-10-24T09:05:00Z") };
  expect(await figuresOf(site, cut)).toMatchObject([{ visits: 1 }]);
  vi.setSystemTime(DUE + HOUR_MS);
  const ask = async (from: string, to: string) => {
    const path = `http://localhost/api/sites/${site}/kpis?from=${from}&to=${to}&kpis=visits`;
    const answer = await exports.default.fetch(path, { headers: { authorization: `Bearer ${apiKey}` } });
    return answer.json();
  };
  expect(await ask("2026-10-20", "2026-10-30")).toMatchObject({
    final_before: new Date(until).toISOString(),
    rows: [{ visits: { value: 2 } }],
  });
  expect(await ask("2029-01-01", "2029-01-05")).toMatchObject({ final_before: null });
});

test("SEAL10: what can no longer be counted is refused and says so: a day's staffing, a statement that was never issued", async () => {
  const { key: site, apiKey } = await makeSite({ timezone: "Europe/Paris" });
  await tell(site, [visitOf("v1", Date.parse("2026-10-24T08:10:00Z"))]);
  const until = await sealAll(site, DUE);
  vi.setSystemTime(DUE + HOUR_MS);
  const ask = async (path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
    const how = body === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(body) };
    return exports.default.fetch(`http://localhost/api/sites/${site}/${path}`, how);
  };
  const day = await ask("intraday?date=2026-10-24");
  expect(day.status).toBe(400);
  const since = calendarOf("Europe/Paris").dayOf(until);
  expect(await day.json()).toMatchObject({
    error: { path: "date", message: expect.stringContaining(since) as string },
  });
  expect((await ask(`intraday?date=${since}`)).status).toBe(200);
  const agreed = { name: "A", kpi: "satisfaction", rate: 10, minimum: 0.5, from_month: "2026-01" };
  const { id } = await (await ask("agreements", agreed)).json<{ id: string }>();
  const month = await ask("statements/2026-10");
  expect(await month.json()).toMatchObject({ items: [] });
  const issued = await ask("statements/2026-10", { agreement: id });
  expect(issued.status).toBe(409);
  expect(await issued.json()).toMatchObject({
    error: { message: expect.stringContaining("no longer kept") as string },
  });
});

test("SEAL11: a day that is final is read by the places of its fields: new ones come behind, none goes", () => {
  expect(COUNTS.slice(0, KNOWN_COUNTS.length)).toEqual(KNOWN_COUNTS);
  expect(SPREADS.slice(0, KNOWN_SPREADS.length)).toEqual(KNOWN_SPREADS);
  const tally = new PackedSum().add(JSON.parse("[[0,7,65,4],[0,[4,2,1,3]]]")).total();
  const told = { visitors: 7, [KNOWN_COUNTS[65] ?? ""]: 4, csat: { 4: 2, 5: 3 } };
  expect(tally).toEqual({ ...emptyTally(), ...told });
});

test("SEAL12: a site keeps what visitors did for 14 to 25 months, 25 where it says nothing", async () => {
  const { key: site, apiKey } = await makeSite({});
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const path = `http://localhost/api/sites/${site}`;
  expect(await (await exports.default.fetch(path, { headers })).json()).toMatchObject({
    measurement_months: 25,
  });
  for (const [measurement_months, status] of [
    [13, 400],
    [26, 400],
    [14.5, 400],
    [14, 200],
  ] as const) {
    const body = JSON.stringify({ measurement_months });
    const version = (await exports.default.fetch(path, { headers })).headers.get("etag") ?? '"1"';
    const answer = await exports.default.fetch(path, {
      method: "PATCH",
      headers: { ...headers, "if-match": version },
      body,
    });
    expect(answer.status).toBe(status);
    if (status === 400) {
      expect(await answer.json()).toMatchObject({ error: { path: "measurement_months" } });
    }
  }
});

/** As they stood when the first days were sealed. */
const KNOWN_COUNTS = `
  visitors visits eligible_visitors covered_visitors covered_visitors_buying_after_chat
  covered_visitors_buying_proactive engaged_visitors buying_visitors rebuying_visitors lead_visitors
  converting_visitors exempt_page_views triggered held_out suppressed_visits
  displayed opened declined ignored invites_displayed
  invites_opened invites_accepted invited_visitors invited_visitors_accepting treated_units
  treated_buyers treated_rebuyers treated_orders_placed treated_returns treated_leads
  holdout_units holdout_buyers holdout_rebuyers holdout_orders_placed holdout_returns
  holdout_leads conversations abandoned abandoned_short chats_handled
  chats_closed contacts_mature contacts_resolved_no_recontact contacts_no_recontact surveys_sent
  surveys_answered told_resolved told_unresolved chatters chatters_buying_after_chat
  chatters_leading chatters_converting proactive_chatters proactive_chatters_buying proactive_chatters_converting
  assisted_orders assisted_revenue_cents assisted_buyers assisted_orders_sq assisted_revenue_sq
  assisted_revenue_x_orders chatters_chats_sq chatters_revenue_x_chats total_orders total_revenue_cents
  gross_revenue_cents refunded_cents orders_returned orders_refunded_whole orders_covered
  orders_in_other_currency row_assisted_orders row_assisted_revenue_cents buyers orders_sq
  revenue_sq revenue_x_orders unassisted_buyers unassisted_orders_sq unassisted_revenue_sq
  unassisted_revenue_x_orders leads lead_value_cents agent_online_ms slot_available_ms
  slot_busy_ms agent_busy_ms chat_ms chats_taken chats_transferred
  transfers transfers_to_skill transfers_taken_over transfers_received transfers_taken_back
  chats_with_canned canned_uses canned_edited
`
  .trim()
  .split(/\s+/);
const KNOWN_SPREADS = `
  csat nps ces first_reply first_reply_shift waiting
  waiting_shift waiting_abandoned handle_time resolution resolution_shift time_to_purchase
  treated_time_to_purchase holdout_time_to_purchase
`
  .trim()
  .split(/\s+/);
