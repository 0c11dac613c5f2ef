/** Conversations from the front door: real sockets, real rooms, evicted and cut at the worst moments. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { SignJWT } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import { MAX_FRAME_BYTES } from "../../domain/chat/wire.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import { signConversationToken } from "../../durable-objects/conversation-token.ts";
import { newConversationId } from "../../workers/conversations/conversation-id.ts";
import { identitySecret } from "../../workers/site/identity.ts";
import {
  dialRoom,
  HOST,
  joinRoom,
  joinRoomAs,
  openConversation,
  postJson,
  request,
  ticketFor,
  upgrade,
} from "./chat-client.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

afterEach(() => void vi.useRealTimers());

function roomOf(id: string) {
  return env.CHAT_ROOM.getByName(id);
}

/** What `site` signs for its customer `user`. */
async function identityToken(site: string, user: string): Promise<string> {
  const secret = await identitySecret(env, SiteSettings.parse({ key: site, name: site }));
  return new SignJWT({ sub: user })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(site)
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(new TextEncoder().encode(secret));
}

test("R-C1 R-C2: messages are acknowledged with seq 1, 2, 3… and everybody in the room sees them", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const lea = await signIn("Léa", [key]);
  const visitor = await joinRoom(conversation);
  const agent = await joinRoomAs(lea, conversation);

  expect((await visitor.post("bonjour")).seq).toBe(1);
  expect((await visitor.post("une question")).seq).toBe(2);
  const seen = await agent.next("message", ({ seq }) => seq === 2);
  expect(seen).toMatchObject({ body: "une question", from: { role: "visitor", id: conversation.visitor } });
  expect((await agent.post("Oui ?")).seq).toBeGreaterThan(2);
  expect(await visitor.next("message", ({ from }) => from.role === "agent")).toMatchObject({
    body: "Oui ?",
    from: { role: "agent", id: lea.id, name: "Léa" },
  });
});

test("R-C2: the same client_id gets the same ack and no second message; another body is a conflict", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  const clientId = crypto.randomUUID();
  const first = await visitor.post("once", "text", clientId);
  const otherTab = await joinRoom(conversation);
  await evictDurableObject(roomOf(conversation.id));
  expect(await otherTab.post("once", "text", clientId)).toEqual(first);
  otherTab.send({ type: "message", client_id: clientId, body: "twice", kind: "text" });
  expect(await otherTab.next("error")).toMatchObject({ code: "conflict", client_id: clientId });
  expect((await visitor.post("next")).seq).toBe(2);
});

test("R-C2: a connection cut before its ack loses nothing: the repeat is acknowledged with the first seq", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const clientId = crypto.randomUUID();
  const first = await joinRoom(conversation);
  first.send({ type: "message", client_id: clientId, body: "cut", kind: "text" });
  first.socket.close(1000);
  const second = await joinRoom(conversation);
  expect((await second.post("cut", "text", clientId)).seq).toBe(1);
  expect((await second.post("after")).seq).toBe(2);
});

test("R-C3: nothing is answered before hello, and its absence closes with 4100", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const early = await dialRoom(conversation.id);
  early.send({ type: "message", client_id: crypto.randomUUID(), body: "early", kind: "text" });
  expect(await early.closeCode()).toBe(4100);
  expect(early.take()).toEqual([]);
  const silent = await dialRoom(conversation.id);
  expect(await silent.closeCode()).toBe(4100);
  expect(silent.take()).toEqual([]);
  const loud = await dialRoom(conversation.id);
  loud.sendText("x".repeat(MAX_FRAME_BYTES + 1));
  expect(await loud.closeCode()).toBe(4100);
  expect(loud.take()).toEqual([]);
});

test("R-C3: frames sent in one breath with hello are heeded in order", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await dialRoom(conversation.id);
  visitor.hello(conversation.token);
  visitor.send({ type: "message", client_id: crypto.randomUUID(), body: "a", kind: "text" });
  visitor.send({ type: "message", client_id: crypto.randomUUID(), body: "b", kind: "text" });
  await visitor.next("welcome");
  expect((await visitor.next("ack")).seq).toBe(1);
  expect((await visitor.next("ack")).seq).toBe(2);
});

