/** Funnels and ways over the API: they follow history, stay inside their site, and refuse what cannot be asked. */
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { HistoryMessage, HistoryRecord, RecordOf } from "../../domain/history/records.ts";
import { FunnelResults, Journeys } from "../../domain/journeys/wire.ts";
import { consumeHistory } from "../../workers/history/consumer.ts";
import { buildJourneys } from "../../workers/journeys/report.ts";
import { buildRollups } from "../../workers/kpis/rollup-builder.ts";
import { signIn } from "./login.ts";
import { sessionRecord } from "./session-record.ts";
import { makeSite } from "./site.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.now();
/** Noon in UTC some days ago: in no zone of these tests another day. */
const noon = (daysAgo: number) => Math.floor(NOW / DAY) * DAY - daysAgo * DAY + 12 * HOUR;
const FUNNEL = {
  key: "achat",
  name: "Achat",
  steps: [
    { key: "panier", name: "Panier", event: "Cart Viewed" },
    { key: "caisse", name: "Caisse", event: "Checkout Started", target: { satisfaction: 4.5 } },
    { key: "payee", name: "Payée", event: "Order Completed" },
  ],
};

/** Through the queue's consumer, as history comes. */
async function write(site: string, records: readonly HistoryRecord[]): Promise<void> {
  const refused: string[] = [];
  const messages = records.map((record, index) => ({
    id: `m${index}`,
    timestamp: new Date(),
    attempts: 1,
    body: {
      v: 1,
      site,
      owner: { kind: "visitor", name: `${site}:nobody` },
      records: [record],
    } satisfies HistoryMessage,
    ack: () => undefined,
    retry: () => refused.push(record.id),
  }));
  const batch = { queue: "aparte-history", messages, ackAll: () => undefined, retryAll: () => undefined };
  await consumeHistory(batch as unknown as MessageBatch, env);
  expect(refused).toEqual([]);
}

let count = 0;

/** A visit that is over, of a visitor of its own. */
function ended(at: number, more: Partial<RecordOf<"sessions">> = {}): RecordOf<"sessions"> {
  count += 1;
  return sessionRecord({
    id: `ses_${count}`,
    visitor_id: `v_${count}`,
    revision: 2,
    started_at: at,
    last_at: at + 60_000,
    ended_at: at + 60_000,
    device_type: "desktop",
    ...more,
  });
}
const walk = (steps: Record<string, number>, next: string | null = null) => ({ achat: { steps, next } });

type Asker = { apiKey: string } | { cookie: string };

function call(path: string, asker: Asker, init: RequestInit = {}): Promise<Response> {
  const auth: Record<string, string> =
    "apiKey" in asker ? { authorization: `Bearer ${asker.apiKey}` } : { cookie: asker.cookie };
  return exports.default.fetch(`http://localhost/api/sites/${path}`, {
    ...init,
    headers: { ...auth, origin: "http://localhost", "content-type": "application/json" },
  });
}

async function read<T>(schema: { parse(value: unknown): T }, path: string, asker: Asker): Promise<T> {
  const answer = await call(path, asker);
  expect(answer.status).toBe(200);
  return schema.parse(await answer.json());
}

