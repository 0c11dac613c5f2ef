/** The protocol from the front door: what rooms promise, numbered as in docs/rules/protocol.md. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { ERROR_CODES, MAX_REPLAY, SPOKEN_VERSIONS } from "../../domain/chat/wire.ts";
import { ChatRoomStore } from "../../durable-objects/chat-room-store.ts";
import {
  type Conversation,
  dialRoom,
  joinDesk,
  joinRoom,
  joinRoomAs,
  openConversation,
  postJson,
  request,
  type RoomClient,
  upgrade,
} from "./chat-client.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

afterEach(() => void vi.useRealTimers());

function roomOf({ id }: Conversation) {
  return env.CHAT_ROOM.getByName(id);
}

/** Wait until the room has heeded all that `client` sent: it answers in order. */
async function settled(client: RoomClient): Promise<void> {
  client.send({ type: "range", from: 2, to: 1 });
  await client.find("error", ({ code }) => code === "bad_frame");
}

/** Let the log of a room grow to `head` events, as other agents' notes would. */
async function grow(conversation: Conversation, head: number): Promise<void> {
  await runInDurableObject(roomOf(conversation), (_room, { storage }) => {
    const store = new ChatRoomStore(storage);
    for (let seq = store.head().head + 1; seq <= head; seq += 1) {
      const at = new Date(1_800_000_000_000 + seq).toISOString();
      const from = { role: "visitor" as const, id: conversation.visitor, name: null };
      const client_id = crypto.randomUUID();
      store.append({ type: "message", seq, at, from, kind: "text", body: `${seq}`, client_id }, "visitor");
    }
  });
  await evictDurableObject(roomOf(conversation));
}

/** An event that costs no frame of anybody: the desk says something, as it may. */
async function events(conversation: Conversation, count: number, first = 1): Promise<void> {
  const none = { agent: null, from: null, note: null, outcome: null, at: 1 };
  for (let n = first; n < first + count; n += 1) {
    const command = { ...none, n, conversation: conversation.id, name: "requeued" as const, reason: "test" };
    await roomOf(conversation).obey(command);
  }
}

test("P1 P3: several senders at once get 1, 2, 3…, each their own ids, which nobody else can use up", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const tabs = [await joinRoom(conversation), await joinRoom(conversation)];
  const agent = await joinRoomAs(await signIn("Léa", [key]), conversation);
  const ids = Array.from({ length: 20 }, () => crypto.randomUUID());
  const acks = await Promise.all([
    ...ids.map((id, index) => (tabs[index % 2] as RoomClient).post(`v${index}`, "text", id)),
    ...ids.map((id, index) => agent.post(`a${index}`, "text", id)),
  ]);
  expect(acks.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual(acks.map((_, index) => index + 1));
});

test("P2: a card again is the same card however it is written, and another is a conflict, also after eviction", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const lea = await signIn("Léa", [key]);
  const agent = await joinRoomAs(lea, conversation);
  const id = crypto.randomUUID();
  const first = await agent.post('{"title":"Chemise","url":"https://shop.example/a"}', "card", id);
  await evictDurableObject(roomOf(conversation));
  const again = await agent.post('{ "url": "https://shop.example/a", "title": "Chemise" }', "card", id);
  expect(again).toEqual(first);
  agent.send({
    type: "message",
    client_id: id,
    kind: "card",
    body: '{"title":"Jupe","url":"https://shop.example/a"}',
  });
  expect(await agent.next("error")).toMatchObject({ code: "conflict", client_id: id });
});

test("P4 P26: what cannot be owed to others is not kept either, is refused, and can be sent again", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  const break_ = (sql: string) =>
    runInDurableObject(roomOf(conversation), (_room, { storage }) => void storage.sql.exec(sql));
  await break_("alter table room rename to away");
  const id = crypto.randomUUID();
  visitor.send({ type: "message", client_id: id, body: "bonjour", kind: "text" });
  expect((await visitor.next("error")).code).toBe("unavailable");
  const stored = await runInDurableObject(
    roomOf(conversation),
    (_room, { storage }) => storage.sql.exec<{ n: number }>("select count(*) as n from log").one().n,
  );
  expect(stored).toBe(0);
  await break_("alter table away rename to room");
  expect((await visitor.post("bonjour", "text", id)).seq).toBe(1);
});