test("R-C3 R-C9: a foreign, altered or expired token gets one error and a code to sign in again", async () => {
  const { key } = await makeSite();
  const mine = await openConversation(key);
  const other = await openConversation(key);
  const now = Date.now();
  const claims = { site: key, conversation: mine.id, visitor: mine.visitor };
  const bad = [
    other.token,
    `${mine.token}x`,
    "",
    "a.b.c",
    await signConversationToken("another secret that is long enough", claims, now),
    await signConversationToken(env.TOKEN_SECRET, { ...claims, visitor: "somebody" }, now),
    await signConversationToken(env.TOKEN_SECRET, claims, now - 31 * 86_400_000),
  ];
  for (const token of bad) {
    const client = await dialRoom(mine.id);
    client.hello(token);
    const code = await client.closeCode();
    expect(code).toBeGreaterThanOrEqual(4100);
    expect(code).toBeLessThan(4200);
    expect(client.take().map(({ type }) => type)).toEqual(["error"]);
  }
  const garbled = await dialRoom(mine.id);
  garbled.sendText(JSON.stringify({ type: "hello", v: 1, token: 7 }));
  expect(await garbled.closeCode()).toBe(4101);
  const future = await dialRoom(mine.id);
  future.send({ type: "hello", v: 99, token: mine.token, epoch: null, after: 0 });
  expect(await future.closeCode()).toBe(4200);
  expect(future.take()).toMatchObject([{ type: "error", code: "version" }]);
});

test("R-C4: a reader resumes with exactly what was missed, also after the object was evicted", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const writer = await joinRoom(conversation);
  for (const body of ["1", "2", "3", "4", "5"]) await writer.post(body);

  const first = await dialRoom(conversation.id);
  first.hello(conversation.token);
  const { epoch, head } = await first.next("welcome");
  expect(head).toBe(5);
  await evictDurableObject(roomOf(conversation.id));
  await writer.post("6");

  const back = await dialRoom(conversation.id);
  back.hello(conversation.token, { epoch, after: 3 });
  expect((await back.next("welcome")).epoch).toBe(epoch);
  await back.next("state");
  back.take();
  const again = await dialRoom(conversation.id);
  again.hello(conversation.token, { epoch, after: 3 });
  expect((await again.next("message")).seq).toBe(4);
  expect((await again.next("message")).seq).toBe(5);
  expect((await again.next("message")).seq).toBe(6);
});

test("R-C4: a position that cannot be continued is a reset, never a silent hole; range fills what is asked", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const writer = await joinRoom(conversation);
  for (const body of ["1", "2", "3"]) await writer.post(body);
  for (const position of [
    { epoch: crypto.randomUUID(), after: 2 },
    { epoch: null, after: 2 },
    { epoch: "", after: 99 },
  ]) {
    const client = await dialRoom(conversation.id);
    client.hello(conversation.token, position);
    expect(await client.next("reset")).toMatchObject({ head: 3, from: 1 });
    expect((await client.next("message")).seq).toBe(1);
    expect((await client.next("message")).seq).toBe(2);
    expect((await client.next("message")).seq).toBe(3);
  }
  const ahead = await dialRoom(conversation.id);
  ahead.hello(conversation.token, { epoch: await epochOf(conversation.id), after: 4 });
  expect(await ahead.next("reset")).toMatchObject({ from: 1 });

  await writer.next("message", ({ seq }) => seq === 3);
  writer.send({ type: "range", from: 2, to: 900 });
  expect((await writer.next("message")).seq).toBe(2);
  expect((await writer.next("message")).seq).toBe(3);
  writer.send({ type: "range", from: 3, to: 2 });
  expect((await writer.next("error")).code).toBe("bad_frame");
});

async function epochOf(id: string): Promise<string> {
  return runInDurableObject(roomOf(id), (_room, state) => {
    const { body } = state.storage.sql.exec<{ body: string }>("select body from room").one();
    return (JSON.parse(body) as { epoch: string }).epoch;
  });
}

