/** Rules R-F16 to R-F19: canned answers filled in by the server, and the codes by which agents conclude. */
import { beforeEach, expect, test } from "vitest";
import {
  type Conversation,
  HOST,
  joinRoom,
  type Login,
  openConversation,
  postJson,
  request,
} from "./chat-client.ts";
import { eventually } from "./eventually.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";
import { SignJWT } from "jose";

let site: string;
let agent: Login;
let bearer: { authorization: string };

beforeEach(async () => {
  const made = await makeSite({ name: "Maison Lune" });
  site = made.key;
  bearer = { authorization: `Bearer ${made.apiKey}` };
  agent = await signIn("Alice", [site]);
}, 30_000);

const cookie = () => ({ cookie: agent.cookie, origin: HOST });
const create = (answer: Record<string, unknown>) => postJson(`/api/sites/${site}/canned`, answer, bearer);

async function canned(body: string, shortcut = "suivi"): Promise<string> {
  const response = await create({ shortcut, body });
  expect(response.status).toBe(201);
  return (await response.json<{ id: string }>()).id;
}

async function fill(id: string, conversation: string) {
  const response = await postJson(`/api/sites/${site}/canned/${id}/fill`, { conversation }, cookie());
  return { status: response.status, body: await response.json<Record<string, unknown>>() };
}

async function identityToken(user: string): Promise<string> {
  const read = await request(`/api/sites/${site}/identity-secret`, { headers: bearer });
  const { secret } = await read.json<{ secret: string }>();
  return new SignJWT({})
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(user)
    .setAudience(site)
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(new TextEncoder().encode(secret));
}

/** Somebody who has ordered and proves in the conversation who they are. */
async function proven(): Promise<Conversation> {
  const token = await identityToken("u-1");
  const visitor = crypto.randomUUID();
  const known = { userId: "u-1", anonymousId: visitor, context: { identity_token: token } };
  const sent = await postJson(
    "/v1/batch",
    {
      batch: [
        {
          type: "identify",
          messageId: crypto.randomUUID(),
          traits: { name: "Camille [x](https://evil.example)" },
          ...known,
        },
        {
          type: "track",
          messageId: crypto.randomUUID(),
          event: "Order Completed",
          properties: {
            order_id: "C-1042",
            total: 49.9,
            currency: "EUR",
            products: [{ product_id: "a", quantity: 2, price: 24.95 }],
          },
          ...known,
        },
      ],
    },
    { authorization: `Basic ${btoa(`${site}:`)}` },
  );
  expect(sent.status).toBe(200);
  return openConversation(site, {
    anonymousId: visitor,
    identity_token: token,
    page: "https://shop.example/lampes",
  });
}

test("R-F16: name and order are said to who has proven who they are, and to nobody else", async () => {
  const id = await canned(
    "Bonjour {{ visitor.name | default: 'à vous' }}, {{ order.id | default: '?' }} – {{ agent.name }}, {{ site.name }}",
  );
  const stranger = await openConversation(site);
  expect(await fill(id, stranger.id)).toEqual({
    status: 200,
    body: { text: "Bonjour à vous, ? – Alice, Maison Lune", missing: ["visitor.name", "order.id"] },
  });
  const chat = await proven();
  await eventually(
    () => fill(id, chat.id),
    ({ body }) => body["text"] === "Bonjour Camille x(https://evil.example), C-1042 – Alice, Maison Lune",
  );
  const page = await canned("{{ conversation.page }} {{ order.total | money: order.currency }}", "page");
  await (await joinRoom(chat)).post("Bonjour");
  await eventually(
    () => fill(page, chat.id),
    ({ body }) => body["text"] === "https://shop.example/lampes 49,90\u00a0€",
  );
  // The same visitor's id in a conversation where nothing was proven.
  const other = await openConversation(site, { anonymousId: chat.visitor });
  expect((await fill(id, other.id)).body).toMatchObject({ missing: ["visitor.name", "order.id"] });
});

test("R-F18: an answer is filled for a conversation of its own site alone, by a person", async () => {
  const id = await canned("x {{ agent.name }}");
  const { key: elsewhere } = await makeSite();
  const foreign = await openConversation(elsewhere);
  const chat = await openConversation(site);
  expect((await fill(id, foreign.id)).status).toBe(404);
  for (const none of ["cnv_x", "", "null"]) expect((await fill(id, none)).status).toBe(404);
  expect((await fill("can_none", chat.id)).status).toBe(404);
  const path = `/api/sites/${site}/canned/${id}/fill`;
  expect((await postJson(path, { conversation: chat.id }, bearer)).status).toBe(403);
  expect((await postJson(path, {}, cookie())).status).toBe(400);
});

test("R-F18: what cannot be filled in is refused when it is saved, and a shortcut is one answer in its language", async () => {
  const wrong = await create({ shortcut: "a", body: "{{ visitor.email }}" });
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({ error: { code: "invalid", path: "body" } });
  expect((await create({ shortcut: "a", body: "{% if %}" })).status).toBe(400);
  const id = await canned("Bonjour", "salut");
  const taken = await create({ shortcut: "salut", body: "Rebonjour" });
  expect(taken.status).toBe(409);
  expect(await taken.json()).toMatchObject({ error: { path: "shortcut" } });
  expect((await create({ shortcut: "salut", body: "Hello", locale: "en" })).status).toBe(201);
  const change = (body: Record<string, unknown>) =>
    request(`/api/sites/${site}/canned/${id}`, {
      method: "PATCH",
      headers: { ...bearer, "if-match": '"1"' },
      body: JSON.stringify(body),
    });
  expect((await change({ locale: "en" })).status).toBe(409);
  expect((await change({ body: "Bonjour {{ agent.name }}" })).status).toBe(200);
});

test("R-F19: agents read the codes by which they conclude; a key is one code", async () => {
  const codes = [
    { key: "delivery", label: { fr: "Livraison", en: "Delivery" }, required: true },
    { key: "size", label: { fr: "Taille", en: "Size" } },
  ];
  const change = (wrap_up_codes: unknown, version: string) =>
    request(`/api/sites/${site}`, {
      method: "PATCH",
      headers: { ...bearer, "if-match": version },
      body: JSON.stringify({ wrap_up_codes }),
    });
  expect((await change([...codes, codes[0]], '"1"')).status).toBe(400);
  expect((await change([{ key: "A b", label: { fr: "x", en: "x" } }], '"1"')).status).toBe(400);
  expect((await change([{ key: "a", label: { fr: "x" } }], '"1"')).status).toBe(400);
  expect((await change(codes, '"1"')).status).toBe(200);
  const read = await request(`/api/sites/${site}/wrap-up-codes`, { headers: cookie() });
  expect(await read.json()).toEqual({ items: codes, surveys: { when: "closed", contact_days: null } });
});
