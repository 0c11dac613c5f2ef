/**
 * How a conversation goes on: a message, or a decision about it, is kept in one transaction with what is owed to others
 * for it, then shown to everybody in the room, then delivered to the desk, the visitor's object and history.
 */
import { type Content, contentOf } from "../domain/chat/content.ts";
import {
  maySend,
  note,
  post,
  type Posted,
  publicStatus,
  type Refusal,
  repeat,
  tooLong,
} from "../domain/chat/room.ts";
import { isFace, silenced } from "../domain/chat/speakers.ts";
import {
  afterMessage,
  afterSilence,
  concerned,
  type Obeyed,
  type RoomState,
  THINKS_AFTER_MS,
} from "../domain/chat/state.ts";
import { alarmAt } from "../domain/chat/told.ts";
import type { CannedUse, ErrorCode, MessageKind, ServerFrame } from "../domain/chat/wire.ts";
import type { Person, Place } from "../domain/desk/report.ts";
import type { EpochMs } from "../domain/ids.ts";
import { authorOf, type Client, type Seat, senderOf } from "./chat-room-client.ts";
import type { ChatRoomOutbox } from "./chat-room-outbox.ts";
import type { ChatRoomPresence } from "./chat-room-presence.ts";
import type { ChatRoomReceipts } from "./chat-room-receipts.ts";
import type { Receipt } from "./chat-room-row.ts";
import type { ChatRoomSeats } from "./chat-room-seats.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";
import { NextAlarm } from "./next-alarm.ts";
import { reportFault } from "./report-fault.ts";

export type Draft = { clientId: string; kind: MessageKind; body: string; canned?: CannedUse | undefined };
export type PostAnswer =
  | { ok: true; repeated: boolean; seq: number; at: string }
  | { ok: false; code: ErrorCode; message: string };

/** What is written: the entry, its JSON, and the room after it. */
type Stored = Extract<Posted, { repeated: false }> & { text: string; after: RoomState };
type Written = Stored | Extract<Posted, { repeated: true }>;

type Parts = {
  store: ChatRoomStore;
  outbox: ChatRoomOutbox;
  seats: ChatRoomSeats;
  presence: ChatRoomPresence;
  receipts: ChatRoomReceipts;
};

const UNKNOWN_PLACE: Place = { position: null, waitSeconds: null };
/** In a chat that flows, how often it is looked who speaks next. */
const LOOK_EVERY_MS = 150_000;

export class ChatRoomTurns {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #store: ChatRoomStore;
  readonly #outbox: ChatRoomOutbox;
  readonly #seats: ChatRoomSeats;
  readonly #presence: ChatRoomPresence;
  readonly #receipts: ChatRoomReceipts;
  readonly #alarm: NextAlarm;
  #place: Place = UNKNOWN_PLACE;

  constructor(ctx: DurableObjectState, env: Env, parts: Parts) {
    this.#ctx = ctx;
    this.#env = env;
    this.#store = parts.store;
    this.#outbox = parts.outbox;
    this.#seats = parts.seats;
    this.#presence = parts.presence;
    this.#receipts = parts.receipts;
    this.#alarm = new NextAlarm(ctx.storage);
  }

  /** Store, then acknowledge, then show: in one turn, so the runtime holds all frames until the write is durable. */
  post(room: RoomState, seat: Seat, draft: Draft, now: EpochMs, client: Client | null = null): PostAnswer {
    const sender = client?.sender ?? senderOf(seat);
    const written = this.#write(room, { seat, sender }, draft, now);
    if (!written.ok) return written;
    const { entry, repeated } = written;
    client?.acknowledge(draft.clientId, entry.seq, entry.at);
    if (!written.repeated) this.#show(room, written, seat, now);
    return { ok: true, repeated, seq: entry.seq, at: entry.at };
  }