test("R-C5: a visitor sees that something was noted and neither what nor by whom, live, on resume and over HTTP", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  await visitor.post("bonjour");
  const agent = await joinRoomAs(await signIn("Léa", [key]), conversation);
  const { seq } = await agent.post("difficult customer", "note");
  expect((await agent.next("message", (frame) => frame.seq === seq)).body).toBe("difficult customer");

  const live = await visitor.next("event", (frame) => frame.seq === seq);
  expect(Object.keys(live).toSorted()).toEqual(["at", "name", "seq", "type"]);
  const again = await joinRoom(conversation);
  again.send({ type: "range", from: 1, to: 99 });
  expect(await again.next("event", (frame) => frame.seq === seq)).toEqual(live);
  const read = await request(`/v1/conversations/${conversation.id}/messages?after=0`, {
    headers: { authorization: `Bearer ${conversation.token}` },
  });
  const text = await read.text();
  expect(text).toContain('"hidden"');
  expect(text).not.toContain("difficult");
});

test("R-C6: a closed conversation says who closed it and takes no more messages", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  const clientId = crypto.randomUUID();
  const ack = await visitor.post("bonjour", "text", clientId);
  visitor.send({ type: "close" });
  expect(await visitor.next("event")).toMatchObject({ name: "closed", reason: "visitor", seq: 2 });
  expect(await visitor.next("state")).toMatchObject({ status: "closed" });
  visitor.send({ type: "message", client_id: crypto.randomUUID(), body: "hello?", kind: "text" });
  expect((await visitor.next("error")).code).toBe("closed");
  visitor.send({ type: "close" });
  expect((await visitor.next("error")).code).toBe("closed");
  expect(await visitor.post("bonjour", "text", clientId)).toEqual(ack);

  const next = await postJson("/v1/conversations", {
    writeKey: key,
    anonymousId: conversation.visitor,
    token: conversation.token,
  });
  expect(next.status).toBe(201);
  expect((await next.json<{ conversation: { id: string } }>()).conversation.id).not.toBe(conversation.id);
});

test("R-C7: visitors send text and files; notes and cards are the agents'", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  for (const kind of ["note", "card"] as const) {
    visitor.send({ type: "message", client_id: crypto.randomUUID(), body: "{}", kind });
    expect((await visitor.next("error")).code).toBe("forbidden");
  }
  const shot = { id: "fil_shot", name: "shot.png", type: "image/png", bytes: 9 };
  const mine = { role: "visitor" as const, id: conversation.visitor };
  expect(await roomOf(conversation.id).addFile(mine, { ...shot, by: mine }, Date.now())).toEqual({
    ok: true,
  });
  expect((await visitor.post('{"id":"fil_shot"}', "file")).seq).toBe(1);
  const lea = await signIn("Léa", [key]);
  const agent = await joinRoomAs(lea, conversation);
  const hers = { role: "agent" as const, id: lea.id };
  const sheet = { ...shot, id: "fil_sheet", by: hers };
  expect(await roomOf(conversation.id).addFile(hers, sheet, Date.now())).toEqual({ ok: true });
  const bodies = {
    text: "{}",
    note: "{}",
    card: '{"title":"Chemise","url":"https://shop.example/chemise"}',
    file: '{"id":"fil_sheet"}',
  };
  for (const kind of ["text", "note", "card", "file"] as const) await agent.post(bodies[kind], kind);
});

test("R-C8: a long text is refused softly, a huge frame ends the socket, both with too_large", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  const clientId = crypto.randomUUID();
  visitor.send({ type: "message", client_id: clientId, body: "é".repeat(4_097), kind: "text" });
  expect(await visitor.next("error")).toMatchObject({ code: "too_large", client_id: clientId });
  expect((await visitor.post("é".repeat(4_096))).seq).toBe(1);
  visitor.sendText(`"${"x".repeat(MAX_FRAME_BYTES)}"`);
  expect((await visitor.next("error")).code).toBe("too_large");
  expect(await visitor.closeCode()).toBe(4209);
  const binary = await joinRoom(conversation);
  binary.socket.send(new Uint8Array(MAX_FRAME_BYTES + 1));
  expect((await binary.next("error")).code).toBe("too_large");
  expect(await binary.closeCode()).toBe(4209);
});

test("R-C8: beyond 120 frames a minute comes rate_limited, then the door", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  for (let count = 0; count < 120; count++) visitor.send({ type: "typing", on: true });
  const clientId = crypto.randomUUID();
  visitor.send({ type: "message", client_id: clientId, body: "too fast", kind: "text" });
  expect(await visitor.next("error")).toMatchObject({ code: "rate_limited", client_id: clientId });
  for (let count = 0; count < 40; count++) visitor.send({ type: "typing", on: true });
  expect(await visitor.closeCode()).toBe(4029);
});

