/**
 * A shop page with a strict policy, and an Aparté that says what a test wants it to say.
 *
 * The widget is the built one; the browser's requests and sockets are answered here, so a test can cut the line,
 * leave a hole in the log or close the shop at the moment it needs.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Page,
  Route,
  WebSocketRoute,
} from "playwright-core";
import type { ClientFrame, EventFrame, MessageFrame, ServerFrame } from "../../domain/chat/wire.ts";
import {
  ClientFrame as ClientFrameSchema,
  decode,
  ServerFrame as ServerFrameSchema,
} from "../../domain/chat/wire.ts";
import type { Decision } from "../../domain/targeting/decision.ts";
import { isoOf } from "../../domain/ids.ts";

const ORIGIN = "http://localhost:18500";
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self' ws://localhost:18500; img-src 'self' data:; " +
  "require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'";
const BUILT = "node_modules/.cache/aparte-build/widget.json";
const FIRST_AT = Date.UTC(2026, 10, 22, 13, 31);
const MINUTE_MS = 60_000;

export type Told = { name: string; properties: Record<string, unknown> };
export type Options = {
  context?: BrowserContextOptions;
  /** Instead of the strict policy. */
  policy?: string;
  /** Runs before anything of the page. */
  before?: string;
  /** The site's signed word on who the visitor is. */
  identityToken?: string;
  locale?: "fr" | "en";
  decision?: Decision | null;
  open?: boolean;
  availability?: "online" | "busy" | "closed";
  /** What the availability says besides its state. */
  standing?: Standing;
  body?: string;
};
type Standing = {
  actions?: string[];
  position?: number;
  wait_seconds?: number;
  opens_at?: string;
  articles?: { id: string; title: string }[];
};
type Entry = MessageFrame | EventFrame;
type PastTold = {
  id: string;
  token: string;
  at: string;
  agent: string | null;
  last: string;
  events: readonly Entry[];
};

/** The scripted room: one log, one epoch, and switches for what may go wrong. */
export class ScriptedRoom {
  readonly log: Entry[] = [];
  readonly heard: ClientFrame[] = [];
  readonly posted: { path: string; body: unknown }[] = [];
  readonly sockets = new Set<WebSocketRoute>();
  epoch = "epoch-1";
  status: "queued" | "open" | "closed" = "open";
  agent: { id: string; name: string } | null = { id: "usr_lea", name: "Léa" };
  availability: "online" | "busy" | "closed" = "online";
  standing: Standing = {};
  /** How often the availability was asked for. */
  asked = 0;
  /** What is answered to uploads of files, instead of taking them. */
  refuseFile: number | null = null;
  /** No conversation can begin: what is answered instead. */
  turnAway: (Standing & { state: string }) | null = null;
  /** Hold uploads back until it is called. */
  uploadGate: Promise<void> | null = null;
  /** What is over, as its visitor may read it; null where it cannot be asked for now. */
  past: PastTold[] | null = [];
  slots: string[] = [];
  /** The slot that somebody else took first. */
  takenSlot: string | null = null;
  /** What became of the place that was kept for the invitation; null where none was. */
  place: { held: boolean; state: string; wait_seconds: number | null } | null = null;
  /** Sockets are refused. */
  down = false;
  /** Messages get no answer. */
  mute = false;

  event(name: string, more: Record<string, unknown> = {}): EventFrame {
    const frame: EventFrame = { type: "event", ...this.#place(), name, ...more };
    this.#add(frame);
    return frame;
  }

  say(body: string, more: Partial<Pick<MessageFrame, "kind" | "html">> = {}): MessageFrame {
    const from = { role: "agent" as const, id: "usr_lea", name: "Léa" };
    const frame: MessageFrame = {
      type: "message",
      ...this.#place(),
      from,
      kind: "text",
      body,
      client_id: null,
      ...more,
    };
    this.#add(frame);
    return frame;
  }

  /** Put an event in the log that no socket hears of: the next one will show the hole. */
  sayUnheard(body: string): void {
    const heard = [...this.sockets];
    this.sockets.clear();
    this.say(body);
    for (const socket of heard) this.sockets.add(socket);
  }

  send(frame: ServerFrame): void {
    const text = JSON.stringify(frame);
    if (decode(ServerFrameSchema, text) === null) throw new Error(`not a frame: ${text}`);
    for (const socket of this.sockets) socket.send(text);
  }

  /** Close every socket with `code` and refuse new ones until `down` is false again. */
  async cut(code = 1_012): Promise<void> {
    this.down = true;
    await Promise.all([...this.sockets].map((socket) => socket.close({ code })));
    this.sockets.clear();
  }

  connect(socket: WebSocketRoute): void {
    if (this.down) {
      socket.close({ code: 1_013 }).catch((failure: unknown) => console.error(failure));
      return;
    }
    socket.onMessage((data) => {
      if (data === "ping") return socket.send("pong");
      const frame = decode(ClientFrameSchema, String(data));
      if (frame === null) throw new Error(`the widget sent what is no frame: ${String(data)}`);
      this.heard.push(frame);
      this.#answer(socket, frame);
    });
    socket.onClose(() => void this.sockets.delete(socket));
  }

  #answer(socket: WebSocketRoute, frame: ClientFrame): void {
    const tell = (answer: ServerFrame) => socket.send(JSON.stringify(answer));
    switch (frame.type) {
      case "hello": {
        const { epoch, status } = this;
        const conversation = { id: "cnv_demo_1_1", status, created_at: isoOf(FIRST_AT), agent: this.agent };
        tell({ type: "welcome", v: 1, epoch, head: this.log.length, conversation, participants: [] });
        const after = frame.epoch === epoch ? frame.after : 0;
        if (frame.epoch !== null && frame.epoch !== epoch) {
          tell({ type: "reset", epoch, head: this.log.length, from: 1 });
        }
        for (const one of this.log.slice(after)) tell(one);
        this.sockets.add(socket);
        return;
      }
      case "message": {
        if (this.mute) return;
        const { client_id, body, kind } = frame;
        const known = this.log.find((one) => one["client_id"] === client_id);
        if (known) return tell({ type: "ack", client_id, seq: known.seq, at: known.at });
        const from = { role: "visitor" as const, id: "vis", name: null };
        const place = this.#place();
        tell({ type: "ack", client_id, ...place });
        this.#add({ type: "message", ...place, from, kind, body, client_id });
        return;
      }
      case "range": {
        for (const one of this.log.slice(frame.from - 1, frame.to)) tell(one);
        const head = this.log.length;
        if (frame.to > head) {
          tell({ type: "state", status: this.status, position: null, wait_seconds: null, head });
        }
        return;
      }
      case "close":
        this.status = "closed";
        this.event("closed", { reason: "visitor" });
        return;
      default:
    }
  }

