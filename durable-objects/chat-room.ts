/**
 * ChatRoom: one object per conversation, named by its id.
 *
 * Holds   only `#store` (SQLite), and for a moment the hello that a socket is being checked for. It may be evicted
 *         between any two frames and nobody notices; who a socket belongs to is kept in the socket's attachment.
 * Wakes   for a frame, for a call of the Worker or the desk, and for its alarm, which sends again what the desk,
 *         the visitor's object and history have not taken, and closes a conversation without a visitor.
 * Trusts  its callers: only the Worker reaches it, with an id whose signature it has checked.
 */
import { type ConnectionContext, Server, type WSMessage } from "partyserver";
import { countFrame, EMPTY_METER, type Meter } from "../domain/chat/limits.ts";
import { publicStatus, render, resumePlan } from "../domain/chat/room.ts";
import {
  afterClose,
  afterCommand,
  afterProof,
  newRoom,
  type Opening,
  type RoomState,
  type Survey,
} from "../domain/chat/state.ts";
import { CLOSE, type RoomStatus } from "../domain/chat/wire.ts";
import type { DeskCommand, Place } from "../domain/desk/report.ts";
import type { Confirmation } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { ChatRoomDoor } from "./chat-room-door.ts";
import { ChatRoomFrames } from "./chat-room-frames.ts";
import { ChatRoomOutbox } from "./chat-room-outbox.ts";
import { ChatRoomPresence } from "./chat-room-presence.ts";
import { ChatRoomSeats, refuse, seatOfVisitor, type Socket } from "./chat-room-seats.ts";
import { ChatRoomStore } from "./chat-room-store.ts";
import { ChatRoomTurns, type Draft, type PostAnswer } from "./chat-room-turns.ts";
import { reportFault } from "./report-fault.ts";

export type Reading = {
  epoch: string;
  head: number;
  /** The position could not be continued: begin anew with these events. */
  reset: boolean;
  status: RoomStatus;
  /** JSON of the events. */
  events: string;
};

export class ChatRoom extends Server<Env> {
  static override options = { hibernate: true };