  /** What was posted is kept, once: what the same sender wrote before under the same id is answered as it was then. */
  #write(
    room: RoomState,
    { seat, sender }: { seat: Seat; sender: string },
    draft: Draft,
    now: EpochMs,
  ): Written | Refusal {
    const content = this.#content(seat, draft);
    const { body, html } = content.ok ? content : { body: draft.body, html: null };
    const { clientId, kind, canned } = draft;
    const said = { clientId, kind, from: authorOf(seat), body, html, canned };
    const earlier = this.#store.posted(sender, draft.clientId);
    if (earlier !== null) return repeat(said, earlier);
    const refusal = silenced(room, seat, draft.kind) ?? (content.ok ? null : content);
    const posted = refusal ?? post({ status: room.status, ...this.#store.head() }, said, null, now);
    if (!posted.ok || posted.repeated) return posted;
    const { enters } = posted;
    const next = afterMessage(room, seat, { kind: draft.kind, enters }, now);
    const after = enters ? this.#presence.entering(next, now) : next;
    const append = () => this.#store.append(posted.entry, sender, posted.room.lastAt);
    if (after === room) return { ...posted, after, text: append() };
    const text = this.#store.atomically(() => {
      this.#keep(room, after, now);
      return append();
    });
    return { ...posted, after, text };
  }

  /** What the body says, as the log keeps it; or why it says nothing. A visitor's text is text and nothing else. */
  #content(seat: Seat, draft: Draft): Content {
    const long = tooLong(draft.body);
    if (long !== null) return long;
    const isPlain = seat.role === "visitor" && draft.kind === "text";
    if (isPlain || !maySend(seat.role, draft.kind)) return { ok: true, body: draft.body, html: null };
    return contentOf({ role: seat.role, kind: draft.kind, body: draft.body }, (id) => this.#store.file(id));
  }

  #show(room: RoomState, { entry, text, after, enters }: Stored, seat: Seat, now: EpochMs): void {
    this.#seats.tellEntry(entry, text, now);
    if (enters) this.#seats.tell(this.stateFrame(after));
    const isAnswer = seat.role === "agent" && entry.kind !== "note";
    if (after !== room) this.deliverSoon(now);
    else this.#wakeAfterMessage(after, isAnswer, now);
    if (isAnswer && room.agent === null && room.status === "queued") {
      this.#ctx.waitUntil(this.#claim(room, { id: seat.id, name: seat.name }));
    }
  }

  /** `seat` has read up to `seq`, on `client`'s socket or over HTTP. */
  read(room: RoomState, seat: Seat, wanted: number, now: EpochMs, client: Client | null): void {
    const seq = Math.min(wanted, this.#store.head().head);
    if (!this.#receipts.take(seat, seq, client)) return;
    if (client === null) this.#receipts.keepNowAndThen(now);
    const isShown = isFace(room, seat);
    const sender = senderOf(seat);
    this.#seats.tell({ type: "read", from: authorOf(seat), seq }, (hearer) => {
      return senderOf(hearer) !== sender && (isShown || hearer.role !== "visitor");
    });
  }

  /** How far the others have read, as `reader` may know it. */
  readsFor(room: RoomState, reader: Seat): Receipt[] {
    return this.#receipts
      .others(reader)
      .filter(({ from }) => reader.role !== "visitor" || isFace(room, from));
  }

  /** Where the visitor has been silent for long after an answer, tell the desk that they think. */
  noticeSilence(now: EpochMs): void {
    const room = this.#store.room();
    if (room === null || room.status !== "open" || room.turn === "visitor") return;
    this.change(room, { room: afterSilence(room, this.#store.lastWord(), now), event: null }, now);
  }

  /** Go from `before` to what was decided: keep it with its event in one transaction, then show both. */
  change(before: RoomState, { room, event }: Obeyed, now: EpochMs): void {
    if (room === before) return;
    const log = { status: room.status, ...this.#store.head() };
    const entry = event === null ? null : note(log, event.name, event.fields, now).entry;
    const text = this.#store.atomically(() => {
      this.#keep(before, room, now);
      const kept = entry === null ? null : this.#store.append(entry, null);
      if (room.status === "closed") this.#outbox.flushLog(room, now);
      return kept;
    });
    if (entry !== null && text !== null) {
      this.#seats.tellEntry(entry, text, now);
      this.#place = UNKNOWN_PLACE;
      this.#seats.tell(this.stateFrame(room));
    }
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

  stateFrame(room: RoomState): Extract<ServerFrame, { type: "state" }> {
    const { position, waitSeconds } = room.status === "queued" ? this.#place : UNKNOWN_PLACE;
    const { head } = this.#store.head();
    return { type: "state", status: publicStatus(room.status), position, wait_seconds: waitSeconds, head };
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

  /** An alarm is set since an earlier life of the object. */
  alarmIsSet(at: EpochMs | null): void {
    this.#alarm.knows(at);
    this.#store.alarmSays(at);
  }

  /** The alarm that was set for `rangFor` is no longer set; null where it is not known for when it was. */
  alarmRang(rangFor: EpochMs | null): void {
    this.#alarm.rang();
    this.#store.alarmSays(rangFor);
  }

  /** Set the alarm for the earliest moment at which there may be something to do; an earlier one stays. */
  wake(now: EpochMs, looksAt: EpochMs | null = null): void {
    const room = this.#store.room();
    if (room === null) return;
    const idleAt = room.status === "closed" ? null : this.#presence.idleAt(room);
    this.#setAlarm([idleAt, looksAt, this.#outbox.nextAt(room, this.#store.head().head)], now);
  }

  /** The same once it has rung. Where nothing is left to wake for, what no alarm will say is written. */
  wakeAgain(now: EpochMs): void {
    const room = this.#store.room();
    if (room === null) return;
    this.wake(now, this.#looksAt(room, now));
    if (this.#alarm.at === null) this.#store.keepAll();
  }

  /** Who arrives brings nothing nearer: an alarm that is set stays as it is. */
  wakeAtAll(now: EpochMs): void {
    if (this.#alarm.at === null) this.wake(now);
  }

  /**
   * A message that changed nothing else moves no deadline nearer but these: history must hear of it, and after an
   * answer the visitor may fall silent. Where an alarm is set for before that, nothing is done.
   */
  #wakeAfterMessage(room: RoomState, isAnswer: boolean, now: EpochMs): void {
    const logAt = this.#outbox.logAt(room);
    const { at } = this.#alarm;
    const isLookedSoon = at !== null && at <= now + LOOK_EVERY_MS;
    const isAwaited = isAnswer && room.turn === "agent" && !isLookedSoon;
    this.#setAlarm([logAt, isAwaited ? now + THINKS_AFTER_MS : null], now);
  }

  /**
   * When it is to be looked next whether the visitor thinks: one look for many messages while talk flows, and a minute
   * after an answer else. Null where the next answer says it.
   */
  #looksAt(room: RoomState, now: EpochMs): EpochMs | null {
    if (room.status !== "open" || room.turn !== "agent") return null;
    const spokeAt = this.#store.lastWord("visitor")?.at ?? -Infinity;
    if (now - spokeAt < LOOK_EVERY_MS) return now + LOOK_EVERY_MS;
    const last = this.#store.lastWord();
    return last?.by === "agent" ? last.at + THINKS_AFTER_MS : null;
  }

  /** The alarm says by its moment whether all that was owed is told. */
  #setAlarm(moments: readonly (EpochMs | null)[], now: EpochMs): void {
    const allTold = this.#store.owed().length === 0;
    this.#alarm.setFor(moments, now, (at) => alarmAt(at, allTold));
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
