/**
 * How far each person has read, which only ever grows. A receipt lies in its reader's own sockets, which cost nothing to
 * write, goes with whatever else the room writes, and is written by itself when a socket goes.
 */
import type { EpochMs } from "../domain/ids.ts";
import { authorOf, type Client, type Seat, senderOf } from "./chat-room-client.ts";
import type { Receipt } from "./chat-room-row.ts";
import type { ChatRoomSeats } from "./chat-room-seats.ts";
import type { ChatRoomStore } from "./chat-room-store.ts";

/** Without sockets, a receipt is written at most so often. */
const KEPT_EVERY_MS = 5_000;

export class ChatRoomReceipts {
  readonly #store: ChatRoomStore;
  readonly #seats: ChatRoomSeats;
  #known: Map<string, Receipt> | null = null;
  #keptAt: EpochMs = 0;

  constructor(store: ChatRoomStore, seats: ChatRoomSeats) {
    this.#store = store;
    this.#seats = seats;
  }

  /** `seat` has read up to `seq`, on `client`'s socket where there is one. False where that is no news. */
  take(seat: Seat, seq: number, client: Client | null): boolean {
    const known = this.#all();
    const sender = senderOf(seat);
    if (seq <= (known.get(sender)?.seq ?? 0)) return false;
    known.set(sender, { from: authorOf(seat), seq });
    this.#hold(known);
    client?.hasRead(seq);
    return true;
  }

  /** How far the person of `seat` has read. */
  of(seat: Seat): number {
    return this.#all().get(senderOf(seat))?.seq ?? 0;
  }

  /** What everybody but the person of `seat` has read. */
  others(seat: Seat): Receipt[] {
    return [...this.#all()].filter(([sender]) => sender !== senderOf(seat)).map(([, receipt]) => receipt);
  }

  /** Write what is known only in sockets and memory. */
  keep(now: EpochMs): void {
    this.#all();
    this.#store.keepReads();
    this.#keptAt = now;
  }

  /** The same where it was not done within `KEPT_EVERY_MS`. */
  keepNowAndThen(now: EpochMs): void {
    if (now - this.#keptAt >= KEPT_EVERY_MS || now < this.#keptAt) this.keep(now);
  }

  #all(): Map<string, Receipt> {
    if (this.#known !== null) return this.#known;
    const known = new Map(Object.entries(this.#store.reads()));
    let isNews = false;
    for (const { client, seat } of this.#seats.seated()) {
      const sender = senderOf(seat);
      if (client.read <= (known.get(sender)?.seq ?? 0)) continue;
      known.set(sender, { from: authorOf(seat), seq: client.read });
      isNews = true;
    }
    this.#known = known;
    if (isNews) this.#hold(known);
    return known;
  }

  #hold(known: Map<string, Receipt>): void {
    this.#store.holdReads(Object.fromEntries(known));
  }
}
