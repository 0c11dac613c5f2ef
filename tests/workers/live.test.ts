/** Rules R-L1 to R-L12 of `docs/rules/live.md`, through the front door: the list of live visitors, and inviting from it. */
import { createExecutionContext, evictDurableObject, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveVisitor } from "../../domain/desk/wire.ts";
import { SiteSettings } from "../../domain/site/settings.ts";
import worker from "../../workers/index.ts";
import { identitySecret } from "../../workers/site/identity.ts";
import { forgetSite } from "../../workers/site/site-config.ts";
import { type DeskClient, joinDesk, joinRoom, openConversation } from "./chat-client.ts";
import { deskOf, freeSlots, settled, staff, stateOf, withSegments } from "./engaging.ts";
import { signIn } from "./login.ts";
import { type Answer, makeSite, pageView, track } from "./site.ts";
import { nothingOwed } from "./stored-visitor.ts";

const NOON = Date.UTC(2037, 10, 23, 11);
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/139.0 Safari/537.36";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

function later(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

type Calls = { desk: string[]; visitor: string[] };

/** The Worker over an environment that writes down which methods of desks and visitors' objects were called. */
function listening() {
  const calls: Calls = { desk: [], visitor: [] };
  const heard = (target: object, list: string[]) =>
    new Proxy(target, {
      get(stub, method): unknown {
        list.push(String(method));
        const call: unknown = Reflect.get(stub, method);
        return typeof call === "function"
          ? (...sent: unknown[]): unknown => Reflect.apply(call, stub, sent)
          : call;
      },
    });
  const noted = new Proxy(env, {
    get(target, name): unknown {
      if (name === "VISITOR_SESSION")
        return { getByName: (of: string) => heard(env.VISITOR_SESSION.getByName(of), calls.visitor) };
      if (name === "SITE_DESK")
        return { getByName: (of: string) => heard(env.SITE_DESK.getByName(of), calls.desk) };
      return Reflect.get(target, name) as unknown;
    },
  });
  /** Send `batch` as a page does, and wait until what goes on beside the answer is done. */
  async function tell(
    site: string,
    batch: unknown[],
    { query = "?decide=1", headers = {} }: { query?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const request = new Request(`http://localhost/v1/batch${query}`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${site}:`)}`, "user-agent": BROWSER, ...headers },
      body: JSON.stringify({ batch }),
    });
    const ctx = createExecutionContext();
    const response = await worker.fetch(request, noted, ctx);
    expect(response.status).toBe(200);
    const answer = await response.json<Answer>();
    await waitOnExecutionContext(ctx);
    return answer;
  }
  return { calls, tell };
}

const { calls, tell } = listening();

/** `desk` opens the list, and this isolate has learnt it. */
async function watch(desk: DeskClient, site: string): Promise<LiveVisitor[]> {
  desk.send({ type: "watch_visitors", on: true });
  const { live } = await desk.next("visitors", (frame) => frame.live !== undefined);
  forgetSite(site);
  return live ?? [];
}

/** The next row of `visitor` that a list is told. */
async function rowOf(desk: DeskClient, visitor: string): Promise<LiveVisitor> {
  const frame = await desk.next(
    "visitors",
    ({ live }) => live?.some((row) => row.visitor === visitor) === true,
  );
  const row = frame.live?.find((one) => one.visitor === visitor);
  if (row === undefined) throw new Error(`${visitor} is not told`);
  return row;
}

async function watchedSite(settings: Parameters<typeof makeSite>[0] = {}) {
  const { key, apiKey } = await makeSite(settings);
  const desk = await joinDesk(await signIn("Léa", [key]), key);
  expect(await watch(desk, key)).toEqual([]);
  return { key, apiKey, desk };
}

/** A site whose list is open on the screen of an agent who takes conversations. */
async function staffedSite(settings: Parameters<typeof makeSite>[0] = {}) {
  const { key } = await makeSite(settings);
  const desk = await staff(key, 2);
  await watch(desk, key);
  return { key, desk };
}

async function invite(desk: DeskClient, visitor: string, text?: string) {
  desk.send({ type: "invite", visitor, ...(text === undefined ? {} : { text }) });
  const { ok, reason } = await desk.next("invited", (frame) => frame.visitor === visitor);
  return { ok, reason };
}

