/**
 * One visitor's conversation as this tab knows it: cells for the screen, actions for the visitor.
 *
 * Holds   the connection, and what the page remembers. `thread` holds what was said, `delivery` what is on its way.
 * Errors  a refused opening is a `phase`; everything written stays in the draft or in the outbox.
 */
import type { ClientFrame, RoomStatus, ServerFrame } from "../../domain/chat/wire.ts";
import type { PageLink } from "../shared/widget-mount.ts";
import { cell } from "./cell.ts";
import type { LogEvent } from "./conversation-log.ts";
import { deliveryOf } from "./delivery.ts";
import type { Memory, Remembered } from "./memory.ts";
import { newId } from "./message-id.ts";
import type { Pending } from "./outbox.ts";
import type { Link, RoomConnection } from "./room-connection.ts";
import { roomConnection } from "./room-connection.ts";
import type { Opened, Server } from "./server.ts";
import { Refused } from "./server.ts";
import { threadOf } from "./thread.ts";
import { timersOf } from "./timers.ts";
import { agentNamed } from "./transcript-rows.ts";

const TYPING_EVERY_MS = 3_000;
const TYPING_LASTS_MS = 6_000;

export type Phase = "none" | "opening" | "live" | "refused" | "too_many";
export type Queue = { position: number | null; waitSeconds: number | null };
export type Conversation = ReturnType<typeof conversationOf>;