test("P5: another epoch is a reset for whoever comes with the old one", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const writer = await joinRoom(conversation);
  for (const body of ["1", "2"]) await writer.post(body);
  const before = await dialRoom(conversation.id);
  before.hello(conversation.token);
  const { epoch } = await before.next("welcome");
  await evictDurableObject(roomOf(conversation));
  const same = await dialRoom(conversation.id);
  same.hello(conversation.token, { epoch, after: 1 });
  expect((await same.next("welcome")).epoch).toBe(epoch);
  expect((await same.any()).type).toBe("message");

  await runInDurableObject(roomOf(conversation), (_room, { storage }) => {
    storage.sql.exec("update room set body = json_set(body, '$.epoch', 'restored')");
  });
  await evictDurableObject(roomOf(conversation));
  const back = await dialRoom(conversation.id);
  back.hello(conversation.token, { epoch, after: 2 });
  expect((await back.next("welcome")).epoch).toBe("restored");
  expect(await back.any()).toMatchObject({ type: "reset", epoch: "restored", head: 2, from: 1 });
});

test("P6: a thousand missed events are replayed whole; one more, and it is a reset with the newest thousand", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  await grow(conversation, MAX_REPLAY + 1);
  const first = await dialRoom(conversation.id);
  first.hello(conversation.token);
  const { epoch } = await first.next("welcome");
  expect(await first.any()).toMatchObject({ type: "reset", from: 2, head: MAX_REPLAY + 1 });
  await first.next("state");

  const back = await dialRoom(conversation.id);
  back.hello(conversation.token, { epoch, after: 1 });
  await back.next("state", ({ head }) => head === MAX_REPLAY + 1);
  const again = await dialRoom(conversation.id);
  again.hello(conversation.token, { epoch, after: 1 });
  await again.find("state");
  const seqs = again.take().flatMap((frame) => (frame.type === "message" ? [frame.seq] : []));
  expect(seqs).toEqual(Array.from({ length: MAX_REPLAY }, (_, index) => index + 2));
});

test("P7: whoever comes while others write has every event once, in order, with none between backlog and live", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const writer = await joinRoom(conversation);
  const readers: RoomClient[] = [];
  for (let round = 0; round < 3; round += 1) {
    for (let count = 0; count < 10; count += 1)
      writer.send({ type: "message", client_id: crypto.randomUUID(), body: `${count}`, kind: "text" });
    const reader = await dialRoom(conversation.id);
    reader.hello(conversation.token);
    readers.push(reader);
  }
  await writer.next("message", ({ seq }) => seq === 30);
  for (const reader of readers) {
    await settled(reader);
    const seqs = reader.take().flatMap((frame) => (frame.type === "message" ? [frame.seq] : []));
    expect(seqs).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  }
});

test("P9: asked for what comes next, a room answers with it, or with how far its log goes", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  const ask = async (from: number, to: number) => {
    await settled(visitor);
    visitor.take();
    visitor.send({ type: "range", from, to });
  };
  await ask(1, 1);
  expect(await visitor.next("state")).toMatchObject({ status: "queued", head: 0 });
  await visitor.post("bonjour");
  await ask(2, 2);
  expect(await visitor.next("state")).toMatchObject({ head: 1 });
  expect(visitor.take().filter(({ type }) => type === "message")).toEqual([]);
  await ask(1, 1);
  expect(await visitor.next("message")).toMatchObject({ seq: 1 });
  await ask(1, 5);
  expect(await visitor.next("message")).toMatchObject({ seq: 1 });
  expect(await visitor.next("state")).toMatchObject({ head: 1 });
});

test("P12: what one tab writes comes to the other under its id, and is acknowledged there as well", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const [one, other] = [await joinRoom(conversation), await joinRoom(conversation)];
  const id = crypto.randomUUID();
  const ack = await one.post("bonjour", "text", id);
  expect(await other.next("message")).toMatchObject({
    seq: ack.seq,
    client_id: id,
    from: { role: "visitor" },
  });
  expect(await other.post("bonjour", "text", id)).toEqual(ack);
});