const wake = (visitor: string) => track(visitor, "Wake");

test("R-L1: while nobody looks, a visit calls its own object and nothing else, and no page is asked to come back", async () => {
  const { key } = await makeSite();
  await tell(key, [pageView("ada", "/")]);
  calls.desk.length = 0;
  calls.visitor.length = 0;
  for (const path of ["/a", "/b", "/c"]) {
    expect(await tell(key, [pageView("ada", path)])).toMatchObject({ wake_after_ms: null });
  }
  expect(calls).toEqual({ desk: [], visitor: ["record", "record", "record"] });
});

test("R-L2: while somebody looks, a visit is told at most every 5 s, beside the answer, and a quiet page asks again in 10 s", async () => {
  const { key, desk } = await watchedSite();
  calls.desk.length = 0;
  const first = await tell(key, [pageView("ada", "/shop/cart")]);
  expect(first).toMatchObject({ decisions: [], wake_after_ms: 10_000 });
  expect(await rowOf(desk, "ada")).toMatchObject({ page: "/shop/cart", pages: 1, visits: 1, not_now: null });
  for (const path of ["/a", "/b"]) await tell(key, [pageView("ada", path)]);
  later(4_000);
  await tell(key, [pageView("ada", "/c")]);
  expect(calls.desk.filter((call) => call === "visitsReported")).toHaveLength(1);
  later(1_000);
  expect(await tell(key, [wake("ada")])).toMatchObject({ wake_after_ms: 10_000 });
  expect(calls.desk.filter((call) => call === "visitsReported")).toHaveLength(2);
  expect(await rowOf(desk, "ada")).toMatchObject({ page: "/c", pages: 4 });
  // Events of a server are no page that could show something.
  later(6_000);
  await tell(key, [track("ada", "Product Added", { product_id: "1", price: 10 })], { query: "" });
  expect(calls.desk.filter((call) => call === "visitsReported")).toHaveLength(2);
});

test("R-L2: a page with an open offer still asks again while somebody looks", async () => {
  const { key } = await watchedSite({ campaigns: [{ id: "cmp_a" }] });
  const answer = await tell(key, [pageView("ada", "/")]);
  expect(answer.decisions).toHaveLength(1);
  expect(answer.wake_after_ms).toBe(10_000);
});

test("R-L3: nothing is written for the list; an eviction empties it, who watches stays, the next reports bring all back", async () => {
  const { key, desk } = await watchedSite();
  await tell(key, [pageView("ada", "/")]);
  await rowOf(desk, "ada");
  const before = await settled(key, "ada");
  later(6_000);
  await tell(key, [wake("ada")]);
  expect(await settled(key, "ada")).toBe(before);
  await evictDurableObject(deskOf(key));
  expect((await deskOf(key).status()).watched).toBe(true);
  expect(await invite(desk, "ada")).toEqual({ ok: false, reason: "gone" });
  later(6_000);
  await tell(key, [wake("ada")]);
  expect(await rowOf(desk, "ada")).toMatchObject({ page: "/" });
  desk.send({ type: "watch_visitors", on: false });
  await vi.waitFor(async () => expect((await deskOf(key).status()).watched).toBe(false));
});

test("R-L3 R-L1: a console that is gone watches no longer", async () => {
  const { key, desk } = await watchedSite();
  desk.socket.close(1_000);
  await vi.waitFor(async () => expect((await deskOf(key).status()).watched).toBe(false));
  forgetSite(key);
  expect(await tell(key, [pageView("ada", "/")])).toMatchObject({ wake_after_ms: null });
});

