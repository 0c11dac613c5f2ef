/**
 * A correct client of one room, by the contract: an outbox in order, a position that it resumes by, `range` where an
 * event is missing, and a back-off with full jitter. It notes every call, every frame and every loss in the history.
 *
 * Shapes  `view` is what its screen would show; `outbox` what nobody has acknowledged.
 * Errors  a frame that is not of the protocol, and an error that nothing explains, are kept in `wrong`.
 */
import { decode, PROTOCOL_VERSION, ServerFrame } from "../domain/chat/wire.ts";
import type { ErrorCode, MessageKind } from "../domain/chat/wire.ts";
import type { History, LogFrame, Noted } from "./history.ts";
import { backOffMs, type Ports } from "./ports.ts";
import { watchers } from "./watchers.ts";

export type Answer = { ok: true; seq: number } | { ok: false; code: ErrorCode };

export type ClientOptions = {
  /** Unique in its room. */
  name: string;
  /** Whose words it says: `visitor`, or the agent's login. */
  sender: string;
  url: string;
  /** The conversation's token, or a fresh ticket; asked before every connection. Throws where nobody answers. */
  token: () => Promise<string>;
  history: History;
  ports: Ports;
  /** How many messages may be on their way at once; 1 unless told otherwise. */
  window?: number;
  /** Waits are multiplied by this; below 1 where a run is about order and not about time. */
  patience?: number;
  /** How long a connection must hold for the next loss to count from the start; 30 s, as the contract says. */
  stableMs?: number;
};

type Draft = { id: string; kind: MessageKind; body: string; isOut: boolean; done: (answer: Answer) => void };

const PING_MS = 25_000;
const PONG_WITHIN_MS = 10_000;
const WELCOME_WITHIN_MS = 10_000;
const STABLE_MS = 30_000;
const POSITION_MS = 60_000;
/** A reader says how far it has come after so many events or so long, and not so often that it counts as a flood. */
const TOLD_EVENTS = 20;
const TOLD_AT_LEAST_MS = 2_000;
const TOLD_AT_MOST_MS = 5_000;
const SOFT_REFUSAL_MS = 1_000;
const RANGE_TRIES = 2;
const PASSING: ReadonlySet<ErrorCode> = new Set(["rate_limited", "unavailable", "unauthorized"]);

export class RoomClient {
  readonly name: string;
  readonly view = new Map<number, LogFrame>();
  readonly wrong: string[] = [];
  /** The codes with which the server closed, in order; 1005 and 1006 are a lost line. */
  readonly closeCodes: number[] = [];
  epoch: string | null = null;
  last = 0;
  head = 0;
  resets = 0;
  welcomes = 0;
  /** When the last welcome was followed by everything up to its head; null until then. */
  caughtUpAt: number | null = null;
  isFinal = false;
  readonly #options: Required<ClientOptions>;
  readonly #outbox: Draft[] = [];
  readonly #held = new Map<number, LogFrame>();
  readonly #timers = new Map<string, () => void>();
  readonly #watched = watchers();
  #socket: WebSocket | null = null;
  #ready = false;
  #stopped = true;
  #attempt = 0;
  #tries = 0;
  #told = 0;
  #connection = 0;

  constructor(options: ClientOptions) {
    this.#options = { window: 1, patience: 1, stableMs: STABLE_MS, ...options };
    this.name = options.name;
  }

  /** Connect, and come back for as long as it is wanted. */
  start(): void {
    this.#stopped = false;
    this.#connect();
  }

  /** Connect and wait until everything that there is has been shown. */
  async join(): Promise<void> {
    this.start();
    await this.until(() => this.isCaughtUp, "caught up");
  }

  /** Leave for good. */
  stop(): void {
    this.#stopped = true;
    this.#forget();
  }

