/** Rules T69 and T70 of `docs/rules/targeting.md`, through the front door: the place that an offer holds, and a later showing. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { joinRoom, postJson } from "./chat-client.ts";
import { chat, decline, deskOf, freeSlots, outcomesOf, staff, stateOf } from "./engaging.ts";
import { makeSite, pageView, send, track } from "./site.ts";

const NOON = Date.UTC(2037, 10, 23, 11);
const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

test("T69: a place is held while an offer is open, and is free again at once when it is turned down", async () => {
  const { key } = await makeSite({ campaigns: [{ id: "cmp_chat", ...chat, caps: { per_session: 1 } }] });
  await staff(key, 1);
  const first = await send(key, [pageView("ada", "/")]);
  expect(first.decisions).toMatchObject([{ campaign: "cmp_chat", creative: { agent: { name: "Léa" } } }]);
  expect(await freeSlots(key)).toBe(0);
  const second = await send(key, [pageView("bob", "/")]);
  expect(second).toMatchObject({ decisions: [], wake_after_ms: 15_000 });
  expect(await outcomesOf(key, "bob")).toEqual({ cmp_chat: ["capacity"] });
  await decline(key, "ada", first);
  await vi.waitFor(async () => expect(await freeSlots(key)).toBe(1));
  const again = await send(key, [track("bob", "Wake")]);
  expect(again.decisions).toMatchObject([{ campaign: "cmp_chat" }]);
  expect(await outcomesOf(key, "bob")).toEqual({ cmp_chat: ["capacity", "treated"] });
  await send(key, [track("bob", "Engagement Ignored", { decision_id: again.decisions[0]?.id })], "");
  await vi.waitFor(async () => expect(await freeSlots(key)).toBe(1));
});

test("T69: a place that was just turned down is there for the next offer of the same answer", async () => {
  const caps = { per_session: 1 };
  const { key } = await makeSite({
    campaigns: [
      { id: "cmp_a", ...chat, caps },
      { id: "cmp_b", ...chat, caps },
      { id: "cmp_c", ...chat, caps },
    ],
  });
  await staff(key, 1);
  const order: string[] = [];
  let answer = await send(key, [pageView("ada", "/")]);
  while (answer.decisions.length > 0) {
    order.push(...answer.decisions.map(({ campaign }) => campaign));
    answer = await decline(key, "ada", answer);
  }
  expect(order).toEqual(["cmp_a", "cmp_b", "cmp_c"]);
  expect(await freeSlots(key)).toBe(1);
});

test("T69: a held-out visitor's place goes back before the answer; one who is capped never takes any", async () => {
  const { key } = await makeSite({
    campaigns: [{ id: "cmp_chat", ...chat, holdout: 1, caps: { per_session: 1 } }],
  });
  await staff(key, 1);
  expect((await send(key, [pageView("ada", "/")])).decisions).toEqual([]);
  expect(await outcomesOf(key, "ada")).toEqual({ cmp_chat: ["holdout"] });
  expect(await freeSlots(key)).toBe(1);
  vi.setSystemTime(NOON + 5 * MINUTE);
  await send(key, [pageView("ada", "/2")]);
  expect(await outcomesOf(key, "ada")).toEqual({ cmp_chat: ["holdout", "per_session"] });
  expect(await freeSlots(key)).toBe(1);
});

test("T69: a place that lapsed and went to another is missed at accept: the visitor is told, and what is written stays", async () => {
  const { key } = await makeSite({ campaigns: [{ id: "cmp_chat", ...chat }] });
  await staff(key, 1);
  const invite = async (visitor: string) => {
    const { decisions } = await send(key, [pageView(visitor, "/")]);
    return decisions[0]?.id;
  };
  const accept = async (visitor: string, decision_id: string | undefined) => {
    const response = await postJson("/v1/conversations", {
      writeKey: key,
      anonymousId: visitor,
      decision_id,
    });
    expect(response.status).toBe(201);
    const opened = await response.json<{ conversation: { id: string }; token: string; place: unknown }>();
    return { ...opened, id: opened.conversation.id, visitor, site: key };
  };
  const ada = await invite("ada");
  vi.setSystemTime(NOON + 61_000);
  await runDurableObjectAlarm(deskOf(key));
  const bob = await invite("bob");
  expect(bob).toBeDefined();
  const late = await accept("ada", ada);
  expect(late.place).toEqual({ held: false, state: "busy", wait_seconds: null });
  const taken = await accept("bob", bob);
  expect(taken.place).toEqual({ held: true, state: "online", wait_seconds: 0 });

  const room = await joinRoom(late);
  const { seq } = await room.post("une question déjà écrite");
  expect(await room.next("state", ({ position }) => position !== null)).toMatchObject({
    status: "queued",
    position: 1,
  });
  expect(seq).toBe(1);
  const invited = await joinRoom(taken);
  await invited.post("bonjour");
  expect(await freeSlots(key)).toBe(0);
});

test("T69: a place that lapsed is taken again at accept where it is still free, for its own visitor only", async () => {
  const { key } = await makeSite({ campaigns: [{ id: "cmp_chat", ...chat }] });
  await staff(key, 1);
  const { decisions } = await send(key, [pageView("ada", "/")]);
  const decision_id = decisions[0]?.id;
  vi.setSystemTime(NOON + 61_000);
  await runDurableObjectAlarm(deskOf(key));
  expect(await freeSlots(key)).toBe(1);
  const open = async (anonymousId: string) => {
    const response = await postJson("/v1/conversations", { writeKey: key, anonymousId, decision_id });
    return (await response.json<{ place: unknown }>()).place;
  };
  expect(await open("eve")).toBeUndefined();
  expect(await freeSlots(key)).toBe(1);
  expect(await open("ada")).toEqual({ held: true, state: "online", wait_seconds: 0 });
  expect(await freeSlots(key)).toBe(0);
});

test("T69: where nobody is there any more at accept, the visitor is told that a message can be left", async () => {
  const { key } = await makeSite({ campaigns: [{ id: "cmp_chat", ...chat }] });
  const lea = await staff(key, 1);
  const { decisions } = await send(key, [pageView("ada", "/")]);
  lea.send({ type: "status", state: "offline" });
  await vi.waitFor(async () => expect((await deskOf(key).status()).staffed).toBe(false));
  vi.setSystemTime(NOON + 61_000);
  await runDurableObjectAlarm(deskOf(key));
  const named = { writeKey: key, anonymousId: "ada", decision_id: decisions[0]?.id };
  const response = await postJson("/v1/conversations", named);
  expect(await response.json()).toMatchObject({
    place: { held: false, state: "closed", wait_seconds: null },
  });
});

test("T70: a variant's delay moves only the showing: both arms are logged at the moment, and the place is held longer", async () => {
  const variants = [{ key: "slow", weight: 1, delay_seconds: 50, creative: { fr: { title: "Plus tard" } } }];
  const { key } = await makeSite({
    campaigns: [
      { id: "cmp_chat", ...chat, variants, priority: 1, condition: { "page.path": "/chat" } },
      { id: "cmp_ghost", variants, holdout: 1, condition: { "page.path": "/ghost" } },
    ],
  });
  await staff(key, 1);
  const { decisions } = await send(key, [pageView("ada", "/chat")]);
  expect(decisions).toMatchObject([
    {
      variant: "slow",
      show_at: new Date(NOON + 50_000).toISOString(),
      expires_at: new Date(NOON + 110_000).toISOString(),
    },
  ]);
  await send(key, [pageView("bob", "/ghost")]);
  const [shown] = (await stateOf(key, "ada")).exposures;
  const [ghost] = (await stateOf(key, "bob")).exposures;
  expect([shown?.eligibleAt, ghost?.eligibleAt]).toEqual([NOON, NOON]);
  expect(ghost).toMatchObject({ variant: "slow", arm: "holdout", expiresAt: NOON + 650_000 });
  const [held] = [decisions[0]?.id ?? ""];
  vi.setSystemTime(NOON + 109_000);
  expect(await deskOf(key).leaseHeld(held)).toBe(true);
  vi.setSystemTime(NOON + 111_000);
  expect(await deskOf(key).leaseHeld(held)).toBe(false);
});
