/** What a visit holds after midnight changes the day before: it is marked, and counted by what changed or whole. */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import type { HistoryRecord, RecordOf } from "../../domain/history/records.ts";
import { type Grouping, GROUPINGS } from "../../domain/kpi/grouping.ts";
import { rowsOf, tallyDay } from "../../domain/kpi/measure.ts";
import { countedSite } from "../../workers/kpis/counted-site.ts";
import { readHistory } from "../../workers/kpis/read-history.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { readSettings } from "../../workers/kpis/site-settings.ts";
import { NOW, tell } from "./rollup-world.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Between Tuesday and Wednesday in Paris. */
const MIDNIGHT = Date.parse("2026-10-20T22:00:00Z");
const SPAN = { from: MIDNIGHT - 3 * DAY_MS, to: MIDNIGHT + 4 * DAY_MS };
const DAYS = Array.from({ length: 7 }, (_, nth) => SPAN.from + nth * DAY_MS);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));

function visit(id: string, visitor: string, startedAt: number, lastAt: number): RecordOf<"sessions"> {
  return sessionRecord({
    id,
    visitor_id: visitor,
    revision: 1 + (lastAt - startedAt) / MINUTE_MS,
    started_at: startedAt,
    last_at: lastAt,
    ended_at: null,
    eligible: true,
    covered: visitor === "v1",
  });
}

function order(id: string, visitor: string, at: number): RecordOf<"orders"> {
  return {
    table: "orders",
    id,
    revision: 1,
    visitor_id: visitor,
    user_id: null,
    session_id: null,
    at,
    received_at: at,
    total: 80,
    currency: "EUR",
    status: "claimed",
    items: 1,
    covered: false,
  };
}

function offer(id: string, visitor: string, at: number, campaign: string): RecordOf<"exposures"> {
  return {
    table: "exposures",
    id,
    revision: 1,
    visitor_id: visitor,
    session_id: "ses",
    campaign_id: campaign,
    phase: 1,
    variant: "a",
    kind: "chat",
    arm: "treated",
    probability: 0.5,
    eligible_at: at,
    shown_at: at,
    opened_at: null,
    declined_at: null,
    ignored_at: null,
    clicked_at: null,
  };
}

function talk(id: string, visitor: string, at: number, skill: string | null): RecordOf<"conversations"> {
  return {
    table: "conversations",
    id,
    revision: 1,
    visitor_id: visitor,
    user_id: null,
    decision_id: null,
    skill,
    locale: null,
    page: null,
    status: "closed",
    agent_id: "agent_1",
    created_at: at - MINUTE_MS,
    queued_at: at,
    assigned_at: at,
    first_visitor_message_at: at,
    first_agent_message_at: skill === null ? null : at + MINUTE_MS,
    last_message_at: at + MINUTE_MS,
    closed_at: at + HOUR_MS,
    close_reason: "visitor",
    outcome: null,
    visitor_messages: 1,
    agent_messages: 1,
    text: null,
  };
}

function lead(id: string, visitor: string, at: number): RecordOf<"leads"> {
  return {
    table: "leads",
    id,
    revision: 1,
    visitor_id: visitor,
    session_id: null,
    at,
    value: 1,
    currency: "EUR",
  };
}

/** How often days were counted whole. */
function watched(): { env: Env; wholes: () => number } {
  let wholes = 0;
  const db = new Proxy(env.DB, {
    get(target, name) {
      if (name !== "prepare") return Reflect.get(target, name).bind(target) as unknown;
      return (sql: string) => {
        if (sql.includes("s.started_at >= ?2 AND s.started_at < ?3")) wholes += 1;
        return target.prepare(sql);
      };
    },
  });
  return {
    env: new Proxy(env, {
      get: (target, name) => (name === "DB" ? db : (Reflect.get(target, name) as unknown)),
    }),
    wholes: () => wholes,
  };
}

