/** Rules W16 to W18, W20, W26 and W27: a draft played against what history kept, or against a file, through the API. */
import { env, exports } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { agentsRequired } from "../../domain/staffing/erlang.ts";
import type { DryRunAnswer } from "../../domain/targeting/dry-run-wire.ts";
import { conversations, exposures } from "../../migrations/schema.ts";
import { keepVisit, moment } from "./kept-visit.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

const NOW = Date.now();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The beginning of an hour, a day ago. */
const HOUR = NOW - DAY_MS - (NOW % HOUR_MS);
const DRAFT = { name: "Draft", kind: "chat", variants: [{ key: "a", creative: {} }] };

type Body = Record<string, unknown>;

async function dryRun(site: string, headers: Record<string, string>, body: Body | string) {
  const response = await exports.default.fetch(`http://localhost/api/sites/${site}/campaigns/dry-run`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const json: unknown = await response.json();
  return { status: response.status, answer: json as DryRunAnswer, error: (json as { error?: Body }).error };
}

const as = (apiKey: string) => ({ authorization: `Bearer ${apiKey}` });

/** A visit that looks at the cart a minute after it came. */
async function visit(site: string, visitor: string, startedAt: number, covered = true): Promise<void> {
  const moments = [
    moment("Page Viewed", startedAt, "/shop"),
    moment("Page Viewed", startedAt + 60_000, "/panier"),
  ];
  await keepVisit({ site, visitor, id: `ses_${visitor}_${startedAt}`, startedAt, moments, covered });
}

test("W17: visits of the site are replayed visitor by visitor, the newest where they are too many", async () => {
  const { key, apiKey } = await makeSite();
  const other = await makeSite();
  for (const [visitor, days] of [
    ["ada", 1],
    ["ada", 2],
    ["bea", 3],
    ["cleo", 20],
  ] as const) {
    await visit(key, visitor, NOW - days * DAY_MS);
  }
  await visit(other.key, "dora", NOW - DAY_MS);
  const campaign = { ...DRAFT, condition: { "page.path": "/panier" }, caps: { per_visitor: 1 } };
  const { status, answer } = await dryRun(key, as(apiKey), { campaign });
  expect(status).toBe(200);
  expect(answer).toMatchObject({
    visits: 3,
    visitors: 2,
    matched: 2,
    eligible: 2,
    shown: 2,
    truncated: false,
  });
  expect(answer.stopped).toEqual([]);
  expect(answer.hours.map(({ shown }) => shown)).toEqual([1, 1]);

  const two = await dryRun(key, as(apiKey), { campaign, last: 3 });
  expect(two.answer).toMatchObject({ visits: 3, visitors: 2, truncated: true });
  const long = await dryRun(key, as(apiKey), { campaign, from: new Date(NOW - 30 * DAY_MS).toISOString() });
  expect(long.answer).toMatchObject({ visits: 4, visitors: 3 });
  const none = await dryRun(other.key, as(other.apiKey), { campaign, to: "2020-01-01T00:00:00Z" });
  expect(none.answer).toMatchObject({ visits: 0, visitors: 0, chats: null, from: null });
});

test("W16: a file of messages or batches is replayed; what cannot be read in it is told with its place", async () => {
  const { key, apiKey } = await makeSite();
  const at = (seconds: number) => new Date(NOW - HOUR_MS + seconds * 1_000).toISOString();
  const page = (path: string) => ({ page: { path, url: `https://shop.example${path}` } });
  const messages = [
    { type: "page", anonymousId: "ada", timestamp: at(0), context: page("/shop") },
    {
      batch: [
        { type: "page", anonymousId: "ada", timestamp: at(20) },
        { type: "track", anonymousId: "bea", event: "Cart Viewed", timestamp: at(5) },
        { type: "track", anonymousId: "bea", timestamp: at(5) },
      ],
      context: page("/panier"),
    },
    { type: "page", anonymousId: "cleo" },
  ];
  const campaign = { ...DRAFT, condition: { "page.path": "/panier" }, requires_agent: true };
  const { answer } = await dryRun(key, as(apiKey), { campaign, messages });
  expect(answer).toMatchObject({ visits: 2, visitors: 2, matched: 1, shown: 1 });
  expect(answer.rejected.count).toBe(2);
  expect(answer.rejected.first.map(({ path }) => path)).toEqual([
    "messages.1.batch.2.event",
    "messages.2.timestamp",
  ]);
  const bad = await dryRun(key, as(apiKey), { campaign, messages: ["?"] });
  expect(bad.status).toBe(400);
  expect(bad.error).toMatchObject({ code: "no_valid_message", path: "messages.0" });
});

test("W18: what cannot be played is refused with its place, to admins; others are told nothing", async () => {
  const { key, apiKey } = await makeSite({ campaigns: [{ id: "cmp_mine" }] });
  const other = await makeSite({ campaigns: [{ id: "cmp_theirs" }] });
  const refused = async (body: Body | string) => {
    const { status, error } = await dryRun(key, as(apiKey), body);
    return [status, error?.["path"]];
  };
  const campaign = (more: Body) => ({ campaign: { ...DRAFT, ...more } });
  expect(await refused(campaign({ condition: { "page.pth": "/" } }))).toEqual([
    400,
    "campaign.condition.page.pth",
  ]);
  expect(await refused(campaign({ condition: { "segment.none": true } }))).toEqual([
    400,
    "campaign.condition.segment.none",
  ]);
  expect(await refused(campaign({ condition: { "page.path": { $oops: 1 } } }))).toEqual([
    400,
    "campaign.condition.page.path.$oops",
  ]);
  expect(await refused(campaign({ holdout: 2 }))).toEqual([400, "campaign.holdout"]);
  expect(await refused({ ...campaign({}), last: 20_001 })).toEqual([400, "last"]);
  expect(await refused({ ...campaign({}), from: "soon" })).toEqual([400, "from"]);
  expect(await refused({ ...campaign({}), last: 5, messages: [{}] })).toEqual([400, "messages"]);
  expect(await refused("{")).toEqual([400, undefined]);
  expect((await dryRun(key, as(apiKey), { ...campaign({}), campaign_id: "cmp_theirs" })).status).toBe(404);
  expect((await dryRun(key, as(apiKey), { ...campaign({}), campaign_id: "cmp_mine" })).status).toBe(200);
  expect((await dryRun(key, as(other.apiKey), campaign({}))).status).toBe(404);
  expect((await dryRun(key, {}, campaign({}))).status).toBe(401);
  const agent = await signIn("Ines", [key]);
  const asAgent = { cookie: agent.cookie, origin: "http://localhost" };
  expect((await dryRun(key, asAgent, campaign({}))).status).toBe(403);
  const big = JSON.stringify({ ...campaign({}), messages: [{ text: "x".repeat(600_000) }] });
  expect((await dryRun(key, as(apiKey), big)).status).toBe(413);
});

test("W26: a draft is played if it could be saved, and refused at the same place with the same words if not", async () => {
  const { key, apiKey } = await makeSite();
  const texts = (title: string) => [{ key: "a", creative: { fr: { title } } }];
  const reversed = { validFrom: "2026-12-24", validThrough: "2026-12-20" };
  const hours = [{ dayOfWeek: ["Monday"], opens: "09:00", closes: "18:00", ...reversed }];
  const unsound: [Body, place: string][] = [
    [{ variants: texts("{{ cart.value") }, "variants.0.creative.fr.title"],
    [{ variants: [...texts("Un"), ...texts("Deux")] }, "variants.1.key"],
    [{ goal: "none" }, "goal"],
    [{ skill: "none" }, "skill"],
    [{ schedule: { hours } }, "schedule.hours.0.validThrough"],
    [{ condition: { "page.pth": "/" } }, "condition.page.pth"],
    [{ status: "live" }, "variants.0.creative"],
  ];
  for (const [part, place] of unsound) {
    const campaign = { ...DRAFT, ...part };
    const saving = await exports.default.fetch(`http://localhost/api/sites/${key}/campaigns`, {
      method: "POST",
      headers: { "content-type": "application/json", ...as(apiKey) },
      body: JSON.stringify(campaign),
    });
    const { error } = (await saving.json()) as { error: Body };
    expect(error).toMatchObject({ code: "invalid", path: place });
    const played = await dryRun(key, as(apiKey), { campaign });
    expect(played).toMatchObject({ status: 400, error: { ...error, path: `campaign.${place}` } });
  }
});

test("W20 W27: chats and agents come from what the site measured: acceptance by kind, handle time, places; what is given goes first", async () => {
  const { key, apiKey } = await makeSite({ wait_target_seconds: 45 });
  for (let index = 0; index < 30; index += 1) {
    await visit(key, `visitor-${index}`, HOUR + index * 1_000);
  }
  const db = drizzle(env.DB);
  const shown = (index: number, more: object = {}) => ({
    site: key,
    id: `dec_${index}`,
    revision: 1,
    visitorId: "x",
    sessionId: "y",
    campaignId: "z",
    phase: 1,
    variant: "a",
    kind: "chat",
    arm: "treated",
    probability: 1,
    eligibleAt: NOW - DAY_MS,
    shownAt: NOW - DAY_MS,
    ...more,
  });
  const campaign = { ...DRAFT, condition: { "page.path": "/panier" }, caps: { per_session: 1 } };
  const unknown = await dryRun(key, as(apiKey), { campaign });
  expect(unknown.answer).toMatchObject({
    shown: 30,
    acceptance: { value: null },
    chats: null,
    staffing: { agents: null, handle_seconds: null, within_seconds: 45, concurrency: 3 },
  });
  const told = await dryRun(key, as(apiKey), { campaign, acceptance: 0.5, handle_seconds: 600 });
  const arrivals = { concurrency: 3, handleSeconds: 600 };
  const aim = { withinSeconds: 45, share: 0.8 };
  expect(told.answer).toMatchObject({
    acceptance: { value: 0.5, given: true },
    chats: { busiest_hour: 15 },
    staffing: { agents_busiest_hour: agentsRequired({ ...arrivals, arrivalsPerHour: 15 }, aim) },
  });

  const offers = [
    shown(1, { openedAt: NOW }),
    shown(2, { shownAt: null, declinedAt: NOW }),
    shown(3, { openedAt: NOW }),
    shown(4, { shownAt: null }),
    shown(9, { shownAt: null, ignoredAt: NOW }),
    shown(10, { shownAt: null }),
    shown(5, { arm: "holdout", shownAt: null }),
    shown(6, { kind: "offer", openedAt: NOW }),
    shown(7, { eligibleAt: NOW - 40 * DAY_MS, openedAt: NOW }),
    shown(8, { site: "other", openedAt: NOW }),
  ];
  for (const offer of offers) await db.insert(exposures).values(offer);
  const spoken = { 2: "dec_1", 10: "dec_4", 30: null };
  for (const minutes of [2, 10, 30] as const) {
    await db.insert(conversations).values({
      site: key,
      id: `cnv_${minutes}`,
      revision: 1,
      visitorId: "x",
      status: "closed",
      decisionId: spoken[minutes],
      createdAt: NOW - DAY_MS,
      firstVisitorMessageAt: NOW - DAY_MS,
      assignedAt: NOW - DAY_MS,
      closedAt: NOW - DAY_MS + minutes * 60_000,
      visitorMessages: 1,
      agentMessages: 1,
    });
  }
  const few = await dryRun(key, as(apiKey), { campaign });
  expect(few.answer).toMatchObject({
    acceptance: {
      value: null,
      numerator: null,
      denominator: null,
      given: false,
      measured: { accepted: 2, displays: 5, needed: 30 },
    },
    chats: null,
    staffing: { handle_seconds: 600, handle_given: false, handle_measured: 3, concurrency_measured: false },
  });
  for (let index = 11; index <= 35; index += 1) await db.insert(exposures).values(shown(index));
  const { answer } = await dryRun(key, as(apiKey), { campaign });
  const measured = { accepted: 2, displays: 30, needed: 30 };
  const acceptance = { value: 2 / 30, numerator: 2, denominator: 30, given: false, measured };
  expect(answer.acceptance).toEqual(acceptance);
  expect(answer.staffing.agents_busiest_hour).toBe(agentsRequired({ ...arrivals, arrivalsPerHour: 2 }, aim));
  const offer = await dryRun(key, as(apiKey), { campaign: { ...campaign, kind: "offer" } });
  expect(offer.answer).toMatchObject({ acceptance: { value: null, measured: { displays: 1 } }, chats: null });

  const given = await dryRun(key, as(apiKey), { campaign, acceptance: 0.9, handle_seconds: 300 });
  expect(given.answer).toMatchObject({
    acceptance: { value: 0.9, numerator: null, denominator: null, given: true, measured },
    chats: { busiest_hour: 27 },
    staffing: { handle_seconds: 300, handle_given: true, handle_measured: 3 },
  });
});
