/** Supervisors, holds, consults and what screens show of a busy desk, from the front door. */
import { evictDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { afterChange, type Picture } from "../../domain/desk/picture.ts";
import type { RoomReport } from "../../domain/desk/report.ts";
import type { DeskServerFrame } from "../../domain/desk/wire.ts";
import { dialDesk, joinDesk, joinRoom, joinRoomAs, openConversation, postJson } from "./chat-client.ts";
import { accept, arrive, deskOf, goOnline } from "./desk-people.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

test("R-K15: a supervisor sees what others have, takes it over, gives it on and ends it; visitor and agents see one truth", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const leaDesk = await goOnline(lea, key);
  const { conversation, visitor } = await arrive(key);
  await accept(leaDesk, conversation);

  const boss = await signIn("Ada", [key], "admin");
  const dialled = await dialDesk(boss, key);
  const snapshot = await dialled.next("snapshot");
  expect(snapshot).toMatchObject({ role: "admin", waiting: 0, mine: [] });
  expect(snapshot.others).toMatchObject([
    { conversation: conversation.id, agent: { id: lea.id }, weight: 1 },
  ]);

  leaDesk.send({ type: "take_over", conversation: conversation.id });
  expect((await leaDesk.next("error")).code).toBe("forbidden");
  dialled.send({ type: "take_over", conversation: conversation.id });
  expect((await dialled.next("assigned")).item.agent).toMatchObject({ id: boss.id });
  expect(await leaDesk.next("revoked")).toMatchObject({ reason: "taken_over" });
  expect(await visitor.next("event", ({ name }) => name === "transferred")).toMatchObject({
    agent: { name: "Ada" },
  });

  dialled.send({ type: "assign", conversation: conversation.id, to_agent: lea.id });
  expect((await leaDesk.next("assigned")).conversation).toBe(conversation.id);
  expect(await dialled.next("revoked")).toMatchObject({ reason: "transferred" });
  dialled.send({ type: "close", conversation: conversation.id });
  await visitor.next("event", ({ name }) => name === "closed");
  expect(await leaDesk.next("revoked")).toMatchObject({ reason: "closed" });
  await dialled.next("queue", ({ others, waiting }) => others?.length === 0 && waiting === 0);
});

test("R-K15: what others have is shown to supervisors and to nobody else", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const leaDesk = await goOnline(lea, key);
  const { conversation } = await arrive(key);
  await accept(leaDesk, conversation);
  const hugo = await dialDesk(await signIn("Hugo", [key]), key);
  const snapshot = await hugo.next("snapshot");
  expect(snapshot).toMatchObject({ role: "agent", queue: [] });
  expect(snapshot.others).toBeUndefined();
  expect(JSON.stringify(hugo.take())).not.toContain(conversation.id);
});

test("R-K9: on hold a conversation takes no place, and the next is offered", async () => {
  const { key } = await makeSite();
  const desk = await goOnline(await signIn("Léa", [key]), key, 1);
  const first = await arrive(key);
  await accept(desk, first.conversation);
  const second = await arrive(key);
  desk.send({ type: "hold", conversation: first.conversation.id, on: true });
  expect((await desk.next("assigned")).item).toMatchObject({ turn: "hold", weight: 0 });
  await first.visitor.next("event", ({ name }) => name === "hidden");
  await accept(desk, second.conversation);
});

test("R-K16: a colleague who is asked sees the conversation and its note; the visitor sees neither", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const hugo = await signIn("Hugo", [key]);
  const leaDesk = await goOnline(lea, key);
  const { conversation, visitor } = await arrive(key);
  await accept(leaDesk, conversation);
  const asked = { type: "consult", conversation: conversation.id, to_agent: hugo.id, note: "un avis ?" };
  leaDesk.send(asked);
  expect((await leaDesk.next("error")).code).toBe("unavailable");
  const hugoDesk = await joinDesk(hugo, key);
  leaDesk.send(asked);
  expect(await hugoDesk.next("consulted")).toMatchObject({
    conversation: conversation.id,
    from: { id: lea.id, name: "Léa" },
    note: "un avis ?",
  });
  const elsewhere = await (await dialDesk(hugo, key)).next("snapshot");
  expect(elsewhere.consults).toMatchObject([{ item: { conversation: conversation.id }, note: "un avis ?" }]);
  const agent = await joinRoomAs(hugo, conversation);
  await agent.post("oui, taille M", "note");
  await visitor.next("event", ({ name }) => name === "hidden");
  expect(JSON.stringify(visitor.frames)).not.toContain("avis");
  leaDesk.send({ type: "wrap_up", conversation: conversation.id, outcome: "done" });
  expect(await hugoDesk.next("revoked")).toMatchObject({
    conversation: conversation.id,
    reason: "consult_over",
  });
});

