/**
 * ChatRoom: one object per conversation, named by its id.
 *
 * Holds   only `#store` (SQLite), and for a moment the hello that a socket is being checked for. It may be evicted
 *         between any two frames and nobody notices; who a socket belongs to is kept in the socket's attachment.
 * Wakes   for a frame, for a call of the Worker or the desk, and for its alarm, which sends again what the desk,
 *         the visitor's object and history have not taken, and closes a conversation without a visitor.
 * Trusts  its callers: only the Worker reaches it, with an id whose signature it has checked.
 */
import { DurableObject } from "cloudflare:workers";
import type { FileInfo } from "../domain/chat/content.ts";
import { countFrame, EMPTY_METER, type Meter } from "../domain/chat/limits.ts";
import { publicStatus, type Refusal, resumePlan } from "../domain/chat/room.ts";
import {
  afterClose,
  afterCommand,
  afterProof,
  afterRestore,
  newRoom,
  type Opening,
  type RoomState,
  type Survey,
} from "../domain/chat/state.ts";
import { CLOSE, type RoomStatus } from "../domain/chat/wire.ts";
import type { DeskCommand, Place } from "../domain/desk/report.ts";
import type { Confirmation } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import { ChatRoomDoor, limitsOf } from "./chat-room-door.ts";
import { addFile, type FileSender } from "./chat-room-files.ts";
import { ChatRoomFrames, PACE, type Pace } from "./chat-room-frames.ts";
import { ChatRoomOutbox } from "./chat-room-outbox.ts";
import { ChatRoomPresence } from "./chat-room-presence.ts";
import { ChatRoomReceipts } from "./chat-room-receipts.ts";
import type { Receipt, TicketHolder } from "./chat-room-row.ts";
import { ChatRoomSeats, seatOfVisitor } from "./chat-room-seats.ts";
import { ChatRoomStore } from "./chat-room-store.ts";
import { ChatRoomTurns, type Draft, type PostAnswer } from "./chat-room-turns.ts";
import { reportFault } from "./report-fault.ts";

export type Reading = {
  ok: true;
  epoch: string;
  head: number;
  /** The position could not be continued: begin anew with these events. */
  reset: boolean;
  status: RoomStatus;
  position: number | null;
  wait_seconds: number | null;
  /** How far the others have read. */
  reads: Receipt[];
  /** JSON of the events. */
  events: string;
};

const NO_ROOM: Refusal = { ok: false, code: "not_found", message: "there is no such conversation" };
const TOO_MUCH: Refusal = { ok: false, code: "rate_limited", message: "too many requests; wait a minute" };

/** The code of a connection that ended without a goodbye. */
const BROKEN = 1006;
/** Codes below it are the protocol's own, most of which nobody may send. */
const FIRST_OF_APPLICATIONS = 3000;

export class ChatRoom extends DurableObject<Env> {
  /** A benchmark's room lets more through. */
  static readonly pace: Pace = PACE;