test("P13: events and messages share one order, and a message that comes after the end is refused, not an opening", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const [one, other] = [await joinRoom(conversation), await joinRoom(conversation)];
  await one.post("bonjour");
  await events(conversation, 1);
  one.send({ type: "close" });
  const id = crypto.randomUUID();
  await other.next("event", ({ name }) => name === "closed");
  other.send({ type: "message", client_id: id, body: "encore", kind: "text" });
  expect(await other.next("error")).toMatchObject({ code: "closed", client_id: id });
  await settled(other);
  other.take();
  other.send({ type: "range", from: 1, to: 9 });
  const log = [await other.any(), await other.any(), await other.any(), await other.any()];
  expect(log.map((frame) => ("seq" in frame ? [frame.type, frame.seq] : [frame.type]))).toEqual([
    ["message", 1],
    ["event", 2],
    ["event", 3],
    ["state"],
  ]);
  expect(log[3]).toMatchObject({ status: "closed", head: 3 });
});

test("P14: a console that was away begins with the whole picture", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const first = await joinDesk(lea, key);
  first.socket.close(1000);
  const conversation = await openConversation(key);
  await (await joinRoom(conversation)).post("bonjour");
  const ids = async () => {
    const desk = await joinDesk(lea, key);
    desk.send({ type: "status", state: "away" });
    const { items } = await desk.find("queue");
    desk.socket.close(1000);
    return items.map((item) => item.conversation);
  };
  await vi.waitUntil(async () => (await ids()).includes(conversation.id), { timeout: 8_000, interval: 100 });
});

test("P15: typing is told once in three seconds; how far somebody has read only grows, and is told to who comes later", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  for (const body of ["1", "2", "3"]) await visitor.post(body);
  const lea = await signIn("Léa", [key]);
  const agent = await joinRoomAs(lea, conversation);
  for (const on of [true, true, true, false, false]) visitor.send({ type: "typing", on });
  await settled(visitor);
  await settled(agent);
  const told = agent.take().flatMap((frame) => (frame.type === "typing" ? [frame.on] : []));
  expect(told).toEqual([true, false]);

  for (const seq of [2, 1, 2, 99]) agent.send({ type: "read", seq });
  await settled(agent);
  await settled(visitor);
  const read = visitor.take().flatMap((frame) => (frame.type === "read" ? [frame.seq] : []));
  expect(read).toEqual([2, 3]);

  const receipt = { seq: 3, from: { role: "agent", id: lea.id, name: "Léa" } };
  const late = await dialRoom(conversation.id);
  late.hello(conversation.token);
  expect(await late.next("read")).toMatchObject(receipt);
  await evictDurableObject(roomOf(conversation));
  const later = await dialRoom(conversation.id);
  later.hello(conversation.token);
  expect(await later.next("read")).toMatchObject(receipt);
  agent.socket.close(1000);
  await vi.waitUntil(async () => (await readsOf(conversation))["agent:" + lea.id] === 3);
  await evictDurableObject(roomOf(conversation), { webSockets: "close" });
  const last = await dialRoom(conversation.id);
  last.hello(conversation.token);
  expect(await last.next("read")).toMatchObject(receipt);
  expect((await last.post("4")).seq).toBe(4);
});

async function readsOf(conversation: Conversation): Promise<Record<string, number>> {
  return runInDurableObject(roomOf(conversation), (_room, { storage }) => {
    const reads = Object.entries(new ChatRoomStore(storage).reads());
    return Object.fromEntries(reads.map(([sender, { seq }]) => [sender, seq]));
  });
}

test("P16: ping is answered pong, however often, and is no frame of the minute's", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  let pongs = 0;
  visitor.socket.addEventListener("message", ({ data }) => void (pongs += data === "pong" ? 1 : 0));
  for (let count = 0; count < 300; count += 1) visitor.sendText("ping");
  expect((await visitor.post("bonjour")).seq).toBe(1);
  await vi.waitUntil(() => pongs === 300);
});

test("P17: a client that used to ping and fell silent is let go; one that never pinged stays", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const [pinging, quiet] = [await joinRoom(conversation), await joinRoom(conversation)];
  const pong = new Promise((done) => pinging.socket.addEventListener("message", done, { once: true }));
  pinging.sendText("ping");
  await pong;
  await quiet.post("bonjour");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 91_000 });
  await runDurableObjectAlarm(roomOf(conversation));
  expect(await pinging.closeCode()).toBe(4000);
  expect((await quiet.post("encore")).seq).toBe(2);
});