test("R-L4 R-L5: the cart goes first, several changes are one frame, and who is silent for 30 s has left", async () => {
  const { key, desk } = await watchedSite();
  await tell(key, [pageView("ada", "/")]);
  await rowOf(desk, "ada");
  await tell(key, [pageView("bob", "/b")]);
  const cart = track("eve", "Product Added", { product_id: "1", price: 40, quantity: 2, currency: "EUR" });
  await tell(key, [pageView("eve", "/e"), cart]);
  const both = await desk.next(
    "visitors",
    ({ live }) => live?.some(({ visitor }) => visitor === "eve") === true,
  );
  expect(both.live?.map(({ visitor }) => visitor)).toEqual(["eve", "bob"]);
  expect(both).toMatchObject({ total: 3, live: [{ cart_value: 80, currency: "EUR" }, { cart_value: null }] });

  later(20_000);
  await tell(key, [wake("eve")]);
  await rowOf(desk, "eve");
  later(11_000);
  await tell(key, [wake("eve")]);
  const gone = await desk.next("visitors", ({ left }) => left !== undefined && left.length > 0);
  expect(gone).toMatchObject({ total: 1 });
  expect(gone.left?.toSorted()).toEqual(["ada", "bob"]);

  const late = await joinDesk(await signIn("Hugo", [key]), key);
  expect(await watch(late, key)).toMatchObject([{ visitor: "eve" }]);
});

test("R-L6: without consent, with Global Privacy Control, for bots and for claimed users, nobody appears", async () => {
  const { key, desk } = await watchedSite();
  const denied = {
    context: { consent: { status: "denied" }, page: { url: "https://shop.example/", path: "/" } },
  };
  await tell(key, [pageView("no-consent", "/", denied)]);
  await tell(key, [pageView("gpc", "/")], { headers: { "sec-gpc": "1" } });
  await tell(key, [pageView("bot", "/")], {
    headers: { "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" },
  });
  const claim = { ...pageView("x", "/"), anonymousId: undefined, userId: "customer-1" };
  await tell(key, [claim]);
  await tell(key, [pageView("ada", "/")]);
  const { live, total } = await desk.next("visitors", ({ live: rows }) => (rows?.length ?? 0) > 0);
  expect(live?.map(({ visitor }) => visitor)).toEqual(["ada"]);
  expect(total).toBe(1);
});

test("R-L7: a name that is merely claimed never appears; one said under proof does, where this request proves it", async () => {
  const { key, desk } = await watchedSite();
  const secret = new TextEncoder().encode(await identitySecret(env, SiteSettings.parse({ key, name: key })));
  const token = await new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(key)
    .setSubject("customer-1")
    .setIssuedAt(NOON / 1_000)
    .setExpirationTime(NOON / 1_000 + 600)
    .sign(secret);
  const identify = (name: string, context: object) => ({
    type: "identify",
    messageId: crypto.randomUUID(),
    anonymousId: "ada",
    traits: { name },
    context,
  });
  const page = (context: object) => {
    const { context: known, ...rest } = pageView("ada", "/") as { context: object };
    return { ...rest, context: { ...known, ...context } };
  };
  await tell(key, [page({}), identify("Claimed Name", {})]);
  expect(await rowOf(desk, "ada")).toMatchObject({ name: null });
  later(6_000);
  await tell(key, [page({ identity_token: token })]);
  expect(await rowOf(desk, "ada")).toMatchObject({ name: null });
  later(6_000);
  await tell(key, [identify("Ada Lovelace", { identity_token: token })]);
  expect(await rowOf(desk, "ada")).toMatchObject({ name: "Ada Lovelace" });
  later(6_000);
  await tell(key, [page({})]);
  expect(await rowOf(desk, "ada")).toMatchObject({ name: null });
});

