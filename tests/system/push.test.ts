/**
 * Alerts to a browser, from the desk to the bytes that its push service gets: a real server, a real HTTP endpoint in
 * the place of the push service, and the browser's own keys at the end.
 */
import { createECDH, type ECDH, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decrypt } from "http_ece";
import { importJWK, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../scripts/server.ts";
import { ChatClient } from "./chat-client.ts";
import { post, signIn } from "./demo-api.ts";

const SERVICE = "push.example.test";

type Pushed = { path: string; headers: IncomingHttpHeaders; body: Buffer };
type Notice = { kind: string; site: string; conversation?: string; preview?: string | null; locale: string };

const pushed: Pushed[] = [];
let answerWith = 201;
let news: (() => void)[] = [];
const service = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    pushed.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(answerWith).end();
    for (const tell of news.splice(0)) tell();
  });
});

const stateDir = mkdtempSync(join(tmpdir(), "aparte-push-"));
let server: RunningServer;
beforeAll(async () => {
  await new Promise<void>((done) => service.listen(0, "127.0.0.1", done));
  const address = service.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const vars = { PUSH_SERVICES: `${SERVICE}=http://127.0.0.1:${port}` };
  server = await startServer({ port: 0, stateDir, vars });
});
afterAll(async () => {
  await server.stop();
  service.close();
  rmSync(stateDir, { recursive: true, force: true });
});

/** The first push that `matches`, whenever it comes. */
async function pushThat(matches: (push: Pushed) => boolean, withinMs = 30_000): Promise<Pushed> {
  const until = Date.now() + withinMs;
  for (;;) {
    const found = pushed.find(matches);
    if (found !== undefined) return found;
    await new Promise<void>((done, fail) => {
      const timer = setTimeout(() => fail(new Error("no such push came")), until - Date.now());
      news.push(() => {
        clearTimeout(timer);
        done();
      });
    });
  }
}

class Browser {
  readonly ecdh: ECDH = createECDH("prime256v1");
  readonly auth = randomBytes(16).toString("base64url");
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    this.ecdh.generateKeys();
  }

  get endpoint(): string {
    return `https://${SERVICE}/${this.name}`;
  }

  async subscribe(cookie: string, locale: "fr" | "en" = "fr"): Promise<void> {
    const keys = { p256dh: this.ecdh.getPublicKey("base64url"), auth: this.auth };
    await post(
      `${server.url}/api/sites/demo/push/subscriptions`,
      { endpoint: this.endpoint, keys, locale },
      { cookie, origin: server.url },
    );
  }

  async test(cookie: string): Promise<boolean> {
    const headers = { cookie, origin: server.url };
    const body = { endpoint: this.endpoint };
    return (await post<{ sent: boolean }>(`${server.url}/api/sites/demo/push/test`, body, headers)).sent;
  }

  read({ body }: Pushed): Notice {
    const keys = { version: "aes128gcm", privateKey: this.ecdh, authSecret: this.auth } as const;
    return JSON.parse(decrypt(body, keys).toString("utf8")) as Notice;
  }

  ours = ({ path }: Pushed): boolean => path === `/${this.name}`;
}

type Frame = { type: string; conversation?: string };

/** An agent at the desk who does nothing by itself. */
async function atDesk(cookie: string) {
  const frames: Frame[] = [];
  let heard: (() => void)[] = [];
  const address = `${server.url.replace(/^http/, "ws")}/api/sites/demo/desk/socket`;
  // Node's WebSocket takes headers, which the DOM's type does not know of.
  const options = { headers: { cookie, origin: server.url } };
  const socket: WebSocket = Reflect.construct(WebSocket, [address, options]);
  socket.addEventListener("message", ({ data }) => {
    frames.push(JSON.parse(String(data)) as Frame);
    for (const tell of heard.splice(0)) tell();
  });
  const until = async (matches: (frame: Frame) => boolean): Promise<Frame> => {
    for (;;) {
      const found = frames.find(matches);
      if (found !== undefined) return found;
      await new Promise<void>((done) => heard.push(done));
    }
  };
  await until(({ type }) => type === "snapshot");
  socket.send(JSON.stringify({ type: "status", state: "online", capacity: 5 }));
  return {
    until,
    accept: (conversation: string) => socket.send(JSON.stringify({ type: "accept", conversation })),
    close: () => socket.close(),
  };
}