test("P18: who promises to say how far they have come and does not is let go with 4008; others are not", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const join = async (acks: boolean) => {
    const client = await dialRoom(conversation.id);
    client.send({ type: "hello", v: 1, token: conversation.token, epoch: null, after: 0, acks });
    await client.next("state");
    return client;
  };
  const [slow, fast, silent] = [await join(true), await join(true), await join(false)];
  for (let round = 0; round < 6; round += 1) {
    await events(conversation, 100, round * 100 + 1);
    await fast.next("event", ({ seq }) => seq === (round + 1) * 100);
    fast.send({ type: "range", from: (round + 1) * 100 + 1, to: (round + 1) * 100 + 1 });
    await fast.next("state", ({ head }) => head !== undefined);
  }
  expect(await slow.closeCode()).toBe(4008);
  await silent.next("event", ({ seq }) => seq === 600);
  expect([fast.closed, silent.closed]).toEqual([null, null]);
  const back = await dialRoom(conversation.id);
  back.hello(conversation.token, { epoch: null, after: 0 });
  await back.next("event", ({ seq }) => seq === 600);
}, 60_000);

test("P18: a client that promises nothing is let go once 1 MB was sent to it in a minute without a sign of life", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const dead = await joinRoom(conversation);
  const writer = await joinRoomAs(await signIn("Léa", [key]), conversation);
  await dead.post("bonjour");
  const long = "é".repeat(4_000);
  const start = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: start + 61_000 });
  const another = await joinRoomAs(await signIn("Hugo", [key]), conversation);
  for (let count = 0; count < 100; count += 1) await writer.post(`${long}${count}`, "note");
  for (let count = 0; count < 100; count += 1) await another.post(`${long}${count}`, "note");
  // To the visitor a note is a few bytes; to agents all of it. Hugo and Léa speak, and so stay.
  expect([writer.closed, another.closed]).toEqual([null, null]);
  const listener = await joinRoomAs(await signIn("Zoé", [key]), conversation);
  vi.setSystemTime(start + 200_000);
  const third = await joinRoomAs(await signIn("Max", [key]), conversation);
  for (let count = 0; count < 110; count += 1) {
    await third.post(`${long}${count}`, "note");
    await writer.post(`${long}${count}+`, "note");
  }
  for (let count = 0; count < 60; count += 1) await another.post(`${long}${count}+`, "note");
  expect(await listener.closeCode()).toBe(4008);
  expect([writer.closed, third.closed, dead.closed]).toEqual([null, null, null]);
}, 60_000);

test("P19: a text of 8 KB is taken and one byte more refused; a frame of more than 64 KB ends the socket", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  expect((await visitor.post("x".repeat(8_192))).seq).toBe(1);
  visitor.send({ type: "message", client_id: crypto.randomUUID(), body: "x".repeat(8_193), kind: "text" });
  expect((await visitor.next("error")).code).toBe("too_large");
  visitor.sendText(JSON.stringify({ type: "message", body: "x".repeat(65_536) }));
  expect(await visitor.closeCode()).toBe(4209);
});

test("P20: one socket more than a visitor may have takes the place of the quietest, which comes back and resumes", async () => {
  const { key } = await makeSite({ sockets_per_visitor: 3 });
  const conversation = await openConversation(key);
  const start = Date.now();
  const tabs: RoomClient[] = [];
  for (let count = 0; count < 3; count += 1) {
    vi.useFakeTimers({ toFake: ["Date"], now: start + count * 1_000 });
    tabs.push(await joinRoom(conversation));
  }
  vi.setSystemTime(start + 10_000);
  await tabs[0]?.post("still here");
  const fourth = await joinRoom(conversation);
  expect(await tabs[1]?.closeCode()).toBe(4030);
  expect((await fourth.post("and here")).seq).toBe(2);
  expect([tabs[0]?.closed, tabs[2]?.closed]).toEqual([null, null]);
  const agents = await Promise.all(
    [1, 2, 3, 4].map(async () => joinRoomAs(await signIn("Léa", [key]), conversation)),
  );
  expect(agents.map(({ closed }) => closed)).toEqual([null, null, null, null]);
});

