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
import {
  closesAt,
  note,
  post,
  publicStatus,
  rangePlan,
  render,
  resumePlan,
  utf8Bytes,
} from "../domain/chat/room.ts";
import {
  afterClose,
  afterCommand,
  afterMessage,
  afterProof,
  concerned,
  newRoom,
  type Obeyed,
  type Opening,
  type RoomState,
  type Survey,
} from "../domain/chat/state.ts";
import {
  ClientFrame,
  CLOSE,
  decode,
  type ErrorCode,
  type Hello,
  MAX_FRAME_BYTES,
  type MessageKind,
  PROTOCOL_VERSION,
  type RoomStatus,
  type ServerFrame,
} from "../domain/chat/wire.ts";
import type { DeskCommand, Person, Place } from "../domain/desk/report.ts";
import type { Confirmation } from "../domain/history/records.ts";
import { type EpochMs, isoOf } from "../domain/ids.ts";
import { ChatRoomDoor, MAX_SOCKETS } from "./chat-room-door.ts";
import { ChatRoomOutbox } from "./chat-room-outbox.ts";
import {
  authorOf,
  ChatRoomSeats,
  refuse,
  type Seat,
  seatOfVisitor,
  send,
  senderOf,
  type Socket,
} from "./chat-room-seats.ts";
import { ChatRoomStore } from "./chat-room-store.ts";

type Draft = { clientId: string; kind: MessageKind; body: string };

export type PostAnswer =
  | { ok: true; repeated: boolean; seq: number; at: string }
  | { ok: false; code: ErrorCode; message: string };

export type Reading = {
  epoch: string;
  head: number;
  /** The position could not be continued: begin anew with these events. */
  reset: boolean;
  status: RoomStatus;
  /** JSON of the events. */
  events: string;
};

/** A visitor without a socket counts as present from one call to the next; kept this often. */
const SEEN_EVERY_MS = 60_000;
const UNKNOWN_PLACE: Place = { position: null, waitSeconds: null };

export class ChatRoom extends Server<Env> {
  static override options = { hibernate: true };

