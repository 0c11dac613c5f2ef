/**
 * A line that can be cut: a TCP proxy before a server that knows where WebSocket frames begin, so that a connection can be
 * cut on a certain frame, slowed down, or cut together with all others.
 */
import { createServer, type Server, Socket } from "node:net";
import { pause } from "./experiment.ts";

export type Line = {
  /** Cut both ends with a reset, as a broken network does. */
  cut(): void;
  /** The code with which the server closed, as soon as it has said so; null until then. */
  readonly closedWith: number | null;
};

export type Rules = {
  /** Look at a text frame of the server before the client gets it; true cuts the line instead. */
  cutAt?: (text: string, line: Line) => boolean;
  /** Hand on at most so many bytes a second; what is on its way meanwhile, up to `AHEAD_BYTES`, the line holds. */
  bytesASecond?: number;
};

const TICK_MS = 100;
const TEXT = 1;
const CLOSE = 8;
const AHEAD_BYTES = 512 * 1_024;

export class Proxy {
  readonly lines = new Set<Line>();
  rules: Rules;
  readonly #server: Server;
  readonly #port: number;

  private constructor(server: Server, port: number, rules: Rules) {
    this.#server = server;
    this.#port = port;
    this.rules = rules;
  }

  /** Listen on a port of its own, before the server at `target`. */
  static async before(target: string, rules: Rules = {}): Promise<Proxy> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    await new Promise<void>((done, fail) => {
      server.once("error", fail).listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, done);
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    const proxy = new Proxy(server, address.port, rules);
    server.on("connection", (client) => {
      const upstream = new Socket().connect({ port: Number(port), host: hostname });
      const line = carry(client, upstream, () => proxy.rules);
      proxy.lines.add(line);
      client.once("close", () => proxy.lines.delete(line));
    });
    return proxy;
  }

  /** `url` by way of this line. */
  by(url: string): string {
    const changed = new URL(url);
    changed.host = `127.0.0.1:${this.#port}`;
    return changed.href;
  }

  /** Cut every line at once; answers how many there were. */
  cutAll(): number {
    const lines = [...this.lines];
    for (const line of lines) line.cut();
    return lines.length;
  }

  /** The code with which the server closes one of its lines, as soon as it does; null where it does not in time. */
  async closed(withinMs: number): Promise<number | null> {
    const until = performance.now() + withinMs;
    while (performance.now() < until) {
      for (const { closedWith } of this.lines) if (closedWith !== null) return closedWith;
      await pause(TICK_MS / 2);
    }
    return null;
  }

  close(): Promise<void> {
    this.cutAll();
    return new Promise((done) => this.#server.close(() => done()));
  }
}

function carry(client: Socket, upstream: Socket, rules: () => Rules): Line {
  let closedWith: number | null = null;
  let asked = false;
  let answered = false;
  let unread: Buffer = Buffer.alloc(0);
  const line: Line = {
    get closedWith() {
      return closedWith;
    },
    cut() {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    },
  };
  client.setNoDelay(true);
  upstream.setNoDelay(true);
  for (const end of [client, upstream]) end.on("error", () => line.cut());
  client.once("close", () => upstream.destroy());
  upstream.once("close", () => client.end());
  client.on("data", (chunk: Buffer) => {
    upstream.write(asked ? chunk : plain(chunk));
    asked = true;
  });
  const give = delivery(client, upstream, rules);
  upstream.on("data", (chunk: Buffer) => {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    if (!answered) {
      const end = unread.indexOf("\r\n\r\n");
      if (end < 0) return;
      answered = true;
      give(unread.subarray(0, end + 4));
      unread = unread.subarray(end + 4);
    }
    for (let frame = firstFrame(unread); frame !== null; frame = firstFrame(unread)) {
      if (frame.text !== null && rules().cutAt?.(frame.text, line) === true) return line.cut();
      closedWith ??= frame.closes;
      give(unread.subarray(0, frame.length));
      unread = unread.subarray(frame.length);
    }
  });
  return line;
}

/** How bytes get to the client: at once, or so many a second while the server is made to wait. */
function delivery(client: Socket, upstream: Socket, rules: () => Rules): (bytes: Buffer) => void {
  const waiting: Buffer[] = [];
  let held = 0;
  let timer: NodeJS.Timeout | null = null;
  const write = (bytes: Buffer) => {
    if (!client.destroyed) client.write(bytes);
  };
  const tick = () => {
    let budget = ((rules().bytesASecond ?? Infinity) * TICK_MS) / 1_000;
    while (budget > 0) {
      const [first] = waiting;
      if (first === undefined) break;
      const some = first.subarray(0, Math.min(first.length, Math.ceil(budget)));
      write(some);
      budget -= some.length;
      held -= some.length;
      if (some.length === first.length) waiting.shift();
      else waiting[0] = first.subarray(some.length);
    }
    if (held < AHEAD_BYTES) upstream.resume();
  };
  client.once("close", () => {
    if (timer !== null) clearInterval(timer);
  });
  return (bytes) => {
    if (rules().bytesASecond === undefined) return write(bytes);
    waiting.push(bytes);
    held += bytes.length;
    if (held > AHEAD_BYTES) upstream.pause();
    timer ??= setInterval(tick, TICK_MS);
  };
}

/** The request without the client's offer to compress: frames stay readable. */
function plain(request: Buffer): Buffer {
  return Buffer.from(request.toString("latin1").replace(/^sec-websocket-extensions:.*\r\n/im, ""), "latin1");
}

type Frame = { length: number; text: string | null; closes: number | null };

/** The first whole frame of a server in `bytes`: its length, what it says where it is text, its code where it closes. */
function firstFrame(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null;
  const short = bytes.readUInt8(1) & 0x7f;
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < head) return null;
  const size =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const length = head + size;
  if (bytes.length < length) return null;
  const kind = bytes.readUInt8(0) & 0x0f;
  return {
    length,
    text: kind === TEXT ? bytes.toString("utf8", head, length) : null,
    closes: kind === CLOSE && size >= 2 ? bytes.readUInt16BE(head) : null,
  };
}
