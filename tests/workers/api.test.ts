/** The API from its front door: sign-in, roles, nouns, versions, and who may see what. */
import { env, exports } from "cloudflare:workers";
import * as fc from "fast-check";
import { SignJWT } from "jose";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import type { HistoryMessage, HistoryRecord } from "../../domain/history/records.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { PublishedSite } from "../../domain/targeting/campaign.ts";
import { consumeHistory } from "../../workers/history/consumer.ts";
import { configKey, republishStale } from "../../workers/publish/publish.ts";
import { identitySecret } from "../../workers/site/identity.ts";
import { joinDesk } from "./chat-client.ts";
import { sessionRecord } from "./session-record.ts";

const ORIGIN = "http://aparte.test";
const DEMO_KEY = { authorization: "Bearer ak_demo_local_only" };
const switches = env as unknown as { DEMO: string; SETUP_TOKEN: string };
const TOKEN = switches.SETUP_TOKEN;

const ErrorBody = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string().min(1), path: z.string().optional() }),
});
const Item = z.looseObject({ id: z.string(), version: z.int() });
const List = z.object({ items: z.array(z.looseObject({})), next_cursor: z.string().nullable() });

type Headers = Record<string, string>;

async function ask(method: string, path: string, init: { body?: unknown; headers?: Headers } = {}) {
  const body = typeof init.body === "string" ? init.body : JSON.stringify(init.body);
  const json: Headers = init.body === undefined ? {} : { "content-type": "application/json" };
  const request = new Request(ORIGIN + path, {
    method,
    headers: { ...json, ...init.headers },
    ...(init.body === undefined ? {} : { body }),
  });
  return exports.default.fetch(request);
}

/** Asks, and insists on the status and, for a refusal, on the contract's shape. */
async function expectAnswer(
  status: number,
  method: string,
  path: string,
  init: Parameters<typeof ask>[2] = {},
) {
  const response = await ask(method, path, init);
  const text = await response.text();
  expect(`${response.status} ${text.slice(0, 200)}`).toMatch(new RegExp(`^${status} `));
  const body: unknown = text === "" ? null : JSON.parse(text);
  if (status >= 400) ErrorBody.parse(body);
  return { body, headers: response.headers };
}

async function signIn(email: string, password = "aparte-demo-1"): Promise<Headers> {
  const { headers } = await expectAnswer(200, "POST", "/api/auth/sign-in/email", {
    body: { email, password },
  });
  return {
    cookie: headers
      .getSetCookie()
      .map((cookie) => cookie.split(";")[0])
      .join("; "),
  };
}

async function seed(): Promise<void> {
  switches.DEMO = "1";
  await expectAnswer(201, "POST", "/api/setup/demo");
}

/** A second tenant with an agent, a campaign, an article and an API key of its own. */
async function secondSite(anne: Headers) {
  await expectAnswer(201, "POST", "/api/sites", { headers: anne, body: { key: "other", name: "Other" } });
  const agent = { email: "otto@other.test", name: "Otto", role: "agent", password: "otto-password-1" };
  await expectAnswer(201, "POST", "/api/sites/other/agents", { headers: anne, body: agent });
  const made = await expectAnswer(201, "POST", "/api/sites/other/api-keys", {
    headers: anne,
    body: { name: "server" },
  });
  const { key } = z.object({ key: z.string() }).parse(made.body);
  return { key: { authorization: `Bearer ${key}` }, otto: await signIn(agent.email, agent.password) };
}

const campaign = (more: object = {}) => ({
  name: "Essai",
  kind: "chat",
  variants: [{ key: "a", creative: { fr: { title: "Bonjour" } } }],
  ...more,
});

async function makeCampaign(more: object = {}) {
  const { body } = await expectAnswer(201, "POST", "/api/sites/demo/campaigns", {
    headers: DEMO_KEY,
    body: campaign(more),
  });
  return z.looseObject({ id: z.string(), version: z.int(), phase: z.int() }).parse(body);
}

function patch(id: string, version: number, body: object) {
  const headers = { ...DEMO_KEY, "if-match": `"${version}"` };
  return ask("PATCH", `/api/sites/demo/campaigns/${id}`, { headers, body });
}

/** The rest of the test happens at `now`. */
function travelTo(now: number): void {
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ["Date"], now });
}

/** Puts records into D1 the way they come: through the queue's consumer. */
async function writeHistory(records: HistoryRecord[], site = "demo"): Promise<void> {
  const message: HistoryMessage = { v: 1, site, owner: { kind: "visitor", name: `${site}:nobody` }, records };
  const acknowledged: string[] = [];
  const batch = {
    queue: "aparte-history",
    messages: [
      {
        id: "m1",
        timestamp: new Date(),
        attempts: 1,
        body: message,
        ack: () => acknowledged.push("m1"),
        retry: () => acknowledged.push("retried"),
      },
    ],
    ackAll: () => undefined,
    retryAll: () => undefined,
  };
  await consumeHistory(batch as unknown as MessageBatch, env);
  expect(acknowledged).toEqual(["m1"]);
}

const NOW = Date.now();
const MINUTE = 60_000;

function session(
  id: string,
  visitor: string,
  more: Partial<HistoryRecord & { table: "sessions" }> = {},
): HistoryRecord {
  const moments = { started_at: NOW - 30 * MINUTE, last_at: NOW - MINUTE };
  const counts = { pages: 3, events: 5, seconds: 60, entry_path: "/shop/" };
  const device = { device_type: "desktop", browser: "Firefox", os: "Linux", language: "fr", country: "FR" };
  const flags = { covered: true, eligible: true };
  return sessionRecord({ id, visitor_id: visitor, ...moments, ...counts, ...device, ...flags, ...more });
}
function exposure(id: string, visitor: string, more: object = {}): HistoryRecord {
  const ids = {
    table: "exposures" as const,
    id,
    revision: 1,
    visitor_id: visitor,
    session_id: `ses_${visitor}`,
  };
  const offer = { campaign_id: "cmp_demo_aide_panier", phase: 1, variant: "a", kind: "chat", probability: 1 };
  const moments = { eligible_at: NOW - 20 * MINUTE, shown_at: NOW - 20 * MINUTE, opened_at: null };
  const ends = { declined_at: null, ignored_at: null, clicked_at: null };
  return { ...ids, ...offer, arm: "treated", ...moments, ...ends, ...more };
}
function conversation(id: string, visitor: string, more: object = {}): HistoryRecord {
  const ids = { table: "conversations" as const, id, revision: 1, visitor_id: visitor, user_id: null };
  const about = {
    decision_id: null,
    skill: null,
    locale: "fr",
    page: "/shop/cart",
    agent_id: "usr_demo_lea",
  };
  const at = NOW - 15 * MINUTE;
  const moments = { created_at: at, queued_at: at, assigned_at: at, first_visitor_message_at: at };
  const later = { first_agent_message_at: at + MINUTE, last_message_at: at + MINUTE, closed_at: null };
  const end = { close_reason: null, outcome: null, visitor_messages: 1, agent_messages: 1, text: null };
  return { ...ids, ...about, status: "open", ...moments, ...later, ...end, ...more };
}
function order(id: string, visitor: string, total: number, more: object = {}): HistoryRecord {
  const ids = { table: "orders" as const, id, revision: 1, visitor_id: visitor, user_id: null };
  const moments = { session_id: `ses_${visitor}`, at: NOW - 5 * MINUTE, received_at: NOW - 5 * MINUTE };
  return { ...ids, ...moments, total, currency: "EUR", status: "claimed", items: 1, covered: true, ...more };
}

