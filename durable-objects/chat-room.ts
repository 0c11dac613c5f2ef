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
import { closesAt, note, post, publicStatus, rangePlan, render, resumePlan } from "../domain/chat/room.ts";
import { countFrame, EMPTY_METER, type Meter } from "../domain/chat/limits.ts";
import {
  ClientFrame,
  CLOSE,
  decode,
  type ErrorCode,
  type Hello,
  HELLO_WITHIN_MS,
  MAX_FRAME_BYTES,
  type MessageKind,
  PROTOCOL_VERSION,
  type ServerFrame,
} from "../domain/chat/wire.ts";
import { utf8Bytes } from "../domain/chat/room.ts";
import type { DeskCommand, Person, Place } from "../domain/desk/report.ts";
import type { Confirmation } from "../domain/history/records.ts";
import { type EpochMs, isoOf } from "../domain/ids.ts";
import { ChatRoomOutbox } from "./chat-room-outbox.ts";
import { authorOf, ChatRoomSeats, type Seat, send, senderOf, type Socket } from "./chat-room-seats.ts";
import { ChatRoomStore, type RoomState, type Survey } from "./chat-room-store.ts";
import { verifyConversationToken } from "./conversation-token.ts";
import { sha256Hex } from "./sha256.ts";

export type Opening = Pick<
  RoomState,
  | "site"
  | "conversation"
  | "visitor"
  | "userId"
  | "verified"
  | "name"
  | "decisionId"
  | "skill"
  | "locale"
  | "page"
  | "place"
  | "idleMinutes"
> & { now: EpochMs };

export type PostAnswer =
  | { ok: true; repeated: boolean; seq: number; at: string }
  | { ok: false; code: ErrorCode; message: string };

export type Reading = {
  epoch: string;
  head: number;
  /** The position could not be continued: begin anew with these events. */
  reset: boolean;
  status: "queued" | "open" | "closed";
  events: string;
};

export class ChatRoom extends Server<Env> {
  static override options = { hibernate: true };

