/** Rule T73 of `docs/rules/targeting.md`: a bandit's periods, from the history that has matured to what is published. */
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PublishedSite } from "../../domain/targeting/campaign.ts";
import * as tables from "../../migrations/schema.ts";
import { maturedArms } from "../../workers/experiments/matured-arms.ts";
import { configKey } from "../../workers/publish/publish.ts";
import { runSchedule } from "../../workers/schedule.ts";
import { makeSite, pageView, send } from "./site.ts";

const NOON = Date.UTC(2037, 10, 23, 11);
const HOUR = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

const db = () => drizzle(env.DB);
const variants = ["a", "b"].map((key) => ({ key, weight: 0.5, creative: {} }));

type Unit = { visitor: string; variant: string; arm?: string; hoursAgo?: number; phase?: number };

let rows = 0;
async function expose(site: string, units: Unit[], now = NOON): Promise<void> {
  const values = units.map(({ visitor, variant, arm = "treated", hoursAgo = 50, phase = 1 }) => ({
    site,
    id: `dec_${(rows += 1)}`,
    revision: 1,
    visitorId: visitor,
    sessionId: "ses",
    campaignId: "cmp_ab",
    phase,
    variant,
    kind: "offer",
    arm,
    probability: 0.5,
    eligibleAt: now - hoursAgo * HOUR,
  }));
  for (let from = 0; from < values.length; from += 5) {
    await db()
      .insert(tables.exposures)
      .values(values.slice(from, from + 5));
  }
}

async function buy(site: string, visitors: string[], hoursAgo = 49, status = "claimed"): Promise<void> {
  for (const visitorId of visitors) {
    const at = NOON - hoursAgo * HOUR;
    const order = { orderId: `o_${visitorId}`, revision: 1, total: 50, currency: "EUR", items: 1 };
    await db()
      .insert(tables.orders)
      .values({ site, ...order, visitorId, status, at, receivedAt: at, covered: false });
  }
}

const crowd = (variant: string, count: number, name = variant) =>
  Array.from({ length: count }, (_, index) => ({ visitor: `${name}-${index}`, variant }));
const names = (units: Unit[], count: number) => units.slice(0, count).map(({ visitor }) => visitor);

async function periodsOf(site: string) {
  const found = await db().select().from(tables.banditPeriods).where(eq(tables.banditPeriods.site, site));
  return found.map(({ phase, period, arms, weights }) => ({
    phase,
    period,
    arms: JSON.parse(arms) as { variant: string; n: number; x: number }[],
    weights: JSON.parse(weights) as number[],
  }));
}

async function publishedBandit(site: string) {
  const { version } = await env.SITE_DESK.getByName(site).status();
  const stored = PublishedSite.parse(await env.CONFIG.get(configKey(site, version), { type: "json" }));
  return stored.campaigns[0]?.bandit ?? null;
}

const bandit = { id: "cmp_ab", kind: "offer" as const, allocation: "bandit" as const, variants };

test("T73: the weights move by what has matured, each visitor once, and are published and played", async () => {
  const { key } = await makeSite({ campaigns: [{ ...bandit, holdout: 0 }] });
  const [a, b] = [crowd("a", 100), crowd("b", 100)];
  await expose(key, [...a, ...b.slice(1)]);
  await buy(key, [...names(a, 2), ...names(b, 20)]);
  await runSchedule(env, NOON);
  expect(await periodsOf(key)).toEqual([]);

  // None of these is a unit: a later exposure, one whose window is open, a held-out visitor, another phase.
  await expose(key, [
    { visitor: "a-0", variant: "b", hoursAgo: 49 },
    { visitor: "fresh", variant: "b", hoursAgo: 47 },
    { visitor: "ghost", variant: "b", arm: "holdout" },
    { visitor: "old", variant: "b", phase: 0 },
  ]);
  await buy(key, ["fresh", "ghost", "old"], 46);
  await runSchedule(env, NOON);
  expect(await periodsOf(key)).toEqual([]);

  await expose(key, [{ visitor: "b-0", variant: "b" }]);
  await runSchedule(env, NOON);
  const [first, ...more] = await periodsOf(key);
  expect(more).toEqual([]);
  expect(first).toMatchObject({
    phase: 1,
    period: 1,
    arms: [
      { variant: "a", n: 100, x: 2 },
      { variant: "b", n: 100, x: 20 },
    ],
    weights: [expect.closeTo(0.05, 3), expect.closeTo(0.95, 3)],
  });
  expect(await publishedBandit(key)).toEqual({ period: 1, weights: first?.weights });
  const shown: string[] = [];
  for (let index = 0; index < 12; index += 1) {
    const { decisions } = await send(key, [pageView(`new-${index}`, "/")]);
    shown.push(...decisions.map(({ variant }) => variant));
  }
  expect(shown.filter((variant) => variant === "b").length).toBeGreaterThan(8);
});

