/**
 * One visitor's conversation as this tab knows it: signals for the screen, actions for the visitor.
 *
 * Holds   the log and the outbox (pure modules decide), the connection, and what the page remembers.
 * Errors  a refused opening is a `phase`; everything written stays in the draft or in the outbox.
 */
import { computed, signal } from "@preact/signals";
import { newId } from "./message-id.ts";
import type { RoomStatus, ServerFrame } from "../../domain/chat/wire.ts";
import type { PageLink } from "../shared/widget-mount.ts";
import type { Ask, LogEvent } from "./conversation-log.ts";
import { apply, askAgain, emptyLog, greet, reset } from "./conversation-log.ts";
import type { Memory, Remembered } from "./memory.ts";
import type { Outbox, Pending } from "./outbox.ts";
import { add, isPassing, merge, next, refuse, retry, settle } from "./outbox.ts";
import { openOutboxStore } from "./outbox-store.ts";
import type { Link } from "./room-connection.ts";
import { RoomConnection } from "./room-connection.ts";
import type { Server } from "./server.ts";
import { Refused } from "./server.ts";
import { agentNamed, rowsOf } from "./transcript-rows.ts";

const HOLE_AGAIN_MS = 3_000;
const ACK_WITHIN_MS = 10_000;
const REFUSED_AGAIN_MS = 5_000;
const TYPING_EVERY_MS = 3_000;
const TYPING_LASTS_MS = 6_000;
const READ_AFTER_MS = 400;
/** History is drawn this long before new messages are announced. */
const SETTLED_MS = 200;

export type Phase = "none" | "opening" | "live" | "refused" | "too_many";
export type Queue = { position: number | null; waitSeconds: number | null };

export class Conversation {
  readonly #page: PageLink;
  readonly #server: Server;
  readonly #memory: Memory;
  readonly #store = openOutboxStore();
  readonly #log = signal(emptyLog);
  readonly #outbox = signal<Outbox>([]);
  readonly #readByAgent = signal(0);
  readonly #readSeq = signal(0);
  #known: Remembered | null = null;
  #room: RoomConnection | null = null;
  #inFlight: string | null = null;
  #opening: Promise<void> | null = null;
  #typedAt = 0;
  #head = 0;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #watching = false;