test("R-K12: a visitor who comes back is offered to the agent who had them", async () => {
  const { key } = await makeSite();
  const lea = await goOnline(await signIn("Léa", [key]), key);
  const { conversation } = await arrive(key);
  await accept(lea, conversation);
  const hugo = await goOnline(await signIn("Hugo", [key]), key);
  lea.send({ type: "wrap_up", conversation: conversation.id, outcome: "done" });
  await lea.next("revoked");
  const again = await vi.waitUntil(async () => {
    const opened = await openConversation(key, { anonymousId: conversation.visitor });
    return opened.id === conversation.id ? null : opened;
  });
  const visitor = await joinRoom(again);
  await visitor.post("encore moi");
  expect((await lea.next("offered")).conversation).toBe(again.id);
  expect(hugo.take().filter(({ type }) => type === "offered")).toEqual([]);
});

test("R-K20: at a busy desk screens are told what has changed, in order, and come to what a new console is told", async () => {
  const { key } = await makeSite();
  const first = await dialDesk(await signIn("Léa", [key]), key);
  let picture = pictureOf(await first.next("snapshot"));
  for (let index = 0; index < 260; index += 1) await deskOf(key).roomChanged(waitingReport(index));
  for (let index = 0; index < 40; index += 1) {
    await deskOf(key).roomChanged({ ...waitingReport(index * 3), revision: 2, status: "closed" });
  }
  const second = await dialDesk(await signIn("Hugo", [key]), key);
  const whole = await second.next("snapshot");
  expect(whole.waiting).toBe(220);
  expect(whole.queue).toHaveLength(200);
  // As many wait once on the way up as in the end: what they are says that it is the end.
  const isOver = () => JSON.stringify(picture.items) === JSON.stringify(whole.queue);
  let changes = 0;
  while (!isOver()) {
    const frame = await first.any();
    if (frame.type === "queue") picture = pictureOf({ ...frame, queue: frame.items });
    if (frame.type !== "queue_changed") continue;
    changes += 1;
    expect(JSON.stringify(frame).length).toBeLessThan(64_000);
    const next = afterChange(picture, frame);
    expect(next, `picture ${frame.n} goes on from ${picture.n}`).not.toBe(null);
    picture = next ?? picture;
  }
  expect(changes).toBeGreaterThan(0);
  expect(picture).toMatchObject({ waiting: 220, items: whole.queue });
});

test("R-K20: a console that comes back has everything in its snapshot, and what follows goes on from it", async () => {
  const { key } = await makeSite();
  const lea = await signIn("Léa", [key]);
  const desk = await goOnline(lea, key);
  const mine = await arrive(key);
  await accept(desk, mine.conversation);
  desk.send({ type: "hold", conversation: mine.conversation.id, on: true });
  await desk.next("assigned");
  desk.socket.close(1000);
  const waiting = await arrive(key);
  await evictDurableObject(deskOf(key));

  const back = await dialDesk(lea, key);
  const snapshot = await back.any();
  expect(snapshot).toMatchObject({
    type: "snapshot",
    me: { id: lea.id, state: "online", load: 1 },
    mine: [{ conversation: mine.conversation.id, turn: "hold", weight: 0 }],
    queue: [{ conversation: waiting.conversation.id, status: "offered" }],
    waiting: 1,
  });
  expect((await back.next("offered")).conversation).toBe(waiting.conversation.id);
  await arrive(key);
  const next = await back.next("queue");
  expect(next.waiting).toBe(2);
  expect(next.n).toBeGreaterThan(snapshot.type === "snapshot" ? (snapshot.n ?? 0) : Infinity);
});

test("R-K21: a skill that nobody at the site has keeps nobody waiting", async () => {
  const { key } = await makeSite();
  const boss = await signIn("Ada", [key], "admin");
  const lea = await signIn("Léa", [key]);
  const api = { cookie: boss.cookie, origin: "http://aparte.test" };
  const skill = { key: "sizes", name: "Tailles", agents: [lea.id], levels: { [lea.id]: 3 } };
  expect((await postJson(`/api/sites/${key}/skills`, skill, api)).status).toBe(201);
  const desk = await goOnline(lea, key);
  const { conversation } = await arrive(key, { skill: "made-up" });
  expect(await desk.next("offered")).toMatchObject({
    conversation: conversation.id,
    item: { skill: "made-up" },
  });
});

function waitingReport(index: number): RoomReport {
  return {
    conversation: `cnv_${String(index).padStart(4, "0")}`,
    revision: 1,
    status: "queued",
    visitor: `v${index}`,
    name: null,
    verified: false,
    preview: "Bonjour, je cherche une veste en taille M, est-elle encore disponible ?",
    page: "/femme/vestes/veste-en-lin",
    place: "Lyon, FR",
    skill: null,
    priority: index % 3,
    decisionId: null,
    locale: "fr-FR",
    waitingSince: 1_800_000_000_000 + index * 1_000,
  };
}

type Shown = Pick<Extract<DeskServerFrame, { type: "snapshot" }>, "n" | "waiting" | "queue" | "agents">;

function pictureOf({ n = 0, waiting = 0, queue, agents }: Shown): Picture {
  return { n, waiting, items: queue, agents, others: null };
}
