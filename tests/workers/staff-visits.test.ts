/** What the site's own people do on it: no campaign invites them, and no figure has them. */
import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import * as z from "zod";
import { SiteSettings } from "../../domain/site/settings.ts";
import { reportKpis } from "../../workers/kpis/report.ts";
import { identitySecret } from "../../workers/site/identity.ts";
import { forgetSite } from "../../workers/site/site-config.ts";
import { visitorObject } from "../../workers/site/visitor.ts";
import { joinRoom, openConversation, postJson, request } from "./chat-client.ts";
import { eventually } from "./eventually.ts";
import { signIn } from "./login.ts";
import { makeSite, pageView, send, track } from "./site.ts";
import { nothingOwed } from "./stored-visitor.ts";

const Link = z.object({ url: z.string(), expires_at: z.string() });
const always = { id: "cmp_a" };
type Site = { key: string; apiKey: string };

const asKey = ({ apiKey }: Site) => ({ authorization: `Bearer ${apiKey}` });
const makeLink = (site: Site, body: object, headers: Record<string, string> = asKey(site)) =>
  postJson(`/api/sites/${site.key}/staff-link`, { url: "https://shop.example/", ...body }, headers);

/** What the link's address carries. */
async function searchOf(site: Site, more: object = {}): Promise<string> {
  const made = await makeLink(site, more);
  expect(made.status).toBe(201);
  const { url, expires_at } = Link.parse(await made.json());
  expect(Date.parse(expires_at)).toBeGreaterThan(Date.now());
  return new URL(url).search;
}

function viewOf(visitor: string, path: string, search = "", more: object = {}) {
  const page = { url: `https://shop.example${path}${search}`, path, view_id: crypto.randomUUID() };
  return { ...pageView(visitor, path), context: { page, ...more } };
}

