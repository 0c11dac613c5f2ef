/** Rules R-F8 to R-F12: who brings files in, who gets them, and how they leave. */
import { env, exports } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { MAX_FILE_BYTES, MAX_FILES } from "../../domain/chat/content-file.ts";
import { signConversationToken } from "../../durable-objects/conversation-token.ts";
import { newConversationId } from "../../workers/conversations/conversation-id.ts";
import { signAddress } from "../../workers/files/address.ts";
import {
  type Conversation,
  HOST,
  joinRoom,
  joinRoomAs,
  type Login,
  openConversation,
  postJson,
  request,
} from "./chat-client.ts";
import { GPS, HOSTILE_FILES, jpegWith, PLAIN_FILES, pngWith } from "./hostile-files.ts";
import { signIn } from "./login.ts";
import { makeSite } from "./site.ts";

type FileBody = { id: string; name: string; type: string; bytes: number };

const PLENTY = { conversations_per_visitor_hour: 10_000, conversations_per_address_hour: 10_000 };
let site: string;
let otherSite: string;
let agent: Login;
let otherAgent: Login;

beforeEach(async () => {
  ({ key: site } = await makeSite(PLENTY));
  ({ key: otherSite } = await makeSite(PLENTY));
  agent = await signIn("Alice", [site]);
  otherAgent = await signIn("Bob", [otherSite]);
}, 30_000);

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const cookieOf = (login: Login) => ({ cookie: login.cookie, origin: HOST });

function upload(path: string, bytes: BodyInit, headers: Record<string, string>): Promise<Response> {
  return request(path, { method: "POST", body: bytes, headers });
}

const uploadAs = ({ id, token }: Conversation, bytes: BodyInit, name = "x") =>
  upload(`/v1/conversations/${id}/files`, bytes, {
    ...bearer(token),
    "x-file-name": encodeURIComponent(name),
  });

async function uploaded(response: Response): Promise<FileBody> {
  expect(response.status).toBe(201);
  const { file } = await response.json<{ file: FileBody }>();
  return file;
}

async function addressOf({ id, token }: Conversation, file: string): Promise<string> {
  const response = await postJson(`/v1/conversations/${id}/files/${file}/url`, "", bearer(token));
  expect(response.status).toBe(200);
  const { url } = await response.json<{ url: string }>();
  return url;
}

const keysOf = async (conversation: string) =>
  (await env.FILES.list({ prefix: `${site}/${conversation}/` })).objects.map(({ key }) => key);

test("R-F8: a visitor's file is shown to both by its message, and each fetches it as what was kept", async () => {
  const chat = await openConversation(site);
  const visitor = await joinRoom(chat);
  const desk = await joinRoomAs(agent, chat);
  const file = await uploaded(await uploadAs(chat, jpegWith(), "Vacances été.jpeg"));
  expect(file).toMatchObject({ name: "Vacances été.jpg", type: "image/jpeg" });
  await visitor.post(JSON.stringify({ id: file.id }), "file");
  const shown = await desk.next("message", ({ kind }) => kind === "file");
  expect(JSON.parse(shown.body)).toEqual(file);

  const asked = await postJson(
    `/api/sites/${site}/conversations/${chat.id}/files/${file.id}/url`,
    "",
    cookieOf(agent),
  );
  const { url } = await asked.json<{ url: string }>();
  for (const address of [url, await addressOf(chat, file.id)]) {
    const response = await exports.default.fetch(address);
    expect(response.status).toBe(200);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(bytes.byteLength).toBe(file.bytes);
    expect(new TextDecoder("latin1").decode(bytes)).not.toContain(GPS);
  }
});

test("R-F8: an agent's file is the agent's, and the visitor fetches it", async () => {
  const chat = await openConversation(site);
  await (await joinRoom(chat)).post("Bonjour");
  const path = `/api/sites/${site}/conversations/${chat.id}/files`;
  const file = await uploaded(await upload(path, pngWith(), { ...cookieOf(agent), "x-file-name": "plan" }));
  const desk = await joinRoomAs(agent, chat);
  await desk.post(JSON.stringify({ id: file.id }), "file");
  expect((await exports.default.fetch(await addressOf(chat, file.id))).status).toBe(200);
  // What somebody else brought is not the visitor's to show.
  const visitor = await joinRoom(chat);
  visitor.send({
    type: "message",
    client_id: crypto.randomUUID(),
    kind: "file",
    body: JSON.stringify({ id: file.id }),
  });
  expect(await visitor.next("error")).toMatchObject({ code: "not_found" });
});

