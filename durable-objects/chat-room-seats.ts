/**
 * The sockets of a room and who sits at them; one that has not said hello has no seat and is told nothing.
 *
 * Known in memory while the object is, and read from the sockets themselves when it comes back.
 */
import { type Entry, isHiddenInPart, render } from "../domain/chat/room.ts";
import type { RoomState } from "../domain/chat/state.ts";
import { Trail } from "../domain/chat/trail.ts";
import { CLOSE, type ServerFrame } from "../domain/chat/wire.ts";
import type { EpochMs } from "../domain/ids.ts";
import { Client, type Seat, senderOf } from "./chat-room-client.ts";

/** A client that pings at all and has been silent this long is gone, whatever its socket says. */
const DEAD_AFTER_MS = 90_000;
/** A client that never says how far it has come is sent no more than this without a sign of life … */
const MAX_UNHEARD_UNITS = 1_024 * 1_024;
/** … once it has been silent for so long. */
const UNHEARD_MS = 60_000;

/** The visitor's place in the room. */
export function seatOfVisitor(room: RoomState): Seat {
  return { role: "visitor", id: room.visitor, name: room.name };
}

export class ChatRoomSeats {
  readonly #ctx: DurableObjectState;
  /** What was sent to visitors and to agents: a note is a few bytes to the one and all of it to the other. */
  readonly #trails = { visitor: new Trail(), agent: new Trail() };
  #known: Map<WebSocket, Client> | null = null;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  /** Everybody who is connected, with or without a seat. */
  get clients(): Map<WebSocket, Client> {
    if (this.#known !== null) return this.#known;
    this.#known = new Map();
    for (const socket of this.#ctx.getWebSockets()) {
      const client = Client.known(socket);
      if (client !== null) this.#known.set(socket, client);
      else socket.close(CLOSE.goingAway, "come back");
    }
    return this.#known;
  }

  /** Let `socket` in, without a seat. */
  accept(socket: WebSocket, now: EpochMs): Client {
    const { clients } = this;
    this.#ctx.acceptWebSocket(socket);
    const client = Client.accepted(socket, now);
    clients.set(socket, client);
    return client;
  }

  forget(client: Client): void {
    this.clients.delete(client.socket);
  }

  /** `client` has said something. */
  heard(client: Client, now: EpochMs): void {
    client.heard(now, this.#trailOf(client).total);
  }

  /** The clients that have said hello, with who sits there. */
  *seated(): Generator<{ client: Client; seat: Seat }> {
    for (const client of this.clients.values()) {
      if (client.seat !== null && client.isOpen) yield { client, seat: client.seat };
    }
  }

  /** Let go of the sockets of `seat`'s person that were silent longest, so that with one more there are `most`. */
  makeRoom(seat: Seat, most: number): void {
    const sender = senderOf(seat);
    const theirs = [...this.clients.values()].filter((client) => client.sender === sender && client.isOpen);
    if (theirs.length < most) return;
    const oldestFirst = theirs.toSorted((a, b) => this.#signAt(a) - this.#signAt(b));
    for (const client of oldestFirst.slice(0, theirs.length + 1 - most))
      client.close(CLOSE.crowdedOut, "opened in too many places");
  }

  /** Whether the visitor has a socket besides `except`. */
  hasVisitor(except: Client): boolean {
    for (const { client, seat } of this.seated())
      if (seat.role === "visitor" && client !== except) return true;
    return false;
  }

  /** Send `frame` to every seated client of whom `hears` says so. */
  tell(frame: ServerFrame, hears: (seat: Seat) => boolean = () => true): void {
    const text = JSON.stringify(frame);
    for (const { client, seat } of this.seated()) if (hears(seat)) client.sendText(text);
  }

  /** Send `entry`, whose JSON is `text`, to everybody as their role may see it. Who lags too far is let go. */
  tellEntry(entry: Entry, text: string, now: EpochMs): void {
    const shown = isHiddenInPart(entry) ? JSON.stringify(render(entry, "visitor")) : text;
    const slow: Client[] = [];
    for (const client of this.clients.values()) {
      const { seat } = client;
      if (seat === null) continue;
      if (this.#lags(client, now)) slow.push(client);
      else client.sendText(seat.role === "visitor" ? shown : text);
    }
    this.#trails.agent.passed(entry.seq, text.length, now);
    this.#trails.visitor.passed(entry.seq, shown.length, now);
    for (const client of slow) client.close(CLOSE.slowReader, "too far behind; come back and resume");
  }

  /** The visitor's last sign of life on any socket, as late as it may have been; null where none is connected. */
  visitorSignAt(): EpochMs | null {
    return this.#latestOfVisitor((client) => this.#signAt(client));
  }

  /** The same, as late as it is known to have been. */
  visitorSurelyAt(): EpochMs | null {
    return this.#latestOfVisitor((client) => this.lastSignOf(client));
  }

  #latestOfVisitor(momentOf: (client: Client) => EpochMs): EpochMs | null {
    let last: EpochMs | null = null;
    for (const { client, seat } of this.seated()) {
      if (seat.role === "visitor") last = Math.max(last ?? 0, momentOf(client));
    }
    return last;
  }

  /** Close what is certainly dead, a client that used to ping and stopped, or never said hello: those, the last heard first. */
  sweep(now: EpochMs): Client[] {
    const dead = [...this.clients.values()].filter((client) => {
      const silent = now - this.#signAt(client) > DEAD_AFTER_MS;
      return silent && (this.#pingedAt(client) !== null || client.seat === null);
    });
    for (const client of dead) client.close(CLOSE.goingAway, "no sign of life");
    return dead.toSorted((a, b) => this.lastSignOf(b) - this.lastSignOf(a));
  }

  /** When `client` is known to have been there last, itself or by its pings. */
  lastSignOf(client: Client): EpochMs {
    return Math.max(client.surelyHeardAt, this.#pingedAt(client) ?? 0);
  }

  #lags(client: Client, now: EpochMs): boolean {
    const trail = this.#trailOf(client);
    if (client.acks) return trail.isTooFar(client.position, now);
    if (trail.total - client.sentWhenHeard <= MAX_UNHEARD_UNITS) return false;
    const signAt = this.#signAt(client);
    if (now - signAt > UNHEARD_MS) return true;
    // It still pings: what was sent until then is taken as read, since nothing says otherwise.
    client.sentWhenHeard = trail.total;
    return false;
  }

  #trailOf({ seat }: Client): Trail {
    return this.#trails[seat?.role ?? "visitor"];
  }

  #signAt(client: Client): EpochMs {
    return Math.max(client.heardAt, this.#pingedAt(client) ?? 0);
  }

  #pingedAt({ socket }: Client): EpochMs | null {
    return this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? null;
  }
}
