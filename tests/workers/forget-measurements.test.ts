/** What single visitors did is forgotten once its months are over: exactly that, wherever it lies. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FINAL_AHEAD_MS, measuredSince } from "../../domain/history/measurement-retention.ts";
import type { HistoryRecord, RecordOf } from "../../domain/history/records.ts";
import { forgetMeasurements } from "../../workers/history/forget-measurements.ts";
import { sealDays } from "../../workers/kpis/seal-days.ts";
import { readSealed } from "../../workers/kpis/sealed-days.ts";
import { runSchedule } from "../../workers/schedule.ts";
import { tell } from "./rollup-world.ts";
import { allElseForgotten, DAY_MS, HOUR_MS, rowsLeft, sealAll } from "./sealed-world.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

const TOLD = Date.parse("2026-11-02T09:30:00Z");
/** A day in the life of a site: everything that is told of one visitor. */
const DAY = Date.parse("2026-10-24T08:00:00Z");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: TOLD }));
afterEach(() => void vi.useRealTimers());

const visit = (visitor: string, at: number): RecordOf<"sessions"> =>
  sessionRecord({
    id: `ses_${visitor}_${at}`,
    visitor_id: visitor,
    started_at: at,
    last_at: at,
    ended_at: at,
  });

function order(visitor: string, at: number, id = `ord_${visitor}_${at}`): HistoryRecord {
  const money = { total: 40, currency: "EUR", status: "confirmed" as const, items: 1, covered: false };
  const whose = { visitor_id: visitor, user_id: null, session_id: null };
  return { table: "orders", id, revision: 1, ...whose, at, received_at: at, ...money };
}

const refund = (visitor: string, of: string, at: number): HistoryRecord => ({
  table: "refunds",
  id: `ref_${of}`,
  revision: 1,
  order_id: of,
  visitor_id: visitor,
  at,
  amount: 10,
  status: "confirmed",
});
const identity = (visitor: string, user: string, at: number): HistoryRecord => ({
  table: "identities",
  id: user,
  revision: 1,
  visitor_id: visitor,
  at,
});
const contact = (visitor: string, at: number): HistoryRecord => ({
  table: "contacts",
  id: `con_${visitor}_${at}`,
  revision: 1,
  visitor_id: visitor,
  at,
  channel: "phone",
});
function conversation(visitor: string, at: number): RecordOf<"conversations"> {
  const who = { visitor_id: visitor, user_id: null, decision_id: null, agent_id: "agent_1" };
  const when = { created_at: at, queued_at: at, assigned_at: at, closed_at: at + HOUR_MS };
  const said = { first_visitor_message_at: at, first_agent_message_at: at, last_message_at: at };
  const rest = { skill: null, locale: null, page: null, close_reason: null, outcome: null };
  const counts = { visitor_messages: 1, agent_messages: 1, text: null };
  return {
    table: "conversations",
    id: `cnv_${visitor}_${at}`,
    revision: 1,
    status: "closed",
    ...who,
    ...when,
    ...said,
    ...rest,
    ...counts,
  };
}

