/**
 * Whether the visitor of a room is still there: by a socket's signs of life, or by calls over HTTP. A conversation whose
 * visitor has given none for long closes by itself, and history is told when they were last there.
 */
import { closesAt } from "../domain/chat/room.ts";
import { afterCut, afterSign, type RoomState } from "../domain/chat/state.ts";
import type { EpochMs } from "../domain/ids.ts";
import type { Client, Seat } from "./chat-room-client.ts";
import type { ChatRoomSeats } from "./chat-room-seats.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";

/** A visitor without a socket counts as present from one call to the next; kept this often. */
const SEEN_EVERY_MS = 60_000;
/** Of one who waits for the first answer it is told how long they waited, in seconds. */
const SEEN_WAITING_EVERY_MS = 1_000;

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
    const seated = afterSign(room, now, true);
    if (room.status === "new") this.#store.holdRoom(seated);
    else this.#store.setRoom(seated);
  }

  /** `room` enters the queue now, with its visitor's first word. */
  entering(room: RoomState, now: EpochMs): RoomState {
    return afterSign(room, now, this.#seats.visitorSignAt() !== null);
  }

  /** `client` is gone since `at`: with the visitor's last socket, their time begins. */
  left(client: Client, at: EpochMs): void {
    const room = this.#store.room();
    if (room === null || client.seat?.role !== "visitor") return;
    if (room.status === "closed" || (!room.seated && room.status !== "new")) return;
    if (this.#seats.hasVisitor(client)) return;
    this.#store.setRoom(afterSign(room, at, false));
  }

  /** A visitor without a socket gave a sign of life. */
  seen(room: RoomState, now: EpochMs): RoomState {
    if (room.status === "closed") return room;
    const waits = room.status === "queued" && !room.answered;
    const isKept = now - room.seenAt <= (waits ? SEEN_WAITING_EVERY_MS : SEEN_EVERY_MS);
    if (isKept && room.seenBeforeCut === null) return room;
    const after = afterSign(room, now, room.seated);
    this.#store.setRoom(after);
    return after;
  }

  /** A visitor who was connected and is not, without a goodbye, was cut by a crash: their time begins now. */
  noticeCrash(room: RoomState, now: EpochMs): RoomState {
    if (!room.seated || this.#seats.visitorSignAt() !== null) return room;
    const after = afterCut(room, this.#store.lastWord("visitor")?.at ?? null, now);
    this.#store.setRoom(after);
    return after;
  }

  /** The room with all that is known of when its visitor was last there. */
  lastSeen(room: RoomState): RoomState {
    const surelyAt = this.#seats.visitorSurelyAt();
    return surelyAt === null || surelyAt <= room.seenAt ? room : afterSign(room, surelyAt, room.seated);
  }

  /** When the conversation closes if its visitor gives no further sign of life. */
  idleAt(room: RoomState): EpochMs {
    return closesAt(Math.max(room.seenAt, this.#seats.visitorSignAt() ?? 0), room.idleMinutes);
  }
}
