/**
 * How a conversation goes on: a message, or a decision about it, is kept in one transaction with what is owed to others
 * for it, then shown to everybody in the room, then delivered to the desk, the visitor's object and history.
 */
import { note, post, publicStatus } from "../domain/chat/room.ts";
import { afterMessage, concerned, type Obeyed, type RoomState } from "../domain/chat/state.ts";
import type { ErrorCode, MessageKind, ServerFrame } from "../domain/chat/wire.ts";
import type { Person, Place } from "../domain/desk/report.ts";
import type { EpochMs } from "../domain/ids.ts";
import type { ChatRoomOutbox } from "./chat-room-outbox.ts";
import type { ChatRoomPresence } from "./chat-room-presence.ts";
import { authorOf, type ChatRoomSeats, type Seat, send, senderOf, type Socket } from "./chat-room-seats.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";
import { NextAlarm } from "./next-alarm.ts";
import { reportFault } from "./report-fault.ts";

export type Draft = { clientId: string; kind: MessageKind; body: string };
export type PostAnswer =
  | { ok: true; repeated: boolean; seq: number; at: string }
  | { ok: false; code: ErrorCode; message: string };

type Parts = {
  store: ChatRoomStore;
  outbox: ChatRoomOutbox;
  seats: ChatRoomSeats;
  presence: ChatRoomPresence;
};

const UNKNOWN_PLACE: Place = { position: null, waitSeconds: null };

export class ChatRoomTurns {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #store: ChatRoomStore;
  readonly #outbox: ChatRoomOutbox;
  readonly #seats: ChatRoomSeats;
  readonly #presence: ChatRoomPresence;
  readonly #alarm: NextAlarm;
  #place: Place = UNKNOWN_PLACE;

  constructor(ctx: DurableObjectState, env: Env, { store, outbox, seats, presence }: Parts) {
    this.#ctx = ctx;
    this.#env = env;
    this.#store = store;
    this.#outbox = outbox;
    this.#seats = seats;
    this.#presence = presence;
    this.#alarm = new NextAlarm(ctx.storage);
  }

  /** Store, then acknowledge, then show: in one turn, so the runtime holds all frames until the write is durable. */
  post(room: RoomState, seat: Seat, draft: Draft, now: EpochMs, socket: Socket | null = null): PostAnswer {
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
    this.wake(now);
    if (socket) send(socket, ack);
    this.#seats.tellEntry(entry);
    if (enters) this.#seats.tell(this.stateFrame(after));
    if (after !== room) this.deliverSoon(now);
    const isAnswer = seat.role === "agent" && draft.kind !== "note";
    if (isAnswer && room.agent === null && room.status === "queued") {
      this.#ctx.waitUntil(this.#claim(room, { id: seat.id, name: seat.name }));
    }
    return answer;
  }

  /** Go from `before` to what was decided: keep it with its event in one transaction, then show both. */
  change(before: RoomState, { room, event }: Obeyed, now: EpochMs): void {
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
      this.#seats.tell(this.stateFrame(room));
    }
    this.wake(now);
    if (room.status === "closed") this.#outbox.flushLog(room, now);
    this.deliverSoon(now);
  }

  /** Where the visitor stands in the queue now. Told to the visitor, not kept. */
  placed(place: Place): void {
    const { position, waitSeconds } = this.#place;
    this.#place = place;
    const room = this.#store.room();
    const isNews = place.position !== position || place.waitSeconds !== waitSeconds;
    if (isNews && room?.status === "queued") this.#seats.tell(this.stateFrame(room));
  }

  /** Ask the desk where the visitor stands, where that is not known. */
  askPlace(room: RoomState): void {
    if (room.status === "queued" && this.#place.position === null) this.#ctx.waitUntil(this.#ask(room));
  }

  stateFrame(room: RoomState): ServerFrame {
    const { position, waitSeconds } = room.status === "queued" ? this.#place : UNKNOWN_PLACE;
    return { type: "state", status: publicStatus(room.status), position, wait_seconds: waitSeconds };
  }

  /** Send what is owed, after the turn. */
  deliverSoon(now: EpochMs): void {
    this.#ctx.waitUntil(this.deliver(now));
    this.wake(now);
  }

  async deliver(now: EpochMs): Promise<void> {
    const place = await this.#outbox.deliver(now);
    if (place !== null) this.placed(place);
  }

  /** The alarm is no longer set. */
  alarmRang(): void {
    this.#alarm.rang();
  }

  /** Set the alarm for the earliest moment at which there may be something to do; an earlier one stays. */
  wake(now: EpochMs): void {
    const room = this.#store.room();
    if (room === null) return;
    const idleAt = room.status === "closed" ? null : this.#presence.idleAt(room);
    this.#alarm.setFor([idleAt, this.#outbox.nextAt(room, this.#store.head().head)], now);
  }

  /** Within a transaction: write `after`, and owe it to whom it concerns. */
  #keep(before: RoomState, after: RoomState, now: EpochMs): void {
    this.#store.setRoom(after);
    this.#outbox.put(after, concerned(before, after), now);
  }

  async #ask(room: RoomState): Promise<void> {
    try {
      this.placed(await this.#env.SITE_DESK.getByName(room.site).place(room.conversation));
    } catch (error) {
      reportFault("error", "room", "place", error);
    }
  }

  /** An agent answers a conversation that nobody has: it is theirs. */
  async #claim(room: RoomState, agent: Person): Promise<void> {
    try {
      await this.#env.SITE_DESK.getByName(room.site).claim(room.conversation, agent);
    } catch (error) {
      reportFault("error", "room", "claim", error);
    }
  }
}
