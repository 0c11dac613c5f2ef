/** An agent at the desk, over its real socket: online at once, accepting every offer. */
import { decode } from "../../domain/chat/wire.ts";
import { DeskServerFrame } from "../../domain/desk/wire.ts";

export class DeskClient {
  /** The conversations that are this agent's now. */
  readonly mine = new Set<string>();
  readonly wrong: string[] = [];
  #socket: WebSocket | null = null;
  readonly #watchers = new Set<() => void>();

  /** Go online with `capacity`; resolves with the desk's snapshot in hand. */
  async connect(url: string, cookie: string, capacity = 5): Promise<void> {
    const address = `${url.replace(/^http/, "ws")}/api/sites/demo/desk/socket`;
    // Node's WebSocket takes headers, which the DOM's type does not know of.
    const options = { headers: { cookie, origin: url } };
    const socket: WebSocket = Reflect.construct(WebSocket, [address, options]);
    this.#socket = socket;
    this.mine.clear();
    let welcomed = false;
    socket.addEventListener("message", ({ data }) => {
      const frame = decode(DeskServerFrame, String(data));
      if (frame === null) this.wrong.push(`not a frame: ${String(data)}`);
      else this.#take(frame);
      if (frame?.type === "snapshot") {
        welcomed = true;
        socket.send(JSON.stringify({ type: "status", state: "online", capacity }));
      }
      for (const watcher of this.#watchers) watcher();
    });
    await this.until(() => welcomed, "the desk's snapshot");
  }

  async until(holds: () => boolean, what: string, withinMs = 15_000): Promise<void> {
    if (holds()) return;
    await new Promise<void>((done, fail) => {
      const watcher = () => {
        if (!holds()) return;
        clearTimeout(tooLate);
        this.#watchers.delete(watcher);
        done();
      };
      const tooLate = setTimeout(() => {
        fail(new Error(`not within ${withinMs} ms: ${what}; ${this.wrong.join("; ")}`));
      }, withinMs);
      this.#watchers.add(watcher);
    });
  }

  close(): void {
    this.#socket?.close();
  }

  #take(frame: DeskServerFrame): void {
    if (frame.type === "offered") this.#send({ type: "accept", conversation: frame.conversation });
    else if (frame.type === "assigned") this.mine.add(frame.conversation);
    else if (frame.type === "revoked") this.mine.delete(frame.conversation);
    else if (frame.type === "snapshot")
      for (const { conversation } of frame.mine) this.mine.add(conversation);
    else if (frame.type === "error") this.wrong.push(`${frame.code}: ${frame.message}`);
  }

  #send(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }
}
