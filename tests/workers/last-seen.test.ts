/** When the visitor of a room was last there, however they were there and however they went; and who had it when. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Handover } from "../../domain/chat/handovers.ts";
import type { RoomState } from "../../domain/chat/state.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { readWaits } from "../../workers/overview/waits.ts";
import {
  type Conversation,
  joinRoom,
  joinRoomAs,
  openConversation,
  postJson,
  request,
} from "./chat-client.ts";
import { accept, arrive, deskOf, goOnline } from "./desk-people.ts";
import { eventually } from "./eventually.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const IDLE_MINUTES = 15;
const IDLE_MS = IDLE_MINUTES * MINUTE_MS;

let site: string;
let start: number;

beforeEach(async () => {
  ({ key: site } = await makeSite({ conversation_idle_minutes: IDLE_MINUTES }));
  start = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: start });
}, 30_000);
afterEach(() => void vi.useRealTimers());

const roomOf = ({ id }: Conversation) => env.CHAT_ROOM.getByName(id);
const at = (ms: number) => void vi.setSystemTime(start + ms);
const ring = (chat: Conversation) => runDurableObjectAlarm(roomOf(chat));

function stored(chat: Conversation): Promise<RoomState> {
  return runInDurableObject(roomOf(chat), (_room, { storage }) => {
    const { body } = storage.sql.exec<{ body: string }>("SELECT body FROM room").one();
    return JSON.parse(body) as RoomState;
  });
}

/** The visitor closes the tab, and the room has heard it. */
async function closeTab(chat: Conversation, visitor: { socket: WebSocket }): Promise<void> {
  visitor.socket.close(1000);
  await vi.waitUntil(async () => !(await stored(chat)).seated);
}

type Kept = {
  close_reason: string | null;
  closed_at: number;
  left_at: number | null;
  answered_by: string | null;
  handovers: string;
};

/** What history has of `chat`, once it is over. */
async function kept(chat: Conversation): Promise<Kept> {
  const row = await eventually(
    () =>
      env.DB.prepare(
        "SELECT close_reason, closed_at, left_at, answered_by, handovers FROM conversations WHERE id = ? AND closed_at > 0",
      )
        .bind(chat.id)
        .first<Kept>(),
    (found) => found !== null,
  );
  if (row === null) throw new Error("not kept");
  return row;
}

/** Whole seconds: to wait for something moves the clock by some milliseconds. */
const leftAfter = async (chat: Conversation) => {
  return Math.floor((((await kept(chat)).left_at ?? NaN) - start) / SECOND_MS);
};

/** A message over HTTP, and how somebody without a socket looks for news. */
const say = ({ id, token }: Conversation) =>
  postJson(
    `/v1/conversations/${id}/messages`,
    { client_id: crypto.randomUUID(), body: "bonjour" },
    { authorization: `Bearer ${token}` },
  );
const poll = ({ id, token }: Conversation) =>
  request(`/v1/conversations/${id}/messages?after=0`, { headers: { authorization: `Bearer ${token}` } });

test("KPI73 KPI76: who closes the tab in the queue was there until then, in figures and on the map of waits alike", async () => {
  const [short, long] = [await arrive(site), await arrive(site)];
  at(3 * SECOND_MS);
  await closeTab(short.conversation, short.visitor);
  at(30 * SECOND_MS);
  await closeTab(long.conversation, long.visitor);
  at(IDLE_MS + MINUTE_MS);
  for (const { conversation } of [short, long]) await ring(conversation);
  expect([await leftAfter(short.conversation), await leftAfter(long.conversation)]).toEqual([3, 30]);
  expect(await kept(long.conversation)).toMatchObject({ close_reason: "idle", answered_by: null });
  const now = start + 20 * MINUTE_MS;
  const span = { from: start - MINUTE_MS, to: now, now };
  const [row] = await reportKpis(env, site, { ...span, groupBy: null });
  expect([row?.abandoned_short.value, row?.abandoned.value, row?.abandoned_after_median.value]).toEqual([
    1, 1, 30,
  ]);
  const late = async (wait_target_seconds: number) => {
    const hours = await readWaits(env, site, { timezone: "Europe/Paris", wait_target_seconds }, span);
    return hours.reduce((sum, hour) => sum + hour.late, 0);
  };
  expect([await late(60), await late(20), await late(2)]).toEqual([0, 1, 2]);
});

test("KPI76: without a socket a visitor was there when they last looked for news", async () => {
  const chat = await openConversation(site);
  await say(chat);
  for (let seconds = 5; seconds <= 40; seconds += 5) {
    at(seconds * SECOND_MS);
    expect((await poll(chat)).status).toBe(200);
  }
  await evictDurableObject(roomOf(chat));
  at(40 * SECOND_MS + IDLE_MS + SECOND_MS);
  await ring(chat);
  expect(await leftAfter(chat)).toBe(40);
});

