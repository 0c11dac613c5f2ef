/** Goals from the admin to the result: what is told as a lead, of which goal, and by what a campaign is read. */
import { env, exports } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import type { RecordOf } from "../../domain/history/records.ts";
import { ResultWire } from "../../domain/results/wire.ts";
import { leads } from "../../migrations/schema.ts";
import { seen } from "./eligible.ts";
import { FROM, NOW, tell } from "./rollup-world.ts";
import { makeSite, send, track } from "./site.ts";
import { nothingOwed } from "./stored-visitor.ts";

const HOUR = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));

type Site = { key: string; apiKey: string };
const Kept = z.looseObject({ id: z.string(), version: z.int() });
const Campaign = Kept.extend({ window_hours: z.number(), phase: z.int() });
const Refusal = z.object({ error: z.looseObject({ path: z.string().optional(), message: z.string() }) });

async function ask({ key, apiKey }: Site, method: string, path: string, body?: object, version?: number) {
  return exports.default.fetch(`http://localhost/api/sites/${key}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      "content-type": "application/json",
      ...(version === undefined ? {} : { "if-match": `"${version}"` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function kept<T extends z.ZodType>(schema: T, answer: Promise<Response>): Promise<z.infer<T>> {
  const response = await answer;
  expect(`${response.status} ${await response.clone().text()}`).toMatch(/^20[01] /);
  return schema.parse(await response.json());
}

const goal = (site: Site, more: object) =>
  kept(Kept, ask(site, "POST", "/goals", { name: "G", kind: "lead", ...more }));
const campaign = (site: Site, more: object = {}) =>
  kept(
    Campaign,
    ask(site, "POST", "/campaigns", {
      name: "C",
      kind: "content",
      variants: [{ key: "a", creative: { fr: { title: "x" } } }],
      ...more,
    }),
  );

const lead = (visitor: string, more: Partial<RecordOf<"leads">> = {}): RecordOf<"leads"> => ({
  table: "leads",
  id: `lead_${visitor}`,
  revision: 1,
  visitor_id: visitor,
  session_id: null,
  at: FROM + 2 * HOUR,
  value: 9,
  currency: "EUR",
  ...more,
});

async function result(site: Site, id: string) {
  const answer = await ask(site, "GET", `/campaigns/${id}/results`);
  expect(answer.status).toBe(200);
  return ResultWire.extend({ goal: z.string() }).parse(await answer.json());
}

test("ORD20: an event that a goal names is kept as a lead of it, live with the goal", async () => {
  const site = await makeSite();
  await goal(site, { key: "news", event: "Newsletter Signup", value: 5, window_hours: 168 });
  await goal(site, { key: "quote" });
  await goal(site, { key: "order", kind: "sale" });
  await send(site.key, [track("ada", "Newsletter Signup"), track("ada", "Lead Submitted", { value: 30 })]);
  const rows = await vi.waitFor(
    async () => {
      const found = await drizzle(env.DB).select().from(leads).where(eq(leads.site, site.key));
      expect(found).toHaveLength(2);
      return found;
    },
    { timeout: 15_000, interval: 100 },
  );
  expect(rows.map(({ value, goals }) => [value, JSON.parse(goals ?? "null")]).toSorted()).toEqual([
    [30, { quote: 30 }],
    [5, { news: 5 }],
  ]);
  await nothingOwed(site.key, "ada");
});

test("ORD20: a campaign counts the leads of its own goal, and those before goals were told by the usual event", async () => {
  const site = await makeSite({ timezone: "UTC" });
  await goal(site, { key: "news", event: "Newsletter Signup" });
  await goal(site, { key: "quote", event: "Lead Submitted" });
  const [news, quote] = [
    await campaign(site, { status: "live", goal: "news" }),
    await campaign(site, { status: "live", goal: "quote" }),
  ];
  for (const { id } of [news, quote]) {
    await tell(
      site.key,
      ["ada", "bob", "cyd", "dan"].flatMap((name) => seen(`${name}-${id}`, id)),
    );
    await tell(site.key, [
      lead(`ada-${id}`, { goals: { news: 5 } }),
      lead(`bob-${id}`, { goals: { quote: 30, other: 2 } }),
      lead(`cyd-${id}`),
      lead(`dan-${id}`, { goals: {} }),
    ]);
  }
  expect((await result(site, news.id)).arms.treated).toMatchObject({
    visitors: 4,
    conversions: 1,
    revenue: 5,
  });
  expect((await result(site, quote.id)).arms.treated).toMatchObject({ conversions: 2, revenue: 39 });
});

test("API60: a campaign without a window has its goal's, else the site's; its own stays", async () => {
  const site = await makeSite({ attribution_hours: 24 });
  await goal(site, { key: "news", window_hours: 168 });
  await goal(site, { key: "order", kind: "sale", window_hours: 72 });
  await goal(site, { key: "plain", kind: "sale" });
  const hours = async (more: object) => (await campaign(site, more)).window_hours;
  expect(await hours({ goal: "news" })).toBe(168);
  expect(await hours({ goal: "order" })).toBe(72);
  expect(await hours({ goal: "plain" })).toBe(24);
  expect(await hours({})).toBe(48);
  expect(await hours({ goal: "news", window_hours: 12 })).toBe(12);
  const made = await campaign(site, { goal: "news" });
  const moved = await kept(Campaign, ask(site, "PATCH", `/campaigns/${made.id}`, { goal: "plain" }, 1));
  expect(moved.window_hours).toBe(168);
});

test("API61: a goal by which a campaign is read keeps its kind and event; else it changes, and names an event that is told", async () => {
  const site = await makeSite();
  const news = await goal(site, { key: "news", event: "Newsletter Signup" });
  const change = (body: object, version: number) => ask(site, "PATCH", `/goals/${news.id}`, body, version);
  const draft = await campaign(site, { goal: "news" });
  await kept(Kept, change({ event: "Signed Up" }, 1));
  await kept(Campaign, ask(site, "PATCH", `/campaigns/${draft.id}`, { status: "live" }, 1));
  const elsewhere = await kept(Campaign, ask(site, "PATCH", `/campaigns/${draft.id}`, { goal: null }, 2));
  expect(elsewhere.phase).toBe(2);
  // Its first phase is read by the goal still.
  for (const [body, path] of [
    [{ kind: "sale" }, "kind"],
    [{ event: "Other" }, "event"],
    [{ event: null }, "event"],
    [{ key: "other" }, "key"],
  ] as const) {
    const answer = await change(body, 2);
    expect(answer.status).toBe(409);
    const { error } = Refusal.parse(await answer.json());
    expect(error).toMatchObject({ path, message: expect.stringContaining("the live campaign “C”") });
  }
  await kept(Kept, change({ name: "Renamed", value: 12, window_hours: 3 }, 2));
  for (const event of ["Wake", "Engagement Shown"]) {
    const answer = await ask(site, "POST", "/goals", { key: "no", name: "No", kind: "lead", event });
    expect([answer.status, Refusal.parse(await answer.json()).error.path]).toEqual([400, "event"]);
  }
});

test("API62: a phase is read by its goal as it was when it began, also once that is gone", async () => {
  const site = await makeSite({ timezone: "UTC" });
  const news = await goal(site, { key: "news", event: "Newsletter Signup" });
  const { id } = await campaign(site, { status: "live", goal: "news" });
  await tell(site.key, [...seen("ada", id), lead("ada", { goals: { news: 5 } })]);
  // Removed behind the API's back: what a phase is read by is its own.
  await env.DB.prepare("DELETE FROM resources WHERE id = ?").bind(news.id).run();
  expect(await result(site, id)).toMatchObject({ goal: "lead", arms: { treated: { conversions: 1 } } });
  // Begun before a phase kept its goal.
  await env.DB.prepare("UPDATE campaign_phases SET goal = NULL WHERE campaign_id = ?").bind(id).run();
  expect(await result(site, id)).toMatchObject({ goal: "lead" });
});
