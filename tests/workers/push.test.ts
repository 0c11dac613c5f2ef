/** Rules R-L16 and R-L17 of `docs/rules/live.md`: who may be pushed to, and how long. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { HOST, type Login, postJson, request } from "./chat-client.ts";
import { deskOf } from "./engaging.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

const keys = { p256dh: `B${"A".repeat(86)}`, auth: "A".repeat(22) };
const ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc";

const subscribe = (site: string, { cookie }: Login, more: object = {}) =>
  postJson(
    `/api/sites/${site}/push/subscriptions`,
    { endpoint: ENDPOINT, keys, locale: "fr", ...more },
    { cookie, origin: HOST },
  );

/** Whose browsers the desk of `site` would alert. */
function subscribed(site: string): Promise<string[]> {
  return runInDurableObject(deskOf(site), (_desk, { storage }) =>
    storage.sql
      .exec<{ user: string }>("select user from pushes order by user")
      .toArray()
      .map(({ user }) => user),
  );
}

test("R-L16: an address that is none of a known push service is refused, and so are keys that are none", async () => {
  const { key, apiKey } = await makeSite();
  const lea = await signIn("Léa", [key]);
  for (const endpoint of [
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://127.0.0.1/abc",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/abc",
    "https://evil.example/abc",
    "not an address",
  ]) {
    const response = await subscribe(key, lea, { endpoint });
    expect(response.status, endpoint).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "invalid", path: "endpoint" } });
  }
  const wrong = await subscribe(key, lea, { keys: { p256dh: "short", auth: keys.auth } });
  expect(await wrong.json()).toMatchObject({ error: { code: "invalid", path: "keys.p256dh" } });
  const machine = await postJson(
    `/api/sites/${key}/push/subscriptions`,
    { endpoint: ENDPOINT, keys },
    { authorization: `Bearer ${apiKey}` },
  );
  expect(machine.status).toBe(403);
  const stranger = await subscribe(key, await signIn("Eve", []));
  expect(stranger.status).toBe(404);
});

test("R-L14: every login of the installation subscribes with one key, which no table holds", async () => {
  const { key } = await makeSite();
  const { cookie } = await signIn("Léa", [key]);
  const answer = await request(`/api/sites/${key}/push/key`, { headers: { cookie } });
  const { public_key } = await answer.json<{ public_key: string }>();
  expect(public_key).toMatch(/^B[A-Za-z0-9_-]{86}$/);
  const rows = await env.DB.prepare("SELECT key, value FROM installation").all();
  expect(JSON.stringify(rows.results)).not.toContain(public_key);
});

test("R-L17: a new password, the loss of a role and signing out end the login's subscriptions, and nobody else's", async () => {
  const { key } = await makeSite();
  const [lea, hugo, ines] = [
    await signIn("Léa", [key]),
    await signIn("Hugo", [key]),
    await signIn("Inès", [key]),
  ];
  const admin = await signIn("Ada", [key], "admin");
  for (const [login, name] of [
    [lea, "lea"],
    [hugo, "hugo"],
    [ines, "ines"],
    [admin, "ada"],
  ] as const) {
    expect((await subscribe(key, login, { endpoint: `${ENDPOINT}-${name}` })).status).toBe(201);
  }
  expect(await subscribed(key)).toHaveLength(4);

  const changed = await postJson(
    "/api/auth/change-password",
    { currentPassword: "a-long-enough-password-1", newPassword: "a-long-enough-password-2" },
    { cookie: lea.cookie, origin: HOST },
  );
  expect(changed.status).toBe(200);
  expect(await subscribed(key)).toEqual([admin.id, hugo.id, ines.id].toSorted());

  const removed = await request(`/api/sites/${key}/agents/${hugo.id}`, {
    method: "DELETE",
    headers: { cookie: admin.cookie, origin: HOST },
  });
  expect(removed.status).toBe(204);
  expect(await subscribed(key)).toEqual([admin.id, ines.id].toSorted());

  await postJson("/api/auth/sign-out", {}, { cookie: ines.cookie, origin: HOST });
  expect(await subscribed(key)).toEqual([admin.id]);
});