test("R-L8 R-L12: an invited visitor sees the agent's words with the next answer; accepted, the talk is offered to that agent first", async () => {
  const { key, desk } = await staffedSite();
  // Another agent who has been idle for longer would be asked first otherwise.
  const other = await joinDesk(await signIn("Hugo", [key]), key);
  other.send({ type: "status", state: "online", capacity: 3 });
  await tell(key, [pageView("ada", "/shop/cart")]);
  await rowOf(desk, "ada");
  await vi.waitFor(async () => expect(await freeSlots(key)).toBe(5));
  expect(await invite(desk, "ada", " Puis-je vous aider ? ")).toEqual({ ok: true, reason: null });
  expect(await freeSlots(key)).toBe(4);

  later(6_000);
  const { decisions } = await tell(key, [wake("ada")]);
  expect(decisions).toMatchObject([
    {
      kind: "chat",
      campaign: "agent",
      creative: { text: "Puis-je vous aider ?", agent: { name: "Léa" } },
    },
  ]);
  expect(await rowOf(desk, "ada")).toMatchObject({
    not_now: "open_decision",
    invitation: { agent: "Léa", state: "sent" },
  });
  // On another page it is the same decision still.
  const again = await tell(key, [pageView("ada", "/other")]);
  expect(again.decisions[0]?.id).toBe(decisions[0]?.id);

  const decision_id = decisions[0]?.id;
  later(6_000);
  await tell(key, [track("ada", "Engagement Shown", { decision_id })]);
  expect((await rowOf(desk, "ada")).invitation).toEqual({ agent: "Léa", state: "shown" });
  later(6_000);
  await tell(key, [track("ada", "Engagement Accepted", { decision_id })]);
  const conversation = await openConversation(key, { anonymousId: "ada", decision_id });
  const visitor = await joinRoom(conversation);
  await visitor.post("oui");
  const offer = await desk.next("offered");
  expect(offer).toMatchObject({ conversation: conversation.id, item: { decision_id } });
  expect(other.take().filter(({ type }) => type === "offered")).toEqual([]);
  later(6_000);
  await tell(key, [wake("ada")]);
  expect(await rowOf(desk, "ada")).toMatchObject({
    conversation: conversation.id,
    not_now: "in_conversation",
    invitation: { state: "accepted" },
  });
});

test("R-L8: whom an agent asked comes to that agent, though their segment asks for a skill of others", async () => {
  const { key } = await makeSite();
  await withSegments(key, [{ key: "payer", condition: { "page.path": "/pay" }, skill: "payment" }]);
  const desk = await staff(key, 2);
  const settings = SiteSettings.parse({ key, name: key, default_consent: "granted" });
  const lease = await deskOf(key).lease({ decisionId: "dec_who", skill: null, now: Date.now() });
  await deskOf(key).release("dec_who");
  const agent = lease.ok ? lease.agent.id : "";
  await deskOf(key).publish({
    version: 1,
    settings,
    staff: { [agent]: { skills: { shipping: 1 }, languages: [], capacity: null } },
  });
  await watch(desk, key);
  await tell(key, [pageView("ada", "/pay")]);
  await rowOf(desk, "ada");
  expect(await invite(desk, "ada")).toMatchObject({ ok: true });
  const { decisions } = await tell(key, [wake("ada")]);
  const decision_id = decisions[0]?.id;
  await tell(key, [track("ada", "Engagement Accepted", { decision_id })]);
  const conversation = await openConversation(key, { anonymousId: "ada", decision_id });
  await (await joinRoom(conversation)).post("oui");
  expect((await desk.next("offered")).conversation).toBe(conversation.id);
});

test("R-L9: refused with a reason, and no place is held: open offer, decline, caps, conversation, gone, left alone, hold-out", async () => {
  const { key, desk } = await staffedSite({
    pressure: { per_session: 2 },
    campaigns: [{ id: "cmp_a", condition: { "page.path": "/offer" } }],
  });
  await tell(key, [pageView("ada", "/offer")]);
  await rowOf(desk, "ada");
  expect(await invite(desk, "ada")).toEqual({ ok: false, reason: "open_decision" });
  expect(await invite(desk, "nobody")).toEqual({ ok: false, reason: "gone" });

  await tell(key, [pageView("bob", "/")]);
  await rowOf(desk, "bob");
  expect(await invite(desk, "bob")).toMatchObject({ ok: true });
  expect(await freeSlots(key)).toBe(1);
  const { decisions } = await tell(key, [wake("bob")]);
  await tell(key, [track("bob", "Engagement Declined", { decision_id: decisions[0]?.id })]);
  expect(await freeSlots(key)).toBe(2);
  expect(await invite(desk, "bob")).toEqual({ ok: false, reason: "after_decline" });
  later(6_000);
  await tell(key, [wake("bob")]);
  expect(await rowOf(desk, "bob")).toMatchObject({
    not_now: "after_decline",
    invitation: { state: "declined" },
  });

  await tell(key, [pageView("eve", "/")]);
  await rowOf(desk, "eve");
  for (const name of ["Ignored", "Ignored"]) {
    expect(await invite(desk, "eve")).toMatchObject({ ok: true });
    const answer = await tell(key, [wake("eve")]);
    await tell(key, [track("eve", `Engagement ${name}`, { decision_id: answer.decisions[0]?.id })]);
  }
  expect(await invite(desk, "eve")).toEqual({ ok: false, reason: "site_per_session" });

  await openConversation(key, { anonymousId: "dan" });
  later(6_000);
  await tell(key, [pageView("dan", "/")]);
  await rowOf(desk, "dan");
  expect(await invite(desk, "dan")).toEqual({ ok: false, reason: "in_conversation" });

  desk.send({ type: "status", state: "away", capacity: 2 });
  await tell(key, [pageView("fay", "/")]);
  await rowOf(desk, "fay");
  expect(await invite(desk, "fay")).toEqual({ ok: false, reason: "not_online" });
  desk.send({ type: "status", state: "online", capacity: 1 });
  await tell(key, [pageView("gus", "/")]);
  later(2_000);
  expect(await invite(desk, "fay")).toMatchObject({ ok: true });
  expect(await invite(desk, "gus")).toEqual({ ok: false, reason: "no_place" });
});