async function countOf(site: Site, table: string): Promise<number> {
  const row = await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE site = ?`)
    .bind(site.key)
    .first<{ n: number }>();
  return row?.n ?? -1;
}

test("VIS20: a browser that opened the link is invited by nothing and in no figure, until another link takes it back", async () => {
  const site = await makeSite({ campaigns: [always] });
  const ada = visitorObject(env, site.key, "ada");
  const marked = await send(site.key, [viewOf("ada", "/", await searchOf(site))]);
  expect(marked).toMatchObject({ decisions: [], wake_after_ms: null });
  const order = { order_id: "o1", total: 30, currency: "EUR" };
  const next = await send(site.key, [viewOf("ada", "/cart"), track("ada", "Order Completed", order)]);
  expect(next).toMatchObject({ decisions: [], rejected: [] });
  expect(await env.VISITOR_SESSION.getByName(`${site.key}:ada`).owed()).toEqual([]);
  expect((await ada.snapshot())?.engagement).toEqual([]);

  const other = await send(site.key, [viewOf("bea", "/")]);
  expect(other.decisions).toMatchObject([{ campaign: "cmp_a" }]);
  await nothingOwed(site.key, "bea");

  const again = await send(site.key, [viewOf("ada", "/", await searchOf(site, { counted: true }))]);
  expect(again.decisions).toMatchObject([{ campaign: "cmp_a" }]);
  await nothingOwed(site.key, "ada");
  expect([await countOf(site, "sessions"), await countOf(site, "exposures")]).toEqual([2, 2]);
  expect(await countOf(site, "orders")).toBe(0);
});

test("VIS20: a visit that was counted is completed where the link is opened", async () => {
  const site = await makeSite();
  await send(site.key, [viewOf("ada", "/")]);
  await send(site.key, [viewOf("ada", "/next", await searchOf(site))]);
  await nothingOwed(site.key, "ada");
  const { results } = await env.DB.prepare("SELECT pages, ended_at FROM sessions WHERE site = ?")
    .bind(site.key)
    .all();
  expect(results).toEqual([{ pages: 1, ended_at: expect.any(Number) }]);
});

test("VIS21: whoever works for the site makes the link, for its own pages; what is forged or foreign opens nothing", async () => {
  const site = await makeSite({ allowed_origins: ["https://shop.example"], campaigns: [always] });
  const other = await makeSite();
  const lea = await signIn("Léa", [site.key]);
  const cookie = { cookie: lea.cookie, origin: "http://aparte.test" };
  expect((await makeLink(site, {}, cookie)).status).toBe(201);
  expect((await makeLink(other, {}, cookie)).status).toBe(404);
  expect((await makeLink(site, {}, {})).status).toBe(401);
  for (const url of ["https://elsewhere.example/", "javascript:alert(1)", "no address"]) {
    const refused = await makeLink(site, { url });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { path: "url" } });
  }
  const foreign = await searchOf(other);
  for (const [index, search] of [
    foreign,
    "?aparte_staff=",
    "?aparte_staff=nonsense",
    `${foreign}x`,
  ].entries()) {
    const { decisions } = await send(site.key, [viewOf(`v${index}`, "/", search)]);
    expect(decisions).toHaveLength(1);
    await nothingOwed(site.key, `v${index}`);
  }
});

test("VIS20: whom the site proves to be one of its own is left out without a link, while they work there", async () => {
  const site = await makeSite({ campaigns: [always] });
  const made = await postJson(
    `/api/sites/${site.key}/agents`,
    { email: "Lea@shop.example", name: "Léa", role: "agent", password: "a-long-enough-password-1" },
    asKey(site),
  );
  expect(made.status).toBe(201);
  const { id } = z.object({ id: z.string() }).parse(await made.json());
  const settings = SiteSettings.parse({ key: site.key, name: site.key });
  const secret = new TextEncoder().encode(await identitySecret(env, settings));
  const token = (sub: string) =>
    new SignJWT({ sub })
      .setProtectedHeader({ alg: "HS256" })
      .setAudience(site.key)
      .setIssuedAt()
      .setExpirationTime("10m")
      .sign(secret);
  const seen = async (visitor: string, sub: string) =>
    (await send(site.key, [viewOf(visitor, "/", "", { identity_token: await token(sub) })])).decisions.length;
  expect(await seen("ada", "lea@shop.example")).toBe(0);
  expect(await seen("bea", "customer@shop.example")).toBe(1);
  // The same browser, and a customer in it.
  expect(await seen("ada", "customer@shop.example")).toBe(1);
  expect(await seen("cyd", "LEA@shop.example ")).toBe(0);
  const gone = await request(`/api/sites/${site.key}/agents/${id}`, {
    method: "DELETE",
    headers: asKey(site),
  });
  expect(gone.status).toBe(204);
  // Known elsewhere within ten seconds; here at once.
  forgetSite(site.key);
  expect(await seen("cyd", "lea@shop.example")).toBe(1);
  for (const visitor of ["ada", "bea", "cyd"]) await nothingOwed(site.key, visitor);
});

test("VIS22: a conversation of staff is kept as it was said, and is no contact: not waited for, not answered, not judged", async () => {
  const site = await makeSite();
  await send(site.key, [viewOf("ada", "/", await searchOf(site))]);
  const chat = await openConversation(site.key, { anonymousId: "ada" });
  const client = await joinRoom(chat);
  client.send({ type: "message", client_id: crypto.randomUUID(), body: "essai", kind: "text" });
  await client.next("ack");
  client.send({ type: "close" });
  await client.next("state", ({ status }) => status === "closed");
  const told = await postJson(`/v1/conversations/${chat.id}/survey`, { token: chat.token, csat: 5 });
  expect(told.status).toBeLessThan(300);
  const row = await eventually(
    () =>
      env.DB.prepare(
        "SELECT status, visitor_messages, first_visitor_message_at FROM conversations WHERE id = ?",
      )
        .bind(chat.id)
        .first<{ status: string; visitor_messages: number; first_visitor_message_at: number | null }>(),
    (found) => found?.status === "closed",
  );
  expect(row).toMatchObject({ visitor_messages: 1, first_visitor_message_at: null });
  expect(await countOf(site, "surveys")).toBe(0);
  const now = Date.now();
  const [whole] = await reportKpis(env, site.key, {
    from: now - 3_600_000,
    to: now + 1,
    groupBy: null,
    now: now + 60_000,
  });
  expect([whole?.chats_handled.value, whole?.abandoned.value]).toEqual([0, 0]);
});