describe("set-up and sign-in", () => {
  test("API1: of ten racing set-ups with the token one wins; without it none does", async () => {
    switches.DEMO = "";
    const admin = { email: "first@admin.test", password: "a-long-password", name: "First" };
    await expectAnswer(401, "POST", "/api/setup", { body: { ...admin, token: "wrong" } });
    await expectAnswer(404, "POST", "/api/setup/demo");
    const tries = Array.from({ length: 10 }, (_, index) =>
      ask("POST", "/api/setup", { body: { ...admin, email: `${index}@admin.test`, token: TOKEN } }),
    );
    const answers = await Promise.all(tries);
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    const users = await env.DB.prepare("SELECT count(*) AS n FROM user").first<{ n: number }>();
    expect(users?.n).toBe(1);
  });

  test("API1: nobody signs up, and the demo cannot be seeded over a real installation", async () => {
    switches.DEMO = "";
    const admin = { email: "first@admin.test", password: "a-long-password", name: "First", token: TOKEN };
    await expectAnswer(201, "POST", "/api/setup", { body: admin });
    switches.DEMO = "1";
    await expectAnswer(404, "POST", "/api/setup/demo");
    await expectAnswer(404, "POST", "/api/auth/sign-up/email", { body: admin });
    const me = await expectAnswer(200, "GET", "/api/me", {
      headers: await signIn(admin.email, admin.password),
    });
    expect(me.body).toMatchObject({ user: { installation_admin: true }, sites: [] });
  });

  test("API2: signing in sets a cookie that scripts cannot read; signing out ends it", async () => {
    await seed();
    const wrong = { email: "lea@demo.test", password: "not-her-password" };
    const refused = await expectAnswer(401, "POST", "/api/auth/sign-in/email", { body: wrong });
    const unknown = await expectAnswer(401, "POST", "/api/auth/sign-in/email", {
      body: { ...wrong, email: "nobody@demo.test" },
    });
    expect(unknown.body).toEqual(refused.body);
    await expectAnswer(400, "POST", "/api/auth/sign-in/email", { body: "{" });
    await expectAnswer(400, "POST", "/api/auth/sign-in/email", { body: { email: 3 } });
    const { body, headers } = await expectAnswer(200, "POST", "/api/auth/sign-in/email", {
      body: { email: "lea@demo.test", password: "aparte-demo-1" },
    });
    expect(body).toEqual({ user: { id: "usr_demo_lea", email: "lea@demo.test", name: "Léa Martin" } });
    expect(headers.getSetCookie().join()).toMatch(/HttpOnly/i);
    const cookie = headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
    const me = await expectAnswer(200, "GET", "/api/me", { headers: { cookie } });
    expect(me.body).toEqual({
      user: { id: "usr_demo_lea", email: "lea@demo.test", name: "Léa Martin", installation_admin: false },
      sites: [{ key: "demo", name: "Atelier Lin", role: "agent" }],
      public_origin: ORIGIN,
    });
    await expectAnswer(200, "POST", "/api/auth/sign-out", { headers: { cookie }, body: {} });
    await expectAnswer(401, "GET", "/api/me", { headers: { cookie } });
  });

  test("API2: over https the cookie is bound to the host", async () => {
    await seed();
    const request = new Request("https://app.aparte.test/api/auth/sign-in/email", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "lea@demo.test", password: "aparte-demo-1" }),
    });
    const response = await exports.default.fetch(request);
    const [cookie] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-aparte[^;]*;.*Path=\/;.*HttpOnly;.*Secure;/i);
    expect(cookie).not.toMatch(/Domain=/i);
    const own = { cookie: cookie?.split(";")[0] ?? "" };
    const me = await exports.default.fetch("https://app.aparte.test/api/me", { headers: own });
    expect(me.status).toBe(200);
  });

  test("API3: a cookie's change that another origin's page made is refused; an API key needs no origin", async () => {
    await seed();
    const anne = await signIn("admin@demo.test");
    for (const foreign of [
      { origin: "https://evil.test" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
    ]) {
      const headers = { ...anne, ...foreign } as Headers;
      await expectAnswer(403, "POST", "/api/sites/demo/campaigns", { headers, body: campaign() });
      await expectAnswer(403, "POST", "/api/auth/sign-out", { headers, body: {} });
    }
    const headers = { ...anne, origin: ORIGIN, "sec-fetch-site": "same-origin" };
    await expectAnswer(201, "POST", "/api/sites/demo/campaigns", { headers, body: campaign() });
    await expectAnswer(401, "GET", "/api/sites", { headers: { authorization: "Bearer ak_unknown" } });
    await expectAnswer(401, "GET", "/api/sites", { headers: { ...anne, authorization: "Basic eA==" } });
    await expectAnswer(401, "GET", "/api/sites");
  });

  test("API6: a changed password ends the other sign-ins and closes the login's sockets", async () => {
    await seed();
    const [here, elsewhere] = [await signIn("lea@demo.test"), await signIn("lea@demo.test")];
    const socket = await openDesk(here);
    const wrong = { currentPassword: "x", newPassword: "another-password" };
    await expectAnswer(400, "POST", "/api/auth/change-password", { headers: here, body: wrong });
    const body = { currentPassword: "aparte-demo-1", newPassword: "another-password" };
    await expectAnswer(200, "POST", "/api/auth/change-password", { headers: here, body });
    expect(await socket.closed).toBe(4100);
    await expectAnswer(401, "GET", "/api/me", { headers: elsewhere });
    await signIn("lea@demo.test", "another-password");
  });
});