async function makeFunnel(site: string, asker: Asker, body: object = FUNNEL): Promise<string> {
  const answer = await call(`${site}/funnels`, asker, { method: "POST", body: JSON.stringify(body) });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

test("JRN14: a funnel is read with its results, its entry as it was made; the results alone are the same", async () => {
  const { key, apiKey } = await makeSite();
  const id = await makeFunnel(key, { apiKey });
  await write(key, [
    ended(noon(1), { funnels: walk({ panier: 5, caisse: 25 }, "/livraison") }),
    ended(noon(1), { funnels: walk({ panier: 5 }), device_type: "mobile" }),
    ended(noon(2), { funnels: walk({ panier: 1, caisse: 2, payee: 3 }) }),
    ended(noon(3)),
    sessionRecord({ id: "still", visitor_id: "on", started_at: noon(1), last_at: noon(1) }),
  ]);
  const answer = await call(`${key}/funnels/${id}`, { apiKey });
  expect(answer.headers.get("etag")).toBe('"1"');
  const whole = (await answer.json()) as Record<string, unknown>;
  expect(whole).toMatchObject({ ...FUNNEL, id, version: 1 });
  const results = FunnelResults.parse(whole["results"]);
  expect(results.visits).toBe(4);
  expect(results.steps.map(({ visits }) => visits)).toEqual([3, 2, 1]);
  expect(results.steps[1]).toMatchObject({
    seconds: { n: 2 },
    next: [{ page: null, visits: 0 }, { page: "/livraison" }],
  });
  expect(results.devices.map(({ device, steps }) => [device, steps[0]?.visits])).toEqual([
    ["desktop", 2],
    ["mobile", 1],
  ]);
  const { counted_at: _then, to: _to, ...same } = results;
  expect(await read(FunnelResults, `${key}/funnels/${id}/results`, { apiKey })).toMatchObject(same);
});

test("JRN15: figures follow history: a visit told late, twice or anew counts once, wherever it was counted before", async () => {
  const { key, apiKey } = await makeSite({ timezone: "Europe/Paris" });
  const id = await makeFunnel(key, { apiKey });
  const steps = async () =>
    (await read(FunnelResults, `${key}/funnels/${id}/results`, { apiKey })).steps.map(({ visits }) => visits);
  const first = ended(noon(4), { funnels: walk({ panier: 1 }) });
  await write(key, [first, first]);
  expect(await steps()).toEqual([1, 0, 0]);
  await write(key, [
    { ...first, revision: 3, funnels: walk({ panier: 1, caisse: 9 }) },
    ended(noon(9), { funnels: walk({ payee: 0 }) }),
  ]);
  await env.DB.prepare("UPDATE journey_days SET built_at = 0 WHERE site = ?1").bind(key).run();
  expect(await steps()).toEqual([2, 2, 1]);
  expect(await steps()).toEqual([2, 2, 1]);
  const before = await env.DB.prepare("SELECT sum(built) AS sum FROM journey_days WHERE site = ?1")
    .bind(key)
    .first();
  await buildJourneys(env, NOW);
  expect(await steps()).toEqual([2, 2, 1]);
  expect(
    await env.DB.prepare("SELECT sum(built) AS sum FROM journey_days WHERE site = ?1").bind(key).first(),
  ).toEqual(before);
});

test("JRN15: counting ways leaves a day's other figures as clean as they were, and misses nothing that is written meanwhile", async () => {
  const { key, apiKey } = await makeSite();
  const id = await makeFunnel(key, { apiKey });
  await write(key, [ended(noon(2), { funnels: walk({ panier: 1 }) })]);
  const marks = () =>
    env.DB.prepare(
      "SELECT count(*) AS n FROM rollup_marks WHERE site = ?1 AND dirty > built AND subject >= 'day:' AND subject < 'day;'",
    )
      .bind(key)
      .first<number>("n");
  await buildRollups(env, NOW);
  expect(await marks()).toBe(0);
  await read(FunnelResults, `${key}/funnels/${id}/results`, { apiKey });
  expect(await marks()).toBe(0);
  await write(key, [ended(noon(2), { funnels: walk({ panier: 1 }) })]);
  expect(await marks()).toBe(1);
  await env.DB.prepare("UPDATE journey_days SET built_at = 0 WHERE site = ?1").bind(key).run();
  const { steps } = await read(FunnelResults, `${key}/funnels/${id}/results`, { apiKey });
  expect(steps[0]?.visits).toBe(2);
  expect(await marks()).toBe(1);
});

test("JRN15: a month that is over is kept as one, whatever is asked of it first, until something touches one of its days", async () => {
  const { key, apiKey } = await makeSite();
  const id = await makeFunnel(key, { apiKey });
  const year = `from=${new Date(noon(390) - 12 * HOUR).toISOString()}`;
  const read3 = async () => {
    const { steps } = await read(FunnelResults, `${key}/funnels/${id}/results?${year}`, { apiKey });
    const { ways, abandoned } = await read(Journeys, `${key}/journeys?${year}`, { apiKey });
    return [steps.map(({ visits }) => visits), ways.visits, abandoned[0]?.lost];
  };
  const months = () =>
    env.DB.prepare("SELECT count(DISTINCT day) AS n FROM journey_days WHERE site = ?1 AND day LIKE 'm%'")
      .bind(key)
      .first<number>("n");
  await write(key, [
    ended(noon(80), { path: ["/"], funnels: walk({ panier: 1, caisse: 2 }) }),
    ended(noon(81), { path: ["/"], funnels: walk({ panier: 1 }) }),
    ended(noon(200), { path: ["/"], funnels: walk({ panier: 1 }) }),
  ]);
  const first = [[3, 1, 0], 3, 3];
  expect(await read3()).toEqual(first);
  expect(await read3()).toEqual(first);
  expect(await months()).toBeGreaterThan(10);
  expect(await read3()).toEqual(first);
  await write(key, [ended(noon(80), { path: ["/"], funnels: walk({ panier: 1, payee: 2 }) })]);
  await env.DB.prepare("UPDATE journey_days SET built_at = 0 WHERE site = ?1").bind(key).run();
  for (const _again of [1, 2, 3]) expect(await read3()).toEqual([[4, 2, 1], 4, 4]);
});

test("JRN16: a span cut inside a day counts what began in it; the span before is compared where it is asked for", async () => {
  const { key, apiKey } = await makeSite();
  const id = await makeFunnel(key, { apiKey });
  await write(key, [
    ended(noon(3), { funnels: walk({ panier: 1, caisse: 2 }) }),
    ended(noon(3) - 2 * HOUR, { funnels: walk({ panier: 1 }) }),
    ended(noon(4), { funnels: walk({ panier: 1 }) }),
  ]);
  const ask = (from: number, to: number, more = "") =>
    read(
      FunnelResults,
      `${key}/funnels/${id}/results?from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}${more}`,
      { apiKey },
    );
  const cut = await ask(noon(3) - HOUR, noon(3) + HOUR);
  expect(cut.steps.map(({ visits }) => visits)).toEqual([1, 1, 0]);
  expect(cut.compared).toBeNull();
  const midnight = noon(3) - 12 * HOUR;
  const whole = await ask(midnight, midnight + DAY, "&compare=previous");
  expect(whole.steps[0]).toMatchObject({
    visits: 2,
    before: { value: 0, denominator: 1 },
    change: { value: 0.5 },
  });
  expect(whole.compared).toMatchObject({ visits: 1, steps: [1, 0, 0] });
});

test("JRN17: the journeys tell ways, abandoned pages, missing pages and the map, with the answers at each stage", async () => {
  const { key, apiKey } = await makeSite();
  await makeFunnel(key, { apiKey });
  const bought = ended(noon(1), { path: ["/", "/panier"], funnels: walk({ panier: 1, payee: 2 }) });
  const left = ended(noon(1), {
    path: ["/", "/p/:n", "/panier"],
    not_found: [["/vieux", "blog.example"]],
    funnels: walk({ panier: 10, caisse: 30 }),
  });
  await write(key, [
    bought,
    left,
    {
      table: "orders",
      id: "ord_1",
      revision: 1,
      visitor_id: bought.visitor_id,
      user_id: null,
      session_id: bought.id,
      at: noon(1) + 30_000,
      received_at: noon(1) + 30_000,
      total: 40,
      currency: "EUR",
      status: "claimed",
      items: 1,
      covered: false,
    },
    conversation("cnv_1", left.visitor_id, noon(1) + 35_000),
    survey("cnv_1", left.visitor_id, noon(1) + 50_000),
  ]);
  const journeys = await read(Journeys, `${key}/journeys`, { apiKey });
  expect(journeys.visits).toBe(2);
  expect(journeys.ways.visits).toBe(2);
  expect(journeys.ways.nodes.filter(({ kind }) => kind === "bought" || kind === "left")).toMatchObject([
    { position: 2, kind: "bought", visits: 1 },
    { position: 3, kind: "left", visits: 1 },
  ]);
  expect(journeys.abandoned).toMatchObject([
    { page: "/panier", seen: 2, ended: 2, lost: 1, rate: { value: 0.5 } },
  ]);
  expect(journeys.not_found).toEqual([
    { page: "/vieux", visits: 1, from: [{ from: "blog.example", visits: 1 }], before: null },
  ]);
  expect(journeys.compared).toBeNull();
  const map = journeys.maps.find((one) => one.key === "achat");
  expect(map?.stages[1]).toMatchObject({
    key: "caisse",
    chats: 1,
    satisfaction: { value: null, n: 1 },
    aims: { satisfaction: { target: 4.5, present: null } },
  });
  // The checkout that every shop has is a map too, where the site has none of its own.
  expect(journeys.maps.map((one) => [one.key, one.id === null])).toEqual([
    ["achat", false],
    ["checkout", true],
  ]);
});

test("JRN16 JRN23: a span that goes on stands beside as much of the one before, in the journeys and in a funnel", async () => {
  const { key, apiKey } = await makeSite();
  const id = await makeFunnel(key, { apiKey });
  const lost = (at: number) =>
    ended(at, {
      path: ["/", "/panier"],
      not_found: [["/vieux", "/"]],
      funnels: walk({ panier: 1 }),
    });
  await write(key, [
    ended(NOW - DAY, { path: ["/", "/panier"], funnels: walk({ panier: 1, caisse: 2 }) }),
    lost(NOW - DAY - HOUR),
    lost(NOW - 5 * DAY),
    // In the span before, but later than this one has come.
    lost(NOW - 3 * DAY),
  ]);
  const span = `from=${new Date(NOW - 2 * DAY).toISOString()}&to=${new Date(NOW + 2 * DAY).toISOString()}`;
  const journeys = await read(Journeys, `${key}/journeys?${span}&compare=previous`, { apiKey });
  expect(journeys.visits).toBe(2);
  expect(journeys.compared).toMatchObject({ from: new Date(NOW - 6 * DAY).toISOString(), visits: 1 });
  expect(Date.parse(journeys.compared?.to ?? "")).toBeLessThan(NOW - 4 * DAY + HOUR);
  expect(Date.parse(journeys.compared?.to ?? "")).toBeGreaterThan(NOW - 4 * DAY - HOUR);
  const [panier] = journeys.maps.find((one) => one.key === "achat")?.stages ?? [];
  expect(panier).toMatchObject({
    visits: 2,
    before: { visits: 1, passing: { value: 0, n: 1 } },
    differences: { passing: { value: 0.5 }, satisfaction: null },
  });
  expect(journeys.abandoned).toMatchObject([
    { page: "/panier", before: { seen: 1, lost: 1 }, difference: { value: 0 } },
  ]);
  expect(journeys.not_found).toMatchObject([{ page: "/vieux", visits: 1, before: 1 }]);
  const results = await read(FunnelResults, `${key}/funnels/${id}/results?${span}&compare=previous`, {
    apiKey,
  });
  expect(results.compared).toMatchObject({ ...journeys.compared, steps: [1, 0, 0] });
  const refused = await call(`${key}/journeys?compare=next`, { apiKey });
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: { path: "compare" } }]);
});

