/** What history says of a campaign's refusals and of a fact's values, through the API. */
import { env, exports } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { exemptCounts, sessions } from "../../migrations/schema.ts";
import { keepVisit, moment } from "./kept-visit.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

const NOW = Date.now();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Row = Partial<typeof sessions.$inferInsert>;
let count = 0;

/** A visit in D1, as the consumer leaves one. */
async function visit(site: string, row: Row): Promise<void> {
  count += 1;
  const whole: typeof sessions.$inferInsert = {
    site,
    id: `ses_${count}`,
    revision: 1,
    visitorId: `visitor-${count}`,
    startedAt: NOW - HOUR_MS,
    lastAt: NOW,
    pages: 1,
    events: 1,
    seconds: 60,
    utm: "{}",
    cartValue: 0,
    cartItems: 0,
    globalHoldout: false,
    covered: true,
    eligible: true,
    ...row,
  };
  await drizzle(env.DB).insert(sessions).values(whole);
}

function get(path: string, key: string): Promise<Response> {
  return exports.default.fetch(`http://localhost${path}`, { headers: { authorization: `Bearer ${key}` } });
}

const outcomes = (codes: Record<string, string[]>) => JSON.stringify(codes);

test("W9 W10: each visit counts once under its final outcome, and page views without consent stand beside", async () => {
  const { key, apiKey } = await makeSite({ campaigns: [{ id: "cmp_a" }, { id: "cmp_b" }] });
  await visit(key, { outcomes: outcomes({ cmp_a: ["schedule", "capacity"] }) });
  await visit(key, { outcomes: outcomes({ cmp_a: ["capacity"], cmp_b: ["treated"] }) });
  await visit(key, { outcomes: outcomes({ cmp_a: ["capacity", "treated", "per_session"] }) });
  await visit(key, { outcomes: outcomes({ cmp_a: ["holdout", "open_decision"] }) });
  await visit(key, { outcomes: outcomes({ cmp_a: ["outranked"] }) });
  await visit(key, { outcomes: outcomes({}) });
  await visit(key, { outcomes: outcomes({ cmp_a: ["excluded"] }), startedAt: NOW - 40 * DAY_MS });
  const hour = NOW - (NOW % HOUR_MS);
  await drizzle(env.DB)
    .insert(exemptCounts)
    .values([
      { site: key, id: "a", revision: 1, hour, pageViews: 7 },
      { site: key, id: "b", revision: 1, hour: hour - HOUR_MS, pageViews: 5 },
      { site: "other", id: "c", revision: 1, hour, pageViews: 100 },
    ]);

  const answer = await get(`/api/sites/${key}/campaigns/cmp_a/reasons`, apiKey);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    campaign: "cmp_a",
    visits: 5,
    reasons: [
      { reason: "capacity", visits: 2 },
      { reason: "outranked", visits: 1 },
      { reason: "holdout", visits: 1 },
      { reason: "treated", visits: 1 },
    ],
    page_views_without_consent: 12,
  });
  const older = new Date(NOW - 50 * DAY_MS).toISOString();
  const wide = await get(`/api/sites/${key}/campaigns/cmp_a/reasons?from=${older}`, apiKey);
  expect(await wide.json()).toMatchObject({ visits: 6 });
});

test("W9: reasons are the site's own, and a bad span is refused with its place", async () => {
  const mine = await makeSite({ campaigns: [{ id: "cmp_c" }] });
  const other = await makeSite();
  await visit(mine.key, { outcomes: outcomes({ cmp_c: ["capacity"] }) });
  expect((await get(`/api/sites/${mine.key}/campaigns/cmp_c/reasons`, other.apiKey)).status).toBe(404);
  expect((await get(`/api/sites/${other.key}/campaigns/cmp_c/reasons`, other.apiKey)).status).toBe(404);
  const wrong = await get(`/api/sites/${mine.key}/campaigns/cmp_c/reasons?from=yesterday`, mine.apiKey);
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({ error: { code: "invalid", path: "from" } });
});

test("W23: a fact's values are the site's most frequent of the last 31 days, narrowed by what was typed", async () => {
  const { key, apiKey } = await makeSite();
  const other = await makeSite();
  for (let index = 0; index < 3; index += 1) {
    await visit(key, { entryPath: "/panier", channel: "Organic Search", utm: '{"source":"news_1"}' });
  }
  await visit(key, { entryPath: "/pa%ge", channel: "Direct", utm: '{"source":"news","medium":"email"}' });
  await visit(key, { entryPath: "/page", city: "Lyon" });
  await visit(key, { entryPath: "/old", startedAt: NOW - 40 * DAY_MS });
  await visit(other.key, { entryPath: "/theirs" });
  const values = async (path: string) =>
    ((await (await get(`/api/sites/${key}/facts/${path}`, apiKey)).json()) as { items: unknown }).items;

  expect(await values("page.path/values")).toEqual([
    { value: "/panier", visits: 3 },
    { value: "/pa%ge", visits: 1 },
    { value: "/page", visits: 1 },
  ]);
  expect(await values("page.path/values?prefix=%2Fpa%25")).toEqual([{ value: "/pa%ge", visits: 1 }]);
  expect(await values("session.utm.source/values?prefix=news_")).toEqual([{ value: "news_1", visits: 3 }]);
  expect(await values("session.utm.medium/values")).toEqual([{ value: "email", visits: 1 }]);
  expect(await values("geo.city/values")).toEqual([{ value: "Lyon", visits: 1 }]);
  expect(await values("cart.value/values")).toEqual([]);
  const deep = `/${"100%_off/".repeat(20)}`;
  await visit(key, { entryPath: `${deep}now` });
  expect(await values(`page.path/values?prefix=${encodeURIComponent(deep.toUpperCase())}`)).toEqual([
    { value: `${deep}now`, visits: 1 },
  ]);
});

test("W23: names of events are those of the newest visits of which the moments are kept", async () => {
  const { key, apiKey } = await makeSite();
  const at = NOW - HOUR_MS;
  for (const [index, names] of [
    ["Cart Viewed", "Cart Viewed"],
    ["Cart Viewed", "Product Added"],
  ].entries()) {
    const moments = names.map((name) => moment(name, at));
    await keepVisit({ site: key, id: `ses_kept_${index}`, visitor: `kept-${index}`, startedAt: at, moments });
  }
  const values = async (query: string) =>
    (
      (await (await get(`/api/sites/${key}/facts/event.name/values${query}`, apiKey)).json()) as {
        items: unknown;
      }
    ).items;
  expect(await values("")).toEqual([
    { value: "Cart Viewed", visits: 2 },
    { value: "Product Added", visits: 1 },
  ]);
  expect(await values("?prefix=prod")).toEqual([{ value: "Product Added", visits: 1 }]);
});

test("W24: an unknown fact is not found and the nearest is named; nobody reads another site's values", async () => {
  const { key, apiKey } = await makeSite();
  const answer = await get(`/api/sites/${key}/facts/page.pth/values`, apiKey);
  expect(answer.status).toBe(404);
  const body = (await answer.json()) as { error: { message: string } };
  expect(body.error.message).toContain('"page.path"');
  const stranger = await makeSite();
  expect((await get(`/api/sites/${key}/facts/page.path/values`, stranger.apiKey)).status).toBe(404);
  const agent = await signIn("Ines", [key]);
  const seen = await exports.default.fetch(`http://localhost/api/sites/${key}/facts/page.path/values`, {
    headers: { cookie: agent.cookie },
  });
  expect(seen.status).toBe(200);
});