export function conversationOf(page: PageLink, server: Server, memory: Memory) {
  const phase = cell<Phase>("none");
  const status = cell<RoomStatus | null>(null);
  const queue = cell<Queue>({ position: null, waitSeconds: null });
  const agent = cell<string | null>(null);
  /** Who is typing: a name, "" where it has none, null for nobody. */
  const typing = cell<string | null>(null);
  const link = cell<Link>({ state: "connecting" });
  const draft = cell(memory.draft());
  const rated = cell(false);
  const timers = timersOf();
  const send = (frame: ClientFrame): boolean => room?.send(frame) === true;
  const restart = (): void => room?.restart();
  const delivery = deliveryOf({ send, restart, placed: (message) => thread.applied(message) });
  const { outbox } = delivery;
  const thread = threadOf({ outbox, send, restart, happened, keepRead });
  let known: Remembered | null = null;
  let room: RoomConnection | null = null;
  let opening: Promise<Opened["lost"]> | null = null;
  let typedAt = 0;

  /** One id for one wish to talk, kept until the server has answered, also across a reload. */
  function requestId(): string {
    const id = memory.request() ?? newId();
    memory.keepRequest(id);
    return id;
  }

  function keep(changed: Remembered): void {
    known = changed;
    memory.remember(changed);
  }

  /**
   * Open a conversation, once: while one is being opened or lives, this is that one. The answer says how things stand
   * where the place that was kept for the invitation is gone.
   */
  async function open(decisionId: string | null): Promise<Opened["lost"]> {
    if (known) return null;
    opening ??= openNow(decisionId).finally(() => (opening = null));
    return await opening;
  }

  async function openNow(decisionId: string | null): Promise<Opened["lost"]> {
    const request = requestId();
    phase.value = "opening";
    try {
      const opened = await server.open({ requestId: request, token: null, decisionId });
      await delivery.adopt(request, opened.id);
      const { id, token, socketUrl } = opened;
      keep({ id, token, socketUrl, readSeq: 0 });
      memory.keepRequest(null);
      enter({ id, token, socketUrl, readSeq: 0 });
      return opened.lost;
    } catch (failure) {
      const tooMany = failure instanceof Refused && failure.status === 429;
      phase.value = tooMany ? "too_many" : "refused";
      page.on("error", { code: failure instanceof Refused ? failure.code : "network" });
      return null;
    }
  }

  function enter(entered: Remembered): void {
    known = entered;
    thread.begin(entered.readSeq);
    phase.value = "live";
    room = roomConnection({
      socketUrl: () => (known ?? entered).socketUrl,
      hello: () => ({
        token: (known ?? entered).token,
        epoch: thread.log.value.epoch,
        after: thread.log.value.last,
      }),
      frame: heard,
      link: linked,
      authenticate,
      poll,
    });
    delivery
      .load(entered.id, () => thread.log.value.events)
      .catch((failure: unknown) => console.warn("aparte: outbox", failure));
    room.start();
  }

  async function authenticate(): Promise<boolean> {
    const before = known;
    if (!before) return false;
    const proof = { requestId: null, token: before.token, decisionId: null };
    try {
      const { id, token, socketUrl } = await server.open(proof);
      if (id !== before.id) return false;
      keep({ ...before, token, socketUrl });
      return true;
    } catch (failure) {
      if (isFinal(failure)) return false;
      throw failure;
    }
  }

  async function poll(): Promise<void> {
    if (!known) return;
    const { id, token } = known;
    const { epoch, last } = thread.log.value;
    const turn = delivery.next();
    if (turn) await postTurn(id, token, turn);
    for (const frame of await server.frames(id, token, epoch, last)) heard(frame);
  }

  /** Send by HTTP what waits; a final refusal is the same as on the socket, a passing one keeps its turn. */
  async function postTurn(id: string, token: string, turn: Pending): Promise<void> {
    try {
      for (const frame of await server.post(id, token, turn)) heard(frame);
    } catch (failure) {
      if (!isFinal(failure)) throw failure;
      delivery.refused(turn.client_id, failure.status === 413 ? "too_large" : "closed");
    }
  }

  function linked(now: Link): void {
    link.value = now;
    if (now.state !== "open") {
      delivery.interrupted();
      typing.value = null;
    }
    if (now.state === "final") status.value = "closed";
  }

  function heard(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        thread.greeted(frame);
        agent.value = frame.conversation.agent?.name ?? null;
        status.value = frame.conversation.status;
        delivery.flush();
        return;
      case "reset":
        thread.began(frame);
        return;
      case "message":
      case "event":
        thread.applied(frame);
        return;
      case "ack":
        delivery.acknowledged(frame.client_id, frame.seq, frame.at);
        return;
      case "typing":
        if (frame.from.role !== "visitor") theyType(frame.on ? (frame.from.name ?? "") : null);
        return;
      case "read":
        if (frame.from.role === "agent") thread.agentReadUpTo(frame.seq);
        else if (frame.from.role === "visitor") thread.readUpTo(frame.seq);
        return;
      case "state":
        status.value = frame.status;
        queue.value = { position: frame.position, waitSeconds: frame.wait_seconds };
        return;
      case "error":
        if (frame.client_id) delivery.refused(frame.client_id, frame.code);
        return;
      default:
        frame satisfies never;
    }
  }

  function happened(event: LogEvent): void {
    delivery.echoed(event);
    const named = agentNamed(event);
    if (named !== undefined) agent.value = named;
    if (event.type === "message") {
      if (event.from.role === "agent") typing.value = null;
      page.on("message", { role: event.from.role, seq: event.seq });
    } else if (event.name === "closed") {
      status.value = "closed";
      typing.value = null;
    }
  }

  function theyType(who: string | null): void {
    typing.value = who;
    if (who !== null) timers.after("typing", TYPING_LASTS_MS, () => (typing.value = null));
  }

  function keepRead(seq: number): void {
    if (known) keep({ ...known, readSeq: seq });
  }

  /** What stands in the field now: kept for a reload, and told as typing. */
  function write(text: string): void {
    draft.value = text;
    memory.keepDraft(text);
    const now = Date.now();
    if (text === "") {
      if (typedAt !== 0) room?.send({ type: "typing", on: false });
      typedAt = 0;
    } else if (now - typedAt >= TYPING_EVERY_MS && room?.send({ type: "typing", on: true })) {
      typedAt = now;
    }
  }

  return {
    phase,
    status,
    queue,
    agent,
    typing,
    link,
    draft,
    rated,
    caughtUp: thread.caughtUp,
    rows: thread.rows,
    unread: thread.unread,
    watch: thread.watch,
    open,
    write,

    /** Take up the conversation that the page remembers. False where it remembers none. */
    resume(): boolean {
      const remembered = memory.conversation();
      if (remembered && !known) enter(remembered);
      return known !== null;
    },

    /** Send what the visitor wrote. It shows at once, and leaves when it can. */
    async say(text: string): Promise<void> {
      const body = text.trim();
      if (body === "") return;
      const written = delivery.write(known?.id ?? requestId(), body);
      write("");
      await written;
      await open(null);
      delivery.flush();
    },

    async sendAgain(client_id: string): Promise<void> {
      delivery.again(client_id);
      await open(null);
      delivery.flush();
    },

    tryNow: () => room?.tryNow(),
    end: () => void room?.send({ type: "close" }),

    async rate(answer: 1 | 2 | 3, comment: string): Promise<void> {
      if (!known) return;
      await server.survey(known.id, known.token, { answer, comment });
      rated.value = true;
    },

    /** Leave the conversation for good: connection, memory and log. The draft stays. */
    forget(): void {
      room?.stop();
      room = null;
      known = null;
      memory.forget();
      memory.keepRequest(null);
      timers.cancelAll();
      delivery.forget();
      thread.forget();
      phase.value = "none";
      status.value = agent.value = typing.value = null;
      rated.value = false;
    },
  };
}

/** A refusal that a repeat would not change. */
function isFinal(failure: unknown): failure is Refused {
  return failure instanceof Refused && failure.status < 500 && failure.status !== 429;
}