async function openDesk(headers: Headers): Promise<{ closed: Promise<number> }> {
  const response = await ask("GET", "/api/sites/demo/desk/socket", {
    headers: { ...headers, origin: ORIGIN, upgrade: "websocket" },
  });
  expect(response.status).toBe(101);
  const socket = response.webSocket;
  if (socket === null) throw new Error("no socket");
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => {
      resolve(code);
    });
  });
  socket.accept();
  return { closed };
}

describe("who may see what", () => {
  test(
    "API4: every route answers another site's credentials as if the site did not exist",
    { timeout: 120_000 },
    async () => {
      await seed();
      const anne = await signIn("admin@demo.test");
      const { key, otto } = await secondSite(anne);
      const document = z
        .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
        .parse((await expectAnswer(200, "GET", "/api/openapi.json")).body);
      const described = Object.entries(document.paths)
        .filter(([path]) => path.startsWith("/sites/{site}"))
        .flatMap(([path, operations]) =>
          Object.keys(operations).map((method) => [method.toUpperCase(), path]),
        );
      const others = [
        ["GET", "/sites/{site}/exports/orders.csv"],
        ["GET", "/sites/{site}/exports/nothing.csv"],
        ["GET", "/sites/{site}/desk/socket"],
        ["POST", "/sites/{site}/conversations/{id}/ticket"],
        ["GET", "/sites/{site}/nothing"],
      ];
      expect(described.length).toBeGreaterThan(35);
      for (const [method = "", path = ""] of [...described, ...others]) {
        const at = (site: string) =>
          `/api${path.replace("{site}", site).replace("{id}", "cmp_demo_aide_panier")}`;
        const body = method === "GET" || method === "DELETE" ? {} : { body: { name: "x" } };
        for (const headers of [key, otto]) {
          const foreign = await expectAnswer(404, method, at("demo"), { headers, ...body });
          const unknown = await expectAnswer(404, method, at("nowhere"), { headers, ...body });
          expect(foreign.body, `${method} ${path}`).toEqual(unknown.body);
        }
        await expectAnswer(401, method, at("demo"), body);
      }
    },
  );

  test("API4: another site's object under one's own site does not exist", async () => {
    await seed();
    const { key } = await secondSite(await signIn("admin@demo.test"));
    await writeHistory([session("ses_v1", "v1"), conversation("cnv_demo_1", "v1"), order("o1", "v1", 20)]);
    const ids = [
      ["campaigns", "cmp_demo_aide_panier"],
      ["campaigns", "cmp_demo_aide_panier/results"],
      ["articles", "art_demo_01"],
      ["agents", "usr_demo_lea"],
      ["api-keys", "key_demo_local"],
      ["conversations", "cnv_demo_1"],
      ["visitors", "v1"],
    ];
    for (const [noun = "", id = ""] of ids) {
      for (const method of ["GET", "PATCH", "DELETE"]) {
        const body = method === "PATCH" ? { body: { name: "mine" } } : {};
        const own = await expectAnswer(404, method, `/api/sites/other/${noun}/${id}`, {
          headers: key,
          ...body,
        });
        const none = await expectAnswer(404, method, `/api/sites/other/${noun}/none_${id}`, {
          headers: key,
          ...body,
        });
        const blank = (value: unknown) => JSON.stringify(value).replaceAll(`none_${id}`, id);
        expect(blank(own.body), `${method} ${noun}`).toBe(blank(none.body));
      }
    }
    for (const noun of ["campaigns", "articles", "conversations", "canned", "audit", "left-messages"]) {
      const { body } = await expectAnswer(200, "GET", `/api/sites/other/${noun}`, { headers: key });
      const text = JSON.stringify(List.parse(body)).replaceAll("usr_demo_anne", "who made the site");
      expect(text, noun).not.toContain("demo");
    }
    const results = "/api/sites/other/campaigns/cmp_demo_aide_panier/results";
    await expectAnswer(404, "GET", `${results}?phase=none`, { headers: key });
    const csv = await ask("GET", "/api/sites/other/exports/orders.csv", { headers: key });
    expect((await csv.text()).trim().split("\r\n")).toHaveLength(1);
    const kpis = await expectAnswer(200, "GET", "/api/sites/other/kpis", { headers: key });
    expect(kpis.body).toMatchObject({ rows: [{ visitors: { value: 0 }, orders: { value: 0 } }] });
  });

  test("API5: an agent reads what the work needs and gets 403 for what belongs to admins", async () => {
    await seed();
    const lea = await signIn("lea@demo.test");
    for (const noun of [
      "campaigns",
      "goals",
      "skills",
      "articles",
      "canned",
      "conversations",
      "left-messages",
    ]) {
      await expectAnswer(200, "GET", `/api/sites/demo/${noun}`, { headers: lea });
    }
    for (const noun of ["agents", "api-keys", "webhooks", "audit", "exports/orders.csv", "identity-secret"]) {
      await expectAnswer(403, "GET", `/api/sites/demo/${noun}`, { headers: lea });
    }
    await expectAnswer(403, "GET", "/api/sites/demo", { headers: lea });
    await expectAnswer(403, "PATCH", "/api/sites/demo", { headers: lea, body: {} });
    await expectAnswer(403, "POST", "/api/sites", { headers: lea, body: { key: "mine", name: "Mine" } });
    await expectAnswer(403, "POST", "/api/sites", { headers: DEMO_KEY, body: {} });
    await expectAnswer(403, "POST", "/api/sites/demo/campaigns", { headers: lea, body: campaign() });
    await expectAnswer(403, "DELETE", "/api/sites/demo/articles/art_demo_01", { headers: lea });
  });

  test("API6: who loses the place at a site loses it at once, sockets and all; the last admin cannot", async () => {
    await seed();
    const hugo = await signIn("hugo@demo.test");
    const socket = await openDesk(hugo);
    await expectAnswer(200, "GET", "/api/sites/demo/canned", { headers: hugo });
    const removed = await ask("DELETE", "/api/sites/demo/agents/usr_demo_hugo", { headers: DEMO_KEY });
    expect(removed.status).toBe(204);
    expect(await socket.closed).toBe(4100);
    await expectAnswer(404, "GET", "/api/sites/demo/canned", { headers: hugo });
    await expectAnswer(409, "DELETE", "/api/sites/demo/agents/usr_demo_anne", { headers: DEMO_KEY });
    const headers = { ...DEMO_KEY, "if-match": '"1"' };
    const demoted = { headers, body: { role: "agent" } };
    await expectAnswer(409, "PATCH", "/api/sites/demo/agents/usr_demo_anne", demoted);
    const promoted = { headers, body: { role: "admin" } };
    await expectAnswer(200, "PATCH", "/api/sites/demo/agents/usr_demo_lea", promoted);
    await expectAnswer(412, "PATCH", "/api/sites/demo/agents/usr_demo_lea", promoted);
  });

  test("API6: an admin sets no password of a login that also works elsewhere", async () => {
    await seed();
    await secondSite(await signIn("admin@demo.test"));
    const joins = { email: "OTTO@other.test", name: "Not Otto", role: "agent", password: "stolen-password" };
    const { body } = await expectAnswer(201, "POST", "/api/sites/demo/agents", {
      headers: DEMO_KEY,
      body: joins,
    });
    const otto = z.object({ id: z.string(), name: z.literal("Otto") }).parse(body);
    const headers = { ...DEMO_KEY, "if-match": '"1"' };
    const stolen = { headers, body: { password: "stolen-password" } };
    await expectAnswer(403, "PATCH", `/api/sites/demo/agents/${otto.id}`, stolen);
    await signIn("otto@other.test", "otto-password-1");
    await expectAnswer(409, "POST", "/api/sites/demo/agents", { headers: DEMO_KEY, body: joins });
  });

  test("API12: an API key is shown once and is worthless once revoked", async () => {
    await seed();
    const { body } = await expectAnswer(201, "POST", "/api/sites/demo/api-keys", {
      headers: DEMO_KEY,
      body: { name: "second" },
    });
    const { id, key } = z.object({ id: z.string(), key: z.string().startsWith("ak_") }).parse(body);
    const headers = { authorization: `Bearer ${key}` };
    const listed = await expectAnswer(200, "GET", "/api/sites/demo/api-keys", { headers });
    expect(JSON.stringify(listed.body)).not.toContain(key);
    const stored = await env.DB.prepare("SELECT * FROM api_keys WHERE id = ?").bind(id).first();
    expect(JSON.stringify(stored)).not.toContain(key);
    expect((await ask("DELETE", `/api/sites/demo/api-keys/${id}`, { headers })).status).toBe(204);
    await expectAnswer(401, "GET", "/api/sites/demo/api-keys", { headers });
  });
});