test("JRN14: the checkout that every shop has is read without being kept, and can be neither changed nor deleted", async () => {
  const { key, apiKey } = await makeSite();
  await write(key, [
    ended(noon(1), { funnels: { checkout: { steps: { cart: 1, order: 60 }, next: null } } }),
  ]);
  const { steps } = await read(FunnelResults, `${key}/funnels/checkout/results`, { apiKey });
  expect(steps.map((step) => [step.key, step.visits])).toEqual([
    ["cart", 1],
    ["checkout", 1],
    ["delivery", 1],
    ["payment", 1],
    ["order", 1],
  ]);
  for (const method of ["PATCH", "DELETE"]) {
    const init = method === "PATCH" ? { method, body: "{}" } : { method };
    expect((await call(`${key}/funnels/checkout`, { apiKey }, init)).status).toBe(404);
  }
});

test("JRN18: a site's funnels and ways are nobody else's", async () => {
  const [mine, other] = [await makeSite(), await makeSite()];
  const id = await makeFunnel(mine.key, mine);
  await write(mine.key, [ended(noon(1), { path: ["/secret"], funnels: walk({ panier: 1 }) })]);
  expect((await call(`${other.key}/funnels/${id}`, other)).status).toBe(404);
  expect((await call(`${other.key}/funnels/${id}/results`, other)).status).toBe(404);
  for (const path of [`funnels/${id}`, `funnels/${id}/results`, "journeys"]) {
    expect([403, 404]).toContain((await call(`${mine.key}/${path}`, other)).status);
    expect((await exports.default.fetch(`http://localhost/api/sites/${mine.key}/${path}`)).status).toBe(401);
  }
  const theirs = await read(Journeys, `${other.key}/journeys`, other);
  expect(JSON.stringify(theirs)).not.toContain("secret");
  const { cookie } = await signIn("Ada", [mine.key]);
  expect((await call(`${mine.key}/journeys`, { cookie })).status).toBe(200);
});

