/**
 * VisitorSession: one object per site and visitor, named `{site}:{visitor}`.
 *
 * Holds   only `#store` (SQLite), and for some seconds that an engagement is being decided.
 * Wakes   for a beacon, for the queue's consumer that confirms, and for its alarm, which sends the outbox again and
 *         ends a silent visit.
 * Trusts  its callers: only the Worker reaches it, with the site from the credential.
 */
import { DurableObject } from "cloudflare:workers";
import { uuidv7 } from "uuidv7";
import type { Event } from "../domain/events/event.ts";
import { due, nextRetryAt, sent } from "../domain/history/outbox.ts";
import type { Confirmation, RecordOf } from "../domain/history/records.ts";
import type { EpochMs } from "../domain/ids.ts";
import type { Campaign } from "../domain/targeting/campaign.ts";
import type { Decision, Exposure } from "../domain/targeting/decision.ts";
import {
  openConversation,
  type ConversationRequest,
  type OpenedConversation,
} from "../domain/visit/conversation.ts";
import { expose, firstAllowed, type Loser, markEligible, type Moment } from "../domain/visit/engage.ts";
import { openDecision } from "../domain/visit/engagement.ts";
import { type Clocks, clocksOf, type KnownFacts, knownFacts } from "../domain/visit/known.ts";
import { confirmRecords, outgoingRecords, queueWaiting } from "../domain/visit/outgoing.ts";
import { endVisit, recordEvents, type RecordContext, type Rejection } from "../domain/visit/record.ts";
import { SeenMessages } from "../domain/visit/seen.ts";
import {
  type KnownExposure,
  newVisitor,
  type Step,
  viewOf,
  type VisitorState,
} from "../domain/visit/state.ts";
import { clearOverdue, reportOverdue, sendHistory } from "./history-queue.ts";
import { VisitorSessionStore } from "./visitor-session-store.ts";

const DAY_MS = 86_400_000;
/** The longest that anything about a visitor is kept after the last visit: the life of a consented identifier. */
export const RETENTION_MS = 395 * DAY_MS;
const ENGAGING_MS = 5_000;

export type RecordRequest = Omit<RecordContext, "visitId"> & {
  site: string;
  visitor: string;
  events: Event[];
  /** The page view that asks; null takes the last. */
  viewId: string | null;
};

export type RecordAnswer = {
  rejected: Rejection[];
  released: string[];
  /** The events of this batch that were new, in order. */
  fresh: string[];
  facts: KnownFacts;
  clocks: Clocks;
  open: Decision | null;
  exposures: KnownExposure[];
  sessionId: string | null;
  globalHoldout: boolean;
  marked: { eligible: boolean; covered: boolean };
  conversation: string | null;
};

/** A page asks again every 15 s while only a free agent is missing, but no more often than this. */
const MAX_AGENT_WAKES = 8;

export type EngageRequest = Moment & {
  /** The page view that asks. */
  viewId: string | null;
  /** What matched, in the order in which it may win. */
  campaigns: Campaign[];
  covered: boolean;
};
export type EngageAnswer = {
  decision: Decision | null;
  losers: Loser[];
  /** Only a free agent is missing, and the page may ask again for one. */
  askAgain: boolean;
};

export type VisitorSnapshot = {
  visitor: string;
  visits: number;
  user_id: string | null;
  traits: VisitorState["traits"];
  orders: number;
  lifetime_value: number;
  facts: KnownFacts;
  trail: (Step & { seconds: number | null })[];
  cart: NonNullable<VisitorState["visit"]>["cart"] | null;
  engagement: Exposure[];
  conversation: string | null;
  last_at: EpochMs;
};

export class VisitorSession extends DurableObject<Env> {
  readonly #store = new VisitorSessionStore(this.ctx.storage);
  #engagingUntil: EpochMs = 0;
  /** How often each page view was told to ask again; forgotten with the object, which only makes it patient anew. */
  readonly #agentWakes = new Map<string, number>();

