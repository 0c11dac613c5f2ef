/** What a room does with each frame of a socket: the hello, then everything that may be said from a seat. */
import { readClientFrame } from "../domain/chat/client-frames.ts";
import { countFrame, isOversized, mayReplay, replayed, typed } from "../domain/chat/limits.ts";
import { publicStatus, rangePlan, resumePlan } from "../domain/chat/room.ts";
import { isFace } from "../domain/chat/speakers.ts";
import { afterClose, type RoomState } from "../domain/chat/state.ts";
import { type ClientFrame, CLOSE, FRAMES_PER_MINUTE, type Hello } from "../domain/chat/wire.ts";
import { type EpochMs, isoOf } from "../domain/ids.ts";
import { authorOf, type Client, type Seat, senderOf } from "./chat-room-client.ts";
import type { ChatRoomDoor } from "./chat-room-door.ts";
import type { ChatRoomPresence } from "./chat-room-presence.ts";
import type { ChatRoomReceipts } from "./chat-room-receipts.ts";
import { type ChatRoomSeats, seatOfVisitor } from "./chat-room-seats.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";
import type { ChatRoomTurns } from "./chat-room-turns.ts";

type Parts = {
  store: ChatRoomStore;
  door: ChatRoomDoor;
  seats: ChatRoomSeats;
  presence: ChatRoomPresence;
  receipts: ChatRoomReceipts;
  turns: ChatRoomTurns;
};

/** How much each person may do here; a benchmark's room allows more. */
export type Pace = { framesPerMinute: number; agentSockets: number };

export const PACE: Pace = { framesPerMinute: FRAMES_PER_MINUTE, agentSockets: 20 };

export class ChatRoomFrames {
  readonly #parts: Parts;
  readonly #pace: Pace;
  /** How many frames were refused since the object is in memory: said once, when it has an alarm. */
  #refused = 0;

  constructor(parts: Parts, pace: Pace) {
    this.#parts = parts;
    this.#pace = pace;
  }

  /** How many frames were refused since this was asked last. */
  takeRefused(): number {
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }

  /** One frame of `client`; what comes while its hello is being checked waits for that. */
  receive(client: Client, frame: string | ArrayBuffer, now: EpochMs): Promise<void> | void {
    if (client.turn === null) return this.#receive(client, frame, now);
    const work = () => void this.#receive(client, frame, now);
    const refuse = () => this.#refuse(client, "rate_limited", "too much was sent before the welcome", frame);
    return this.#parts.door.afterHello(client, client.turn, work, refuse);
  }

