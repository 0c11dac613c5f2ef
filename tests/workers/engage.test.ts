/** Rules T65 to T78 of `docs/rules/targeting.md`, through the front door: who is engaged, what is noted, what is held. */
import { createExecutionContext, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Segment } from "../../domain/site/resources.ts";
import type { VisitorState } from "../../domain/visit/state.ts";
import worker from "../../workers/index.ts";
import { configKey } from "../../workers/publish/publish.ts";
import { joinDesk, joinRoom, postJson } from "./chat-client.ts";
import { signIn } from "./login.ts";
import { type Answer, makeSite, pageView, send, track } from "./site.ts";

const NOON = Date.UTC(2026, 10, 23, 11);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

const deskOf = (site: string) => env.SITE_DESK.getByName(site);
const objectOf = (site: string, visitor: string) => env.VISITOR_SESSION.getByName(`${site}:${visitor}`);

function storedText(site: string, visitor: string): Promise<string> {
  return runInDurableObject(
    objectOf(site, visitor),
    (_object, { storage }) => storage.sql.exec<{ state: string }>("select state from visitor").one().state,
  );
}

async function stateOf(site: string, visitor: string): Promise<VisitorState> {
  return JSON.parse(await storedText(site, visitor)) as VisitorState;
}

/** What became of each campaign in the visitor's present visit. */
async function outcomesOf(site: string, visitor: string) {
  return (await stateOf(site, visitor)).visit?.outcomes;
}

/** Wait until D1 has everything of this visitor, so that whatever is written later is a write of its own. */
async function settled(site: string, visitor: string): Promise<string> {
  return vi.waitFor(
    async () => {
      const text = await storedText(site, visitor);
      expect((JSON.parse(text) as VisitorState).outbox).toEqual([]);
      return text;
    },
    { timeout: 15_000, interval: 50 },
  );
}

async function decline(site: string, visitor: string, { decisions }: Answer): Promise<Answer> {
  const [decision] = decisions;
  return send(site, [track(visitor, "Engagement Declined", { decision_id: decision?.id })]);
}

/** Put `segments` into what is published of a site that nobody has asked for yet. */
async function withSegments(site: string, segments: (Partial<Segment> & { key: string })[]): Promise<void> {
  const published = await env.CONFIG.get<object>(configKey(site, 1), { type: "json" });
  const list = segments.map((segment) => Segment.parse({ name: segment.key, condition: {}, ...segment }));
  await env.CONFIG.put(configKey(site, 1), JSON.stringify({ ...published, segments: list }));
}

/** An agent of `site` who takes so many conversations. */
async function staff(site: string, capacity: number) {
  const desk = await joinDesk(await signIn("Léa", [site]), site);
  desk.send({ type: "status", state: "away", capacity });
  desk.send({ type: "status", state: "online", capacity });
  await desk.find("queue", ({ agents }) =>
    agents.some((agent) => agent.state === "online" && agent.capacity === capacity),
  );
  return desk;
}

const freeSlots = async (site: string) => (await deskOf(site).status()).free_slots;
const chat = { kind: "chat" as const, requires_agent: true };

test("T65: the higher priority goes first, then the higher expected value, then the lower id", async () => {
  const { key } = await makeSite({
    campaigns: [
      { id: "cmp_z", priority: 5, value: 10 },
      { id: "cmp_y", priority: 5, value: 30 },
      { id: "cmp_b", priority: 5, value: 30 },
      { id: "cmp_a", value: 900 },
    ].map((campaign) => ({ ...campaign, caps: { per_session: 1 } })),
  });
  const order: string[] = [];
  let answer = await send(key, [pageView("ada", "/")]);
  while (answer.decisions.length > 0) {
    order.push(...answer.decisions.map(({ campaign }) => campaign));
    answer = await decline(key, "ada", answer);
  }
  expect(order).toEqual(["cmp_b", "cmp_y", "cmp_z", "cmp_a"]);
  expect(await outcomesOf(key, "ada")).toMatchObject({
    cmp_b: ["treated", "per_session"],
    cmp_y: ["outranked", "treated", "per_session"],
    cmp_a: ["outranked", "treated", "per_session"],
  });
});

