/**
 * What carries a conversation: the connection, and what the page remembers. The chat is drawn before this is loaded.
 *
 * Holds   `thread` holds what was said, `delivery` what is on its way; what the screen draws is the conversation's.
 * Errors  a refused opening is a `phase`; everything written stays in the draft or in the outbox.
 */
import type { ClientFrame, ServerFrame } from "../../domain/chat/wire.ts";
import type { PageLink } from "../shared/widget-mount.ts";
import type { Cells } from "./conversation.ts";
import type { LogEvent } from "./conversation-log.ts";
import { deliveryOf } from "./delivery.ts";
import type { Memory, Remembered } from "./memory.ts";
import { newId } from "./message-id.ts";
import type { Link, RoomConnection } from "./room-connection.ts";
import { roomConnection } from "./room-connection.ts";
import { openConversation, type Opened, type Opening } from "./open.ts";
import { fields, Refused, type Server, type Standing, standingIn } from "./server.ts";
import { threadOf } from "./thread.ts";
import { timersOf } from "./timers.ts";
import { agentNamed } from "./transcript-rows.ts";

/** For who reads what is over. */
export { frameOf } from "./frames.ts";
export { rowsOf } from "./transcript-rows.ts";

const TYPING_EVERY_MS = 3_000;
const TYPING_LASTS_MS = 6_000;

export type EnginePorts = {
  page: PageLink;
  server: Server;
  memory: Memory;
  cells: Cells;
  /** No conversation can begin now: what can be done instead. */
  turnedAway: (instead: Standing) => void;
  /** Put `text` into the field. */
  write: (text: string) => void;
};
export type Engine = ReturnType<typeof engineOf>;

export function engineOf({ page, server, memory, cells, turnedAway, write }: EnginePorts) {
  const { phase, status, queue, agent, typing, link, draft, rated, uploads } = cells;
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
    if (resume()) return null;
    opening ??= openNow(decisionId).finally(() => (opening = null));
    return await opening;
  }

  /** With the site's word on who this is, where it gave one. */
  async function openAt(wanted: Opening): Promise<Opened> {
    if (page.identityToken()) await (await import("./identity.ts")).freshIdentity(page);
    return await openConversation(page, server, wanted);
  }

  /** Take up the conversation that the page remembers. False where it remembers none. */
  function resume(): boolean {
    const remembered = memory.conversation();
    if (remembered && !known) enter(remembered);
    return known !== null;
  }

  async function openNow(decisionId: string | null): Promise<Opened["lost"]> {
    const request = requestId();
    phase.value = "opening";
    try {
      const opened = await openAt({ requestId: request, token: null, decisionId });
      await delivery.adopt(request, opened.id);
      const { lost, ...entered } = { ...opened, readSeq: 0 };
      keep(entered);
      memory.keepRequest(null);
      enter(entered);
      return lost;
    } catch (failure) {
      const refused = failure instanceof Refused ? failure : null;
      const instead = refused?.answer["availability"];
      if (instead) {
        takeBack();
        turnedAway(standingIn(fields(instead)));
        return null;
      }
      phase.value = refused?.status === 429 ? "too_many" : "refused";
      if (!refused) addEventListener("online", () => void retry(), { once: true });
      page.on("error", { code: refused?.code ?? "network" });
      return null;
    }
  }

  /** The line is back: what was written before there was a conversation opens it now. */
  async function retry(): Promise<void> {
    if (phase.value === "refused" && outbox.value.length > 0) await open(null);
  }

  /** What was written to a conversation that did not come to be stands in the field again. */
  function takeBack(): void {
    const request = memory.request();
    if (known || request === null) return;
    const written = [...delivery.takeBack(request), draft.value].filter((one) => one !== "");
    write(written.join("\n"));
    phase.value = "none";
  }

  function enter(entered: Remembered): void {
    known = entered;
    rated.value = entered.rated === true;
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
    delivery.load(entered.id, () => thread.log.value.events).catch(console.warn);
    room.start();
    if (memory.files().length > 0) attach([]).catch(console.warn);
  }

  /** Send `files`, or what an earlier page did not get rid of; not yet, where they are for `later`. */
  async function attach(files: readonly File[], later?: boolean): Promise<void> {
    const { uploadsIn } = await import("./uploads.ts");
    const sending = uploadsIn(uploads, {
      conversation: async () => {
        await open(null);
        return known;
      },
      host: page.host,
      memory,
      uploaded: async (client_id, body) => {
        if (!known) return;
        await delivery.write(known.id, body, "file", client_id);
        delivery.flush();
      },
    });
    await sending.add(files, later);
  }

  async function authenticate(): Promise<boolean> {
    const before = known;
    if (!before) return false;
    const proof = { requestId: null, token: before.token, decisionId: null };
    try {
      const { id, token, socketUrl } = await openAt(proof);
      if (id !== before.id) return false;
      keep({ ...before, token, socketUrl });
      return true;
    } catch (failure) {
      if (failure instanceof Refused && failure.isFinal) return false;
      throw failure;
    }
  }

  async function poll(): Promise<void> {
    if (!known) return;
    const { id, token } = known;
    const { epoch, last } = thread.log.value;
    const byHttp = await import("./http-room.ts");
    await byHttp.poll(server, { id, token, epoch, last, message: delivery.next() }, heard, delivery.refused);
  }

  function linked(now: Link): void {
    link.value = now;
    if (now.state !== "open") {
      delivery.interrupted();
      typing.value = null;
    }
    if (now.state === "open") uploads.value?.go();
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
        if (frame.head !== undefined) thread.headIs(frame.head);
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

  /** Tell that something is being typed, now and then, or no longer. */
  function typed(text: string): void {
    const now = Date.now();
    if (text === "") {
      if (typedAt !== 0) room?.send({ type: "typing", on: false });
      typedAt = 0;
    } else if (now - typedAt >= TYPING_EVERY_MS && room?.send({ type: "typing", on: true })) {
      typedAt = now;
    }
  }

  return {
    caughtUp: thread.caughtUp,
    rows: thread.rows,
    unread: thread.unread,
    watch: thread.watch,
    open,
    resume,
    typed,
    takeBack,
    attach,
    proof: () => known,

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

    /** Nothing more is asked of this conversation. */
    closeSurvey(): void {
      rated.value = true;
      if (known) keep({ ...known, rated: true });
    },

    /** Leave the conversation for good: connection, memory and log. The draft stays. */
    forget(): void {
      room?.stop();
      room = null;
      known = null;
      memory.forget();
      memory.keepRequest(null);
      timers.cancelAll();
      uploads.value?.forget();
      uploads.value = null;
      delivery.forget();
      thread.forget();
    },
  };
}
