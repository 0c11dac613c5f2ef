/** Rules T65 to T68, T74, T77 and T78 of `docs/rules/targeting.md`, through the front door: who is engaged, what is noted. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import worker from "../../workers/index.ts";
import { chat, decline, outcomesOf, settled, staff, stateOf, storedText, withSegments } from "./engaging.ts";
import { type Answer, makeSite, pageView, send, track } from "./site.ts";

const NOON = Date.UTC(2037, 10, 23, 11);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

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
      { id: "cmp_closed", priority: 8, schedule: { from: "2038-01-01T00:00:00Z" } },
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
      { id: "cmp_closed", exempt_ok: true, priority: 7, schedule: { to: "2037-01-01T00:00:00Z" } },
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
