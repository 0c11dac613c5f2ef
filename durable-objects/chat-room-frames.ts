/** What a room does with each frame of a socket: the hello, then everything that may be said from a seat. */
import type { WSMessage } from "partyserver";
import { EMPTY_METER, frameBytes } from "../domain/chat/limits.ts";
import { publicStatus, rangePlan, render, resumePlan } from "../domain/chat/room.ts";
import { afterClose, type RoomState } from "../domain/chat/state.ts";
import {
  ClientFrame,
  CLOSE,
  decode,
  type Hello,
  MAX_FRAME_BYTES,
  PROTOCOL_VERSION,
} from "../domain/chat/wire.ts";
import { type EpochMs, isoOf } from "../domain/ids.ts";
import { type ChatRoomDoor, MAX_SOCKETS } from "./chat-room-door.ts";
import type { ChatRoomPresence } from "./chat-room-presence.ts";
import {
  authorOf,
  type ChatRoomSeats,
  refuse,
  type Seat,
  seatOfVisitor,
  send,
  type Socket,
} from "./chat-room-seats.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";
import type { ChatRoomTurns } from "./chat-room-turns.ts";

type Parts = {
  store: ChatRoomStore;
  door: ChatRoomDoor;
  seats: ChatRoomSeats;
  presence: ChatRoomPresence;
  turns: ChatRoomTurns;
};

export class ChatRoomFrames {
  readonly #store: ChatRoomStore;
  readonly #door: ChatRoomDoor;
  readonly #seats: ChatRoomSeats;
  readonly #presence: ChatRoomPresence;
  readonly #turns: ChatRoomTurns;

  constructor({ store, door, seats, presence, turns }: Parts) {
    this.#store = store;
    this.#door = door;
    this.#seats = seats;
    this.#presence = presence;
    this.#turns = turns;
  }

  /** One frame of `socket`, within the limits of size and pace. */
  receive(socket: Socket, frame: WSMessage, now: EpochMs): Promise<void> | void {
    const verdict = this.#seats.meter(socket, now);
    const seat = socket.state?.seat ?? null;
    if (verdict === "close") return socket.close(CLOSE.tooManyFrames, "too many frames");
    if (frameBytes(frame) > MAX_FRAME_BYTES) {
      if (seat === null) return socket.close(CLOSE.helloMissing, "the first frame is hello");
      refuse(socket, "too_large", "a frame may have 64 KB");
      return socket.close(CLOSE.tooLarge, "frame too large");
    }
    const text = typeof frame === "string" ? frame : "";
    const message = decode(ClientFrame, text);
    if (seat === null) {
      return this.#door.firstFrame(socket, message, text, now, (taken, hello, room) =>
        this.#greet(socket, taken, hello, room, now),
      );
    }
    if (verdict === "refuse") {
      const clientId = message?.type === "message" ? message.client_id : null;
      return refuse(socket, "rate_limited", "at most 120 frames a minute; slow down", clientId);
    }
    if (message === null) return refuse(socket, "bad_frame", "this is no frame of the protocol");
    return this.#heed(socket, seat, message, now);
  }

  /** In one turn: take the seat and read the log, so that no event falls between. */
  #greet(socket: Socket, seat: Seat, hello: Hello, room: RoomState, now: EpochMs): void {
    if (this.#seats.countOf(seat) >= MAX_SOCKETS) {
      refuse(socket, "rate_limited", "this conversation is open in too many places");
      return socket.close(CLOSE.tooManyFrames, "too many sockets");
    }
    this.#presence.arrived(seat, room, now);
    // The hello is not counted: a minute's frames are those that are said from the seat.
    socket.setState({ seat, meter: EMPTY_METER, heardAt: now });
    this.#welcome(socket, seat, hello, room);
    send(socket, this.#turns.stateFrame(room));
    this.#turns.askPlace(room);
    this.#turns.wake(now);
  }

  /** Who is here, and every event that the reader has missed, or the newest where that cannot be told. */
  #welcome(socket: Socket, seat: Seat, hello: Hello, room: RoomState): void {
    const { head } = this.#store.head();
    const { epoch, status, agent, agents, conversation: id } = room;
    send(socket, {
      type: "welcome",
      v: PROTOCOL_VERSION,
      epoch,
      head,
      conversation: { id, status: publicStatus(status), created_at: isoOf(room.createdAt), agent },
      participants: [
        authorOf(seatOfVisitor(room)),
        ...agents.map((each) => ({ role: "agent" as const, ...each })),
      ],
    });
    const plan = resumePlan({ epoch, head }, hello);
    if (plan.kind === "reset") send(socket, { type: "reset", epoch, head, from: plan.from });
    this.#replay(socket, seat, plan.from, head);
  }

  #heed(socket: Socket, seat: Seat, frame: ClientFrame, now: EpochMs): void {
    const room = this.#store.room();
    if (room === null) return refuse(socket, "not_found", "there is no such conversation");
    switch (frame.type) {
      case "hello":
        return refuse(socket, "bad_frame", "hello was said already");
      case "message": {
        const draft = { clientId: frame.client_id, kind: frame.kind, body: frame.body };
        const answer = this.#turns.post(room, seat, draft, now, socket);
        if (!answer.ok) refuse(socket, answer.code, answer.message, frame.client_id);
        return;
      }
      case "typing":
        return this.#seats.tell({ type: "typing", from: authorOf(seat), on: frame.on }, seat);
      case "read": {
        const seq = Math.min(frame.seq, this.#store.head().head);
        return this.#seats.tell({ type: "read", from: authorOf(seat), seq }, seat);
      }
      case "range": {
        const plan = rangePlan(this.#store.head().head, frame);
        if (plan === null) return refuse(socket, "bad_frame", "from is at least 1 and at most to");
        return this.#replay(socket, seat, plan.from, plan.to);
      }
      case "close":
        if (room.status === "closed") return refuse(socket, "closed", "this conversation is closed");
        return this.#turns.change(room, afterClose(room, seat.role, now), now);
      default:
        frame satisfies never;
    }
  }

  #replay(socket: Socket, seat: Seat, from: number, to: number): void {
    for (const entry of this.#store.entries(from, to)) send(socket, render(entry, seat.role));
  }
}
