/** Messages that visitors leave: a reference for them, a list for the site, a letter that leaves once. */
import { env, exports } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { dropUnsentFiles } from "../../workers/files/sweep.ts";
import { forgetRequests } from "../../workers/history/forget-requests.ts";
import type { Mail, Mailer } from "../../workers/mail/mailer.ts";
import { sendLettersOf } from "../../workers/mail/send-letters.ts";
import { HOST, type Login } from "./chat-client.ts";
import { eventually } from "./eventually.ts";
import { pngWith } from "./hostile-files.ts";
import { signIn } from "./login.ts";
import { makeSite, post } from "./site.ts";

const leave = (key: string, more: Record<string, unknown> = {}) =>
  post("/v1/messages", null, {
    writeKey: key,
    anonymousId: "ada",
    request_id: crypto.randomUUID(),
    email: "ada@example.org",
    name: "Ada",
    body: "La Rivoli en L ?",
    ...more,
  });

function api(login: Login, path: string, body?: unknown): Promise<Response> {
  return exports.default.fetch(`${HOST}/api/sites/${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { cookie: login.cookie, origin: HOST, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

type Item = { id: string; reference: string; outcome: string | null; concluded_by: { name: string } | null };
async function listed(login: Login, key: string, status = ""): Promise<Item[]> {
  const response = await api(login, `${key}/left-messages${status}`);
  expect(response.status).toBe(200);
  return (await response.json<{ items: Item[] }>()).items;
}

function collecting(fails: (mail: Mail) => boolean = () => false): { mailer: Mailer; sent: Mail[] } {
  const sent: Mail[] = [];
  const send = (mail: Mail) => {
    if (fails(mail)) return Promise.reject(new Error("no route"));
    sent.push(mail);
    return Promise.resolve();
  };
  return { sent, mailer: { send } };
}

/** As history and a booking leave them, with no letter sent. */
async function rows(site: string, at: number): Promise<void> {
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO left_messages (site, id, revision, visitor_id, at, email, name, body)
       VALUES (?1, 'msg_1', 1, 'ada', ?2, 'ada@example.org', 'Ada', 'Bonjour')`,
    ).bind(site, at),
    env.DB.prepare(
      `INSERT INTO callbacks (site, id, visitor_id, created_at, slot_at, slot_ends_at, phone, locale, status)
       VALUES (?1, 'clb_1', 'ada', ?2, ?2 + 3600000, ?2 + 5400000, '+33612345647', 'fr', 'booked')`,
    ).bind(site, at),
  ]);
}

test("R-A27: who leaves a message has a reference, the same however often it is sent; the site's list shows it", async () => {
  const { key } = await makeSite();
  const request = { request_id: crypto.randomUUID() };
  const first = await (await leave(key, request)).json<{ id: string; reference: string }>();
  const again = await (await leave(key, request)).json();
  expect(first.reference).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(again).toEqual(first);
  const lea = await signIn("Léa", [key]);
  const [item, ...others] = await eventually(
    () => listed(lea, key),
    (items) => items.length > 0,
  );
  expect(others).toEqual([]);
  expect(item).toMatchObject({ ...first, email: "ada@example.org", outcome: null, concluded_by: null });
});

test("R-A28: somebody of the site says that a message was seen to, and may open it again; of another site nobody", async () => {
  const { key } = await makeSite();
  await rows(key, Date.now());
  const lea = await signIn("Léa", [key]);
  const stranger = await signIn("Eve", [(await makeSite()).key]);
  const at = `${key}/left-messages/msg_1/conclude`;
  expect((await api(stranger, at, { outcome: "answered" })).status).toBe(404);
  expect((await api(lea, `${key}/left-messages/msg_2/conclude`, { outcome: "answered" })).status).toBe(404);
  expect((await api(lea, at, { outcome: "lost" })).status).toBe(400);
  const done = await api(lea, at, { outcome: "answered" });
  expect(await done.json()).toMatchObject({ outcome: "answered", concluded_by: { name: "Léa" } });
  expect(await listed(lea, key, "?status=open")).toEqual([]);
  expect(await listed(lea, key, "?status=concluded")).toHaveLength(1);
  await api(lea, at, { outcome: null });
  expect(await listed(lea, key, "?status=open")).toMatchObject([{ id: "msg_1", concluded_by: null }]);
});

