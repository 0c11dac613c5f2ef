/**
 * SiteDesk: one object per site, named by its key: who is online, who waits, who has which place.
 *
 * Holds   `#store` (SQLite) and, read from it once per life, the desk as a value. The steps are `domain/desk/routing.ts`.
 * Wakes   for a frame of an agent, for a call of a Worker, a room or a visitor's object, and for its alarm, which
 *         ends offers and held places and says again what rooms and history have not taken.
 * Trusts  the `x-aparte-agent` header: only workers/routes/desk.ts reaches its socket.
 */
import { type Connection, type ConnectionContext, Server, type WSMessage } from "partyserver";
import { countFrame, EMPTY_METER, type Meter } from "../domain/chat/limits.ts";
import { CLOSE, decode, MAX_FRAME_BYTES } from "../domain/chat/wire.ts";
import type { Person, Place, RoomReport } from "../domain/desk/report.ts";
import * as routing from "../domain/desk/routing.ts";
import type { Desk, Effect } from "../domain/desk/routing.ts";
import {
  placesOf,
  statusOf,
  viewAgent,
  viewAgents,
  viewItem,
  viewQueue,
  WAITS_KEPT,
} from "../domain/desk/view.ts";
import { DeskClientFrame, type DeskServerFrame, type DeskStatus } from "../domain/desk/wire.ts";
import type { Confirmation } from "../domain/history/records.ts";
import { type EpochMs, isoOf } from "../domain/ids.ts";
import { SiteDeskOutbox } from "./site-desk-outbox.ts";
import { type Publication, SiteDeskStore } from "./site-desk-store.ts";

export type { Publication };
export type LeaseRequest = { decisionId: string; skill: string | null; now: EpochMs };
export type Lease = { ok: true; agent: { id: string; name: string }; expiresAt: EpochMs } | { ok: false };
export type VisitorMove = {
  visitor: string;
  conversation: string;
  page: string | null;
  title: string | null;
  at: EpochMs;
};

type Attachment = { id: string; name: string; meter: Meter };
type Socket = Connection<Attachment>;

/** How often the sockets are looked at while somebody is connected: a dead one must not hold a place. */
const SWEEP_MS = 60_000;
const DEAD_AFTER_MS = 90_000;
const DEFAULT_WAIT_TARGET_SECONDS = 60;

export class SiteDesk extends Server<Env> {
  static override options = { hibernate: true };

