/** partysocket as it is released: PartyKit's reconnecting client speaks with a room, loses its line, and resumes. */
import ReconnectingWebSocket from "partysocket/ws";
import { expect, test } from "vitest";
import { type ClientFrame, decode, ServerFrame } from "../../domain/chat/wire.ts";
import { post } from "../system/demo-api.ts";
import { url } from "../system/own-server.ts";

type Opened = { conversation: { id: string }; token: string; socket_url: string };

/** A visitor on partysocket: says hello at each opening, and keeps what it was told in order. */
class Visitor {
  readonly socket: ReconnectingWebSocket;
  readonly log: string[] = [];
  readonly acknowledged = new Set<string>();
  welcomes = 0;
  #epoch: string | null = null;
  #last = 0;

  constructor({ socket_url, token }: Opened) {
    this.socket = new ReconnectingWebSocket(socket_url, [], {
      minReconnectionDelay: 50,
      maxReconnectionDelay: 200,
    });
    this.socket.addEventListener("open", () => {
      this.send({ type: "hello", v: 1, token, epoch: this.#epoch, after: this.#last });
    });
    this.socket.addEventListener("message", ({ data }) => this.#take(String(data)));
  }

  send(frame: ClientFrame): void {
    this.socket.send(JSON.stringify(frame));
  }

  #take(data: string): void {
    const frame = decode(ServerFrame, data);
    if (frame === null) throw new Error(`not a frame of the contract: ${data}`);
    if (frame.type === "welcome") {
      this.welcomes += 1;
      this.#epoch = frame.epoch;
    }
    if (frame.type === "ack") this.acknowledged.add(frame.client_id);
    if (frame.type !== "message" && frame.type !== "event") return;
    expect(frame.seq).toBe(this.#last + 1);
    this.#last = frame.seq;
    if (frame.type === "message") this.log.push(frame.body);
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within 15 s: ${what}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

test("IN5: partysocket speaks with a room, reconnects after a cut, and misses nothing said meanwhile", async () => {
  const anonymousId = `partysocket-${crypto.randomUUID()}`;
  const opened = await post<Opened>(`${url}/v1/conversations`, { writeKey: "demo", anonymousId });
  const one = new Visitor(opened);
  const other = new Visitor(opened);
  await until(() => one.welcomes === 1 && other.welcomes === 1, "both welcomed");

  const first = crypto.randomUUID();
  one.send({ type: "message", client_id: first, body: "Bonjour", kind: "text" });
  await until(() => one.acknowledged.has(first) && other.log.length === 1, "the first message");

  one.socket.reconnect(4_000);
  const meanwhile = crypto.randomUUID();
  other.send({ type: "message", client_id: meanwhile, body: "Dit pendant la coupure", kind: "text" });
  await until(() => one.welcomes === 2 && one.log.length === 2, "the resumed log");
  expect(one.log).toEqual(["Bonjour", "Dit pendant la coupure"]);
  expect(other.log).toEqual(one.log);
  one.socket.close();
  other.socket.close();
});