test("P20: an address opens so many sockets a minute into a conversation, then 429; another conversation is not its matter", async () => {
  const { key } = await makeSite({ sockets_per_address_minute: 4 });
  const [mine, other] = [await openConversation(key), await openConversation(key)];
  for (let count = 0; count < 4; count += 1) await dialRoom(mine.id);
  const refused = await upgrade(`/v1/conversations/${mine.id}/socket`);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ error: { code: "rate_limited" } });
  await joinRoom(other);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
  await joinRoom(mine);
});

test("P20: what is sent in one breath with hello is answered one by one; the minute's limit holds across eviction", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const eager = await dialRoom(conversation.id);
  eager.hello(conversation.token);
  const ids = Array.from({ length: 25 }, () => crypto.randomUUID());
  for (const client_id of ids) eager.send({ type: "message", client_id, body: client_id, kind: "text" });
  await settled(eager);
  const answers = eager.take().filter((frame) => frame.type === "ack" || frame.type === "error");
  expect(answers.map(({ client_id }) => client_id)).toEqual(ids);
  expect(answers.slice(0, 20).map(({ type }) => type)).toEqual(ids.slice(0, 20).map(() => "ack"));
  for (const answer of answers.slice(20))
    if (answer.type === "error") expect(answer.code).toBe("rate_limited");

  for (let count = 0; count < 105; count += 1) eager.send({ type: "typing", on: true });
  expect((await eager.next("error")).code).toBe("rate_limited");
  await evictDurableObject(roomOf(conversation));
  eager.send({ type: "typing", on: true });
  expect((await eager.next("error")).code).toBe("rate_limited");
  for (let count = 0; count < 40; count += 1) eager.send({ type: "typing", on: true });
  expect(await eager.closeCode()).toBe(4029);
});

test("P22: a goodbye is answered with its own code, and who said it is gone", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  for (const code of [1000, 4000]) {
    const visitor = await joinRoom(conversation);
    visitor.socket.close(code);
    expect(await visitor.closeCode()).toBe(code);
  }
  const left = await runInDurableObject(roomOf(conversation), (_room, state) => state.getWebSockets().length);
  expect(left).toBe(0);
});

test("P23: every version of the table is answered in itself, any other with version and 4200", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  for (const v of [...SPOKEN_VERSIONS, 0, -1, Math.max(...SPOKEN_VERSIONS) + 1]) {
    const client = await dialRoom(conversation.id);
    client.send({ type: "hello", v, token: conversation.token, epoch: null, after: 0 });
    if (SPOKEN_VERSIONS.includes(v)) expect((await client.next("welcome")).v).toBe(v);
    else {
      expect((await client.next("error")).code).toBe("version");
      expect(await client.closeCode()).toBe(4200);
    }
  }
});

test("P24: by HTTP one sends, polls, reads and learns the place, under the same ids, positions and limits", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const base = `/v1/conversations/${conversation.id}`;
  const headers = { authorization: `Bearer ${conversation.token}` };
  const id = crypto.randomUUID();
  await postJson(`${base}/messages`, { client_id: id, body: "by post" }, headers);
  const agent = await joinRoomAs(await signIn("Léa", [key]), conversation);
  await agent.post("**bonjour**");
  agent.send({ type: "read", seq: 1 });
  await settled(agent);
  const poll = async (query: string) =>
    (await request(`${base}/messages?${query}`, { headers })).json<Poll>();
  const first = await poll("after=0");
  const seqs = first.events.map(({ seq }) => seq);
  expect(first).toMatchObject({ reset: false, reads: [{ seq: 1, from: { role: "agent" } }] });
  expect(seqs).toEqual(Array.from({ length: first.head }, (_, index) => index + 1));
  expect(first.events.map(({ html }) => html ?? "").join("")).toContain("<strong>");
  expect(Object.keys(first)).toEqual(expect.arrayContaining(["position", "wait_seconds", "status", "epoch"]));
  const rest = await poll(`after=1&epoch=${first.epoch}`);
  expect(rest.events.map(({ seq }) => seq)).toEqual(
    Array.from({ length: rest.head - 1 }, (_, index) => index + 2),
  );
  const anew = await poll("after=2&epoch=other");
  expect(anew.reset).toBe(true);
  expect(anew.events[0]?.seq).toBe(1);

  expect((await postJson(`${base}/read`, { seq: 2 }, headers)).status).toBe(200);
  expect(await agent.next("read")).toMatchObject({ seq: 2, from: { role: "visitor" } });
  expect((await postJson(`${base}/read`, { seq: -1 }, headers)).status).toBe(400);
  expect((await postJson(`${base}/read`, { seq: 1 })).status).toBe(401);
  const answers: number[] = [];
  for (let count = 0; count < 120; count += 1)
    answers.push((await request(`${base}/messages`, { headers })).status);
  expect(answers.at(-1)).toBe(429);
  const refused = await postJson(`${base}/messages`, { client_id: crypto.randomUUID(), body: "x" }, headers);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
});