test("T73: at most one period an hour, none without news, and a new phase starts from nothing", async () => {
  const { key } = await makeSite({ campaigns: [bandit] });
  const [a, b] = [crowd("a", 100), crowd("b", 100)];
  await expose(key, [...a, ...b]);
  await buy(key, names(b, 9));
  await runSchedule(env, NOON);
  await expose(key, crowd("a", 1, "late"));
  await runSchedule(env, NOON + HOUR - 1);
  expect(await periodsOf(key)).toHaveLength(1);
  await runSchedule(env, NOON + HOUR);
  expect((await periodsOf(key)).map(({ period, arms }) => [period, arms[0]?.n])).toEqual([
    [1, 100],
    [2, 101],
  ]);
  await runSchedule(env, NOON + 3 * HOUR);
  expect(await periodsOf(key)).toHaveLength(2);

  const { campaigns, sites } = tables;
  await db()
    .update(campaigns)
    .set({ phase: 2 })
    .where(and(eq(campaigns.site, key), eq(campaigns.id, "cmp_ab")));
  await db().update(sites).set({ configVersion: 9 }).where(eq(sites.key, key));
  await runSchedule(env, NOON + 5 * HOUR);
  expect(await publishedBandit(key)).toBeNull();
  await expose(
    key,
    [...crowd("a", 100, "next"), ...crowd("b", 100, "then")].map((unit) => ({ ...unit, phase: 2 })),
  );
  await runSchedule(env, NOON + 7 * HOUR);
  expect((await periodsOf(key)).map(({ phase, period }) => [phase, period])).toEqual([
    [1, 1],
    [1, 2],
    [2, 1],
  ]);
  expect(await publishedBandit(key)).toMatchObject({ period: 1 });
});

test("T73: only what counts is a success: the site's rule, refunds, the goal, and whoever the visitor also is", async () => {
  const { key } = await makeSite({ orders: "confirmed", campaigns: [bandit] });
  const [a, b] = [crowd("a", 100), crowd("b", 100)];
  await expose(key, [...a, ...b]);
  await buy(key, names(a, 5));
  await buy(key, [...names(b, 3), "u:lea"], 49, "confirmed");
  await db()
    .insert(tables.identities)
    .values([
      { site: key, userId: "lea", visitorId: "u:lea", revision: 1, at: NOON },
      { site: key, userId: "lea", visitorId: "b-50", revision: 1, at: NOON },
      // Found out after chance had spoken: what the other id bought is not this unit's.
      { site: key, userId: "max", visitorId: "phone", revision: 1, at: NOON - 90 * HOUR },
      { site: key, userId: "max", visitorId: "b-60", revision: 1, at: NOON - 49 * HOUR },
      // Known before: it is.
      { site: key, userId: "eva", visitorId: "tablet", revision: 1, at: NOON - 90 * HOUR },
      { site: key, userId: "eva", visitorId: "b-70", revision: 1, at: NOON - 80 * HOUR },
    ]);
  await buy(key, ["phone", "tablet"], 49, "confirmed");
  const refund = { site: key, revision: 1, at: NOON, status: "confirmed" };
  await db()
    .insert(tables.refunds)
    .values([
      { ...refund, id: "r1", orderId: "o_b-0", visitorId: "b-0", amount: null },
      { ...refund, id: "r2", orderId: "o_b-1", visitorId: "b-1", amount: 20 },
    ]);
  await runSchedule(env, NOON);
  const [period] = await periodsOf(key);
  expect(period?.arms.map(({ x }) => x)).toEqual([0, 4]);
});

test("T73: a goal of leads counts leads and no orders", async () => {
  const { key } = await makeSite({ campaigns: [{ ...bandit, goal: "quote" }] });
  const body = JSON.stringify({ key: "quote", name: "Devis", kind: "lead" });
  await db()
    .insert(tables.resources)
    .values({ id: "goa_1", site: key, noun: "goals", body, createdAt: 0, updatedAt: 0 });
  const [a, b] = [crowd("a", 100), crowd("b", 100)];
  await expose(key, [...a, ...b]);
  await buy(key, names(b, 9));
  for (const visitorId of names(a, 4)) {
    const at = NOON - 40 * HOUR;
    await db().insert(tables.leads).values({ site: key, id: visitorId, revision: 1, visitorId, at });
  }
  await runSchedule(env, NOON);
  const [period] = await periodsOf(key);
  expect(period?.arms.map(({ x }) => x)).toEqual([4, 0]);
});

test("RES25: what has matured is told by the period of weights in which each visitor first came", async () => {
  const { key } = await makeSite({ campaigns: [bandit] });
  const began = (period: number, hoursAgo: number) => ({
    site: key,
    campaignId: "cmp_ab",
    phase: 1,
    period,
    arms: "[]",
    weights: "[0.5,0.5]",
    startedAt: NOON - hoursAgo * HOUR,
  });
  await db()
    .insert(tables.banditPeriods)
    .values([began(1, 90), began(2, 60)]);
  const at = (units: Unit[], hoursAgo: number) => units.map((one) => ({ ...one, hoursAgo }));
  await expose(key, [
    ...at([...crowd("a", 3, "first"), ...crowd("b", 2, "second")], 100),
    ...at(crowd("b", 4, "third"), 90),
    ...at(crowd("a", 5, "fourth"), 55),
  ]);
  // Who came before counts where that was.
  await expose(key, at([{ visitor: "first-0", variant: "a" }], 52));
  await buy(key, ["first-0", "first-1"], 95);
  await buy(key, ["fourth-4"], 54);
  const asked = {
    campaign: "cmp_ab",
    phase: 1,
    goal: { kind: "sale" as const, lead: null },
    windowMs: 48 * HOUR,
    now: NOON,
  };
  expect(await maturedArms(env, key, asked)).toEqual(
    new Map([
      [
        "a",
        [
          { n: 3, x: 2 },
          { n: 0, x: 0 },
          { n: 5, x: 1 },
        ],
      ],
      [
        "b",
        [
          { n: 2, x: 0 },
          { n: 4, x: 0 },
          { n: 0, x: 0 },
        ],
      ],
    ]),
  );
});
