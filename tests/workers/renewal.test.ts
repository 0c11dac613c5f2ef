/** Rule P27: what an operator does after a room's storage was set back to an earlier moment. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { newId, personInserts } from "../../workers/auth/people.ts";
import { readLog } from "../../workers/routes/conversation-logs.ts";
import {
  type Conversation,
  dialRoom,
  HOST,
  joinDesk,
  joinRoom,
  openConversation,
  postJson,
} from "./chat-client.ts";
import { eventually } from "./eventually.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

const PASSWORD = "a-long-enough-password-1";

/** The cookie of an admin of the installation. */
async function operator(): Promise<string> {
  const db = drizzle(env.DB);
  const id = newId("usr");
  const email = `${id}@test.example`;
  const person = { id, email, name: "Operator", password: PASSWORD, installationAdmin: true };
  await db.batch(await personInserts(db, person, Date.now()));
  const answer = await postJson("/api/auth/sign-in/email", { email, password: PASSWORD }, { origin: HOST });
  expect(answer.status).toBe(200);
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
}

const renew = (cookie: string, wanted: object) =>
  postJson("/api/installation/rooms/renew", wanted, { cookie, origin: HOST });

const roomOf = ({ id }: Conversation) => env.CHAT_ROOM.getByName(id);

/** What a restore would bring back: the room's row and its log as they are now. */
function snapshot(chat: Conversation): Promise<{ row: string; head: number }> {
  return runInDurableObject(roomOf(chat), (_room, { storage: { sql } }) => ({
    row: sql.exec<{ body: string }>("select body from room where id = 1").one().body,
    head: sql.exec<{ head: number }>("select max(seq) as head from log").one().head,
  }));
}

async function setBack(chat: Conversation, { row, head }: { row: string; head: number }): Promise<void> {
  await runInDurableObject(roomOf(chat), (_room, { storage: { sql } }) => {
    sql.exec("update room set body = ? where id = 1", row);
    sql.exec("delete from log where seq > ?", head);
  });
  await evictDurableObject(roomOf(chat), { webSockets: "close" });
}

const told = ({ site, id }: Conversation) =>
  env.DB.prepare("select status, visitor_messages from conversations where site = ?1 and id = ?2")
    .bind(site, id)
    .first<{ status: string; visitor_messages: number }>();
const texts = ({ id }: Conversation) =>
  env.DB.prepare("select count(*) as n from conversation_texts where conversation_id = ?1")
    .bind(id)
    .first<number>("n");

/** A conversation of which two words are left after a restore, while history and its reader know of its end. */
async function restored(site: string) {
  const chat = await openConversation(site);
  const visitor = await dialRoom(chat.id);
  visitor.hello(chat.token);
  const { epoch } = await visitor.next("welcome");
  await visitor.post("un");
  await visitor.post("deux");
  const before = await snapshot(chat);
  for (let count = 0; count < 105; count += 1) await visitor.post(`perdu ${count}`);
  visitor.send({ type: "close" });
  const { seq: last } = await visitor.next("event", ({ name }) => name === "closed");
  await eventually(
    () => told(chat),
    (row) => row?.status === "closed",
  );
  await eventually(
    () => readLog(env, site, chat.id),
    (log) => log.length === last,
  );
  await setBack(chat, before);
  return { chat, epoch, last, head: before.head };
}

test("P27: after a restore nobody continues what is gone, and history and desk know what the room holds", async () => {
  const { key: site } = await makeSite({ conversation_idle_minutes: 60 });
  const cookie = await operator();
  const { chat, epoch, head } = await restored(site);
  // As long as nobody has renewed it, a reader who stands where the log now ends goes on as if nothing had happened.
  const visitor = await joinRoom(chat);
  const answer = await renew(cookie, { conversation: chat.id });
  expect([answer.status, await answer.json()]).toEqual([200, { renewed: 1, next_cursor: null }]);
  expect(await visitor.closeCode()).toBe(4_000);

  const back = await dialRoom(chat.id);
  back.hello(chat.token, { epoch, after: head });
  const welcome = await back.next("welcome");
  expect(welcome.epoch).not.toBe(epoch);
  expect(await back.next("reset")).toMatchObject({ epoch: welcome.epoch, head, from: 1 });
  expect((await back.next("message", ({ seq }) => seq === 2)).body).toBe("deux");
  expect((await back.post("trois")).seq).toBe(head + 1);
  // Whoever knows the new numbering goes on in it.
  const again = await dialRoom(chat.id);
  again.hello(chat.token, { epoch: welcome.epoch, after: head });
  await again.next("welcome");
  expect((await again.any()).type).toBe("message");

  await eventually(
    () => told(chat),
    (row) => row?.status === "queued",
  );
  const log = await eventually(
    () => readLog(env, site, chat.id),
    (events) => events.length === head,
  );
  expect(log.map(({ seq }) => seq)).toEqual([1, 2].slice(0, head));
  expect(await texts(chat)).toBe(0);
  const desk = await joinDesk(await signIn("Léa", [site]), site);
  desk.send({ type: "status", state: "online", capacity: 3 });
  expect(await desk.find("offered")).toMatchObject({ conversation: chat.id });
});

test("P27: all rooms of a site, from a moment on; a room that was never set back loses nothing, nor one renewed twice", async () => {
  const { key: site } = await makeSite({ conversation_idle_minutes: 60 });
  const cookie = await operator();
  const { chat, head } = await restored(site);
  const whole = await openConversation(site);
  const visitor = await joinRoom(whole);
  await visitor.post("bonjour");
  visitor.send({ type: "close" });
  await visitor.next("event", ({ name }) => name === "closed");
  await eventually(
    () => texts(whole),
    (count) => count === 1,
  );
  for (let time = 0; time < 2; time += 1) {
    const answer = await renew(cookie, { site });
    expect(await answer.json()).toEqual({ renewed: 2, next_cursor: null });
  }
  await eventually(
    () => texts(whole),
    (count) => count === 1,
  );
  expect((await readLog(env, site, whole.id)).map(({ seq }) => seq)).toEqual([1, 2]);
  expect(await told(whole)).toEqual({ status: "closed", visitor_messages: 1 });
  await eventually(
    () => readLog(env, site, chat.id),
    (events) => events.length === head,
  );
  const later = await renew(cookie, { site, since: new Date(Date.now() + 60_000).toISOString() });
  expect(await later.json()).toEqual({ renewed: 0, next_cursor: null });
});

test("P27: only an admin of the installation may, and what is no room or no site is said to be none", async () => {
  const { key: site } = await makeSite();
  const chat = await openConversation(site);
  const admin = await signIn("Anne", [site], "admin");
  expect((await renew("", { conversation: chat.id })).status).toBe(401);
  expect((await renew(admin.cookie, { conversation: chat.id })).status).toBe(403);
  const cookie = await operator();
  for (const [wanted, status] of [
    [{ conversation: `${chat.id}x` }, 404],
    [{ site: "nobody" }, 404],
    [{ site, since: "yesterday" }, 400],
    [{ site, cursor: "nothing" }, 400],
    [{}, 400],
    [{ conversation: chat.id, site }, 400],
  ] as const) {
    expect([wanted, (await renew(cookie, wanted)).status]).toEqual([wanted, status]);
  }
});