test("JRN18: what cannot be asked is refused by the place, and never a fault of the server", async () => {
  const { key, apiKey } = await makeSite();
  const id = await makeFunnel(key, { apiKey });
  const refused = async (path: string) => {
    const answer = await call(`${key}/${path}`, { apiKey });
    const { error } = (await answer.json()) as { error: { path?: string } };
    return [answer.status, error.path];
  };
  for (const route of ["journeys", `funnels/${id}`, `funnels/${id}/results`]) {
    expect(await refused(`${route}?from=yesterday`)).toEqual([400, "from"]);
    expect(await refused(`${route}?to=2026-13-40`)).toEqual([400, "to"]);
    expect(await refused(`${route}?from=2026-02-01&to=2026-01-01`)).toEqual([400, "from"]);
    expect(await refused(`${route}?from=2020-01-01&to=2026-01-01`)).toEqual([400, "from"]);
  }
  expect(await refused(`funnels/${id}?compare=everything`)).toEqual([400, "compare"]);
  expect(await refused("funnels/fun_nothing?from=yesterday")).toEqual([404, undefined]);
  const bad = {
    ...FUNNEL,
    key: "b",
    steps: [{ key: "x", name: "X", event: "Y", target: { satisfaction: 9 } }],
  };
  const answer = await call(`${key}/funnels`, { apiKey }, { method: "POST", body: JSON.stringify(bad) });
  expect(await answer.json()).toMatchObject({ error: { path: "steps.0.target.satisfaction" } });
});

function conversation(id: string, visitor_id: string, at: number): RecordOf<"conversations"> {
  return {
    table: "conversations",
    id,
    revision: 1,
    visitor_id,
    user_id: null,
    decision_id: null,
    skill: null,
    locale: "fr",
    page: null,
    status: "closed",
    agent_id: "usr_1",
    created_at: at,
    queued_at: at,
    assigned_at: at,
    first_visitor_message_at: at,
    first_agent_message_at: at,
    last_message_at: at,
    closed_at: at + 1_000,
    close_reason: null,
    outcome: null,
    visitor_messages: 1,
    agent_messages: 1,
    text: null,
  };
}

function survey(id: string, visitor_id: string, at: number): RecordOf<"surveys"> {
  return {
    table: "surveys",
    id,
    revision: 1,
    visitor_id,
    at,
    welcome: null,
    wait: null,
    answer: null,
    csat: 4,
    nps: null,
    ces: 6,
    resolved: null,
    comment: null,
  };
}
