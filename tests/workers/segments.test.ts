/** Segments and funnels from the front door: kept, refused, installed, published, and how they guide conversations. */
import { env, exports } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { Funnel, Segment } from "../../domain/site/resources.ts";
import { SEGMENT_LIBRARY } from "../../domain/site/segment-library.ts";
import { segmentProblems } from "../../domain/site/segment-use.ts";
import { CampaignInput, PublishedSite } from "../../domain/targeting/campaign.ts";
import { readBusinessHours } from "../../domain/targeting/schedule.ts";
import { audit, sites } from "../../migrations/schema.ts";
import { configKey } from "../../workers/publish/publish.ts";
import { assertSound } from "../../workers/routes/campaign-rules.ts";
import { DEMO_LIVE } from "../../workers/seed/campaigns.ts";
import { DEMO_DRAFTS } from "../../workers/seed/drafts.ts";
import { DEMO_GOALS, DEMO_SKILLS } from "../../workers/seed/seed.ts";
import { DEMO_FUNNELS, DEMO_HOURS, DEMO_SEGMENTS } from "../../workers/seed/targeting.ts";
import { dialDesk, joinRoom, openConversation } from "./chat-client.ts";
import { signIn } from "./login.ts";
import { makeSite, pageView, send, track } from "./site.ts";

const LIBRARY_KEYS = SEGMENT_LIBRARY.map((each) => each.segment.key).sort();

type Site = { key: string; apiKey: string };

const ErrorBody = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string().min(1), path: z.string().optional() }),
});
const Item = z.looseObject({ id: z.string(), key: z.string(), version: z.int() });

