/** The overview over the API: from rows of history to the one figure, and who may ask. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { OverviewWire } from "../../domain/overview/wire.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import {
  audit,
  campaignPhases,
  campaigns,
  conversations,
  deadLetters,
  exposures,
  leads,
  orders,
  resources,
  sessions,
} from "../../migrations/schema.ts";
import worker from "../../workers/index.ts";
import { signIn } from "./login.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

const DAY = 86_400_000;
const NOW = Date.now();
const TODAY = NOW - (NOW % DAY);
const SPAN = `from=${new Date(TODAY - 27 * DAY).toISOString()}&to=${new Date(TODAY + DAY).toISOString()}`;

async function ask(path: string, key: string): Promise<Response> {
  const context = createExecutionContext();
  const request = new Request(`http://localhost${path}`, { headers: { authorization: `Bearer ${key}` } });
  const answer = await worker.fetch(request, env, context);
  await waitOnExecutionContext(context);
  return answer;
}

async function read(site: { key: string; apiKey: string }, span = SPAN): Promise<OverviewWire> {
  const answer = await ask(`/api/sites/${site.key}/overview?${span}`, site.apiKey);
  expect(answer.status).toBe(200);
  return OverviewWire.parse(await answer.json());
}

/** The first look has the sums made, the second reads them. */
async function readCounted(site: { key: string; apiKey: string }, span = SPAN): Promise<OverviewWire> {
  await read(site, span);
  return read(site, span);
}

type Row = { visitor: string; held: boolean; at: number; total: number | null };

async function insertAll<T>(rows: T[], insert: (part: T[]) => Promise<unknown>, each: number): Promise<void> {
  for (let from = 0; from < rows.length; from += each) await insert(rows.slice(from, from + each));
}

/** Visitors of one campaign who came over twenty days, of whom those with a total bought, or left their address. */
async function keepVisitors(
  site: string,
  campaign: string,
  rows: readonly Row[],
  kind: "sale" | "lead" = "sale",
): Promise<void> {
  const db = drizzle(env.DB);
  const visits = rows.map(({ visitor, held, at }) => {
    const {
      table: _table,
      visitor_id: _visitor,
      ...one
    } = sessionRecord({
      id: `ses_${visitor}`,
      visitor_id: visitor,
    });
    return {
      site,
      id: one.id,
      revision: 1,
      visitorId: visitor,
      startedAt: at,
      lastAt: at,
      endedAt: at,
      pages: 1,
      events: 1,
      seconds: 1,
      utm: "{}",
      cartValue: 0,
      cartItems: 0,
      globalHoldout: campaign === "" && held,
      covered: true,
      eligible: true,
    };
  });
  await insertAll(visits, (part) => db.insert(sessions).values(part), 5);
  const exposed = rows.map(({ visitor, held, at }) => ({
    site,
    id: `dec_${visitor}`,
    revision: 1,
    visitorId: visitor,
    sessionId: `ses_${visitor}`,
    campaignId: campaign,
    phase: 1,
    variant: "a",
    kind: "content",
    arm: held ? "holdout" : "treated",
    probability: 0.5,
    eligibleAt: at,
  }));
  if (campaign !== "") await insertAll(exposed, (part) => db.insert(exposures).values(part), 8);
  if (kind === "lead") {
    const left = rows.flatMap(({ visitor, at, total }) =>
      total === null
        ? []
        : [
            {
              site,
              id: `l_${visitor}`,
              revision: 1,
              visitorId: visitor,
              at: at + 60_000,
              value: total,
              currency: "EUR",
            },
          ],
    );
    return insertAll(left, (part) => db.insert(leads).values(part), 8);
  }
  const bought = rows.flatMap(({ visitor, at, total }) =>
    total === null
      ? []
      : [
          {
            site,
            orderId: `o_${visitor}`,
            revision: 1,
            visitorId: visitor,
            at: at + 60_000,
            receivedAt: at,
            total,
            currency: "EUR",
            status: "claimed",
            items: 1,
            covered: true,
          },
        ],
  );
  await insertAll(bought, (part) => db.insert(orders).values(part), 8);
}

