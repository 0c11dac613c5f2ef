/**
 * SiteDesk: one object per site, named by its key: who is online, who waits, who has which place.
 *
 * Holds   `#store` (SQLite) and, read from it once per life, the desk as a value (`#steps`). The rules are `domain/desk/`.
 * Wakes   for a frame of an agent, for a call of a Worker, a room or a visitor's object, and for its alarm, which
 *         ends offers and held places and says again what rooms and history have not taken.
 * Trusts  the `x-aparte-agent` header: only workers/routes/desk.ts reaches its socket.
 */
import { type ConnectionContext, Server, type WSMessage } from "partyserver";
import { countFrame, EMPTY_METER, frameBytes } from "../domain/chat/limits.ts";
import { CLOSE, decode, MAX_FRAME_BYTES } from "../domain/chat/wire.ts";
import { claim } from "../domain/desk/assignment.ts";
import type { Staff } from "../domain/desk/desk.ts";
import { hold, isHeld, release, renew } from "../domain/desk/leases.ts";
import { openingLimits } from "../domain/desk/opening-limits.ts";
import { dismiss, lose, meet, NO_STAFF, setStaff } from "../domain/desk/presence.ts";
import { hear } from "../domain/desk/queue.ts";
import type { Person, Place, RoomReport } from "../domain/desk/report.ts";
import { heed } from "../domain/desk/requests.ts";
import { offerFrames, snapshotFrame, statusOf } from "../domain/desk/view.ts";
import { DeskClientFrame, type DeskStatus } from "../domain/desk/wire.ts";
import type { Confirmation } from "../domain/history/records.ts";
import { type EpochMs, isoOf } from "../domain/ids.ts";
import type { VisitReport } from "../domain/live/visit-report.ts";
import { SiteDeskLive } from "./site-desk-live.ts";
import { SiteDeskOutbox } from "./site-desk-outbox.ts";
import { SiteDeskPush } from "./site-desk-push.ts";
import type { PushSubscriptionRow } from "./site-desk-push-store.ts";
import {
  type Attachment,
  personOf,
  refuse,
  send,
  SiteDeskSockets,
  type Socket,
} from "./site-desk-sockets.ts";
import { SiteDeskSteps } from "./site-desk-steps.ts";
import { type Publication, SiteDeskStore } from "./site-desk-store.ts";
import { reportFault } from "./report-fault.ts";

export type { Publication };
/** `delayMs`: how long after now the offer is shown. */
export type LeaseRequest = { decisionId: string; skill: string | null; delayMs?: number; now: EpochMs };
export type Lease = { ok: true; agent: { id: string; name: string }; expiresAt: EpochMs } | { ok: false };
/** `again`: the campaign still needs an agent, so a place that has lapsed may be taken again. */
export type RenewRequest = { decisionId: string; skill: string | null; again: boolean; now: EpochMs };
export type Renewed = { held: boolean; covered: boolean; staffed: boolean; waitSeconds: number | null };
export type VisitorMove = {
  visitor: string;
  conversation: string;
  page: string | null;
  title: string | null;
  at: EpochMs;
};

const DEFAULT_WAIT_TARGET_SECONDS = 60;

export class SiteDesk extends Server<Env> {
  static override options = { hibernate: true };