  #place(): { seq: number; at: string } {
    return { seq: this.log.length + 1, at: isoOf(FIRST_AT + this.log.length * MINUTE_MS) };
  }

  #add(frame: Entry): void {
    this.log.push(frame);
    this.send(frame);
  }
}

export type Site = { page: Page; room: ScriptedRoom; context: BrowserContext; told: () => Promise<Told[]> };

/** Open the shop in a browser of its own with the widget mounted on it. */
export async function visit(
  browser: Browser,
  options: Options = {},
  room = new ScriptedRoom(),
): Promise<Site> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, ...options.context });
  const page = await openTab(context, options, room);
  const told = () => page.evaluate(() => (globalThis as unknown as { told: Told[] }).told);
  return { page, room, context, told };
}

/** One more tab of the same visitor. */
export async function openTab(context: BrowserContext, options: Options, room: ScriptedRoom): Promise<Page> {
  room.availability = options.availability ?? room.availability;
  room.standing = options.standing ?? room.standing;
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  if (options.before) await page.addInitScript(options.before);
  page.on("pageerror", (error) => console.error("page:", error));
  await page.routeWebSocket(/\/socket$/, (socket) => room.connect(socket));
  await page.route(`${ORIGIN}/**`, async (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    const json = (status: number, body: unknown) => route.fulfill({ status, json: body });
    if (/^\/v1\/(?:conversations|messages)\/[^/]+\/files$/.test(pathname)) return takeFile(route, room);
    if (request.method() === "POST") room.posted.push({ path: pathname, body: request.postDataJSON() });
    if (pathname === "/v1/availability") {
      room.asked += 1;
      const site = { name: "Atelier Lin", locale: "fr", currency: "EUR", timezone: "Europe/Paris" };
      return json(200, { state: room.availability, wait_seconds: null, site, ...room.standing });
    }
    if (pathname.endsWith("/url")) {
      return json(200, { url: `${ORIGIN}/v1/files/signed`, expires_at: isoOf(Date.now()) });
    }
    if (pathname === "/v1/files/signed") {
      const headers = { "content-disposition": 'attachment; filename="guide.pdf"' };
      return route.fulfill({ contentType: "application/pdf", headers, body: "%PDF-1.4" });
    }
    if (pathname.startsWith("/v1/callbacks")) return answerCall(route, room);
    if (pathname.startsWith("/v1/articles")) return answerArticles(route);
    if (pathname === "/v1/conversations/past") {
      if (room.past === null) return route.abort();
      return json(200, { items: room.past.map(({ events: _events, ...item }) => item) });
    }
    const past = room.past?.find(({ id }) => pathname === `/v1/conversations/${id}/messages`);
    if (past && request.method() === "GET") {
      return json(200, { epoch: "e", head: past.events.length, status: "closed", events: past.events });
    }
    if (pathname === "/v1/conversations" && room.turnAway) {
      const error = { code: "unavailable", message: "no conversation can begin now" };
      return json(409, { error, availability: room.turnAway });
    }
    if (pathname === "/v1/conversations") {
      const conversation = { id: "cnv_demo_1_1", status: room.status };
      const socket_url = "ws://localhost:18500/v1/conversations/cnv_demo_1_1/socket";
      return json(201, {
        conversation,
        token: "token-1",
        socket_url,
        ...(room.place && { place: room.place }),
      });
    }
    if (pathname === "/v1/messages") return json(201, { id: "msg_7K4Q" });
    if (pathname.endsWith("/survey")) return json(200, { ok: true });
    if (pathname === "/page.js")
      return route.fulfill({ contentType: "text/javascript", body: pageScript(options) });
    const file = join("dist", pathname);
    if (pathname.startsWith("/w/") && existsSync(file)) {
      return route.fulfill({ contentType: "text/javascript", body: readFileSync(file) });
    }
    const headers = { "content-security-policy": options.policy ?? POLICY };
    return route.fulfill({ contentType: "text/html", headers, body: pageHtml(options) });
  });
  await page.goto(`${ORIGIN}/shop/cart`);
  await page.waitForFunction(() => "widget" in globalThis);
  return page;
}