test("R-C9: an id that we did not make is 404 and makes no object; another origin is 403", async () => {
  const { key } = await makeSite({ allowed_origins: ["https://shop.example"] });
  const real = await newConversationId(env.TOKEN_SECRET, key);
  const forged = [
    `cnv_${key}_${"a".repeat(22)}_${"b".repeat(11)}`,
    real.slice(0, -1),
    "cnv_x",
    real.replace(key, "other"),
  ];
  for (const id of forged) {
    const answer = await upgrade(`/v1/conversations/${id}/socket`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: "not_found" } });
  }
  expect((await upgrade(`/v1/conversations/${real}/socket`)).status).toBe(404);
  const foreign = await upgrade(`/v1/conversations/${real}/socket`, { origin: "https://evil.example" });
  expect(foreign.status).toBe(403);
  const plain = await request(`/v1/conversations/${real}/socket`);
  expect(plain.status).toBe(426);
  const opening = { writeKey: key, anonymousId: "v" };
  expect((await postJson("/v1/conversations", opening, { origin: "https://evil.example" })).status).toBe(403);
  expect((await postJson("/v1/conversations", opening, { origin: "https://shop.example" })).status).toBe(201);
});

test("R-C10: the open conversation is given back to who proves it, and to nobody who only knows the visitor's id", async () => {
  const { key } = await makeSite();
  const mine = await openConversation(key);
  const body = { writeKey: key, anonymousId: mine.visitor };
  const known = await postJson("/v1/conversations", { ...body, token: mine.token });
  expect(known.status).toBe(200);
  expect((await known.json<{ conversation: { id: string } }>()).conversation.id).toBe(mine.id);
  const stranger = await postJson("/v1/conversations", body);
  expect(stranger.status).toBe(201);
  expect((await stranger.json<{ conversation: { id: string } }>()).conversation.id).not.toBe(mine.id);

  const requestId = crypto.randomUUID();
  const once = await openConversation(key, { request_id: requestId });
  const twice = await postJson("/v1/conversations", {
    writeKey: key,
    anonymousId: once.visitor,
    request_id: requestId,
  });
  expect(twice.status).toBe(200);
  expect((await twice.json<{ conversation: { id: string } }>()).conversation.id).toBe(once.id);
});

test("R-C10: a token opens its conversation, whatever was opened since under the same visitor's id", async () => {
  const { key } = await makeSite();
  const mine = await openConversation(key);
  await openConversation(key, { anonymousId: mine.visitor });
  const body = { writeKey: key, anonymousId: mine.visitor, token: mine.token };
  const again = await postJson("/v1/conversations", body);
  expect(again.status).toBe(200);
  expect(await again.json()).toMatchObject({ conversation: { id: mine.id } });
  const visitor = await joinRoom(mine);
  visitor.send({ type: "close" });
  await visitor.next("event", ({ name }) => name === "closed");
  const next = await postJson("/v1/conversations", body);
  expect(next.status).toBe(201);
  expect(await next.json()).toMatchObject({ conversation: { status: "queued" } });
});

test("R-C10: a signed identity opens the conversation that it opened, and not one of a visitor linked to it since", async () => {
  const { key } = await makeSite();
  const eve = { identity_token: await identityToken(key, "eve") };
  const own = await openConversation(key, eve);
  const back = await postJson("/v1/conversations", { writeKey: key, anonymousId: own.visitor, ...eve });
  expect(back.status).toBe(200);
  expect(await back.json()).toMatchObject({ conversation: { id: own.id } });

  const victim = crypto.randomUUID();
  const link = { type: "identify", anonymousId: victim, userId: "eve", context: eve };
  expect((await postJson("/v1/identify", { writeKey: key, ...link })).status).toBe(200);
  const hers = await openConversation(key, { anonymousId: victim });
  const stolen = await postJson("/v1/conversations", { writeKey: key, anonymousId: victim, ...eve });
  expect(stolen.status).toBe(201);
  expect((await stolen.json<{ conversation: { id: string } }>()).conversation.id).not.toBe(hers.id);
});