  readonly #store = new SiteDeskStore(this.ctx.storage);
  readonly #outbox = new SiteDeskOutbox(this.env, this.ctx.id.name ?? "", this.#store);
  readonly #push = new SiteDeskPush(
    this.ctx,
    this.env,
    () => this.#store.published()?.settings.push_preview === true,
  );
  readonly #sockets = new SiteDeskSockets(
    (agent) => this.getConnections<Attachment>(agent),
    (socket) => this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? null,
    (agent, frame) => this.#push.heard(agent, frame, Date.now()),
  );
  readonly #steps = new SiteDeskSteps(this.ctx, this.#store, this.#outbox, this.#sockets);
  readonly #live = new SiteDeskLive(this.ctx, this.env, {
    store: this.#store,
    steps: this.#steps,
    sockets: () => this.getConnections<Attachment>(),
  });

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
    const { version = 0, staff = {} } = this.#store.published() ?? {};
    const known = Object.values(staff).flatMap(({ skills }) => Object.keys(skills));
    const status = statusOf(this.#steps.desk(now), this.#store.waits(), { version, known }, now);
    return { ...status, watched: this.#live.isWatched() };
  }

  /** Learn the site's new version, settings and skills; an older version than the known one changes nothing. */
  publish(publication: Publication): void {
    const known = this.#store.published();
    if (known !== null && known.version > publication.version) return;
    this.#store.setPublished(publication);
    this.#steps.change(Date.now(), (desk) => setStaff(desk, (agent) => staffOf(publication, agent)));
  }

  /** Hold one place that is free now, until 60 s after the offer is shown; the same decision gets the same lease. */
  lease({ now, ...asked }: LeaseRequest): Lease {
    const request = { ...asked, skill: this.#knownSkill(asked.skill) };
    const { decisionId } = request;
    this.#steps.change(now, (desk) => hold(desk, request, now).desk);
    const { holds, agents } = this.#steps.desk(now);
    const held = holds.get(decisionId);
    const agent = held === null ? null : agents.get(held.agent);
    if (held === null || agent === null) return { ok: false };
    return { ok: true, agent: { id: agent.id, name: agent.name }, expiresAt: held.expiresAt };
  }

  /** Whether the place held for this decision is still held. */
  leaseHeld(decisionId: string): boolean {
    const now = Date.now();
    return isHeld(this.#steps.desk(now), decisionId, now);
  }

  /**
   * The visitor has accepted: hold the place for another 60 s, until the first message. Answers whether there is one;
   * where there is none, what the visitor is to be told instead.
   */
  renewLease({ now, ...asked }: RenewRequest): Renewed {
    const request = { ...asked, skill: this.#knownSkill(asked.skill) };
    this.#steps.change(now, (desk) => renew(desk, request, now));
    const { covered, staffed, wait_seconds: waitSeconds } = this.status();
    return { held: isHeld(this.#steps.desk(now), request.decisionId, now), covered, staffed, waitSeconds };
  }

  /** Give the decision's place back. */
  release(decisionId: string): void {
    this.#steps.change(Date.now(), (desk) => release(desk, decisionId));
  }

  /** A room says what it is now: it waits for an agent, or it is closed. Answers its place in the queue. */
  roomChanged(report: RoomReport): Place {
    const now = Date.now();
    const known = { ...report, anySkill: this.#knownSkill(report.skill) !== report.skill };
    this.#steps.take(now, (desk) => hear(desk, known, now));
    return this.place(report.conversation);
  }

  /** Where a conversation stands in the queue; nulls where it does not wait. */
  place(conversation: string): Place {
    return this.#steps.place(conversation, Date.now());
  }

  /** An agent answered, in the room, a conversation that nobody has. */
  claim(conversation: string, agent: Person): boolean {
    const now = Date.now();
    const claimed = claim(this.#steps.desk(now), agent, conversation, now);
    this.#steps.take(now, (desk) => (claimed.ok ? claimed : { desk, effects: [] }));
    return claimed.ok;
  }

  /** Show the agent who has this visitor's conversation where the visitor is now. */
  visitorMoved({ visitor, conversation, page, title, at }: VisitorMove): void {
    const item = this.#steps.desk(Date.now()).items.get(conversation);
    if (item === null || item.agent === null || item.visitor !== visitor) return;
    const moved = { visitor, conversation, page, title, at: isoOf(at) };
    this.#sockets.tell(item.agent, { type: "visitors", items: [moved] });
  }

  /** What visitors have just done, while somebody has the list of them open. */
  visitsReported(reports: VisitReport[]): void {
    this.#live.hear(reports, Date.now());
  }

  subscribeToPush(row: PushSubscriptionRow): void {
    this.#push.subscribe(row, Date.now());
  }

  unsubscribeFromPush(user: string, endpoint: string): void {
    this.#push.unsubscribe(user, endpoint, Date.now());
  }

  /** A login has ended: its browsers are alerted no longer. */
  endPushesOf(session: string): void {
    this.#push.dropSession(session);
  }

  /** Alert this browser now; whether its push service took it. */
  testPush(user: string, endpoint: string): Promise<boolean> {
    return this.#push.test(user, endpoint, Date.now());
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
    const limits = openingLimits(this.#store.published()?.settings, visitor, address);
    const retryAt = this.#store.countOpening(limits, now);
    return retryAt === null ? null : Math.ceil((retryAt - now) / 1_000);
  }

  /** The counted conversation turned out not to be new. */
  uncountOpening(visitor: string, address: string): void {
    const limits = openingLimits(this.#store.published()?.settings, visitor, address);
    this.#store.uncountOpening(limits.map(({ who }) => who));
  }

  /** Close every socket of a login whose role or password changed, void its tickets, give back what it had. */
  async revokeUser({ userId }: { userId: string }): Promise<void> {
    const now = Date.now();
    this.#store.revokeSeats(userId);
    this.#sockets.revoke(userId);
    this.#push.dropUser(userId);
    this.#steps.take(now, (desk) => dismiss(desk, userId, now));
    await this.#outbox.tellRooms();
  }

  /** The queue's consumer has these records in D1. */
  async confirm(confirmations: Confirmation[]): Promise<void> {
    await this.#outbox.confirm(confirmations, Date.now());
  }

  /** One agent's sockets are found by their id. */
  override getConnectionTags(_socket: Socket, { request }: ConnectionContext): string[] {
    return [personOf(request)?.id ?? ""];
  }

  override onConnect(socket: Socket, { request }: ConnectionContext): void {
    const now = Date.now();
    const person = personOf(request);
    if (person === null) return socket.close(CLOSE.unauthorized, "unauthorized");
    const published = this.#store.published();
    this.#steps.change(now, (desk) => meet(desk, person, staffOf(published, person.id), now));
    const picture = this.#steps.join(socket.id, now);
    // Named only now: what this step tells the others must not come before the snapshot.
    socket.setState({ ...person, meter: EMPTY_METER });
    const target = published?.settings.wait_target_seconds ?? DEFAULT_WAIT_TARGET_SECONDS;
    const shown = { waitTargetSeconds: target, picture };
    const snapshot = snapshotFrame(this.#steps.desk(now), person.id, shown, now);
    if (snapshot === null) return socket.close(CLOSE.goingAway, "try again");
    send(socket, snapshot);
    for (const frame of offerFrames(this.#steps.desk(now), person.id)) send(socket, frame);
  }

  override onMessage(socket: Socket, frame: WSMessage): void {
    try {
      this.#receive(socket, frame, Date.now());
    } catch (error) {
      reportFault("error", "desk", "frame", error);
      refuse(socket, "unavailable", "this did not work; send it again");
    }
  }

  override onClose(socket: Socket): void {
    const id = socket.state?.id;
    if (id === undefined || this.#sockets.hasOther(id, socket)) return;
    const now = Date.now();
    this.#steps.change(now, (desk) => lose(desk, id, now));
  }

  override onError(socket: Socket): void {
    this.onClose(socket);
  }

  /** Safe to run at any time: it looks at what is due. */
  override async onAlarm(): Promise<void> {
    const now = Date.now();
    this.#steps.alarmRang();
    try {
      this.#sockets.sweep(now);
      this.#steps.change(now, (desk) => desk);
      await this.#outbox.resend(now);
    } catch (error) {
      reportFault("error", "desk", "alarm", error);
    }
    this.#steps.wake(now);
  }

  /** A skill that nobody at the site has is asked of everybody: a page may ask for what it likes. */
  #knownSkill(skill: string | null): string | null {
    const staff = this.#store.published()?.staff;
    if (skill === null || staff === undefined) return skill;
    return Object.values(staff).some(({ skills }) => Object.hasOwn(skills, skill)) ? skill : null;
  }

  #receive(socket: Socket, frame: WSMessage, now: EpochMs): void {
    const state = socket.state;
    if (state === null) return;
    const { meter, verdict } = countFrame(state.meter, now);
    socket.setState({ ...state, meter });
    if (verdict === "close") return socket.close(CLOSE.tooManyFrames, "too many frames");
    if (frameBytes(frame) > MAX_FRAME_BYTES) {
      refuse(socket, "too_large", "a frame may have 64 KB");
      return socket.close(CLOSE.tooLarge, "frame too large");
    }
    if (verdict === "refuse") return refuse(socket, "rate_limited", "at most 120 frames a minute");
    const message = typeof frame === "string" ? decode(DeskClientFrame, frame) : null;
    if (message === null) return refuse(socket, "bad_frame", "this is no frame of the protocol");
    if (message.type === "watch_visitors" || message.type === "invite") {
      return this.#live.heed(socket, message, now);
    }
    const outcome = heed(this.#steps.desk(now), state.id, message, now);
    if (!outcome.ok) refuse(socket, outcome.code, outcome.message);
    this.#steps.take(now, (desk) => (outcome.ok ? outcome : { desk, effects: [] }));
  }
}

function staffOf(publication: Publication | null, agent: string): Staff {
  return publication?.staff?.[agent] ?? NO_STAFF;
}
