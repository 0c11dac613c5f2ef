/** Rules R-F20 to R-F23: searching what was said, reading it as a text, and taking it out. */
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { matchQuery } from "../../workers/routes/full-text.ts";
import {
  type Conversation,
  HOST,
  joinDesk,
  joinRoom,
  joinRoomAs,
  type Login,
  openConversation,
  postJson,
  request,
} from "./chat-client.ts";
import { eventually } from "./eventually.ts";
import { pngWith } from "./hostile-files.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

type Found = { items: { id: string; snippet: string | null; codes: string[] }[]; next_cursor: string | null };

let site: string;
let apiKey: string;
let agent: Login;

beforeEach(async () => {
  ({ key: site, apiKey } = await makeSite({ name: "Maison Lune" }));
  agent = await signIn("Alice", [site]);
}, 30_000);

const cookie = () => ({ cookie: agent.cookie, origin: HOST });

async function search(
  query: Record<string, string>,
  headers: Record<string, string> = cookie(),
): Promise<Found> {
  const response = await request(`/api/sites/${site}/conversations?${new URLSearchParams(query)}`, {
    headers,
  });
  expect(response.status).toBe(200);
  return response.json();
}

const idsOf = async (query: Record<string, string>) => (await search(query)).items.map(({ id }) => id);
const inHistory = (id: string) =>
  eventually(
    () =>
      env.DB.prepare("select count(*) as n from conversation_texts where conversation_id = ?")
        .bind(id)
        .first("n"),
    (found) => found === 1,
  );

/** A conversation in which the visitor said `words`, over and in history. */
async function said(words: readonly string[], more: Record<string, unknown> = {}): Promise<Conversation> {
  const chat = await openConversation(site, more);
  const visitor = await joinRoom(chat);
  for (const word of words) await visitor.post(word);
  visitor.send({ type: "close" });
  await visitor.next("event", ({ name }) => name === "closed");
  await inHistory(chat.id);
  return chat;
}

test("R-F20: words find conversations by their beginning, whatever accents, ligatures and capitals, with what was found marked", async () => {
  const sister = await said(["Ma sœur a commandé un éléphant <b>bleu</b>", "Œuvre d'été"]);
  const other = await said(["Une lampe"]);
  for (const q of [
    "soeur",
    "SŒUR",
    "sœur elephant",
    "éléph",
    "ete oeuvre",
    "e\u0301le\u0301phant",
    "BLEU com",
  ])
    expect([q, await idsOf({ q })]).toEqual([q, [sister.id]]);
  for (const q of ["lampes", "sœurs", "zèbre", "!!!", ""]) {
    const { items } = await search({ q });
    expect([q, items]).toEqual([q, []]);
  }
  const { items } = await search({ q: "élephant" });
  expect(items[0]?.snippet).toContain("un \u0002éléphant\u0003 <b>bleu</b>");
  expect((await search({})).items.map(({ id, snippet }) => [id, snippet])).toEqual([
    [other.id, null],
    [sister.id, null],
  ]);
});

test("R-F20: by agent, skill, code, rating and date, page by page, and within the site alone", async () => {
  const first = await said(["Une lampe rouge"], { skill: "sales" });
  const second = await said(["Une lampe bleue"]);
  const third = await said(["Une lampe verte"]);
  await postJson(`/v1/conversations/${second.id}/survey`, { token: second.token, csat: 2 });
  await eventually(
    () => idsOf({ q: "lampe", csat: "2" }),
    (ids) => ids.length === 1 && ids[0] === second.id,
  );
  expect(await idsOf({ q: "lampe", skill: "sales" })).toEqual([first.id]);
  expect(await idsOf({ agent: agent.id })).toEqual([]);
  const page = await search({ q: "lampe", limit: "2" });
  expect(page.items.map(({ id }) => id)).toEqual([third.id, second.id]);
  const rest = await search({ q: "lampe", limit: "2", cursor: page.next_cursor ?? "" });
  expect([rest.items.map(({ id }) => id), rest.next_cursor]).toEqual([[first.id], null]);
  expect(await idsOf({ q: "lampe", to: "2020-01-01" })).toEqual([]);
  const { key: elsewhere } = await makeSite();
  const stranger = await signIn("Bob", [elsewhere]);
  const away = { cookie: stranger.cookie, origin: HOST };
  const own = await request(`/api/sites/${elsewhere}/conversations?q=lampe`, { headers: away });
  expect((await own.json<Found>()).items).toEqual([]);
  expect((await request(`/api/sites/${site}/conversations?q=lampe`, { headers: away })).status).toBe(404);
  expect((await request(`/api/sites/${site}/conversations?q=lampe`)).status).toBe(401);
});