  readonly phase = signal<Phase>("none");
  readonly status = signal<RoomStatus | null>(null);
  readonly queue = signal<Queue>({ position: null, waitSeconds: null });
  readonly agent = signal<string | null>(null);
  /** Who is typing: a name, "" where it has none, null for nobody. */
  readonly typing = signal<string | null>(null);
  readonly link = signal<Link>({ state: "connecting" });
  readonly draft = signal("");
  /** False while history is still arriving: what was said before is not announced again. */
  readonly caughtUp = signal(false);
  readonly rated = signal(false);
  readonly rows = computed(() => {
    const { events, held } = this.#log.value;
    const mine = held.filter((one) => one.type === "message" && one.from.role === "visitor");
    return rowsOf([...events, ...mine], this.#outbox.value, this.#readByAgent.value);
  });
  readonly unread = computed(() => {
    const seen = this.#readSeq.value;
    return this.#log.value.events.filter((one) => one.seq > seen && isFromThem(one)).length;
  });

  constructor(page: PageLink, server: Server, memory: Memory) {
    this.#page = page;
    this.#server = server;
    this.#memory = memory;
    this.draft.value = memory.draft();
  }

  /** Take up the conversation that the page remembers. False where it remembers none. */
  resume(): boolean {
    const known = this.#memory.conversation();
    if (!known || this.#known) return this.#known !== null;
    this.#enter(known);
    return true;
  }

  /** Open a conversation, once: while one is being opened or lives, this is that one. */
  open(decisionId: string | null): Promise<void> {
    if (this.#known) return Promise.resolve();
    this.#opening ??= this.#open(decisionId).finally(() => (this.#opening = null));
    return this.#opening;
  }

  /** Send what the visitor wrote. It shows at once, and leaves when it can. */
  async say(text: string): Promise<void> {
    const body = text.trim();
    if (body === "") return;
    const conversation = this.#known?.id ?? this.#requestId();
    const pending = { client_id: newId(), conversation, body, at: Date.now(), failed: null };
    this.#outbox.value = add(this.#outbox.value, pending);
    this.write("");
    await (await this.#store).put(pending);
    if (!this.#known) await this.open(null);
    this.#flush();
  }

  async sendAgain(client_id: string): Promise<void> {
    this.#outbox.value = retry(this.#outbox.value, client_id);
    if (!this.#known) await this.open(null);
    this.#flush();
  }

  /** What stands in the field now: kept for a reload, and told as typing. */
  write(text: string): void {
    this.draft.value = text;
    this.#memory.keepDraft(text);
    const now = Date.now();
    if (text === "") {
      if (this.#typedAt !== 0) this.#room?.send({ type: "typing", on: false });
      this.#typedAt = 0;
    } else if (now - this.#typedAt >= TYPING_EVERY_MS && this.#room?.send({ type: "typing", on: true })) {
      this.#typedAt = now;
    }
  }

  /** The panel is before the visitor's eyes, or no longer: only what was seen is told as read. */
  watch(watching: boolean): void {
    // What was seen up to this moment was seen, also when the moment to tell has not come yet.
    if (!watching && this.#timers.has("read")) this.#readNow();
    this.#watching = watching;
    if (watching) this.#readSoon();
  }

  tryNow(): void {
    this.#room?.tryNow();
  }

  end(): void {
    this.#room?.send({ type: "close" });
  }

  async rate(answer: 1 | 2 | 3, comment: string): Promise<void> {
    const known = this.#known;
    if (!known) return;
    await this.#server.survey(known.id, known.token, { answer, comment });
    this.rated.value = true;
  }

  /** Leave the conversation for good: connection, memory and log. The draft stays. */
  forget(): void {
    this.#room?.stop();
    this.#room = null;
    this.#known = null;
    this.#memory.forget();
    this.#memory.keepRequest(null);
    for (const name of this.#timers.keys()) this.#cancel(name);
    this.#log.value = emptyLog;
    this.#outbox.value = [];
    this.#readByAgent.value = 0;
    this.#readSeq.value = 0;
    this.#inFlight = null;
    this.phase.value = "none";
    this.status.value = null;
    this.agent.value = null;
    this.typing.value = null;
    this.rated.value = false;
    this.caughtUp.value = false;
  }

  /** One id for one wish to talk, kept until the server has answered, also across a reload. */
  #requestId(): string {
    const id = this.#memory.request() ?? newId();
    this.#memory.keepRequest(id);
    return id;
  }

  async #open(decisionId: string | null): Promise<void> {
    const requestId = this.#requestId();
    this.phase.value = "opening";
    try {
      const { id, token, socketUrl } = await this.#server.open({ requestId, token: null, decisionId });
      await this.#adopt(requestId, id);
      const known = { id, token, socketUrl, readSeq: 0 };
      this.#memory.remember(known);
      this.#memory.keepRequest(null);
      this.#enter(known);
    } catch (failure) {
      const tooMany = failure instanceof Refused && failure.status === 429;
      this.phase.value = tooMany ? "too_many" : "refused";
      this.#page.on("error", { code: failure instanceof Refused ? failure.code : "network" });
    }
  }

  /** What was written before the conversation had an id belongs to it now. */
  async #adopt(requestId: string, conversation: string): Promise<void> {
    const store = await this.#store;
    const moved = this.#outbox.value.map((one) => {
      return one.conversation === requestId ? { ...one, conversation } : one;
    });
    this.#outbox.value = moved;
    await Promise.all(moved.map((one) => store.put(one)));
  }

  #enter(known: Remembered): void {
    this.#known = known;
    this.#readSeq.value = known.readSeq;
    this.phase.value = "live";
    this.#room = new RoomConnection({
      socketUrl: () => (this.#known ?? known).socketUrl,
      hello: () => ({
        token: (this.#known ?? known).token,
        epoch: this.#log.value.epoch,
        after: this.#log.value.last,
      }),
      frame: (frame) => this.#heard(frame),
      link: (link) => this.#linked(link),
      authenticate: () => this.#authenticate(),
      poll: () => this.#poll(),
    });
    this.#loadOutbox(known.id).catch((failure: unknown) => console.warn("aparte: outbox", failure));
    this.#room.start();
  }

  async #loadOutbox(conversation: string): Promise<void> {
    const stored = await (await this.#store).load(conversation);
    this.#outbox.value = merge(this.#outbox.value, stored);
    for (const event of this.#log.value.events) this.#echoed(event);
    this.#flush();
  }

  async #authenticate(): Promise<boolean> {
    const known = this.#known;
    if (!known) return false;
    const opening = { requestId: null, token: known.token, decisionId: null };
    try {
      const { id, token, socketUrl } = await this.#server.open(opening);
      if (id !== known.id) return false;
      this.#keep({ ...known, token, socketUrl });
      return true;
    } catch (failure) {
      if (failure instanceof Refused && failure.status < 500 && failure.status !== 429) return false;
      throw failure;
    }
  }

  async #poll(): Promise<void> {
    const known = this.#known;
    if (!known) return;
    const turn = next(this.#outbox.value);
    const { epoch, last } = this.#log.value;
    if (turn) await this.#post(known, turn);
    for (const frame of await this.#server.frames(known.id, known.token, epoch, last)) this.#heard(frame);
  }

  /** Send by HTTP what waits; a final refusal is the same as on the socket, a passing one keeps its turn. */
  async #post(known: Remembered, turn: Pending): Promise<void> {
    try {
      for (const frame of await this.#server.post(known.id, known.token, turn)) this.#heard(frame);
    } catch (failure) {
      if (!(failure instanceof Refused) || failure.status === 429 || failure.status >= 500) throw failure;
      this.#refused(turn.client_id, failure.status === 413 ? "too_large" : "closed");
    }
  }

  #linked(link: Link): void {
    this.link.value = link;
    if (link.state !== "open") {
      this.#inFlight = null;
      this.typing.value = null;
    }
    if (link.state === "final") this.status.value = "closed";
  }

  #heard(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        this.#log.value = greet(this.#log.value, frame);
        this.agent.value = frame.conversation.agent?.name ?? null;
        this.status.value = frame.conversation.status;
        this.#head = frame.head;
        this.#catchUp();
        this.#flush();
        return;
      case "reset":
        this.#log.value = reset(frame);
        this.#head = frame.head;
        return;
      case "message":
      case "event":
        this.#applied(frame);
        return;
      case "ack":
        this.#acknowledged(frame.client_id, frame.seq, frame.at);
        return;
      case "typing":
        if (frame.from.role !== "visitor") this.#theyType(frame.on ? (frame.from.name ?? "") : null);
        return;
      case "read":
        if (frame.from.role === "agent")
          this.#readByAgent.value = Math.max(this.#readByAgent.value, frame.seq);
        else if (frame.from.role === "visitor") this.#readUpTo(frame.seq);
        return;
      case "state":
        this.status.value = frame.status;
        this.queue.value = { position: frame.position, waitSeconds: frame.wait_seconds };
        return;
      case "error":
        if (frame.client_id) this.#refused(frame.client_id, frame.code);
        return;
      default:
        frame satisfies never;
    }
  }

  #applied(event: LogEvent): void {
    const before = this.#log.value.last;
    const { log, ask } = apply(this.#log.value, event);
    this.#log.value = log;
    this.#ask(ask);
    for (const one of log.events) if (one.seq > before) this.#happened(one);
  }

  #happened(event: LogEvent): void {
    this.#echoed(event);
    const named = agentNamed(event);
    if (named !== undefined) this.agent.value = named;
    if (event.type === "message") {
      if (event.from.role === "agent") this.typing.value = null;
      this.#page.on("message", { role: event.from.role, seq: event.seq });
    } else if (event.name === "closed") {
      this.status.value = "closed";
      this.typing.value = null;
    }
    this.#catchUp();
    if (this.#watching) this.#readSoon();
  }

  #catchUp(): void {
    if (this.#log.value.last < this.#head || this.caughtUp.value) return;
    this.#after("caughtUp", SETTLED_MS, () => (this.caughtUp.value = true));
  }

  #ask(ask: Ask): void {
    if (ask === "resume") {
      this.#room?.restart();
    } else if (ask) {
      this.#room?.send({ type: "range", ...ask });
      this.#after("hole", HOLE_AGAIN_MS, () => {
        const again = askAgain(this.#log.value);
        this.#log.value = again.log;
        this.#ask(again.ask);
      });
    }
  }

  /** An ack is as good as the echo: the message takes its place in the log, whichever comes first. */
  #acknowledged(client_id: string, seq: number, at: string): void {
    const pending = this.#outbox.value.find((one) => one.client_id === client_id);
    if (!pending) return;
    const from = { role: "visitor" as const, id: "", name: null };
    this.#applied({ type: "message", seq, at, from, kind: "text", body: pending.body, client_id });
    this.#settled(client_id);
  }

  #echoed(event: LogEvent): void {
    if (event.type === "message" && event.from.role === "visitor" && event.client_id) {
      this.#settled(event.client_id);
    }
  }

  #settled(client_id: string): void {
    const outbox = settle(this.#outbox.value, client_id);
    if (outbox === this.#outbox.value) return;
    this.#outbox.value = outbox;
    if (this.#inFlight === client_id) this.#inFlight = null;
    this.#store
      .then((store) => store.remove(client_id))
      .catch((failure: unknown) => {
        console.warn("aparte: outbox", failure);
      });
    this.#flush();
  }

  #refused(client_id: string, code: Parameters<typeof refuse>[2]): void {
    this.#outbox.value = refuse(this.#outbox.value, client_id, code);
    this.#inFlight = null;
    if (isPassing(code)) this.#after("flush", REFUSED_AGAIN_MS, () => this.#flush());
    else this.#flush();
  }

  #flush(): void {
    const turn = next(this.#outbox.value);
    if (!turn || this.#inFlight || !this.#room || this.link.value.state !== "open") return;
    const { client_id, body } = turn;
    if (!this.#room.send({ type: "message", client_id, body, kind: "text" })) return;
    this.#inFlight = client_id;
    this.#after("ack", ACK_WITHIN_MS, () => {
      if (this.#inFlight === client_id) this.#room?.restart();
    });
  }

  #theyType(who: string | null): void {
    this.typing.value = who;
    if (who !== null) this.#after("typing", TYPING_LASTS_MS, () => (this.typing.value = null));
  }

  #readSoon(): void {
    this.#after("read", READ_AFTER_MS, () => this.#readNow());
  }

  #readNow(): void {
    this.#cancel("read");
    const { last, events } = this.#log.value;
    const told = this.#readSeq.value;
    if (!this.#watching || last <= told) return;
    this.#readUpTo(last);
    if (events.some((one) => one.seq > told && isFromThem(one)))
      this.#room?.send({ type: "read", seq: last });
  }

  #readUpTo(seq: number): void {
    if (seq <= this.#readSeq.value) return;
    this.#readSeq.value = seq;
    if (this.#known) this.#keep({ ...this.#known, readSeq: seq });
  }

  #keep(known: Remembered): void {
    this.#known = known;
    this.#memory.remember(known);
  }

  #after(name: string, ms: number, act: () => void): void {
    this.#cancel(name);
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      act();
    }, ms);
    this.#timers.set(name, timer);
  }

  #cancel(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}

function isFromThem(event: LogEvent): boolean {
  return event.type === "message" && event.from.role !== "visitor" && event.kind !== "note";
}
