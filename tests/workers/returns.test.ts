/** Business cases, contacts and monthly statements from the API's front door. */
import { env, exports } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import type { WireCaseReport, WireContacts, WireMonth } from "../../domain/roi/wire.ts";
import {
  agentStates,
  audit,
  campaignPhases,
  contacts,
  conversations,
  exposures,
  identities,
  orders,
  refunds,
  statements,
  surveys,
} from "../../migrations/schema.ts";
import { CampaignInput } from "../../domain/targeting/campaign.ts";
import { eventually } from "./eventually.ts";
import { signIn } from "./login.ts";
import { makeSite, pageView, post, send, track } from "./site.ts";

const DAY = 86_400_000;
const MONTH = "2026-03";
const IN_MARCH = Date.UTC(2026, 2, 10);

type Answer = { status: number; body: unknown };

async function ask(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: object,
): Promise<Answer> {
  const response = await exports.default.fetch(`http://localhost/api/sites/${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, body: json ? (JSON.parse(text) as unknown) : text };
}

const bearer = (apiKey: string) => ({ authorization: `Bearer ${apiKey}` });

/** When the so-manieth of an arm is first eligible, over so many days of March. */
const eligibleAt = (index: number, days: number) => IN_MARCH + (index % days) * DAY;

/** So many of either arm first eligible in March, of whom so many bought for 10 € within the window. */
async function fill(
  site: string,
  treated: [n: number, x: number],
  holdout: [n: number, x: number],
  days = 1,
) {
  const db = drizzle(env.DB);
  const body = CampaignInput.parse({
    name: "Cart",
    kind: "chat",
    holdout: holdout[0] / (treated[0] + holdout[0]),
    variants: [{ key: "a", creative: {} }],
  });
  const phase = {
    site,
    campaignId: "cmp_a",
    phase: 1,
    body: JSON.stringify(body),
    startedAt: IN_MARCH - DAY,
  };
  await db.insert(campaignPhases).values(phase);
  const inserts = (
    [
      ["treated", treated],
      ["holdout", holdout],
    ] as const
  ).flatMap(([arm, [n, x]]) =>
    Array.from({ length: n }, (_, index) => {
      const visitorId = `${arm}-${index}`;
      const base = { site, revision: 1, visitorId };
      return [
        db.insert(exposures).values({
          ...base,
          id: `dec_${visitorId}`,
          sessionId: `ses_${visitorId}`,
          campaignId: "cmp_a",
          phase: 1,
          variant: "a",
          kind: "chat",
          arm,
          probability: 0.5,
          eligibleAt: eligibleAt(index, days),
        }),
        ...(index < x
          ? [
              db.insert(orders).values({
                ...base,
                orderId: `o_${visitorId}`,
                at: IN_MARCH + DAY,
                receivedAt: IN_MARCH + DAY,
                total: 10,
                currency: "EUR",
                status: "confirmed",
                items: 1,
                covered: false,
              }),
            ]
          : []),
      ];
    }).flat(),
  );
  for (let from = 0; from < inserts.length; from += 100) {
    const [first, ...rest] = inserts.slice(from, from + 100);
    if (first !== undefined) await db.batch([first, ...rest]);
  }
}

const AGREEMENT = {
  name: "Per sale",
  kpi: "incremental_sales",
  campaigns: ["cmp_a"],
  rate: 4,
  basis: "estimate",
  from_month: "2026-01",
};

async function agree(site: string, headers: Record<string, string>, more: object = {}): Promise<string> {
  const made = await ask("POST", `${site}/agreements`, headers, { ...AGREEMENT, ...more });
  expect(made).toMatchObject({ status: 201 });
  return (made.body as { id: string }).id;
}

async function month(site: string, headers: Record<string, string>): Promise<WireMonth> {
  const { body } = await ask("GET", `${site}/statements/${MONTH}`, headers);
  const [item] = (body as { items: WireMonth[] }).items;
  if (item === undefined) throw new Error(JSON.stringify(body));
  return item;
}

test("RET9 RET10: a statement counts confirmed orders, is issued once, stays, and says what changed since", async () => {
  const { key, apiKey } = await makeSite({ timezone: "UTC", campaigns: [{ id: "cmp_a", kind: "chat" }] });
  const headers = bearer(apiKey);
  await fill(key, [400, 100], [100, 10]);
  const agreement = await agree(key, headers);
  const db = drizzle(env.DB);
  // Only claimed: not counted.
  await db.insert(orders).values({
    site: key,
    revision: 1,
    visitorId: "treated-300",
    orderId: "claimed",
    at: IN_MARCH + 1,
    receivedAt: IN_MARCH,
    total: 99,
    currency: "EUR",
    status: "claimed",
    items: 1,
    covered: false,
  });
  const open = await month(key, headers);
  expect(open).toMatchObject({ state: "ready", statement: { due: 240, reason: "due" }, issued: [] });
  expect(open.events).toBe(1 + 500 + 110);

  const issued = await ask("POST", `${key}/statements/${MONTH}`, headers, { agreement });
  expect(issued).toMatchObject({ status: 201, body: { state: "issued", reproduced: true } });
  const again = await ask("POST", `${key}/statements/${MONTH}`, headers, { agreement });
  expect(again).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });

  // A better rate agreed later, and an order given back: what was issued stays as it was.
  await ask("PATCH", `${key}/agreements/${agreement}`, { ...headers, "if-match": '"1"' }, { rate: 1_000 });
  const back = { site: key, id: "r1", revision: 1, orderId: "o_treated-0", visitorId: "treated-0" };
  await db.insert(refunds).values({ ...back, at: IN_MARCH + 2 * DAY, amount: null, status: "confirmed" });
  const changed = await month(key, headers);
  expect(changed).toMatchObject({
    state: "changed",
    statement: { due: 240 },
    digest: open.digest,
    reproduced: true,
    now: {
      due: 236,
      changed_lines: 1,
      changes: [{ change: "removed", line: '["order","dec_treated-0","o_treated-0",1000]' }],
    },
  });

  const amended = await ask("POST", `${key}/statements/${MONTH}`, headers, { agreement });
  expect(amended.body).toMatchObject({
    state: "issued",
    statement: { due: 236 },
    issued: [
      { revision: 2, due: 236, changed_lines: 1 },
      { revision: 1, due: 240, changed_lines: 0, digest: open.digest },
    ],
  });
  expect((await db.select().from(statements)).map(({ revision }) => revision)).toEqual([1, 2]);
  const trail = (await db.select().from(audit)).map(({ action }) => action);
  expect(trail.filter((action) => action.startsWith("statements."))).toEqual([
    "statements.issue",
    "statements.amend",
  ]);
  expect((await ask("DELETE", `${key}/agreements/${agreement}`, headers)).status).toBe(409);

  const events = await ask("GET", `${key}/statements/${MONTH}/events.csv?agreement=${agreement}`, headers);
  const rows = String(events.body).trim().split("\r\n");
  expect(rows).toHaveLength(1 + 1 + 500 + 109);
  expect(rows.filter((row) => row.startsWith("order,"))).toHaveLength(109);
});

test("RET13: an agreement on satisfaction that asks for none is refused where its goals stand", async () => {
  const { key, apiKey } = await makeSite({ timezone: "UTC" });
  const headers = bearer(apiKey);
  const terms = { name: "Content", kpi: "satisfaction", rate: 5_000, from_month: "2026-01" };
  const path = `${key}/agreements`;
  const invalid = (at: string) => ({ status: 400, body: { error: { code: "invalid", path: at } } });
  expect(await ask("POST", path, headers, terms)).toMatchObject(invalid("goals"));
  expect(await ask("POST", path, headers, { ...terms, minimum: 80 })).toMatchObject(invalid("minimum"));
  const made = await ask("POST", path, headers, { ...terms, minimum: 0.8 });
  expect(made).toMatchObject({ status: 201 });
  const { id } = made.body as { id: string };
  const taken = { minimum: null };
  expect(await ask("PATCH", `${path}/${id}`, { ...headers, "if-match": '"1"' }, taken)).toMatchObject(
    invalid("goals"),
  );
});

test("RET16: a statement's events tell each answer that its goal is counted from, and it comes to the same again", async () => {
  const { key, apiKey } = await makeSite({ timezone: "UTC", campaigns: [{ id: "cmp_a", kind: "chat" }] });
  const headers = bearer(apiKey);
  await fill(key, [200, 60], [60, 10]);
  const db = drizzle(env.DB);
  const at = Date.UTC(2026, 2, 31, 23, 30);
  for (let index = 0; index < 41; index += 1) {
    // The last one begins as the month after it does.
    const startedAt = index === 40 ? Date.UTC(2026, 3, 1) : at + index;
    const id = `cnv-${index}`;
    const one = { site: key, revision: 1, visitorId: `treated-${index}` };
    await db.batch([
      db.insert(conversations).values({
        ...one,
        id,
        status: "closed",
        createdAt: startedAt,
        firstVisitorMessageAt: startedAt,
        firstAgentMessageAt: startedAt + 60_000,
        lastMessageAt: startedAt + 120_000,
        closedAt: startedAt + 120_000,
        visitorMessages: 1,
        agentMessages: 1,
      }),
      db.insert(surveys).values({
        ...one,
        conversationId: id,
        at: startedAt + DAY,
        csat: index < 36 ? 5 : 2,
      }),
    ]);
  }
  const goals = [
    { kpi: "csat", bound: "at_least", value: 0.9 },
    { kpi: "waiting_p90", bound: "at_most", value: 90 },
  ];
  const beyond = [{ kpi: "coverage_rate", bound: "at_least", value: 0.1 }];
  expect(await ask("POST", `${key}/agreements`, headers, { ...AGREEMENT, goals: beyond })).toMatchObject({
    status: 400,
    body: { error: { code: "invalid", path: "goals.0.kpi" } },
  });
  const agreement = await agree(key, headers, { goals });
  const open = await month(key, headers);
  expect(open.events).toBe(1 + 260 + 70 + 2 * 40);
  expect(open.statement.goals).toMatchObject([
    { reading: 0.9, n: 40, listed: true, state: "met" },
    { reading: 60, n: 40, listed: true, state: "met" },
  ]);
  expect(open.statement.reason).toBe("due");
  await ask("POST", `${key}/statements/${MONTH}`, headers, { agreement });
  expect(await month(key, headers)).toMatchObject({ state: "issued", reproduced: true });
  const events = await ask("GET", `${key}/statements/${MONTH}/events.csv?agreement=${agreement}`, headers);
  const answers = String(events.body)
    .split("\r\n")
    .map((row) => row.split(","))
    .filter(([kind, , , kpi]) => kind === "goal_unit" && kpi === "csat");
  expect(answers).toHaveLength(40);
  expect(answers.filter((row) => Number(row[7]) >= 4)).toHaveLength(36);
  expect(new Set(answers.map((row) => row[5]))).toContain("cnv-0");

  // One takes the answer back to a 1: it is told which, and nothing is due any more.
  await db.update(surveys).set({ csat: 1 }).where(eq(surveys.conversationId, "cnv-3"));
  expect(await month(key, headers)).toMatchObject({
    state: "changed",
    reproduced: true,
    now: {
      due: 0,
      changes: [
        { change: "added", line: '["goal_unit","csat","cnv-3",1]' },
        { change: "removed", line: '["goal_unit","csat","cnv-3",5]' },
      ],
    },
  });
});

test("RET11: a month is issued once all of it has come in, by admins only, each site its own", async () => {
  const { key, apiKey } = await makeSite({ timezone: "UTC", campaigns: [{ id: "cmp_a", kind: "chat" }] });
  const headers = bearer(apiKey);
  const agreement = await agree(key, headers);
  const thisMonth = new Date().toISOString().slice(0, 7);
  const path = `${key}/statements/${thisMonth}`;
  const { body } = await ask("GET", path, headers);
  expect(body).toMatchObject({ items: [{ state: "open", statement: { due: 0, reason: "not_measured" } }] });
  expect(await ask("POST", path, headers, { agreement })).toMatchObject({ status: 409 });
  expect(await ask("POST", path, headers, { agreement: "agr_other" })).toMatchObject({ status: 404 });
  expect(await ask("GET", `${key}/statements/2026-13`, headers)).toMatchObject({
    status: 400,
    body: { error: { path: "month" } },
  });
  expect(await ask("POST", `${key}/statements/2025-12`, headers, { agreement })).toMatchObject({
    status: 404,
  });
  const { key: other, apiKey: foreign } = await makeSite();
  expect(await ask("GET", `${key}/statements/${MONTH}`, bearer(foreign))).toMatchObject({ status: 404 });
  expect((await ask("GET", `${other}/statements/${MONTH}`, bearer(foreign))).body).toMatchObject({
    items: [],
  });
  const { cookie } = await signIn("Léa", [key]);
  for (const asked of ["statements/2026-03", "agreements", "business-cases", "contacts"]) {
    expect(await ask("GET", `${key}/${asked}`, { cookie })).toMatchObject({ status: 403 });
  }
  for (const [wrong, at] of [
    [{ campaigns: ["cmp_b"] }, "campaigns"],
    [{ campaigns: [] }, "campaigns"],
    [{ to_month: "2025-01" }, "to_month"],
    [{ rate: -1 }, "rate"],
  ] as const) {
    const refused = await ask("POST", `${key}/agreements`, headers, { ...AGREEMENT, ...wrong });
    expect(refused).toMatchObject({ status: 400, body: { error: { path: at } } });
  }
});

const point = (value: number) => ({ low: value, likely: value, high: value });
const CASE = {
  name: "Cart help",
  campaign: "cmp_a",
  visitors: { low: 8_000, likely: 10_000, high: 12_000 },
  conversion: point(0.02),
  basket: point(100),
  margin: point(0.5),
  acceptance: { low: 0.03, likely: 0.08, high: 0.12 },
  lift: { low: 0, likely: 1, high: 3 },
  agent_hour: point(30),
  chats_per_agent_hour: point(5),
};

test("RET3: a case is kept as it was once its campaign has begun, and says that nothing is measured yet", async () => {
  const { key, apiKey } = await makeSite({ timezone: "UTC", campaigns: [{ id: "cmp_a", kind: "chat" }] });
  const headers = bearer(apiKey);
  const made = await ask("POST", `${key}/business-cases`, headers, CASE);
  expect(made.status).toBe(201);
  const { id } = made.body as { id: string };
  const read = async () =>
    ((await ask("GET", `${key}/business-cases/reports`, headers)).body as { items: WireCaseReport[] })
      .items[0];
  const before = await read();
  expect(before).toMatchObject({ id, began_at: null, written_before: true, result_state: null });
  expect(before?.rows.every(({ says }) => says === "not_measured")).toBe(true);
  expect(before?.expectation.net.low).toBeLessThan(before?.expectation.net.high ?? 0);

  const path = `${key}/business-cases/${id}`;
  expect(await ask("PATCH", path, { ...headers, "if-match": '"1"' }, { months: 6 })).toMatchObject({
    status: 200,
  });
  await fill(key, [40, 6], [10, 1]);
  expect(await ask("PATCH", path, { ...headers, "if-match": '"2"' }, { months: 3 })).toMatchObject({
    status: 409,
  });
  // The campaign began in March; this case was written after.
  expect(await read()).toMatchObject({ written_before: false, measured_visitors: 40 });
  const turned = { ...CASE, lift: { low: 1, likely: 0, high: 2 } };
  expect(await ask("POST", `${key}/business-cases`, headers, turned)).toMatchObject({
    status: 400,
    body: { error: { path: "lift.likely" } },
  });
});

test("RET6: a call that a server tells with an API key is a contact; a page's word is not", async () => {
  const { key, apiKey } = await makeSite();
  await send(key, [pageView("v1", "/"), track("v1", "Call Started")]);
  const told = await post("/v1/batch", apiKey, {
    batch: [track("v1", "Call Started"), track("v1", "Email Sent"), track("v1", "Something Else")],
  });
  expect(told.status).toBe(200);
  const rows = await eventually(
    () => drizzle(env.DB).select().from(contacts),
    (all) => all.length >= 2,
  );
  expect(rows.map(({ channel }) => channel).toSorted()).toEqual(["email", "phone"]);
  expect(rows.every(({ site, visitorId }) => site === key && visitorId === "v1")).toBe(true);
});

test("RET6: a site's own names for calls and e-mails count in place of the usual ones", async () => {
  const { key, apiKey } = await makeSite({ contact_events: { phone: ["Hotline Reached"], email: [] } });
  const batch = [track("v1", "Call Started"), track("v1", "Email Sent"), track("v1", "Hotline Reached")];
  expect((await post("/v1/batch", apiKey, { batch })).status).toBe(200);
  const rows = await eventually(
    () => drizzle(env.DB).select().from(contacts),
    (all) => all.some(({ site }) => site === key),
  );
  expect(rows.filter(({ site }) => site === key).map(({ channel }) => channel)).toEqual(["phone"]);
});

test("RET5 RET14: a campaign's contacts are told by arm, with what a call costs", async () => {
  const { key, apiKey } = await makeSite({
    timezone: "UTC",
    economics: { agent_hour: 30, contact_phone: 8 },
    campaigns: [{ id: "cmp_a", kind: "chat" }],
  });
  const days = 10;
  await fill(key, [400, 0], [100, 0], days);
  const db = drizzle(env.DB);
  const base = { site: key, revision: 1, channel: "phone" } as const;
  for (let index = 0; index < 30; index += 1) {
    const at = eligibleAt(index, days);
    await db.insert(contacts).values({ ...base, id: `h${index}`, visitorId: `holdout-${index}`, at: at + 1 });
    await db
      .insert(contacts)
      .values({ ...base, id: `t${index}`, visitorId: `treated-${index}`, at: at + DAY + 1 });
  }
  // Told for a user alone, whom a visitor of the campaign has proven to be.
  const known = { site: key, userId: "ada", revision: 1, at: IN_MARCH };
  await db.insert(identities).values([
    { ...known, visitorId: "treated-399" },
    { ...known, visitorId: "u:ada" },
  ]);
  await db.insert(contacts).values({ ...base, id: "u1", visitorId: "u:ada", at: IN_MARCH + 11 * DAY });
  const told = async () =>
    (await ask("GET", `${key}/contacts?campaign=cmp_a`, bearer(apiKey))).body as WireContacts;
  const { effects, costs } = await told();
  const of = (hours: number) => effects.find((one) => one.channel === "phone" && one.hours === hours);
  expect(of(1)).toMatchObject({ treated: { visitors: 400, contacting: 0 }, holdout: { contacting: 30 } });
  expect(of(1)).toMatchObject({ state: "too_few", basis: null, difference: null, deflected: null });
  expect(of(168)).toMatchObject({ state: "read", basis: "sequential" });
  expect(of(168)?.deflected?.value).toBeCloseTo(0.3 * 400 - 31, 6);
  expect(of(168)?.saved?.value).toBeCloseTo(8 * 89, 6);
  expect(costs).toMatchObject({ chats: 0, per_chat: null, per_call: 8, per_email: null });
  // The same visitors, of whom half were to be held out.
  const [phase] = await db.select().from(campaignPhases).where(eq(campaignPhases.site, key));
  const body = JSON.stringify({ ...(JSON.parse(phase?.body ?? "{}") as object), holdout: 0.5 });
  await db.update(campaignPhases).set({ body }).where(eq(campaignPhases.site, key));
  expect((await told()).effects.map(({ state, difference, saved }) => [state, difference, saved])).toEqual(
    effects.map(() => ["unusable_split", null, null]),
  );
  expect(await ask("GET", `${key}/contacts?campaign=cmp_x`, bearer(apiKey))).toMatchObject({ status: 404 });
});

/** What the figures and the return say that seven chats of three days ago cost. */
async function costsTold(economics: object, { online }: { online: boolean }) {
  const { key, apiKey } = await makeSite({
    timezone: "UTC",
    economics,
    campaigns: [{ id: "cmp_a", kind: "chat" }],
  });
  await fill(key, [7, 0], [0, 0]);
  const db = drizzle(env.DB);
  const now = Date.now();
  for (let index = 0; index < 7; index += 1) {
    const at = now - 3 * DAY + index;
    await db.insert(conversations).values({
      site: key,
      id: `cnv-${index}`,
      revision: 1,
      visitorId: `treated-${index}`,
      decisionId: `dec_treated-${index}`,
      status: "closed",
      createdAt: at,
      firstVisitorMessageAt: at,
      firstAgentMessageAt: at + 1_000,
      lastMessageAt: at + 2_000,
      closedAt: at + 2_000,
      visitorMessages: 1,
      agentMessages: 1,
    });
  }
  const startedAt = now - 3 * DAY - DAY / 24;
  const state = { site: key, id: "st_1", revision: 1, agentId: "usr_1", state: "online" as const };
  if (online) {
    await db.insert(agentStates).values({ ...state, capacity: 3, startedAt, endedAt: startedAt + DAY / 12 });
  }
  // A span into the future: only what has passed of it counts.
  const query = `from=${new Date(now - 4 * DAY).toISOString()}&to=${new Date(now + 20 * DAY).toISOString()}`;
  const read = async (noun: string) => (await ask("GET", `${key}/${noun}?${query}`, bearer(apiKey))).body;
  const [row] = ((await read("kpis")) as { rows: Record<string, { value: number | null }>[] }).rows;
  return {
    figures: [row?.["cost_total"]?.value, row?.["cost_per_contact"]?.value],
    costs: ((await read("contacts")) as WireContacts).costs,
  };
}

const BOTH_PRICES = { agent_hour: 31, platform_month: 299.99 };

test("RET15: a contact has one cost in the figures and the return", async () => {
  const { figures, costs } = await costsTold(BOTH_PRICES, { online: true });
  // Two hours, and four days of the platform, to within the time that this test takes.
  expect(costs.total).toBeCloseTo(2 * 31 + (299.99 * 4 * 12) / 365.2425, 2);
  expect(figures[0]).toBeCloseTo(costs.total ?? NaN, 2);
  expect(figures[1]).toBeCloseTo(costs.per_chat?.value ?? NaN, 2);
});

test.each([
  ["where nobody logged an hour", BOTH_PRICES, false, { agents: null }],
  ["where the platform's price is missing", { agent_hour: 31 }, true, { agents: 62, platform: null }],
])("RET15: %s no cost is told anywhere", async (_, economics, online, parts) => {
  expect(await costsTold(economics, { online })).toMatchObject({
    figures: [null, null],
    costs: { chats: 7, total: null, per_chat: null, ...parts },
  });
});