test("KPI81: an order at ten past midnight makes who came at ten to a buyer of the day before, by what changed alone", async () => {
  const { key: site } = await makeSite({ timezone: "Europe/Paris" });
  const days = async (world: Env, now: number) => {
    const rows = await reportKpis(world, site, { ...SPAN, groupBy: "day", now });
    return rows
      .slice(2, 4)
      .map((row) => [row.visitors.value, row.conversion_rate.numerator, row.orders.value]);
  };
  const begun = MIDNIGHT - 10 * MINUTE_MS;
  await tell(site, [
    visit("s1", "v1", begun, MIDNIGHT - MINUTE_MS),
    visit("s9", "v9", MIDNIGHT + 9 * HOUR_MS, MIDNIGHT + 9 * HOUR_MS),
  ]);
  expect(await days(env, NOW)).toEqual([
    [1, 0, 0],
    [1, 0, 0],
  ]);

  await tell(site, [
    visit("s1", "v1", begun, MIDNIGHT + 10 * MINUTE_MS),
    order("o1", "v1", MIDNIGHT + 10 * MINUTE_MS),
  ]);
  const spy = watched();
  expect(await days(spy.env, NOW + MINUTE_MS)).toEqual([
    [1, 1, 0],
    [1, 0, 1],
  ]);
  expect(spy.wholes()).toBe(0);

  // What was bought after the visit, and is told before the visit is known to have gone on.
  await tell(site, [order("o2", "v2", MIDNIGHT + 30 * MINUTE_MS), visit("s2", "v2", begun, begun)]);
  expect(await days(env, NOW + 2 * MINUTE_MS)).toEqual([
    [2, 1, 0],
    [1, 0, 2],
  ]);
  await tell(site, [visit("s2", "v2", begun, MIDNIGHT + 30 * MINUTE_MS)]);
  expect(await days(env, NOW + 3 * MINUTE_MS)).toEqual([
    [2, 2, 0],
    [1, 0, 2],
  ]);
});

test("KPI81: a conversation and a lead after midnight change the day before, in the rows of agents and skills too", async () => {
  const { key: site } = await makeSite({ timezone: "Europe/Paris" });
  const row = async (groupBy: Grouping | null, now: number) => {
    const span = { from: MIDNIGHT - DAY_MS, to: MIDNIGHT };
    const [first] = await reportKpis(env, site, { ...span, groupBy, now });
    return [first?.visitors.value, first?.engaged_visitors.value, first?.lead_rate.numerator];
  };
  await tell(site, [visit("s1", "v1", MIDNIGHT - 10 * MINUTE_MS, MIDNIGHT + HOUR_MS)]);
  expect(await row(null, NOW)).toEqual([1, 0, 0]);
  await tell(site, [talk("c1", "v1", MIDNIGHT + MINUTE_MS, "sales")]);
  expect(await row(null, NOW + MINUTE_MS)).toEqual([1, 1, 0]);
  for (const groupBy of ["agent", "skill"] as const)
    expect(await row(groupBy, NOW + MINUTE_MS)).toEqual([1, 1, 0]);
  await tell(site, [lead("l1", "v1", MIDNIGHT + 2 * MINUTE_MS)]);
  for (const groupBy of [null, "agent", "skill"] as const) {
    expect(await row(groupBy, NOW + 2 * MINUTE_MS)).toEqual([1, 1, 1]);
  }
});

test("KPI81: a day that is counted by itself finds what visits over its edges hold", async () => {
  const { key: site } = await makeSite({ timezone: "Europe/Paris" });
  const begun = MIDNIGHT - 10 * MINUTE_MS;
  const ofDay = async (from: number, groupBy: Grouping | null) => {
    const rows = await reportKpis(env, site, { from, to: from + DAY_MS, groupBy, now: NOW });
    return rows.map((row) => [
      row.group,
      row.visitors.value,
      row.conversion_rate.numerator,
      row.orders.value,
    ]);
  };
  await tell(site, [
    // Ada was offered help in the afternoon, on another device, and buys in a visit over midnight.
    visit("s0", "v0", MIDNIGHT - 9 * HOUR_MS, MIDNIGHT - 9 * HOUR_MS),
    offer("d0", "v0", MIDNIGHT - 9 * HOUR_MS, "cmp_afternoon"),
    { table: "identities", id: "ada", revision: 1, visitor_id: "v0", at: begun },
    { table: "identities", id: "ada", revision: 1, visitor_id: "v1", at: begun },
    visit("s1", "v1", begun, MIDNIGHT + 20 * MINUTE_MS),
    order("o1", "v1", MIDNIGHT + 10 * MINUTE_MS),
    // Bob is offered help after midnight.
    visit("s2", "v2", begun, MIDNIGHT + 20 * MINUTE_MS),
    offer("d2", "v2", MIDNIGHT + 5 * MINUTE_MS, "cmp_night"),
    // Of Cyd two visits are told at once: the last to have begun is over when she buys.
    visit("s3", "v3", begun, MIDNIGHT + HOUR_MS),
    visit("s4", "v3", MIDNIGHT + 5 * MINUTE_MS, MIDNIGHT + 20 * MINUTE_MS),
    order("o3", "v3", MIDNIGHT + 30 * MINUTE_MS),
  ]);
  expect(await ofDay(MIDNIGHT, "campaign")).toEqual([
    ["cmp_afternoon", 0, 0, 1],
    ["cmp_night", 0, 0, 0],
  ]);
  expect(await ofDay(MIDNIGHT - DAY_MS, "campaign")).toEqual([
    ["cmp_afternoon", 1, 1, 0],
    ["cmp_night", 1, 0, 0],
  ]);
  expect(await ofDay(MIDNIGHT - DAY_MS, null)).toEqual([[null, 3, 1, 0]]);
  expect(await ofDay(MIDNIGHT, null)).toEqual([[null, 1, 1, 2]]);
});

