/** What a visitor is told to do now, through the front door. */
import { env, exports } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DeskStatus } from "../../domain/desk/wire.ts";
import { resources } from "../../migrations/schema.ts";
import { joinDesk, joinRoom, openConversation } from "./chat-client.ts";
import { eventually } from "./eventually.ts";
import { signIn } from "./login.ts";
import { makeSite, post } from "./site.ts";

/** A Monday, 2037-11-23, 10:00 in Paris. */
const MONDAY_10 = Date.parse("2037-11-23T09:00:00Z");
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"] as const;
const OFFICE = [{ dayOfWeek: [...WEEKDAYS], opens: "09:00", closes: "18:00" }];

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: MONDAY_10 }));
afterEach(() => void vi.useRealTimers());

type Answer = {
  state: string;
  actions: string[];
  position: number | null;
  wait_seconds: number | null;
  opens_at: string | null;
  site: Record<string, string>;
  articles: { id: string; title: string }[];
};

const get = (path: string) => exports.default.fetch(`http://localhost${path}`);

async function ask(key: string, more = ""): Promise<Answer> {
  const response = await get(`/v1/availability?key=${key}${more}`);
  expect(response.status).toBe(200);
  return response.json();
}

const open = (key: string, more: Record<string, unknown> = {}) =>
  post("/v1/conversations", null, { writeKey: key, anonymousId: "ada", ...more });

let written = 0;

/** An article of `site`; ids grow, as those that the API gives. */
async function publishArticle(site: string, body: Record<string, unknown>): Promise<string> {
  written += 1;
  const id = `art_${String(written).padStart(4, "0")}-${crypto.randomUUID()}`;
  const article = { title: "?", body: "?", locale: "fr", tags: [], status: "published", ...body };
  await drizzle(env.DB)
    .insert(resources)
    .values({ id, site, noun: "articles", body: JSON.stringify(article), createdAt: 0, updatedAt: 0 });
  return id;
}

test("R-A9: the answer says the state, what to do, when it opens and in which zone", async () => {
  const { key } = await makeSite({ name: "Atelier", business_hours: OFFICE });
  expect(await ask(key)).toEqual({
    state: "closed",
    actions: ["message", "callback"],
    position: null,
    wait_seconds: null,
    opens_at: null,
    site: { name: "Atelier", locale: "fr", currency: "EUR", timezone: "Europe/Paris" },
    articles: [],
  });
  vi.setSystemTime(Date.parse("2037-11-21T12:00:00Z"));
  expect(await ask(key)).toMatchObject({ state: "closed", opens_at: "2037-11-23T08:00:00.000Z" });
  expect((await get("/v1/availability?key=nobody")).status).toBe(401);
  expect((await get("/v1/availability")).status).toBe(401);
});

test("R-A9: an agent who comes, takes all they can or goes is in the answer two seconds later", async () => {
  const { key } = await makeSite();
  const desk = await joinDesk(await signIn("Léa", [key]), key);
  /** What a page hears two seconds after the desk is as `holds` says. */
  const after = async (state: "online" | "away", holds: (status: DeskStatus) => boolean) => {
    desk.send({ type: "status", state, capacity: 1 });
    await eventually(() => env.SITE_DESK.getByName(key).status(), holds);
    vi.setSystemTime(Date.now() + 2_000);
    return ask(key);
  };
  expect(await ask(key)).toMatchObject({ state: "closed" });
  expect(await after("online", ({ covered }) => covered)).toMatchObject({
    state: "online",
    actions: ["chat"],
    position: null,
    wait_seconds: 0,
  });
  const visitor = await joinRoom(await openConversation(key));
  await visitor.post("bonjour");
  const offer = await desk.next("offered");
  desk.send({ type: "accept", conversation: offer.conversation });
  expect(await after("online", ({ covered, staffed }) => staffed && !covered)).toMatchObject({
    state: "busy",
    actions: ["queue", "message", "callback"],
    position: 1,
  });
  expect(await after("away", ({ staffed }) => !staffed)).toMatchObject({ state: "closed", position: null });
});

test("R-A10: a skill with hours of its own goes by them", async () => {
  const hours = { urgent: [{ dayOfWeek: ["Saturday" as const], opens: "00:00", closes: "24:00" }] };
  const { key } = await makeSite({ business_hours: OFFICE, availability: { hours } });
  expect(await ask(key, "&skill=urgent")).toMatchObject({ opens_at: "2037-11-27T23:00:00.000Z" });
  expect(await ask(key, "&skill=returns")).toMatchObject({ opens_at: null });
});

test("R-A11: outside its hours a site takes no new conversation and says what it offers instead", async () => {
  const { key } = await makeSite({ business_hours: OFFICE });
  vi.setSystemTime(Date.parse("2037-11-21T12:00:00Z"));
  const refused = await open(key);
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({
    error: { code: "unavailable" },
    availability: { state: "closed", actions: ["message", "callback"], opens_at: "2037-11-23T08:00:00.000Z" },
  });
});