test("R-A29: a letter of each message and call leaves once, also where two runs meet, and answers to the visitor", async () => {
  const now = Date.now();
  const { key } = await makeSite({ name: "Atelier", message_recipients: ["a@lin.example", "b@lin.example"] });
  await rows(key, now);
  const { mailer, sent } = collecting();
  const failures = await Promise.all([
    sendLettersOf(env, mailer, key, now),
    sendLettersOf(env, mailer, key, now),
  ]);
  await sendLettersOf(env, mailer, key, now + 60_000);
  expect(failures).toEqual([[], []]);
  expect(sent.map(({ to, replyTo }) => `${to} ${replyTo ?? "-"}`).toSorted()).toEqual([
    "a@lin.example -",
    "a@lin.example ada@example.org",
    "b@lin.example -",
    "b@lin.example ada@example.org",
  ]);
});

test("R-A29: a letter that nobody got is sent again, one that somebody got is not, and old news never", async () => {
  const now = Date.now();
  const { key } = await makeSite({ message_recipients: ["up@lin.example", "down@lin.example"] });
  await rows(key, now);
  const none = collecting(() => true);
  expect(await sendLettersOf(env, none.mailer, key, now)).toHaveLength(4);
  const half = collecting(({ to }) => to.startsWith("down"));
  expect(await sendLettersOf(env, half.mailer, key, now)).toHaveLength(2);
  expect(half.sent).toHaveLength(2);
  const whole = collecting();
  await sendLettersOf(env, whole.mailer, key, now);
  expect(whole.sent).toEqual([]);
  const late = await makeSite({ message_recipients: ["up@lin.example"] });
  await rows(late.key, now - 2 * 86_400_000);
  await sendLettersOf(env, whole.mailer, late.key, now);
  expect(whole.sent).toEqual([]);
});

test("R-A29: the letter of a message leaves as soon as history has it, that of a call as it is booked", async () => {
  const { key } = await makeSite({
    message_recipients: ["a@lin.example"],
    callbacks: {
      enabled: true,
      slot_minutes: 30,
      capacity: 1,
      horizon_days: 7,
      lead_minutes: 0,
      hours: [],
      per_visitor: 2,
      per_address_hour: 10,
    },
  });
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const letters = async () =>
    log.mock.calls.map(([line]) => String(line)).filter((line) => line.includes('"mail"'));
  await leave(key);
  await eventually(letters, (found) => found.some((line) => line.includes("Message de Ada")));
  const slots = await exports.default.fetch(`http://localhost/v1/callbacks/slots?key=${key}`);
  const [slot] = (await slots.json<{ slots: { at: string }[] }>()).slots;
  await post("/v1/callbacks", null, {
    writeKey: key,
    anonymousId: "ada",
    request_id: crypto.randomUUID(),
    phone: "06 12 34 56 47",
    slot: slot?.at,
  });
  const [letter] = await eventually(
    async () => (await letters()).filter((line) => line.includes("Rappel de +33 6 12 34 56 47")),
    (found) => found.length > 0,
  );
  expect(letter).toContain("a@lin.example");
  log.mockRestore();
});

type LeftFile = { id: string; name: string; type: string; bytes: number };

const bring = (key: string, requestId: string, body: BodyInit, name: string) =>
  exports.default.fetch(`${HOST}/v1/messages/${requestId}/files?key=${key}`, {
    method: "POST",
    body,
    headers: { "x-file-name": encodeURIComponent(name), origin: "https://shop.example" },
  });

async function brought(key: string, requestId: string, name: string): Promise<LeftFile> {
  const response = await bring(key, requestId, pngWith(), name);
  expect(response.status).toBe(201);
  return (await response.json<{ file: LeftFile }>()).file;
}

const keptOf = async (key: string) => (await env.FILES.list({ prefix: `${key}/` })).objects.length;

