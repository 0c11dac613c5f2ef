/**
 * An agent's console at the desk: what it has been told, folded as a screen would show it. Every frame must be of the
 * protocol.
 */
import { decode } from "../domain/chat/wire.ts";
import { type DeskClientFrame, DeskServerFrame } from "../domain/desk/wire.ts";
import { watchers } from "./watchers.ts";

export class Console {
  /** The agent's own id, as the desk calls it. */
  id = "";
  readonly mine = new Set<string>();
  readonly offered = new Set<string>();
  readonly refusals: string[] = [];
  readonly wrong: string[] = [];
  readonly name: string;
  readonly #watched = watchers();
  #socket: WebSocket | null = null;

  constructor(name: string) {
    this.name = name;
  }

  /** Connect; resolves with the desk's snapshot folded. */
  async connect(url: string, cookie: string): Promise<this> {
    const address = `${url.replace(/^http/, "ws")}/api/sites/demo/desk/socket`;
    // Node's WebSocket takes headers, which the DOM's type does not know of.
    const socket: WebSocket = Reflect.construct(WebSocket, [address, { headers: { cookie, origin: url } }]);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#hear(String(data)));
    socket.addEventListener("close", ({ code }) => {
      if (this.#socket === socket) this.wrong.push(`the desk closed with ${code}`);
    });
    await this.until(() => this.id !== "", "the snapshot");
    return this;
  }

  send(frame: DeskClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  until(holds: () => boolean, what: string, withinMs = 15_000): Promise<void> {
    return this.#watched.until(holds, withinMs, () => `${this.name}: ${what}; ${this.wrong.join("; ")}`);
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #hear(text: string): void {
    const frame = decode(DeskServerFrame, text);
    if (frame === null) this.wrong.push(`not a frame: ${text.slice(0, 200)}`);
    else this.#fold(frame);
    this.#watched.wake();
  }

  #fold(frame: DeskServerFrame): void {
    if (frame.type === "snapshot") {
      this.id = frame.me.id;
      this.mine.clear();
      this.offered.clear();
      for (const { conversation } of frame.mine) this.mine.add(conversation);
    } else if (frame.type === "offered") this.offered.add(frame.conversation);
    else if (frame.type === "assigned") {
      this.offered.delete(frame.conversation);
      this.mine.add(frame.conversation);
    } else if (frame.type === "revoked") {
      this.offered.delete(frame.conversation);
      this.mine.delete(frame.conversation);
    } else if (frame.type === "error") this.refusals.push(frame.code);
  }
}
