/**
 * The door of a room: what happens to a socket until it has said hello, and who may take which seat.
 *
 * The one timer of an object: a socket that has not said hello in 5 s is closed. While a hello is being checked, what
 * the same socket sends after it waits in order.
 */
import { ClientFrame, CLOSE, type Hello, HELLO_WITHIN_MS, PROTOCOL_VERSION } from "../domain/chat/wire.ts";
import type { RoomState } from "../domain/chat/state.ts";
import type { EpochMs } from "../domain/ids.ts";
import { refuse, type Seat, seatOfVisitor, type Socket } from "./chat-room-seats.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";
import { verifyConversationToken } from "./conversation-token.ts";
import { reportFault } from "./report-fault.ts";
import { sha256Hex } from "./sha256.ts";

/** More sockets of one sender than any number of tabs explains. */
export const MAX_SOCKETS = 20;

type Greet = (seat: Seat, hello: Hello, room: RoomState) => void;

export class ChatRoomDoor {
  readonly #secret: string;
  readonly #store: ChatRoomStore;
  readonly #turns = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(secret: string, store: ChatRoomStore) {
    this.#secret = secret;
    this.#store = store;
  }

  /** A socket is here and must say hello. */
  expect(socket: Socket): void {
    const timer = setTimeout(() => {
      this.#timers.delete(socket.id);
      socket.close(CLOSE.helloMissing, "no hello");
    }, HELLO_WITHIN_MS);
    this.#timers.set(socket.id, timer);
  }

  /** The socket has said hello, or is gone. */
  forget(socket: Socket): void {
    clearTimeout(this.#timers.get(socket.id));
    this.#timers.delete(socket.id);
  }

  /** Run `work` at once, or after what this socket sent before where that is still being checked. */
  inTurn(socket: Socket, work: () => Promise<void> | void): Promise<void> | void {
    const before = this.#turns.get(socket.id);
    if (before === undefined) return work();
    return this.#queue(socket, before.then(work));
  }

  /** A frame of a socket without a seat: hello, or the way out. `greet` is called once it may sit down. */
  firstFrame(
    socket: Socket,
    frame: ClientFrame | null,
    text: string,
    now: EpochMs,
    greet: Greet,
  ): Promise<void> | void {
    this.forget(socket);
    if (frame?.type === "hello") return this.#queue(socket, this.#hello(socket, frame, now, greet));
    // A hello that carries no readable token is answered once; anything else is not answered at all.
    if (/"type"\s*:\s*"hello"/.test(text)) return turnAway(socket);
    return socket.close(CLOSE.helloMissing, "the first frame is hello");
  }

  #queue(socket: Socket, work: Promise<void>): Promise<void> {
    const turn = work.catch((error: unknown) => {
      reportFault("error", "room", "hello", error);
      socket.close(CLOSE.goingAway, "try again");
    });
    this.#turns.set(socket.id, turn);
    return turn.finally(() => {
      if (this.#turns.get(socket.id) === turn) this.#turns.delete(socket.id);
    });
  }

  async #hello(socket: Socket, hello: Hello, now: EpochMs, greet: Greet): Promise<void> {
    const seat = await this.#seatFor(hello.token, now);
    const room = this.#store.room();
    if (seat === null || room === null) return turnAway(socket);
    if (hello.v !== PROTOCOL_VERSION) {
      refuse(socket, "version", `this room speaks version ${PROTOCOL_VERSION}; reload the page`);
      return socket.close(CLOSE.version, "version");
    }
    greet(seat, hello, room);
  }

  /** An agent by a ticket, which is used up by it; the visitor by the conversation's token. */
  async #seatFor(token: string, now: EpochMs): Promise<Seat | null> {
    const agent = this.#store.useTicket(await sha256Hex(token), now);
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

function turnAway(socket: Socket): void {
  refuse(socket, "unauthorized", "this token does not open this conversation");
  socket.close(CLOSE.unauthorized, "unauthorized");
}