  readonly #store = new ChatRoomStore(this.ctx.storage);
  readonly #outbox = new ChatRoomOutbox(this.env, this.#store);
  readonly #seats = new ChatRoomSeats(
    () => this.getConnections(),
    (socket) => this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? null,
  );
  /** Frames that came while their socket's hello was being checked, in order. */
  readonly #turns = new Map<string, Promise<void>>();
  readonly #helloTimers = new Map<string, number>();
  readonly #httpMeters = new Map<string, Meter>();
  #place: Place = { position: null, waitSeconds: null };
  #alarmAt: EpochMs | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Sockets only, and only into a conversation that was opened. */
  override async fetch(request: Request): Promise<Response> {
    if (this.#store.room() === null || request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      const error = { code: "not_found", message: "no such conversation" };
      return Response.json({ error }, { status: 404 });
    }
    return super.fetch(request);
  }

  /** Begin the conversation. Opening it again answers what it is by now. */
  open(opening: Opening): { status: "queued" | "open" | "closed"; userId: string | null } {
    const { now, ...facts } = opening;
    const known = this.#store.room();
    if (known !== null) {
      return { status: publicStatus(known.status), userId: known.userId };
    }
    const room: RoomState = {
      ...facts,
      epoch: crypto.randomUUID(),
      status: "new",
      agent: null,
      agents: [],
      createdAt: now,
      queuedAt: null,
      assignedAt: null,
      closedAt: null,
      closeReason: null,
      outcome: null,
      answered: false,
      seated: false,
      seenAt: now,
      revision: 1,
      deskRevision: 0,
      lastCommand: 0,
      survey: null,
      loggedSeq: 0,
      loggedAt: now,
    };
    this.#store.setRoom(room);
    this.#wake(now);
    return { status: "queued", userId: room.userId };
  }

  /** Let `person` in once, until `expiresAt`, by the ticket whose SHA-256 is `hash`. */
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

  /** The visitor's message where sockets do not get through. `client_id` means the same as on a socket. */
  postOverHttp(visitor: string, message: { clientId: string; kind: MessageKind; body: string }): PostAnswer {
    const now = Date.now();
    const room = this.#store.room();
    if (room === null || room.visitor !== visitor)
      return { ok: false, code: "not_found", message: "no such conversation" };
    const seat = seatOfVisitor(room);
    const { meter, verdict } = countFrame(this.#httpMeters.get(seat.id) ?? EMPTY_METER, now);
    this.#httpMeters.set(seat.id, meter);
    if (verdict !== "accept")
      return { ok: false, code: "rate_limited", message: "too many messages; wait a minute" };
    return this.#post(this.#seen(room, now), seat, message, now);
  }

  /** The events after `after` for the visitor, or from the reset's beginning where that cannot be continued. */
  readOverHttp(visitor: string, reader: { epoch: string | null; after: number }): Reading | null {
    const now = Date.now();
    const room = this.#store.room();
    if (room === null || room.visitor !== visitor) return null;
    this.#seen(room, now);
    const { head } = this.#store.head();
    // A reader that knows no epoch can only have begun here.
    const known = { epoch: reader.epoch ?? (reader.after > 0 ? room.epoch : null), after: reader.after };
    const plan = resumePlan({ epoch: room.epoch, head }, known);
    const events = [...this.#store.entries(plan.from, head)].map((entry) => render(entry, "visitor"));
    return {
      epoch: room.epoch,
      head,
      reset: plan.kind === "reset",
      status: publicStatus(room.status),
      events: JSON.stringify(events),
    };
  }

  /** Keep the visitor's answers to the survey; later ones replace earlier ones. */
  takeSurvey(visitor: string, survey: Survey, now: EpochMs): boolean {
    const room = this.#store.room();
    if (room === null || room.visitor !== visitor) return false;
    this.#keep({ ...room, survey: { ...survey, at: now }, revision: room.revision + 1 }, ["surveys"], now);
    return true;
  }

  /** Carry out what the desk decided. Commands come in order; one that was carried out is not repeated. */
  obey(command: DeskCommand): void {
    const room = this.#store.room();
    if (room === null || command.n <= room.lastCommand) return;
    const now = Date.now();
    const heard = { ...room, lastCommand: command.n, revision: room.revision + 1 };
    if (command.name === "wrapped_up") {
      const done = { ...heard, outcome: command.outcome };
      if (room.status === "closed") this.#keep(done, ["conversations"], now);
      else this.#close(done, "agent", now);
      return;
    }
    if (room.status === "closed") {
      // The desk did not know yet: tell it again.
      this.#keep({ ...heard, deskRevision: room.deskRevision + 1 }, ["desk"], now);
      return;
    }
    const { agent, from, note: internal, reason } = command;
    const moved: RoomState = {
      ...heard,
      status: agent === null ? "queued" : "open",
      agent,
      agents: agent === null ? room.agents : withAgent(room.agents, agent),
      assignedAt: agent === null ? room.assignedAt : (room.assignedAt ?? command.at),
    };
    const fields =
      command.name === "assigned"
        ? { agent }
        : command.name === "transferred"
          ? { from, agent, note: internal }
          : { reason };
    this.#record(moved, command.name, fields, ["conversations"], now);
    this.ctx.waitUntil(this.#deliver(now));
  }

  /** Where the visitor stands in the queue now. Told to the visitor, not kept. */
  placed(place: Place): void {
    const changed = place.position !== this.#place.position || place.waitSeconds !== this.#place.waitSeconds;
    this.#place = place;
    const room = this.#store.room();
    if (changed && room?.status === "queued") this.#seats.tell(this.#stateFrame(room));
  }

  /** The queue's consumer has these records in D1. */
  async confirm(confirmations: Confirmation[]): Promise<void> {
    const room = this.#store.room();
    if (room !== null) await this.#outbox.confirm(room, confirmations, Date.now());
  }

  override onConnect(socket: Socket, _context: ConnectionContext): void {
    socket.setState({ seat: null, meter: EMPTY_METER, heardAt: Date.now() });
    const timer = setTimeout(() => {
      this.#helloTimers.delete(socket.id);
      socket.close(CLOSE.helloMissing, "no hello");
    }, HELLO_WITHIN_MS);
    this.#helloTimers.set(socket.id, timer as unknown as number);
  }

  override onMessage(socket: Socket, frame: WSMessage): Promise<void> | void {
    if (!this.#turns.has(socket.id)) return this.#receive(socket, frame);
    return this.#inTurn(socket, () => this.#receive(socket, frame));
  }

  override onClose(socket: Socket): void {
    this.#forgetTimer(socket);
    const room = this.#store.room();
    if (room === null || socket.state?.seat?.role !== "visitor" || !room.seated) return;
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
    const room = this.#store.room();
    if (room === null) return;
    try {
      this.#seats.sweep(now);
      const alive = this.#noticeCrash(room, now);
      if (alive.status !== "closed" && now >= this.#idleAt(alive)) {
        this.#close({ ...alive, revision: alive.revision + 1 }, "idle", now);
      } else {
        this.#outbox.flushLog(alive, now);
      }
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
      if (verdict === "close") return socket.close(CLOSE.tooManyFrames, "too many frames");
      if (typeof frame === "string" && utf8Bytes(frame) > MAX_FRAME_BYTES) {
        if (socket.state?.seat) this.#refuse(socket, "too_large", "a frame may have 64 KB");
        return socket.close(CLOSE.tooLarge, "frame too large");
      }
      const text = typeof frame === "string" ? frame : "";
      const message = decode(ClientFrame, text);
      const seat = socket.state?.seat ?? null;
      if (seat === null) return this.#firstFrame(socket, message, text, now);
      if (verdict === "refuse") {
        const clientId = message?.type === "message" ? message.client_id : null;
        return this.#refuse(socket, "rate_limited", "at most 120 frames a minute; slow down", clientId);
      }
      if (message === null) return this.#refuse(socket, "bad_frame", "this is no frame of the protocol");
      return this.#heed(socket, seat, message, now);
    } catch (error) {
      logError("frame", error);
      this.#refuse(socket, "unavailable", "this did not work; send it again");
    }
  }

  #firstFrame(socket: Socket, frame: ClientFrame | null, text: string, now: EpochMs): Promise<void> | void {
    if (frame?.type === "hello") return this.#inTurn(socket, () => this.#hello(socket, frame, now));
    this.#forgetTimer(socket);
    // A hello that carries no readable token is answered once; anything else is not answered at all.
    if (/"type"\s*:\s*"hello"/.test(text)) {
      this.#refuse(socket, "unauthorized", "say hello with a valid token");
      return socket.close(CLOSE.unauthorized, "unauthorized");
    }
    return socket.close(CLOSE.helloMissing, "the first frame is hello");
  }

  /** Run `work` after everything that this socket sent before. */
  #inTurn(socket: Socket, work: () => Promise<void> | void): Promise<void> {
    const before = this.#turns.get(socket.id) ?? Promise.resolve();
    const turn = before.then(work).catch((error: unknown) => {
      logError("hello", error);
      socket.close(CLOSE.goingAway, "try again");
    });
    this.#turns.set(socket.id, turn);
    return turn.finally(() => {
      if (this.#turns.get(socket.id) === turn) this.#turns.delete(socket.id);
    });
  }

  async #hello(socket: Socket, hello: Hello, now: EpochMs): Promise<void> {
    const seat = await this.#seatFor(hello.token, now);
    this.#forgetTimer(socket);
    const room = this.#store.room();
    if (seat === null || room === null) {
      this.#refuse(socket, "unauthorized", "this token does not open this conversation");
      return socket.close(CLOSE.unauthorized, "unauthorized");
    }
    if (hello.v !== PROTOCOL_VERSION) {
      this.#refuse(socket, "version", `this room speaks version ${PROTOCOL_VERSION}; reload the page`);
      return socket.close(CLOSE.version, "version");
    }
    this.#greet(socket, seat, hello, room, now);
  }

  async #seatFor(token: string, now: EpochMs): Promise<Seat | null> {
    const ticket = await sha256Hex(token);
    const agent = this.#store.useTicket(ticket, now);
    if (agent !== null) return { role: "agent", ...agent };
    const claims = await verifyConversationToken(this.env.TOKEN_SECRET, token, now);
    const room = this.#store.room();
    if (claims === null || room === null) return null;
    const matches =
      claims.conversation === room.conversation &&
      claims.site === room.site &&
      claims.visitor === room.visitor;
    return matches ? seatOfVisitor(room) : null;
  }

  /** In one turn: take the seat and read the log, so that no event falls between. */
  #greet(socket: Socket, seat: Seat, hello: Hello, room: RoomState, now: EpochMs): void {
    if (seat.role === "visitor" && !room.seated && room.status !== "closed") {
      this.#store.setRoom({ ...room, seated: true, seenAt: now });
    }
    const { meter, heardAt } = socket.state ?? { meter: EMPTY_METER, heardAt: now };
    socket.setState({ seat, meter, heardAt });
    const { head } = this.#store.head();
    const visitor = authorOf(seatOfVisitor(room));
    send(socket, {
      type: "welcome",
      v: PROTOCOL_VERSION,
      epoch: room.epoch,
      head,
      conversation: {
        id: room.conversation,
        status: publicStatus(room.status),
        created_at: isoOf(room.createdAt),
        agent: room.agent,
      },
      participants: [visitor, ...room.agents.map((agent) => ({ role: "agent" as const, ...agent }))],
    });
    const plan = resumePlan({ epoch: room.epoch, head }, hello);
    if (plan.kind === "reset") send(socket, { type: "reset", epoch: room.epoch, head, from: plan.from });
    for (const entry of this.#store.entries(plan.from, head)) send(socket, render(entry, seat.role));
    send(socket, this.#stateFrame(room));
    if (room.status === "queued" && this.#place.position === null) this.ctx.waitUntil(this.#askPlace(room));
    this.#wake(now);
  }

  #heed(socket: Socket, seat: Seat, frame: ClientFrame, now: EpochMs): void {
    const room = this.#store.room();
    if (room === null) return this.#refuse(socket, "not_found", "no such conversation");
    switch (frame.type) {
      case "hello":
        return this.#refuse(socket, "bad_frame", "hello was said already");
      case "message": {
        const draft = { clientId: frame.client_id, kind: frame.kind, body: frame.body };
        const answer = this.#post(room, seat, draft, now, socket);
        if (!answer.ok) this.#refuse(socket, answer.code, answer.message, frame.client_id);
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
        if (plan === null) return this.#refuse(socket, "bad_frame", "from is at least 1 and at most to");
        for (const entry of this.#store.entries(plan.from, plan.to)) send(socket, render(entry, seat.role));
        return;
      }
      case "close":
        if (room.status === "closed") return this.#refuse(socket, "closed", "this conversation is closed");
        return this.#close({ ...room, revision: room.revision + 1 }, seat.role, now);
      default:
        frame satisfies never;
    }
  }

  /** Store, then acknowledge, then show: in one turn, so the runtime holds all frames until the write is durable. */
  #post(
    room: RoomState,
    seat: Seat,
    draft: { clientId: string; kind: MessageKind; body: string },
    now: EpochMs,
    socket: Socket | null = null,
  ): PostAnswer {
    const sender = senderOf(seat);
    const earlier = this.#store.posted(sender, draft.clientId);
    const posted = post(
      { status: room.status, ...this.#store.head() },
      { ...draft, from: authorOf(seat) },
      earlier,
      now,
    );
    if (!posted.ok) return posted;
    const { entry, repeated } = posted;
    if (!repeated) {
      const after = roomAfterMessage(room, seat, draft.kind, posted.enters, now);
      this.#store.atomically(() => {
        this.#store.append(entry, sender);
        if (after === room) return;
        this.#store.setRoom(after);
        this.#outbox.put(
          after,
          after.deskRevision > room.deskRevision ? ["desk", "conversations"] : ["conversations"],
          now,
        );
      });
      if (after !== room) this.ctx.waitUntil(this.#deliver(now));
      this.#wake(now);
    }
    if (socket) send(socket, { type: "ack", client_id: draft.clientId, seq: entry.seq, at: entry.at });
    if (!repeated) {
      this.#seats.tellEntry(entry);
      if (posted.enters) this.#seats.tell(this.#stateFrame({ ...room, status: "queued" }));
      if (seat.role === "agent" && draft.kind !== "note" && room.agent === null && room.status === "queued") {
        this.ctx.waitUntil(this.#claim(room, { id: seat.id, name: seat.name }));
      }
    }
    return { ok: true, repeated, seq: entry.seq, at: entry.at };
  }

  #close(room: RoomState, reason: string, now: EpochMs): void {
    const closed: RoomState = {
      ...room,
      status: "closed",
      closedAt: now,
      closeReason: reason,
      deskRevision: room.queuedAt === null ? room.deskRevision : room.deskRevision + 1,
    };
    const keys = room.queuedAt === null ? [] : ["desk"];
    this.#record(closed, "closed", { reason }, [...keys, "visitor", "conversations"], now);
    this.#outbox.flushLog(closed, now);
    this.ctx.waitUntil(this.#deliver(now));
  }

  /** Keep `room` and the event that made it so, in one transaction; then show it. */
  #record(
    room: RoomState,
    name: string,
    fields: Record<string, unknown>,
    keys: readonly string[],
    now: EpochMs,
  ): void {
    const { entry } = note({ status: room.status, ...this.#store.head() }, name, fields, now);
    this.#store.atomically(() => {
      this.#store.append(entry, null);
      this.#store.setRoom(room);
      this.#outbox.put(room, keys, now);
    });
    this.#seats.tellEntry(entry);
    this.#place = { position: null, waitSeconds: null };
    this.#seats.tell(this.#stateFrame(room));
    this.#wake(now);
  }

  #keep(room: RoomState, keys: readonly string[], now: EpochMs): void {
    this.#store.atomically(() => {
      this.#store.setRoom(room);
      this.#outbox.put(room, keys, now);
    });
    this.#wake(now);
    this.ctx.waitUntil(this.#deliver(now));
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

  /** A visitor who was connected and is not, without a goodbye, was cut by a crash: their time begins now. */
  #noticeCrash(room: RoomState, now: EpochMs): RoomState {
    if (!room.seated || this.#seats.visitorSignAt() !== null) return room;
    const after = { ...room, seated: false, seenAt: now };
    this.#store.setRoom(after);
    return after;
  }

  /** A visitor without a socket gave a sign of life; kept once a minute. */
  #seen(room: RoomState, now: EpochMs): RoomState {
    if (now - room.seenAt <= 60_000 || room.status === "closed") return room;
    const after = { ...room, seenAt: now };
    this.#store.setRoom(after);
    return after;
  }

  #idleAt(room: RoomState): EpochMs {
    const sign = Math.max(room.seenAt, this.#seats.visitorSignAt() ?? 0);
    return closesAt(sign, room.idleMinutes);
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
    const waiting = room.status === "queued" || room.status === "new";
    return {
      type: "state",
      status: publicStatus(room.status),
      position: waiting ? this.#place.position : null,
      wait_seconds: waiting ? this.#place.waitSeconds : null,
    };
  }

  #refuse(socket: Socket, code: ErrorCode, message: string, clientId: string | null = null): void {
    send(socket, { type: "error", code, message, client_id: clientId });
  }

  #forgetTimer(socket: Socket): void {
    clearTimeout(this.#helloTimers.get(socket.id));
    this.#helloTimers.delete(socket.id);
  }
}

function seatOfVisitor(room: RoomState): Seat {
  return { role: "visitor", id: room.visitor, name: room.name };
}

function withAgent(agents: readonly Person[], agent: Person): Person[] {
  return agents.some(({ id }) => id === agent.id) ? [...agents] : [...agents, agent];
}

/** The room after a message: the same object where nothing but the log changed. */
function roomAfterMessage(
  room: RoomState,
  seat: Seat,
  kind: MessageKind,
  enters: boolean,
  now: EpochMs,
): RoomState {
  const revision = room.revision + 1;
  if (enters) {
    return { ...room, status: "queued", queuedAt: now, revision, deskRevision: room.deskRevision + 1 };
  }
  if (seat.role !== "agent" || kind === "note") return room;
  const person = { id: seat.id, name: seat.name };
  const known = room.agents.some(({ id }) => id === person.id);
  if (known && room.answered) return room;
  return { ...room, answered: true, agents: withAgent(room.agents, person), revision };
}

function logError(what: string, error: unknown): void {
  console.error(JSON.stringify({ level: "error", object: "room", what, error: String(error) }));
}