async function ask(site: Site, method: string, path: string, body?: unknown, headers: object = {}) {
  return exports.default.fetch(`http://localhost/api/sites/${site.key}/${path}`, {
    method,
    headers: { authorization: `Bearer ${site.apiKey}`, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function made(site: Site, path: string, body: object) {
  const response = await ask(site, "POST", path, body);
  expect(`${response.status} ${await response.clone().text()}`).toMatch(/^20[01] /);
  return Item.parse(await response.json());
}

/** The refusal of a request, which must be one. */
async function refused(response: Response | Promise<Response>) {
  const answer = await response;
  const { error } = ErrorBody.parse(await answer.json());
  return { status: answer.status, ...error };
}

function change(site: Site, path: string, version: number, body: object) {
  return ask(site, "PATCH", path, body, { "if-match": `"${version}"` });
}

const segment = (key: string, condition: object = {}, more: object = {}) => ({
  key,
  name: key,
  condition,
  ...more,
});
const steps = [
  { key: "cart", name: "Panier", event: "Cart Viewed" },
  { key: "pay", name: "Paiement", path: "/shop/checkout" },
];
const card = (creative: object, more: object = {}) => ({
  name: "Essai",
  kind: "chat",
  variants: [{ key: "a", creative: { fr: creative } }],
  ...more,
});

async function published(key: string): Promise<PublishedSite> {
  const row = await drizzle(env.DB).select().from(sites).where(eq(sites.key, key)).get();
  const text = await env.CONFIG.get(configKey(key, row?.publishedVersion ?? 0));
  return PublishedSite.parse(JSON.parse(text ?? "null"));
}

describe("nouns", () => {
  test("API40: segments and funnels are made, read, listed, changed and deleted as every noun, and leave their author", async () => {
    const site = await makeSite();
    const other = await makeSite();
    const own = await made(site, "segments", segment("vip", { "cart.value": { $gte: 200 } }, { value: 30 }));
    expect(own).toMatchObject({ priority: 0, exclude: false, skill: null, value: 30, version: 1 });
    const walk = await made(site, "funnels", { key: "checkout", name: "Commande", steps });
    const list = await (await ask(site, "GET", "segments?limit=1")).json();
    expect(list).toMatchObject({ items: [{ id: own.id }], next_cursor: null });

    const path = `segments/${own.id}`;
    expect((await ask(site, "PATCH", path, { priority: 3 })).status).toBe(428);
    const changed = await change(site, path, 1, { priority: 3 });
    expect(await changed.json()).toMatchObject({ priority: 3, value: 30, version: 2 });
    expect(changed.headers.get("etag")).toBe('"2"');
    expect((await change(site, path, 1, { priority: 4 })).status).toBe(412);
    const funnel = await change(site, `funnels/${walk.id}`, 1, { steps: steps.slice(0, 1) });
    expect(await funnel.json()).toMatchObject({ steps: [{ key: "cart", event: "Cart Viewed", path: null }] });

    expect((await ask(other, "GET", path)).status).toBe(404);
    expect((await ask(other, "DELETE", path)).status).toBe(404);
    expect((await ask(site, "GET", `funnels/${own.id}`)).status).toBe(404);
    expect((await ask(site, "DELETE", path)).status).toBe(204);
    expect((await ask(site, "GET", path)).status).toBe(404);
    const trail = await drizzle(env.DB).select().from(audit).where(eq(audit.site, site.key));
    expect(trail.map(({ action }) => action).sort()).toEqual([
      "funnels.create",
      "funnels.update",
      "segments.create",
      "segments.delete",
      "segments.update",
    ]);
  });

  test("API40: agents read them and change none", async () => {
    const site = await makeSite();
    const { id } = await made(site, "segments", segment("vip"));
    const { cookie } = await signIn("Léa", [site.key]);
    const at = (path: string, init: RequestInit = {}) =>
      exports.default.fetch(`http://localhost/api/sites/${site.key}/${path}`, {
        ...init,
        headers: { cookie, origin: "http://localhost", "content-type": "application/json" },
      });
    expect((await at("segments")).status).toBe(200);
    expect((await at("segments/library")).status).toBe(200);
    const body = JSON.stringify(segment("other"));
    expect((await at("segments", { method: "POST", body })).status).toBe(403);
    expect((await at("segments/library/premium", { method: "POST" })).status).toBe(403);
    expect((await at(`segments/${id}`, { method: "DELETE" })).status).toBe(403);
  });

  test("API41: what is saved is published: segments and funnels with the campaigns, and gone when deleted", async () => {
    const site = await makeSite();
    const own = await made(site, "segments", segment("vip", { "cart.items": { $gt: 3 } }));
    await made(site, "funnels", { key: "checkout", name: "Commande", steps });
    const first = await published(site.key);
    expect(first.segments.map(({ key }) => key)).toEqual(["vip"]);
    expect(first.funnels.map(({ key }) => key)).toEqual(["checkout"]);
    await change(site, `segments/${own.id}`, 1, { priority: 7 });
    expect((await published(site.key)).segments[0]?.priority).toBe(7);
    await ask(site, "DELETE", `segments/${own.id}`);
    expect((await published(site.key)).segments).toEqual([]);
  });

  test("API42: a key names one thing of its noun at a site, whatever races", async () => {
    const site = await makeSite();
    await made(site, "funnels", { key: "vip", name: "vip", steps });
    const racing = await Promise.all(
      Array.from({ length: 6 }, () => ask(site, "POST", "segments", segment("vip"))),
    );
    expect(racing.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(await refused(ask(site, "POST", "segments", segment("vip")))).toMatchObject({
      status: 409,
      code: "conflict",
      path: "key",
    });
    const second = await made(site, "segments", segment("other"));
    expect(await refused(change(site, `segments/${second.id}`, 1, { key: "vip" }))).toMatchObject({
      status: 409,
      path: "key",
    });
    expect((await change(site, `segments/${second.id}`, 1, { key: "other", priority: 1 })).status).toBe(200);
    expect((await ask(await makeSite(), "POST", "segments", segment("vip"))).status).toBe(201);
    const twice = [steps[0], { ...steps[1], key: "cart" }];
    expect(
      await refused(ask(site, "POST", "funnels", { key: "two", name: "two", steps: twice })),
    ).toMatchObject({ status: 400, path: "steps.1.key" });
  });
});

describe("what can be saved", () => {
  test.each([
    [{ "cart.valu": { $gte: 3 } }, "condition.cart.valu", "cart.value"],
    [{ $or: [{ "cart.value": { $above: 3 } }] }, "condition.$or.0.cart.value.$above", "$above"],
    [{ "cart.value": { $gtr: 3 } }, "condition.cart.value.$gtr", 'did you mean "$gt'],
    [{ "segment.vpi": true }, "condition.segment.vpi", "vip"],
    [{ $and: [{ "page.path": { $regex: "(a+)+$" } }] }, "condition.$and.0.page.path.$regex", ""],
    // A schema leaves this name out, and a condition without it would hold for everybody.
    [JSON.parse('{"__proto__":{"cart.value":3}}'), "condition.__proto__", "__proto__"],
    [JSON.parse('{"$and":[{"__proto__":1}]}'), "condition.$and.0.__proto__", "__proto__"],
  ])("API43: %j is refused at its place, with the nearest name", async (condition, path, named) => {
    const site = await makeSite();
    await made(site, "segments", segment("vip"));
    const ofSegment = await refused(ask(site, "POST", "segments", segment("new", condition)));
    const ofCampaign = await refused(ask(site, "POST", "campaigns", card({ title: "x" }, { condition })));
    for (const refusal of [ofSegment, ofCampaign]) {
      expect(refusal).toMatchObject({ status: 400, code: "invalid", path });
      expect(refusal.message).toContain(named);
    }
    const kept = await ask(site, "POST", "campaigns", card({ title: "x" }));
    const { id } = z.looseObject({ id: z.string() }).parse(await kept.json());
    expect(await refused(change(site, `campaigns/${id}`, 1, { condition }))).toMatchObject({ path });
  });

  test("API43: segments may ask about segments, and never about themselves, over however many", async () => {
    const site = await makeSite();
    expect(await refused(ask(site, "POST", "segments", segment("a", { "segment.a": true })))).toMatchObject({
      status: 400,
      path: "condition.segment.a",
    });
    const a = await made(site, "segments", segment("a", { "cart.items": { $gt: 3 } }));
    await made(site, "segments", segment("b", { "segment.a": true }));
    await made(site, "segments", segment("c", { $or: [{ "segment.b": true }] }));
    const circle = await refused(change(site, `segments/${a.id}`, 1, { condition: { "segment.c": true } }));
    expect(circle).toMatchObject({ status: 400, path: "condition.segment.c" });
    expect(circle.message).toContain("a → c → b → a");
  });

  test("API43: two saves that close a circle together do not both stand", async () => {
    const site = await makeSite();
    const a = await made(site, "segments", segment("a"));
    const b = await made(site, "segments", segment("b"));
    const answers = await Promise.all([
      change(site, `segments/${a.id}`, 1, { condition: { "segment.b": true } }),
      change(site, `segments/${b.id}`, 1, { condition: { "segment.a": true } }),
    ]);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    expect([400, 412]).toContain(statuses[1]);
  });

  test("API44: a segment that is asked about keeps its key and stays, and who asks is named", async () => {
    const site = await makeSite();
    const vip = await made(site, "segments", segment("vip"));
    const live = card({ title: "x" }, { name: "Aide", status: "live", condition: { "segment.vip": true } });
    const campaign = z
      .looseObject({ id: z.string() })
      .parse(await (await ask(site, "POST", "campaigns", live)).json());
    const kept = await refused(ask(site, "DELETE", `segments/${vip.id}`));
    expect(kept).toMatchObject({ status: 409, code: "conflict" });
    expect(kept.message).toContain("Aide");
    expect(await refused(change(site, `segments/${vip.id}`, 1, { key: "vips" }))).toMatchObject({
      status: 409,
    });
    expect((await change(site, `segments/${vip.id}`, 1, { value: 3 })).status).toBe(200);

    await change(site, `campaigns/${campaign.id}`, 1, { status: "paused" });
    const other = await made(site, "segments", segment("large", { "segment.vip": true }));
    const needed = await refused(ask(site, "DELETE", `segments/${vip.id}`));
    expect([needed.status, needed.message]).toEqual([409, expect.stringContaining("large")]);
    await ask(site, "DELETE", `segments/${other.id}`);
    expect((await ask(site, "DELETE", `segments/${vip.id}`)).status).toBe(204);
    // What would run without it is not switched on again.
    expect(await refused(change(site, `campaigns/${campaign.id}`, 2, { status: "live" }))).toMatchObject({
      status: 400,
      path: "condition.segment.vip",
    });
  });

  test("API48: a segment leads only to a skill that is there, and the nearest is named", async () => {
    const site = await makeSite();
    await made(await makeSite(), "skills", { key: "returns", name: "Retours" });
    const { id: skill } = await made(site, "skills", { key: "sizes", name: "Tailles" });
    const wrong = await refused(ask(site, "POST", "segments", segment("vip", {}, { skill: "size" })));
    expect(wrong).toMatchObject({ status: 400, code: "invalid", path: "skill" });
    expect(wrong.message).toContain('did you mean "sizes"?');
    const foreign = refused(ask(site, "POST", "segments", segment("vip", {}, { skill: "returns" })));
    expect(await foreign).toMatchObject({ status: 400, path: "skill" });

    const vip = await made(site, "segments", segment("vip", {}, { skill: "sizes" }));
    const other = await refused(change(site, `segments/${vip.id}`, 1, { skill: "returns" }));
    expect(other).toMatchObject({ status: 400, path: "skill" });
    const needed = await refused(ask(site, "DELETE", `skills/${skill}`));
    expect([needed.status, needed.message]).toEqual([409, expect.stringContaining("the segment vip")]);
    expect((await change(site, `segments/${vip.id}`, 1, { skill: null })).status).toBe(200);
    expect((await ask(site, "DELETE", `skills/${skill}`)).status).toBe(204);
  });

  test("API48: a goal or a skill that a live campaign uses keeps its key and stays, and who uses it is named", async () => {
    const site = await makeSite();
    const goal = await made(site, "goals", { key: "quote", name: "Devis", kind: "lead" });
    const skill = await made(site, "skills", { key: "sizes", name: "Tailles" });
    const live = { name: "Aide", status: "live", goal: "quote", skill: "sizes" };
    const campaign = z
      .looseObject({ id: z.string() })
      .parse(await (await ask(site, "POST", "campaigns", card({ title: "x" }, live))).json());
    for (const path of [`goals/${goal.id}`, `skills/${skill.id}`]) {
      const kept = await refused(ask(site, "DELETE", path));
      expect(kept).toMatchObject({ status: 409, code: "conflict" });
      expect(kept.message).toContain("the live campaign “Aide”");
      expect(await refused(change(site, path, 1, { key: "other" }))).toMatchObject({ status: 409 });
      expect((await change(site, path, 1, { name: "Autrement" })).status).toBe(200);
    }
    const twin = await refused(ask(site, "POST", "goals", { key: "quote", name: "Encore", kind: "lead" }));
    expect(twin).toMatchObject({ status: 409, path: "key" });

    // Its result is still read by the goal; nobody is led by the skill any more.
    await change(site, `campaigns/${campaign.id}`, 1, { status: "paused" });
    expect((await ask(site, "DELETE", `goals/${goal.id}`)).status).toBe(409);
    expect((await ask(site, "DELETE", `skills/${skill.id}`)).status).toBe(204);
    expect(await refused(change(site, `campaigns/${campaign.id}`, 2, { status: "live" }))).toMatchObject({
      status: 400,
      path: "skill",
    });
  });

  test("API48: a skill that goes while a segment is led to it leaves no segment without its skill", async () => {
    const site = await makeSite();
    const skill = await made(site, "skills", { key: "sizes", name: "Tailles" });
    const [gone, led] = await Promise.all([
      ask(site, "DELETE", `skills/${skill.id}`),
      ask(site, "POST", "segments", segment("vip", {}, { skill: "sizes" })),
    ]);
    expect([gone.status === 204, led.status === 201].filter(Boolean)).toHaveLength(1);
  });

  test("API46: a campaign's texts are templates that can be filled, each refused at its place", async () => {
    const site = await makeSite();
    const good = card({
      title: "{{ cart.items }} articles",
      text: "{% if cart.items > 2 %}Beaucoup{% endif %}",
    });
    expect((await ask(site, "POST", "campaigns", good)).status).toBe(201);
    const open = card({ title: "x", text: "{{ cart.value " });
    expect(await refused(ask(site, "POST", "campaigns", open))).toMatchObject({
      status: 400,
      path: "variants.0.creative.fr.text",
    });
    const block = { slot: "shop-banner", blocks: [{ type: "list", items: ["a", "{% nothing %}"] }] };
    expect(await refused(ask(site, "POST", "campaigns", card(block, { kind: "content" })))).toMatchObject({
      path: "variants.0.creative.fr.blocks.0.items.1",
    });
  });

  test.each([
    ["chat", {}, "variants.0.creative"],
    ["content", { blocks: [{ type: "text", text: "x" }] }, "variants.0.creative.fr.slot"],
    ["content", { title: "x", slot: "banner" }, "variants.0.creative.fr.blocks"],
  ])("API46: a draft %s may be unfinished; live, %j lacks %s", async (kind, creative, path) => {
    const site = await makeSite();
    const draft = card(creative, { kind });
    const kept = await ask(site, "POST", "campaigns", draft);
    expect(kept.status).toBe(201);
    const { id } = z.looseObject({ id: z.string() }).parse(await kept.json());
    expect(await refused(change(site, `campaigns/${id}`, 1, { status: "live" }))).toMatchObject({
      status: 400,
      path,
    });
    expect(await refused(ask(site, "POST", "campaigns", { ...draft, status: "live" }))).toMatchObject({
      path,
    });
  });

  test("API46: what has words may go live: an offer without a code, content without a slot; never what ends before it begins", async () => {
    const site = await makeSite();
    for (const kind of ["chat", "offer", "content"]) {
      const live = card({ title: "x", text: "y" }, { kind, status: "live" });
      expect((await ask(site, "POST", "campaigns", live)).status).toBe(201);
    }
    const place = { slot: "banner", blocks: [{ type: "text", text: "x" }] };
    const lent = card({}, { kind: "content", status: "live" });
    const both = { ...lent, variants: [{ key: "a", creative: { fr: { slot: "banner" }, en: place } }] };
    expect((await ask(site, "POST", "campaigns", both)).status).toBe(201);
    const schedule = { from: "2026-12-02T00:00:00Z", to: "2026-12-01T00:00:00Z" };
    expect(
      await refused(ask(site, "POST", "campaigns", card({ title: "x" }, { status: "live", schedule }))),
    ).toMatchObject({ path: "schedule.to" });
  });
});

describe("library", () => {
  const library = async (site: Site, query = "") =>
    z
      .object({
        items: z.array(
          z.looseObject({ key: z.string(), name: z.string(), installed: z.string().nullable() }),
        ),
      })
      .parse(await (await ask(site, "GET", `segments/library${query}`)).json()).items;

  test("API45: each segment installs in one call, in the site's language, and once however often it is asked", async () => {
    const site = await makeSite();
    expect((await library(site)).map(({ installed }) => installed)).toEqual(LIBRARY_KEYS.map(() => null));
    const installed = await Promise.all(
      LIBRARY_KEYS.flatMap((key) => [key, key]).map((key) => ask(site, "POST", `segments/library/${key}`)),
    );
    expect(installed.map(({ status }) => status).sort()).toEqual(
      LIBRARY_KEYS.flatMap(() => [200, 201]).sort(),
    );
    const own = await published(site.key);
    expect(own.segments.map(({ key }) => key).sort()).toEqual(LIBRARY_KEYS);
    expect(own.segments.find(({ key }) => key === "premium")?.name).toBe("Premium");
    expect(own.segments.find(({ key }) => key === "searching")?.name).toBe("En recherche");
    expect((await library(site)).every(({ installed: id }) => id !== null)).toBe(true);
    expect((await library(site, "?locale=en"))[0]).toMatchObject({ name: "High basket" });
  });

  test("API45: what a site changed stays its own; a key that the library lacks is not found", async () => {
    const site = await makeSite({ locale: "en" });
    const own = await made(site, "segments/library/premium", {});
    await change(site, `segments/${own.id}`, 1, { name: "Ours", priority: 99 });
    const again = await ask(site, "POST", "segments/library/premium");
    expect([again.status, await again.json()]).toMatchObject([
      200,
      { id: own.id, name: "Ours", priority: 99 },
    ]);
    expect((await ask(site, "POST", "segments/library/nothing")).status).toBe(404);
    expect((await ask(site, "POST", "segments/library/constructor")).status).toBe(404);
  });
});

describe("routing", () => {
  /** A visitor who has done `events`, and then begins a conversation. */
  async function arrive(site: Site, events: (visitor: string) => unknown[], more: object = {}) {
    const visitor = crypto.randomUUID();
    if (events(visitor).length > 0) await send(site.key, events(visitor));
    const conversation = await openConversation(site.key, { anonymousId: visitor, ...more });
    await (await joinRoom(conversation)).post("bonjour");
    return conversation.id;
  }

  test("T87: the queue serves a visitor's segments of this visit, and what the page claims changes nothing", async () => {
    const site = await makeSite();
    for (const key of ["sizes", "orders"]) await made(site, "skills", { key, name: key });
    await made(
      site,
      "segments",
      segment("vip", { "cart.value": { $gte: 200 } }, { priority: 20, skill: "sizes" }),
    );
    await made(
      site,
      "segments",
      segment("cart", { "cart.items": { $gte: 1 } }, { priority: 5, skill: "orders" }),
    );
    await made(site, "segments", segment("later", { "page.path": "/help" }, { priority: -5 }));
    const bought = (visitor: string, price: number) => [
      pageView(visitor, "/cart"),
      track(visitor, "Product Added", { product_id: "p", price, quantity: 1 }),
    ];
    const claims = { segments: ["vip"], priority: 99, context: { segment: { vip: true } } };
    const help = await arrive(site, (visitor) => [pageView(visitor, "/help")]);
    const plain = await arrive(site, () => [], claims);
    const cart = await arrive(site, (visitor) => bought(visitor, 50));
    const vip = await arrive(site, (visitor) => bought(visitor, 250));
    const asking = await arrive(site, (visitor) => bought(visitor, 250), { skill: "care" });

    const lea = await signIn("Léa", [site.key]);
    const { queue } = await (await dialDesk(lea, site.key)).find("snapshot");
    expect(queue.map(({ conversation, skill }) => [conversation, skill])).toEqual([
      [vip, "sizes"],
      [asking, "care"],
      [cart, "orders"],
      [plain, null],
      [help, null],
    ]);
  });
});

test("T87: who was invited goes to the invitation's skill; another visitor's invitation gives none", async () => {
  const site = await makeSite({
    campaigns: [{ id: "cmp_care", kind: "chat", skill: "care", condition: { "page.path": "/care" } }],
  });
  await made(site, "skills", { key: "sizes", name: "Tailles" });
  await made(site, "segments", segment("vip", { "page.path": "/care" }, { priority: 3, skill: "sizes" }));
  const invited = crypto.randomUUID();
  const { decisions } = await send(site.key, [pageView(invited, "/care")]);
  const decision_id = decisions[0]?.id;
  expect(decision_id).toBeDefined();
  const begin = async (anonymousId: string) => {
    const conversation = await openConversation(site.key, { anonymousId, decision_id });
    await (await joinRoom(conversation)).post("bonjour");
    return conversation.id;
  };
  const stranger = await begin(crypto.randomUUID());
  const own = await begin(invited);
  const lea = await signIn("Léa", [site.key]);
  const { queue } = await (await dialDesk(lea, site.key)).find("snapshot");
  expect(queue.map(({ conversation, skill }) => [conversation, skill])).toEqual([
    [own, "care"],
    [stranger, null],
  ]);
});

test("API47: everything of the demo is what the API itself would have kept, live or not", async () => {
  const known = {
    segments: DEMO_SEGMENTS.map(({ key }) => key),
    goals: DEMO_GOALS.map(({ key }) => key),
    skills: DEMO_SKILLS.map(({ key }) => key),
  };
  for (const each of DEMO_SEGMENTS) expect(segmentProblems(Segment.parse(each), DEMO_SEGMENTS)).toEqual([]);
  for (const each of DEMO_FUNNELS) expect(Funnel.parse(each)).toEqual(each);
  for (const { body } of [...DEMO_LIVE, ...DEMO_DRAFTS]) {
    expect(() => assertSound({ ...CampaignInput.parse(body), status: "live" }, known)).not.toThrow();
  }
  const hours = readBusinessHours({ timezone: "Europe/Paris", ...DEMO_HOURS });
  const now = Date.now();
  for (let hour = 0; hour < 24 * 400; hour += 1) expect(hours.isOpen(now + hour * 3_600_000)).toBe(true);
});