test("R-F9: what is fetched is saved and never shown: attachment, sandbox, nosniff, no cookie, a type of our own", async () => {
  const chat = await openConversation(site);
  for (const { name, bytes, type } of PLAIN_FILES) {
    const file = await uploaded(await uploadAs(chat, bytes, `né "x";\r\n${name}`));
    const response = await exports.default.fetch(await addressOf(chat, file.id), {
      headers: { cookie: "a=b" },
    });
    const { headers } = response;
    expect(headers.get("content-type")?.split(";")[0]).toBe(type);
    expect(headers.get("content-disposition")).toMatch(
      /^attachment; filename="[\w. -]+"; filename\*=UTF-8''[\w.%~!-]+$/,
    );
    expect(headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toMatch(/^private/);
    expect(headers.get("set-cookie")).toBeNull();
    expect(Number(headers.get("content-length"))).toBe(file.bytes);
    await response.body?.cancel();
  }
});

test("R-F9: of the hostile files none is accepted as what it is not, and none leaves as something to show", async () => {
  let chat = await openConversation(site);
  let sent = 0;
  for (const { name, bytes, becomes } of HOSTILE_FILES) {
    if (sent === MAX_FILES) {
      chat = await openConversation(site);
      sent = 0;
    }
    const response = await uploadAs(chat, bytes, name);
    if (becomes === null) {
      expect([name, response.status]).toEqual([name, 415]);
      await response.body?.cancel();
      continue;
    }
    sent += 1;
    const file = await uploaded(response);
    expect([name, file.type]).toEqual([name, becomes]);
    const served = await exports.default.fetch(await addressOf(chat, file.id));
    expect(served.headers.get("content-type")?.split(";")[0]).toBe(becomes);
    expect(served.headers.get("content-disposition")).toMatch(/^attachment;/);
    expect(new TextDecoder("latin1").decode(await served.arrayBuffer())).not.toMatch(
      /<script|<svg|<html|<\?php/i,
    );
  }
});

test("R-F10: 10 MB and no more, whether it says so or not; and what is too much is not read to its end", async () => {
  const chat = await openConversation(site);
  const piece = new TextEncoder().encode("a".repeat(1_048_576));
  let given = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += piece.byteLength;
      controller.enqueue(piece);
    },
  });
  const refused = await uploadAs(chat, endless);
  expect(refused.status).toBe(413);
  expect(await refused.json()).toMatchObject({ error: { code: "too_large" } });
  expect(given).toBeLessThan(MAX_FILE_BYTES + 8 * piece.byteLength);
  expect((await uploadAs(chat, new Uint8Array(MAX_FILE_BYTES + 1).fill(97))).status).toBe(413);
  const most = await uploaded(await uploadAs(chat, new Uint8Array(MAX_FILE_BYTES).fill(97)));
  expect(most).toMatchObject({ bytes: MAX_FILE_BYTES, type: "text/plain" });
  expect(await keysOf(chat.id)).toEqual([`${site}/${chat.id}/${most.id}`]);
});

test("R-F10: twenty files a conversation, none once it is closed; what the room refuses is not kept", async () => {
  const chat = await openConversation(site);
  const visitor = await joinRoom(chat);
  await visitor.post("Bonjour");
  const sent = await Promise.all(Array.from({ length: MAX_FILES + 5 }, () => uploadAs(chat, pngWith())));
  expect(sent.filter(({ status }) => status === 201)).toHaveLength(MAX_FILES);
  for (const { status } of sent) expect([201, 403, 413, 429]).toContain(status);
  expect(await keysOf(chat.id)).toHaveLength(MAX_FILES);

  const over = await openConversation(site);
  const leaver = await joinRoom(over);
  await leaver.post("Bonjour");
  leaver.send({ type: "close" });
  await leaver.next("event", ({ name }) => name === "closed");
  expect((await uploadAs(over, pngWith())).status).toBe(409);
  expect(await keysOf(over.id)).toEqual([]);
  const rows = await env.DB.prepare("select count(*) as n from files where conversation_id = ?")
    .bind(over.id)
    .first("n");
  expect(rows).toBe(0);
});

test("R-F11: an address holds for five minutes, for that file alone, whatever of it is changed", async () => {
  const chat = await openConversation(site);
  const file = await uploaded(await uploadAs(chat, pngWith()));
  const now = Date.now();
  const url = await addressOf(chat, file.id);
  expect((await exports.default.fetch(url)).status).toBe(200);
  const signed = url.slice(url.lastIndexOf("/") + 1);
  for (let at = 0; at < signed.length; at += 1) {
    const other = signed[at] === "A" ? "B" : "A";
    const changed = signed.slice(0, at) + other + signed.slice(at + 1);
    expect((await request(`/v1/files/${changed}`)).status).toBe(404);
  }
  vi.useFakeTimers({ toFake: ["Date"], now: now + 299_000 });
  try {
    expect((await exports.default.fetch(url)).status).toBe(200);
    vi.setSystemTime(now + 310_000);
    expect((await exports.default.fetch(url)).status).toBe(404);
  } finally {
    vi.useRealTimers();
  }
});