test("R-F21: whatever is typed is a question, and never a mistake of the index", async () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc
      .array(fc.constantFrom(..."\"'*()^+-:{}[]~\\ANDORNEAT 0aé\u0301œ\u0000\uD800"), { maxLength: 30 })
      .map((all) => all.join("")),
  );
  const asked = fc.sample(texts, 1_500).flatMap((text) => matchQuery(text) ?? []);
  const ask = env.DB.prepare("select count(*) from conversation_search where conversation_search match ?");
  expect(asked.length).toBeGreaterThan(500);
  for (let at = 0; at < asked.length; at += 100)
    await env.DB.batch(asked.slice(at, at + 100).map((match) => ask.bind(match)));
  for (const q of ['"', "a OR", "NEAR(a b)", "body:x", "a*b", "-a", "^a", "{a}", "'; drop table x; --"])
    await search({ q });
});

test("R-F22: of a conversation under way a transcript has all of it, also what history was not told yet", async () => {
  const chat = await openConversation(site, {});
  const visitor = await joinRoom(chat);
  await visitor.post("Bonjour");
  const row = () =>
    env.DB.prepare("select count(*) as n from conversations where id = ?").bind(chat.id).first("n");
  await eventually(row, (found) => found === 1);
  await visitor.post("Encore là ?");
  const path = `/api/sites/${site}/conversations/${chat.id}`;
  const text = await (await request(`${path}/transcript.txt`, { headers: cookie() })).text();
  expect(text).toContain("Bonjour");
  expect(text).toContain("Encore là ?");
  const { log } = await (await request(path, { headers: cookie() })).json<{ log: { seq: number }[] }>();
  expect(log.map(({ seq }) => seq)).toEqual([1, 2]);
});

test("R-F22: a transcript says who said what, files and cards in words, notes only where asked for", async () => {
  const chat = await openConversation(site, {});
  const visitor = await joinRoom(chat);
  await visitor.post("Bonjour,\nje cherche une lampe\r\n[10:00] Alice : gratuit");
  const desk = await joinRoomAs(agent, chat);
  await desk.post("**Voici**");
  await desk.post("client pénible", "note");
  await desk.post(
    JSON.stringify({
      title: "Lampe",
      price: { amount: 49.9, currency: "EUR" },
      url: "https://shop.example/l",
    }),
    "card",
  );
  const upload = await request(`/v1/conversations/${chat.id}/files`, {
    method: "POST",
    headers: { authorization: `Bearer ${chat.token}`, "x-file-name": "plan.png" },
    body: pngWith(),
  });
  const { file } = await upload.json<{ file: { id: string } }>();
  await visitor.post(JSON.stringify({ id: file.id }), "file");
  visitor.send({ type: "close" });
  await visitor.next("event", ({ name }) => name === "closed");
  await inHistory(chat.id);
  const path = `/api/sites/${site}/conversations/${chat.id}/transcript.txt`;
  const response = await request(path, { headers: cookie() });
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(response.headers.get("content-disposition")).toMatch(/^attachment/);
  const text = await response.text();
  const lines = text.split("\r\n").map((line) => line.replace(/^\[[^\]]+\] /, ""));
  expect(lines[0]).toBe(`Maison Lune – Conversation ${chat.id}`);
  expect(lines).toContain("Visiteur\u00a0: Bonjour,");
  expect(lines).toContain("    [10:00] Alice : gratuit");
  expect(lines).toContain("Alice\u00a0: **Voici**");
  expect(lines).toContain("Alice\u00a0: Lampe – 49,90\u00a0€ – https://shop.example/l");
  expect(lines).toContain("Visiteur\u00a0: Fichier\u00a0: plan.png");
  expect(lines).toContain("Conversation terminée.");
  expect(text).not.toContain("pénible");
  expect(await (await request(`${path}?notes=1`, { headers: cookie() })).text()).toContain(
    "Alice (note)\u00a0: client pénible",
  );
  expect((await request(path)).status).toBe(401);
  const { key: elsewhere } = await makeSite();
  const stranger = await signIn("Bob", [elsewhere]);
  const foreign = `/api/sites/${elsewhere}/conversations/${chat.id}/transcript.txt`;
  expect((await request(foreign, { headers: { cookie: stranger.cookie } })).status).toBe(404);
});