test("R-C10: new conversations are limited per visitor and per address, exactly", async () => {
  const { key } = await makeSite({ conversations_per_visitor_hour: 2, conversations_per_address_hour: 4 });
  const open = (anonymousId: string) => postJson("/v1/conversations", { writeKey: key, anonymousId });
  expect((await open("a")).status).toBe(201);
  expect((await open("a")).status).toBe(201);
  const third = await open("a");
  expect(third.status).toBe(429);
  expect(Number(third.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await open("b")).status).toBe(201);
  expect((await open("c")).status).toBe(201);
  expect((await open("d")).status).toBe(429);
});

test("R-C17: a ticket opens its room once, for its login, and is void when the login is revoked", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const other = await openConversation(key);
  const lea = await signIn("Léa", [key]);
  const ticket = await ticketFor(lea, key, conversation.id);
  const wrongRoom = await dialRoom(other.id);
  wrongRoom.hello(ticket);
  expect(await wrongRoom.closeCode()).toBe(4101);
  const agent = await dialRoom(conversation.id);
  agent.hello(ticket);
  await agent.next("state");
  const again = await dialRoom(conversation.id);
  again.hello(ticket);
  expect(await again.closeCode()).toBe(4101);

  const unused = await ticketFor(lea, key, conversation.id);
  await env.SITE_DESK.getByName(key).revokeUser({ userId: lea.id });
  expect(await agent.closeCode()).toBe(4100);
  const late = await dialRoom(conversation.id);
  late.hello(unused);
  expect(await late.closeCode()).toBe(4101);
});

test("R-C17: another site's agent finds no room, and an API key is no person", async () => {
  const { key, apiKey } = await makeSite();
  const conversation = await openConversation(key);
  const { key: elsewhere } = await makeSite();
  const stranger = await signIn("Eve", [elsewhere]);
  const headers = { cookie: stranger.cookie, origin: HOST };
  for (const site of [key, elsewhere]) {
    const answer = await postJson(`/api/sites/${site}/conversations/${conversation.id}/ticket`, "", headers);
    expect(answer.status).toBe(404);
  }
  const server = await postJson(`/api/sites/${key}/conversations/${conversation.id}/ticket`, "", {
    authorization: `Bearer ${apiKey}`,
  });
  expect(server.status).toBe(403);
});

test("R-C19: typing and reading are shown to the others and leave no trace", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  await visitor.post("bonjour");
  const agent = await joinRoomAs(await signIn("Léa", [key]), conversation);
  visitor.send({ type: "typing", on: true });
  expect(await agent.next("typing")).toMatchObject({ on: true, from: { role: "visitor" } });
  agent.send({ type: "read", seq: 50 });
  expect(await visitor.next("read")).toMatchObject({ seq: 1, from: { role: "agent" } });
  expect((await visitor.post("encore")).seq).toBe(2);
});

test("R-C20: without a socket the same messages go by HTTP, with the same ids", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const path = `/v1/conversations/${conversation.id}/messages`;
  const headers = { authorization: `Bearer ${conversation.token}` };
  const clientId = crypto.randomUUID();
  const first = await postJson(path, { client_id: clientId, body: "by post" }, headers);
  expect(first.status).toBe(201);
  expect(await first.json()).toMatchObject({ type: "ack", client_id: clientId, seq: 1 });
  expect((await postJson(path, { client_id: clientId, body: "by post" }, headers)).status).toBe(200);
  expect((await postJson(path, { client_id: clientId, body: "other" }, headers)).status).toBe(409);
  expect((await postJson(path, { client_id: "x", body: "other" }, headers)).status).toBe(400);
  expect((await postJson(path, "null", headers)).status).toBe(400);
  expect((await postJson(path, { client_id: clientId, body: "x" })).status).toBe(401);

  const visitor = await joinRoom(conversation);
  expect((await visitor.post("by post", "text", clientId)).seq).toBe(1);
  const read = await request(`${path}?after=0`, { headers });
  expect(await read.json()).toMatchObject({ head: 1, reset: false, status: "queued", events: [{ seq: 1 }] });
  expect((await request(`${path}?after=-1`, { headers })).status).toBe(400);
});

