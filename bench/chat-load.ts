/**
 * The client of the chat's benchmark: sockets that say hello, send messages of their own, each after earlier ones were
 * acknowledged, and count what they are told. The same for every server, and light: Node's own WebSocket would take more
 * of the machine than the servers do, and hide what lies between them.
 *
 * Shapes  a message is acknowledged by `ack`, or by the sender's own message where a server knows no `ack`.
 * Units   milliseconds.
 * Errors  a socket that closes, or an `error` frame, ends the run with its words.
 */
import { WebSocket } from "ws";
import type { Seat } from "./chat-rooms.ts";

export type Round = {
  messages: number;
  deliveries: number;
  elapsedMs: number;
  cpuMs: number;
  waitsMs: number[];
};

const BODY = "Bonjour, la chemise Oxford taille-t-elle grand ? Je fais du 40 d'habitude.";
const AT_ONCE = 16;
const ACK = /^\{"type":"ack","client_id":"([0-9a-f-]{36})"/;
const MESSAGE = '{"type":"message"';

export class Chatter {
  readonly #socket: WebSocket;
  readonly #sentAt = new Map<string, number>();
  readonly #arrived: () => void;
  deliveries = 0;
  waitsMs: number[] = [];
  #left = 0;
  #window = 1;
  #knowsAck = false;

  private constructor(socket: WebSocket, arrived: () => void) {
    this.#socket = socket;
    this.#arrived = arrived;
  }

  /** Sit down at `seat`; resolves once welcomed. `arrived` is called with each frame. */
  static async sit(seat: Seat, arrived: () => void): Promise<Chatter> {
    const hello = await seat.hello();
    const socket = new WebSocket(seat.url, { perMessageDeflate: false, skipUTF8Validation: true });
    const chatter = new Chatter(socket, arrived);
    await new Promise<void>((done, fail) => {
      socket.once("open", () => socket.send(hello));
      socket.once("error", () => fail(new Error(`no socket at ${seat.url}`)));
      socket.on("close", (code, reason) => fail(new Error(`closed: ${code} ${reason}`)));
      socket.on("message", (data: Buffer) => {
        const text = data.toString("latin1");
        if (text.startsWith('{"type":"welcome"')) {
          chatter.#knowsAck = text.includes('"epoch"');
          done();
        } else chatter.#take(text);
      });
    });
    return chatter;
  }

  /** Begin to send `messages`, at most `window` of them on their way. */
  begin(messages: number, window: number): void {
    this.#left = messages;
    this.#window = window;
    this.#pump();
  }

  get isDone(): boolean {
    return this.#left === 0 && this.#sentAt.size === 0;
  }

  leave(): void {
    this.#socket.close();
  }

  #pump(): void {
    while (this.#left > 0 && this.#sentAt.size < this.#window) {
      this.#left -= 1;
      const id = crypto.randomUUID();
      this.#sentAt.set(id, performance.now());
      this.#socket.send(JSON.stringify({ type: "message", client_id: id, body: BODY, kind: "text" }));
    }
  }

  #take(text: string): void {
    if (text.startsWith(MESSAGE)) {
      this.deliveries += 1;
      if (!this.#knowsAck) this.#acknowledged(/"client_id":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? "");
    } else {
      const acked = ACK.exec(text)?.[1];
      if (acked !== undefined) this.#acknowledged(acked);
      else if (text.startsWith('{"type":"error"')) throw new Error(text);
    }
    this.#arrived();
  }

  #acknowledged(id: string): void {
    const sentAt = this.#sentAt.get(id);
    if (sentAt === undefined) return;
    this.#sentAt.delete(id);
    this.waitsMs.push(performance.now() - sentAt);
    this.#pump();
  }
}

export class Crowd {
  readonly #chatters: Chatter[];
  readonly #cpuMs: () => number;
  #check: (() => void) | null = null;

  private constructor(chatters: Chatter[], cpuMs: () => number) {
    this.#chatters = chatters;
    this.#cpuMs = cpuMs;
  }

  /** Everybody of `rooms` at their seats, in order. */
  static async gather(rooms: readonly Seat[][], cpuMs: () => number): Promise<Crowd> {
    const crowd = new Crowd([], cpuMs);
    for (const seats of rooms) {
      for (let first = 0; first < seats.length; first += AT_ONCE) {
        const some = seats.slice(first, first + AT_ONCE);
        crowd.#chatters.push(
          ...(await Promise.all(some.map((seat) => Chatter.sit(seat, () => crowd.#check?.())))),
        );
      }
    }
    return crowd;
  }

  /**
   * The first `senders` of each room's `seats` send `messages` each. Ends once all are acknowledged and everybody of the
   * room has been told of each.
   */
  async talk(
    seats: number,
    { senders, messages, window }: { senders: number; messages: number; window: number },
  ): Promise<Round> {
    const talking = this.#chatters.filter((_, index) => index % seats < senders);
    const total = talking.length * messages;
    const expected = total * seats;
    for (const chatter of this.#chatters) [chatter.deliveries, chatter.waitsMs] = [0, []];
    let told = 0;
    const cpuBefore = this.#cpuMs();
    const begun = performance.now();
    await new Promise<void>((done) => {
      this.#check = () => {
        told += 1;
        // Every acknowledgement and delivery comes through here; only the last ones are worth counting up for.
        if (told < expected) return;
        if (this.#deliveries() === expected && talking.every((each) => each.isDone)) done();
      };
      for (const chatter of talking) chatter.begin(messages, window);
    });
    const elapsedMs = performance.now() - begun;
    return {
      messages: total,
      deliveries: expected,
      elapsedMs,
      cpuMs: this.#cpuMs() - cpuBefore,
      waitsMs: talking.flatMap(({ waitsMs }) => waitsMs),
    };
  }

  leave(): void {
    for (const chatter of this.#chatters) chatter.leave();
  }

  #deliveries(): number {
    return this.#chatters.reduce((sum, { deliveries }) => sum + deliveries, 0);
  }
}