  readonly #store = new ChatRoomStore(this.ctx.storage);
  readonly #outbox = new ChatRoomOutbox(this.env, this.#store);
  readonly #door = new ChatRoomDoor(this.env.TOKEN_SECRET, this.#store);
  readonly #seats = new ChatRoomSeats(
    () => this.getConnections(),
    (socket) => this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? null,
  );
  #httpMeter: Meter = EMPTY_METER;
  #place: Place = UNKNOWN_PLACE;
  #alarmAt: EpochMs | null = null;

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
      this.#wake(now);
      return { status: "queued" };
    }
    this.#change(known, { room: afterProof(known, opening.userId), event: null }, now);
    return { status: publicStatus(known.status) };
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
    return this.#post(this.#seen(room, now), seatOfVisitor(room), draft, now);
  }

  /** The events after `after` for the visitor, or from the reset's beginning where that cannot be continued. */
  readOverHttp(visitor: string, reader: { epoch: string | null; after: number }): Reading | null {
    const room = this.#roomOf(visitor);
    if (room === null) return null;
    const { epoch, status } = this.#seen(room, Date.now());
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
    this.#deliverSoon(now);
    return true;
  }

  /** Carry out what the desk decided. Commands come in order; one that was carried out is not repeated. */
  obey(command: DeskCommand): void {
    const now = Date.now();
    const room = this.#store.room();
    if (room !== null) this.#change(room, afterCommand(room, command, now), now);
  }

  /** Where the visitor stands in the queue now. Told to the visitor, not kept. */
  placed(place: Place): void {
    const { position, waitSeconds } = this.#place;
    this.#place = place;
    const room = this.#store.room();
    const isNews = place.position !== position || place.waitSeconds !== waitSeconds;
    if (isNews && room?.status === "queued") this.#seats.tell(this.#stateFrame(room));
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
    const room = this.#store.room();
    if (room === null || !room.seated || socket.state?.seat?.role !== "visitor") return;
    if (this.#seats.visitorSignAt(socket) !== null) return;
    this.#store.setRoom({ ...room, seated: false, seenAt: Date.now() });
  }

  override onError(socket: Socket): void {
    this.onClose(socket);
  }

  /** Safe to run at any time: it looks at what is due, and closing a closed conversation changes nothing. */
  override async onAlarm(): Promise<void> {
    const now = Date.now();
    this.#alarmAt = null;
    try {
      this.#seats.sweep(now);
      this.#closeIfIdle(now);
      const room = this.#store.room();
      if (room !== null) this.#outbox.flushLog(room, now);
      await this.#deliver(now);
    } catch (error) {
      logError("alarm", error);
    }
    this.#wake(now);
  }

  #receive(socket: Socket, frame: WSMessage): Promise<void> | void {
    try {
      const now = Date.now();
      const verdict = this.#seats.meter(socket, now);
      const seat = socket.state?.seat ?? null;
      if (verdict === "close") return socket.close(CLOSE.tooManyFrames, "too many frames");
      const text = typeof frame === "string" ? frame : "";
      if (utf8Bytes(text) > MAX_FRAME_BYTES) {
        if (seat !== null) refuse(socket, "too_large", "a frame may have 64 KB");
        return socket.close(CLOSE.tooLarge, "frame too large");
      }
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
    } catch (error) {
      logError("frame", error);
      refuse(socket, "unavailable", "this did not work; send it again");
    }
  }

  /** In one turn: take the seat and read the log, so that no event falls between. */
  #greet(socket: Socket, seat: Seat, hello: Hello, room: RoomState, now: EpochMs): void {
    if (this.#seats.countOf(seat) >= MAX_SOCKETS) {
      refuse(socket, "rate_limited", "this conversation is open in too many places");
      return socket.close(CLOSE.tooManyFrames, "too many sockets");
    }
    if (seat.role === "visitor" && !room.seated && room.status !== "closed") {
      this.#store.setRoom({ ...room, seated: true, seenAt: now });
    }
    socket.setState({ meter: EMPTY_METER, heardAt: now, ...socket.state, seat });
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
    send(socket, this.#stateFrame(room));
    if (status === "queued" && this.#place.position === null) this.ctx.waitUntil(this.#askPlace(room));
    this.#wake(now);
  }

  #heed(socket: Socket, seat: Seat, frame: ClientFrame, now: EpochMs): void {
    const room = this.#store.room();
    if (room === null) return refuse(socket, "not_found", "there is no such conversation");
    switch (frame.type) {
      case "hello":
        return refuse(socket, "bad_frame", "hello was said already");
      case "message": {
        const draft = { clientId: frame.client_id, kind: frame.kind, body: frame.body };
        const answer = this.#post(room, seat, draft, now, socket);
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
        return this.#change(room, afterClose(room, seat.role, now), now);
      default:
        frame satisfies never;
    }
  }

  /** Store, then acknowledge, then show: in one turn, so the runtime holds all frames until the write is durable. */
  #post(room: RoomState, seat: Seat, draft: Draft, now: EpochMs, socket: Socket | null = null): PostAnswer {
    const sender = senderOf(seat);
    const earlier = this.#store.posted(sender, draft.clientId);
    const log = { status: room.status, ...this.#store.head() };
    const posted = post(log, { ...draft, from: authorOf(seat) }, earlier, now);
    if (!posted.ok) return posted;
    const { entry, repeated } = posted;
    const answer: PostAnswer = { ok: true, repeated, seq: entry.seq, at: entry.at };
    const ack: ServerFrame = { type: "ack", client_id: draft.clientId, seq: entry.seq, at: entry.at };
    if (posted.repeated) {
      if (socket) send(socket, ack);
      return answer;
    }
    const { enters } = posted;
    const after = afterMessage(room, seat, { kind: draft.kind, enters }, now);
    this.#store.atomically(() => {
      this.#store.append(entry, sender);
      if (after !== room) this.#keep(room, after, now);
    });
    this.#wake(now);
    if (socket) send(socket, ack);
    this.#seats.tellEntry(entry);
    if (enters) this.#seats.tell(this.#stateFrame(after));
    if (after !== room) this.#deliverSoon(now);
    const isAnswer = seat.role === "agent" && draft.kind !== "note";
    if (isAnswer && room.agent === null && room.status === "queued") {
      this.ctx.waitUntil(this.#claim(room, { id: seat.id, name: seat.name }));
    }
    return answer;
  }

  /** Go from `before` to what was decided: keep it with its event in one transaction, then show both. */
  #change(before: RoomState, { room, event }: Obeyed, now: EpochMs): void {
    if (room === before) return;
    const log = { status: room.status, ...this.#store.head() };
    const entry = event === null ? null : note(log, event.name, event.fields, now).entry;
    this.#store.atomically(() => {
      if (entry !== null) this.#store.append(entry, null);
      this.#keep(before, room, now);
    });
    if (entry !== null) {
      this.#seats.tellEntry(entry);
      this.#place = UNKNOWN_PLACE;
      this.#seats.tell(this.#stateFrame(room));
    }
    this.#wake(now);
    if (room.status === "closed") this.#outbox.flushLog(room, now);
    this.#deliverSoon(now);
  }

  /** Within a transaction: write `after`, and owe it to whom it concerns. */
  #keep(before: RoomState, after: RoomState, now: EpochMs): void {
    this.#store.setRoom(after);
    this.#outbox.put(after, concerned(before, after), now);
  }

  #replay(socket: Socket, seat: Seat, from: number, to: number): void {
    for (const entry of this.#store.entries(from, to)) send(socket, render(entry, seat.role));
  }

  #deliverSoon(now: EpochMs): void {
    this.ctx.waitUntil(this.#deliver(now));
    this.#wake(now);
  }

  async #deliver(now: EpochMs): Promise<void> {
    const place = await this.#outbox.deliver(now);
    if (place !== null) this.placed(place);
  }

  async #askPlace(room: RoomState): Promise<void> {
    try {
      this.placed(await this.env.SITE_DESK.getByName(room.site).place(room.conversation));
    } catch (error) {
      logError("place", error);
    }
  }

  /** An agent answers a conversation that nobody has: it is theirs. */
  async #claim(room: RoomState, agent: Person): Promise<void> {
    try {
      await this.env.SITE_DESK.getByName(room.site).claim(room.conversation, agent);
    } catch (error) {
      logError("claim", error);
    }
  }

  #closeIfIdle(now: EpochMs): void {
    const stored = this.#store.room();
    if (stored === null || stored.status === "closed") return;
    const room = this.#noticeCrash(stored, now);
    if (now >= this.#idleAt(room)) this.#change(room, afterClose(room, "idle", now), now);
  }

  /** A visitor who was connected and is not, without a goodbye, was cut by a crash: their time begins now. */
  #noticeCrash(room: RoomState, now: EpochMs): RoomState {
    if (!room.seated || this.#seats.visitorSignAt() !== null) return room;
    const after = { ...room, seated: false, seenAt: now };
    this.#store.setRoom(after);
    return after;
  }

  /** A visitor without a socket gave a sign of life. */
  #seen(room: RoomState, now: EpochMs): RoomState {
    if (now - room.seenAt <= SEEN_EVERY_MS || room.status === "closed") return room;
    const after = { ...room, seenAt: now };
    this.#store.setRoom(after);
    return after;
  }

  #idleAt(room: RoomState): EpochMs {
    return closesAt(Math.max(room.seenAt, this.#seats.visitorSignAt() ?? 0), room.idleMinutes);
  }

  #roomOf(visitor: string): RoomState | null {
    const room = this.#store.room();
    return room?.visitor === visitor ? room : null;
  }

  /** Set the alarm for the earliest moment at which there may be something to do; an earlier one stays. */
  #wake(now: EpochMs): void {
    const room = this.#store.room();
    if (room === null) return;
    const moments = [
      room.status === "closed" ? null : this.#idleAt(room),
      this.#outbox.nextAt(room, this.#store.head().head),
    ].filter((moment) => moment !== null);
    if (moments.length === 0) return;
    const at = Math.max(now + 50, Math.min(...moments));
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  #stateFrame(room: RoomState): ServerFrame {
    const { position, waitSeconds } = room.status === "queued" ? this.#place : UNKNOWN_PLACE;
    return { type: "state", status: publicStatus(room.status), position, wait_seconds: waitSeconds };
  }
}

function logError(what: string, error: unknown): void {
  console.error(JSON.stringify({ level: "error", object: "room", what, error: String(error) }));
}