test("R-A42: a message takes its files along: the list shows them, its people fetch them, the letter names them", async () => {
  const { key } = await makeSite({ message_recipients: ["a@lin.example"] });
  const requestId = crypto.randomUUID();
  const first = await brought(key, requestId, "Étiquette.png");
  const dropped = await brought(key, requestId, "essai.png");
  const second = await brought(key, requestId, "mesures.png");
  const files = [first.id, second.id];
  for (let time = 0; time < 2; time += 1) {
    expect((await leave(key, { request_id: requestId, files })).status).toBe(201);
  }
  const lea = await signIn("Léa", [key]);
  const [item] = await eventually(
    () => listed(lea, key),
    (items) => items.length > 0,
  );
  expect(item).toMatchObject({ files: [first, second] });

  const path = (file: string) => `${key}/left-messages/${item?.id}/files/${file}`;
  const redirect = { redirect: "manual" as const, headers: { cookie: lea.cookie, origin: HOST } };
  const led = await exports.default.fetch(`${HOST}/api/sites/${path(first.id)}`, redirect);
  expect(led.status).toBe(302);
  const fetched = await exports.default.fetch(led.headers.get("location") ?? "");
  expect(fetched.headers.get("content-disposition")).toContain("attachment");
  // The widget reads a file that was said in a chat, to bring it for the message.
  expect(fetched.headers.get("access-control-allow-origin")).toBe("*");
  expect((await fetched.arrayBuffer()).byteLength).toBe(first.bytes);
  const eve = await signIn("Eve", [(await makeSite()).key]);
  expect((await api(eve, path(first.id))).status).toBe(404);
  expect((await api(lea, path(dropped.id))).status).toBe(404);
  expect((await exports.default.fetch(`${HOST}/api/sites/${path(first.id)}`)).status).toBe(401);

  await env.DB.prepare("UPDATE left_messages SET mailed_at = NULL WHERE site = ?1").bind(key).run();
  const { mailer, sent } = collecting();
  await sendLettersOf(env, mailer, key, Date.now());
  expect(sent[0]?.text).toContain("Étiquette.png, mesures.png");
  expect(sent[0]?.text).not.toContain("essai");
});

test("R-A42: what is no file, is too much, was brought for another message or for no site is refused at its place", async () => {
  const { key } = await makeSite();
  const requestId = crypto.randomUUID();
  expect((await bring("nobody", requestId, pngWith(), "a.png")).status).toBe(401);
  expect((await bring(key, "nothing", pngWith(), "a.png")).status).toBe(400);
  expect((await bring(key, requestId, "<svg onload=alert(1)>", "a.png")).status).toBe(415);
  const { key: closed } = await makeSite({ allowed_origins: ["https://other.example"] });
  expect((await bring(closed, requestId, pngWith(), "a.png")).status).toBe(403);
  const others = await brought(key, crypto.randomUUID(), "a.png");
  const refused = await leave(key, { request_id: requestId, files: [others.id] });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: { code: "invalid", path: "files.0" } });
  const all = await Promise.all(
    Array.from({ length: 12 }, (_, index) => bring(key, requestId, pngWith(), `${index}.png`)),
  );
  const taken = all.filter(({ status }) => status === 201).length;
  expect(taken).toBeLessThanOrEqual(10);
  expect(await keptOf(key)).toBe(taken + 1);
});

test("R-A42: a file that its message does not name is gone after a day; the others go with the message", async () => {
  const { key } = await makeSite({ transcript_months: 3 });
  const requestId = crypto.randomUUID();
  const { id } = await brought(key, requestId, "a.png");
  await brought(key, requestId, "b.png");
  await leave(key, { request_id: requestId, files: [id] });
  const count = () =>
    env.DB.prepare("SELECT count(*) AS n FROM left_messages WHERE site = ?1").bind(key).first<number>("n");
  await eventually(count, (found) => found === 1);
  const day = 86_400_000;
  await dropUnsentFiles(env, Date.now() + day / 2);
  expect(await keptOf(key)).toBe(2);
  await dropUnsentFiles(env, Date.now() + 2 * day);
  expect(await keptOf(key)).toBe(1);
  await forgetRequests(env, Date.now() + 80 * day);
  expect(await keptOf(key)).toBe(1);
  await forgetRequests(env, Date.now() + 100 * day);
  expect([await keptOf(key), await count()]).toEqual([0, 0]);
});