  /** Let go of the line, and come back after `ms`, or by the back-off. */
  drop(ms: number | null = null): void {
    if (this.#stopped) return;
    this.#lose();
    this.#after("retry", ms ?? this.#waitMs(), () => this.#connect());
  }

  /** No line, and no try at one, until `back`. */
  away(): void {
    this.#lose();
  }

  back(): void {
    this.#attempt = 0;
    this.#connect();
  }

  get isReady(): boolean {
    return this.#ready;
  }

  get isCaughtUp(): boolean {
    return this.#ready && this.last >= this.head;
  }

  /** What nobody has acknowledged, oldest first. */
  get unsettled(): readonly string[] {
    return this.#outbox.map(({ id }) => id);
  }

  /** Say `body`, now or when there is a line; resolves with the server's word on it. */
  say(body: string, kind: MessageKind = "text", id: string = crypto.randomUUID()): Promise<Answer> {
    return new Promise((done) => {
      this.#outbox.push({ id, kind, body, isOut: false, done });
      this.#note({ what: "invoke", sender: this.#options.sender, call: id, kind, body });
      this.#pump();
    });
  }

  /** A frame as it is, where there is a line. */
  send(frame: object | string): boolean {
    if (!this.#ready || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    return true;
  }

  /** Ask for the events `from…to` again. */
  range(from: number, to: number): void {
    if (this.send({ type: "range", from, to })) this.#note({ what: "range", from, to });
  }

  /** Wait until everything said has been answered. */
  settle(withinMs?: number): Promise<void> {
    return this.until(() => this.#outbox.length === 0, "everything acknowledged", withinMs);
  }

  until(holds: () => boolean, what: string, withinMs = 30_000): Promise<void> {
    return this.#watched.until(holds, withinMs, () => {
      const { last, head, wrong, closeCodes } = this;
      const line = this.#ready ? "connected" : "not connected";
      return `${this.name}: ${what}; ${line}, at ${last} of ${head}, ${this.#outbox.length} unanswered, closed with ${closeCodes.join(" ")}; ${wrong.join("; ")}`;
    });
  }

  #connect(): void {
    this.#connection += 1;
    const connection = this.#connection;
    this.#options.token().then(
      (token) => {
        if (connection === this.#connection && !this.#stopped) this.#dial(token);
      },
      () => {
        // Whoever gives tickets does not answer either: the next try asks again.
        if (connection === this.#connection && !this.#stopped) this.drop();
      },
    );
  }

  #dial(token: string): void {
    const socket = new WebSocket(this.#options.url);
    this.#socket = socket;
    const mine = (act: () => void) => {
      if (this.#socket === socket) act();
    };
    socket.addEventListener("open", () =>
      mine(() => {
        const { epoch, last: after } = this;
        this.#note({ what: "hello", epoch, after });
        socket.send(JSON.stringify({ type: "hello", v: PROTOCOL_VERSION, token, epoch, after, acks: true }));
      }),
    );
    socket.addEventListener("message", ({ data }) => mine(() => this.#hear(String(data))));
    socket.addEventListener("close", ({ code }) => mine(() => this.#closed(code)));
    this.#after("welcome", WELCOME_WITHIN_MS, () => this.drop());
  }

  #closed(code: number): void {
    this.closeCodes.push(code);
    if (code >= 4_200 && code < 5_000) {
      this.isFinal = true;
      this.stop();
      this.#watched.wake();
    } else this.drop();
  }

  #hear(text: string): void {
    this.#cancel("pong");
    if (text === "pong") return;
    const frame = decode(ServerFrame, text);
    if (frame === null) this.wrong.push(`not a frame: ${text.slice(0, 200)}`);
    else this.#take(frame, text);
    this.#watched.wake();
  }

  #take(frame: ServerFrame, text: string): void {
    switch (frame.type) {
      case "welcome":
        return this.#welcomed(frame);
      case "reset":
        this.#note({ what: "reset", epoch: frame.epoch, head: frame.head, from: frame.from });
        this.resets += 1;
        this.view.clear();
        this.#held.clear();
        this.epoch = frame.epoch;
        this.last = frame.from - 1;
        return;
      case "ack":
        return this.#answered(frame.client_id, { ok: true, seq: frame.seq });
      case "message":
      case "event":
        this.#note({ what: "saw", seq: frame.seq, text });
        // As it came: the schema drops what it does not know.
        return this.#show(JSON.parse(text) as LogFrame);
      case "error":
        return this.#refused(frame.code, frame.client_id, frame.message);
      case "typing":
      case "read":
      case "state":
        return;
      default:
        frame satisfies never;
    }
  }

  #welcomed({ epoch, head }: { epoch: string; head: number }): void {
    this.#note({ what: "welcome", epoch, head });
    this.#cancel("welcome");
    this.#ready = true;
    this.welcomes += 1;
    this.epoch = epoch;
    this.head = head;
    this.caughtUpAt = this.last >= head ? this.#options.ports.now() : null;
    this.#after("stable", this.#options.stableMs, () => (this.#attempt = 0));
    this.#after("ping", PING_MS, () => this.#ping());
    this.#after("position", POSITION_MS, () => this.#askPosition());
    this.#pump();
  }

  #show(event: LogFrame): void {
    if (event.seq <= this.last) return;
    if (event.seq > this.last + 1) return this.#miss(event);
    this.#keep(event);
    for (let next = this.#held.get(this.last + 1); next; next = this.#held.get(this.last + 1)) {
      this.#held.delete(next.seq);
      this.#keep(next);
    }
    if (this.#held.size === 0) this.#tries = 0;
    if (this.last >= this.head) this.caughtUpAt ??= this.#options.ports.now();
    const wait = this.last - this.#told >= TOLD_EVENTS ? TOLD_AT_LEAST_MS : TOLD_AT_MOST_MS;
    this.#after(`told ${wait}`, wait, () => this.#tellPosition(), false);
  }

  #keep(event: LogFrame): void {
    this.view.set(event.seq, event);
    this.last = event.seq;
  }

  /** One is missing: hold this one, ask for those between, twice; then begin from the position. */
  #miss(event: LogFrame): void {
    const first = this.#held.size === 0;
    this.#held.set(event.seq, event);
    if (!first) return;
    this.#tries += 1;
    if (this.#tries > RANGE_TRIES) return this.drop();
    this.range(this.last + 1, event.seq - 1);
  }

  #answered(id: string, answer: Answer): void {
    const fact = answer.ok
      ? ({ what: "ok", seq: answer.seq } as const)
      : ({ what: "fail", code: answer.code } as const);
    this.#note({ ...fact, call: id });
    const index = this.#outbox.findIndex((draft) => draft.id === id);
    const [draft] = index < 0 ? [] : this.#outbox.splice(index, 1);
    if (draft === undefined) return;
    draft.done(answer);
    this.#pump();
  }