test("T65: being held out ends the moment: nobody behind is offered, and who stood behind is noted", async () => {
  const { key } = await makeSite({
    campaigns: [{ id: "cmp_ghost", priority: 1, holdout: 1 }, { id: "cmp_next" }],
  });
  expect((await send(key, [pageView("ada", "/")])).decisions).toEqual([]);
  const { visit, exposures } = await stateOf(key, "ada");
  expect(exposures).toMatchObject([{ campaign: "cmp_ghost", arm: "holdout", probability: 1 }]);
  expect(visit?.outcomes).toEqual({ cmp_ghost: ["holdout"], cmp_next: ["outranked"] });
});

test("T66: what became of each campaign is noted once a visit, and what is known already writes nothing", async () => {
  const { key } = await makeSite({
    pressure: { after_decline_kind_days: 1 },
    campaigns: [
      { id: "cmp_a", priority: 9, caps: { per_session: 1, after_decline_days: 7 } },
      { id: "cmp_closed", priority: 8, schedule: { from: "2027-01-01T00:00:00Z" } },
      { id: "cmp_b", condition: { "session.pages": { $gte: 1 } } },
      { id: "cmp_chat", ...chat },
      { id: "cmp_never", condition: { "page.path": "/never" } },
    ],
  });
  const first = await send(key, [pageView("ada", "/")]);
  expect(first.decisions).toMatchObject([{ campaign: "cmp_a" }]);
  // While the decision stands open everything else is blocked by it, and the winner by nobody.
  await send(key, [pageView("ada", "/2")]);
  await decline(key, "ada", first);
  await send(key, [pageView("ada", "/3")]);
  expect(await outcomesOf(key, "ada")).toEqual({
    cmp_a: ["treated", "per_session"],
    cmp_closed: ["schedule"],
    cmp_b: ["outranked", "open_decision", "kind_after_decline"],
    cmp_chat: ["outranked", "open_decision", "capacity"],
  });
  const before = await settled(key, "ada");
  await send(key, [track("ada", "Wake")]);
  await send(key, [track("ada", "Wake")]);
  expect(await storedText(key, "ada")).toBe(before);
});

/** The Worker over an environment that writes down which methods of visitors' objects were called. */
function listening(): { calls: string[]; tell: (site: string, batch: unknown[]) => Promise<Answer> } {
  const calls: string[] = [];
  const getByName = (name: string) =>
    new Proxy(env.VISITOR_SESSION.getByName(name), {
      get(stub, method) {
        calls.push(String(method));
        const call: unknown = Reflect.get(stub, method);
        return typeof call === "function"
          ? (...sent: unknown[]): unknown => Reflect.apply(call, stub, sent)
          : call;
      },
    });
  const heard = new Proxy(env, {
    get: (target, name): unknown =>
      name === "VISITOR_SESSION" ? { getByName } : (Reflect.get(target, name) as unknown),
  });
  const tell = async (site: string, batch: unknown[]) => {
    const headers = { authorization: `Basic ${btoa(`${site}:`)}` };
    const body = JSON.stringify({ batch });
    const request = new Request("http://localhost/v1/batch?decide=1", { method: "POST", headers, body });
    return (await worker.fetch(request, heard, createExecutionContext())).json<Answer>();
  };
  return { calls, tell };
}

