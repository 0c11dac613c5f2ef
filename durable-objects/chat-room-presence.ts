/**
 * Whether the visitor of a room is still there: by a socket's signs of life, or by calls over HTTP. A conversation whose
 * visitor has given none for long closes by itself.
 */
import { closesAt } from "../domain/chat/room.ts";
import type { RoomState } from "../domain/chat/state.ts";
import type { EpochMs } from "../domain/ids.ts";
import type { Client, Seat } from "./chat-room-client.ts";
import type { ChatRoomSeats } from "./chat-room-seats.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";

/** A visitor without a socket counts as present from one call to the next; kept this often. */
const SEEN_EVERY_MS = 60_000;

export class ChatRoomPresence {
  readonly #store: ChatRoomStore;
  readonly #seats: ChatRoomSeats;

  constructor(store: ChatRoomStore, seats: ChatRoomSeats) {
    this.#store = store;
    this.#seats = seats;
  }

  /** `seat` is taken on a socket. Where nothing was said yet, that is written with the first word (`entering`). */
  arrived(seat: Seat, room: RoomState, now: EpochMs): void {
    if (seat.role !== "visitor" || room.seated || room.status === "closed") return;
    const seated = { ...room, seated: true, seenAt: now };
    if (room.status === "new") this.#store.holdRoom(seated);
    else this.#store.setRoom(seated);
  }

  /** `room` enters the queue now, with its visitor's first word. */
  entering(room: RoomState, now: EpochMs): RoomState {
    return { ...room, seated: this.#seats.visitorSignAt() !== null, seenAt: now };
  }

  /** `client` is gone: with the visitor's last socket, their time begins. */
  left(client: Client, now: EpochMs): void {
    const room = this.#store.room();
    if (room === null || client.seat?.role !== "visitor") return;
    if (room.status === "closed" || (!room.seated && room.status !== "new")) return;
    if (this.#seats.hasVisitor(client)) return;
    this.#store.setRoom({ ...room, seated: false, seenAt: now });
  }

  /** A visitor without a socket gave a sign of life. */
  seen(room: RoomState, now: EpochMs): RoomState {
    if (now - room.seenAt <= SEEN_EVERY_MS || room.status === "closed") return room;
    const after = { ...room, seenAt: now };
    this.#store.setRoom(after);
    return after;
  }

  /** A visitor who was connected and is not, without a goodbye, was cut by a crash: their time begins now. */
  noticeCrash(room: RoomState, now: EpochMs): RoomState {
    if (!room.seated || this.#seats.visitorSignAt() !== null) return room;
    const after = { ...room, seated: false, seenAt: now };
    this.#store.setRoom(after);
    return after;
  }

  /** When the conversation closes if its visitor gives no further sign of life. */
  idleAt(room: RoomState): EpochMs {
    return closesAt(Math.max(room.seenAt, this.#seats.visitorSignAt() ?? 0), room.idleMinutes);
  }
}