  #refused(code: ErrorCode, id: string | null, message: string): void {
    const draft = this.#outbox.find((each) => each.id === id);
    // The ticket was too old when it came: the close that follows asks for another.
    if (code === "unauthorized" && !this.#ready) return;
    if (id === null || draft === undefined) return void this.wrong.push(`error ${code}: ${message}`);
    if (!PASSING.has(code)) return this.#answered(id, { ok: false, code });
    this.#note({ what: "info", call: id });
    draft.isOut = false;
    this.#after("pump", SOFT_REFUSAL_MS, () => this.#pump());
  }

  /** Send in order what is not on its way, as far as the window reaches. */
  #pump(): void {
    if (!this.#ready) return;
    for (const draft of this.#outbox.slice(0, this.#options.window)) {
      if (draft.isOut) continue;
      const { id, kind, body } = draft;
      draft.isOut = this.send({ type: "message", client_id: id, body, kind });
    }
  }

  #ping(): void {
    if (!this.send("ping")) return;
    this.#after("pong", PONG_WITHIN_MS, () => this.drop(), false);
    this.#after("ping", PING_MS, () => this.#ping());
  }

  /** Ask for what comes next: nothing, unless the line has gone silent without a word. */
  #askPosition(): void {
    this.range(this.last + 1, this.last + 1);
    this.#after("position", POSITION_MS * (1 + this.#options.ports.dice()), () => this.#askPosition());
  }

  /** Who asks for what comes next has everything before it. */
  #tellPosition(): void {
    this.#cancel(`told ${TOLD_AT_MOST_MS}`);
    if (this.last === this.#told) return;
    this.#told = this.last;
    this.range(this.last + 1, this.last + 1);
  }

  #waitMs(): number {
    const { patience, ports } = this.#options;
    const wait = backOffMs(this.#attempt, () => ports.dice());
    this.#attempt += 1;
    return wait * patience;
  }

  #lose(): void {
    if (this.#socket !== null) this.#note({ what: "lost" });
    for (const draft of this.#outbox) {
      if (draft.isOut) this.#note({ what: "info", call: draft.id });
      draft.isOut = false;
    }
    this.#forget();
  }

  #forget(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#ready = false;
    this.#connection += 1;
    this.#held.clear();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    socket?.close();
  }

  #note(fact: Omit<Noted, "client"> & Record<string, unknown>): void {
    this.#options.history.note({ ...fact, client: this.name } as Noted);
  }

  /** One timer a name; where `anew` is false, one that runs is left as it is. */
  #after(name: string, ms: number, act: () => void, anew = true): void {
    if (!anew && this.#timers.has(name)) return;
    this.#cancel(name);
    const cancel = this.#options.ports.after(ms, () => {
      this.#timers.delete(name);
      act();
    });
    this.#timers.set(name, cancel);
  }

  #cancel(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }
}