  /** Take a batch: one row, whatever it held; none where everything was known already. */
  async record(request: RecordRequest): Promise<RecordAnswer> {
    const { now, events, viewId } = request;
    const loaded = this.#store.load();
    const before = loaded?.state ?? newVisitor(request.site, request.visitor, now);
    const seen = loaded?.seen ?? new SeenMessages();
    const fresh = events.filter((event, index) => !seen.has(event.id) && firstOf(events, event.id) === index);
    const recorded = recordEvents(before, fresh, { ...request, visitId: `ses_${uuidv7()}` });
    if (recorded.state !== before) {
      const keep = fresh.filter((event) => event.name !== "Wake").map((event) => event.id);
      await this.#keep(
        recorded.state,
        before,
        keep.length === 0 ? seen : seen.with(keep),
        request.idleMs,
        now,
      );
    }
    const { state } = recorded;
    return {
      rejected: recorded.rejected,
      released: recorded.released,
      fresh: fresh.map((event) => event.id),
      facts: knownFacts(state, viewId, now),
      clocks: clocksOf(state, viewId),
      open: openDecision(state, now)?.decision ?? null,
      exposures: state.exposures,
      sessionId: state.visit?.id ?? null,
      globalHoldout: state.visit?.globalHoldout ?? false,
      marked: { eligible: state.visit?.eligible ?? false, covered: state.visit?.covered ?? false },
      conversation: state.conversation?.id ?? null,
    };
  }

  /**
   * Decide one moment. Three steps (`design.md` §3.5): look at the local gates and hold the door, take an agent's
   * place where one is needed, look at the gates again and write the exposure.
   */
  async engage(request: EngageRequest): Promise<EngageAnswer> {
    const { now, covered } = request;
    const loaded = this.#store.load();
    if (loaded === null || now < this.#engagingUntil) return { decision: null, losers: [], askAgain: false };
    this.#engagingUntil = now + ENGAGING_MS;
    try {
      return await this.#decide(request);
    } finally {
      this.#engagingUntil = 0;
      const after = this.#store.load();
      if (after !== null)
        await this.#keep(markEligible(after.state, covered, now), after.state, after.seen, null, now);
    }
  }

  async #decide(request: EngageRequest): Promise<EngageAnswer> {
    const losers: Loser[] = [];
    let noFreeAgent = false;
    for (const campaign of request.campaigns) {
      const before = this.#store.load();
      if (before === null) break;
      const first = firstAllowed(before.state, [campaign], request);
      losers.push(...first.losers);
      if (first.campaign === null) continue;

      const decisionId = `dec_${uuidv7()}`;
      const desk = this.env.SITE_DESK.getByName(before.state.site);
      const lease = campaign.requires_agent
        ? await desk.lease({ decisionId, skill: campaign.skill ?? null, now: request.now })
        : null;
      if (lease !== null && !lease.ok) {
        noFreeAgent = true;
        losers.push({ campaign: campaign.id, gate: "capacity", until: null });
        continue;
      }
      const after = this.#store.load();
      const still = after === null ? null : firstAllowed(after.state, [campaign], request);
      if (after === null || still === null || still.campaign === null) {
        if (lease !== null) await desk.release(decisionId);
        losers.push(...(still?.losers ?? []));
        continue;
      }
      const agent = lease === null ? null : { name: lease.agent.name, until: lease.expiresAt };
      const exposed = expose(after.state, campaign, decisionId, agent, request);
      await this.#keep(
        markEligible(exposed.state, request.covered, request.now),
        after.state,
        after.seen,
        null,
        request.now,
      );
      if (exposed.decision === null && lease !== null) await desk.release(decisionId);
      return { decision: exposed.decision, losers, askAgain: false };
    }
    return { decision: null, losers, askAgain: noFreeAgent && this.#mayAskAgain(request.viewId) };
  }

  /** Counted by page view; one that is not named is the visitor's last. */
  #mayAskAgain(viewId: string | null): boolean {
    const view = viewOf(this.#store.load()?.state.visit ?? null, viewId)?.id ?? "";
    const asked = this.#agentWakes.get(view) ?? 0;
    this.#agentWakes.set(view, asked + 1);
    return asked < MAX_AGENT_WAKES;
  }

  /** The visitor's conversation: the open one where it is proven whose it is, else a new one under `conversation`. */
  async openConversation(request: ConversationRequest): Promise<OpenedConversation> {
    const { site, visitor, now } = request;
    const loaded = this.#store.load();
    const before = loaded?.state ?? newVisitor(site, visitor, now);
    const opened = openConversation(before, request);
    if (opened.state !== before)
      await this.#keep(opened.state, before, loaded?.seen ?? new SeenMessages(), null, now);
    return { conversation: opened.conversation, created: opened.created };
  }

  /** The conversation has ended; the next one is new. */
  async conversationClosed({ conversation }: { conversation: string }): Promise<void> {
    const loaded = this.#store.load();
    if (loaded === null || loaded.state.conversation?.id !== conversation) return;
    await this.#keep({ ...loaded.state, conversation: null }, loaded.state, loaded.seen, null, Date.now());
  }

  /** Keep a message that the visitor left for later. The same id again changes nothing. */
  async leaveMessage(
    site: string,
    visitor: string,
    message: RecordOf<"left_messages">,
  ): Promise<{ id: string }> {
    const now = message.at;
    const loaded = this.#store.load();
    const before = loaded?.state ?? newVisitor(site, visitor, now);
    const seen = loaded?.seen ?? new SeenMessages();
    if (!seen.has(message.id)) {
      await this.#keep(queueWaiting(before, message, now), before, seen.with([message.id]), null, now);
    }
    return { id: message.id };
  }

  /** The visitor as an agent sees him, or null where nothing is known. */
  snapshot(): VisitorSnapshot | null {
    const loaded = this.#store.load();
    if (loaded === null) return null;
    const { state } = loaded;
    const trail = state.visit?.trail ?? [];
    return {
      visitor: state.visitor,
      visits: state.visits,
      user_id: state.userId,
      traits: state.traits,
      orders: state.orders,
      lifetime_value: state.lifetimeValue,
      facts: knownFacts(state, null, Date.now()),
      trail: trail.map((step, index) => {
        const next = trail[index + 1];
        return { ...step, seconds: next === undefined ? null : Math.round((next.at - step.at) / 1_000) };
      }),
      cart: state.visit?.cart ?? null,
      engagement: state.exposures,
      conversation: state.conversation?.id ?? null,
      last_at: state.lastAt,
    };
  }

  /** D1 holds these records: they leave the outbox. (Called by the queue's consumer.) */
  async confirm(confirmations: Confirmation[]): Promise<void> {
    const loaded = this.#store.load();
    if (loaded === null) return;
    const state = confirmRecords(loaded.state, confirmations);
    if (state.outbox.length === loaded.state.outbox.length) return;
    this.#store.save(state, loaded.seen);
    await clearOverdue(this.env, this.#owner(state), loaded.state.outbox, state.outbox, Date.now());
  }

  /** Safe to run twice: a visit that is over ends once, and what is sent again is written once. */
  override async alarm(): Promise<void> {
    this.#store.alarmRang();
    const loaded = this.#store.load();
    if (loaded === null) return;
    const now = Date.now();
    const idleMs = loaded.state.idleMs;
    if (
      loaded.state.visit === null &&
      loaded.state.outbox.length === 0 &&
      now >= loaded.state.lastAt + RETENTION_MS
    ) {
      await this.#store.clear();
      return;
    }
    const ended = endVisit(loaded.state, idleMs, now);
    const again = due(ended.outbox, now);
    const state = { ...ended, outbox: sent(ended.outbox, new Set(again.map(({ key }) => key)), now) };
    if (ended !== loaded.state || again.length > 0) this.#store.save(state, loaded.seen);
    await this.#send(state, again.map(({ key }) => key).concat(newKeys(ended, loaded.state)));
    await reportOverdue(this.env, this.#owner(state), state.outbox, now);
    await this.#store.wakeBy(this.#nextLook(state));
  }

  /** Save `state`, send what it newly owes D1, and see to being woken. */
  async #keep(
    state: VisitorState,
    before: VisitorState,
    seen: SeenMessages,
    idleMs: number | null,
    now: EpochMs,
  ): Promise<void> {
    if (state === before) return;
    const kept = idleMs === null ? state : { ...state, idleMs };
    this.#store.save(kept, seen);
    this.ctx.waitUntil(this.#send(kept, newKeys(kept, before)));
    await this.#store.wakeBy(Math.max(this.#nextLook(kept), now));
  }

  #nextLook(state: VisitorState): EpochMs {
    const retryAt = nextRetryAt(state.outbox) ?? Infinity;
    const endsAt = state.visit === null ? Infinity : state.visit.lastAt + state.idleMs;
    return Math.min(retryAt, endsAt, state.lastAt + RETENTION_MS);
  }

  async #send(state: VisitorState, keys: string[]): Promise<void> {
    const wanted = new Set(keys);
    const records = outgoingRecords(
      state,
      state.outbox.filter(({ key }) => wanted.has(key)),
    );
    await sendHistory(this.env, state.site, this.#owner(state), records);
  }

  #owner(state: VisitorState): { kind: "visitor"; name: string } {
    return { kind: "visitor", name: `${state.site}:${state.visitor}` };
  }
}

function firstOf(events: readonly Event[], id: string): number {
  return events.findIndex((event) => event.id === id);
}

/** The outbox keys of `state` that are new or at a higher revision than in `before`. */
function newKeys(state: VisitorState, before: VisitorState): string[] {
  const known = new Map(before.outbox.map(({ key, revision }) => [key, revision]));
  return state.outbox.filter(({ key, revision }) => revision > (known.get(key) ?? 0)).map(({ key }) => key);
}