async function ids(site: string, table: string, key = "id"): Promise<string[]> {
  const { results } = await env.DB.prepare(`SELECT ${key} AS id FROM ${table} WHERE site = ? ORDER BY 1`)
    .bind(site)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

async function forgetAll(now: number): Promise<number> {
  let dropped = 0;
  for (let last = 1; last > 0; dropped += last) last = await forgetMeasurements(env, now);
  return dropped;
}

test("SEAL5: exactly what is older than a site's own months is forgotten, once a day, also what was told late", async () => {
  const { key: short } = await makeSite({ measurement_months: 14 });
  const { key: long } = await makeSite({ measurement_months: 25 });
  const now = Date.parse("2028-01-24T12:00:00Z");
  const due = measuredSince(now, 14);
  const told = [due - DAY_MS, due - 1, due, due + DAY_MS].flatMap((at) => [visit("v1", at), order("v1", at)]);
  for (const site of [short, long]) {
    await tell(site, told);
    await allElseForgotten(site);
    await sealAll(site, now);
  }
  // A seal stands for an hour before anything goes.
  expect(await forgetAll(now)).toBe(0);
  vi.setSystemTime(now + HOUR_MS);
  const dueThen = measuredSince(now + HOUR_MS, 14);
  expect(dueThen).toBe(due + HOUR_MS);
  expect(await forgetAll(now + HOUR_MS)).toBe(6);
  expect(await ids(short, "sessions")).toEqual([`ses_v1_${due + DAY_MS}`]);
  expect(await ids(short, "orders", "order_id")).toEqual([`ord_v1_${due + DAY_MS}`]);
  expect(await rowsLeft(long)).toEqual({ sessions: 4, orders: 4 });
  // What comes late for such a day is written, and goes with the next day's round.
  await tell(short, [visit("v2", due - DAY_MS)]);
  expect(await forgetAll(now + 2 * HOUR_MS)).toBe(0);
  expect(await ids(short, "sessions")).toHaveLength(2);
  await sealAll(short, now + DAY_MS);
  expect(await forgetAll(now + DAY_MS + HOUR_MS)).toBe(2 + 1);
  expect(await rowsLeft(short)).toEqual({});
});

test("SEAL5: a visit stays until its visitor is forgotten, a conversation as long as its words, who somebody was as long as anything of them", async () => {
  const { key: site } = await makeSite({ measurement_months: 14 });
  const now = Date.parse("2028-06-01T12:00:00Z");
  const young = now - 100 * DAY_MS;
  await tell(site, [
    visit("v1", DAY),
    conversation("v1", DAY),
    contact("v1", DAY),
    identity("v1", "u1", DAY),
    order("v1", DAY, "o1"),
    refund("v1", "o1", young),
    refund("v1", "never", DAY),
    identity("v2", "u1", DAY),
    order("v2", young, "o2"),
    refund("v2", "o2", DAY),
  ]);
  await sealAll(site, now);
  vi.setSystemTime(now + HOUR_MS);
  await forgetAll(now + HOUR_MS);
  expect(await rowsLeft(site)).toEqual({
    sessions: 1,
    conversations: 1,
    orders: 1,
    refunds: 1,
    identities: 2,
  });
  expect(await ids(site, "refunds")).toEqual(["ref_o2"]);
  await allElseForgotten(site);
  await sealAll(site, now + DAY_MS);
  await forgetAll(now + DAY_MS + HOUR_MS);
  expect(await rowsLeft(site)).toEqual({ orders: 1, refunds: 1, identities: 1 });
  expect(await ids(site, "identities", "visitor_id")).toEqual(["v2"]);
});

test("SEAL3 SEAL5: nothing is sealed past a day that is behind, and nothing goes that the first open day may be counted from", async () => {
  const { key: site } = await makeSite({ measurement_months: 14 });
  const later = DAY + 30 * DAY_MS;
  await tell(site, [visit("v1", DAY), visit("v2", later)]);
  await allElseForgotten(site);
  const until = await sealAll(site, DAY + 430 * DAY_MS);
  // By its months, both are due long ago; the second might still be needed by the first day that is open.
  const now = Date.parse("2028-06-01T12:00:00Z");
  expect(until - FINAL_AHEAD_MS).toBeGreaterThan(DAY);
  expect(until - FINAL_AHEAD_MS).toBeLessThan(later);
  await forgetAll(now);
  expect(await ids(site, "sessions")).toEqual([`ses_v2_${later}`]);
  // A day that was touched is no longer up to date: sealing waits at it, and says so.
  const behind = Date.parse("2027-02-03T08:00:00Z");
  await tell(site, [visit("v3", behind)]);
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  for (let run = 0; run < 20; run += 1) await sealDays(env, now);
  expect((await readSealed(env, site)).until).toBe(Date.parse("2027-02-03T00:00:00+01:00"));
  expect(said.mock.calls.flat().join()).toContain("sealing is behind");
  said.mockRestore();
  expect(await sealAll(site, now)).toBe(Date.parse("2027-06-01T00:00:00+02:00"));
});

/** Every table with every word in it. */
async function everywhere(words: readonly string[]): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%search%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string }>();
  const found: string[] = [];
  for (const { name } of results) {
    const rows = await env.DB.prepare(`SELECT * FROM "${name}"`).raw();
    const text = JSON.stringify(rows);
    for (const word of words) if (text.includes(word)) found.push(`${name}: ${word}`);
  }
  return found;
}

test("SEAL6: after its months nothing anywhere in D1 names a visitor, a user or an order, and the whole schedule did it", async () => {
  const { key: site } = await makeSite({ measurement_months: 14 });
  const [visitor, user, bought] = ["vis_7f3d21", "usr_9c1e44", "ord_55aa10"];
  await tell(site, [
    {
      ...visit(visitor, DAY),
      id: "ses_1",
    },
    {
      ...conversation(visitor, DAY),
      id: "cnv_1",
    },
    contact(visitor, DAY),
    identity(visitor, user, DAY),
    order(visitor, DAY, bought),
    refund(visitor, bought, DAY),
  ]);
  const reading = {
    orders: [{ person: visitor, isHeldOut: false, day: "2026-10-24", cents: 4_000 }],
    made: "x",
  };
  await env.DB.prepare("INSERT INTO kpi_rollups VALUES (?, 'site_holdout', 'day', ?, ?)")
    .bind(site, DAY, JSON.stringify(reading))
    .run();
  expect(await everywhere([visitor, user, bought])).not.toEqual([]);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  let now = Date.parse("2028-06-01T12:00:00Z");
  for (let run = 0; run < 4 && (await everywhere([visitor])).length > 0; run += 1) {
    vi.setSystemTime((now += 2 * HOUR_MS));
    await runSchedule(env, now);
  }
  expect(await everywhere([visitor, user, bought])).toEqual([]);
  expect((await readSealed(env, site)).until).toBeGreaterThan(DAY);
  const kept = await env.DB.prepare(
    "SELECT body FROM kpi_rollups WHERE site = ? AND dimension = 'site_holdout'",
  )
    .bind(site)
    .first<string>("body");
  expect(JSON.parse(kept ?? "")).toMatchObject({
    orders: [{ person: "1", cents: 4_000 }],
    isAnonymous: true,
  });
});
