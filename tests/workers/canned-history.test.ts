/** Rules R-C34 to R-C36: canned answers and hand-overs on their way from the console into history. */
import { env } from "cloudflare:workers";
import { evictDurableObject } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import type { Handover, SentCanned } from "../../domain/chat/handovers.ts";
import {
  type Conversation,
  dialRoom,
  joinRoom,
  joinRoomAs,
  type Login,
  openConversation,
  postJson,
  request,
  type RoomClient,
} from "./chat-client.ts";
import { accept, arrive, goOnline } from "./desk-people.ts";
import { eventually } from "./eventually.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

let site: string;
let apiKey: string;
let lea: Login;

beforeEach(async () => {
  ({ key: site, apiKey } = await makeSite());
  lea = await signIn("Léa", [site]);
}, 30_000);

const api = () => ({ authorization: `Bearer ${apiKey}` });

async function canned(shortcut: string, at = site, key = apiKey): Promise<string> {
  const made = await postJson(
    `/api/sites/${at}/canned`,
    { shortcut, body: "Bonjour !" },
    { authorization: `Bearer ${key}` },
  );
  expect(made.status).toBe(201);
  return (await made.json<{ id: string }>()).id;
}

/** Post as the console does, and wait for the ack. */
async function say(
  client: RoomClient,
  body: string,
  use?: { id: string; edited: boolean },
  client_id: string = crypto.randomUUID(),
) {
  client.send({ type: "message", client_id, body, kind: "text", ...(use ? { canned: use } : {}) });
  return client.next("ack", (ack) => ack.client_id === client_id);
}

async function kept(
  id: string,
  enough: (row: { canned: SentCanned[]; handovers: Handover[]; closed: boolean }) => boolean,
) {
  return eventually(async () => {
    const row = await env.DB.prepare("SELECT canned, handovers, closed_at FROM conversations WHERE id = ?")
      .bind(id)
      .first<{ canned: string | null; handovers: string | null; closed_at: number | null }>();
    return {
      canned: JSON.parse(row?.canned ?? "[]") as SentCanned[],
      handovers: JSON.parse(row?.handovers ?? "[]") as Handover[],
      closed: (row?.closed_at ?? null) !== null,
    };
  }, enough);
}

/** What the visitor of `chat` is told of the whole log, by a new socket, by range and over HTTP. */
async function allThatIsTold(chat: Conversation): Promise<string> {
  const again = await dialRoom(chat.id);
  again.hello(chat.token);
  const { head } = await again.find("welcome");
  again.send({ type: "range", from: 1, to: head });
  await again.find("message", ({ seq, kind }) => seq === 1 && kind === "text");
  const polled = await request(`/v1/conversations/${chat.id}/messages?after=0`, {
    headers: { authorization: `Bearer ${chat.token}` },
  });
  return JSON.stringify([again.take(), await polled.json()]);
}

test("R-C34: colleagues are told what a message began from, a visitor by no way; what is malformed is no frame", async () => {
  const id = await canned("bonjour");
  const chat = await openConversation(site);
  const visitor = await joinRoom(chat);
  await visitor.post("Bonjour");
  visitor.send({
    type: "message",
    client_id: crypto.randomUUID(),
    body: "moi aussi",
    canned: { id, edited: false },
  });
  await visitor.next("ack");
  const agent = await joinRoomAs(lea, chat);
  const twice = crypto.randomUUID();
  await say(agent, "Bonjour **Camille** !", { id, edited: true }, twice);
  await say(agent, "Sans réponse toute faite");
  const ack = await say(agent, "Bonjour **Camille** !", { id, edited: true }, twice);
  const shown = await visitor.find("message", ({ seq }) => seq === ack.seq);
  expect(shown).not.toHaveProperty("canned");
  await evictDurableObject(env.CHAT_ROOM.getByName(chat.id));
  expect(await allThatIsTold(chat)).not.toContain("canned");
  const colleague = await joinRoomAs(await signIn("Hugo", [site]), chat);
  colleague.send({ type: "range", from: ack.seq, to: ack.seq });
  expect(await colleague.find("message", ({ seq }) => seq === ack.seq)).toMatchObject({
    canned: { id, edited: true },
  });
  for (const wrong of [
    null,
    {},
    { id: "" },
    { id: "x".repeat(65) },
    { id: "a b" },
    { id, edited: "no" },
    [id],
    7,
  ]) {
    colleague.sendText(
      JSON.stringify({
        type: "message",
        client_id: crypto.randomUUID(),
        body: "x",
        kind: "note",
        canned: wrong,
      }),
    );
    expect(await colleague.next("error")).toMatchObject({ code: "bad_frame" });
  }
});