test("R-L9: the site-wide hold-out and segments that are left alone are never invited", async () => {
  const { key, desk } = await staffedSite({ global_holdout: 0.5 });
  const heldOut = async (visitor: string): Promise<boolean> => {
    await tell(key, [pageView(visitor, "/")]);
    const { not_now } = await rowOf(desk, visitor);
    later(1_000);
    return not_now === "global_holdout";
  };
  let visitor = "";
  for (let at = 0; visitor === ""; at += 1) if (await heldOut(`v${at}`)) visitor = `v${at}`;
  expect(await invite(desk, visitor)).toEqual({ ok: false, reason: "global_holdout" });

  const alone = await makeSite();
  await withSegments(alone.key, [{ key: "press", condition: { "page.path": "/press" }, exclude: true }]);
  const agent = await staff(alone.key, 2);
  await watch(agent, alone.key);
  await tell(alone.key, [pageView("eve", "/press")]);
  expect(await rowOf(agent, "eve")).toMatchObject({ not_now: "excluded" });
  expect(await invite(agent, "eve")).toEqual({ ok: false, reason: "excluded" });
  expect(await freeSlots(alone.key)).toBe(2);
});

test("R-L10: what an agent writes is text, with whatever braces and angles", async () => {
  const { key, desk } = await staffedSite();
  await tell(key, [
    pageView("ada", "/"),
    { ...track("ada", "x"), type: "identify", traits: { email: "a@b.c" } },
  ]);
  await rowOf(desk, "ada");
  const text = "{{ visitor.traits.email }} {% raw <b>bonjour</b>";
  expect(await invite(desk, "ada", text)).toMatchObject({ ok: true });
  const { decisions } = await tell(key, [wake("ada")]);
  expect(decisions[0]?.creative).toMatchObject({ text });
});

test("R-L11: an invitation counts as an offer for conditions and caps, and is no exposure in history", async () => {
  const { key, desk } = await staffedSite({
    campaigns: [{ id: "cmp_after", condition: { "engagement.shown": { $gte: 1 } } }],
  });
  await tell(key, [pageView("ada", "/")]);
  await rowOf(desk, "ada");
  expect(await invite(desk, "ada")).toMatchObject({ ok: true });
  const { decisions } = await tell(key, [wake("ada")]);
  const decision_id = decisions[0]?.id;
  const answer = await tell(key, [track("ada", "Engagement Ignored", { decision_id })]);
  expect(answer.decisions).toMatchObject([{ campaign: "cmp_after" }]);
  const { exposures, outbox } = await stateOf(key, "ada");
  expect(exposures.map(({ campaign }) => campaign)).toEqual(["agent", "cmp_after"]);
  expect(exposures[0]).toMatchObject({ by: { name: "Léa" } });
  expect(outbox.map(({ key: owed }) => owed)).not.toContain(`exposures:${decision_id}`);
  await nothingOwed(key, "ada");
  const kept = await env.DB.prepare("SELECT campaign_id FROM exposures WHERE site = ?").bind(key).all();
  expect(kept.results).toEqual([{ campaign_id: "cmp_after" }]);
});