type Poll = { epoch: string; reset: boolean; head: number; events: { seq: number; html?: string }[] };

test("P25: whatever is no frame is answered in fixed words, without a byte of what was sent or of the room", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  const marker = "MARKER-3f9c";
  const junk = [
    marker,
    `{"type":"${marker}"}`,
    `{"type":"message","client_id":"${marker}","body":"${marker}"}`,
    `{"type":"read","seq":"${marker}"}`,
    `{"type":"hello","v":1,"token":"${marker}"}`,
    `["${marker}"]`,
    "",
  ];
  const words = new Set<string>();
  for (const text of junk) {
    visitor.sendText(text);
    const error = await visitor.next("error");
    expect(ERROR_CODES).toContain(error.code);
    expect(JSON.stringify(error)).not.toContain(marker);
    expect(JSON.stringify(error)).not.toContain(conversation.visitor);
    words.add(`${error.code} ${error.message}`);
  }
  expect(words.size).toBe(2);
  expect((await visitor.post("still well")).seq).toBe(1);
});

test("R-C26 R-C27: a colleague who only looks on may leave a note, is not noticed, and speaks once asked", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  await visitor.post("bonjour");
  const [lea, hugo] = [await signIn("Léa", [key]), await signIn("Hugo", [key])];
  const none = { note: null, reason: null, outcome: null, at: 1, conversation: conversation.id };
  const hers = { id: lea.id, name: "Léa" };
  await roomOf(conversation).obey({ ...none, n: 1, name: "assigned", agent: hers, from: null });
  const colleague = await joinRoomAs(hugo, conversation);
  colleague.send({ type: "read", seq: 1 });
  colleague.send({ type: "typing", on: true });
  const id = crypto.randomUUID();
  colleague.send({ type: "message", client_id: id, body: "moi !", kind: "text" });
  expect(await colleague.next("error")).toMatchObject({ code: "forbidden", client_id: id });
  expect((await colleague.post("elle est pressée", "note")).seq).toBe(3);
  await settled(visitor);
  expect(visitor.take().filter(({ type }) => type === "read" || type === "typing")).toEqual([]);

  const asked = { id: hugo.id, name: "Hugo" };
  await roomOf(conversation).obey({
    ...none,
    n: 2,
    name: "consulted",
    agent: asked,
    from: hers,
    note: "SECRET",
  });
  expect(await colleague.next("event", ({ name }) => name === "consulted")).toMatchObject({ note: "SECRET" });
  expect(await visitor.next("event", ({ seq }) => seq === 4)).toMatchObject({ name: "hidden" });
  expect((await colleague.post("moi !", "text", id)).seq).toBe(5);
});