describe("nouns", () => {
  test("API7: credentials are judged first, then existence, version and body", async () => {
    await seed();
    const lea = await signIn("lea@demo.test");
    const path = "/api/sites/demo/campaigns/cmp_demo_aide_panier";
    const bad = { body: "{not json" };
    await expectAnswer(401, "PATCH", path, bad);
    await expectAnswer(403, "PATCH", path, { ...bad, headers: lea });
    await expectAnswer(404, "PATCH", `${path}x`, { ...bad, headers: DEMO_KEY });
    await expectAnswer(428, "PATCH", path, { ...bad, headers: DEMO_KEY });
    await expectAnswer(412, "PATCH", path, { ...bad, headers: { ...DEMO_KEY, "if-match": '"9"' } });
    await expectAnswer(400, "PATCH", path, { ...bad, headers: { ...DEMO_KEY, "if-match": '"1"' } });
  });

  test("API8: a list comes in pages that hold each item once, also while items are added", async () => {
    await seed();
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 20; page += 1) {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`;
      const { body } = await expectAnswer(200, "GET", `/api/sites/demo/articles?limit=5${query}`, {
        headers: DEMO_KEY,
      });
      const list = z.object({ items: z.array(Item), next_cursor: z.string().nullable() }).parse(body);
      seen.push(...list.items.map(({ id }) => id));
      cursor = list.next_cursor;
      if (cursor === null) break;
      const added = { title: "Nouveau", body: "Texte" };
      await expectAnswer(201, "POST", "/api/sites/demo/articles", { headers: DEMO_KEY, body: added });
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => id.startsWith("art_demo_"))).toHaveLength(12);
    for (const wrong of ["cursor=x", "cursor=%00", "limit=0", "limit=201", "limit=x"]) {
      await expectAnswer(400, "GET", `/api/sites/demo/articles?${wrong}`, { headers: DEMO_KEY });
    }
  });

  test("API9: of two saves of one version one wins; the other is told to read again", async () => {
    await seed();
    const { id } = await makeCampaign();
    const answers = await Promise.all(["Un", "Deux", "Trois"].map((name) => patch(id, 1, { name })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412]);
    const { body, headers } = await expectAnswer(200, "GET", `/api/sites/demo/campaigns/${id}`, {
      headers: DEMO_KEY,
    });
    expect(headers.get("etag")).toBe('"2"');
    expect(body).toMatchObject({ version: 2 });
    const audit = await expectAnswer(200, "GET", "/api/sites/demo/audit", { headers: DEMO_KEY });
    const actions = List.parse(audit.body).items.map((entry) => `${entry["action"]} ${entry["target"]}`);
    expect(actions.filter((action) => action === `campaign.update ${id}`)).toHaveLength(1);
  });

  test("API9: a change keeps what it does not name, also where the schema has a default", async () => {
    await seed();
    const { id } = await makeCampaign({ holdout: 0.2, priority: 7, condition: { "cart.items": 3 } });
    const changed = z.looseObject({}).parse(await (await patch(id, 1, { name: "Autre" })).json());
    expect(changed).toMatchObject({
      name: "Autre",
      holdout: 0.2,
      priority: 7,
      condition: { "cart.items": 3 },
    });
    const headers = { ...DEMO_KEY, "if-match": '"1"' };
    const site = await expectAnswer(200, "PATCH", "/api/sites/demo", { headers, body: { name: "Lin" } });
    expect(site.body).toMatchObject({ name: "Lin", default_consent: "granted", version: 2, key: "demo" });
    const wrong = { headers: { ...DEMO_KEY, "if-match": '"2"' }, body: { timezone: "Mars/Base" } };
    const { body } = await expectAnswer(400, "PATCH", "/api/sites/demo", wrong);
    expect(body).toMatchObject({ error: { path: "timezone" } });
  });

  test("API16: a body that cannot be stored is refused with its place, never with a 5xx", async () => {
    await seed();
    const path = "/api/sites/demo/campaigns";
    const wrong: [unknown, string | undefined][] = [
      [{}, "name"],
      [campaign({ kind: "shout" }), "kind"],
      [campaign({ holdout: 2 }), "holdout"],
      [campaign({ condition: { "cart.items": { $unknown: 1 } } }), "condition.cart.items.$unknown"],
      [campaign({ condition: [] }), "condition"],
      [campaign({ variants: [] }), "variants"],
      [campaign({ variants: [...campaign().variants, ...campaign().variants] }), "variants.1.key"],
      [campaign({ schedule: { from: "yesterday" } }), "schedule.from"],
      ["[", undefined],
      ["null", undefined],
    ];
    for (const [sent, place] of wrong) {
      const { body } = await expectAnswer(400, "POST", path, { headers: DEMO_KEY, body: sent });
      expect((body as { error: { path?: string } }).error.path).toBe(place);
    }
    await expectAnswer(413, "POST", path, {
      headers: DEMO_KEY,
      body: campaign({ name: "x".repeat(600_000) }),
    });
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    for (const body of [
      deep,
      `{"name":"x","kind":"chat","variants":[{"key":"a","creative":{"fr":{"x":${deep}}}}]}`,
    ]) {
      await expectAnswer(400, "POST", path, { headers: DEMO_KEY, body });
    }
    await expectAnswer(400, "POST", "/api/sites/demo/webhooks", {
      headers: DEMO_KEY,
      body: { url: "javascript:alert(1)", events: ["conversation.closed"] },
    });
    for (const noun of ["goals", "skills", "articles", "canned", "webhooks", "agents", "api-keys"]) {
      await expectAnswer(400, "POST", `/api/sites/demo/${noun}`, { headers: DEMO_KEY, body: {} });
    }
    for (const query of [
      "from=x",
      "to=x",
      "group_by=moon",
      "from=2026-01-02&to=2026-01-01",
      "from=1900-01-01",
    ]) {
      await expectAnswer(400, "GET", `/api/sites/demo/kpis?${query}`, { headers: DEMO_KEY });
    }
  });

  test("RES1: a phase that runs keeps its planned end and its plan; the next may have others", async () => {
    await seed();
    const plan = { baseline: 0.05, effect: 0.01 };
    const planned_end = "2027-01-31T23:00:00Z";
    const campaign = await makeCampaign({ status: "live", holdout: 0.2, plan, planned_end });
    for (const moved of [{ planned_end: "2027-03-01T00:00:00Z" }, { planned_end: null }, { plan: null }]) {
      const refused = await patch(campaign.id, 1, moved);
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: { path: Object.keys(moved)[0] } });
    }
    // Nor by way of a pause.
    expect((await patch(campaign.id, 1, { status: "paused", plan: null })).status).toBe(200);
    expect((await patch(campaign.id, 2, { status: "live" })).status).toBe(400);
    expect(await (await patch(campaign.id, 2, { status: "live", holdout: 0.3 })).json()).toMatchObject({
      phase: 2,
    });
  });

  test("RES21: a phase is planned to end when it can be read at the earliest, or later; one that runs may outlive its plan", async () => {
    await seed();
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    for (const planned_end of [inDays(-5), inDays(6.9)]) {
      const { body } = await expectAnswer(400, "POST", "/api/sites/demo/campaigns", {
        headers: DEMO_KEY,
        body: campaign({ holdout: 0.2, status: "live", planned_end }),
      });
      expect(body).toMatchObject({ error: { path: "planned_end" } });
    }
    const draft = await makeCampaign({ holdout: 0.2, planned_end: inDays(-5) });
    expect((await patch(draft.id, 1, { status: "live" })).status).toBe(400);
    const live = { status: "live", planned_end: inDays(7.1) };
    expect((await patch(draft.id, 1, live)).status).toBe(200);
    travelTo(Date.now() + 30 * 86_400_000);
    expect((await patch(draft.id, 2, { status: "paused" })).status).toBe(200);
    expect((await patch(draft.id, 3, { status: "live" })).status).toBe(200);
    // Another condition begins another phase, and that one has no time left.
    expect((await patch(draft.id, 4, { holdout: 0.3 })).status).toBe(400);
  });

  test("RES22: a campaign stopped when it stopped, whatever is saved of it later", async () => {
    await seed();
    const { id } = await makeCampaign({ status: "live", holdout: 0.2 });
    const stoppedAt = async () =>
      (
        await env.DB.prepare("SELECT stopped_at FROM campaigns WHERE id = ?")
          .bind(id)
          .first<{ stopped_at: number | null }>()
      )?.stopped_at;
    expect(await stoppedAt()).toBeNull();
    await patch(id, 1, { status: "paused" });
    const at = await stoppedAt();
    expect(at).toBeGreaterThan(0);
    travelTo(Date.now() + 3_600_000);
    await patch(id, 2, { name: "Renamed", status: "ended" });
    expect(await stoppedAt()).toBe(at);
    await patch(id, 3, { status: "live" });
    expect(await stoppedAt()).toBeNull();
  });

  test("RES18: a phase keeps when it rested; another that begins meanwhile leaves it resting", async () => {
    await seed();
    const { id } = await makeCampaign({ holdout: 0.2 });
    const restsOf = async (phase: number): Promise<unknown> => {
      const rests = await env.DB.prepare(
        "SELECT rests FROM campaign_phases WHERE campaign_id = ? AND phase = ?",
      )
        .bind(id, phase)
        .first<string>("rests");
      return rests === null ? null : JSON.parse(rests);
    };
    const start = Date.now();
    const after = async (hours: number, version: number, what: object) => {
      travelTo(start + hours * 3_600_000);
      expect((await patch(id, version, what)).status).toBe(200);
      return start + hours * 3_600_000;
    };
    await after(1, 1, { status: "live" });
    expect(await restsOf(1)).toEqual([]);
    const paused = await after(2, 2, { status: "paused" });
    await after(3, 3, { name: "Renamed", status: "ended" });
    expect(await restsOf(1)).toEqual([[paused, null]]);
    const back = await after(4, 4, { status: "live" });
    await after(5, 5, { name: "Again" });
    expect(await restsOf(1)).toEqual([[paused, back]]);
    const again = await after(6, 6, { status: "paused" });
    await after(7, 7, { status: "live", holdout: 0.3 });
    expect(await restsOf(1)).toEqual([
      [paused, back],
      [again, null],
    ]);
    expect(await restsOf(2)).toEqual([]);
    const { body } = await expectAnswer(200, "GET", `/api/sites/demo/campaigns/${id}/results?phase=1`, {
      headers: DEMO_KEY,
    });
    expect(body).toMatchObject({ phase: 1, state: "collecting", earliest_reading_at: null });
    travelTo(start + 8 * 3_600_000);
    await expectAnswer(204, "DELETE", `/api/sites/demo/campaigns/${id}`, { headers: DEMO_KEY });
    expect(await restsOf(2)).toEqual([[start + 8 * 3_600_000, null]]);
  });

  test("RES23: the goal by which a campaign is read stays, also once that has ended; a key means one goal or skill", async () => {
    await seed();
    const goal = { key: "contact", name: "Contact", kind: "lead" };
    const made = await expectAnswer(201, "POST", "/api/sites/demo/goals", { headers: DEMO_KEY, body: goal });
    await expectAnswer(409, "POST", "/api/sites/demo/goals", { headers: DEMO_KEY, body: goal });
    const { id } = await makeCampaign({ status: "live", goal: "contact" });
    await patch(id, 1, { status: "ended" });
    const path = `/api/sites/demo/goals/${z.object({ id: z.string() }).parse(made.body).id}`;
    const { body } = await expectAnswer(409, "DELETE", path, { headers: DEMO_KEY });
    expect(JSON.stringify(body)).toContain("the ended campaign");
    await expectAnswer(204, "DELETE", `/api/sites/demo/campaigns/${id}`, { headers: DEMO_KEY });
    await expectAnswer(204, "DELETE", path, { headers: DEMO_KEY });
  });

  test("API10: while live, what changes the experiment starts a phase; a name does not, and drafts have none", async () => {
    await seed();
    const draft = await makeCampaign({ holdout: 0.5 });
    expect(await (await patch(draft.id, 1, { holdout: 0.4 })).json()).toMatchObject({ phase: 1 });
    expect(await (await patch(draft.id, 2, { status: "live" })).json()).toMatchObject({ phase: 1 });
    expect(await (await patch(draft.id, 3, { name: "Autre", priority: 3 })).json()).toMatchObject({
      phase: 1,
    });
    const same = await makeCampaign({ status: "live", condition: { "cart.value": null, "cart.items": 2 } });
    const unchanged = {
      caps: { per_session: null },
      schedule: { hours: null },
      condition: { "cart.items": 2, "cart.value": null },
    };
    expect(await (await patch(same.id, 1, unchanged)).json()).toMatchObject({ phase: 1 });
    expect(await (await patch(same.id, 2, { condition: { "cart.items": 2 } })).json()).toMatchObject({
      phase: 2,
    });
    expect(await (await patch(draft.id, 4, { holdout: 0.1 })).json()).toMatchObject({ phase: 2 });
    expect(await (await patch(draft.id, 5, { status: "paused", holdout: 0.3 })).json()).toMatchObject({
      phase: 2,
    });
    expect(await (await patch(draft.id, 6, { status: "live" })).json()).toMatchObject({ phase: 3 });
    const phases = await env.DB.prepare(
      "SELECT phase, body FROM campaign_phases WHERE campaign_id = ? ORDER BY phase",
    )
      .bind(draft.id)
      .all<{ phase: number; body: string }>();
    const kept = phases.results.map(({ phase, body }) => [
      phase,
      (JSON.parse(body) as { holdout: number }).holdout,
    ]);
    expect(kept).toEqual([
      [1, 0.4],
      [2, 0.1],
      [3, 0.3],
    ]);
    const path = `/api/sites/demo/campaigns/${draft.id}/results`;
    expect((await expectAnswer(200, "GET", `${path}?phase=2`, { headers: DEMO_KEY })).body).toMatchObject({
      phase: 2,
      state: "collecting",
    });
    await expectAnswer(404, "GET", `${path}?phase=9`, { headers: DEMO_KEY });
  });

  test("API11: a live change is published as an immutable version; a lost publication is repeated", async () => {
    await seed();
    const before = (await env.SITE_DESK.getByName("demo").status()).version;
    const { id } = await makeCampaign({ status: "live" });
    const { version } = await env.SITE_DESK.getByName("demo").status();
    expect(version).toBeGreaterThan(before);
    const published = PublishedSite.parse(await env.CONFIG.get(configKey("demo", version), "json"));
    expect(published.campaigns.map((one) => one.id)).toContain(id);
    expect(published.campaigns.every(({ status }) => status === "live")).toBe(true);
    expect(await env.CONFIG.get(configKey("demo", before), "json")).not.toBeNull();
    await env.DB.prepare("UPDATE sites SET config_version = config_version + 1 WHERE key = 'demo'").run();
    await republishStale(env, Date.now());
    expect((await env.SITE_DESK.getByName("demo").status()).version).toBe(version + 1);
    expect((await ask("DELETE", `/api/sites/demo/campaigns/${id}`, { headers: DEMO_KEY })).status).toBe(204);
    const last = (await env.SITE_DESK.getByName("demo").status()).version;
    const gone = PublishedSite.parse(await env.CONFIG.get(configKey("demo", last), "json"));
    expect(gone.campaigns.map((one) => one.id)).not.toContain(id);
  });

  test("API13: every change leaves its author, and the demo is seeded once", async () => {
    await seed();
    expect((await expectAnswer(200, "POST", "/api/setup/demo")).body).toEqual({ seeded: false });
    const anne = await signIn("admin@demo.test");
    const made = await expectAnswer(201, "POST", "/api/sites/demo/canned", {
      headers: anne,
      body: { shortcut: "salut", body: "Bonjour" },
    });
    const { id } = Item.parse(made.body);
    const headers = { ...anne, "if-match": '"1"' };
    await expectAnswer(200, "PATCH", `/api/sites/demo/canned/${id}`, { headers, body: { title: "Salut" } });
    expect((await ask("DELETE", `/api/sites/demo/canned/${id}`, { headers: anne })).status).toBe(204);
    const { body } = await expectAnswer(200, "GET", "/api/sites/demo/audit", { headers: anne });
    const entries = List.parse(body).items.map((entry) => [entry["actor"], entry["action"], entry["target"]]);
    expect(entries).toEqual([
      ["usr_demo_anne", "canned.delete", id],
      ["usr_demo_anne", "canned.update", id],
      ["usr_demo_anne", "canned.create", id],
    ]);
  });
});

async function gzipBase64(events: unknown): Promise<string> {
  const stream = new Blob([JSON.stringify(events)]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

test("API16: whatever JSON is sent wherever, the answer is below 500 and has the contract's shape", async () => {
  await seed();
  const targets = [
    ["POST", "/campaigns"],
    ["PATCH", "/campaigns/cmp_demo_guide_tailles"],
    ["POST", "/articles"],
    ["PATCH", "/articles/art_demo_01"],
    ["POST", "/skills"],
    ["POST", "/agents"],
    ["PATCH", "/agents/usr_demo_hugo"],
    ["PATCH", ""],
  ] as const;
  const fields = fc.constantFrom(
    "name",
    "kind",
    "condition",
    "variants",
    "caps",
    "schedule",
    "body",
    "title",
    "key",
  );
  const odd = fc.oneof(fc.jsonValue(), fc.string({ unit: "binary" }), fc.constant("\u0000"), fc.double());
  const bodies = fc.oneof(
    fc.json(),
    fc.string(),
    fc.dictionary(fields, odd).map((value) => JSON.stringify(value)),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...targets), bodies, async ([method, path], body) => {
      const headers = { ...DEMO_KEY, "if-match": '"1"' };
      const response = await ask(method, `/api/sites/demo${path}`, { headers, body });
      const text = await response.text();
      expect(response.status).toBeLessThan(500);
      if (response.status >= 400) ErrorBody.parse(JSON.parse(text));
    }),
    { numRuns: 200 },
  );
}, 120_000);

test("API19: the API describes itself in OpenAPI 3.1, and its page loads nothing from elsewhere", async () => {
  const { body } = await expectAnswer(200, "GET", "/api/openapi.json");
  expect(body).toMatchObject({ openapi: "3.1.0", info: { title: "Aparté" } });
  const described = JSON.stringify(body);
  expect(described).toContain("/sites/{site}/exports/{table}.csv");
  expect(body).toMatchObject({ paths: { "/sites/{site}/campaigns/{id}": { patch: { requestBody: {} } } } });
  expect(described).toContain("/auth/sign-in/email");
  expect(described).toContain("/sites/{site}/conversations/{id}/ticket");
  const answer = await ask("GET", "/api/docs");
  const page = await answer.text();
  expect(answer.headers.get("content-security-policy")).toMatch(
    /default-src 'self'; .*font-src 'self' data:/,
  );
  expect(page).toContain("/api-docs/standalone.js");
  expect(page).not.toMatch(/(?:src|href)="https?:/);
});

describe("history", () => {
  test("API15: a closed conversation is found by a word without its accents, and read with its log", async () => {
    await seed();
    const from = { role: "visitor", id: "v1", name: null };
    const at = new Date(NOW).toISOString();
    const events = [
      { type: "message", seq: 1, at, from, kind: "text", body: "=Ma sœur préfère l’été", client_id: null },
    ];
    await writeHistory([
      session("ses_v1", "v1"),
      conversation("cnv_1", "v1", { status: "closed", text: "Ma sœur préfère l’été", closed_at: NOW }),
      conversation("cnv_2", "v2", { status: "closed", text: "Rien à voir", closed_at: NOW }),
      {
        table: "conversation_logs",
        id: "cnv_1:0",
        revision: 1,
        conversation_id: "cnv_1",
        chunk: 0,
        from_seq: 1,
        to_seq: 1,
        body: await gzipBase64(events),
      },
    ]);
    const found = async (q: string) => {
      const path = `/api/sites/demo/conversations?q=${encodeURIComponent(q)}`;
      const { body } = await expectAnswer(200, "GET", path, { headers: DEMO_KEY });
      return List.parse(body).items.map(({ id }) => id);
    };
    for (const q of ["soeur", "SŒUR", "prefere l'ete", "préf"]) expect(await found(q), q).toEqual(["cnv_1"]);
    for (const q of ['"', "*", "NEAR(", "été voir", "body:x OR 1"]) expect(await found(q), q).toEqual([]);
    const { body } = await expectAnswer(200, "GET", "/api/sites/demo/conversations/cnv_1", {
      headers: DEMO_KEY,
    });
    expect(body).toMatchObject({ id: "cnv_1", visitor_id: "v1", log: events, survey: null });
    const csv = await (
      await ask("GET", "/api/sites/demo/exports/messages.csv", { headers: DEMO_KEY })
    ).text();
    expect(csv.split("\r\n")[1]).toMatch(/^cnv_1,1,.*,"?'=Ma sœur/);
  });

  test("API14: an export holds every row of its span once, over many pages, and starts no formula", async () => {
    await seed();
    const rows = Array.from({ length: 2_350 }, (_, index) =>
      order(`o${String(index).padStart(5, "0")}`, "v1", 1, {
        at: NOW - (index % 7) * 1_000,
        received_at: NOW,
      }),
    );
    for (let from = 0; from < rows.length; from += 100) await writeHistory(rows.slice(from, from + 100));
    await writeHistory([
      order("=cmd|calc", "v2", 1),
      order("old", "v2", 1, { at: NOW - 40 * 86_400_000, received_at: NOW - 40 * 86_400_000 }),
    ]);
    const response = await ask("GET", "/api/sites/demo/exports/orders.csv", { headers: DEMO_KEY });
    expect(response.headers.get("content-type")).toContain("text/csv");
    const [header, ...lines] = (await response.text()).trimEnd().split("\r\n");
    const column = header?.split(",").indexOf("order_id") ?? -1;
    const ids = lines.map((line) => line.split(",")[column]?.replaceAll('"', ""));
    expect(ids).toHaveLength(2_351);
    expect(new Set(ids).size).toBe(2_351);
    expect(ids).toContain("'=cmd|calc");
    for (const table of ["sessions", "exposures", "conversations", "messages", "surveys"]) {
      expect((await ask("GET", `/api/sites/demo/exports/${table}.csv`, { headers: DEMO_KEY })).status).toBe(
        200,
      );
    }
    await expectAnswer(404, "GET", "/api/sites/demo/exports/user.csv", { headers: DEMO_KEY });
    await expectAnswer(400, "GET", "/api/sites/demo/exports/orders.csv?from=x", { headers: DEMO_KEY });
  });

  test("API17: the figures on the screen are those of the definitions, whole and by group", async () => {
    await seed();
    const offered = exposure("dec_1", "v1", { opened_at: NOW - 19 * MINUTE });
    await writeHistory([
      session("ses_v1", "v1"),
      session("ses_v2", "v2", { device_type: "mobile", covered: false }),
      offered,
      exposure("dec_2", "v2", { declined_at: NOW - 19 * MINUTE }),
      conversation("cnv_1", "v1", { decision_id: "dec_1" }),
      order("o1", "v1", 70),
      order("o2", "v2", 30),
      {
        table: "refunds",
        id: "r1",
        revision: 1,
        order_id: "o1",
        visitor_id: "v1",
        at: NOW,
        amount: 20,
        status: "claimed",
      },
    ]);
    const read = async (query: string) => {
      const { body } = await expectAnswer(200, "GET", `/api/sites/demo/kpis${query}`, { headers: DEMO_KEY });
      return z.object({ rows: z.array(z.looseObject({ group: z.string().nullable() })) }).parse(body).rows;
    };
    expect(await read("")).toHaveLength(1);
    expect((await read(""))[0]).toMatchObject({
      group: null,
      visitors: { value: 2, numerator: 2, denominator: null },
      coverage_rate: { value: 0.5, numerator: 1, denominator: 2 },
      acceptance_rate: { value: 0.5, numerator: 1, denominator: 2 },
      conversion_after_chat: { value: 1, numerator: 1, denominator: 1 },
      attributed_revenue: { value: 50 },
      revenue: { value: 80 },
      aov_unassisted: { value: 30, numerator: 30, denominator: 1 },
    });
    expect(await read("?group_by=campaign")).toMatchObject([
      { group: "cmp_demo_aide_panier", displayed: { value: 2 }, attributed_revenue: { value: 50 } },
    ]);
    expect(await read("?group_by=agent")).toMatchObject([
      { group: "usr_demo_lea", chats_handled: { value: 1 } },
    ]);
    expect((await read("?group_by=device")).map(({ group }) => group)).toEqual(["desktop", "mobile"]);
    const days = await read("?group_by=day");
    expect(days).toHaveLength(30);
    expect(days.reduce((sum, row) => sum + (row["visitors"] as { value: number }).value, 0)).toBe(2);
    for (const group of ["hour", "week", "variant", "skill", "channel"]) {
      const from = new Date(NOW - 86_400_000).toISOString();
      expect((await read(`?group_by=${group}&from=${from}`)).length, group).toBeGreaterThan(0);
    }
    const path = "/api/sites/demo/campaigns/cmp_demo_aide_panier/results";
    const results = await expectAnswer(200, "GET", path, { headers: DEMO_KEY });
    expect(results.body).toMatchObject({
      state: "not_measurable",
      arms: { treated: { visitors: 2, conversions: 2, revenue: 80, accepted: 1 }, holdout: { visitors: 0 } },
    });
  });

  test("API18: without proof an agent sees the present visit only; an unknown visitor wakes no object", async () => {
    await seed();
    const lea = await signIn("lea@demo.test");
    const long = NOW - 20 * 86_400_000;
    await writeHistory([
      session("ses_old", "v1", { started_at: long, last_at: long + MINUTE, ended_at: long + MINUTE }),
      session("ses_v1", "v1"),
      order("o_old", "v1", 20, { at: long, received_at: long }),
    ]);
    const read = async () =>
      (await expectAnswer(200, "GET", "/api/sites/demo/visitors/v1", { headers: lea })).body;
    expect(await read()).toMatchObject({ verified: false, visits: [{ id: "ses_v1" }], orders: [] });
    await writeHistory([{ table: "identities", id: "customer-7", revision: 1, visitor_id: "v1", at: NOW }]);
    const known = {
      verified: true,
      user_id: "customer-7",
      visits: [{ id: "ses_v1" }, { id: "ses_old" }],
      orders: [{ order_id: "o_old" }],
    };
    const anne = await signIn("admin@demo.test");
    const asAdmin = await expectAnswer(200, "GET", "/api/sites/demo/visitors/v1", { headers: anne });
    expect(asAdmin.body).toMatchObject(known);

    // What was proven once is not proven in a conversation that anybody with the anonymous id may open.
    const open = async (more: object) => {
      const body = { writeKey: "demo", anonymousId: "v1", ...more };
      const opened = await expectAnswer(201, "POST", "/v1/conversations", { body });
      return (opened.body as { conversation: { id: string } }).conversation.id;
    };
    const beside = async (conversation: string) =>
      (
        await expectAnswer(200, "GET", `/api/sites/demo/visitors/v1?conversation=${conversation}`, {
          headers: lea,
        })
      ).body;
    expect(await read()).toMatchObject({ verified: false, orders: [] });
    const unproven = await open({});
    expect(await beside(unproven)).toMatchObject({
      verified: false,
      user_id: null,
      orders: [],
      present: { orders: 0 },
    });
    expect(await beside(await open({ identity_token: await identityToken("customer-7") }))).toMatchObject(
      known,
    );
    await expectAnswer(404, "GET", `/api/sites/demo/visitors/v2?conversation=${unproven}`, { headers: lea });
    await expectAnswer(404, "GET", "/api/sites/demo/visitors/v1?conversation=cnv_made_up", { headers: lea });
    await expectAnswer(404, "GET", "/api/sites/demo/visitors/made-up", { headers: lea });
  });
});

/** A customer of the demo site, as the site signs for them. */
async function identityToken(user: string): Promise<string> {
  const row = await env.DB.prepare("select settings from sites where key = 'demo'").first<{
    settings: string;
  }>();
  const secret = await identitySecret(env, SiteSettings.parse(JSON.parse(row?.settings ?? "{}")));
  return new SignJWT({ sub: user })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience("demo")
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(new TextEncoder().encode(secret));
}

test("API20: a new site is served at once, also where its key was asked for before", async () => {
  await seed();
  const anne = await signIn("admin@demo.test");
  const event = { writeKey: "brand-new", anonymousId: "a", event: "Cart Viewed" };
  await expectAnswer(401, "POST", "/v1/track", { body: event });
  await expectAnswer(201, "POST", "/api/sites", { headers: anne, body: { key: "brand-new", name: "New" } });
  await expectAnswer(200, "POST", "/v1/track", { body: event });
});

test("API21: who changes a password loses the sockets at every site that the login opens", async () => {
  await seed();
  const anne = await signIn("admin@demo.test");
  await secondSite(anne);
  const atOther = await joinDesk({ cookie: anne["cookie"] ?? "", id: "", name: "" }, "other");
  await expectAnswer(200, "POST", "/api/auth/change-password", {
    headers: anne,
    body: { currentPassword: "aparte-demo-1", newPassword: "another-long-one-2" },
  });
  expect(await atOther.closeCode()).toBe(4100);
});

test("API23: what the API answers is kept by no cache and taken for nothing else, refusals too", async () => {
  await seed();
  const paths = [
    "/api/sites/demo",
    "/api/sites/demo/exports/orders.csv",
    "/api/sites/nowhere",
    "/api/nothing",
  ];
  for (const path of paths) {
    const { headers } = await ask("GET", path, { headers: DEMO_KEY });
    expect(headers.get("cache-control"), path).toBe("no-store");
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
  }
});

test("API22: who asks is judged before how deep a body nests; what is too large is read and refused", async () => {
  await seed();
  const path = "/api/sites/demo/goals";
  const deep = `${"[".repeat(500)}${"]".repeat(500)}`;
  await expectAnswer(401, "POST", path, { body: deep });
  const { key } = await secondSite(await signIn("admin@demo.test"));
  await expectAnswer(404, "POST", path, { headers: key, body: deep });
  await expectAnswer(400, "POST", path, { headers: DEMO_KEY, body: deep });
  const body = JSON.stringify({ key: "big", name: "x".repeat(600 * 1_024), kind: "sale" });
  const request = new Request(ORIGIN + path, { method: "POST", headers: DEMO_KEY, body });
  const response = await exports.default.fetch(request);
  expect(response.status).toBe(413);
  ErrorBody.parse(await response.json());
});