  #receive(client: Client, frame: string | ArrayBuffer, now: EpochMs): Promise<void> | void {
    const { verdict, meter } = countFrame(client.meter, now, this.#pace.framesPerMinute);
    client.meter = meter;
    this.#parts.seats.heard(client, now);
    const { seat } = client;
    if (verdict === "close") return client.close(CLOSE.tooManyFrames, "too many frames");
    if (isOversized(frame)) {
      if (seat === null) return client.close(CLOSE.helloMissing, "the first frame is hello");
      this.#refuse(client, "too_large", "a frame may have 64 KB");
      return client.close(CLOSE.tooLarge, "frame too large");
    }
    const text = typeof frame === "string" ? frame : "";
    const said = readClientFrame(text);
    if (seat === null) {
      return this.#parts.door.firstFrame(client, said, text, now, (taken, hello, room) =>
        this.#greet(client, taken, hello, room, now),
      );
    }
    if (verdict === "refuse") {
      client.keepMeter();
      return this.#refuse(client, "rate_limited", "at most 120 frames a minute; slow down", said);
    }
    if (said === null) return this.#refuse(client, "bad_frame", "this is no frame of the protocol");
    return this.#heed(client, seat, said, now);
  }

  /** In one turn: take the seat and read the log, so that no event falls between. */
  #greet(client: Client, seat: Seat, hello: Hello, room: RoomState, now: EpochMs): void {
    const { presence, receipts, seats, turns } = this.#parts;
    const most = seat.role === "visitor" ? client.mostSockets : this.#pace.agentSockets;
    seats.makeRoom(seat, most);
    presence.arrived(seat, room, now);
    client.welcome(seat, hello.acks ?? false, receipts.of(seat));
    seats.heard(client, now);
    this.#welcome(client, seat, hello, room, now);
    for (const { from, seq } of turns.readsFor(room, seat)) client.send({ type: "read", from, seq });
    client.send(turns.stateFrame(room));
    turns.askPlace(room);
    turns.wakeAtAll(now);
  }

  /** Who is here, and every event that the reader has missed, or the newest where that cannot be told. */
  #welcome(client: Client, seat: Seat, hello: Hello, room: RoomState, now: EpochMs): void {
    const { head } = this.#parts.store.head();
    const { epoch, status, agent, agents, conversation: id } = room;
    client.send({
      type: "welcome",
      v: hello.v,
      epoch,
      head,
      conversation: { id, status: publicStatus(status), created_at: isoOf(room.createdAt), agent },
      participants: [
        authorOf(seatOfVisitor(room)),
        ...agents.map((each) => ({ role: "agent" as const, ...each })),
      ],
    });
    const plan = resumePlan({ epoch, head }, hello);
    if (plan.kind === "reset") client.send({ type: "reset", epoch, head, from: plan.from });
    this.#replay(client, seat, plan.from, head, now);
    client.position = head;
  }

  #heed(client: Client, seat: Seat, frame: ClientFrame, now: EpochMs): void {
    const { store, turns } = this.#parts;
    const room = store.room();
    if (room === null) return this.#refuse(client, "not_found", "there is no such conversation", frame);
    switch (frame.type) {
      case "message": {
        const { client_id: clientId, kind, body, canned } = frame;
        const draft = { clientId, kind, body, canned };
        const answer = turns.post(room, seat, draft, now, client);
        if (!answer.ok) this.#refuse(client, answer.code, answer.message, frame);
        return;
      }
      case "typing":
        return this.#typing(client, seat, room, frame.on, now);
      case "read":
        client.position = Math.max(client.position, Math.min(frame.seq, store.head().head));
        return turns.read(room, seat, frame.seq, now, client);
      case "range":
        return this.#range(client, seat, room, frame, now);
      case "close":
        if (room.status === "closed")
          return this.#refuse(client, "closed", "this conversation is closed", frame);
        return turns.change(room, afterClose(room, seat.role, now), now);
      case "hello":
        return this.#refuse(client, "bad_frame", "hello was said already");
      default:
        frame satisfies never;
    }
  }

  /**
   * The events that are asked for; where there are not all of them, then how far the log goes. Who asks for what comes
   * after an event has everything up to it.
   */
  #range(
    client: Client,
    seat: Seat,
    room: RoomState,
    wanted: { from: number; to: number },
    now: EpochMs,
  ): void {
    const { head } = this.#parts.store.head();
    const plan = rangePlan(head, wanted);
    if (plan === null) return this.#refuse(client, "bad_frame", "from is at least 1 and at most to");
    client.position = Math.max(client.position, Math.min(wanted.from - 1, head));
    if (plan.from <= plan.to && !mayReplay(client.flow, now))
      return this.#refuse(client, "rate_limited", "this was sent often enough; wait a minute");
    this.#replay(client, seat, plan.from, plan.to, now);
    if (plan.to < wanted.to) client.send(this.#parts.turns.stateFrame(room));
  }

  #typing(client: Client, seat: Seat, room: RoomState, on: boolean, now: EpochMs): void {
    const next = typed(client.typed, on, now);
    if (next === null) return;
    client.typed = next;
    const from = authorOf(seat);
    const isShown = isFace(room, seat);
    this.#parts.seats.tell({ type: "typing", from, on }, (hearer) => {
      return senderOf(hearer) !== client.sender && (isShown || hearer.role !== "visitor");
    });
  }

  #replay(client: Client, seat: Seat, from: number, to: number, now: EpochMs): void {
    let bytes = 0;
    for (const text of this.#parts.store.texts(from, to, seat.role)) {
      client.sendText(text);
      bytes += text.length;
    }
    if (bytes > 0) client.flow = replayed(client.flow, bytes, now);
  }

  /** Refuse in one of the protocol's own words; a message's id goes with it, nothing else of what was said. */
  #refuse(
    client: Client,
    code: Parameters<Client["refuse"]>[0],
    message: string,
    frame: ClientFrame | string | ArrayBuffer | null = null,
  ): void {
    this.#refused += 1;
    const said = typeof frame === "string" ? readClientFrame(frame) : frame;
    const clientId = said !== null && "type" in said && said.type === "message" ? said.client_id : null;
    client.refuse(code, message, clientId);
  }
}