test("T66: the object is asked a second time only where something matched or a segment is newly entered", async () => {
  const { key } = await makeSite({ campaigns: [{ id: "cmp_cart", condition: { "page.path": "/cart" } }] });
  await withSegments(key, [
    { key: "reader", condition: { "session.pages": { $gte: 2 } } },
    { key: "buyer", condition: { "visitor.orders": { $gte: 1 } } },
  ]);
  const { calls, tell } = listening();
  const asked = async (batch: unknown[]) => {
    calls.length = 0;
    await tell(key, batch);
    return [...calls];
  };
  expect(await asked([pageView("ada", "/")])).toEqual(["record"]);
  expect((await stateOf(key, "ada")).visit?.segments).toEqual([]);
  expect(await asked([pageView("ada", "/2")])).toEqual(["record", "engage"]);
  expect((await stateOf(key, "ada")).visit).toMatchObject({ segments: ["reader"], eligible: false });
  expect(await asked([pageView("ada", "/3")])).toEqual(["record"]);
  expect(await asked([pageView("ada", "/cart")])).toEqual(["record", "engage"]);
  expect(await asked([pageView("ada", "/cart")])).toEqual(["record"]);
  const before = await settled(key, "ada");
  expect(await asked([track("ada", "Wake")])).toEqual(["record"]);
  expect(await storedText(key, "ada")).toBe(before);
});

test("T67: who is in the site-wide hold-out is judged like everybody, segments too, and engaged by nobody", async () => {
  const { key } = await makeSite({ global_holdout: 0.5, campaigns: [{ id: "cmp_a" }] });
  await withSegments(key, [{ key: "everybody" }]);
  const visitors = Array.from({ length: 12 }, (_, index) => `visitor-${index}`);
  const held: boolean[] = [];
  for (const visitor of visitors) {
    const { decisions } = await send(key, [pageView(visitor, "/")]);
    const { visit, exposures } = await stateOf(key, visitor);
    const isHeld = visit?.globalHoldout ?? false;
    held.push(isHeld);
    expect(decisions).toHaveLength(isHeld ? 0 : 1);
    expect(exposures).toHaveLength(isHeld ? 0 : 1);
    expect(visit).toMatchObject({
      eligible: true,
      segments: ["everybody"],
      outcomes: { cmp_a: [isHeld ? "global_holdout" : "treated"] },
    });
  }
  expect(new Set(held).size).toBe(2);
});

test("T68: who is in a segment that is left alone is engaged by no campaign while it holds", async () => {
  const { key } = await makeSite({ campaigns: [{ id: "cmp_a" }, { id: "cmp_chat", ...chat }] });
  await withSegments(key, [
    { key: "alone", condition: { "page.path": { $regex: "^/account" } }, exclude: true },
  ]);
  expect((await send(key, [pageView("ada", "/account")])).decisions).toEqual([]);
  expect(await outcomesOf(key, "ada")).toEqual({ cmp_a: ["excluded"], cmp_chat: ["excluded"] });
  expect((await stateOf(key, "ada")).exposures).toEqual([]);
  expect((await send(key, [pageView("ada", "/")])).decisions).toMatchObject([{ campaign: "cmp_a" }]);
});

test("T68: where time ends it the page is woken then, and not a moment before is anything offered", async () => {
  const { key } = await makeSite({ campaigns: [{ id: "cmp_a" }] });
  await withSegments(key, [{ key: "arrived", condition: { "session.seconds": { $lt: 20 } }, exclude: true }]);
  expect(await send(key, [pageView("ada", "/")])).toMatchObject({ decisions: [], wake_after_ms: 20_000 });
  vi.setSystemTime(NOON + 19_999);
  expect(await send(key, [track("ada", "Wake")])).toMatchObject({ decisions: [], wake_after_ms: 1 });
  vi.setSystemTime(NOON + 20_000);
  expect((await send(key, [track("ada", "Wake")])).decisions).toMatchObject([{ campaign: "cmp_a" }]);
});

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

