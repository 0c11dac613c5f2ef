/** The tickets into a room that were issued and not yet used: only their hashes, for half a minute each. */
import type { EpochMs } from "../domain/ids.ts";
import type { ChatRoomRow, StoredTicket, TicketHolder } from "./chat-room-row.ts";

export class ChatRoomTickets {
  readonly #row: ChatRoomRow;

  constructor(row: ChatRoomRow) {
    this.#row = row;
  }

  /** Let `person` in once, by the ticket whose hash this is, until `expiresAt`; those that have run out by now go. */
  add(hash: string, person: TicketHolder, expiresAt: EpochMs, now: EpochMs): void {
    const { tickets } = this.#row.read();
    const others = tickets.filter((other) => other.hash !== hash && other.expiresAt > now);
    this.#keep([...others, { hash, person, expiresAt }]);
  }

  /** Take the ticket away and return whose it was; null where it was used, voided or is too old. */
  use(hash: string, now: EpochMs): TicketHolder | null {
    const { tickets } = this.#row.read();
    const ticket = tickets.find((each) => each.hash === hash);
    if (ticket === undefined) return null;
    this.#keep(tickets.filter((each) => each !== ticket));
    return ticket.expiresAt <= now ? null : ticket.person;
  }

  /** What `user` was given and has not used is void. */
  voidOf(user: string): void {
    const { tickets } = this.#row.read();
    const others = tickets.filter(({ person }) => person.id !== user);
    if (others.length < tickets.length) this.#keep(others);
  }

  #keep(tickets: StoredTicket[]): void {
    this.#row.hold({ tickets });
    this.#row.write();
  }
}