/** Things near two midnights, of few visitors who may be one person, in visits that mostly go on over one of them. */
const quarter = fc.integer({ min: -30, max: 4 * 30 }).map((of) => MIDNIGHT + of * 15 * MINUTE_MS);
const visitor = fc.constantFrom("v1", "v2", "v3");
type Told = { id: string; who: string; at: number; records: HistoryRecord[] };
const told = (
  name: string,
  most: number,
  records: (id: string, who: string, at: number, n: number) => HistoryRecord[],
) =>
  fc.record({ n: fc.nat(most), who: visitor, at: quarter }).map(({ n, who, at }): Told => {
    const id = `${name}_${n}`;
    return { id, who, at, records: records(id, who, at, n) };
  });
const visits = fc
  .integer({ min: 0, max: 120 })
  .chain((lasts) =>
    told("ses", 5, (id, who, at) => [
      visit(id, who, at, at),
      visit(id, who, at, at + lasts * 15 * MINUTE_MS),
    ]),
  );
const things = fc.oneof(
  { weight: 4, arbitrary: visits },
  told("ord", 4, (id, who, at) => [order(id, who, at)]),
  told("dec", 3, (id, who, at, n) => [offer(id, who, at, `cmp_${n % 2}`)]),
  told("cnv", 3, (id, who, at, n) => [talk(id, who, at, n % 2 === 0 ? null : "sales")]),
  told("led", 2, (id, who, at) => [lead(id, who, at)]),
  told("u", 0, (id, who) => [{ table: "identities", id, revision: 1, visitor_id: who, at: MIDNIGHT }]),
);

/** Of one id, only what says who and when as the first told; orders may be told of another moment, and users of anybody. */
function withoutContradictions(all: readonly Told[]): HistoryRecord[] {
  const first = new Map<string, Told>();
  return all.flatMap((one) => {
    const known = first.get(one.id) ?? one;
    first.set(one.id, known);
    const isSame = known.who === one.who && known.at === one.at;
    return isSame || one.id.startsWith("ord") || one.id.startsWith("u") ? one.records : [];
  });
}

const history = fc
  .array(things, { minLength: 6, maxLength: 16 })
  .map(withoutContradictions)
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }));

test("KPI81: whatever visits hold after midnight, and in whatever order it is told, each day has the figures of all history", async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 1, max: 4 }), async (records, size) => {
      const { key: site } = await makeSite({ timezone: "Europe/Paris" });
      const { rules, leadAttributionMs } = countedSite(site, await readSettings(env, site));
      let now = NOW;
      for (let at = 0; at < records.length; at += size) {
        await tell(site, records.slice(at, at + size));
        now += MINUTE_MS;
        const wide = { site, from: SPAN.from - 20 * DAY_MS, to: NOW, now };
        const whole = await readHistory(env, {
          ...wide,
          attributionMs: rules.attributionMs,
          leadAttributionMs,
        });
        const isLast = at + size >= records.length;
        for (const groupBy of isLast ? [null, ...GROUPINGS] : ["campaign" as const]) {
          const scope = { ...rules, ...SPAN, now, groupBy };
          expect(await reportKpis(env, site, { ...SPAN, groupBy, now })).toEqual(
            rowsOf(tallyDay(whole, scope), scope),
          );
        }
        // Each day by itself, from the rows that are read for it alone.
        for (const from of isLast ? DAYS : []) {
          const scope = { ...rules, from: from + 1, to: from + DAY_MS, now, groupBy: "campaign" as const };
          expect(
            await reportKpis(env, site, { from: from + 1, to: from + DAY_MS, groupBy: "campaign", now }),
          ).toEqual(rowsOf(tallyDay(whole, scope), scope));
        }
      }
    }),
    { numRuns: 15 },
  );
}, 300_000);
