/**
 * The list of live visitors at the desk: who watches it, what it shows, and the invitations that go out from it.
 *
 * Holds   the visits in memory only, while somebody watches; who watches is kept in the sockets' attachments. After an
 *         eviction the next reports bring everybody back. No timer outlives `TELL_EVERY_MS`: that the last visitor has
 *         left an empty site, a list sees by itself (`seen_at`).
 * Units   `EpochMs`.
 */
import { uuidv7 } from "uuidv7";
import { canTake, isAccepting } from "../domain/desk/capacity.ts";
import { putHold } from "../domain/desk/entries.ts";
import { release } from "../domain/desk/leases.ts";
import type { DeskServerFrame, LiveFrame } from "../domain/desk/wire.ts";
import type { EpochMs } from "../domain/ids.ts";
import { INVITATION_MS, type InvitationRequest, type NotNow } from "../domain/live/invitation.ts";
import { type LiveChange, LiveList } from "../domain/live/live-list.ts";
import type { VisitReport } from "../domain/live/visit-report.ts";
import { reportFault } from "./report-fault.ts";
import { send, type Socket } from "./site-desk-sockets.ts";
import type { SiteDeskSteps } from "./site-desk-steps.ts";
import type { SiteDeskStore } from "./site-desk-store.ts";

/** Lists are told of changes at most so often. */
export const TELL_EVERY_MS = 1_000;

type Refused = NotNow | "not_online" | "no_place" | "unavailable";
type InvitedVisitor = {
  invite(request: InvitationRequest): Promise<{ ok: true } | { ok: false; reason: NotNow }>;
};

export class SiteDeskLive {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #store: SiteDeskStore;
  readonly #steps: SiteDeskSteps;
  readonly #sockets: () => Iterable<Socket>;
  readonly #list = new LiveList();
  #toldAt: EpochMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    ctx: DurableObjectState,
    env: Env,
    {
      store,
      steps,
      sockets,
    }: { store: SiteDeskStore; steps: SiteDeskSteps; sockets: () => Iterable<Socket> },
  ) {
    this.#ctx = ctx;
    this.#env = env;
    this.#store = store;
    this.#steps = steps;
    this.#sockets = sockets;
  }

  /** Whether somebody has the list open: then, and only then, visits are told here. */
  isWatched(): boolean {
    return this.#watchers().length > 0;
  }

  /** What pages have just done, told by the Workers that recorded it. */
  hear(reports: readonly VisitReport[], now: EpochMs): void {
    if (!this.isWatched()) return this.#rest();
    this.#list.hear(reports);
    this.#tellSoon(now);
  }

  /** What `socket` asks about visitors. */
  heed(socket: Socket, frame: LiveFrame, now: EpochMs): void {
    switch (frame.type) {
      case "watch_visitors":
        return this.#watch(socket, frame.on, now);
      case "invite":
        return this.#ctx.waitUntil(this.#answerInvite(socket, frame.visitor, frame.text ?? null, now));
      default:
        frame satisfies never;
    }
  }

  #watch(socket: Socket, on: boolean, now: EpochMs): void {
    const { state } = socket;
    if (state === null) return;
    socket.setState({ ...state, watches: on });
    if (on) send(socket, frameOf(this.#list.whole(now)));
    else if (!this.isWatched()) this.#rest();
  }

  async #answerInvite(socket: Socket, visitor: string, text: string | null, now: EpochMs): Promise<void> {
    const agent = socket.state?.id ?? "";
    const reason = await this.#invite(agent, visitor, text?.trim() || null, now).catch((error: unknown) => {
      reportFault("error", "desk", "invite", error);
      return "unavailable" as const;
    });
    send(socket, { type: "invited", visitor, ok: reason === null, reason });
  }

  /** Null where the visitor is invited: the agent's place is held, and the page is told with its next answer. */
  async #invite(
    agentId: string,
    visitor: string,
    text: string | null,
    now: EpochMs,
  ): Promise<Refused | null> {
    const desk = this.#steps.desk(now);
    const agent = desk.agents.get(agentId);
    // Only who is in the list is asked: a made-up id must not make an object.
    const report = this.#list.find(visitor, now);
    if (report === null) return "gone";
    if (report.not_now === "excluded") return "excluded";
    if (agent === null || !isAccepting(agent, now)) return "not_online";
    if (!canTake(desk, agent, now)) return "no_place";

    const decisionId = `dec_${uuidv7()}`;
    const expiresAt = now + INVITATION_MS;
    this.#steps.change(now, (before) => putHold(before, { decisionId, agent: agentId, expiresAt }));
    const settings = this.#store.published()?.settings;
    const site = this.#ctx.id.name ?? "";
    // Said plainly, because the platform's type of a call unfolds the facts' JSON without end.
    const owner = this.#env.VISITOR_SESSION.getByName(`${site}:${visitor}`) as unknown as InvitedVisitor;
    const asked = {
      decisionId,
      agent: { id: agent.id, name: agent.name },
      text,
      expiresAt,
      pressure: settings?.pressure ?? {},
      locale: settings?.locale ?? "fr",
      now,
    };
    const answer = await owner.invite(asked).catch((error: unknown) => {
      this.#steps.change(Date.now(), (before) => release(before, decisionId));
      throw error;
    });
    if (answer.ok) return null;
    this.#steps.change(Date.now(), (before) => release(before, decisionId));
    return answer.reason;
  }

  /** Tell the open lists now where they were last told long enough ago, else as soon as that is so. */
  #tellSoon(now: EpochMs): void {
    const at = this.#toldAt + TELL_EVERY_MS;
    if (at <= now) return this.#tell(now);
    this.#timer ??= setTimeout(() => this.#tell(Date.now()), at - now);
  }

  #tell(now: EpochMs): void {
    this.#stopTimer();
    this.#toldAt = now;
    const watchers = this.#watchers();
    if (watchers.length === 0) return this.#rest();
    const change = this.#list.change(now);
    if (change === null) return;
    const text = JSON.stringify(frameOf(change));
    for (const socket of watchers) socket.send(text);
  }

  /** Nobody watches: nothing is remembered, and nothing keeps the object awake. */
  #rest(): void {
    this.#stopTimer();
    this.#list.forget();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #watchers(): Socket[] {
    return [...this.#sockets()].filter(
      ({ state, readyState }) => state?.watches === true && readyState === WebSocket.READY_STATE_OPEN,
    );
  }
}

function frameOf({ live, left, total }: LiveChange): DeskServerFrame {
  return { type: "visitors", items: [], live, left, total };
}
