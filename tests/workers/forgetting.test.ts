/** Rules R-F13 to R-F15: how long what was said is kept, and what remains of it. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keptSince } from "../../domain/history/transcript-retention.ts";
import { dropUnsentFiles } from "../../workers/files/sweep.ts";
import { forgetRequests } from "../../workers/history/forget-requests.ts";
import { forgetTranscripts } from "../../workers/history/forget-transcripts.ts";
import { runSchedule } from "../../workers/schedule.ts";
import { type Conversation, joinRoom, openConversation, postJson, request } from "./chat-client.ts";
import { eventually } from "./eventually.ts";
import { pngWith } from "./hostile-files.ts";
import { makeSite } from "./site.ts";

const NOON = Date.UTC(2037, 10, 23, 12);
const DAY = 86_400_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const count = (sql: string, ...values: unknown[]) =>
  env.DB.prepare(`select count(*) as n from ${sql}`)
    .bind(...values)
    .first<number>("n");

async function upload({ id, token }: Conversation): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await request(`/v1/conversations/${id}/files`, {
    method: "POST",
    headers,
    body: pngWith(),
  });
  expect(response.status).toBe(201);
  return (await response.json<{ file: { id: string } }>()).file.id;
}

const bytesOf = async (site: string) => (await env.FILES.list({ prefix: `${site}/` })).objects.length;

/** A conversation in which a file was shown and which is closed and in history. */
async function talked(site: string, words: string): Promise<Conversation> {
  const chat = await openConversation(site);
  const visitor = await joinRoom(chat);
  await visitor.post(words);
  await visitor.post(JSON.stringify({ id: await upload(chat) }), "file");
  visitor.send({ type: "close" });
  await visitor.next("event", ({ name }) => name === "closed");
  await postJson(`/v1/conversations/${chat.id}/survey`, { token: chat.token, csat: 5, comment: words });
  await eventually(
    () => count("conversation_texts where conversation_id = ?", chat.id),
    (found) => found === 1,
  );
  await eventually(
    () => count("surveys where conversation_id = ? and comment is not null", chat.id),
    (found) => found === 1,
  );
  return chat;
}

/** What of `chat` can still be read anywhere. */
async function left(site: string, { id }: Conversation) {
  const match = "conversation_search where conversation_search match ?";
  return {
    log: await count("conversation_logs where conversation_id = ?", id),
    text: await count("conversation_texts where conversation_id = ?", id),
    found: await count(match, '"lampadaire"'),
    comment: await count("surveys where conversation_id = ? and comment is not null", id),
    files: await count("files where conversation_id = ?", id),
    bytes: (await env.FILES.list({ prefix: `${site}/${id}/` })).objects.length,
    room: (await env.CHAT_ROOM.getByName(id).whose()) === null ? 0 : 1,
  };
}

const EVERYTHING = { log: 1, text: 1, found: 1, comment: 1, files: 1, bytes: 1, room: 1 };
const NOTHING = { log: 0, text: 0, found: 0, comment: 0, files: 0, bytes: 0, room: 0 };

test("R-F13: what was said is gone the moment its months are over, and not a moment before", async () => {
  const { key: site } = await makeSite({ transcript_months: 3 });
  const { key: other } = await makeSite({ transcript_months: 4 });
  const chat = await talked(site, "Un lampadaire ?");
  const kept = await talked(other, "Une table ?");
  const row = await env.DB.prepare("select created_at from conversations where id = ?")
    .bind(chat.id)
    .first<number>("created_at");
  expect(row).toBe(NOON);
  const due = Date.UTC(2038, 1, 23, 12);
  expect(await forgetTranscripts(env, due)).toBe(0);
  expect(await left(site, chat)).toEqual(EVERYTHING);
  expect(await forgetTranscripts(env, due + 1)).toBe(1);
  expect(await left(site, chat)).toEqual(NOTHING);
  expect(await left(other, kept)).toMatchObject({ log: 1, text: 1, files: 1, bytes: 1, room: 1 });
  // That it was stays, for the figures, with the answers that are no words.
  expect(await count("conversations where id = ? and visitor_messages = 2", chat.id)).toBe(1);
  expect(await count("surveys where conversation_id = ? and csat = 5", chat.id)).toBe(1);
  // Again, nothing: and another begins a day later.
  expect(await forgetTranscripts(env, due + DAY)).toBe(0);
  vi.setSystemTime(NOON + DAY);
  const second = await talked(site, "Un lampadaire ?");
  expect(await forgetTranscripts(env, due + DAY)).toBe(0);
  expect(await forgetTranscripts(env, due + DAY + 1)).toBe(1);
  expect(await left(site, second)).toEqual(NOTHING);
});

test("R-F13: a room that cannot be asked is asked again, and holds up none of the others", async () => {
  const { key: site } = await makeSite({ transcript_months: 1 });
  const [ill, well] = [await talked(site, "Un lampadaire ?"), await talked(site, "Un lampadaire ?")];
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const rooms = new Proxy(env.CHAT_ROOM, {
    get(target, method) {
      if (method !== "getByName") return Reflect.get(target, method, target) as unknown;
      return (name: string) =>
        name === ill.id ? { erase: () => Promise.reject(new Error("ill")) } : target.getByName(name);
    },
  });
  const world = new Proxy(env, {
    get: (target, name) => (name === "CHAT_ROOM" ? rooms : (Reflect.get(target, name) as unknown)),
  });
  const due = NOON + 40 * DAY;
  expect(await forgetTranscripts(world, due)).toBe(1);
  expect(error).toHaveBeenCalled();
  expect(await left(site, ill)).toEqual(EVERYTHING);
  expect(await left(site, well)).toMatchObject({ log: 0, bytes: 0, room: 0 });
  expect(await forgetTranscripts(world, due)).toBe(0);
  expect(await forgetTranscripts(env, due)).toBe(1);
  expect(await left(site, ill)).toEqual(NOTHING);
});

