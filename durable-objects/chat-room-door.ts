/**
 * The door of a room: how many may come, what happens to a socket until it has said hello, and who may take which seat.
 *
 * The one timer of an object: a socket that has not said hello in 5 s is closed. While a hello is being checked, what
 * the same socket sends after it waits in order.
 */
import { countFrame, EMPTY_METER, type Meter } from "../domain/chat/limits.ts";
import type { RoomState } from "../domain/chat/state.ts";
import {
  type ClientFrame,
  CLOSE,
  type Hello,
  HELLO_WITHIN_MS,
  PROTOCOL_VERSION,
  SPOKEN_VERSIONS,
} from "../domain/chat/wire.ts";
import type { EpochMs } from "../domain/ids.ts";
import type { Client, Seat } from "./chat-room-client.ts";
import { seatOfVisitor } from "./chat-room-seats.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";
import { verifyConversationToken } from "./conversation-token.ts";
import { reportFault } from "./report-fault.ts";
import { sha256Hex } from "./sha256.ts";

/** What may wait unanswered while a hello is being checked: more is refused, far more ends the socket. */
export const MAX_WAITING = 20;
const MOST_WAITING = 200;
/** Addresses whose sockets are counted; beyond it all are counted anew. */
const MAX_ADDRESSES = 1_000;

/** What the Worker says of a socket's address and of what its site allows. */
export function limitsOf({ headers }: Request): {
  address: string;
  socketsPerMinute: number;
  socketsPerVisitor: number;
} {
  return {
    address: headers.get("x-aparte-address") ?? "",
    socketsPerMinute: Number(headers.get("x-aparte-sockets-minute") ?? 30),
    socketsPerVisitor: Number(headers.get("x-aparte-sockets-visitor") ?? 5),
  };
}

type Greet = (seat: Seat, hello: Hello, room: RoomState) => void;

export class ChatRoomDoor {
  readonly #secret: string;
  readonly #store: ChatRoomStore;
  readonly #timers = new Map<Client, ReturnType<typeof setTimeout>>();
  readonly #addresses = new Map<string, Meter>();

  constructor(secret: string, store: ChatRoomStore) {
    this.#secret = secret;
    this.#store = store;
  }

  /**
   * Whether one more socket may come from `address`, which may open `most` in a minute. Counted in memory: who opens
   * sockets keeps the object in it.
   */
  admits(address: string, most: number, now: EpochMs): boolean {
    if (this.#addresses.size > MAX_ADDRESSES) this.#addresses.clear();
    const { meter, verdict } = countFrame(this.#addresses.get(address) ?? EMPTY_METER, now, most);
    this.#addresses.set(address, meter);
    return verdict === "accept";
  }

  /** A socket is here and must say hello. */
  expect(client: Client): void {
    const timer = setTimeout(() => {
      this.#timers.delete(client);
      client.close(CLOSE.helloMissing, "no hello");
    }, HELLO_WITHIN_MS);
    this.#timers.set(client, timer);
  }

  /** The socket has said hello, or is gone. */
  forget(client: Client): void {
    clearTimeout(this.#timers.get(client));
    this.#timers.delete(client);
  }

  /** Do `work` once the hello that `client` is being checked for is answered; or `refuse`, where too much waits. */
  afterHello(client: Client, hello: Promise<void>, work: () => void, refuse: () => void): Promise<void> {
    client.waiting += 1;
    if (client.waiting > MOST_WAITING) client.close(CLOSE.tooManyFrames, "too many frames");
    if (client.waiting > MOST_WAITING) return hello;
    const isTooMuch = client.waiting > MAX_WAITING;
    return this.#queue(client, hello.then(isTooMuch ? refuse : work));
  }

  /** A frame of a socket without a seat: hello, or the way out. `greet` is called once it may sit down. */
  firstFrame(
    client: Client,
    frame: ClientFrame | null,
    text: string,
    now: EpochMs,
    greet: Greet,
  ): Promise<void> | void {
    this.forget(client);
    if (frame?.type === "hello") return this.#queue(client, this.#hello(client, frame, now, greet));
    // A hello that carries no readable token is answered once; anything else is not answered at all.
    if (/"type"\s*:\s*"hello"/.test(text)) return turnAway(client);
    return client.close(CLOSE.helloMissing, "the first frame is hello");
  }

  #queue(client: Client, work: Promise<void>): Promise<void> {
    const turn = work.catch((error: unknown) => {
      reportFault("error", "room", "hello", error);
      client.close(CLOSE.goingAway, "try again");
    });
    client.turn = turn;
    return turn.finally(() => {
      if (client.turn !== turn) return;
      client.turn = null;
      client.waiting = 0;
    });
  }

  async #hello(client: Client, hello: Hello, now: EpochMs, greet: Greet): Promise<void> {
    const seat = await this.#seatFor(hello.token, now);
    const room = this.#store.room();
    if (seat === null || room === null) return turnAway(client);
    if (!SPOKEN_VERSIONS.includes(hello.v)) {
      client.refuse("version", `this room speaks version ${PROTOCOL_VERSION}; reload the page`);
      return client.close(CLOSE.version, "version");
    }
    greet(seat, hello, room);
  }

  /** An agent by a ticket, which is used up by it; the visitor by the conversation's token. */
  async #seatFor(token: string, now: EpochMs): Promise<Seat | null> {
    const agent = this.#store.tickets.use(await sha256Hex(token), now);
    if (agent !== null) return { role: "agent", ...agent };
    const claims = await verifyConversationToken(this.#secret, token, now);
    const room = this.#store.room();
    if (claims === null || room === null) return null;
    const matches =
      claims.conversation === room.conversation &&
      claims.site === room.site &&
      claims.visitor === room.visitor;
    return matches ? seatOfVisitor(room) : null;
  }
}

function turnAway(client: Client): void {
  client.refuse("unauthorized", "this token does not open this conversation");
  client.close(CLOSE.unauthorized, "unauthorized");
}
