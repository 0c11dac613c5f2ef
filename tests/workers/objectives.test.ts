/** Objectives, pilots and the guide from the API's front door. */
import { env, exports } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import type { WireGuide, WirePilot, WireProgress } from "../../domain/objectives/wire.ts";
import {
  agentStates,
  audit,
  campaigns,
  conversations,
  exposures,
  members,
  sessions,
  surveys,
} from "../../migrations/schema.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

const DAY = 86_400_000;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

async function ask(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: object,
): Promise<{ status: number; body: unknown; etag: string | null }> {
  const response = await exports.default.fetch(`http://localhost/api/sites/${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? null : (JSON.parse(text) as unknown),
    etag: response.headers.get("etag"),
  };
}

const bearer = (apiKey: string) => ({ authorization: `Bearer ${apiKey}` });

/** So many invitations on each of the last days, of which every `accepts`-th was accepted. */
async function invite(site: string, campaign: string, { days, each, accepts }: Record<string, number>) {
  const db = drizzle(env.DB);
  const now = Date.now();
  for (let day = 1; day <= (days ?? 0); day += 1) {
    for (let index = 0; index < (each ?? 0); index += 1) {
      const at = now - day * DAY;
      const id = `${campaign}-${day}-${index}`;
      const visitorId = `v-${id}`;
      const visit = { site, id: `ses-${id}`, revision: 1, visitorId, startedAt: at, lastAt: at, endedAt: at };
      await db.batch([
        db.insert(sessions).values({
          ...visit,
          pages: 1,
          events: 1,
          seconds: 1,
          utm: "{}",
          cartValue: 0,
          cartItems: 0,
          globalHoldout: false,
          covered: true,
          eligible: true,
        }),
        db.insert(exposures).values({
          site,
          id: `dec-${id}`,
          revision: 1,
          visitorId,
          sessionId: `ses-${id}`,
          campaignId: campaign,
          phase: 1,
          variant: "a",
          kind: "chat",
          arm: "treated",
          probability: 1,
          eligibleAt: at,
          shownAt: at,
        }),
        ...(index % (accepts ?? 1) === 0
          ? [
              db.insert(conversations).values({
                site,
                id: `cnv-${id}`,
                revision: 1,
                visitorId,
                decisionId: `dec-${id}`,
                status: "closed",
                createdAt: at,
                firstVisitorMessageAt: at,
                firstAgentMessageAt: at + 1_000,
                lastMessageAt: at + 2_000,
                closedAt: at + 2_000,
                visitorMessages: 1,
                agentMessages: 1,
              }),
            ]
          : []),
      ]);
    }
  }
}

const OBJECTIVE = {
  name: "More accept",
  kpi: "acceptance_rate",
  baseline: 0.05,
  target: 0.1,
  starts_on: dayOf(Date.now() - 30 * DAY),
  due_on: dayOf(Date.now() + 30 * DAY),
  window_days: 7,
  owner: "Anne",
};

test("OBJ15: an objective keeps which hours count for its KPI, and is read so; of another KPI it is refused", async () => {
  const dayOfWeek = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
  const { key, apiKey } = await makeSite({
    timezone: "UTC",
    business_hours: [{ dayOfWeek: [...dayOfWeek], opens: "09:00", closes: "18:00" }],
  });
  const headers = bearer(apiKey);
  const opens = Math.floor(Date.now() / DAY) * DAY - 2 * DAY + 9 * 3_600_000;
  for (let nth = 0; nth < 40; nth += 1) {
    await drizzle(env.DB)
      .insert(conversations)
      .values({
        site: key,
        id: `cnv-${nth}`,
        revision: 1,
        visitorId: `v-${nth}`,
        status: "closed",
        agentId: "usr_a",
        createdAt: opens - 3_600_000,
        firstVisitorMessageAt: opens - 3_600_000,
        firstAgentMessageAt: opens + 50_000,
        closedAt: opens + 120_000,
        visitorMessages: 1,
        agentMessages: 1,
      });
  }
  const reply = { ...OBJECTIVE, kpi: "first_reply_median", baseline: 90, target: 60 };
  const idOf = async (body: object) => {
    const made = await ask("POST", `${key}/objectives`, headers, body);
    expect(made.status).toBe(201);
    return (made.body as { id: string }).id;
  };
  const clock = await idOf(reply);
  const inside = await idOf({ ...reply, business_hours: true });
  const { body } = await ask("GET", `${key}/objectives/progress`, headers);
  const { items } = body as { items: WireProgress[] };
  const valueOf = (id: string) => items.find((one) => one.id === id)?.reading?.value;
  expect([valueOf(clock), valueOf(inside)]).toEqual([3_600, 50]);
  expect(items.map(({ id, state }) => [id === inside, state]).toSorted()).toEqual([
    [false, "at_risk"],
    [true, "reached"],
  ]);
  const path = `${key}/objectives/${inside}`;
  expect((await ask("GET", path, headers)).body).toMatchObject({ business_hours: true });
  const refusal = { status: 400, body: { error: { code: "invalid", path: "business_hours" } } };
  expect(
    await ask("POST", `${key}/objectives`, headers, { ...OBJECTIVE, business_hours: true }),
  ).toMatchObject(refusal);
  expect(
    await ask("PATCH", path, { ...headers, "if-match": '"1"' }, { kpi: "handle_time_median" }),
  ).toMatchObject(refusal);
  expect(
    await ask("POST", `${key}/objectives`, headers, { ...reply, business_hours: "night" }),
  ).toMatchObject(refusal);
});

test("OBJ10: objectives are nouns with a version and an audit; what cannot be is refused at its place", async () => {
  const { key, apiKey } = await makeSite();
  const headers = bearer(apiKey);
  const made = await ask("POST", `${key}/objectives`, headers, OBJECTIVE);
  expect(made.status).toBe(201);
  const { id, version } = made.body as { id: string; version: number };
  expect([version, made.etag]).toEqual([1, '"1"']);
  const path = `${key}/objectives/${id}`;
  expect((await ask("PATCH", path, headers, { target: 0.2 })).status).toBe(428);
  expect((await ask("PATCH", path, { ...headers, "if-match": '"7"' }, { target: 0.2 })).status).toBe(412);
  const changed = await ask("PATCH", path, { ...headers, "if-match": '"1"' }, { target: 0.2 });
  expect(changed.body).toMatchObject({ target: 0.2, version: 2 });
  const trail = await drizzle(env.DB).select().from(audit);
  expect(trail.map(({ action }) => action)).toEqual(["objectives.create", "objectives.update"]);

  for (const [body, at] of [
    [{ ...OBJECTIVE, due_on: OBJECTIVE.starts_on }, "due_on"],
    [{ ...OBJECTIVE, kpi: "happiness" }, "kpi"],
    [{ ...OBJECTIVE, starts_on: "2026-02-30" }, "starts_on"],
    [{ ...OBJECTIVE, target: null }, "target"],
  ] as const) {
    const refused = await ask("POST", `${key}/objectives`, headers, body);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: "invalid", path: at } } });
  }
  const pilot = {
    name: "Cart",
    stage: "Two agents",
    next_stage: "All",
    share: 0.2,
    starts_on: "2026-01-01",
    ends_on: "2026-02-01",
    criteria: [{ kpi: "csat", bound: "at_least", value: 0.8 }],
  };
  expect(await ask("POST", `${key}/pilots`, headers, { ...pilot, campaign: "cmp_other" })).toMatchObject({
    status: 400,
    body: { error: { path: "campaign" } },
  });
  for (const [body, at] of [
    [pilot, "campaign"],
    [{ ...pilot, share: 1, pages: ["/cart"] }, "campaign"],
    [{ ...pilot, share: 1, agents: ["usr_other"] }, "agents.0"],
  ] as const) {
    const refused = await ask("POST", `${key}/pilots`, headers, body);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: "invalid", path: at } } });
  }
  expect((await ask("POST", `${key}/pilots`, headers, { ...pilot, share: 1 })).status).toBe(201);
});

test("OBJ3: progress is told from the site's own figures, with interval and line", async () => {
  const { key, apiKey } = await makeSite({ timezone: "UTC", campaigns: [{ id: "cmp_a", kind: "chat" }] });
  const headers = bearer(apiKey);
  await invite(key, "cmp_a", { days: 6, each: 40, accepts: 4 });
  const { body } = await ask("POST", `${key}/objectives`, headers, OBJECTIVE);
  const { id } = body as { id: string };
  const answer = await ask("GET", `${key}/objectives/progress`, headers);
  const [progress] = (answer.body as { items: WireProgress[] }).items;
  expect(progress).toMatchObject({
    id,
    state: "reached",
    reading: { value: 0.25, numerator: 60, denominator: 240, n: 240 },
    days_left: 31,
  });
  expect(progress?.expected).toBeGreaterThan(0.05);
  expect(progress?.expected).toBeLessThan(0.1);

  const pilot = {
    name: "Cart",
    stage: "Two agents",
    next_stage: "All",
    share: 1,
    campaign: "cmp_a",
    starts_on: dayOf(Date.now() - 6 * DAY),
    ends_on: dayOf(Date.now() - DAY),
    criteria: [
      { kpi: "acceptance_rate", bound: "at_least", value: 0.1 },
      { kpi: "csat", bound: "at_least", value: 0.8 },
    ],
  };
  await ask("POST", `${key}/pilots`, headers, pilot);
  const told = await ask("GET", `${key}/pilots/progress`, headers);
  const [standing] = (told.body as { items: WirePilot[] }).items;
  expect(standing).toMatchObject({ verdict: "extend", criteria: [{ state: "met" }, { state: "too_few" }] });
});

test("OBJ13 OBJ14: a pilot is read of its agents and its campaign, and of nothing once the campaign does otherwise", async () => {
  const { key, apiKey } = await makeSite({ timezone: "UTC", campaigns: [{ id: "cmp_a", kind: "chat" }] });
  const headers = bearer(apiKey);
  await signIn("Léa", [key]);
  await signIn("Max", [key]);
  await invite(key, "cmp_a", { days: 6, each: 20, accepts: 1 });
  const db = drizzle(env.DB);
  const people = await db.select({ id: members.userId }).from(members).where(eq(members.site, key));
  const [lea = "", max = ""] = people.map(({ id }) => id);
  const rows = await db
    .select({ id: conversations.id })
    .from(conversations)
    .where(eq(conversations.site, key));
  // Two of three conversations are Léa's, whose visitors are content; Max's are not, and neither are nobody's.
  for (const [index, { id }] of rows.entries()) {
    const own = eq(conversations.id, id);
    await db.batch([
      db
        .update(conversations)
        .set({ agentId: index % 3 === 0 ? max : lea })
        .where(own),
      db.insert(surveys).values({
        site: key,
        conversationId: id,
        visitorId: "somebody",
        revision: 1,
        at: Date.now() - DAY,
        csat: index % 3 === 0 ? 1 : 5,
      }),
    ]);
  }
  const pilot = {
    name: "Cart",
    stage: "One agent",
    next_stage: "All",
    share: 1,
    agents: [lea],
    campaign: "cmp_a",
    starts_on: dayOf(Date.now() - 7 * DAY),
    ends_on: dayOf(Date.now() - DAY),
    criteria: [
      { kpi: "csat", bound: "at_least", value: 0.8 },
      { kpi: "acceptance_rate", bound: "at_least", value: 0.8 },
    ],
  };
  const refused = await ask("POST", `${key}/pilots`, headers, {
    ...pilot,
    criteria: [{ kpi: "coverage_rate", bound: "at_least", value: 0.5 }],
  });
  expect(refused).toMatchObject({ status: 400, body: { error: { path: "criteria.0.kpi" } } });
  expect(await ask("POST", `${key}/pilots`, headers, pilot)).toMatchObject({ status: 201 });
  const read = async () =>
    ((await ask("GET", `${key}/pilots/progress`, headers)).body as { items: WirePilot[] }).items[0];
  expect(await read()).toMatchObject({
    verdict: "advance",
    fault: null,
    criteria: [
      { over: "agents", state: "met", reading: { value: 1, denominator: 80, n: 80 } },
      { over: "campaign", state: "met", reading: { value: 1, denominator: 120 } },
    ],
  });

  const [campaign] = await db.select({ body: campaigns.body }).from(campaigns).where(eq(campaigns.site, key));
  const body = JSON.stringify({ ...(JSON.parse(campaign?.body ?? "{}") as object), holdout: 0.5 });
  await db.update(campaigns).set({ body }).where(eq(campaigns.site, key));
  expect(await read()).toMatchObject({
    verdict: "unreadable",
    fault: "other_share",
    criteria: [{ reading: { value: null } }, { reading: { value: null } }],
  });
});

test("OBJ8 OBJ10: the guide and the ledger are for admins, and tell each campaign apart", async () => {
  const { key, apiKey } = await makeSite({
    timezone: "UTC",
    economics: { agent_hour: 30, platform_month: 300 },
    campaigns: [
      { id: "cmp_a", kind: "chat" },
      { id: "cmp_b", kind: "chat" },
    ],
  });
  await invite(key, "cmp_a", { days: 6, each: 40, accepts: 40 });
  await invite(key, "cmp_b", { days: 6, each: 40, accepts: 2 });
  await drizzle(env.DB)
    .update(campaigns)
    .set({ createdAt: Date.now() - 10 * DAY })
    .where(eq(campaigns.site, key));
  const startedAt = Date.now() - 5 * DAY;
  await drizzle(env.DB)
    .insert(agentStates)
    .values({
      site: key,
      id: "st_1",
      revision: 1,
      agentId: "usr_1",
      state: "online",
      capacity: 3,
      startedAt,
      endedAt: startedAt + DAY / 24,
    });
  const answer = await ask("GET", `${key}/guide`, bearer(apiKey));
  expect(answer.status).toBe(200);
  const { findings, ledger, benchmarks } = answer.body as WireGuide;
  const rows = Object.fromEntries(ledger.map((row) => [row.campaign, row]));
  expect(rows["cmp_a"]).toMatchObject({
    triggered: 240,
    displayed: 240,
    acceptance_rate: { numerator: 6, denominator: 240 },
    chats_handled: 6,
    effect: { state: "not_measurable", difference: null },
    net: null,
  });
  expect(rows["cmp_b"]).toMatchObject({ chats_handled: 120 });
  // The time of their conversations, which were alike.
  expect(rows["cmp_a"]?.cost).toBeGreaterThan(0);
  expect(rows["cmp_b"]?.cost).toBeCloseTo(20 * (rows["cmp_a"]?.cost ?? NaN), 6);
  expect(findings.map(({ code, action, campaign }) => [code, action, campaign])).toEqual([
    ["no_holdout", "hold_out", "cmp_b"],
    ["no_holdout", "hold_out", "cmp_a"],
    ["acceptance_low", "change_message", "cmp_a"],
    // Over a hundred conversations, and nobody was heard.
    ["few_answers", "shorten_survey", null],
  ]);
  expect(benchmarks.every(({ source, years }) => source !== "" && years.length === 2)).toBe(true);

  const { key: other } = await makeSite();
  expect((await ask("GET", `${other}/guide`, bearer(apiKey))).status).toBe(404);
  expect((await ask("GET", `${key}/guide?from=never`, bearer(apiKey))).body).toMatchObject({
    error: { code: "invalid", path: "from" },
  });
  const { cookie } = await signIn("Léa", [key]);
  expect((await ask("GET", `${key}/guide`, { cookie })).status).toBe(403);
  expect((await ask("GET", `${key}/objectives/progress`, { cookie })).status).toBe(200);
});