test("R-C28: a file is shown by the side that brought it, to those who are part of the conversation", async () => {
  const { key } = await makeSite();
  const [mine, other] = [await openConversation(key), await openConversation(key)];
  const sender = { role: "visitor" as const, id: mine.visitor };
  const file = { id: "fil_1", name: "reçu.pdf", type: "application/pdf", bytes: 9, by: sender };
  const room = roomOf(mine);
  expect(await room.addFile(sender, file, 0)).toEqual({ ok: true });
  expect(await room.addFile(sender, file, 0)).toEqual({ ok: true });
  expect(await room.file(sender, "fil_1")).toMatchObject({ name: "reçu.pdf" });
  expect(await room.file({ role: "agent", id: "usr_x" }, "fil_1")).toMatchObject({ bytes: 9 });
  expect(await room.file({ role: "visitor", id: other.visitor }, "fil_1")).toBeNull();
  expect(await roomOf(other).file({ role: "visitor", id: other.visitor }, "fil_1")).toBeNull();
  for (let count = 2; count <= 20; count += 1)
    expect(await room.addFile(sender, { ...file, id: `fil_${count}` }, 0)).toEqual({ ok: true });
  expect(await room.addFile(sender, { ...file, id: "fil_21" }, 0)).toMatchObject({ code: "rate_limited" });

  const visitor = await joinRoom(mine);
  await visitor.post('{"id":"fil_1"}', "file");
  const body = '{"id":"fil_1","name":"reçu.pdf","type":"application/pdf","bytes":9}';
  expect(await visitor.next("message")).toMatchObject({ kind: "file", body });
  visitor.send({ type: "message", client_id: crypto.randomUUID(), body: '{"id":"fil_99"}', kind: "file" });
  expect((await visitor.next("error")).code).toBe("not_found");
});

test("R-C29: the room tells the desk that the visitor thinks, by its alarm, and that they speak again", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  await visitor.post("bonjour");
  const lea = await signIn("Léa", [key]);
  const none = { note: null, reason: null, outcome: null, at: 1, conversation: conversation.id, from: null };
  await roomOf(conversation).obey({ ...none, n: 1, name: "assigned", agent: { id: lea.id, name: "Léa" } });
  const agent = await joinRoomAs(lea, conversation);
  await agent.post("Quelle taille ?");
  const told = () =>
    runInDurableObject(roomOf(conversation), (_room, { storage }) => {
      const { body } = storage.sql.exec<{ body: string }>("select body from room").one();
      const { turn, deskRevision } = JSON.parse(body) as { turn: string; deskRevision: number };
      return { turn, deskRevision };
    });
  const before = await told();
  expect(before.turn).toBe("agent");
  const ringsAt = await runInDurableObject(roomOf(conversation), (_room, { storage }) => storage.getAlarm());
  expect(ringsAt).toBeLessThanOrEqual(Date.now() + 60_000);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
  await runDurableObjectAlarm(roomOf(conversation));
  expect(await told()).toEqual({ turn: "visitor", deskRevision: before.deskRevision + 1 });
  await visitor.post("42");
  expect(await told()).toEqual({ turn: "agent", deskRevision: before.deskRevision + 2 });
  await visitor.post("plutôt 44");
  expect((await told()).deskRevision).toBe(before.deskRevision + 2);
});

test("R-C31: an agent's Markdown is rendered once and told alike on every way; a visitor's text is text", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  await visitor.post("**pas** du tout");
  expect((await visitor.next("message")).html).toBeUndefined();
  const agent = await joinRoomAs(await signIn("Léa", [key]), conversation);
  await agent.post("**Oui**, <b>bien</b>");
  const live = await visitor.next("message", ({ from }) => from.role === "agent");
  expect(live.html).toContain("<strong>Oui</strong>");
  expect(live.html).not.toContain("<b>");
  expect(live.body).toBe("**Oui**, <b>bien</b>");
  visitor.send({ type: "range", from: live.seq, to: live.seq });
  expect(await visitor.next("message")).toEqual(live);
  const late = await dialRoom(conversation.id);
  late.hello(conversation.token);
  expect(await late.next("message", ({ seq }) => seq === live.seq)).toEqual(live);
});

test("R-C32: in a conversation that flows a message costs one row and no alarm, also when the room was out of memory", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  await visitor.post("bonjour");
  await vi.waitUntil(async () => (await owed(conversation)) === 0, { timeout: 10_000, interval: 50 });
  const cost = async (body: string) => {
    await evictDurableObject(roomOf(conversation));
    const meter = await metered(conversation);
    await visitor.post(body);
    return meter;
  };
  expect(await cost("une")).toEqual({ rows: 1, alarms: 0 });
  expect(await cost("deux")).toEqual({ rows: 1, alarms: 0 });
});