async function visitorSays(words: string): Promise<string> {
  const opened = await post<{ conversation: { id: string }; token: string; socket_url: string }>(
    `${server.url}/v1/conversations`,
    { writeKey: "demo", anonymousId: crypto.randomUUID() },
  );
  const visitor = new ChatClient("visitor");
  await visitor.connect(opened.socket_url, opened.token);
  visitor.send(words);
  await visitor.settle();
  visitor.close();
  return opened.conversation.id;
}

test("R-L13 R-L14 R-L15: an offer reaches the browser encrypted and signed, again after 20 s, and not once it is taken", async () => {
  const cookie = await signIn(server.url, "lea@demo.test");
  const browser = new Browser("lea-1");
  await browser.subscribe(cookie);
  const desk = await atDesk(cookie);
  const taken = await visitorSays("mon mot de passe est secret");
  await desk.until(({ type, conversation }) => type === "offered" && conversation === taken);
  const first = await pushThat(browser.ours);
  expect(browser.read(first)).toEqual({
    kind: "offer",
    site: "demo",
    conversation: taken,
    preview: null,
    locale: "fr",
  });
  expect(first.headers).toMatchObject({ "content-encoding": "aes128gcm", urgency: "high" });

  const { public_key } = (await (
    await fetch(`${server.url}/api/sites/demo/push/key`, { headers: { cookie } })
  ).json()) as { public_key: string };
  const [, token = "", shown = ""] =
    /^vapid t=([^,]+), ?k=(.+)$/i.exec(first.headers.authorization ?? "") ?? [];
  expect(shown.replace(/=+$/, "")).toBe(public_key);
  const point = Buffer.from(public_key, "base64url");
  const x = point.subarray(1, 33).toString("base64url");
  const y = point.subarray(33).toString("base64url");
  const key = await importJWK({ kty: "EC", crv: "P-256", x, y }, "ES256");
  await jwtVerify(token, key, { audience: `https://${SERVICE}` });

  desk.accept(taken);
  await desk.until(({ type, conversation }) => type === "assigned" && conversation === taken);
  const left = await visitorSays("encore une question");
  const isOf = (conversation: string) => (push: Pushed) =>
    browser.ours(push) && browser.read(push).conversation === conversation;
  const said = await pushThat(isOf(left));
  const again = await pushThat((push) => push !== said && isOf(left)(push));
  expect(browser.read(again)).toEqual(browser.read(said));
  // The one that was taken would have been said again before.
  expect(pushed.filter(isOf(taken))).toHaveLength(1);
  desk.close();
});

test("R-L17: a browser that its push service no longer knows is forgotten", async () => {
  const cookie = await signIn(server.url, "hugo@demo.test");
  const browser = new Browser("hugo-1");
  await browser.subscribe(cookie, "en");
  expect(await browser.test(cookie)).toBe(true);
  const [seen] = pushed.filter(browser.ours);
  if (seen === undefined) throw new Error("no push came");
  expect(browser.read(seen)).toEqual({ kind: "test", site: "demo", locale: "en" });
  answerWith = 410;
  expect(await browser.test(cookie)).toBe(false);
  answerWith = 201;
  expect(await browser.test(cookie)).toBe(false);
  expect(pushed.filter(browser.ours)).toHaveLength(2);
});

test("R-L17: with a login its browsers are forgotten, and nobody ends another's", async () => {
  const hugo = await signIn(server.url, "hugo@demo.test");
  const lea = await signIn(server.url, "lea@demo.test");
  const browser = new Browser("hugo-2");
  await browser.subscribe(hugo);
  const unsubscribe = (cookie: string) =>
    fetch(`${server.url}/api/sites/demo/push/subscriptions`, {
      method: "DELETE",
      headers: { cookie, origin: server.url, "content-type": "application/json" },
      body: JSON.stringify({ endpoint: browser.endpoint }),
    });
  expect((await unsubscribe(lea)).status).toBe(204);
  expect(await browser.test(lea)).toBe(false);
  expect(await browser.test(hugo)).toBe(true);
  expect((await unsubscribe(hugo)).status).toBe(204);
  expect(await browser.test(hugo)).toBe(false);

  await browser.subscribe(hugo);
  await fetch(`${server.url}/api/auth/sign-out`, {
    method: "POST",
    headers: { cookie: hugo, origin: server.url },
  });
  const back = await signIn(server.url, "hugo@demo.test");
  expect(await browser.test(back)).toBe(false);
});