  readonly #store = new ChatRoomStore(this.ctx.storage);
  readonly #outbox = new ChatRoomOutbox(this.env, this.#store);
  readonly #door = new ChatRoomDoor(this.env.TOKEN_SECRET, this.#store);
  readonly #seats = new ChatRoomSeats(
    () => this.getConnections(),
    (socket) => this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? null,
  );
  readonly #presence = new ChatRoomPresence(this.#store, this.#seats);
  readonly #turns = new ChatRoomTurns(this.ctx, this.env, {
    store: this.#store,
    outbox: this.#outbox,
    seats: this.#seats,
    presence: this.#presence,
  });
  readonly #frames = new ChatRoomFrames({
    store: this.#store,
    door: this.#door,
    seats: this.#seats,
    presence: this.#presence,
    turns: this.#turns,
  });
  #httpMeter: Meter = EMPTY_METER;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Sockets only, and only into a conversation that was opened. */
  override async fetch(request: Request): Promise<Response> {
    if (this.#store.room() === null || request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      const error = { code: "not_found", message: "there is no such conversation" };
      return Response.json({ error }, { status: 404 });
    }
    return super.fetch(request);
  }

  /** Begin the conversation. Opening it again changes only who the visitor has proven to be. */
  open(opening: Opening, now: EpochMs): { status: RoomStatus } {
    const known = this.#store.room();
    if (known === null) {
      this.#store.setRoom(newRoom(opening, crypto.randomUUID(), now));
      this.#turns.wake(now);
      return { status: "queued" };
    }
    this.#turns.change(known, { room: afterProof(known, opening.userId), event: null }, now);
    return { status: publicStatus(known.status) };
  }

  /** Whose conversation this is, and who they have proven to be in it. */
  whose(): { visitor: string; userId: string | null } | null {
    const room = this.#store.room();
    return room === null ? null : { visitor: room.visitor, userId: room.verified ? room.userId : null };
  }

  /** Let `person` in once, until `expiresAt`, by the ticket whose SHA-256 is `hash`; false where no room is. */
  issueTicket(hash: string, person: { id: string; name: string }, expiresAt: EpochMs, now: EpochMs): boolean {
    if (this.#store.room() === null) return false;
    this.#store.dropOldTickets(now);
    this.#store.addTicket(hash, person, expiresAt);
    return true;
  }

  /** Close the sockets of a login that may no longer be here, and void its tickets. */
  revokeUser({ userId }: { userId: string }): void {
    this.#store.voidTickets(userId);
    for (const { socket, seat } of this.#seats.seated()) {
      if (seat.role === "agent" && seat.id === userId) socket.close(CLOSE.revoked, "signed out");
    }
  }

  /** The visitor's message where sockets do not get through. A client id means the same as on a socket. */
  postOverHttp(visitor: string, draft: Draft): PostAnswer {
    const now = Date.now();
    const room = this.#roomOf(visitor);
    if (room === null) return { ok: false, code: "not_found", message: "there is no such conversation" };
    const { meter, verdict } = countFrame(this.#httpMeter, now);
    this.#httpMeter = meter;
    if (verdict !== "accept")
      return { ok: false, code: "rate_limited", message: "too many messages; wait a minute" };
    return this.#turns.post(this.#presence.seen(room, now), seatOfVisitor(room), draft, now);
  }

  /** The events after `after` for the visitor, or from the reset's beginning where that cannot be continued. */
  readOverHttp(visitor: string, reader: { epoch: string | null; after: number }): Reading | null {
    const room = this.#roomOf(visitor);
    if (room === null) return null;
    const { epoch, status } = this.#presence.seen(room, Date.now());
    const { head } = this.#store.head();
    // A reader that names a position and no epoch got the position here.
    const given = reader.epoch ?? (reader.after > 0 ? epoch : null);
    const plan = resumePlan({ epoch, head }, { epoch: given, after: reader.after });
    const events = [...this.#store.entries(plan.from, head)].map((entry) => render(entry, "visitor"));
    const reset = plan.kind === "reset";
    return { epoch, head, reset, status: publicStatus(status), events: JSON.stringify(events) };
  }

  /** Keep the visitor's answers to the survey; later ones replace earlier ones. */
  takeSurvey(visitor: string, survey: Survey, now: EpochMs): boolean {
    const room = this.#roomOf(visitor);
    if (room === null) return false;
    const answered = { ...room, survey: { ...survey, at: now }, revision: room.revision + 1 };
    this.#store.atomically(() => {
      this.#store.setRoom(answered);
      this.#outbox.put(answered, ["surveys"], now);
    });
    this.#turns.deliverSoon(now);
    return true;
  }

  /** Carry out what the desk decided. Commands come in order; one that was carried out is not repeated. */
  obey(command: DeskCommand): void {
    const now = Date.now();
    const room = this.#store.room();
    if (room !== null) this.#turns.change(room, afterCommand(room, command, now), now);
  }

  /** Where the visitor stands in the queue now. Told to the visitor, not kept. */
  placed(place: Place): void {
    this.#turns.placed(place);
  }

  /** The queue's consumer has these records in D1. */
  async confirm(confirmations: Confirmation[]): Promise<void> {
    const room = this.#store.room();
    if (room !== null) await this.#outbox.confirm(room, confirmations, Date.now());
  }

  override onConnect(socket: Socket, _context: ConnectionContext): void {
    socket.setState({ seat: null, meter: EMPTY_METER, heardAt: Date.now() });
    this.#door.expect(socket);
  }

  override onMessage(socket: Socket, frame: WSMessage): Promise<void> | void {
    return this.#door.inTurn(socket, () => this.#receive(socket, frame));
  }

  override onClose(socket: Socket): void {
    this.#door.forget(socket);
    this.#presence.left(socket, Date.now());
  }

  override onError(socket: Socket): void {
    this.onClose(socket);
  }

  /** Safe to run at any time: it looks at what is due, and closing a closed conversation changes nothing. */
  override async onAlarm(): Promise<void> {
    const now = Date.now();
    this.#turns.alarmRang();
    try {
      this.#seats.sweep(now);
      this.#closeIfIdle(now);
      const room = this.#store.room();
      if (room !== null) this.#outbox.flushLog(room, now);
      await this.#turns.deliver(now);
    } catch (error) {
      reportFault("error", "room", "alarm", error);
    }
    this.#turns.wake(now);
  }

  #receive(socket: Socket, frame: WSMessage): Promise<void> | void {
    try {
      return this.#frames.receive(socket, frame, Date.now());
    } catch (error) {
      reportFault("error", "room", "frame", error);
      refuse(socket, "unavailable", "this did not work; send it again");
    }
  }

  #closeIfIdle(now: EpochMs): void {
    const stored = this.#store.room();
    if (stored === null || stored.status === "closed") return;
    const room = this.#presence.noticeCrash(stored, now);
    if (now >= this.#presence.idleAt(room)) this.#turns.change(room, afterClose(room, "idle", now), now);
  }

  #roomOf(visitor: string): RoomState | null {
    const room = this.#store.room();
    return room?.visitor === visitor ? room : null;
  }
}