/** 200 invited of whom 120 bought for 50 to 70, 200 held out of whom 30 did. */
const people = (prefix: string): Row[] =>
  Array.from({ length: 400 }, (_, index) => {
    const held = index % 2 === 1;
    const rank = Math.floor(index / 2);
    const buys = rank < (held ? 30 : 120);
    return {
      visitor: `${prefix}${index}`,
      held,
      at: TODAY - (1 + (rank % 20)) * DAY,
      total: buys ? 50 + (rank % 3) * 10 : null,
    };
  });

const CAMPAIGN = { holdout: 0.5, allocation: "fixed" as const, window_hours: 48 };

test("OVW1 OVW2 OVW6: the figure comes from kept sums, first said to be counted, then told with its money; what is hidden adds nothing", async () => {
  const site = await makeSite({
    timezone: "UTC",
    economics: { margin: 0.5, agent_hour: 30, platform_month: 100 },
    campaigns: [
      { id: "cmp_a", ...CAMPAIGN },
      { id: "cmp_open", holdout: 0 },
    ],
  });
  await keepVisitors(site.key, "cmp_a", people("a"));
  await keepVisitors(
    site.key,
    "cmp_open",
    people("b").map((one) => ({ ...one, held: false })),
  );
  const first = await read(site);
  expect(first.earned).toMatchObject({ basis: "campaigns", state: "collecting", revenue: null });
  expect(first.campaigns.map(({ state }) => state)).toEqual(["counting", "counting"]);

  const { earned, ...told } = await read(site);
  const revenue = (rows: readonly Row[], held: boolean) =>
    rows.reduce((sum, one) => sum + (one.held === held ? (one.total ?? 0) : 0), 0);
  const expected = revenue(people("a"), false) - revenue(people("a"), true);
  expect(earned).toMatchObject({ state: "measured", visitors: { invited: 200, held_out: 200 } });
  expect(earned.bought).toEqual({ invited: 0.6, held_out: 0.15 });
  expect(earned.revenue?.value).toBeCloseTo(expected, 6);
  expect(earned.course).toHaveLength(20);
  expect(earned.course.at(-1)).toMatchObject({ value: earned.revenue?.value });
  expect(told.campaigns.map(({ id, state, contributes }) => [id, state, contributes === null])).toEqual([
    ["cmp_a", "likely_better", false],
    ["cmp_open", "not_measurable", true],
  ]);
  expect(told.margin?.amount?.value).toBeCloseTo(expected * 0.5, 6);
  // The same agents served those of the campaign whose effect nobody knows.
  expect(told.agents_and_platform).toBeGreaterThan(0);
  expect([told.net, told.roi]).toEqual([null, null]);
  expect(told.needs_you.map(({ code }) => code)).toEqual(["better", "holdout_missing"]);
});