  readonly #store: ChatRoomStore;
  readonly #outbox: ChatRoomOutbox;
  readonly #door: ChatRoomDoor;
  readonly #seats: ChatRoomSeats;
  readonly #presence: ChatRoomPresence;
  readonly #receipts: ChatRoomReceipts;
  readonly #turns: ChatRoomTurns;
  readonly #frames: ChatRoomFrames;
  readonly #pace: Pace;
  #httpMeter: Meter = EMPTY_METER;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#pace = (new.target as typeof ChatRoom).pace;
    const store = new ChatRoomStore(ctx.storage);
    const seats = new ChatRoomSeats(ctx);
    const outbox = new ChatRoomOutbox(env, store);
    const door = new ChatRoomDoor(env.TOKEN_SECRET, store);
    const presence = new ChatRoomPresence(store, seats);
    const receipts = new ChatRoomReceipts(store, seats);
    const turns = new ChatRoomTurns(ctx, env, { store, outbox, seats, presence, receipts });
    this.#frames = new ChatRoomFrames({ store, door, seats, presence, receipts, turns }, this.#pace);
    [this.#store, this.#seats, this.#outbox, this.#door] = [store, seats, outbox, door];
    [this.#presence, this.#receipts, this.#turns] = [presence, receipts, turns];
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    // An alarm that is set already costs no row to set again: every frame after a silence would.
    void ctx.blockConcurrencyWhile(async () => turns.alarmIsSet(await ctx.storage.getAlarm()));
  }

  /** Sockets only, and only into a conversation that was opened. */
  override fetch(request: Request): Response {
    if (this.#store.room() === null || request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return refusal(404, NO_ROOM);
    }
    const now = Date.now();
    const limits = limitsOf(request);
    if (!this.#door.admits(limits.address, limits.socketsPerMinute, now)) {
      return refusal(429, { ...TOO_MUCH, message: "too many sockets from here; wait a minute" });
    }
    const { 0: theirs, 1: ours } = new WebSocketPair();
    const client = this.#seats.accept(ours, now);
    client.mostSockets = limits.socketsPerVisitor;
    this.#door.expect(client);
    return new Response(null, { status: 101, webSocket: theirs });
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
  issueTicket(hash: string, person: TicketHolder, expiresAt: EpochMs, now: EpochMs): boolean {
    if (this.#store.room() === null) return false;
    this.#store.tickets.add(hash, person, expiresAt, now);
    return true;
  }

  /** Close the sockets of a login that may no longer be here, and void its tickets. */
  revokeUser({ userId }: { userId: string }): void {
    this.#store.tickets.voidOf(userId);
    for (const { client, seat } of this.#seats.seated()) {
      if (seat.role === "agent" && seat.id === userId) client.close(CLOSE.revoked, "signed out");
    }
  }

  /** The visitor's message where sockets do not get through. A client id means the same as on a socket. */
  postOverHttp(visitor: string, draft: Draft): PostAnswer {
    const now = Date.now();
    const room = this.#overHttp(visitor, now);
    return "ok" in room ? room : this.#turns.post(room, seatOfVisitor(room), draft, now);
  }

  /** The visitor has read up to `seq`, where sockets do not get through. */
  hasReadOverHttp(visitor: string, seq: number): { ok: true } | Refusal {
    const now = Date.now();
    const room = this.#overHttp(visitor, now);
    if ("ok" in room) return room;
    this.#turns.read(room, seatOfVisitor(room), seq, now, null);
    return { ok: true };
  }

  /** JSON of what was said and happened after `seq`, as agents see it: what history does not have yet. */
  eventsAfter(seq: number): string {
    return `[${[...this.#store.texts(seq + 1, this.#store.head().head, "agent")].join(",")}]`;
  }

  /** The events after `after` for the visitor, or from the reset's beginning where that cannot be continued. */
  readOverHttp(visitor: string, reader: { epoch: string | null; after: number }): Reading | Refusal {
    const room = this.#overHttp(visitor, Date.now());
    if ("ok" in room) return room;
    const { epoch, status } = room;
    const { head } = this.#store.head();
    // A reader that names a position and no epoch got the position here.
    const given = reader.epoch ?? (reader.after > 0 ? epoch : null);
    const plan = resumePlan({ epoch, head }, { epoch: given, after: reader.after });
    const events = `[${[...this.#store.texts(plan.from, head, "visitor")].join(",")}]`;
    const { position, wait_seconds } = this.#turns.stateFrame(room);
    const reads = this.#turns.readsFor(room, seatOfVisitor(room));
    const reset = plan.kind === "reset";
    return {
      ok: true,
      epoch,
      head,
      reset,
      status: publicStatus(status),
      position,
      wait_seconds,
      reads,
      events,
    };
  }

  /** Keep what is known of a file that `sender` brought: then messages may show it. */
  addFile(sender: FileSender, file: FileInfo, _now: EpochMs): Refusal | { ok: true } {
    return addFile(this.#store, sender, file);
  }

  /** The file `id` of this conversation, for anybody who is part of it; null where there is none. */
  file(reader: FileSender, id: string): FileInfo | null {
    const room = this.#store.room();
    if (room === null || (reader.role === "visitor" && reader.id !== room.visitor)) return null;
    return this.#store.file(id);
  }

  /** Forget all that was said here, for good: its time is over. (Called by history's run; see `retention`.) */
  async erase(): Promise<void> {
    for (const { client } of this.#seats.seated()) client.close(CLOSE.gone, "this conversation is gone");
    await this.#store.erase();
  }

  /**
   * This storage was set back to an earlier moment: begin another numbering. Everybody reads anew, and desk and history
   * are told all of it again; how many chunks the log has, null where no room is. (Called for an operator.)
   */
  renew(now: EpochMs): number | null {
    const room = this.#store.room();
    if (room === null) return null;
    const chunks = this.#outbox.retell(afterRestore(room, crypto.randomUUID(), now), now);
    for (const { client } of this.#seats.seated()) client.close(CLOSE.goingAway, "read anew");
    this.#turns.deliverSoon(now);
    return chunks;
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

  /** What others have not confirmed yet, by outbox key. */
  owed(): string[] {
    return this.#store.owed().map(({ key }) => key);
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): Promise<void> | void {
    const client = this.#seats.clients.get(socket);
    if (client === undefined) return;
    try {
      return this.#frames.receive(client, frame, Date.now());
    } catch (error) {
      reportFault("error", "room", "frame", error);
      client.refuse("unavailable", "this did not work; send it again");
    }
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.#left(socket, code === BROKEN);
    // The runtime leaves the other half of a hibernating socket's goodbye to us, where there is still somebody to hear it.
    const isThere = code !== BROKEN && socket.readyState !== WebSocket.READY_STATE_CLOSED;
    if (isThere) socket.close(code >= FIRST_OF_APPLICATIONS ? code : 1000, "goodbye");
  }

  override webSocketError(socket: WebSocket): void {
    this.#left(socket, true);
  }

  /** Safe to run at any time: it looks at what is due, and closing a closed conversation changes nothing. */
  override async alarm(rung?: AlarmInvocationInfo): Promise<void> {
    const now = Date.now();
    // One that failed is rung anew at a moment that says nothing.
    this.#turns.alarmRang(rung === undefined || rung.isRetry ? null : rung.scheduledTime);
    try {
      for (const client of this.#seats.sweep(now))
        this.#presence.left(client, this.#seats.lastSignOf(client));
      this.#closeIfIdle(now);
      this.#turns.noticeSilence(now);
      const room = this.#store.room();
      if (room !== null) this.#outbox.flushLog(room, now);
      await this.#turns.deliver(now);
    } catch (error) {
      reportFault("error", "room", "alarm", error);
    }
    const refused = this.#frames.takeRefused();
    if (refused > 0) reportFault("warn", "room", "refused frames", refused);
    this.#turns.wakeAgain(now);
  }

  /** Who says goodbye was there until then; of a socket that broke, only its last sign of life is known. */
  #left(socket: WebSocket, broke: boolean): void {
    const client = this.#seats.clients.get(socket);
    if (client === undefined) return;
    const now = Date.now();
    this.#door.forget(client);
    this.#presence.left(client, broke ? this.#seats.lastSignOf(client) : now);
    this.#receipts.keep(now);
    this.#seats.forget(client);
  }

  #closeIfIdle(now: EpochMs): void {
    const stored = this.#store.room();
    if (stored === null || stored.status === "closed") return;
    const room = this.#presence.noticeCrash(stored, now);
    if (now < this.#presence.idleAt(room)) return;
    this.#turns.change(room, afterClose(this.#presence.lastSeen(room), "idle", now), now);
  }

  #roomOf(visitor: string): RoomState | null {
    const room = this.#store.room();
    return room?.visitor === visitor ? room : null;
  }

  /** The room for a call of its visitor over HTTP, which is a sign of life; or why not. */
  #overHttp(visitor: string, now: EpochMs): RoomState | Refusal {
    const room = this.#roomOf(visitor);
    if (room === null) return NO_ROOM;
    // In memory only: who comes often enough to be refused keeps the object in it.
    const { meter, verdict } = countFrame(this.#httpMeter, now, this.#pace.framesPerMinute);
    this.#httpMeter = meter;
    return verdict === "accept" ? this.#presence.seen(room, now) : TOO_MUCH;
  }
}

function refusal(status: number, { code, message }: Refusal): Response {
  const headers = status === 429 ? { "Retry-After": "60" } : undefined;
  return Response.json({ error: { code, message } }, { status, ...(headers ? { headers } : {}) });
}