test("R-F12: whoever swaps a part of site, conversation and file, or is nobody, gets one and the same 404", async () => {
  const mine = await openConversation(site);
  const second = await openConversation(site, { anonymousId: mine.visitor });
  const theirs = await openConversation(site);
  const foreign = await openConversation(otherSite);
  const file = await uploaded(await uploadAs(mine, pngWith()));
  const stranger = await uploaded(await uploadAs(theirs, pngWith()));
  const abroad = await uploaded(await uploadAs(foreign, pngWith()));
  const secret = env.TOKEN_SECRET;
  const claims = { site, conversation: mine.id, visitor: mine.visitor };
  const now = Date.now();
  const tokens = await Promise.all([
    signConversationToken(secret, { ...claims, visitor: "" }, now),
    signConversationToken(secret, { ...claims, visitor: "somebody" }, now),
    signConversationToken(secret, { ...claims, visitor: "null" }, now),
    signConversationToken(secret, { ...claims, visitor: "undefined" }, now),
    signConversationToken(secret, { ...claims, site: otherSite }, now),
    signConversationToken(secret, { ...claims, conversation: theirs.id }, now),
    signConversationToken("another secret", claims, now),
    signConversationToken(secret, claims, now - 31 * 86_400_000),
  ]);
  const none = [
    "",
    "null",
    "undefined",
    "0",
    "[object Object]",
    theirs.token,
    foreign.token,
    second.token,
    ...tokens,
  ];
  const unmade = await newConversationId("another secret", site);
  const bodies = new Set<string>();
  const refused = async (response: Response) => {
    expect(response.status).toBe(404);
    bodies.add(await response.text());
  };
  const ids = [
    "null",
    "undefined",
    "fil_",
    "fil_null",
    "%00",
    stranger.id,
    abroad.id,
    `fil_${"A".repeat(22)}`,
  ];
  for (const token of none) {
    await refused(await postJson(`/v1/conversations/${mine.id}/files/${file.id}/url`, "", bearer(token)));
    await refused(await upload(`/v1/conversations/${mine.id}/files`, pngWith(), bearer(token)));
  }
  await refused(await postJson(`/v1/conversations/${mine.id}/files/${file.id}/url`, ""));
  for (const id of ids)
    await refused(await postJson(`/v1/conversations/${mine.id}/files/${id}/url`, "", bearer(mine.token)));
  for (const id of [theirs.id, foreign.id, second.id, unmade, "null", "undefined"]) {
    await refused(await postJson(`/v1/conversations/${id}/files/${file.id}/url`, "", bearer(mine.token)));
    await refused(await upload(`/v1/conversations/${id}/files`, pngWith(), bearer(mine.token)));
  }
  const api = (key: string, id: string, of: string) =>
    `/api/sites/${key}/conversations/${id}/files/${of}/url`;
  for (const path of [
    api(site, foreign.id, abroad.id),
    api(site, unmade, file.id),
    api(site, "null", file.id),
    api(site, mine.id, stranger.id),
    api(site, mine.id, abroad.id),
    ...ids.map((id) => api(site, mine.id, id)),
  ])
    await refused(await postJson(path, "", cookieOf(agent)));
  await refused(
    await upload(`/api/sites/${site}/conversations/${foreign.id}/files`, pngWith(), cookieOf(agent)),
  );
  // A signature of ours over parts that do not belong together, and over no parts at all.
  const whole = { site, conversation: mine.id, file: file.id };
  const parts = [otherSite, theirs.id, abroad.id, "", "null", "undefined"];
  for (const part of parts) {
    for (const key of ["site", "conversation", "file"] as const) {
      const { signed } = await signAddress(secret, { ...whole, [key]: part }, now);
      await refused(await request(`/v1/files/${signed}`));
    }
  }
  for (const signed of ["", ".", "a.b", "e30.x", "null", "%", "x".repeat(5_000)])
    expect((await request(`/v1/files/${signed}`)).status).toBe(404);
  expect([...bodies]).toHaveLength(1);
  // Somebody else's agent does not so much as see the site.
  expect((await postJson(api(site, mine.id, file.id), "", cookieOf(otherAgent))).status).toBe(404);
  expect((await postJson(api(otherSite, mine.id, file.id), "", cookieOf(otherAgent))).status).toBe(404);
  expect((await postJson(api(site, mine.id, file.id), "")).status).toBe(401);
  expect(await keysOf(mine.id)).toHaveLength(1);
});
