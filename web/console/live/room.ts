/**
 * One open conversation: its socket, its log, and what is being written in it.
 *
 * A message lies in the outbox, which survives a reload, until the room acknowledges it. Every (re)connection
 * asks for a one-use ticket, says where the log ends, and sends the outbox again: the room knows repetitions by
 * their `client_id`.
 *
 * Errors  refusals of single messages stay beside the message; what concerns the room is in `fault`.
 */
import { batch, computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import * as z from "zod/mini";
import {
  decode,
  MAX_TEXT_BYTES,
  PROTOCOL_VERSION,
  ServerFrame,
  type Author,
  type ClientFrame,
  type MessageFrame,
  type RoomStatus,
} from "../../../domain/chat/wire.ts";
import { ApiFailure, request } from "../../shared/api.ts";
import { whoAmI } from "../../shared/session.ts";
import { type Began, beganAgain, stillBegan, usedIn } from "../model/canned.ts";
import * as Logs from "../model/log.ts";
import type { CardBody } from "../model/message.ts";
import { Attachments } from "./attachments.ts";
import { checkAfter } from "./back-off.ts";
import { Link, LinkRefused, socketUrl } from "./link.ts";
import { keepSeat, readSeat } from "./seat.ts";

const TYPING_EVERY_MS = 3_000;
const TYPING_ENDS_MS = 5_000;
const TYPING_SHOWN_MS = 7_000;
const RESEND_AFTER_MS = 4_000;

const Ticket = z.object({ ticket: z.string(), socket_url: z.optional(z.string()) });

export type RoomOptions = {
  site: string;
  conversation: string;
  me: Author;
  /** This agent does not have the conversation: the visitor must not notice that somebody reads or writes. */
  looksOn: boolean;
  loginLost: () => void;
};
export type RoomFault = "too_large" | "unreadable" | "forbidden" | null;

export class Room {
  readonly conversation: string;
  readonly link: Link;
  readonly log;
  /** What is being written: an answer and a note are two drafts, so that none of one is ever sent as the other. */
  readonly draft: ReadonlySignal<string> = computed(() => this.#drafts[this.#writing].value);
  readonly mode;
  readonly readSeq;
  readonly looksOn;
  readonly attachments: Attachments;
  readonly status = signal<RoomStatus | null>(null);
  readonly welcomed = signal(false);
  readonly typing = signal<Author | null>(null);
  readonly fault = signal<RoomFault>(null);
  readonly unread: ReadonlySignal<number> = computed(() =>
    Logs.unreadIn(this.log.value, this.readSeq.value, this.#options.me.id),
  );

  readonly #options: RoomOptions;
  readonly #drafts;
  /** The canned answer that the reply began from: the room is told with the message. */
  readonly #began;
  readonly #stopKeeping: () => void;
  #ticket = "";
  #typedAt = 0;
  #typingEnds: ReturnType<typeof setTimeout> | null = null;
  #typingShown: ReturnType<typeof setTimeout> | null = null;
  #resend: ReturnType<typeof setTimeout> | null = null;
  #check: ReturnType<typeof setTimeout> | null = null;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.conversation = options.conversation;
    this.attachments = new Attachments({ site: options.site, conversation: options.conversation });
    // Named after the agent too: another person in the same tab must not send what this one wrote.
    const kept = `${options.me.id}:${options.conversation}`;
    const seat = readSeat(kept);
    this.log = signal(Logs.emptyLog(seat.pending));
    this.#drafts = { reply: signal(seat.draft), note: signal(seat.note) };
    this.#began = signal<Began | null>(seat.began);
    this.mode = signal<"reply" | "note">(seat.mode);
    this.readSeq = signal(seat.readSeq);
    this.looksOn = signal(options.looksOn);
    this.#stopKeeping = effect(() =>
      keepSeat(kept, {
        pending: [...this.log.value.pending],
        draft: this.#drafts.reply.value,
        note: this.#drafts.note.value,
        began: this.#began.value,
        mode: this.mode.value,
        readSeq: this.readSeq.value,
      }),
    );
    this.link = new Link({
      dial: () => this.#dial(),
      greet: () => this.#hello(),
      hear: (text) => this.#hear(text),
      renew: () => this.#renew(),
    });
  }

  /** What is written now is for the team alone. */
  get writesNote(): boolean {
    return this.looksOn.value || this.mode.value === "note";
  }

  get #writing(): "reply" | "note" {
    return this.writesNote ? "note" : "reply";
  }

  /** Something is written here that is not sent, be it an answer or a note. */
  get drafted(): boolean {
    return this.#drafts.reply.value !== "" || this.#drafts.note.value !== "";
  }

  /** Put the draft and its files in the outbox and send them. False where there is nothing to send or it is too long. */
  post(): boolean {
    const body = this.draft.value.trim();
    const note = this.writesNote;
    if (!note && this.attachments.busy.value) return false;
    if (new TextEncoder().encode(body).length > MAX_TEXT_BYTES) {
      this.fault.value = "too_large";
      return false;
    }
    const files = note ? [] : this.attachments.takeReady();
    if (body === "" && files.length === 0) return false;
    const canned = note ? undefined : usedIn(this.#began.value, body);
    batch(() => {
      this.#drafts[this.#writing].value = "";
      if (!note) this.#began.value = null;
    });
    this.fault.value = null;
    this.#typingOff();
    for (const file of files) this.#put("file", JSON.stringify(file));
    if (body !== "") this.#put(note ? "note" : "text", body, canned);
    return true;
  }

  /**
   * The canned answer `id` goes into the draft with these words. Where something else stands in it, the draft began from
   * what it began from before.
   */
  begin(id: string, text: string, alone: boolean): void {
    if (this.writesNote) return;
    this.#began.value = (alone ? null : this.#began.value) ?? { id, text };
  }

  /** Show the visitor a product. */
  postCard(card: CardBody): void {
    this.#put("card", JSON.stringify(card));
  }

  /** Send a refused message again. */
  retry(clientId: string): void {
    this.log.value = Logs.retry(this.log.value, clientId);
    this.#flush();
  }

  /** Take a refused message back into the draft. */
  takeBack(clientId: string): void {
    const message = this.log.value.pending.find((pending) => pending.clientId === clientId);
    if (message === undefined) return;
    batch(() => {
      this.log.value = Logs.drop(this.log.value, clientId);
      if (message.kind === "card" || message.kind === "file") return;
      const draft = this.#drafts[message.kind === "note" ? "note" : "reply"];
      draft.value = [message.body, draft.value].filter(Boolean).join("\n");
      this.#began.value ??= beganAgain(message.canned, message.body);
    });
  }

  /** The agent changed the draft; the visitor sees that something is being written, unless it is a note. */
  write(text: string): void {
    batch(() => {
      this.#drafts[this.#writing].value = text;
      if (!this.writesNote) this.#began.value = stillBegan(this.#began.value, text);
    });
    this.fault.value = null;
    if (this.writesNote || text === "") return this.#typingOff();
    if (Date.now() - this.#typedAt > TYPING_EVERY_MS) {
      this.#typedAt = Date.now();
      this.#send({ type: "typing", on: true });
    }
    if (this.#typingEnds !== null) clearTimeout(this.#typingEnds);
    this.#typingEnds = setTimeout(() => this.#typingOff(), TYPING_ENDS_MS);
  }

  /** All that has arrived is now before the agent's eyes. */
  seen(): void {
    const { last } = this.log.value;
    if (last <= this.readSeq.value) return;
    this.readSeq.value = last;
    if (!this.looksOn.value) this.#send({ type: "read", seq: last });
  }

  stop(): void {
    this.link.stop();
    this.#stopKeeping();
    this.attachments.clear();
    for (const timer of [this.#typingEnds, this.#typingShown, this.#resend, this.#check]) {
      if (timer !== null) clearTimeout(timer);
    }
  }

  #put(kind: Logs.Pending["kind"], body: string, canned?: Logs.Pending["canned"]): void {
    const at = new Date().toISOString();
    const message: Logs.Pending = {
      clientId: crypto.randomUUID(),
      body,
      kind,
      at,
      refused: null,
      ...(canned === undefined ? {} : { canned }),
    };
    this.log.value = Logs.write(this.log.value, message);
    if (this.welcomed.value) this.#sendPending(message);
  }

  #send(frame: ClientFrame): boolean {
    return this.welcomed.value && this.link.send(frame);
  }

  async #dial(): Promise<WebSocket> {
    this.welcomed.value = false;
    const { site } = this.#options;
    try {
      const answer = await request<unknown>(
        "POST",
        `/api/sites/${site}/conversations/${this.conversation}/ticket`,
        {},
      );
      const { ticket, socket_url: url } = Ticket.parse(answer);
      this.#ticket = ticket;
      return new WebSocket(url ?? socketUrl(`/v1/conversations/${this.conversation}/socket`));
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      if (error.status === 401) this.#options.loginLost();
      if (error.status === 403 || error.status === 404) this.fault.value = "forbidden";
      if ([401, 403, 404].includes(error.status)) throw new LinkRefused(4_000 + error.status);
      throw error;
    }
  }

  #hello(): void {
    const { epoch, last } = this.log.value;
    this.link.send({ type: "hello", v: PROTOCOL_VERSION, token: this.#ticket, epoch, after: last });
  }

  async #renew(): Promise<boolean> {
    this.welcomed.value = false;
    const stillIn = (await whoAmI()) !== null;
    if (!stillIn) this.#options.loginLost();
    return stillIn;
  }

  #hear(text: string): void {
    const frame = decode(ServerFrame, text);
    if (frame === null) return;
    batch(() => this.#apply(frame));
  }

  #apply(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        return this.#welcome(frame.epoch, frame.conversation.status);
      case "reset":
        this.log.value = Logs.restart(this.log.value, frame.epoch, frame.from);
        return;
      case "ack":
        return this.#step(
          Logs.acknowledge(this.log.value, frame.client_id, frame.seq, frame.at, this.#options.me),
        );
      case "message":
        this.#step(Logs.take(this.log.value, frame));
        if (frame.from.role === "visitor") this.typing.value = null;
        return;
      case "event":
        this.#step(Logs.take(this.log.value, frame));
        if (frame.name === "closed") this.status.value = "closed";
        return;
      case "typing":
        return this.#showTyping(frame.from, frame.on);
      case "read":
        return this.#read(frame.from, frame.seq);
      case "state":
        this.status.value = frame.status;
        return this.#reach(frame.head ?? 0);
      case "error":
        return this.#refused(frame.code, frame.client_id);
      default:
        frame satisfies never;
    }
  }

  #welcome(epoch: string, status: RoomStatus): void {
    this.link.settle();
    this.log.value = Logs.greet(this.log.value, epoch);
    this.status.value = status;
    this.fault.value = null;
    this.welcomed.value = true;
    this.#flush();
    this.#checkLater();
  }

  #step({ log, ask }: Logs.Step): void {
    this.log.value = log;
    if (ask !== null) this.#send({ type: "range", ...ask });
  }

  /** The room's log goes up to `head`: what is missing here is asked for. */
  #reach(head: number): void {
    const { last } = this.log.value;
    if (head > last) this.#send({ type: "range", from: last + 1, to: head });
  }

  /** A line may be open and carry nothing: now and then the room is asked for what would come next. */
  #checkLater(): void {
    if (this.#check !== null) clearTimeout(this.#check);
    this.#check = setTimeout(() => {
      const next = this.log.value.last + 1;
      this.#send({ type: "range", from: next, to: next });
      this.#checkLater();
    }, checkAfter(Math.random()));
  }

  #read(from: Author, seq: number): void {
    if (from.id === this.#options.me.id) this.readSeq.value = Math.max(this.readSeq.value, seq);
    else this.log.value = Logs.markRead(this.log.value, from.role, seq);
  }

  /** Some refusals pass by themselves; the message then stays in the outbox and is sent again. */
  #refused(code: string, clientId: string | null): void {
    if (clientId === null) return;
    if (code === "rate_limited" || code === "unavailable") {
      this.#resend ??= setTimeout(() => {
        this.#resend = null;
        this.#flush();
      }, RESEND_AFTER_MS);
      return;
    }
    this.log.value = Logs.refuse(this.log.value, clientId, code);
  }

  #flush(): void {
    for (const message of this.log.value.pending) {
      if (message.refused === null) this.#sendPending(message);
    }
  }

  #sendPending({ clientId, body, kind, canned }: Logs.Pending): void {
    const used = canned === undefined ? {} : { canned };
    this.#send({ type: "message", client_id: clientId, body, kind, ...used });
  }

  #typingOff(): void {
    if (this.#typingEnds !== null) clearTimeout(this.#typingEnds);
    this.#typingEnds = null;
    if (this.#typedAt === 0) return;
    this.#typedAt = 0;
    this.#send({ type: "typing", on: false });
  }

  #showTyping(from: Author, on: boolean): void {
    if (this.#typingShown !== null) clearTimeout(this.#typingShown);
    this.typing.value = on ? from : null;
    this.#typingShown = on ? setTimeout(() => (this.typing.value = null), TYPING_SHOWN_MS) : null;
  }
}

/** The last thing said in `room`, for the list of conversations. */
export function lastWords(room: Room): MessageFrame | null {
  return Logs.lastSpoken(room.log.value);
}
