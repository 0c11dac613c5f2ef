/**
 * The sockets of a room and who sits at them. All of it lives in each socket's own attachment, so it outlives the
 * object's memory; a socket that has not said hello has no seat and is told nothing.
 */
import type { Connection } from "partyserver";
import { countFrame, EMPTY_METER, type Meter, type Verdict } from "../domain/chat/limits.ts";
import { type Entry, render } from "../domain/chat/room.ts";
import type { RoomState } from "../domain/chat/state.ts";
import type { Author, ErrorCode, ServerFrame } from "../domain/chat/wire.ts";
import type { EpochMs } from "../domain/ids.ts";

export type Seat = { role: "visitor" | "agent"; id: string; name: string | null };
export type Attachment = { seat: Seat | null; meter: Meter; heardAt: EpochMs };
export type Socket = Connection<Attachment>;

/** A client that pings at all and has been silent this long is gone, whatever its socket says. */
const DEAD_AFTER_MS = 90_000;

/** One sender, however many sockets: `visitor`, or the agent's login. */
export function senderOf(seat: Seat): string {
  return seat.role === "visitor" ? "visitor" : `agent:${seat.id}`;
}

export function authorOf(seat: Seat): Author {
  return { role: seat.role, id: seat.id, name: seat.name };
}

/** Send `frame` where the socket is still open; one that closes meanwhile resumes by its position. */
export function send(socket: Socket, frame: ServerFrame): void {
  if (socket.readyState === WebSocket.READY_STATE_OPEN) socket.send(JSON.stringify(frame));
}

export function refuse(
  socket: Socket,
  code: ErrorCode,
  message: string,
  clientId: string | null = null,
): void {
  send(socket, { type: "error", code, message, client_id: clientId });
}

/** The visitor's place in the room. */
export function seatOfVisitor(room: RoomState): Seat {
  return { role: "visitor", id: room.visitor, name: room.name };
}

export class ChatRoomSeats {
  readonly #sockets: () => Iterable<Socket>;
  readonly #pingedAt: (socket: Socket) => EpochMs | null;

  constructor(sockets: () => Iterable<Socket>, pingedAt: (socket: Socket) => EpochMs | null) {
    this.#sockets = sockets;
    this.#pingedAt = pingedAt;
  }

  /** Count one frame of `socket`. */
  meter(socket: Socket, now: EpochMs): Verdict {
    const state = socket.state;
    const { meter, verdict } = countFrame(state?.meter ?? EMPTY_METER, now);
    socket.setState({ seat: state?.seat ?? null, meter, heardAt: now });
    return verdict;
  }

  /** The sockets that have said hello, with who sits there. */
  *seated(): Generator<{ socket: Socket; seat: Seat }> {
    for (const socket of this.#sockets()) {
      const seat = socket.state?.seat;
      if (seat) yield { socket, seat };
    }
  }

  /** How many sockets `seat`'s person has here. */
  countOf(seat: Seat): number {
    return [...this.seated()].filter((other) => senderOf(other.seat) === senderOf(seat)).length;
  }

  /** Send `frame` to every seated socket but those of `except`. */
  tell(frame: ServerFrame, except: Seat | null = null): void {
    const silent = except === null ? null : senderOf(except);
    for (const { socket, seat } of this.seated()) {
      if (senderOf(seat) !== silent) send(socket, frame);
    }
  }

  /** Send `entry` to every seated socket, as its role may see it. */
  tellEntry(entry: Entry): void {
    for (const { socket, seat } of this.seated()) send(socket, render(entry, seat.role));
  }

  /** The visitor's last sign of life on any socket but `except`; null where none is connected. */
  visitorSignAt(except: Socket | null = null): EpochMs | null {
    let last: EpochMs | null = null;
    for (const { socket, seat } of this.seated()) {
      if (seat.role !== "visitor" || socket.id === except?.id) continue;
      last = Math.max(last ?? 0, this.#signAt(socket));
    }
    return last;
  }

  /** Close what is certainly dead: a client that used to ping and stopped, or never said hello. */
  sweep(now: EpochMs): void {
    for (const socket of this.#sockets()) {
      const pinged = this.#pingedAt(socket);
      const silent = now - this.#signAt(socket) > DEAD_AFTER_MS;
      if (silent && (pinged !== null || !socket.state?.seat)) socket.close(4000, "no sign of life");
    }
  }

  #signAt(socket: Socket): EpochMs {
    return Math.max(socket.state?.heardAt ?? 0, this.#pingedAt(socket) ?? 0);
  }
}