  readonly #store = new SiteDeskStore(this.ctx.storage);
  readonly #outbox = new SiteDeskOutbox(this.env, this.ctx.id.name ?? "", this.#store);
  #known: Desk | null = null;
  #shown = "";
  #places = new Map<string, Place>();
  #alarmAt: EpochMs | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Sockets only; everything else of the desk is a call. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket" || personOf(request) === null) {
      return Response.json(
        { error: { code: "not_found", message: "the desk is a socket" } },
        { status: 404 },
      );
    }
    return super.fetch(request);
  }

  /** What isolates keep for seconds: the configuration's version and whether somebody is there. */
  status(): DeskStatus {
    const now = Date.now();
    return statusOf(this.#desk(now), this.#store.waits(), this.#store.published()?.version ?? 0, now);
  }

  /** Learn the site's new version, settings and skills; an older version than the known one changes nothing. */
  publish(publication: Publication): void {
    const known = this.#store.published();
    if (known !== null && known.version > publication.version) return;
    this.#store.setPublished(publication);
    const now = Date.now();
    this.#step(now, (desk) => {
      const agents = desk.agents.map((agent) => {
        const skills = publication.skills?.[agent.id] ?? [];
        return skills.join() === agent.skills.join() ? agent : { ...agent, skills };
      });
      return { desk: { ...desk, agents }, effects: [] };
    });
  }

  /** Hold one place that is free now for 60 s, for one decision; the same decision gets the same lease. */
  lease({ decisionId, skill, now }: LeaseRequest): Lease {
    let made: routing.Hold | null = null;
    this.#step(now, (desk) => {
      const held = routing.hold(desk, { decisionId, skill }, now);
      made = held.hold;
      return { desk: held.desk, effects: [] };
    });
    const lease = made as routing.Hold | null;
    const agent = this.#desk(now).agents.find(({ id }) => id === lease?.agent);
    if (lease === null || agent === undefined) return { ok: false };
    return { ok: true, agent: { id: agent.id, name: agent.name }, expiresAt: lease.expiresAt };
  }

  /** Whether the place held for this decision is still held. */
  leaseHeld(decisionId: string): boolean {
    const now = Date.now();
    return this.#desk(now).holds.some((hold) => hold.decisionId === decisionId && hold.expiresAt > now);
  }

  /** The visitor has accepted: hold the place for another 60 s, until the first message. */
  extendLease(decisionId: string): void {
    const now = Date.now();
    this.#step(now, (desk) => ({ desk: routing.prolong(desk, decisionId, now), effects: [] }));
  }

  /** Give the decision's place back. */
  release(decisionId: string): void {
    this.#step(Date.now(), (desk) => ({ desk: routing.release(desk, decisionId), effects: [] }));
  }

  /** A room says what it is now: it waits for an agent, or it is closed. Answers its place in the queue. */
  roomChanged(report: RoomReport): Place {
    const now = Date.now();
    this.#step(now, (desk) => routing.hear(desk, report, now));
    return this.place(report.conversation);
  }

  /** Where a conversation stands in the queue; nulls where it does not wait. */
  place(conversation: string): Place {
    this.#desk(Date.now());
    return this.#places.get(conversation) ?? { position: null, waitSeconds: null };
  }

  /** An agent answered, in the room, a conversation that nobody has. */
  claim(conversation: string, agent: Person): boolean {
    const now = Date.now();
    let ok = false;
    this.#step(now, (desk) => {
      const claimed = routing.claim(desk, agent, conversation, now);
      ok = claimed.ok;
      return claimed.ok ? claimed : { desk, effects: [] };
    });
    return ok;
  }

  /** Show the agent who has this visitor's conversation where the visitor is now. */
  visitorMoved({ visitor, conversation, page, title, at }: VisitorMove): void {
    const item = this.#desk(Date.now()).items.find((each) => each.conversation === conversation);
    if (!item || item.agent === null || item.visitor !== visitor) return;
    const moved = { visitor, conversation, page, title, at: isoOf(at) };
    this.#tell(item.agent, { type: "visitors", items: [moved] });
  }

  /** `user` is about to get a ticket into `conversation`: what is given is remembered, so that it can be taken away. */
  admit(user: string, conversation: string): void {
    this.#store.addSeat({ user, conversation }, Date.now());
  }

  /**
   * Count a new conversation of `visitor` from `address` (a hash) against the site's limits. Answers how many seconds
   * to wait where one is reached, else null.
   */
  countOpening(visitor: string, address: string): number | null {
    const now = Date.now();
    const settings = this.#store.published()?.settings;
    const retryAt = this.#store.countOpening(
      [
        { who: `visitor:${visitor}`, max: settings?.conversations_per_visitor_hour ?? 20 },
        { who: `address:${address}`, max: settings?.conversations_per_address_hour ?? 60 },
      ],
      now,
    );
    return retryAt === null ? null : Math.ceil((retryAt - now) / 1_000);
  }

  /** The counted conversation turned out not to be new. */
  uncountOpening(visitor: string, address: string): void {
    this.#store.uncountOpening([`visitor:${visitor}`, `address:${address}`]);
  }

  /** Close every socket of a login whose role or password changed, void its tickets, give back what it had. */
  async revokeUser({ userId }: { userId: string }): Promise<void> {
    const now = Date.now();
    this.#store.revokeSeats(userId);
    for (const socket of this.#sockets()) {
      if (socket.state?.id === userId) socket.close(CLOSE.revoked, "signed out");
    }
    this.#step(now, (desk) => routing.dismiss(desk, userId, now));
    await this.#outbox.tellRooms();
  }

  /** The queue's consumer has these records in D1. */
  async confirm(confirmations: Confirmation[]): Promise<void> {
    await this.#outbox.confirm(confirmations, Date.now());
  }

  override onConnect(socket: Socket, { request }: ConnectionContext): void {
    const now = Date.now();
    const person = personOf(request);
    if (person === null) return socket.close(CLOSE.unauthorized, "unauthorized");
    socket.setState({ ...person, meter: EMPTY_METER });
    const skills = this.#store.published()?.skills?.[person.id] ?? [];
    this.#step(now, (desk) => ({ desk: routing.meet(desk, person, skills, now), effects: [] }));
    this.#welcome(socket, person.id, now);
  }

  override onMessage(socket: Socket, frame: WSMessage): void {
    try {
      const now = Date.now();
      const state = socket.state;
      if (state === null) return;
      const { meter, verdict } = countFrame(state.meter, now);
      socket.setState({ ...state, meter });
      if (verdict === "close") return socket.close(CLOSE.tooManyFrames, "too many frames");
      if (typeof frame !== "string" || frame.length > MAX_FRAME_BYTES) {
        refuse(socket, "too_large", "a frame is text of at most 64 KB");
        return socket.close(CLOSE.tooLarge, "frame too large");
      }
      if (verdict === "refuse") return refuse(socket, "rate_limited", "at most 120 frames a minute");
      const message = decode(DeskClientFrame, frame);
      if (message === null) return refuse(socket, "bad_frame", "this is no frame of the protocol");
      this.#heed(socket, state.id, message, now);
    } catch (error) {
      logError("frame", error);
      refuse(socket, "unavailable", "this did not work; send it again");
    }
  }

  override onClose(socket: Socket): void {
    const id = socket.state?.id;
    if (id === undefined) return;
    for (const other of this.#sockets()) if (other.id !== socket.id && other.state?.id === id) return;
    const now = Date.now();
    this.#step(now, (desk) => ({ desk: routing.lose(desk, id, now), effects: [] }));
  }

  override onError(socket: Socket): void {
    this.onClose(socket);
  }

  /** Safe to run at any time: it looks at what is due. */
  override async onAlarm(): Promise<void> {
    const now = Date.now();
    this.#alarmAt = null;
    try {
      this.#sweep(now);
      this.#step(now, (desk) => ({ desk, effects: [] }));
      await this.#outbox.resend(now);
    } catch (error) {
      logError("alarm", error);
    }
    this.#wake(now);
  }

  #heed(socket: Socket, agent: string, frame: DeskClientFrame, now: EpochMs): void {
    switch (frame.type) {
      case "status":
        return this.#step(now, (desk) => {
          const known = desk.agents.find(({ id }) => id === agent);
          const capacity = frame.capacity ?? known?.capacity ?? routing.DEFAULT_CAPACITY;
          return routing.setState(desk, agent, frame.state, capacity, now);
        });
      case "accept":
        return this.#try(socket, now, (desk) => routing.accept(desk, agent, frame.conversation, now));
      case "decline":
        return this.#try(socket, now, (desk) => routing.decline(desk, agent, frame.conversation, now));
      case "transfer": {
        const target = {
          toAgent: frame.to_agent ?? null,
          toSkill: frame.to_skill ?? null,
          note: frame.note ?? null,
        };
        return this.#try(socket, now, (desk) =>
          routing.transfer(desk, agent, frame.conversation, target, now),
        );
      }
      case "wrap_up":
        return this.#try(socket, now, (desk) =>
          routing.wrapUp(desk, agent, frame.conversation, frame.outcome, now),
        );
      default:
        frame satisfies never;
    }
  }

  #try(socket: Socket, now: EpochMs, act: (desk: Desk) => routing.Outcome): void {
    this.#step(now, (desk) => {
      const outcome = act(desk);
      if (outcome.ok) return outcome;
      refuse(socket, outcome.code, outcome.message);
      return { desk, effects: [] };
    });
  }

  /**
   * One step of the desk: change it, let time and routing follow, write what differs and what others must be told in
   * one transaction; then tell the agents, the waiting visitors and the rooms.
   */
  #step(now: EpochMs, change: (desk: Desk) => routing.Step): void {
    const before = this.#desk(now);
    const changed = change(before);
    const settled = routing.settle(changed.desk, now);
    const effects = [...changed.effects, ...settled.effects];
    if (settled.desk !== before || effects.length > 0) {
      this.#known = null;
      this.#store.atomically(() => {
        this.#store.saveDesk(before, settled.desk);
        this.#outbox.putStretches(before, settled.desk, now);
        for (const effect of effects) if (effect.to === "room") this.#store.addCommand(effect.command);
        this.#keepWaits(before, settled.desk, now);
      });
      this.#known = settled.desk;
    }
    this.#show(settled.desk, effects, now);
    if (effects.some(({ to }) => to === "room")) this.#tellRooms();
    if (this.#outbox.hasFresh()) this.ctx.waitUntil(this.#outbox.sendFresh());
    this.#wake(now);
  }

  /** The desk as stored; agents whose sockets a crash has cut are noticed at the first look. */
  #desk(now: EpochMs): Desk {
    if (this.#known !== null) return this.#known;
    const stored = this.#store.desk();
    const connected = new Set([...this.#sockets()].map((socket) => socket.state?.id));
    const agents = stored.agents.map((agent) =>
      agent.lostAt === null && !connected.has(agent.id) && agent.state !== "offline"
        ? { ...agent, lostAt: now }
        : agent,
    );
    const desk = { ...stored, agents };
    this.#store.saveDesk(stored, desk);
    this.#known = desk;
    this.#places = placesOf(desk, this.#store.waits(), now);
    this.#wake(now);
    return desk;
  }

  #keepWaits(before: Desk, after: Desk, now: EpochMs): void {
    const waited = before.items.filter((item) => item.agent === null && item.closedAt === null);
    const taken = waited.filter(({ conversation }) =>
      after.items.some((item) => item.conversation === conversation && item.agent !== null),
    );
    if (taken.length === 0) return;
    const waits = taken.map((item) => Math.max(0, now - item.waitingSince));
    this.#store.setWaits([...this.#store.waits(), ...waits].slice(-WAITS_KEPT));
  }

  #show(desk: Desk, effects: readonly Effect[], now: EpochMs): void {
    for (const effect of effects) if (effect.to === "agent") this.#showEffect(desk, effect);
    const frame: DeskServerFrame = { type: "queue", items: viewQueue(desk), agents: viewAgents(desk) };
    const shown = JSON.stringify(frame);
    if (shown !== this.#shown) {
      this.#shown = shown;
      for (const socket of this.#sockets()) socket.send(shown);
    }
    const before = this.#places;
    this.#places = placesOf(desk, this.#store.waits(), now);
    for (const [conversation, place] of this.#places) {
      const known = before.get(conversation);
      if (known?.position === place.position && known?.waitSeconds === place.waitSeconds) continue;
      if (known !== undefined) this.ctx.waitUntil(this.#outbox.tellPlace(conversation, place));
    }
  }

  #showEffect(desk: Desk, effect: Extract<Effect, { to: "agent" }>): void {
    switch (effect.frame) {
      case "error":
        return this.#tell(effect.agent, { type: "error", code: effect.code, message: effect.message });
      case "revoked": {
        const { conversation, reason } = effect;
        return this.#tell(effect.agent, { type: "revoked", conversation, reason });
      }
      case "offered":
      case "assigned": {
        const frame = this.#itemFrame(desk, effect.frame, effect.conversation);
        if (frame !== null) this.#tell(effect.agent, frame);
        return;
      }
      default:
        effect satisfies never;
    }
  }

  #itemFrame(desk: Desk, type: "offered" | "assigned", conversation: string): DeskServerFrame | null {
    const item = desk.items.find((each) => each.conversation === conversation);
    if (item === undefined) return null;
    if (type === "assigned") return { type, conversation, item: viewItem(desk, item) };
    if (item.offer === null) return null;
    return { type, conversation, item: viewItem(desk, item, true), expires_at: isoOf(item.offer.expiresAt) };
  }

  /** The whole picture for a console that has just connected, and again what is being offered to it. */
  #welcome(socket: Socket, id: string, now: EpochMs): void {
    const desk = this.#desk(now);
    const me = desk.agents.find((agent) => agent.id === id);
    if (me === undefined) return socket.close(CLOSE.goingAway, "try again");
    const mine = desk.items.filter((item) => item.agent === id && item.closedAt === null);
    const target = this.#store.published()?.settings.wait_target_seconds ?? DEFAULT_WAIT_TARGET_SECONDS;
    send(socket, {
      type: "snapshot",
      me: viewAgent(desk, me),
      agents: viewAgents(desk),
      queue: viewQueue(desk),
      mine: mine.map((item) => viewItem(desk, item)),
      wait_target_seconds: target,
      at: isoOf(now),
    });
    for (const item of desk.items) {
      if (item.offer?.agent !== id) continue;
      const frame = this.#itemFrame(desk, "offered", item.conversation);
      if (frame !== null) send(socket, frame);
    }
  }

  #tell(agent: string, frame: DeskServerFrame): void {
    for (const socket of this.#sockets()) if (socket.state?.id === agent) send(socket, frame);
  }

  /** Tell rooms what was decided, one after the other, in order. */
  #tellRooms(): void {
    this.ctx.waitUntil(this.#outbox.tellRooms());
  }

  #sweep(now: EpochMs): void {
    for (const socket of this.#sockets()) {
      const pinged = this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? null;
      if (pinged !== null && now - pinged > DEAD_AFTER_MS) socket.close(CLOSE.goingAway, "no sign of life");
    }
  }

  /** Set the alarm for the earliest moment at which there may be something to do; an earlier one stays. */
  #wake(now: EpochMs): void {
    const desk = this.#known;
    if (desk === null) return;
    const moments = [
      routing.nextChangeAt(desk, now),
      this.#outbox.nextAt(now),
      desk.agents.some((agent) => agent.state !== "offline" && agent.lostAt === null) ? now + SWEEP_MS : null,
    ].filter((moment) => moment !== null);
    if (moments.length === 0) return;
    const at = Math.max(now + 50, Math.min(...moments));
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  #sockets(): Iterable<Socket> {
    return this.getConnections<Attachment>();
  }
}

function personOf(request: Request): { id: string; name: string } | null {
  const header = request.headers.get("x-aparte-agent");
  if (header === null) return null;
  const person = JSON.parse(decodeURIComponent(header)) as { id: string; name: string };
  return { id: person.id, name: person.name };
}

function send(socket: Socket, frame: DeskServerFrame): void {
  if (socket.readyState === WebSocket.READY_STATE_OPEN) socket.send(JSON.stringify(frame));
}

function refuse(socket: Socket, code: string, message: string): void {
  send(socket, { type: "error", code, message });
}

function logError(what: string, error: unknown): void {
  console.error(JSON.stringify({ level: "error", object: "desk", what, error: String(error) }));
}