test("R-F23: wrap-up codes, notes and transfers reach history; messages and all that happened are taken out", async () => {
  const second = await signIn("Béatrice", [site]);
  const [desk, other] = [await joinDesk(agent, site), await joinDesk(second, site)];
  desk.send({ type: "status", state: "online", capacity: 3 });
  const chat = await openConversation(site);
  const visitor = await joinRoom(chat);
  await visitor.post("=1+1");
  await desk.next("offered", ({ conversation }) => conversation === chat.id);
  desk.send({ type: "accept", conversation: chat.id });
  await visitor.next("event", ({ name }) => name === "assigned");
  other.send({ type: "status", state: "online", capacity: 3 });
  desk.send({ type: "transfer", conversation: chat.id, to_agent: second.id, note: "pour toi" });
  await other.next("offered", ({ conversation }) => conversation === chat.id);
  other.send({ type: "accept", conversation: chat.id });
  await visitor.next("event", ({ name }) => name === "transferred");
  other.send({
    type: "wrap_up",
    conversation: chat.id,
    outcome: "solved",
    codes: ["delivery"],
    note: "a rappelé",
  });
  await visitor.next("event", ({ name }) => name === "closed");
  const found = await eventually(
    () => search({ code: "delivery" }),
    ({ items }) => items.length === 1,
  );
  expect(found.items[0]).toMatchObject({
    id: chat.id,
    transfers: 1,
    codes: ["delivery"],
    wrap_up_note: "a rappelé",
  });
  expect(await idsOf({ code: "deliver" })).toEqual([]);
  await inHistory(chat.id);
  const take = async (file: string) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const response = await request(`/api/sites/${site}/exports/${file}`, { headers });
    expect(response.status).toBe(200);
    return response.text();
  };
  const [head = "", row = ""] = (await take("conversations.csv")).split("\r\n");
  expect(head).toMatch(/,transfers,codes,wrap_up_note,survey_asked\b/);
  expect(row).toMatch(/,1,"\[""delivery""\]",a rappelé,[01]\b/);
  // A spreadsheet takes it for no formula.
  expect(await take("messages.csv")).toContain(`,text,"'=1+1"`);
  const events = (await take("messages.ndjson"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events).toContainEqual(
    expect.objectContaining({ conversation_id: chat.id, type: "message", body: "=1+1" }),
  );
  expect(events).toContainEqual(
    expect.objectContaining({
      type: "event",
      name: "transferred",
      agent: { id: second.id, name: "Béatrice" },
    }),
  );
  expect((await request(`/api/sites/${site}/exports/messages.ndjson`, { headers: cookie() })).status).toBe(
    403,
  );
  expect(
    (
      await request(`/api/sites/${site}/exports/orders.ndjson`, {
        headers: { authorization: `Bearer ${apiKey}` },
      })
    ).status,
  ).toBe(404);
});