test("R-C35: the site's own canned answers reach history, once; another site's do not, and a deleted one stays", async () => {
  const other = await makeSite();
  const [own, gone, foreign] = [
    await canned("bonjour"),
    await canned("retours"),
    await canned("bonjour", other.key, other.apiKey),
  ];
  const chat = await openConversation(site);
  const visitor = await joinRoom(chat);
  await visitor.post("Bonjour");
  const agent = await joinRoomAs(lea, chat);
  await say(agent, "Bonjour !", { id: own, edited: false });
  await say(agent, "L’échange est gratuit.", { id: gone, edited: true });
  await say(agent, "Ailleurs", { id: foreign, edited: false });
  await say(agent, "Inventé", { id: "can_nobody", edited: false });
  // What flows is told to history now and then; each decision about the conversation tells all of it.
  const room = env.CHAT_ROOM.getByName(chat.id);
  const person = { id: lea.id, name: lea.name };
  const held = { conversation: chat.id, from: null, note: null, reason: null, outcome: null, at: Date.now() };
  await room.obey({ ...held, n: 1_000, name: "held", agent: person });
  const uses = ({ canned: sent }: { canned: SentCanned[] }) =>
    sent.map((one) => `${one.agent} ${one.canned} ${one.edited}`);
  const wanted = [`${lea.id} ${own} false`, `${lea.id} ${gone} true`];
  const early = await kept(chat.id, ({ canned: sent }) => sent.length === wanted.length);
  expect(uses(early)).toEqual(wanted);

  const read = await request(`/api/sites/${site}/canned/${gone}`, { headers: api() });
  const removed = await request(`/api/sites/${site}/canned/${gone}`, {
    method: "DELETE",
    headers: { ...api(), "if-match": read.headers.get("etag") ?? "" },
  });
  expect(removed.status).toBe(204);
  visitor.send({ type: "close" });
  expect(uses(await kept(chat.id, ({ closed }) => closed))).toEqual(wanted);
  const csv = await request(`/api/sites/${site}/exports/conversations.csv`, { headers: api() });
  const [head = "", row = ""] = (await csv.text()).split("\r\n");
  expect(head).toContain(",handovers,canned,transfers,");
  expect(row).toContain(own);
});

test("R-C35 R-C36: hands are told while the conversation goes on: to a colleague, to a skill, called off, taken over", async () => {
  const people = [await signIn("Hugo", [site]), await signIn("Anne", [site], "admin")];
  const [hugo, anne] = people as [Login, Login];
  const skill = { key: "tailles", name: "Tailles", description: "", agents: [hugo.id] };
  expect((await postJson(`/api/sites/${site}/skills`, skill, api())).status).toBe(201);
  const first = await goOnline(lea, site);
  const { conversation: chat, visitor } = await arrive(site);
  await accept(first, chat);
  const second = await goOnline(hugo, site);
  const ask = (desk: typeof first, more: Record<string, unknown>) =>
    desk.send({ type: "transfer", conversation: chat.id, note: "secret", ...more });

  ask(first, { to_agent: hugo.id });
  await second.next("offered");
  first.send({ type: "accept", conversation: chat.id });
  await second.next("revoked");
  ask(first, { to_skill: "tailles" });
  await accept(second, chat);
  ask(second, { to_agent: lea.id });
  await accept(first, chat);
  const boss = await goOnline(anne, site);
  boss.send({ type: "take_over", conversation: chat.id });
  await boss.next("assigned");

  const wanted = [
    `assigned null ${lea.id} null`,
    `taken_back ${lea.id} ${hugo.id} null`,
    `transferred ${lea.id} ${hugo.id} tailles`,
    `transferred ${hugo.id} ${lea.id} null`,
    `taken_over ${lea.id} ${anne.id} null`,
  ];
  const told = await kept(chat.id, ({ handovers }) => handovers.length === wanted.length);
  expect(told.closed).toBe(false);
  expect(told.handovers.map((one) => `${one.kind} ${one.from} ${one.to} ${one.skill}`)).toEqual(wanted);
  expect(JSON.stringify([visitor.take(), await allThatIsTold(chat)])).not.toMatch(
    /tailles|secret|taken_back/,
  );
});