test("KPI76: whose socket dies without a goodbye was there at its last sign of life, and the room waits no longer than its minutes from there", async () => {
  const { conversation: chat, visitor } = await arrive(site);
  const pong = new Promise((done) => visitor.socket.addEventListener("message", done, { once: true }));
  visitor.sendText("ping");
  await pong;
  at(IDLE_MS + MINUTE_MS);
  await ring(chat);
  // The answer to a ping is stamped by the runtime's own clock, which went on meanwhile.
  const left = await leftAfter(chat);
  expect(left).toBeGreaterThanOrEqual(0);
  expect(left).toBeLessThan(30);
});

test("KPI76: a socket that stays and is silent says no more than what came by it last", async () => {
  const { conversation: chat, visitor } = await arrive(site);
  at(2 * MINUTE_MS);
  visitor.send({ type: "typing", on: true });
  visitor.send({ type: "range", from: 1, to: 1 });
  await visitor.next("message");
  await evictDurableObject(roomOf(chat));
  at(2 * MINUTE_MS + IDLE_MS + MINUTE_MS);
  await ring(chat);
  expect(await leftAfter(chat)).toBe(120);
});

/** The room's memory of a socket that is gone with everything else that was in memory. */
async function crash(chat: Conversation): Promise<void> {
  await runInDurableObject(roomOf(chat), (_room, { storage }) => {
    storage.sql.exec("UPDATE room SET body = json_set(body, '$.seated', json('true'))");
  });
  await evictDurableObject(roomOf(chat));
}

test("KPI76: after a crash who does not come back was there when they last said something; who does, until they go", async () => {
  const [gone, back] = [await openConversation(site), await openConversation(site)];
  for (const chat of [gone, back]) {
    await say(chat);
    at(20 * SECOND_MS);
    await say(chat);
    at(0);
    await crash(chat);
  }
  at(IDLE_MS + MINUTE_MS);
  for (const chat of [gone, back]) await ring(chat);
  // They have their minutes to come back in.
  expect((await stored(gone)).status).toBe("queued");
  at(IDLE_MS + 2 * MINUTE_MS);
  const visitor = await joinRoom(back);
  at(IDLE_MS + 3 * MINUTE_MS);
  await closeTab(back, visitor);
  at(3 * IDLE_MS);
  for (const chat of [gone, back]) await ring(chat);
  expect(await leftAfter(gone)).toBe(20);
  expect(await leftAfter(back)).toBe(60 * (IDLE_MINUTES + 3));
});

test("KPI71 KPI76: history is told who had it when, also of an agent who dropped out, and who answered first", async () => {
  const [lea, hugo] = [await signIn("Léa", [site]), await signIn("Hugo", [site])];
  const desk = await goOnline(lea, site);
  const { conversation: chat, visitor } = await arrive(site);
  await accept(desk, chat);
  await visitor.next("event", ({ name }) => name === "assigned");
  const inRoom = await joinRoomAs(lea, chat);
  at(20 * SECOND_MS);
  await inRoom.post("bonjour");
  at(MINUTE_MS);
  await deskOf(site).revokeUser({ userId: lea.id });
  await visitor.next("event", ({ name }) => name === "requeued");
  at(3 * MINUTE_MS);
  const next = await goOnline(hugo, site);
  await accept(next, chat);
  await visitor.next("event", ({ name }) => name === "assigned");
  at(5 * MINUTE_MS);
  visitor.send({ type: "close" });
  await visitor.next("state", ({ status }) => status === "closed");

  const row = await kept(chat);
  expect(row).toMatchObject({ answered_by: lea.id, left_at: row.closed_at });
  const handovers = JSON.parse(row.handovers) as Handover[];
  expect(handovers.map((hand) => ({ ...hand, at: Math.round((hand.at - start) / MINUTE_MS) }))).toEqual([
    { at: 0, kind: "assigned", from: null, to: lea.id, skill: null },
    { at: 1, kind: "requeued", from: lea.id, to: null, skill: null },
    { at: 3, kind: "assigned", from: null, to: hugo.id, skill: null },
  ]);
  const now = start + 20 * MINUTE_MS;
  const rows = await reportKpis(env, site, { from: start - MINUTE_MS, to: now, now, groupBy: "agent" });
  const of = (agent: string) => rows.find(({ group }) => group === agent);
  expect(of(lea.id)?.handle_time_median.value).toBe(60);
  expect(of(hugo.id)?.handle_time_median.value).toBe(120);
  expect([of(lea.id)?.first_reply_median.value, of(hugo.id)?.first_reply_median.value]).toEqual([20, null]);
  expect([of(lea.id)?.transfers.value, of(hugo.id)?.transfers_received.value]).toEqual([0, 0]);
});