test("OVW29 RES18: who comes after the planned end of a campaign that goes on is in the figure; its result is that of the end", async () => {
  const site = await makeSite({ timezone: "UTC" });
  const end = TODAY - 10 * DAY;
  const body = {
    name: "Cart help",
    kind: "content" as const,
    status: "live" as const,
    variants: [{ key: "a", creative: { fr: { title: "A" } } }],
    ...CAMPAIGN,
    planned_end: new Date(end).toISOString(),
  };
  const since = TODAY - 30 * DAY;
  const db = drizzle(env.DB);
  const text = JSON.stringify(CampaignInput.parse(body));
  const whose = { site: site.key, status: "live" as const, name: body.name, body: text };
  await db.insert(campaigns).values({ id: "cmp_end", ...whose, createdAt: since, updatedAt: since });
  await db
    .insert(campaignPhases)
    .values({ site: site.key, campaignId: "cmp_end", phase: 1, body: text, startedAt: since });
  await keepVisitors(site.key, "cmp_end", people("e"));
  const span = (from: number, to: number) =>
    `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;

  const after = await readCounted(site, span(end, TODAY + DAY));
  const came = people("e").filter(({ at }) => at >= end);
  const sold = (held: boolean) =>
    came.reduce((sum, one) => sum + (one.held === held ? (one.total ?? 0) : 0), 0);
  expect(after.earned).toMatchObject({ state: "measured", visitors: { invited: 100, held_out: 100 } });
  expect(after.earned.revenue?.value).toBeCloseTo(sold(false) - sold(true), 6);
  expect(after.campaigns).toMatchObject([{ state: "likely_better", basis: "final", is_missing: false }]);
  const whole = await read(site);
  expect(whole.earned.visitors).toEqual({ invited: 200, held_out: 200 });
  // Its own result is of those who came before, also counted anew and told by itself.
  expect(whole.campaigns).toMatchObject([{ visitors: 200, held_out: 100 }]);
  const result = await ask(`/api/sites/${site.key}/campaigns/cmp_end/results`, site.apiKey);
  expect(await result.json()).toMatchObject({ basis: "final", plan: { visitors: 200 } });
  // Had it rested when that end came, all of them would be looked at as at any day, whether it goes on or not.
  for (const until of [null, end + DAY]) {
    await db.update(campaignPhases).set({ rests: JSON.stringify([[end - DAY, until]]) });
    const rested = await read(site);
    expect(rested.campaigns).toMatchObject([{ basis: "sequential", visitors: 400 }]);
    const own = await ask(`/api/sites/${site.key}/campaigns/cmp_end/results`, site.apiKey);
    expect(await own.json()).toMatchObject({
      basis: "sequential",
      is_open: until !== null,
      history: { letters: 0, is_late: false },
    });
  }
  await db.update(campaignPhases).set({ rests: "[]" });
  // A period in which nobody came is no campaign without a hold-out.
  const none = await readCounted(site, span(TODAY, TODAY + DAY));
  expect(none.earned).toMatchObject({ state: "nobody", revenue: null });
  expect(none.campaigns).toMatchObject([{ is_missing: false }]);
});

test("OVW16: the value of leads is no revenue; what is left of it is told where everybody served is in it", async () => {
  const settings = { timezone: "UTC", economics: { margin: 0.5, agent_hour: 30, platform_month: 100 } };
  const alone = await makeSite({ ...settings, campaigns: [{ id: "cmp_a", ...CAMPAIGN }] });
  const both = await makeSite({
    ...settings,
    campaigns: [
      { id: "cmp_b", ...CAMPAIGN },
      { id: "cmp_leads", ...CAMPAIGN, goal: "contact" },
    ],
  });
  const goal = { key: "contact", name: "Contact", kind: "lead" };
  await drizzle(env.DB)
    .insert(resources)
    .values({
      id: "goal_contact",
      site: both.key,
      noun: "goals",
      body: JSON.stringify(goal),
      createdAt: 0,
      updatedAt: 0,
    });
  await keepVisitors(alone.key, "cmp_a", people("a"));
  await keepVisitors(both.key, "cmp_b", people("a"));
  await keepVisitors(both.key, "cmp_leads", people("l"), "lead");

  const sales = await readCounted(alone);
  const cost = sales.agents_and_platform ?? 0;
  expect(cost).toBeGreaterThan(0);
  expect(sales.net?.value).toBeCloseTo((sales.margin?.amount?.value ?? 0) - cost, 6);
  const told = await readCounted(both);
  expect(told.earned.revenue).toEqual(sales.earned.revenue);
  const leads = told.campaigns.find(({ id }) => id === "cmp_leads");
  expect(leads).toMatchObject({ goal: "lead", state: "likely_better", contributes: null });
  // Of those whose window has passed, nearly half more.
  expect(leads?.difference?.value).toBeCloseTo(0.45, 2);
  expect([told.net, told.roi]).toEqual([null, null]);
});

test("OVW6: sums that history went on from are told as they were, and then as they are", async () => {
  const site = await makeSite({ timezone: "UTC", campaigns: [{ id: "cmp_a", ...CAMPAIGN }] });
  await keepVisitors(site.key, "cmp_a", people("a"));
  const before = await readCounted(site);
  await drizzle(env.DB).delete(orders);
  await env.DB.prepare(
    "UPDATE rollup_marks SET dirty = built + 1, built_at = built_at - 60000 WHERE site = ?",
  )
    .bind(site.key)
    .run();
  const meanwhile = await read(site);
  expect(meanwhile.earned.revenue).toEqual(before.earned.revenue);
  const after = await read(site);
  expect(after.earned).toMatchObject({ state: "too_few", revenue: null });
});

test("OVW3 OVW17: with a hold-out over all campaigns the figure is its, over whole weeks since its share was set, and stays for a week", async () => {
  const site = await makeSite({
    timezone: "UTC",
    global_holdout: 0.5,
    campaigns: [{ id: "cmp_a", ...CAMPAIGN }],
  });
  await keepVisitors(site.key, "", people("a"));
  const changed = (id: string, at: number, keys: string[]) =>
    drizzle(env.DB)
      .insert(audit)
      .values({
        id,
        site: site.key,
        actor: "usr",
        action: "site.update",
        target: site.key,
        detail: JSON.stringify({ keys, version: 2 }),
        at,
      });
  await changed("aud_1", TODAY - 23 * DAY, ["name", "global_holdout"]);
  await changed("aud_2", TODAY - DAY, ["name"]);
  expect((await read(site)).earned).toMatchObject({ basis: "site_holdout", state: "collecting" });
  const { earned } = await read(site);
  expect(earned).toMatchObject({
    state: "measured",
    from: new Date(TODAY - 23 * DAY).toISOString(),
    to: new Date(TODAY - 2 * DAY).toISOString(),
    // Who came on the two days since is in neither.
    visitors: { invited: 180, held_out: 180 },
    bought: { invited: 0.6, held_out: 26 / 180 },
  });
  const tomorrow = SPAN.replace(/to=.*$/, `to=${new Date(TODAY - DAY).toISOString()}`);
  expect((await readCounted(site, tomorrow)).earned).toEqual({
    ...earned,
    counted_at: expect.any(String),
  });
  expect(earned.revenue?.value).toBeGreaterThan(0);
  expect(earned.course.at(-1)?.value).toBeCloseTo(earned.revenue?.value ?? 0, 9);

  await changed("aud_3", TODAY - 9 * DAY, ["global_holdout"]);
  expect((await readCounted(site)).earned).toMatchObject({ state: "collecting", revenue: null });
});

test("OVW18 OVW19: chats whose orders may still come are in the figure and not in its change, which says so", async () => {
  const site = await makeSite({ timezone: "UTC" });
  const chatted = (prefix: string, daysAgo: number, count: number, buyers: number) =>
    Array.from({ length: count }, (_, index) => {
      const at = TODAY - daysAgo * DAY;
      return { visitor: `${prefix}${index}`, at, buys: index < buyers };
    });
  // The same share buys; of those of yesterday nobody has yet.
  const all = [...chatted("old", 35, 60, 15), ...chatted("now", 8, 60, 15), ...chatted("new", 1, 60, 0)];
  await keepVisitors(
    site.key,
    "",
    all.map(({ visitor, at, buys }) => ({ visitor, held: false, at, total: buys ? 50 : null })),
  );
  const rows = all.map(({ visitor, at }) => ({
    site: site.key,
    id: `cnv_${visitor}`,
    revision: 1,
    visitorId: visitor,
    sessionId: `ses_${visitor}`,
    status: "closed",
    createdAt: at,
    firstVisitorMessageAt: at,
    firstAgentMessageAt: at + 20_000,
    closedAt: at + 40_000,
    visitorMessages: 1,
    agentMessages: 1,
    transfers: 0,
  }));
  await insertAll(rows, (part) => drizzle(env.DB).insert(conversations).values(part), 3);
  const { figures } = await read(site);
  const { now, before, change, maturing } = figures.conversion_after_chat;
  expect([now.numerator, now.denominator]).toEqual([15, 120]);
  expect([before.numerator, before.denominator]).toEqual([15, 60]);
  expect(change).toMatchObject({ value: 0, p: 1 });
  expect(maturing).toMatchObject({
    to: new Date(TODAY - 3 * DAY).toISOString(),
    now: { numerator: 15, denominator: 60 },
    before: { numerator: 15, denominator: 60 },
  });
  expect(figures.first_reply_median.maturing).toBeNull();
  const today = await read(site, SPAN.replace(/from=[^&]+/, `from=${new Date(TODAY - DAY).toISOString()}`));
  expect(today.figures.conversion_after_chat).toMatchObject({
    change: null,
    maturing: { to: null, now: null, before: null },
  });
});

test("OVW2 OVW5: a site on which nothing happened says what to do, and messages that history refused are told", async () => {
  const site = await makeSite({ timezone: "Europe/Paris" });
  const empty = await read(site);
  expect(empty.earned).toMatchObject({ state: "nobody", revenue: null, course: [] });
  expect(empty.needs_you).toEqual([{ code: "no_campaign" }]);
  expect(empty.figures.csat).toMatchObject({ now: { value: null }, change: null });
  await drizzle(env.DB)
    .insert(deadLetters)
    .values({ id: "m1", site: site.key, receivedAt: NOW, body: "{}", error: "x" });
  expect((await read(site)).needs_you[0]).toMatchObject({ code: "history_late", letters: 1 });
});

test("OVW7: another site's is not found, an agent may not, and what is malformed is refused at its place", async () => {
  const mine = await makeSite();
  const other = await makeSite();
  const path = `/api/sites/${mine.key}/overview`;
  expect((await ask(path, mine.apiKey)).status).toBe(200);
  expect((await ask(path, other.apiKey)).status).toBe(404);
  expect((await exports.default.fetch(`http://localhost${path}`)).status).toBe(401);
  const agent = await signIn("Léa", [mine.key]);
  const asAgent = await exports.default.fetch(`http://localhost${path}`, {
    headers: { cookie: agent.cookie },
  });
  expect(asAgent.status).toBe(403);
  for (const [query, at] of [
    ["from=yesterday", "from"],
    ["to=2026-13-01", "to"],
    ["from=2026-11-02&to=2026-11-01", "from"],
    ["from=2020-01-01&to=2026-01-01", "from"],
  ]) {
    const answer = await ask(`${path}?${query}`, mine.apiKey);
    expect([query, answer.status]).toEqual([query, 400]);
    expect(await answer.json()).toMatchObject({ error: { code: "invalid", path: at } });
  }
});

