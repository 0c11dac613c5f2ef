/** Rule R-C40: a visitor's own past conversations, and nobody else's. */
import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { SiteSettings } from "../../domain/site/settings.ts";
import { forget } from "../../workers/history/forget-transcripts.ts";
import { identitySecret } from "../../workers/site/identity.ts";
import { type Conversation, joinRoom, openConversation, postJson, request } from "./chat-client.ts";
import { eventually } from "./eventually.ts";
import { makeSite } from "./site.ts";

type Past = { id: string; token: string; at: string; agent: string | null; last: string };

async function past(site: string, anonymousId: string, proof: object): Promise<Past[]> {
  const answer = await postJson("/v1/conversations/past", { writeKey: site, anonymousId, ...proof });
  expect(answer.status).toBe(200);
  return (await answer.json<{ items: Past[] }>()).items;
}

/** A conversation that is over and in history. */
async function over(chat: Conversation, ...words: string[]): Promise<Conversation> {
  const visitor = await joinRoom(chat);
  for (const each of words) await visitor.post(each);
  visitor.send({ type: "close" });
  await visitor.next("event", ({ name }) => name === "closed");
  await eventually(
    () => env.DB.prepare("select 1 from conversation_texts where conversation_id = ?1").bind(chat.id).first(),
    (row) => row !== null,
  );
  return chat;
}

async function identityOf(site: string, user: string): Promise<string> {
  const row = await env.DB.prepare("select settings from sites where key = ?1")
    .bind(site)
    .first<{ settings: string }>();
  const secret = await identitySecret(env, SiteSettings.parse(JSON.parse(row?.settings ?? "{}")));
  return new SignJWT({ sub: user })
    .setProtectedHeader({ alg: "HS256" })
    .setAudience(site)
    .setIssuedAt()
    .setExpirationTime("30m")
    .sign(new TextEncoder().encode(secret));
}

test("R-C40: who keeps a conversation's token reads it once it is over; a visitor's id or another's token opens none", async () => {
  const { key: site } = await makeSite();
  const first = await over(
    await openConversation(site, { anonymousId: "ada" }),
    "une question",
    "et\nla suite",
  );
  const second = await over(await openConversation(site, { anonymousId: "ada" }), "**autre** chose");
  const open = await openConversation(site, { anonymousId: "ada" });
  await (await joinRoom(open)).post("en cours");
  const [item, ...others] = await past(site, "ada", { tokens: [first.token, open.token] });
  expect(others).toEqual([]);
  expect(item).toMatchObject({ id: first.id, agent: null, last: "la suite" });
  const read = await request(`/v1/conversations/${first.id}/messages`, {
    headers: { authorization: `Bearer ${item?.token}` },
  });
  const { events, status } = await read.json<{ events: { body?: string }[]; status: string }>();
  expect(status).toBe("closed");
  expect(events.map(({ body }) => body)).toEqual(["une question", "et\nla suite", undefined]);

  expect(await past(site, "ada", {})).toEqual([]);
  // Another vendor's script knows the id, and has a conversation of its own under it.
  const stranger = await over(await openConversation(site, { anonymousId: "ada" }), "je suis Ada");
  expect((await past(site, "ada", { tokens: [stranger.token] })).map(({ id }) => id)).toEqual([stranger.id]);
  const { key: elsewhere } = await makeSite();
  expect(await past(elsewhere, "ada", { tokens: [first.token, second.token, "nothing"] })).toEqual([]);
  const both = await past(site, "ada", { tokens: [first.token, second.token] });
  expect(both.map(({ id }) => id)).toEqual([second.id, first.id]);
  expect(both[0]?.last).toBe("autre chose");
  await forget(env, site, [first.id]);
  expect((await past(site, "ada", { tokens: [first.token] })).length).toBe(0);
});

test("R-C40: who is signed in reads, on any device, the conversations in which that was proven, and no others", async () => {
  const { key: site } = await makeSite();
  const identity_token = await identityOf(site, "u-ada");
  const phone = await over(
    await openConversation(site, { anonymousId: "phone", identity_token }),
    "depuis mon téléphone",
  );
  await over(await openConversation(site, { anonymousId: "phone" }), "sans rien prouver");
  await env.DB.prepare(
    "insert into identities (site, user_id, visitor_id, revision, at) values (?1, 'u-ada', 'phone', 1, 0)",
  )
    .bind(site)
    .run();
  const found = await past(site, "laptop", { identity_token });
  expect(found.map(({ id }) => id)).toEqual([phone.id]);
  expect((await past(site, "phone", { identity_token })).map(({ id }) => id)).toEqual([phone.id]);
  const eve = await identityOf(site, "u-eve");
  expect(await past(site, "phone", { identity_token: eve })).toEqual([]);
  const { key: elsewhere } = await makeSite();
  expect(await past(elsewhere, "phone", { identity_token })).toEqual([]);
});

test("R-C40: what is no such question is refused", async () => {
  const { key: site } = await makeSite();
  const ask = async (body: object) => (await postJson("/v1/conversations/past", body)).status;
  expect(await ask({ writeKey: "nope", anonymousId: "a" })).toBe(401);
  expect(await ask({ writeKey: site })).toBe(400);
  expect(await ask({ writeKey: site, anonymousId: "a", tokens: "x" })).toBe(400);
  expect(await ask({ writeKey: site, anonymousId: "a", tokens: Array.from({ length: 21 }, () => "x") })).toBe(
    400,
  );
});
