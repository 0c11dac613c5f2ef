/** A small client of both sockets, for tests: it opens them through the front door and validates every frame. */
import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import * as z from "zod/mini";
import { type ClientFrame, ServerFrame } from "../../domain/chat/wire.ts";
import { DeskServerFrame } from "../../domain/desk/wire.ts";

export const HOST = "http://aparte.test";

type Framed = { type: string };
type Of<F extends Framed, T extends F["type"]> = Extract<F, { type: T }>;

/** A socket whose incoming frames wait in order until a test asks for them. */
export class SocketClient<F extends Framed> {
  readonly socket: WebSocket;
  readonly frames: F[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly #schema: z.ZodMiniType<F>;
  #waiting: (() => void)[] = [];

  constructor(socket: WebSocket, schema: z.ZodMiniType<F>) {
    this.socket = socket;
    this.#schema = schema;
    socket.addEventListener("message", (event) => {
      const text = String(event.data);
      if (text !== "pong") this.frames.push(this.#schema.parse(JSON.parse(text)));
      this.#wake();
    });
    socket.addEventListener("close", (event) => {
      this.closed = { code: event.code, reason: event.reason };
      this.#wake();
    });
    socket.accept();
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  /** The next frame of `type`, in order; frames of other types before it are dropped. */
  async next<T extends F["type"]>(
    type: T,
    matches: (frame: Of<F, T>) => boolean = () => true,
  ): Promise<Of<F, T>> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame === undefined) {
        if (this.closed !== null) throw new Error(`closed ${this.closed.code} while waiting for ${type}`);
        await this.#news(type);
      } else if (frame.type === type && matches(frame as Of<F, T>)) return frame as Of<F, T>;
    }
  }

  /** The next frame, whatever it is. */
  async any(): Promise<F> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame !== undefined) return frame;
      if (this.closed !== null) throw new Error(`closed ${this.closed.code} while waiting for a frame`);
      await this.#news("a frame");
    }
  }

  /** Wait for a frame of `type` and leave all others, whenever they came, for later. */
  async find<T extends F["type"]>(
    type: T,
    matches: (frame: Of<F, T>) => boolean = () => true,
  ): Promise<Of<F, T>> {
    for (;;) {
      const index = this.frames.findIndex((frame) => frame.type === type && matches(frame as Of<F, T>));
      if (index >= 0) return this.frames.splice(index, 1)[0] as Of<F, T>;
      if (this.closed !== null) throw new Error(`closed ${this.closed.code} while waiting for ${type}`);
      await this.#news(type);
    }
  }

  /** The code with which the server closed. */
  async closeCode(): Promise<number> {
    while (this.closed === null) await this.#news("close");
    return this.closed.code;
  }

  /** Everything that has arrived, once the server has answered all that was sent before. */
  take(): F[] {
    return this.frames.splice(0);
  }

  #news(what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing came while waiting for ${what}`)), 8_000);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export class RoomClient extends SocketClient<z.infer<typeof ServerFrame>> {
  constructor(socket: WebSocket) {
    super(socket, ServerFrame);
  }

  send(frame: z.input<typeof ClientFrame>): void {
    this.sendText(JSON.stringify(frame));
  }

  hello(token: string, position: { epoch: string | null; after: number } = { epoch: null, after: 0 }): void {
    this.send({ type: "hello", v: 1, token, ...position });
  }

  /** Post `body` and wait for its ack. */
  async post(
    body: string,
    kind: "text" | "note" | "card" | "file" = "text",
    client_id: string = crypto.randomUUID(),
  ) {
    this.send({ type: "message", client_id, body, kind });
    return this.next("ack", (ack) => ack.client_id === client_id);
  }
}

export class DeskClient extends SocketClient<z.infer<typeof DeskServerFrame>> {
  constructor(socket: WebSocket) {
    super(socket, DeskServerFrame);
  }

  send(frame: Record<string, unknown>): void {
    this.sendText(JSON.stringify(frame));
  }
}

export function request(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new URL(path, HOST).href, init);
}

export function postJson(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return request(path, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });
}

export async function upgrade(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return request(path, { headers: { upgrade: "websocket", ...headers } });
}

async function socketOf(path: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const response = await upgrade(path, headers);
  expect(response.status).toBe(101);
  if (response.webSocket === null) throw new Error("no socket came with the answer");
  return response.webSocket;
}

export type Conversation = { id: string; token: string; visitor: string; site: string };

/** A new conversation of a new visitor at `site`. */
export async function openConversation(
  site: string,
  more: Record<string, unknown> = {},
): Promise<Conversation> {
  const visitor = typeof more["anonymousId"] === "string" ? more["anonymousId"] : crypto.randomUUID();
  const response = await postJson("/v1/conversations", { writeKey: site, anonymousId: visitor, ...more });
  expect(response.status).toBe(201);
  const { conversation, token } = await response.json<{ conversation: { id: string }; token: string }>();
  return { id: conversation.id, token, visitor, site };
}

/** A socket into the room, before any hello. */
export async function dialRoom(id: string, headers: Record<string, string> = {}): Promise<RoomClient> {
  return new RoomClient(await socketOf(`/v1/conversations/${id}/socket`, headers));
}

/** The visitor in the room, welcomed. */
export async function joinRoom({ id, token }: Conversation): Promise<RoomClient> {
  const client = await dialRoom(id);
  client.hello(token);
  await client.next("state");
  return client;
}

/** The agents' cookie and name at a site, as `signIn` gives them. */
export type Login = { cookie: string; id: string; name: string };

export async function ticketFor(login: Login, site: string, id: string): Promise<string> {
  const response = await postJson(`/api/sites/${site}/conversations/${id}/ticket`, "", {
    cookie: login.cookie,
    origin: HOST,
  });
  expect(response.status).toBe(201);
  const { ticket } = await response.json<{ ticket: string }>();
  return ticket;
}

/** The agent in the room, welcomed. */
export async function joinRoomAs(login: Login, { site, id }: Conversation): Promise<RoomClient> {
  const client = await dialRoom(id);
  client.hello(await ticketFor(login, site, id));
  await client.next("state");
  return client;
}

/** The agent's console, connected. */
export async function dialDesk(login: Login, site: string): Promise<DeskClient> {
  const headers = { cookie: login.cookie, origin: HOST };
  return new DeskClient(await socketOf(`/api/sites/${site}/desk/socket`, headers));
}

/** The agent's console, after its snapshot. */
export async function joinDesk(login: Login, site: string): Promise<DeskClient> {
  const client = await dialDesk(login, site);
  await client.find("snapshot");
  return client;
}