test("OVW24: the first reply is counted inside business hours where that is asked, its change too, and nothing else is", async () => {
  const dayOfWeek = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
  const site = await makeSite({
    timezone: "UTC",
    business_hours: [{ dayOfWeek: [...dayOfWeek], opens: "09:00", closes: "18:00" }],
  });
  const keep = (id: string, at: number, seconds: number) =>
    drizzle(env.DB)
      .insert(conversations)
      .values({
        site: site.key,
        id,
        revision: 1,
        visitorId: `v-${id}`,
        status: "closed",
        agentId: "usr_a",
        createdAt: at,
        firstVisitorMessageAt: at,
        firstAgentMessageAt: at + seconds * 1_000,
        closedAt: at + seconds * 1_000 + 60_000,
        visitorMessages: 1,
        agentMessages: 1,
      });
  for (let nth = 0; nth < 20; nth += 1) {
    // By day after half a minute, in this span and the one before; at night, in this one, an hour before the opening.
    await keep(`day-${nth}`, TODAY - 3 * DAY + 10 * 3_600_000 + nth * 60_000, 30);
    await keep(`before-${nth}`, TODAY - 40 * DAY + 10 * 3_600_000 + nth * 60_000, 30);
    await keep(`night-${nth}`, TODAY - 2 * DAY + 8 * 3_600_000, 3_600 + 40);
    await keep(`late-${nth}`, TODAY - 2 * DAY + 7 * 3_600_000, 7_200 + 40);
  }
  const clock = await read(site);
  const inside = await read(site, `${SPAN}&business_hours=true`);
  expect([clock.business_hours, inside.business_hours]).toEqual([false, true]);
  const reply = ({ figures }: OverviewWire) => figures.first_reply_median;
  expect(reply(clock).now.value).toBeGreaterThan(3_000);
  expect(reply(clock).change?.low).toBeGreaterThan(0);
  expect(reply(inside).now).toMatchObject({ value: 40, n: 60 });
  expect(reply(inside).before.value).toBe(30);
  expect(reply(inside).change?.value).toBe(10);
  expect(inside.figures.first_reply_p90.now.value).toBe(40);
  const others = ({
    figures: { first_reply_median: _median, first_reply_p90: _p90, ...rest },
  }: OverviewWire) => rest;
  expect(others(inside)).toEqual(others(clock));
  expect(inside.needs_you).toEqual(clock.needs_you);
  const refused = await ask(`/api/sites/${site.key}/overview?business_hours=1`, site.apiKey);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: { path: "business_hours" } });
});