test("T74: where a condition lacks only a free agent the page asks again every 15 s, eight times a view, and writes nothing", async () => {
  const { key } = await makeSite({
    campaigns: [
      { id: "cmp_desk", condition: { "page.path": "/cart", "desk.free_slots": { $gte: 1 } } },
      { id: "cmp_other", condition: { "page.path": "/other", "desk.covered": true, "cart.items": 3 } },
    ],
  });
  const waits = [(await send(key, [pageView("ada", "/cart")])).wake_after_ms];
  const before = await settled(key, "ada");
  for (let times = 0; times < 9; times += 1) {
    waits.push((await send(key, [track("ada", "Wake")])).wake_after_ms);
  }
  expect(waits).toEqual([...Array<number>(8).fill(15_000), null, null]);
  expect(await storedText(key, "ada")).toBe(before);
  expect((await send(key, [pageView("bob", "/other")])).wake_after_ms).toBeNull();
  await staff(key, 1);
  vi.setSystemTime(NOON + MINUTE);
  expect((await send(key, [pageView("zoe", "/cart")])).decisions).toMatchObject([{ campaign: "cmp_desk" }]);
});

test("T77: after a ghost the page is woken when it could be engaged again, and the Wake then brings it", async () => {
  const { key } = await makeSite({
    session_idle_minutes: 120,
    campaigns: [
      { id: "cmp_ghost", priority: 1, holdout: 1, caps: { per_visitor: 1 } },
      { id: "cmp_next", caps: { per_session: 1 } },
      { id: "cmp_later", condition: { "engagement.seconds_since_last": { $gte: 1_200 } } },
    ],
  });
  const first = await send(key, [pageView("ada", "/")]);
  expect(first).toMatchObject({ decisions: [], wake_after_ms: 10 * MINUTE });
  vi.setSystemTime(NOON + 10 * MINUTE - 1);
  expect((await send(key, [track("ada", "Wake")])).decisions).toEqual([]);
  vi.setSystemTime(NOON + 10 * MINUTE);
  expect((await send(key, [track("ada", "Wake")])).decisions).toMatchObject([{ campaign: "cmp_next" }]);
});

test("T77: the site's pressure names the moment at which it lets pass, and a Wake at it is offered", async () => {
  const { key } = await makeSite({
    session_idle_minutes: 120,
    pressure: { cooldown_seconds: 1_800, after_decline_site_days: 1 },
    campaigns: [
      { id: "cmp_a", caps: { per_visitor: 1 } },
      { id: "cmp_b", kind: "offer" },
    ],
  });
  const first = await send(key, [pageView("ada", "/")]);
  expect(first.decisions).toMatchObject([{ campaign: "cmp_a" }]);
  const declined = await decline(key, "ada", first);
  expect(declined).toMatchObject({ decisions: [], wake_after_ms: DAY });
  expect(await outcomesOf(key, "ada")).toEqual({
    cmp_a: ["treated", "per_visitor"],
    cmp_b: ["outranked", "site_cooldown"],
  });
  vi.setSystemTime(NOON + DAY);
  const [next] = (await send(key, [pageView("ada", "/2")])).decisions;
  expect(next).toMatchObject({ campaign: "cmp_b" });
});

test("T78: without consent a campaign is judged from this request alone: open hours, no agent, nobody left alone", async () => {
  const { key } = await makeSite({
    default_consent: "denied",
    campaigns: [
      { id: "cmp_chat", ...chat, exempt_ok: true, priority: 9 },
      { id: "cmp_hidden", priority: 8 },
      { id: "cmp_closed", exempt_ok: true, priority: 7, schedule: { to: "2026-01-01T00:00:00Z" } },
      { id: "cmp_spaced", exempt_ok: true, priority: 6, namespace: { key: "n", from: 0, to: 1 } },
      { id: "cmp_back", exempt_ok: true, priority: 5, condition: { "visitor.visits": { $gte: 2 } } },
      { id: "cmp_held", exempt_ok: true, priority: 4, holdout: 1, condition: { "segment.reader": true } },
    ],
  });
  await withSegments(key, [
    { key: "reader", condition: { "page.path": "/read" } },
    { key: "alone", condition: { "page.path": "/read", "event.name": "Wake" }, exclude: true },
  ]);
  expect((await send(key, [pageView("ada", "/")])).decisions).toEqual([]);
  const { decisions } = await send(key, [pageView("ada", "/read")]);
  expect(decisions).toMatchObject([{ campaign: "cmp_held" }]);
  expect(decisions[0]?.id).toMatch(/^dec_exempt_/);
});