test("R-C21: the survey is taken from the conversation's visitor, once over, in bounds", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const { id, token } = conversation;
  const answer = await postJson(`/v1/conversations/${id}/survey`, { token, csat: 5, resolved: true });
  expect(answer.status).toBe(201);
  expect((await postJson(`/v1/conversations/${id}/survey`, { token, csat: 6 })).status).toBe(400);
  expect((await postJson(`/v1/conversations/${id}/survey`, { csat: 5 })).status).toBe(401);
  expect((await postJson(`/v1/conversations/${id}/survey`, "[1]")).status).toBe(401);
});

test("R-C24: a conversation closes after its minutes without a visitor, not while one is there", async () => {
  const { key } = await makeSite({ conversation_idle_minutes: 15 });
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  await visitor.post("bonjour");
  const agent = await joinRoomAs(await signIn("Léa", [key]), conversation);
  const start = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: start + 14 * 60_000 });
  visitor.send({ type: "read", seq: 1 });
  await agent.next("read");
  vi.setSystemTime(start + 16 * 60_000);
  await runDurableObjectAlarm(roomOf(conversation.id));
  expect((await agent.post("still here?")).seq).toBe(2);
  vi.setSystemTime(start + 30 * 60_000);
  await runDurableObjectAlarm(roomOf(conversation.id));
  expect(await agent.next("event")).toMatchObject({ name: "closed", reason: "idle" });
  await runDurableObjectAlarm(roomOf(conversation.id));
  agent.send({ type: "range", from: 1, to: 99 });
  const events = [await agent.next("message"), await agent.next("message"), await agent.next("event")];
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test("R-C22: whatever is sent, a room answers with frames of the protocol and stays well", async () => {
  const { key } = await makeSite();
  const ids = fc.uuid();
  const kinds = fc.constantFrom("text", "note", "card", "file", "bomb");
  const frame = fc.oneof(
    fc.string().map((text) => text),
    fc.json(),
    fc.string({ unit: "binary", maxLength: 200 }),
    fc
      .record(
        {
          type: fc.constantFrom("hello", "message", "typing", "read", "range", "nope"),
          v: fc.anything(),
          token: fc.string(),
          epoch: fc.option(fc.string()),
          after: fc.oneof(fc.integer(), fc.double()),
          client_id: fc.oneof(ids, fc.string()),
          body: fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.integer()),
          kind: kinds,
          on: fc.oneof(fc.boolean(), fc.string()),
          seq: fc.oneof(fc.integer(), fc.maxSafeInteger()),
          from: fc.oneof(fc.integer({ min: -2, max: 20 }), fc.maxSafeInteger()),
          to: fc.oneof(fc.integer({ min: -2, max: 20 }), fc.maxSafeInteger()),
        },
        { requiredKeys: ["type"] },
      )
      .map((value) => JSON.stringify(value)),
  );
  const texts = fc.sample(frame, { numRuns: 1_000 });
  const conversation = await openConversation(key);
  for (let sent = 0; sent < texts.length; sent += 100) {
    const visitor = await joinRoom(conversation);
    for (const text of texts.slice(sent, sent + 100)) visitor.sendText(text);
    await visitor.post("still there");
    visitor.socket.close(1000);
  }
  const read = await request(`/v1/conversations/${conversation.id}/messages`, {
    headers: { authorization: `Bearer ${conversation.token}` },
  });
  const { events } = await read.json<{ events: { seq: number; body: string }[] }>();
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ body }) => body === "still there")).toHaveLength(10);
}, 120_000);

test("R-C22: malformed bodies of every conversation route are refused in the contract's shape", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const paths = ["/v1/conversations", `/v1/conversations/${conversation.id}/survey`];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.oneof(fc.string(), fc.json()), async (path, body) => {
      const answer = await postJson(path, body);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      const { error } = await answer.json<{ error: { code: string; message: string } }>();
      expect(error.code).toMatch(/^[a-z_]+$/);
    }),
    { numRuns: 150 },
  );
  for (const body of [{ anonymousId: 1 }, { anonymousId: "" }, { anonymousId: "a", request_id: "b" }]) {
    expect((await postJson("/v1/conversations", { writeKey: key, ...body })).status).toBe(400);
  }
  expect((await postJson("/v1/conversations", { writeKey: "nope", anonymousId: "a" })).status).toBe(401);
});