async function takeFile(route: Route, room: ScriptedRoom): Promise<void> {
  const request = route.request();
  const name = decodeURIComponent((await request.headerValue("x-file-name")) ?? "");
  const bytes = request.postDataBuffer()?.length ?? 0;
  room.posted.push({ path: new URL(request.url()).pathname, body: { name, bytes } });
  await room.uploadGate;
  if (room.refuseFile !== null) {
    const error = { code: "unsupported_type", message: "send one of these" };
    return route.fulfill({ status: room.refuseFile, json: { error } });
  }
  const file = { id: `fil_${room.posted.length}`, name, type: "text/plain", bytes };
  return route.fulfill({ status: 201, json: { file } });
}

function answerCall(route: Route, room: ScriptedRoom): Promise<void> {
  const request = route.request();
  const { pathname } = new URL(request.url());
  const timezone = "Europe/Paris";
  if (request.method() === "GET") {
    const slots = room.slots.map((at) => ({ at, ends_at: at }));
    return route.fulfill({ json: { slots, timezone, country: "FR" } });
  }
  const { slot = room.slots[0], phone = "" } = request.postDataJSON() as { slot?: string; phone?: string };
  const refuse = (status: number, code: string, path: string) =>
    route.fulfill({ status, json: { error: { code, message: "no", path } } });
  if (slot === room.takenSlot) return refuse(409, "conflict", "slot");
  if (pathname === "/v1/callbacks" && phone.length < 8) return refuse(400, "invalid", "phone");
  const status = pathname.endsWith("/cancel") ? "cancelled" : "booked";
  const callback = { id: "cal_1", reference: "RAP-4", slot, ends_at: slot, status, phone: "06 12 ·· ·· 47" };
  const ics = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
  return route.fulfill({ status: 201, json: { callback, token: "call-token", timezone, ics } });
}

const ARTICLES = [
  { id: "art_1", title: "Comment mesurer sa poitrine", excerpt: "Avec un mètre ruban.", tags: [] },
  { id: "art_2", title: "Échanger une taille", excerpt: "Sous 30 jours.", tags: [] },
];

function answerArticles(route: Route): Promise<void> {
  const { pathname, searchParams } = new URL(route.request().url());
  if (pathname === "/v1/articles") {
    const query = searchParams.get("q")?.toLowerCase() ?? "";
    return route.fulfill({
      json: { items: ARTICLES.filter(({ title }) => title.toLowerCase().includes(query)) },
    });
  }
  const found = ARTICLES.find(({ id }) => pathname.endsWith(id));
  const body = "Avec un mètre ruban.\n<img src=x onerror=alert(1)> https://a.example/guide";
  return route.fulfill({ json: { ...found, body, locale: "fr" } });
}

function pageHtml({ locale = "fr", body = "" }: Options): string {
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><title>Mon panier</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><script type="module" src="/page.js"></script></head>
<body><main><h1>Mon panier</h1><p>3 articles</p><button id="theirs">Autre bouton</button>${body}</main></body></html>`;
}

function pageScript({ decision = null, open = false, identityToken }: Options): string {
  const { entry } = JSON.parse(readFileSync(BUILT, "utf8")) as { entry: string };
  return `import { mount } from ${JSON.stringify(entry)};
globalThis.told = []; globalThis.heard = []; globalThis.violations = [];
globalThis.identity = ${JSON.stringify(identityToken ?? null)};
document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective + " " + event.blockedURI));
globalThis.widget = mount({
  host: location.origin, key: "demo", visitor: () => "anon-1", viewId: () => "view-1", identityToken: () => globalThis.identity ?? null,
  send: (name, properties) => told.push({ name, properties }), on: (name) => heard.push(name),
});
const decision = ${JSON.stringify(decision)};
if (decision) widget.show(decision);
if (${open}) widget.open();`;
}

/** A decision as the server words it for the cart page. */
export function decisionOf(more: Partial<Decision> = {}): Decision {
  const title = "Une hésitation sur les tailles ?";
  const text = "Deux M et un L dans votre panier : je vérifie les coupes avec vous, en deux minutes.";
  return {
    id: "dec_1",
    kind: "chat",
    campaign: "cmp_1",
    variant: "a",
    creative: { title, text, agent: { name: "Léa Martin" } },
    expires_at: isoOf(Date.now() + 10 * MINUTE_MS),
    ...more,
  };
}