test("R-F13: who asked to be called or written to is forgotten after as many months, site by site", async () => {
  const { key: site } = await makeSite({ transcript_months: 3 });
  const { key: other } = await makeSite({ transcript_months: 4 });
  const call = (of: string, id: string, endsAt: number) =>
    env.DB.prepare(
      `insert into callbacks (site, id, visitor_id, created_at, slot_at, slot_ends_at, phone, locale, status)
       values (?1, ?2, 'v', ?3 - 9e8, ?3 - 9e5, ?3, '+33123456789', 'fr', 'done')`,
    ).bind(of, id, endsAt);
  const message = (of: string, id: string, at: number) =>
    env.DB.prepare(
      `insert into left_messages (site, id, revision, visitor_id, at, email, body)
       values (?1, ?2, 1, 'v', ?3, 'a@example.test', 'bonjour')`,
    ).bind(of, id, at);
  await env.DB.batch([
    ...[site, other].flatMap((of) => [call(of, "due", NOON), message(of, "due", NOON)]),
    call(site, "later", NOON + 1),
    message(site, "later", NOON + 1),
  ]);
  const kept = async (of: string) => ({
    calls: await count("callbacks where site = ?", of),
    messages: await count("left_messages where site = ?", of),
  });
  const due = Date.UTC(2038, 1, 23, 12);
  await forgetRequests(env, due);
  expect(await kept(site)).toEqual({ calls: 2, messages: 2 });
  expect(await forgetRequests(env, due + 1)).toBe(2);
  expect(await kept(site)).toEqual({ calls: 1, messages: 1 });
  expect(await kept(other)).toEqual({ calls: 1, messages: 1 });
  expect(await forgetRequests(env, due + 1)).toBe(0);
});

test("R-F13: months are those of the calendar; the setting has bounds and is 12 without a word", async () => {
  const from = (iso: string, months: number) => new Date(keptSince(Date.parse(iso), months)).toISOString();
  expect(from("2038-03-31T10:00:00Z", 1)).toBe("2038-02-28T10:00:00.000Z");
  expect(from("2028-03-31T10:00:00Z", 1)).toBe("2028-02-29T10:00:00.000Z");
  expect(from("2038-01-15T00:00:00Z", 12)).toBe("2037-01-15T00:00:00.000Z");
  expect(from("2038-01-31T23:59:59Z", 36)).toBe("2035-01-31T23:59:59.000Z");
  const { key, apiKey } = await makeSite();
  const headers = { authorization: `Bearer ${apiKey}` };
  const read = await request(`/api/sites/${key}`, { headers });
  expect(await read.json()).toMatchObject({ transcript_months: 12, wrap_up_codes: [] });
  for (const months of [0, 37, 1.5, null]) {
    const response = await request(`/api/sites/${key}`, {
      method: "PATCH",
      headers: { ...headers, "if-match": read.headers.get("etag") ?? "" },
      body: JSON.stringify({ transcript_months: months }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { path: "transcript_months" } });
  }
});

test("R-F14: a file that no message showed is gone after a day; one that was shown stays with its conversation", async () => {
  const { key: site } = await makeSite();
  const chat = await talked(site, "Bonjour");
  const silent = await openConversation(site);
  await upload(silent);
  const open = await openConversation(site);
  await (await joinRoom(open)).post("Bonjour");
  await upload(open);
  await eventually(
    () => count("conversations where id = ?", open.id),
    (found) => found === 1,
  );
  expect(await bytesOf(site)).toBe(3);
  expect(await dropUnsentFiles(env, NOON + DAY)).toBe(0);
  expect(await dropUnsentFiles(env, NOON + DAY + 60_000)).toBe(1);
  expect((await left(site, chat)).bytes).toBe(1);
  expect((await left(site, silent)).bytes).toBe(0);
  // While it is open, or its log on its way, nobody can know yet: it is looked at again.
  expect((await left(site, open)).bytes).toBe(1);
  expect(await count("files where site = ? and sent_at is null", site)).toBe(1);
  const visitor = await joinRoom(open);
  visitor.send({ type: "close" });
  await visitor.next("event", ({ name }) => name === "closed");
  await eventually(
    () => count("conversation_texts where conversation_id = ?", open.id),
    (found) => found === 1,
  );
  expect(await dropUnsentFiles(env, NOON + 2 * DAY)).toBe(1);
  expect(await bytesOf(site)).toBe(1);
  expect(await count("files where site = ?", site)).toBe(1);
});

test("R-F14: the schedule does both", async () => {
  const { key: site } = await makeSite({ transcript_months: 1 });
  const chat = await talked(site, "Un lampadaire ?");
  const silent = await openConversation(site);
  await upload(silent);
  vi.setSystemTime(NOON + 60 * DAY);
  await runSchedule(env, Date.now());
  expect(await left(site, chat)).toEqual(NOTHING);
  expect(await bytesOf(site)).toBe(0);
});
