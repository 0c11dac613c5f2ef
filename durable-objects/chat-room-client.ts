/**
 * One socket of a room, and what the room remembers of it.
 *
 * What must outlive the object's memory lies in the socket's own attachment: who sits there, since when it is silent,
 * how far its person has read, how many frames it sent. It is written where it changes, but a sign of life only every
 * `KEPT_EVERY_MS`, so that a frame costs no copy of it; read back, silence counts from that much later.
 */
import {
  EMPTY_FLOW,
  EMPTY_METER,
  type Flow,
  type Meter,
  NOT_TYPING,
  type Typed,
} from "../domain/chat/limits.ts";
import type { Author, ErrorCode, ServerFrame } from "../domain/chat/wire.ts";
import type { EpochMs } from "../domain/ids.ts";

export type Seat = {
  role: "visitor" | "agent";
  id: string;
  name: string | null;
  /** A supervisor of the site. */
  supervisor?: boolean;
};

/** `read` is how far this person has read, on this socket or another. */
type Attachment = { seat: Seat | null; meter: Meter; heardAt: EpochMs; acks: boolean; read: number };

const KEPT_EVERY_MS = 10_000;

/** One sender, however many sockets: `visitor`, or the agent's login. */
export function senderOf(seat: Seat): string {
  return seat.role === "visitor" ? "visitor" : `agent:${seat.id}`;
}

export function authorOf(seat: Seat): Author {
  return { role: seat.role, id: seat.id, name: seat.name };
}

export class Client {
  readonly socket: WebSocket;
  meter: Meter = EMPTY_METER;
  flow: Flow = EMPTY_FLOW;
  typed: Typed = NOT_TYPING;
  /** How far this client has said that it came, and whether it says so at all. */
  position = 0;
  acks = false;
  read = 0;
  /** How many sockets of one visitor its site allows: what the Worker said at the door. */
  mostSockets = 1;
  /** What had been sent to everybody when this client was heard last. */
  sentWhenHeard = 0;
  /** What it said while its hello was being checked waits for this. */
  turn: Promise<void> | null = null;
  waiting = 0;
  #seat: Seat | null = null;
  #sender = "";
  #heardAt: EpochMs;
  #keptAt: EpochMs;
  #surelyHeardAt: EpochMs;
  #closed = false;

  private constructor(socket: WebSocket, heardAt: EpochMs) {
    this.socket = socket;
    this.#heardAt = heardAt;
    this.#keptAt = heardAt;
    this.#surelyHeardAt = heardAt;
  }

  /** A socket that was accepted at `now`. */
  static accepted(socket: WebSocket, now: EpochMs): Client {
    const client = new Client(socket, now);
    client.#keep();
    return client;
  }

  /** A socket as it was before the object was put out of memory; null where an older version of ours accepted it. */
  static known(socket: WebSocket): Client | null {
    const kept = socket.deserializeAttachment() as Partial<Attachment> | null;
    if (kept?.heardAt === undefined || kept.meter === undefined) return null;
    const client = new Client(socket, kept.heardAt + KEPT_EVERY_MS);
    client.#keptAt = kept.heardAt;
    client.#surelyHeardAt = kept.heardAt;
    client.meter = kept.meter;
    client.acks = kept.acks ?? false;
    client.read = kept.read ?? 0;
    client.#sit(kept.seat ?? null);
    return client;
  }

  /** Who sits here; null before hello. */
  get seat(): Seat | null {
    return this.#seat;
  }

  get sender(): string {
    return this.#sender;
  }

  get heardAt(): EpochMs {
    return this.#heardAt;
  }

  /** The last moment at which it is known to have been heard; it may have been heard since. */
  get surelyHeardAt(): EpochMs {
    return this.#surelyHeardAt;
  }

  get isOpen(): boolean {
    return !this.#closed && this.socket.readyState === WebSocket.READY_STATE_OPEN;
  }

  /** Hello was said: `seat` is taken. The hello is not counted: a minute's frames are those said from the seat. */
  welcome(seat: Seat, acks: boolean, read: number): void {
    this.#sit(seat);
    this.meter = EMPTY_METER;
    this.acks = acks;
    this.read = read;
    this.#keep();
  }

  /** A frame came at `now`. */
  heard(now: EpochMs, sent: number): void {
    this.#heardAt = Math.max(this.#heardAt, now);
    this.#surelyHeardAt = now;
    this.sentWhenHeard = sent;
    if (now - this.#keptAt >= KEPT_EVERY_MS) this.#keep();
  }

  /** This person has read up to `seq`. */
  hasRead(seq: number): void {
    this.read = seq;
    this.#keep();
  }

  /** Where the limits are reached, what was counted must not be forgotten. */
  keepMeter(): void {
    this.#keep();
  }

  /** Send what is JSON already; one that closes meanwhile resumes by its position. */
  sendText(text: string): void {
    if (this.isOpen) this.socket.send(text);
  }

  send(frame: ServerFrame): void {
    this.sendText(JSON.stringify(frame));
  }

  /** The message that this client sent as `clientId`, a UUID, is durable. */
  acknowledge(clientId: string, seq: number, at: string): void {
    // For every message: written out, since nothing in it has to be escaped.
    this.sendText(`{"type":"ack","client_id":"${clientId}","seq":${seq},"at":"${at}"}`);
  }

  refuse(code: ErrorCode, message: string, clientId: string | null = null): void {
    this.send({ type: "error", code, message, client_id: clientId });
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.socket.close(code, reason);
  }

  #sit(seat: Seat | null): void {
    this.#seat = seat;
    this.#sender = seat === null ? "" : senderOf(seat);
  }

  #keep(): void {
    this.#keptAt = this.#surelyHeardAt;
    const { meter, acks, read } = this;
    const kept: Attachment = { seat: this.#seat, meter, heardAt: this.#surelyHeardAt, acks, read };
    this.socket.serializeAttachment(kept);
  }
}