test("R-A11: whose conversation was open when the site closed keeps it", async () => {
  const { key } = await makeSite({ business_hours: OFFICE });
  const { token, conversation } = await (
    await open(key)
  ).json<{ token: string; conversation: { id: string } }>();
  vi.setSystemTime(Date.parse("2037-11-23T17:00:05Z"));
  expect((await open(key)).status).toBe(409);
  expect((await open(key, { token: "forged" })).status).toBe(409);
  const again = await open(key, { token });
  expect(again.status).toBe(200);
  expect(await again.json()).toMatchObject({ conversation: { id: conversation.id } });
});

test("R-A12: where merely nobody is there, who writes waits, unless the site has said otherwise", async () => {
  const { key } = await makeSite();
  expect(await ask(key)).toMatchObject({ state: "closed", opens_at: null });
  expect((await open(key)).status).toBe(201);

  const strict = await makeSite({ availability: { closed: ["message"] } });
  const refused = await open(strict.key);
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ availability: { actions: ["message"] } });

  const patient = await makeSite({ availability: { closed: ["queue", "message"] } });
  expect(await ask(patient.key)).toMatchObject({ actions: ["queue", "message"], position: 1 });
  expect((await open(patient.key)).status).toBe(201);
});

test("R-A13: articles are found by what visitors write, published ones only, in their language or the site's", async () => {
  const { key } = await makeSite();
  const other = await makeSite();
  const sizes = await publishArticle(key, {
    title: "Comment mesurer sa poitrine",
    body: "Prenez un **mètre** <script>alert(1)</script> de couturière.",
  });
  const returns = await publishArticle(key, {
    title: "Échanger une taille",
    body: "Trente jours, retours gratuits.",
  });
  await publishArticle(key, { title: "Brouillon", status: "draft" });
  const english = await publishArticle(key, { title: "Measuring", body: "Take a tape.", locale: "en" });
  await publishArticle(other.key, { title: "D’un autre" });

  const find = async (more: string) => {
    const response = await get(`/v1/articles?key=${key}${more}`);
    expect(response.headers.get("content-type")).toContain("application/json");
    return (await response.json<{ items: { id: string; excerpt: string }[] }>()).items;
  };
  expect((await find("")).map(({ id }) => id)).toEqual([sizes, returns]);
  expect((await find("&q=retour")).map(({ id }) => id)).toEqual([returns]);
  expect((await find("&q=ECHANGER")).map(({ id }) => id)).toEqual([returns]);
  expect((await find("&q=nothing")).length).toBe(0);
  expect((await find("&locale=en-GB")).map(({ id }) => id)).toEqual([english]);
  expect((await find("&q=metre"))[0]?.excerpt).toBe(
    "Prenez un mètre <script>alert(1)</script> de couturière.",
  );
  expect((await get(`/v1/articles?key=${key}&q=${"x".repeat(201)}`)).status).toBe(400);

  const whole = await get(`/v1/articles/${sizes}?key=${key}`);
  expect(await whole.json()).toMatchObject({ id: sizes, locale: "fr", title: "Comment mesurer sa poitrine" });
  const { html } = await (await get(`/v1/articles/${sizes}?key=${key}`)).json<{ html: string }>();
  expect(html).toContain("<strong>mètre</strong>");
  expect(html).not.toContain("<script");
  expect((await get(`/v1/articles/${sizes}?key=${other.key}`)).status).toBe(404);
  expect(await ask(key)).toMatchObject({
    actions: ["message", "callback", "faq"],
    articles: [{ id: sizes }, { id: returns }],
  });
});

test("R-A6: hours that name no day are refused at their place, whatever they are the hours of", async () => {
  const { key, apiKey } = await makeSite();
  const never = [
    {
      dayOfWeek: ["Monday"],
      opens: "09:00",
      closes: "10:00",
      validFrom: "2037-12-02",
      validThrough: "2037-12-01",
    },
  ];
  const change = async (patch: Record<string, unknown>) => {
    const response = await exports.default.fetch(`http://localhost/api/sites/${key}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${apiKey}`, "if-match": '"1"', "content-type": "application/json" },
      body: JSON.stringify(patch),
    });
    return [response.status, (await response.json<{ error?: { path: string } }>()).error?.path];
  };
  expect(await change({ callbacks: { hours: never } })).toEqual([400, "callbacks.hours.0.validThrough"]);
  expect(await change({ availability: { hours: { sizes: never } } })).toEqual([
    400,
    "availability.hours.sizes.0.validThrough",
  ]);
  expect(await change({ availability: { online: ["hide", "chat"] } })).toEqual([400, "availability.online"]);
  expect(await change({ availability: { online: ["chat", "faq"] } })).toEqual([200, undefined]);
});