test("R-C33: what others have confirmed costs no row, and is known after eviction by the alarm; where that does not say it, it is told again", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  await visitor.post("bonjour");
  const meter = await metered(conversation);
  await vi.waitUntil(async () => (await owed(conversation)) === 0, { timeout: 10_000, interval: 50 });
  expect(meter.rows).toBe(0);

  // Nothing stands that says so: after eviction it counts as owed, and the alarm tells it.
  await evictDurableObject(roomOf(conversation));
  expect(await owed(conversation)).toBe(2);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11_000 });
  await runDurableObjectAlarm(roomOf(conversation));
  await vi.waitUntil(async () => (await owed(conversation)) === 0, { timeout: 10_000, interval: 50 });

  // Once the alarm has rung with everything told, the next one says so.
  vi.setSystemTime(Date.now() + 21_000);
  await runDurableObjectAlarm(roomOf(conversation));
  await evictDurableObject(roomOf(conversation));
  expect(await owed(conversation)).toBe(0);
  expect((await visitor.post("encore")).seq).toBe(2);
});

test("R-C33: a closed conversation keeps nothing as owed once all was told, alarm or not", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  await visitor.post("bonjour");
  visitor.send({ type: "close" });
  await visitor.next("event", ({ name }) => name === "closed");
  await vi.waitUntil(async () => (await owed(conversation)) === 0, { timeout: 10_000, interval: 50 });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11_000 });
  await runDurableObjectAlarm(roomOf(conversation));
  await evictDurableObject(roomOf(conversation));
  expect(await owed(conversation)).toBe(0);
  const alarm = await runInDurableObject(roomOf(conversation), (_room, { storage }) => storage.getAlarm());
  expect(alarm).toBeNull();
});

test("R-C18: what a room kept in tables of their own before is owed and known as it was", async () => {
  const { key } = await makeSite();
  const conversation = await openConversation(key);
  const visitor = await joinRoom(conversation);
  await visitor.post("bonjour");
  await vi.waitUntil(async () => (await owed(conversation)) === 0, { timeout: 10_000, interval: 50 });
  const receipt = { from: { role: "visitor", id: "v", name: null }, seq: 1 };
  const by = { role: "visitor" as const, id: "v" };
  const file = { id: "fil_1", name: "a.pdf", type: "application/pdf", bytes: 9, by };
  await runInDurableObject(roomOf(conversation), (_room, { storage }) => {
    const { sql } = storage;
    sql.exec(
      "update room set body = json_remove(body, '$.owed', '$.reads', '$.chunks', '$.files', '$.tickets')",
    );
    sql.exec("create table outbox (key text, revision, since, attempts, retry_at)");
    sql.exec("insert into outbox values ('desk', 7, 1, 1, 9)");
    sql.exec("create table reads (id integer primary key, body text)");
    sql.exec("insert into reads values (1, ?)", JSON.stringify({ visitor: receipt }));
    sql.exec("create table chunks (chunk integer primary key, from_seq, to_seq, revision)");
    sql.exec("insert into chunks values (0, 1, 1, 3)");
    sql.exec("create table files (id text primary key, body text)");
    sql.exec("insert into files values ('fil_1', ?)", JSON.stringify(file));
  });
  await evictDurableObject(roomOf(conversation));
  await runInDurableObject(roomOf(conversation), (_room, { storage }) => {
    const store = new ChatRoomStore(storage);
    expect(store.owed()).toEqual([{ key: "desk", revision: 7, since: 1, attempts: 1, retryAt: 9 }]);
    expect(store.reads()).toEqual({ visitor: receipt });
    expect(store.chunks()).toEqual([{ chunk: 0, fromSeq: 1, toSeq: 1, revision: 3 }]);
    expect(store.file("fil_1")).toEqual(file);
  });
});

async function owed(conversation: Conversation): Promise<number> {
  return (await roomOf(conversation).owed()).length;
}

/** Count the rows and alarms that the room of `conversation` writes from now on, while it is in memory. */
async function metered(conversation: Conversation): Promise<{ rows: number; alarms: number }> {
  const meter = { rows: 0, alarms: 0 };
  await runInDurableObject(roomOf(conversation), (_room, { storage }) => {
    const { sql } = storage;
    const exec = sql.exec.bind(sql);
    sql.exec = ((query: string, ...values: SqlStorageValue[]) => {
      const cursor = exec(query, ...values);
      meter.rows += cursor.rowsWritten;
      return cursor;
    }) as typeof sql.exec;
    storage.setAlarm = async () => void (meter.alarms += 1);
  });
  return meter;
}
