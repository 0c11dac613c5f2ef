/** The desk from the front door: agents at their sockets, visitors in their rooms, and what happens between them. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { MAX_FRAME_BYTES } from "../../domain/chat/wire.ts";
import { OFFER_MS } from "../../domain/desk/offers.ts";
import { RETURN_AFTER_MS } from "../../domain/desk/entries.ts";
import {
  dialDesk,
  HOST,
  joinDesk,
  joinRoom,
  joinRoomAs,
  openConversation,
  postJson,
  request,
  upgrade,
} from "./chat-client.ts";
import { accept, arrive, deskOf, goOnline } from "./desk-people.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

afterEach(() => void vi.useRealTimers());

test("R-C11 R-C12: a first message is offered to the agent who is free; accepted, both are told and talk", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const desk = await goOnline(lea, key);
  const conversation = await openConversation(key, { locale: "fr", page: "/shop/cart" });
  const visitor = await joinRoom(conversation);
  expect((await deskOf(key).status()).waiting).toBe(0);
  await visitor.post("une question");

  const offer = await desk.next("offered");
  expect(offer.item).toMatchObject({
    conversation: conversation.id,
    preview: "une question",
    page: "/shop/cart",
    verified: false,
    status: "offered",
  });
  desk.send({ type: "accept", conversation: conversation.id });
  expect((await desk.next("assigned")).item.agent).toEqual({ id: lea.id, name: "Léa" });
  expect(await visitor.next("event")).toMatchObject({ name: "assigned", agent: { name: "Léa" }, seq: 2 });
  expect(await visitor.next("state")).toMatchObject({ status: "open" });
  const agent = await joinRoomAs(lea, conversation);
  await agent.post("Bonjour !");
  expect(await visitor.next("message", ({ from }) => from.role === "agent")).toMatchObject({ seq: 3 });
});

test("R-C11: a room that was cut off before the desk heard of it tells it by its alarm, once", async () => {
  const { key } = await makeSite();
  const { conversation } = await arrive(key);
  await runInDurableObject(deskOf(key), (_desk, state) => {
    state.storage.sql.exec("delete from parts where kind = 'item'");
  });
  await evictDurableObject(deskOf(key));
  const owed = [{ key: "desk", revision: 1, since: 0, attempts: 1, retryAt: 0 }];
  await runInDurableObject(env.CHAT_ROOM.getByName(conversation.id), (_room, state) => {
    const sql = "update room set body = json_set(body, '$.owed', json(?))";
    state.storage.sql.exec(sql, JSON.stringify(owed));
  });
  await evictDurableObject(env.CHAT_ROOM.getByName(conversation.id));
  await runDurableObjectAlarm(env.CHAT_ROOM.getByName(conversation.id));
  await runDurableObjectAlarm(env.CHAT_ROOM.getByName(conversation.id));
  const desk = await goOnline(await signIn("Léa", [key]), key);
  const offer = await desk.next("offered");
  expect(offer.conversation).toBe(conversation.id);
  expect((await deskOf(key).status()).waiting).toBe(1);
});

test("R-C11: an acceptance whose news was cut off before the room heard it reaches the room by the alarm", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const desk = await goOnline(lea, key);
  const { conversation, visitor } = await arrive(key);
  await accept(desk, conversation);
  await visitor.next("event", ({ name }) => name === "assigned");
  const command = {
    conversation: conversation.id,
    name: "transferred",
    agent: { id: "usr_b", name: "Hugo" },
    from: { id: lea.id, name: "Léa" },
    note: null,
    reason: null,
    outcome: null,
    at: Date.now(),
  };
  await runInDurableObject(deskOf(key), (_desk, state) => {
    state.storage.sql.exec("insert into commands (n, body) values (99, ?)", JSON.stringify(command));
  });
  await runDurableObjectAlarm(deskOf(key));
  expect(await visitor.next("event")).toMatchObject({ name: "transferred", seq: 3 });
  await env.CHAT_ROOM.getByName(conversation.id).obey({ ...command, name: "transferred", n: 99 });
  expect((await visitor.post("et alors ?")).seq).toBe(4);
});

test("R-C12: the oldest waits at the front, and its visitor knows the place", async () => {
  const { key } = await makeSite();
  const first = await arrive(key);
  const second = await arrive(key);
  expect(await second.visitor.next("state", ({ position }) => position === 2)).toMatchObject({
    status: "queued",
  });
  const desk = await goOnline(await signIn("Léa", [key]), key, 1);
  await accept(desk, first.conversation);
  expect(await second.visitor.next("state", ({ position }) => position === 1)).toMatchObject({
    status: "queued",
  });
  first.visitor.send({ type: "close" });
  await accept(desk, second.conversation);
});

test("R-C13: an offer that nobody answers goes to another agent; three misses set an agent away", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const desk = await goOnline(lea, key);
  const { conversation } = await arrive(key);
  const start = Date.now();
  for (let missed = 1; missed <= 3; missed++) {
    await desk.next("offered", (frame) => frame.conversation === conversation.id);
    vi.useFakeTimers({ toFake: ["Date"], now: start + missed * (OFFER_MS + 1_000) });
    await runDurableObjectAlarm(deskOf(key));
    expect(await desk.next("revoked")).toMatchObject({ reason: "timeout" });
  }
  const shown = await desk.next("queue", ({ agents }) => agents[0]?.state === "away");
  expect(shown.items).toMatchObject([{ conversation: conversation.id, status: "queued" }]);
  expect((await deskOf(key).status()).covered).toBe(false);
  await runDurableObjectAlarm(deskOf(key));
  expect(desk.take().filter(({ type }) => type === "offered")).toEqual([]);
});

test("R-C13: what is declined goes to the colleague, and only who was offered may decline", async () => {
  const { key } = await makeSite();
  const lea = await goOnline(await signIn("Léa", [key]), key);
  const { conversation } = await arrive(key);
  await lea.next("offered");
  const hugo = await goOnline(await signIn("Hugo", [key]), key);
  hugo.send({ type: "decline", conversation: conversation.id });
  expect((await hugo.next("error")).code).toBe("not_found");
  hugo.send({ type: "accept", conversation: conversation.id });
  expect((await hugo.next("error")).code).toBe("conflict");
  lea.send({ type: "decline", conversation: conversation.id });
  await accept(hugo, conversation);
});

test("R-C14: a transfer stays with the old agent until the new one accepts; the visitor never sees its note", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const hugo = await signIn("Hugo", [key]);
  const leaDesk = await goOnline(lea, key);
  const { conversation, visitor } = await arrive(key);
  await accept(leaDesk, conversation);
  const transfer = { type: "transfer", conversation: conversation.id, to_agent: hugo.id, note: "vip" };
  leaDesk.send(transfer);
  expect((await leaDesk.next("error")).code).toBe("unavailable");

  const hugoDesk = await goOnline(hugo, key);
  leaDesk.send(transfer);
  await hugoDesk.next("offered");
  const agent = await joinRoomAs(lea, conversation);
  await agent.post("je vous passe un collègue");
  hugoDesk.send({ type: "decline", conversation: conversation.id });
  expect((await leaDesk.next("error")).code).toBe("transfer_returned");

  leaDesk.send(transfer);
  await accept(hugoDesk, conversation);
  expect(await leaDesk.next("revoked")).toMatchObject({ reason: "transferred" });
  const seen = await visitor.next("event", ({ name }) => name === "transferred");
  expect(seen).toMatchObject({ agent: { name: "Hugo" } });
  expect(JSON.stringify(seen)).not.toContain("vip");
  expect(await agent.next("event", ({ name }) => name === "transferred")).toMatchObject({ note: "vip" });
  leaDesk.send({ type: "transfer", conversation: conversation.id, to_agent: hugo.id });
  expect((await leaDesk.next("error")).code).toBe("not_found");
});

test("R-C15: one free place is leased once, to one decision; its visitor gets the agent it was held for", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const desk = await goOnline(lea, key, 1);
  const now = Date.now();
  const ask = (decisionId: string) => deskOf(key).lease({ decisionId, skill: null, now });
  const [one, two] = await Promise.all([ask("dec_1"), ask("dec_2")]);
  expect([one.ok, two.ok].toSorted()).toEqual([false, true]);
  const held = one.ok ? "dec_1" : "dec_2";
  expect(await ask(held)).toEqual(one.ok ? one : two);
  expect(await deskOf(key).status()).toMatchObject({ covered: false, staffed: true, free_slots: 0 });
  expect(await deskOf(key).leaseHeld(held)).toBe(true);

  const other = await arrive(key);
  const invited = await arrive(key, { decision_id: held });
  const offer = await desk.next("offered");
  expect(offer.conversation).toBe(invited.conversation.id);
  expect(offer.item.decision_id).toBe(held);
  expect(await deskOf(key).leaseHeld(held)).toBe(false);
  desk.send({ type: "accept", conversation: invited.conversation.id });
  await desk.next("assigned");
  invited.visitor.send({ type: "close" });
  expect((await desk.next("offered")).conversation).toBe(other.conversation.id);
});

test("R-C15: a lease ends after its minute or when it is released", async () => {
  const { key } = await makeSite();
  await goOnline(await signIn("Léa", [key]), key, 1);
  const now = Date.now();
  await deskOf(key).lease({ decisionId: "dec_1", skill: null, now });
  await deskOf(key).release("dec_1");
  expect((await deskOf(key).status()).free_slots).toBe(1);
  await deskOf(key).lease({ decisionId: "dec_2", skill: null, now });
  vi.useFakeTimers({ toFake: ["Date"], now: now + 61_000 });
  expect(await deskOf(key).leaseHeld("dec_2")).toBe(false);
  await runDurableObjectAlarm(deskOf(key));
  expect((await deskOf(key).status()).free_slots).toBe(1);
});

test("R-C16: an agent whose socket drops keeps everything for a moment, then gives it back to the queue", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const desk = await goOnline(lea, key);
  const { conversation, visitor } = await arrive(key);
  await accept(desk, conversation);
  await visitor.next("event", ({ name }) => name === "assigned");
  desk.socket.close(1000);
  await vi.waitUntil(async () => isLost(key));
  expect((await deskOf(key).status()).staffed).toBe(true);

  const back = await goOnline(lea, key);
  back.socket.close(1000);
  await vi.waitUntil(async () => isLost(key));
  const left = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: left + 31_000 });
  await runDurableObjectAlarm(deskOf(key));
  expect((await deskOf(key).status()).staffed).toBe(false);
  vi.setSystemTime(left + RETURN_AFTER_MS + 1_000);
  await runDurableObjectAlarm(deskOf(key));
  expect(await visitor.next("event", ({ name }) => name === "requeued")).toMatchObject({
    reason: "agent_left",
  });
  const hugo = await goOnline(await signIn("Hugo", [key]), key);
  await accept(hugo, conversation);
});

async function isLost(site: string): Promise<boolean> {
  return runInDurableObject(deskOf(site), (_desk, state) => {
    const rows = state.storage.sql
      .exec<{ body: string }>("select body from parts where kind = 'agent'")
      .toArray();
    return rows.some(({ body }) => (JSON.parse(body) as { lostAt: number | null }).lostAt !== null);
  });
}

test("R-C16: the desk and its sockets survive eviction; a console that comes back sees what is offered to it", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const desk = await goOnline(lea, key);
  const { conversation } = await arrive(key);
  await desk.next("offered");
  await evictDurableObject(deskOf(key));
  const second = await joinDesk(lea, key);
  expect((await second.next("offered")).conversation).toBe(conversation.id);
  desk.send({ type: "accept", conversation: conversation.id });
  await desk.next("assigned");
  await second.next("assigned");
});

test("R-C17: a revoked login loses its desk and rooms with 4100, and its conversations wait again", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const desk = await goOnline(lea, key);
  const { conversation, visitor } = await arrive(key);
  await accept(desk, conversation);
  const agent = await joinRoomAs(lea, conversation);
  await deskOf(key).revokeUser({ userId: lea.id });
  expect(await desk.closeCode()).toBe(4100);
  expect(await agent.closeCode()).toBe(4100);
  await visitor.next("event", ({ name }) => name === "requeued");
  const hugo = await goOnline(await signIn("Hugo", [key]), key);
  await accept(hugo, conversation);
});

test("R-C23: the desk opens only for a member, from its own origin, as a socket", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const eve = await signIn("Eve", [(await makeSite()).key]);
  const path = `/api/sites/${key}/desk/socket`;
  const origins = ["https://evil.example", "null", `${HOST}.evil.example`, "http://sub.aparte.test"];
  for (const origin of origins) {
    expect((await upgrade(path, { cookie: lea.cookie, origin })).status).toBe(403);
  }
  expect((await upgrade(path, { cookie: lea.cookie })).status).toBe(403);
  expect((await upgrade(path, { origin: HOST })).status).toBe(401);
  expect((await upgrade(path, { cookie: eve.cookie, origin: HOST })).status).toBe(404);
  expect((await request(path, { headers: { cookie: lea.cookie, origin: HOST } })).status).toBe(426);
});

test("R-C23: the desk's first frame is the snapshot, also while something is offered; bytes are no frame", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const first = await dialDesk(lea, key);
  expect((await first.any()).type).toBe("snapshot");
  first.send({ type: "status", state: "online", capacity: 1 });
  await first.find("queue", ({ agents }) => agents.some(({ state }) => state === "online"));
  const { conversation } = await arrive(key);
  const second = await dialDesk(lea, key);
  expect((await second.any()).type).toBe("snapshot");
  await second.find("offered", (frame) => frame.conversation === conversation.id);
  second.socket.send(new Uint8Array(5));
  expect((await second.find("error")).code).toBe("bad_frame");
  second.socket.send(new Uint8Array(MAX_FRAME_BYTES + 1));
  expect(await second.closeCode()).toBe(4209);
});

test("R-C18: what an agent concludes closes the conversation, and D1 has all of it, confirmed", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const desk = await goOnline(lea, key);
  const { conversation, visitor } = await arrive(key);
  await accept(desk, conversation);
  const agent = await joinRoomAs(lea, conversation);
  await agent.post("Taille M, épuisée");
  await agent.post("secret note", "note");
  const { token, id } = conversation;
  await postJson(`/v1/conversations/${id}/survey`, { token, csat: 4 });
  desk.send({ type: "wrap_up", conversation: id, outcome: "sold" });
  expect(await visitor.next("event", ({ name }) => name === "closed")).toMatchObject({ reason: "agent" });
  expect(await desk.next("revoked")).toMatchObject({ reason: "closed" });

  const row = await vi.waitUntil(
    () =>
      env.DB.prepare("select * from conversations where id = ? and status = 'closed'")
        .bind(id)
        .first<Record<string, unknown>>(),
    { timeout: 10_000, interval: 100 },
  );
  expect(row).toMatchObject({
    site: key,
    visitor_id: conversation.visitor,
    agent_id: lea.id,
    close_reason: "agent",
    outcome: "sold",
    visitor_messages: 1,
    agent_messages: 1,
  });
  const log = await env.DB.prepare(
    "select from_seq, to_seq, body from conversation_logs where conversation_id = ?",
  )
    .bind(id)
    .all<{ from_seq: number; to_seq: number; body: ArrayBuffer }>();
  expect(log.results).toMatchObject([{ from_seq: 1, to_seq: 5 }]);
  const events = await unzip(log.results[0]?.body ?? new ArrayBuffer());
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  const text = await env.DB.prepare("select body from conversation_texts where conversation_id = ?")
    .bind(id)
    .first<string>("body");
  expect(text).toBe("bonjour\nTaille M, épuisée");
  const survey = await env.DB.prepare("select csat from surveys where conversation_id = ?")
    .bind(id)
    .first("csat");
  expect(survey).toBe(4);
  await vi.waitUntil(async () => (await outboxOf(id)) === 0, { timeout: 10_000, interval: 100 });
  const states = await env.DB.prepare("select count(*) as n from agent_states where agent_id = ?")
    .bind(lea.id)
    .first<number>("n");
  expect(states).toBeGreaterThan(0);
});

async function unzip(body: ArrayBuffer | number[]): Promise<{ seq: number }[]> {
  const stream = new Blob([new Uint8Array(body)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

async function outboxOf(id: string): Promise<number> {
  return (await env.CHAT_ROOM.getByName(id).owed()).length;
}

test("R-C25: whether somebody is there is told to every page", async () => {
  const { key } = await makeSite({ name: "Atelier", locale: "fr", currency: "EUR" });
  const ask = () => request(`/v1/availability?key=${key}`, { headers: { origin: "https://shop.example" } });
  const closed = await ask();
  expect(closed.headers.get("access-control-allow-origin")).toBe("*");
  expect(await closed.json()).toMatchObject({
    state: "closed",
    wait_seconds: null,
    site: { name: "Atelier", locale: "fr", currency: "EUR" },
  });
  expect((await request("/v1/availability?key=nobody")).status).toBe(401);
});

test("R-C25: the agent sees where the visitor of a conversation is, and no other agent does", async () => {
  const { key } = await makeSite();
  const lea = await goOnline(await signIn("Léa", [key]), key);
  const { conversation } = await arrive(key);
  await accept(lea, conversation);
  const hugo = await goOnline(await signIn("Hugo", [key]), key);
  const move = { conversation: conversation.id, page: "/shop/cart", title: "Panier", at: Date.now() };
  await deskOf(key).visitorMoved({ ...move, visitor: "somebody else" });
  await deskOf(key).visitorMoved({ ...move, visitor: conversation.visitor });
  const { items } = await lea.next("visitors");
  expect(items).toMatchObject([{ visitor: conversation.visitor, page: "/shop/cart", title: "Panier" }]);
  expect(hugo.take().filter(({ type }) => type === "visitors")).toEqual([]);
});

test("R-C22: whatever an agent's console sends, the desk answers with frames of the protocol and stays well", async () => {
  const { key } = await makeSite();
  const desk = await goOnline(await signIn("Léa", [key]), key);
  const frame = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record(
        {
          type: fc.constantFrom("accept", "decline", "transfer", "wrap_up", "status", "nope"),
          conversation: fc.oneof(fc.string(), fc.constant("cnv_x")),
          state: fc.string(),
          capacity: fc.anything(),
          to_agent: fc.string(),
          outcome: fc.string(),
        },
        { requiredKeys: ["type"] },
      )
      .map((value) => JSON.stringify(value)),
  );
  for (const text of fc.sample(frame, { numRuns: 100 })) desk.sendText(text);
  desk.send({ type: "status", state: "away", capacity: 2 });
  await desk.next("queue", ({ agents }) => agents[0]?.state === "away");
});
