/** One conversation with its clients and its history, from the opening to the verdict. */
import { type Case, judge, type Reader, told } from "./checker.ts";
import { type ClientOptions, RoomClient } from "./client.ts";
import { readLog } from "./final-log.ts";
import { History } from "./history.ts";
import { openConversation, ticketFor } from "./http.ts";
import { type Ports, realPorts } from "./ports.ts";

export type Login = { cookie: string; sender: string };
type Own = Partial<Omit<ClientOptions, "name" | "sender" | "history" | "token">>;

export class Stage {
  readonly id: string;
  readonly history: History;
  readonly clients: RoomClient[] = [];
  readonly ports: Ports;
  readonly token: string;
  readonly #server: string;
  readonly #readers: Record<string, Reader> = {};
  readonly #common: Own;

  private constructor(server: string, opened: { id: string; token: string }, ports: Ports, common: Own) {
    this.#server = server;
    this.id = opened.id;
    this.token = opened.token;
    this.ports = ports;
    this.history = new History(() => ports.now());
    this.#common = common;
  }

  /** A new conversation of `visitor`; `common` is how all its clients are. */
  static async open(server: string, visitor: string, dice: () => number, common: Own = {}): Promise<Stage> {
    const { conversation, token } = await openConversation(server, visitor);
    return new Stage(server, { id: conversation.id, token }, common.ports ?? realPorts(dice), common);
  }

  get url(): string {
    return `${this.#server.replace(/^http/, "ws")}/v1/conversations/${this.id}/socket`;
  }

  visitor(name: string, own: Own = {}): RoomClient {
    this.#readers[name] = "visitor";
    return this.#add({ name, sender: "visitor", token: () => Promise.resolve(this.token), ...own });
  }

  agent(name: string, { cookie, sender }: Login, own: Own = {}): RoomClient {
    const token = () => ticketFor(this.#server, cookie, this.id);
    return this.#add({ name, sender, token, ...own });
  }

  /**
   * Let everybody get their answers and catch up, read the log as an agent and as the visitor, and judge. `still` are
   * the clients that must have seen everything; all of them unless told otherwise.
   */
  async verdict(login: Login, still: readonly RoomClient[] = this.clients): Promise<string[]> {
    for (const client of still) await client.settle();
    const agent = await readLog(this.url, await ticketFor(this.#server, login.cookie, this.id));
    const visitor = await readLog(this.url, this.token);
    for (const client of still) await client.until(() => client.last >= agent.head, `at ${agent.head}`);
    const room: Case = {
      facts: this.history.facts,
      agent,
      visitor,
      readers: this.#readers,
      complete: still.map(({ name }) => name),
    };
    const wrong = this.clients.flatMap((client) => client.wrong.map((each) => `${client.name}: ${each}`));
    return [...wrong, ...told(judge(room))].map((line) => `${this.id}: ${line}`);
  }

  stop(): void {
    for (const client of this.clients) client.stop();
  }

  #add(options: Omit<ClientOptions, "url" | "history" | "ports"> & Own): RoomClient {
    const { history, ports, url } = this;
    const client = new RoomClient({ url, ports, ...this.#common, ...options, history });
    this.clients.push(client);
    return client;
  }
}
