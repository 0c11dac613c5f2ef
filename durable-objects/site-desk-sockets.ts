/**
 * The consoles that are connected to a desk. Whose each is lives in the socket's own attachment, so it outlives the
 * object's memory.
 */
import type { Connection } from "partyserver";
import type { Role } from "../domain/desk/desk.ts";
import type { Meter } from "../domain/chat/limits.ts";
import { CLOSE } from "../domain/chat/wire.ts";
import type { DeskServerFrame } from "../domain/desk/wire.ts";
import type { EpochMs } from "../domain/ids.ts";

export type DeskPerson = { id: string; name: string; role: Role };
/** `watches`: the list of live visitors is open there. */
export type Attachment = DeskPerson & { meter: Meter; watches?: boolean };
export type Socket = Connection<Attachment>;

const DEAD_AFTER_MS = 90_000;

/** Whom the Worker let in, and as what; null where it named nobody. */
export function personOf(request: Request): DeskPerson | null {
  const header = request.headers.get("x-aparte-agent");
  if (header === null) return null;
  const person = JSON.parse(decodeURIComponent(header)) as DeskPerson;
  return { id: person.id, name: person.name, role: person.role === "admin" ? "admin" : "agent" };
}

/** Send `frame` where the socket is still open; one that closes meanwhile gets the whole picture when it is back. */
export function send(socket: Socket, frame: DeskServerFrame): void {
  if (socket.readyState === WebSocket.READY_STATE_OPEN) socket.send(JSON.stringify(frame));
}

export function refuse(socket: Socket, code: string, message: string): void {
  send(socket, { type: "error", code, message });
}

export class SiteDeskSockets {
  readonly #sockets: (agent?: string) => Iterable<Socket>;
  readonly #pingedAt: (socket: Socket) => EpochMs | null;

  readonly #alsoTell: (agent: string, frame: DeskServerFrame) => void;

  /**
   * `sockets` finds one agent's by their tag, or all. `alsoTell`: what an agent's consoles are told, their pushes are
   * told as well.
   */
  constructor(
    sockets: (agent?: string) => Iterable<Socket>,
    pingedAt: (socket: Socket) => EpochMs | null,
    alsoTell: (agent: string, frame: DeskServerFrame) => void = () => {},
  ) {
    this.#sockets = sockets;
    this.#alsoTell = alsoTell;
    this.#pingedAt = pingedAt;
  }

  /** The agents who have a socket here. */
  connected(): Set<string> {
    return new Set([...this.#sockets()].flatMap(({ state }) => (state === null ? [] : [state.id])));
  }

  /** Whether `agent` has a socket besides `socket`. */
  hasOther(agent: string, socket: Socket): boolean {
    return [...this.#sockets(agent)].some((other) => other.id !== socket.id && other.state !== null);
  }

  tell(agent: string, frame: DeskServerFrame): void {
    this.#alsoTell(agent, frame);
    for (const socket of this.#sockets(agent)) if (socket.state !== null) send(socket, frame);
  }

  /** The consoles that have been welcomed and are still open. */
  *welcomed(): Generator<{ socket: Socket; person: DeskPerson }> {
    for (const socket of this.#sockets()) {
      const { state } = socket;
      if (state !== null && socket.readyState === WebSocket.READY_STATE_OPEN) yield { socket, person: state };
    }
  }

  /** Close every socket of a login that may no longer be here. */
  revoke(user: string): void {
    for (const socket of this.#sockets(user)) socket.close(CLOSE.revoked, "signed out");
  }

  /** Close what is certainly dead: a console that used to ping and stopped. */
  sweep(now: EpochMs): void {
    for (const socket of this.#sockets()) {
      const pinged = this.#pingedAt(socket);
      if (pinged !== null && now - pinged > DEAD_AFTER_MS) socket.close(CLOSE.goingAway, "no sign of life");
    }
  }
}
